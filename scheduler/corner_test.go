package scheduler_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

// TestStopAtAnyMoment: tasks are on their way to a worker, begin, or are about to
// be tried again when the pool is stopped.
func TestStopAtAnyMoment(t *testing.T) {
	forever := func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, context.Cause(ctx) }
	retry := scheduler.Retry(scheduler.Retries{Attempts: 1 << 30})
	for i := range 2000 {
		p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 2})
		require.NoError(t, err)
		on := scheduler.On(p)
		var others sync.WaitGroup
		others.Go(func() {
			for {
				f := scheduler.Submit(t.Context(), forever, on)
				if f.Err() != nil {
					break
				}
				scheduler.Submit(t.Context(), failing, on, retry)
			}
		})
		others.Go(func() {
			_, err := scheduler.Map(t.Context(), numbers(3), func(ctx context.Context, _ int) (int, error) { return forever(ctx) }, on)
			require.ErrorIs(t, err, scheduler.ErrClosed)
		})
		scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			return scheduler.Submit(ctx, forever, on).Result(ctx)
		}, on)
		for range i % 10 {
			runtime.Gosched()
		}
		within(t, func() {
			_ = p.Stop()
			others.Wait()
		})
	}
}

// TestMemoryWithinMemory: a call that holds memory of an engine and asks it for
// more is refused what is not free, since nobody would give it back.
func TestMemoryWithinMemory(t *testing.T) {
	const mib = 1 << 20
	one := func(context.Context, int) (int, error) { return 1, nil }
	for name, ask := range map[string]func(ctx context.Context, e *scheduler.Engine) error{
		"a map": func(ctx context.Context, e *scheduler.Engine) error {
			return second(scheduler.Map(ctx, numbers(1), one, scheduler.On(e), scheduler.Memory(40*mib)))
		},
		"a sequence": func(ctx context.Context, e *scheduler.Engine) (err error) {
			for _, err = range scheduler.MapSeq(ctx, scheduler.Seq(seqOf(1)), one, scheduler.On(e), scheduler.Memory(40*mib)) {
			}
			return err
		},
		"a plan": func(ctx context.Context, e *scheduler.Engine) error {
			return second(array.Item[float64](ctx, array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, src []float64) error {
				copy(dst, src)
				return nil
			}, array.Ones[float64]([]int{2 << 20}, array.Chunks(array.Whole))).Sum(), array.On(e)))
		},
		"a task of its own": func(ctx context.Context, e *scheduler.Engine) error {
			return second(scheduler.Submit(ctx, func(ctx context.Context) (int, error) {
				return 0, second(scheduler.Map(ctx, numbers(1), one, scheduler.On(e), scheduler.Memory(40*mib)))
			}, scheduler.On(e)).Result(ctx))
		},
		"with another context": func(_ context.Context, e *scheduler.Engine) error {
			return second(scheduler.Map(context.Background(), numbers(1), one, scheduler.On(e), scheduler.Memory(40*mib)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, scheduler.Options{Workers: 2, Memory: 64 * mib})
			within(t, func() {
				_, err := scheduler.Map(t.Context(), numbers(1), func(ctx context.Context, _ int) (int, error) { return 1, ask(ctx, e) },
					scheduler.On(e), scheduler.Memory(40*mib))
				require.ErrorContains(t, err, "a task that holds memory of the engine asks for")
			})
			// On another engine it waits for its turn as anybody.
			other := engine(t, scheduler.Options{Workers: 2, Memory: 96 * mib})
			within(t, func() {
				_, err := scheduler.Map(t.Context(), numbers(8), func(ctx context.Context, _ int) (int, error) { return 1, ask(ctx, other) },
					scheduler.On(e), scheduler.Memory(10*mib))
				if name != "with another context" { // which does not tell what it holds
					require.NoError(t, err)
				}
			})
		})
	}
}

