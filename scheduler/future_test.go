package scheduler_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

// gives is a task that gives v.
func gives[T any](v T) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return v, nil }
}

func failing(context.Context) (int, error) { return 0, errFault2 }

// until is a task that waits for a channel or the end of its context.
func until[T any](c <-chan T) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		select {
		case <-c:
			return 1, nil
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

func TestFuture(t *testing.T) {
	for _, workers := range []int{1, 3} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		var futures []*scheduler.Future[int]
		for i := range 10_000 {
			futures = append(futures, scheduler.Submit(t.Context(), gives(i), scheduler.On(p)))
		}
		within(t, func() {
			got, err := scheduler.Results(t.Context(), futures)
			require.NoError(t, err)
			require.Equal(t, numbers(10_000), got)
			<-futures[5].Done()
			require.NoError(t, futures[5].Err())
			again, err := futures[5].Result(t.Context())
			require.NoError(t, err)
			require.Equal(t, 5, again)
		})
	}
	text, err := scheduler.Submit(t.Context(), gives("text")).Result(t.Context())
	require.NoError(t, err)
	require.Equal(t, "text", text)
}

func TestFutureFails(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	within(t, func() {
		f := scheduler.Submit(t.Context(), failing, scheduler.On(p))
		_, err := f.Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		require.Regexp(t, `^scheduler.Submit \(at .*future_test.go:\d+\): a fault$`, err.Error())
		require.Equal(t, err, f.Err())

		_, err = scheduler.Submit(t.Context(), func(context.Context) (int, error) { panic(errFault2) }, scheduler.On(p)).Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		require.ErrorContains(t, err, "TestFutureFails")
		require.NotContains(t, err.Error(), "gabion/scheduler.(")

		_, err = scheduler.Submit(t.Context(), func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }, scheduler.On(p)).Result(t.Context())
		require.ErrorIs(t, err, scheduler.ErrGoexit)
		require.ErrorContains(t, err, "TestFutureFails")
	})
}

// TestResultGivesUp: the context of Result ends the wait and not the task.
func TestResultGivesUp(t *testing.T) {
	release := make(chan int)
	f := scheduler.Submit(t.Context(), until(release))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errFault2)
	within(t, func() {
		_, err := f.Result(ctx)
		require.ErrorIs(t, err, errFault2)
		require.NoError(t, f.Err(), "it is not done")
		close(release)
		got, err := f.Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, got)
		got, err = f.Result(ctx)
		require.NoError(t, err, "what is there is given, whatever the context")
		require.Equal(t, 1, got)
	})
}

func TestCancelFutures(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	never := make(chan int)
	begun := make(chan int)
	within(t, func() {
		running := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			close(begun)
			return until(never)(ctx)
		}, scheduler.On(p))
		<-begun
		called := false
		waiting := scheduler.Submit(t.Context(), func(context.Context) (int, error) { called = true; return 0, nil }, scheduler.On(p))
		after := scheduler.Submit(t.Context(), gives(1), scheduler.On(p), scheduler.After(waiting))
		waiting.Cancel()
		_, err := waiting.Result(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		_, err = after.Result(t.Context())
		require.ErrorIs(t, err, context.Canceled)

		running.Cancel()
		running.Cancel()
		_, err = running.Result(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, called)

		done := scheduler.Submit(t.Context(), gives(3), scheduler.On(p))
		<-done.Done()
		done.Cancel()
		got, err := done.Result(t.Context())
		require.NoError(t, err, "a task that is done stays as it is")
		require.Equal(t, 3, got)

		// A context that ends ends its tasks: those that run, and those that did
		// not begin.
		ctx, cancel := context.WithCancelCause(t.Context())
		begun = make(chan int)
		first := scheduler.Submit(ctx, func(ctx context.Context) (int, error) {
			close(begun)
			return until(never)(ctx)
		}, scheduler.On(p))
		second := scheduler.Submit(ctx, gives(1), scheduler.On(p))
		<-begun
		cancel(errFault2)
		for _, f := range []*scheduler.Future[int]{first, second} {
			_, err = f.Result(t.Context())
			require.ErrorIs(t, err, errFault2)
		}
	})
}

// TestTaskContext: the context of a task behaves as one of package context does.
func TestTaskContext(t *testing.T) {
	type key struct{}
	parent := context.WithValue(t.Context(), key{}, "value")
	deadline := time.Now().Add(time.Hour)
	parent, cancel := context.WithDeadline(parent, deadline)
	defer cancel()
	begun := make(chan int)
	within(t, func() {
		f := scheduler.Submit(parent, func(ctx context.Context) (int, error) {
			require.NoError(t, ctx.Err())
			require.Equal(t, "value", ctx.Value(key{}))
			d, ok := ctx.Deadline()
			require.True(t, ok)
			require.Equal(t, deadline, d)
			before := runtime.NumGoroutine()
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			require.Equal(t, before, runtime.NumGoroutine(), "deriving a context starts no goroutine")
			close(begun)
			<-child.Done()
			require.ErrorIs(t, ctx.Err(), context.Canceled)
			require.ErrorIs(t, context.Cause(child), context.Canceled)
			return 7, nil
		})
		<-begun
		f.Cancel()
		got, err := f.Result(t.Context())
		require.NoError(t, err, "what a task gives counts, also after its context has ended")
		require.Equal(t, 7, got)
	})
}

