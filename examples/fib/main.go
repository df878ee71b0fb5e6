// Command fib computes Fibonacci numbers by naive recursion, one after the other
// and as futures, the largest first.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	from, to int // the first and the last number
}

func main() {
	var c config
	flag.IntVar(&c.from, "from", 25, "the first Fibonacci number")
	flag.IntVar(&c.to, "to", 31, "the last Fibonacci number")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fib:", err)
		os.Exit(1)
	}
}

// fib is the n-th Fibonacci number, in a time that grows as the number itself.
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// run computes the numbers in a loop and as futures, prints those of the futures
// as they are done, and both times. Results that differ are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.from < 0 || c.to < c.from || c.to > 92 {
		return fmt.Errorf("numbers %d to %d: give two of 0 to 92, the smaller first", c.from, c.to)
	}
	begun := time.Now()
	want := make(map[int]int)
	for n := c.from; n <= c.to; n++ {
		want[n] = fib(n)
	}
	serial := time.Since(begun)

	begun = time.Now()
	var futures []*scheduler.Future[int]
	for n := c.to; n >= c.from; n-- { // the longest first
		futures = append(futures, scheduler.Submit(ctx, func(context.Context) (int, error) { return fib(n), nil }))
	}
	for i, future := range scheduler.AsCompleted(ctx, futures) {
		got, err := future.Result(ctx)
		if err != nil {
			return err
		}
		n := c.to - i
		if got != want[n] {
			return fmt.Errorf("fib(%d) is %d as a future and %d in the loop", n, got, want[n])
		}
		fmt.Fprintf(out, "fib(%d) = %d\n", n, got)
	}
	parallel := time.Since(begun)

	return timing.Line(out, serial, parallel)
}
