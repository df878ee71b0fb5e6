package kernel

import "math"

// Normal and exponential numbers are made by the ziggurat (Marsaglia and Tsang,
// "The ziggurat method for generating random variables", 2000): the area under
// the density f is covered by 256 strips of one area, and a point is chosen in a
// strip. Nearly always it is left of where the strip above ends, and so below
// the density; then a word has made a number.

// strips is a ziggurat. Strip i > 0 is right of 0, between heights
// f(edge[i]) and f(edge[i+1]); strip 0 is all below f(edge[1]), with the tail,
// and edge[0] is how wide a rectangle of its height and area is.
type strips struct {
	inside [256]uint64  // the points of 2^53 in a row of strip i that are below the density
	step   [256]float64 // the distance of two such points
	edge   [257]float64
	height [257]float64 // the density at the edges
}

// ziggurat makes the strips of a density of height 1 at 0, which falls. The tail
// begins at start; area is that of a strip.
func ziggurat(start, area float64, density, inverse func(float64) float64) *strips {
	z := new(strips)
	z.edge[0], z.edge[1] = area/density(start), start
	for i := 1; i < 255; i++ {
		z.edge[i+1] = inverse(density(z.edge[i]) + area/z.edge[i])
	}
	for i := range 256 {
		z.inside[i] = uint64(z.edge[i+1] / z.edge[i] * (1 << 53))
		z.step[i] = z.edge[i] * 0x1p-53
	}
	for i := range z.height {
		z.height[i] = density(z.edge[i])
	}
	return z
}

// The start of the tail for which 256 strips have one area, and that area.
const (
	normalStart, normalArea           = 3.65415288536100877164543, 0.004928673233974655347361775
	exponentialStart, exponentialArea = 7.697117470131049714044628, 0.003949659822581557219977572
)

var (
	normalStrips      = ziggurat(normalStart, normalArea, bell, func(y float64) float64 { return math.Sqrt(-2 * randomLog(y)) })
	exponentialStrips = ziggurat(exponentialStart, exponentialArea, decay, func(y float64) float64 { return -randomLog(y) })
)

func bell(x float64) float64  { return randomExp(float64(-0.5 * float64(x*x))) }
func decay(x float64) float64 { return randomExp(-x) }

// A word is used so: bits 0 to 7 are the number of the strip, bit 8 the sign of
// a normal number, and bits 11 to 63 the point in the strip.

// signed is x >= 0 with the sign of a word.
func signed(x float64, word uint64) float64 {
	return math.Float64frombits(math.Float64bits(x) | word>>8<<63)
}

// normal is a number of the standard normal distribution.
func (d *draws) normal() float64 {
	z := normalStrips
	for {
		word := d.next()
		i, point := word&255, word>>11
		x := float64(float64(point) * z.step[i])
		ok := point < z.inside[i]
		switch {
		case ok:
		case i == 0:
			x, ok = d.normalTail(), true
		default:
			ok = d.between(z, i) < bell(x)
		}
		if ok {
			return signed(x, word)
		}
	}
}

// between is a height in strip i.
func (d *draws) between(z *strips, i uint64) float64 {
	return z.height[i] + float64((z.height[i+1]-z.height[i])*d.unit())
}

// normalTail is a normal number beyond the ziggurat (Marsaglia, "Generating a
// variable from the tail of the normal distribution", 1964).
func (d *draws) normalTail() float64 {
	for {
		x := -randomLog(1-d.unit()) / normalStart
		y := -randomLog(1 - d.unit())
		if 2*y > float64(x*x) {
			return normalStart + x
		}
	}
}

// exponential is a number of the exponential distribution of mean 1.
func (d *draws) exponential() float64 {
	z := exponentialStrips
	tail := 0.0
	for {
		word := d.next()
		i, point := word&255, word>>11
		x := float64(float64(point) * z.step[i])
		switch {
		case point < z.inside[i]:
			return tail + x
		case i == 0:
			tail += exponentialStart // beyond it the distribution is itself again
		case d.between(z, i) < decay(x):
			return tail + x
		}
	}
}

// normal is draws.normal for each element, with the common case in the loop. Of
// 80 elements one takes more than a word.
func normal[T float](s stream, mean, deviation float64) Sampler {
	z := normalStrips
	return oneWord(s, func(dst []T, words []uint64, first, step uint64) {
		for i, word := range words[:len(dst)] {
			strip, point := word&255, word>>11
			x := signed(float64(point)*z.step[strip], word)
			if point >= z.inside[strip] {
				d := s.startingWith(word, first+uint64(i)*step)
				x = d.normal()
			}
			dst[i] = T(mean + float64(deviation*x))
		}
	})
}

// exponential is draws.exponential for each element, with the common case in the
// loop.
func exponential[T float](s stream, scale float64) Sampler {
	z := exponentialStrips
	return oneWord(s, func(dst []T, words []uint64, first, step uint64) {
		for i, word := range words[:len(dst)] {
			strip, point := word&255, word>>11
			x := float64(float64(point) * z.step[strip])
			if point >= z.inside[strip] {
				d := s.startingWith(word, first+uint64(i)*step)
				x = d.exponential()
			}
			dst[i] = T(scale * x)
		}
	})
}