// TestMemoryBesideAQueue: a call that holds memory gets a little more although a
// stranger waits for much.
func TestMemoryBesideAQueue(t *testing.T) {
	const mib = 1 << 20
	e := engine(t, scheduler.Options{Workers: 2, Memory: 64 * mib})
	one := func(context.Context, int) (int, error) { return 1, nil }
	within(t, func() {
		var stranger *scheduler.Future[[]int]
		_, err := scheduler.Map(t.Context(), numbers(1), func(ctx context.Context, _ int) (int, error) {
			waits := make(chan struct{})
			stranger = scheduler.Submit(context.Background(), func(ctx context.Context) ([]int, error) {
				close(waits)
				return scheduler.Map(ctx, numbers(1), one, scheduler.On(e), scheduler.Memory(60*mib))
			})
			<-waits
			for range 1000 {
				runtime.Gosched()
			}
			return 1, second(scheduler.Map(ctx, numbers(1), one, scheduler.On(e), scheduler.Memory(1<<10)))
		}, scheduler.On(e), scheduler.Memory(10*mib))
		require.NoError(t, err)
		_, err = stranger.Result(t.Context())
		require.NoError(t, err)
	})
}

// TestWaitingForMemoryTakesNoPlace: tasks that wait until there is memory do not
// keep those who hold it from going on.
func TestWaitingForMemoryTakesNoPlace(t *testing.T) {
	const mib = 1 << 20
	for _, workers := range []int{1, 2} {
		e := engine(t, scheduler.Options{Workers: workers, Memory: 64 * mib})
		on := scheduler.On(e)
		within(t, func() {
			begun := make(chan struct{})
			var once sync.Once
			var waiting []*scheduler.Future[int]
			holder := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) { // on the default engine
				return 0, scheduler.ForEach(ctx, numbers(50), func(context.Context, int) error {
					once.Do(func() { close(begun) })
					runtime.Gosched()
					return nil
				}, on, scheduler.Memory(40*mib))
			})
			<-begun
			for range workers {
				waiting = append(waiting, scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
					return 1, scheduler.ForEach(ctx, numbers(2), func(context.Context, int) error { return nil }, on, scheduler.Memory(40*mib))
				}, on))
			}
			_, err := holder.Result(t.Context())
			require.NoError(t, err)
			_, err = scheduler.Results(t.Context(), waiting)
			require.NoError(t, err)
		})
	}
	// The cause of a context that ends meanwhile is told.
	e := engine(t, scheduler.Options{Workers: 1, Memory: mib})
	ctx, cancel := context.WithCancelCause(t.Context())
	within(t, func() {
		err := scheduler.ForEach(t.Context(), numbers(1), func(context.Context, int) error {
			f := scheduler.Submit(context.Background(), func(context.Context) (int, error) {
				return 0, scheduler.ForEach(ctx, numbers(1), func(context.Context, int) error { return nil }, scheduler.On(e), scheduler.Memory(mib/2+1))
			})
			cancel(errFault2)
			_, err := f.Result(context.Background())
			if !errors.Is(err, errFault2) {
				return err
			}
			return nil
		}, scheduler.On(e), scheduler.Memory(mib/2+1))
		require.NoError(t, err)
	})
}

// TestCallbacksThatEndBadly: whatever function of the user's panics or ends its
// goroutine, there is an error and nothing hangs.
func TestCallbacksThatEndBadly(t *testing.T) {
	for how, end := range map[string]func(){"panic": func() { panic(errFault2) }, "Goexit": runtime.Goexit} {
		t.Run(how, func(t *testing.T) {
			p := pool(t, scheduler.PoolOptions{Size: 2})
			on := scheduler.On(p)
			expected := errFault2
			if how == "Goexit" {
				expected = scheduler.ErrGoexit
			}
			retry := scheduler.Retry(scheduler.Retries{Attempts: 3, If: func(error) bool { end(); return true }})
			within(t, func() {
				_, err := scheduler.Submit(t.Context(), failing, on, retry).Result(t.Context())
				require.ErrorIs(t, err, expected)
				fails := func(context.Context, int) (int, error) { return 0, errors.New("another") }
				require.ErrorIs(t, second(scheduler.Map(t.Context(), numbers(3), fails, on, retry)), expected)
				for _, err = range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(3)), fails, on, retry) {
				}
				require.ErrorIs(t, err, expected)

				meter := scheduler.Progress(meterFunc(end))
				require.ErrorIs(t, second(scheduler.Map(t.Context(), numbers(3), square, on, meter)), expected)
				for _, err = range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(3)), square, on, meter) {
				}
				require.ErrorIs(t, err, expected)

				inputs := []textFunc{end}
				bad := func(context.Context, textFunc) (int, error) { return 0, errors.New("another") }
				require.Error(t, second(scheduler.Map(t.Context(), inputs, bad, on)))
				for _, err = range scheduler.MapSeq(t.Context(), func(yield func(textFunc, error) bool) { yield(end, nil) }, bad, on) {
				}
				require.Error(t, err)
			})
		})
	}
	require.ErrorContains(t, second(scheduler.Map(t.Context(), numbers(1), square, scheduler.Progress(expectPanics{}))), "no meter")
}

