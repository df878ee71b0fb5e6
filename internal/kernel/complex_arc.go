package kernel

import "math"

// The inverse functions are Kahan's ("Branch cuts for complex elementary
// functions", 1987): sums of which no terms cancel.

// hugeParts is the size from which on 1 is too small beside z to matter, and
// squares may overflow.
const hugeParts = 0x1p500

func isHuge(z complex128) bool {
	return math.Abs(real(z)) > hugeParts || math.Abs(imag(z)) > hugeParts
}

// besideOne is the roots of 1-z and of 1+z.
func besideOne(z complex128) (less, more complex128) {
	return complexSqrt(complex(1-real(z), -imag(z))), complexSqrt(complex(1+real(z), imag(z)))
}

// logOfTwice is log |2z|.
func logOfTwice(z complex128) float64 {
	l, _ := complexLogDouble(z)
	return l.add(double{ln2Of53High, ln2Of53Low}).value()
}

// complexAcos is the inverse cosine of z.
func complexAcos(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		return complex(atan2(math.Abs(y), x), math.Copysign(math.Inf(1), -math.Copysign(1, y)))
	case isNaN(z):
		if x == 0 {
			return complex(math.Pi/2, math.NaN())
		}
		return complexNaN
	case isHuge(z):
		return complex(atan2(math.Abs(y), x), -math.Copysign(logOfTwice(z), y))
	}
	less, more := besideOne(z)
	return complex(2*atan2(real(less), real(more)),
		asinh(float64(real(more)*imag(less))-float64(imag(more)*real(less))))
}

// complexAsin is the inverse sine of z.
func complexAsin(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		return complex(math.Copysign(atan2(math.Abs(x), math.Abs(y)), x), math.Copysign(math.Inf(1), y))
	case isNaN(z):
		if x == 0 {
			return z
		}
		return complexNaN
	case isHuge(z):
		return complex(atan2(x, math.Abs(y)), math.Copysign(logOfTwice(z), y))
	}
	less, more := besideOne(z)
	return complex(atan2(x, float64(real(less)*real(more))-float64(imag(less)*imag(more))),
		asinh(float64(real(less)*imag(more))-float64(imag(less)*real(more))))
}

// complexAtanh is the inverse hyperbolic tangent of z.
func complexAtanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		if math.IsNaN(y) {
			return complex(math.Copysign(0, x), y)
		}
		return complex(math.Copysign(0, x), math.Copysign(math.Pi/2, y))
	case isNaN(z):
		if x == 0 {
			return z
		}
		return complexNaN
	case isHuge(z):
		h := hypot(x, y)
		return complex(x/h/h, math.Copysign(math.Pi/2, y))
	}
	a := math.Abs(x)
	var size float64
	if a == 1 && math.Abs(y) < 0x1p-500 {
		size = (math.Ln2 - log(math.Abs(y))) / 2
	} else {
		size = log1p(4*a/(float64((1-a)*(1-a))+float64(y*y))) / 4
	}
	right := sumOf(1, -a).times(sumOf(1, a)).add(productOf(y, y).negated())
	return complex(math.Copysign(size, x), atan2(2*y, right.value())/2)
}

// acosh(z) is i acos(z) or -i acos(z), whichever has a real part of 0 or more;
// asinh(z) is -i asin(iz), and atan(z) -i atanh(iz).

// complexAcosh is the inverse hyperbolic cosine of z.
func complexAcosh(z complex128) complex128 {
	c := complexAcos(z)
	if math.IsNaN(real(c)) && math.IsNaN(imag(c)) {
		return c
	}
	return complex(math.Abs(imag(c)), math.Copysign(real(c), imag(z)))
}

// complexAsinh is the inverse hyperbolic sine of z.
func complexAsinh(z complex128) complex128 { return exchanged(complexAsin(exchanged(z))) }

// complexAtan is the inverse tangent of z.
func complexAtan(z complex128) complex128 { return exchanged(complexAtanh(exchanged(z))) }
