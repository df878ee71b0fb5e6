package zarr_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/store"
	"gabion/io/zarr"
)

// begun is a writer that has written all of data.
func begun(t *testing.T, w *zarr.Writer, data block.Block) *zarr.Writer {
	t.Helper()
	require.NoError(t, w.Begin(ctx, describe(data, 2, 2)))
	r := block.Whole(data.Shape)
	require.NoError(t, w.Write(ctx, r, data, block.NewScratch(w.Scratch(r))))
	return w
}

func requireHolds(t *testing.T, s store.Store, key string, want block.Block) {
	t.Helper()
	a, err := zarr.OpenIn(ctx, s, key)
	require.NoError(t, err)
	got, err := load(a, block.Whole(want.Shape))
	require.NoError(t, err)
	require.Equal(t, want.DenseBytes(), got.DenseBytes())
}

func requireNames(t *testing.T, s store.Store, prefix string, want ...string) {
	t.Helper()
	entries, err := s.List(ctx, prefix)
	require.NoError(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	require.ElementsMatch(t, want, names)
}

// Of two writers of one path, in any order of their calls, the first to commit
// wins; the other one fails and takes nothing with it.
func TestTwoWritersOfOnePath(t *testing.T) {
	first := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	second := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 2)
	for name, s := range map[string]store.Mover{"memory": &store.Memory{}, "folder": store.NewDir(t.TempDir())} {
		for _, opts := range [][]zarr.Option{nil, {zarr.Overwrite()}} {
			for key, parent := range map[string]string{"a": "", "group/a": "group"} {
				t.Run(fmt.Sprint(name, " ", key, " overwrite=", opts != nil), func(t *testing.T) {
					defer func() { require.NoError(t, s.Delete(ctx, "a")); require.NoError(t, s.Delete(ctx, "group")) }()
					outer := begun(t, zarr.CreateIn(s, key, opts...), first)
					inner := begun(t, zarr.CreateIn(s, key, opts...), second)
					aborted := begun(t, zarr.CreateIn(s, key, opts...), first)
					require.NoError(t, aborted.Abort())
					require.NoError(t, inner.Commit(ctx))
					requireHolds(t, s, key, second)

					err := outer.Commit(ctx)
					require.ErrorIs(t, err, fs.ErrExist)
					require.ErrorContains(t, err, "finishing "+s.Place(key))
					require.ErrorContains(t, err, "it is a Zarr array that appeared")
					requireHolds(t, s, key, second)
					require.NoError(t, outer.Abort())
					requireHolds(t, s, key, second)
					requireNames(t, s, parent, "a")
				})
			}
		}
	}
}

// What appears while an array that replaces another is written is not lost.
func TestReplacedBySomethingElse(t *testing.T) {
	dir := t.TempDir()
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	path := filepath.Join(dir, "a.zarr")
	require.NoError(t, save(zarr.Create(path), data, describe(data, 2, 2)))
	for _, put := range []func() error{
		func() error { _, err := zarr.CreateGroup(path, nil); return err },
		func() error { return os.WriteFile(path, []byte("letter"), 0o666) },
		func() error { return os.MkdirAll(filepath.Join(path, "thesis"), 0o777) },
	} {
		w := begun(t, zarr.Create(path, zarr.Overwrite()), data)
		require.NoError(t, os.Rename(path, path+".moved"))
		require.NoError(t, put())
		require.ErrorIs(t, w.Commit(ctx), fs.ErrExist)
		require.NoError(t, w.Abort())
		requireNames(t, store.NewDir(dir), "", "a.zarr", "a.zarr.moved")
		_, err := zarr.Open(path)
		require.Error(t, err, "it is still what was put there")
		require.NoError(t, os.RemoveAll(path))
		require.NoError(t, os.Rename(path+".moved", path))
	}
	w := begun(t, zarr.Create(path, zarr.Overwrite()), data)
	require.NoError(t, os.RemoveAll(path))
	require.NoError(t, w.Commit(ctx), "what was to be replaced has gone")
	requireNames(t, store.NewDir(dir), "", "a.zarr")
}

// Many writers race for one path: one wins, and all of what it wrote is there.
func TestWritersRace(t *testing.T) {
	for round := range 20 {
		for _, s := range []store.Mover{&store.Memory{}, store.NewDir(t.TempDir())} {
			const writers = 6
			errs := make([]error, writers)
			data := make([]block.Block, writers)
			var wg sync.WaitGroup
			for i := range writers {
				data[i] = blocktest.Random(dtype.Int16, block.Shape{5, 4}, uint64(round*writers+i))
				wg.Go(func() { errs[i] = save(zarr.CreateIn(s, "a"), data[i], describe(data[i], 2, 2)) })
			}
			wg.Wait()
			won := 0
			for i, err := range errs {
				if err != nil {
					require.ErrorIs(t, err, fs.ErrExist)
					continue
				}
				won++
				requireHolds(t, s, "a", data[i])
			}
			require.Equal(t, 1, won)
			requireNames(t, s, "", "a")
		}
	}
}

// An empty folder is taken; what may be in its place at the end is not.
func TestEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	path := filepath.Join(dir, "a.zarr")
	require.NoError(t, os.Mkdir(path, 0o777))
	require.NoError(t, begun(t, zarr.Create(path), data).Commit(ctx))
	requireHolds(t, store.NewDir(dir), "a.zarr", data)
	require.NoError(t, os.RemoveAll(path))

	for _, put := range []func() error{
		func() error { return os.Mkdir(path, 0o777) },
		func() error { return os.WriteFile(path, nil, 0o666) },
		func() error { return os.Symlink("nowhere", path) },
	} {
		w := begun(t, zarr.Create(path), data)
		require.NoError(t, put())
		require.ErrorIs(t, w.Commit(ctx), fs.ErrExist)
		require.NoError(t, w.Abort())
		requireNames(t, store.NewDir(dir), "", "a.zarr")
		require.NoError(t, os.Remove(path), "it is what was put there")
	}
}

