package npy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
)

// fileOf is the content of a .npy file of b's elements.
func fileOf(b block.Block, fortran, big bool) []byte {
	h := newHeader(b.DType, b.Shape, fortran)
	var text []byte
	if text = h.encode(); big {
		text = bytes.Replace(text, []byte("'<"), []byte("'>"), 1)
	}
	dense := block.Dense(b.DType, b.Shape, dtype.Bytes(make([]complex128, b.Bytes()/16+1)))
	if h.fortran {
		reversed := make([]int, len(b.Shape))
		for i := range reversed {
			reversed[i] = len(reversed) - 1 - i
		}
		transposed := b.Transpose(reversed)
		dense.Shape, dense.Strides = transposed.Shape, transposed.Shape.Strides()
		block.Copy(dense, transposed)
	} else {
		block.Copy(dense, b)
	}
	if big != bigEndian {
		h.reverse(dense.DenseBytes())
	}
	return append(text, dense.DenseBytes()...)
}

// counted counts the reads of a file.
type counted struct {
	io.ReaderAt
	mu    sync.Mutex
	reads int
	bytes int64
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.mu.Lock()
	c.reads++
	c.bytes += int64(len(p))
	c.mu.Unlock()
	return c.ReaderAt.ReadAt(p, at)
}

// inMemory is the array of a file in memory, and what was read of it since.
func inMemory(t *testing.T, content []byte, opts ...OpenOption) (*Array, *counted) {
	t.Helper()
	h, err := parse(content)
	require.NoError(t, err)
	c := &counted{ReaderAt: bytes.NewReader(content)}
	a, err := newArray("memory", h, file{c}, opts)
	require.NoError(t, err)
	return a, c
}

func TestSourceConformance(t *testing.T) {
	for _, c := range []struct {
		d            dtype.DType
		shape        block.Shape
		fortran, big bool
	}{
		{dtype.Float64, block.Shape{7, 6, 5}, false, false},
		{dtype.Float64, block.Shape{7, 6, 5}, true, false},
		{dtype.Complex64, block.Shape{7, 6, 5}, true, true},
		{dtype.Complex128, block.Shape{3, 4}, false, true},
		{dtype.Float16, block.Shape{11}, false, true},
		{dtype.Bool, block.Shape{9, 8}, true, false},
		{dtype.Int8, block.Shape{2, 1, 3, 1, 2}, true, true},
		{dtype.Uint32, block.Shape{}, false, true},
		{dtype.Int64, block.Shape{4, 0, 3}, true, false},
	} {
		t.Run(fmt.Sprintf("%v %v fortran=%v big=%v", c.d, c.shape, c.fortran, c.big), func(t *testing.T) {
			want := random(c.d, c.shape...)
			content := fileOf(want, c.fortran, c.big)
			var chunks []int
			for _, n := range c.shape {
				chunks = append(chunks, 1+n/2)
			}
			blocktest.TestSource(t, func() block.Source {
				a, _ := inMemory(t, content, Chunks(chunks...))
				return a
			}, want)
			if c.big && c.d.Size() > 1 {
				return
			}
			path := filepath.Join(t.TempDir(), "a.npy")
			require.NoError(t, os.WriteFile(path, content, 0o666))
			blocktest.TestSource(t, func() block.Source {
				m, err := Mmap(path, Chunks(chunks...))
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, m.Close()) })
				return m
			}, want)
		})
	}
}

// TestRegionsOfRandomFiles reads parts of arrays of any shape, type and order.
func TestRegionsOfRandomFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	types := dtype.All()
	for range 600 {
		shape := make(block.Shape, rng.IntN(5))
		for axis := range shape {
			shape[axis] = 1 + rng.IntN(9)
		}
		if len(shape) > 0 && rng.IntN(4) == 0 { // gaps of more than a page
			shape[rng.IntN(len(shape))] = 1000 + rng.IntN(3000)
		}
		b := blocktest.Random(types[rng.IntN(len(types))], shape, rng.Uint64())
		a, _ := inMemory(t, fileOf(b, rng.IntN(2) == 0, rng.IntN(2) == 0))
		for range 4 {
			r := block.Whole(shape).Clone()
			for axis, n := range shape {
				if rng.IntN(3) > 0 {
					r.Start[axis] = rng.IntN(n + 1)
					r.Shape[axis] = rng.IntN(n - r.Start[axis] + 1)
				}
			}
			got, err := load(a, r)
			require.NoError(t, err)
			want := block.Dense(b.DType, r.Shape, dtype.Bytes(make([]complex128, len(got.Data)/16+1)))
			block.Copy(want, b.Part(r))
			require.True(t, bytes.Equal(want.DenseBytes(), got.DenseBytes()), "%v of %v %v", r, b.DType, shape)
		}
	}
}

