package kernel

import "gabion/dtype"

// binary is the loop dst[i] = f(a[i], b[i]) of operations whose cost hides a
// call per element.
func binary[T dtype.Element](f func(a, b T) T) Loop {
	return func(n int, dst, a, b, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			d[i] = f(x[i], y[i])
		}
		return OK
	}
}

// swapped is loop with its two operands exchanged.
func swapped(loop Loop) Loop {
	return func(n int, dst, a, b, c []byte) Status { return loop(n, dst, b, a, c) }
}

// add: dst[i] = a[i] + b[i]; integers wrap.
func add[T numeric](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] + y[i]
	}
	return OK
}

// subtract: dst[i] = a[i] - b[i]; integers wrap.
func subtract[T numeric](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] - y[i]
	}
	return OK
}

// multiply: dst[i] = a[i] * b[i]; integers wrap.
func multiply[T ordered](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] * y[i]
	}
	return OK
}

// divide: dst[i] = a[i] / b[i] by IEEE rules: x/0 is an infinity, 0/0 is NaN.
func divide[T float](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i] / y[i]
	}
	return OK
}

// negative: dst[i] = -a[i]; integers wrap, also unsigned ones.
func negative[T numeric](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = -x[i]
	}
	return OK
}

// square: dst[i] = a[i] * a[i]; integers wrap.
func square[T ordered](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = x[i] * x[i]
	}
	return OK
}

// reciprocal: dst[i] = 1 / a[i].
func reciprocal[T float](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = 1 / x[i]
	}
	return OK
}

// integerReciprocal: dst[i] = 1 / a[i] without a fraction: 0 but for 1 and -1.
func integerReciprocal[T integer](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := x[i]
		if v != 1 && (v >= 0 || v != ^T(0)) {
			v = 0
		}
		d[i] = v
	}
	return OK
}

// multiplyBy is the loop dst[i] = a[i] * factor.
func multiplyBy[T float](factor float64) Loop {
	f := T(factor)
	return func(n int, dst, a, _, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x := dtype.Slice[T](a)[:len(d)]
		for i := range d {
			d[i] = x[i] * f
		}
		return OK
	}
}

// unchanged is the loop dst[i] = a[i] of elements of a size.
func unchanged(size int) Loop {
	return func(n int, dst, a, _, _ []byte) Status {
		copy(dst[:n*size], a)
		return OK
	}
}

// nothing is the loop dst[i] = 0 of elements of a size.
func nothing(size int) Loop {
	return func(n int, dst, _, _, _ []byte) Status {
		clear(dst[:n*size])
		return OK
	}
}
