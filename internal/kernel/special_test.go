package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// one is an operation on one element of each operand.
func one[T, R dtype.Element](t *testing.T, name op.Name, args ...T) R {
	t.Helper()
	loop, ok := Elementwise(name, dtype.Of[T]())
	require.True(t, ok)
	var operands [3][]byte
	for i, v := range args {
		operands[i] = dtype.Bytes([]T{v})
	}
	dst := make([]R, 1)
	require.Equal(t, OK, loop(1, dtype.Bytes(dst), operands[0], operands[1], operands[2]))
	return dst[0]
}

func TestIntegerCells(t *testing.T) {
	for _, c := range []struct {
		name    op.Name
		a, b, r int8
	}{
		{op.Add, 100, 100, -56},
		{op.Subtract, -128, 1, 127},
		{op.Multiply, 64, 4, 0},
		{op.Pow, 3, 5, -13},
		{op.Pow, 0, 0, 1},
		{op.FloorDivide, -7, 2, -4},
		{op.FloorDivide, 7, -2, -4},
		{op.FloorDivide, -128, -1, -128},
		{op.FloorDivide, 5, 0, 0},
		{op.Remainder, -7, 2, 1},
		{op.Remainder, 7, -2, -1},
		{op.Remainder, -128, -1, 0},
		{op.Remainder, 5, 0, 0},
		{op.Fmod, -7, 2, -1},
		{op.Fmod, 7, -2, 1},
		{op.Fmod, -128, -1, 0},
		{op.Fmod, 5, 0, 0},
		{op.BitwiseLeftShift, 1, 7, -128},
		{op.BitwiseLeftShift, 1, 8, 0},
		{op.BitwiseLeftShift, 1, -1, 0},
		{op.BitwiseRightShift, -128, 3, -16},
		{op.BitwiseRightShift, -1, 100, -1},
		{op.BitwiseRightShift, -1, -1, -1},
		{op.BitwiseRightShift, 100, -1, 0},
	} {
		require.Equal(t, c.r, one[int8, int8](t, c.name, c.a, c.b), "%s(%d, %d)", c.name, c.a, c.b)
	}
	require.Equal(t, int8(-128), one[int8, int8](t, op.Negative, -128))
	require.Equal(t, int8(-128), one[int8, int8](t, op.Abs, -128))
	require.Equal(t, uint8(255), one[uint8, uint8](t, op.Negative, 1))
	for v, r := range map[int8]int8{0: 0, 1: 1, -1: -1, 2: 0, -128: 0} {
		require.Equal(t, r, one[int8, int8](t, op.Reciprocal, v), "1/%d", v)
	}
	require.Equal(t, uint8(0), one[uint8, uint8](t, op.Reciprocal, 255))
	require.Equal(t, uint8(0), one[uint8, uint8](t, op.BitwiseRightShift, 255, 8))
	require.Equal(t, int8(5), one[int8, int8](t, op.Clip, -7, 9, 5), "the upper bound wins")
	require.Equal(t, int64(math.MinInt64), one[int64, int64](t, op.FloorDivide, math.MinInt64, -1))
	require.Equal(t, int64(0), one[int64, int64](t, op.Remainder, math.MinInt64, -1))
}

func TestComplexBranches(t *testing.T) {
	for _, size := range []float64{0, 5e-324, 1e-300} {
		for _, sign := range []float64{1, -1} {
			root := one[complex128, complex128](t, op.Sqrt, complex(-256, math.Copysign(size, sign)))
			require.InDelta(t, 0, real(root), 1e-300)
			require.Equal(t, 16*sign, imag(root), "an imaginary part of %g", size*sign)
			logarithm := one[complex128, complex128](t, op.Log, complex(-256, math.Copysign(size, sign)))
			require.Equal(t, math.Pi*sign, imag(logarithm), "an imaginary part of %g", size*sign)
		}
	}
}

