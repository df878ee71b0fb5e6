package zarr_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/store"
	"gabion/io/zarr"
	"gabion/scheduler"
)

// chains2 are what version 2 can say, without the order.
var chains2 = map[string][]codec.Spec{
	"default":  nil,
	"none":     {},
	"big":      {codec.Bytes("big")},
	"zstd":     {codec.Zstd(3)},
	"gzip":     {codec.Gzip(1)},
	"big zlib": {codec.Bytes("big"), codec.Zlib(9)},
	"zlib":     {codec.Zlib(0)},
}

// fOrder is the axes from the last to the first.
func fOrder(rank int) codec.Spec {
	order := make([]int, rank)
	for axis := range order {
		order[axis] = rank - 1 - axis
	}
	return codec.Transpose(order...)
}

func TestRoundTrip2(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, chain := range chains2 {
		t.Run(name, func(t *testing.T) {
			for i, d := range dtype.All() {
				rank := rng.IntN(4)
				shape, chunks, names := make(block.Shape, rank), []int{}, make([]string, rank)
				for axis := range shape {
					shape[axis] = rng.IntN(9)
					chunks = append(chunks, 1+rng.IntN(5))
					names[axis] = []string{"", fmt.Sprint("axis", axis)}[rng.IntN(2)]
				}
				opts := []zarr.Option{zarr.Version(2), zarr.Separator([]string{"", ".", "/"}[i%3])}
				switch {
				case chain == nil:
				case rng.IntN(2) == 0:
					opts = append(opts, zarr.Codecs(append([]codec.Spec{fOrder(rank)}, chain...)...))
				default:
					opts = append(opts, zarr.Codecs(chain...))
				}
				if i%2 == 0 {
					opts = append(opts, zarr.FillValue(true))
				}
				data := blocktest.Random(d, shape, rng.Uint64())
				desc := describe(data, chunks...)
				desc.Names = names
				desc.Attrs = block.Attributes{"units": "K", "level": 2.0}
				path := filepath.Join(t.TempDir(), "a.zarr")
				require.NoError(t, save(zarr.Create(path, opts...), data, desc))
				a, err := zarr.Open(path)
				require.NoError(t, err)
				require.Equal(t, 2, a.Version())
				require.Equal(t, desc.Grid.String(), a.Describe().Grid.String())
				require.Equal(t, desc.Attrs, a.Describe().Attrs)
				if slices.Equal(names, make([]string, rank)) {
					require.Nil(t, a.Describe().Names)
				} else {
					require.Equal(t, names, a.Describe().Names)
				}
				got, err := load(a, block.Whole(shape))
				require.NoError(t, err)
				require.True(t, bytes.Equal(data.DenseBytes(), got.DenseBytes()), "%v %v %v", d, shape, chunks)
				blocktest.TestSource(t, func() block.Source { return a }, data)
			}
		})
	}
}

func TestSink2(t *testing.T) {
	for _, name := range []string{"default", "none", "big zlib"} {
		t.Run(name, func(t *testing.T) {
			opts := []zarr.Option{zarr.Version(2), zarr.Separator("/")}
			if chain := chains2[name]; chain != nil {
				opts = append(opts, zarr.Codecs(chain...))
			}
			testSink(t, opts...)
		})
	}
	t.Run("memory", func(t *testing.T) {
		s, n := &store.Memory{}, 0
		key := func() string { return fmt.Sprintf("group/%d", n) }
		blocktest.TestSink(t,
			func() block.Sink { n++; return zarr.CreateIn(s, key(), zarr.Version(2)) },
			func() (block.Source, error) { return zarr.OpenIn(ctx, s, key()) },
			blocktest.SinkOptions{Again: func() block.Sink { return zarr.CreateIn(s, key(), zarr.Version(2), zarr.Overwrite()) }})
	})
}

