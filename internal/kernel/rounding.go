package kernel

import (
	"math"

	"gabion/dtype"
)

// These loops do four elements at a time in registers of their own. An
// instruction of amd64 that rounds leaves a part of its register as it was, so
// that with one register a processor would wait for each result before it
// begins with the next one.

// floor: dst[i] = the greatest integer not above a[i].
func floor[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for len(d) >= 4 && len(x) >= 4 {
		p, q, r, s := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		p, q, r, s = math.Floor(p), math.Floor(q), math.Floor(r), math.Floor(s)
		d[0], d[1], d[2], d[3] = T(p), T(q), T(r), T(s)
		d, x = d[4:], x[4:]
	}
	x = x[:len(d)]
	for i := range d {
		d[i] = T(math.Floor(float64(x[i])))
	}
	return OK
}

// ceil: dst[i] = the least integer not below a[i].
func ceil[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for len(d) >= 4 && len(x) >= 4 {
		p, q, r, s := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		p, q, r, s = math.Ceil(p), math.Ceil(q), math.Ceil(r), math.Ceil(s)
		d[0], d[1], d[2], d[3] = T(p), T(q), T(r), T(s)
		d, x = d[4:], x[4:]
	}
	x = x[:len(d)]
	for i := range d {
		d[i] = T(math.Ceil(float64(x[i])))
	}
	return OK
}

// trunc: dst[i] = a[i] without its fraction.
func trunc[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for len(d) >= 4 && len(x) >= 4 {
		p, q, r, s := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		p, q, r, s = math.Trunc(p), math.Trunc(q), math.Trunc(r), math.Trunc(s)
		d[0], d[1], d[2], d[3] = T(p), T(q), T(r), T(s)
		d, x = d[4:], x[4:]
	}
	x = x[:len(d)]
	for i := range d {
		d[i] = T(math.Trunc(float64(x[i])))
	}
	return OK
}

// roundToEven: dst[i] = the integer nearest to a[i], the even one of two.
func roundToEven[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for len(d) >= 4 && len(x) >= 4 {
		p, q, r, s := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		p, q, r, s = math.RoundToEven(p), math.RoundToEven(q), math.RoundToEven(r), math.RoundToEven(s)
		d[0], d[1], d[2], d[3] = T(p), T(q), T(r), T(s)
		d, x = d[4:], x[4:]
	}
	x = x[:len(d)]
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
