// Package timing compares a serial loop with parallel ways to the same result,
// for the examples.
package timing

import (
	"fmt"
	"io"
	"reflect"
	"time"
)

// Baseline is what a serial loop gave, and how long it took.
type Baseline[T any] struct {
	Result T
	Took   time.Duration
}

// Serial runs the serial loop.
func Serial[T any](loop func() (T, error)) (Baseline[T], error) {
	start := time.Now()
	result, err := loop()
	return Baseline[T]{result, time.Since(start)}, err
}

// Compare runs a parallel way to the same result and writes a line with both
// times and their ratio. A result that is not deeply equal to that of the loop
// is an error; slices without elements are equal.
func (b Baseline[T]) Compare(out io.Writer, way string, parallel func() (T, error)) error {
	start := time.Now()
	result, err := parallel()
	took := time.Since(start)
	if err != nil {
		return fmt.Errorf("%s: %w", way, err)
	}
	if !equal(result, b.Result) {
		return fmt.Errorf("%s: the result %s is not that of the serial loop, %s", way, short(result), short(b.Result))
	}
	fmt.Fprintf(out, "%s: ", way)
	return Line(out, b.Took, took)
}

// Line writes both times and their ratio, for comparisons that have to look at
// their results in another way.
func Line(out io.Writer, serial, parallel time.Duration) error {
	parallel = max(parallel, 1) // clocks may be too coarse to see a short run
	_, err := fmt.Fprintf(out, "serial %.2f s, parallel %.2f s, speed-up %.2f\n",
		serial.Seconds(), parallel.Seconds(), serial.Seconds()/parallel.Seconds())
	return err
}

func equal(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// short is a value as text that fits in a line.
func short(v any) string {
	const most = 60
	text := []rune(fmt.Sprint(v))
	if len(text) <= most {
		return string(text)
	}
	return string(text[:most]) + "…"
}
