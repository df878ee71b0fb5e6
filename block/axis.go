package block

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Axis says where the blocks of an array begin along one axis.
//
// Boundaries repeat with a period: they lie at phase + k*period + offsets[i]
// for every whole k. A regular axis has one offset, so its storage does not
// grow with the number of blocks; an irregular axis is a single period that
// spans it. Slicing with any step and the union of two axes keep this form.
//
// No block is empty, except the only block of an axis of length 0. An axis is
// immutable; its zero value is an axis of length 0.
type Axis struct {
	length  int   // Unknown if only running can tell
	blocks  int   // number of blocks; the zero value has none, see Blocks
	phase   int   // start of the period that holds index 0: -period < phase <= 0, and index 0 lies in its first block
	period  int   // > 0 unless length <= 0
	offsets []int // ascending from 0, below period
}

// Regular is an axis of the given length in blocks of size chunk, the last one
// shorter where chunk does not divide length. A chunk of 0 or less, or longer
// than the axis, means one block.
func Regular(length, chunk int) Axis {
	if length <= 0 {
		return Axis{length: max(length, Unknown), blocks: 1}
	}
	if chunk <= 0 || chunk > length {
		chunk = length
	}
	return periodic(length, 0, chunk, []int{0})
}

// Irregular is an axis whose blocks have the given sizes. Blocks of size 0 are
// left out.
func Irregular(sizes []int) (Axis, error) {
	starts := make([]int, 0, len(sizes))
	length := 0
	for i, size := range sizes {
		if size < 0 {
			return Axis{}, fmt.Errorf("block %d has the negative size %d", i, size)
		}
		if size > math.MaxInt-length {
			return Axis{}, fmt.Errorf("the block sizes add up to more than an int can count")
		}
		if size > 0 {
			starts = append(starts, length)
		}
		length += size
	}
	return explicit(length, starts), nil
}

// UnknownAxis is an axis of known number of blocks whose lengths only running
// the plan can tell.
func UnknownAxis(blocks int) Axis { return Axis{length: Unknown, blocks: max(1, blocks)} }

// explicit is the axis whose blocks start at the given indices, of which the
// first is 0.
func explicit(length int, starts []int) Axis {
	if length <= 0 {
		return Axis{length: length, blocks: 1}
	}
	if n := len(starts); n >= 3 { // blocks of one size with shorter ones at the ends are regular
		size := starts[2] - starts[1]
		regular := starts[1] <= size && length-starts[n-1] <= size
		for i := 3; i < n && regular; i++ {
			regular = starts[i]-starts[i-1] == size
		}
		if regular {
			return Axis{length: length, blocks: n, phase: starts[1] - size, period: size, offsets: []int{0}}
		}
	}
	return Axis{length: length, blocks: len(starts), period: length, offsets: starts}
}

// periodic is the axis with boundaries at phase + k*period + offsets[i], in
// the one form that Axis promises. offsets are ascending, below period.
func periodic(length, phase, period int, offsets []int) Axis {
	if length <= 0 {
		return Axis{length: length, blocks: 1}
	}
	// Rotate so that the period starts with the block that holds index 0.
	q := FloorDiv(-phase, period)
	r := -phase - q*period // where index 0 lies in its period, 0 <= r < period
	first := sort.SearchInts(offsets, r+1) - 1
	shift := 0
	if first < 0 {
		first = len(offsets) - 1
		shift = -period
	}
	rotated := make([]int, len(offsets))
	for i := range offsets {
		j := first + i
		at := offsets[j%len(offsets)] - offsets[first]
		if j >= len(offsets) {
			at += period
		}
		rotated[i] = at
	}
	a := Axis{length: length, phase: offsets[first] + shift - r, period: period, offsets: smallest(period, rotated)}
	a.period = period / (len(rotated) / len(a.offsets))
	a.blocks = a.ordinal(length-1) + 1
	if a.blocks <= len(a.offsets)+1 { // the blocks in between do not fill a period
		starts := make([]int, a.blocks)
		for i := range starts {
			starts[i] = max(0, a.position(i))
		}
		return explicit(length, starts)
	}
	return a
}

