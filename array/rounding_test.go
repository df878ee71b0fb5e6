package array_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
)

var (
	nan     = math.NaN()
	inf     = math.Inf(1)
	minZero = math.Copysign(0, -1)
)

// requireValues compares elements as they are printed, so that NaN is NaN and -0
// is not 0.
func requireValues[T dtype.Element](t *testing.T, want []T, a array.Array, about ...any) {
	t.Helper()
	got, err := array.Values[T](t.Context(), a, array.Verify())
	require.NoError(t, err, about...)
	require.Equal(t, fmt.Sprint(want), fmt.Sprint(got), about...)
}

func requireKind(t *testing.T, kind graph.Kind, text string, a array.Array) {
	t.Helper()
	var mistake *graph.Error
	require.ErrorAs(t, a.Err(), &mistake)
	require.Equal(t, kind, mistake.Kind, "%v", a.Err())
	require.ErrorContains(t, a.Err(), text)
}

// TestRoundFloats has NumPy's values.
func TestRoundFloats(t *testing.T) {
	x := array.FromSlice([]float64{0.5, 1.5, 2.5, -0.5, -1.5, 1.005, 2.675, 1234.5678, minZero, nan, inf, 1e308}, nil, array.Chunks(5))
	all := func(v float64) []float64 { return []float64{v, v, v, v, v, v, v, v, v, v, v, v} }
	for decimals, want := range map[int][]float64{
		0:             {0, 2, 2, minZero, -2, 1, 3, 1235, minZero, nan, inf, 1e308},
		1:             {0.5, 1.5, 2.5, -0.5, -1.5, 1, 2.7, 1234.6, minZero, nan, inf, inf},
		2:             {0.5, 1.5, 2.5, -0.5, -1.5, 1, 2.68, 1234.57, minZero, nan, inf, inf},
		17:            {0.5, 1.5, 2.5, -0.5, -1.5, 1.005, 2.675, 1234.5678, minZero, nan, inf, inf},
		-2:            {0, 0, 0, minZero, minZero, 0, 0, 1200, minZero, nan, inf, 1e308},
		310:           all(nan),
		-310:          all(nan),
		math.MaxInt64: all(nan),
		math.MinInt64: all(nan),
	} {
		requireValues(t, want, x.Round(decimals), decimals)
	}
	requireValues(t, []float32{0.5, 2.68, 1234.57}, array.FromSlice([]float32{0.5, 2.675, 1234.5678}, nil).Round(2))
	half := array.FromSlice([]dtype.Half{dtype.HalfOf(1000), dtype.HalfOf(0.123), dtype.HalfOf(2.5)}, nil)
	requireValues(t, []float64{inf, 0.1199951171875, 2.5}, half.Round(2).AsType(dtype.Float64))
	requireValues(t, []complex128{1.2 + 3.4i, complex(inf, -1.2)}, array.FromSlice([]complex128{1.25 + 3.35i, complex(inf, -1.25)}, nil).Round(1))
	requireValues(t, []complex64{2 - 4i}, array.FromSlice([]complex64{2.5 - 3.5i}, nil).Round(0))
}

func TestRoundIntegers(t *testing.T) {
	requireValues(t, []int8{20, 20, -20, -20, 0, -126, 126}, array.FromSlice([]int8{15, 25, -15, -25, 5, 127, -128}, nil).Round(-1))
	requireValues(t, []int8{0, 0, 0}, array.FromSlice([]int8{1, 2, 100}, nil).Round(-3))
	requireValues(t, []int8{1, -2}, array.FromSlice([]int8{1, -2}, nil).Round(5))
	requireValues(t, []uint16{200, 200, 400, 34464}, array.FromSlice([]uint16{150, 250, 351, 34464}, nil).Round(-2).Clip(array.Const(0), array.Const(34464)))
	const big = 9007199254740993 // which no float64 is
	requireValues(t, []int64{9007199254740990, -9007199254740990, math.MaxInt64 - 7}, array.FromSlice([]int64{big, -big, math.MaxInt64 - 8}, nil).Round(-1))
	requireValues(t, []uint64{1e19, 1e19, 0}, array.FromSlice([]uint64{14e18, 5e18 + 1, 5e18}, nil).Round(-19))
	requireValues(t, []uint64{0, 0}, array.FromSlice([]uint64{14e18, 5e18}, nil).Round(-20))
	requireValues(t, []uint64{0, 0}, array.FromSlice([]uint64{14e18, 5e18}, nil).Round(math.MinInt64))
	requireKind(t, graph.TypeError, "decimals", array.Ones[bool]([]int{2}).Round(-1))
	require.Equal(t, dtype.Int64, array.Const(25).Round(-1).DType())
	item, err := array.Item[int64](t.Context(), array.Const(25).Round(-1))
	require.NoError(t, err)
	require.Equal(t, int64(20), item)
}

