package scheduler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
)

// Future is the result of a task that runs, or will run, on a worker. Its methods
// may be called by several goroutines at once.
//
// A task may wait for other futures, of its own workers too: it gives its place
// to another task meanwhile, and goes on at once when they are done, so that for a
// moment one task more may run than there are places. A task that asks for its
// own result, or for that of one which waits for its result, gets ErrInsideTask;
// other circles, such as by channels, never end.
type Future[U any] struct {
	value U
	call
	f func(context.Context) (U, error)
	_ [8]byte // with a small result, whole cache lines
}

// Awaitable is a Future of any type.
type Awaitable interface {
	Done() <-chan struct{}
	Err() error
	task() *call
}

// Submit gives f to the workers and returns its result as a future. A task
// begins after those that were submitted before it; those that tasks submit come
// first, the newest before the others. When ctx ends the task does not begin, or
// its context ends.
//
// What the function returns counts, also after its context has ended. After the
// task its context ends.
//
// A mistake, such as a nil function or a closed pool, is a future that has
// failed. The result of a future nobody asks is dropped; if it is an error Close
// reports it, unless it is a context.Canceled.
func Submit[U any](ctx context.Context, f func(context.Context) (U, error), opts ...SubmitOption) *Future[U] {
	return submit("Submit", caller(0), ctx, f, opts)
}

// Then submits f, which runs on the result of another future once that is there,
// and fails without running if that failed.
func Then[T, U any](ctx context.Context, from *Future[T], f func(context.Context, T) (U, error), opts ...SubmitOption) *Future[U] {
	var g func(context.Context) (U, error)
	if f != nil && from.task() != nil {
		g = func(ctx context.Context) (U, error) { return f(ctx, from.value) }
	}
	if from.task() == nil {
		return submit("Then", caller(0), ctx, g, append(opts[:len(opts):len(opts)], submitOption(func(o *taskOptions) { o.mistake("%w", errNilFuture) })))
	}
	return submit("Then", caller(0), ctx, g, append(opts[:len(opts):len(opts)], After(from)))
}

func submit[U any](op string, at site, ctx context.Context, f func(context.Context) (U, error), opts []SubmitOption) *Future[U] {
	t := &Future[U]{f: f}
	t.function, t.op, t.site = t, op, at
	crew, err := t.take(opts)
	switch {
	case err != nil:
	case ctx == nil:
		err = errNilContext
	case f == nil:
		err = errNilFunction
	default:
		err = crew.enter(ctx)
	}
	if err != nil {
		t.err = &TaskError{Op: op, Site: t.site.String(), Index: -1, Err: err}
		t.done.Store(&closed)
		t.state.Store(uint32(callDone))
		return t
	}
	t.crew = crew
	t.ctx.parent = ctx
	t.submit(ctx)
	return t
}

// take takes the options, and finds the workers.
func (c *call) take(opts []SubmitOption) (*crew, error) {
	if len(opts) == 0 {
		e, err := Default()
		if err != nil {
			return nil, err
		}
		return &e.crew, nil
	}
	c.options = &taskOptions{}
	for _, o := range opts {
		if o != nil {
			o.settleSubmit(c.options)
		}
	}
	return c.options.settled()
}

var (
	errNilContext  = errors.New("the context is nil: give context.Background()")
	errNilFunction = errors.New("the function is nil")
	errNilFuture   = errors.New("the future is nil, or was not made by Submit")
)

func (t *Future[U]) invoke(ctx context.Context) (err error) {
	t.value, err = t.f(ctx)
	return err
}

func (t *Future[U]) task() *call {
	if t == nil || t.function == nil {
		return nil
	}
	return &t.call
}

func callOf[F Awaitable](f F) *call {
	if any(f) == nil {
		return nil
	}
	return f.task()
}

// Result waits for the task and gives its result, or the error of ctx if that
// ends first. The task's own error is a *TaskError.
func (t *Future[U]) Result(ctx context.Context) (U, error) {
	var none U
	switch {
	case t.task() == nil:
		return none, errNilFuture
	case ctx == nil:
		return none, errNilContext
	}
	if err := t.wait(ctx); err != nil {
		return none, err
	}
	if err := t.failure(); err != nil {
		return none, err
	}
	return t.value, nil
}

// Done is closed when the task is done. Another task that asks for it is taken to
// wait for it, and gives its place away until it is closed or that task is done.
func (t *Future[U]) Done() <-chan struct{} {
	if t.task() == nil {
		return closed
	}
	t.lend()
	return t.doneChannel()
}

// Err is why the task failed; nil if it did not, or is not done.
func (t *Future[U]) Err() error {
	switch {
	case t.task() == nil:
		return errNilFuture
	case !t.is(callDone):
		return nil
	}
	return t.failure()
}

