package kernel

import "math"

// double is the unevaluated sum of a float64 and a much smaller one: about 105
// bits. Its operations round to nearly that. Sums and products of two float64
// that lose nothing are those of Dekker ("A floating-point technique for
// extending the available precision", 1971) and Knuth; what a product loses is
// one fused multiply-add, which is the same on every processor.
type double struct{ high, low float64 }

// normalized is the sum of a and the smaller b, without loss.
func normalized(a, b float64) double {
	sum := a + b
	return double{sum, b - (sum - a)}
}

// sumOf is a + b, without loss.
func sumOf(a, b float64) double {
	sum := a + b
	v := sum - a
	return double{sum, (a - (sum - v)) + (b - v)}
}

// productOf is a * b, without loss unless it is subnormal.
func productOf(a, b float64) double {
	p := float64(a * b)
	return double{p, math.FMA(a, b, -p)}
}

func (a double) add(b double) double {
	s := sumOf(a.high, b.high)
	return normalized(s.high, s.low+(a.low+b.low))
}

func (a double) times(b double) double {
	p := productOf(a.high, b.high)
	return normalized(p.high, p.low+(float64(a.high*b.low)+float64(a.low*b.high)))
}

func (a double) negated() double { return double{-a.high, -a.low} }

// over is a / b.
func (a double) over(b double) double {
	inverse := 1 / b.high
	q := float64(a.high * inverse)
	rest := math.FMA(-q, b.high, a.high) + (a.low - float64(q*b.low))
	return normalized(q, float64(rest*inverse))
}

// sqrt is the square root of a, which is above 0.
func (a double) sqrt() double {
	s := math.Sqrt(a.high)
	return normalized(s, (math.FMA(-s, s, a.high)+a.low)/(2*s))
}

// value is a as the nearest float64, or one next to it.
func (a double) value() float64 { return a.high + a.low }
