// Command pi estimates π by random points of a square: the share of those that
// are in the circle. It does so in a plain loop, by Map, by futures and as an
// array expression over far more points than there is memory for.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"gabion/array"
	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	points int   // of the large array
	fewer  int   // of everything that is compared
	memory int64 // the budget of the engine in bytes
}

func main() {
	var c config
	flag.IntVar(&c.points, "points", 1_000_000_000, "`points` of the large array")
	flag.IntVar(&c.fewer, "fewer", 300_000_000, "`points` of what is compared: loop, Map, futures and a smaller array")
	flag.Int64Var(&c.memory, "memory", 64<<20, "budget of the engine in `bytes`")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pi:", err)
		os.Exit(1)
	}
}

// run estimates π in every way, writes how long each took, and checks the
// estimates.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.points < 1 || c.fewer < 1 {
		return fmt.Errorf("-points %d, -fewer %d: none may be below 1", c.points, c.fewer)
	}
	fmt.Fprintln(out, scheduler.CPUs())
	if err := tasks(ctx, c.fewer, out); err != nil {
		return err
	}
	return arrays(ctx, c, out)
}

// tasks counts the same points in a loop, by Map and by futures.
func tasks(ctx context.Context, points int, out io.Writer) error {
	batches := cut(points)
	serial, err := timing.Serial(func() (int64, error) {
		var hits int64
		for _, b := range batches {
			hits += b.hits()
		}
		return hits, nil
	})
	if err != nil {
		return err
	}
	err = serial.Compare(out, "Map", func() (int64, error) { return byMap(ctx, batches) })
	if err != nil {
		return err
	}
	err = serial.Compare(out, "futures", func() (int64, error) { return byFutures(ctx, batches) })
	if err != nil {
		return err
	}
	return estimate(out, serial.Result, points)
}

// arrays counts other points, those of random arrays: fewer ones in the way
// that is slow and obvious and by the engine, then all by the engine.
func arrays(ctx context.Context, c config, out io.Writer) error {
	engine, err := scheduler.New(scheduler.Options{Memory: c.memory})
	if err != nil {
		return err
	}
	defer engine.Close()
	serial, err := timing.Serial(func() (int64, error) {
		return array.Item[int64](ctx, expression(c.fewer), array.On(scheduler.Serial{}))
	})
	if err != nil {
		return err
	}
	err = serial.Compare(out, "array", func() (int64, error) {
		return array.Item[int64](ctx, expression(c.fewer), array.On(engine))
	})
	if err != nil {
		return err
	}
	all, err := timing.Serial(func() (int64, error) {
		return array.Item[int64](ctx, expression(c.points), array.On(engine))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "large array: %.2f s, %d bytes of random numbers, peak memory of the engine %d of %d bytes\n",
		all.Took.Seconds(), 2*8*c.points, engine.PeakInUse(), engine.Memory())
	return estimate(out, all.Result, c.points)
}

// estimate writes what the hits among points say of π, and fails if that is off
// by more than five standard deviations: once in two million times, if the
// points are random.
func estimate(out io.Writer, hits int64, points int) error {
	n := float64(points)
	pi := 4 * float64(hits) / n
	const p = math.Pi / 4 // that a point is a hit
	deviation := 4 * math.Sqrt(p*(1-p)/n)
	off := (pi - math.Pi) / deviation
	fmt.Fprintf(out, "%d points: pi = %.6f ± %.6f, off by %+.2f standard deviations\n", points, pi, deviation, off)
	if math.Abs(off) > 5 {
		return fmt.Errorf("%d points: %v is not π", points, pi)
	}
	return nil
}
