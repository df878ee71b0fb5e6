package zarr_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/store"
	"gabion/io/store/storetest"
	"gabion/io/zarr"
)

// Whatever operation fails while an array is written, and whether the process
// goes on or not, the array is there whole or not at all, and the one that was
// to be replaced stays.
func TestEveryOperationFails(t *testing.T) {
	before := blocktest.Random(dtype.Float32, block.Shape{5, 4}, 1)
	after := blocktest.Random(dtype.Float32, block.Shape{5, 4}, 2)
	for i := range 8 {
		replace, always, version := i&1 > 0, i&2 > 0, 2+i>>2
		codecs := []codec.Spec{codec.Zstd(1), codec.CRC32C()}[:version-1] // version 2 has no checksum
		for name, make := range map[string]func() store.Mover{
			"memory": func() store.Mover { return &store.Memory{} },
			"folder": func() store.Mover { return store.NewDir(filepath.Join(t.TempDir(), "x")) },
		} {
			t.Run(fmt.Sprintf("replace=%v always=%v version %d %s", replace, always, version, name), func(t *testing.T) {
				failed := 0
				for k := 1; ; k++ {
					inner := make()
					if replace {
						require.NoError(t, save(zarr.CreateIn(inner, "a"), before, describe(before, 3, 4)))
					}
					s := &storetest.Faults{Mover: inner, Err: syscall.ENOSPC, At: k, Always: always}
					err := save(zarr.CreateIn(s, "a", zarr.Overwrite(), zarr.Version(version), zarr.Codecs(codecs...)), after, describe(after, 2, 3))
					if s.Count() < k {
						require.NoError(t, err)
						break
					}
					checkIntact(t, inner, err, replace, always, before, after)
					if err != nil {
						require.ErrorIs(t, err, syscall.ENOSPC)
						failed++
					}
				}
				require.Greater(t, failed, 20)
			})
		}
	}
}

func checkIntact(t *testing.T, s store.Mover, failure error, replace, always bool, before, after block.Block) {
	t.Helper()
	a, err := zarr.OpenIn(ctx, s, "a")
	want := after
	if failure != nil {
		want = before
		if strings.Contains(failure.Error(), "now lies at") { // killed between the two renames
			require.True(t, always && replace)
			place := failure.Error()[strings.Index(failure.Error(), ".a.gabion-old-"):]
			a, err = zarr.OpenIn(ctx, s, place[:len(".a.gabion-old-")+10])
		} else if !replace {
			require.ErrorIs(t, err, fs.ErrNotExist)
			return
		}
	}
	require.NoError(t, err)
	got, err := load(a, block.Whole(want.Shape))
	require.NoError(t, err)
	require.Equal(t, want.DenseBytes(), got.DenseBytes())
}

// A process that is killed between the two renames of a replacement leaves the
// old array where Open says.
func TestKilledWhileReplacing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zarr")
	data := blocktest.Random(dtype.Int16, block.Shape{5}, 1)
	require.NoError(t, save(zarr.Create(path), data, describe(data, 2)))
	inner := store.NewDir(dir)
	s := &storetest.Faults{Mover: inner, Err: syscall.EIO}
	w := zarr.CreateIn(s, "a.zarr", zarr.Overwrite())
	require.NoError(t, w.Begin(ctx, describe(data, 2)))
	s.At, s.Always = s.Count()+8, true // create, write and rename zarr.json, look at what is there by 3 operations, the first rename, and then nothing
	require.ErrorContains(t, w.Commit(ctx), "now lies at")
	require.Error(t, w.Abort())
	_, err := zarr.Open(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, place, ok := strings.Cut(err.Error(), "what was there before lies at ")
	require.True(t, ok, err)
	a, err := zarr.Open(place)
	require.NoError(t, err)
	got, err := load(a, block.Whole(data.Shape))
	require.NoError(t, err)
	require.Equal(t, data.DenseBytes(), got.DenseBytes())
}

// A folder that cannot be written is found by Begin.
func TestBeginFindsAReadOnlyFolder(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{4}, 1)
	s := &storetest.Faults{Mover: &store.Memory{}, Err: syscall.EROFS}
	w := zarr.CreateIn(s, "a")
	_, err := w.Align(describe(data, 2))
	require.NoError(t, err)
	s.At, s.Always = s.Count()+3, true // after looking what is there
	err = w.Begin(ctx, describe(data, 2))
	require.ErrorIs(t, err, syscall.EROFS)
	require.ErrorContains(t, err, "creating memory:a")
	require.NoError(t, zarr.CreateIn(s.Mover, "a").Abort(), "nothing has begun")
}