// smallest is the shortest prefix of offsets that repeats to give all of them
// within period.
func smallest(period int, offsets []int) []int {
	n := len(offsets)
	for m := 1; m < n; m++ {
		if n%m != 0 || period%(n/m) != 0 {
			continue
		}
		p := period / (n / m)
		same := true
		for i := m; i < n && same; i++ {
			same = offsets[i] == offsets[i-m]+p
		}
		if same {
			return slices.Clone(offsets[:m])
		}
	}
	return offsets
}

// ordinal is the block that holds index i, for an i of 0 or more.
func (a Axis) ordinal(i int) int {
	d := uint(i) - uint(a.phase) // may be more than an int can count
	k := d / uint(a.period)
	return int(k)*len(a.offsets) + sort.SearchInts(a.offsets, int(d-k*uint(a.period))+1) - 1
}

// position is the boundary at which block b starts, not clamped to the axis.
func (a Axis) position(b int) int {
	k := FloorDiv(b, len(a.offsets))
	return a.phase + k*a.period + a.offsets[b-k*len(a.offsets)]
}

// Len is the number of indices, or Unknown.
func (a Axis) Len() int { return a.length }

// Known reports whether the length is known.
func (a Axis) Known() bool { return a.length != Unknown }

// Blocks is the number of blocks, at least 1.
func (a Axis) Blocks() int { return max(1, a.blocks) }

// Block is where block b starts and how long it is. The length is known.
func (a Axis) Block(b int) (start, size int) {
	if a.length <= 0 {
		return 0, 0
	}
	start, end := max(0, a.position(b)), a.length
	if b < a.blocks-1 { // the boundary after the last block may be more than an int can count
		end = a.position(b + 1)
	}
	return start, end - start
}

// Find is the block that holds index i, which lies on the axis.
func (a Axis) Find(i int) int {
	if a.length <= 0 {
		return 0
	}
	return a.ordinal(i)
}

// Overlap is the range of blocks first <= b < last that hold indices start to
// stop; the range is empty where no index is asked for.
func (a Axis) Overlap(start, stop int) (first, last int) {
	start, stop = max(0, start), min(stop, a.length)
	if start >= stop {
		return 0, 0
	}
	return a.ordinal(start), a.ordinal(stop-1) + 1
}

// Largest is the size of the largest block.
func (a Axis) Largest() int {
	if a.length <= 0 {
		return 0
	}
	largest := 0
	for b := range min(a.Blocks(), len(a.offsets)+2) {
		_, size := a.Block(b)
		largest = max(largest, size)
	}
	return largest
}

// Smallest is the size of the smallest block.
func (a Axis) Smallest() int {
	if a.length <= 0 {
		return 0
	}
	_, smallest := a.Block(a.Blocks() - 1)
	for b := range min(a.Blocks(), len(a.offsets)+2) {
		_, size := a.Block(b)
		smallest = min(smallest, size)
	}
	return smallest
}

// Chunk is the size of the blocks of an axis that storage can call regular:
// all but the last have it and the last is not longer. ok is false otherwise.
func (a Axis) Chunk() (chunk int, ok bool) {
	switch {
	case a.length <= 0:
		return a.length, a.length == 0
	case a.Blocks() == 1:
		return a.length, true
	}
	_, first := a.Block(0)
	if len(a.offsets) == 1 {
		return first, first == a.period
	}
	if a.Blocks() == 2 {
		return first, a.length-first <= first
	}
	return 0, false
}

// Sizes lists the sizes of all blocks.
func (a Axis) Sizes() []int {
	sizes := make([]int, a.Blocks())
	for b := range sizes {
		_, sizes[b] = a.Block(b)
	}
	return sizes
}

// Equal reports whether a and b have the same length and the same boundaries.
// Axes of unknown length are equal only if they have the same number of blocks;
// whether their blocks have the same lengths only running can tell.
func (a Axis) Equal(b Axis) bool {
	if a.length != b.length || a.Blocks() != b.Blocks() {
		return false
	}
	if a.length <= 0 || a.phase == b.phase && a.period == b.period && slices.Equal(a.offsets, b.offsets) {
		return true
	}
	if len(a.offsets) == 1 && len(b.offsets) == 1 {
		return false
	}
	for i := range a.blocks {
		if max(0, a.position(i)) != max(0, b.position(i)) {
			return false
		}
	}
	return true
}

