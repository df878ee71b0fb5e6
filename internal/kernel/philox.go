package kernel

import "math/bits"

// stream is a stream of random words: those of Philox4x64-10 (Salmon, Moraes,
// Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011) under
// the key (seed, number). A block of four words is a function of the key and a
// counter of four words, so that any word is had without those before it.
//
// The words of the whole stream are lanes 0 to 3 of the blocks with the counters
// (1, 0, 0, 0), (2, 0, 0, 0), …: they are NumPy's Philox(key=[seed, number]).
// Beside these every element has words of its own, for methods that do not know
// beforehand how many they need: the blocks (0, element, 1, 0),
// (1, element, 1, 0), ….
type stream struct{ seed, number uint64 }

// block is the block of four words under the counter (x0, x1, x2, x3).
func (s stream) block(x0, x1, x2, x3 uint64) [4]uint64 {
	const (
		multiplier0, multiplier2 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
		weyl0, weyl1             = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
	)
	key0, key1 := s.seed, s.number
	for range 10 {
		high0, low0 := bits.Mul64(multiplier0, x0)
		high2, low2 := bits.Mul64(multiplier2, x2)
		x0, x1, x2, x3 = high2^x1^key0, low2, high0^x3^key1, low0
		key0 += weyl0
		key1 += weyl1
	}
	return [4]uint64{x0, x1, x2, x3}
}

// shared is the block with words 4*b to 4*b+3 of the stream.
func (s stream) shared(b uint64) [4]uint64 { return s.block(b+1, 0, 0, 0) }

// word is one word of the stream.
func (s stream) word(i uint64) uint64 { return s.shared(i / 4)[i%4] }

// fill sets words to those of the stream from number first on.
func (s stream) fill(words []uint64, first uint64) {
	for len(words) > 0 {
		n, lane := 4, first%4
		if lane == 0 && len(words) >= 4 {
			*(*[4]uint64)(words) = s.shared(first / 4)
		} else {
			block := s.shared(first / 4)
			n = copy(words, block[lane:])
		}
		words, first = words[n:], first+uint64(n)
	}
}

// draws is a supply of words for one element: what begin gave it, then the
// element's own.
type draws struct {
	stream  stream
	element uint64
	blocks  uint64 // own blocks that were used
	words   [4]uint64
	at      int // the next word, 4 for none

	cached uint64 // 1 + the number of the block of the stream in cache
	cache  [4]uint64
}

// begin starts an element whose first words, 1, 2 or 4 of them, are taken from
// the stream: those from number share*element on.
func (d *draws) begin(element uint64, share int) {
	d.element, d.blocks, d.at = element, 0, 4-share
	first := element * uint64(share)
	if d.cached != first/4+1 {
		d.cached, d.cache = first/4+1, d.stream.shared(first/4)
	}
	copy(d.words[4-share:], d.cache[first%4:])
}

// startingWith is the words of an element, the first of which is known.
func (s stream) startingWith(word, element uint64) draws {
	return draws{stream: s, element: element, words: [4]uint64{3: word}, at: 3}
}

func (d *draws) next() uint64 {
	if d.at == 4 {
		d.refill()
	}
	d.at++
	return d.words[(d.at-1)&3]
}

func (d *draws) refill() {
	d.words, d.at = d.stream.block(d.blocks, d.element, 1, 0), 0
	d.blocks++
}

// unit is a word as a float64 in [0, 1), a multiple of 2^-53.
func unit(word uint64) float64 { return float64(word>>11) * 0x1p-53 }

// unit is a uniform number in [0, 1).
func (d *draws) unit() float64 { return unit(d.next()) }

// below is a number in [0, n), all of them equally likely (Lemire, "Fast random
// integer generation in an interval", 2019), made of a word and, in n of 2^64
// cases at most, of others.
func (d *draws) below(n uint64) uint64 {
	high, low := bits.Mul64(d.next(), n)
	for low < n && low < -n%n {
		high, low = bits.Mul64(d.next(), n)
	}
	return high
}
