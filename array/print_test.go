package array_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
)

func blockOf[T dtype.Element](t *testing.T, values []T, shape ...int) block.Block {
	b, err := block.OfSlice(values, shape)
	require.NoError(t, err)
	return b
}

// The texts are those that numpy.array_str of NumPy 2.4 gives.
func TestFormatIsNumPys(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	counting := make([]int64, 2000)
	for i := range counting {
		counting[i] = int64(i)
	}
	for _, c := range []struct {
		b    block.Block
		want string
	}{
		{blockOf(t, []float64{1.5}), "1.5"},
		{blockOf(t, []float64{2}), "2.0"},
		{blockOf(t, []float64{1e16}), "1e+16"},
		{blockOf(t, []float64{0.00001}), "1e-05"},
		{blockOf(t, []float32{0.1}), "0.1"},
		{blockOf(t, []complex128{1 + 2i}), "(1+2j)"},
		{blockOf(t, []complex128{1i}), "1j"},
		{blockOf(t, []bool{true}), "True"},
		{blockOf(t, []float64{}, 0, 3), "[]"},
		{blockOf(t, []float64{1, 2.5, -3}, 3), "[ 1.   2.5 -3. ]"},
		{blockOf(t, []float64{1. / 3, 2. / 3}, 2), "[0.33333333 0.66666667]"},
		{blockOf(t, []float64{inf, 1.5, -inf, nan}, 4), "[ inf  1.5 -inf  nan]"},
		{blockOf(t, []float64{nan, nan}, 2), "[nan nan]"},
		{blockOf(t, []float64{0.1, 1.2345678e-5, 3e5}, 3), "[1.0000000e-01 1.2345678e-05 3.0000000e+05]"},
		{blockOf(t, []float32{0.1, 1.2e-5}, 2), "[1.0e-01 1.2e-05]"},
		{blockOf(t, []float32{1e6, 1.5}, 2), "[1.0e+06 1.5e+00]"},
		{blockOf(t, []float64{1e100, 1e-5}, 2), "[1.e+100 1.e-005]"},
		{blockOf(t, []float32{0, 1e-4}, 2), "[0.     0.0001]"},
		{blockOf(t, []dtype.Half{dtype.HalfOf(999), dtype.HalfOf(1.5)}, 2), "[999.    1.5]"},
		{blockOf(t, []dtype.Half{dtype.HalfOf(0.1)}, 1), "[0.1]"},
		{blockOf(t, []bool{true, false}, 2), "[ True False]"},
		{blockOf(t, []int8{-1, 20}, 1, 2), "[[-1 20]]"},
		{blockOf(t, []complex128{1 + 2i, complex(nan, 3.5), -1 - 1e-5i}, 3), "[ 1.+2.0e+00j nan+3.5e+00j -1.-1.0e-05j]"},
		{blockOf(t, make([]float64, 8), 2, 2, 2), "[[[0. 0.]\n  [0. 0.]]\n\n [[0. 0.]\n  [0. 0.]]]"},
		{blockOf(t, counting, 2, 1000), "[[   0    1    2 ...  997  998  999]\n [1000 1001 1002 ... 1997 1998 1999]]"},
		{blockOf(t, counting[:30], 30), "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29]"},
	} {
		require.Equal(t, c.want, array.Format(c.b, array.FormatOptions{}))
	}
}

func TestFormatOptions(t *testing.T) {
	b := blockOf(t, []float64{0, 1.0 / 3, 2, 3, 4, 5, 6, 7, 8, 9}, 10)
	require.Equal(t, "[0. ... 9.]", array.Format(b, array.FormatOptions{Threshold: 5, EdgeItems: 1}))
	require.Equal(t, "[0.   0.33 2.   3.\n 4.   5.   6.   7.\n 8.   9.  ]", array.Format(b, array.FormatOptions{Precision: 2, Width: 21}))
	backwards := block.Block{DType: b.DType, Shape: b.Shape, Strides: []int{-1}, Offset: 9, Data: b.Data}
	require.Equal(t, "[9. ... 0.]", array.Format(backwards, array.FormatOptions{Threshold: 5, EdgeItems: 1}))
	require.Equal(t, "[]", array.Format(block.Block{}, array.FormatOptions{}))
}
