package array

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Index is what is taken of one axis: [At], [Range], [RangeStep], [All],
// [NewAxis], [Ellipsis], [List], [ListND], [Mask], or an Array of bools or integers.
type Index interface{ span() span }

// span is one item of an index, as it is written.
type span struct {
	kind              spanKind
	start, stop, step int // a range's, Open where left out; start alone for a single index
	list              []int
	shape             block.Shape // of the list
	masked            block.Shape // length of the axis that a list was a mask of, if it was
	mask              []bool      // of a shape, if the list is a mask
	array             Array       // a mask or indices
	late              bool        // whether it stands behind an ellipsis; see spread
}

type spanKind int

const (
	ranged spanKind = iota
	single
	newAxis
	ellipsis
	listed
	arrayed
)

func (s span) span() span { return s }

type marker spanKind

func (m marker) span() span { return span{kind: spanKind(m)} }

const (
	// NewAxis is a new axis of length 1.
	NewAxis marker = marker(newAxis)

	// Ellipsis is All for as many axes as the other items leave. There is at
	// most one; axes that are not mentioned come last.
	Ellipsis marker = marker(ellipsis)
)

// Open is a start or stop that is left out of a range: the end of the axis at
// which the range starts, or beyond which it stops.
const Open = math.MinInt

// At is the single index i, which counts from the end if negative. The axis is
// not in the result.
func At(i int) Index { return span{kind: single, start: i} }

// Range is the indices from start up to, not including, stop; negative ones
// count from the end, those beyond the ends are moved there.
func Range(start, stop int) Index { return RangeStep(start, stop, 1) }

// RangeStep is Range taking every step-th index, backwards where step is
// negative: RangeStep(Open, Open, -1) reverses the axis.
func RangeStep(start, stop, step int) Index { return span{start: start, stop: stop, step: step} }

// List is the indices of an axis in a list, in any order, with repeats; negative
// ones count from the end.
func List(indices ...int) Index {
	return span{kind: listed, list: indices, shape: block.Shape{len(indices)}}
}

// ListND is a List whose indices, in C order, have the given shape, which stands
// in the place of the axis.
func ListND(indices []int, shape ...int) Index {
	return span{kind: listed, list: indices, shape: block.Shape(shape)}
}

// Mask is where the elements, in C order, of a mask of the given shape are true; of
// one axis without a shape. It stands for as many axes as it has. How many places
// these are is known, so that, unlike an Array of bools, it meets lists, index by
// index.
func Mask(elements []bool, shape ...int) Index {
	if shape == nil {
		shape = []int{len(elements)}
	}
	return span{kind: listed, mask: elements, shape: block.Shape(shape)}
}

// span makes an Array an Index: of bools a mask, which stands for as many axes as
// it has, of integers the indices of one axis.
func (a Array) span() span { return span{kind: arrayed, array: a} }

// All is the whole axis.
func All() Index { return Range(Open, Open) }

// Index takes a part of the array, as indexing in NumPy does. A part of an
// array reads only the chunks it needs.
//
// Several lists and arrays of indices are taken together, index by index, and single
// indices with them: x.Index(List(0, 1), List(5, 6)) is the two elements at (0, 5) and
// (1, 6); see IndexOuter for the other meaning. With an array of
// indices each block of the result looks at every chunk of the axes that such items
// stand for, as of TakeAlong; an index outside of its axis is then an error when the
// result is computed.
//
// Of an Array of bools, a mask, it is not known how many elements it keeps: the
// length is unknown until Resolve, and no lists, arrays or other masks stand beside
// it. Single indices, ranges and new axes do.
func (a Array) Index(items ...Index) Array { return a.index(items, false) }

// IndexOuter is Index with each list taken for its own axis, so that two lists of
// 2 and 3 indices take 2 x 3 elements, as numpy.ix_ does.
func (a Array) IndexOuter(items ...Index) Array { return a.index(items, true) }