// Cancel keeps the task from beginning, or ends its context if it runs. A task
// that did not begin fails with context.Canceled.
func (t *Future[U]) Cancel() {
	if t.task() != nil {
		t.cancel(context.Canceled)
	}
}

// Until says what Wait waits for.
type Until uint8

// What Wait waits for.
const (
	AllCompleted   Until = iota // all futures are done
	FirstCompleted              // one is done, at least
	FirstError                  // one has failed, or all are done
)

// Wait waits for futures. It returns the numbers of those that are done, in the
// order in which they were, and an error only if ctx ended before what it waits
// for.
func Wait[F Awaitable](ctx context.Context, until Until, futures ...F) (done []int, err error) {
	if ctx == nil {
		return nil, mistake("Wait", caller(0), errNilContext)
	}
	if until > FirstError {
		return nil, mistake("Wait", caller(0), fmt.Errorf("no such Until as %d: give AllCompleted, FirstCompleted or FirstError", until))
	}
	q, self, err := completions(ctx, futures)
	defer q.forget()
	if err == nil && self && until == AllCompleted {
		err = ErrInsideTask
	}
	if err != nil {
		return nil, mistake("Wait", caller(0), err)
	}
	enough := len(futures) == 0
	for len(done) < len(futures) {
		i, ok := q.next(ctx, !enough)
		if !ok {
			break
		}
		done = append(done, i)
		enough = enough || until == FirstCompleted || until == FirstError && callOf(futures[i]).failure() != nil
	}
	if !enough && len(done) < len(futures) {
		return done, whyEnded(ctx)
	}
	return done, nil
}

// AsCompleted yields futures with their numbers as they are done. When ctx ends
// those that are left come at once: their Result(ctx) is then the error of ctx.
// The same holds for a nil future, whose Result says that it is nil.
func AsCompleted[F Awaitable](ctx context.Context, futures []F) iter.Seq2[int, F] {
	return func(yield func(int, F) bool) {
		if ctx == nil {
			ctx = context.Background()
		}
		q, _, _ := completions(ctx, futures)
		defer q.forget()
		came := make([]bool, len(futures))
		for range futures {
			i, ok := q.next(ctx, true)
			if !ok {
				break
			}
			came[i] = true
			if !yield(i, futures[i]) {
				return
			}
		}
		for i, f := range futures {
			if !came[i] && !yield(i, f) {
				return
			}
		}
	}
}

// Results waits for futures, one after the other, and gives their results in
// order. At the first of them that failed it stops and gives its error; see Wait
// and FirstError for those that fail earlier in time.
func Results[U any](ctx context.Context, futures []*Future[U]) ([]U, error) {
	results := make([]U, len(futures))
	for i, f := range futures {
		var err error
		if results[i], err = f.Result(ctx); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// completionQueue has the numbers of futures that are done.
type completionQueue struct {
	came      chan struct{}
	forgetful []func() // those that are not done need not tell any more

	mu    sync.Mutex
	done  []int
	taken int
}

// completions is the numbers of futures as they are done. Those that are nil are
// done, and an error; so is the one of the task that waits, if it is among them.
func completions[F Awaitable](ctx context.Context, futures []F) (q *completionQueue, self bool, err error) {
	q = &completionQueue{came: make(chan struct{}, 1)}
	task := taskOf(ctx)
	for i, f := range futures {
		c := callOf(f)
		if c == nil {
			err = fmt.Errorf("future %d is nil", i)
			q.put(i)
			continue
		}
		if c == task {
			q.put(i)
			self = true
			continue
		}
		q.forgetful = append(q.forgetful, c.whenDone(func() *failedCall { q.put(i); return nil }))
	}
	return q, self, err
}

func (q *completionQueue) forget() {
	for _, f := range q.forgetful {
		f()
	}
}

func (q *completionQueue) put(i int) {
	q.mu.Lock()
	q.done = append(q.done, i)
	q.mu.Unlock()
	select {
	case q.came <- struct{}{}:
	default:
	}
}

func (q *completionQueue) take() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.taken == len(q.done) {
		return 0, false
	}
	q.taken++
	return q.done[q.taken-1], true
}

// next is the next number; false if there is none now and wait is false, or ctx
// ends.
func (q *completionQueue) next(ctx context.Context, wait bool) (i int, ok bool) {
	for {
		if i, ok = q.take(); ok || !wait || ctx.Err() != nil {
			return i, ok
		}
		waitFor(ctx, func() {
			select {
			case <-q.came:
			case <-ctx.Done():
			}
		})
	}
}
