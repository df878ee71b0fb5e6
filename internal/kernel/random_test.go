package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
)

// TestPhilox: the words are those of numpy.random.Philox(key=[…]).random_raw(9).
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		seed, stream uint64
		words        [9]uint64
	}{
		{0, 0, [9]uint64{0x2f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79, 0x907d7a052fd5b4dc, 0x809bf322883987c3, 0x471128b9e807f7dd, 0xf250ba0dbec065b7, 0xfc6ed66767a457bc, 0x40fa86f0f781945d}},
		{42, 0, [9]uint64{0xd1f8817d4d62880e, 0x307266b65cc8797e, 0xde1f04e7f084ed03, 0x65034a8e78cd1e59, 0x5e3daa8961c3e3d3, 0x6f37dea4a04bd05c, 0x31d3a1ae26e190b9, 0xfef7fae0ab2a01a, 0xe075d4e361a857a3}},
		{42, 1, [9]uint64{0x719965f2debb5c86, 0xd0ff12852bfefaa0, 0x824f8a46917b59d3, 0x633af9b3183bb36a, 0x665962d67a5a63a, 0x58fb335daa5560b5, 0xf7121f0faa702e07, 0xc5ae1d90ae3ad1a6, 0xf9a99ca26572125a}},
		{math.MaxUint64, 1, [9]uint64{0xa7a2e8236bfb4443, 0xc71a2ea098bcf226, 0x2d2da51db1f0283d, 0xf3b034e0c89feec, 0x43c18637337651be, 0x32bc59aca9f40749, 0xaebb688416ae1e23, 0x29cdd8953ee184a3, 0x2835b240a0da8c09}},
	} {
		for w, want := range c.words {
			block := philox(c.seed, c.stream, uint64(w)/4+1)
			require.Equal(t, want, block[w%4], "key [%d, %d], word %d", c.seed, c.stream, w)
		}
	}
}

// TestUniformIsNumPys: the values of Generator(Philox(key=[42, 0])).random(6).
func TestUniformIsNumPys(t *testing.T) {
	got := make([]float64, 6)
	Uniform(dtype.Float64, dtype.Bytes(got), 6, 42, 0, 0, 1)
	require.Equal(t, []float64{
		0.8201981478608876, 0.18924562408645496, 0.8676608148821462,
		0.3945814702827203, 0.36812845090913937, 0.4344462539595917,
	}, got)
}

func TestRandomElementsStandAlone(t *testing.T) {
	type fill func(d dtype.DType, dst []byte, n int, seed uint64, first int64, a, b float64)
	for _, f := range []fill{Uniform, Normal} {
		for _, d := range []dtype.DType{dtype.Float32, dtype.Float64} {
			whole, _ := guarded(d, 100, 0)
			f(d, whole, 100, 7, 1000, -1, 2)
			for first := range 20 {
				for _, n := range []int{0, 1, 2, 3, 4, 5, 9, 80} {
					part, memory := guarded(d, n, 1)
					f(d, part, n, 7, int64(1000+first), -1, 2)
					requireGuards(t, part, memory, d, 1, "random")
					require.Equal(t, whole[first*d.Size():(first+n)*d.Size()], part, "first %d, n %d", first, n)
				}
			}
		}
	}
}

func TestUniformLeavesTheEndOut(t *testing.T) {
	x := make([]float32, 1<<20)
	for _, c := range []struct{ low, high float64 }{
		{1, math.Nextafter(1, 2)}, // one float32
		{16777215, 16777216},      // two neighbours
	} {
		Uniform(dtype.Float32, dtype.Bytes(x), len(x), 1, 0, c.low, c.high)
		for i, v := range x {
			if v != float32(c.low) {
				require.Failf(t, "outside", "element %d: %v", i, v)
			}
		}
	}
}

func TestRandomMoments(t *testing.T) {
	const n = 1 << 20
	x := make([]float64, n)
	check := func(mean, std, fourth float64) {
		var sum, squares, fourths, neighbours float64
		last := 0.0
		for _, v := range x {
			z := (v - mean) / std
			sum += z
			squares += z * z
			fourths += z * z * z * z
			neighbours += z * last
			last = z
		}
		const sigma = 1.0 / 1024 // of a mean of n values of variance 1
		require.InDelta(t, 0, sum/n, 5*sigma)
		require.InDelta(t, 1, squares/n, 5*sigma*1.5)
		require.InDelta(t, fourth, fourths/n, 5*sigma*10)
		require.InDelta(t, 0, neighbours/n, 5*sigma)
	}
	Normal(dtype.Float64, dtype.Bytes(x), n, 3, 0, 10, 2)
	check(10, 2, 3)
	// Cells of equal probability, 20 by chi-square: mean 19, deviation 6.2.
	counts := make([]float64, 20)
	for _, v := range x {
		counts[min(int(20*0.5*math.Erfc(-(v-10)/2/math.Sqrt2)), 19)]++
	}
	chi := 0.0
	for _, c := range counts {
		chi += (c - n/20.0) * (c - n/20.0) / (n / 20.0)
	}
	require.Less(t, chi, 19+5*6.2)
	Uniform(dtype.Float64, dtype.Bytes(x), n, 3, 0, -1, 3)
	check(1, 4/math.Sqrt(12), 1.8)
}

func TestOtherTypesAreLeft(t *testing.T) {
	b := []byte{1, 2, 3, 4}
	Uniform(dtype.Int8, b, 4, 0, 0, 0, 1)
	Normal(dtype.Int8, b, 4, 0, 0, 0, 1)
	require.Equal(t, []byte{1, 2, 3, 4}, b)
}
