// Command mandelbrot counts for every point of a picture how many steps of
// z = z*z + c stay near the origin: in a plain loop, by rows, as one expression
// over arrays, and by the blocks of an array.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/cmplx"
	"os"

	"gabion/array"
	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	width, height int    // points
	steps         int    // the most that are counted for a point
	out           string // where the picture goes; "" for none
}

func main() {
	var c config
	flag.IntVar(&c.width, "width", 2400, "`points` along the real axis, from -2 to 1")
	flag.IntVar(&c.height, "height", 1600, "`points` along the imaginary axis, from -1 to 1")
	flag.IntVar(&c.steps, "steps", 250, "the most `steps` that are counted for a point")
	flag.StringVar(&c.out, "out", "", "write the picture to this PNG `file`, which must not be there yet")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mandelbrot:", err)
		os.Exit(1)
	}
}

// plane is the part of the complex plane from -2-1i to 1+1i as a picture.
type plane struct{ width, height int }

// point is the number that the picture shows in column x and row y. Products
// are converted so that they are rounded before they are added on every
// processor, as those of arrays are.
func (p plane) point(x, y int) complex128 {
	return complex(
		float64(float64(x)*(3/float64(p.width)))-2,
		float64(float64(y)*(2/float64(p.height)))-1)
}

// steps is how many of c, c*c + c, … have a magnitude of at most 2: all from
// the start until the first that has not, and at most most.
func steps(c complex128, most int) int32 {
	var n int32
	for z := c; n < int32(most) && cmplx.Abs(z) <= 2; n++ {
		z = square(z) + c
	}
	return n
}

// square is z*z, rounded as in point.
func square(z complex128) complex128 {
	re, im := real(z), imag(z)
	return complex(float64(re*re)-float64(im*im), float64(re*im)+float64(im*re))
}

// row is the counts of a row of the picture.
func (p plane) row(y, most int) []int32 {
	counts := make([]int32, p.width)
	for x := range counts {
		counts[x] = steps(p.point(x, y), most)
	}
	return counts
}

// run computes the picture in four ways, writes how long each took, and stores
// the picture if that is wanted.
func run(ctx context.Context, c config, out io.Writer) error {
	if min(c.width, c.height, c.steps) < 1 {
		return fmt.Errorf("-width %d, -height %d, -steps %d: none may be below 1", c.width, c.height, c.steps)
	}
	p := plane{c.width, c.height}
	fmt.Fprintln(out, scheduler.CPUs())
	serial, err := timing.Serial(func() ([]int32, error) {
		var counts []int32
		for y := range p.height {
			counts = append(counts, p.row(y, c.steps)...)
		}
		return counts, nil
	})
	if err != nil {
		return err
	}
	err = serial.Compare(out, "rows", func() ([]int32, error) { return byRows(ctx, p, c.steps) })
	if err != nil {
		return err
	}
	err = serial.Compare(out, "expression", func() ([]int32, error) {
		return array.Values[int32](ctx, expression(p.points(), c.steps))
	})
	if err != nil {
		return err
	}
	err = serial.Compare(out, "blocks", func() ([]int32, error) {
		return array.Values[int32](ctx, byBlocks(p.points(), c.steps))
	})
	if err != nil {
		return err
	}
	inside := 0
	for _, n := range serial.Result {
		if int(n) == c.steps {
			inside++
		}
	}
	fmt.Fprintf(out, "%d of %d points stay for %d steps\n", inside, len(serial.Result), c.steps)
	if c.out == "" {
		return nil
	}
	return store(c.out, p, serial.Result, c.steps)
}
