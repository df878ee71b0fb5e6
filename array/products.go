package array

import (
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Products multiply in the common type of both operands, as in NumPy: integers
// wrap and bools are whether any pair is true. Sums of floating-point products
// have an error of a few roundings of the sum of their magnitudes, those of
// float16 and float32 across blocks in float64; their bits depend on the chunks
// along what is summed over, and on nothing else. NaN times 0 is NaN.
//
// The chunks of a product are those of its operands; where both have an axis, the
// union of their boundaries. A chunk that would come out larger than the
// operands' and 16 MiB is divided.

// MatMul is the product of matrices, a @ b in Python: the last axis of a with the
// last but one of b. Axes before these two broadcast. An array of one axis is a
// row on the left and a column on the right, of which the result has no axis. An
// array without axes is a ValueError.
func (a Array) MatMul(b Array) Array {
	return composed(op.Matmul, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref { return c.matmul(in[0], in[1]) })
}

// Labels of the axes of a product of matrices. Those of the axes before these are
// negative and count from the last.
const (
	rowLabel = iota
	depthLabel
	columnLabel
)

func (c *composer) matmul(x, y graph.Ref) graph.Ref {
	a, b := factor{ref: x}, factor{ref: y}
	rankA, rankB := len(x.Grid()), len(y.Grid())
	if rankA == 0 || rankB == 0 {
		return c.fail(graph.ValueError, fmt.Errorf("shapes %v and %v: both operands have axes; multiply by a number with Mul", x.Shape(), y.Shape()))
	}
	var out []int
	a.labels, b.labels = batchLabels(rankA-2), batchLabels(rankB-2)
	out = batchLabels(max(rankA, rankB) - 2)
	if rankA > 1 {
		a.labels, out = append(a.labels, rowLabel), append(out, rowLabel)
	}
	a.labels, b.labels = append(a.labels, depthLabel), append(b.labels, depthLabel)
	if rankB > 1 {
		b.labels, out = append(b.labels, columnLabel), append(out, columnLabel)
	}
	if !c.summed(x, rankA-1, y, max(0, rankB-2)) {
		return graph.Ref{}
	}
	return c.product(op.Matmul, a, b, out, false)
}

// batchLabels are the labels of n axes that broadcast: -n to -1.
func batchLabels(n int) []int {
	var labels []int
	for k := n; k > 0; k-- {
		labels = append(labels, -k)
	}
	return labels
}

// summed makes sure that an axis of x and one of y, which are summed over
// together, have the same length.
func (c *composer) summed(x graph.Ref, i int, y graph.Ref, j int) bool {
	if c.err != nil {
		return false
	}
	if n, m := x.Shape()[i], y.Shape()[j]; n != m {
		c.fail(graph.ValueError, fmt.Errorf("shapes %v and %v do not fit: axis %d of the first has length %d, axis %d of the second, with which it is summed over, %d",
			x.Shape(), y.Shape(), i, n, j, m))
		return false
	}
	return true
}

// Tensordot is the sum of products over the last n axes of a and the first n of b,
// in order: 1 is the product of matrices, 0 every element of a times every element
// of b. The result has the other axes of a, then those of b.
func Tensordot(a, b Array, n int) Array {
	return composed(op.Tensordot, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		rank := len(in[0].Grid())
		if n < 0 || n > rank || n > len(in[1].Grid()) {
			return c.fail(graph.ValueError, fmt.Errorf("%d axes cannot be summed over of shapes %v and %v", n, in[0].Shape(), in[1].Shape()))
		}
		axes := allAxes(rank)
		return c.tensordot(op.Tensordot, in[0], in[1], axes[rank-n:], axes[:n], false)
	})
}

// TensordotAxes is the sum of products over axes of a and as many of b, the first
// of axesA with the first of axesB and so on. The result has the other axes of a,
// then those of b.
func TensordotAxes(a, b Array, axesA, axesB []int) Array {
	return composed(op.Tensordot, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		if len(axesA) != len(axesB) {
			return c.fail(graph.ValueError, fmt.Errorf("there are %d axes of the first operand and %d of the second, which are summed over in pairs", len(axesA), len(axesB)))
		}
		axesA, axesB := c.axes(axesA, in[0]), c.axes(axesB, in[1])
		if c.err != nil {
			return graph.Ref{}
		}
		return c.tensordot(op.Tensordot, in[0], in[1], axesA, axesB, false)
	})
}