type meterFunc func()

func (meterFunc) Expect(int) {}
func (f meterFunc) Add(int)  { f() }

type expectPanics struct{ careless2 }

func (expectPanics) Expect(int) { panic("no meter") }

type textFunc func()

func (f textFunc) String() string { f(); return "" }

// TestRetriedInputEndsThoseBehind it, also those in the batch that it began in.
func TestRetriedInputEndsThoseBehind(t *testing.T) {
	const bad = 20_000
	p := pool(t, scheduler.PoolOptions{Size: 2})
	within(t, func() {
		_, err := scheduler.Map(t.Context(), numbers(5*bad), func(ctx context.Context, v int) (int, error) {
			switch v {
			case bad:
				return 0, errFault2
			case bad + 1:
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return v, nil
		}, scheduler.On(p), scheduler.Retry(scheduler.Retries{Attempts: 2, Delay: time.Millisecond, If: func(err error) bool { return errors.Is(err, errFault2) }}))
		require.ErrorIs(t, err, errFault2)
		require.ErrorContains(t, err, "input 20000")
	})
}

// TestContextEndsWhatWaits: the context of Submit ends futures that wait for a
// worker, for others, or for their next attempt, as soon as somebody asks.
func TestContextEndsWhatWaits(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 1})
	on := scheduler.On(p)
	release := make(chan int)
	running := scheduler.Submit(t.Context(), until(release), on)
	ctx, cancel := context.WithCancelCause(t.Context())
	var waiting []*scheduler.Future[int]
	for range 4 {
		waiting = append(waiting, scheduler.Submit(ctx, gives(1), on), scheduler.Submit(ctx, gives(1), on, scheduler.After(running)))
	}
	within(t, func() {
		<-scheduler.Submit(t.Context(), gives(0)).Done()
		cancel(errFault2)
		_, err := waiting[0].Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		_, err = waiting[1].Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		<-waiting[2].Done()
		<-waiting[3].Done()
		_, err = scheduler.Wait(t.Context(), scheduler.AllCompleted, waiting[4:6]...)
		require.NoError(t, err)
		for range scheduler.AsCompleted(t.Context(), waiting[6:]) {
		}
		close(release)
		_, err = running.Result(t.Context())
		require.NoError(t, err)
	})
}

// TestDoneOfAnotherPool: a task waits on the channel of a future of another pool,
// which needs the task's own pool.
func TestDoneOfAnotherPool(t *testing.T) {
	a := pool(t, scheduler.PoolOptions{Size: 1})
	b := pool(t, scheduler.PoolOptions{Size: 1})
	within(t, func() {
		got, err := scheduler.Submit(t.Context(), func(context.Context) (int, error) {
			f := scheduler.Submit(context.Background(), func(context.Context) (int, error) {
				g := scheduler.Submit(context.Background(), gives(7), scheduler.On(a))
				<-g.Done()
				return g.Result(context.Background())
			}, scheduler.On(b))
			<-f.Done()
			return f.Result(context.Background())
		}, scheduler.On(a)).Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, got)

		// Who looks at futures of a pool does not make room in it.
		var c counter
		_, err = scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			var futures []*scheduler.Future[int]
			for range 50 {
				f := scheduler.Submit(ctx, func(context.Context) (int, error) {
					c.begin()
					defer c.end()
					runtime.Gosched()
					return 0, nil
				}, scheduler.On(b))
				futures = append(futures, f)
				f.Done()
			}
			return 0, second(scheduler.Results(ctx, futures))
		}, scheduler.On(a)).Result(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, c.most.Load())
	})
}

