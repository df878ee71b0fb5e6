package kernel

import (
	"math"

	"gabion/dtype"
)

// integerPow: dst[i] = a[i] to the power of b[i], wrapping; 0 and the status
// NegativePower where b[i] is negative.
func integerPow[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	status := OK
	for i := range d {
		base, exponent := x[i], y[i]
		if exponent < 0 {
			status |= NegativePower
			d[i] = 0
			continue
		}
		power := T(1)
		for ; exponent != 0; exponent >>= 1 {
			if exponent&1 != 0 {
				power *= base
			}
			base *= base
		}
		d[i] = power
	}
	return status
}

// pow is x to the power of y as in C99: 1 to any power and anything to the
// power of 0 are 1, also with NaN; a negative number to a power that is not an
// integer is NaN. It is exp(y log(x)) with the product in two parts, and exact
// where the result is a float64.
func pow(x, y float64) float64 {
	switch {
	case y == 2:
		return x * x
	case y == 0 || x == 1:
		return 1
	case x != x || y != y:
		return math.NaN()
	}
	a := math.Abs(x)
	sign := 1.0
	if math.Signbit(x) {
		switch half := y / 2; {
		case y != math.Trunc(y):
			if a != 0 && a <= math.MaxFloat64 && math.Abs(y) <= math.MaxFloat64 {
				return math.NaN()
			}
		case half != math.Trunc(half) && math.Abs(y) < 0x1p53:
			sign = -1
		}
	}
	switch {
	case a == 0 || a > math.MaxFloat64:
		if (y < 0) == (a == 0) {
			return sign * math.Inf(1)
		}
		return sign * 0
	case math.Abs(y) > math.MaxFloat64:
		switch {
		case a == 1:
			return 1
		case (a > 1) == (y > 0):
			return math.Inf(1)
		}
		return 0
	}
	k := 0
	if a < smallestNormal {
		a, k = a*0x1p54, -54
	}
	l := logOfDouble(double{a, 0}, k)
	switch estimate := float64(l.high * y); {
	case estimate > 710:
		return sign * math.Inf(1)
	case estimate < -746:
		return sign * 0
	}
	p, k := expOfDouble(l.times(double{y, 0}))
	return sign * p.scaled(k)
}
