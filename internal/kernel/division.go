package kernel

import "math"

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

// truncatedRemainder is a - b*trunc(a / b), which has the sign of a; 0 if b is 0.
func truncatedRemainder[T integer](a, b T) T {
	if b == 0 {
		return 0
	}
	return a % b
}

// mod is a - b*trunc(a / b) with the sign of a, without error: NaN for an
// infinite a, and for a b of 0.
func mod(a, b float64) float64 {
	q := math.Trunc(a / b)
	if !(math.Abs(q) < 0x1p53 && math.Abs(b) > 0x1p-900 && math.Abs(b) < 0x1p900) {
		return math.Mod(a, b)
	}
	// A quotient that was rounded up to an integer is one too great. The rest
	// has no bits that a float64 does not hold.
	r := math.FMA(-q, b, a)
	if r != 0 && (r < 0) != (a < 0) {
		if (b < 0) == (r < 0) {
			r -= b
		} else {
			r += b
		}
	}
	return math.Copysign(r, a)
}

// floatDivmod is floor(a / b) and the remainder a - b*floor(a / b) with the
// sign of b, for b other than 0. Where the quotient is not finite or the
// operands are too far apart it is what NumPy 2 gives: inf // y and inf % y
// are NaN, x % inf is x if signs agree, else inf.
func floatDivmod[T float](a, b T) (quotient, remainder T) {
	// The remainder of two float32 in float64 is exact, hence a float32.
	mod := T(mod(float64(a), float64(b)))
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
// if b is 0. That of float32 elements, computed in float64 and rounded, has the
// same bits as one computed in float32, as the one sum has twice the digits.
func floatRemainder(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	_, mod := floatDivmod(a, b)
	return mod
}
