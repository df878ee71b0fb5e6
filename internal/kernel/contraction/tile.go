package contraction

import (
	"gabion/dtype"
	"gabion/internal/op"
)

// tile is what is at hand of a block: some rows and columns of its result, and a
// part of its depth.
type tile struct {
	sizes                op.Tiles
	rows, columns, depth int

	// Where in the operands and in the result each of them lies.
	rowA, rowCell       [op.TileRows]int
	columnB, columnCell [op.TileColumns]int
	dense               bool          // the cells of the columns are neighbours
	depthA, depthB      [shortest]int // of a short sum
	runs                []run         // of a deep one

	a, b   []byte // the operands' rows, op.TileRow bytes apart
	chunk  []byte
	levels [][]byte
	leaves []int
	row    [op.TileRow]byte
}

// cut divides the scratch memory.
func (t *tile) cut(scratch []byte) {
	take := func(n int) (part []byte) {
		part, scratch = scratch[:n:n], scratch[n:]
		return part
	}
	t.a, t.b, t.chunk = take(t.sizes.A), take(t.sizes.B), take(t.sizes.Chunk)
	t.levels = t.levels[:0]
	for range t.sizes.Levels {
		t.levels = append(t.levels, take(t.sizes.Level))
	}
	if len(t.leaves) < len(t.levels) {
		t.leaves = make([]int, len(t.levels))
	}
}

// count is the number of indices of some axes.
func count(axes []Axis) int {
	n := 1
	for _, a := range axes {
		n *= a.Len
	}
	return n
}

// walker goes through the indices of some axes in C order.
type walker struct {
	axes  []Axis
	index []int
	at    Axis // where the index lies; Len is not used
	more  bool
}

func walk(axes []Axis) walker {
	return walker{axes: axes, index: make([]int, len(axes)), more: count(axes) > 0}
}

// start is the walker at the index with a number.
func start(axes []Axis, number int) walker {
	w := walk(axes)
	for i := len(axes) - 1; i >= 0; i-- {
		a := &axes[i]
		w.index[i] = number % a.Len
		number /= a.Len
		w.at.A += w.index[i] * a.A
		w.at.B += w.index[i] * a.B
		w.at.Cell += w.index[i] * a.Cell
	}
	return w
}

func (w *walker) next() {
	for i := len(w.axes) - 1; i >= 0; i-- {
		a := &w.axes[i]
		w.index[i]++
		w.at.A, w.at.B, w.at.Cell = w.at.A+a.A, w.at.B+a.B, w.at.Cell+a.Cell
		if w.index[i] < a.Len {
			return
		}
		w.index[i] = 0
		w.at.A, w.at.B, w.at.Cell = w.at.A-a.Len*a.A, w.at.B-a.Len*a.B, w.at.Cell-a.Len*a.Cell
	}
	w.more = false
}

// offsets lists where n indices from number first on lie, in those of a, b and
// cell that are not nil.
func offsets(axes []Axis, first, n int, a, b, cell []int) {
	w := start(axes, first)
	for i := range n {
		if a != nil {
			a[i] = w.at.A
		}
		if b != nil {
			b[i] = w.at.B
		}
		if cell != nil {
			cell[i] = w.at.Cell
		}
		w.next()
	}
}

// run is indices along the last of some axes.
type run struct {
	n            int
	a, b         int // where the first lies
	stepA, stepB int
}

// runsOf appends the runs that make n indices from number first on.
func runsOf(runs []run, axes []Axis, first, n int) []run {
	last := len(axes) - 1
	if last < 0 {
		return append(runs, run{n: 1})
	}
	inner := axes[last]
	w := start(axes[:last], first/inner.Len)
	at := first % inner.Len
	for n > 0 {
		size := min(n, inner.Len-at)
		runs = append(runs, run{size, w.at.A + at*inner.A, w.at.B + at*inner.B, inner.A, inner.B})
		n, at = n-size, 0
		w.next()
	}
	return runs
}

// store writes the sums of the tile to their cells of a plane.
func (t *tile) store(out []byte, plane dtype.DType, cell int) {
	switch plane {
	case dtype.Complex128:
		t.storePairs(out, cell)
		return
	}
	switch plane.Size() {
	case 1:
		store[uint8](t, out, cell)
	case 2:
		store[uint16](t, out, cell)
	case 4:
		store[uint32](t, out, cell)
	case 8:
		store[uint64](t, out, cell)
	}
}

func store[T dtype.Element](t *tile, out []byte, cell int) {
	dst, sums := dtype.Slice[T](out), dtype.Slice[T](t.levels[0])
	n := t.columns
	for i := range t.rows {
		row := sums[i*n : (i+1)*n]
		at := cell + t.rowCell[i]
		if t.dense {
			copy(dst[at+t.columnCell[0]:], row)
			continue
		}
		for j, v := range row {
			dst[at+t.columnCell[j]] = v
		}
	}
}

// storePairs puts the real and the imaginary parts together, of which the latter
// come after all of the former.
func (t *tile) storePairs(out []byte, cell int) {
	dst, sums := dtype.Slice[complex128](out), dtype.Slice[float64](t.levels[0])
	n := t.rows * t.columns
	re, im := sums[:n], sums[n:2*n]
	for i := range t.rows {
		at := cell + t.rowCell[i]
		for j := range t.columns {
			k := i*t.columns + j
			dst[at+t.columnCell[j]] = complex(re[k], im[k])
		}
	}
}