// TestTaskThatWaitsForItself is told so.
func TestTaskThatWaitsForItself(t *testing.T) {
	var self atomic.Pointer[scheduler.Future[int]]
	ready := make(chan struct{})
	self.Store(scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
		<-ready
		return self.Load().Result(ctx)
	}))
	close(ready)
	within(t, func() {
		_, err := self.Load().Result(t.Context())
		require.ErrorIs(t, err, scheduler.ErrInsideTask)
	})
}

// TestCircles: tasks that wait for themselves by way of others are told so too.
func TestCircles(t *testing.T) {
	type future = *scheduler.Future[int]
	within(t, func() {
		for name, wait := range map[string]func(ctx context.Context, self future) error{
			"Wait": func(ctx context.Context, self future) error {
				return second(scheduler.Wait(ctx, scheduler.AllCompleted, self))
			},
			"AsCompleted": func(ctx context.Context, self future) error {
				for _, f := range scheduler.AsCompleted(ctx, []future{self}) {
					return second(f.Result(ctx))
				}
				return nil
			},
			"another's result": func(ctx context.Context, self future) error {
				return second(scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return self.Result(ctx) }).Result(ctx))
			},
			"a map": func(ctx context.Context, self future) error {
				return second(scheduler.Map(ctx, numbers(2), func(ctx context.Context, _ int) (int, error) { return self.Result(ctx) }))
			},
			"a sequence": func(ctx context.Context, self future) (err error) {
				for _, err = range scheduler.MapSeq(ctx, scheduler.Seq(seqOf(1)), func(ctx context.Context, _ int) (int, error) { return self.Result(ctx) }) {
				}
				return err
			},
		} {
			self := make(chan future, 1)
			f := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) { return 0, wait(ctx, <-self) })
			self <- f
			_, err := f.Result(t.Context())
			require.ErrorIs(t, err, scheduler.ErrInsideTask, name)
		}
		// What waits for a task that does not wait for it is no circle.
		self := make(chan future, 1)
		child := make(chan future, 1)
		f := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			me := <-self
			child <- scheduler.Submit(context.WithoutCancel(ctx), func(ctx context.Context) (int, error) { return me.Result(ctx) })
			return 3, nil
		})
		self <- f
		got, err := (<-child).Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, 3, got)

		// Nor is what a goroutine of the task waits for.
		elsewhere := make(chan error, 1)
		f = scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			me := <-self
			go func() { elsewhere <- second(me.Result(context.WithoutCancel(ctx))) }()
			return 4, nil
		})
		self <- f
		require.NoError(t, <-elsewhere)
	})
}

// TestTheDefaultEngineStays open, and an engine that nobody made is an error.
func TestTheDefaultEngineStays(t *testing.T) {
	e, err := scheduler.Default()
	require.NoError(t, err)
	require.ErrorContains(t, e.Close(), "belongs to the whole program")
	_, err = scheduler.Map(t.Context(), numbers(3), square)
	require.NoError(t, err)
	require.ErrorContains(t, (&scheduler.Engine{}).Close(), "scheduler.New makes engines")
}

// TestEndsBetweenAttempts: what a call failed with is told when the context ends
// before it is tried again; a cause does not hide that it was cancelled.
func TestEndsBetweenAttempts(t *testing.T) {
	retry := scheduler.Retry(scheduler.Retries{Attempts: 100, Delay: time.Hour, MaxDelay: time.Hour})
	theEnd := errors.New("the end")
	between := false
	for i := 0; i < 1000 && !between; i++ { // until the end comes after the first attempt is over
		ctx, cancel := context.WithCancelCause(t.Context())
		var failed sync.WaitGroup
		failed.Add(2)
		within(t, func() {
			f := scheduler.Submit(ctx, func(ctx context.Context) (int, error) { defer failed.Done(); return failing(ctx) }, retry)
			g := scheduler.Submit(t.Context(), func(context.Context) (int, error) {
				return 0, second(scheduler.Map(ctx, numbers(1), func(ctx context.Context, _ int) (int, error) { defer failed.Done(); return failing(ctx) }, retry))
			})
			failed.Wait()
			for range i {
				runtime.Gosched()
			}
			cancel(theEnd)
			_, err := g.Result(t.Context())
			require.ErrorIs(t, err, theEnd)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, errFault2)
			_, err = f.Result(t.Context())
			require.ErrorIs(t, err, errFault2)
			if between = errors.Is(err, theEnd); between {
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorContains(t, err, "the end, waiting to try again after: a fault")
			}
		})
	}
	require.True(t, between)
}

