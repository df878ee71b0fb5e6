package array

import (
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// TakeAlong is the elements of an axis at the indices that are given for every
// place: an array of integers whose other axes broadcast with those of a, else an IndexError.
// Negative indices count from the end; one outside of the axis is an error when
// the array is computed. Each block of the result looks at every chunk of the axis,
// which are joined to about 1 MiB before: all indices together cost as much as there
// are such chunks.
func (a Array) TakeAlong(indices Array, axis int) Array {
	return composed(op.TakeAlongAxis, []Array{a, indices}, func(c *composer, in []graph.Ref) graph.Ref {
		x, at := in[0], in[1]
		rank := len(x.Grid())
		axis = c.axis(axis, x)
		if c.err != nil {
			return graph.Ref{}
		}
		if !at.DType().IsInteger() {
			return c.fail(graph.IndexError, fmt.Errorf("the indices are %v; they must be integers", at.DType()))
		}
		if len(at.Grid()) != rank {
			return c.fail(graph.ValueError, fmt.Errorf("the indices have shape %v and the array %v: both need as many axes", at.Shape(), x.Shape()))
		}
		return c.takeAlong(x, at, axis)
	})
}

func (c *composer) takeAlong(x, at graph.Ref, axis int) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	if !x.Grid().Known() || !at.Grid().Known() {
		return c.fail(graph.IndexError, fmt.Errorf("shape %v or %v has an unknown length; %w", x.Shape(), at.Shape(), graph.ErrUnresolved))
	}
	rank := len(x.Grid())
	// The axis that is picked from comes last, so that it meets no other; in
	// its place the indices have theirs.
	x = c.inLongBlocks(x, axis)
	order := make([]int, 0, rank+1)
	x = c.expand(x, axis)
	for i := range rank + 1 {
		if i != axis+1 {
			order = append(order, i)
		}
	}
	x = c.transpose(x, append(order, axis+1))
	at = c.expand(c.cast(at, dtype.Int64), rank)
	if c.err != nil {
		return graph.Ref{}
	}
	shape, err := block.Broadcast(x.Shape()[:rank], at.Shape()[:rank])
	if err != nil {
		return c.fail(graph.IndexError, fmt.Errorf("the array without its axis and the indices: %w", err))
	}
	grid := make(block.Grid, rank+1)
	for i := range rank {
		switch a, b := x.Grid()[i], at.Grid()[i]; {
		case a.Len() != shape[i]:
			grid[i] = b
		case b.Len() != shape[i]:
			grid[i] = a
		default:
			grid[i] = a.Union(b)
		}
	}
	grid[rank] = block.Regular(x.Grid()[rank].Blocks(), 1)
	for i := range rank {
		for _, r := range []*graph.Ref{&x, &at} {
			if (*r).Grid()[i].Len() == shape[i] {
				if *r = c.regrid(*r, i, grid[i]); c.err != nil {
					return graph.Ref{}
				}
			}
		}
	}
	y := c.blockwise(op.BlockTakeAlong, x.DType(), grid, graph.BlockAttrs{Axis: axis}, x, at)
	if c.err == nil && grid[rank].Len() > 1 { // the element is in one chunk, and the least element in the others
		return c.reduce(op.Max, y, []int{rank}, false)
	}
	return c.keep(graph.Squeeze(c.at, y, []int{rank}))
}

