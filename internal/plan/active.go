package plan

import "gabion/block"

// activate finds which blocks of each stage anything needs, and what of each
// source, from the results back: tasks come into being on demand, and what is
// planned for must be those that do. Where a slice takes a part of what a
// function makes, the function is called for the blocks of that part alone.
func (p *Plan) activate() {
	readers := p.Readers()
	for i := len(p.Stages) - 1; i >= 0; i-- {
		s := &p.Stages[i]
		var need block.Region // of the stage's space
		for k := range s.Outputs {
			if len(s.Outputs[k].Sinks) > 0 {
				need = block.Whole(s.Grid.Shape())
			}
			for _, r := range readers[i][k] {
				need = cover(need, s.neededBy(k, &p.Stages[r.Stage], r.Input))
			}
		}
		if s.Kind == Load {
			if need.Shape != nil {
				s.Window = need
			}
			continue
		}
		s.Active = s.wholeBlocks(need)
	}
}

// neededBy is what a reader needs of the stage's space for its active blocks.
func (s *Stage) neededBy(output int, reader *Stage, input int) block.Region {
	in := &reader.Inputs[input]
	out := s.Outputs[output].Grid
	if s.Reduced == nil && !s.Grid.Equal(out) { // so does a reshape make them
		return block.Whole(s.Grid.Shape())
	}
	need := reader.needs(input)
	if !in.Grid.Equal(out) { // a reshape sees the blocks under another shape
		need = block.Whole(out.Shape())
	}
	if s.Reduced == nil || len(out) == len(s.Grid) && s.Outputs[output].Reduce == nil {
		return need
	}
	r := block.Whole(s.Grid.Shape()).Clone()
	at := 0
	for axis, reduced := range s.Reduced {
		if !reduced {
			r.Start[axis], r.Shape[axis] = need.Start[at], need.Shape[at]
		}
		if !reduced || len(out) == len(s.Grid) { // reduced axes may be kept with length 1
			at++
		}
	}
	return r
}

// needs is the smallest region of an input that holds what the active blocks
// need.
func (s *Stage) needs(i int) block.Region {
	in := &s.Inputs[i]
	space := s.space(i)
	r := block.Region{Start: make([]int, len(space)), Shape: make(block.Shape, len(space))}
	for axis := range space {
		low, high := s.part(i, axis)
		r.Start[axis], r.Shape[axis] = low, max(0, high-low)
	}
	if in.Gather == nil {
		return in.View.Region(r)
	}
	return in.Gather.box(len(in.Grid), r)
}

// wholeBlocks is the blocks of the stage that hold a part of its space, whole and
// with all that is reduced with them.
func (s *Stage) wholeBlocks(need block.Region) block.Region {
	r := block.Region{Start: make([]int, len(s.Grid)), Shape: make(block.Shape, len(s.Grid))}
	for axis, a := range s.Grid {
		if s.Reduced != nil && s.Reduced[axis] {
			r.Shape[axis] = a.Len()
			continue
		}
		if need.Shape == nil || need.Empty() {
			continue
		}
		start, _ := a.Block(a.Find(need.Start[axis]))
		last, size := a.Block(a.Find(need.Stop(axis) - 1))
		r.Start[axis], r.Shape[axis] = start, last+size-start
	}
	if need.Shape != nil && need.Empty() { // blocks without elements are asked for too
		return block.Whole(s.Grid.Shape())
	}
	return r
}

// activeBlocks is the range of blocks first <= b < last along an axis of the
// stage's grid that are active.
func (s *Stage) activeBlocks(axis int) (first, last int) {
	if s.Active.Shape == nil || s.Grid[axis].Len() == 0 {
		return 0, s.Grid[axis].Blocks()
	}
	return s.Grid[axis].Overlap(s.Active.Start[axis], s.Active.Stop(axis))
}

// activeIn is the range of an axis of the space of an input that active blocks
// cover.
func (s *Stage) activeIn(i, axis int) (low, high int) {
	if blocks := s.Inputs[i].Blocks; blocks != nil {
		first, last := s.activeBlocks(axis)
		if first >= last {
			return 0, 0
		}
		low, _ = blocks[axis].Block(first)
		start, size := blocks[axis].Block(last - 1)
		return low, start + size
	}
	if s.Active.Shape == nil {
		return 0, s.Grid[axis].Len()
	}
	return s.Active.Start[axis], s.Active.Stop(axis)
}

// ActiveBlocks is the number of blocks that anything needs.
func (s *Stage) ActiveBlocks() int {
	n := 1
	for axis := range s.Grid {
		first, last := s.activeBlocks(axis)
		n *= last - first
	}
	return n
}
