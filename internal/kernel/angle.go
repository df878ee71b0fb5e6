package kernel

import (
	"math"
	"math/bits"
)

// quarters is x less a whole number of quarter turns, as a double of at most
// little more than pi/4, and that number modulo 4. x is finite. Its relative
// error is far below that of a float64, also next to multiples of pi/2.
func quarters(x float64) (rest double, quarter int) {
	if math.Abs(x) > 0x1p30 {
		return manyQuarters(x)
	}
	// The method of Cody and Waite ("Software Manual for the Elementary
	// Functions", 1980): pi/2 in three parts. The first difference is exact:
	// a multiple of the last bit of x or of piHalfHigh, and less than 1.
	n := math.RoundToEven(float64(x * (2 / math.Pi)))
	high := math.FMA(-n, piHalfHigh, x)
	part := productOf(n, piHalfLow)
	difference := sumOf(high, -part.high)
	return normalized(difference.high, difference.low-part.low-float64(n*piHalfLowest)), int(n) & 3
}

// manyQuarters is quarters for large x by the method of Payne and Hanek ("Radian
// reduction for trigonometric functions", 1983): of the product of x and the
// bits of 2/pi only those are computed that matter, from the one that stands
// for 2 quarters to 190 bits behind the point.
func manyQuarters(x float64) (rest double, quarter int) {
	b := math.Float64bits(x)
	mantissa := b&(1<<52-1) | 1<<52
	exponent := int(b>>52&0x7ff) - 1075 // |x| is mantissa times 2^exponent
	// The bits of 2/pi in front of bit exponent-2 give multiples of 4 quarters.
	first := 64 + exponent - 2
	word, shift := first/64, uint(first%64)
	var window [4]uint64
	for i := range window {
		window[i] = twoOverPi[word+i] << shift
		if shift > 0 {
			window[i] |= twoOverPi[word+i+1] >> (64 - shift)
		}
	}
	// The low 256 bits of the product, of which the first two are quarters.
	h3, p3 := bits.Mul64(mantissa, window[3])
	h2, l2 := bits.Mul64(mantissa, window[2])
	h1, l1 := bits.Mul64(mantissa, window[1])
	_, l0 := bits.Mul64(mantissa, window[0])
	p2, carry := bits.Add64(l2, h3, 0)
	p1, carry := bits.Add64(l1, h2, carry)
	p0, _ := bits.Add64(l0, h1, carry)
	quarter = int(p0 >> 62)
	// The fraction, of 254 bits, from -1/2 to 1/2.
	p0, p1, p2, p3 = p0<<2|p1>>62, p1<<2|p2>>62, p2<<2|p3>>62, p3<<2
	negative := p0>>63 != 0
	if negative {
		quarter++
		var borrow uint64
		p3, borrow = bits.Sub64(0, p3, 0)
		p2, borrow = bits.Sub64(0, p2, borrow)
		p1, borrow = bits.Sub64(0, p1, borrow)
		p0, _ = bits.Sub64(0, p0, borrow)
	}
	// 106 bits from the first that is set.
	scale := -64
	for p0 == 0 {
		p0, p1, p2, p3 = p1, p2, p3, 0
		scale -= 64
	}
	if zeros := uint(bits.LeadingZeros64(p0)); zeros > 0 {
		p0, p1 = p0<<zeros|p1>>(64-zeros), p1<<zeros|p2>>(64-zeros)
		scale -= int(zeros)
	}
	high := float64(float64(p0>>11) * 0x1p11)
	low := float64(p0&(1<<11-1)) + float64(float64(p1>>11)*0x1p-53)
	rest = normalized(high, low).times(double{piHalfHigh, piHalfLow})
	factor := power2(scale)
	if negative != (x < 0) {
		factor = -factor
	}
	if x < 0 {
		quarter = -quarter
	}
	return double{rest.high * factor, rest.low * factor}, quarter & 3
}
