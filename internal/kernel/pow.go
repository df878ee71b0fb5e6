package kernel

import "math"

// pow is x to the power of y for float64, within 2 units in the last place and
// exact where the result is a float64 and y an integer below 1024. math.Pow
// does not do: it multiplies the rounding error of a logarithm by y.
func pow(x, y float64) float64 {
	switch {
	case !(x != 0 && y != 0 && x-x == 0 && y-y == 0):
		return math.Pow(x, y) // zeros, infinities and NaN
	case x == 1:
		return 1
	case x < 0:
		whole := math.Trunc(y)
		if whole != y {
			return math.NaN()
		}
		if math.Mod(whole, 2) != 0 {
			return -pow(-x, y)
		}
		return pow(-x, y)
	case y == 0.5:
		return math.Sqrt(x)
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	if n := math.Abs(y); n < 1024 && n == math.Trunc(n) {
		p := wholePower(m, int(n))
		if y < 0 {
			p, e = p.inverse(), -e
		}
		return math.Ldexp(p.high, e*int(n))
	}
	l := logarithm(m).add(double{float64(float64(e) * ln2High), float64(float64(e) * ln2Low)})
	switch estimate := l.high * y; {
	case estimate > 710:
		return math.Inf(1)
	case estimate < -746:
		return 0
	}
	p := l.times(double{y, 0})
	result := exp(p.high)
	if math.IsInf(result, 0) {
		return result
	}
	return result + float64(result*p.low)
}

// double is the unevaluated sum of a float64 and a much smaller one: about 105
// bits. Its operations round to that.
type double struct{ high, low float64 }

// normalized is the sum of a and the smaller b as a double.
func normalized(a, b float64) double {
	sum := a + b
	return double{sum, b - (sum - a)}
}

func (a double) add(b double) double {
	if math.Abs(a.high) < math.Abs(b.high) {
		a, b = b, a
	}
	s := normalized(a.high, b.high)
	return normalized(s.high, s.low+(a.low+b.low))
}

func (a double) times(b double) double {
	p := float64(a.high * b.high)
	low := math.FMA(a.high, b.high, -p)
	return normalized(p, low+(float64(a.high*b.low)+float64(a.low*b.high)))
}

func (a double) inverse() double {
	q := 1 / a.high
	return normalized(q, (math.FMA(-q, a.high, 1)-float64(q*a.low))/a.high)
}

// wholePower is m to the power of n for m near 1 and n at least 1.
func wholePower(m float64, n int) double {
	power, base := double{1, 0}, double{m, 0}
	for {
		if n&1 != 0 {
			power = power.times(base)
		}
		if n >>= 1; n == 0 {
			return power
		}
		base = base.times(base)
	}
}

var tailCoefficients = [...]float64{
	1. / 27, 1. / 25, 1. / 23, 1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5,
}

// logarithm is log m for m between sqrt(1/2) and sqrt(2): with
// s = (m-1)/(m+1) it is 2 (s + s^3/3 + s^5/5 + ...).
func logarithm(m float64) double {
	above := m - 1 // exact
	sum := normalized(max(m, 1), min(m, 1))
	s := above / sum.high
	ratio := normalized(s, (math.FMA(-s, sum.high, above)-float64(s*sum.low))/sum.high)
	square := ratio.times(ratio)
	z, tail := square.high, 0.0
	for _, c := range tailCoefficients {
		tail = float64(z*tail) + c
	}
	const third, rest = 0x1.5555555555555p-2, 0x1.5555555555555p-56 // of 1/3
	coefficient := normalized(third, float64(z*tail))
	coefficient.low += rest
	series := normalized(1, 0).add(square.times(coefficient))
	l := ratio.times(series)
	return double{2 * l.high, 2 * l.low}
}
