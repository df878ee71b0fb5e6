package kernel

import (
	"math"

	"gabion/dtype"
)

// function is the loop dst[i] = f(a[i]) computed in float64.
func function[T float](f func(float64) float64) Loop {
	return func(n int, dst, a, _, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x := dtype.Slice[T](a)[:len(d)]
		for i := range d {
			d[i] = T(f(float64(x[i])))
		}
		return OK
	}
}

// sqrt: dst[i] = the square root of a[i], rounded correctly; NaN below 0.
func sqrt[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.Sqrt(float64(x[i])))
	}
	return OK
}

// floatPow: dst[i] = a[i] to the power of b[i] as in C99: 1 to any power and
// anything to the power of 0 are 1, also with NaN; a negative number to a
// power that is not an integer is NaN. Squares are rounded correctly.
func floatPow[T float](pow func(x, y float64) float64) Loop {
	return func(n int, dst, a, b, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			if y[i] == 2 {
				d[i] = x[i] * x[i]
			} else {
				d[i] = T(pow(float64(x[i]), float64(y[i])))
			}
		}
		return OK
	}
}

func sin(x float64) float64 { return math.Sin(x) }
func cos(x float64) float64 { return math.Cos(x) }

// ln 2 in two parts, the first with 32 bits so that small multiples are exact.
const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// exp is math.Exp, except near the largest float64, where assembly versions of
// it overflow too soon, and near the smallest.
func exp(x float64) float64 {
	const (
		overflow  = 7.09782712893383973096e+02
		underflow = -7.45133219101941108420e+02
	)
	switch {
	case x > 709 && x <= overflow:
		return scaledExp(x, 64)
	case x > overflow:
		return math.Inf(1)
	case x < underflow:
		return 0
	case x < -700:
		return scaledExp(x, -128)
	}
	return math.Exp(x)
}

// scaledExp is exp(x - k*ln 2) * 2^k.
func scaledExp(x float64, k int) float64 {
	high := x - float64(float64(k)*ln2High) // exact: both have few enough bits
	low := float64(float64(k) * ln2Low)
	r := high - low
	lost := (high - r) - low
	e := math.Exp(r)
	return math.Ldexp(e+float64(e*lost), k)
}

// log is math.Log, except of subnormal numbers, where assembly versions of it
// are wrong.
func log(x float64) float64 {
	const smallestNormal = 0x1p-1022
	if x > 0 && x < smallestNormal {
		// The sum is far from cancelling: 54 ln 2 needs no second part.
		return math.Log(x*(1<<54)) - 54*math.Ln2
	}
	return math.Log(x)
}
