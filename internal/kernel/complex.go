package kernel

import (
	"math"
	"math/cmplx"

	"gabion/dtype"
)

// complexUnary is the loop dst[i] = f(a[i]) computed in complex128.
func complexUnary[T complexes](f func(complex128) complex128) Loop {
	return func(n int, dst, a, _, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x := dtype.Slice[T](a)[:len(d)]
		for i := range d {
			d[i] = T(f(complex128(x[i])))
		}
		return OK
	}
}

// complexBinary is the loop dst[i] = f(a[i], b[i]) computed in complex128.
func complexBinary[T complexes](f func(a, b complex128) complex128) Loop {
	return func(n int, dst, a, b, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			d[i] = T(f(complex128(x[i]), complex128(y[i])))
		}
		return OK
	}
}

// complexAbs: dst[i] = |a[i]| without overflow on the way; an infinite part
// gives infinity, also beside NaN.
func complexAbs[T complexes, R float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[R](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := complex128(x[i])
		d[i] = R(math.Hypot(real(v), imag(v)))
	}
	return OK
}

// complexMultiply is a * b by the four products, as NumPy has it.
func complexMultiply(a, b complex128) complex128 {
	return complex(
		float64(real(a)*real(b))-float64(imag(a)*imag(b)),
		float64(real(a)*imag(b))+float64(imag(a)*real(b)))
}

// complexDivide is a / b, scaled by the larger part of b (Smith) so that it
// does not overflow on the way. Division by 0 divides both parts by 0.
func complexDivide(a, b complex128) complex128 {
	r, i := real(b), imag(b)
	switch {
	case r == 0 && i == 0:
		r = math.Abs(r)
		return complex(real(a)/r, imag(a)/r)
	case math.Abs(r) >= math.Abs(i):
		ratio := i / r
		scale := r + float64(i*ratio)
		return complex(
			(real(a)+float64(imag(a)*ratio))/scale,
			(imag(a)-float64(real(a)*ratio))/scale)
	}
	ratio := r / i
	scale := i + float64(r*ratio)
	return complex(
		(float64(real(a)*ratio)+imag(a))/scale,
		(float64(imag(a)*ratio)-real(a))/scale)
}

// complexPow is a to the power of b: by multiplying for small integers b, else
// exp(b log a). As in NumPy, 0 to a power that is neither 0 nor a positive real
// number is NaN.
func complexPow(a, b complex128) complex128 {
	switch {
	case b == 0:
		return 1
	case a == 0:
		if real(b) > 0 && imag(b) == 0 {
			return 0
		}
		return complex(math.NaN(), math.NaN())
	}
	if n := math.Abs(real(b)); imag(b) == 0 && n < 100 && n == math.Trunc(n) {
		power, base := complex128(1), a
		for k := int(n); ; base = complexMultiply(base, base) {
			if k&1 != 0 {
				if power == 1 {
					power = base
				} else {
					power = complexMultiply(power, base)
				}
			}
			if k >>= 1; k == 0 {
				break
			}
		}
		if real(b) < 0 {
			return complexDivide(1, power)
		}
		return power
	}
	return cmplx.Pow(a, b)
}

// complexSqrt is the root with a real part of 0 or more. The sign of the
// imaginary part is that of x's also where it is too small for cmplx.Sqrt.
func complexSqrt(x complex128) complex128 {
	root := cmplx.Sqrt(x)
	return complex(real(root), math.Copysign(imag(root), imag(x)))
}

func complexSin(x complex128) complex128 { return cmplx.Sin(x) }
func complexCos(x complex128) complex128 { return cmplx.Cos(x) }

// complexExp is exp(real) times the point of the unit circle at angle imag.
func complexExp(x complex128) complex128 {
	r, i := real(x), imag(x)
	if i == 0 {
		return complex(exp(r), i)
	}
	if r > 709 && r < 1400 && !math.IsInf(i, 0) {
		// The factor alone may overflow where the product does not.
		const ln2x1024 = 1024 * math.Ln2
		sin, cos := math.Sincos(i)
		e := exp(r - ln2x1024)
		return complex(math.Ldexp(e*cos, 1024), math.Ldexp(e*sin, 1024))
	}
	return cmplx.Exp(x)
}

// complexLog is complex(log |x|, angle of x).
func complexLog(x complex128) complex128 {
	r, i := math.Abs(real(x)), math.Abs(imag(x))
	large, small := max(r, i), min(r, i)
	angle := math.Copysign(cmplx.Phase(x), imag(x)) // Phase loses the sign of an imaginary part that is too small
	switch {
	case large > 0.5 && large < 2 && !math.IsNaN(small):
		// Near the unit circle |x| rounds away what the logarithm shows.
		return complex(math.Log1p(float64((large-1)*(large+1))+float64(small*small))/2, angle)
	case large > 1e307 && !math.IsInf(large, 0):
		return complex(log(math.Hypot(r/4, i/4))+2*math.Ln2, angle)
	case large < 1e-300 && large > 0:
		return complex(log(math.Hypot(r*(1<<64), i*(1<<64)))-64*math.Ln2, angle)
	}
	return complex(log(math.Hypot(r, i)), angle)
}
