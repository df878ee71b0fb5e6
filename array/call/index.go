package call

import (
	"errors"
	"fmt"
	"math"

	"gabion/array"
	"gabion/graph"
	"gabion/graph/document"
)

// getitem takes a part of an array: of each axis an index or a slice, with new
// axes and an ellipsis; or what text says, as between Python's brackets.
func getitem(a *arguments) array.Array {
	x := a.array("x")
	index := a.index(a.value("key"))
	if a.err != nil {
		return x
	}
	return x.Index(index...)
}

// index is what is taken of each axis.
func (a *arguments) index(key Arg) []array.Index {
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

// indexList is a list of indices, which may be lists in turn, all of one shape; of
// bools it is a mask.
func (a *arguments) indexList(list []Arg) array.Index {
	var shape []int
	var numbers []int
	var mask []bool
	var walk func(v Arg, depth int) bool
	walk = func(v Arg, depth int) bool {
		items, ok := v.([]Arg)
		if !ok {
			if b, isBool := v.(bool); isBool {
				mask = append(mask, b)
				return depth == len(shape)
			}
			numbers = append(numbers, a.whole("key", v))
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
	even := walk(list, 0)
	switch {
	case a.err != nil:
	case !even || len(mask) > 0 && len(numbers) > 0:
		a.fail(graph.IndexError, "key", errors.New("a list in an index has whole numbers or bools, and lists within it have one length"))
	case len(mask) > 0:
		return array.Mask(mask, shape...)
	}
	return array.ListND(numbers, shape...)
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
