package dtype_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/dtype"
)

// value is what the bits of h stand for, by the definition of binary16.
func value(h Half) float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	exp, frac := int(h>>10)&31, float64(h&0x3ff)
	switch {
	case exp == 31 && frac != 0:
		return math.NaN()
	case exp == 31:
		return sign * math.Inf(1)
	case exp == 0:
		return math.Copysign(math.Ldexp(frac, -24), sign)
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

func TestHalfRoundTrip(t *testing.T) {
	for bits := range 1 << 16 {
		h := Half(bits)
		f := h.Float32()
		if want := value(h); math.IsNaN(want) {
			require.True(t, math.IsNaN(float64(f)), "%#x", bits)
			require.Equal(t, h, HalfOf(f), "%#x keeps its payload", bits)
			require.True(t, math.IsNaN(float64(HalfOf64(float64(f)).Float32())))
			continue
		} else if math.Float64bits(want) != math.Float64bits(float64(f)) {
			t.Fatalf("%#x is %v, want %v", bits, f, want)
		}
		if HalfOf(f) != h || HalfOf64(float64(f)) != h {
			t.Fatalf("%#x becomes %#x and %#x", bits, HalfOf(f), HalfOf64(float64(f)))
		}
	}
}

// nearest rounds f by comparing exact distances to all numbers of a Half.
func nearest(f float64) Half {
	var sign Half
	if math.Signbit(f) {
		sign, f = 0x8000, -f
	}
	if f >= 65520 { // half a step beyond the largest
		return sign | 0x7c00
	}
	above := sort.Search(0x7c00, func(h int) bool { return value(Half(h)) >= f })
	if above == 0 || above < 0x7c00 && value(Half(above)) == f {
		return sign | Half(above)
	}
	if above == 0x7c00 {
		return sign | 0x7bff
	}
	low, high := Half(above-1), Half(above)
	x := new(big.Float).SetFloat64(f)
	down := new(big.Float).SetPrec(2000).Sub(x, big.NewFloat(value(low)))
	up := new(big.Float).SetPrec(2000).Sub(big.NewFloat(value(high)), x)
	switch c := down.Cmp(up); {
	case c < 0, c == 0 && low&1 == 0:
		return sign | low
	}
	return sign | high
}

func TestHalfRoundsToNearestTiesToEven(t *testing.T) {
	check := func(f float64) {
		if got, want := HalfOf64(f), nearest(f); got != want {
			t.Fatalf("HalfOf64(%x) is %#x, want %#x", f, got, want)
		}
		if f32 := float32(f); float64(f32) == f {
			if got, want := HalfOf(f32), nearest(f); got != want {
				t.Fatalf("HalfOf(%x) is %#x, want %#x", f, got, want)
			}
		}
	}
	for h := Half(0); h < 0x7c00; h++ { // each number, the tie above it, and what lies beside these
		f := value(h)
		next := 65536.0
		if h < 0x7bff {
			next = value(h + 1)
		}
		tie := (f + next) / 2
		for _, x := range []float64{f, tie} {
			for _, y := range []float64{
				x, math.Nextafter(x, 0), math.Nextafter(x, math.Inf(1)),
				float64(math.Nextafter32(float32(x), 0)), float64(math.Nextafter32(float32(x), math.MaxFloat32)),
				x * (1 + 0x1p-30), x * (1 - 0x1p-30), // a float32 in between rounds twice
			} {
				check(y)
				check(-y)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		check(math.Ldexp(1+r.Float64(), r.IntN(50)-30))
		check(float64(float32(math.Ldexp(-1-r.Float64(), r.IntN(50)-30))))
	}
	for _, f := range []float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat32, math.MaxFloat32,
		math.MaxFloat64, 1e39, math.Inf(1), math.Inf(-1), 65504, 65519.999, 65520, 0x1p-25, 0x1.000001p-25, 0x1p-26, 0x1p-140, 0x1p-1060} {
		check(f)
		check(-f)
	}
	require.True(t, math.IsNaN(float64(HalfOf64(math.NaN()).Float32())))
	require.True(t, math.IsNaN(float64(HalfOf(math.Float32frombits(0x7f800001)).Float32())), "a NaN of low payload stays one")
}
