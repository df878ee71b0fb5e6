package array

import (
	"fmt"
	"math"
	"slices"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Repeat repeats each element count times along an axis, which an array without
// axes gets; with Flat, the elements in C order along one axis. Chunks are about as large as those of a; an axis of
// one chunk is divided where that would be large.
func (a Array) Repeat(count, axis int) Array {
	return composed(op.Repeat, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		switch {
		case axis == Flat:
			x, axis = c.flat(x), 0
		case len(x.Grid()) == 0:
			x = c.expand(x, 0)
		}
		if c.err == nil && count < 0 {
			return c.fail(graph.ValueError, fmt.Errorf("the elements of shape %v cannot be repeated %d times", in[0].Shape(), count))
		}
		if c.err != nil {
			return graph.Ref{}
		}
		times := slices.Repeat([]int{1}, len(x.Grid()))
		if axis = c.axis(axis, x); c.err != nil {
			return graph.Ref{}
		}
		times[axis] = count
		return c.multiplied(x, times, true)
	})
}

// Tile puts copies of the array side by side, times[i] of them along axis i. Where
// there are fewer numbers than axes, they are those of the last axes; where there
// are more, the array gets axes of length 1 in front. See Repeat for chunks.
func (a Array) Tile(times ...int) Array {
	return composed(op.Tile, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		for _, n := range times {
			if n < 0 {
				return c.fail(graph.ValueError, fmt.Errorf("there are no %d copies of shape %v along an axis", n, x.Shape()))
			}
		}
		if more := len(times) - len(x.Grid()); more > 0 {
			x = c.expand(x, allAxes(more)...)
		}
		if c.err != nil {
			return graph.Ref{}
		}
		all := slices.Repeat([]int{1}, len(x.Grid()))
		copy(all[len(all)-len(times):], times)
		return c.multiplied(x, all, false)
	})
}

// multiplied is in with its elements times[axis] times along each axis: each of
// them in place if inner, else all of them as often.
func (c *composer) multiplied(in graph.Ref, times []int, inner bool) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	grid := c.multipliedGrid(in, times)
	if c.err != nil {
		return graph.Ref{}
	}
	if slices.Contains(times, 0) {
		items := make([]graph.AxisIndex, len(times))
		for axis, n := range in.Shape() {
			items[axis] = graph.AxisIndex{Step: 1, Count: n}
			if times[axis] == 0 {
				items[axis].Count = 0
			}
		}
		return c.multiplied(c.slice(in, items...), replaced(times, 0, 1), inner)
	}
	// An axis of n elements becomes two, one of them for the copies, which a
	// reshape makes one. Their blocks say how long those of the result are.
	var added []int
	var apart block.Grid
	for axis, a := range in.Grid() {
		if times[axis] == 1 {
			apart = append(apart, a)
			continue
		}
		length := grid[axis].Largest()
		elements, copies := block.Regular(a.Len(), length), block.Regular(times[axis], 1)
		if inner {
			elements, copies = block.Regular(a.Len(), 1), block.Regular(times[axis], length)
			if length >= times[axis] {
				elements = block.Regular(a.Len(), evenly(a.Largest(), length/times[axis]))
				copies = block.Regular(times[axis], times[axis])
			}
			added = append(added, len(apart)+1)
			apart = append(apart, elements, copies)
			continue
		}
		if length >= a.Len() {
			elements, copies = block.Regular(a.Len(), a.Len()), block.Regular(times[axis], length/max(1, a.Len()))
		}
		added = append(added, len(apart))
		apart = append(apart, copies, elements)
	}
	if added == nil {
		return in
	}
	out := c.broadcast(c.expand(in, added...), apart.Shape())
	out = c.reshape(c.rechunk(out, apart), grid.Shape()...)
	if c.err != nil {
		return graph.Ref{}
	}
	return c.labelled(out, in.Describe().Names, out.Describe().Attrs)
}

// multipliedGrid is about the blocks of what multiplied makes. An axis of several
// blocks has blocks of their length; one of a single block says nothing about
// how it is to be divided, and is where a block would be large.
func (c *composer) multipliedGrid(in graph.Ref, times []int) block.Grid {
	grid := make(block.Grid, len(times))
	auto := make([]bool, len(times))
	block0 := 1
	for axis, a := range in.Grid() {
		if times[axis] == 1 {
			grid[axis] = a
			block0 *= max(1, a.Largest())
			continue
		}
		n := c.known(in, axis)
		if c.err != nil {
			return nil
		}
		if times[axis] > 0 && n > math.MaxInt/times[axis] {
			c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v, %d times, is longer than an int can count", axis, in.Shape(), times[axis]))
			return nil
		}
		block0 *= max(1, a.Largest())
		grid[axis] = block.Regular(n*times[axis], a.Largest())
		auto[axis] = a.Blocks() == 1
		if auto[axis] {
			grid[axis] = block.Regular(n*times[axis], n*times[axis])
		}
	}
	autoChunks(grid, grid, auto, max(int64(block0), autoBytes/int64(in.DType().Size())))
	return grid
}

// replaced is list with what was old as new.
func replaced(list []int, old, new int) []int {
	out := slices.Clone(list)
	for i, v := range out {
		if v == old {
			out[i] = new
		}
	}
	return out
}
