package scheduler_test

import (
	"context"
	"errors"
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

// TestWorkersStartTogether: as many user's functions run at once as there are
// workers, however small the blocks. Each call waits for all; were there fewer
// workers, the test would hang.
func TestWorkersStartTogether(t *testing.T) {
	for _, elements := range []int{1, 10, 200_000} {
		const workers = 6
		e := engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20})
		var mu sync.Mutex
		here := 0
		changed := sync.NewCond(&mu)
		x := array.Zeros[float64]([]int{workers * elements}, array.Chunks(elements))
		y := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, src []float64) error {
			mu.Lock()
			defer mu.Unlock()
			here++
			changed.Broadcast()
			for here < workers {
				changed.Wait()
			}
			copy(dst, src)
			return nil
		}, x)
		within(t, func() {
			_, err := array.Values[float64](t.Context(), y, array.On(e))
			require.NoError(t, err)
		})
	}
}

// TestTwoInputsInFlight: a stage that reads a source through two inputs keeps as
// many reads under way as the source likes.
func TestTwoInputsInFlight(t *testing.T) {
	const depth = 6
	src, values := file(1, []int{32, 8}, []int{1, 8})
	src.Source.(*blocktest.Source).Wishes.InFlight = depth
	var mu sync.Mutex
	begun := 0
	changed := sync.NewCond(&mu)
	src.Before = func(context.Context, block.Region) error {
		mu.Lock()
		defer mu.Unlock()
		begun++
		changed.Broadcast()
		for begun < depth {
			changed.Wait()
		}
		return nil
	}
	x := array.From(src)
	e := engine(t, scheduler.Options{Workers: 2, Memory: 4 << 20})
	within(t, func() {
		got, err := array.Values[float64](t.Context(), x.Add(x.Slice("::-1")), array.On(e))
		require.NoError(t, err)
		for i := range got {
			row, col := i/8, i%8
			require.Equal(t, values[i]+values[(31-row)*8+col], got[i])
		}
	})
	require.Equal(t, depth, src.MaxInFlight())
}

// careless is a source whose scratch cannot be had.
type careless struct{ *blocktest.Source }

func (c careless) Scratch(r block.Region) int64 {
	if planned.Load() {
		panic("no scratch")
	}
	return 0
}

var planned atomic.Bool

// TestAPanicWhileReadingAheadIsAnError, not the end of the program.
func TestAPanicWhileReadingAheadIsAnError(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{8}, block.Shape{2})}
	src := blocktest.NewSource(d, blocktest.Random(d.DType, d.Shape(), 1))
	e := engine(t, scheduler.Options{Memory: 4 << 20, Events: scheduler.Events{PlanStart: func(scheduler.PlanStart) { planned.Store(true) }}})
	for _, depth := range []int{0, 3} {
		planned.Store(false)
		src.Wishes.InFlight = depth
		within(t, func() {
			_, err := array.Values[float64](t.Context(), array.From(careless{src}).Neg(), array.On(e))
			require.ErrorContains(t, err, "no scratch")
		})
	}
}

// TestCloseWaits for plans that run on their caller's goroutine too.
func TestCloseWaits(t *testing.T) {
	e, err := scheduler.New(scheduler.Options{Workers: 1, Memory: 4 << 20})
	require.NoError(t, err)
	var closing sync.WaitGroup
	var closed atomic.Bool
	sink := &blockingSink{begin: func() {
		closing.Go(func() {
			require.NoError(t, e.Close())
			closed.Store(true)
		})
		require.False(t, closed.Load(), "the engine was closed while a plan ran")
	}}
	within(t, func() {
		require.NoError(t, array.Store(t.Context(), sink, array.Ones[float64]([]int{3}), array.On(e)))
		closing.Wait()
	})
	require.ErrorIs(t, array.Store(t.Context(), sink, array.Ones[float64]([]int{3}), array.On(e)), scheduler.ErrClosed)
}

// blockingSink calls begin when it is begun and takes what comes.
type blockingSink struct{ begin func() }

func (s *blockingSink) Align(block.Description) (block.Grid, error) { return nil, nil }
func (s *blockingSink) Scratch(block.Region) int64                  { return 0 }
func (s *blockingSink) Commit(context.Context) error                { return nil }
func (s *blockingSink) Abort() error                                { return nil }
func (s *blockingSink) Begin(context.Context, block.Description) error {
	s.begin()
	return nil
}
func (s *blockingSink) Write(context.Context, block.Region, block.Block, *block.Scratch) error {
	return nil
}

// TestFunctionsMayNotKeepWhatTheyGet: what a function keeps is
// spoilt after the call.
func TestFunctionsMayNotKeepWhatTheyGet(t *testing.T) {
	if !block.Invariants {
		return // only that build looks
	}
	e := engine(t, scheduler.Options{Workers: 1, Memory: 4 << 20})
	var kept []float64
	x := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, src []float64) error {
		if kept != nil && kept[0] == 1 {
			return errors.New("a slice of an earlier call still has its elements")
		}
		copy(dst, src)
		kept = src
		return nil
	}, array.Ones[float64]([]int{8}, array.Chunks(2)))
	got, err := array.Values[float64](t.Context(), x, array.On(e))
	require.NoError(t, err)
	require.Equal(t, []float64{1, 1, 1, 1, 1, 1, 1, 1}, got)
}