func (a Array) index(items []Index, outer bool) Array {
	spans, arrays, err := spansOf(items, outer, false)
	if err != nil {
		return mistake(graph.ValueError, op.Slice, site(a), err)
	}
	return composed(op.Slice, append([]Array{a}, arrays...), func(c *composer, in []graph.Ref) graph.Ref {
		switch {
		case len(arrays) > 0:
			return c.indexArrays(in[0], in[1:], spans, outer)
		case slices.ContainsFunc(spans, func(s span) bool { return s.kind == listed }):
			return c.indexLists(in[0], spans, outer)
		}
		return c.keep(slice(c.at, in[0], spans))
	})
}

// spansOf is the spans of items, and the arrays among them. A Mask is the lists of
// its places. Of several axes it is an array where these are not taken together, or
// nothing else has to be set with it.
func spansOf(items []Index, outer, set bool) ([]span, []Array, error) {
	spans := make([]span, 0, len(items))
	lists := 0
	for i, item := range items {
		if item == nil {
			return nil, nil, fmt.Errorf("item %d of the index is nil", i)
		}
		s := item.span()
		if s.kind == arrayed || s.kind == listed {
			lists++
		}
		spans = append(spans, s)
	}
	var out []span
	var arrays []Array
	for _, s := range spans {
		if s.mask != nil {
			if n, err := s.shape.Size(); err != nil || n != len(s.mask) {
				return nil, nil, fmt.Errorf("a mask of %d bools has no shape %v", len(s.mask), s.shape)
			}
			if len(s.shape) == 1 || !outer && !(set && lists == 1) {
				out = append(out, s.places()...)
				continue
			}
			s = FromSlice(s.mask, s.shape).span()
		}
		if s.kind == arrayed {
			arrays = append(arrays, s.array)
		}
		out = append(out, s)
	}
	return out, arrays, nil
}

// places is the lists of where a mask is true.
func (s span) places() []span {
	lists := make([]span, len(s.shape))
	strides := s.shape.Strides()
	for number, yes := range s.mask {
		if !yes {
			continue
		}
		for axis, n := range s.shape {
			lists[axis].list = append(lists[axis].list, number/strides[axis]%n)
		}
	}
	for axis := range lists {
		l := &lists[axis]
		l.kind, l.shape, l.masked = listed, block.Shape{len(l.list)}, s.shape[axis:axis+1]
	}
	return lists
}

// ParseIndex reads the items of an index as Slice does.
func ParseIndex(text string) ([]Index, error) {
	spans, err := parseIndex(text)
	if err != nil {
		return nil, err
	}
	items := make([]Index, len(spans))
	for i, s := range spans {
		items[i] = s
	}
	return items, nil
}

// Slice takes the part of the array that text says, as it is written between
// brackets in Python: "0:10, ::2, -1", with "..." and "newaxis" (or "None").
func (a Array) Slice(text string) Array {
	return a.unary(op.Slice, func(at graph.Site, in graph.Ref) (graph.Ref, error) {
		spans, err := parseIndex(text)
		if err != nil {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: op.Slice, Site: at, Err: err}
		}
		return slice(at, in, spans)
	})
}

// slice takes spans of in.
func slice(at graph.Site, in graph.Ref, spans []span) (graph.Ref, error) {
	fail := func(kind graph.Kind, err error) (graph.Ref, error) {
		return graph.Ref{}, &graph.Error{Kind: kind, Op: op.Slice, Site: at, Err: err}
	}
	shape := in.Shape()
	given, dots := 0, -1
	for i, s := range spans {
		switch {
		case s.kind == ellipsis && dots >= 0:
			return fail(graph.IndexError, errors.New(`an index has one ellipsis ("...") at most`))
		case s.kind == ellipsis:
			dots = i
		case s.kind != newAxis:
			given++
		}
	}
	if given > len(shape) {
		return fail(graph.IndexError, fmt.Errorf("there are %d indices for the %d axes of shape %v", given, len(shape), shape))
	}
	if dots < 0 {
		spans = append(append([]span{}, spans...), span{kind: ellipsis})
	}
	var items []graph.AxisIndex
	axis := 0
	for _, s := range spans {
		switch s.kind {
		case newAxis:
			items = append(items, graph.AxisIndex{New: true})
		case ellipsis:
			for range len(shape) - given {
				items = append(items, graph.AxisIndex{Step: 1, Count: shape[axis]})
				axis++
			}
		default:
			item, kind, err := s.resolve(shape[axis])
			if err != nil {
				return fail(kind, fmt.Errorf("axis %d of shape %v: %w", axis, shape, err))
			}
			items = append(items, item)
			axis++
		}
	}
	return graph.Slice(at, in, items)
}

