//go:build cgo_example && cgo

// Command cgo calls a C function from tasks and from the blocks of an array.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"gabion/array"
	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	n     int // the last of the numbers from 1
	chunk int // how many of them a call is given
}

func main() {
	var c config
	flag.IntVar(&c.n, "n", 3_000_000, "the last of the numbers from 1")
	flag.IntVar(&c.chunk, "chunk", 10_000, "how many numbers a call of the C function is given")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cgo:", err)
		os.Exit(1)
	}
}

// largest keeps every number on the way to 1 within 64 bits.
const largest = 1_000_000_000

// run counts the steps of all numbers in a loop, with scheduler.Map and with
// array.MapBlocks, and prints the times. Results that differ are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.n < 1 || c.n > largest || c.chunk < 1 {
		return fmt.Errorf("numbers to %d, %d a call: give up to %d numbers and at least one a call", c.n, c.chunk, largest)
	}
	numbers := make([]uint64, c.n)
	for i := range numbers {
		numbers[i] = uint64(i + 1)
	}
	parts := slices.Collect(slices.Chunk(numbers, c.chunk))

	begun := time.Now()
	want := make([]uint32, 0, c.n)
	for _, part := range parts {
		end := len(want) + len(part)
		collatz(want[len(want):end:end], part)
		want = want[:end]
	}
	serial := time.Since(begun)
	most := slices.Max(want)
	fmt.Fprintf(out, "of the numbers to %d it is %d that takes the most steps to 1: %d\n", c.n, slices.Index(want, most)+1, most)

	begun = time.Now()
	counts, err := scheduler.Map(ctx, parts, func(_ context.Context, part []uint64) ([]uint32, error) {
		steps := make([]uint32, len(part))
		collatz(steps, part)
		return steps, nil
	})
	if err != nil {
		return err
	}
	got := slices.Concat(counts...)
	parallel := time.Since(begun)
	if err := report(out, "scheduler.Map", want, got, serial, parallel); err != nil {
		return err
	}

	begun = time.Now()
	x := array.FromSlice(numbers, nil, array.Chunks(c.chunk))
	steps := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst []uint32, src []uint64) error {
		collatz(dst, src)
		return nil
	}, x)
	got, err = array.Values[uint32](ctx, steps)
	if err != nil {
		return err
	}
	parallel = time.Since(begun)
	if err := report(out, "array.MapBlocks", want, got, serial, parallel); err != nil {
		return err
	}

	_, err = fmt.Fprintf(out, "a call of a C function that does nothing takes %.0f ns\n", callCost(200_000))
	return err
}

func report(out io.Writer, what string, want, got []uint32, serial, parallel time.Duration) error {
	if !slices.Equal(want, got) {
		return errors.New("the results of " + what + " are not those of the loop")
	}
	fmt.Fprintf(out, "%s:\n", what)
	return timing.Line(out, serial, parallel)
}

// callCost is the time in nanoseconds that a call takes if C has next to nothing
// to do, measured with a number of calls.
func callCost(calls int) float64 {
	steps, numbers := make([]uint32, 1), []uint64{1}
	begun := time.Now()
	for range calls {
		collatz(steps, numbers)
	}
	return float64(time.Since(begun).Nanoseconds()) / float64(calls)
}
