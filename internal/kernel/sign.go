package kernel

import "gabion/dtype"

// integerAbs: dst[i] = |a[i]|; the lowest integer stays itself.
func integerAbs[T integer](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := x[i]
		if v < 0 {
			v = -v
		}
		d[i] = v
	}
	return OK
}

// clearSign: dst[i] = |a[i]| of floats given by their bits, also of NaN and -0.
func clearSign[T uint32 | uint64](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = x[i] & (^T(0) >> 1)
	}
	return OK
}

// sign: dst[i] = -1, 0 or 1 as a[i] is below, at or above 0; NaN of NaN.
func sign[T ordered](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		v := x[i]
		s := T(int8(bit(v > 0)) - int8(bit(v < 0)))
		if v != v {
			s = v
		}
		d[i] = s
	}
	return OK
}

// copySign: dst[i] = a[i] with the sign of b[i], of floats given by their bits.
func copySign[T uint32 | uint64](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	for i := range d {
		d[i] = x[i]&(^T(0)>>1) | y[i]&^(^T(0)>>1)
	}
	return OK
}

// signBit: dst[i] = whether a[i] has a minus sign, of floats given by their bits.
func signBit[T uint32 | uint64](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] > ^T(0)>>1)
	}
	return OK
}

// below0: dst[i] = a[i] < 0.
func below0[T integer](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[T](a)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] < 0)
	}
	return OK
}

// nextAfter is the loop dst[i] = the next number after a[i] towards b[i], of
// floats given by their bits, of which those of infinity are given: b[i] where
// they are equal, NaN where either is NaN.
func nextAfter[T uint16 | uint32 | uint64](infinity T) Loop {
	unsigned := ^T(0) >> 1
	return func(n int, dst, a, b, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		from, to := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			x, y := from[i], to[i]
			switch size, other := x&unsigned, y&unsigned; {
			case size > infinity || other > infinity:
				d[i] = infinity + 1
			case x == y || size|other == 0:
				d[i] = y
			case size == 0:
				d[i] = y&^unsigned | 1
			case (x^y)&^unsigned != 0 || size > other:
				d[i] = x - 1 // towards 0
			default:
				d[i] = x + 1
			}
		}
		return OK
	}
}
