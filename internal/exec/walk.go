package exec

import (
	"gabion/block"
	"gabion/internal/kernel"
	"gabion/internal/op"
)

// Without reductions a block is walked in pieces in C order. With them, the
// block is seen as an array whose axes are alternately kept and reduced, by
// joining neighbours of one kind, and its tiles are the leaves of the reduction:
// they depend on the block's shape alone, so that the same block gives the same
// bits wherever and whenever it is computed.

const (
	// leafRows is the most rows that a leaf adds one after the other, which
	// bounds the rounding of long columns.
	leafRows = 32
	// stripe is the width of the tiles of a block whose rows are longer
	// than a piece: narrow enough for several rows to a tile, wide enough
	// for whole cache lines.
	stripe = 256
)

// tile is a part of a block: rows of cols elements, rowStride apart in C order.
// It has at most kernel.Piece elements.
type tile struct {
	start     int // number of the first element in C order
	rows      int
	cols      int
	rowStride int
}

func (t tile) n() int { return t.rows * t.cols }

type walk struct {
	runner *Runner
	task   *Task
	loads  []loader // one a step, for those that read or make elements
}

func (w *walk) run() error {
	r := w.runner
	w.loads = make([]loader, len(r.steps))
	for i := range r.steps {
		st := &r.steps[i]
		switch {
		case st.Op == op.Read:
			w.loads[i] = newReader(w.task.Inputs[st.input()])
		case st.Op == op.Arange, st.sample != nil:
			w.loads[i] = newMaker(st, w.task.Region)
		}
	}
	reduces := false
	for _, red := range r.reductions {
		reduces = reduces || red != nil
	}
	if reduces {
		return w.reduce()
	}
	n := w.task.Region.Elements()
	for at := 0; at < n; at += kernel.Piece {
		size := min(kernel.Piece, n-at)
		if err := w.program(tile{start: at, rows: 1, cols: size, rowStride: size}); err != nil {
			return err
		}
	}
	return nil
}

// program runs the steps over a tile and stores the outputs that are not
// reduced. It is not inlined into its callers, whose loops would have no point
// at which the runtime can stop them.
//
//go:noinline
func (w *walk) program(t tile) error {
	r := w.runner
	n := t.n()
	contiguous := t.rows == 1 || t.rowStride == t.cols
	for i := range r.steps {
		st := &r.steps[i]
		switch {
		case w.loads[i] != nil:
			r.regs[i] = w.loads[i].load(t, r.own[i])
		case st.loop != nil:
			r.regs[i] = r.own[i]
			if k := r.place[i].output; k >= 0 && contiguous && w.task.Outputs[k] != nil {
				from := t.start * st.size
				r.regs[i] = w.task.Outputs[k][from : from+n*st.size]
			}
			var args [3][]byte
			for k, a := range st.Args {
				args[k] = r.regs[a]
			}
			if status := st.loop(n, r.regs[i], args[0], args[1], args[2]); status != kernel.OK {
				return &Error{Op: st.Instr.Op, Site: st.Site, Index: w.task.At, Err: status.Err()}
			}
		}
	}
	for k := range r.stage.Outputs {
		out := &r.stage.Outputs[k]
		if out.Reduce != nil || w.task.Outputs[k] == nil || r.place[out.Reg].output == k && contiguous && r.steps[out.Reg].loop != nil {
			continue
		}
		size := out.DType.Size()
		for row := range t.rows {
			from := (t.start + row*t.rowStride) * size
			copy(w.task.Outputs[k][from:from+t.cols*size], r.regs[out.Reg][row*t.cols*size:])
		}
	}
	return nil
}

// group is one axis of a block as the reduction sees it.
type group struct {
	length  int
	reduced bool
	stride  int // in elements of the block, in C order
}

// groups joins the block's axes.
func (w *walk) groups() []group {
	var out []group
	for axis, n := range w.task.Region.Shape {
		if n == 1 {
			continue
		}
		reduced := w.runner.stage.Reduced[axis]
		if k := len(out) - 1; k >= 0 && out[k].reduced == reduced {
			out[k].length *= n
			continue
		}
		out = append(out, group{length: n, reduced: reduced})
	}
	stride := 1
	for k := len(out) - 1; k >= 0; k-- {
		out[k].stride = stride
		stride *= out[k].length
	}
	return out
}

func (w *walk) reduce() error {
	groups := w.groups()
	cells := 1
	for _, g := range groups {
		if !g.reduced {
			cells *= g.length
		}
	}
	for k, red := range w.runner.reductions {
		if red != nil {
			w.runner.counters[k].begin(w.task.Outputs[k], cells)
		}
	}
	if w.task.Region.Empty() {
		return w.empty(cells)
	}
	var err error
	if len(groups) == 0 || groups[len(groups)-1].reduced {
		err = w.reduceRows(groups)
	} else {
		err = w.reduceColumns(groups)
	}
	if err != nil {
		return err
	}
	w.globalise(cells)
	return nil
}

// empty makes the partials of no elements.
func (w *walk) empty(cells int) error {
	if cells == 0 {
		return nil
	}
	for k, red := range w.runner.reductions {
		if red != nil {
			c := w.runner.counters[k]
			c.planes = red.PlanesInto(c.planes[:0], w.task.Outputs[k], cells)
			red.Leaf(c.planes, cells, 0, nil, true, 0, 0, 0)
		}
	}
	return nil
}

