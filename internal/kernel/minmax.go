package kernel

import "gabion/dtype"

// minimum: dst[i] = the lesser of a[i] and b[i], NaN if either is NaN.
func minimum[T ordered](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = min(x[i], y[i])
	}
	return OK
}

// maximum: dst[i] = the greater of a[i] and b[i], NaN if either is NaN.
func maximum[T ordered](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = max(x[i], y[i])
	}
	return OK
}

// clip: dst[i] = the lesser of c[i] and the greater of a[i] and b[i], NaN if any
// is NaN.
func clip[T ordered](n int, dst, a, b, c []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, low, high := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)], dtype.Slice[T](c)[:len(d)]
	for i := range d {
		d[i] = min(max(x[i], low[i]), high[i])
	}
	return OK
}

// fmin: dst[i] = the lesser of a[i] and b[i], the other where one is NaN.
func fmin[T float](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		v := x[i]
		if w := y[i]; w < v || v != v {
			v = w
		}
		d[i] = v
	}
	return OK
}

// fmax: dst[i] = the greater of a[i] and b[i], the other where one is NaN.
func fmax[T float](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		v := x[i]
		if w := y[i]; w > v || v != v {
			v = w
		}
		d[i] = v
	}
	return OK
}

// complexMin is the lesser in the order of complexLess; the first that has a
// NaN in it if any has.
func complexMin[T complexes](a, b T) T {
	if isNaN(a) || complexLessEqual(a, b) {
		return a
	}
	return b
}

// complexMax is the greater in the order of complexLess; the first that has a
// NaN in it if any has.
func complexMax[T complexes](a, b T) T {
	if isNaN(a) || complexLessEqual(b, a) {
		return a
	}
	return b
}

// complexFmin is complexMin, or the other where one has a NaN in it.
func complexFmin[T complexes](a, b T) T {
	if isNaN(b) || complexLessEqual(a, b) {
		return a
	}
	return b
}

// complexFmax is complexMax, or the other where one has a NaN in it.
func complexFmax[T complexes](a, b T) T {
	if isNaN(b) || complexLessEqual(b, a) {
		return a
	}
	return b
}

// complexClip: dst[i] = complexMin(complexMax(a[i], b[i]), c[i]).
func complexClip[T complexes](n int, dst, a, b, c []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, low, high := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)], dtype.Slice[T](c)[:len(d)]
	for i := range d {
		d[i] = complexMin(complexMax(x[i], low[i]), high[i])
	}
	return OK
}
