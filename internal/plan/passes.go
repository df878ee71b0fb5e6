package plan

import (
	"slices"

	"gabion/block"
)

// use says which blocks of a source a reader needs: for every axis how many of
// the reader's blocks along it need each of those that the window meets.
type use struct {
	users  [][]int
	repeat int // how often they are needed along axes that the source does not have

	// joint, if axes are walked together, tells whether the block at a
	// position is needed; users are then what each may need at most.
	joint func(at []int) bool
}

// use finds the use that a reader makes of a source; ok is false if it is none.
func (p *Plan) use(r Reader) (u use, ok bool) {
	s := &p.Stages[r.Stage]
	in := &s.Inputs[r.Input]
	space := s.space(r.Input)
	window := p.Stages[in.Stage].Window
	if window.Empty() || space.Shape().Elements() == 0 {
		return u, false
	}
	if in.Gather != nil {
		return p.gatherUse(r), true
	}
	u.repeat = 1
	used := make([]bool, len(space))
	for dim, d := range in.View.Dims {
		low, high := 0, 1
		if d.Axis >= 0 {
			used[d.Axis] = true
			low, high = s.part(r.Input, d.Axis)
		}
		first, last := in.Grid[dim].Overlap(window.Start[dim], window.Stop(dim))
		counts := make([]int, min(last-first, sampled))
		for b := range counts {
			start, size := in.Grid[dim].Block(first + b)
			if d.Axis < 0 {
				if d.Start >= start && d.Start < start+size {
					counts[b] = 1
				}
				continue
			}
			from, to := users(space[d.Axis], low, high, d, start, size)
			counts[b] = to - from
		}
		u.users = append(u.users, counts)
	}
	for axis, a := range space {
		if !used[axis] {
			low, high := s.part(r.Input, axis)
			first, last := a.Overlap(low, high)
			u.repeat *= last - first
		}
	}
	return u, true
}

// most is how many of the reader's blocks need one block of the source at most.
func (u use) most() int {
	n := u.repeat
	for _, counts := range u.users {
		n *= slices.Max(counts)
	}
	return n
}

// part is the range of an axis of a stage's space that sees an input, as far as
// it is active.
func (s *Stage) part(input, axis int) (low, high int) {
	low, high = s.activeIn(input, axis)
	if s.Select != nil && s.Select.Axis == axis {
		low, high = max(low, s.Select.Bounds[input]), min(high, s.Select.Bounds[input+1])
	}
	return low, max(low, high)
}

// needed is the part of a load's window, in its blocks whose index along the
// first axis is from at least and below to, that all the uses need.
func (p *Plan) needed(load, from, to int, uses ...use) float64 {
	s := &p.Stages[load]
	if len(s.Grid) == 0 && (from > 0 || to == 0) {
		return 0
	}
	if slices.ContainsFunc(uses, func(u use) bool { return u.joint != nil }) && p.windowBlocks(load) <= countedBlocks {
		return p.neededJointly(load, from, to, uses)
	}
	part := 1.0
	for dim, a := range s.Grid {
		first, _ := a.Overlap(s.Window.Start[dim], s.Window.Stop(dim))
		needed, all := 0, 0
		for b := range uses[0].users[dim] {
			start, size := a.Block(first + b)
			length := min(start+size, s.Window.Stop(dim)) - max(start, s.Window.Start[dim])
			all += length
			inside := dim > 0 || first+b >= from && first+b < to
			if inside && !slices.ContainsFunc(uses, func(u use) bool { return u.users[dim][b] == 0 }) {
				needed += length
			}
		}
		part *= float64(needed) / float64(all)
	}
	return part
}

// countedBlocks is up to how many blocks are looked at one by one where axes are
// walked together.
const countedBlocks = 1 << 18

// neededJointly is needed, block by block.
func (p *Plan) neededJointly(load, from, to int, uses []use) float64 {
	s := &p.Stages[load]
	box := s.Grid.Overlap(s.Window)
	needed := 0
	block.Positions(box, func(at []int) bool {
		if at[0] < from || at[0] >= to {
			return true
		}
		for _, u := range uses {
			if u.joint != nil && !u.joint(at) {
				return true
			}
			for dim, counts := range u.users {
				if b := at[dim] - box.Start[dim]; b < len(counts) && counts[b] == 0 {
					return true
				}
			}
		}
		part, _ := s.Grid.Region(at).Intersect(s.Window)
		needed += part.Elements()
		return true
	})
	return float64(needed) / float64(s.Window.Elements())
}

// neededByAny is the part that any of the uses needs.
func (p *Plan) neededByAny(load, from, to int, uses []use) float64 {
	var different []use
	for _, u := range uses {
		if !slices.ContainsFunc(different, func(v use) bool { return sameBlocks(u, v) }) {
			different = append(different, u)
		}
	}
	if len(different) > 8 { // an upper bound will do
		sum := 0.0
		for _, u := range different {
			sum += p.needed(load, from, to, u)
		}
		return min(1, sum)
	}
	total := 0.0
	for set := 1; set < 1<<len(different); set++ { // inclusion and exclusion
		var chosen []use
		for i, u := range different {
			if set>>i&1 == 1 {
				chosen = append(chosen, u)
			}
		}
		part := p.needed(load, from, to, chosen...)
		if len(chosen)%2 == 0 {
			part = -part
		}
		total += part
	}
	return total
}

func sameBlocks(u, v use) bool {
	if u.joint != nil || v.joint != nil {
		return false
	}
	for dim := range u.users {
		for b, n := range u.users[dim] {
			if (n > 0) != (v.users[dim][b] > 0) {
				return false
			}
		}
	}
	return true
}

// direct is what a reader reads of a source, as a multiple of its window, if
// each of its tasks reads what it needs.
func (p *Plan) direct(r Reader) float64 {
	s := &p.Stages[r.Stage]
	in := &s.Inputs[r.Input]
	if in.Gather != nil { // blocks are read whole
		return p.gatherFactor(r)
	}
	space := s.space(r.Input)
	used := make([]bool, len(space))
	read := 1.0
	for _, d := range in.View.Dims {
		if d.Axis < 0 {
			continue
		}
		used[d.Axis] = true
		low, high := s.part(r.Input, d.Axis)
		first, last := space[d.Axis].Overlap(low, high)
		step := max(d.Step, -d.Step)
		read *= float64((high-low-(last-first))*step + last - first)
	}
	for axis, a := range space {
		if !used[axis] {
			low, high := s.part(r.Input, axis)
			first, last := a.Overlap(low, high)
			read *= float64(last - first)
		}
	}
	return read / float64(p.Stages[in.Stage].Window.Elements())
}