// Chunks at the edge are stored whole, as version 2 wants them: what is outside
// of the array is the fill value.
func TestEdgeChunks2(t *testing.T) {
	s := &store.Memory{}
	data, err := block.OfSlice([]int16{1, 2, 3, 4, 5, 6}, block.Shape{2, 3})
	require.NoError(t, err)
	w := zarr.CreateIn(s, "a", zarr.Version(2), zarr.Codecs(codec.Bytes("big")), zarr.Chunks(2, 2), zarr.FillValue(-1))
	require.NoError(t, save(w, data, describe(data, 2, 3)))
	requireNames(t, s, "a", ".zarray", ".zattrs", "0.0", "0.1")
	require.Equal(t, []byte{0, 1, 0, 2, 0, 4, 0, 5}, value(t, s, "a/0.0"))
	require.Equal(t, []byte{0, 3, 0xff, 0xff, 0, 6, 0xff, 0xff}, value(t, s, "a/0.1"))
}

func value(t *testing.T, s store.Store, key string) []byte {
	t.Helper()
	v, err := s.Get(ctx, key)
	require.NoError(t, err)
	data, err := io.ReadAll(v)
	require.NoError(t, err)
	return data
}

// The misaligned blocks that other engines lose data with: 2 by 2 blocks into 4 by
// 4 chunks, of which each has one writer all the same.
func TestMisalignedBlocks(t *testing.T) {
	e, err := scheduler.New(scheduler.Options{Workers: 4, Memory: 1 << 20})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	want := make([]int64, 100)
	for i := range want {
		want[i] = int64(i)
	}
	for _, version := range []int{2, 3} {
		for round := range 5 {
			path := filepath.Join(t.TempDir(), fmt.Sprint(round, ".zarr"))
			x := array.Arange[int64](0, 100, 1).Reshape(10, 10).Rechunk(array.Chunks(2, 2))
			sink := zarr.Create(path, zarr.Version(version), zarr.Chunks(4, 4))
			require.NoError(t, array.Store(ctx, sink, x, array.On(e)))
			a, err := zarr.Open(path)
			require.NoError(t, err)
			require.Equal(t, version, a.Version())
			require.Equal(t, "(2x4+2, 2x4+2)", a.Describe().Grid.String())
			got, err := array.Values[int64](ctx, array.From(a), array.On(e))
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
}

// What version 2 has no words for is refused before anything is written.
func TestRefusedInVersion2(t *testing.T) {
	d := block.Description{DType: dtype.Int16, Grid: block.RegularGrid(block.Shape{4, 4, 4}, block.Shape{2, 2, 2})}
	for _, c := range []struct {
		opts []zarr.Option
		want string
	}{
		{[]zarr.Option{zarr.Version(1)}, "there is no version 1 of Zarr; 2 and 3 are written"},
		{[]zarr.Option{zarr.Version(-2)}, "there is no version -2"},
		{[]zarr.Option{zarr.Separator("_")}, `the separator is "_", not a slash or a dot`},
		{[]zarr.Option{zarr.Codecs(codec.Transpose(1, 0, 2))}, "in their order or reversed, not as [1 0 2]; use version 3"},
		{[]zarr.Option{zarr.Codecs(codec.Zstd(1), codec.CRC32C())}, "one compressor at most; use version 3"},
		{[]zarr.Option{zarr.Codecs(codec.CRC32C())}, `version 2 has no codec "crc32c"; use zstd, gzip, zlib or none`},
		{[]zarr.Option{zarr.Codecs(codec.Spec{Name: "sharding_indexed"})}, `"sharding_indexed"`},
		{[]zarr.Option{zarr.Codecs(codec.Spec{Name: "numcodecs.bz2"})}, "numcodecs.bz2 can be read but not written"},
	} {
		s := &store.Memory{}
		w := zarr.CreateIn(s, "place", append([]zarr.Option{zarr.Version(2)}, c.opts...)...)
		_, err := w.Align(d)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "creating memory:place")
		require.ErrorContains(t, w.Begin(ctx, d), c.want)
		requireNames(t, s, "")
	}
	twice := []codec.Spec{codec.Transpose(1, 2, 0), codec.Transpose(2, 0, 1)}
	_, err := zarr.CreateIn(&store.Memory{}, "place", zarr.Version(2), zarr.Codecs(twice...)).Align(d)
	require.NoError(t, err, "together they are none")
}

// In version 3, zlib is the extension that Python's numcodecs reads.
func TestZlibInVersion3(t *testing.T) {
	s := &store.Memory{}
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	require.NoError(t, save(zarr.CreateIn(s, "a", zarr.Codecs(codec.Zlib(1)), zarr.Separator(".")), data, describe(data, 3, 4)))
	require.Contains(t, string(value(t, s, "a/zarr.json")), `"numcodecs.zlib"`)
	requireNames(t, s, "a", "zarr.json", "c.0.0", "c.1.0")
	requireHolds(t, s, "a", data)
}

func TestGroups2(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.zarr")
	g, err := zarr.CreateGroup(path, block.Attributes{"title": "two", "missing": math.Inf(1)}, zarr.Version(2))
	require.NoError(t, err)
	requireNames(t, store.NewDir(path), "", ".zgroup", ".zattrs")
	u := blocktest.Random(dtype.Float32, block.Shape{5}, 1)
	require.NoError(t, save(g.Create("u"), u, describe(u, 2)), "it has the version of its group")
	requireNames(t, store.NewDir(path), "u", ".zarray", ".zattrs", "0", "1", "2")
	require.NoError(t, save(g.Create("u", zarr.Version(2), zarr.Overwrite()), u, describe(u, 5)))
	require.ErrorIs(t, save(g.Create("u"), u, describe(u, 2)), fs.ErrExist)
	require.ErrorContains(t, save(g.Create("v", zarr.Version(3)), u, describe(u, 2)), "has version 2, and so have its arrays, not 3")
	_, err = zarr.CreateGroup(filepath.Join(path, "sub"), nil, zarr.Version(2))
	require.NoError(t, err)
	_, err = zarr.CreateGroup(filepath.Join(path, "u", "sub"), nil, zarr.Version(2))
	require.ErrorContains(t, err, "inside the array")

	_, err = zarr.CreateGroup(path, nil, zarr.Version(2))
	require.ErrorIs(t, err, fs.ErrExist)
	_, err = zarr.CreateGroup(path, nil, zarr.Version(4))
	require.ErrorContains(t, err, "there is no version 4")
	_, err = zarr.CreateGroup(path, nil, zarr.Version(3), zarr.Overwrite())
	require.ErrorContains(t, err, "has version 2 and cannot become one of version 3")
	require.NoError(t, os.WriteFile(filepath.Join(path, ".zmetadata"), []byte(`{"metadata": {}, "zarr_consolidated_format": 1}`), 0o666))
	for _, opts := range [][]zarr.Option{{zarr.Overwrite()}, {zarr.Overwrite(), zarr.Version(2)}} {
		g, err = zarr.CreateGroup(path, block.Attributes{"title": "new"}, opts...)
		require.NoError(t, err)
		require.Equal(t, 2, g.Version())
	}
	requireNames(t, store.NewDir(path), "", ".zgroup", ".zattrs", "u", "sub") // what was consolidated has gone

	g, err = zarr.OpenGroup(path)
	require.NoError(t, err)
	require.Equal(t, 2, g.Version())
	require.Equal(t, block.Attributes{"title": "new"}, g.Attributes())
	names, err := g.Arrays()
	require.NoError(t, err)
	require.Equal(t, []string{"u"}, names)
	names, err = g.Groups()
	require.NoError(t, err)
	require.Equal(t, []string{"sub"}, names)
	a, err := g.Array("u")
	require.NoError(t, err)
	got, err := load(a, block.Whole(u.Shape))
	require.NoError(t, err)
	require.Equal(t, u.DenseBytes(), got.DenseBytes())
	_, err = zarr.Open(path)
	require.ErrorContains(t, err, "is a group, not an array; its arrays are u")

	// Attributes that a process left when it was killed are no obstacle.
	left := filepath.Join(t.TempDir(), "left")
	require.NoError(t, os.Mkdir(left, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(left, ".zattrs"), []byte(`{"a": 1}`), 0o666))
	_, err = zarr.OpenGroup(left)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = zarr.Create(left, zarr.Overwrite()).Align(describe(u, 2))
	require.ErrorContains(t, err, "a .zattrs that belongs to nothing")
	_, err = zarr.CreateGroup(left, nil, zarr.Version(2))
	require.NoError(t, err)
	g, err = zarr.OpenGroup(left)
	require.NoError(t, err)
	require.Empty(t, g.Attributes())
}

// A group holds what lies in it, of any version; where both lie at one place, as
// while a store is converted, it is version 3 that is read.
func TestBothVersions(t *testing.T) {
	s := store.NewDir(t.TempDir())
	x, y := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1), blocktest.Random(dtype.Int16, block.Shape{5, 4}, 2)
	_, err := zarr.CreateGroup(s.Place("g"), nil)
	require.NoError(t, err)
	require.NoError(t, save(zarr.CreateIn(s, "g/two", zarr.Version(2)), x, describe(x, 2, 2)))
	require.NoError(t, save(zarr.CreateIn(s, "g/three"), y, describe(y, 2, 2)))
	g, err := zarr.OpenGroup(s.Place("g"))
	require.NoError(t, err)
	names, err := g.Arrays()
	require.NoError(t, err)
	require.Equal(t, []string{"three", "two"}, names)
	requireHolds(t, s, "g/two", x)

	for _, name := range []string{".zarray", ".zattrs"} {
		text := value(t, s, "g/two/"+name)
		require.NoError(t, s.Put(ctx, "g/three/"+name, func(w io.Writer) error { _, err := w.Write(text); return err }))
	}
	requireHolds(t, s, "g/three", y)

	// Replacing an array replaces its version too, in either direction.
	require.NoError(t, save(zarr.CreateIn(s, "g/three", zarr.Version(2), zarr.Overwrite()), x, describe(x, 5, 4)))
	requireNames(t, s, "g/three", ".zarray", ".zattrs", "0.0")
	require.NoError(t, save(zarr.CreateIn(s, "g/two", zarr.Overwrite()), y, describe(y, 5, 4)))
	requireNames(t, s, "g/two", "zarr.json", "c")

	// A group is never replaced, whatever else lies there.
	require.NoError(t, s.Put(ctx, "g/.zarray", func(w io.Writer) error { return nil }))
	_, err = zarr.CreateIn(s, "g", zarr.Overwrite()).Align(describe(x, 2, 2))
	require.ErrorContains(t, err, "it is a Zarr group")
}