func TestNegativePower(t *testing.T) {
	loop, _ := Elementwise(op.Pow, dtype.Int32)
	dst := []int32{9, 9, 9}
	status := loop(3, dtype.Bytes(dst), dtype.Bytes([]int32{2, 1, 2}), dtype.Bytes([]int32{3, -1, 0}), nil)
	require.Equal(t, NegativePower, status)
	require.Equal(t, []int32{8, 0, 1}, dst)
}

func TestFloatCells(t *testing.T) {
	inf, nan, zero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct {
		name    op.Name
		a, b, r float64
	}{
		{op.Divide, 1, 0, inf},
		{op.Divide, 0, 0, nan},
		{op.FloorDivide, 1, 0, inf},
		{op.FloorDivide, -1, 0, -inf},
		{op.FloorDivide, 0, 0, nan},
		{op.FloorDivide, inf, 2, nan},
		{op.Remainder, inf, 2, nan},
		{op.Remainder, 1, 0, nan},
		{op.Remainder, 3, inf, 3},
		{op.Remainder, -3, -inf, -3},
		{op.Remainder, -1, inf, inf},
		{op.Remainder, 1, -inf, -inf},
		{op.FloorDivide, -1, inf, -1},
		{op.FloorDivide, 1, 0.1, 9},
		{op.Remainder, -7, 2, 1},
		{op.Remainder, 4, -2, zero},
		{op.Remainder, -4, 2, 0},
		{op.Pow, 1, nan, 1},
		{op.Pow, nan, 0, 1},
		{op.Pow, -8, 1.0 / 3, nan},
		{op.Pow, -2, 3, -8},
		{op.Pow, -1, inf, 1},
		{op.Pow, 0, -1, inf},
		{op.Pow, 10, 22, 1e22},
		{op.Pow, 2, -1074, math.SmallestNonzeroFloat64},
		{op.Pow, 7, 1e308, inf},
		{op.Pow, 0.1, 1e308, 0},
		{op.Pow, -7, 1e308, inf},
		{op.Maximum, nan, inf, nan},
		{op.Minimum, -inf, nan, nan},
		{op.Fmax, nan, -inf, -inf},
		{op.Fmin, inf, nan, inf},
		{op.Fmax, nan, nan, nan},
		{op.Fmod, -7, 2, -1},
		{op.Fmod, -4, 2, zero},
		{op.Fmod, 3, inf, 3},
		{op.Fmod, inf, 3, nan},
		{op.Fmod, 3, 0, nan},
		{op.Copysign, 3, zero, -3},
		{op.Copysign, -inf, 1, inf},
		{op.Nextafter, 0, -1, -math.SmallestNonzeroFloat64},
		{op.Nextafter, math.MaxFloat64, inf, inf},
		{op.Nextafter, 0, zero, zero},
		{op.Nextafter, nan, 1, nan},
		{op.Hypot, nan, -inf, inf},
		{op.Hypot, 3 * 0x1p600, 4 * 0x1p600, 5 * 0x1p600},
		{op.Atan2, 0, zero, math.Pi},
		{op.Atan2, zero, zero, -math.Pi},
		{op.Atan2, zero, 0, zero},
		{op.Atan2, inf, -inf, 3 * math.Pi / 4},
		{op.Atan2, 5e-324, 1, 5e-324},
		{op.Logaddexp, -inf, -inf, -inf},
		{op.Logaddexp, inf, -inf, inf},
		{op.Logaddexp2, 1023, 1023, 1024},
	} {
		got := one[float64, float64](t, c.name, c.a, c.b)
		require.True(t, sameFloat(c.r, got, true), "%s(%v, %v) = %v, not %v", c.name, c.a, c.b, got, c.r)
		// All these numbers but a few behave the same in float32.
		if c.a != 0.1 && c.b != 0.1 && math.Abs(c.r) < 1e20 && c.b != -1074 && c.b != 1e308 && c.name != op.Nextafter && c.name != op.Atan2 {
			got := one[float32, float32](t, c.name, float32(c.a), float32(c.b))
			require.True(t, sameFloat(c.r, float64(got), true), "%s(%v, %v) = %v, not %v", c.name, c.a, c.b, got, c.r)
		}
	}
}

