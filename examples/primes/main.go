// Command primes finds all primes below a number by trial division: serially,
// with a call for each number, and with a call for each range of numbers.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	below int // primes below this number
	step  int // numbers a call, where a call takes a range
}

func main() {
	var c config
	flag.IntVar(&c.below, "below", 10_000_000, "find the primes below this `number`")
	flag.IntVar(&c.step, "step", 10_000, "`numbers` a call, where a call takes a range")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "primes:", err)
		os.Exit(1)
	}
}

// isPrime is whether n is a prime, by trial division.
func isPrime(n int) bool {
	if n < 4 {
		return n >= 2
	}
	if n%2 == 0 {
		return false
	}
	for d := 3; d*d <= n; d += 2 {
		if n%d == 0 {
			return false
		}
	}
	return true
}

// span is the numbers from, from + 1, … up to, not including, to.
type span struct{ from, to int }

// primes are those in s, in order.
func (s span) primes() []int {
	var found []int
	for n := s.from; n < s.to; n++ {
		if isPrime(n) {
			found = append(found, n)
		}
	}
	return found
}

// run finds the primes in three ways and writes how long each took.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.below < 0 || c.step < 1 {
		return fmt.Errorf("-below %d, -step %d: these must be at least 0 and 1", c.below, c.step)
	}
	fmt.Fprintln(out, scheduler.CPUs())
	serial, err := timing.Serial(func() ([]int, error) { return span{0, c.below}.primes(), nil })
	if err != nil {
		return err
	}
	err = serial.Compare(out, "a call a number", func() ([]int, error) { return byNumber(ctx, c.below) })
	if err != nil {
		return err
	}
	err = serial.Compare(out, "a call a range", func() ([]int, error) { return byRange(ctx, c.below, c.step) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d primes below %d\n", len(serial.Result), c.below)
	return nil
}

// byNumber calls isPrime for every number below n. What is not a prime is left
// out of the results.
func byNumber(ctx context.Context, n int) ([]int, error) {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return scheduler.Map(ctx, numbers, func(_ context.Context, n int) (int, error) {
		if !isPrime(n) {
			return 0, scheduler.Skip
		}
		return n, nil
	})
}

// byRange makes a call for every step numbers below n.
func byRange(ctx context.Context, n, step int) ([]int, error) {
	var spans []span
	for from := 0; from < n; from += step {
		spans = append(spans, span{from, min(from+step, n)})
	}
	found, err := scheduler.Map(ctx, spans, func(_ context.Context, s span) ([]int, error) {
		return s.primes(), nil
	})
	return slices.Concat(found...), err
}