// Slice is the axis of the elements start, start+step, … of a, count of them.
// They lie on the axis and step is not 0.
func (a Axis) Slice(start, step, count int) Axis {
	if count <= 0 {
		return Axis{blocks: 1}
	}
	if a.blocks == 1 || count == 1 {
		return Regular(count, count)
	}
	size := max(step, -step)
	if a.Largest() <= size {
		return Regular(count, 1)
	}
	// cut is the first result index that lies in the next block when a
	// boundary p is passed.
	cut := func(p int) int {
		if step > 0 {
			return CeilDiv(p-start, step)
		}
		return FloorDiv(start-p, size) + 1
	}
	low, high := start, start+step*(count-1)
	if step < 0 {
		low, high = high, low
	}
	first, last := a.Overlap(low, high+1)
	g := gcd(a.period, size)
	if repeats := size / g; repeats*len(a.offsets) < last-first {
		period := a.period / g
		cuts := make([]int, 0, repeats*len(a.offsets))
		for b := range repeats * len(a.offsets) {
			at := cut(a.position(b))
			cuts = append(cuts, at-FloorDiv(at, period)*period)
		}
		slices.Sort(cuts)
		return periodic(count, 0, period, slices.Compact(cuts))
	}
	starts := make([]int, 0, last-first)
	starts = append(starts, 0)
	for i := 1; i < last-first; i++ {
		b := first + i
		if step < 0 {
			b = last - i
		}
		if at := cut(a.position(b)); at > starts[len(starts)-1] && at < count {
			starts = append(starts, at)
		}
	}
	return explicit(count, starts)
}

// Split is the axis with each block of more than size indices divided into blocks
// of size, of which the last may be shorter; a first block that is the end of a
// longer one is divided as that is. The length is known and size is more than 0.
func (a Axis) Split(size int) Axis {
	if a.Largest() <= size {
		return a
	}
	cuts := make([]int, 0, 2*len(a.offsets))
	for i, start := range a.offsets {
		end := a.period
		if i+1 < len(a.offsets) {
			end = a.offsets[i+1]
		}
		for ; start < end; start += size {
			cuts = append(cuts, start)
		}
	}
	return periodic(a.length, a.phase, a.period, cuts)
}

// Union is the axis with the boundaries of both a and b, which have the same
// known length.
func (a Axis) Union(b Axis) Axis {
	switch {
	case a.Blocks() == 1:
		return b
	case b.Blocks() == 1 || a.Equal(b):
		return a
	}
	g := gcd(a.period, b.period)
	repeatA, repeatB := b.period/g, a.period/g
	countA, countB := repeatA*len(a.offsets), repeatB*len(b.offsets)
	if a.period <= (a.length-1)/repeatA && countA+countB < a.blocks+b.blocks {
		period := a.period * repeatA
		cuts := make([]int, 0, countA+countB)
		for i := range countA {
			cuts = append(cuts, a.position(i)-a.phase)
		}
		for i := range countB {
			at := b.position(i) - a.phase
			cuts = append(cuts, at-FloorDiv(at, period)*period)
		}
		slices.Sort(cuts)
		return periodic(a.length, a.phase, period, slices.Compact(cuts))
	}
	starts := make([]int, 0, a.blocks+b.blocks)
	for i := range a.blocks {
		starts = append(starts, max(0, a.position(i)))
	}
	for i := range b.blocks {
		starts = append(starts, max(0, b.position(i)))
	}
	slices.Sort(starts)
	return explicit(a.length, slices.Compact(starts))
}

// Refines reports whether every boundary of b is a boundary of a, so that each
// block of b is made of whole blocks of a.
func (a Axis) Refines(b Axis) bool {
	if a.length != b.length {
		return false
	}
	if b.Blocks() == 1 || a.Equal(b) {
		return true
	}
	return a.Union(b).Equal(a)
}

// maxListed is the most blocks of irregular lengths that are listed one by one.
const maxListed = 1 << 22

// tooMany reports more blocks than are listed.
func tooMany(blocks int) error {
	return fmt.Errorf("%d blocks of several lengths are more than the %d that are listed one by one; rechunk to larger or equal blocks first", blocks, maxListed)
}

