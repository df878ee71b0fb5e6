package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

func TestMapSeq(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		for _, n := range []int{0, 1, 2, 100, 3_000} {
			for _, opts := range [][]scheduler.MapOption{nil, {scheduler.Unordered()}, {scheduler.Window(1)}, {scheduler.Window(3), scheduler.Unordered()}} {
				var c counter
				opts = append(opts, scheduler.On(p), scheduler.Progress(&c))
				within(t, func() {
					var got []int
					for v, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(n)), square, opts...) {
						require.NoError(t, err)
						got = append(got, v)
					}
					slices.Sort(got) // squares of ordered numbers are in order
					require.Len(t, got, n)
					for i, v := range got {
						require.Equal(t, i*i, v)
					}
				})
				require.EqualValues(t, n, c.done.Load())
				require.Zero(t, c.expected.Load(), "nobody knows how long a sequence is")
			}
		}
	}
}

func TestMapSeqKeepsTheOrder(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 5})
	next := 0
	within(t, func() {
		for v, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(20_000)), func(_ context.Context, v int) (int, error) {
			if v%7 == 0 {
				runtime.Gosched()
			}
			if v%1000 == 13 {
				return 0, scheduler.Skip
			}
			return v, nil
		}, scheduler.On(p)) {
			require.NoError(t, err)
			if next%1000 == 13 {
				next++
			}
			require.Equal(t, next, v)
			next++
		}
	})
	require.Equal(t, 20_000, next)
}

// TestMapSeqHoldsBack: an endless sequence is taken a few inputs ahead only, and
// not at all before results are ranged over.
func TestMapSeqHoldsBack(t *testing.T) {
	const workers = 3
	p := pool(t, scheduler.PoolOptions{Size: workers})
	for _, c := range []struct {
		ahead int64
		opts  []scheduler.MapOption
	}{{5, []scheduler.MapOption{scheduler.Window(5)}}, {1, []scheduler.MapOption{scheduler.Window(1), scheduler.Unordered()}}} {
		var taken atomic.Int64
		inputs := func(yield func(int, error) bool) {
			for i := 0; ; i++ {
				taken.Add(1)
				if !yield(i, nil) {
					return
				}
			}
		}
		results := scheduler.MapSeq(t.Context(), inputs, square, append(c.opts, scheduler.On(p))...)
		require.Zero(t, taken.Load())
		seen := int64(0)
		within(t, func() {
			for _, err := range results {
				require.NoError(t, err)
				require.LessOrEqual(t, taken.Load(), seen+1+c.ahead, "one more stands at the door")
				if seen++; seen == 500 {
					break
				}
			}
		})
		before := taken.Load()
		for range 10 {
			runtime.Gosched()
		}
		require.Equal(t, before, taken.Load(), "the sequence is over when the loop is")
	}
}

// TestMapSeqIsPrompt: a result comes although the sequence has no next value yet.
func TestMapSeqIsPrompt(t *testing.T) {
	more := make(chan struct{})
	inputs := func(yield func(int, error) bool) {
		for i := range 100 {
			if !yield(i, nil) {
				return
			}
			<-more
		}
	}
	n := 0
	within(t, func() {
		for v, err := range scheduler.MapSeq(t.Context(), inputs, square) {
			require.NoError(t, err)
			require.Equal(t, n*n, v)
			n++
			more <- struct{}{}
		}
	})
	require.Equal(t, 100, n)
}

func TestErrorsOfMapSeq(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 4})
	fails := func(_ context.Context, v int) (int, error) {
		switch v {
		case 20:
			return 0, errFault2
		case 30:
			panic("a panic")
		case 40:
			runtime.Goexit()
		}
		return v, nil
	}
	collect := func(inputs func(func(int, error) bool), opts ...scheduler.MapOption) (values []int, errs []error) {
		within(t, func() {
			for v, err := range scheduler.MapSeq(t.Context(), inputs, fails, append(opts, scheduler.On(p))...) {
				if err != nil {
					errs = append(errs, err)
				} else {
					values = append(values, v)
				}
			}
		})
		return values, errs
	}
	values, errs := collect(endless())
	require.Len(t, values, 20)
	require.Len(t, errs, 1, "the first error is the last that is yielded")
	require.ErrorIs(t, errs[0], errFault2)
	require.Regexp(t, `^scheduler.MapSeq \(at .*stream_test.go:\d+\), input 20 \(20\): a fault$`, errs[0].Error())

	values, errs = collect(scheduler.Seq(seqOf(50)), scheduler.AllErrors())
	require.Len(t, values, 47)
	require.Len(t, errs, 3)
	var panicked *scheduler.PanicError
	require.ErrorAs(t, errs[1], &panicked)
	require.Equal(t, "a panic", panicked.Value)
	require.Contains(t, string(panicked.Stack), "TestErrorsOfMapSeq")
	require.NotContains(t, string(panicked.Stack), "gabion/scheduler.(")
	require.ErrorIs(t, errs[2], scheduler.ErrGoexit)

	broken := func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(2, errors.New("a line that cannot be read")) && yield(3, nil)
	}
	values, errs = collect(broken)
	require.Equal(t, []int{1}, values)
	require.Len(t, errs, 1)
	require.ErrorContains(t, errs[0], "the sequence, at input 1: a line that cannot be read")
	values, errs = collect(broken, scheduler.AllErrors())
	require.Equal(t, []int{1, 3}, values)
	require.Len(t, errs, 1)
}

