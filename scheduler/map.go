package scheduler

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Map calls f for every input, several at once, and returns the results in the
// order of the inputs. An input for which f returns Skip is left out. Very short
// calls are put together into batches, whose size is measured while they run.
//
// The first error ends it, and Map returns a *TaskError and no results. As in a
// plain loop that is the error of the first input that fails, whatever the
// number of workers: those before it are still called, and the contexts of those
// behind it end. With AllErrors all inputs are called and the error is
// TaskErrors; the results of those that failed are zero values. When ctx ends
// before all is done Map returns its cause, once the calls that run have
// returned, together with the error of a call that failed for another reason.
//
// A panic of f, or its runtime.Goexit, is an error as any other. The contexts
// that f gets end when Map returns, at the latest.
func Map[T, U any](ctx context.Context, inputs []T, f func(context.Context, T) (U, error), opts ...MapOption) ([]U, error) {
	return mapInputs("Map", caller(0), ctx, inputs, f, opts)
}

// ForEach calls f for every input, several at once. Its errors are those of Map.
func ForEach[T any](ctx context.Context, inputs []T, f func(context.Context, T) error, opts ...MapOption) error {
	var g func(context.Context, T) (struct{}, error)
	if f != nil {
		g = func(ctx context.Context, v T) (struct{}, error) { return struct{}{}, f(ctx, v) }
	}
	_, err := mapInputs("ForEach", caller(0), ctx, inputs, g, opts)
	return err
}

func mapInputs[T, U any](op string, at site, ctx context.Context, inputs []T, f func(context.Context, T) (U, error), opts []MapOption) ([]U, error) {
	j, err := newMap(op, at, ctx, inputs, f == nil, opts)
	if err != nil {
		return nil, err
	}
	results := make([]U, len(inputs))
	skipped := bitmap{n: len(inputs)}
	call := prepared(j.options, j.crew, f)
	j.each = func(b *batch) {
		ctx, done := b.ctx, j.done
		for i := b.at; i < b.last; i++ {
			b.at = i
			if j.signal.Load() != 0 && !b.attend(i) {
				return
			}
			select {
			case <-done:
				return
			default:
			}
			v, err := call(ctx, inputs[i])
			if err != nil {
				if isSkip(err) {
					skipped.set(i)
				} else {
					b.failed(i, err)
				}
				continue
			}
			results[i] = v
		}
		b.at = b.last
	}
	if err = j.run(); err != nil && !j.options.all {
		return nil, err
	}
	return without(results, &skipped), err
}

// newMap is a job over inputs for a function that may be nil.
func newMap[T any](op string, at site, ctx context.Context, inputs []T, noFunction bool, opts []MapOption) (*rangeJob, error) {
	j, err := newRangeJob(op, at, ctx, len(inputs), opts)
	switch {
	case err != nil:
	case noFunction:
		err = errNilFunction
	case j.options.window > 0 || j.options.fast:
		err = errors.New("Window and Unordered are for MapSeq")
	}
	if err != nil {
		return nil, mistake(op, at, err)
	}
	j.input = func(i int) string { return describe(inputs[i]) }
	return j, nil
}

// prepared is f with what options add to a call.
func prepared[T, U any](o *taskOptions, crew *crew, f func(context.Context, T) (U, error)) func(context.Context, T) (U, error) {
	timeout := o.timeout
	if timeout == 0 && crew.limiter == nil {
		return f
	}
	return func(ctx context.Context, v T) (U, error) {
		if err := crew.pace(ctx); err != nil {
			var none U
			return none, err
		}
		if timeout > 0 {
			limited, cancel := context.WithTimeoutCause(ctx, timeout, ErrTimeout)
			defer cancel()
			u, err := f(limited, v)
			return u, timedOut(limited, err)
		}
		return f(ctx, v)
	}
}

func isSkip(err error) bool { return err == Skip || errors.Is(err, Skip) }

// bitmap is a set of the numbers below n, which several goroutines may set.
type bitmap struct {
	n     int
	make  sync.Once
	words []atomic.Uint64
}

func (m *bitmap) set(i int) {
	m.make.Do(func() { m.words = make([]atomic.Uint64, (m.n+63)/64) })
	m.words[i/64].Or(1 << (i % 64))
}

func (m *bitmap) has(i int) bool { return m.words != nil && m.words[i/64].Load()>>(i%64)&1 != 0 }

// without is the elements of v whose numbers are not in the set.
func without[U any](v []U, left *bitmap) []U {
	if left.words == nil {
		return v
	}
	n := 0
	for i := range v {
		if !left.has(i) {
			v[n] = v[i]
			n++
		}
	}
	clear(v[n:])
	return v[:n]
}
