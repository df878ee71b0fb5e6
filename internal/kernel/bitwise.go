package kernel

import "gabion/dtype"

// bitwiseAnd: dst[i] = a[i] & b[i].
func bitwiseAnd[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] & y[i]
	}
	return OK
}

// bitwiseOr: dst[i] = a[i] | b[i].
func bitwiseOr[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] | y[i]
	}
	return OK
}

// bitwiseXor: dst[i] = a[i] ^ b[i].
func bitwiseXor[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] ^ y[i]
	}
	return OK
}

// bitwiseInvert: dst[i] = ^a[i].
func bitwiseInvert[T integer](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = ^x[i]
	}
	return OK
}

// leftShift: dst[i] = a[i] << b[i]; 0 where b[i] is negative, which as a uint64
// is beyond any width.
func leftShift[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] << uint64(y[i])
	}
	return OK
}

// rightShift: dst[i] = a[i] >> b[i]; 0 or -1, as a[i] has it, where b[i] is
// negative.
func rightShift[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] >> uint64(y[i])
	}
	return OK
}
