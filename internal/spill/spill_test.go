package spill

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExtentsKeepTheirBytes(t *testing.T) {
	dir := t.TempDir()
	f := New(dir)
	defer func() { require.NoError(t, f.Close()) }()
	r := rand.New(rand.NewPCG(1, 2))
	type kept struct {
		x    Extent
		data []byte
	}
	var live []kept
	for range 500 {
		if len(live) > 0 && r.IntN(2) == 0 {
			i := r.IntN(len(live))
			got := make([]byte, len(live[i].data))
			require.NoError(t, f.ReadAt(live[i].x, got, 0))
			require.True(t, bytes.Equal(live[i].data, got))
			f.Free(live[i].x)
			live = append(live[:i], live[i+1:]...)
			continue
		}
		data := make([]byte, []int{1, 100, 4096}[r.IntN(3)])
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		x, err := f.Reserve(int64(len(data)))
		require.NoError(t, err)
		half := len(data) / 2
		require.NoError(t, f.WriteAt(x, data[half:], int64(half)))
		require.NoError(t, f.WriteAt(x, data[:half], 0))
		live = append(live, kept{x, data})
	}
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, names, "the spill file must have no name")
	for _, k := range live {
		f.Free(k.x)
	}
	used, size := f.Used()
	require.Zero(t, used)
	require.Zero(t, size, "an empty spill file gives the disk back")
}

func TestBeyondAnExtentIsAnError(t *testing.T) {
	f := New(t.TempDir())
	defer func() { require.NoError(t, f.Close()) }()
	x, err := f.Reserve(8)
	require.NoError(t, err)
	require.Error(t, f.WriteAt(x, make([]byte, 9), 0))
	require.Error(t, f.WriteAt(x, make([]byte, 8), 1))
	require.Error(t, f.ReadAt(x, make([]byte, 1), -1))
}

func TestNoFolderIsAnError(t *testing.T) {
	f := New(t.TempDir() + "/missing")
	_, err := f.Reserve(8)
	require.ErrorContains(t, err, "SpillDir")
	require.NoError(t, f.Close())
	_, err = f.Reserve(8)
	require.ErrorIs(t, err, ErrClosed)
}
