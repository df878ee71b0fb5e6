package array

import (
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Set is a with value in the place of the part that items say, as a[items] = value
// in NumPy: a itself does not change. The value is stretched to the shape that
// a.Index(items...) has, and converted to the type of a. Of an index that a list
// names twice the last value stays.
//
// Where a mask is among the items, value has along it one element, or one for each
// that the mask keeps, in C order: how many these are is counted when the array is
// computed, and another number is a ValueError then. Where value is as long as the
// array, as in x[mask] = y[mask], Where(mask, y, x) counts nothing. No mask meets lists
// or other arrays of an index, and arrays of indices set nothing.
func (a Array) Set(value Array, items ...Index) Array {
	spans, arrays, err := spansOf(items, false, true)
	if err != nil {
		return mistake(graph.ValueError, op.SetItem, site(a), err)
	}
	return composed(op.SetItem, append([]Array{a, value}, arrays...), func(c *composer, in []graph.Ref) graph.Ref {
		v := c.keep(graph.Assigned(c.at, in[1], in[0].DType()))
		if c.err != nil {
			return v
		}
		if len(in) > 2 {
			return c.setMask(in[0], v, in[2:], spans)
		}
		return c.set(in[0], v, spans)
	})
}

// set puts v, of x's type, in the place of what spans take.
func (c *composer) set(x, v graph.Ref, spans []span) graph.Ref {
	spans, err := spread(spans, x.Shape())
	if err != nil {
		return c.fail(graph.IndexError, err)
	}
	if !x.Grid().Known() {
		return c.fail(graph.IndexError, fmt.Errorf("shape %v has an unknown length; %w", x.Shape(), graph.ErrUnresolved))
	}
	if c.err != nil {
		return x
	}
	lists := 0
	for _, s := range spans {
		if s.kind == listed {
			lists++
		}
	}
	if lists > 0 {
		for _, s := range spans {
			if s.kind == single {
				lists++ // single indices go with lists
			}
		}
	}
	if lists > 1 {
		return c.setPoints(x, v, spans)
	}
	// Each item takes a part of its axis; v is stretched to the shape of all.
	parts := make([]setPart, 0, len(x.Grid()))
	var shape block.Shape // of what is set
	var grid block.Grid   // of what is stretched to that: blocks as long as those of x
	var gone []int        // axes of it that x does not have
	for _, s := range spans {
		if s.kind == newAxis {
			gone, shape, grid = append(gone, len(shape)), append(shape, 1), append(grid, block.Regular(1, 1))
			continue
		}
		axis := len(parts)
		p, longest := setPart{length: x.Shape()[axis]}, max(1, x.Grid()[axis].Largest())
		if s.kind == listed {
			if p.list = append([]int{}, c.indices(s, x.Shape(), axis)...); c.err != nil {
				return graph.Ref{}
			}
			p.count, p.shape = len(p.list), s.shape
			shape = append(shape, s.shape...)
			for _, n := range s.shape {
				grid = append(grid, block.Regular(n, longest))
			}
			parts = append(parts, p)
			continue
		}
		item, kind, err := s.resolve(p.length)
		if err != nil {
			return c.fail(kind, fmt.Errorf("axis %d of shape %v: %w", axis, x.Shape(), err))
		}
		p.start, p.step, p.count, p.drop = item.Start, item.Step, item.Count, item.Drop
		if !p.drop {
			p.shape = block.Shape{p.count}
			shape, grid = append(shape, p.count), append(grid, block.Regular(p.count, longest))
		}
		parts = append(parts, p)
	}
	if v = c.withoutLeading(v, shape); c.err != nil {
		return v
	}
	single := len(v.Grid()) == 0
	if !single {
		if v = c.stretched(v, shape, grid); gone != nil && c.err == nil {
			v = c.keep(graph.Squeeze(c.at, v, gone))
		}
		full := make(block.Shape, len(parts))
		same := true
		for axis, p := range parts {
			full[axis] = p.count
			same = same && len(p.shape) == 1
		}
		if !same {
			v = c.reshape(v, full...)
		}
	}
	if c.err != nil || slices.ContainsFunc(parts, func(p setPart) bool { return p.count == 0 }) {
		return x
	}
	return c.setParts(x, v, single, parts)
}

// withoutLeading is a value for a part of a shape without leading axes of length 1
// that the part does not have.
func (c *composer) withoutLeading(v graph.Ref, part block.Shape) graph.Ref {
	more := len(v.Grid()) - len(part)
	if more <= 0 {
		return v
	}
	for _, n := range v.Shape()[:more] {
		if n != 1 {
			return c.fail(graph.ValueError, fmt.Errorf("a value of shape %v does not stretch to the shape %v of the part", v.Shape(), part))
		}
	}
	return c.squeeze(v, allAxes(more)...)
}

// setPart is what of an axis is set: a list of indices, or a range.
type setPart struct {
	length             int
	start, step, count int
	list               []int
	drop               bool
	shape              block.Shape
}

// whole reports whether the part is all of the axis, in its order.
func (p setPart) whole() bool {
	return p.list == nil && p.start == 0 && p.step == 1 && p.count == p.length
}

// setParts puts v, which has the parts' counts as its shape unless it is a single
// number, in their places: where each index is in its part, what a map brings
// there.
func (c *composer) setParts(x, v graph.Ref, single bool, parts []setPart) graph.Ref {
	var condition *graph.Ref
	meet := func(r graph.Ref, axis int) {
		for i := range parts {
			if i != axis {
				r = c.expand(r, i)
			}
		}
		if condition != nil {
			r = c.do(op.LogicalAnd, *condition, r)
		}
		condition = &r
	}
	maps := make([]block.IndexMap, len(parts))
	for axis, p := range parts {
		if maps[axis] = block.WholeMap(p.length); p.whole() {
			continue
		}
		own := block.Grid{x.Grid()[axis]}
		step := max(p.step, -p.step)
		if p.list == nil && step > 1 && p.count > 1 {
			// Every element of v stands for as many indices as a step has.
			low := min(p.start, p.start+p.step*(p.count-1))
			numbers := c.keep(graph.Arange(c.at, dtype.Int64, own, graph.ArangeAttrs{IntStep: 1, IntStart: int64(-low)}))
			meet(c.do(op.Equal, c.do(op.Remainder, numbers, c.number(int64(step))), c.number(int64(0))), axis)
			if !single {
				if p.step < 0 {
					v = c.along(v, axis, graph.AxisIndex{Start: p.count - 1, Step: -1, Count: p.count})
				}
				times := slices.Repeat([]int{1}, len(parts))
				times[axis] = step
				v = c.multiplied(v, times, true)
			}
			p.start, p.step, p.count = low, 1, (p.count-1)*step+1
			if !single {
				v = c.along(v, axis, graph.AxisIndex{Step: 1, Count: p.count})
			}
		}
		m, err := p.inverse()
		if err != nil {
			return c.fail(graph.ValueError, err)
		}
		maps[axis] = m
		yes := c.full(block.Grid{block.Regular(max(1, p.count), p.count)}, true, dtype.Bool)
		no, _ := dtype.ScalarOf(false)
		inside := c.keep(graph.Gather(c.at, op.Take, yes, graph.GatherAttrs{Grid: own, Fill: no,
			Axes: []graph.GatherAxis{{From: []int{0}, Maps: []block.IndexMap{m}}}}))
		if c.err != nil {
			return inside
		}
		meet(inside, axis)
	}
	if condition == nil {
		return c.keep(graph.Cast(c.at, c.broadcastAs(v, x), x.DType()))
	}
	if !single {
		zero, _ := dtype.ScalarOf(false)
		zero, err := zero.Convert(x.DType())
		if err != nil {
			return c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
		}
		axes := make([]graph.GatherAxis, len(parts))
		for axis := range parts {
			axes[axis] = graph.GatherAxis{From: []int{axis}, Maps: []block.IndexMap{maps[axis]}}
		}
		v = c.keep(graph.Gather(c.at, op.Take, v, graph.GatherAttrs{Axes: axes, Grid: x.Grid(), Fill: zero}))
	}
	return c.do(op.Where, *condition, v, x)
}

// broadcastAs is v stretched to the shape and chunks of x.
func (c *composer) broadcastAs(v, x graph.Ref) graph.Ref {
	v = c.broadcast(v, x.Shape())
	if c.err != nil {
		return v
	}
	return c.rechunk(v, x.Grid())
}

// inverse is for each index of the axis which element of the value stands there.
func (p setPart) inverse() (block.IndexMap, error) {
	if p.list == nil {
		low, from := p.start, 0
		if p.step < 0 && p.count > 1 {
			low, from = p.start+p.step*(p.count-1), p.count-1
		}
		var runs []block.IndexRun
		if low > 0 {
			runs = append(runs, block.IndexRun{From: block.Fill})
		}
		runs = append(runs, block.IndexRun{To: low, From: from, Step: p.step})
		if low+p.count < p.length {
			runs = append(runs, block.IndexRun{To: low + p.count, From: block.Fill})
		}
		return block.MapOfRuns(p.length, runs)
	}
	order := make([]int, len(p.list)) // places of the list by the index that stands there
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.list[a] - p.list[b] })
	var runs []block.IndexRun
	next := 0 // first index that no run covers
	for k, i := range order {
		if k+1 < len(order) && p.list[order[k+1]] == p.list[i] {
			continue // the last one stays
		}
		if p.list[i] > next {
			runs = append(runs, block.IndexRun{To: next, From: block.Fill})
		}
		last := len(runs) - 1
		if p.list[i] == next && last >= 0 && runs[last].From != block.Fill && runs[last].From+(next-runs[last].To) == i && (runs[last].Step == 1 || next-runs[last].To == 1) {
			runs[last].Step = 1
		} else {
			runs = append(runs, block.IndexRun{To: p.list[i], From: i})
		}
		next = p.list[i] + 1
	}
	if next < p.length {
		runs = append(runs, block.IndexRun{To: next, From: block.Fill})
	}
	return block.MapOfRuns(p.length, runs)
}

