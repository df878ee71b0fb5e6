package block

import (
	"math"
	"strings"
)

// Grid says how an array is divided into blocks: one Axis an axis. Blocks are
// numbered in C order, the last axis fastest. A grid is immutable.
type Grid []Axis

// RegularGrid divides shape into blocks of the given sizes; see Regular.
func RegularGrid(shape, chunks Shape) Grid {
	g := make(Grid, len(shape))
	for axis := range g {
		g[axis] = Regular(shape[axis], chunks[axis])
	}
	return g
}

// Shape is the shape of the array.
func (g Grid) Shape() Shape {
	s := make(Shape, len(g))
	for axis := range g {
		s[axis] = g[axis].length
	}
	return s
}

// Blocks is the number of blocks, or math.MaxInt where that is too small to
// count them.
func (g Grid) Blocks() int {
	n := 1
	for _, a := range g {
		if n > math.MaxInt/a.Blocks() {
			return math.MaxInt
		}
		n *= a.Blocks()
	}
	return n
}

// Counts is the number of blocks along each axis.
func (g Grid) Counts() []int {
	counts := make([]int, len(g))
	for axis, a := range g {
		counts[axis] = a.Blocks()
	}
	return counts
}

// Index is the position along each axis of the block with the given number.
func (g Grid) Index(number int) []int {
	index := make([]int, len(g))
	for axis := len(g) - 1; axis >= 0; axis-- {
		n := g[axis].Blocks()
		index[axis] = number % n
		number /= n
	}
	return index
}

// Number is the number of the block at the given position.
func (g Grid) Number(index []int) int {
	number := 0
	for axis, i := range index {
		number = number*g[axis].Blocks() + i
	}
	return number
}

// Region is the part of the array that the block at the given position covers.
func (g Grid) Region(index []int) Region {
	r := Region{Start: make([]int, len(g)), Shape: make(Shape, len(g))}
	for axis, i := range index {
		r.Start[axis], r.Shape[axis] = g[axis].Block(i)
	}
	return r
}

// Overlap is the box of block positions that hold elements of r.
func (g Grid) Overlap(r Region) Region {
	box := Region{Start: make([]int, len(g)), Shape: make(Shape, len(g))}
	for axis, a := range g {
		first, last := a.Overlap(r.Start[axis], r.Stop(axis))
		box.Start[axis], box.Shape[axis] = first, last-first
	}
	return box
}

// Largest is the shape of a block that is longest along every axis.
func (g Grid) Largest() Shape {
	s := make(Shape, len(g))
	for axis, a := range g {
		s[axis] = a.Largest()
	}
	return s
}

// Equal reports whether g and h divide the same shape in the same way.
func (g Grid) Equal(h Grid) bool {
	if len(g) != len(h) {
		return false
	}
	for axis := range g {
		if !g[axis].Equal(h[axis]) {
			return false
		}
	}
	return true
}

// Refines reports whether each block of h is made of whole blocks of g.
func (g Grid) Refines(h Grid) bool {
	if len(g) != len(h) {
		return false
	}
	for axis := range g {
		if !g[axis].Refines(h[axis]) {
			return false
		}
	}
	return true
}

// Known reports whether every length is known.
func (g Grid) Known() bool {
	for _, a := range g {
		if !a.Known() {
			return false
		}
	}
	return true
}

// String lists the block sizes along each axis: (10x100, 64+36).
func (g Grid) String() string {
	parts := make([]string, len(g))
	for axis, a := range g {
		parts[axis] = a.String()
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// Positions calls f for every position in box, in C order, until f returns
// false. f must not keep or change the slice it is given.
func Positions(box Region, f func(position []int) bool) {
	if box.Empty() {
		return
	}
	at := append([]int(nil), box.Start...)
	for {
		if !f(at) {
			return
		}
		axis := len(at) - 1
		for ; axis >= 0; axis-- {
			at[axis]++
			if at[axis] < box.Stop(axis) {
				break
			}
			at[axis] = box.Start[axis]
		}
		if axis < 0 {
			return
		}
	}
}
