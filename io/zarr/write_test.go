package zarr_test

import (
	"context"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/store"
	"gabion/io/zarr"
)

func irregular(t *testing.T, sizes ...int) block.Axis {
	a, err := block.Irregular(sizes)
	require.NoError(t, err)
	return a
}

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		grid block.Grid
		opts []zarr.Option
		want string
	}{
		{block.Grid{block.Regular(10, 3)}, nil, "(3x3+1,)"},
		{block.Grid{irregular(t, 3, 1, 3)}, nil, "(2x3+1,)"},
		{block.Grid{irregular(t, 1, 5, 2), block.Regular(4, 4)}, nil, "(5+3, 4)"},
		{block.Grid{block.Regular(10, 3), block.Regular(4, 2)}, []zarr.Option{zarr.Chunks(5, -1)}, "(2x5, 4)"},
		{block.Grid{block.Regular(10, 3)}, []zarr.Option{zarr.Chunks(100)}, "(10,)"},
		{block.Grid{block.Regular(0, 0), block.Regular(4, 2)}, []zarr.Option{zarr.Chunks(-1, 3)}, "(, 3+1)"},
		{block.Grid{}, nil, "()"},
	} {
		s := &store.Memory{}
		w := zarr.CreateIn(s, "a", c.opts...)
		d := block.Description{DType: dtype.Int8, Grid: c.grid}
		got, err := w.Align(d)
		require.NoError(t, err)
		want := strings.Replace(c.want, "(,", "("+block.Regular(0, 0).String()+",", 1)
		require.Equal(t, want, got.String())
		entries, err := s.List(ctx, "")
		require.NoError(t, err)
		require.Empty(t, entries, "Align changes nothing")
		require.NoError(t, w.Begin(ctx, d))
		require.NoError(t, w.Commit(ctx))
		a, err := zarr.OpenIn(ctx, s, "a")
		require.NoError(t, err)
		require.True(t, got.Equal(a.Describe().Grid))
	}
}

func TestRefusedSettings(t *testing.T) {
	good := block.Description{DType: dtype.Int16, Grid: block.RegularGrid(block.Shape{4, 4}, block.Shape{2, 2})}
	change := func(f func(d *block.Description)) block.Description {
		d := good
		f(&d)
		return d
	}
	for _, c := range []struct {
		d    block.Description
		opt  zarr.Option
		want string
	}{
		{good, zarr.Chunks(2), "chunks (2,) are for 1 axes, the array has 2"},
		{good, zarr.Chunks(2, 0), "the chunk size 0 of axis 1"},
		{good, zarr.Chunks(-2, 2), "the chunk size -2 of axis 0"},
		{good, zarr.FillValue(1 << 20), "the fill value does not fit"},
		{good, zarr.FillValue("x"), "is not an element"},
		{good, zarr.Codecs(codec.Transpose(0)), "the order [0] is not one of 2 axes"},
		{good, zarr.Codecs(codec.Spec{Name: "blosc"}), `codec "blosc"`},
		{change(func(d *block.Description) { d.DType = dtype.Invalid }), zarr.Overwrite(), "no element type"},
		{change(func(d *block.Description) { d.Grid = block.Grid{block.UnknownAxis(3)} }), zarr.Overwrite(), "resolve it first"},
		{change(func(d *block.Description) { d.Names = []string{"a"} }), zarr.Overwrite(), "1 dimension names for 2 axes"},
		{change(func(d *block.Description) { d.Attrs = block.Attributes{"x": struct{}{}} }), zarr.Overwrite(), `attribute "x"`},
	} {
		_, err := zarr.CreateIn(&store.Memory{}, "place", c.opt).Align(c.d)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "place")
		require.ErrorContains(t, zarr.CreateIn(&store.Memory{}, "place", c.opt).Begin(ctx, c.d), c.want)
	}
}

