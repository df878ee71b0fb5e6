package zarr_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/store"
	"gabion/io/zarr"
)

var ctx = context.Background()

// save stores data in blocks of grid, cut along the sink's chunks.
func save(w *zarr.Writer, data block.Block, d block.Description) error {
	grid, err := w.Align(d)
	if err != nil {
		return err
	}
	err = w.Begin(ctx, d)
	if err == nil {
		block.Positions(grid.Overlap(block.Whole(data.Shape)), func(position []int) bool {
			r := grid.Region(position)
			err = w.Write(ctx, r, data.Part(r), block.NewScratch(w.Scratch(r)))
			return err == nil
		})
	}
	if err == nil {
		err = w.Commit(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w (abort: %v)", err, w.Abort())
	}
	return nil
}

func load(a *zarr.Array, r block.Region) (block.Block, error) {
	d := a.Describe().DType
	dst := block.Dense(d, r.Shape, dtype.Bytes(make([]complex128, r.Elements()*d.Size()/16+1)))
	return dst, a.Read(ctx, r, dst, block.NewScratch(a.Scratch(r)))
}

// describe is an array of the data's shape with blocks of the given sizes.
func describe(data block.Block, chunks ...int) block.Description {
	return block.Description{DType: data.DType, Grid: block.RegularGrid(data.Shape, chunks)}
}

var chains = map[string][]codec.Spec{
	"none":            {},
	"big":             {codec.Bytes("big")},
	"zstd":            {codec.Zstd(1)},
	"zstd3 crc":       {codec.Zstd(3), codec.CRC32C()},
	"crc zstd":        {codec.CRC32C(), codec.Zstd(0)},
	"gzip":            {codec.Gzip(1)},
	"big gzip zstd":   {codec.Bytes("big"), codec.Gzip(0), codec.Zstd(7)},
	"zstd gzip crc":   {codec.Zstd(1), codec.Gzip(9), codec.CRC32C()},
	"crc":             {codec.Bytes("big"), codec.CRC32C()},
	"strongest twice": {codec.Zstd(19), codec.Zstd(19)},
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, chain := range chains {
		t.Run(name, func(t *testing.T) {
			for _, d := range dtype.All() {
				shape, chunks := make(block.Shape, rng.IntN(4)), []int{}
				for axis := range shape {
					shape[axis] = rng.IntN(9)
					chunks = append(chunks, 1+rng.IntN(5))
				}
				specs := chain
				if rng.IntN(2) == 0 {
					specs = append([]codec.Spec{codec.Transpose(rng.Perm(len(shape))...)}, chain...)
				}
				data := blocktest.Random(d, shape, rng.Uint64())
				path := filepath.Join(t.TempDir(), "a.zarr")
				require.NoError(t, save(zarr.Create(path, zarr.Codecs(specs...)), data, describe(data, chunks...)))
				a, err := zarr.Open(path)
				require.NoError(t, err)
				require.Equal(t, describe(data, chunks...).Grid.String(), a.Describe().Grid.String())
				got, err := load(a, block.Whole(shape))
				require.NoError(t, err)
				require.True(t, bytes.Equal(data.DenseBytes(), got.DenseBytes()), "%v %v %v", d, shape, chunks)
				blocktest.TestSource(t, func() block.Source { return a }, data)
			}
		})
	}
}

func TestSink(t *testing.T) {
	for _, name := range []string{"none", "zstd3 crc", "big gzip zstd"} {
		t.Run(name, func(t *testing.T) {
			testSink(t, zarr.Codecs(chains[name]...))
		})
	}
	t.Run("memory", func(t *testing.T) {
		s, n := &store.Memory{}, 0
		key := func() string { return fmt.Sprintf("group/%d", n) }
		blocktest.TestSink(t,
			func() block.Sink { n++; return zarr.CreateIn(s, key()) },
			func() (block.Source, error) { return zarr.OpenIn(ctx, s, key()) },
			blocktest.SinkOptions{Again: func() block.Sink { return zarr.CreateIn(s, key(), zarr.Overwrite()) }})
	})
}

// testSink runs the kit and looks for files that were left behind.
func testSink(t *testing.T, opts ...zarr.Option) {
	dir, n := t.TempDir(), 0
	path := func() string { return filepath.Join(dir, fmt.Sprint(n, ".zarr")) }
	blocktest.TestSink(t,
		func() block.Sink { n++; return zarr.Create(path(), opts...) },
		func() (block.Source, error) { return zarr.Open(path()) },
		blocktest.SinkOptions{Again: func() block.Sink { return zarr.Create(path(), append(opts, zarr.Overwrite())...) }})
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		name := filepath.Base(path)
		require.False(t, strings.HasPrefix(name, ".") && name != ".zarray" && name != ".zattrs", "%s is left", path)
		return err
	}))
}