func TestSequencesThatEndBadly(t *testing.T) {
	for want, end := range map[string]func(){
		"no more of this":           func() { panic("no more of this") },
		scheduler.ErrGoexit.Error(): runtime.Goexit,
	} {
		var values []int
		var failure error
		within(t, func() {
			for v, err := range scheduler.MapSeq(t.Context(), func(yield func(int, error) bool) {
				yield(1, nil)
				yield(2, nil)
				end()
			}, square) {
				if failure = err; err == nil {
					values = append(values, v)
				}
			}
		})
		require.Equal(t, []int{1, 4}, values)
		require.ErrorContains(t, failure, want)
		require.ErrorContains(t, failure, "the sequence, at input 2")
	}
}

// TestSequenceThatNeverGoesOn: when the context ends the loop does, although the
// sequence waits for ever.
func TestSequenceThatNeverGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	forever := make(chan struct{})
	defer close(forever)
	seen := 0
	within(t, func() {
		for v, err := range scheduler.MapSeq(ctx, func(yield func(int, error) bool) {
			if yield(7, nil) {
				<-forever
			}
		}, square) {
			if seen++; seen == 1 {
				require.NoError(t, err)
				require.Equal(t, 49, v)
				cancel(errFault2)
			} else {
				require.ErrorIs(t, err, errFault2)
			}
		}
	})
	require.Equal(t, 2, seen)
}

func TestLeavingMapSeq(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 3})
	for range 200 {
		var running atomic.Int64
		within(t, func() {
			for _, err := range scheduler.MapSeq(t.Context(), endless(), func(ctx context.Context, v int) (int, error) {
				running.Add(1)
				defer running.Add(-1)
				if v > 5 {
					<-ctx.Done() // it ends with the loop
				}
				return v, ctx.Err()
			}, scheduler.On(p)) {
				require.NoError(t, err)
				break
			}
		})
		require.Zero(t, running.Load(), "no call runs after the loop")
	}
	require.Panics(t, func() {
		for range scheduler.MapSeq(t.Context(), endless(), square, scheduler.On(p)) {
			panic("the loop's own")
		}
	})
}

func TestRetriesOfMapSeq(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 3})
	const n = 300
	var tries [n]atomic.Int64
	var c counter
	next := 0
	within(t, func() {
		for v, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(n)), func(_ context.Context, v int) (int, error) {
			if tries[v].Add(1) <= int64(v%3) {
				return 0, errFault2
			}
			return v, nil
		}, scheduler.On(p), scheduler.Retry(scheduler.Retries{Attempts: 3, Delay: time.Microsecond}), scheduler.Progress(&c)) {
			require.NoError(t, err)
			require.Equal(t, next, v)
			next++
		}
	})
	require.Equal(t, n, next)
	require.EqualValues(t, n, c.done.Load())
}

// TestPipeline: one MapSeq feeds another, on the same workers.
func TestPipeline(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 2})
	on := scheduler.On(p)
	within(t, func() {
		texts := scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(5000)), func(_ context.Context, v int) (string, error) {
			return fmt.Sprint(v), nil
		}, on)
		lengths := scheduler.MapSeq(t.Context(), texts, func(_ context.Context, v string) (int, error) { return len(v), nil }, on)
		sum := 0
		for v, err := range lengths {
			require.NoError(t, err)
			sum += v
		}
		require.Equal(t, 10+2*90+3*900+4*4000, sum)
	})
}

// TestResultsNobodyCollects: results that are not ranged over cost nothing.
func TestResultsNobodyCollects(t *testing.T) {
	called := false
	scheduler.MapSeq(t.Context(), func(func(int, error) bool) { called = true }, square)
	require.False(t, called)
	results := scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(3)), square)
	for range 2 { // and may be ranged over again
		n := 0
		for range results {
			n++
		}
		require.Equal(t, 3, n)
	}
}

func TestMistakesOfMapSeq(t *testing.T) {
	closed := pool(t, scheduler.PoolOptions{})
	require.NoError(t, closed.Close())
	var noContext context.Context
	ctx, in := t.Context(), scheduler.Seq(seqOf(3))
	for want, results := range map[string]func(func(int, error) bool){
		"the function is nil":     scheduler.MapSeq[int, int](ctx, in, nil),
		"the sequence is nil":     scheduler.MapSeq(ctx, nil, square),
		"the context is nil":      scheduler.MapSeq(noContext, in, square),
		"is closed":               scheduler.MapSeq(ctx, in, square, scheduler.On(closed)),
		"Window is 0":             scheduler.MapSeq(ctx, in, square, scheduler.Window(0)),
		"the sequence is nil ":    scheduler.MapSeq(ctx, scheduler.Seq[int](nil), square),
		"Memory is for engines, ": scheduler.MapSeq(ctx, in, square, scheduler.On(pool(t, scheduler.PoolOptions{})), scheduler.Memory(1)),
	} {
		n := 0
		for _, err := range results {
			n++
			require.ErrorContains(t, err, want[:len(want)-1])
			require.Regexp(t, `scheduler.MapSeq \(at .*stream_test.go:\d+\)`, err.Error())
		}
		require.Equal(t, 1, n)
	}
}
