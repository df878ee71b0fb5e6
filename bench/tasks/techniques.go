package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"
	"github.com/sourcegraph/conc/iter"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"gabion/scheduler"
)

// pools are those of the peers that have pools which are meant to be made once.
type pools struct {
	workers int
	ants    *ants.Pool
	pond    pond.Pool
}

func openPools(workers int) (pools, error) {
	a, err := ants.NewPool(workers)
	if err != nil {
		return pools{}, err
	}
	return pools{workers, a, pond.NewPool(workers)}, nil
}

func (p pools) close() {
	p.ants.Release()
	p.pond.StopAndWait()
}

// technique is a way to map a function over inputs, in order, with the first
// error if there are any. All have the same number of workers. Peers get one
// task for each call, as their users write it.
type technique[T, U any] struct {
	name string
	do   func(ctx context.Context, inputs []T, f func(context.Context, T) (U, error)) ([]U, error)
}

// The names of what others are compared with.
const (
	plainLoop = "plain loop"
	gabionMap = "Gabion Map"
)

// unbounded is the technique without workers: what its calls take includes
// waiting for a processor.
const unbounded = "goroutine per call"

func techniques[T, U any](p pools) []technique[T, U] {
	type function = func(context.Context, T) (U, error)
	return []technique[T, U]{
		{plainLoop, plain[T, U]},
		{gabionMap, func(ctx context.Context, inputs []T, f function) ([]U, error) {
			return scheduler.Map(ctx, inputs, f)
		}},
		{"Gabion MapSeq", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, 0, len(inputs))
			for v, err := range scheduler.MapSeq(ctx, scheduler.Seq(slices.Values(inputs)), f) {
				if err != nil {
					return nil, err
				}
				out = append(out, v)
			}
			return out, nil
		}},
		{"errgroup", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, len(inputs))
			g, ctx := errgroup.WithContext(ctx)
			g.SetLimit(p.workers)
			for i, v := range inputs {
				g.Go(func() (err error) {
					out[i], err = f(ctx, v)
					return err
				})
			}
			return out, g.Wait()
		}},
		{"ants", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, len(inputs))
			var all sync.WaitGroup
			var first firstError
			for i, v := range inputs {
				all.Add(1)
				if err := p.ants.Submit(func() {
					defer all.Done()
					var err error
					out[i], err = f(ctx, v)
					first.note(err)
				}); err != nil {
					all.Done()
					first.note(err)
					break
				}
			}
			all.Wait()
			return out, first.err
		}},
		{"pond", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, len(inputs))
			group := p.pond.NewGroupContext(ctx)
			for i, v := range inputs {
				group.SubmitErr(func() (err error) {
					out[i], err = f(ctx, v)
					return err
				})
			}
			return out, group.Wait()
		}},
		{"conc pool", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, len(inputs))
			tasks := pool.New().WithMaxGoroutines(p.workers).WithContext(ctx).WithFirstError()
			for i, v := range inputs {
				tasks.Go(func(ctx context.Context) (err error) {
					out[i], err = f(ctx, v)
					return err
				})
			}
			return out, tasks.Wait()
		}},
		{"conc iter.Map", func(ctx context.Context, inputs []T, f function) ([]U, error) {
			return iter.Mapper[T, U]{MaxGoroutines: p.workers}.MapErr(inputs, func(v *T) (U, error) { return f(ctx, *v) })
		}},
		{unbounded, func(ctx context.Context, inputs []T, f function) ([]U, error) {
			out := make([]U, len(inputs))
			var all sync.WaitGroup
			var first firstError
			for i, v := range inputs {
				all.Go(func() {
					var err error
					out[i], err = f(ctx, v)
					first.note(err)
				})
			}
			all.Wait()
			return out, first.err
		}},
	}
}

// plain is the loop that all are compared with. It is not inlined, so that the
// function stays a value here as it is for Map.
//
//go:noinline
func plain[T, U any](ctx context.Context, inputs []T, f func(context.Context, T) (U, error)) ([]U, error) {
	out := make([]U, len(inputs))
	for i, v := range inputs {
		u, err := f(ctx, v)
		if err != nil {
			return nil, err
		}
		out[i] = u
	}
	return out, nil
}

// firstError is the error that came first.
type firstError struct {
	mu  sync.Mutex
	err error
}

func (f *firstError) note(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

var errWrong = errors.New("the results are not those of the plain loop")
