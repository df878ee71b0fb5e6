package scheduler_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
)

// TestSharedInputsAreReadOnce: several means over two inputs decode each chunk
// once and hold no more than what the workers are at.
func TestSharedInputsAreReadOnce(t *testing.T) {
	const chunk = 32 * 256 * 8
	for _, workers := range []int{1, 2, 4} {
		var live atomic.Int64
		e := engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20, Events: scheduler.Events{
			TaskEnd: func(end scheduler.TaskEnd) { live.Store(max(live.Load(), end.Bytes)) },
		}})
		us, uv := file(1, []int{4096, 256}, []int{32, 256})
		vs, vv := file(2, []int{4096, 256}, []int{32, 256})
		u, v := array.From(us), array.From(vs)
		means := []array.Array{u.Mul(u).Mean(), v.Mul(v).Mean(), u.Mul(v).Mean()}
		explained, err := array.Explain([]array.Output{{Array: means[0]}, {Array: means[1]}, {Array: means[2]}}, array.On(e))
		require.NoError(t, err)
		_, err = array.Compute(t.Context(), means, array.On(e))
		require.NoError(t, err)
		for _, src := range []*blocktest.CountingSource{us, vs} {
			require.Equal(t, 128, src.Reads())
			require.Len(t, src.ByRegion(), 128)
		}
		require.EqualValues(t, us.Bytes()+vs.Bytes(), explained.BytesRead)
		require.EqualValues(t, 8*len(uv)+8*len(vv), explained.BytesRead)
		// Of each task two blocks and some partials are live; a block more
		// for each worker may be kept for reuse.
		require.LessOrEqual(t, e.PeakInUse(), int64(workers)*(3*chunk+128<<10), "%d workers", workers)
		require.LessOrEqual(t, live.Load(), int64(2*chunk+128<<10))
	}
}

// TestReadsAreWhatExplainSaid: in a large budget x is read once, in smaller ones
// as often as Explain says.
func TestReadsAreWhatExplainSaid(t *testing.T) {
	programs := map[string]func(x array.Array) array.Array{
		"x - mean(x)":     func(x array.Array) array.Array { return x.Sub(x.Mean(array.Axes(0))) },
		"standard scores": func(x array.Array) array.Array { return x.Sub(x.Mean(array.Axes(0))).Div(x.Std(array.Axes(0))) },
		"x + x.T":         func(x array.Array) array.Array { return x.Add(x.Transpose()) },
		"mean":            func(x array.Array) array.Array { return x.Mul(x).Mean() },
		"rechunk":         func(x array.Array) array.Array { return x.Rechunk(array.Chunks(256, 8)) },
		"slice":           func(x array.Array) array.Array { return x.Exp().Slice("30:50, ::-2") },
		"diagonal":        func(x array.Array) array.Array { return x.Diagonal(3, 0, 1).Add(array.Const(1)) },
		"trace of x·x.T":  func(x array.Array) array.Array { return x.Mul(x.Transpose()).Trace(0, 0, 1) },
		"x - diagonal(x)": func(x array.Array) array.Array { return x.Sub(x.Diagonal(0, 0, 1)) },
		"diagonals": func(x array.Array) array.Array {
			return x.Diagonal(0, 0, 1).Sub(x.Diagonal(-1, 0, 1).Sum()).Add(x.Slice("100:120").Sum())
		},
		"diagonal of longer blocks": func(x array.Array) array.Array {
			return x.Rechunk(array.Chunks(40, 50)).Diagonal(-7, 1, 0)
		},
		"differences": func(x array.Array) array.Array { return x.Slice("1:").Sub(x.Slice(":-1")) },
	}
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			var want []float64
			for _, workers := range []int{1, 3} {
				for _, memory := range []int64{64 << 20, 640 << 10, 384 << 10, 192 << 10, 128 << 10, 96 << 10} {
					src, _ := file(1, []int{256, 256}, []int{16, 256})
					x := program(array.From(src))
					e := engine(t, scheduler.Options{Workers: workers, Memory: memory})
					explained, err := x.Explain(array.On(e))
					if err != nil {
						require.Less(t, memory, explained.WorkingSet)
						continue
					}
					got, err := array.Values[float64](t.Context(), x, array.On(e))
					require.NoError(t, err)
					if memory == 64<<20 {
						require.Equal(t, 1.0, explained.Sources[0].Passes)
					}
					require.Equal(t, explained.BytesRead, src.Bytes(), "%d workers, %d bytes:\n%s", workers, memory, explained)
					if want == nil {
						want = got
					}
					same(t, want, got)
				}
			}
		})
	}
}