// TestDependencies: a task that waits for futures takes no worker.
func TestDependencies(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	on := scheduler.On(p)
	release := make(chan int)
	within(t, func() {
		elsewhere := scheduler.Submit(t.Context(), until(release))
		var order []string
		last := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			order = append(order, "last")
			return elsewhere.Result(ctx)
		}, on, scheduler.After(elsewhere), scheduler.After[scheduler.Awaitable](elsewhere))
		first := scheduler.Submit(t.Context(), func(context.Context) (int, error) {
			order = append(order, "first")
			return 20, nil
		}, on)
		_, err := first.Result(t.Context())
		require.NoError(t, err)
		close(release)
		sum := scheduler.Then(t.Context(), last, func(_ context.Context, v int) (string, error) {
			order = append(order, "then")
			return "then " + string(rune('0'+v)), nil
		}, on)
		got, err := sum.Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, "then 1", got)
		require.Equal(t, []string{"first", "last", "then"}, order)

		failed := scheduler.Submit(t.Context(), failing, on)
		third := scheduler.Then(t.Context(), failed, func(context.Context, int) (int, error) { panic("called") }, on)
		fourth := scheduler.Submit(t.Context(), gives(1), on, scheduler.After[scheduler.Awaitable](last, third))
		_, err = fourth.Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		require.ErrorContains(t, err, "a future that it waits for failed")
		require.Equal(t, 1, strings.Count(err.Error(), "a future that it waits for failed"), "of a chain the first failure is told")
	})
}

// TestLongChains of futures that wait for each other are no burden, also when the
// first fails.
func TestLongChains(t *testing.T) {
	const n = 100_000
	for _, fails := range []bool{false, true} {
		release := make(chan int)
		f := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			<-release
			if fails {
				return 0, errFault2
			}
			return 0, nil
		})
		for range n {
			f = scheduler.Then(t.Context(), f, func(_ context.Context, v int) (int, error) { return v + 1, nil })
		}
		close(release)
		within(t, func() {
			v, err := f.Result(t.Context())
			if fails {
				require.ErrorIs(t, err, errFault2)
				require.Less(t, len(err.Error()), 500)
			} else {
				require.Equal(t, n, v)
			}
		})
	}
}

// TestNested: tasks wait for tasks of their own pool, by every way there is.
func TestNested(t *testing.T) {
	var fib func(ctx context.Context, on scheduler.Option, n int) (int, error)
	ways := map[string]func(ctx context.Context, f *scheduler.Future[int]) (int, error){
		"Result": func(ctx context.Context, f *scheduler.Future[int]) (int, error) { return f.Result(ctx) },
		"Result with a context that is not the task's": func(_ context.Context, f *scheduler.Future[int]) (int, error) {
			return f.Result(context.Background())
		},
		"Done": func(ctx context.Context, f *scheduler.Future[int]) (int, error) {
			<-f.Done()
			return f.Result(ctx)
		},
		"Wait": func(ctx context.Context, f *scheduler.Future[int]) (int, error) {
			if _, err := scheduler.Wait(ctx, scheduler.AllCompleted, f); err != nil {
				return 0, err
			}
			return f.Result(ctx)
		},
		"AsCompleted": func(ctx context.Context, f *scheduler.Future[int]) (int, error) {
			for _, f := range scheduler.AsCompleted(ctx, []*scheduler.Future[int]{f}) {
				return f.Result(ctx)
			}
			return 0, errors.New("nothing was completed")
		},
	}
	for name, wait := range ways {
		t.Run(name, func(t *testing.T) {
			fib = func(ctx context.Context, on scheduler.Option, n int) (int, error) {
				if n < 2 {
					return n, nil
				}
				one := scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return fib(ctx, on, n-1) }, on)
				two := scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return fib(ctx, on, n-2) }, on)
				a, err := wait(ctx, one)
				if err != nil {
					return 0, err
				}
				b, err := wait(ctx, two)
				return a + b, err
			}
			for _, workers := range []int{1, 2} {
				p := pool(t, scheduler.PoolOptions{Size: workers})
				within(t, func() {
					got, err := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) { return fib(ctx, scheduler.On(p), 13) }, scheduler.On(p)).Result(t.Context())
					require.NoError(t, err)
					require.Equal(t, 233, got)
				})
			}
		})
	}
}

