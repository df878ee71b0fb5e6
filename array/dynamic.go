package array

import (
	"errors"
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Arrays of element types that are known when the program runs. Where the type
// is known before, FromSlice, Full and Arange are shorter.

// FromBlock is an array over the elements of a block, without copying them:
// they must not change while anything made of the array is in use.
func FromBlock(elements block.Block, opts ...CreateOption) Array {
	return create(op.Read, elements.DType, elements.Shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		if !elements.DType.Valid() || len(elements.Strides) != len(elements.Shape) {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: op.Read, Site: at, Err: errors.New("the block is not one of elements: block.Dense makes one")}
		}
		return graph.Read(at, &graph.Slot{Value: &memorySource{out, elements}})
	})
}

// FullOf is v everywhere in an array of a shape; see Full.
func FullOf(shape []int, v dtype.Scalar, opts ...CreateOption) Array {
	return create(op.Full, v.DType, shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Full(at, out.Grid, v)
	})
}

// RangeOf is count elements of type d along one axis: start, start + step, and
// so on. Both are an int64 or uint64 for a type of integers, of which elements
// wrap around, or a float64 for a floating-point type; see Arange.
func RangeOf(d dtype.DType, start, step dtype.Scalar, count int, opts ...CreateOption) Array {
	var attrs graph.ArangeAttrs
	err := rangeNumber(d, start, &attrs.IntStart, &attrs.Start)
	if err == nil {
		err = rangeNumber(d, step, &attrs.IntStep, &attrs.Step)
	}
	if err != nil {
		return mistake(graph.TypeError, op.Arange, site(), err)
	}
	return create(op.Arange, d, []int{count}, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Arange(at, out.DType, out.Grid, attrs)
	})
}

// rangeNumber is a number of a range as an integer or as a floating-point
// number, which is what the elements are.
func rangeNumber(d dtype.DType, v dtype.Scalar, integer *int64, float *float64) error {
	if !d.IsInteger() && !d.IsFloat() {
		return nil // which graph.Arange refuses
	}
	switch v := v.Value().(type) {
	case int64:
		if d.IsInteger() {
			*integer = v
			return nil
		}
	case uint64:
		if d.IsInteger() {
			*integer = int64(v) // in which ranges are computed, and wrap
			return nil
		}
	case float64:
		if d.IsFloat() {
			*float = v
			return nil
		}
	}
	return fmt.Errorf("a range of %v is not made of the number %v of type %v", d, v, v.DType)
}
