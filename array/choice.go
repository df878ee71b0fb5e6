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

// choice is an index in which arrays stand: the ranges, new axes and single indices
// of it, and the lists and arrays, which are taken together.
type choice struct {
	basic  []span // with the axes of lists and arrays whole
	items  []choiceItem
	place  int // of the axes that the items give, among those that basic leaves besides theirs
	ones   int // axes of length 1 that lists of one index give before that of a mask
	masked bool
}

type choiceItem struct {
	axis, axes int // of what basic takes
	list       []int
	shape      block.Shape // of the list
	array      graph.Ref   // if it is no list
}

// choose divides an index of x. Lists of one index beside a mask are single indices,
// which are what they stretch.
func (c *composer) choose(x graph.Ref, arrays []graph.Ref, spans []span, outer bool) choice {
	var p choice
	spans, err := spread(spans, x.Shape())
	if err != nil {
		c.fail(graph.IndexError, err)
		return p
	}
	p.masked = slices.ContainsFunc(arrays, func(a graph.Ref) bool { return a.DType() == dtype.Bool })
	axis, at := 0, 0 // of x, and of what basic takes
	last, late, together := -1, false, true
	for i, s := range spans {
		if s.kind == single && !outer || s.kind == listed || s.kind == arrayed {
			if last < 0 {
				p.place = at
			}
			together = together && (last < 0 || last == i-1 && late == s.late)
			last, late = i, s.late
		}
		switch s.kind {
		case listed:
			list := c.indices(s, x.Shape(), axis)
			if c.err != nil {
				return p
			}
			if p.masked && !outer && len(list) == 1 {
				p.ones = max(p.ones, len(s.shape)-1)
				s = At(list[0]).span()
				break
			}
			p.items = append(p.items, choiceItem{axis: at, axes: 1, list: list, shape: s.shape})
			s = All().span()
		case arrayed:
			a := arrays[0]
			arrays = arrays[1:]
			if a.DType() != dtype.Bool && !a.DType().IsInteger() {
				c.fail(graph.IndexError, fmt.Errorf("the index array is %v; it must be of integers or bools", a.DType()))
				return p
			}
			n := s.axes()
			if n == 0 {
				c.fail(graph.IndexError, errors.New("a mask without axes keeps all or nothing: use where"))
				return p
			}
			if own := x.Shape()[axis : axis+n]; a.DType() == dtype.Bool && !own.Equal(a.Shape()) {
				err := fmt.Errorf("the mask has shape %v, the axes it stands for %v", a.Shape(), own)
				if own.Known() != a.Shape().Known() {
					err = fmt.Errorf("%w, of which lengths are unknown; %w", err, graph.ErrUnresolved)
				}
				c.fail(graph.IndexError, err)
				return p
			}
			p.items = append(p.items, choiceItem{axis: at, axes: n, array: a})
			for range n {
				p.basic = append(p.basic, All().span())
			}
			axis, at = axis+n, at+n
			continue
		}
		p.basic = append(p.basic, s)
		if s.kind != newAxis {
			axis++
		}
		if s.kind != single {
			at++
		}
	}
	if !together {
		p.place = 0
	}
	return p
}

// mask reports whether the item is a mask.
func (i choiceItem) mask() bool { return i.array.Node != nil && i.array.DType() == dtype.Bool }

// oneMask makes sure that a mask is the only item, as what it keeps meets nothing
// else then.
func (c *composer) oneMask(p choice) bool {
	if c.err == nil && len(p.items) > 1 {
		c.fail(graph.IndexError, errors.New("how many elements a mask keeps is not known, so that it meets no other mask, list or array of indices: "+
			"give the places where it is true in their place, which NonZero lists and Resolve counts; or use IndexOuter to take each of its own axis"))
	}
	return c.err == nil
}

// indexArrays takes masks and arrays of indices, and the other items of an index.
func (c *composer) indexArrays(in graph.Ref, arrays []graph.Ref, spans []span, outer bool) graph.Ref {
	p := c.choose(in, arrays, spans, outer)
	if c.err != nil {
		return graph.Ref{}
	}
	x := c.keep(slice(c.at, in, p.basic))
	switch {
	case c.err != nil:
		return x
	case outer:
		return c.indexOuter(x, p.items)
	case p.masked:
		if !c.oneMask(p) {
			return x
		}
		item := p.items[0]
		x = c.moved(c.kept(x, item), item.axis, p.place)
		return c.leading(x, p.place, p.ones)
	}
	return c.pickPoints(x, p)
}

// indexOuter is x with each item along its own axes. Masks come last: what they keep
// is of unknown length, which other items would have to know.
func (c *composer) indexOuter(x graph.Ref, items []choiceItem) graph.Ref {
	rank := len(x.Grid())
	var masks []choiceItem
	for i, item := range slices.Backward(items) { // those before keep their axes
		switch {
		case c.err != nil:
			return x
		case item.mask():
			masks = append(masks, item)
			continue
		case item.array.Node != nil:
			x = c.pickPoints(x, choice{items: items[i : i+1], place: item.axis})
		default:
			x = c.outerLists(x, []advancedIndex{{axis: item.axis, list: item.list, shape: item.shape}})
		}
		if c.err != nil {
			return x
		}
		for k := range masks { // which are behind it
			masks[k].axis += len(x.Grid()) - rank
		}
		rank = len(x.Grid())
	}
	for _, item := range masks {
		if c.err == nil {
			x = c.kept(x, item)
		}
	}
	return x
}

