package scheduler_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/internal/plan"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

// TestHammer runs programs side by side on one engine with hardly enough memory
// for one of them, cancels some and lets sources fail: each ends, right or with
// the error it was given, and nothing is left.
func TestHammer(t *testing.T) {
	programs := append(schedulertest.Programs(), schedulertest.RandomPrograms(60)...)
	variants := schedulertest.Variants()
	want := make([][]block.Block, len(programs))
	for i, p := range programs {
		want[i] = p.Expect(t)
	}
	for _, workers := range []int{1, 2, 5} {
		for _, memory := range []int64{192 << 10, 1 << 20} {
			e := engine(t, scheduler.Options{Workers: workers, Memory: memory})
			var through, refused, stopped atomic.Int64
			var all sync.WaitGroup
			failures := make(chan error, 16)
			for g := range 8 {
				all.Add(1)
				go func() {
					defer all.Done()
					r := rand.New(rand.NewPCG(uint64(g), uint64(workers)))
					for range 60 {
						i := r.IntN(len(programs))
						v := variants[r.IntN(len(variants))]
						ctx, cancel := context.WithCancelCause(t.Context())
						moment, events := int64(r.IntN(30)), atomic.Int64{}
						if r.IntN(3) == 0 {
							v.Sources.Viewed = false
							v.Sources.Watch = func(_ int, src block.Source) block.Source {
								return watched{src, func() error {
									if events.Add(1) != moment {
										return nil
									}
									if moment%2 == 0 {
										return errFault
									}
									cancel(errFault)
									return nil
								}}
							}
						}
						got, err := programs[i].Lower(t, v).Execute(ctx, e)
						cancel(nil)
						var beyond *plan.BudgetError
						switch {
						case err == nil:
							through.Add(1)
							if what := schedulertest.Difference(want[i], got); what != "" {
								failures <- errors.New(programs[i].Name + ", " + v.Name + ": " + what)
								return
							}
						case errors.As(err, &beyond):
							refused.Add(1)
						case errors.Is(err, errFault):
							stopped.Add(1)
						default:
							failures <- errors.New(programs[i].Name + ", " + v.Name + ": " + err.Error())
							return
						}
					}
				}()
			}
			within(t, all.Wait)
			close(failures)
			for err := range failures {
				require.NoError(t, err)
			}
			require.NotZero(t, through.Load())
			require.NotZero(t, stopped.Load())
			require.Zero(t, e.Spilled())
		}
	}
}

// watched is a source that tells of its reads before they begin.
type watched struct {
	block.Source
	before func() error
}

func (w watched) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := w.before(); err != nil {
		return err
	}
	return w.Source.Read(ctx, r, dst, scratch)
}

// TestHammerSpill presses on plans that spill, on persisted arrays that are
// released while others read them, and on runs that end while their blocks are
// being written to the spill file.
func TestHammerSpill(t *testing.T) {
	var spilled atomic.Int64
	e := engine(t, scheduler.Options{Workers: 3, Memory: 768 << 10, Events: scheduler.Events{Spill: func(bytes int64) { spilled.Add(bytes) }}})
	src, values := file(1, []int{256, 256}, []int{8, 256})
	x := array.From(src)
	var all sync.WaitGroup
	failures := make(chan error, 16)
	for g := range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			r := rand.New(rand.NewPCG(uint64(g), 7))
			for range 25 {
				ctx, cancel := context.WithCancelCause(t.Context())
				moment, writes := r.IntN(80), atomic.Int64{}
				sink := &schedulertest.Result{Before: func(string) error {
					if writes.Add(1) == int64(moment) {
						cancel(errFault)
					}
					return nil
				}}
				at := x
				if r.IntN(2) == 0 {
					kept, err := array.Persist(ctx, []array.Array{x}, array.On(e))
					if err != nil {
						failures <- err
						return
					}
					at = kept[0]
					defer at.Release()
				}
				y := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, in []float64) error {
					copy(dst, in)
					return nil
				}, at).Rechunk(array.Chunks(256, 8))
				err := array.Store(ctx, sink, y, array.On(e))
				cancel(nil)
				if r.IntN(2) == 0 && at.Err() == nil {
					at.Release() // of x: nothing
				}
				if err != nil && !errors.Is(err, errFault) {
					failures <- err
					return
				}
				if err == nil {
					got, _ := sink.Elements()
					own, _ := block.Values[float64](got)
					for i := range own {
						if own[i] != values[i] && own[i] == own[i] {
							failures <- errors.New("elements are wrong")
							return
						}
					}
				}
			}
		}()
	}
	within(t, all.Wait)
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
	require.NotZero(t, spilled.Load())
}
