package call

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gabion/array"
	"gabion/graph"
	"gabion/graph/document"
)

// getitem takes a part of an array: of each axis an index or a slice, with new
// axes and an ellipsis; or what text says, as between Python's brackets.
func getitem(a *arguments) array.Array {
	x := a.array("x")
	key := a.value("key")
	items, listed := key.([]Arg)
	if !listed {
		items = []Arg{key}
	}
	at := a.alone(items)
	if at < 0 || a.err != nil {
		index := a.index(key)
		if a.err != nil {
			return x
		}
		return x.Index(index...)
	}
	keep := items[at] == true
	items = slices.Clone(items)
	items[at] = nil
	x = a.made(x.Index(a.index(items)...))
	if keep || a.err != nil || x.Err() != nil {
		return x
	}
	axis := at
	if slices.ContainsFunc(items[:at], func(item Arg) bool { return item == document.Ellipsis{} }) {
		axis = x.Rank() - (len(items) - at)
	}
	return x.Index(append(slices.Repeat([]array.Index{array.All()}, axis), array.Range(0, 0))...)
}

// oindex takes each list and mask along an axis of its own.
func oindex(a *arguments) array.Array {
	x := a.array("x")
	index := a.items(a.value("key"))
	if a.err != nil {
		return x
	}
	return x.IndexOuter(index...)
}

// index is what is taken of each axis, by lists that meet.
func (a *arguments) index(key Arg) []array.Index {
	if items, ok := key.([]Arg); ok {
		a.meeting(items)
	}
	return a.items(key)
}

// items are those of an index.
func (a *arguments) items(key Arg) []array.Index {
	if text, ok := key.(string); ok {
		items, err := array.ParseIndex(text)
		if err != nil {
			a.fail(graph.ValueError, "key", err)
		}
		return items
	}
	items, ok := key.([]Arg)
	if !ok {
		items = []Arg{key}
	}
	index := make([]array.Index, len(items))
	for i, item := range items {
		index[i] = a.indexItem(item)
	}
	return index
}

// maxMeeting bounds the places that lists of an index name together: two lists of a
// few thousand indices, one along each axis, may name more than memory has.
const maxMeeting = 1 << 23

// meeting keeps lists from meeting in too many places.
func (a *arguments) meeting(items []Arg) {
	var lengths []int // by axis, from the last one
	for _, item := range items {
		var shape []int
		for list, ok := item.([]Arg); ok && len(list) > 0 && len(shape) < document.MaxAxes; list, ok = list[0].([]Arg) {
			shape = append(shape, len(list))
		}
		for i := range shape {
			if n := shape[len(shape)-1-i]; i == len(lengths) {
				lengths = append(lengths, n)
			} else {
				lengths[i] = max(lengths[i], n)
			}
		}
	}
	places := 1
	for _, n := range lengths {
		if places *= n; places > maxMeeting {
			a.fail(graph.ValueError, "key", fmt.Errorf("the lists name more than %d places together: take them in several steps", maxMeeting))
			return
		}
	}
}

// nested is a list, of lists perhaps, that are all of one shape: of numbers or of
// bools. It is not even if they are of several shapes, or of both kinds.
func nested(list []Arg) (shape []int, numbers []Arg, mask []bool, even bool) {
	var walk func(v Arg, depth int) bool
	walk = func(v Arg, depth int) bool {
		items, ok := v.([]Arg)
		if !ok {
			if b, isBool := v.(bool); isBool {
				mask = append(mask, b)
			} else {
				numbers = append(numbers, v)
			}
			return depth == len(shape)
		}
		if depth == len(shape) && len(numbers)+len(mask) == 0 {
			shape = append(shape, len(items))
		}
		if depth >= len(shape) || shape[depth] != len(items) || depth > document.MaxAxes {
			return false
		}
		for _, item := range items {
			if !walk(item, depth+1) {
				return false
			}
		}
		return true
	}
	even = walk(list, 0) && (len(mask) == 0 || len(numbers) == 0)
	return shape, numbers, mask, even
}

// indexList is a list of indices, of any shape, or a mask.
func (a *arguments) indexList(list []Arg) array.Index {
	shape, numbers, mask, even := nested(list)
	switch {
	case !even:
		a.fail(graph.IndexError, "key", errors.New("a list in an index has whole numbers or bools, and lists within it have one length"))
	case mask != nil:
		return array.Mask(mask, shape...)
	}
	indices := make([]int, len(numbers))
	for i, v := range numbers {
		indices[i] = a.whole("key", v)
	}
	return array.ListND(indices, shape...)
}

// alone is the place of a bool that is an item of an index, which adds an axis, of
// length 1 for true and 0 for false; -1 if there is none.
func (a *arguments) alone(items []Arg) int {
	at, others := -1, 0
	for i, item := range items {
		switch item.(type) {
		case bool:
			if at >= 0 {
				others++
			}
			at = i
		case nil, document.Slice, document.Ellipsis:
		default:
			others++
		}
	}
	if at >= 0 && others > 0 {
		a.fail(graph.IndexError, "key", errors.New("a bool in an index adds an axis, and stands with slices only; a mask is a list or an array"))
	}
	return at
}

func (a *arguments) indexItem(v Arg) array.Index {
	switch v := v.(type) {
	case nil:
		return array.NewAxis
	case document.Ellipsis:
		return array.Ellipsis
	case document.Slice:
		numbers := [3]int{array.Open, array.Open, 1}
		for i, n := range []*int{v.Start, v.Stop, v.Step} {
			if n != nil {
				numbers[i] = *n
			}
		}
		return array.RangeStep(numbers[0], numbers[1], numbers[2])
	case array.Array:
		return v
	case []Arg:
		return a.indexList(v)
	}
	n, ok := integer(v)
	switch {
	case !ok:
		a.fail(graph.IndexError, "key", fmt.Errorf("an index is made of whole numbers, slices, new axes and one ellipsis, not of %s", described(v)))
		return array.NewAxis
	case !n.IsInt64() || n.Int64() <= math.MinInt:
		a.fail(graph.IndexError, "key", fmt.Errorf("index %s is out of range for any length", described(n)))
		return array.NewAxis
	}
	return array.At(int(n.Int64()))
}
