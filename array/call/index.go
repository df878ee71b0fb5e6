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
	if text, ok := a.value("key").(string); ok {
		return x.Slice(text)
	}
	items, ok := a.value("key").([]Arg)
	if !ok {
		items = []Arg{a.value("key")}
	}
	index := make([]array.Index, len(items))
	for i, item := range items {
		index[i] = a.indexItem(item)
	}
	if a.err != nil {
		return x
	}
	return x.Index(index...)
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
		a.fail(graph.NotImplementedError, "key", errors.New("an index that is an array is not there yet"))
		return array.NewAxis
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
