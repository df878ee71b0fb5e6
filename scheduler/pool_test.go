package scheduler_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

// conn is what a worker has of its own in these tests.
type conn struct {
	number int64
	inUse  atomic.Bool
	closed atomic.Bool
}

// connections opens conns and counts them.
type connections struct {
	opened, closed atomic.Int64
	fail           func(number int64) error
}

func (c *connections) state() scheduler.State {
	return scheduler.PerWorker(func(ctx context.Context) (*conn, error) {
		n := c.opened.Add(1)
		if c.fail != nil {
			if err := c.fail(n); err != nil {
				return nil, err
			}
		}
		return &conn{number: n}, ctx.Err()
	}, func(own *conn) error {
		c.closed.Add(1)
		if own.closed.Swap(true) {
			return errors.New("closed twice")
		}
		return nil
	})
}

// use is a task that has the worker's conn to itself.
func use(ctx context.Context, v int) (int, error) {
	own, err := scheduler.WorkerState[*conn](ctx)
	if err != nil {
		return 0, err
	}
	if own.inUse.Swap(true) || own.closed.Load() {
		return 0, errors.New("another task uses it, or it is closed")
	}
	runtime.Gosched()
	own.inUse.Store(false)
	return v, nil
}

func TestWorkerState(t *testing.T) {
	const workers = 3
	var c connections
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: workers, State: c.state()})
	require.NoError(t, err)
	on := scheduler.On(p)
	within(t, func() {
		for range 20 {
			_, err = scheduler.Map(t.Context(), numbers(200), use, on)
			require.NoError(t, err)
			for _, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(50)), use, on) {
				require.NoError(t, err)
			}
			_, err = scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) { return use(ctx, 1) }, on).Result(t.Context())
			require.NoError(t, err)
			for range 100 { // workers end in between, what they have stays
				runtime.Gosched()
			}
		}
		require.NoError(t, p.Close())
		require.NoError(t, p.Close(), "twice changes nothing")
	})
	require.LessOrEqual(t, c.opened.Load(), int64(workers))
	require.Equal(t, c.opened.Load(), c.closed.Load())
}

func TestWorkerStateThatFails(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errFault2 },
		"panic": func() error { panic(errFault2) },
	} {
		t.Run(name, func(t *testing.T) {
			c := connections{fail: func(n int64) error {
				if n%2 == 1 {
					return fail()
				}
				return nil
			}}
			p := pool(t, scheduler.PoolOptions{Size: 1, State: c.state()})
			_, err := scheduler.Map(t.Context(), numbers(1), use, scheduler.On(p))
			require.ErrorIs(t, err, errFault2)
			require.ErrorContains(t, err, "the worker's state: ")
			got, err := scheduler.Map(t.Context(), numbers(5), use, scheduler.On(p))
			require.NoError(t, err, "the next task tries again")
			require.Equal(t, numbers(5), got)
		})
	}
	p, err := scheduler.NewPool(scheduler.PoolOptions{State: scheduler.PerWorker(
		func(context.Context) (int, error) { return 1, nil }, func(int) error { return errFault2 })})
	require.NoError(t, err)
	_, err = scheduler.Map(t.Context(), numbers(1), square, scheduler.On(p))
	require.NoError(t, err)
	require.ErrorIs(t, p.Close(), errFault2)
}

func TestMistakesOfWorkerState(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{State: scheduler.PerWorker[int](nil, nil)})
	_, err := scheduler.Map(t.Context(), numbers(1), square, scheduler.On(p))
	require.ErrorContains(t, err, "PerWorker was given a nil function")
	p = pool(t, scheduler.PoolOptions{State: scheduler.PerWorker(func(context.Context) (int, error) { return 1, nil }, nil)})
	_, err = scheduler.Map(t.Context(), numbers(1), use, scheduler.On(p))
	require.ErrorContains(t, err, "the workers' state is a int, not a *scheduler_test.conn")
	_, err = scheduler.Map(t.Context(), numbers(1), use)
	require.ErrorContains(t, err, "run it on a pool with PoolOptions.State")
	_, err = scheduler.WorkerState[int](t.Context())
	require.ErrorContains(t, err, "not that of a task")
	var noContext context.Context
	_, err = scheduler.WorkerState[int](noContext)
	require.ErrorContains(t, err, "the context is nil")
}

