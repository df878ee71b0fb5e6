//go:build unix

package npy

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the first size bytes of a file, to be read only.
func mapFile(f io.ReaderAt, size int64) ([]byte, error) {
	if size != int64(int(size)) {
		return nil, unix.ENOMEM
	}
	return unix.Mmap(int(f.(*os.File).Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(mapping []byte) error { return unix.Munmap(mapping) }
