// Command transpose computes x + x.T - mean(x, 0) of a large random matrix with
// one worker and with one for each processor.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"gabion/array"
	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	n     int // rows and columns
	chunk int // rows and columns of a block
}

const seed = 1

func main() {
	var c config
	flag.IntVar(&c.n, "n", 10_000, "rows and columns of the matrix")
	flag.IntVar(&c.chunk, "chunk", 1000, "rows and columns of a block")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "transpose:", err)
		os.Exit(1)
	}
}

// expression is what is computed.
func expression(x array.Array) array.Array {
	return x.Add(x.Transpose()).Sub(x.Mean(array.Axes(0)))
}

// run computes the expression with one worker and with all, and prints both
// times and the memory they took. Results that differ in a bit are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	x := array.NewGenerator(seed).Random([]int{c.n, c.n}, array.Chunks(c.chunk))
	y := expression(x) // nothing is computed yet
	if err := y.Err(); err != nil {
		return err
	}
	fmt.Fprintln(out, "x + x.T - mean(x, 0):", y)

	one, serial, err := timed(ctx, y, scheduler.Options{Workers: 1}, out)
	if err != nil {
		return err
	}
	all, parallel, err := timed(ctx, y, scheduler.Options{}, out)
	if err != nil {
		return err
	}
	if one != all {
		return fmt.Errorf("the checksum is %016x with one worker and %016x with all", one, all)
	}
	return timing.Line(out, serial, parallel)
}

// timed computes y on an engine of its own into a checksum.
func timed(ctx context.Context, y array.Array, o scheduler.Options, out io.Writer) (sum uint64, took time.Duration, err error) {
	engine, err := scheduler.New(o)
	if err != nil {
		return 0, 0, err
	}
	defer engine.Close()
	var sink checksum
	begun := time.Now()
	if err := array.Store(ctx, &sink, y, array.On(engine)); err != nil {
		return 0, 0, err
	}
	took = time.Since(begun)
	fmt.Fprintf(out, "workers %d: checksum %016x, at most %d MiB of memory\n",
		engine.Workers(), sink.sum.Load(), engine.PeakInUse()>>20)
	return sink.sum.Load(), took, nil
}
