package kernel

import "math"

// asinTailOf is asin(x) - x for |x| up to 1/2 and its square.
func asinTailOf(x, square float64) float64 {
	z := square
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	low := asinTail[0] + float64(z*asinTail[1]) + float64(z2*(asinTail[2]+float64(z*asinTail[3])))
	middle := asinTail[4] + float64(z*asinTail[5]) + float64(z2*(asinTail[6]+float64(z*asinTail[7])))
	high := asinTail[8] + float64(z*asinTail[9]) + float64(z2*(asinTail[10]+float64(z*asinTail[11]))) + float64(z4*asinTail[12])
	return float64(float64(x*z) * (low + float64(z4*(middle+float64(z4*high)))))
}

// asinOfRoot is asin(sqrt((1-x)/2)) for x from 1/2 to 1, by which the inverse
// functions of numbers near 1 are found, as their arguments near 1 tell too
// little of them.
func asinOfRoot(x float64) double {
	z := (1 - x) / 2 // exact
	if z == 0 {
		return double{}
	}
	s := double{z, 0}.sqrt()
	return normalized(s.high, s.low+asinTailOf(s.high, z))
}

// asin is the angle from -pi/2 to pi/2 whose sine is x; NaN if |x| is above 1.
func asin(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0x1p-27:
		return x
	case a <= 0.5:
		return x + asinTailOf(x, float64(x*x))
	case !(a <= 1):
		return math.NaN()
	}
	half := asinOfRoot(a)
	rest := normalized(piHalfHigh, float64(-2*half.high))
	return math.Copysign(rest.high+(rest.low+(piHalfLow-float64(2*half.low))), x)
}

// acos is the angle from 0 to pi whose cosine is x; NaN if |x| is above 1.
func acos(x float64) float64 {
	switch {
	case math.Abs(x) <= 0.5:
		rest := normalized(piHalfHigh, -x)
		return rest.high + (rest.low + (piHalfLow - asinTailOf(x, float64(x*x))))
	case !(math.Abs(x) <= 1):
		return math.NaN()
	case x > 0:
		half := asinOfRoot(x)
		return 2 * half.value()
	}
	half := asinOfRoot(-x)
	rest := normalized(piHigh, float64(-2*half.high))
	return rest.high + (rest.low + (piLow - float64(2*half.low)))
}

// atanTailOf is atan(x) - x for |x| up to 1/15.
func atanTailOf(x float64) float64 {
	z := float64(x * x)
	z2 := float64(z * z)
	return float64(float64(x*z) * (atanTail[0] + float64(z*atanTail[1]) +
		float64(z2*(atanTail[2]+float64(z*atanTail[3])+float64(z2*(atanTail[4]+float64(z*atanTail[5])))))))
}

// atanOfRatio is atan(n/d) for 0 <= n <= d, of which the quotient and the
// products are normal numbers: with c = i/32 near n/d it is
// atan(c) + atan((n - cd)/(d + cn)).
func atanOfRatio(n, d float64) double {
	q := float64(n / d)
	if q < 1.0/16 {
		return normalized(q, math.FMA(-q, d, n)/d+atanTailOf(q))
	}
	i := int(float64(q*32) + 0.5)
	c := float64(float64(i) / 32)
	t := math.FMA(-c, d, n) / math.FMA(c, n, d)
	row := &atanTable[i&63]
	sum := normalized(row.high, t)
	return double{sum.high, sum.low + (row.low + atanTailOf(t))}
}

// atan is the angle from -pi/2 to pi/2 whose tangent is x.
func atan(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 1.0/16:
		if a < 0x1p-27 {
			return x
		}
		return x + atanTailOf(x)
	case a <= 1:
		i := int(float64(a*32) + 0.5)
		c := float64(float64(i) / 32)
		t := (a - c) / (1 + float64(c*a))
		row := &atanTable[i&63]
		return math.Copysign(row.high+(t+(row.low+atanTailOf(t))), x)
	case a < 0x1p60:
		rest := atanOfRatio(1, a)
		sum := normalized(piHalfHigh, -rest.high)
		return math.Copysign(sum.high+(sum.low+(piHalfLow-rest.low)), x)
	case a > 0:
		return math.Copysign(math.Pi/2, x)
	}
	return x // NaN
}

// atan2 is the angle from -pi to pi of the point at x and y, as in C99: zeros
// and infinities count as points of their quadrant's edges and diagonals.
func atan2(y, x float64) float64 { return angleOf(y, x).value() }

// angleOf is atan2 with some more bits.
func angleOf(y, x float64) double {
	a, b := math.Abs(y), math.Abs(x)
	var angle double // in the first quadrant
	switch {
	case !(a >= 0 && b >= 0):
		return double{math.NaN(), 0}
	case a > 0x1p-900 && a < 0x1p900 && b > 0x1p-900 && b < 0x1p900 && a < b*0x1p60 && b < a*0x1p60:
		angle = firstQuadrant(a, b)
	case math.IsInf(x, 0) && math.IsInf(y, 0):
		angle = double{piHalfHigh / 2, piHalfLow / 2}
	case a == 0 || math.IsInf(x, 0):
	case b == 0 || math.IsInf(y, 0):
		angle = double{piHalfHigh, piHalfLow}
	default:
		_, m := math.Frexp(a)
		_, n := math.Frexp(b)
		switch {
		case m-n > 120:
			angle = double{piHalfHigh, piHalfLow}
		case n-m <= 500:
			angle = firstQuadrant(math.Ldexp(a, -m), math.Ldexp(b, -m))
		case !math.Signbit(x):
			angle.high = a / b // the tangent itself, which may be subnormal
		}
	}
	if math.Signbit(x) {
		sum := normalized(piHigh, -angle.high)
		angle = double{sum.high, sum.low + (piLow - angle.low)}
	}
	if math.Signbit(y) {
		return double{-angle.high, -angle.low}
	}
	return angle
}

// firstQuadrant is the angle of the point at x and y, both above 0.
func firstQuadrant(y, x float64) double {
	if y <= x {
		return atanOfRatio(y, x)
	}
	rest := atanOfRatio(x, y)
	sum := normalized(piHalfHigh, -rest.high)
	return double{sum.high, sum.low + (piHalfLow - rest.low)}
}