// TestFunctionsAtTheEnds checks exp, log and pow where simple methods lose;
// the values are from 60-digit arithmetic.
func TestFunctionsAtTheEnds(t *testing.T) {
	for _, c := range []struct {
		name op.Name
		a, r float64
	}{
		{op.Exp, 709.5, 1.3549863193146328e+308},
		{op.Exp, 709.782712893384, 1.7976931348622732e+308},
		{op.Exp, 709.1, 9.082744919406668e+307},
		{op.Exp, -708.5, 2.006132305331306e-308},
		{op.Exp, -730.25, 7.18546e-318},
		{op.Exp, -744.75, 5e-324},
		{op.Exp, -745.1, 5e-324},
		{op.Exp, 1e-300, 1.0},
		{op.Exp, 700.3, 1.3690700720098904e+304},
		{op.Log, 1e-310, -713.8013788281542},
		{op.Log, 5e-324, -744.4400719213812},
		{op.Log, 2.225073858507201e-308, -708.3964185322641},
		{op.Log, 2.2250738585072014e-308, -708.3964185322641},
		{op.Log, 1.7976931348623157e+308, 709.782712893384},
		{op.Log, 0.9999999999999999, -1.1102230246251565e-16},
		{op.Log, 3e-320, -735.7286286023058},
	} {
		got := one[float64, float64](t, c.name, c.a)
		require.LessOrEqual(t, math.Abs(got-c.r), 2*spacing(c.r), "%s(%v) = %v, not %v", c.name, c.a, got, c.r)
	}
	require.Equal(t, math.Inf(1), one[float64, float64](t, op.Exp, math.Nextafter(709.782712893384, 800)))
	require.Equal(t, 0.0, one[float64, float64](t, op.Exp, math.Nextafter(-745.1332191019412, -800)))
	require.Equal(t, math.Inf(1), one[float64, float64](t, op.Exp, math.Inf(1)))
	require.Equal(t, 0.0, one[float64, float64](t, op.Exp, math.Inf(-1)))
	require.Equal(t, math.Inf(-1), one[float64, float64](t, op.Log, 0))
	require.True(t, math.IsNaN(one[float64, float64](t, op.Log, -1)))
	for _, c := range []struct{ a, b, r float64 }{
		{1e+300, 0.49, 9.99999999999994e+146},
		{5e-324, 0.1, 4.6706622762338734e-33},
		{0.99999, 10000000.0, 3.71821639226287e-44},
		{1.0000001, 5000000000.0, 1.4035575382338372e+217},
		{1.7e+308, -1.04, 2.757e-321},
		{3.0, 645.5, 9.58892499438009e+307},
		{0.7, 1023.0, 3.4300064331498275e-159},
		{1.1, -1023.0, 4.521505704875789e-43},
		{10.0, -320.5, 3.16e-321},
		{123.456, 33.0, 1.0468938624781569e+69},
		{2.0, 0.3, 1.2311444133449163},
		{1e-310, 1.01, 7.943282347e-314},
	} {
		got := one[float64, float64](t, op.Pow, c.a, c.b)
		require.LessOrEqual(t, math.Abs(got-c.r), 2*spacing(c.r), "pow(%v, %v) = %v, not %v", c.a, c.b, got, c.r)
	}
}

// spacing is the distance from |x| to the next float64.
func spacing(x float64) float64 { return math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x) }

