package npy

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

var ctx = context.Background()

// values are those of the same name in testdata/make.py.
func values(d dtype.DType, shape block.Shape) block.Block {
	n := shape.Elements()
	b := block.Dense(d, shape, dtype.Bytes(make([]complex128, n*d.Size()/16+1)))
	factor := uint64(0)
	for k := range d.Size() {
		factor = factor<<8 | uint64(k+1)
	}
	for i := range n {
		at := b.Data[i*d.Size():]
		x := float64(i-7) / 3
		switch d {
		case dtype.Bool:
			dtype.Slice[bool](at)[0] = i%3 == 0
		case dtype.Float16:
			dtype.Slice[dtype.Half](at)[0] = dtype.HalfOf64(x)
		case dtype.Float32:
			dtype.Slice[float32](at)[0] = float32(x)
		case dtype.Float64:
			dtype.Slice[float64](at)[0] = x
		case dtype.Complex64:
			dtype.Slice[complex64](at)[0] = complex64(complex(x, 1-x))
		case dtype.Complex128:
			dtype.Slice[complex128](at)[0] = complex(x, 1-x)
		default:
			number := uint64(i) * factor
			if d.IsSigned() {
				number -= 7 * factor
			}
			s, _ := dtype.ScalarOf(number)
			copy(at[:d.Size()], s.Bytes()) // the low bytes; this machine is little-endian
		}
	}
	return b
}

func python(name string) string { return filepath.Join("testdata", name) }

// load reads a region, with as much scratch as the source says.
func load(src block.Source, r block.Region) (block.Block, error) {
	d := src.Describe().DType
	b := block.Dense(d, r.Shape, dtype.Bytes(make([]complex128, r.Elements()*d.Size()/16+1)))
	return b, src.Read(ctx, r, b, block.NewScratch(src.Scratch(r)))
}

func loadAll(t *testing.T, src block.Source) block.Block {
	t.Helper()
	b, err := load(src, block.Whole(src.Describe().Shape()))
	require.NoError(t, err)
	return b
}

func describe(b block.Block, chunks ...int) block.Description {
	if chunks == nil {
		chunks = b.Shape
	}
	return block.Description{DType: b.DType, Grid: block.RegularGrid(b.Shape, chunks)}
}

// save writes b block by block, and aborts after an error.
func save(w block.Sink, b block.Block, chunks ...int) error {
	d := describe(b, chunks...)
	err := func() error {
		if _, err := w.Align(d); err != nil {
			return err
		}
		if err := w.Begin(ctx, d); err != nil {
			return err
		}
		var err error
		for i := range d.Grid.Blocks() {
			r := d.Grid.Region(d.Grid.Index(i))
			if err == nil {
				err = w.Write(ctx, r, b.Part(r), block.NewScratch(w.Scratch(r)))
			}
		}
		if err != nil {
			return err
		}
		return w.Commit(ctx)
	}()
	if err != nil {
		if abortErr := w.Abort(); abortErr != nil {
			err = errors.Join(err, fmt.Errorf("abort: %w", abortErr))
		}
	}
	return err
}

func openArray(t *testing.T, path string, opts ...OpenOption) *Array {
	t.Helper()
	a, err := Open(path, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return a
}

func openZip(t *testing.T, path string) *Zip {
	t.Helper()
	z, err := OpenZip(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, z.Close()) })
	return z
}

func random(d dtype.DType, shape ...int) block.Block { return blocktest.Random(d, shape, 1) }
