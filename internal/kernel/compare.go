package kernel

import "gabion/dtype"

// comparison is the loop dst[i] = f(a[i], b[i]) as a bool.
func comparison[T dtype.Element](f func(a, b T) bool) Loop {
	return func(n int, dst, a, b, _ []byte) Status {
		d := dst[:n]
		x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			d[i] = bit(f(x[i], y[i]))
		}
		return OK
	}
}

// bit is the byte of a bool.
func bit(b bool) byte {
	var v byte
	if b {
		v = 1
	}
	return v
}

// equal: dst[i] = a[i] == b[i]; NaN equals nothing.
func equal[T numeric](n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] == y[i])
	}
	return OK
}

// notEqual: dst[i] = a[i] != b[i]; NaN differs from everything.
func notEqual[T numeric](n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] != y[i])
	}
	return OK
}

// less: dst[i] = a[i] < b[i]; false for NaN.
func less[T ordered](n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] < y[i])
	}
	return OK
}

// lessEqual: dst[i] = a[i] <= b[i]; false for NaN.
func lessEqual[T ordered](n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] <= y[i])
	}
	return OK
}

// complexLess orders by real part, then by imaginary part; false if a part
// that is NaN takes part in it.
func complexLess[T complexes](a, b T) bool {
	x, y := complex128(a), complex128(b)
	return real(x) < real(y) && imag(x) == imag(x) && imag(y) == imag(y) ||
		real(x) == real(y) && imag(x) < imag(y)
}

// complexLessEqual is complexLess or equal.
func complexLessEqual[T complexes](a, b T) bool {
	x, y := complex128(a), complex128(b)
	return real(x) < real(y) && imag(x) == imag(x) && imag(y) == imag(y) ||
		real(x) == real(y) && imag(x) <= imag(y)
}
