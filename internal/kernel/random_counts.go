package kernel

import (
	"math"
	"slices"
)

// Counts are made by inversion from a table where their distribution is narrow,
// and by transformed rejection where it is not.

// narrow is the largest variance of counts that have a table, which then has
// some 2400 entries.
const narrow = 1 << 14

// poisson is how often that happens in a time which happens mean times on
// average.
func poisson(s stream, mean float64) Sampler {
	if mean <= narrow {
		return tabulate(math.Floor(mean), func(k float64) float64 { return mean / (k + 1) }).sampler(s)
	}
	// Hörmann, "The transformed rejection method for generating Poisson
	// random variables", 1993: PTRS.
	b := 0.931 + float64(2.53*math.Sqrt(mean))
	h := &hat{
		centre: mean + 0.43, a: -0.059 + float64(0.02483*b), b: b,
		scale: 1.1239 + 1.1328/(b-3.4), inner: 0.9277 - 3.6224/(b-2), end: 1 << 63,
		log: func(k float64) float64 {
			return -stirling(k) - deviance(k, mean) - float64(0.5*randomLog(float64(2*math.Pi*k)))
		},
	}
	return severalWords(s, 2, h.count)
}

// binomial is how often of n times that happens which has probability p.
func binomial(s stream, n int64, p float64) Sampler {
	// What is counted is the rarer of the two.
	rare, from, step := p, int64(0), int64(1)
	if p > 0.5 {
		rare, from, step = 1-p, n, -1
	}
	if n == 0 || rare == 0 {
		return constant(from)
	}
	trials := float64(n)
	mean, rest := float64(trials*rare), float64(trials*(1-rare))
	variance := mean * (1 - rare)
	mode := min(trials, math.Floor(float64((trials+1)*rare)))
	if variance <= narrow {
		odds := rare / (1 - rare)
		t := tabulate(mode, func(k float64) float64 { return (trials - k) / (k + 1) * odds })
		t.from, t.step = from+step*t.from, step
		return t.sampler(s)
	}
	// Hörmann, "The generation of binomial random variates", 1993: BTRS.
	deviation := math.Sqrt(variance)
	b := 1.15 + float64(2.53*deviation)
	log := func(k float64) float64 {
		return -stirling(k) - stirling(trials-k) - deviance(k, mean) - deviance(trials-k, rest) -
			float64(0.5*randomLog(k/trials*(trials-k)))
	}
	top := log(mode)
	h := &hat{
		centre: mean + 0.5, a: -0.0873 + float64(0.0248*b) + float64(0.01*rare), b: b,
		scale: (2.83 + 5.1/b) * deviation, inner: 0.92 - 4.2/b, end: trials,
		log: func(k float64) float64 { return log(k) - top },
	}
	return severalWords(s, 2, func(d *draws) int64 { return from + step*h.count(d) })
}

// hat is what transformed rejection is made with: points below a hat over the
// distribution, for which a and b are chosen.
type hat struct {
	centre, a, b float64
	scale        float64
	inner        float64                 // of heights that are below the distribution wherever the point is not far out
	end          float64                 // counts are below it
	log          func(k float64) float64 // of the probability of k, 1 <= k < end, times something that scale has too
}

// count is a number of the distribution. Its variance is above narrow, so that a
// count of 0, or of all trials, comes less than once in 2^20000 times.
func (h *hat) count(d *draws) int64 {
	for {
		u, v := d.unit()-0.5, 1-d.unit()
		side := 0.5 - math.Abs(u)
		k := math.Floor(float64((2*h.a/side+h.b)*u) + h.centre)
		switch {
		case side >= 0.07 && v <= h.inner:
			return int64(k)
		case k < 1 || k >= h.end:
		case randomLog(v*h.scale/(h.a/float64(side*side)+h.b)) <= h.log(k):
			return int64(k)
		}
	}
}

// deviance is k log(k/mean) + mean - k without cancellation, for k > 0 (Loader,
// "Fast and accurate computation of binomial probabilities", 2000).
func deviance(k, mean float64) float64 {
	difference := k - mean
	v := difference / (k + mean)
	if math.Abs(v) > 0.1 {
		return float64(k*randomLog(k/mean)) - difference
	}
	// log(k/mean) = 2 artanh v = 2 (v + v³/3 + v⁵/5 + …)
	sum := float64(difference * v)
	term := 2 * k * v
	for n := 3.0; ; n += 2 {
		term *= float64(v * v)
		next := sum + term/n
		if next == sum {
			return sum
		}
		sum = next
	}
}

// stirling is log k! without its large part: log k! = k log k - k + log(2πk)/2 +
// stirling(k), for k >= 1.
func stirling(k float64) float64 {
	z := float64(k * k)
	return (1.0/12 - (1.0/360-(1.0/1260-1.0/1680/z)/z)/z) / k
}

// table is a distribution over from, from+step, …, for inversion: the first
// whose sum of probabilities is above a uniform number.
type table struct {
	from, step int64
	sums       []float64 // up to each; the last is 1
	guide      []uint16  // where to begin for numbers from g/len(guide) on; so many, a power of 2, that few cells end between
}

// tabulate is the table of a distribution with the given mode, of which
// ratio(k) is the probability of k+1 divided by that of k. What is less likely
// than the mode by 10^-20 is left out: no number in [0, 1) would find it.
func tabulate(mode float64, ratio func(k float64) float64) *table {
	const least = 1e-20
	var weights []float64
	first := mode
	for w := 1.0; w > least; first-- {
		weights = append(weights, w)
		if first == 0 {
			break
		}
		w /= ratio(first - 1)
	}
	slices.Reverse(weights)
	from := int64(mode) - int64(len(weights)-1)
	for k, w := mode, ratio(mode); w > least; w = float64(w * ratio(k)) {
		weights = append(weights, w)
		k++
	}
	return tableOf(from, weights)
}

// tableOf is the table of weights, which it changes.
func tableOf(from int64, weights []float64) *table {
	t := &table{from: from, step: 1, sums: weights, guide: make([]uint16, 1024)}
	sum := 0.0
	for i, w := range weights {
		sum += w
		weights[i] = sum
	}
	for i := range weights {
		weights[i] /= sum
	}
	for len(t.guide) < 2*len(weights) {
		t.guide = make([]uint16, 2*len(t.guide))
	}
	i := 0
	for g := range t.guide {
		for weights[i] <= float64(g)/float64(len(t.guide)) {
			i++
		}
		t.guide[g] = uint16(i)
	}
	return t
}

// sampler makes element i of word i.
func (t *table) sampler(s stream) Sampler {
	scale := float64(len(t.guide))
	return oneWord(s, func(dst []int64, words []uint64, _, _ uint64) {
		for i, word := range words[:len(dst)] {
			u := unit(word)
			k := int(t.guide[int(float64(u*scale))])
			for u >= t.sums[k] {
				k++
			}
			dst[i] = t.from + t.step*int64(k)
		}
	})
}
