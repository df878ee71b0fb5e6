package plan

import (
	"sort"

	"gabion/block"
)

// Units is the number of units of work of the stage: its blocks, or, where it
// reduces, the runs of blocks that make one block of the result.
func (s *Stage) Units() int {
	n := 1
	for axis, a := range s.Grid {
		if s.Reduced == nil || !s.Reduced[axis] {
			n *= a.Blocks()
		}
	}
	return n
}

// Leaves is the number of blocks in each unit.
func (s *Stage) Leaves() int {
	n := 1
	for axis, a := range s.Grid {
		if s.Reduced != nil && s.Reduced[axis] {
			n *= a.Blocks()
		}
	}
	return n
}

// Position is the place in the stage's grid of a leaf of a unit: both count in
// C order, units over the kept axes and leaves over the reduced ones.
func (s *Stage) Position(unit, leaf int) []int {
	at := make([]int, len(s.Grid))
	for axis := len(s.Grid) - 1; axis >= 0; axis-- {
		n := s.Grid[axis].Blocks()
		if s.Reduced != nil && s.Reduced[axis] {
			at[axis] = leaf % n
			leaf /= n
			continue
		}
		at[axis] = unit % n
		unit /= n
	}
	return at
}

// Place is the unit and leaf at a position of the stage's grid.
func (s *Stage) Place(at []int) (unit, leaf int) {
	for axis, i := range at {
		n := s.Grid[axis].Blocks()
		if s.Reduced != nil && s.Reduced[axis] {
			leaf = leaf*n + i
			continue
		}
		unit = unit*n + i
	}
	return unit, leaf
}

// space is the grid whose blocks need something of an input.
func (s *Stage) space(input int) block.Grid {
	if blocks := s.Inputs[input].Blocks; blocks != nil {
		return blocks
	}
	return s.Grid
}

// Blocks calls f for the position of each block of input i that the block of the
// stage at position at, which covers r, needs, until f returns false.
func (s *Stage) Blocks(i int, at []int, r block.Region, f func(position []int) bool) {
	if s.Inputs[i].Gather != nil {
		s.Gathering(i, at, r).Blocks(f)
		return
	}
	if _, box, ok := s.Needs(i, at, r); ok {
		block.Positions(box, f)
	}
}

// Needs is what the block of the stage at position at, which covers r, needs of
// input i, which has a View: a region of it, and the box of its blocks that hold the region. ok is
// false if it needs nothing.
func (s *Stage) Needs(i int, at []int, r block.Region) (need block.Region, blocks block.Region, ok bool) {
	in := &s.Inputs[i]
	if s.Select != nil {
		start := r.Start[s.Select.Axis]
		if start < s.Select.Bounds[i] || start >= s.Select.Bounds[i+1] {
			return need, blocks, false
		}
	}
	if in.Blocks != nil {
		r = in.Blocks.Region(at)
	}
	need = in.View.Region(r)
	if need.Empty() || r.Empty() {
		return need, blocks, false
	}
	return need, in.Grid.Overlap(need), true
}

// Reads says which inputs the block covering r is made from: first <= i < last.
// They are all, or the one that is selected.
func (s *Stage) Reads(r block.Region) (first, last int) {
	if s.Select == nil {
		return 0, len(s.Inputs)
	}
	start := r.Start[s.Select.Axis]
	i := sort.Search(len(s.Inputs)-1, func(i int) bool { return s.Select.Bounds[i+1] > start })
	return i, i + 1
}

// Users is the number of blocks of the stage that need the block of input i at
// position at of the input's grid: the inverse of Needs.
func (s *Stage) Users(i int, at []int) int {
	in := &s.Inputs[i]
	if in.Gather != nil {
		return s.gatherUsers(i, at)
	}
	space := s.space(i)
	for dim, d := range in.View.Dims {
		start, size := in.Grid[dim].Block(at[dim])
		if (d.Axis < 0 || d.Step == 0) && (d.Start < start || d.Start >= start+size) {
			return 0
		}
	}
	count := 1
	for axis, a := range space {
		if a.Len() == 0 {
			return 0
		}
		low, high := s.part(i, axis)
		first, last := a.Overlap(low, high)
		for dim, d := range in.View.Dims { // several where the axis walks a diagonal
			if d.Axis != axis || d.Step == 0 {
				continue
			}
			start, size := in.Grid[dim].Block(at[dim])
			from, to := users(a, low, high, d, start, size)
			first, last = max(first, from), min(last, to)
		}
		count *= max(0, last-first)
	}
	return count
}

// users is the range of blocks first <= b < last of the part from to until of an
// axis whose view of an input, as the smallest interval that holds it, meets
// start to start+size.
func users(axis block.Axis, from, until int, d block.ViewDim, start, size int) (first, last int) {
	if from >= until || size == 0 {
		return 0, 0
	}
	low, high := block.CeilDiv(start-d.Start, d.Step), block.FloorDiv(start+size-1-d.Start, d.Step)
	if d.Step < 0 {
		low, high = block.CeilDiv(start+size-1-d.Start, d.Step), block.FloorDiv(start-d.Start, d.Step)
	}
	// Indices low to high see the block itself; where the step jumps over
	// the block, high is low-1 and a block that holds both sees around it.
	if low >= until || high < from {
		return 0, 0
	}
	return axis.Find(max(low, from)), axis.Find(min(high, until-1)) + 1
}
