package scheduler_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

// file is a source of float64 that is read like a file, and what it holds.
func file(seed uint64, shape, chunks []int) (*blocktest.CountingSource, []float64) {
	elements := schedulertest.Elements(dtype.Float64, shape, seed)
	values, err := block.Values[float64](elements)
	if err != nil {
		panic(err)
	}
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(shape, chunks)}
	return blocktest.Count(blocktest.NewSource(d, elements)), values
}

// same fails the test unless the bits of two arrays are equal.
func same(t testing.TB, want, got []float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, math.Float64bits(want[i]), math.Float64bits(got[i]), "element %d is %v, want %v", i, got[i], want[i])
	}
}

// TestRechunkSpills: blocks that go from rows to columns do not fit the budget
// and go through the spill file, which has no name at any time and is empty
// afterwards.
func TestRechunkSpills(t *testing.T) {
	src, values := file(1, []int{512, 512}, []int{8, 512})
	src.Source.(*blocktest.Source).Wishes.Once = true
	dir := t.TempDir()
	var spilled, names atomic.Int64
	e := engine(t, scheduler.Options{Workers: 3, Memory: 1 << 20, SpillDir: dir, Events: scheduler.Events{
		Spill: func(bytes int64) {
			spilled.Add(bytes)
			found, err := os.ReadDir(dir)
			if err != nil || len(found) > 0 {
				names.Add(1)
			}
		},
	}})
	x := array.From(src).Rechunk(array.Chunks(512, 8))
	got, err := array.Values[float64](t.Context(), x.Mul(array.Const(1)), array.On(e))
	require.NoError(t, err)
	same(t, values, got)
	require.NotZero(t, spilled.Load())
	require.Zero(t, names.Load(), "the spill file has no name while it is in use")
	require.Zero(t, e.Spilled(), "nothing is in the spill file afterwards")
	require.EqualValues(t, 64, src.Reads())
}

// TestReshapeSpills: blocks that are seen under another shape are read from the
// spill file under that shape.
func TestReshapeSpills(t *testing.T) {
	for _, shape := range [][]int{{64, 4096}, {64, 8, 512}, {8, 8, 8, 512}} {
		src, values := file(1, []int{512, 512}, []int{8, 512})
		src.Source.(*blocktest.Source).Wishes.Once = true
		var spilled atomic.Int64
		e := engine(t, scheduler.Options{Workers: 3, Memory: 1 << 20, Events: scheduler.Events{
			Spill: func(bytes int64) { spilled.Add(bytes) },
		}})
		x := array.From(src).Reshape(shape...)
		chunks := append([]int{}, shape...)
		chunks[len(chunks)-1] = 64
		got, err := array.Values[float64](t.Context(), x.Rechunk(array.Chunks(chunks...)), array.On(e))
		require.NoError(t, err, "%v", shape)
		same(t, values, got)
		require.NotZero(t, spilled.Load(), "%v", shape)
	}
}

// TestPartOfOneBlock: a task that happens to need a part of one large block,
// where others need parts of several, holds no more than the plan said.
func TestPartOfOneBlock(t *testing.T) {
	elements := schedulertest.Elements(dtype.Float32, []int{4, 4000}, 1)
	numbers, err := block.Values[float32](elements)
	require.NoError(t, err)
	rows, err := block.Irregular([]int{4})
	require.NoError(t, err)
	columns, err := block.Irregular([]int{100, 900, 2000, 1000})
	require.NoError(t, err)
	values := make([]float64, len(numbers))
	for i, v := range numbers {
		values[i] = float64(v)
	}
	src := blocktest.NewSource(block.Description{DType: dtype.Float32, Grid: block.Grid{rows, columns}}, elements)
	x := array.From(src).AsType(dtype.Float64).Rechunk(array.Chunks(1, 950))
	wide := engine(t, scheduler.Options{Workers: 1})
	told, err := x.Explain(array.On(wide))
	require.NoError(t, err)
	least := engine(t, scheduler.Options{Workers: 1, Memory: told.WorkingSet})
	got, err := array.Values[float64](t.Context(), x, array.On(least))
	require.NoError(t, err)
	same(t, values, got)
}

// TestPartialsOfARun: what a task has of a reduction while it reads large blocks
// for the next part is in its bound.
func TestPartialsOfARun(t *testing.T) {
	src, _ := file(1, []int{3 << 15}, []int{1 << 15})
	x := array.From(src).Rechunk(array.Chunks(2000)).Sum()
	want, err := array.Values[float64](t.Context(), x, array.On(engine(t, scheduler.Options{Workers: 1})))
	require.NoError(t, err)
	told, err := x.Explain(array.On(engine(t, scheduler.Options{Workers: 1})))
	require.NoError(t, err)
	got, err := array.Values[float64](t.Context(), x, array.On(engine(t, scheduler.Options{Workers: 1, Memory: told.WorkingSet})))
	require.NoError(t, err)
	same(t, want, got)
}