func TestPoolSize(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{})
	require.Equal(t, scheduler.CPUs().Count, p.Size())
	const many = 50
	p = pool(t, scheduler.PoolOptions{Size: many})
	require.Equal(t, many, p.Size())
	m := newMeeting(many)
	within(t, func() { // more tasks wait at once than there are CPUs
		require.NoError(t, scheduler.ForEach(t.Context(), numbers(many), func(context.Context, int) error { m.wait(); return nil }, scheduler.On(p)))
	})
	for want, o := range map[string]scheduler.PoolOptions{
		"Size is -1":           {Size: -1},
		"Size is 1000000":      {Size: 1_000_000},
		"Rate is -1":           {Rate: -1},
		"Rate is NaN":          {Rate: math.NaN()},
		"Rate is +Inf":         {Rate: math.Inf(1)},
		"Burst is -2":          {Rate: 1, Burst: -2},
		"Burst goes with Rate": {Burst: 3},
	} {
		_, err := scheduler.NewPool(o)
		require.ErrorContains(t, err, want)
	}
}

// TestRate: tasks start no more often than the rate says, attempts included.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 8, Rate: 10, Burst: 3})
		require.NoError(t, err)
		on := scheduler.On(p)
		begun := time.Now()
		_, err = scheduler.Map(t.Context(), numbers(13), square, on)
		require.NoError(t, err)
		require.Equal(t, time.Second, time.Since(begun).Round(time.Millisecond), "3 at once, then 10 a second")

		begun = time.Now()
		calls := 0
		_, err = scheduler.Submit(t.Context(), func(context.Context) (int, error) {
			calls++
			return 0, errFault2
		}, on, scheduler.Retry(scheduler.Retries{Attempts: 5})).Result(t.Context())
		require.ErrorIs(t, err, errFault2)
		require.Equal(t, 5, calls)
		require.Equal(t, 500*time.Millisecond, time.Since(begun).Round(time.Millisecond))

		// Who waits for the rate gives up when the context ends.
		ctx, cancel := context.WithTimeoutCause(t.Context(), 250*time.Millisecond, errFault2)
		defer cancel()
		begun = time.Now()
		_, err = scheduler.Map(ctx, numbers(1000), square, on)
		require.ErrorIs(t, err, errFault2)
		require.LessOrEqual(t, time.Since(begun), 251*time.Millisecond)
		require.NoError(t, p.Close())
	})
}

// TestBackOff: the wait doubles up to the longest, less a random part of at most
// half.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1})
		require.NoError(t, err)
		retry := scheduler.Retry(scheduler.Retries{Attempts: 6, Delay: time.Second, MaxDelay: 4 * time.Second})
		var at []time.Time
		fails := func(context.Context) (int, error) {
			at = append(at, time.Now())
			return 0, errFault2
		}
		check := func() {
			require.Len(t, at, 6)
			for i, longest := range []time.Duration{1, 2, 4, 4, 4} {
				waited := at[i+1].Sub(at[i])
				require.LessOrEqual(t, waited, longest*time.Second)
				require.GreaterOrEqual(t, waited, longest*time.Second/2)
			}
			at = nil
		}
		_, err = scheduler.Submit(t.Context(), fails, scheduler.On(p), retry).Result(t.Context())
		require.ErrorContains(t, err, "after 6 attempts")
		check()
		_, err = scheduler.Map(t.Context(), numbers(1), func(ctx context.Context, _ int) (int, error) { return fails(ctx) }, scheduler.On(p), retry)
		require.ErrorContains(t, err, "after 6 attempts")
		check()
		for _, err = range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(1)), func(ctx context.Context, _ int) (int, error) { return fails(ctx) }, scheduler.On(p), retry) {
		}
		require.ErrorContains(t, err, "after 6 attempts")
		check()
		require.NoError(t, p.Close())
	})
}

// TestCloseWaitsForTasks: those that run, that wait for a worker, for others, and
// for their next attempt.
func TestCloseWaitsForTasks(t *testing.T) {
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1})
	require.NoError(t, err)
	on := scheduler.On(p)
	release := make(chan int)
	running := scheduler.Submit(t.Context(), until(release), on)
	waiting := scheduler.Submit(t.Context(), gives(2), on)
	after := scheduler.Then(t.Context(), waiting, square, on)
	calls := 0
	retried := scheduler.Submit(t.Context(), func(context.Context) (int, error) {
		if calls++; calls < 5 {
			return 0, errFault2
		}
		return calls, nil
	}, on, scheduler.Retry(scheduler.Retries{Attempts: 5, Delay: time.Millisecond}))
	var closing sync.WaitGroup
	within(t, func() {
		closing.Go(func() { require.NoError(t, p.Close()) })
		for { // until the pool takes no more
			if f := scheduler.Submit(t.Context(), gives(1), on); errors.Is(f.Err(), scheduler.ErrClosed) {
				break
			} else {
				f.Cancel()
			}
		}
		close(release)
		closing.Wait()
		for i, f := range []*scheduler.Future[int]{running, waiting, after, retried} {
			select {
			case <-f.Done():
			default:
				t.Errorf("future %d is not done", i)
			}
			require.NoError(t, f.Err())
		}
	})
}

