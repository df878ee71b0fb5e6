package npy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"gabion/block"
)

// OpenOption says how an array is read.
type OpenOption func(*openSettings)

type openSettings struct{ chunks []int }

// Chunks sets the blocks of the array's grid, one length an axis; -1 is the whole
// axis. Files have no chunks of their own: without it, blocks are stretches of
// the file of about 8 to 16 MiB.
func Chunks(sizes ...int) OpenOption {
	return func(s *openSettings) { s.chunks = slices.Clone(sizes) }
}

// grid is the blocks of an array.
func (s openSettings) grid(h header) (block.Grid, error) {
	chunks := block.Shape(s.chunks)
	if s.chunks == nil {
		return block.RegularGrid(h.shape, h.defaultChunks()), nil
	}
	if len(chunks) != len(h.shape) {
		return nil, fmt.Errorf("the array has %d axes %v, the chunks %v are for %d", len(h.shape), h.shape, chunks, len(chunks))
	}
	for axis, n := range chunks {
		if n == 0 || n < -1 {
			return nil, fmt.Errorf("the chunk size %d of axis %d is not positive, nor -1 for the whole axis", n, axis)
		}
	}
	return block.RegularGrid(h.shape, chunks), nil
}

// defaultChunks splits the axes whose neighbours are farthest from each other
// until a block has at most 16 MiB.
func (h header) defaultChunks() block.Shape {
	const target = 16 << 20
	chunks := make(block.Shape, len(h.shape))
	room := target / h.dtype.Size() // elements
	for _, axis := range slices.Backward(h.order()) {
		n := max(1, h.shape[axis])
		if n > room {
			blocks := 1 + (n-1)/room
			n = 1 + (n-1)/blocks // of nearly one size
		}
		chunks[axis] = n
		if room /= n; n < h.shape[axis] {
			room = 1
		}
	}
	return chunks
}

// Array is the array of a .npy file or of a member of a .npz archive. It
// implements block.Source.
type Array struct {
	name   string
	layout *layout
	grid   block.Grid
	data   stored
	close  func() error
}

// Open reads the header of the .npy file at path and checks that the file is as
// long as it says. An Array that is not closed is closed when it cannot be
// reached any more.
func Open(path string, opts ...OpenOption) (*Array, error) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(io.NewSectionReader(f, 0, size), size)
	var a *Array
	if err == nil {
		a, err = newArray(path, h, file{f}, opts)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("npy: %s: %w", path, err), f.Close())
	}
	a.close = f.Close
	return a, nil
}

// openFile opens a regular file.
func openFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("npy: %w", err)
	}
	if !info.Mode().IsRegular() { // opening a named pipe would wait for ever
		return nil, 0, fmt.Errorf("npy: %s: this is not a regular file but %v", path, info.Mode().Type())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("npy: %w", err)
	}
	// What was looked at may be another file than what was opened.
	if info, err = f.Stat(); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("npy: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

// newArray is an array whose file, or member, data is.
func newArray(name string, h header, data stored, opts []OpenOption) (*Array, error) {
	var s openSettings
	for _, o := range opts {
		o(&s)
	}
	grid, err := s.grid(h)
	if err != nil {
		return nil, err
	}
	return &Array{name: name, layout: newLayout(h), grid: grid, data: data, close: func() error { return nil }}, nil
}

// Close closes the file: reading fails afterwards. Of a member of an archive it
// does nothing; the archive has a Close.
func (a *Array) Close() error { return a.close() }

// Fortran reports whether neighbours along the first axis lie side by side in the
// file, rather than those along the last one. Shape and elements are the same in
// either order; it is reading blocks that are long along that axis which is
// fast.
func (a *Array) Fortran() bool { return a.layout.fortran }

// Describe says what the array is. The format knows neither names nor
// attributes.
func (a *Array) Describe() block.Description {
	return block.Description{DType: a.layout.dtype, Grid: slices.Clone(a.grid)}
}

// Traits names the source: the path, for a member of an archive with a colon and
// its name.
func (a *Array) Traits() block.Traits { return block.Traits{Name: a.name, Parts: true} }
