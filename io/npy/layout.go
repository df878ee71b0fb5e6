package npy

import (
	"slices"

	"gabion/block"
	"gabion/dtype"
)

const (
	gapBytes    = 4 << 10   // most that is read over rather than skipped: a page, which a disk reads anyway
	windowBytes = 256 << 10 // most that is in memory of a stretch with gaps, or whose elements are moved about
	pieceBytes  = 1 << 20   // most that one system call reads or writes; between two, a context is looked at
)

// layout is where the elements of an array lie in a file.
type layout struct {
	header
	strides []int // elements between neighbours along each axis
}

func newLayout(h header) *layout {
	l := &layout{header: h, strides: make([]int, len(h.shape))}
	n := 1
	for _, axis := range slices.Backward(h.order()) {
		l.strides[axis] = n
		n *= max(1, h.shape[axis])
	}
	return l
}

// order is the axes from the one whose neighbours are farthest from each other
// to the one whose neighbours lie side by side.
func (h header) order() []int {
	axes := make([]int, len(h.shape))
	for i := range axes {
		axes[i] = i
	}
	if h.fortran {
		slices.Reverse(axes)
	}
	return axes
}

func (l *layout) size() int { return l.dtype.Size() }

// offset is the byte of the file where an element lies.
func (l *layout) offset(element int) int64 { return l.first + int64(element)*int64(l.size()) }

// step is one axis of a region: its length, and the distances between neighbours
// in elements of the file and of a block.
type step struct{ length, file, memory int }

// span is a stretch of the file that holds one part of a region with no gap of
// more than a given length in it. outer walks the spans of the region, inner the
// elements of a span.
type span struct {
	outer, inner []step
	length       int // elements of the file from the first to the last
	elements     int // those of the region
}

// spans divides a region that is not empty into spans with gaps of at most gap
// bytes. strides are those of the block that holds it. first is the element of
// the file where the first span begins.
func (l *layout) spans(r block.Region, strides []int, gap int) (first int, s span) {
	var steps []step
	for _, axis := range l.order() {
		first += r.Start[axis] * l.strides[axis]
		next := step{r.Shape[axis], l.strides[axis], strides[axis]}
		if next.length == 1 {
			continue
		}
		if k := len(steps) - 1; k >= 0 && steps[k].file == next.file*next.length && steps[k].memory == next.memory*next.length {
			next.length *= steps[k].length
			steps[k] = next
			continue
		}
		steps = append(steps, next)
	}
	// Gaps only grow towards the first step, so the steps of a span are the last ones.
	s = span{outer: steps, length: 1, elements: 1}
	for k := len(steps) - 1; k >= 0 && steps[k].file-s.length <= gap/l.size(); k-- {
		s.outer, s.inner = steps[:k], steps[k:]
		s.length += (steps[k].length - 1) * steps[k].file
		s.elements *= steps[k].length
	}
	return first, s
}

// plain reports whether a span is one run of neighbours, in the file and in
// memory.
func (s span) plain() bool {
	return len(s.inner) == 0 || len(s.inner) == 1 && s.inner[0].file == 1 && s.inner[0].memory == 1
}

// window is how many elements of a span are in memory at once where it is not
// plain. It is the same whatever the strides of the block.
func (l *layout) window(s span) int { return min(s.length, windowBytes/l.size()) }

// scratch is the memory for a window on spans with gaps of at most gap bytes.
func (l *layout) scratch(r block.Region, gap int) int64 {
	if r.Within(l.shape) != nil || r.Empty() {
		return 0
	}
	_, s := l.spans(r, r.Shape.Strides(), gap)
	return int64(l.window(s) * l.size())
}

// runs divides the inner steps of a span into those that walk its runs and the
// one that walks a run.
func (s span) runs() (walks []step, run step) {
	k := len(s.inner) - 1
	if k < 0 {
		return nil, step{1, 1, 1}
	}
	return s.inner[:k], s.inner[k]
}

// walk calls visit for every position of steps, with the elements of the file and
// of the block that are there.
func walk(steps []step, file, memory int, visit func(file, memory int) error) error {
	if len(steps) == 0 {
		return visit(file, memory)
	}
	for range steps[0].length {
		if err := walk(steps[1:], file, memory, visit); err != nil {
			return err
		}
		file += steps[0].file
		memory += steps[0].memory
	}
	return nil
}

// elements are at one distance from each other in some memory.
type elements struct {
	data   []byte
	at     int // the first, in elements
	stride int
}

// move copies n elements of the given size.
func move(size, n int, to, from elements) {
	switch size {
	case 1:
		moveAs[uint8](n, to, from)
	case 2:
		moveAs[uint16](n, to, from)
	case 4:
		moveAs[uint32](n, to, from)
	case 8:
		moveAs[uint64](n, to, from)
	case 16:
		moveAs[complex128](n, to, from)
	}
}

func moveAs[T dtype.Element](n int, to, from elements) {
	dst, src := dtype.Slice[T](to.data), dtype.Slice[T](from.data)
	if to.stride == 1 && from.stride == 1 {
		copy(dst[to.at:to.at+n], src[from.at:])
		return
	}
	for i, j, k := 0, to.at, from.at; i < n; i, j, k = i+1, j+to.stride, k+from.stride {
		dst[j] = src[k]
	}
}
