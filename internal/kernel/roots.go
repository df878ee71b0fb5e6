package kernel

import (
	"math"

	"gabion/dtype"
)

// sqrt: dst[i] = the square root of a[i], rounded correctly; NaN below 0.
func sqrt[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.Sqrt(float64(x[i])))
	}
	return OK
}

// cbrtStarts are the cube roots of 1, 2 and 4.
var cbrtStarts = [4]float64{1, 1.2599210498948732, 1.5874010519681994}

// cbrt is the cube root of x: a first guess by a polynomial, a step of Halley's
// method, and one of Newton's with what the cube lacks.
func cbrt(x float64) float64 {
	a := math.Abs(x)
	scale := 0
	if !(a >= smallestNormal && a <= math.MaxFloat64) {
		if x == 0 || x-x != 0 {
			return x
		}
		a, scale = a*0x1p54, -18
	}
	bits := math.Float64bits(a)
	exponent := uint(bits >> 52)
	third := exponent / 3
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	// a is m 2^(exponent-1023), where 1023 is 3 times 341.
	t := float64((cbrtGuess[0] + float64(m*(cbrtGuess[1]+float64(m*(cbrtGuess[2]+float64(m*cbrtGuess[3])))))) * cbrtStarts[exponent%3])
	m = float64(m * power2(int(exponent%3)))
	cube := float64(float64(t*t) * t)
	t = float64(t * (cube + float64(2*m)) / (float64(2*cube) + m))
	square := productOf(t, t)
	full := square.times(double{t, 0})
	t += ((m - full.high) - full.low) / float64(3*square.high)
	return math.Copysign(t*power2(int(third)-341+scale), x)
}

// hypot is sqrt(x^2 + y^2) without overflow or underflow on the way: infinite if
// either is, also beside NaN.
func hypot(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	if x < y {
		x, y = y, x
	}
	switch {
	case x > math.MaxFloat64 || y > math.MaxFloat64:
		return math.Inf(1)
	case x != x || y != y:
		return math.NaN()
	case y <= x*0x1p-54:
		return x + y
	}
	scale := 1.0
	if x > 0x1p500 {
		x, y, scale = x*0x1p-600, y*0x1p-600, 0x1p600
	} else if y < 0x1p-400 {
		x, y, scale = x*0x1p600, y*0x1p600, 0x1p-600
	}
	return productOf(x, x).add(productOf(y, y)).sqrt().value() * scale
}

// shortHypot is hypot of numbers with so few digits and so small exponents that
// their squares are float64: of float32.
func shortHypot(x, y float64) float64 {
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Inf(1)
	}
	return math.Sqrt(float64(x*x) + float64(y*y))
}