// TestSliceReadsWhatItCovers of 40,000 chunks.
func TestSliceReadsWhatItCovers(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
	d := block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{20000, 20000}, block.Shape{100, 100})}
	src := blocktest.Count(constant{d})
	x := array.From(src)
	y := x.Mul(array.Const(2)).Add(x.Exp()).Slice("5050:5150, 4999:5101")
	got, err := array.Values[float32](t.Context(), y, array.On(e))
	require.NoError(t, err)
	require.Len(t, got, 100*102)
	require.Equal(t, 2*3, src.Reads(), "of rows 5000 and 5100, columns 4900, 5000 and 5100")
	require.Len(t, src.ByRegion(), 2*3)

	one := blocktest.Count(constant{d})
	_, err = array.Values[float32](t.Context(), array.From(one).Neg().Slice("5000:5010, 5000:5010"), array.On(e))
	require.NoError(t, err)
	require.Equal(t, 1, one.Reads())
}

// constant is a source of zeros that holds nothing.
type constant struct{ d block.Description }

func (c constant) Describe() block.Description { return c.d }
func (c constant) Traits() block.Traits        { return block.Traits{Name: "zeros"} }
func (c constant) Scratch(block.Region) int64  { return 0 }
func (c constant) Read(_ context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	for i := range r.Elements() * dst.DType.Size() {
		dst.DenseBytes()[i] = 0
	}
	return nil
}

// TestReadsInFlight: a source that waits gets as many reads at once as it likes,
// and no more, while the workers compute. Each read waits until eight are under
// way and a block is being computed; were there fewer, the test would hang.
func TestReadsInFlight(t *testing.T) {
	const depth = 8
	src, values := file(1, []int{64, 32}, []int{1, 32})
	src.Source.(*blocktest.Source).Wishes.InFlight = depth
	var mu sync.Mutex
	waiting, computed := 0, 0
	changed := sync.NewCond(&mu)
	src.Before = func(context.Context, block.Region) error {
		mu.Lock()
		defer mu.Unlock()
		waiting++
		changed.Broadcast()
		for waiting < depth && computed+depth <= 64 {
			changed.Wait()
		}
		return nil
	}
	e := engine(t, scheduler.Options{Workers: 2, Memory: 4 << 20})
	var first sync.Once
	x := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, in []float64) error {
		copy(dst, in)
		first.Do(func() { // the first block is computed only when the next reads are under way
			mu.Lock()
			for waiting <= depth {
				changed.Wait()
			}
			mu.Unlock()
		})
		mu.Lock()
		computed++
		changed.Broadcast()
		mu.Unlock()
		return nil
	}, array.From(src))
	var got []float64
	var err error
	within(t, func() { got, err = array.Values[float64](t.Context(), x, array.On(e)) })
	require.NoError(t, err)
	same(t, values, got)
	require.Equal(t, depth, src.MaxInFlight())
}

