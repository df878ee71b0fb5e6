// Package contraction holds the kernel of contractions: sums of products of two
// blocks, of which the product of two matrices is one.
//
// A block is a space of axes in four roles: an axis of the batch is in both
// operands and in the result, a row in the first operand and the result, a
// column in the second and the result, and the depth is in both operands and
// summed over. How each axis lies in memory is a matter of strides.
//
// Order. Every cell of the result is a sum along the depth, in C order of its
// axes. Its products are summed in rows of op.TileRow bytes, and the rows merge in
// a balanced tree; up to shortest products are summed one after the other
// instead. So the bits of a cell depend on its operands and on the depth alone,
// not on how many rows and columns there are beside it nor on where it lies.
//
// Error. Along a row the products are added in four lanes or more, of 32
// additions each. The sum of n products is within
//
//	(34 + log2(n/128)) u sum(|a b|)
//
// of the exact one, where u is half of the type's epsilon, and with products of
// like size and random signs far below that. Rows of float32 are summed in
// float32, and merge in float64. Integers wrap and are exact.
//
// NaN and infinity are as in the plain sum of products: no zero is left out.
//
// Floating-point products come from gonum, whose loops are in assembly on
// amd64. On other processors it adds in one lane, and may fuse a product and an
// addition: there, bits are the same in every run, but not those of amd64.
package contraction

import (
	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/op"
)

// Axis is an axis of the space of a block: its length, and how far apart in
// elements its indices lie in both operands and in the result.
type Axis struct{ Len, A, B, Cell int }

// Operands are the blocks to multiply. Offset is where the first element lies, in
// elements.
type Operands struct {
	A, B                        []byte
	OffsetA, OffsetB            int
	Batch, Rows, Columns, Depth []Axis

	// Conj takes the complex conjugate of A's elements.
	Conj bool
}

// Contraction multiplies blocks of one element type. Its partials are one plane
// of sums. It has scratch of its own, and is used by one goroutine at a time.
type Contraction struct {
	kernel.Reduction // without Leaf

	d              dtype.DType
	parts          int // 2 of complex elements, which are treated as pairs
	compute, plane dtype.DType
	convert        kernel.Loop // of elements to compute, nil if these are the same
	widen          kernel.Loop // of compute to the plane's type, nil if these are the same
	add            kernel.Loop // in the plane's type
	multiply       multiply
	short          func(t *tile, out []byte, o *Operands, a, b, cell int) // nil if there is none
	direct         bool                                                   // multiply takes rows as they lie in memory
	tile           tile
}

// New is the contraction of elements of type d.
func New(d dtype.DType) (*Contraction, bool) {
	if !d.Valid() {
		return nil, false
	}
	c := &Contraction{d: d, parts: 1}
	c.compute, c.plane = op.Contracted(d)
	if d.IsComplex() {
		c.parts = 2
	}
	if d.Size() != c.parts*c.compute.Size() {
		c.convert, _ = kernel.Cast(d, c.compute)
	}
	if c.plane.Real() != c.compute {
		c.widen, _ = kernel.Cast(c.compute, c.plane.Real())
	}
	c.add, _ = kernel.Elementwise(op.Add, c.plane.Real())
	c.multiply, c.short = multiplyOf(c.compute), shortOf(d)
	c.direct = d == dtype.Float64
	c.Reduction = reduction(d, c.plane)
	return c, true
}

// reduction is how partials of sums in a plane are put together.
func reduction(d, plane dtype.DType) kernel.Reduction {
	add, _ := kernel.Elementwise(op.Add, plane)
	finish, _ := kernel.Cast(plane, d)
	return kernel.Reduction{
		Planes: []dtype.DType{plane},
		Merge:  func(left, right [][]byte, cells int, _, _ int64) { add(cells, left[0], left[0], right[0], nil) },
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) kernel.Status {
			return finish(cells, dst, partial[0], nil, nil)
		},
	}
}

// Leaf writes the sums of a block to out, a plane. Scratch is op.TilesOf the
// block's type and size.
func (c *Contraction) Leaf(out, scratch []byte, o *Operands) {
	rows, columns, depth := count(o.Rows), count(o.Columns), count(o.Depth)
	batch := count(o.Batch)
	if depth == 0 {
		clear(out[:batch*rows*columns*c.plane.Size()])
		return
	}
	t := &c.tile
	t.sizes = op.TilesOf(c.d, rows, columns, depth)
	t.cut(scratch)
	short := c.short != nil && depth <= shortest
	if short {
		offsets(o.Depth, 0, depth, t.depthA[:], t.depthB[:], nil)
		t.depth = depth
	}
	for i := 0; i < rows; i += op.TileRows {
		t.rows = min(op.TileRows, rows-i)
		offsets(o.Rows, i, t.rows, t.rowA[:], nil, t.rowCell[:])
		for j := 0; j < columns; j += op.TileColumns {
			t.columns = min(op.TileColumns, columns-j)
			offsets(o.Columns, j, t.columns, nil, t.columnB[:], t.columnCell[:])
			_, t.dense = apart(t.columnCell[:t.columns], 1)
			for n := walk(o.Batch); n.more; n.next() {
				a, b := o.OffsetA+n.at.A, o.OffsetB+n.at.B
				if short {
					c.short(t, out, o, a, b, n.at.Cell)
				} else {
					c.deep(out, o, a, b, n.at.Cell, depth)
				}
			}
		}
	}
}

// deep sums the products of a tile of cells, row after row of the operands'
// tiles.
func (c *Contraction) deep(out []byte, o *Operands, a, b, cell, depth int) {
	t := &c.tile
	n := t.rows * t.columns * c.parts
	used := 0
	for first := 0; first < depth; first += t.sizes.Depth {
		t.depth = min(t.sizes.Depth, depth-first)
		t.runs = runsOf(t.runs[:0], o.Depth, first, t.depth)
		if c.widen == nil {
			c.products(t.levels[used], o, a, b)
		} else {
			c.products(t.chunk, o, a, b)
			c.widen(n, t.levels[used], t.chunk, nil, nil)
		}
		t.leaves[used] = 1
		used++
		for used > 1 && t.leaves[used-2] == t.leaves[used-1] {
			used--
			c.merge(used, n)
		}
	}
	for used > 1 {
		used--
		c.merge(used, n)
	}
	t.store(out, c.plane, cell)
}

// merge adds a level to the one below.
func (c *Contraction) merge(level, n int) {
	t := &c.tile
	c.add(n, t.levels[level-1], t.levels[level-1], t.levels[level], nil)
	t.leaves[level-1] += t.leaves[level]
}
