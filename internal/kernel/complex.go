package kernel

import (
	"math"

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
func complexAbs(n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[float64](dst)[:n]
	x := dtype.Slice[complex128](a)[:len(d)]
	for i := range d {
		d[i] = hypot(real(x[i]), imag(x[i]))
	}
	return OK
}

// complex64Abs is complexAbs of complex64 elements.
func complex64Abs(n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[float32](dst)[:n]
	x := dtype.Slice[complex64](a)[:len(d)]
	for i := range d {
		v := complex128(x[i])
		d[i] = float32(shortHypot(real(v), imag(v)))
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

// complexReciprocal is 1 / x, scaled as in complexDivide.
func complexReciprocal(x complex128) complex128 {
	r, i := real(x), imag(x)
	if math.Abs(i) <= math.Abs(r) {
		ratio := i / r
		scale := r + float64(i*ratio)
		return complex(1/scale, -ratio/scale)
	}
	ratio := r / i
	scale := float64(r*ratio) + i
	return complex(ratio/scale, -1/scale)
}

// complexSquare is x * x.
func complexSquare(x complex128) complex128 { return complexMultiply(x, x) }

// complexSign is x / |x|: 0 of 0, and a unit where one part alone is infinite.
func complexSign(x complex128) complex128 {
	r, i := real(x), imag(x)
	size := max(math.Abs(r), math.Abs(i))
	switch {
	case size == 0:
		return 0
	case math.IsInf(r, 0) && math.IsInf(i, 0):
		return complex(math.NaN(), math.NaN())
	case math.IsInf(r, 0):
		return complex(math.Copysign(1, r), 0)
	case math.IsInf(i, 0):
		return complex(0, math.Copysign(1, i))
	case size > 0x1p1000:
		r, i = r*0x1p-100, i*0x1p-100
	case size < 0x1p-900:
		r, i = r*0x1p200, i*0x1p200
	}
	h := hypot(r, i)
	return complex(r/h, i/h)
}

// complexConj: dst[i] = a[i] with the opposite imaginary part.
func complexConj[T complexes](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := complex128(x[i])
		d[i] = T(complex(real(v), -imag(v)))
	}
	return OK
}

// complexReal: dst[i] = the real part of a[i].
func complexReal[T complexes, R float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[R](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = R(real(complex128(x[i])))
	}
	return OK
}

// complexImag: dst[i] = the imaginary part of a[i].
func complexImag[T complexes, R float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[R](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = R(imag(complex128(x[i])))
	}
	return OK
}

// complexJoin: dst[i] = the complex number of the parts a[i] and b[i].
func complexJoin[T complexes, R float](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[R](a)[:len(d)], dtype.Slice[R](b)[:len(d)]
	for i := range d {
		d[i] = T(complex(float64(x[i]), float64(y[i])))
	}
	return OK
}