// TestNestedMaps: maps within maps, and futures within those, on one worker.
func TestNestedMaps(t *testing.T) {
	for _, workers := range []int{1, 2} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		on := scheduler.On(p)
		within(t, func() {
			got, err := scheduler.Map(t.Context(), numbers(30), func(ctx context.Context, v int) (int, error) {
				return scheduler.Reduce(ctx, numbers(v), func(ctx context.Context, w int) (int, error) {
					sum := 0
					for u, err := range scheduler.MapSeq(ctx, scheduler.Seq(seqOf(w)), func(ctx context.Context, u int) (int, error) {
						return scheduler.Submit(ctx, gives(u), on).Result(ctx)
					}, on) {
						if err != nil {
							return 0, err
						}
						sum += u
					}
					return sum, nil
				}, func(a, b int) int { return a + b }, on)
			}, on)
			require.NoError(t, err)
			for v, sum := range got {
				require.Equal(t, v*(v-1)*(v-2)/6, sum)
			}
		})
	}
}

// TestSizeIsKept: tasks that wait give their place away, and no more than that:
// never do more tasks begin than there are places.
func TestSizeIsKept(t *testing.T) {
	const workers = 3
	p := pool(t, scheduler.PoolOptions{Size: workers})
	on := scheduler.On(p)
	var c counter
	within(t, func() {
		require.NoError(t, scheduler.ForEach(t.Context(), numbers(500), func(ctx context.Context, v int) error {
			_, err := scheduler.Submit(ctx, func(context.Context) (int, error) {
				c.begin()
				defer c.end()
				runtime.Gosched()
				return 0, nil
			}, on).Result(ctx)
			return err
		}, on))
	})
	require.LessOrEqual(t, c.most.Load(), int64(workers))
}

func TestWait(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 4})
	on := scheduler.On(p)
	one, two, three := make(chan int), make(chan int), make(chan int)
	within(t, func() {
		futures := []*scheduler.Future[int]{
			scheduler.Submit(t.Context(), until(one), on), scheduler.Submit(t.Context(), until(two), on),
			scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) { <-three; return failing(ctx) }, on),
		}
		two <- 1
		done, err := scheduler.Wait(t.Context(), scheduler.FirstCompleted, futures...)
		require.NoError(t, err)
		require.Equal(t, []int{1}, done)

		three <- 1
		done, err = scheduler.Wait(t.Context(), scheduler.FirstError, futures...)
		require.NoError(t, err)
		require.Equal(t, []int{1, 2}, done)

		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errFault2)
		done, err = scheduler.Wait(ctx, scheduler.AllCompleted, futures...)
		require.ErrorIs(t, err, errFault2)
		require.Equal(t, []int{1, 2}, done)

		one <- 1
		other := scheduler.Submit(t.Context(), gives("of another type"), on)
		done, err = scheduler.Wait[scheduler.Awaitable](t.Context(), scheduler.AllCompleted, other, futures[0])
		require.NoError(t, err)
		slices.Sort(done)
		require.Equal(t, []int{0, 1}, done)

		done, err = scheduler.Wait[scheduler.Awaitable](t.Context(), scheduler.AllCompleted)
		require.NoError(t, err)
		require.Empty(t, done)
	})
}

func TestAsCompleted(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 3})
	var gates []chan int
	var futures []*scheduler.Future[int]
	for range 3 {
		gates = append(gates, make(chan int))
		futures = append(futures, scheduler.Submit(t.Context(), until(gates[len(gates)-1]), scheduler.On(p)))
	}
	within(t, func() {
		want := []int{2, 0, 1}
		gates[2] <- 1
		n := 0
		for i, f := range scheduler.AsCompleted(t.Context(), futures) {
			require.Equal(t, want[n], i)
			require.Same(t, futures[i], f)
			if n++; n < 3 {
				gates[want[n]] <- 1
			}
		}
		require.Equal(t, 3, n)

		// When the context ends the rest comes at once.
		never := scheduler.Submit(t.Context(), until(make(chan int)), scheduler.On(p))
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		n = 0
		for i, f := range scheduler.AsCompleted(ctx, []*scheduler.Future[int]{never, futures[0], nil}) {
			n++
			_, err := f.Result(ctx)
			switch i {
			case 0:
				require.ErrorIs(t, err, errFault2)
			case 1:
				require.NoError(t, err)
				cancel(errFault2)
			case 2:
				require.ErrorContains(t, err, "nil")
			}
		}
		require.Equal(t, 3, n)
		for range scheduler.AsCompleted(t.Context(), []*scheduler.Future[int]{futures[0], never}) {
			break
		}
		never.Cancel()
	})
}