// Stored chunks that are not what the metadata promises.
func TestBadChunks2(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	for name, chain := range chains2 {
		if chain == nil {
			continue
		}
		s := &store.Memory{}
		require.NoError(t, save(zarr.CreateIn(s, "a", zarr.Version(2), zarr.Codecs(chain...)), data, describe(data, 3, 4)))
		a, err := zarr.OpenIn(ctx, s, "a")
		require.NoError(t, err)
		stored := value(t, s, "a/1.0")
		for what, bad := range map[string][]byte{"empty": {}, "cut": stored[:len(stored)-1], "half": stored[:len(stored)/2],
			"longer": append(slices.Clone(stored), 0), "huge": make([]byte, 1<<20), "of another codec": []byte("BZh9 and no more")} {
			require.NoError(t, s.Put(ctx, "a/1.0", func(w io.Writer) error { _, err := w.Write(bad); return err }))
			_, err := load(a, block.Whole(data.Shape))
			require.ErrorContains(t, err, "reading chunk 1.0 of memory:a: ", "%s %s", name, what)
			_, err = load(a, block.Region{Start: []int{0, 0}, Shape: block.Shape{3, 4}})
			require.NoError(t, err, "the other chunk is whole")
		}
	}
}

// An array that is removed after it was opened does not read as fill values.
func TestRemovedWhileOpen2(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	s := &store.Memory{}
	require.NoError(t, save(zarr.CreateIn(s, "a", zarr.Version(2)), data, describe(data, 2, 2)))
	a, err := zarr.OpenIn(ctx, s, "a")
	require.NoError(t, err)
	require.NoError(t, s.Delete(ctx, "a/0.0"))
	_, err = load(a, block.Whole(data.Shape))
	require.NoError(t, err)
	require.NoError(t, s.Delete(ctx, "a"))
	_, err = load(a, block.Whole(data.Shape))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
