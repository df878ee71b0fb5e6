package npy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"gabion/block"
)

// Mapped is the array of a .npy file that is mapped into memory. It implements
// block.Viewer: blocks are parts of the mapping.
type Mapped struct {
	name     string
	grid     block.Grid
	elements block.Block

	once    sync.Once
	unmap   func() error
	cleanup runtime.Cleanup
}

// Mmap maps the .npy file at path. The package comment says what becomes of files
// that change. It fails with an error that is errors.ErrUnsupported where a file
// can be read by Open but not used as it lies there: on systems without such
// maps, among them Windows, and if its elements are in the other byte order or
// not aligned. Bools in the file are 0 or 1, as NumPy stores them.
//
// A Mapped that is not closed is unmapped when it cannot be reached any more.
func Mmap(path string, opts ...OpenOption) (*Mapped, error) {
	a, err := Open(path, opts...)
	if err != nil {
		return nil, err
	}
	m, err := a.mapped()
	// The mapping outlives the descriptor.
	if err = errors.Join(err, a.Close()); err != nil {
		if m != nil {
			err = errors.Join(err, m.Close())
		}
		return nil, fmt.Errorf("npy: mapping %s: %w", path, err)
	}
	return m, nil
}

func (a *Array) mapped() (*Mapped, error) {
	l := a.layout
	m := &Mapped{name: a.name, grid: a.grid, unmap: func() error { return nil }}
	m.elements = block.Block{DType: l.dtype, Shape: l.shape, Strides: l.strides}
	switch {
	case l.foreign():
		return nil, fmt.Errorf("%w: the elements are in the other byte order; use npy.Open", errors.ErrUnsupported)
	case l.first%int64(l.dtype.Real().Size()) != 0:
		return nil, fmt.Errorf("%w: the elements begin at byte %d, which is not aligned for %v; use npy.Open", errors.ErrUnsupported, l.first, l.dtype)
	case l.bytes() == 0:
		return m, nil
	}
	mapping, err := mapFile(a.data.(file).ReaderAt, l.first+l.bytes())
	if err != nil {
		return nil, err
	}
	m.elements.Data = mapping[l.first:]
	m.cleanup = runtime.AddCleanup(m, func(b []byte) { _ = unmapFile(b) }, mapping) // nobody is left to tell
	m.unmap = func() error { return unmapFile(mapping) }
	return m, nil
}

// Close unmaps the file. Blocks that View gave must not be used any more: a read
// of what is not mapped ends the process.
func (m *Mapped) Close() error {
	var err error
	m.once.Do(func() {
		m.cleanup.Stop()
		m.elements.Data = nil
		if err = m.unmap(); err != nil {
			err = fmt.Errorf("npy: unmapping %s: %w", m.name, err)
		}
	})
	return err
}

// Describe says what the array is.
func (m *Mapped) Describe() block.Description {
	return block.Description{DType: m.elements.DType, Grid: append(block.Grid(nil), m.grid...)}
}

// Traits names the source: the path.
func (m *Mapped) Traits() block.Traits { return block.Traits{Name: m.name, Parts: true} }

// Scratch is 0.
func (m *Mapped) Scratch(block.Region) int64 { return 0 }

// View is the part of the mapping that r covers. It can be used while m can be
// reached, until Close.
func (m *Mapped) View(r block.Region) block.Block { return m.elements.Part(r) }

// Read copies the elements of r.
func (m *Mapped) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	err := r.Within(m.elements.Shape)
	switch {
	case err != nil:
	case dst.DType != m.elements.DType || !dst.Shape.Equal(r.Shape):
		err = fmt.Errorf("a block of %v of shape %v for %v of %v", dst.DType, dst.Shape, r, m.elements.DType)
	case m.elements.Data == nil && !r.Empty():
		err = errors.New("the file was closed")
	default:
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("npy: %s: reading %v: %w", m.name, r, err)
	}
	block.Copy(dst, m.View(r))
	runtime.KeepAlive(m)
	return nil
}
