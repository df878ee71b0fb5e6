// Command countdown counts down from ten million, twenty times: one after the
// other, then on all processors.
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

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	countdowns int
	from       int // where each of them starts
}

func main() {
	var c config
	flag.IntVar(&c.countdowns, "countdowns", 20, "how many countdowns")
	flag.IntVar(&c.from, "from", 10_000_000, "where each of them starts")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "countdown:", err)
		os.Exit(1)
	}
}

// countdown decrements n until it is 0 and gives the exclusive or of all its
// values. Go's compiler keeps loops that compute nothing; the result makes sure
// that no compiler may drop this one.
func countdown(n int) int {
	values := 0
	for n > 0 {
		values ^= n
		n--
	}
	return values
}

// run counts down serially and with scheduler.Map and prints both times.
// Results that differ are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.countdowns < 1 || c.from < 1 {
		return fmt.Errorf("%d countdowns from %d: give positive numbers", c.countdowns, c.from)
	}
	fmt.Fprintf(out, "%d countdowns from %d\n", c.countdowns, c.from)
	starts := slices.Repeat([]int{c.from}, c.countdowns)

	begun := time.Now()
	one := make([]int, len(starts))
	for i, from := range starts {
		one[i] = countdown(from)
	}
	serial := time.Since(begun)

	begun = time.Now()
	many, err := scheduler.Map(ctx, starts, func(_ context.Context, from int) (int, error) {
		return countdown(from), nil
	})
	if err != nil {
		return err
	}
	parallel := time.Since(begun)

	if !slices.Equal(one, many) {
		return errors.New("the results of Map are not those of the loop")
	}
	return timing.Line(out, serial, parallel)
}