// TestReadsWhatItCovers counts the bytes and the calls of reads.
func TestReadsWhatItCovers(t *testing.T) {
	b := random(dtype.Float64, 20, 50, 1000) // a row is 8000 bytes, a plane 400,000
	const row, plane = 8000, 400_000
	region := func(start, shape []int) block.Region { return block.Region{Start: start, Shape: shape} }
	for _, c := range []struct {
		what         string
		fortran      bool
		r            block.Region
		reads, bytes int
	}{
		{"all", false, block.Whole(b.Shape), 8, 20 * plane},
		{"all in Fortran order", true, block.Whole(b.Shape), 31, 20 * plane}, // through windows
		{"one element", false, region([]int{5, 5, 5}, []int{1, 1, 1}), 1, 8},
		{"planes", false, region([]int{3, 0, 0}, []int{2, 50, 1000}), 1, 2 * plane},
		{"rows of one plane", false, region([]int{3, 7, 0}, []int{1, 5, 1000}), 1, 5 * row},
		{"rows of planes", false, region([]int{3, 7, 0}, []int{4, 5, 1000}), 4, 4 * 5 * row},
		{"a part of each row, the rest of which is longer than a page", false, region([]int{3, 0, 100}, []int{1, 50, 300}), 50, 50 * 300 * 8},
		{"a part of each row, the rest of which is shorter than a page", false, region([]int{3, 0, 100}, []int{1, 50, 600}), 2, 49*row + 600*8 - 232*8}, // a window ends in a gap
		{"a column", false, region([]int{0, 0, 9}, []int{2, 50, 1}), 100, 100 * 8},
		{"a column in Fortran order", true, region([]int{0, 0, 9}, []int{20, 2, 1}), 1, 40 * 8},
		{"nothing", false, region([]int{3, 0, 100}, []int{1, 0, 600}), 0, 0},
	} {
		a, count := inMemory(t, fileOf(b, c.fortran, false))
		_, err := load(a, c.r)
		require.NoError(t, err)
		require.Equal(t, c.reads, count.reads, c.what)
		require.EqualValues(t, c.bytes, count.bytes, c.what)
	}
}

// TestScratchDoesNotGrow checks what reading and writing take beside the block.
func TestScratchDoesNotGrow(t *testing.T) {
	a, _ := inMemory(t, fileOf(random(dtype.Complex128, 300, 400), true, false))
	whole := block.Whole(a.Describe().Shape())
	require.EqualValues(t, windowBytes, a.Scratch(whole))
	require.EqualValues(t, 16, a.Scratch(block.Region{Start: []int{1, 1}, Shape: []int{1, 1}}))
	require.Zero(t, a.Scratch(block.Region{Start: []int{1, 1}, Shape: []int{0, 1}}))
	require.Zero(t, a.Scratch(block.Region{Start: []int{1, 1}, Shape: []int{300, 1}}), "it is not inside; Read says so")

	w := Create(filepath.Join(t.TempDir(), "a.npy"))
	require.EqualValues(t, windowBytes, w.Scratch(whole), "not aligned yet")
	_, err := w.Align(a.Describe())
	require.NoError(t, err)
	require.EqualValues(t, windowBytes, w.Scratch(whole))
	require.EqualValues(t, 32, w.Scratch(block.Region{Start: []int{1, 1}, Shape: []int{5, 2}}))
}

