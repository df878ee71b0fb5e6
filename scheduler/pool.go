package scheduler

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// PoolOptions configure a Pool. The zero value is a pool for work that keeps
// processors busy.
type PoolOptions struct {
	// Size is how many tasks run at once; 0 means CPUs().Count. Tasks that
	// mostly wait, for a network or a disk, want more than there are CPUs.
	Size int

	// Rate is how many tasks start in a second at most, each attempt counted; 0
	// means any number.
	Rate float64

	// Burst is how many may start at once after a pause, where there is a Rate; 0
	// means 1.
	Burst int

	// State is what each worker has of its own; see PerWorker.
	State State
}

// Validate reports everything in the options that makes no sense.
func (o PoolOptions) Validate() error {
	var errs []error
	if o.Size < 0 || o.Size > maxWorkers {
		errs = append(errs, fmt.Errorf("PoolOptions.Size is %d: give a number up to %d, or 0 for as many as there are CPUs", o.Size, maxWorkers))
	}
	if !(o.Rate >= 0) || math.IsInf(o.Rate, 1) {
		errs = append(errs, fmt.Errorf("PoolOptions.Rate is %v: give a positive number of tasks a second, or 0 for any number", o.Rate))
	}
	if o.Burst < 0 {
		errs = append(errs, fmt.Errorf("PoolOptions.Burst is %d: give a positive number of tasks", o.Burst))
	}
	if o.Burst > 0 && o.Rate == 0 {
		errs = append(errs, errors.New("PoolOptions.Burst goes with Rate: give that too, or leave Burst out"))
	}
	return errors.Join(errs...)
}

// Pool is workers of its own, beside those of engines: for tasks that wait, that
// need something for each worker, or that others are to be kept apart from.
type Pool struct {
	crew crew
}

// NewPool is a pool. Options that make no sense are an error that names all of
// them.
func NewPool(o PoolOptions) (*Pool, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Size == 0 {
		o.Size = CPUs().Count
	}
	p := &Pool{}
	p.crew.init(o.Size)
	p.crew.state = o.State
	if o.Rate > 0 {
		p.crew.limiter = rate.NewLimiter(rate.Limit(o.Rate), max(1, o.Burst))
	}
	return p, nil
}

func (p *Pool) workersOf() *crew { return &p.crew }

// Size is how many tasks run at once.
func (p *Pool) Size() int {
	if p == nil {
		return 0
	}
	return p.crew.size
}

// Close waits until all tasks are done and ends the pool; what workers have of
// their own is closed. Its error tells of that, and of futures that failed
// without anybody asking for their result, cancelled ones apart. It may be called
// twice. One of the pool's own tasks that calls it gets ErrInsideTask.
func (p *Pool) Close() error {
	if p == nil || p.crew.size < 1 {
		return errNoPool
	}
	return p.crew.close()
}

// Stop ends the pool at once: tasks that did not begin fail with ErrClosed, the
// contexts of those that run end, and Stop waits until they have returned. Then
// it does what Close does. One of the pool's own tasks that calls it gets
// ErrInsideTask, and everything ends all the same.
func (p *Pool) Stop() error {
	if p == nil || p.crew.size < 1 {
		return errNoPool
	}
	p.crew.stop(ErrClosed)
	return p.crew.close()
}

var errNoPool = errors.New("the pool is empty: scheduler.NewPool makes pools")

// State is what each worker of a pool has of its own; PerWorker makes it.
type State struct {
	open  func(context.Context) (any, error)
	close func(any) error
}

// PerWorker gives each worker of a pool a value of its own, such as a connection,
// a buffer or a random generator. open makes it before the first task of the
// worker, with a context that ends with that task's while open runs; if it fails,
// so does the task, and the next one tries again. close, which may be nil, ends
// it when the pool ends. Tasks get it by WorkerState.
//
// One task uses it at a time. A task that waits for others keeps its value, so
// there may then be more of them than the pool's size.
func PerWorker[S any](open func(context.Context) (S, error), close func(S) error) State {
	var s State
	if open != nil {
		s.open = func(ctx context.Context) (any, error) { return open(ctx) }
	} else {
		s.open = func(context.Context) (any, error) { return nil, errors.New("PerWorker was given a nil function") }
	}
	if close != nil {
		s.close = func(v any) error {
			own, _ := v.(S) // an S that is a nil interface is not found
			return close(own)
		}
	}
	return s
}

// WorkerState is the value that PerWorker made for the worker of the task whose
// context ctx is. It is valid while the task runs.
func WorkerState[S any](ctx context.Context) (S, error) {
	var none S
	if ctx == nil {
		return none, errNilContext
	}
	w, _ := ctx.Value(workerKey{}).(*worker)
	switch {
	case w == nil:
		return none, errors.New("WorkerState: the context is not that of a task: give the one that the function got")
	case w.crew.state.open == nil:
		return none, errors.New("WorkerState: the task's workers have no state: run it on a pool with PoolOptions.State")
	}
	s, ok := w.state.(S)
	if !ok {
		return none, fmt.Errorf("WorkerState: the workers' state is a %T, not a %T", w.state, none)
	}
	return s, nil
}

// prepare makes what the worker has of its own, unless it is there.
func (w *worker) prepare(ctx context.Context) error {
	if w.crew.state.open == nil || w.opened {
		return nil
	}
	if err := w.open(ctx); err != nil {
		return fmt.Errorf("the worker's state: %w", err)
	}
	return nil
}

// pace waits until another call may start.
func (c *crew) pace(ctx context.Context) error {
	if c.limiter == nil {
		return nil
	}
	turn := c.limiter.Reserve()
	delay := turn.Delay()
	if delay == 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return whyEnded(ctx)
	}
}

// errOpening reports an open that needs a worker, for which open would be called.
var errOpening = errors.New("PerWorker's open uses the pool that it opens a worker's state for: give it another one")

func (w *worker) open(ctx context.Context) error {
	// The value outlives the task that happens to be the first, so that its
	// context must not end with the task's, but for as long as it is made.
	lasting := context.WithValue(context.WithoutCancel(ctx), openingKey{w.crew}, true)
	lasting, cancel := context.WithCancelCause(lasting)
	keep := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	err := protect(func() (err error) {
		w.state, err = w.crew.state.open(lasting)
		return err
	})
	if keep(); err != nil {
		w.state = nil
		cancel(nil)
	}
	w.opened = err == nil
	return err
}

// closeStates ends what workers have of their own.
func (c *crew) closeStates() error {
	type own struct {
		slot  int
		state any
	}
	var states []own
	c.mu.Lock()
	for _, w := range c.all {
		if w.opened {
			states = append(states, own{w.slot, w.state})
		}
		w.opened, w.state = false, nil
	}
	c.mu.Unlock()
	if c.state.close == nil {
		return nil
	}
	var errs []error
	for _, s := range states {
		if err := protect(func() error { return c.state.close(s.state) }); err != nil {
			errs = append(errs, fmt.Errorf("closing the state of worker %d: %w", s.slot, err))
		}
	}
	return errors.Join(errs...)
}
