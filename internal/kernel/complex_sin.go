package kernel

import "math"

// complexSinh is the hyperbolic sine of z.
func complexSinh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(sinh(x), y)
	case !isFinite(y):
		if x == 0 || math.IsInf(x, 0) {
			return complex(x, math.NaN())
		}
		return complexNaN
	case math.Abs(x) < 700:
		return complex(sinh(x)*cos(y), cosh(x)*sin(y))
	case math.IsNaN(x):
		return complexNaN
	}
	e := onCircle(halved(math.Abs(x)), double{y, 0})
	return complex(math.Copysign(1, x)*real(e), imag(e))
}

// complexCosh is the hyperbolic cosine of z.
func complexCosh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(cosh(x), math.Copysign(0, x)*y)
	case !isFinite(y):
		switch {
		case x == 0:
			return complex(math.NaN(), 0)
		case math.IsInf(x, 0):
			return complex(math.Inf(1), math.NaN())
		}
		return complexNaN
	case math.Abs(x) < 700:
		return complex(cosh(x)*cos(y), sinh(x)*sin(y))
	case math.IsNaN(x):
		return complexNaN
	}
	e := onCircle(halved(math.Abs(x)), double{y, 0})
	return complex(real(e), math.Copysign(1, x)*imag(e))
}

// halved is the number of which the exponential is half that of x; some great
// number for a great one.
func halved(x float64) double { return sumOf(min(x, 1e4), -ln2Of53High).add(double{-ln2Of53Low, 0}) }

// complexTanh is the hyperbolic tangent of z. Where it is small that is by Kahan's
// formula ("Branch cuts for complex elementary functions", 1987).
func complexTanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case math.IsNaN(x):
		if y == 0 {
			return z
		}
		return complexNaN
	case math.IsInf(x, 0):
		if isFinite(y) {
			y = sin(y) * cos(y)
		}
		return complex(math.Copysign(1, x), math.Copysign(0, y))
	case !isFinite(y):
		if x == 0 {
			return complex(x, math.NaN())
		}
		return complexNaN
	case math.Abs(x) >= 22:
		e := exp(-math.Abs(x))
		return complex(math.Copysign(1, x), float64(4*sin(y)*cos(y))*e*e)
	}
	if math.Abs(x) >= 1 {
		below := cosh(2*x) + cos(2*y)
		return complex(sinh(2*x)/below, sin(2*y)/below)
	}
	t := tan(y)
	b := 1 + float64(t*t)
	s := sinh(x)
	below := 1 + float64(float64(b*s)*s)
	return complex(float64(float64(b*cosh(x))*s)/below, t/below)
}

// sin(z) is -i sinh(iz), and so on: with z's parts exchanged these are the
// results' parts exchanged.

func exchanged(z complex128) complex128 { return complex(imag(z), real(z)) }

// complexSin is the sine of z.
func complexSin(z complex128) complex128 { return exchanged(complexSinh(exchanged(z))) }

// complexCos is the cosine of z.
func complexCos(z complex128) complex128 {
	c := complexCosh(exchanged(z))
	return complex(real(c), -imag(c))
}

// complexTan is the tangent of z.
func complexTan(z complex128) complex128 { return exchanged(complexTanh(exchanged(z))) }
