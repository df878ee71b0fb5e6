package kernel

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"gabion/dtype"
)

// choice is indices below draw.N, with the probabilities P if there are any.
func choice(s stream, draw Draw) Sampler {
	switch {
	case draw.P == nil && draw.Distinct:
		return permutation(s, draw.N)
	case draw.P == nil:
		return integers[int64](s, 0, uint64(draw.N)-1)
	case draw.Distinct:
		return weighted(s, draw.P)
	}
	// As NumPy's choice(n, p=p) finds them: cumulative sums, divided by the
	// last, are searched for random().
	return tableOf(0, slices.Clone(draw.P)).sampler(s)
}

// weighted is the order in which indices are drawn one after the other, each
// with a probability in proportion to its own among those that are left: the
// order of exponentially distributed times of these rates (Efraimidis and
// Spirakis, "Weighted random sampling with a reservoir", 2006).
func weighted(s stream, p []float64) Sampler {
	times := make([]float64, len(p))
	exponential[float64](s, 1)(dtype.Bytes(times), len(p), 0, 1)
	order := make([]int64, len(p))
	for i := range order {
		order[i] = int64(i)
		times[i] /= p[i]
		if p[i] == 0 {
			times[i] = math.Inf(1)
		}
	}
	slices.SortFunc(order, func(a, b int64) int {
		return cmp.Or(cmp.Compare(times[a], times[b]), cmp.Compare(a, b))
	})
	return func(dst []byte, n int, first, step int64) {
		d := dtype.Slice[int64](dst)[:n]
		for i := range d {
			d[i] = order[first+int64(i)*step]
		}
	}
}

// shuffled is the largest range whose permutation is kept in a table.
const shuffled = 1 << 16

// permutation is the indices below n in random order.
func permutation(s stream, n int64) Sampler {
	if n <= shuffled {
		return shuffle(s, int(n))
	}
	f := newScrambler(s, uint64(n))
	return func(dst []byte, n int, first, step int64) {
		d := dtype.Slice[int64](dst)[:n]
		for i := range d {
			d[i] = int64(f.at(uint64(first + int64(i)*step)))
		}
	}
}

// shuffle exchanges each index of a table, from the first on, with one that is
// not before it, as far as elements are asked for. All orders are equally
// likely.
func shuffle(s stream, n int) Sampler {
	order := make([]uint16, n)
	for i := range order {
		order[i] = uint16(i)
	}
	done := 0
	words := &draws{stream: s}
	return func(dst []byte, n int, first, step int64) {
		d := dtype.Slice[int64](dst)[:n]
		for i := range d {
			at := int(first + int64(i)*step)
			for ; done <= at; done++ {
				words.begin(uint64(done), 1)
				other := done + int(words.below(uint64(len(order)-done)))
				order[done], order[other] = order[other], order[done]
			}
			d[i] = int64(order[at])
		}
	}
}

// scrambler is a permutation of the numbers below n, any element of which is
// computed in constant time and memory: a Feistel network over pairs of numbers
// below rows and columns, applied again as long as the result is not below n
// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). There are
// 2^128 of them, one a key, so not every order is among them.
type scrambler struct {
	n, rows, columns uint64
	keys             [scramblerRounds]uint64
}

// Four rounds of a random function are a permutation that is hard to tell from a
// random one, if few elements are seen (Luby and Rackoff, 1988). All may be seen
// here, and nobody is an adversary.
const scramblerRounds = 8

func newScrambler(s stream, n uint64) *scrambler {
	f := &scrambler{n: n, rows: uint64(math.Sqrt(float64(n)))}
	for f.rows*f.rows < n {
		f.rows++
	}
	f.columns = (n + f.rows - 1) / f.rows
	for i := range f.keys {
		f.keys[i] = s.word(uint64(i))
	}
	return f
}

func (f *scrambler) at(x uint64) uint64 {
	for {
		row, column := x/f.columns, x%f.columns
		for i := 0; i < scramblerRounds; i += 2 {
			high, _ := bits.Mul64(mixed(column, f.keys[i]), f.rows)
			if row += high; row >= f.rows {
				row -= f.rows
			}
			high, _ = bits.Mul64(mixed(row, f.keys[i+1]), f.columns)
			if column += high; column >= f.columns {
				column -= f.columns
			}
		}
		if x = row*f.columns + column; x < f.n {
			return x
		}
	}
}

// mixed is a number under a key as 64 bits that look random (the finalizer of
// Steele, Lea and Flood's SplitMix, "Fast splittable pseudorandom number
// generators", 2014, in Stafford's variant 13).
func mixed(x, key uint64) uint64 {
	x += key
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
