package npy

import (
	"bytes"
	"context"
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
	"gabion/scheduler"
)

func TestSinkConformance(t *testing.T) {
	for _, opts := range [][]CreateOption{nil, {FortranOrder()}} {
		folder, n := t.TempDir(), 0
		path := func() string { return filepath.Join(folder, strconv.Itoa(n)+".npy") }
		blocktest.TestSink(t,
			func() block.Sink { n++; return Create(path(), opts...) },
			func() (block.Source, error) { return Open(path()) },
			blocktest.SinkOptions{Again: func() block.Sink { return Create(path(), append(opts, Overwrite())...) }})
		nothingTemporary(t, folder)
	}
}

func nothingTemporary(t *testing.T, folder string) {
	t.Helper()
	hidden, err := filepath.Glob(filepath.Join(folder, ".*"))
	require.NoError(t, err)
	require.Empty(t, hidden, "temporary files are left")
}

// TestRoundTrips writes arrays of all types and of many shapes in parts of any
// alignment, in both orders.
func TestRoundTrips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	for _, d := range dtype.All() {
		for i, c := range []struct{ shape, chunks []int }{
			{nil, nil}, {[]int{0}, []int{1}}, {[]int{1}, []int{1}}, {[]int{17}, []int{5}}, {[]int{4, 5}, []int{4, 2}},
			{[]int{3, 4, 5}, []int{2, 3, 2}}, {[]int{2, 1, 3, 1, 2}, []int{1, 1, 2, 1, 2}}, {[]int{70, 1000}, []int{70, 900}},
		} {
			want := blocktest.Random(d, c.shape, uint64(i))
			for _, opts := range [][]CreateOption{{Overwrite()}, {Overwrite(), FortranOrder()}} {
				require.NoError(t, save(Create(path, opts...), want, c.chunks...))
				a := openArray(t, path)
				require.Equal(t, len(opts) == 2 && i > 3, a.Fortran())
				require.True(t, bytes.Equal(want.DenseBytes(), loadAll(t, a).DenseBytes()), "%v %v", d, c.shape)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	b := random(dtype.Int16, 4, 4)
	w := Create(path)
	whole := block.Whole(b.Shape)
	require.ErrorContains(t, w.Write(ctx, whole, b, block.NewScratch(0)), "Write before Begin")
	require.ErrorContains(t, w.Commit(ctx), "Commit before Begin")
	require.NoError(t, w.Abort())
	require.NoError(t, w.Begin(ctx, describe(b)))
	require.ErrorContains(t, w.Begin(ctx, describe(b)), "it has begun already")
	half := block.Region{Start: []int{0, 0}, Shape: []int{2, 4}}
	require.NoError(t, w.Write(ctx, half, b.Part(half), block.NewScratch(0)))
	require.ErrorContains(t, w.Commit(ctx), "8 of 16 elements were written")
	require.NoError(t, w.Abort())
	require.NoError(t, save(w, b), "a writer can be used again")
	for _, c := range []struct {
		change func(*block.Description)
		want   string
	}{
		{func(d *block.Description) { d.DType = dtype.Invalid }, "the array has no element type"},
		{func(d *block.Description) { d.Grid = block.Grid{block.UnknownAxis(3)} }, "resolve it first"},
		{func(d *block.Description) { d.Grid = make(block.Grid, 65) }, "the array has 65 axes; 64 are the most"},
		{func(d *block.Description) { d.Grid = block.RegularGrid([]int{1 << 61, 2}, []int{1, 1}) }, "more bytes than any file can hold"},
	} {
		d := describe(b)
		c.change(&d)
		w := Create(path, Overwrite())
		_, err := w.Align(d)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, w.Begin(ctx, d), c.want)
	}
}

// TestWhatIsThereIsRefused checks that nothing is replaced without being asked
// for, and nothing else than what would be written.
func TestWhatIsThereIsRefused(t *testing.T) {
	dir := t.TempDir()
	b := random(dtype.Int16, 5)
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		return path
	}
	npy, npz := filepath.Join(dir, "is.npy"), filepath.Join(dir, "is.npz")
	require.NoError(t, save(Create(npy), b))
	require.NoError(t, save(CreateZip(npz, []string{"a"}).Array("a"), b))
	link, dangling, loop := filepath.Join(dir, "link"), filepath.Join(dir, "dangling"), filepath.Join(dir, "loop")
	require.NoError(t, os.Symlink(npy, link))
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), dangling))
	require.NoError(t, os.Symlink(loop, loop))
	zipped := file("other.zip", "")
	{
		content, err := os.ReadFile(python("lzma.npz"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(zipped, content[:len(content)-1], 0o666))
	}
	plain := func(path string, opts ...CreateOption) block.Sink { return Create(path, opts...) }
	archive := func(path string, opts ...CreateOption) block.Sink {
		return CreateZip(path, []string{"a"}, opts...).Array("a")
	}
	for _, c := range []struct {
		create   func(string, ...CreateOption) block.Sink
		path     string
		because  string
		replaced bool
	}{
		{plain, npy, "it is a .npy file; use npy.Overwrite() to replace it, and all that it holds", true},
		{plain, link, "it is a .npy file; use npy.Overwrite()", true},
		{plain, file("empty", ""), "use npy.Overwrite()", true},
		{plain, file("truncated.npy", magic), "use npy.Overwrite()", true},
		{plain, npz, "it is not a .npy file; an array does not replace it", false},
		{plain, file("letter.txt", "Dear"), "it is not a .npy file", false},
		{plain, dir, "it is a folder", false},
		{archive, npz, "it is a .npz file; use npy.Overwrite() to replace it", true},
		{archive, npy, "it is not a .npz file; an array does not replace it", false},
		{archive, zipped, "it is not a .npz file", false},
		{archive, file("none.npz", "PK\x05\x06"+string(make([]byte, 18))), "use npy.Overwrite()", true},
	} {
		before, _ := os.ReadFile(c.path)
		_, err := c.create(c.path).Align(describe(b))
		require.ErrorIs(t, err, fs.ErrExist, c.path)
		require.ErrorContains(t, err, c.path)
		require.ErrorContains(t, err, c.because)
		require.ErrorIs(t, save(c.create(c.path), b), fs.ErrExist)
		err = save(c.create(c.path, Overwrite()), b)
		if !c.replaced {
			require.ErrorIs(t, err, fs.ErrExist, c.path)
			after, _ := os.ReadFile(c.path)
			require.Equal(t, before, after)
			continue
		}
		require.NoError(t, err)
	}
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&fs.ModeSymlink, "what a link leads to is replaced, not the link")

	for path, want := range map[string]string{
		"":                             "the path is empty",
		dangling:                       "it is a link to what is not there",
		loop:                           "loop",
		filepath.Join(npy, "a.npy"):    "not a directory",
		filepath.Join(dir, "no/a.npy"): "no such file or directory",
	} {
		require.ErrorContains(t, save(Create(path, Overwrite()), b), want)
		require.ErrorContains(t, save(CreateZip(path, []string{"a"}, Overwrite()).Array("a"), b), want)
	}
	nothingTemporary(t, dir)
}