// The error of a chunk that cannot be written or read says which one and where.
func TestFaultsNameTheChunk(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	s := &storetest.Faults{Mover: &store.Memory{}, Err: syscall.EIO}
	w := zarr.CreateIn(s, "group/a")
	_, err := w.Align(describe(data, 2, 2))
	require.NoError(t, err)
	require.NoError(t, w.Begin(ctx, describe(data, 2, 2)))
	r := block.Region{Start: []int{2, 2}, Shape: block.Shape{2, 2}}
	s.At = s.Count() + 2
	err = w.Write(ctx, r, data.Part(r), block.NewScratch(w.Scratch(r)))
	require.ErrorIs(t, err, syscall.EIO)
	require.ErrorContains(t, err, "writing chunk c/1/1 of memory:group/a")
	require.NoError(t, w.Abort())

	require.NoError(t, save(zarr.CreateIn(s.Mover, "group/a"), data, describe(data, 2, 2)))
	a, err := zarr.OpenIn(ctx, s, "group/a")
	require.NoError(t, err)
	s.At = s.Count() + 2 // the first is the opening
	_, err = load(a, block.Region{Start: []int{4, 0}, Shape: block.Shape{1, 1}})
	require.ErrorIs(t, err, syscall.EIO)
	require.ErrorContains(t, err, "reading chunk c/2/0 of memory:group/a")
}

// An array that is removed after it was opened does not read as fill values.
func TestRemovedWhileOpen(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	s := &store.Memory{}
	require.NoError(t, save(zarr.CreateIn(s, "a"), data, describe(data, 2, 2)))
	a, err := zarr.OpenIn(ctx, s, "a")
	require.NoError(t, err)
	require.NoError(t, s.Delete(ctx, "a/c/0/0"))
	_, err = load(a, block.Whole(data.Shape))
	require.NoError(t, err)
	require.NoError(t, s.Delete(ctx, "a"))
	_, err = load(a, block.Whole(data.Shape))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	path := filepath.Join(dir, "a.zarr")
	require.NoError(t, save(zarr.Create(path), data, describe(data, 2, 2)))
	for _, p := range []string{path, filepath.Join(dir, "b.zarr")} {
		w := zarr.Create(p, zarr.Overwrite())
		require.NoError(t, w.Begin(ctx, describe(data, 2, 2)))
		r := block.Whole(data.Shape)
		require.NoError(t, w.Write(ctx, r, data, block.NewScratch(w.Scratch(r))))
		require.NoError(t, w.Abort())
		require.NoError(t, w.Abort(), "a second time")
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestWhatIsThereIsRefused(t *testing.T) {
	dir := t.TempDir()
	data := blocktest.Random(dtype.Int16, block.Shape{5}, 1)
	file := func(parts ...string) string {
		path := filepath.Join(append([]string{dir}, parts...)...)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte("{}"), 0o666))
		return path
	}
	array := filepath.Join(dir, "array")
	require.NoError(t, save(zarr.Create(array), data, describe(data, 2)))
	group := filepath.Join(dir, "group")
	_, err := zarr.CreateGroup(group, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		path, because string
		replaced      bool
	}{
		{array, "it is a Zarr array; use zarr.Overwrite()", true},
		{filepath.Dir(file("version2", ".zarray")), "it is a Zarr array; use zarr.Overwrite()", true},
		{filepath.Dir(filepath.Dir(file("killed", "c", "0"))), "never finished; use zarr.Overwrite()", true},
		{group, "it is a Zarr group", false},
		{filepath.Dir(filepath.Dir(file("project", "c", "main.c"))), "it is a folder of other things", false},
		{file("file"), "it is a file", false},
		{filepath.Dir(file("home", "letter.txt")), "it is a folder of other things", false},
		{filepath.Dir(file("odd", "zarr.json")), "cannot be read", false},
	} {
		_, err := zarr.Create(c.path).Align(describe(data, 2))
		require.ErrorIs(t, err, fs.ErrExist)
		require.ErrorContains(t, err, c.path)
		require.ErrorContains(t, err, c.because)
		require.ErrorIs(t, zarr.Create(c.path).Begin(ctx, describe(data, 2)), fs.ErrExist)
		err = save(zarr.Create(c.path, zarr.Overwrite()), data, describe(data, 2))
		if !c.replaced {
			require.ErrorIs(t, err, fs.ErrExist)
			continue
		}
		require.NoError(t, err)
		_, err = zarr.Open(c.path)
		require.NoError(t, err)
	}
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o777))
	require.NoError(t, save(zarr.Create(empty), data, describe(data, 2)))
	for _, path := range []string{"", "/"} {
		_, err := zarr.Create(path).Align(describe(data, 2))
		require.ErrorContains(t, err, "is not a place")
	}
	_, err = zarr.CreateIn(store.NewDir(dir), "").Align(describe(data, 2))
	require.ErrorContains(t, err, "give it a key")
	below := filepath.Join(file("plain"), "a.zarr")
	require.ErrorContains(t, save(zarr.Create(below), data, describe(data, 2)), below)
}
