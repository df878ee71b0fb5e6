package scheduler_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

// hammering is how long TestHammerTasks goes on: go test -run Hammer -hammer 1m.
var hammering = flag.Duration("hammer", time.Second, "how long the hammer tests of tasks take")

// TestHammerTasks runs maps, streams, reductions, futures and plans side by side
// and inside of each other, on an engine and on pools, some of which are stopped
// in the middle. Functions fail, panic, end their goroutine, wait, and cancel
// each other. Everything ends, right or with an error that was given.
func TestHammerTasks(t *testing.T) {
	for end := time.Now().Add(*hammering); time.Now().Before(end); {
		seed := rand.Uint64()
		var c connections
		e := engine(t, scheduler.Options{Workers: 1 + int(seed%3), Memory: 4 << 20})
		p, err := scheduler.NewPool(scheduler.PoolOptions{Size: 1 + int(seed>>8%4), State: c.state()})
		require.NoError(t, err)
		h := &hammer{engine: e, where: []scheduler.Option{scheduler.On(e), scheduler.On(p)}}
		var all sync.WaitGroup
		failures := make(chan error, 8)
		for g := range 4 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(seed, uint64(g)))
				for range 30 {
					ctx, cancel := context.WithCancelCause(t.Context())
					if r.IntN(4) == 0 {
						h.cancelSoon(cancel)
					}
					if err := h.strike(ctx, r, 0); err != nil && !h.given(err) {
						failures <- fmt.Errorf("seed %d: %w", seed, err)
						cancel(nil)
						return
					}
					cancel(nil)
				}
			})
		}
		stopped := seed%5 == 0
		within(t, func() {
			if stopped {
				for h.calls.Load() < 500 && len(failures) == 0 {
					runtime.Gosched()
				}
				h.closing.Store(true)
				_ = p.Stop() // tells of errors that nobody saw
			}
			all.Wait()
			if !stopped {
				h.closing.Store(true)
				_ = p.Close()
			}
			_ = e.Close()
		})
		close(failures)
		for err := range failures {
			require.NoError(t, err)
		}
		require.Equal(t, c.opened.Load(), c.closed.Load())
		require.Zero(t, e.InUse())
	}
}

// hammer is what is hit in TestHammerTasks.
type hammer struct {
	engine  *scheduler.Engine
	where   []scheduler.Option
	calls   atomic.Int64
	closing atomic.Bool

	mu      sync.Mutex
	cancels []context.CancelCauseFunc
}

var errCancelled = errors.New("cancelled by the hammer")

// given reports whether an error is one that the hammer caused.
func (h *hammer) given(err error) bool {
	return errors.Is(err, errFault2) || errors.Is(err, errCancelled) || errors.Is(err, scheduler.ErrGoexit) ||
		errors.Is(err, context.Canceled) || errors.Is(err, scheduler.ErrTimeout) || errors.Is(err, scheduler.ErrClosed) && h.closing.Load()
}

func (h *hammer) cancelSoon(cancel context.CancelCauseFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancels = append(h.cancels, cancel)
}

// cancelOne cancels something that is under way, or was.
func (h *hammer) cancelOne() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.cancels); n > 0 {
		h.cancels[n-1](errCancelled)
		h.cancels = h.cancels[:n-1]
	}
}

// call is what functions do: mostly to give v.
func (h *hammer) call(ctx context.Context, seed uint64, v, depth int) (int, error) {
	h.calls.Add(1)
	r := rand.New(rand.NewPCG(seed, uint64(v)))
	switch n := r.IntN(400); {
	case n == 0:
		return 0, errFault2
	case n == 1:
		panic(errFault2)
	case n == 2:
		runtime.Goexit()
	case n == 3:
		h.cancelOne()
	case n < 10 && depth < 3:
		if err := h.strike(ctx, r, depth+1); err != nil {
			return 0, err
		}
	case n < 40:
		runtime.Gosched()
	}
	return v, ctx.Err()
}

var errWrong = errors.New("a result is wrong")

// strike does one thing of those that the package offers.
func (h *hammer) strike(ctx context.Context, r *rand.Rand, depth int) error {
	seed, n := r.Uint64(), r.IntN(300)
	on := h.where[r.IntN(len(h.where))]
	opts := []scheduler.MapOption{on}
	if r.IntN(3) == 0 {
		opts = append(opts, scheduler.Retry(scheduler.Retries{Attempts: 3, Delay: time.Microsecond}))
	}
	if r.IntN(5) == 0 {
		opts = append(opts, scheduler.Limit(1+r.IntN(2)))
	}
	if r.IntN(5) == 0 {
		opts = append(opts, scheduler.Timeout(time.Minute))
	}
	call := func(ctx context.Context, v int) (int, error) { return h.call(ctx, seed, v, depth) }
	switch r.IntN(6) {
	case 0:
		got, err := scheduler.Map(ctx, numbers(n), call, opts...)
		for i := range got {
			if err == nil && got[i] != i {
				return errWrong
			}
		}
		return err
	case 1:
		got, err := scheduler.Reduce(ctx, numbers(n), call, func(a, b int) int { return a + b }, opts...)
		if err == nil && got != n*(n-1)/2 {
			return errWrong
		}
		return err
	case 2:
		next, leave := 0, r.IntN(2*n+1)
		for v, err := range scheduler.MapSeq(ctx, scheduler.Seq(seqOf(n)), call, opts...) {
			if err != nil {
				return err
			}
			if v != next {
				return errWrong
			}
			if next++; next == leave {
				return nil
			}
		}
		if next != n {
			return errWrong
		}
		return nil
	case 3:
		return h.futures(ctx, r, seed, depth, on)
	case 4:
		x := array.NewGenerator(seed).Random([]int{1 << 12}, array.Chunks(1<<9))
		got, err := array.Item[float64](ctx, x.Sub(x).Sum(), array.On(h.engine))
		if err == nil && got != 0 {
			return errWrong
		}
		return err
	}
	_, err := scheduler.Map(ctx, numbers(n), call, append(opts, scheduler.AllErrors())...)
	return err
}

// futures submits some that depend on each other, and waits for them in
// different ways.
func (h *hammer) futures(ctx context.Context, r *rand.Rand, seed uint64, depth int, on scheduler.SubmitOption) error {
	var futures []*scheduler.Future[int]
	for i := range 1 + r.IntN(20) {
		opts := []scheduler.SubmitOption{on}
		if i > 0 && r.IntN(3) == 0 {
			opts = append(opts, scheduler.After(futures[r.IntN(i)]))
		}
		if r.IntN(4) == 0 {
			opts = append(opts, scheduler.Retry(scheduler.Retries{Attempts: 2, Delay: time.Microsecond}))
		}
		futures = append(futures, scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return h.call(ctx, seed, i, depth) }, opts...))
	}
	if r.IntN(3) == 0 {
		futures[r.IntN(len(futures))].Cancel()
	}
	switch r.IntN(4) {
	case 0:
		<-futures[r.IntN(len(futures))].Done()
	case 1:
		if _, err := scheduler.Wait(ctx, scheduler.Until(r.IntN(3)), futures...); err != nil {
			return err
		}
	case 2:
		for i, f := range scheduler.AsCompleted(ctx, futures) {
			if v, err := f.Result(ctx); err == nil && v != i {
				return errWrong
			}
		}
	}
	got, err := scheduler.Results(ctx, futures)
	for i := range got {
		if got[i] != i {
			return errWrong
		}
	}
	return err
}