func TestRetriesOfFutures(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	on := scheduler.On(p)
	within(t, func() {
		calls := 0
		f := scheduler.Submit(t.Context(), func(context.Context) (int, error) {
			if calls++; calls < 4 {
				return 0, errFault2
			}
			return calls, nil
		}, on, scheduler.Retry(scheduler.Retries{Attempts: 5, Delay: time.Microsecond}))
		got, err := f.Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, 4, got)

		// While a task waits for its next attempt others run, it can be
		// cancelled, and its context can end.
		long := scheduler.Retry(scheduler.Retries{Attempts: 2, Delay: time.Hour, MaxDelay: time.Hour})
		waits := scheduler.Submit(t.Context(), failing, on, long)
		ctx, cancel := context.WithCancelCause(t.Context())
		ends := scheduler.Submit(ctx, failing, on, long)
		_, err = scheduler.Submit(t.Context(), gives(1), on).Result(t.Context())
		require.NoError(t, err)
		waits.Cancel()
		_, err = waits.Result(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		cancel(errFault2)
		_, err = ends.Result(t.Context())
		require.ErrorIs(t, err, errFault2)

		calls = 0
		_, err = scheduler.Submit(t.Context(), func(context.Context) (int, error) {
			calls++
			panic("a bug")
		}, on, scheduler.Retry(scheduler.Retries{Attempts: 5})).Result(t.Context())
		require.ErrorContains(t, err, "a bug")
		require.Equal(t, 1, calls, "a panic is not tried again")
	})
}

func TestTimeoutOfFutures(t *testing.T) {
	within(t, func() {
		calls := 0
		_, err := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			calls++
			<-ctx.Done()
			return 0, ctx.Err()
		}, scheduler.Timeout(time.Millisecond), scheduler.Retry(scheduler.Retries{Attempts: 3})).Result(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "after 3 attempts")
		require.Equal(t, 3, calls, "each attempt has its time")
	})
}

func TestMistakesOfFutures(t *testing.T) {
	closed := pool(t, scheduler.PoolOptions{})
	require.NoError(t, closed.Close())
	var noContext context.Context
	var noFuture *scheduler.Future[int]
	ctx := t.Context()
	for want, f := range map[string]*scheduler.Future[int]{
		"the function is nil":     scheduler.Submit[int](ctx, nil),
		"the function is nil ":    scheduler.Then[int, int](ctx, scheduler.Submit(ctx, gives(1)), nil),
		"the context is nil":      scheduler.Submit(noContext, gives(1)),
		"is closed":               scheduler.Submit(ctx, gives(1), scheduler.On(closed)),
		"a nil future, number 1":  scheduler.Submit(ctx, gives(1), scheduler.After(scheduler.Submit(ctx, gives(1)), noFuture)),
		"was not made by Submit ": scheduler.Then(ctx, noFuture, square),
		"Timeout is 0s":           scheduler.Submit(ctx, gives(1), scheduler.Timeout(0), nil),
		"MaxDelay -1ns":           scheduler.Submit(ctx, gives(1), scheduler.Retry(scheduler.Retries{Attempts: 1, MaxDelay: -1})),
	} {
		<-f.Done()
		require.ErrorContains(t, f.Err(), want[:len(want)-1])
		require.Regexp(t, `future_test.go:\d+`, f.Err().Error())
		f.Cancel()
		_, err := f.Result(ctx)
		require.Equal(t, f.Err(), err)
	}
	_, err := noFuture.Result(ctx)
	require.ErrorContains(t, err, "the future is nil")
	<-noFuture.Done()
	require.Error(t, noFuture.Err())
	noFuture.Cancel()
	_, err = scheduler.Submit(ctx, gives(1)).Result(noContext)
	require.ErrorContains(t, err, "the context is nil")
	_, err = scheduler.Wait(ctx, scheduler.AllCompleted, noFuture)
	require.ErrorContains(t, err, "future 0 is nil")
	_, err = scheduler.Wait(noContext, scheduler.AllCompleted, noFuture)
	require.ErrorContains(t, err, "the context is nil")
	_, err = scheduler.Wait[*scheduler.Future[int]](ctx, 17)
	require.ErrorContains(t, err, "no such Until as 17")
}

// TestTasksOfTasksComeFirst: what a task submits runs before more of what was
// submitted outside, so that few tasks wait.
func TestTasksOfTasksComeFirst(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	on := scheduler.On(p)
	var waiting, most atomic.Int64
	within(t, func() {
		var futures []*scheduler.Future[int]
		for range 1000 {
			futures = append(futures, scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
				if now := waiting.Add(1); now > most.Load() {
					most.Store(now)
				}
				defer waiting.Add(-1)
				return scheduler.Submit(ctx, gives(1), on).Result(ctx)
			}, on))
		}
		_, err := scheduler.Results(t.Context(), futures)
		require.NoError(t, err)
	})
	require.Less(t, most.Load(), int64(10))
}