func TestClip(t *testing.T) {
	x := array.FromSlice([]float64{-1, 0.5, 3, nan, inf}, nil, array.Chunks(2))
	requireValues(t, []float64{0, 0.5, 2, nan, 2}, x.Clip(array.Const(0), array.Const(2)))
	requireValues(t, []float64{0, 0.5, 3, nan, inf}, x.ClipMin(array.Const(0)))
	requireValues(t, []float64{-1, 0.5, 2, nan, 2}, x.ClipMax(array.Const(2)))
	requireValues(t, []float64{2, 2, 2, nan, 2}, x.Clip(array.Const(5), array.Const(2)), "low is above high")
	requireValues(t, []float64{nan, nan, nan, nan, nan}, x.Clip(array.Const(nan), array.Const(2)))
	requireValues(t, []float64{nan, nan, nan, nan, nan}, x.ClipMax(array.Const(nan)))
	bounds := array.FromSlice([]float64{0, 1, 2, 3, 4}, nil)
	requireValues(t, []float64{0, 1, 3, nan, 5}, x.Clip(bounds, bounds.Add(array.Const(1))))

	bytes := array.FromSlice([]uint8{0, 100, 255}, nil)
	for _, c := range []struct {
		got  array.Array
		want []uint8
	}{
		{bytes.Clip(array.Const(-5), array.Const(300)), []uint8{0, 100, 255}},
		{bytes.ClipMin(array.Const(-5)), []uint8{0, 100, 255}},
		{bytes.ClipMax(array.Const(300)), []uint8{0, 100, 255}},
		{bytes.Clip(array.Const(50), array.Const(300)), []uint8{50, 100, 255}},
		{bytes.Clip(array.Const(-1), array.Const(99)), []uint8{0, 99, 99}},
		{bytes.ClipMin(array.Const(50)), []uint8{50, 100, 255}},
		{bytes.ClipMax(array.Const(uint64(math.MaxUint64))), []uint8{0, 100, 255}},
	} {
		requireValues(t, c.want, c.got)
	}
	requireKind(t, graph.OverflowError, "300 does not fit uint8", bytes.Clip(array.Const(300), array.Const(400)))
	requireKind(t, graph.OverflowError, "300 does not fit uint8", bytes.ClipMin(array.Const(300)))
	requireKind(t, graph.OverflowError, "-1 does not fit uint8", bytes.ClipMax(array.Const(-1)))
	requireKind(t, graph.OverflowError, "-5 does not fit uint8", array.Apply("clip", bytes, array.Const(-10), array.Const(-5)))
	requireValues(t, []float64{2.5, 100, 255}, bytes.ClipMin(array.Const(2.5)))
	requireValues(t, []uint8{0, 100, 255}, array.Apply("clip", bytes, array.Const(-5), array.Const(300)))
	requireValues(t, []bool{true, false}, array.FromSlice([]bool{true, false}, nil).Clip(array.Const(false), array.Const(true)))
	requireKind(t, graph.ValueError, "zero Array", x.Clip(array.Array{}, x))
	failed := x.Add(array.Zeros[float64]([]int{9}))
	require.Equal(t, failed.Err(), x.Clip(x, failed).Err())
	require.ErrorContains(t, x.ClipMin(array.Zeros[float64]([]int{9})).Err(), "clip: ")
}

