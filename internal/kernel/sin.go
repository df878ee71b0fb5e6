package kernel

import "math"

// sineTails are the polynomials of the sine and of the cosine of up to an
// eighth of a turn.
var sineTails = [2][7]float64{sinTail, cosTail}

// sine is the sine of x radians and a number of quarter turns.
func sine(x float64, quarter uint64) float64 {
	// x less n quarter turns, in two parts as quarters has it, but pi/2 in
	// parts of which the product with the first is exact.
	shifted := float64(x*(2/math.Pi)) + whole
	n := shifted - whole
	high := x - float64(n*piHalf33High)
	low := float64(n * piHalf33Low)
	turns := math.Float64bits(shifted) + quarter
	if !(math.Abs(x) < 0x1p20 && math.Abs(high) > 0x1p-10) {
		if math.Abs(x) < 0x1p-27 {
			if quarter == 0 {
				return x
			}
			return 1
		}
		if x-x != 0 {
			return math.NaN()
		}
		rest, q := quarters(x)
		high, low, turns = rest.high, -rest.low, uint64(q)+quarter
	}
	r := high - low
	rest := (high - r) - low
	// Both sine and cosine are a head, a correction and a polynomial. Which of
	// them it is is chosen by masks: no processor can foresee a branch here.
	odd := -(turns & 1)
	tail := &sineTails[turns&1]
	z := float64(r * r)
	z2 := float64(z * z)
	p := tail[0] + float64(z*tail[1]) + float64(z2*(tail[2]+float64(z*tail[3])+
		float64(z2*(tail[4]+float64(z*tail[5])+float64(z2*tail[6])))))
	one := 1 - float64(z/2)
	head := chosen(r, one, odd)
	factor := chosen(r, z, odd)
	correction := chosen(float64(rest*one), ((1-one)-float64(z/2))-float64(r*rest), odd)
	v := head + (float64(float64(factor*z)*p) + correction)
	return math.Float64frombits(math.Float64bits(v) ^ turns>>1<<63)
}

// chosen is a, or b where all bits of mask are set.
func chosen(a, b float64, mask uint64) float64 {
	return math.Float64frombits(math.Float64bits(a)&^mask | math.Float64bits(b)&mask)
}

func sin(x float64) float64 { return sine(x, 0) }
func cos(x float64) float64 { return sine(x, 1) }

// sinTailOf is sin(x) - x for |x| up to pi/4 and its square.
func sinTailOf(x, square float64) float64 {
	z := square
	z2 := float64(z * z)
	return float64(float64(x*z) * (sinTail[0] + float64(z*sinTail[1]) + float64(z2*(sinTail[2]+float64(z*sinTail[3])+
		float64(z2*(sinTail[4]+float64(z*sinTail[5])+float64(z2*sinTail[6])))))))
}

// cosTailOf is cos(x) - 1 + x^2/2 for |x| up to pi/4, of its square.
func cosTailOf(square float64) float64 {
	z := square
	z2 := float64(z * z)
	return float64(z2 * (cosTail[0] + float64(z*cosTail[1]) + float64(z2*(cosTail[2]+float64(z*cosTail[3])+
		float64(z2*(cosTail[4]+float64(z*cosTail[5])+float64(z2*cosTail[6])))))))
}

// tan is the tangent of x radians.
func tan(x float64) float64 {
	switch {
	case math.Abs(x) < 0x1p-27:
		return x
	case x-x != 0:
		return math.NaN()
	}
	rest, quarter := quarters(x)
	square := productOf(rest.high, rest.high)
	z := square.high
	one := 1 - float64(z/2)
	s := normalized(rest.high, sinTailOf(rest.high, z)+float64(rest.low*one))
	c := normalized(one, ((1-one)-float64(z/2))+(cosTailOf(z)-float64(square.low/2)-float64(rest.high*rest.low)))
	if quarter&1 != 0 {
		return c.negated().over(s).value()
	}
	return s.over(c).value()
}