// TestOpenHonoursTheContext: what a worker has of its own is given up with the
// task that needs it, and lasts when it was made.
func TestOpenHonoursTheContext(t *testing.T) {
	var dial atomic.Bool
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1, State: scheduler.PerWorker(func(ctx context.Context) (context.Context, error) {
		if !dial.Load() {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
		return ctx, nil
	}, nil)})
	require.NoError(t, err)
	on := scheduler.On(p)
	lasting := func(ctx context.Context, _ int) (int, error) {
		own, err := scheduler.WorkerState[context.Context](ctx)
		if err != nil {
			return 0, err
		}
		return 1, own.Err()
	}
	within(t, func() {
		ctx, cancel := context.WithCancelCause(t.Context())
		f := scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return lasting(ctx, 0) }, on)
		cancel(errFault2)
		require.ErrorIs(t, second(f.Result(t.Context())), errFault2)
		dial.Store(true)
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			require.NoError(t, second(scheduler.Map(ctx, numbers(3), lasting, on)))
			cancel()
		}
		require.NoError(t, p.Close())

		stuck, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1, State: scheduler.PerWorker(func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		}, nil)})
		require.NoError(t, err)
		f = scheduler.Submit(t.Context(), gives(1), scheduler.On(stuck))
		require.NoError(t, stuck.Stop())
		require.ErrorIs(t, second(f.Result(t.Context())), scheduler.ErrClosed)
	})
}

// TestStateThatUsesItsPool: open cannot wait for workers that would be opened for
// it; close may close the pool again.
func TestStateThatUsesItsPool(t *testing.T) {
	var p *scheduler.Pool
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1, State: scheduler.PerWorker(
		func(ctx context.Context) (int, error) {
			return scheduler.Submit(ctx, gives(1), scheduler.On(p)).Result(ctx)
		},
		nil)})
	require.NoError(t, err)
	within(t, func() {
		_, err := scheduler.Map(t.Context(), numbers(1), square, scheduler.On(p))
		require.ErrorContains(t, err, "PerWorker's open uses the pool")
		require.NoError(t, p.Close())
		p, err = scheduler.NewPool(scheduler.PoolOptions{Size: 1, State: scheduler.PerWorker(
			func(context.Context) (int, error) { return 1, nil }, func(int) error { return p.Close() })})
		require.NoError(t, err)
		require.NoError(t, second(scheduler.Map(t.Context(), numbers(1), square, scheduler.On(p))))
		require.NoError(t, p.Close())
	})
}

// TestStopLeavesASequence that waits for its next value.
func TestStopLeavesASequence(t *testing.T) {
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1})
	require.NoError(t, err)
	values, first := make(chan int), make(chan struct{})
	within(t, func() {
		var all sync.WaitGroup
		all.Go(func() {
			for _, err := range scheduler.MapSeq(t.Context(), func(yield func(int, error) bool) {
				for v := range values {
					if !yield(v, nil) {
						return
					}
				}
			}, square, scheduler.On(p)) {
				if err != nil {
					require.ErrorIs(t, err, scheduler.ErrClosed)
					return
				}
				close(first)
			}
		})
		values <- 1
		<-first
		require.NoError(t, p.Stop())
		all.Wait()
		// So does a loop that is left, after a while.
		for range scheduler.MapSeq(t.Context(), func(yield func(int, error) bool) {
			if yield(1, nil) {
				<-values
			}
		}, square) {
			break
		}
		close(values)
	})
}

// TestSequenceThatYieldsSkip: the error of a sequence is one, whatever it is.
func TestSequenceThatYieldsSkip(t *testing.T) {
	n := 0
	var failure error
	for _, err := range scheduler.MapSeq(t.Context(), func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(2, scheduler.Skip)
	}, square) {
		n++
		failure = err
	}
	require.Equal(t, 2, n)
	require.ErrorContains(t, failure, "the sequence, at input 1")
}

