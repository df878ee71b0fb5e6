package array

import (
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// DiffOption says what is put before or after an array before differences are
// taken.
type DiffOption interface{ difference(*differences) }

// differences are the operands of a difference: the array, and the numbers among
// arrays of what is put before and after it, 0 for nothing.
type differences struct {
	arrays        []Array
	before, after int
}

type diffOption func(*differences)

func (f diffOption) difference(d *differences) { f(d) }

// Prepend puts elements before the array, along the axis of the differences: an
// array of the same other lengths, or a number.
func Prepend(x Array) DiffOption {
	return diffOption(func(d *differences) { d.before, d.arrays = len(d.arrays), append(d.arrays, x) })
}

// Append puts elements after the array; see Prepend.
func Append(x Array) DiffOption {
	return diffOption(func(d *differences) { d.after, d.arrays = len(d.arrays), append(d.arrays, x) })
}

// maxOrder is the highest order of differences, so that a number in a request does
// not decide how large a plan is.
const maxOrder = 1 << 16

// Diff is the n-th difference along an axis: n times x[i+1] - x[i], which makes
// the axis shorter by one; of bools, whether they are different. Without options
// nothing is put before or after the array.
func (a Array) Diff(n, axis int, opts ...DiffOption) Array {
	d := differences{arrays: []Array{a}}
	for _, o := range opts {
		if o != nil {
			o.difference(&d)
		}
	}
	return composed(op.Diff, d.arrays, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		axis := c.axis(axis, x)
		switch {
		case c.err != nil:
			return graph.Ref{}
		case n < 0:
			return c.fail(graph.ValueError, fmt.Errorf("there is no difference of order %d", n))
		case n == 0:
			return x
		}
		chunk, ends := x.Grid()[axis].Largest(), len(d.arrays) > 1
		if ends {
			x = c.between(d, in, axis)
		}
		length := c.known(x, axis)
		if c.err == nil && n >= length {
			return c.along(x, axis, graph.AxisIndex{Step: 1})
		}
		if n > maxOrder {
			return c.fail(graph.ValueError, fmt.Errorf("the order %d is above %d: each order is an operation of its own", n, maxOrder))
		}
		subtract := op.Subtract
		if c.err == nil && x.DType() == dtype.Bool {
			subtract = op.NotEqual
		}
		for range n {
			length--
			low := c.along(x, axis, graph.AxisIndex{Step: 1, Count: length})
			high := c.along(x, axis, graph.AxisIndex{Start: 1, Step: 1, Count: length})
			if c.err != nil {
				return graph.Ref{}
			}
			// Both in the same blocks, or else there is a short block
			// beside each long one.
			grid := low.Grid()
			if ends {
				grid = append(block.Grid{}, grid...)
				grid[axis] = block.Regular(length, chunk)
			}
			x = c.do(subtract, c.rechunk(high, grid), c.rechunk(low, grid))
		}
		return x
	})
}

// between is in[0] with what d says before and after it.
func (c *composer) between(d differences, in []graph.Ref, axis int) graph.Ref {
	one := append(block.Shape{}, in[0].Shape()...)
	one[axis] = 1
	part := func(number int) []graph.Ref {
		switch {
		case number == 0:
			return nil
		case len(in[number].Grid()) == 0:
			return []graph.Ref{c.broadcast(in[number], one)}
		}
		return []graph.Ref{in[number]}
	}
	parts := append(append(part(d.before), in[0]), part(d.after)...)
	if c.err != nil {
		return graph.Ref{}
	}
	return c.concat(axis, parts...)
}
