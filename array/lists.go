package array

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// spread gives spans one for each axis of an array of the given shape, in its
// order, besides new axes; without an ellipsis missing ones are whole axes.
func spread(spans []span, shape block.Shape) ([]span, error) {
	given, dots := 0, -1
	for i, s := range spans {
		switch s.kind {
		case ellipsis:
			if dots >= 0 {
				return nil, errors.New(`an index has one ellipsis ("...") at most`)
			}
			dots = i
		case newAxis:
		default:
			given += s.axes()
		}
	}
	if given > len(shape) {
		return nil, fmt.Errorf("there are %d indices for the %d axes of shape %v", given, len(shape), shape)
	}
	if dots < 0 {
		dots = len(spans)
		spans = append(slices.Clone(spans), span{kind: ellipsis})
	}
	out := slices.Clone(spans[:dots])
	for range len(shape) - given {
		out = append(out, All().span())
	}
	for _, s := range spans[dots+1:] {
		s.late = true
		out = append(out, s)
	}
	return out, nil
}

// axes is how many axes a span stands for.
func (s span) axes() int {
	switch {
	case s.kind == newAxis:
		return 0
	case s.kind == arrayed && s.array.DType() == dtype.Bool:
		return s.array.Rank()
	}
	return 1
}

// indices is those of a list for an axis of an array of a shape, counted from the
// start.
func (c *composer) indices(s span, shape block.Shape, axis int) []int {
	switch n, err := s.shape.Size(); {
	case err != nil || n != len(s.list):
		c.fail(graph.ValueError, fmt.Errorf("there are %d indices for shape %v", len(s.list), s.shape))
	case s.masked != nil && s.masked[0] != shape[axis]:
		c.fail(graph.IndexError, fmt.Errorf("the mask has length %d along axis %d of shape %v", s.masked[0], axis, shape))
	}
	list, err := within(s.list, shape[axis])
	if err != nil {
		c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v: %w", axis, shape, err))
	}
	return list
}

// indexLists takes lists of indices. Ranges are taken first; then the lists of
// single elements, together with single indices as in NumPy, or each on its own.
func (c *composer) indexLists(in graph.Ref, spans []span, outer bool) graph.Ref {
	spans, err := spread(spans, in.Shape())
	if err != nil {
		return c.fail(graph.IndexError, err)
	}
	// Advanced items stand for an axis each; basic is what the others take,
	// with these axes whole.
	var basic []span
	var advanced []advancedIndex
	axis, at := 0, 0 // of the array, and of what basic takes
	for i, s := range spans {
		if s.kind == listed || s.kind == single && !outer {
			if s.kind == single {
				s.list, s.shape = []int{s.start}, block.Shape{}
			}
			list := c.indices(s, in.Shape(), axis)
			if c.err != nil {
				return graph.Ref{}
			}
			advanced = append(advanced, advancedIndex{item: i, late: s.late, axis: at, list: list, shape: s.shape})
			s = All().span()
		}
		basic = append(basic, s)
		if s.kind != newAxis {
			axis++
		}
		if s.kind != single {
			at++
		}
	}
	x := c.keep(slice(c.at, in, basic))
	if c.err != nil {
		return x
	}
	if outer {
		return c.outerLists(x, advanced)
	}
	return c.pointLists(x, advanced)
}

// advancedIndex is a list of indices of an axis, which have a shape.
type advancedIndex struct {
	item  int  // its place in the index
	late  bool // whether it stands behind an ellipsis, which parts it from those before even where it is for no axes
	axis  int
	list  []int
	shape block.Shape
}

// outerLists takes each list of its own axis.
func (c *composer) outerLists(x graph.Ref, lists []advancedIndex) graph.Ref {
	for _, l := range lists {
		x = c.merged(x, l.axis)
	}
	if c.err != nil {
		return x
	}
	axes := make([]graph.GatherAxis, len(x.Grid()))
	grid := append(block.Grid{}, x.Grid()...)
	for i := range axes {
		axes[i] = graph.WholeAxis(x, i)
	}
	shape := make(block.Shape, 0, len(grid))
	flat := true
	next := 0
	for i := range axes {
		if next < len(lists) && lists[next].axis == i {
			l := lists[next]
			next++
			axes[i].Maps = []block.IndexMap{block.MapOfList(l.list)}
			grid[i] = pickedAxis(x, []int{i}, len(l.list))
			shape = append(shape, l.shape...)
			flat = flat && len(l.shape) == 1
			continue
		}
		shape = append(shape, x.Shape()[i])
	}
	grid = divided(grid, x.DType(), x)
	y := c.keep(graph.Gather(c.at, op.Take, x, graph.GatherAttrs{Axes: axes, Grid: grid}))
	if flat {
		return y
	}
	return c.reshape(y, shape...)
}

// pointLists takes the lists together: they broadcast, and the axes of what they
// broadcast to stand in the place of theirs, or first where theirs are not
// neighbours.
func (c *composer) pointLists(x graph.Ref, lists []advancedIndex) graph.Ref {
	shapes := make([]block.Shape, len(lists))
	together := true
	for i, l := range lists {
		shapes[i] = l.shape
		together = together && l.item == lists[0].item+i && l.late == lists[0].late
	}
	shape, err := block.Broadcast(shapes...)
	if err != nil {
		return c.fail(graph.IndexError, fmt.Errorf("the lists of indices: %w", err))
	}
	points := graph.GatherAxis{}
	for _, l := range lists {
		points.From = append(points.From, l.axis)
		points.Maps = append(points.Maps, block.MapOfList(stretched(l.list, l.shape, shape)))
	}
	if x = c.merged(x, points.From...); c.err != nil {
		return x
	}
	n := points.Maps[0].Len()
	var axes []graph.GatherAxis
	var grid block.Grid
	var out block.Shape
	place := func() {
		axes, grid = append(axes, points), append(grid, pickedAxis(x, points.From, n))
		out = append(out, shape...)
	}
	if !together {
		place()
	}
	for i, a := range x.Grid() {
		switch {
		case together && i == points.From[0]:
			place()
		case slices.Contains(points.From, i):
		default:
			axes, grid = append(axes, graph.WholeAxis(x, i)), append(grid, a)
			out = append(out, a.Len())
		}
	}
	y := c.keep(graph.Gather(c.at, op.Take, x, graph.GatherAttrs{Axes: axes, Grid: grid}))
	if len(shape) == 1 {
		return y
	}
	return c.reshape(y, out...)
}

// stretched is a list of a shape broadcast to another.
func stretched(list []int, from, to block.Shape) []int {
	if from.Equal(to) {
		return list
	}
	view := block.BroadcastView(from, to)
	strides := from.Strides()
	out := make([]int, 0, to.Elements())
	block.Positions(block.Whole(to), func(at []int) bool {
		number := 0
		for dim, d := range view.Dims {
			if d.Axis >= 0 {
				number += at[d.Axis] * strides[dim]
			}
		}
		out = append(out, list[number])
		return true
	})
	return out
}