func (c *composer) tensordot(name op.Name, x, y graph.Ref, axesX, axesY []int, conj bool) graph.Ref {
	a, b := factor{x, allAxes(len(x.Grid()))}, factor{y, allAxes(len(y.Grid()))}
	for i := range b.labels {
		b.labels[i] += len(a.labels)
	}
	for i := range axesX {
		if !c.summed(x, axesX[i], y, axesY[i]) {
			return graph.Ref{}
		}
		b.labels[axesY[i]] = axesX[i]
	}
	var out []int
	for _, label := range slices.Concat(a.labels, b.labels) {
		if !slices.Contains(a.labels, label) || !slices.Contains(b.labels, label) {
			out = append(out, label)
		}
	}
	return c.product(name, a, b, out, conj)
}

// VecDot is the sum of conj(a) * b along an axis, the last one if none is given.
// The axis counts in both operands, and the others broadcast.
func VecDot(a, b Array, axis ...int) Array {
	return composed(op.Vecdot, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		along := -1
		switch {
		case len(axis) == 1:
			along = axis[0]
		case len(axis) > 1:
			return c.fail(graph.ValueError, fmt.Errorf("it goes along one axis, not %d", len(axis)))
		}
		var factors [2]factor
		var at [2]int
		rank := 0
		for i, r := range in {
			at[i] = c.axis(along, r)
			if c.err != nil {
				return graph.Ref{}
			}
			rank = max(rank, len(r.Grid())-1)
			factors[i] = factor{r, slices.Insert(batchLabels(len(r.Grid())-1), at[i], depthLabel)}
		}
		if !c.summed(in[0], at[0], in[1], at[1]) {
			return graph.Ref{}
		}
		return c.product(op.Vecdot, factors[0], factors[1], batchLabels(rank), true)
	})
}

// Dot is NumPy's dot: the sum of products over the last axis of a and the last but
// one of b, or the only one. Other axes do not broadcast: the result has those of
// a, then those of b. Where an operand has no axes it is a * b.
func (a Array) Dot(b Array) Array {
	return composed(op.Dot, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		rankA, rankB := len(in[0].Grid()), len(in[1].Grid())
		if rankA == 0 || rankB == 0 {
			return c.do(op.Multiply, in...)
		}
		return c.tensordot(op.Tensordot, in[0], in[1], []int{rankA - 1}, []int{max(0, rankB-2)}, false)
	})
}

// Inner is the sum of products over the last axes of a and b. The result has the
// other axes of a, then those of b. Where an operand has no axes it is a * b.
func (a Array) Inner(b Array) Array {
	return composed(op.Inner, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		rankA, rankB := len(in[0].Grid()), len(in[1].Grid())
		if rankA == 0 || rankB == 0 {
			return c.do(op.Multiply, in...)
		}
		return c.tensordot(op.Tensordot, in[0], in[1], []int{rankA - 1}, []int{rankB - 1}, false)
	})
}

// VDot is the sum of conj(a) * b over all elements, in C order where the shapes
// differ. The operands have as many elements.
func (a Array) VDot(b Array) Array {
	return composed(op.Vdot, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		x, y := in[0], in[1]
		if len(x.Grid()) == 0 || !x.Shape().Equal(y.Shape()) {
			x, y = c.reshape(x, -1), c.reshape(y, -1)
			if c.err != nil {
				return graph.Ref{}
			}
			if x.Shape()[0] != y.Shape()[0] {
				return c.fail(graph.ValueError, fmt.Errorf("shapes %v and %v do not have as many elements", in[0].Shape(), in[1].Shape()))
			}
		}
		axes := allAxes(len(x.Grid()))
		return c.tensordot(op.Tensordot, x, y, axes, axes, true)
	})
}

// Outer is each element of a times each element of b: of shape (n, m) for n and m
// elements, which are taken in C order.
func (a Array) Outer(b Array) Array {
	return composed(op.Outer, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		for i, r := range in {
			if len(r.Grid()) != 1 {
				in[i] = c.reshape(r, -1)
			}
		}
		if c.err != nil {
			return graph.Ref{}
		}
		return c.product(op.Tensordot, factor{in[0], []int{0}}, factor{in[1], []int{1}}, []int{0, 1}, false)
	})
}

// factor is an operand of a product, with a label for each of its axes.
type factor struct {
	ref    graph.Ref
	labels []int
}

// product is the sum of products of two operands over the labels that out does not
// have. Axes of one label have one length, or 1, which is stretched.
func (c *composer) product(name op.Name, a, b factor, out []int, conj bool) graph.Ref {
	x, y := c.alone(a, b, out), c.alone(b, a, out)
	if c.err != nil {
		return graph.Ref{}
	}
	r := c.contracted(name, x, y, out, conj)
	if x.ref == a.ref && y.ref == b.ref {
		return r
	}
	return c.cast(r, dtype.Promote(a.ref.DType(), b.ref.DType()))
}