// TestOneStateFails: one worker's state fails once, so does one input.
func TestOneStateFails(t *testing.T) {
	c := connections{fail: func(n int64) error {
		if n == 2 {
			return errFault2
		}
		return nil
	}}
	p := pool(t, scheduler.PoolOptions{Size: 2, State: c.state()})
	failed, done := 0, 0
	within(t, func() {
		for _, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(20_000)), use, scheduler.On(p), scheduler.AllErrors()) {
			if err != nil {
				failed++
			} else {
				done++
			}
		}
	})
	require.LessOrEqual(t, failed, 1)
	require.Equal(t, 20_000, failed+done)
}

// TestErrorsBesideAnEnd of the context are told.
func TestErrorsBesideAnEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	theEnd := errors.New("the end")
	_, err := scheduler.Map(ctx, numbers(1), func(context.Context, int) (int, error) {
		cancel(theEnd)
		return 0, errFault2
	})
	require.ErrorIs(t, err, errFault2)

	// An end that comes after the last call changes nothing.
	ctx, cancel = context.WithCancelCause(t.Context())
	got, err := scheduler.Map(ctx, numbers(1), func(context.Context, int) (int, error) {
		defer cancel(theEnd)
		return 5, nil
	})
	if err == nil {
		require.Equal(t, []int{5}, got)
	} else {
		require.ErrorIs(t, err, theEnd)
	}

	// The errors of an inner map are one error of the outer one.
	got, err = scheduler.Map(t.Context(), numbers(2), func(ctx context.Context, _ int) (int, error) {
		return 1, second(scheduler.Map(ctx, numbers(3), func(context.Context, int) (int, error) { return 0, errFault2 }, scheduler.AllErrors()))
	})
	require.ErrorIs(t, err, errFault2)
	require.Nil(t, got)
}

// TestContextAfterTheTask has ended, also for those who ask late.
func TestContextAfterTheTask(t *testing.T) {
	type key struct{}
	var kept context.Context
	within(t, func() {
		_, err := scheduler.Submit(context.WithValue(t.Context(), key{}, 1), func(ctx context.Context) (int, error) {
			kept = ctx
			return 0, nil
		}).Result(t.Context())
		require.NoError(t, err)
		<-kept.Done()
		require.ErrorIs(t, kept.Err(), context.Canceled)
		require.Equal(t, 1, kept.Value(key{}))
		child, cancel := context.WithCancel(kept)
		defer cancel()
		<-child.Done()
	})
}

// TestFuturesNobodyMade are errors.
func TestFuturesNobodyMade(t *testing.T) {
	f := new(scheduler.Future[int])
	within(t, func() {
		_, err := f.Result(t.Context())
		require.ErrorContains(t, err, "was not made by Submit")
		require.Error(t, f.Err())
		<-f.Done()
		f.Cancel()
		require.Error(t, scheduler.Submit(t.Context(), gives(1), scheduler.After(f)).Err())
		require.Error(t, second(scheduler.Wait(t.Context(), scheduler.AllCompleted, f)))
	})
	var none *scheduler.Pool
	for _, p := range []*scheduler.Pool{none, {}} {
		require.ErrorContains(t, p.Close(), "NewPool makes pools")
		require.ErrorContains(t, p.Stop(), "NewPool makes pools")
		require.Zero(t, p.Size())
	}
}

// TestSkipIsNoFailure that is worth another try.
func TestSkipIsNoFailure(t *testing.T) {
	calls := 0
	retry := scheduler.Retry(scheduler.Retries{Attempts: 3})
	_, err := scheduler.Submit(t.Context(), func(context.Context) (int, error) { calls++; return 0, scheduler.Skip }, retry).Result(t.Context())
	require.ErrorIs(t, err, scheduler.Skip)
	require.Equal(t, 1, calls)
}

// TestTimeoutIsTold where a function returns the error of its context.
func TestTimeoutIsTold(t *testing.T) {
	slow := func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }
	timeout := scheduler.Timeout(time.Millisecond)
	within(t, func() {
		_, err := scheduler.Submit(t.Context(), slow, timeout).Result(t.Context())
		require.ErrorIs(t, err, scheduler.ErrTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = scheduler.Map(t.Context(), numbers(1), func(ctx context.Context, _ int) (int, error) { return slow(ctx) }, timeout)
		require.ErrorIs(t, err, scheduler.ErrTimeout)
	})
}
