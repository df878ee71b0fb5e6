package kernel

import (
	"math"

	"gabion/dtype"
)

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

// floorDivide is floor(a / b); 0 if b is 0. The lowest integer divided by -1
// is itself, as the language has it.
func floorDivide[T integer](a, b T) T {
	if b == 0 {
		return 0
	}
	q := a / b
	if q*b != a && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// remainder is a - b*floor(a / b), which has the sign of b; 0 if b is 0.
func remainder[T integer](a, b T) T {
	if b == 0 {
		return 0
	}
	r := a % b
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// integerPow: dst[i] = a[i] to the power of b[i], wrapping; 0 and the status
// NegativePower where b[i] is negative.
func integerPow[T integer](n int, dst, a, b, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
	status := OK
	for i := range d {
		base, exponent := x[i], y[i]
		if exponent < 0 {
			status |= NegativePower
			d[i] = 0
			continue
		}
		power := T(1)
		for ; exponent != 0; exponent >>= 1 {
			if exponent&1 != 0 {
				power *= base
			}
			base *= base
		}
		d[i] = power
	}
	return status
}

// floatDivmod is floor(a / b) and the remainder a - b*floor(a / b) with the
// sign of b, for b other than 0. Where the quotient is not finite or the
// operands are too far apart it is what NumPy 2 gives: inf // y and inf % y
// are NaN, x % inf is x if signs agree, else inf.
func floatDivmod[T float](a, b T) (quotient, remainder T) {
	// The remainder of two float32 in float64 is exact, hence a float32.
	mod := T(math.Mod(float64(a), float64(b)))
	div := (a - mod) / b
	if mod != 0 {
		if (b < 0) != (mod < 0) {
			mod += b
			div--
		}
	} else {
		mod = T(math.Copysign(0, float64(b)))
	}
	if div == 0 {
		return T(math.Copysign(0, float64(a/b))), mod
	}
	floor := T(math.Floor(float64(div)))
	if div-floor > 0.5 {
		floor++
	}
	return floor, mod
}

// floatFloorDivide is floor(a / b); a / b if b is 0.
func floatFloorDivide[T float](a, b T) T {
	if b == 0 {
		return a / b
	}
	quotient, _ := floatDivmod(a, b)
	return quotient
}

// floatRemainder is a - b*floor(a / b) with the sign of b, also on zeros; NaN
// if b is 0.
func floatRemainder[T float](a, b T) T {
	if b == 0 {
		return T(math.NaN())
	}
	_, mod := floatDivmod(a, b)
	return mod
}
