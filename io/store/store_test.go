package store_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/io/store"
	"gabion/io/store/storetest"
)

var ctx = context.Background()

func TestConformance(t *testing.T) {
	require.NoError(t, storetest.TestStore(&store.Memory{}))
	require.NoError(t, storetest.TestStore(store.NewDir(filepath.Join(t.TempDir(), "made", "when needed"))))
	require.NoError(t, storetest.TestStore(&storetest.Faults{Mover: &store.Memory{}}))
}

func write(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// Files that others should read are as readable as any new file.
func TestDirMode(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "usual"), nil, 0o666))
	usual, err := os.Stat(filepath.Join(dir, "usual"))
	require.NoError(t, err)
	require.NoError(t, store.NewDir(dir).Put(ctx, "value", write("x")))
	info, err := os.Stat(filepath.Join(dir, "value"))
	require.NoError(t, err)
	require.Equal(t, usual.Mode(), info.Mode())
}

func TestDirThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	err := store.NewDir(file).Put(ctx, "a/b", write("x"))
	require.ErrorContains(t, err, file)
	_, err = store.NewDir(file).Get(ctx, "a/b")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A file that becomes shorter while it is read is an error, not the end.
func TestShrunk(t *testing.T) {
	dir := t.TempDir()
	s := store.NewDir(dir)
	require.NoError(t, s.Put(ctx, "a", write("0123456789")))
	v, err := s.Get(ctx, "a")
	require.NoError(t, err)
	defer v.Close()
	require.NoError(t, os.Truncate(filepath.Join(dir, "a"), 4))
	got, err := io.ReadAll(v)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "0123", string(got))
}

func TestTemporary(t *testing.T) {
	dir := t.TempDir()
	s := store.NewDir(dir)
	require.NoError(t, s.Put(ctx, "c/0", func(w io.Writer) error {
		entries, err := s.List(ctx, "c")
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.True(t, store.IsTemporary(entries[0].Name), entries[0].Name)
		return nil
	}))
	require.False(t, store.IsTemporary("c"))
}
