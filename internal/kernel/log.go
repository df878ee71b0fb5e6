package kernel

import "math"

// The logarithms split a positive number into 2^k z with z from 0.6875 to 1.375,
// and find in a table a number c near 1/z with its logarithm, so that
//
//	log(x) = k ln(2) - log(c) + log1p(r)   with r = c z - 1, |r| < 2^-7:
//
// the method of Tang ("Table-driven implementation of the logarithm function in
// IEEE floating-point arithmetic", 1990). On both sides of 1 c is 1, so that
// nothing cancels there.

const (
	smallestNormal = 0x1p-1022
	logStart       = 0x3fe6000000000000 // the bits of 0.6875
)

// logSplit is the k, z and place in logTable of a number that is above 0,
// finite, and not subnormal.
func logSplit(x float64) (k, z float64, i uint64) {
	bits := math.Float64bits(x)
	above := bits - logStart
	exponent := int64(above) >> 52
	return float64(exponent), math.Float64frombits(bits - uint64(exponent)<<52), above >> 45 % 128
}

// logTailOf is log1p(r) - r.
func logTailOf(r float64) float64 {
	square := float64(r * r)
	return float64(square * (float64(r*(logTail[0]+float64(r*logTail[1])+
		float64(square*(logTail[2]+float64(r*logTail[3])+float64(square*(logTail[4]+float64(r*logTail[5]))))))) - 0.5))
}

// log is the natural logarithm of x.
func log(x float64) float64 {
	if !(x >= smallestNormal && x <= math.MaxFloat64) {
		return logAtTheEnds(x)
	}
	k, z, i := logSplit(x)
	row := &logTable[i]
	r := math.FMA(z, row.inverse, -1)
	w := float64(k*ln2High) + row.high // exact
	high := w + r
	low := (w - high) + r + (float64(k*ln2Low) + row.low)
	return high + (low + logTailOf(r))
}

// logAtTheEnds is log of what is not a normal number above 0.
func logAtTheEnds(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x < 0:
		return math.NaN()
	case x < smallestNormal:
		return logOfDouble(double{x * 0x1p54, 0}, -54).value()
	}
	return x // infinity and NaN
}

// logOfDouble is the natural logarithm of x 2^k for x above 0, finite, and not
// subnormal, with an error of some 2^-67 of it.
func logOfDouble(x double, k int) double {
	more, z, i := logSplit(x.high)
	row := &logTable[i]
	p := productOf(z, row.inverse)
	rest := p.low
	if x.low != 0 {
		rest += float64(float64(x.low*(z/x.high)) * row.inverse)
	}
	return logFrom(more+float64(k), row.high, row.low, normalized(p.high-1, rest))
}

// logFrom is k ln(2) + c + log1p(r) for c in two parts and |r| < 2^-7.
func logFrom(k, cHigh, cLow float64, r double) double {
	square := productOf(r.high, r.high)
	tail := float64(square.high * float64(r.high*(logTail[0]+float64(r.high*logTail[1])+
		float64(square.high*(logTail[2]+float64(r.high*logTail[3])+float64(square.high*(logTail[4]+float64(r.high*logTail[5]))))))))
	sum := normalized(r.high, float64(-square.high/2))
	low := sum.low + (r.low - float64(r.high*r.low) - float64(square.low/2) + tail) + (float64(k*ln2Low) + cLow)
	w := float64(k*ln2High) + cHigh // exact
	if w == 0 {
		return normalized(sum.high, low)
	}
	all := sumOf(w, sum.high)
	return normalized(all.high, all.low+low)
}

// log1pOfDouble is log(1 + x) for x above -1 and not so large that 1 + x
// overflows.
func log1pOfDouble(x double) double {
	if x.high > -1.0/256 && x.high < 1.0/128 {
		return logFrom(0, 0, 0, x)
	}
	sum := sumOf(1, x.high)
	return logOfDouble(normalized(sum.high, sum.low+x.low), 0)
}

// log1p is log(1 + x), also for x much less than 1.
func log1p(x float64) float64 {
	switch {
	case x > -1.0/256 && x < 1.0/128:
		return x + logTailOf(x)
	case x > -1 && x < 0x1p60:
		sum := sumOf(1, x)
		k, z, i := logSplit(sum.high)
		row := &logTable[i]
		r := math.FMA(z, row.inverse, -1) + float64(float64(sum.low*power2(-int(k)))*row.inverse)
		w := float64(k*ln2High) + row.high
		high := w + r
		low := (w - high) + r + (float64(k*ln2Low) + row.low)
		return high + (low + logTailOf(r))
	case x == -1:
		return math.Inf(-1)
	case x < -1:
		return math.NaN()
	}
	return log(x) // the 1 is too small to matter
}

// log2 is the logarithm of x to the base 2, exact for powers of 2.
func log2(x float64) float64 {
	if !(x >= smallestNormal && x <= math.MaxFloat64) {
		if x > 0 && x < smallestNormal {
			return log2(x*0x1p54) - 54
		}
		return logAtTheEnds(x)
	}
	k, z, i := logSplit(x)
	l := logOfPart(z, i)
	p := productOf(l.high, log2EHigh)
	sum := sumOf(k, p.high)
	return sum.high + (sum.low + p.low + (float64(l.high*log2ELow) + float64(l.low*log2EHigh)))
}

// log10 is the logarithm of x to the base 10, exact for powers of 10.
func log10(x float64) float64 {
	less := 0.0
	if !(x >= smallestNormal && x <= math.MaxFloat64) {
		if !(x > 0 && x < smallestNormal) {
			return logAtTheEnds(x)
		}
		x, less = x*0x1p54, 54
	}
	k, z, i := logSplit(x)
	k -= less
	l := logOfPart(z, i)
	p := productOf(l.high, log10EHigh)
	sum := sumOf(float64(k*log10Of2High), p.high) // the product is exact
	return sum.high + (sum.low + p.low + (float64(k*log10Of2Low) + float64(l.high*log10ELow) + float64(l.low*log10EHigh)))
}

// logOfPart is the logarithm of z, which belongs to row i of logTable, with an
// error of some 2^-56 of it.
func logOfPart(z float64, i uint64) double {
	row := &logTable[i]
	r := math.FMA(z, row.inverse, -1)
	high := row.high + r
	low := (row.high - high) + r + row.low + logTailOf(r)
	return normalized(high, low)
}
