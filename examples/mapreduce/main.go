// Command mapreduce maps numbers to their squares, and reduces a long text to
// the number of times that each word is in it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	numbers int    // squares
	in      string // the text
	copies  int    // how often the text is repeated
	piece   int    // bytes a call
	top     int    // words to print
}

func main() {
	var c config
	flag.IntVar(&c.numbers, "numbers", 1_000_000, "how many `numbers` to square")
	flag.StringVar(&c.in, "in", "LICENSE", "the `file` whose words are counted")
	flag.IntVar(&c.copies, "copies", 24_000, "repeat the text this `number` of times, for more work")
	flag.IntVar(&c.piece, "piece", 1<<20, "about how many `bytes` of text a call counts")
	flag.IntVar(&c.top, "top", 5, "print this `number` of the most frequent words")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mapreduce:", err)
		os.Exit(1)
	}
}

// run does both, serially and in parallel, and writes how long it took.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.numbers < 0 || c.copies < 1 || c.piece < 1 {
		return fmt.Errorf("-numbers %d, -copies %d, -piece %d: these must be at least 0, 1 and 1", c.numbers, c.copies, c.piece)
	}
	text, err := os.ReadFile(c.in)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, scheduler.CPUs())
	if err := squares(ctx, c.numbers, out); err != nil {
		return err
	}
	return words(ctx, strings.Repeat(string(text)+"\n", c.copies), c, out)
}

// square is the function that is mapped.
func square(n int) int { return n * n }

// squares maps 0, 1, … n - 1 to their squares.
func squares(ctx context.Context, n int, out io.Writer) error {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	serial, err := timing.Serial(func() ([]int, error) {
		results := make([]int, len(numbers))
		for i, n := range numbers {
			results[i] = square(n)
		}
		return results, nil
	})
	if err != nil {
		return err
	}
	err = serial.Compare(out, "squares", func() ([]int, error) {
		return scheduler.Map(ctx, numbers, func(_ context.Context, n int) (int, error) { return square(n), nil })
	})
	if err != nil {
		return err
	}
	sum := 0
	for _, s := range serial.Result {
		sum += s
	}
	fmt.Fprintf(out, "the sum of %d squares is %d\n", n, sum)
	return nil
}

// words counts the words of a text and prints the most frequent ones.
func words(ctx context.Context, text string, c config, out io.Writer) error {
	serial, err := timing.Serial(func() (counts, error) { return count(text), nil })
	if err != nil {
		return err
	}
	err = serial.Compare(out, "words", func() (counts, error) {
		return scheduler.Reduce(ctx, cut(text, c.piece),
			func(_ context.Context, piece string) (counts, error) { return count(piece), nil },
			merge)
	})
	if err != nil {
		return err
	}
	for _, word := range serial.Result.top(c.top) {
		fmt.Fprintf(out, "%9d %s\n", serial.Result[word], word)
	}
	return nil
}
