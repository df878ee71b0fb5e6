package kernel

import "math"

// The exponential functions split their argument x into n ln(2)/128 + r with
// an integer n, so that
//
//	exp(x) = 2^(n/128) exp(r) = 2^k table[i] (1 + r + r^2/2 + ...)
//
// with n = 128k + i and |r| <= ln(2)/256: the method of Tang ("Table-driven
// implementation of the exponential function in IEEE floating-point arithmetic",
// 1989), by which the result is off by little more than its rounding.

const (
	stepsPerE = 128 * log2EHigh // 128/ln(2)
	// whole is added to a number and taken away to round it to an integer,
	// which then stands in its low bits.
	whole = 0x1.8p52

	expOverflow  = 0x1.62e42fefa39efp9  // the largest number whose exponential is finite
	expUnderflow = -0x1.74910d52d3051p9 // the least whose exponential is not 0
)

// power2 is 2 to the power of k from -1022 to 1023.
func power2(k int) float64 { return math.Float64frombits(uint64(k+1023) << 52) }

// exp is e to the power of x.
func exp(x float64) float64 {
	if !(math.Abs(x) < 708) {
		return expAtTheEnds(x)
	}
	shifted := float64(x*stepsPerE) + whole
	n := shifted - whole
	r := (x - float64(n*ln2By128High)) - float64(n*ln2By128Low)
	i := math.Float64bits(shifted)
	step := &expTable[i%128]
	s := math.Float64frombits(step.bits + i>>7<<52)
	return s + float64(s*(step.tail+(r+expTailOf(r))))
}

// expTailOf is exp(r) - 1 - r.
func expTailOf(r float64) float64 {
	square := float64(r * r)
	return float64(square * (expTail[0] + float64(r*expTail[1]) + float64(square*(expTail[2]+float64(r*expTail[3])))))
}

func expAtTheEnds(x float64) float64 {
	switch {
	case x > expOverflow:
		return math.Inf(1)
	case x < expUnderflow:
		return 0
	case math.IsNaN(x):
		return x
	}
	e, k := expOfDouble(double{x, 0})
	return e.scaled(k)
}

// expOfDouble is e to the power of x as a double near 1 times 2^k, for |x| less
// than 1400, with an error of some 2^-64 of it.
func expOfDouble(x double) (e double, k int) {
	n := math.RoundToEven(float64(x.high * stepsPerE))
	r := sumOf(x.high-float64(n*ln2By128High), -float64(n*ln2By128Low))
	return expOfParts(int(n), normalized(r.high, r.low+x.low))
}

// expOfParts is 2^(n/128) e^r as a double near 1 times 2^k.
func expOfParts(n int, r double) (e double, k int) {
	step := &expTable[uint(n)%128]
	s := math.Float64frombits(step.bits)
	square := float64(r.high * r.high)
	tail := float64(square * (expTail[0] + float64(r.high*expTail[1]) +
		float64(square*(expTail[2]+float64(r.high*expTail[3])+float64(square*expTail[4])))))
	p := normalized(r.high, step.tail+(r.low+float64(step.tail*r.high)+tail))
	product := productOf(s, p.high)
	e = normalized(s, product.high)
	return normalized(e.high, e.low+(product.low+float64(s*p.low))), n >> 7
}

// scaled is a, which is near 1, times 2^k, rounded once.
func (a double) scaled(k int) float64 {
	switch {
	case k > 2000:
		return math.Inf(1)
	case k >= -1022 && k <= 1023:
		return a.value() * power2(k)
	case k > 1023:
		return a.value() * 0x1p1023 * power2(min(k, 2046)-1023)
	case k < -1080:
		return 0
	}
	// A subnormal result is a multiple of 2^-1074, a one of 2^(-1074-k):
	// adding what has such a last bit rounds to it.
	unit := float64(0x1p52 * power2(-1074-k))
	sum := normalized(unit, a.high)
	rounded := (sum.high + (sum.low + a.low)) - unit
	return rounded * 0x1p-1022 * power2(k+1022)
}

// exp2 is 2 to the power of x.
func exp2(x float64) float64 {
	if !(math.Abs(x) < 1022) {
		switch {
		case x >= 1024:
			return math.Inf(1)
		case x < -1075:
			return 0
		case math.IsNaN(x):
			return x
		}
	}
	n := math.RoundToEven(float64(x * 128))
	rest := x - float64(n/128) // exact
	if math.Abs(x) < 1022 {
		r := float64(rest * math.Ln2)
		step := &expTable[uint(int(n))%128]
		s := math.Float64frombits(step.bits + uint64(int(n)>>7)<<52)
		return s + float64(s*(step.tail+(r+expTailOf(r))))
	}
	e, k := expOfParts(int(n), productOf(rest, math.Ln2))
	return e.scaled(k)
}

// expm1 is e to the power of x, minus 1.
func expm1(x float64) float64 {
	if !(math.Abs(x) < 40) {
		switch {
		case x < 0:
			return -1
		case math.IsNaN(x):
			return x
		}
		return exp(x) // the 1 is too small to matter
	}
	if math.Abs(x) < 1.0/512 {
		if x == 0 {
			return x // with its sign
		}
		return x + expTailOf(x)
	}
	e, k := expOfDouble(double{x, 0})
	scale := power2(k)
	less := sumOf(float64(e.high*scale), -1)
	return less.high + (less.low + float64(e.low*scale))
}