// setPoints puts v at the points that several lists name together. Their axes
// become one, of which the points are single indices.
func (c *composer) setPoints(x, v graph.Ref, spans []span) graph.Ref {
	const added = -1
	var at []int         // axes of the lists
	var rest, kept []int // the others, with new ones among them and without
	var ranges []span    // of kept
	var shapes []block.Shape
	var lists [][]int
	together := true
	axis, before := 0, 0    // of x, and how many of rest there are before the lists
	last, late := -1, false // the last of the lists, and whether it stands behind an ellipsis
	for i, s := range spans {
		switch s.kind {
		case newAxis:
			rest = append(rest, added)
			continue
		case single:
			s.list, s.shape = []int{s.start}, block.Shape{}
		case listed:
		default:
			rest, kept, ranges = append(rest, axis), append(kept, axis), append(ranges, s)
			axis++
			continue
		}
		list := c.indices(s, x.Shape(), axis)
		if c.err != nil {
			return graph.Ref{}
		}
		if last < 0 {
			before = len(rest)
		}
		together = together && (last < 0 || last == i-1 && late == s.late)
		last, late = i, s.late
		at, lists, shapes = append(at, axis), append(lists, list), append(shapes, s.shape)
		axis++
	}
	if !together {
		before = 0
	}
	shape, err := block.Broadcast(shapes...)
	if err != nil {
		return c.fail(graph.IndexError, fmt.Errorf("the lists of indices: %w", err))
	}
	points := make([]int, shape.Elements())
	size := 1
	for k, axis := range at {
		length := x.Shape()[axis]
		size *= length
		for i, index := range stretched(lists[k], shapes[k], shape) {
			points[i] = points[i]*length + index
		}
	}
	// The value's axes: those of the points in the place of the lists' or first.
	var part block.Shape
	others := make([]int, len(rest)) // lengths
	inner := []span{{kind: listed, list: points, shape: block.Shape{len(points)}}}
	counts := block.Shape{len(points)}
	for i, axis := range rest {
		if others[i] = 1; axis == added {
			continue
		}
		s := ranges[len(inner)-1]
		item, kind, err := s.resolve(x.Shape()[axis])
		if err != nil {
			return c.fail(kind, fmt.Errorf("axis %d of shape %v: %w", axis, x.Shape(), err))
		}
		others[i] = item.Count
		inner, counts = append(inner, s), append(counts, item.Count)
	}
	part = append(append(append(part, others[:before]...), shape...), others[before:]...)
	if v = c.withoutLeading(v, part); c.err != nil {
		return v
	}
	if len(v.Grid()) > 0 {
		v = c.broadcast(v, part)
		order := make([]int, 0, len(part))
		for i := range shape {
			order = append(order, before+i)
		}
		for i := range part {
			if i < before || i >= before+len(shape) {
				order = append(order, i)
			}
		}
		v = c.reshape(c.transpose(v, order), counts...)
	}
	order := append(append([]int{}, at...), kept...)
	moved := c.transpose(x, order)
	if c.err != nil {
		return moved
	}
	flat := append(block.Shape{size}, moved.Shape()[len(at):]...)
	done := c.reshape(c.set(c.reshape(moved, flat...), v, inner), moved.Shape()...)
	back := make([]int, len(order))
	for to, from := range order {
		back[from] = to
	}
	done = c.transpose(done, back)
	if c.err != nil {
		return done
	}
	return c.rechunk(done, x.Grid())
}
