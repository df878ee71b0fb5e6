//go:build !unix

package spill

import "os"

// Where an open file cannot be removed it keeps its name until it is closed.
func unlink(*os.File) error { return nil }

func removeClosed(f *os.File) error { return os.Remove(f.Name()) }
