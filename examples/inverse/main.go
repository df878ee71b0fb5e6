// Command inverse inverts one large symmetric matrix and many small ones, on one
// processor and on all.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"gonum.org/v1/gonum/mat"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	n     int // rows of the large matrix
	small int // how many small ones there are
	size  int // rows of each of them
}

func main() {
	var c config
	flag.IntVar(&c.n, "n", 4000, "rows and columns of the large matrix")
	flag.IntVar(&c.small, "small", 2000, "how many small matrices there are")
	flag.IntVar(&c.size, "size", 100, "rows and columns of a small matrix")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "inverse:", err)
		os.Exit(1)
	}
}

// run inverts the large matrix, then the small ones, and prints the times of
// both. Results that differ, or are no inverse, are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.n < 1 || c.small < 1 || c.size < 1 {
		return fmt.Errorf("%d rows, %d small matrices of %d rows: give positive numbers", c.n, c.small, c.size)
	}
	if err := large(c, out); err != nil {
		return err
	}
	return many(ctx, c, out)
}

// invert is the inverse of a, by elimination with pivots, as that of
// numpy.linalg.inv. A matrix that has none is a mat.Condition error.
func invert(a mat.Matrix) (*mat.Dense, error) {
	var inverse mat.Dense
	err := inverse.Inverse(a)
	return &inverse, err
}

// definite is a random symmetric matrix of n rows, of numbers of -1 to 1. The
// diagonal has n more: it exceeds the sum of the rest of its row, which makes the
// matrix positive definite.
func definite(n int, seed uint64) *mat.SymDense {
	random := rand.New(rand.NewPCG(seed, 0))
	a := mat.NewSymDense(n, nil)
	for row := range n {
		for column := row; column < n; column++ {
			v := 2*random.Float64() - 1
			if row == column {
				v += float64(n)
			}
			a.SetSym(row, column, v)
		}
	}
	return a
}

// large inverts one matrix. What is parallel in it is up to gonum, which starts
// goroutines of its own in the multiplications of which an inversion is made, as
// many as GOMAXPROCS says.
func large(c config, out io.Writer) error {
	a := definite(c.n, 0)
	var one, all *mat.Dense
	var err error
	begun := time.Now()
	onOneProcessor(func() { one, err = invert(a) })
	serial := time.Since(begun)
	if err != nil {
		return err
	}
	begun = time.Now()
	if all, err = invert(a); err != nil {
		return err
	}
	parallel := time.Since(begun)

	if err := sameBits(one, all); err != nil {
		return fmt.Errorf("the inverse on one processor and that on all: %w", err)
	}
	off := residual(a, all)
	// Rounding adds up along a row of products of a well-conditioned matrix.
	if bound := 16 * float64(c.n) * 0x1p-52; !(off <= bound) {
		return fmt.Errorf("a row of A*inv(A) is off the identity by %g, more than %g", off, bound)
	}
	fmt.Fprintf(out, "one matrix of %d x %d: A*inv(A) is within %.1g of the identity\n", c.n, c.n, off)
	return report(out, serial, parallel)
}

// many inverts small matrices, each a task.
func many(ctx context.Context, c config, out io.Writer) error {
	matrices := make([]*mat.SymDense, c.small)
	for i := range matrices {
		matrices[i] = definite(c.size, uint64(i+1))
	}

	one := make([]*mat.Dense, len(matrices))
	var err error
	begun := time.Now()
	onOneProcessor(func() { // as gonum starts goroutines for small matrices too
		for i := 0; i < len(matrices) && err == nil; i++ {
			one[i], err = invert(matrices[i])
		}
	})
	serial := time.Since(begun)
	if err != nil {
		return err
	}

	begun = time.Now()
	all, err := scheduler.Map(ctx, matrices, func(_ context.Context, a *mat.SymDense) (*mat.Dense, error) {
		return invert(a)
	})
	if err != nil {
		return err
	}
	parallel := time.Since(begun)

	for i := range matrices {
		if err := sameBits(one[i], all[i]); err != nil {
			return fmt.Errorf("small matrix %d: the inverse of the loop and that of Map: %w", i, err)
		}
	}
	fmt.Fprintf(out, "%d matrices of %d x %d\n", c.small, c.size, c.size)
	return report(out, serial, parallel)
}

// onOneProcessor runs f while all goroutines of the process share one processor.
func onOneProcessor(f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
}

// sameBits returns an error unless all elements of two matrices have the same
// bits.
func sameBits(a, b *mat.Dense) error {
	rows, columns := a.Dims()
	if r, c := b.Dims(); r != rows || c != columns {
		return fmt.Errorf("they have the shapes %d x %d and %d x %d", rows, columns, r, c)
	}
	for row := range rows {
		for column := range columns {
			if x, y := a.At(row, column), b.At(row, column); math.Float64bits(x) != math.Float64bits(y) {
				return fmt.Errorf("row %d, column %d is %v and %v", row, column, x, y)
			}
		}
	}
	return nil
}

// residual is how far elements of A*inv(A) are from those of the identity at
// most, in up to 16 rows, the first and the last among them.
func residual(a mat.Symmetric, inverse *mat.Dense) float64 {
	n := a.SymmetricDim()
	most := 0.0
	samples := min(n, 16)
	row := mat.NewVecDense(n, nil)
	var product mat.VecDense
	for s := range samples {
		at := s * (n - 1) / max(1, samples-1)
		for column := range n {
			row.SetVec(column, a.At(at, column))
		}
		product.MulVec(inverse.T(), row)
		for column := range n {
			want := 0.0
			if column == at {
				want = 1
			}
			most = max(most, math.Abs(product.AtVec(column)-want)) // NaN if any is
		}
	}
	return most
}

func report(out io.Writer, serial, parallel time.Duration) error {
	return timing.Line(out, serial, parallel)
}
