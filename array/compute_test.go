package array_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

func engine(t *testing.T, o scheduler.Options) *scheduler.Engine {
	t.Helper()
	e, err := scheduler.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// counted is a source of 0, 1, 2, … in chunks that counts its reads.
func counted(t *testing.T, shape, chunks []int) *blocktest.CountingSource {
	t.Helper()
	b := blockOf(t, numbers(block.Shape(shape).Elements()), shape...)
	return blocktest.Count(blocktest.NewSource(block.Description{DType: dtype.Float64, Grid: block.RegularGrid(shape, chunks)}, b))
}

func TestComputeSharesReads(t *testing.T) {
	u, v := counted(t, []int{40, 30}, []int{10, 10}), counted(t, []int{40, 30}, []int{10, 10})
	x, y := array.From(u), array.From(v)
	blocks, err := array.Compute(t.Context(), []array.Array{x.Mul(x).Mean(), y.Mul(y).Mean(), x.Mul(y).Mean()}, array.Verify())
	require.NoError(t, err)
	require.Len(t, blocks, 3)
	want := 0.0
	for _, n := range numbers(1200) {
		want += n * n / 1200
	}
	for _, b := range blocks {
		mean, err := block.Values[float64](b)
		require.NoError(t, err)
		require.InEpsilon(t, want, mean[0], 1e-12)
	}
	for _, src := range []*blocktest.CountingSource{u, v} {
		require.Equal(t, 12, src.Reads())
		require.EqualValues(t, 40*30*8, src.Bytes())
	}
}

func TestSlicesReadOnlyWhatTheyCover(t *testing.T) {
	src := counted(t, []int{100, 100}, []int{10, 10})
	x := array.From(src)
	y := x.Add(array.Const(1)).Slice("45:55, 70:80")
	got, err := array.Values[float64](t.Context(), y.Mul(array.Const(2)))
	require.NoError(t, err)
	require.Equal(t, 2*(4570.0+1), got[0])
	require.Equal(t, 2, src.Reads())
	require.LessOrEqual(t, src.Bytes(), int64(2*100*8))
}

func TestValuesIntoItem(t *testing.T) {
	ctx := t.Context()
	x := array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2))
	got, err := array.Values[float64](ctx, x.Transpose())
	require.NoError(t, err)
	require.Equal(t, []float64{0, 3, 1, 4, 2, 5}, got)

	dst := make([]float64, 6)
	require.NoError(t, array.Into(ctx, dst, x.Neg().Abs()))
	require.Equal(t, numbers(6), dst)

	sum, err := array.Item[float64](ctx, x.Sum())
	require.NoError(t, err)
	require.Equal(t, 15.0, sum)

	literal, err := array.Item[int64](ctx, array.Const(2).Add(array.Const(3)))
	require.NoError(t, err)
	require.EqualValues(t, 5, literal)

	_, err = array.Values[float32](ctx, x)
	require.EqualError(t, err, "values: the elements are float64, not float32: ask for those, or convert the array with AsType(dtype.Float32) (at "+line(-1)+")")
	err = array.Into(ctx, dst[:5], x)
	require.EqualError(t, err, "into: an array of shape (2, 3) has 6 elements, the destination 5 (at "+line(-1)+")")
	_, err = array.Item[float64](ctx, x)
	require.EqualError(t, err, "item: an array of shape (2, 3) has 6 elements, the destination 1 (at "+line(-1)+")")
	for _, length := range []int{1 << 40, 1 << 50, 1 << 59} {
		_, err = array.Values[float64](ctx, array.Zeros[float64]([]int{length}))
		require.ErrorContains(t, err, "of memory here hold: store it instead")
	}
}

func TestUnusableExecutors(t *testing.T) {
	x := array.FromSlice(numbers(6), nil)
	for want, executor := range map[string]scheduler.Executor{
		"the engine is nil":                        nil,
		"the *scheduler.Engine is nil":             (*scheduler.Engine)(nil),
		"the *scheduler.Serial is nil":             (*scheduler.Serial)(nil),
		"scheduler.New makes engines, not &Engine": &scheduler.Engine{},
	} {
		on := array.On(executor)
		_, err := array.Values[float64](t.Context(), x, on)
		require.ErrorContains(t, err, want)
		_, err = x.Explain(on)
		require.ErrorContains(t, err, want)
		_, err = array.Persist(t.Context(), []array.Array{x}, on)
		require.ErrorContains(t, err, want)
		_, err = array.Preview(t.Context(), x, on)
		require.ErrorContains(t, err, want)
	}
}

