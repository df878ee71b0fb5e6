//go:build unix

package spill

import "os"

// unlink takes the file's name away; the file lives until it is closed.
func unlink(f *os.File) error { return os.Remove(f.Name()) }

func removeClosed(*os.File) error { return nil }
