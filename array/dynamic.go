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

// Arrays of element types that are known when the program runs. Where the type
// is known before, FromSlice, Full and Arange are shorter.

// FromBlock is an array over the elements of a block, without copying them:
// they must not change while anything made of the array is in use.
func FromBlock(elements block.Block, opts ...CreateOption) Array {
	return create("from_block", elements.DType, elements.Shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		if !hasElements(elements) {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: "from_block", Site: at,
				Err: errors.New("the block does not have the elements of its shape, aligned in its memory: block.Dense makes one that has")}
		}
		return graph.Read(at, &graph.Slot{Value: &memorySource{out, elements}})
	})
}

// hasElements reports whether all elements of a block lie in its memory.
func hasElements(b block.Block) bool {
	if !b.DType.Valid() || len(b.Strides) != len(b.Shape) || !dtype.Aligned(b.Data, b.DType) {
		return false
	}
	if slices.Contains(b.Shape, 0) {
		return true
	}
	room := len(b.Data) / b.DType.Size()
	first, last := b.Offset, b.Offset
	for axis, n := range b.Shape {
		stride := b.Strides[axis]
		switch {
		case n == 1 || stride == 0:
			continue
		case stride > room || stride < -room || n-1 > room/max(stride, -stride):
			return false
		case stride > 0:
			last += stride * (n - 1)
		default:
			first += stride * (n - 1)
		}
		if first < 0 || last >= room {
			return false
		}
	}
	return first >= 0 && last < room
}

// FullOf is v everywhere in an array of a shape; see Full.
func FullOf(shape []int, v dtype.Scalar, opts ...CreateOption) Array {
	return everywhere(op.Full, shape, v, opts)
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
