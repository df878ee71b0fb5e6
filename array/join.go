package array

import (
	"fmt"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Concatenate puts arrays one after the other along an axis that they have. They
// are converted to their common type and have the same lengths along the other
// axes. With Flat the elements of each array, in C order, follow one another.
func Concatenate(arrays []Array, axis int) Array {
	return composed(op.Concat, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		if axis == Flat {
			for i, r := range in {
				in[i] = c.flat(r)
			}
			return c.joined(in, 0)
		}
		return c.joined(in, axis)
	})
}

// joined is in one after the other; no array is a mistake.
func (c *composer) joined(in []graph.Ref, axis int) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	return c.concat(axis, in...)
}

// Stack puts arrays of one shape one after the other along a new axis, whose
// number is that in the result. They are converted to their common type.
func Stack(arrays []Array, axis int) Array {
	return composed(op.Stack, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		if len(in) == 0 {
			return c.fail(graph.ValueError, fmt.Errorf("there is no array"))
		}
		shape := in[0].Shape()
		for _, r := range in[1:] {
			if !r.Shape().Equal(shape) {
				return c.fail(graph.ValueError, fmt.Errorf("shapes %v and %v differ; arrays of one shape can be stacked, others broadcast to it first", shape, r.Shape()))
			}
		}
		place := c.newAxis(axis, len(shape)+1)
		if c.err != nil {
			return graph.Ref{}
		}
		for i, r := range in {
			in[i] = c.expand(r, place)
		}
		return c.joined(in, place)
	})
}

// VStack puts arrays one below the other, along axis 0, as AtLeast2D of each.
func VStack(arrays []Array) Array {
	return composed(op.Vstack, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		return c.joined(c.eachAtLeast(in, 2), 0)
	})
}

// HStack puts arrays side by side, along axis 1; arrays of one axis, or none,
// along that.
func HStack(arrays []Array) Array {
	return composed(op.Hstack, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		in = c.eachAtLeast(in, 1)
		if c.err != nil || len(in) == 0 || len(in[0].Grid()) == 1 {
			return c.joined(in, 0)
		}
		return c.joined(in, 1)
	})
}

// DStack puts arrays one behind the other, along axis 2, as AtLeast3D of each.
func DStack(arrays []Array) Array {
	return composed(op.Dstack, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		return c.joined(c.eachAtLeast(in, 3), 2)
	})
}

func (c *composer) eachAtLeast(in []graph.Ref, rank int) []graph.Ref {
	out := make([]graph.Ref, len(in))
	for i, r := range in {
		out[i] = c.atLeast(r, rank)
	}
	return out
}

// Block puts an array together from rows of arrays: those of a row one after the
// other along the last axis, the rows along the last but one. All get the number
// of axes of the one that has most, and two at least, by axes of length 1 in
// front.
//
//	array.Block([][]array.Array{{a, b}, {c, d}})
func Block(rows [][]Array) Array {
	var arrays []Array
	for _, row := range rows {
		arrays = append(arrays, row...)
	}
	return composed(op.Block, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		rank := 2
		for _, r := range in {
			rank = max(rank, len(r.Grid()))
		}
		lines := make([]graph.Ref, len(rows))
		for i, row := range rows {
			if len(row) == 0 {
				return c.fail(graph.ValueError, fmt.Errorf("row %d has no array", i))
			}
			line := make([]graph.Ref, len(row))
			for k := range line {
				line[k] = in[k]
				if own := len(in[k].Grid()); own < rank {
					line[k] = c.expand(in[k], allAxes(rank-own)...)
				}
			}
			in = in[len(row):]
			lines[i] = c.joined(line, -1)
		}
		return c.joined(lines, -2)
	})
}

// Split divides the array along an axis into parts of equal length; their number
// divides the length. After a mistake every part carries it; there is at least
// one.
func (a Array) Split(sections, axis int) []Array {
	return a.sections(op.Split, sections, axis)
}

