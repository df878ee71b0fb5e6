package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/internal/op"
)

func upTo(n int) []int64 {
	x := make([]int64, n)
	for i := range x {
		x[i] = int64(i)
	}
	return x
}

func TestPermutationsHaveEveryIndexOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 10, 1000, shuffled, shuffled + 1, 100_003, 1 << 17, 300_000} {
		x := sample[int64](t, op.RandomPermutation, Draw{Seed: 5, N: int64(n)}, n)
		if n >= 10 {
			require.False(t, slices.IsSorted(x), n)
		}
		slices.Sort(x)
		require.Equal(t, upTo(n), x, n)
	}
	for n := uint64(1); n < 300; n++ {
		f := newScrambler(stream{n, 0}, n)
		x := make([]int64, n)
		for i := range x {
			x[i] = int64(f.at(uint64(i)))
		}
		slices.Sort(x)
		require.Equal(t, upTo(int(n)), x, n)
	}
	// Of a range that nobody can walk through a part is seen.
	for _, n := range []int64{1 << 40, 1<<61 + 1, 1 << 62, math.MaxInt64} {
		x := sample[int64](t, op.RandomPermutation, Draw{Seed: 5, N: n}, 1000)
		require.Less(t, slices.Max(x), n)
		require.GreaterOrEqual(t, slices.Min(x), int64(0))
		require.InDelta(t, 0.5, mean(x)/float64(n), 5*0.2887/math.Sqrt(1000))
		slices.Sort(x)
		require.Len(t, slices.Compact(x), 1000)
	}
}

func mean(x []int64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

// order is the number of a permutation among all of its length.
func order(x []int64) int {
	number := 0
	for i, v := range x {
		smaller := 0
		for _, w := range x[i+1:] {
			if w < v {
				smaller++
			}
		}
		number = number*(len(x)-i) + smaller
	}
	return number
}

func TestEveryOrderIsEquallyLikely(t *testing.T) {
	const each = 500
	for n, orders := 2, 2; n <= 6; n, orders = n+1, orders*(n+1) {
		counts, expected := make([]float64, orders), make([]float64, orders)
		for seed := range uint64(each * orders) {
			counts[order(sample[int64](t, op.RandomPermutation, Draw{Seed: seed, N: int64(n)}, n))]++
		}
		for i := range expected {
			expected[i] = each
		}
		requireChiSquare(t, counts, expected, fmt.Sprint("orders of ", n))
	}
}

// What makes long permutations gives neighbours every pair of places, where there
// are so few that all can be counted.
func TestEveryPairIsEquallyLikely(t *testing.T) {
	const n, seeds = 50, 300_000
	counts, expected := make([]float64, n*n), make([]float64, n*n)
	for seed := range uint64(seeds) {
		f := newScrambler(stream{seed, 1}, n)
		counts[f.at(20)*n+f.at(21)]++
	}
	for i := range expected {
		if i/n != i%n {
			expected[i] = seeds / float64(n*(n-1))
		}
	}
	requireChiSquare(t, counts, expected, "pairs")
}

// Long permutations: where elements go, how far neighbours are apart, how many
// stay in their place and how many are less than the one before.
func TestLongPermutationsLookRandom(t *testing.T) {
	const n, seeds = 100_000, 40
	const cells = 50
	places, steps := make([]float64, cells*cells), make([]float64, cells)
	fixed, descents, inversions := 0.0, 0.0, 0.0
	for seed := range uint64(seeds) {
		x := sample[int64](t, op.RandomPermutation, Draw{Seed: seed, Stream: 9, N: n}, n)
		for i, v := range x {
			places[i*cells/n*cells+int(v)*cells/n]++
			if int(v) == i {
				fixed++
			}
			next := x[(i+1)%n]
			if next < v {
				descents++
			}
			steps[(int(next-v)+n)%n*cells/n]++
			if i < 2000 {
				for _, w := range x[i+1 : 2000] {
					if w < v {
						inversions++
					}
				}
			}
		}
	}
	require.InDelta(t, seeds, fixed, 5*math.Sqrt(seeds))
	require.InDelta(t, seeds*n/2, descents, 5*math.Sqrt(seeds*n/12.0))
	const of = 2000.0
	require.InDelta(t, seeds*of*(of-1)/4, inversions, 5*math.Sqrt(seeds*of*(of-1)*(2*of+5)/72))
	expected := make([]float64, len(places))
	for i := range expected {
		expected[i] = float64(seeds*n) / float64(len(places))
	}
	requireChiSquare(t, places, expected, "places")
	for i := range steps {
		expected[i] = float64(seeds*n) / cells
	}
	requireChiSquare(t, steps, expected[:cells], "steps")
}

func TestChoice(t *testing.T) {
	const n = 1 << 17
	p := []float64{0.1, 0, 0.25, 0.05, 0.6, 0}
	draw := Draw{Seed: 3, N: 6, P: p}
	counts, expected := make([]float64, 6), make([]float64, 6)
	for _, v := range sample[int64](t, op.RandomChoice, draw, n) {
		counts[v]++
	}
	for i := range p {
		expected[i] = n * p[i]
		if p[i] == 0 {
			require.Zero(t, counts[i])
		}
	}
	requireChiSquare(t, counts, expected, "with probabilities")
	require.Equal(t, []float64{0.1, 0, 0.25, 0.05, 0.6, 0}, p, "the caller's slice is left as it was")

	require.Equal(t, sample[int64](t, op.RandomIntegers, Draw{Seed: 3, Span: 5}, 100),
		sample[int64](t, op.RandomChoice, Draw{Seed: 3, N: 6}, 100))
	for _, size := range []int64{6, 1000, 1 << 40} {
		require.Equal(t, sample[int64](t, op.RandomPermutation, Draw{Seed: 3, N: size}, 6),
			sample[int64](t, op.RandomChoice, Draw{Seed: 3, N: size, Distinct: true}, 6))
	}
	many := make([]float64, 1<<14)
	for i := range many {
		many[i] = float64(2*i+1) / (1 << 28)
	}
	squares := 0.0
	for _, v := range sample[int64](t, op.RandomChoice, Draw{Seed: 3, N: int64(len(many)), P: many}, n) {
		squares += math.Pow(float64(v)/(1<<14), 2)
	}
	require.InDelta(t, 0.5, squares/n, 5/math.Sqrt(12*n))
}

// Without replacement the second has its probability among those that are left.
func TestWeightedChoiceWithoutReplacement(t *testing.T) {
	const n = 60_000
	p := []float64{0.5, 0.3, 0, 0.15, 0.05}
	counts, expected := make([]float64, 25), make([]float64, 25)
	for seed := range uint64(n) {
		x := sample[int64](t, op.RandomChoice, Draw{Seed: seed, N: 5, P: p, Distinct: true}, 4)
		counts[x[0]*5+x[1]]++
		slices.Sort(x)
		require.Equal(t, []int64{0, 1, 3, 4}, x)
	}
	for i, first := range p {
		for j, second := range p {
			if i != j {
				expected[i*5+j] = n * first * second / (1 - first)
			}
		}
	}
	requireChiSquare(t, counts, expected, "pairs")
}
