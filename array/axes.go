package array

import (
	"fmt"
	"math"

	"gabion/graph"
	"gabion/internal/op"
)

// Flat stands for an axis where an operation may go along all elements in C
// order instead, which NumPy writes axis=None.
const Flat = math.MinInt

// T is the array with its axes in reverse order: Transpose without axes.
func (a Array) T() Array { return a.Transpose() }

// MatrixTranspose exchanges the last two axes, which NumPy calls mT. There are at
// least two.
func (a Array) MatrixTranspose() Array {
	return composed(op.MatrixTranspose, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		rank := len(in[0].Grid())
		if rank < 2 {
			return c.fail(graph.ValueError, fmt.Errorf("shape %v has no two axes", in[0].Shape()))
		}
		return c.swapped(in[0], rank-2, rank-1)
	})
}

// SwapAxes exchanges two axes.
func (a Array) SwapAxes(axis1, axis2 int) Array {
	return composed(op.Swapaxes, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.swapped(in[0], c.axis(axis1, in[0]), c.axis(axis2, in[0]))
	})
}

func (c *composer) swapped(in graph.Ref, axis1, axis2 int) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	axes := allAxes(len(in.Grid()))
	axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
	return c.transpose(in, axes)
}

// MoveAxis puts an axis in another place; the others keep their order.
func (a Array) MoveAxis(source, destination int) Array {
	return a.MoveAxes([]int{source}, []int{destination})
}

// MoveAxes puts axes in other places, source[i] in the place destination[i] of
// the result; the others keep their order.
func (a Array) MoveAxes(source, destination []int) Array {
	return composed(op.Moveaxis, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		rank := len(in[0].Grid())
		from, to := c.axes(source, in[0]), c.axes(destination, in[0])
		if c.err == nil && len(from) != len(to) {
			return c.fail(graph.ValueError, fmt.Errorf("%d axes cannot go to %d places", len(from), len(to)))
		}
		if c.err != nil {
			return graph.Ref{}
		}
		axes := make([]int, rank)
		taken := make([]bool, rank)
		for axis := range axes {
			axes[axis] = -1
		}
		for i := range from {
			axes[to[i]], taken[from[i]] = from[i], true
		}
		next := 0
		for place, axis := range axes {
			if axis >= 0 {
				continue
			}
			for taken[next] {
				next++
			}
			axes[place] = next
			next++
		}
		return c.transpose(in[0], axes)
	})
}

// FlipUD reverses the order of the elements along axis 0.
func (a Array) FlipUD() Array { return a.flipped(op.Flipud, 0) }

// FlipLR reverses the order of the elements along axis 1.
func (a Array) FlipLR() Array { return a.flipped(op.Fliplr, 1) }

func (a Array) flipped(name op.Name, axis int) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		if rank := len(in[0].Grid()); rank <= axis {
			return c.fail(graph.ValueError, fmt.Errorf("shape %v has no axis %d", in[0].Shape(), axis))
		}
		return c.reversed(in[0], axis)
	})
}

// reversed is in backwards along an axis.
func (c *composer) reversed(in graph.Ref, axis int) graph.Ref {
	n := c.known(in, axis)
	return c.along(in, axis, graph.AxisIndex{Start: max(0, n-1), Step: -1, Count: n})
}

// Rot90 rotates k times by a right angle, in the plane of two axes, from axis1
// towards axis2.
func (a Array) Rot90(k, axis1, axis2 int) Array {
	return composed(op.Rot90, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		axes := c.axes([]int{axis1, axis2}, in[0])
		if c.err != nil {
			return graph.Ref{}
		}
		switch x := in[0]; k & 3 {
		case 1:
			return c.swapped(c.reversed(x, axes[1]), axes[0], axes[1])
		case 2:
			return c.reversed(c.reversed(x, axes[0]), axes[1])
		case 3:
			return c.reversed(c.swapped(x, axes[0], axes[1]), axes[1])
		default:
			return x
		}
	})
}

// Roll moves the elements along axes by shift places, towards higher indices
// where shift is positive; those that leave at one end come in at the other.
// Without axes, or with Flat, the elements are moved in C order. The result has
// the chunks of a.
func (a Array) Roll(shift int, axes ...int) Array {
	return composed(op.Roll, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		if len(axes) == 0 || len(axes) == 1 && axes[0] == Flat {
			if !x.Shape().Known() {
				return c.fail(graph.ValueError, fmt.Errorf("shape %v has an unknown length; %w", x.Shape(), graph.ErrUnresolved))
			}
			y := c.reshape(c.rolled(c.flat(x), shift, 0), x.Shape()...)
			if c.err != nil {
				return graph.Ref{}
			}
			return c.labelled(c.rechunk(y, x.Grid()), x.Describe().Names, y.Describe().Attrs)
		}
		for _, axis := range axes { // an axis that is named twice is moved twice
			x = c.rolled(x, shift, c.axis(axis, in[0]))
		}
		return x
	})
}

func (c *composer) rolled(in graph.Ref, shift, axis int) graph.Ref {
	n := c.known(in, axis)
	if c.err != nil || n == 0 {
		return in
	}
	if shift %= n; shift < 0 {
		shift += n
	}
	if shift == 0 {
		return in
	}
	end := c.along(in, axis, graph.AxisIndex{Start: n - shift, Step: 1, Count: shift})
	begin := c.along(in, axis, graph.AxisIndex{Step: 1, Count: n - shift})
	// What is put together has a short block where the ends meet; without it
	// operations on the array and what was rolled have fewer blocks.
	return c.rechunk(c.concat(axis, end, begin), in.Grid())
}

// AtLeast1D is the array with an axis of length 1 if it has none.
func (a Array) AtLeast1D() Array { return a.atLeast(op.AtLeast1D, 1) }

// AtLeast2D is the array with axes of length 1 in front, so that it has two.
func (a Array) AtLeast2D() Array { return a.atLeast(op.AtLeast2D, 2) }

// AtLeast3D is the array with axes of length 1 put in, so that it has three: an
// array of one axis gets one before and one after it, one of two gets a last one.
func (a Array) AtLeast3D() Array { return a.atLeast(op.AtLeast3D, 3) }

func (a Array) atLeast(name op.Name, rank int) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref { return c.atLeast(in[0], rank) })
}

// atLeast is in with as many axes as NumPy's atleast_1d, 2d and 3d give it, a
// literal as an array of its own type.
func (c *composer) atLeast(in graph.Ref, rank int) graph.Ref {
	own := len(in.Grid())
	switch {
	case own >= rank:
		return in
	case rank == 3 && own == 1:
		return c.expand(in, 0, 2)
	case rank == 3 && own == 2:
		return c.expand(in, 2)
	}
	return c.expand(in, allAxes(rank-own)...)
}

// Ravel is the elements in C order along one axis.
func (a Array) Ravel() Array {
	return composed(op.Ravel, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref { return c.flat(in[0]) })
}