// TestFunctionRunsOncePerBlock, whoever reads its result.
func TestFunctionRunsOncePerBlock(t *testing.T) {
	for _, memory := range []int64{64 << 20, 192 << 10} {
		e := engine(t, scheduler.Options{Workers: 3, Memory: memory})
		src, _ := file(1, []int{256, 64}, []int{16, 64})
		var calls atomic.Int64
		y := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, in []float64) error {
			calls.Add(1)
			copy(dst, in)
			return nil
		}, array.From(src))
		outputs := []array.Array{y, y.Sub(y.Mean(array.Axes(0))), y.Rechunk(array.Chunks(256, 4)), y.Slice("::-1").Add(y)}
		_, err := array.Compute(t.Context(), outputs, array.On(e))
		require.NoError(t, err)
		require.EqualValues(t, 16, calls.Load())
		require.Equal(t, 16, src.Reads())
	}
}

// TestHundredComputationsAtOnce on one 64 MiB engine, some holding persisted
// arrays: all finish and are right.
func TestHundredComputationsAtOnce(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 4, Memory: 64 << 20})
	src, values := file(1, []int{512, 512}, []int{64, 512})
	want := 0.0
	transposed := make([]float64, len(values))
	for i, v := range values {
		transposed[i%512*512+i/512] = v
		if v == v && v-v == 0 {
			want += v * v
		}
	}
	x := array.From(src)
	finite := array.Where(x.Sub(x).Eq(array.Const(0)), x, array.Const(0))
	reference, err := array.Item[float64](t.Context(), finite.Mul(finite).Sum(), array.On(e))
	require.NoError(t, err)
	require.InEpsilon(t, want, reference, 1e-12)
	var all sync.WaitGroup
	errs := make(chan error, 100)
	check := func(ok bool, what string) {
		if !ok {
			errs <- errorText(what)
		}
	}
	for i := range 100 {
		all.Add(1)
		go func() {
			defer all.Done()
			at := x
			if i%4 == 0 {
				kept, err := array.Persist(t.Context(), []array.Array{x}, array.On(e))
				if err != nil {
					errs <- err
					return
				}
				defer kept[0].Release()
				at = kept[0]
			}
			switch i % 3 {
			case 0:
				f := array.Where(at.Sub(at).Eq(array.Const(0)), at, array.Const(0))
				got, err := array.Item[float64](t.Context(), f.Mul(f).Sum(), array.On(e))
				check(err == nil && got == reference, "sum")
			case 1:
				got, err := array.Values[float64](t.Context(), at.Transpose().Rechunk(array.Chunks(16, 512)), array.On(e))
				check(err == nil && string(dtype.Bytes(got)) == string(dtype.Bytes(transposed)), "transpose")
			case 2:
				got, err := array.Values[float64](t.Context(), at.Slice("7, 3:9"), array.On(e))
				check(err == nil && string(dtype.Bytes(got)) == string(dtype.Bytes(values[7*512+3:7*512+9])), "slice")
			}
		}()
	}
	within(t, all.Wait)
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

type errorText string

func (e errorText) Error() string { return string(e) }

// TestIdleWorkersEnd: an engine without work has no goroutines.
func TestIdleWorkersEnd(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 8, Memory: 8 << 20})
	before := runtime.NumGoroutine()
	src, _ := file(1, []int{256, 256}, []int{8, 256})
	_, err := array.Values[float64](t.Context(), array.From(src).Exp(), array.On(e))
	require.NoError(t, err)
	within(t, func() {
		for runtime.NumGoroutine() > before {
			runtime.Gosched()
		}
	})
}

// TestReadsInFlightOfManyWorkers: however many workers start reads at the same
// time, no more are under way than the source likes.
func TestReadsInFlightOfManyWorkers(t *testing.T) {
	const depth = 3
	for range 50 {
		src, values := file(1, []int{64, 32}, []int{1, 32})
		src.Source.(*blocktest.Source).Wishes.InFlight = depth
		src.Before = func(context.Context, block.Region) error {
			for range 20 {
				runtime.Gosched()
			}
			return nil
		}
		e := engine(t, scheduler.Options{Workers: 16, Memory: 4 << 20})
		got, err := array.Values[float64](t.Context(), array.From(src).Neg().Neg(), array.On(e))
		require.NoError(t, err)
		same(t, values, got)
		require.LessOrEqual(t, src.MaxInFlight(), depth)
	}
}