// kept is what a mask keeps, along one axis in the place of the mask's first.
func (c *composer) kept(x graph.Ref, item choiceItem) graph.Ref {
	mask := item.array
	if item.axes > 1 {
		x, mask = c.mergedAxes(x, item.axis, item.axes), c.flat(mask)
	}
	return c.compress(x, mask, item.axis)
}

// mergedAxes makes n axes one, in C order.
func (c *composer) mergedAxes(x graph.Ref, axis, n int) graph.Ref {
	if c.err != nil || n == 1 {
		return x
	}
	c.flatSize(x)
	shape := x.Shape()
	size := shape[axis : axis+n].Elements()
	return c.reshape(x, slices.Concat(shape[:axis], block.Shape{size}, shape[axis+n:])...)
}

// moved is x with an axis in another place.
func (c *composer) moved(x graph.Ref, from, to int) graph.Ref {
	if c.err != nil || from == to {
		return x
	}
	order := slices.Delete(allAxes(len(x.Grid())), from, from+1)
	return c.transpose(x, slices.Insert(order, to, from))
}

// leading puts n axes of length 1 before an axis.
func (c *composer) leading(x graph.Ref, axis, n int) graph.Ref {
	for range n {
		x = c.expand(x, axis)
	}
	return x
}

// pickPoints takes arrays of indices and lists together, index by index. The axes
// that they index become one, of which their elements are numbers.
func (c *composer) pickPoints(x graph.Ref, p choice) graph.Ref {
	numbers := c.pointNumbers(x, p)
	if c.err != nil {
		return graph.Ref{}
	}
	x = c.gathered(x, p)
	if c.err != nil {
		return graph.Ref{}
	}
	shape := numbers.Shape()
	around := x.Shape()
	out := slices.Concat(around[:p.place], shape, around[p.place+1:])
	ones := slices.Repeat([]int{1}, len(around))
	if len(shape) != 1 { // whose length may be unknown
		ones[p.place] = c.flatSize(numbers)
		y := c.takeAlong(x, c.fewAtOnce(c.reshape(numbers, ones...), x, p.place), p.place)
		return c.reshape(y, out...)
	}
	numbers = c.expand(numbers, slices.Delete(allAxes(len(ones)), p.place, p.place+1)...)
	return c.takeAlong(x, c.fewAtOnce(numbers, x, p.place), p.place)
}

// fewAtOnce is indices along an axis of x, divided so that what a block of them takes
// is not much larger than autoBytes and the blocks of x.
func (c *composer) fewAtOnce(indices, x graph.Ref, axis int) graph.Ref {
	if c.err != nil || !indices.Grid().Known() || !x.Grid().Known() {
		return indices
	}
	part := x.DType().Size() // of one index
	for i, a := range x.Grid() {
		if i != axis {
			part *= max(1, a.Largest())
		}
	}
	own := indices.Grid()[axis]
	if most := max(autoBytes/part, x.Grid()[axis].Largest(), 1); own.Largest() > most {
		return c.regrid(indices, axis, block.Regular(own.Len(), most))
	}
	return indices
}

// gathered is x with the axes of all items as one, in their place.
func (c *composer) gathered(x graph.Ref, p choice) graph.Ref {
	var own, rest []int
	for axis := range x.Grid() {
		if slices.ContainsFunc(p.items, func(i choiceItem) bool { return i.axis == axis }) {
			own = append(own, axis)
			continue
		}
		rest = append(rest, axis)
	}
	x = c.transpose(x, slices.Insert(rest, p.place, own...))
	return c.mergedAxes(x, p.place, len(own))
}

// pointNumbers is the numbers, in C order of the axes of the items, of the elements
// that these take. Of one item they may count from the end and lie outside.
func (c *composer) pointNumbers(x graph.Ref, p choice) graph.Ref {
	var shapes []block.Shape
	var numbers graph.Ref
	for k, item := range p.items {
		one := c.itemIndices(item)
		if c.err != nil {
			return graph.Ref{}
		}
		if shapes = append(shapes, one.Shape()); len(p.items) == 1 {
			return one
		}
		length := x.Shape()[item.axis]
		if !x.Shape().Known() || !one.Shape().Known() {
			return c.fail(graph.IndexError, fmt.Errorf("shape %v or %v has an unknown length; %w", x.Shape(), one.Shape(), graph.ErrUnresolved))
		}
		if item.array.Node != nil { // within the axis, which the sum would not tell
			shape := one.Shape()
			one = c.reshape(c.takeAlong(c.counted(block.Regular(length, length), 0), c.flat(one), 0), shape...)
		}
		if k == 0 {
			numbers = one
			continue
		}
		if _, err := block.Broadcast(shapes...); err != nil {
			return c.fail(graph.IndexError, fmt.Errorf("the arrays of indices: %w", err))
		}
		numbers = c.do(op.Add, c.do(op.Multiply, numbers, c.number(int64(length))), one)
	}
	return numbers
}

// itemIndices is the indices of an item as an array of int64.
func (c *composer) itemIndices(item choiceItem) graph.Ref {
	if item.array.Node != nil {
		return c.cast(item.array, dtype.Int64)
	}
	data := make([]int64, len(item.list))
	for i, index := range item.list {
		data[i] = int64(index)
	}
	elements, err := block.OfSlice(data, item.shape)
	if err != nil {
		return c.fail(graph.ValueError, err)
	}
	d := block.Description{DType: dtype.Int64, Grid: block.RegularGrid(item.shape, item.shape)}
	return c.keep(graph.Read(c.at, &graph.Slot{Value: &memorySource{d, elements}}))
}
