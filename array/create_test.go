package array_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
)

func TestArange(t *testing.T) {
	for _, c := range []struct {
		a    array.Array
		want []float64
	}{
		{array.Arange(0, 5, 1), []float64{0, 1, 2, 3, 4}},
		{array.Arange(5, 0, -2), []float64{5, 3, 1}},
		{array.Arange(0, 5, 2, array.Chunks(2)), []float64{0, 2, 4}},
		{array.Arange(0, 6, 2), []float64{0, 2, 4}},
		{array.Arange(5, 5, 1), nil},
		{array.Arange(5, 0, 1), nil},
		{array.Arange(0, 5, -1), nil},
		{array.Arange(0, 1, 0.25), []float64{0, 0.25, 0.5, 0.75}},
		{array.Arange(1, 0, -0.5), []float64{1, 0.5}},
		{array.Arange(float32(0), 3, 1.5), []float64{0, 1.5}},
		{array.Arange(uint8(250), 255, 2), []float64{250, 252, 254}},
		{array.Arange(int8(-128), 127, 100), []float64{-128, -28, 72}},
	} {
		require.NoError(t, c.a.Err())
		require.Equal(t, c.want, values(t, c.a.AsType(dtype.Float64)), c.a.String())
	}
	require.Equal(t, dtype.Float32, array.Arange(float32(0), 3, 1.5).DType())
	require.Equal(t, dtype.Uint8, array.Arange(uint8(0), 3, 1).DType())

	top, err := array.Values[uint64](t.Context(), array.Arange(uint64(math.MaxUint64-3), math.MaxUint64, 2))
	require.NoError(t, err)
	require.Equal(t, []uint64{math.MaxUint64 - 3, math.MaxUint64 - 1}, top)
	ends, err := array.Values[int64](t.Context(), array.Arange(int64(math.MinInt64), math.MaxInt64, math.MaxInt64))
	require.NoError(t, err)
	require.Equal(t, []int64{math.MinInt64, -1, math.MaxInt64 - 1}, ends)

	require.ErrorContains(t, array.Arange(int64(math.MinInt64), math.MaxInt64, 1).Err(), "more elements than an int can count")
	for _, bad := range []array.Array{
		array.Arange(0, math.NaN(), 1), array.Arange(0, math.Inf(1), 1), array.Arange(math.Inf(-1), 0, 1), array.Arange(0, 1e300, 1e-300),
	} {
		require.ErrorContains(t, bad.Err(), "has no length")
	}
}

func testOnes[T dtype.Element](t *testing.T, one T) {
	t.Helper()
	got, err := array.Values[T](t.Context(), array.Ones[T]([]int{2}))
	require.NoError(t, err)
	require.Equal(t, []T{one, one}, got)
	got, err = array.Values[T](t.Context(), array.Zeros[T]([]int{1}))
	require.NoError(t, err)
	require.Equal(t, make([]T, 1), got)
	got, err = array.Values[T](t.Context(), array.FromSlice([]T{one}, nil))
	require.NoError(t, err)
	require.Equal(t, []T{one}, got)
	scalar, err := array.Item[T](t.Context(), array.Scalar(one))
	require.NoError(t, err)
	require.Equal(t, one, scalar)
	literal := array.Const(one).AsType(dtype.Float64)
	require.Equal(t, 1.0, values(t, literal)[0])
}

func TestEveryType(t *testing.T) {
	testOnes(t, true)
	testOnes[int8](t, 1)
	testOnes[int16](t, 1)
	testOnes[int32](t, 1)
	testOnes[int64](t, 1)
	testOnes[uint8](t, 1)
	testOnes[uint16](t, 1)
	testOnes[uint32](t, 1)
	testOnes[uint64](t, 1)
	testOnes(t, dtype.HalfOf(1))
	testOnes[float32](t, 1)
	testOnes[float64](t, 1)
	testOnes[complex64](t, 1)
	testOnes[complex128](t, 1)
}

func TestFromSliceSharesItsData(t *testing.T) {
	data := numbers(4)
	x := array.FromSlice(data, []int{2, 2})
	data[0] = 7
	require.Equal(t, []float64{7, 1, 2, 3}, values(t, x))
	empty := array.FromSlice([]float64{}, []int{0, 3})
	require.NoError(t, empty.Err())
	require.Empty(t, values(t, empty))
	attrs := block.Attributes{"units": "m"}
	made := array.Full([]int{2}, 3, array.Names("x"), array.Attrs(attrs))
	attrs["units"] = "changed"
	require.Equal(t, "m", made.Attrs()["units"])
	require.Equal(t, []string{"x"}, made.Names())
}

// TestSlicesOfInts: Go's own integers are elements too.
func TestSlicesOfInts(t *testing.T) {
	at := array.FromSlice([]int{2, -1, 0}, nil, array.Chunks(2))
	require.Equal(t, dtype.Int64, at.DType())
	require.Equal(t, []float64{5, 5, 3}, values(t, array.FromSlice([]uint{3, 4, 5}, nil).Index(at).AsType(dtype.Float64)))
	require.Equal(t, dtype.Uint64, array.FromSlice([]uint{}, nil).DType())
}
