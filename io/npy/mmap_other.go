//go:build !unix

package npy

import (
	"errors"
	"fmt"
	"io"
)

// mapFile fails: files are not mapped on this system.
func mapFile(io.ReaderAt, int64) ([]byte, error) {
	return nil, fmt.Errorf("%w: files are not mapped on this system; use npy.Open", errors.ErrUnsupported)
}

func unmapFile([]byte) error { return nil }
