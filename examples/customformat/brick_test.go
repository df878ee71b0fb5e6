package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

func write(t *testing.T, path string, d block.Description, data block.Block) {
	t.Helper()
	sink := Create(path, false)
	_, err := sink.Align(d)
	require.NoError(t, err)
	require.NoError(t, sink.Begin(context.Background(), d))
	whole := block.Whole(d.Shape())
	require.NoError(t, sink.Write(context.Background(), whole, data, block.NewScratch(sink.Scratch(whole))))
	require.NoError(t, sink.Commit(context.Background()))
}

func TestSource(t *testing.T) {
	for name, grid := range map[string]block.Grid{
		"regular":   block.RegularGrid(block.Shape{7, 11}, block.Shape{3, 4}),
		"one block": block.RegularGrid(block.Shape{5, 2, 3}, block.Shape{5, 2, 3}),
		"scalar":    {},
		"empty":     block.RegularGrid(block.Shape{0, 4}, block.Shape{1, 2}),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.brick")
			d := block.Description{DType: dtype.Float32, Grid: grid}
			data := blocktest.Random(d.DType, d.Shape(), 1)
			write(t, path, d, data)
			blocktest.TestSource(t, func() block.Source {
				src, err := Open(path)
				require.NoError(t, err)
				return src
			}, data)
		})
	}
}

func TestSink(t *testing.T) {
	folder, n := t.TempDir(), 0
	path := func() string { return filepath.Join(folder, strconv.Itoa(n)) }
	blocktest.TestSink(t,
		func() block.Sink { n++; return Create(path(), false) },
		func() (block.Source, error) { return Open(path()) },
		blocktest.SinkOptions{Again: func() block.Sink { return Create(path(), true) }})
	hidden, err := filepath.Glob(filepath.Join(folder, ".*"))
	require.NoError(t, err)
	require.Empty(t, hidden, "temporary files are left")
}

func TestNamesAndBlocksAreKept(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.brick")
	x := array.FromSlice([]int32{1, 2, 3, 4, 5, 6}, []int{2, 3}, array.Names("y", "x"), array.ChunkSizes([]int{2}, []int{1, 2}))
	require.NoError(t, array.Store(ctx, Create(path, false), x))
	src, err := Open(path)
	require.NoError(t, err)
	back := array.From(src)
	require.Equal(t, []string{"y", "x"}, back.Names())
	require.True(t, back.Chunks().Equal(x.Chunks()))
	got, err := array.Values[int32](ctx, back)
	require.NoError(t, err)
	require.Equal(t, []int32{1, 2, 3, 4, 5, 6}, got)

	err = array.Store(ctx, Create(path, false), x)
	require.True(t, errors.Is(err, fs.ErrExist), "%v", err)
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.brick")
	d := block.Description{DType: dtype.Int16, Grid: block.RegularGrid(block.Shape{4}, block.Shape{2})}
	write(t, good, d, blocktest.Random(d.DType, d.Shape(), 1))
	content, err := os.ReadFile(good)
	require.NoError(t, err)
	with := func(text string) []byte {
		return append(binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(text))), text...)
	}
	long := bytes.Clone(content)
	binary.LittleEndian.PutUint64(long[len(magic):], 1<<63)
	huge := `{"dtype":"float64","order":"` + byteOrder() + `","blocks":[` +
		`{"length":4611686018427387904,"blocks":1,"period":4611686018427387904,"offsets":[0]},` +
		`{"length":4611686018427387904,"blocks":1,"period":4611686018427387904,"offsets":[0]}]}`
	for want, bad := range map[string][]byte{
		"not a brick file":          []byte("CDF\x01 and more"),
		"does not fit in the file":  long,
		"its header says":           content[:len(content)-1],
		"header: ":                  with("{"),
		"no place in a file":        with(huge),
		"does not describe":         with(`{"order":"little"}`),
		"in middle byte order":      with(`{"dtype":"int8","order":"middle","blocks":[]}`),
		"there are 1 names for 0 a": with(`{"dtype":"int8","order":"` + byteOrder() + `","blocks":[],"names":["x"]}`),
	} {
		path := filepath.Join(dir, "bad.brick")
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err := Open(path)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, path)
	}
}

func FuzzParse(f *testing.F) {
	grid := block.RegularGrid(block.Shape{3, 2}, block.Shape{2, 2})
	text, err := json.Marshal(header{DType: dtype.Int16, Order: byteOrder(), Blocks: grid, Names: []string{"y", "x"}})
	require.NoError(f, err)
	start := binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(text)))
	f.Add(append(append(start, text...), make([]byte, 16)...))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := parse(bytes.NewReader(content), int64(len(content))); err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "a.brick")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		src, err := Open(path)
		require.NoError(t, err)
		d := src.Describe()
		whole := block.Whole(d.Shape())
		data := blocktest.Random(d.DType, d.Shape(), 1) // no larger than the file
		require.LessOrEqual(t, data.Bytes(), len(content))
		require.NoError(t, src.Read(context.Background(), whole, data, block.NewScratch(src.Scratch(whole))))
	})
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), nil, &out))
	require.Equal(t, "squares.brick\n"+
		"Array(float64, shape (1000, 1000), chunks (3x300+100, 2x400+200), 7.6MiB)\n"+
		"mean of the last row: 9.989993338335e+11\n", out.String())
}