// W1: what does not consist of whole storage chunks is refused.
func TestWriteTakesWholeChunksOnly(t *testing.T) {
	d := block.Description{DType: dtype.Int16, Grid: block.RegularGrid(block.Shape{5, 4}, block.Shape{2, 2})}
	w := zarr.CreateIn(&store.Memory{}, "a")
	write := func(start, shape []int) error {
		r := block.Region{Start: start, Shape: shape}
		return w.Write(ctx, r, blocktest.Random(dtype.Int16, shape, 1), block.NewScratch(w.Scratch(r)))
	}
	require.ErrorContains(t, write([]int{0, 0}, []int{2, 2}), "before Begin")
	require.NoError(t, w.Begin(ctx, d))
	for _, r := range [][2][]int{{{0, 0}, {2, 2}}, {{4, 0}, {1, 4}}, {{0, 0}, {5, 4}}, {{2, 2}, {3, 2}}} {
		require.NoError(t, write(r[0], r[1]))
	}
	for _, r := range [][2][]int{{{1, 0}, {2, 2}}, {{0, 0}, {1, 2}}, {{0, 0}, {2, 3}}, {{4, 1}, {1, 3}}} {
		require.ErrorContains(t, write(r[0], r[1]), "whole storage chunks", "%v", r)
	}
	require.ErrorContains(t, write([]int{4, 0}, []int{2, 4}), "not inside the array")
	r := block.Region{Start: []int{0, 0}, Shape: block.Shape{2, 2}}
	require.ErrorContains(t, w.Write(ctx, r, blocktest.Random(dtype.Int32, r.Shape, 1), block.NewScratch(0)), "type int32")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, w.Write(cancelled, r, blocktest.Random(dtype.Int16, r.Shape, 1), block.NewScratch(w.Scratch(r))), context.Canceled)
}

// counted counts the values that are opened.
type counted struct {
	store.Mover
	mu     sync.Mutex
	opened map[string]int
}

func (c *counted) Get(ctx context.Context, key string) (store.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened[key]++
	return c.Mover.Get(ctx, key)
}

func TestReadOpensTheChunksItCovers(t *testing.T) {
	data := blocktest.Random(dtype.Float64, block.Shape{10, 10}, 1)
	s := &counted{Mover: &store.Memory{}, opened: map[string]int{}}
	require.NoError(t, save(zarr.CreateIn(s, "a"), data, describe(data, 3, 4)))
	a, err := zarr.OpenIn(ctx, s, "a")
	require.NoError(t, err)
	clear(s.opened)
	_, err = load(a, block.Region{Start: []int{2, 4}, Shape: block.Shape{2, 4}})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"a/c/0/1": 1, "a/c/1/1": 1}, s.opened)
	clear(s.opened)
	_, err = load(a, block.Region{Start: []int{2, 4}, Shape: block.Shape{0, 4}})
	require.NoError(t, err)
	require.Empty(t, s.opened)
}

// Scratch is for one chunk at a time, and for parts of a large chunk less.
func TestScratchDoesNotGrow(t *testing.T) {
	data := blocktest.Random(dtype.Float64, block.Shape{8, 100_000}, 1)
	s := &store.Memory{}
	w := zarr.CreateIn(s, "a")
	require.NoError(t, save(w, data, describe(data, 4, 100_000)))
	a, err := zarr.OpenIn(ctx, s, "a")
	require.NoError(t, err)
	chunk := int64(4 * 100_000 * 8)
	one, all := block.Region{Start: []int{4, 0}, Shape: block.Shape{4, 100_000}}, block.Whole(data.Shape)
	require.Equal(t, a.Scratch(one), a.Scratch(all))
	require.Less(t, a.Scratch(all), chunk*7/10)
	row := block.Region{Start: []int{3, 0}, Shape: block.Shape{1, 100_000}}
	require.LessOrEqual(t, a.Scratch(row), int64(256<<10))
	require.LessOrEqual(t, w.Scratch(all), int64(256<<10))
	for _, r := range []block.Region{one, all, row} {
		got, err := load(a, r)
		require.NoError(t, err)
		want, err := block.Values[float64](data.Part(r))
		require.NoError(t, err)
		require.Equal(t, dtype.Bytes(want), got.DenseBytes())
	}
}

