package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// Distribution functions, slow and plain.

// gammaBelow is the probability that a number of the gamma distribution of shape
// a is below x: a series, or a continued fraction where x is large.
func gammaBelow(a, x float64) float64 {
	if x <= 0 {
		return 0
	}
	logGamma, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - logGamma)
	if x < a+1 {
		sum, term := 1/a, 1/a
		for k := a + 1; term > sum*1e-16; k++ {
			term *= x / k
			sum += term
		}
		return front * sum
	}
	f := 0.0
	for k := 200.0; k > 0; k-- {
		f = k * (k - a) / (x + 2*k + 1 - a - f)
	}
	return 1 - front/(x+1-a-f)
}

// betaBelow is the probability that a number of the beta distribution is below x,
// by Euler's continued fraction.
func betaBelow(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - betaBelow(b, a, 1-x)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	f := 0.0
	for m := 100.0; m > 0; m-- {
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		f = even / (1 + odd/(1+f))
	}
	return math.Exp(a*math.Log(x)+b*math.Log1p(-x)+lab-la-lb) / a / (1 + -(a+b)*x/(a+1)/(1+f))
}

// poissonBelow and binomialBelow are the probabilities of less than k.
func poissonBelow(mean float64) func(k float64) float64 {
	return func(k float64) float64 { return 1 - gammaBelow(k, mean) }
}

func binomialBelow(n, p float64) func(k float64) float64 {
	return func(k float64) float64 { return 1 - betaBelow(k, n-k+1, p) }
}

func sample[T dtype.Element](t testing.TB, name op.Name, draw Draw, n int) []T {
	t.Helper()
	x := make([]T, n)
	s, ok := NewSampler(name, dtype.Of[T](), draw)
	require.True(t, ok, name)
	s(dtype.Bytes(x), n, 0, 1)
	return x
}

// TestContinuousDistributions is Kolmogorov and Smirnov's: the largest distance
// of the share of numbers below x and the probability, in units of 1/sqrt(n), is
// above 2.2 once in 8000 times if they are the same. The seeds are fixed.
func TestContinuousDistributions(t *testing.T) {
	const n = 1 << 17
	normal := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	for i, c := range []struct {
		name  op.Name
		draw  Draw
		below func(x float64) float64
	}{
		{op.RandomUniform, Draw{A: -1, B: 3}, func(x float64) float64 { return (x + 1) / 4 }},
		{op.RandomNormal, Draw{A: 0, B: 1}, normal},
		{op.RandomNormal, Draw{A: 10, B: 2}, func(x float64) float64 { return normal((x - 10) / 2) }},
		{op.RandomExponential, Draw{A: 1}, func(x float64) float64 { return -math.Expm1(-x) }},
		{op.RandomExponential, Draw{A: 0.01}, func(x float64) float64 { return -math.Expm1(-100 * x) }},
		{op.RandomGamma, Draw{A: 0.05, B: 1}, func(x float64) float64 { return gammaBelow(0.05, x) }},
		{op.RandomGamma, Draw{A: 0.5, B: 3}, func(x float64) float64 { return gammaBelow(0.5, x/3) }},
		{op.RandomGamma, Draw{A: 1, B: 2}, func(x float64) float64 { return -math.Expm1(-x / 2) }},
		{op.RandomGamma, Draw{A: 1.1, B: 1}, func(x float64) float64 { return gammaBelow(1.1, x) }},
		{op.RandomGamma, Draw{A: 7, B: 1}, func(x float64) float64 { return gammaBelow(7, x) }},
		{op.RandomGamma, Draw{A: 300, B: 1}, func(x float64) float64 { return gammaBelow(300, x) }},
		{op.RandomBeta, Draw{A: 0.5, B: 0.5}, func(x float64) float64 { return 2 / math.Pi * math.Asin(math.Sqrt(x)) }},
		{op.RandomBeta, Draw{A: 1, B: 1}, func(x float64) float64 { return x }},
		{op.RandomBeta, Draw{A: 0.1, B: 0.9}, func(x float64) float64 { return betaBelow(0.1, 0.9, x) }},
		{op.RandomBeta, Draw{A: 0.3, B: 4}, func(x float64) float64 { return betaBelow(0.3, 4, x) }},
		{op.RandomBeta, Draw{A: 1, B: 3}, func(x float64) float64 { return 1 - math.Pow(1-x, 3) }},
		{op.RandomBeta, Draw{A: 2, B: 5}, func(x float64) float64 { return betaBelow(2, 5, x) }},
		{op.RandomBeta, Draw{A: 60, B: 40}, func(x float64) float64 { return betaBelow(60, 40, x) }},
	} {
		c.draw.Seed, c.draw.Stream = 2024, uint64(i)
		x := sample[float64](t, c.name, c.draw, n)
		var last, products float64 // of probabilities of neighbours
		for k, v := range x {
			x[k] = c.below(v)
			u := x[k] - 0.5
			products += u * last
			last = u
		}
		require.InDelta(t, 0, products/n*12, 5/math.Sqrt(n), "%s %+v: neighbours depend on each other", c.name, c.draw)
		slices.Sort(x)
		furthest := 0.0
		for k, p := range x {
			furthest = max(furthest, p-float64(k)/n, float64(k+1)/n-p)
		}
		require.Less(t, furthest*math.Sqrt(n), 2.2, "%s %+v", c.name, c.draw)
	}
}

