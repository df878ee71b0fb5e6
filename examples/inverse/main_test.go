package main

import (
	"bytes"
	"context"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// TestInvert takes a matrix whose inverse is known: with a on the diagonal and
// b elsewhere, it is the same kind of matrix (Sherman and Morrison).
func TestInvert(t *testing.T) {
	const n, a, b = 150, 3.0, 0.5
	m := mat.NewSymDense(n, nil)
	for row := range n {
		for column := row; column < n; column++ {
			m.SetSym(row, column, b)
		}
		m.SetSym(row, row, a)
	}
	got, err := invert(m)
	require.NoError(t, err)
	elsewhere := -b / ((a - b) * (a - b + n*b))
	for row := range n {
		for column := range n {
			want := elsewhere
			if row == column {
				want += 1 / (a - b)
			}
			require.InDelta(t, want, got.At(row, column), 1e-14)
		}
	}
	require.Less(t, residual(m, got), 1e-13)

	got.Set(n-1, 3, got.At(n-1, 3)+1e-3)
	require.Greater(t, residual(m, got), 1e-4)
	got.Set(0, 0, math.NaN())
	require.False(t, residual(m, got) <= 1)

	_, err = invert(mat.NewSymDense(3, nil))
	var condition mat.Condition
	require.ErrorAs(t, err, &condition, "a matrix of zeros has no inverse")
}

func TestRun(t *testing.T) {
	processors := runtime.GOMAXPROCS(0)
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), config{n: 300, small: 20, size: 30}, &out))
	require.Regexp(t, `^one matrix of 300 x 300: A\*inv\(A\) is within \S+ of the identity
serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+
20 matrices of 30 x 30
serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+
$`, out.String())
	require.Equal(t, processors, runtime.GOMAXPROCS(0))

	require.ErrorContains(t, run(context.Background(), config{n: 0, small: 1, size: 1}, &out), "positive")
	require.NoError(t, run(context.Background(), config{n: 1, small: 1, size: 1}, &out))
}

func TestSameBits(t *testing.T) {
	a := mat.NewDense(2, 2, []float64{1, 2, 3, 0})
	require.NoError(t, sameBits(a, mat.DenseCopyOf(a)))
	require.ErrorContains(t, sameBits(a, mat.NewDense(2, 2, []float64{1, 2, 3, math.Copysign(0, -1)})), "row 1, column 1 is 0 and -0")
	require.ErrorContains(t, sameBits(a, mat.NewDense(1, 4, nil)), "2 x 2 and 1 x 4")
}