// CutTo is the axis whose blocks are those of a, each cut to at most length
// elements, which is positive.
func (a Axis) CutTo(length int) (Axis, error) {
	n := a.Blocks()
	if a.Largest() <= length {
		return a, nil
	}
	if chunk, regular := a.Chunk(); regular {
		_, last := a.Block(n - 1)
		return Regular((n-1)*min(chunk, length)+min(last, length), length), nil
	}
	if n > maxListed {
		return Axis{}, tooMany(n)
	}
	sizes := a.Sizes()
	for i := range sizes {
		sizes[i] = min(sizes[i], length)
	}
	return Irregular(sizes)
}

// Concat is the axis of the given axes one after the other. Their lengths add
// up to what an int can count. It is an error if they are of so many blocks of
// several lengths that these cannot be listed.
func Concat(axes ...Axis) (Axis, error) {
	var parts []Axis
	length, blocks, known := 0, 0, true
	for _, a := range axes {
		if a.length == 0 {
			continue
		}
		parts = append(parts, a)
		length, blocks, known = length+a.length, blocks+a.Blocks(), known && a.Known()
	}
	switch {
	case !known:
		return UnknownAxis(blocks), nil
	case len(parts) == 0:
		return Axis{}, nil
	case len(parts) == 1:
		return parts[0], nil
	}
	chunk, regular := parts[0].Chunk()
	for i, a := range parts {
		if !regular {
			break
		}
		c, ok := a.Chunk()
		if i == len(parts)-1 {
			regular = ok && (c == chunk || a.blocks == 1 && c < chunk)
		} else {
			regular = ok && c == chunk && a.length%chunk == 0
		}
	}
	if regular {
		return Regular(length, chunk), nil
	}
	if blocks > maxListed || blocks < 0 {
		return Axis{}, tooMany(blocks)
	}
	starts := make([]int, 0, blocks)
	origin := 0
	for _, a := range parts {
		for i := range a.blocks {
			starts = append(starts, origin+max(0, a.position(i)))
		}
		origin += a.length
	}
	return explicit(length, starts), nil
}

// Flatten is the axis of an array's elements in C order, over leading axes of
// which every block is one index, one axis a, and trailing axes of one block:
// repeat is the number of elements of the leading axes together, and scale that
// of the trailing ones.
func (a Axis) Flatten(repeat, scale int) Axis {
	length := a.length * repeat * scale
	if length <= 0 {
		return Regular(length, length)
	}
	if chunk, ok := a.Chunk(); ok && (repeat == 1 || a.length%chunk == 0) {
		return Regular(length, chunk*scale)
	}
	starts := make([]int, a.blocks)
	for b := range starts {
		starts[b] = max(0, a.position(b)) * scale
	}
	return periodic(length, 0, a.length*scale, starts)
}

// String lists the block sizes, shortened: 10x100 for ten blocks of 100.
func (a Axis) String() string {
	if !a.Known() {
		return strconv.Itoa(a.Blocks()) + "x?"
	}
	var parts []string
	total := a.Blocks()
	run, size := 0, -1
	flush := func() {
		switch {
		case run > 1:
			parts = append(parts, strconv.Itoa(run)+"x"+strconv.Itoa(size))
		case run == 1:
			parts = append(parts, strconv.Itoa(size))
		}
	}
	if len(a.offsets) == 1 && total > 3 { // regular: three runs, without walking the blocks
		_, first := a.Block(0)
		_, last := a.Block(total - 1)
		for _, part := range [3][2]int{{1, first}, {total - 2, a.period}, {1, last}} {
			if part[1] == size {
				run += part[0]
				continue
			}
			flush()
			run, size = part[0], part[1]
		}
		flush()
		return strings.Join(parts, "+")
	}
	for b := range min(total, 64) {
		_, s := a.Block(b)
		if s == size {
			run++
			continue
		}
		flush()
		if len(parts) == 5 {
			return strings.Join(parts, "+") + "+… (" + strconv.Itoa(total) + " blocks)"
		}
		run, size = 1, s
	}
	flush()
	if total > 64 {
		return strings.Join(parts, "+") + "+… (" + strconv.Itoa(total) + " blocks)"
	}
	return strings.Join(parts, "+")
}

// FloorDiv is a/b rounded down. b is not 0.
func FloorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// CeilDiv is a/b rounded up. b is not 0.
func CeilDiv(a, b int) int { return -FloorDiv(-a, b) }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
