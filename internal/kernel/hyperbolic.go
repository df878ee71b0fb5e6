package kernel

import "math"

// sinhTailOf is sinh(x) - x for |x| up to 1/2 and its square.
func sinhTailOf(x, square float64) float64 {
	z := square
	z2 := float64(z * z)
	return float64(float64(x*z) * (sinhTail[0] + float64(z*sinhTail[1]) + float64(z2*(sinhTail[2]+float64(z*sinhTail[3])+
		float64(z2*(sinhTail[4]+float64(z*sinhTail[5])))))))
}

// coshTailOf is cosh(x) - 1 - x^2/2 for |x| up to 1/2, of its square.
func coshTailOf(square float64) float64 {
	z := square
	z2 := float64(z * z)
	return float64(z2 * (coshTail[0] + float64(z*coshTail[1]) + float64(z2*(coshTail[2]+float64(z*coshTail[3])+float64(z2*coshTail[4])))))
}

// halfExp is half of e to the power of x, and of e to the power of -x, for x
// from 1/2 to 44.
func halfExp(x float64) (up, down double) {
	e, k := expOfDouble(double{x, 0})
	factor := power2(k - 1)
	up = double{e.high * factor, e.low * factor}
	inverse := 0.25 / up.high
	return up, double{inverse, float64(math.FMA(-inverse, up.high, 0.25)-float64(inverse*up.low)) / up.high}
}

// sinh is the hyperbolic sine of x.
func sinh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a <= 0.5:
		if a < 0x1p-27 {
			return x
		}
		return x + sinhTailOf(x, float64(x*x))
	case a < 40:
		up, down := halfExp(a)
		return math.Copysign(up.add(down.negated()).value(), x)
	case a < 720:
		e, k := expOfDouble(double{a, 0})
		return math.Copysign(e.scaled(k-1), x)
	}
	return x * math.MaxFloat64 // infinity, NaN
}

// cosh is the hyperbolic cosine of x.
func cosh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a <= 0.5:
		z := productOf(x, x)
		sum := normalized(1, float64(z.high/2))
		return sum.high + (sum.low + (float64(z.low/2) + coshTailOf(z.high)))
	case a < 40:
		up, down := halfExp(a)
		return up.add(down).value()
	case a < 720:
		e, k := expOfDouble(double{a, 0})
		return e.scaled(k - 1)
	}
	return a * math.MaxFloat64 // infinity, NaN
}

// tanh is the hyperbolic tangent of x.
func tanh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0x1p-27:
		return x
	case a <= 0.5:
		z := productOf(x, x)
		s := normalized(x, sinhTailOf(x, z.high))
		c := normalized(1, float64(z.high/2))
		c = normalized(c.high, c.low+(float64(z.low/2)+coshTailOf(z.high)))
		return s.over(c).value()
	case a < 22:
		// 1 - 2/(e^2x + 1)
		up, _ := halfExp(2 * a)
		below := up.add(double{0.5, 0})
		rest := double{1, 0}.over(below)
		sum := normalized(1, -rest.high)
		return math.Copysign(sum.high+(sum.low-rest.low), x)
	case a > 0:
		return math.Copysign(1, x)
	}
	return x // NaN
}

// asinh is the number whose hyperbolic sine is x.
func asinh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0x1p-27 || !(a <= math.MaxFloat64):
		return x
	case a >= 0x1p30: // x + sqrt(x^2+1) is 2x
		return math.Copysign(logOfDouble(double{a, 0}, 1).value(), x)
	}
	// log(1 + x + x^2/(1 + sqrt(1+x^2)))
	square := productOf(a, a)
	root := square.add(double{1, 0}).sqrt()
	rest := square.over(root.add(double{1, 0}))
	return math.Copysign(log1pOfDouble(rest.add(double{a, 0})).value(), x)
}

// acosh is the number from 0 on whose hyperbolic cosine is x; NaN if x is less
// than 1.
func acosh(x float64) float64 {
	switch {
	case x < 1:
		return math.NaN()
	case x == 1:
		return 0
	case !(x <= math.MaxFloat64):
		return x
	case x >= 0x1p30: // x + sqrt(x^2-1) is 2x
		return logOfDouble(double{x, 0}, 1).value()
	}
	// log(1 + t + sqrt(2t + t^2)) with t = x-1
	t := sumOf(x, -1)
	root := t.times(t.add(double{2, 0})).sqrt()
	return log1pOfDouble(t.add(root)).value()
}

// atanh is the number whose hyperbolic tangent is x: infinite if x is 1 or -1,
// NaN if |x| is above 1.
func atanh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0x1p-27:
		return x
	case a < 1:
		// log(1 + 2x/(1-x)) / 2
		ratio := double{2 * a, 0}.over(sumOf(1, -a))
		return math.Copysign(log1pOfDouble(ratio).value()/2, x)
	case a == 1:
		return math.Copysign(math.Inf(1), x)
	}
	return math.NaN()
}
