package kernel

import (
	"math"

	"gabion/dtype"
)

// floor: dst[i] = the greatest integer not above a[i].
func floor[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.Floor(float64(x[i])))
	}
	return OK
}

// ceil: dst[i] = the least integer not below a[i].
func ceil[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.Ceil(float64(x[i])))
	}
	return OK
}

// trunc: dst[i] = a[i] without its fraction.
func trunc[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.Trunc(float64(x[i])))
	}
	return OK
}

// roundToEven: dst[i] = the integer nearest to a[i], the even one of two.
func roundToEven[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = T(math.RoundToEven(float64(x[i])))
	}
	return OK
}

// complexRound is both parts rounded to the nearest integers, the even ones of
// two.
func complexRound(x complex128) complex128 {
	return complex(math.RoundToEven(real(x)), math.RoundToEven(imag(x)))
}