// ArraySplit divides the array along an axis into parts of about equal length:
// where their number does not divide the length, the first ones are longer by
// one. See Split for mistakes.
func (a Array) ArraySplit(sections, axis int) []Array {
	return a.sections(op.ArraySplit, sections, axis)
}

// mostParts is into how many arrays one is divided at most.
const mostParts = 1 << 20

func (a Array) sections(name op.Name, sections, axis int) []Array {
	if sections > mostParts {
		return []Array{mistake(graph.ValueError, name, site(a), fmt.Errorf("%d parts are more than %d", sections, mostParts))}
	}
	return composedList(name, []Array{a}, min(sections, maxParts), func(c *composer, in []graph.Ref) []graph.Ref {
		x := in[0]
		axis := c.axis(axis, x)
		length := c.known(x, axis)
		switch {
		case c.err != nil:
			return nil
		case sections < 1:
			c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v cannot be divided into %d parts", axis, x.Shape(), sections))
			return nil
		case name == op.Split && length%sections != 0:
			c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v does not divide into %d equal parts; use array_split", axis, x.Shape(), sections))
			return nil
		}
		var parts []graph.Ref
		start := 0
		for i := range sections {
			size := length / sections
			if i < length%sections {
				size++
			}
			parts = append(parts, c.along(x, axis, graph.AxisIndex{Start: start, Step: 1, Count: size}))
			start += size
		}
		return parts
	})
}

// maxParts is how many results a wrong call has at most.
const maxParts = 1 << 16

// SplitAt divides the array along an axis before each of the given indices, of
// which negative ones count from the end: into the parts up to the first, from
// there to the next, and so on, and from the last. See Split for mistakes.
func (a Array) SplitAt(indices []int, axis int) []Array {
	return composedList(op.Split, []Array{a}, len(indices)+1, func(c *composer, in []graph.Ref) []graph.Ref {
		x := in[0]
		axis := c.axis(axis, x)
		length := c.known(x, axis)
		var parts []graph.Ref
		start := 0
		for i := 0; i <= len(indices) && c.err == nil; i++ {
			stop := length
			if i < len(indices) {
				stop = max(indices[i], -length)
			}
			item, kind, err := Range(start, stop).span().resolve(length)
			if err != nil {
				c.fail(kind, err)
			}
			parts = append(parts, c.along(x, axis, item))
			start = stop
		}
		return parts
	})
}

// Unstack divides the array into the parts that have one index along an axis,
// which they do not have. See Split for mistakes.
func (a Array) Unstack(axis int) []Array {
	return composedList(op.Unstack, []Array{a}, 1, func(c *composer, in []graph.Ref) []graph.Ref {
		x := in[0]
		axis := c.axis(axis, x)
		n := c.known(x, axis)
		if n > mostParts {
			c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v has %d indices, each of which would be a result of its own; %d are the most", axis, x.Shape(), n, mostParts))
			return nil
		}
		var parts []graph.Ref
		for i := range n {
			parts = append(parts, c.along(x, axis, graph.AxisIndex{Drop: true, Start: i, Step: 1, Count: 1}))
		}
		return parts
	})
}

// BroadcastArrays stretches arrays to their common shape, which block.Broadcast
// finds of shapes alone; see BroadcastTo. Axes that are stretched have the
// chunks of the other arrays.
func BroadcastArrays(arrays ...Array) []Array {
	return composedList(op.BroadcastArrays, arrays, len(arrays), func(c *composer, in []graph.Ref) []graph.Ref {
		shape, err := graph.BroadcastShape(in...)
		if err != nil {
			c.fail(graph.ValueError, err)
			return nil
		}
		grid := block.RegularGrid(shape, shape)
		for _, r := range in {
			for i, a := range r.Grid() {
				switch axis := len(shape) - len(r.Grid()) + i; {
				case !a.Known():
					grid[axis] = a
				case a.Len() == shape[axis]:
					grid[axis] = grid[axis].Union(a)
				}
			}
		}
		out := make([]graph.Ref, len(in))
		for i, r := range in {
			out[i] = c.stretched(r, shape, grid)
		}
		return out
	})
}
