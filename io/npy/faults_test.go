package npy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

// faulty is a disk on which one operation fails, counted from 1, and with always
// all after it too, as on a disk that is full or in a process that is killed.
type faulty struct {
	disk
	at      int
	always  bool
	noLinks bool // as on file systems without them

	mu    sync.Mutex
	count int
}

func (f *faulty) step(op string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.count == f.at || f.always && f.count > f.at {
		return fmt.Errorf("%s: %w", op, syscall.ENOSPC)
	}
	return nil
}

func (f *faulty) create(path string) (output, error) {
	if err := f.step("create"); err != nil {
		return nil, err
	}
	out, err := f.disk.create(path)
	return &faultyOutput{out, f}, err
}

func (f *faulty) link(from, to string) error {
	if f.noLinks {
		return syscall.ENOTSUP
	}
	if err := f.step("link"); err != nil {
		return err
	}
	return f.disk.link(from, to)
}

func (f *faulty) rename(from, to string) error {
	if err := f.step("rename"); err != nil {
		return err
	}
	return f.disk.rename(from, to)
}

func (f *faulty) remove(path string) error {
	if f.always { // nothing can be removed by a process that is killed
		if err := f.step("remove"); err != nil {
			return err
		}
	}
	return f.disk.remove(path)
}

type faultyOutput struct {
	output
	faulty *faulty
}

// WriteAt writes half of p when it fails.
func (o *faultyOutput) WriteAt(p []byte, at int64) (int, error) {
	if err := o.faulty.step("write"); err != nil {
		n, _ := o.output.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return o.output.WriteAt(p, at)
}

func (o *faultyOutput) Truncate(size int64) error {
	return errors.Join(o.faulty.step("truncate"), o.output.Truncate(size))
}

func (o *faultyOutput) Close() error { return errors.Join(o.output.Close(), o.faulty.step("close")) }

// TestEveryOperationFails checks that whatever operation fails while a file is
// written, and whether the process goes on or not, the file is there whole or not
// at all, and the one that was to be replaced stays.
func TestEveryOperationFails(t *testing.T) {
	before, after := random(dtype.Float32, 8, 6), blocktest.Random(dtype.Float32, block.Shape{8, 6}, 2)
	for _, zipped := range []bool{false, true} {
		for _, replace := range []bool{false, true} {
			for _, always := range []bool{false, true} {
				for _, noLinks := range []bool{false, true} {
					t.Run(fmt.Sprintf("zip=%v replace=%v always=%v noLinks=%v", zipped, replace, always, noLinks), func(t *testing.T) {
						failed := 0
						for k := 1; ; k++ {
							path := filepath.Join(t.TempDir(), "a")
							sinks := func(d disk) []block.Sink {
								if zipped {
									z := CreateZip(path, []string{"u", "v"}, Overwrite())
									z.file.disk = d
									return []block.Sink{z.Array("u"), z.Array("v")}
								}
								w := Create(path, Overwrite())
								w.home.(*lone).disk = d
								return []block.Sink{w}
							}
							if replace {
								require.NoError(t, saveAll(sinks(system{}), before))
							}
							d := &faulty{disk: system{}, at: k, always: always, noLinks: noLinks}
							err := saveAll(sinks(d), after)
							if d.count < k {
								require.NoError(t, err)
								break
							}
							requireIntact(t, path, err, replace, always, before, after)
							if err != nil {
								require.ErrorIs(t, err, syscall.ENOSPC)
								failed++
							}
						}
						require.Greater(t, failed, 5)
					})
				}
			}
		}
	}
}

// saveAll computes and stores the same array into all sinks, in one run.
func saveAll(sinks []block.Sink, b block.Block) error {
	var outputs []array.Output
	for _, s := range sinks {
		outputs = append(outputs, array.Output{Array: array.From(blocktest.NewSource(describe(b, 5, 4), b)), Sink: s})
	}
	return array.StoreAll(ctx, outputs)
}

func requireIntact(t *testing.T, path string, failure error, replace, killed bool, before, after block.Block) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	want := after
	switch {
	case failure != nil && !replace:
		if len(entries) == 0 || killed && len(entries) == 1 && entries[0].Name() != "a" {
			return
		}
	case failure != nil:
		want = before
	}
	if !killed {
		require.Len(t, entries, 1, "nothing temporary is left")
	}
	var sources []block.Source
	if a, err := Open(path); err == nil {
		defer a.Close()
		sources = append(sources, a)
	} else {
		z, err := OpenZip(path)
		require.NoError(t, err)
		defer z.Close()
		for _, name := range []string{"u", "v"} {
			a, err := z.Array(name)
			require.NoError(t, err)
			sources = append(sources, a)
		}
	}
	for _, source := range sources {
		require.Equal(t, want.DenseBytes(), loadAll(t, source).DenseBytes())
	}
}

// TestFullDisk names the region and the file that could not be written.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	w := Create(path)
	d := &faulty{disk: system{}, at: 4} // after create, truncate and the header
	w.home.(*lone).disk = d
	b := random(dtype.Int16, 6, 4)
	require.NoError(t, w.Begin(ctx, describe(b)))
	r := block.Region{Start: []int{2, 1}, Shape: []int{3, 2}}
	err := w.Write(ctx, r, b.Part(r), block.NewScratch(w.Scratch(r)))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "npy: writing [2:5, 1:3] of "+path)
	require.NoError(t, w.Abort())
	nothingTemporary(t, filepath.Dir(path))
	require.NoFileExists(t, path)
}

// TestLeftovers checks that a file that cannot be removed is named.
func TestLeftovers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	w := Create(path)
	w.home.(*lone).disk = &faulty{disk: system{}, at: 4, always: true}
	require.NoError(t, w.Begin(ctx, describe(random(dtype.Int16, 6))))
	require.ErrorContains(t, w.Abort(), "giving up "+path+": what was written is left: ")
}

// TestCancelled ends the context at many places of a computation: there is
// nothing then, or all.
func TestCancelled(t *testing.T) {
	b := random(dtype.Float32, 8, 6)
	for _, zipped := range []bool{false, true} {
		cancelled := 0
		for k := int64(1); ; k++ {
			folder := t.TempDir()
			path := filepath.Join(folder, "a")
			var sink block.Sink = Create(path)
			if zipped {
				sink = CreateZip(path, []string{"u"}).Array("u")
			}
			ending, cancel := context.WithCancel(ctx)
			var reads atomic.Int64
			source := blocktest.Count(blocktest.NewSource(describe(b, 5, 4), b))
			source.Before = func(context.Context, block.Region) error {
				if reads.Add(1) == k {
					cancel()
				}
				return nil
			}
			err := array.Store(ending, sink, array.From(source))
			cancel()
			entries, readErr := os.ReadDir(folder)
			require.NoError(t, readErr)
			if reads.Load() < k {
				require.NoError(t, err)
				require.Len(t, entries, 1)
				break
			}
			require.ErrorIs(t, err, context.Canceled)
			require.Empty(t, entries)
			cancelled++
		}
		require.Equal(t, 4, cancelled)
	}
}