func TestNanToNum(t *testing.T) {
	x := array.FromSlice([]float64{1, nan, inf, -inf, minZero}, nil, array.Chunks(2))
	requireValues(t, []float64{1, 0, math.MaxFloat64, -math.MaxFloat64, minZero}, x.NanToNum())
	requireValues(t, []float64{1, 7, 8, 9, minZero}, x.NanToNum(array.ReplaceNaN(7), array.ReplacePosInf(8), array.ReplaceNegInf(9)))
	requireValues(t, []float64{1, inf, math.MaxFloat64, nan, minZero}, x.NanToNum(array.ReplaceNaN(inf), array.ReplaceNegInf(nan), nil))
	requireValues(t, []float32{0, math.MaxFloat32, -math.MaxFloat32}, array.FromSlice([]float32{float32(nan), float32(inf), float32(-inf)}, nil).NanToNum())
	half := array.FromSlice([]dtype.Half{dtype.HalfOf64(nan), dtype.HalfOf64(inf), dtype.HalfOf64(-inf)}, nil).NanToNum()
	require.Equal(t, dtype.Float16, half.DType())
	requireValues(t, []float64{0, 65504, -65504}, half.AsType(dtype.Float64))
	requireValues(t, []complex128{7 + 8i, complex(minZero, 9)},
		array.FromSlice([]complex128{complex(nan, inf), complex(minZero, -inf)}, nil).NanToNum(array.ReplaceNaN(7), array.ReplacePosInf(8), array.ReplaceNegInf(9)))
	requireValues(t, []int8{1, -2}, array.FromSlice([]int8{1, -2}, nil).NanToNum(array.ReplaceNaN(300)))
	requireValues(t, []bool{true}, array.FromSlice([]bool{true}, nil).NanToNum())
}

// TestIsClose has NumPy's values.
func TestIsClose(t *testing.T) {
	a := array.FromSlice([]float64{1, 1, 1, nan, inf, -inf, 0, 1e10}, nil, array.Chunks(3))
	b := array.FromSlice([]float64{1, 1.00001, 1.0001, nan, inf, inf, 1e-9, 1.00001e10}, nil)
	requireValues(t, []bool{true, true, false, false, true, false, true, true}, a.IsClose(b))
	requireValues(t, []bool{true, true, false, true, true, false, true, true}, a.IsClose(b, array.EqualNaN(), nil))
	requireValues(t, []bool{true, false, false, false, true, false, false, false}, a.IsClose(b, array.Rtol(0), array.Atol(0)))
	requireValues(t, []bool{true, true, true, false, true, false, true, true}, a.IsClose(b, array.Rtol(1e-3)))
	requireValues(t, []bool{true, true}, array.FromSlice([]float64{100, 110}, nil).IsClose(array.FromSlice([]float64{111, 100}, nil), array.Rtol(0.1), array.Atol(0)))
	requireValues(t, []bool{true, false}, array.FromSlice([]float64{100, 111}, nil).IsClose(array.FromSlice([]float64{110, 100}, nil), array.Rtol(0.1), array.Atol(0)))
	requireValues(t, []bool{false, false, true}, array.FromSlice([]int8{-128, 127, 0}, nil).IsClose(array.FromSlice([]int8{127, -128, 0}, nil)), "differences do not wrap")
	requireValues(t, []bool{true, true}, array.FromSlice([]uint8{1, 2}, nil).IsClose(array.Const(300), array.Atol(299)))
	requireValues(t, []bool{true}, array.FromSlice([]uint64{math.MaxInt64}, nil).IsClose(array.Const(uint64(1<<63))))
	requireValues(t, []bool{true, false}, array.FromSlice([]complex128{1 + 1i, 1 + 2i}, nil).IsClose(array.Const(1+1i)))
	requireValues(t, []bool{true, true}, array.FromSlice([]bool{true, false}, nil).IsClose(array.FromSlice([]bool{true, false}, nil)))
	requireKind(t, graph.ValueError, "rtol=-1", a.IsClose(b, array.Rtol(-1)))
	requireKind(t, graph.ValueError, "atol=NaN", a.IsClose(b, array.Atol(nan)))
	require.ErrorContains(t, a.IsClose(array.Zeros[float64]([]int{3})).Err(), "isclose: ")
}