// requireChiSquare compares counts with what was expected of them. The sum of
// squares is above its mean by 5 of its standard deviations once in 10^5 times or
// less often, if the cells are many and all are expected to have 10 or more.
func requireChiSquare(t *testing.T, counts, expected []float64, what string) {
	t.Helper()
	chi, cells := 0.0, 0.0
	var count, want float64 // of cells too small to stand alone
	for i := range counts {
		count, want = count+counts[i], want+expected[i]
		if want >= 10 || i == len(counts)-1 {
			chi += (count - want) * (count - want) / max(want, 1)
			cells++
			count, want = 0, 0
		}
	}
	freedom := cells - 1
	require.Less(t, chi, freedom+5*math.Sqrt(2*freedom)+10, what)
}

func TestCounts(t *testing.T) {
	const n = 1 << 18
	for i, c := range []struct {
		name  op.Name
		draw  Draw
		below func(k float64) float64
	}{
		{op.RandomPoisson, Draw{A: 0.01}, poissonBelow(0.01)},
		{op.RandomPoisson, Draw{A: 1}, poissonBelow(1)},
		{op.RandomPoisson, Draw{A: 9.7}, poissonBelow(9.7)},
		{op.RandomPoisson, Draw{A: 900}, poissonBelow(900)},
		{op.RandomPoisson, Draw{A: narrow}, poissonBelow(narrow)},
		{op.RandomPoisson, Draw{A: narrow + 1}, poissonBelow(narrow + 1)},
		{op.RandomPoisson, Draw{A: 123456.7}, poissonBelow(123456.7)},
		{op.RandomBinomial, Draw{N: 1, A: 0.3}, binomialBelow(1, 0.3)},
		{op.RandomBinomial, Draw{N: 10, A: 0.5}, binomialBelow(10, 0.5)},
		{op.RandomBinomial, Draw{N: 20, A: 0.95}, binomialBelow(20, 0.95)},
		{op.RandomBinomial, Draw{N: 1000, A: 0.001}, binomialBelow(1000, 0.001)},
		{op.RandomBinomial, Draw{N: 60000, A: 0.5}, binomialBelow(60000, 0.5)},
		{op.RandomBinomial, Draw{N: 70000, A: 0.5}, binomialBelow(70000, 0.5)},
		{op.RandomBinomial, Draw{N: 200000, A: 0.9}, binomialBelow(200000, 0.9)},
		{op.RandomBinomial, Draw{N: 1000000, A: 0.02}, binomialBelow(1000000, 0.02)},
	} {
		c.draw.Seed, c.draw.Stream = 7, uint64(i)
		x := sample[int64](t, c.name, c.draw, n)
		low, high := slices.Min(x), slices.Max(x)
		step := max(1, (high-low)/200)
		var counts, expected []float64
		below := 0.0
		for k := low; k <= high; k += step {
			next := 1.0
			if k+step <= high {
				next = c.below(float64(k + step))
			}
			counts, expected = append(counts, 0), append(expected, n*(next-below))
			below = next
		}
		for _, v := range x {
			counts[(v-low)/step]++
		}
		requireChiSquare(t, counts, expected, fmt.Sprintf("%s %+v", c.name, c.draw))
	}
}

