package plan

import (
	"fmt"
	"slices"

	"gabion/block"
)

// use says which blocks of a source a reader needs: for every axis how many of
// the reader's blocks along it need each of those that the window meets.
type use struct {
	users  [][]int // nil for axes in joint
	joint  []joint
	repeat int // how often they are needed along axes that the source does not have
}

// joint is axes of a source that one axis of the reader walks together, as along
// a diagonal, and which blocks the reader needs of them. Positions count from
// the first block that the window meets.
type joint struct {
	dims  []int
	at    [][]int
	users map[string]int // how many of the reader's blocks need each, by its position as text
	scale float64        // how many times as many there are: of very many only the first are looked at
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
	walks := walked(in.View, len(space))
	for dim, d := range in.View.Dims {
		low, high := 0, 1
		if d.Axis >= 0 {
			low, high = s.part(r.Input, d.Axis)
			if len(walks[d.Axis]) > 1 {
				u.users = append(u.users, nil)
				continue
			}
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
		low, high := s.part(r.Input, axis)
		switch {
		case len(walks[axis]) == 0:
			first, last := a.Overlap(low, high)
			u.repeat *= last - first
		case len(walks[axis]) > 1:
			u.joint = append(u.joint, jointly(in, walks[axis], a, low, high, window))
		}
	}
	return u, true
}

// walked lists for every axis of a space the axes of the input that it walks.
func walked(v block.View, rank int) [][]int {
	dims := make([][]int, rank)
	for dim, d := range v.Dims {
		if d.Axis >= 0 {
			dims[d.Axis] = append(dims[d.Axis], dim)
		}
	}
	return dims
}

// jointly finds what the indices low up to high of an axis need of the axes dims
// of an input.
func jointly(in *Input, dims []int, a block.Axis, low, high int, window block.Region) joint {
	j := joint{dims: dims, users: make(map[string]int), scale: 1}
	first, last := a.Overlap(low, high)
	seen := 0
	for b := first; b < min(last, first+sampled); b++ {
		start, size := a.Block(b)
		start, stop := max(start, low), min(start+size, high)
		box := block.Region{Start: make([]int, len(dims)), Shape: make(block.Shape, len(dims))}
		for k, dim := range dims {
			d := in.View.Dims[dim]
			from, to := d.Start+d.Step*start, d.Start+d.Step*(stop-1)
			origin, _ := in.Grid[dim].Overlap(window.Start[dim], window.Stop(dim))
			one, after := in.Grid[dim].Overlap(min(from, to), max(from, to)+1)
			box.Start[k], box.Shape[k] = one-origin, after-one
		}
		block.Positions(box, func(at []int) bool {
			key := fmt.Sprint(at)
			if j.users[key] == 0 {
				j.at = append(j.at, slices.Clone(at))
			}
			j.users[key]++
			return true
		})
		seen += stop - start
	}
	if seen > 0 {
		j.scale = float64(high-low) / float64(seen)
	}
	return j
}

// most is how many of the reader's blocks need one block of the source at most.
func (u use) most() int {
	n := u.repeat
	for _, counts := range u.users {
		if counts != nil {
			n *= slices.Max(counts)
		}
	}
	for _, j := range u.joint {
		most := 0
		for _, count := range j.users {
			most = max(most, count)
		}
		n *= most
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

// windowLength is the length along an axis of what the window of a load holds of
// the b-th block that it meets.
func (p *Plan) windowLength(load, dim, b int) int {
	s := &p.Stages[load]
	first, _ := s.Grid[dim].Overlap(s.Window.Start[dim], s.Window.Stop(dim))
	start, size := s.Grid[dim].Block(first + b)
	return min(start+size, s.Window.Stop(dim)) - max(start, s.Window.Start[dim])
}

// factor is how often, on the average, a use needs each byte of the window of
// its source.
func (p *Plan) factor(load int, u use) float64 {
	factor := float64(u.repeat)
	for dim, counts := range u.users {
		needed, all := 0.0, 0.0
		for b, n := range counts {
			length := float64(p.windowLength(load, dim, b))
			needed += float64(n) * length
			all += length
		}
		if all > 0 {
			factor *= needed / all
		}
	}
	for _, j := range u.joint {
		needed, all := 0.0, 1.0
		for _, at := range j.at {
			size := float64(j.users[fmt.Sprint(at)])
			for k, dim := range j.dims {
				size *= float64(p.windowLength(load, dim, at[k]))
			}
			needed += size
		}
		for _, dim := range j.dims {
			all *= float64(p.Stages[load].Window.Shape[dim])
		}
		factor *= needed * j.scale / all
	}
	return factor
}

// needed is the part of a load's window, in its blocks whose index along the
// first axis is from at least and below to, that all the uses need.
func (p *Plan) needed(load, from, to int, uses ...use) float64 {
	s := &p.Stages[load]
	if len(s.Grid) == 0 && (from > 0 || to == 0) {
		return 0
	}
	part := 1.0
	for _, dims := range together(len(s.Grid), uses) {
		if len(dims) > 1 {
			part *= p.neededJointly(load, from, to, dims, uses)
			continue
		}
		dim := dims[0]
		first, _ := s.Grid[dim].Overlap(s.Window.Start[dim], s.Window.Stop(dim))
		needed, all := 0, 0
		for b := range uses[0].users[dim] {
			length := p.windowLength(load, dim, b)
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

// together divides the axes of a source into those that uses walk jointly, and
// single ones.
func together(rank int, uses []use) [][]int {
	set := make([]int, rank) // the least axis that is walked with each
	for dim := range set {
		set[dim] = dim
	}
	for _, u := range uses {
		for _, j := range u.joint {
			for _, dim := range j.dims[1:] {
				low, high := min(set[j.dims[0]], set[dim]), max(set[j.dims[0]], set[dim])
				for k := range set {
					if set[k] == high {
						set[k] = low
					}
				}
			}
		}
	}
	sets := make([][]int, rank)
	for dim, least := range set {
		sets[least] = append(sets[least], dim)
	}
	return slices.DeleteFunc(sets, func(dims []int) bool { return len(dims) == 0 })
}

// neededJointly is the part of the window that all the uses need of axes which
// some of them walk jointly.
func (p *Plan) neededJointly(load, from, to int, dims []int, uses []use) float64 {
	s := &p.Stages[load]
	lead := uses[slices.IndexFunc(uses, func(u use) bool {
		return slices.ContainsFunc(u.joint, func(j joint) bool { return slices.Contains(dims, j.dims[0]) })
	})]
	at := make([]int, len(s.Grid)) // a position; of other axes than dims it does not matter
	needed, scale := 0.0, 1.0
	var visit func(left []int)
	visit = func(left []int) { // all positions along left that lead needs
		if len(left) == 0 {
			size := 1.0
			for _, dim := range dims {
				size *= float64(p.windowLength(load, dim, at[dim]))
			}
			if !slices.ContainsFunc(uses, func(u use) bool { return !u.needs(at, dims) }) {
				needed += size
			}
			return
		}
		dim, axes, positions := left[0], left[:1], [][]int(nil)
		if k := slices.IndexFunc(lead.joint, func(j joint) bool { return slices.Contains(j.dims, dim) }); k >= 0 {
			axes, positions = lead.joint[k].dims, lead.joint[k].at
		} else {
			for b, n := range lead.users[dim] {
				if n > 0 {
					positions = append(positions, []int{b})
				}
			}
		}
		rest := slices.DeleteFunc(slices.Clone(left), func(other int) bool { return slices.Contains(axes, other) })
		for _, position := range positions {
			for k, axis := range axes {
				at[axis] = position[k]
			}
			if first, _ := s.Grid[dim].Overlap(s.Window.Start[dim], s.Window.Stop(dim)); dim > 0 || first+at[0] >= from && first+at[0] < to {
				visit(rest)
			}
		}
	}
	visit(dims)
	for _, j := range lead.joint {
		if slices.Contains(dims, j.dims[0]) {
			scale *= j.scale
		}
	}
	all := 1.0
	for _, dim := range dims {
		all *= float64(s.Window.Shape[dim])
	}
	return needed * scale / all
}

// needs reports whether a use needs the block at a position, as far as the axes
// dims go. What was not looked at counts as needed.
func (u use) needs(at, dims []int) bool {
	for _, dim := range dims {
		if counts := u.users[dim]; counts != nil && at[dim] < len(counts) && counts[at[dim]] == 0 {
			return false
		}
	}
	for _, j := range u.joint {
		if !slices.Contains(dims, j.dims[0]) {
			continue
		}
		own := make([]int, len(j.dims))
		for k, dim := range j.dims {
			own[k] = at[dim]
		}
		if j.users[fmt.Sprint(own)] == 0 && j.scale == 1 {
			return false
		}
	}
	return true
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
	if !slices.EqualFunc(u.joint, v.joint, func(a, b joint) bool {
		return slices.Equal(a.dims, b.dims) && len(a.users) == len(b.users) &&
			!slices.ContainsFunc(a.at, func(at []int) bool { return b.users[fmt.Sprint(at)] == 0 })
	}) {
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
		return p.factor(in.Stage, p.gatherUse(r))
	}
	space := s.space(r.Input)
	walks := walked(in.View, len(space))
	read := 1.0
	for axis, a := range space {
		low, high := s.part(r.Input, axis)
		first, last := a.Overlap(low, high)
		switch len(walks[axis]) {
		case 0:
			read *= float64(last - first)
		case 1:
			d := in.View.Dims[walks[axis][0]]
			step := max(d.Step, -d.Step)
			read *= float64((high-low-(last-first))*step + last - first)
		default:
			boxes, seen := 0.0, 0
			for b := first; b < min(last, first+sampled); b++ {
				start, size := a.Block(b)
				size = min(start+size, high) - max(start, low)
				box := 1.0
				for _, dim := range walks[axis] {
					step := max(in.View.Dims[dim].Step, -in.View.Dims[dim].Step)
					box *= float64((size-1)*step + 1)
				}
				boxes, seen = boxes+box, seen+size
			}
			read *= boxes * float64(high-low) / float64(max(1, seen))
		}
	}
	return read / float64(p.Stages[in.Stage].Window.Elements())
}
