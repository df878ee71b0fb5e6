package dtype_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/dtype"
)

func scalarOf(t *testing.T, v any) Scalar {
	t.Helper()
	s, ok := ScalarOf(v)
	require.True(t, ok)
	return s
}

func TestScalar(t *testing.T) {
	for _, c := range []struct {
		in, out any
		text    string
	}{
		{true, true, "true"}, {false, false, "false"},
		{-3, int64(-3), "-3"}, {uint(3), uint64(3), "3"},
		{int8(-128), int8(-128), "-128"}, {int16(-2), int16(-2), "-2"}, {int32(-2), int32(-2), "-2"}, {int64(math.MinInt64), int64(math.MinInt64), "-9223372036854775808"},
		{uint8(255), uint8(255), "255"}, {uint16(2), uint16(2), "2"}, {uint32(2), uint32(2), "2"}, {uint64(math.MaxUint64), uint64(math.MaxUint64), "18446744073709551615"},
		{HalfOf(1.5), HalfOf(1.5), "1.5"}, {float32(0.1), float32(0.1), "0.1"}, {0.1, 0.1, "0.1"},
		{complex64(1 + 2i), complex64(1 + 2i), "(1+2i)"}, {1 - 2i, 1 - 2i, "(1-2i)"},
	} {
		s := scalarOf(t, c.in)
		require.Equal(t, c.out, s.Value())
		require.Equal(t, c.text, s.String())
		d, _ := OfValue(c.in)
		require.Equal(t, d, s.DType)
		require.Len(t, s.Bytes(), d.Size())
		same, err := ScalarFromBytes(d, append(s.Bytes(), 99))
		require.NoError(t, err)
		require.True(t, s == same)
		_, err = ScalarFromBytes(d, s.Bytes()[1:])
		require.Error(t, err)
		text, err := s.MarshalText()
		require.NoError(t, err)
		var back Scalar
		require.NoError(t, back.UnmarshalText(text))
		require.True(t, s == back)
		require.False(t, s.IsNaN())
	}
	_, ok := ScalarOf("x")
	require.False(t, ok)
	require.Nil(t, Scalar{}.Value())
	require.Equal(t, "nothing", Scalar{}.String())
	_, err := ScalarFromBytes(Invalid, []byte{1})
	require.Error(t, err)
	yes, err := ScalarFromBytes(Bool, []byte{7})
	require.NoError(t, err)
	require.True(t, yes == scalarOf(t, true), "any other byte than 0 is true")
	for _, text := range []string{"", "int8", "int8:", "int8:1", "float128:1:0", "int8:100:0", "bool:2:0", "float64:0:1", "invalid:0:0"} {
		var s Scalar
		require.Error(t, s.UnmarshalText([]byte(text)), text)
	}
}

func TestScalarIsNaN(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, v := range []any{nan, float32(nan), HalfOf64(nan), complex(nan, 0), complex(0, nan), complex(inf, nan), complex64(complex(nan, inf))} {
		require.True(t, scalarOf(t, v).IsNaN(), "%v", v)
	}
	for _, v := range []any{inf, 0, true, complex(inf, inf)} {
		require.False(t, scalarOf(t, v).IsNaN(), "%v", v)
	}
}

func TestConvertWeakScalars(t *testing.T) {
	for _, c := range []struct {
		in   any
		to   DType
		want any // nil: an error; "over": an *OverflowError
	}{
		{true, Bool, true}, {true, Int8, int8(1)}, {false, Float16, Half(0)}, {true, Complex64, complex64(1)},
		{127, Int8, int8(127)}, {128, Int8, "over"}, {-128, Int8, int8(-128)}, {-129, Int8, "over"},
		{255, Uint8, uint8(255)}, {256, Uint8, "over"}, {-1, Uint8, "over"}, {-1, Uint64, "over"}, {300, Int16, int16(300)},
		{math.MaxInt64, Uint64, uint64(math.MaxInt64)}, {math.MinInt64, Int64, int64(math.MinInt64)}, {math.MinInt64, Int32, "over"},
		{uint64(math.MaxUint64), Int64, "over"}, {uint64(math.MaxUint64), Uint64, uint64(math.MaxUint64)}, {uint64(7), Int8, int8(7)}, {uint64(1 << 32), Uint32, "over"},
		{1<<24 + 1, Float32, float32(1 << 24)}, {1<<53 + 1, Float64, float64(1 << 53)}, {70000, Float16, HalfOf(float32(math.Inf(1)))},
		{uint64(math.MaxUint64), Float64, float64(1 << 64)}, {-7, Complex128, complex128(-7)},
		{0.1, Float32, float32(0.1)}, {0.1, Float64, 0.1}, {1e300, Float32, float32(math.Inf(1))}, {1.5, Complex64, complex64(1.5)}, {1.5, Float16, HalfOf(1.5)},
		{2i, Complex64, complex64(2i)}, {2i, Complex128, 2i},
		{1, Bool, nil}, {1.5, Int64, nil}, {2i, Float64, nil}, {1.5, Invalid, nil}, {int8(1), Int16, nil},
	} {
		got, err := scalarOf(t, c.in).Convert(c.to)
		switch c.want {
		case nil:
			require.Error(t, err, "%v to %v", c.in, c.to)
		case "over":
			var over *OverflowError
			require.ErrorAs(t, err, &over, "%v to %v", c.in, c.to)
			require.ErrorContains(t, err, "does not fit "+c.to.String())
		default:
			require.NoError(t, err, "%v to %v", c.in, c.to)
			require.Equal(t, c.want, got.Value())
			require.Equal(t, c.to, got.DType)
			require.True(t, got == scalarOf(t, c.want))
		}
	}
	_, err := Scalar{}.Convert(Float64)
	require.Error(t, err)
}

func TestLimits(t *testing.T) {
	for _, c := range []struct{ least, greatest any }{
		{false, true},
		{int8(-128), int8(127)}, {int16(-32768), int16(32767)}, {int32(math.MinInt32), int32(math.MaxInt32)}, {int64(math.MinInt64), int64(math.MaxInt64)},
		{uint8(0), uint8(255)}, {uint16(0), uint16(65535)}, {uint32(0), uint32(math.MaxUint32)}, {uint64(0), uint64(math.MaxUint64)},
		{HalfOf(-65504), HalfOf(65504)}, {float32(-math.MaxFloat32), float32(math.MaxFloat32)}, {-math.MaxFloat64, math.MaxFloat64},
	} {
		d, _ := OfValue(c.least)
		least, greatest, ok := Limits(d)
		require.True(t, ok)
		require.True(t, least == scalarOf(t, c.least), "%v", d)
		require.True(t, greatest == scalarOf(t, c.greatest), "%v", d)
	}
	for _, d := range []DType{Invalid, Complex64, Complex128, DType(99)} {
		_, _, ok := Limits(d)
		require.False(t, ok, "%v", d)
	}
}
