package kernel

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// unitsOff is how far got is from exact in units of its last place.
func unitsOff(got float64, exact *big.Float) float64 {
	want, _ := exact.Float64()
	if math.IsInf(want, 0) && got == want {
		return 0
	}
	distance, _ := new(big.Float).Sub(new(big.Float).SetPrec(2*bigBits).SetFloat64(got), exact).Float64()
	return math.Abs(distance / lastPlace(dtype.Float64, want))
}

// spread lists numbers of the ranges in which the functions behave differently:
// evenly distributed ones, and those of all sizes.
func spread(seed any, n int) []float64 {
	r := newRand(seed)
	var all []float64
	add := func(f func() float64) {
		for range n {
			all = append(all, f())
		}
	}
	sign := func(v float64) float64 { return math.Copysign(v, r.Float64()-0.5) }
	for _, limit := range []float64{1, 4, 50, 745, 1e5} {
		add(func() float64 { return (2*r.Float64() - 1) * limit })
	}
	add(func() float64 { return sign(math.Exp2(60*r.Float64() - 50)) })
	add(func() float64 { return sign(math.Exp2(2098*r.Float64() - 1074)) })
	add(func() float64 { return 1 + sign(math.Exp2(-52*r.Float64())) })
	add(func() float64 { return float64(r.IntN(1000)) * math.Pi / 4 }) // next to where sines and cosines are 0
	return all
}

// TestAccuracy holds the functions of float64 to one unit in the last place, over
// all numbers that they have values for.
func TestAccuracy(t *testing.T) {
	for name, exact := range exactFunctions {
		loop, _ := Elementwise(name, dtype.Float64)
		x := spread(name, 90)
		got := make([]float64, len(x))
		loop(len(x), dtype.Bytes(got), dtype.Bytes(x), nil, nil)
		for i, v := range x {
			want := bigFunctions[name](v)
			if v == 0 || math.IsNaN(want) || math.Abs(v) > 1200 && math.IsInf(want, 0) || want == 0 || math.Abs(want) == 1 && math.Abs(v) > 1200 {
				require.True(t, sameFloat(want, got[i], true), "%s(%v) = %v, not %v", name, v, got[i], want)
				continue
			}
			off := unitsOff(got[i], exact(bigOf(v)))
			require.LessOrEqual(t, off, 1.0, "%s(%v) = %v, not %v", name, v, got[i], want)
		}
	}
}

// TestAccuracyOfTwo is TestAccuracy for the functions of two numbers. The
// logarithms of sums have an error of 2^-62 beside the numbers that nearly cancel.
func TestAccuracyOfTwo(t *testing.T) {
	for name, reference := range bigFunctions2 {
		loop, _ := Elementwise(name, dtype.Float64)
		x, y := spread(name+"x", 150), spread(name+"y", 150)
		r := newRand(name)
		for i := range x {
			switch j := r.IntN(len(y)); {
			case name == op.Pow && i%2 == 0: // results of all sizes
				x[i] = math.Abs(x[i])
				y[i] = (2*r.Float64() - 1) * 740 / max(1e-10, math.Abs(math.Log(x[i])))
			default:
				y[i], y[j] = y[j], y[i]
			}
		}
		got := make([]float64, len(x))
		loop(len(x), dtype.Bytes(got), dtype.Bytes(x), dtype.Bytes(y), nil)
		for i := range x {
			want := reference(x[i], y[i])
			if sameFloat(want, got[i], true) {
				continue
			}
			tolerance := lastPlace(dtype.Float64, want)
			if name == op.Logaddexp || name == op.Logaddexp2 {
				tolerance += 0x1p-62 * math.Max(math.Abs(x[i]), math.Abs(y[i]))
			}
			require.LessOrEqual(t, math.Abs(want-got[i]), tolerance, "%s(%v, %v) = %v, not %v", name, x[i], y[i], got[i], want)
		}
	}
}

// TestHardAngles are the numbers whose distance from a multiple of pi/2 is hardest
// to tell: those nearest to one among all of some sizes.
func TestHardAngles(t *testing.T) {
	hard := []float64{
		0x1.6ac5b262ca1ffp+849, // 6381956970095103 * 2^797, the nearest of all float64 (Kahan; Muller, "Elementary Functions")
		0x1.921fb54442d18p0, 0x1.921fb54442d18p1, 0x1.2d97c7f3321d2p2, 0x1.921fb54442d18p2, 3 * math.Pi, 1e22, 1e300, 0x1p1023, math.MaxFloat64,
		0x1p30, 0x1.0000000000001p30, 0x1p20, 0x1p53, 0x1p54, 0x1.fffffffffffffp53,
	}
	for k := 1; k < 1<<20; k = k*3 + 1 { // the float64 nearest to k pi/2, and its neighbours
		near, _ := new(big.Float).SetPrec(400).Mul(widePi, big.NewFloat(float64(k)/2)).Float64()
		hard = append(hard, near, math.Nextafter(near, 0), math.Nextafter(near, math.Inf(1)))
	}
	for _, name := range []op.Name{op.Sin, op.Cos, op.Tan} {
		for _, v := range hard {
			for _, x := range []float64{v, -v} {
				got := one[float64, float64](t, name, x)
				require.LessOrEqual(t, unitsOff(got, exactFunctions[name](bigOf(x))), 1.0, "%s(%v) = %v", name, x, got)
			}
		}
	}
}

// TestRemainderIsExact compares the remainder by one division with that of
// package math, which subtracts bit by bit.
func TestRemainderIsExact(t *testing.T) {
	r := newRand("remainder")
	for range 200_000 {
		a := (r.Float64() - 0.5) * math.Exp2(float64(r.IntN(120)-60))
		b := (r.Float64() - 0.5) * math.Exp2(float64(r.IntN(120)-60))
		if r.IntN(4) == 0 {
			a = float64(r.IntN(2000)-1000) * b // whole quotients, as near as they are
		}
		require.Equal(t, math.Mod(a, b), mod(a, b), "%v, %v", a, b)
	}
	for _, a := range []float64{0, 5e-324, 1e-310, 1, 3, 1e300, math.MaxFloat64, math.Inf(1)} {
		for _, b := range []float64{0, 5e-324, 1e-310, 1, 0.1, 1e300, math.MaxFloat64, math.Inf(1), math.NaN()} {
			for _, x := range []float64{a, -a} {
				require.True(t, sameFloat(math.Mod(x, b), mod(x, b), true), "%v, %v", x, b)
				require.True(t, sameFloat(math.Mod(x, -b), mod(x, -b), true), "%v, %v", x, -b)
			}
		}
	}
}