func TestResultsDoNotShareMemory(t *testing.T) {
	data := numbers(6)
	x := array.FromSlice(data, nil)
	got, err := array.Values[float64](t.Context(), x)
	require.NoError(t, err)
	got[0] = 99
	require.Zero(t, data[0])
}

func TestStore(t *testing.T) {
	src := counted(t, []int{7, 9}, []int{2, 4})
	x := array.From(src)
	sinks := []*blocktest.Sink{{}, {Chunk: 3}, {}}
	err := array.StoreAll(t.Context(), []array.Output{{Array: x, Sink: sinks[0]}, {Array: x.Neg(), Sink: sinks[1]}, {Array: x.Sum(array.Axes(0)), Sink: sinks[2]}})
	require.NoError(t, err)
	want := [][]float64{numbers(63), values(t, x.Neg()), values(t, x.Sum(array.Axes(0)))}
	for i, sink := range sinks {
		written, err := sink.Open()
		require.NoError(t, err)
		require.Equal(t, want[i], values(t, array.From(written)))
	}
	one := new(blocktest.Sink)
	require.NoError(t, array.Store(t.Context(), one, x.Transpose()))
	written, err := one.Open()
	require.NoError(t, err)
	require.Equal(t, values(t, x.Transpose()), values(t, array.From(written)))
}

func TestStoreOfNothingAndOfErrors(t *testing.T) {
	x := array.FromSlice(numbers(6), nil)
	require.NoError(t, array.StoreAll(t.Context(), nil))
	blocks, err := array.Compute(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, blocks)
	require.EqualError(t, array.Store(t.Context(), nil, x), "store: the sink of output 0 is nil")
	var none context.Context
	require.EqualError(t, array.Store(none, new(blocktest.Sink), x), "store: the context is nil")
	_, err = array.Values[float64](none, x)
	require.EqualError(t, err, "values: the context is nil")
	_, err = array.Item[float64](none, x.Sum())
	require.EqualError(t, err, "item: the context is nil")
	_, err = array.Persist(none, []array.Array{x})
	require.EqualError(t, err, "persist: the context is nil")

	bad := x.Reshape(7)
	sink := new(blocktest.Sink)
	require.Equal(t, bad.Err(), array.StoreAll(t.Context(), []array.Output{{Array: x, Sink: sink}, {Array: bad.Sum(), Sink: sink}}))
	_, err = sink.Open()
	require.Error(t, err)
	_, err = array.Values[float64](t.Context(), bad)
	require.Equal(t, bad.Err(), err)
	_, err = bad.Explain()
	require.Equal(t, bad.Err(), err)
	_, err = array.Persist(t.Context(), []array.Array{x, bad})
	require.Equal(t, bad.Err(), err)
	_, err = array.Preview(t.Context(), bad)
	require.Equal(t, bad.Err(), err)

	_, err = array.Values[float64](t.Context(), array.Array{})
	var mistake *graph.Error
	require.ErrorAs(t, err, &mistake)
	require.Contains(t, mistake.Site.String(), "compute_test.go")

	_, err = array.Values[float64](t.Context(), x, array.Without("no such pass"))
	require.ErrorContains(t, err, `no pass called "no such pass"`)
}

func TestFailuresOfSourcesAndCancellation(t *testing.T) {
	src := counted(t, []int{40}, []int{10})
	broken := errors.New("the disk is gone")
	src.Before = blocktest.FailOn(3, broken)
	sink := new(blocktest.Sink)
	err := array.Store(t.Context(), sink, array.From(src).Neg())
	require.ErrorIs(t, err, broken)
	_, err = sink.Open()
	require.Error(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = array.Values[float64](ctx, array.From(src))
	require.ErrorIs(t, err, context.Canceled)
}

// TestCausesOfCancellation: an error is both why a context ended and that it did,
// whether it ended before or in the middle.
func TestCausesOfCancellation(t *testing.T) {
	why := errors.New("nobody waits for it any more")
	for _, on := range []scheduler.Executor{scheduler.Serial{}, engine(t, scheduler.Options{Workers: 2})} {
		for _, before := range []bool{true, false} {
			ctx, cancel := context.WithCancelCause(t.Context())
			src := counted(t, []int{400}, []int{10})
			src.Before = func(context.Context, block.Region) error {
				cancel(why)
				return nil
			}
			if before {
				cancel(why)
			}
			_, err := array.Values[float64](ctx, array.From(src).Neg(), array.On(on))
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, why)
		}
	}
}

