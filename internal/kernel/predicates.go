package kernel

import (
	"math"

	"gabion/dtype"
)

// isNaN reports whether v, or a part of it, is NaN.
func isNaN[T float | complexes](v T) bool {
	w := v
	return v != w
}

// isnan: dst[i] = whether a[i], or a part of it, is NaN.
func isnan[T float | complexes](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(isNaN(x[i]))
	}
	return OK
}

// never: dst[i] = false.
func never(n int, dst, _, _, _ []byte) Status {
	clear(dst[:n])
	return OK
}

// always: dst[i] = true.
func always(n int, dst, _, _, _ []byte) Status {
	d := dst[:n]
	for i := range d {
		d[i] = 1
	}
	return OK
}

// isinf: dst[i] = whether a[i] is an infinity.
func isinf[T float](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(math.Abs(float64(x[i])) > math.MaxFloat64)
	}
	return OK
}

// isfinite: dst[i] = whether a[i] is neither an infinity nor NaN.
func isfinite[T float](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(math.Abs(float64(x[i])) <= math.MaxFloat64)
	}
	return OK
}

// isposinf: dst[i] = whether a[i] is positive infinity.
func isposinf[T float](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(float64(x[i]) > math.MaxFloat64)
	}
	return OK
}

// isneginf: dst[i] = whether a[i] is negative infinity.
func isneginf[T float](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(float64(x[i]) < -math.MaxFloat64)
	}
	return OK
}

// complexIsinf: dst[i] = whether a part of a[i] is an infinity.
func complexIsinf[T complexes](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := complex128(x[i])
		d[i] = bit(math.Abs(real(v)) > math.MaxFloat64) | bit(math.Abs(imag(v)) > math.MaxFloat64)
	}
	return OK
}

// complexIsfinite: dst[i] = whether no part of a[i] is an infinity or NaN.
func complexIsfinite[T complexes](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := complex128(x[i])
		d[i] = bit(math.Abs(real(v)) <= math.MaxFloat64) & bit(math.Abs(imag(v)) <= math.MaxFloat64)
	}
	return OK
}