// A link leads to where the array is stored, and stays.
func TestLinks(t *testing.T) {
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	for name, c := range map[string]struct {
		target func(disk string) string
		folder bool
	}{
		"to a folder":             {func(disk string) string { return filepath.Join(disk, "a.zarr") }, true},
		"to nothing":              {func(disk string) string { return filepath.Join(disk, "a.zarr") }, false},
		"a short one":             {func(disk string) string { return filepath.Join("..", filepath.Base(disk), "a.zarr") }, false},
		"to a link":               {func(disk string) string { return filepath.Join(disk, "link") }, true},
		"to an overwritten array": {func(disk string) string { return filepath.Join(disk, "a.zarr") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			home, disk := filepath.Join(dir, "home"), filepath.Join(dir, "disk")
			require.NoError(t, os.Mkdir(home, 0o777))
			require.NoError(t, os.Mkdir(disk, 0o777))
			stored := filepath.Join(disk, "a.zarr")
			link := filepath.Join(home, "a.zarr")
			require.NoError(t, os.Symlink(c.target(disk), link))
			if filepath.Base(c.target(disk)) == "link" {
				require.NoError(t, os.Symlink("a.zarr", filepath.Join(disk, "link")))
			}
			if c.folder {
				require.NoError(t, os.Mkdir(stored, 0o777))
			}
			if name == "to an overwritten array" {
				require.NoError(t, save(zarr.Create(stored), data, describe(data, 5, 4)))
			}
			w := begun(t, zarr.Create(link, zarr.Overwrite()), data)
			requireNames(t, store.NewDir(home), "", "a.zarr")
			require.Equal(t, link, w.Name())
			require.NoError(t, w.Commit(ctx))
			requireHolds(t, store.NewDir(disk), "a.zarr", data)
			requireHolds(t, store.NewDir(home), "a.zarr", data)
			info, err := os.Lstat(link)
			require.NoError(t, err)
			require.NotZero(t, info.Mode()&fs.ModeSymlink)
		})
	}
	circle := filepath.Join(t.TempDir(), "circle")
	require.NoError(t, os.Symlink(circle, circle))
	_, err := zarr.Create(circle).Align(describe(data, 2, 2))
	require.ErrorContains(t, err, "links")

	dir := t.TempDir()
	g, err := zarr.CreateGroup(dir+"/g", nil)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "g", "a")))
	require.Error(t, g.Create("a").Begin(ctx, describe(data, 2, 2)))
}

// Nothing is stored inside an array; inside a group it is.
func TestInsideAnArray(t *testing.T) {
	dir := t.TempDir()
	data := blocktest.Random(dtype.Int16, block.Shape{5, 4}, 1)
	g, err := zarr.CreateGroup(filepath.Join(dir, "group"), nil)
	require.NoError(t, err)
	require.NoError(t, save(g.Create("a"), data, describe(data, 2, 2)))
	array := filepath.Join(dir, "group", "a")
	old := filepath.Join(dir, "old")
	require.NoError(t, os.Mkdir(old, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(old, ".zarray"), []byte("{}"), 0o666))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(filepath.Join(array, "c"), link))

	before := tree(t, dir)
	for path, inside := range map[string]string{
		filepath.Join(array, "sub"):         array,
		filepath.Join(array, "c", "0", "7"): array,
		filepath.Join(array, "c", "0", "0"): array,
		filepath.Join(array, "x", "y", "z"): array,
		filepath.Join(link, "x", "y"):       array,
		filepath.Join(old, "sub"):           old,
	} {
		for _, opts := range [][]zarr.Option{nil, {zarr.Overwrite()}} {
			_, err := zarr.Create(path, opts...).Align(describe(data, 2, 2))
			require.ErrorContains(t, err, "inside the array "+inside)
			require.ErrorContains(t, err, path)
			w := zarr.Create(path, opts...)
			require.ErrorContains(t, w.Begin(ctx, describe(data, 2, 2)), "inside the array "+inside)
			require.NoError(t, w.Abort())
			_, err = zarr.CreateGroup(path, nil, opts...)
			require.ErrorContains(t, err, "inside the array "+inside)
		}
		err := zarr.CreateIn(store.NewDir(dir), "group/a/c/0/7").Begin(ctx, describe(data, 2, 2))
		require.ErrorContains(t, err, "inside the array "+array)
	}
	require.Equal(t, before, tree(t, dir))

	s := &store.Memory{}
	require.NoError(t, save(zarr.CreateIn(s, "a"), data, describe(data, 2, 2)))
	require.ErrorContains(t, zarr.CreateIn(s, "a/b/c").Begin(ctx, describe(data, 2, 2)), "inside the array memory:a;")
	require.NoError(t, save(zarr.CreateIn(s, "ab/c"), data, describe(data, 2, 2)))

	require.NoError(t, save(g.Create("b"), data, describe(data, 2, 2)))
	require.NoError(t, save(zarr.Create(filepath.Join(dir, "group", "c")), data, describe(data, 2, 2)))
}

// tree is what lies in dir.
func tree(t *testing.T, dir string) (paths []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	}))
	return paths
}
