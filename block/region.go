package block

import (
	"fmt"
	"slices"
	"strings"
)

// Region is a box of an array's index space: Start is the first index along
// each axis, Shape the number of indices. A region of rank 0 holds one element.
type Region struct {
	Start []int
	Shape Shape
}

// Whole is the region that covers an array of the given shape.
func Whole(s Shape) Region { return Region{Start: make([]int, len(s)), Shape: s} }

// Rank is the number of axes.
func (r Region) Rank() int { return len(r.Shape) }

// Stop is the index after the last one along axis.
func (r Region) Stop(axis int) int { return r.Start[axis] + r.Shape[axis] }

// Elements is the number of elements in r.
func (r Region) Elements() int { return r.Shape.Elements() }

// Empty reports whether r holds no element.
func (r Region) Empty() bool { return slices.Contains(r.Shape, 0) }

// Clone copies r.
func (r Region) Clone() Region {
	return Region{Start: slices.Clone(r.Start), Shape: slices.Clone(r.Shape)}
}

// Equal reports whether r and t are the same box.
func (r Region) Equal(t Region) bool {
	return slices.Equal(r.Start, t.Start) && r.Shape.Equal(t.Shape)
}

// Contains reports whether every element of t lies in r.
func (r Region) Contains(t Region) bool {
	for axis := range r.Shape {
		if t.Start[axis] < r.Start[axis] || t.Stop(axis) > r.Stop(axis) {
			return false
		}
	}
	return true
}

// Intersect is the part that r and t share; ok is false where they share nothing.
func (r Region) Intersect(t Region) (shared Region, ok bool) {
	shared = Region{Start: make([]int, len(r.Shape)), Shape: make(Shape, len(r.Shape))}
	ok = true
	for axis := range r.Shape {
		start, stop := max(r.Start[axis], t.Start[axis]), min(r.Stop(axis), t.Stop(axis))
		shared.Start[axis], shared.Shape[axis] = start, max(0, stop-start)
		ok = ok && stop > start
	}
	return shared, ok
}

// Relative is r as seen from an array that starts at origin.
func (r Region) Relative(origin []int) Region {
	start := make([]int, len(r.Start))
	for axis := range start {
		start[axis] = r.Start[axis] - origin[axis]
	}
	return Region{Start: start, Shape: r.Shape}
}

// String is the region as slices: [0:3, 10:20].
func (r Region) String() string {
	parts := make([]string, len(r.Shape))
	for axis := range r.Shape {
		parts[axis] = fmt.Sprintf("%d:%d", r.Start[axis], r.Stop(axis))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Within returns an error unless r is a well-formed region of an array of
// shape s.
func (r Region) Within(s Shape) error {
	if len(r.Start) != len(s) || len(r.Shape) != len(s) {
		return fmt.Errorf("region %v has %d axes, the array of shape %v has %d", r.Shape, len(r.Shape), s, len(s))
	}
	for axis := range s {
		if r.Start[axis] < 0 || r.Shape[axis] < 0 || r.Start[axis] > s[axis]-r.Shape[axis] {
			return fmt.Errorf("region %v is not inside the array of shape %v", r, s)
		}
	}
	return nil
}
