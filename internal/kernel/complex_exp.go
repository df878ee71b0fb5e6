package kernel

import "math"

// Complex functions have the special values of C99, annex G.

func isFinite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

var complexNaN = complex(math.NaN(), math.NaN())

// onCircle is e^x, as a double near 1 times 2^k, times the point of the unit
// circle at an angle. The factor alone may overflow where the product does not.
func onCircle(x, angle double) complex128 {
	sin, cos := sine(angle.high, 0), sine(angle.high, 1)
	if low := angle.low; math.Abs(low) < 0x1p-27 {
		sin, cos = sin+float64(low*cos), cos-float64(low*sin)
	} else {
		s, c := sine(low, 0), sine(low, 1)
		sin, cos = float64(sin*c)+float64(cos*s), float64(cos*c)-float64(sin*s)
	}
	switch {
	case x.high > 800:
		return complex(math.Copysign(math.Inf(1), cos), math.Copysign(math.Inf(1), sin))
	case x.high < -800:
		return complex(math.Copysign(0, cos), math.Copysign(0, sin))
	}
	e, k := expOfDouble(x)
	if k > -900 && k < 900 {
		factor := e.value() * power2(k)
		return complex(factor*cos, factor*sin)
	}
	return complex(math.Ldexp(e.value()*cos, k), math.Ldexp(e.value()*sin, k))
}

// complexExp is e to the power of z.
func complexExp(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(exp(x), y)
	case x == 0:
		return complex(cos(y), sin(y))
	case math.IsNaN(x):
		return complexNaN
	case isFinite(y):
		return onCircle(double{x, 0}, double{y, 0})
	case math.IsInf(x, -1):
		return 0
	case math.IsInf(x, 1):
		return complex(x, math.NaN())
	}
	return complexNaN
}

// complexExp2 is 2 to the power of z.
func complexExp2(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(exp2(x), y)
	case isFinite(x) && isFinite(y):
		ln2 := double{ln2Of53High, ln2Of53Low}
		return onCircle(double{max(-1e4, min(x, 1e4)), 0}.times(ln2), double{y, 0}.times(ln2))
	}
	return complexExp(complex(x, y*math.Ln2))
}

// complexExpm1 is e to the power of z, minus 1.
func complexExpm1(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(expm1(x), y)
	case !isFinite(y) || x > 40:
		return complexExp(z) - 1
	}
	// e^x cos(y) - 1 is (e^x - 1) cos(y) - 2 sin(y/2)^2
	half := sin(y / 2)
	return complex(float64(expm1(x)*cos(y))-float64(2*float64(half*half)), float64(exp(x)*sin(y)))
}

// complexLog is complex(log |z|, angle of z).
func complexLog(z complex128) complex128 {
	l, angle := complexLogDouble(z)
	return complex(l.value(), angle.value())
}

// complexLogDouble is the two parts of the logarithm of z.
func complexLogDouble(z complex128) (l, angle double) {
	x, y := real(z), imag(z)
	angle = angleOf(y, x)
	large, small := max(math.Abs(x), math.Abs(y)), min(math.Abs(x), math.Abs(y))
	switch {
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		return double{math.Inf(1), 0}, angle
	case large == 0:
		return double{math.Inf(-1), 0}, angle
	case large != large:
		return double{large, 0}, angle
	}
	k := 0
	if large > 0x1p500 || large < 0x1p-400 {
		_, k = math.Frexp(large)
		large, small = math.Ldexp(large, -k), math.Ldexp(small, -k)
	}
	l = logOfDouble(productOf(large, large).add(productOf(small, small)), 2*k)
	return double{l.high / 2, l.low / 2}, angle
}

// complexLog1p is log(1 + z), also for z much less than 1.
func complexLog1p(z complex128) complex128 {
	x, y := real(z), imag(z)
	if !(math.Abs(x) < 0x1p60 && math.Abs(y) < 0x1p60) || x > -4 && x < -0.5 {
		return complexLog(complex(1+x, y)) // a sum that is exact, or great enough
	}
	// |1+z|^2 is 1 + 2x + x^2 + y^2
	above := double{2 * x, 0}.add(productOf(x, x)).add(productOf(y, y))
	return complex(log1pOfDouble(above).value()/2, atan2(y, 1+x))
}

// complexLog2 is the logarithm of z to the base 2.
func complexLog2(z complex128) complex128 {
	l := complexLog(z)
	return complex(real(l)*log2EHigh, imag(l)*log2EHigh)
}

// complexLog10 is the logarithm of z to the base 10.
func complexLog10(z complex128) complex128 {
	l := complexLog(z)
	return complex(real(l)*log10EHigh, imag(l)*log10EHigh)
}

// complexPow is a to the power of b: by multiplying for small integers b, else
// exp(b log a). As in NumPy, 0 to a power that is neither 0 nor a positive real
// number is NaN.
func complexPow(a, b complex128) complex128 {
	switch {
	case b == 0:
		return 1
	case a == 0:
		if real(b) > 0 {
			return 0
		}
		return complexNaN
	}
	if n := math.Abs(real(b)); imag(b) == 0 && n < 100 && n == math.Trunc(n) {
		power := complexWholePower(a, int(n))
		if real(b) < 0 {
			return complexDivide(1, power)
		}
		return power
	}
	l, angle := complexLogDouble(a)
	x, y := double{real(b), 0}, double{imag(b), 0}
	down := x.times(l).add(y.times(angle).negated())
	turn := x.times(angle).add(y.times(l))
	if isFinite(down.high) && isFinite(turn.high) {
		return onCircle(down, turn)
	}
	return complexExp(complexMultiply(b, complexLog(a)))
}

// complexWholePower is a to the power of n, which is at least 1.
func complexWholePower(a complex128, n int) complex128 {
	power, base := complex128(1), a
	for ; ; base = complexMultiply(base, base) {
		if n&1 != 0 {
			if power == 1 {
				power = base
			} else {
				power = complexMultiply(power, base)
			}
		}
		if n >>= 1; n == 0 {
			return power
		}
	}
}

// complexSqrt is the root of z with a real part of 0 or more, and an imaginary
// part with the sign of z's.
func complexSqrt(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case x == 0 && y == 0:
		return complex(0, y)
	case math.IsInf(y, 0):
		return complex(math.Inf(1), y)
	case math.IsNaN(x):
		return complexNaN
	case math.IsInf(x, 1):
		return complex(x, math.Copysign(y-y, y))
	case math.IsInf(x, -1):
		return complex(math.Abs(y-y), math.Copysign(x, y))
	case math.IsNaN(y):
		return complexNaN
	}
	scale := 1.0
	switch large := max(math.Abs(x), math.Abs(y)); {
	case large > 0x1p1000:
		x, y, scale = x*0x1p-100, y*0x1p-100, 0x1p50
	case large < 0x1p-900:
		x, y, scale = x*0x1p200, y*0x1p200, 0x1p-100
	}
	root := math.Sqrt((math.Abs(x) + hypot(x, y)) / 2)
	if x >= 0 {
		return complex(root*scale, y/(2*root)*scale)
	}
	return complex(math.Abs(y)/(2*root)*scale, math.Copysign(root*scale, y))
}