// SearchSorted is where the elements of values would be put into a, which has one
// axis and is sorted, so that it stays sorted: before equal elements, or after
// them if right is true. NaN comes after all numbers. Whether a is sorted is not
// checked. Each block of the result looks at every chunk of a; see TakeAlong.
func (a Array) SearchSorted(values Array, right bool) Array {
	return composed(op.Searchsorted, []Array{a, values}, func(c *composer, in []graph.Ref) graph.Ref {
		sorted, v := in[0], in[1]
		if len(sorted.Grid()) != 1 {
			return c.fail(graph.ValueError, fmt.Errorf("it searches in one axis, not in shape %v", sorted.Shape()))
		}
		if !sorted.Grid().Known() {
			return c.fail(graph.IndexError, fmt.Errorf("shape %v has an unknown length; %w", sorted.Shape(), graph.ErrUnresolved))
		}
		common := dtype.Promote(sorted.DType(), v.DType())
		rank := len(v.Grid())
		sorted = c.inLongBlocks(c.cast(sorted, common), 0)
		if rank > 0 {
			before := make([]int, rank)
			for i := range before {
				before[i] = i
			}
			sorted = c.expand(sorted, before...)
		}
		v = c.expand(c.cast(v, common), rank)
		if c.err != nil {
			return graph.Ref{}
		}
		grid := append(block.Grid{}, v.Grid()...)
		grid[rank] = block.Regular(sorted.Grid()[rank].Blocks(), 1)
		y := c.blockwise(op.BlockSearch, dtype.Int64, grid, graph.BlockAttrs{Axis: max(0, rank-1), Flag: right}, sorted, v)
		if grid[rank].Len() > 1 { // in each chunk as many come before
			return c.reduce(op.Sum, y, []int{rank}, false)
		}
		return c.keep(graph.Squeeze(c.at, y, []int{rank}))
	})
}

// roomFor is chunks of which each element becomes a window of the given lengths,
// divided so that none takes much more memory than those of x do.
func (c *composer) roomFor(g block.Grid, lengths []int, d dtype.DType, x graph.Ref) block.Grid {
	limit := max(autoBytes, float64(d.Size())*float64(x.Grid().Largest().Elements()))
	window := float64(d.Size())
	for _, n := range lengths {
		window *= float64(n)
	}
	sizes := g.Largest()
	for {
		bytes, longest := window, 0
		for axis, n := range sizes {
			bytes *= float64(n)
			if n > sizes[longest] {
				longest = axis
			}
		}
		if bytes <= limit || sizes[longest] <= 1 {
			break
		}
		sizes[longest] = (sizes[longest] + 1) / 2
	}
	out := append(block.Grid{}, g...)
	for axis, a := range g {
		out[axis] = a.Split(max(1, sizes[axis]))
	}
	return out
}

// SlidingWindows shows the windows of neighbouring elements: axes[i] has windows
// of length lengths[i], which lie along a new last axis, in the order of axes.
// The axis itself says where a window begins and is shorter by length-1.
func (a Array) SlidingWindows(lengths []int, axes ...int) Array {
	return composed(op.SlidingWindowView, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		rank := len(x.Grid())
		if len(axes) == 0 && len(lengths) == rank {
			axes = allAxes(rank)
		}
		if axes = c.axes(axes, x); c.err != nil {
			return graph.Ref{}
		}
		if len(axes) != len(lengths) || len(axes) == 0 {
			return c.fail(graph.ValueError, fmt.Errorf("there are %d lengths of windows for %d axes of shape %v", len(lengths), len(axes), x.Shape()))
		}
		grid := append(block.Grid{}, x.Grid()...)
		for i, axis := range axes {
			n := c.known(x, axis)
			if c.err != nil {
				return graph.Ref{}
			}
			if lengths[i] < 1 || lengths[i] > n {
				return c.fail(graph.ValueError, fmt.Errorf("windows of %d do not fit axis %d of shape %v", lengths[i], axis, x.Shape()))
			}
			grid[axis] = grid[axis].Slice(0, 1, n-lengths[i]+1)
			x = c.expand(x, rank+i)
		}
		if c.err != nil {
			return x
		}
		grid = c.roomFor(grid, lengths, x.DType(), in[0])
		for axis := range rank {
			if !slices.Contains(axes, axis) {
				x = c.regrid(x, axis, grid[axis])
			}
		}
		for _, n := range lengths {
			grid = append(grid, block.Regular(n, n))
		}
		return c.blockwise(op.BlockWindows, x.DType(), grid, graph.WindowsAttrs(rank+len(axes), axes, lengths), x)
	})
}