// reduceRows reduces a block whose last axis is reduced: a leaf is a part of a
// row, or several short rows.
func (w *walk) reduceRows(groups []group) error {
	length, inner := 1, 1 // of the last axis, and of the kept one before it
	outer := groups
	if n := len(groups); n > 0 {
		length = groups[n-1].length
		outer = groups[:n-1]
		if n > 1 {
			inner = groups[n-2].length
			outer = groups[:n-2]
		}
	}
	rows := max(1, min(inner, kernel.Piece/length))
	kept, reduced := split(outer)
	cell := 0
	for k := range kept.count() {
		base := kept.offset(k)
		for first := 0; first < inner; first += rows {
			n := min(rows, inner-first)
			w.open(n)
			for r := range reduced.count() {
				start := base + reduced.offset(r) + first*length
				for at := 0; at < length; at += kernel.Piece {
					size := min(kernel.Piece, length-at)
					t := tile{start: start + at, rows: n, cols: size, rowStride: length}
					if err := w.leaf(t, n, size, true, int64(r*length+at), 1); err != nil {
						return err
					}
				}
			}
			w.close(cell, n)
			cell += n
		}
	}
	return nil
}

// reduceColumns reduces a block whose last axis is kept: a leaf is some rows of
// a stripe.
func (w *walk) reduceColumns(groups []group) error {
	last := len(groups) - 1
	length := groups[last].length
	rows, rowStride := 1, length
	outer := groups[:last]
	if last > 0 {
		rows, rowStride = groups[last-1].length, groups[last-1].stride
		outer = groups[:last-1]
	}
	width := length
	if length > kernel.Piece {
		width = stripe
	}
	height := max(1, min(rows, leafRows, kernel.Piece/width))
	kept, reduced := split(outer)
	cell := 0
	for k := range kept.count() {
		base := kept.offset(k)
		for col := 0; col < length; col += width {
			n := min(width, length-col)
			w.open(n)
			for r := range reduced.count() {
				start := base + reduced.offset(r) + col
				for row := 0; row < rows; row += height {
					size := min(height, rows-row)
					t := tile{start: start + row*rowStride, rows: size, cols: n, rowStride: rowStride}
					if err := w.leaf(t, n, size, false, int64(r*rows+row), 1); err != nil {
						return err
					}
				}
			}
			w.close(cell+col, n)
		}
		cell += length
	}
	return nil
}

// axes counts through some of a block's axes in C order.
type axes []group

func split(groups []group) (kept, reduced axes) {
	for _, g := range groups {
		if g.reduced {
			reduced = append(reduced, g)
		} else {
			kept = append(kept, g)
		}
	}
	return kept, reduced
}

func (a axes) count() int {
	n := 1
	for _, g := range a {
		n *= g.length
	}
	return n
}

// offset is where in the block the i-th index lies.
func (a axes) offset(i int) int {
	at := 0
	for k := len(a) - 1; k >= 0; k-- {
		at += i % a[k].length * a[k].stride
		i /= a[k].length
	}
	return at
}

// leaf runs the program over a tile and hands it to the reductions. Indices
// count the reduced elements of the block in C order.
func (w *walk) leaf(t tile, cells, n int, byCell bool, first, step int64) error {
	if err := w.program(t); err != nil {
		return err
	}
	r := w.runner
	for k, red := range r.reductions {
		if red == nil {
			continue
		}
		out := &r.stage.Outputs[k]
		c := r.counters[k]
		planes := c.next()
		if status := red.Leaf(planes, cells, n, r.regs[out.Reg], byCell, first, 0, step); status != kernel.OK {
			return &Error{Op: out.Reduce.Op, Site: out.Reduce.Site, Index: w.task.At, Err: status.Err()}
		}
		c.push(int64(n))
	}
	return nil
}

func (w *walk) open(cells int) {
	for _, c := range w.runner.counters {
		if c != nil {
			c.open(cells)
		}
	}
}

func (w *walk) close(cell, cells int) {
	for _, c := range w.runner.counters {
		if c != nil {
			c.close(cell, cells)
		}
	}
}

// globalise turns the indices that argmin and its like keep from numbers in the
// block into numbers in the array: both count the reduced axes in C order.
func (w *walk) globalise(cells int) {
	for k, red := range w.runner.reductions {
		if red == nil {
			continue
		}
		if !op.Lookup(w.runner.stage.Outputs[k].Reduce.Op).Positions {
			continue
		}
		c := w.runner.counters[k]
		c.planes = red.PlanesInto(c.planes[:0], w.task.Outputs[k], cells)
		indices := int64s(c.planes[1])
		s := w.runner.stage
		for i, local := range indices {
			global, weight := 0, 1
			rest := int(local)
			for axis := len(s.Grid) - 1; axis >= 0; axis-- {
				if !s.Reduced[axis] {
					continue
				}
				n := w.task.Region.Shape[axis]
				global += (w.task.Region.Start[axis] + rest%n) * weight
				rest /= n
				weight *= s.Grid[axis].Len()
			}
			indices[i] = int64(global)
		}
	}
}

// Cells is the number of results of which a block of the given shape holds a
// part, and the number of its elements in each.
func Cells(shape block.Shape, reduced []bool) (cells int, n int64) {
	cells, n = 1, 1
	for axis, length := range shape {
		if reduced[axis] {
			n *= int64(length)
		} else {
			cells *= length
		}
	}
	return cells, n
}
