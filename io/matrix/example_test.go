package matrix_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"gabion/array"
	"gabion/io/matrix"
)

// The columns of a matrix are centred by an array computation, and the result is
// factorized by gonum.
func Example() {
	ctx := context.Background()
	m := mat.NewDense(4, 2, []float64{1, 2, 3, 6, 5, 10, 7, 14})
	x := array.From(matrix.Source(m))

	var centred mat.Dense
	if err := array.Store(ctx, matrix.Sink(&centred), x.Sub(x.Mean(array.Axes(0)))); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mat.Formatted(&centred))

	var svd mat.SVD
	if !svd.Factorize(&centred, mat.SVDNone) {
		fmt.Println("no factors")
		return
	}
	fmt.Printf("%.4f\n", svd.Values(nil))
	// Output:
	// ⎡-3  -6⎤
	// ⎢-1  -2⎥
	// ⎢ 1   2⎥
	// ⎣ 3   6⎦
	// [10.0000 0.0000]
}