// TestAppears checks that of two writers of one path the first to commit wins.
func TestAppears(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	first, second := random(dtype.Int16, 5), blocktest.Random(dtype.Int16, block.Shape{5}, 2)
	for _, opts := range [][]CreateOption{nil, {Overwrite()}} {
		w := Create(path, opts...)
		require.NoError(t, w.Begin(ctx, describe(second)))
		require.NoError(t, w.Write(ctx, block.Whole(second.Shape), second, block.NewScratch(0)))
		require.NoError(t, save(Create(path), first))
		require.ErrorIs(t, w.Commit(ctx), fs.ErrExist)
		require.NoError(t, w.Abort())
		require.Equal(t, first.DenseBytes(), loadAll(t, openArray(t, path)).DenseBytes())
		require.NoError(t, os.Remove(path))
	}
	require.NoError(t, save(Create(path), first))
	w := Create(path, Overwrite())
	require.NoError(t, w.Begin(ctx, describe(second)))
	require.NoError(t, w.Write(ctx, block.Whole(second.Shape), second, block.NewScratch(0)))
	require.NoError(t, os.WriteFile(path, []byte("a letter"), 0o666))
	require.ErrorContains(t, w.Commit(ctx), "it is not a .npy file")
	require.NoError(t, os.Remove(path))
	require.NoError(t, w.Abort())
	require.NoFileExists(t, path)
	nothingTemporary(t, filepath.Dir(path))
}

// TestLargerThanTheBudget computes from file to file, in a budget that the file
// is several times as large as, and with slices that read only their bytes.
func TestLargerThanTheBudget(t *testing.T) {
	const budget = 4 << 20
	dir := t.TempDir()
	in, out, transposed := filepath.Join(dir, "in.npy"), filepath.Join(dir, "out.npy"), filepath.Join(dir, "transposed.npy")
	engine, err := scheduler.New(scheduler.Options{Memory: budget, Workers: 2, SpillDir: dir})
	require.NoError(t, err)
	defer engine.Close()
	on := array.On(engine)
	x := array.Arange[float64](0, 1500*2000, 1, array.Chunks(30_000)).Reshape(1500, 2000)
	require.NoError(t, array.Store(ctx, Create(in), x.Rechunk(array.Chunks(100, 300)), on))
	info, err := os.Stat(in)
	require.NoError(t, err)
	require.EqualValues(t, 128+1500*2000*8, info.Size())

	y := array.From(openArray(t, in, Chunks(20, -1)))
	require.NoError(t, array.StoreAll(ctx, []array.Output{
		{Array: y.Mul(array.Const(2.0)), Sink: Create(out)},
		{Array: y.Transpose().Rechunk(array.Chunks(50, 400)), Sink: Create(transposed, FortranOrder())},
	}, on))
	require.LessOrEqual(t, engine.PeakInUse(), int64(budget))
	doubled, err := block.Values[float64](loadAll(t, openArray(t, out)))
	require.NoError(t, err)
	back, err := block.Values[float64](loadAll(t, openArray(t, transposed)))
	require.NoError(t, err)
	for i := range doubled {
		if doubled[i] != 2*float64(i) || back[i%2000*1500+i/2000] != float64(i) {
			t.Fatalf("element %d is %v and %v", i, doubled[i], back[i%2000*1500+i/2000])
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, array.Store(cancelled, Create(filepath.Join(dir, "none.npy")), y, on), context.Canceled)
	require.NoFileExists(t, filepath.Join(dir, "none.npy"))
	nothingTemporary(t, dir)
}