func TestComplexCells(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	require.Equal(t, complex(5.0, 10), one[complex128, complex128](t, op.Multiply, 2+1i, 4+3i))
	require.Equal(t, complex(2.0, 1), one[complex128, complex128](t, op.Divide, 5+10i, 4+3i))
	require.Equal(t, complex(0.5, -0.5), one[complex128, complex128](t, op.Divide, complex(1e300, 0), complex(1e300, 1e300)))
	q := one[complex128, complex128](t, op.Divide, 1, 0)
	require.True(t, math.IsInf(real(q), 1) && math.IsNaN(imag(q)))
	require.Equal(t, float32(5), one[complex64, float32](t, op.Abs, 3-4i))
	require.Equal(t, inf, one[complex128, float64](t, op.Abs, complex(nan, inf)))
	require.Equal(t, complex(-7.0, 24), one[complex128, complex128](t, op.Pow, 3+4i, 2))
	require.True(t, one[complex128, bool](t, op.Less, 1+1i, 1+2i))
	require.False(t, one[complex128, bool](t, op.Less, complex(nan, 1), 2))
	require.False(t, one[complex128, bool](t, op.Less, complex(1, nan), 2))
	require.True(t, one[complex64, bool](t, op.Isnan, complex(1, float32(nan))))
	m := one[complex128, complex128](t, op.Maximum, 9, complex(1, nan))
	require.True(t, real(m) == 1 && math.IsNaN(imag(m)))
	// exp, whose factor alone overflows, and log, whose modulus alone does.
	e := one[complex128, complex128](t, op.Exp, complex(710, math.Pi/2-1e-3))
	require.InEpsilon(t, math.Exp(700)*math.Exp(10+math.Log(math.Sin(1e-3))), real(e), 1e-12)
	l := one[complex128, complex128](t, op.Log, complex(1.5e308, 1.5e308))
	require.InEpsilon(t, math.Log(1.5e308)+math.Ln2/2, real(l), 1e-15)
	require.InEpsilon(t, 5e-21, real(one[complex128, complex128](t, op.Log, complex(1, 1e-10))), 1e-12)
}

func TestHalfCells(t *testing.T) {
	h := func(v float32) dtype.Half { return dtype.HalfOf(v) }
	require.Equal(t, h(float32(math.Inf(1))), one[dtype.Half, dtype.Half](t, op.Add, h(65504), h(65504)))
	require.Equal(t, h(2048), one[dtype.Half, dtype.Half](t, op.Add, h(2048), h(1)))
	require.Equal(t, h(0.33325195), one[dtype.Half, dtype.Half](t, op.Divide, h(1), h(3)))
}

func TestCastCells(t *testing.T) {
	cast := func(from, to dtype.DType, src []byte) []byte {
		loop, _ := Cast(from, to)
		dst := dtype.Bytes(make([]complex128, 8))
		require.Equal(t, OK, loop(len(src)/from.Size(), dst, src, nil, nil))
		return dst
	}
	floats := dtype.Bytes([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 300, -1, -0.9, 1e19})
	require.Equal(t, []uint8{0, 255, 0, 255, 0, 0, 255}, cast(dtype.Float64, dtype.Uint8, floats)[:7])
	require.Equal(t, []int64{0, math.MaxInt64, math.MinInt64, 300, -1, 0, math.MaxInt64},
		dtype.Slice[int64](cast(dtype.Float64, dtype.Int64, floats))[:7])
	require.Equal(t, uint64(1e19), dtype.Slice[uint64](cast(dtype.Float64, dtype.Uint64, floats))[6])
	require.Equal(t, []byte{1, 1, 1, 1, 1, 1, 1}, cast(dtype.Float64, dtype.Bool, floats)[:7])
	require.Equal(t, uint8(44), cast(dtype.Int64, dtype.Uint8, dtype.Bytes([]int64{300}))[0])
	// Through float32 this would round twice, to 1.
	require.Equal(t, dtype.HalfOf(1)+1,
		dtype.Slice[dtype.Half](cast(dtype.Float64, dtype.Float16, dtype.Bytes([]float64{1 + 0x1p-11 + 0x1p-40})))[0])
	require.Equal(t, float32(0x1p62+0x1p39),
		dtype.Slice[float32](cast(dtype.Int64, dtype.Float32, dtype.Bytes([]int64{1<<62 + 1<<38 + 1})))[0])
}
