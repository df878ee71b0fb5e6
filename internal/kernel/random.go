package kernel

import (
	"math"
	"math/bits"

	"gabion/dtype"
	"gabion/internal/op"
)

// Random elements are a function of the seed, the number of the stream and the
// element's index alone. What is made of which words, and how, is part of what a
// release promises: the tests hold the bits of every distribution.
//
// Only additions, multiplications, divisions and square roots are used, each
// rounded on its own, so that the bits are the same on every machine.

// Draw is what the elements of a random array are made from. Its fields are those
// of graph.RandomAttrs, which says what they are, and hold what that checks.
type Draw struct {
	Seed, Stream uint64
	A, B         float64
	Low          int64
	Span         uint64
	N            int64
	Distinct     bool
	P            []float64
}

// Sampler sets the first n elements of dst to elements first, first+step,
// first+2*step, … of a random array. It is used by one goroutine at a time.
type Sampler func(dst []byte, n int, first, step int64)

// NewSampler prepares the elements of a random operation; false if there is no
// such operation of the type.
func NewSampler(name op.Name, d dtype.DType, draw Draw) (Sampler, bool) {
	s := stream{draw.Seed, draw.Stream}
	switch d {
	case dtype.Float32:
		return floatSampler[float32](name, s, draw)
	case dtype.Float64:
		return floatSampler[float64](name, s, draw)
	}
	if name == op.RandomIntegers {
		return integerSampler(d, s, draw)
	}
	if d != dtype.Int64 {
		return nil, false
	}
	switch name {
	case op.RandomBinomial:
		return binomial(s, draw.N, draw.A), true
	case op.RandomPoisson:
		return poisson(s, draw.A), true
	case op.RandomChoice:
		return choice(s, draw), true
	case op.RandomPermutation:
		return permutation(s, draw.N), true
	}
	return nil, false
}

func floatSampler[T float](name op.Name, s stream, draw Draw) (Sampler, bool) {
	switch name {
	case op.RandomUniform:
		return uniform[T](s, draw.A, draw.B), true
	case op.RandomNormal:
		return normal[T](s, draw.A, draw.B), true
	case op.RandomExponential:
		return exponential[T](s, draw.A), true
	case op.RandomGamma:
		return gamma[T](s, draw.A, draw.B), true
	case op.RandomBeta:
		return beta[T](s, draw.A, draw.B), true
	}
	return nil, false
}

// oneWord makes elements with f, which is given a word for each: word i of the
// stream for element i. The elements are first, first+step, ….
func oneWord[T dtype.Element](s stream, f func(dst []T, words []uint64, first, step uint64)) Sampler {
	var buffer [128]uint64
	return func(dst []byte, n int, first, step int64) {
		d, at, by := dtype.Slice[T](dst)[:n], uint64(first), uint64(step)
		for len(d) > 0 {
			words := buffer[:min(len(d), len(buffer))]
			if by == 1 {
				s.fill(words, at)
			} else {
				for i := range words {
					words[i] = s.word(at + uint64(i)*by)
				}
			}
			f(d[:len(words)], words, at, by)
			d, at = d[len(words):], at+uint64(len(words))*by
		}
	}
}

// severalWords makes elements with f, which takes as many words as it likes. The
// first of them, share for each element, are taken from the stream: 2, or the 4
// of a block.
func severalWords[T dtype.Element](s stream, share int, f func(d *draws) T) Sampler {
	words := &draws{stream: s}
	return func(dst []byte, n int, first, step int64) {
		d := dtype.Slice[T](dst)[:n]
		for i := range d {
			words.begin(uint64(first)+uint64(i)*uint64(step), share)
			d[i] = f(words)
		}
	}
}

// constant is elements that are all v.
func constant[T dtype.Element](v T) Sampler {
	return func(dst []byte, n int, _, _ int64) {
		d := dtype.Slice[T](dst)[:n]
		for i := range d {
			d[i] = v
		}
	}
}

// uniform is numbers in [low, high), or low where these round to one number.
// Element i is made of word i, so that float64 elements in [0, 1) are those of
// NumPy's Generator(Philox(key=[seed, stream])).random().
func uniform[T float](s stream, low, high float64) Sampler {
	width := high - low
	end, last := T(high), below(T(high)) // rounding must not reach the end, which is left out
	if T(low) >= end {
		last = T(low)
	}
	return oneWord(s, func(dst []T, words []uint64, _, _ uint64) {
		for i, word := range words[:len(dst)] {
			v := T(low + float64(width*unit(word)))
			if v >= end {
				v = last
			}
			dst[i] = v
		}
	})
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

// integerSampler is the integers from low to low+span, all of them equally
// likely. Of types with a sign low+span wraps around to what it means.
func integerSampler(d dtype.DType, s stream, draw Draw) (Sampler, bool) {
	switch d {
	case dtype.Bool, dtype.Uint8:
		return integers[uint8](s, draw.Low, draw.Span), true
	case dtype.Int8:
		return integers[int8](s, draw.Low, draw.Span), true
	case dtype.Int16:
		return integers[int16](s, draw.Low, draw.Span), true
	case dtype.Int32:
		return integers[int32](s, draw.Low, draw.Span), true
	case dtype.Int64:
		return integers[int64](s, draw.Low, draw.Span), true
	case dtype.Uint16:
		return integers[uint16](s, draw.Low, draw.Span), true
	case dtype.Uint32:
		return integers[uint32](s, draw.Low, draw.Span), true
	case dtype.Uint64:
		return integers[uint64](s, draw.Low, draw.Span), true
	}
	return nil, false
}

// integers is draws.below for each element, with the common case in the loop.
func integers[T integer](s stream, low int64, span uint64) Sampler {
	size := span + 1
	return oneWord(s, func(dst []T, words []uint64, first, step uint64) {
		for i, word := range words[:len(dst)] {
			high, rest := bits.Mul64(word, size)
			if rest < size {
				d := s.startingWith(word, first+uint64(i)*step)
				high = d.below(size)
			}
			if size == 0 { // all of 2^64
				high = word
			}
			dst[i] = T(uint64(low) + high)
		}
	})
}
