package scheduler_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

// TestMapsWithinPlans: the function of a block runs maps and futures on the
// engine that runs its plan, on a single worker too.
func TestMapsWithinPlans(t *testing.T) {
	for _, workers := range []int{1, 2} {
		e := engine(t, scheduler.Options{Workers: workers, Memory: 8 << 20})
		x := array.MapBlocks(func(ctx context.Context, info array.BlockInfo, dst []int64, src []float64) error {
			values, err := scheduler.Map(ctx, src, func(ctx context.Context, v float64) (int64, error) {
				return scheduler.Submit(ctx, gives(int64(v)*2), scheduler.On(e)).Result(ctx)
			}, scheduler.On(e))
			copy(dst, values)
			return err
		}, array.Ones[float64]([]int{400}, array.Chunks(10)))
		within(t, func() {
			got, err := array.Values[int64](t.Context(), x.Add(array.Const(1)), array.On(e))
			require.NoError(t, err)
			require.Len(t, got, 400)
			for _, v := range got {
				require.EqualValues(t, 3, v)
			}
		})
	}
}

// TestPlansWithinMaps: tasks run plans on their own engine, with memory for one
// plan at a time.
func TestPlansWithinMaps(t *testing.T) {
	x := array.Ones[float64]([]int{1 << 16}, array.Chunks(1<<13))
	for _, workers := range []int{1, 3} {
		e := engine(t, scheduler.Options{Workers: workers, Memory: 512 << 10})
		within(t, func() {
			got, err := scheduler.Map(t.Context(), numbers(40), func(ctx context.Context, v int) (float64, error) {
				return array.Item[float64](ctx, x.Mul(array.Const(float64(v))).Sum(), array.On(e))
			}, scheduler.On(e))
			require.NoError(t, err)
			for v, sum := range got {
				require.Equal(t, float64(v)*(1<<16), sum)
			}
		})
	}
}

// TestPlansWithinPlans: the function of a block that asks its engine for memory
// which the block's own plan holds is refused; it would wait for itself.
func TestPlansWithinPlans(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	inner := array.Ones[float64]([]int{1 << 16}, array.Chunks(1<<15)).Sum()
	for name, choose := range map[string]func(ctx context.Context) context.Context{
		"its context": func(ctx context.Context) context.Context { return ctx },
		"another":     func(context.Context) context.Context { return context.Background() },
	} {
		t.Run(name, func(t *testing.T) {
			var asked, refused atomic.Int64
			outer := array.MapBlocks(func(ctx context.Context, info array.BlockInfo, dst, src []float64) error {
				asked.Add(1)
				copy(dst, src)
				var err error
				if dst[0], err = array.Item[float64](choose(ctx), inner, array.On(e)); err != nil {
					refused.Add(1)
				}
				return err
			}, array.Ones[float64]([]int{1 << 17}, array.Chunks(1<<15)))
			within(t, func() {
				_, err := array.Values[float64](t.Context(), outer, array.On(e))
				if err != nil {
					require.ErrorContains(t, err, "give the engine more memory")
				}
				require.NotZero(t, asked.Load())
				require.Equal(t, err != nil, refused.Load() > 0)
			})
			// With memory for both there is no such trouble.
			big := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
			within(t, func() {
				got, err := array.Values[float64](t.Context(), array.MapBlocks(func(ctx context.Context, info array.BlockInfo, dst, src []float64) error {
					v, err := array.Item[float64](choose(ctx), inner, array.On(big))
					for i := range dst {
						dst[i] = v
					}
					return err
				}, array.Ones[float64]([]int{100}, array.Chunks(10))), array.On(big))
				require.NoError(t, err)
				require.Equal(t, float64(1<<16), got[99])
			})
		})
	}
}

// TestEachGetsItsShare: while a map of long calls runs, plans are computed beside
// it on the same workers, and while plans run so is the map.
func TestEachGetsItsShare(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 16 << 20})
	var plans, calls atomic.Int64
	enough := errors.New("enough")
	ctx, stop := context.WithCancelCause(t.Context())
	x := array.NewGenerator(1).Random([]int{1 << 20}, array.Chunks(1<<14)).Sin().Sum()
	within(t, func() {
		done := scheduler.Submit(t.Context(), func(context.Context) (int, error) { // on the default engine
			for _, err := range scheduler.MapSeq(ctx, endless(), func(_ context.Context, v int) (int, error) {
				calls.Add(1)
				sum := 0
				for i := range 1_000_000 {
					sum += i ^ v
				}
				return sum, nil
			}, scheduler.On(e)) {
				if err != nil {
					return 0, err
				}
			}
			return 0, nil
		})
		for calls.Load() < 50 || plans.Load() < 5 {
			_, err := array.Item[float64](t.Context(), x, array.On(e))
			require.NoError(t, err)
			plans.Add(1)
		}
		stop(enough)
		_, err := done.Result(t.Context())
		require.ErrorIs(t, err, enough)
	})
}
