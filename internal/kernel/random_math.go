package kernel

import "math"

// Logarithms and exponentials for random numbers. Those of package math are in
// assembly on some processors, and the compiler fuses their products on others;
// these are the same bits everywhere, since every operation is rounded on its
// own. Their error is at most 2 units in the last place.

// randomLog is the natural logarithm of a positive finite x.
func randomLog(x float64) float64 {
	m, exponent := math.Frexp(x) // m in [1/2, 1)
	if m < math.Sqrt2/2 {
		m *= 2
		exponent--
	}
	// log m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), |s| < 0.172
	s := (m - 1) / (m + 1)
	z := float64(s * s)
	y := float64(z * z)
	even := 1.0/3 + float64(y*(1.0/7+float64(y*(1.0/11+float64(y*(1.0/15+float64(y*(1.0/19))))))))
	odd := 1.0/5 + float64(y*(1.0/9+float64(y*(1.0/13+float64(y*(1.0/17+float64(y*(1.0/21))))))))
	s *= 2
	k := float64(exponent)
	return float64(k*ln2High) + (s + (float64(k*ln2Low) + float64(s*float64(z*(even+float64(z*odd))))))
}

// randomExp is e to the power of x, which is not NaN.
func randomExp(x float64) float64 {
	switch {
	case x < -746:
		return 0
	case x > 710:
		return math.Inf(1)
	}
	k := math.Round(x / math.Ln2)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	// The series of e^r up to r¹³, |r| < 0.347
	z := float64(r * r)
	even := 1.0/2 + float64(z*(1.0/24+float64(z*(1.0/720+float64(z*(1.0/40320+float64(z*(1.0/3628800+float64(z*(1.0/479001600))))))))))
	odd := 1.0/6 + float64(z*(1.0/120+float64(z*(1.0/5040+float64(z*(1.0/362880+float64(z*(1.0/39916800+float64(z*(1.0/6227020800))))))))))
	p := 1 + (r + float64(z*(even+float64(r*odd))))
	if k < -1000 || k > 1000 {
		return math.Ldexp(p, int(k))
	}
	return p * math.Float64frombits(uint64(1023+int(k))<<52)
}