// TestBools checks that what NumPy takes for true is stored as Go's true.
func TestBools(t *testing.T) {
	content := fileOf(random(dtype.Bool, 2, 3), false, false)
	copy(content[len(content)-6:], []byte{0, 1, 2, 0xff, 0, 0x80})
	a, _ := inMemory(t, content)
	require.Equal(t, []byte{0, 1, 1, 1, 0, 1}, loadAll(t, a).DenseBytes())
	got, err := load(a, block.Region{Start: []int{0, 1}, Shape: []int{2, 2}})
	require.NoError(t, err)
	require.Equal(t, []byte{1, 1, 0, 1}, got.DenseBytes())
}

// TestFilesThatChange checks what becomes of an open file that is replaced, or
// becomes shorter, or is closed.
func TestFilesThatChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	before, after := random(dtype.Int32, 40, 30), blocktest.Random(dtype.Int32, block.Shape{40, 30}, 2)
	require.NoError(t, save(Create(path), before))
	a, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, save(Create(path, Overwrite()), after))
	require.Equal(t, before.DenseBytes(), loadAll(t, a).DenseBytes(), "what was opened is read on")
	require.NoError(t, a.Close())
	_, err = load(a, block.Whole(before.Shape))
	require.ErrorIs(t, err, os.ErrClosed)

	a = openArray(t, path)
	require.NoError(t, os.Truncate(path, 1000))
	_, err = load(a, block.Whole(before.Shape))
	require.ErrorContains(t, err, "a.npy: reading [0:40, 0:30]: 4800 bytes at byte 128 of the file: the file became shorter after it was opened")
	_, err = Open(path)
	require.ErrorContains(t, err, "it is truncated")
}

func TestReadRefuses(t *testing.T) {
	a, _ := inMemory(t, fileOf(random(dtype.Int16, 4, 4), false, false))
	r := block.Whole(block.Shape{4, 4})
	require.ErrorContains(t, a.Read(ctx, r, random(dtype.Uint16, 4, 4), block.NewScratch(0)), "a block of uint16 of shape (4, 4) for [0:4, 0:4] of int16")
	require.ErrorContains(t, a.Read(ctx, r, random(dtype.Int16, 2, 8), block.NewScratch(0)), "a block of int16 of shape (2, 8)")
	strided := random(dtype.Int16, 4, 8).Part(block.Region{Start: []int{0, 2}, Shape: []int{4, 4}})
	require.ErrorContains(t, a.Read(ctx, r, strided, block.NewScratch(5)), "bytes of scratch asked for")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, a.Read(cancelled, r, strided, block.NewScratch(32)), context.Canceled)
}

func TestMappedRefuses(t *testing.T) {
	dir := t.TempDir()
	content := fileOf(random(dtype.Float64, 4, 4), false, false)
	path := filepath.Join(dir, "a.npy")
	require.NoError(t, os.WriteFile(path, content, 0o666))
	m, err := Mmap(path)
	require.NoError(t, err)
	r := block.Whole(block.Shape{4, 4})
	require.ErrorContains(t, m.Read(ctx, r, random(dtype.Int64, 4, 4), nil), "a block of int64")
	require.ErrorContains(t, m.Read(ctx, block.Whole(block.Shape{5, 4}), random(dtype.Float64, 5, 4), nil), "is not inside")
	require.NoError(t, m.Close())
	require.NoError(t, m.Close())
	require.ErrorContains(t, m.Read(ctx, r, random(dtype.Float64, 4, 4), nil), "a.npy: reading [0:4, 0:4]: the file was closed")
	for _, x := range []array.Array{array.From(m).Add(array.Const(1)), array.From(m).Take([]int{1}, 0)} {
		for _, on := range []array.RunOption{array.On(scheduler.Serial{}), array.Verify()} {
			_, err = array.Values[float64](ctx, x, on)
			require.ErrorContains(t, err, "was closed")
			require.NotContains(t, err.Error(), "goroutine")
		}
	}

	odd := filepath.Join(dir, "odd.npy") // as some programs pad headers
	require.NoError(t, os.WriteFile(odd, append(append([]byte(magic+"\x01\x00\x75\x00"), content[10:127]...), content[128:]...), 0o666))
	_, err = Open(odd)
	require.NoError(t, err)
	_, err = Mmap(odd)
	require.ErrorContains(t, err, "begin at byte 127, which is not aligned for float64; use npy.Open")
	_, err = Mmap(filepath.Join(dir, "none.npy"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