// TestStop ends everything at once.
func TestStop(t *testing.T) {
	for range 100 {
		p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 2})
		require.NoError(t, err)
		on := scheduler.On(p)
		never := make(chan int)
		begun := newMeeting(3)
		busy := func(ctx context.Context) (int, error) {
			begun.wait()
			return until(never)(ctx)
		}
		one := scheduler.Submit(t.Context(), busy, on)
		two := scheduler.Submit(t.Context(), busy, on)
		begun.wait()
		waiting := scheduler.Submit(t.Context(), gives(1), on)
		elsewhere := scheduler.Submit(t.Context(), until(never))
		after := scheduler.Submit(t.Context(), gives(1), on, scheduler.After(elsewhere))
		retried := scheduler.Submit(t.Context(), failing, on, scheduler.Retry(scheduler.Retries{Attempts: 2, Delay: time.Hour, MaxDelay: time.Hour}))
		var maps sync.WaitGroup
		maps.Go(func() {
			_, err := scheduler.Map(t.Context(), numbers(100), func(ctx context.Context, _ int) (int, error) { return until(never)(ctx) }, on)
			require.ErrorIs(t, err, scheduler.ErrClosed)
		})
		maps.Go(func() {
			var err error
			for _, err = range scheduler.MapSeq(t.Context(), endless(), square, on) {
				if err != nil {
					break
				}
			}
			require.ErrorIs(t, err, scheduler.ErrClosed)
		})
		within(t, func() {
			require.NoError(t, p.Stop())
			maps.Wait()
			for _, f := range []*scheduler.Future[int]{one, two, waiting, after, retried} {
				_, err := f.Result(t.Context())
				require.ErrorIs(t, err, scheduler.ErrClosed)
			}
			require.NoError(t, p.Stop())
			require.NoError(t, p.Close())
		})
		elsewhere.Cancel()
	}
}

// TestCloseFromInside: a task that closes its own pool would wait for itself.
func TestCloseFromInside(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 2})
	e := engine(t, scheduler.Options{Workers: 1, Memory: 1 << 20})
	within(t, func() {
		_, err := scheduler.Submit(t.Context(), func(context.Context) (int, error) { return 0, p.Close() }, scheduler.On(p)).Result(t.Context())
		require.ErrorIs(t, err, scheduler.ErrInsideTask)
		_, err = scheduler.Submit(t.Context(), func(context.Context) (int, error) { return 0, e.Close() }, scheduler.On(e)).Result(t.Context())
		require.ErrorIs(t, err, scheduler.ErrInsideTask)
		// A pool that a task has made for itself is another matter.
		got, err := scheduler.Submit(t.Context(), func(ctx context.Context) (int, error) {
			own, err := scheduler.NewPool(scheduler.PoolOptions{Size: 2})
			if err != nil {
				return 0, err
			}
			values, err := scheduler.Map(ctx, numbers(10), square, scheduler.On(own))
			return len(values), errors.Join(err, own.Close())
		}, scheduler.On(p)).Result(t.Context())
		require.NoError(t, err)
		require.Equal(t, 10, got)
	})
}

// TestErrorsNobodySaw: Close reports futures that failed without anybody asking.
func TestErrorsNobodySaw(t *testing.T) {
	p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1})
	require.NoError(t, err)
	on := scheduler.On(p)
	within(t, func() {
		lost := scheduler.Submit(t.Context(), failing, on)
		known := scheduler.Submit(t.Context(), failing, on)
		_, err = known.Result(t.Context())
		require.Error(t, err)
		passedOn := scheduler.Submit(t.Context(), failing, on)
		_, err = scheduler.Then(t.Context(), passedOn, square, on).Result(t.Context())
		require.Error(t, err)
		cancelled := scheduler.Submit(t.Context(), until(make(chan int)), on)
		cancelled.Cancel()
		<-lost.Done()
		err = p.Close()
		require.ErrorIs(t, err, errFault2)
		require.ErrorContains(t, err, "a future failed whose result nobody asked for")
	})
}