// A part at the front of a large chunk without a checksum does not decode the
// rest; one with a checksum is verified to its end.
func TestCorruptEnd(t *testing.T) {
	data := blocktest.Random(dtype.Float64, block.Shape{8, 50_000}, 1)
	for _, checked := range []bool{false, true} {
		specs := []codec.Spec{codec.Zstd(1)}
		if checked {
			specs = append(specs, codec.CRC32C())
		}
		s := &store.Memory{}
		require.NoError(t, save(zarr.CreateIn(s, "a", zarr.Codecs(specs...)), data, describe(data, 8, 50_000)))
		v, err := s.Get(ctx, "a/c/0/0")
		require.NoError(t, err)
		stored, err := io.ReadAll(v)
		require.NoError(t, err)
		copy(stored[len(stored)-1000:], make([]byte, 1000))
		require.NoError(t, s.Put(ctx, "a/c/0/0", func(w io.Writer) error { _, err := w.Write(stored); return err }))
		a, err := zarr.OpenIn(ctx, s, "a")
		require.NoError(t, err)
		_, err = load(a, block.Region{Start: []int{0, 0}, Shape: block.Shape{1, 50_000}})
		if checked {
			require.ErrorContains(t, err, "reading chunk c/0/0 of memory:a: crc32c: the checksum")
		} else {
			require.NoError(t, err)
		}
		_, err = load(a, block.Whole(data.Shape))
		require.Equal(t, checked, err != nil && strings.Contains(err.Error(), "crc32c"))
	}
}

func TestGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.zarr")
	g, err := zarr.CreateGroup(path, block.Attributes{"title": "two"})
	require.NoError(t, err)
	u, v := blocktest.Random(dtype.Float32, block.Shape{5}, 1), blocktest.Random(dtype.Float32, block.Shape{5}, 2)
	require.NoError(t, save(g.Create("u"), u, describe(u, 2)))
	w := g.Create("v")
	require.NoError(t, w.Begin(ctx, describe(v, 2)))
	names, err := g.Arrays()
	require.NoError(t, err)
	require.Equal(t, []string{"u"}, names, "v is not there before it is complete")
	require.NoError(t, w.Abort())
	require.NoError(t, save(g.Create("v"), v, describe(v, 2)))
	require.NoError(t, save(g.Create("v", zarr.Overwrite()), v, describe(v, 2)))
	require.ErrorIs(t, save(g.Create("v"), v, describe(v, 2)), fs.ErrExist)

	_, err = zarr.CreateGroup(path, nil)
	require.ErrorIs(t, err, fs.ErrExist)
	_, err = zarr.CreateGroup(filepath.Join(path, "u"), nil, zarr.Overwrite())
	require.ErrorIs(t, err, fs.ErrExist)
	_, err = zarr.CreateGroup(path, block.Attributes{"title": "new"}, zarr.Overwrite())
	require.NoError(t, err)
	_, err = zarr.CreateGroup(filepath.Join(path, "sub"), nil)
	require.NoError(t, err)

	g, err = zarr.OpenGroup(path)
	require.NoError(t, err)
	require.Equal(t, block.Attributes{"title": "new"}, g.Attributes())
	names, err = g.Arrays()
	require.NoError(t, err)
	require.Equal(t, []string{"u", "v"}, names)
	names, err = g.Groups()
	require.NoError(t, err)
	require.Equal(t, []string{"sub"}, names)
	a, err := g.Array("v")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(path, "v"), a.Traits().Name)
	got, err := load(a, block.Whole(v.Shape))
	require.NoError(t, err)
	require.Equal(t, v.DenseBytes(), got.DenseBytes())
	_, err = g.Group("sub")
	require.NoError(t, err)
	_, err = g.Array("none")
	require.ErrorIs(t, err, fs.ErrNotExist)

	for _, name := range []string{"", ".", "..", "../u", "a/b", `a\b`, "/u", "__x", ".hidden", "zarr.json"} {
		_, err := g.Array(name)
		require.ErrorContains(t, err, "cannot be the name")
		_, err = g.Group(name)
		require.ErrorContains(t, err, "cannot be the name")
		_, err = g.Create(name).Align(describe(u, 2))
		require.ErrorContains(t, err, "cannot be the name")
	}
}
