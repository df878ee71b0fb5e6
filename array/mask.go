package array

import (
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Compress keeps the parts of an axis where mask, an array of bools of one axis
// and the same length, is true. How many these are is known when the array is
// computed, or by Resolve.
func (a Array) Compress(mask Array, axis int) Array {
	return composed(op.Compress, []Array{a, mask}, func(c *composer, in []graph.Ref) graph.Ref {
		axis = c.axis(axis, in[0])
		if c.err != nil {
			return graph.Ref{}
		}
		if len(in[1].Grid()) != 1 {
			return c.fail(graph.ValueError, fmt.Errorf("the mask has shape %v, not one axis", in[1].Shape()))
		}
		return c.compress(in[0], c.truth(in[1]), axis)
	})
}

// truth is whether elements are not zero.
func (c *composer) truth(in graph.Ref) graph.Ref {
	if c.err != nil || in.DType() == dtype.Bool {
		return in
	}
	return c.cast(in, dtype.Bool)
}

// compress keeps what of an axis a mask of bools of one axis says.
func (c *composer) compress(in, mask graph.Ref, axis int) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	if in, mask = c.aligned(in, mask, axis); c.err != nil {
		return graph.Ref{}
	}
	grid := append(block.Grid{}, in.Grid()...)
	grid[axis] = block.UnknownAxis(grid[axis].Blocks())
	return c.blockwise(op.BlockCompress, in.DType(), grid, graph.BlockAttrs{Axis: axis}, in, mask)
}

// aligned is an array and a mask of one of its axes with the same blocks, the mask
// with as many axes.
func (c *composer) aligned(in, mask graph.Ref, axis int) (graph.Ref, graph.Ref) {
	if c.err != nil {
		return in, mask
	}
	own, other := in.Grid()[axis], mask.Grid()[0]
	switch {
	case own.Known() != other.Known() || !own.Known() && !own.Equal(other):
		return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v and the mask of shape %v have lengths that may differ; %w", axis, in.Shape(), mask.Shape(), graph.ErrUnresolved)), mask
	case own.Len() != other.Len():
		return c.fail(graph.IndexError, fmt.Errorf("the mask has length %d, axis %d of shape %v has %d", other.Len(), axis, in.Shape(), own.Len())), mask
	}
	if own.Known() {
		both := own.Union(other)
		in, mask = c.regrid(in, axis, both), c.regrid(mask, 0, both)
	}
	if len(in.Grid()) > 1 {
		mask = c.expand(mask, slices.Delete(allAxes(len(in.Grid())), axis, axis+1)...)
	}
	return in, mask
}

// flatSize is the number of elements; an error if it is not known.
func (c *composer) flatSize(in graph.Ref) int {
	if c.err != nil {
		return 0
	}
	n, err := in.Shape().Size()
	if err != nil {
		c.fail(graph.IndexError, fmt.Errorf("shape %v has an unknown length; %w", in.Shape(), graph.ErrUnresolved))
	}
	return n
}

// Extract is the elements at which condition, an array of the same shape, is not
// zero, in C order of the whole array.
func (a Array) Extract(condition Array) Array {
	return composed(op.Extract, []Array{a, condition}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.extract(in[0], in[1])
	})
}

func (c *composer) extract(x, mask graph.Ref) graph.Ref {
	if c.flatSize(x) != c.flatSize(mask) && c.err == nil || c.err == nil && !x.Shape().Equal(mask.Shape()) {
		return c.fail(graph.IndexError, fmt.Errorf("the mask has shape %v, the array %v", mask.Shape(), x.Shape()))
	}
	return c.compress(c.flat(x), c.flat(c.truth(mask)), 0)
}

// FlatNonZero is where in C order elements are not zero.
func (a Array) FlatNonZero() Array {
	return composed(op.Flatnonzero, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref { return c.flatNonZero(in[0]) })
}

func (c *composer) flatNonZero(in graph.Ref) graph.Ref {
	n := c.flatSize(in)
	mask := c.flat(c.truth(in))
	if c.err != nil {
		return graph.Ref{}
	}
	numbers := c.keep(graph.Arange(c.at, dtype.Int64, mask.Grid(), graph.ArangeAttrs{IntStep: 1}))
	if n == 0 {
		return numbers
	}
	return c.compress(numbers, mask, 0)
}

// NonZero is where elements are not zero: for each axis the indices along it, in
// C order of the elements. An array of no axes is a ValueError, as in the Array
// API standard.
func (a Array) NonZero() []Array {
	rank := max(1, a.Rank())
	out := make([]Array, rank)
	for axis := range out {
		out[axis] = composed(op.Nonzero, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
			if len(in[0].Grid()) == 0 {
				return c.fail(graph.ValueError, fmt.Errorf("an array without axes has no indices; use flatnonzero"))
			}
			return c.unravel(c.flatNonZero(in[0]), in[0].Shape(), axis)
		})
	}
	return out
}

// unravel is the index along an axis of elements given by their number in C
// order.
func (c *composer) unravel(numbers graph.Ref, shape block.Shape, axis int) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	after := 1
	for _, n := range shape[axis+1:] {
		after *= max(1, n)
	}
	if after > 1 {
		numbers = c.do(op.FloorDivide, numbers, c.number(int64(after)))
	}
	if axis > 0 {
		numbers = c.do(op.Remainder, numbers, c.number(int64(max(1, shape[axis]))))
	}
	return numbers
}

// ArgWhere is where elements are not zero: a row of indices for each, in C order
// of the elements.
func (a Array) ArgWhere() Array {
	return composed(op.Argwhere, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		numbers := c.flatNonZero(in[0])
		rank := len(in[0].Grid())
		if c.err != nil {
			return graph.Ref{}
		}
		if rank == 0 {
			return c.fail(graph.ValueError, fmt.Errorf("an array without axes has no indices; use flatnonzero"))
		}
		columns := make([]graph.Ref, rank)
		for axis := range columns {
			columns[axis] = c.expand(c.unravel(numbers, in[0].Shape(), axis), 1)
		}
		return c.concat(1, columns...)
	})
}
