package array

import (
	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Transpose gives the axes in another order: axis i of the result is axis
// axes[i] of a. Without axes their order is reversed.
func (a Array) Transpose(axes ...int) Array {
	return a.unary(op.Transpose, func(at graph.Site, in graph.Ref) (graph.Ref, error) { return graph.Transpose(at, in, axes) })
}

// Reshape gives the elements, in C order, another shape of the same number of
// elements. One length may be -1 and follows from the others. Any reshape
// works; axes that stay as they are keep their chunks.
func (a Array) Reshape(shape ...int) Array {
	return a.unary(op.Reshape, func(at graph.Site, in graph.Ref) (graph.Ref, error) {
		return graph.Reshape(at, in, block.Shape(shape))
	})
}

// ExpandDims puts in axes of length 1; axes are those of the result.
func (a Array) ExpandDims(axes ...int) Array {
	return a.unary(op.ExpandDims, func(at graph.Site, in graph.Ref) (graph.Ref, error) { return graph.ExpandDims(at, in, axes) })
}

// Squeeze takes out axes of length 1, all of them if none is given.
func (a Array) Squeeze(axes ...int) Array {
	return a.unary(op.Squeeze, func(at graph.Site, in graph.Ref) (graph.Ref, error) { return graph.Squeeze(at, in, axes) })
}

// BroadcastTo stretches a to a shape: axes of length 1 and new axes in front
// repeat the elements, without copying them. An axis that is stretched is one
// block, or several where that would be large.
func (a Array) BroadcastTo(shape ...int) Array {
	return composed(op.BroadcastTo, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.stretched(in[0], shape, block.RegularGrid(shape, shape))
	})
}

// Flip reverses the order of the elements along axes, along all of them if none
// is given.
func (a Array) Flip(axes ...int) Array {
	return composed(op.Flip, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := c.cast(in[0], in[0].DType()) // a literal is an array from here on
		rank := len(x.Grid())
		if axes = c.axes(axes, x); len(axes) == 0 {
			axes = allAxes(rank)
		}
		for _, axis := range axes {
			n := x.Shape()[axis]
			x = c.along(x, axis, graph.AxisIndex{Start: max(0, n-1), Step: -1, Count: n})
			if c.err != nil {
				break
			}
		}
		return x
	})
}

func allAxes(rank int) []int {
	axes := make([]int, rank)
	for axis := range axes {
		axes[axis] = axis
	}
	return axes
}
