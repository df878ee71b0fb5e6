package array

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// setMask puts v where a mask is true, in the part that the other items take.
func (c *composer) setMask(x, v graph.Ref, arrays []graph.Ref, spans []span) graph.Ref {
	p := c.choose(x, arrays, spans, false)
	switch {
	case c.err != nil:
		return graph.Ref{}
	case !p.masked:
		return c.fail(graph.ValueError, errors.New("an array of indices sets nothing, as nobody knows which blocks it names: give indices by List, or a mask of where to set"))
	case !c.oneMask(p):
		return graph.Ref{}
	}
	part := x
	whole := !slices.ContainsFunc(p.basic, func(s span) bool {
		return s.kind != ranged || s.start != Open || s.stop != Open || s.step != 1
	})
	if !whole {
		part = c.keep(slice(c.at, x, p.basic))
	}
	item := p.items[0]
	if v = c.maskedValue(part, v, p); c.err != nil {
		return v
	}
	if v.Shape()[item.axis] == 1 {
		mask := item.array
		for range item.axes - 1 {
			v = c.expand(v, item.axis)
		}
		for range len(part.Grid()) - item.axis - item.axes {
			mask = c.expand(mask, -1)
		}
		part = c.do(op.Where, mask, v, part)
	} else {
		part = c.placed(part, v, item)
	}
	if whole || c.err != nil {
		return part
	}
	return c.set(x, part, p.basic)
}

// maskedValue is v with an axis for each of the part, with those of the mask as one:
// of length 1, or as long as the part's along the others.
func (c *composer) maskedValue(part, v graph.Ref, p choice) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	item := p.items[0]
	shape := slices.Delete(slices.Clone(part.Shape()), item.axis, item.axis+item.axes)
	shape = slices.Insert(shape, p.place, slices.Repeat(block.Shape{1}, p.ones+1)...)
	at := p.place + p.ones // of the elements that the mask keeps
	given := v.Shape()
	for len(v.Grid()) > len(shape) && v.Shape()[0] == 1 && c.err == nil {
		v = c.squeeze(v, 0)
	}
	v = c.leading(v, 0, len(shape)-len(v.Grid()))
	if c.err != nil {
		return v
	}
	for axis, n := range v.Shape() {
		if len(v.Grid()) != len(shape) || axis != at && n != 1 && n != shape[axis] {
			said := make([]string, len(shape))
			for i, n := range shape {
				said[i] = fmt.Sprint(n)
				if n == block.Unknown {
					said[i] = "?"
				}
			}
			said[at] = "?"
			return c.fail(graph.ValueError, fmt.Errorf("a value of shape %v does not stretch to what the mask of shape %v takes of shape %v, which has %d axes, one of them for the elements that are kept: %v",
				given, item.array.Shape(), part.Shape(), len(shape), said))
		}
	}
	for range p.ones {
		v = c.squeeze(v, p.place)
	}
	return c.moved(v, p.place, item.axis)
}

// placed is x with the elements of v, one after the other along the axis of a mask,
// where the mask is true.
func (c *composer) placed(x, v graph.Ref, item choiceItem) graph.Ref {
	axis, mask := item.axis, item.array
	shape, grid := x.Shape(), x.Grid()
	if item.axes > 1 {
		x, mask = c.mergedAxes(x, axis, item.axes), c.flat(mask)
	}
	if x, mask = c.aligned(x, mask, axis); c.err != nil {
		return graph.Ref{}
	}
	given, most := v.Shape()[axis], item.array.Shape().Elements()
	if item.array.Grid().Known() && given > most {
		return c.fail(graph.ValueError, fmt.Errorf("cannot assign %d input values where the mask is true: of shape %v it is in %d places at most", given, item.array.Shape(), most))
	}
	if x.Grid()[axis].Len() == 0 {
		return c.reshape(x, shape...)
	}
	for i, a := range x.Grid() {
		if i != axis && c.err == nil && v.Grid()[i].Len() != 1 {
			v = c.regrid(v, i, a)
		}
	}
	if c.err != nil {
		return graph.Ref{}
	}
	attrs := graph.BlockAttrs{Axis: axis}
	out := slices.Clone(v.Grid())
	out[axis] = block.UnknownAxis(x.Grid()[axis].Blocks())
	v = c.blockwise(op.BlockShare, v.DType(), out, attrs, v, mask)
	y := c.blockwise(op.BlockPlace, x.DType(), x.Grid(), attrs, x, mask, v)
	if item.axes > 1 {
		y = c.reshape(y, shape...)
	}
	return c.rechunk(y, grid)
}
