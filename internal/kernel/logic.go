package kernel

import "gabion/dtype"

// or: dst[i] = a[i] || b[i].
func or(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i]|y[i] != 0)
	}
	return OK
}

// and: dst[i] = a[i] && b[i].
func and(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i] != 0) & bit(y[i] != 0)
	}
	return OK
}

// not: dst[i] = !a[i].
func not(n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := a[:len(d)]
	for i := range d {
		d[i] = bit(x[i] == 0)
	}
	return OK
}

// truth: dst[i] = a[i] as a bool.
func truth(n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := a[:len(d)]
	for i := range d {
		d[i] = bit(x[i] != 0)
	}
	return OK
}

// same: dst[i] = a[i] == b[i] of bools.
func same(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i] == 0) ^ bit(y[i] != 0)
	}
	return OK
}

// differ: dst[i] = a[i] != b[i] of bools.
func differ(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i] != 0) ^ bit(y[i] != 0)
	}
	return OK
}

// lessBool: dst[i] = !a[i] && b[i].
func lessBool(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i] == 0) & bit(y[i] != 0)
	}
	return OK
}

// lessEqualBool: dst[i] = !a[i] || b[i].
func lessEqualBool(n int, dst, a, b, _ []byte) Status {
	d := dst[:n]
	x, y := a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = bit(x[i] == 0) | bit(y[i] != 0)
	}
	return OK
}

// clipBool: dst[i] = (a[i] || b[i]) && c[i].
func clipBool(n int, dst, a, b, c []byte) Status {
	d := dst[:n]
	x, low, high := a[:len(d)], b[:len(d)], c[:len(d)]
	for i := range d {
		d[i] = bit(x[i]|low[i] != 0) & bit(high[i] != 0)
	}
	return OK
}

// wheres holds the loops of where by the size of an element in bytes: choosing
// needs no more of a type, except that bools have a loop of their own.
var wheres = [...]Loop{1: where[uint8], 2: where[uint16], 4: where[uint32], 8: where[uint64], 16: where[complex128]}

// where: dst[i] = b[i] if the bool a[i], else c[i].
func where[T dtype.Element](n int, dst, a, b, c []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	condition, x, y := a[:len(d)], dtype.Slice[T](b)[:len(d)], dtype.Slice[T](c)[:len(d)]
	for i := range d {
		v := y[i]
		if condition[i] != 0 {
			v = x[i]
		}
		d[i] = v
	}
	return OK
}

// whereBool: dst[i] = b[i] if a[i], else c[i], of bools.
func whereBool(n int, dst, a, b, c []byte) Status {
	d := dst[:n]
	condition, x, y := a[:len(d)], b[:len(d)], c[:len(d)]
	for i := range d {
		v := y[i]
		if condition[i] != 0 {
			v = x[i]
		}
		d[i] = bit(v != 0)
	}
	return OK
}