// Where the counts are so many that sums of probabilities say nothing, they are
// nearly normal.
func TestLargeCounts(t *testing.T) {
	const n = 1 << 18
	for _, c := range []struct {
		name op.Name
		draw Draw
		mean float64
	}{
		{op.RandomPoisson, Draw{A: 1e9}, 1e9},
		{op.RandomPoisson, Draw{A: 1e15}, 1e15},
		{op.RandomPoisson, Draw{A: 9.2e18}, 9.2e18},
		{op.RandomBinomial, Draw{N: 1 << 40, A: 0.25}, 1 << 38},
		{op.RandomBinomial, Draw{N: 1 << 62, A: 0.75}, 3 << 60},
		{op.RandomBinomial, Draw{N: math.MaxInt64, A: 0.5}, 1 << 62},
		{op.RandomBinomial, Draw{N: 1 << 62, A: 1e-9}, (1 << 62) * 1e-9},
	} {
		c.draw.Seed = 3
		variance := c.mean
		if c.name == op.RandomBinomial {
			variance *= 1 - c.draw.A
		}
		x := sample[int64](t, c.name, c.draw, n)
		z := make([]float64, n)
		for i, v := range x {
			z[i] = (float64(v) - c.mean) / math.Sqrt(variance)
		}
		slices.Sort(z)
		furthest := 0.0
		for k, v := range z {
			furthest = max(furthest, math.Abs(0.5*math.Erfc(-v/math.Sqrt2)-float64(k)/n))
		}
		require.Less(t, furthest*math.Sqrt(n), 2.2, "%s %+v", c.name, c.draw)
	}
}

func TestRandomIntegersAreEquallyLikely(t *testing.T) {
	const n = 1 << 18
	for _, size := range []uint64{2, 3, 10, 256} {
		counts, expected := make([]float64, size), make([]float64, size)
		for _, v := range sample[int8](t, op.RandomIntegers, Draw{Seed: size, Low: -128, Span: size - 1}, n) {
			counts[int(v)+128]++
		}
		for i := range expected {
			expected[i] = n / float64(size)
		}
		requireChiSquare(t, counts, expected, fmt.Sprint(size, " integers"))
	}
	// Of four words three have a number of their own here, and the fourth is
	// rejected: else every third number would come twice as often.
	counts, size := make([]float64, 3), uint64(3)<<62
	for _, v := range sample[uint64](t, op.RandomIntegers, Draw{Span: size - 1}, n) {
		require.Less(t, v, size)
		counts[v%3]++
	}
	requireChiSquare(t, counts, []float64{n / 3.0, n / 3.0, n / 3.0}, "three quarters")
	var ones [64]float64
	for _, v := range sample[uint64](t, op.RandomIntegers, Draw{Span: math.MaxUint64}, n) {
		for b := range ones {
			ones[b] += float64(v >> b & 1)
		}
	}
	for b, count := range ones {
		require.InDelta(t, n/2, count, 5*math.Sqrt(n)/2, "bit %d", b)
	}
	for _, v := range sample[bool](t, op.RandomIntegers, Draw{Low: 1}, 100) {
		require.True(t, v)
	}
}