// contracted is product of operands that have no label alone.
func (c *composer) contracted(name op.Name, a, b factor, out []int, conj bool) graph.Ref {
	space := slices.Clone(out)
	for _, label := range a.labels {
		if !slices.Contains(out, label) {
			space = append(space, label)
		}
	}
	attrs := graph.ContractAttrs{Kept: len(out), Conj: conj}
	for _, label := range a.labels {
		attrs.A = append(attrs.A, slices.Index(space, label))
	}
	for _, label := range b.labels {
		attrs.B = append(attrs.B, slices.Index(space, label))
	}
	if len(space) == len(out) {
		return c.multiply(a, b, out)
	}
	r := c.keep(graph.Contract(c.at, name, a.ref, b.ref, attrs))
	if c.err != nil {
		return r
	}
	attrs.Grid = r.Node.Attrs.(graph.ContractAttrs).Grid
	kept := divided(attrs.Grid[:attrs.Kept], r.DType(), a.ref, b.ref)
	if kept.Equal(r.Grid()) {
		return r
	}
	attrs.Grid = slices.Concat(kept, attrs.Grid[attrs.Kept:])
	return c.keep(graph.Contract(c.at, name, a.ref, b.ref, attrs))
}

// alone is an operand summed over the labels that only it has, in a type that
// holds sums where it holds the products.
func (c *composer) alone(a, with factor, out []int) factor {
	var axes []int
	var labels []int
	for axis, label := range a.labels {
		if !slices.Contains(out, label) && !slices.Contains(with.labels, label) {
			axes = append(axes, axis)
		} else {
			labels = append(labels, label)
		}
	}
	if axes == nil || c.err != nil {
		return a
	}
	d := dtype.Promote(a.ref.DType(), with.ref.DType())
	if d.Kind() >= dtype.KindFloat {
		d = widest(d)
	}
	return factor{c.total(c.cast(a.ref, d), axes), labels}
}

// total is the sum over axes in the type of the elements, as of a product: of
// bools, whether any is true.
func (c *composer) total(x graph.Ref, axes []int) graph.Ref {
	if c.err != nil || len(axes) == 0 {
		return x
	}
	d := x.DType()
	if d == dtype.Bool {
		return c.reduce(op.Any, x, axes, false)
	}
	return c.cast(c.reduce(op.Sum, x, axes, false), d)
}

// multiply is the product of operands that nothing is summed over.
func (c *composer) multiply(a, b factor, out []int) graph.Ref {
	x, y := c.arranged(a, out), c.arranged(b, out)
	if c.err != nil {
		return graph.Ref{}
	}
	r := c.do(op.Multiply, x, y)
	if c.err != nil {
		return r
	}
	grid := divided(r.Grid(), r.DType(), x, y)
	if grid.Equal(r.Grid()) {
		return r
	}
	parts := []graph.Ref{x, y}
	for i, p := range parts {
		own := slices.Clone(p.Grid())
		for axis := range own {
			if own[axis].Len() == grid[axis].Len() {
				own[axis] = own[axis].Union(grid[axis])
			}
		}
		parts[i] = c.rechunk(p, own)
	}
	return c.do(op.Multiply, parts...)
}

// arranged is an operand with its axes in the order of labels, and an axis of
// length 1 for each that it does not have.
func (c *composer) arranged(a factor, labels []int) graph.Ref {
	if c.err != nil {
		return a.ref
	}
	var axes, missing []int
	for i, label := range labels {
		if axis := slices.Index(a.labels, label); axis >= 0 {
			axes = append(axes, axis)
		} else {
			missing = append(missing, i)
		}
	}
	r := a.ref
	if !slices.IsSorted(axes) {
		r = c.transpose(r, axes)
	}
	for len(missing) > 0 && missing[0] == 0 { // axes in front are made by broadcasting
		missing = missing[1:]
		for i := range missing {
			missing[i]--
		}
	}
	if len(missing) > 0 && len(axes) > 0 {
		r = c.expand(r, missing...)
	}
	return r
}

// divided is the blocks of a product of operands, of which none takes more memory
// than the operands' blocks and autoBytes: longer ones are halved until it does
// not.
func divided(g block.Grid, d dtype.DType, operands ...graph.Ref) block.Grid {
	limit := float64(autoBytes)
	for _, r := range operands {
		limit = max(limit, float64(r.DType().Size())*float64(r.Grid().Largest().Elements()))
	}
	sizes := g.Largest()
	for {
		bytes, longest := float64(d.Size()), 0
		for axis, n := range sizes {
			bytes *= float64(n)
			if n > sizes[longest] {
				longest = axis
			}
		}
		if bytes <= limit {
			break
		}
		sizes[longest] = (sizes[longest] + 1) / 2
	}
	out := slices.Clone(g)
	for axis, a := range g {
		out[axis] = a.Split(max(1, sizes[axis]))
	}
	return out
}