func TestPersist(t *testing.T) {
	e := engine(t, scheduler.Options{Memory: 8 << 20, Workers: 2})
	src := counted(t, []int{100, 100}, []int{25, 50})
	x := array.From(src)
	kept, err := array.Persist(t.Context(), []array.Array{x.Mul(array.Const(2)), x.Sum(array.Axes(0))}, array.On(e))
	require.NoError(t, err)
	require.Equal(t, 8, src.Reads())
	require.Equal(t, "(4x25, 2x50)", kept[0].Chunks().String())
	for range 2 {
		require.Equal(t, 2*9999.0*5000, values(t, kept[0].Sum(), array.On(e))[0])
		require.Equal(t, 495000.0, values(t, kept[1], array.On(e))[0])
	}
	require.Equal(t, 8, src.Reads())

	kept[0].Release()
	kept[0].Release()
	_, err = array.Values[float64](t.Context(), kept[0], array.On(e))
	require.ErrorContains(t, err, "released")
	require.Equal(t, 495000.0, values(t, kept[1], array.On(e))[0])
	kept[1].Neg().Release() // is not what Persist gave
	require.Equal(t, 495000.0, values(t, kept[1], array.On(e))[0])
	kept[1].Release()

	_, err = array.Persist(t.Context(), []array.Array{x}, array.On(scheduler.Serial{}))
	require.ErrorContains(t, err, "keeps no arrays")
}

func TestPersistedMemoryIsGivenBackWhenUnreachable(t *testing.T) {
	e := engine(t, scheduler.Options{Memory: 4 << 20, Workers: 1, SpillDir: t.TempDir()})
	x := array.NewGenerator(1).Random([]int{200, 1000}, array.Chunks(50, 1000)) // 1.6 MB of 4
	for range 40 {
		kept, err := array.Persist(t.Context(), []array.Array{x}, array.On(e))
		require.NoError(t, err)
		values(t, kept[0].Sum(), array.On(e))
		runtime.GC()
	}
	// Without giving back, 64 MB would be kept.
	require.Less(t, e.InUse()+e.Spilled(), int64(40<<20))
}

func TestExplain(t *testing.T) {
	e := engine(t, scheduler.Options{Memory: 64 << 20, Workers: 2})
	src := counted(t, []int{400, 300}, []int{100, 100})
	x := array.From(src)
	got, err := x.Sub(x.Mean(array.Axes(0))).Explain(array.On(e))
	require.NoError(t, err)
	require.Zero(t, src.Reads(), "explaining reads nothing")
	require.Len(t, got.Sources, 1)
	require.Equal(t, 12, got.Sources[0].Blocks)
	require.EqualValues(t, 400*300*8, got.Sources[0].Bytes)
	require.Equal(t, 1.0, got.Sources[0].Passes)
	require.EqualValues(t, 400*300*8, got.BytesRead)
	require.EqualValues(t, 400*300*8, got.Written)
	require.EqualValues(t, 64<<20, got.Budget)
	require.Equal(t, 2, got.Workers)
	require.Positive(t, got.WorkingSet)
	require.LessOrEqual(t, got.WorkingSet, got.Peak)
	require.LessOrEqual(t, got.Peak, got.Budget)

	_, err = array.Values[float64](t.Context(), x.Sub(x.Mean(array.Axes(0))), array.On(e))
	require.NoError(t, err)
	require.Equal(t, got.BytesRead, src.Bytes(), "what was read is what was said")

	small := engine(t, scheduler.Options{Memory: 64 << 10, Workers: 1})
	large := x.Neg()
	refused, err := large.Explain(array.On(small))
	require.ErrorContains(t, err, "memory budget is 64KiB")
	require.Greater(t, refused.WorkingSet, int64(64<<10))
	before := src.Reads()
	_, again := array.Values[float64](t.Context(), large, array.On(small))
	require.Equal(t, err.Error(), again.Error())
	require.Equal(t, before, src.Reads(), "a refused plan reads nothing")

	both, err := array.Explain([]array.Output{{Array: x, Sink: new(blocktest.Sink)}, {Array: x.Sum()}}, array.On(e))
	require.NoError(t, err)
	require.Len(t, both.Sinks, 2)
	require.EqualValues(t, 400*300*8, both.BytesRead)
}

func TestPreviewComputesTheCorners(t *testing.T) {
	src := counted(t, []int{1000, 1000}, []int{100, 100})
	got, err := array.Preview(t.Context(), array.From(src))
	require.NoError(t, err)
	require.Equal(t, array.Format(blockOf(t, numbers(1000000), 1000, 1000), array.FormatOptions{}), got)
	require.Less(t, src.Bytes(), int64(5*100*100*8))
	small, err := array.Preview(t.Context(), array.FromSlice([]int64{1, 2, 3}, nil).Add(array.Const(1)))
	require.NoError(t, err)
	require.Equal(t, "[2 3 4]", small)
}
