package main

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"gabion/array"
	"gabion/scheduler"
)

// shareFor is about how long each of the two takes alone with half of the workers.
const shareFor = 2 * time.Second

// blockLength makes blocks of 2 MiB of float64.
const blockLength = 1 << 18

// job is something that runs on an engine.
type job func(context.Context, *scheduler.Engine) error

// sharing makes a case of an array computation and a map of calls of some
// length on one engine. One of the two is timed and the other repeated until
// that one is done, so that the time shows the share: if both were of a fixed
// size, the second would make up what it lost as soon as the first is done.
func sharing(name string, call time.Duration) testCase {
	return testCase{name, func(ctx context.Context, s *session) (Result, error) {
		half, err := scheduler.New(scheduler.Options{Workers: max(1, s.pools.workers/2)})
		if err != nil {
			return Result{}, err
		}
		defer half.Close()
		whole, err := scheduler.New(scheduler.Options{Workers: s.pools.workers})
		if err != nil {
			return Result{}, err
		}
		defer whole.Close()

		d := time.Duration(float64(shareFor) * s.scale)
		calls := max(1, int(d/call)) * half.Workers()
		maps := mapJob(calls, s.steps(call))
		blocks, err := blocksFor(ctx, half, d)
		if err != nil {
			return Result{}, err
		}
		arrays := arrayJob(blocks)

		var contenders []contender
		add := func(name string, calls int, run func(context.Context) error) {
			contenders = append(contenders, contender{name, calls, run, func() (time.Duration, error) { return 0, nil }})
		}
		add("array, alone with half", blocks, func(ctx context.Context) error { return arrays(ctx, half) })
		add("array, beside maps", blocks, func(ctx context.Context) error { return beside(ctx, whole, arrays, maps) })
		add("map, alone with half", calls, func(ctx context.Context) error { return maps(ctx, half) })
		add("map, beside arrays", calls, func(ctx context.Context) error { return beside(ctx, whole, maps, arrays) })
		measured, err := measure(ctx, contenders, s.rounds)
		if err != nil {
			return Result{}, err
		}

		r := Result{
			Case: name, Columns: []string{ofHalf},
			About: fmt.Sprintf("mean(sqrt(sin(x)**2 + cos(y)**2)) over random arrays in blocks of %d MiB, and a map of calls of %v: each alone on an engine with half of the workers, "+
				"then with all workers while the other is repeated on the same engine until the timed one is done. Calls of the array are blocks. Target: at most 1.3 times what half the machine gives.",
				blockLength*8>>20, call),
		}
		for i, m := range measured {
			row := m.row()
			if i%2 == 1 {
				row.set(ofHalf, ratios(m.perCall(), measured[i-1].perCall()))
			}
			r.Rows = append(r.Rows, row)
		}
		return r, nil
	}}
}

// beside runs a job while another is repeated.
func beside(ctx context.Context, e *scheduler.Engine, timed, repeated job) error {
	background, stop := context.WithCancel(ctx)
	var other sync.WaitGroup
	var failed error
	other.Go(func() {
		for background.Err() == nil {
			if err := repeated(background, e); err != nil && background.Err() == nil {
				failed = err
				return
			}
		}
	})
	err := timed(ctx, e)
	stop()
	other.Wait()
	if failed != nil {
		return fmt.Errorf("what ran beside failed: %w", failed)
	}
	return err
}

func mapJob(calls int, n uint64) job {
	inputs := make([]uint64, calls)
	for i := range inputs {
		inputs[i] = n
	}
	return func(ctx context.Context, e *scheduler.Engine) error {
		_, err := scheduler.Map(ctx, inputs, steps, scheduler.On(e))
		return err
	}
}

func arrayJob(blocks int) job {
	shape, chunks := []int{blocks * blockLength}, array.Chunks(blockLength)
	return func(ctx context.Context, e *scheduler.Engine) error {
		random := array.NewGenerator(1)
		x := random.Uniform(shape, -3, 3, chunks)
		y := random.Uniform(shape, -3, 3, chunks)
		sin, cos := x.Sin(), y.Cos()
		mean, err := array.Item[float64](ctx, sin.Mul(sin).Add(cos.Mul(cos)).Sqrt().Mean(), array.On(e))
		if err == nil && (math.IsNaN(mean) || mean < 0.5 || mean > 1.5) {
			err = fmt.Errorf("the mean is %v", mean)
		}
		return err
	}
}

// blocksFor is the number of blocks that take about d on an engine.
func blocksFor(ctx context.Context, e *scheduler.Engine, d time.Duration) (int, error) {
	const try = 16
	run := arrayJob(try)
	best := time.Hour
	for range 3 { // the first one warms up
		begun := time.Now()
		if err := run(ctx, e); err != nil {
			return 0, err
		}
		best = min(best, time.Since(begun))
	}
	return max(1, int(try*d.Seconds()/best.Seconds())), nil
}
