package block

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Unknown is the length of an axis that only running the plan can tell.
const Unknown = -1

// Shape is the length of an array along each axis. A length may be Unknown.
type Shape []int

// Size is the number of elements, or an error if a length is unknown or
// negative or the product does not fit an int.
func (s Shape) Size() (int, error) {
	n := uint64(1)
	over := false
	for axis, length := range s {
		switch {
		case length == Unknown:
			return 0, fmt.Errorf("axis %d of shape %v has an unknown length", axis, s)
		case length < 0:
			return 0, fmt.Errorf("axis %d of shape %v has a negative length", axis, s)
		case length == 0:
			return 0, s[axis+1:].check()
		}
		hi, lo := bits.Mul64(n, uint64(length))
		over = over || hi != 0 || lo > math.MaxInt
		n = lo
	}
	if over {
		return 0, fmt.Errorf("shape %v has more elements than an int can count", s)
	}
	return int(n), nil
}

func (s Shape) check() error {
	for _, length := range s {
		if length < 0 {
			return fmt.Errorf("shape ends in %v, which has a negative or unknown length", s)
		}
	}
	return nil
}

// Known reports whether no length is Unknown.
func (s Shape) Known() bool { return !slices.Contains(s, Unknown) }

// Elements is Size for a shape that was checked before.
func (s Shape) Elements() int {
	n := 1
	for _, length := range s {
		n *= length
	}
	return n
}

// Strides are the distances, in elements, between neighbours along each axis
// of a dense array of shape s in C order.
func (s Shape) Strides() []int {
	strides := make([]int, len(s))
	n := 1
	for axis := len(s) - 1; axis >= 0; axis-- {
		strides[axis] = n
		n *= s[axis]
	}
	return strides
}

// Equal reports whether s and t have the same lengths.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// String is the shape as Go and NumPy users write it: (3, 4), with ? for an
// unknown length.
func (s Shape) String() string {
	parts := make([]string, len(s))
	for i, length := range s {
		if length == Unknown {
			parts[i] = "?"
		} else {
			parts[i] = strconv.Itoa(length)
		}
	}
	if len(s) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// Broadcast is the shape that arrays of the given shapes are stretched to in an
// elementwise operation: shapes are aligned at their last axes, and a length of
// 1 (or a missing axis) stretches to the other's length. Shapes that do not
// broadcast are a *BroadcastError.
func Broadcast(shapes ...Shape) (Shape, error) {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	out := make(Shape, rank)
	for axis := range out {
		out[axis] = 1
		for _, s := range shapes {
			i := axis - rank + len(s)
			switch {
			case i < 0 || s[i] == 1 || s[i] == out[axis]:
			case out[axis] == 1:
				out[axis] = s[i]
			default:
				return nil, &BroadcastError{Shapes: shapes, Axis: axis, Lengths: [2]int{out[axis], s[i]}}
			}
		}
	}
	return out, nil
}

// BroadcastError reports shapes that do not broadcast.
type BroadcastError struct {
	Shapes  []Shape
	Axis    int    // of the result, which the shapes disagree on
	Name    string // of the axis, if it has one that is known
	Lengths [2]int // two of the lengths along the axis
}

func (e *BroadcastError) Error() string {
	name := ""
	if e.Name != "" {
		name = " (" + e.Name + ")"
	}
	return fmt.Sprintf("shapes %s do not broadcast: along axis %d%s of the result the lengths are %s and %s",
		joinShapes(e.Shapes), e.Axis, name, length(e.Lengths[0]), length(e.Lengths[1]))
}

func length(n int) string {
	if n == Unknown {
		return "unknown"
	}
	return strconv.Itoa(n)
}

func joinShapes(shapes []Shape) string {
	parts := make([]string, len(shapes))
	for i, s := range shapes {
		parts[i] = s.String()
	}
	return strings.Join(parts, " and ")
}
