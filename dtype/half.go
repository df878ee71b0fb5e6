package dtype

import "math"

// Half is a float16 element: the bits of an IEEE 754 binary16 number.
// Float16 is a storage type; arithmetic on it is done in float32.
type Half uint16

// HalfOf rounds f to the nearest Half, ties to even.
func HalfOf(f float32) Half {
	b := math.Float32bits(f)
	sign := Half(b>>16) & 0x8000
	exp := int(b>>23) & 0xff
	frac := b & 0x7fffff
	switch {
	case exp == 0xff: // Inf, or NaN with its highest payload bits kept
		if frac == 0 {
			return sign | 0x7c00
		}
		h := sign | 0x7c00 | Half(frac>>13)
		if h&0x3ff == 0 {
			h |= 1
		}
		return h
	case exp > 142: // at least 2^16: beyond the largest Half
		return sign | 0x7c00
	case exp >= 113: // normal; a carry out of the fraction rightly raises the exponent
		h := uint32(exp-112)<<10 | frac>>13
		rest := frac & 0x1fff
		if rest > 0x1000 || rest == 0x1000 && h&1 == 1 {
			h++
		}
		return sign | Half(h)
	case exp < 102: // less than half of the smallest subnormal
		return sign
	}
	frac |= 0x800000
	shift := uint(126 - exp)
	h := frac >> shift
	rest, half := frac&(1<<shift-1), uint32(1)<<(shift-1)
	if rest > half || rest == half && h&1 == 1 {
		h++
	}
	return sign | Half(h)
}

// HalfOf64 rounds f to the nearest Half, ties to even, in a single rounding.
func HalfOf64(f float64) Half {
	g := float32(f)
	// Rounding to odd in the float32 step keeps the second rounding exact:
	// an inexact float32 with an even last bit is moved towards f.
	if float64(g) != f && !math.IsNaN(f) && !math.IsInf(float64(g), 0) {
		b := math.Float32bits(g)
		if b&1 == 0 {
			if math.Abs(float64(g)) < math.Abs(f) {
				b++
			} else {
				b--
			}
			g = math.Float32frombits(b)
		}
	}
	return HalfOf(g)
}

// Float32 is the value of h, which float32 holds exactly.
func (h Half) Float32() float32 {
	sign := uint32(h&0x8000) << 16
	exp := uint32(h>>10) & 0x1f
	frac := uint32(h & 0x3ff)
	switch {
	case exp == 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	case exp != 0:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
	case frac == 0:
		return math.Float32frombits(sign)
	}
	f := float32(frac) * (1.0 / (1 << 24))
	if sign != 0 {
		f = -f
	}
	return f
}
