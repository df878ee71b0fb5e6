package graph

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"gabion/block"
	"gabion/internal/op"
)

// Reshape gives the elements of in, in C order, another shape; one length may
// be -1 and follows from the others.
//
// An axis of unknown length stays; -1 stands for it.
//
// Groups of adjacent axes whose lengths do not change keep their blocks. In the
// others a block of the result holds elements that are adjacent in the group's
// C order, about as many as the largest block of the input does: the last axes
// whole, then one axis in parts, the axes before it in blocks of length 1. Nothing
// is one block.
func Reshape(site Site, in Ref, shape block.Shape) (Ref, error) {
	in, err := one(site, op.Reshape, in)
	if err != nil {
		return Ref{}, err
	}
	d := in.Describe()
	from := d.Shape()
	groups := aroundUnknown(from, shape)
	if groups == nil {
		if shape, err = fillIn(from, shape); err != nil {
			return Ref{}, fail(site, op.Reshape, err)
		}
		groups = ReshapeGroups(from, shape)
	}
	grid := make(block.Grid, len(shape))
	axes := make([]int, len(shape))
	size, err := from.Size()
	for _, group := range groups {
		if group.Kept(from, shape) {
			for i := range group.To[1] - group.To[0] {
				grid[group.To[0]+i], axes[group.To[0]+i] = d.Grid[group.From[0]+i], group.From[0]+i
			}
			continue
		}
		room := 1
		for axis := group.From[0]; axis < group.From[1]; axis++ {
			room *= d.Grid[axis].Largest()
		}
		for axis := group.To[1] - 1; axis >= group.To[0]; axis-- {
			chunk := max(1, min(room, shape[axis]))
			if err == nil && size == 0 { // one block, however long the other axes are
				chunk = shape[axis]
			}
			if chunk < shape[axis] {
				room = 1
			} else {
				room /= max(1, chunk)
			}
			grid[axis], axes[axis] = block.Regular(shape[axis], chunk), -1
		}
	}
	attrs := ShapeAttrs{slices.Clone(shape)}
	return node(site, op.Reshape, attrs, block.Description{
		DType: d.DType, Grid: grid, Names: pick(d.Names, axes), Attrs: carry(call(op.Reshape, attrs), in),
	}, in)
}

// aroundUnknown is the groups of a reshape that keeps the one axis of unknown
// length of an array, which -1 stands for, and has as many elements before and
// after it; nil if there is none.
func aroundUnknown(from, to block.Shape) []ReshapeGroup {
	i, j := slices.Index(from, block.Unknown), slices.Index(to, block.Unknown)
	if i < 0 || j < 0 {
		return nil
	}
	var groups []ReshapeGroup
	add := func(from0, from1, to0, to1 int) bool {
		a, err := from[from0:from1].Size()
		b, wrong := to[to0:to1].Size()
		if err != nil || wrong != nil || a != b || a == 0 {
			return false
		}
		for _, g := range ReshapeGroups(from[from0:from1], to[to0:to1]) {
			groups = append(groups, ReshapeGroup{From: [2]int{from0 + g.From[0], from0 + g.From[1]}, To: [2]int{to0 + g.To[0], to0 + g.To[1]}})
		}
		return true
	}
	if !add(0, i, 0, j) {
		return nil
	}
	groups = append(groups, ReshapeGroup{From: [2]int{i, i + 1}, To: [2]int{j, j + 1}})
	if !add(i+1, len(from), j+1, len(to)) {
		return nil
	}
	return groups
}

// fillIn is the shape that an array of shape from is given, without -1.
func fillIn(from, to block.Shape) (block.Shape, error) {
	if !from.Known() {
		return nil, fmt.Errorf("shape %v has an unknown length, which stays an axis of its own, -1 with as many elements before and after it, or none; %w", from, ErrUnresolved)
	}
	size, err := from.Size()
	if err != nil {
		return nil, err
	}
	to = slices.Clone(to)
	open, rest := -1, 1
	for axis, length := range to {
		switch {
		case length < -1:
			return nil, fmt.Errorf("shape %v has the negative length %d", []int(to), length)
		case length == -1 && open >= 0:
			return nil, fmt.Errorf("shape %v leaves more than one length open", []int(to))
		case length == -1:
			open = axis
		default:
			hi, lo := bits.Mul64(uint64(max(rest, 0)), uint64(length))
			switch {
			case length == 0:
				rest = 0
			case rest < 0 || hi != 0 || lo > math.MaxInt:
				rest = -1 // too many to count, unless a 0 follows
			default:
				rest = int(lo)
			}
		}
	}
	fits := rest == size
	if open >= 0 {
		fits = rest > 0 && size%rest == 0
		if fits {
			to[open] = size / rest
		}
	}
	if !fits {
		return nil, fmt.Errorf("shape %v has %d elements and cannot have shape %v", from, size, []int(to))
	}
	return to, nil
}

// ReshapeGroup is a run of axes of one shape and the run of axes of another
// that it becomes, both half-open ranges. The products of the lengths are equal.
type ReshapeGroup struct{ From, To [2]int }

// Kept reports whether the group's lengths stay as they are.
func (g ReshapeGroup) Kept(from, to block.Shape) bool {
	return slices.Equal(from[g.From[0]:g.From[1]], to[g.To[0]:g.To[1]])
}

// ReshapeGroups divides two shapes of the same known size into the smallest
// groups of adjacent axes that a reshape keeps apart, from the first axes to
// the last. An axis of length 1 that comes or goes is a group whose other range
// is empty. The axes of an empty array are one group.
func ReshapeGroups(from, to block.Shape) []ReshapeGroup {
	if slices.Contains(from, 0) || slices.Contains(to, 0) {
		return []ReshapeGroup{{From: [2]int{0, len(from)}, To: [2]int{0, len(to)}}}
	}
	var groups []ReshapeGroup
	for i, j := 0, 0; i < len(from) || j < len(to); {
		g := ReshapeGroup{From: [2]int{i, i}, To: [2]int{j, j}}
		switch {
		case i < len(from) && j < len(to) && from[i] == to[j]:
			i, j = i+1, j+1
		case i < len(from) && (from[i] == 1 || j == len(to)):
			i++
		case j < len(to) && (to[j] == 1 || i == len(from)):
			j++
		default:
			a, b := from[i], to[j]
			i, j = i+1, j+1
			for a != b && (i < len(from) || j < len(to)) {
				if j == len(to) || a < b && i < len(from) {
					a *= from[i]
					i++
				} else {
					b *= to[j]
					j++
				}
			}
		}
		g.From[1], g.To[1] = i, j
		groups = append(groups, g)
	}
	return groups
}
