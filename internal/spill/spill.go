// Package spill keeps blocks that memory has no room for in one file. The file
// is made when it is first needed and has no name afterwards, so that a killed
// process leaves nothing behind.
package spill

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// File is a spill file. Its methods may be called by several goroutines at once.
type File struct {
	dir string

	mu   sync.Mutex // covers what follows; reading and writing go on without it
	file *os.File
	end  int64
	free map[int64][]int64 // offsets of extents that are not used, by length
	used int64
	err  error
}

// Extent is a part of the file.
type Extent struct{ Offset, Length int64 }

// New is a spill file in dir, or in the system's folder for temporary files if
// dir is "". Nothing is made yet.
func New(dir string) *File { return &File{dir: dir, free: make(map[int64][]int64)} }

// ErrClosed reports a spill file that was closed.
var ErrClosed = errors.New("the spill file is closed")

// Reserve is a part of the file of length bytes, which the caller writes with
// WriteAt.
func (f *File) Reserve(length int64) (Extent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return Extent{}, f.err
	}
	if f.file == nil {
		if err := f.open(); err != nil {
			return Extent{}, err
		}
	}
	f.used += length
	if offsets := f.free[length]; len(offsets) > 0 {
		f.free[length] = offsets[:len(offsets)-1]
		return Extent{offsets[len(offsets)-1], length}, nil
	}
	at := f.end
	f.end += length
	return Extent{at, length}, nil
}

func (f *File) open() error {
	file, err := os.CreateTemp(f.dir, "gabion-spill-*")
	if err != nil {
		return fmt.Errorf("make the spill file: %w (set SpillDir to a folder with room, or raise the memory budget)", err)
	}
	if err := unlink(file); err != nil {
		return errors.Join(fmt.Errorf("unlink the spill file: %w", err), file.Close(), os.Remove(file.Name()))
	}
	f.file = file
	return nil
}

// WriteAt writes p at offset within the extent.
func (f *File) WriteAt(x Extent, p []byte, offset int64) error {
	if offset < 0 || offset+int64(len(p)) > x.Length {
		return fmt.Errorf("write %d bytes at %d of %d bytes in the spill file", len(p), offset, x.Length)
	}
	if _, err := f.file.WriteAt(p, x.Offset+offset); err != nil {
		return fmt.Errorf("write to the spill file: %w (set SpillDir to a folder with room, or raise the memory budget)", err)
	}
	return nil
}

// ReadAt fills p from offset within the extent.
func (f *File) ReadAt(x Extent, p []byte, offset int64) error {
	if offset < 0 || offset+int64(len(p)) > x.Length {
		return fmt.Errorf("read %d bytes at %d of %d bytes in the spill file", len(p), offset, x.Length)
	}
	if _, err := f.file.ReadAt(p, x.Offset+offset); err != nil {
		return fmt.Errorf("read the spill file: %w", err)
	}
	return nil
}

// Free gives an extent back.
func (f *File) Free(x Extent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used -= x.Length
	f.free[x.Length] = append(f.free[x.Length], x.Offset)
	if f.used == 0 && f.file != nil && f.err == nil { // nothing is kept: start again, and give the disk back
		if f.file.Truncate(0) == nil {
			f.end = 0
			clear(f.free)
		}
	}
}

// Used is the number of bytes in use, and Size how long the file is.
func (f *File) Used() (used, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used, f.end
}

// Close removes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = ErrClosed
	if f.file == nil {
		return nil
	}
	file := f.file
	err := file.Close()
	return errors.Join(err, removeClosed(file))
}
