package kernel

import "math"

// gammaOf makes numbers of the gamma distribution of a shape > 0, divided by unit
// (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).
// A shape below 1 is made of the shape above, by a power of a uniform number.
func gammaOf(shape, unit float64) func(d *draws) float64 {
	if shape == 1 {
		return func(d *draws) float64 { return d.exponential() / unit }
	}
	raised := shape
	if shape < 1 {
		raised++
	}
	centre := raised - 1.0/3
	width, factor := 1/math.Sqrt(9*centre), centre/unit
	return func(d *draws) float64 {
		v := factor * d.gamma(centre, width)
		if shape < 1 {
			v *= randomExp(-d.exponential() / shape)
		}
		return v
	}
}

// gamma is a number of the gamma distribution of shape centre + 1/3, divided by
// centre.
func (d *draws) gamma(centre, width float64) float64 {
	for {
		x := d.normal()
		t := 1 + float64(width*x)
		u := 1 - d.unit() // in (0, 1]
		if t <= 0 {
			continue
		}
		v := float64(float64(t*t) * t)
		square := float64(x * x)
		if u < 1-float64(0.0331*float64(square*square)) ||
			randomLog(u) < float64(0.5*square)+float64(centre*((1-v)+randomLog(v))) {
			return v
		}
	}
}

// gamma is the gamma distribution.
func gamma[T float](s stream, shape, scale float64) Sampler {
	if shape == 0 {
		return constant(T(0))
	}
	of := gammaOf(shape, 1)
	share := 2
	if shape < 1 {
		share = 4 // most take three words
	}
	return severalWords(s, share, func(d *draws) T { return T(scale * of(d)) })
}

// beta is the beta distribution: g/(g + h) of two numbers of gamma distributions,
// or Jöhnk's method where both shapes are at most 1.
func beta[T float](s stream, a, b float64) Sampler {
	if a <= 1 && b <= 1 {
		return severalWords(s, 4, func(d *draws) T { return T(d.beta(a, b)) })
	}
	largest := max(a, b) // as the unit, so that nothing overflows
	g, h := gammaOf(a, largest), gammaOf(b, largest)
	return severalWords(s, 4, func(d *draws) T {
		x := g(d)
		return T(x / (x + h(d)))
	})
}

// beta is a number of the beta distribution of shapes in (0, 1] (Jöhnk,
// "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964):
// x/(x + y) of x = u^(1/a) and y = v^(1/b), if x + y <= 1. The shapes may be so
// small that x and y have no logarithm in a float64 but as multiples of 1/c.
func (d *draws) beta(a, b float64) float64 {
	c := max(a, b)
	for {
		logX, logY := -d.exponential()/(a/c), -d.exponential()/(b/c)
		larger := max(logX, logY) / c
		ratio := randomExp(-math.Abs(logX-logY) / c) // of the smaller and the larger
		switch {
		case larger > -math.Ln2 && larger+randomLog(1+ratio) > 0:
		case logX > logY:
			return 1 / (1 + ratio)
		default:
			return ratio / (1 + ratio)
		}
	}
}
