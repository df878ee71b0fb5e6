package graph

import (
	"errors"

	"gabion/dtype"
	"gabion/internal/op"
)

// Clip is in with no element below low and none above high, one of which may be
// missing: a Ref without a node. An integer literal as a bound that is beyond the
// type of the elements binds nothing, if it is on its side of them.
func Clip(site Site, in, low, high Ref) (Ref, error) {
	switch {
	case low.Node != nil && high.Node != nil:
		return Elementwise(site, op.Clip, in, low, high)
	case high.Node != nil:
		return bounded(site, op.Minimum, in, high, 2)
	}
	return bounded(site, op.Maximum, in, low, 1)
}

// bounded is in with one bound, which is operand i of clip.
func bounded(site Site, name op.Name, in, bound Ref, i int) (Ref, error) {
	if err := checkInputs(in, bound); err != nil {
		return Ref{}, fail(site, op.Clip, err)
	}
	if value, ok := weak(bound); ok {
		var overflow *dtype.OverflowError
		_, err := value.Convert(meeting(name, []Ref{in, bound})[1])
		if errors.As(err, &overflow) && bindsNothing(overflow, i) {
			return typed(in), nil
		}
	}
	return Elementwise(site, name, in, bound)
}

// bindsNothing reports whether an integer that does not fit the type of what is
// clipped is below all of it, as operand 1, or above, as operand 2.
func bindsNothing(overflow *dtype.OverflowError, i int) bool {
	v, ok := overflow.Value.Value().(int64)
	below := ok && v < 0
	return i == 1 && below || i == 2 && !below
}

// limit is the bound of a type that binds nothing, as operand 1 or 2 of clip.
func limit(d dtype.DType, i int) dtype.Scalar {
	least, greatest, _ := dtype.Limits(d)
	if i == 1 {
		return least
	}
	return greatest
}