// resolve is what a range or single index takes of an axis, by the rules of
// Python's slice.indices.
func (s span) resolve(length int) (graph.AxisIndex, graph.Kind, error) {
	switch {
	case s.kind == ranged && s.step == 0:
		return graph.AxisIndex{}, graph.ValueError, errors.New("a slice's step is not 0")
	case length == block.Unknown && s.kind == ranged && s.start == Open && s.stop == Open && s.step == 1:
		return graph.AxisIndex{Step: 1, Count: block.Unknown}, "", nil
	case length == block.Unknown:
		return graph.AxisIndex{}, graph.IndexError, fmt.Errorf("its length is unknown, so that it can only be taken whole; %w", graph.ErrUnresolved)
	case s.kind == single:
		i := s.start
		if i < 0 {
			i += length
		}
		if i < 0 || i >= length {
			return graph.AxisIndex{}, graph.IndexError, fmt.Errorf("index %d is out of range for length %d", s.start, length)
		}
		return graph.AxisIndex{Drop: true, Start: i, Step: 1, Count: 1}, "", nil
	}
	step := max(s.step, -math.MaxInt)
	first, last := 0, length // where a range may start, and where it may stop
	if step < 0 {
		first, last = length-1, -1
	}
	clamp := func(i, open int) int {
		if i == Open {
			return open
		}
		if i < 0 {
			i += length
		}
		return min(max(i, min(first, last)), max(first, last))
	}
	start, stop := clamp(s.start, first), clamp(s.stop, last)
	count := 0
	switch {
	case step > 0 && start < stop:
		count = (stop-start-1)/step + 1
	case step < 0 && start > stop:
		count = (start-stop-1)/-step + 1
	}
	if count == 0 {
		start = 0
	}
	return graph.AxisIndex{Start: start, Step: step, Count: count}, "", nil
}

// parseIndex reads the text between brackets. Nothing between them takes
// everything.
func parseIndex(text string) ([]span, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	if n := len(parts) - 1; n > 0 && strings.TrimSpace(parts[n]) == "" {
		parts = parts[:n] // a comma at the end, as Python allows
	}
	spans := make([]span, len(parts))
	for i, part := range parts {
		part = strings.TrimSpace(part)
		s, err := parseSpan(part)
		if err != nil {
			return nil, fmt.Errorf("item %d of %q: %w", i, text, err)
		}
		spans[i] = s
	}
	return spans, nil
}

func parseSpan(text string) (span, error) {
	switch text {
	case "":
		return span{}, errors.New(`it is empty; write ":" for a whole axis`)
	case "...":
		return span{kind: ellipsis}, nil
	case "newaxis", "None":
		return span{kind: newAxis}, nil
	}
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return span{}, fmt.Errorf("%q has more than start:stop:step", text)
	}
	numbers := [3]int{Open, Open, 1}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" && len(parts) > 1 {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return span{}, fmt.Errorf("%q is not a whole number; an item is an index, start:stop:step, ... or newaxis", part)
		}
		numbers[i] = max(n, -math.MaxInt) // a number too large is beyond the end of any axis
	}
	if len(parts) == 1 {
		return span{kind: single, start: numbers[0]}, nil
	}
	return span{start: numbers[0], stop: numbers[1], step: numbers[2]}, nil
}
