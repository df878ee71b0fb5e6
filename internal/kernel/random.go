package kernel

import (
	"math"
	"math/bits"

	"gabion/dtype"
)

// Random elements are a function of the seed and the element's index alone.
// They come from Philox4x64-10 (Salmon et al., "Parallel random numbers: as
// easy as 1, 2, 3", 2011): word w of a stream is lane w mod 4 of the block
// with counter (w/4 + 1, 0, 0, 0), which is the w-th word of NumPy's
// Philox(key=[seed, stream]).
//
// Uniform element i is made of word i of stream 0, so that float64 elements in
// [0, 1) are those of NumPy's Generator(Philox(key=[seed, 0])).random().
// Normal elements 2k and 2k+1 are made of words 2k and 2k+1 of stream 1.
const (
	uniformStream = 0
	normalStream  = 1
)

// philox is the block of four words with the given counter.
func philox(seed, stream, counter uint64) (words [4]uint64) {
	const (
		multiplier0, multiplier2 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
		weyl0, weyl1             = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
	)
	x0, x1, x2, x3 := counter, uint64(0), uint64(0), uint64(0)
	for range 10 {
		high0, low0 := bits.Mul64(multiplier0, x0)
		high2, low2 := bits.Mul64(multiplier2, x2)
		x0, x1, x2, x3 = high2^x1^seed, low2, high0^x3^stream, low0
		seed += weyl0
		stream += weyl1
	}
	return [4]uint64{x0, x1, x2, x3}
}

// unit is a word as a float64 in [0, 1), a multiple of 2^-53.
func unit(word uint64) float64 { return float64(float64(word>>11) * 0x1p-53) }

// Uniform sets dst[i] to element first+i of the uniform random numbers in
// [low, high), or low if these round to one number. d is float32 or float64;
// other types leave dst as it is.
func Uniform(d dtype.DType, dst []byte, n int, seed uint64, first int64, low, high float64) {
	switch d {
	case dtype.Float32:
		uniform[float32](dst, n, seed, first, low, high)
	case dtype.Float64:
		uniform[float64](dst, n, seed, first, low, high)
	}
}

func uniform[T float](dst []byte, n int, seed uint64, first int64, low, high float64) {
	d := dtype.Slice[T](dst)[:n]
	var words [4]uint64
	for i := range d {
		w := uint64(first) + uint64(i)
		if lane := w & 3; i == 0 || lane == 0 {
			words = philox(seed, uniformStream, w/4+1)
		}
		v := T(low + float64((high-low)*unit(words[w&3])))
		if end := T(high); v >= end && T(low) < end {
			v = below(end) // rounding must not reach the end, which is left out
		}
		d[i] = v
	}
}

// below is the greatest T less than v.
func below[T float](v T) T {
	switch v := any(v).(type) {
	case float32:
		return T(math.Nextafter32(v, float32(math.Inf(-1))))
	case float64:
		return T(math.Nextafter(v, math.Inf(-1)))
	}
	return v
}

// Normal sets dst[i] to element first+i of the normal random numbers with the
// given mean and standard deviation (Box and Muller's method). d is float32 or
// float64; other types leave dst as it is.
func Normal(d dtype.DType, dst []byte, n int, seed uint64, first int64, mean, std float64) {
	switch d {
	case dtype.Float32:
		normal[float32](dst, n, seed, first, mean, std)
	case dtype.Float64:
		normal[float64](dst, n, seed, first, mean, std)
	}
}

func normal[T float](dst []byte, n int, seed uint64, first int64, mean, std float64) {
	d := dtype.Slice[T](dst)[:n]
	var words [4]uint64
	var even, odd float64
	for i := range d {
		w := uint64(first) + uint64(i)
		if i == 0 || w&3 == 0 {
			words = philox(seed, normalStream, w/4+1)
		}
		if i == 0 || w&1 == 0 {
			// 1 - unit is in (0, 1], where the logarithm is finite.
			radius := math.Sqrt(-2 * math.Log(1-unit(words[w&2])))
			sin, cos := math.Sincos(2 * math.Pi * unit(words[w&2+1]))
			even, odd = radius*cos, radius*sin
		}
		z := even
		if w&1 == 1 {
			z = odd
		}
		d[i] = T(mean + float64(std*z))
	}
}