// TestSpillFails: what cannot be spilled is an error that says what to do, and
// the engine works on.
func TestSpillFails(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20, SpillDir: missing})
	src, _ := file(1, []int{512, 512}, []int{8, 512})
	src.Source.(*blocktest.Source).Wishes.Once = true
	x := array.From(src)
	_, err := array.Values[float64](t.Context(), x.Rechunk(array.Chunks(512, 8)), array.On(e))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "missing")
	require.ErrorContains(t, err, "SpillDir")

	small, values := file(2, []int{64, 64}, []int{8, 64})
	got, err := array.Values[float64](t.Context(), array.From(small).Rechunk(array.Chunks(64, 8)), array.On(e))
	require.NoError(t, err)
	same(t, values, got)
}

// TestPersist: what is kept is spilled under pressure, read back as it was, and
// given back.
func TestPersist(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	a, av := file(1, []int{256, 256}, []int{32, 256})
	b, bv := file(2, []int{256, 256}, []int{256, 32})
	kept, err := array.Persist(t.Context(), []array.Array{array.From(a), array.From(b).Neg()}, array.On(e))
	require.NoError(t, err)
	require.NotZero(t, e.InUse())
	require.NotZero(t, e.Spilled(), "both take as much as the budget")
	reads := a.Reads() + b.Reads()

	for range 2 {
		got, err := array.Compute(t.Context(), []array.Array{kept[0], kept[1].Neg()}, array.On(e))
		require.NoError(t, err)
		same(t, av, dtype.Slice[float64](got[0].DenseBytes()))
		same(t, bv, dtype.Slice[float64](got[1].DenseBytes()))
	}
	sum, err := array.Values[float64](t.Context(), kept[0].Sub(kept[1]).Slice("10:20, ::-1"), array.On(e))
	require.NoError(t, err)
	want := make([]float64, 0, 10*256)
	for i := 10; i < 20; i++ {
		for j := 255; j >= 0; j-- {
			want = append(want, av[i*256+j] - -bv[i*256+j])
		}
	}
	same(t, want, sum)
	require.Equal(t, reads, a.Reads()+b.Reads(), "what is kept is not read again")

	kept[0].Release()
	_, err = array.Values[float64](t.Context(), kept[0].Add(kept[1]), array.On(e))
	require.ErrorContains(t, err, "released")
	got, err := array.Values[float64](t.Context(), kept[1], array.On(e)) // other arrays are not changed
	require.NoError(t, err)
	same(t, negated(bv), got)
	kept[1].Release()
	require.Zero(t, e.Spilled())
}

func negated(v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = -v[i]
	}
	return out
}

// TestPersistedOnAnotherEngine: arrays that one engine keeps can be read by
// another.
func TestPersistedOnAnotherEngine(t *testing.T) {
	keeper := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	reader := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	src, values := file(1, []int{300, 300}, []int{50, 70})
	kept, err := array.Persist(t.Context(), []array.Array{array.From(src)}, array.On(keeper))
	require.NoError(t, err)
	got, err := array.Values[float64](t.Context(), kept[0].Transpose().Transpose(), array.On(reader))
	require.NoError(t, err)
	same(t, values, got)
}

// TestCloseReleases: persisted arrays end with their engine, and an engine that
// is closed says so.
func TestCloseReleases(t *testing.T) {
	e, err := scheduler.New(scheduler.Options{Workers: 2, Memory: 1 << 20, SpillDir: t.TempDir()})
	require.NoError(t, err)
	src, _ := file(1, []int{400, 400}, []int{50, 400})
	kept, err := array.Persist(t.Context(), []array.Array{array.From(src)}, array.On(e))
	require.NoError(t, err)
	within(t, func() { require.NoError(t, e.Close()) })
	require.Zero(t, e.InUse())
	require.Zero(t, e.Spilled())
	require.NoError(t, e.Close(), "twice changes nothing")
	_, err = array.Values[float64](t.Context(), kept[0], array.On(e))
	require.Error(t, err)
	_, err = array.Values[float64](t.Context(), array.From(src), array.On(e))
	require.Error(t, err)
	other := engine(t, scheduler.Options{Workers: 1, Memory: 1 << 20})
	_, err = array.Values[float64](t.Context(), kept[0], array.On(other))
	require.ErrorContains(t, err, "released")
}

// TestPersistCancelled keeps nothing.
func TestPersistCancelled(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	src, _ := file(1, []int{300, 300}, []int{20, 300})
	ctx, cancel := context.WithCancel(t.Context())
	src.Before = func(context.Context, block.Region) error {
		if src.Reads() >= 5 {
			cancel()
		}
		return nil
	}
	_, err := array.Persist(ctx, []array.Array{array.From(src)}, array.On(e))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, e.Spilled())
}
