package plan

import (
	"fmt"
	"slices"
	"sort"

	"gabion/block"
	"gabion/dtype"
)

// Gather of an input says which element of the array stands at each index of the
// stage's space where a View cannot: elements picked by lists of indices, or
// beyond the ends of an axis.
type Gather struct {
	// Parts are for axes of the space the axes of the array that they walk.
	// Every axis of the array is in one part, and every axis of the space in
	// one at most: along the others elements repeat.
	Parts []GatherPart

	// Fill stands where a map holds no index.
	Fill dtype.Scalar `json:",omitzero"`

	// Halo is, for the inputs of functions, how much more than its block each
	// call is given along every axis; nil for nothing.
	Halo []Halo `json:",omitempty"`
}

// GatherPart says which indices of some axes of an array stand along an axis of
// the space. With several axes they are taken together, index by index.
type GatherPart struct {
	Axis int   // of the space; -1 for single indices
	Dims []int // axes of the array
	Maps []block.IndexMap

	// inverse counts for blocks of the array, by tileKey, the blocks of the
	// space that need them; nil where that is arithmetic.
	inverse map[int]int
}

// Halo is how many more indices than a block has are given before and after it.
type Halo struct {
	Before, After int

	// Clip gives nothing beyond the ends of the axis. Without it the maps
	// say what stands there: their places start Before before the axis.
	Clip bool
}

// fewRuns is up to how many runs of a map the blocks that need one of the array
// are found by arithmetic.
const fewRuns = 16

// prepare counts what is not arithmetic, once a plan is made or decoded.
func (p *Plan) prepare() {
	for i := range p.Stages {
		s := &p.Stages[i]
		for j := range s.Inputs {
			g := s.Inputs[j].Gather
			if g == nil {
				continue
			}
			for k := range g.Parts {
				if part := &g.Parts[k]; !part.arithmetic() && part.Axis >= 0 {
					part.inverse = make(map[int]int)
					axis := s.space(j)[part.Axis]
					first, last := axis.Overlap(s.part(j, part.Axis))
					for b := first; b < last; b++ {
						start, size := g.reach(axis, part.Axis, b)
						if len(part.Dims) == 1 {
							seen := make(map[int]bool)
							place := g.place(part.Axis, start)
							part.pieces(s.Inputs[j].Grid[part.Dims[0]], place, place+size, func(b int, _ block.Run) { seen[b] = true })
							for b := range seen {
								part.inverse[b]++
							}
							continue
						}
						for _, t := range g.tiles(part, s.Inputs[j].Grid, start, size) {
							part.inverse[t.key]++
						}
					}
				}
			}
		}
	}
}

func (g *GatherPart) arithmetic() bool {
	return len(g.Dims) == 1 && g.Maps[0].Segments() > 0 && g.Maps[0].Segments() <= fewRuns || g.Maps == nil || g.Maps[0].Len() == 0
}

// halo is that of an axis of the space.
func (g *Gather) halo(axis int) Halo {
	if g.Halo == nil {
		return Halo{}
	}
	return g.Halo[axis]
}

// reach is the range of indices, of an axis of the space, that a call for block b
// is given. It may go beyond the ends.
func (g *Gather) reach(axis block.Axis, number, b int) (start, size int) {
	start, size = axis.Block(b)
	h := g.halo(number)
	stop := start + size + h.After
	start -= h.Before
	if h.Clip {
		start, stop = max(0, start), min(stop, axis.Len())
	}
	return start, stop - start
}

// place is where in a map the index of the space stands.
func (g *Gather) place(axis, index int) int {
	if h := g.halo(axis); !h.Clip {
		return index + h.Before
	}
	return index
}

// Covers is what the block of the stage at position at, which covers r, is given
// of an input, in the input's space.
func (s *Stage) Covers(i int, at []int, r block.Region) block.Region {
	in := &s.Inputs[i]
	if in.Blocks == nil {
		return r
	}
	if in.Gather == nil || in.Gather.Halo == nil {
		return in.Blocks.Region(at)
	}
	r = block.Region{Start: make([]int, len(at)), Shape: make(block.Shape, len(at))}
	for axis, a := range in.Blocks {
		r.Start[axis], r.Shape[axis] = in.Gather.reach(a, axis, at[axis])
	}
	return r
}

// tile is a part of one block's worth of indices along a part of a Gather: those
// that lie in one block of the array.
type tile struct {
	key  int   // see tileKey
	at   []int // the block, for each of the part's Dims
	runs []dimRun
	one  []block.Run // the runs of a part of one axis, From and Step in indices of it
}

// dimRun is n neighbouring places that walk every axis by one step.
type dimRun struct {
	to, n int // place, counted from the first of the block
	from  []int
	step  []int
}

// tileKey numbers the blocks of the array along a part's axes.
func (g *GatherPart) tileKey(grid block.Grid, at []int) int {
	key := 0
	for k, dim := range g.Dims {
		key = key*grid[dim].Blocks() + at[k]
	}
	return key
}

// tiles divides size indices of the space from start on, along the axis of a
// part, by the blocks of the array in which they lie. Places without an index
// are in none. They come in the order of the blocks.
func (g *Gather) tiles(part *GatherPart, grid block.Grid, start, size int) []tile {
	first := start
	if part.Axis >= 0 {
		first = g.place(part.Axis, start)
	}
	if len(part.Dims) == 1 {
		return part.single(grid[part.Dims[0]], first, first+size)
	}
	var out []tile
	found := make(map[int]int)
	add := func(at []int, run dimRun) {
		key := part.tileKey(grid, at)
		i, ok := found[key]
		if !ok {
			i = len(out)
			found[key] = i
			out = append(out, tile{key: key, at: slices.Clone(at)})
		}
		out[i].runs = append(out[i].runs, run)
	}
	n := len(part.Dims)
	at := make([]int, n)
	part.joint(first, first+size, func(to, count int, from, step []int) {
		for done := 0; done < count; {
			here := count - done
			run := dimRun{to: to + done - first, from: make([]int, n), step: slices.Clone(step)}
			for k, dim := range part.Dims {
				index := from[k] + done*step[k]
				run.from[k] = index
				b := grid[dim].Find(index)
				at[k] = b
				low, length := grid[dim].Block(b)
				switch {
				case step[k] > 0:
					here = min(here, (low+length-1-index)/step[k]+1)
				case step[k] < 0:
					here = min(here, (index-low)/-step[k]+1)
				}
			}
			run.n = here
			add(at, run)
			done += here
		}
	})
	sort.Slice(out, func(i, j int) bool { return out[i].key < out[j].key })
	return out
}

// single is tiles of a part of one axis, for the places start to stop of its map.
func (g *GatherPart) single(axis block.Axis, start, stop int) []tile {
	counts := make(map[int]int) // of runs, by block
	g.pieces(axis, start, stop, func(b int, _ block.Run) { counts[b]++ })
	out := make([]tile, 0, len(counts))
	for b, n := range counts {
		out = append(out, tile{key: b, at: []int{b}, one: make([]block.Run, 0, n)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key < out[j].key })
	for i := range out {
		counts[out[i].key] = i
	}
	last, at := -1, 0
	g.pieces(axis, start, stop, func(b int, r block.Run) {
		if b != last {
			last, at = b, counts[b]
		}
		out[at].one = append(out[at].one, r)
	})
	return out
}

// pieces calls f for the runs of a map of one axis that lie in one block each, with
// the block.
func (g *GatherPart) pieces(axis block.Axis, start, stop int, f func(b int, r block.Run)) {
	b, low, length := -1, 0, 0
	g.Maps[0].Runs(start, stop, func(to, n, from, step int) {
		if from == block.Fill {
			return
		}
		for done := 0; done < n; {
			index := from + done*step
			if b < 0 || index < low || index >= low+length {
				b = axis.Find(index)
				low, length = axis.Block(b)
			}
			here := n - done
			switch {
			case step > 0:
				here = min(here, (low+length-1-index)/step+1)
			case step < 0:
				here = min(here, (index-low)/-step+1)
			}
			f(b, block.Run{To: to + done - start, N: here, From: index, Step: step})
			done += here
		}
	})
}

// joint walks the places start to stop of all maps of a part together, leaving
// out those without an index.
func (g *GatherPart) joint(start, stop int, f func(to, n int, from, step []int)) {
	n := len(g.Maps)
	from, step := make([]int, n), make([]int, n)
	if n == 1 {
		g.Maps[0].Runs(start, stop, func(to, count, first, by int) {
			if first != block.Fill {
				from[0], step[0] = first, by
				f(to, count, from, step)
			}
		})
		return
	}
	type run struct{ to, n, from, step int }
	runs := make([][]run, n)
	for k, m := range g.Maps {
		m.Runs(start, stop, func(to, count, first, by int) { runs[k] = append(runs[k], run{to, count, first, by}) })
	}
	for at := start; at < stop; {
		count, fill := stop-at, false
		for k := range runs {
			for len(runs[k]) > 0 && runs[k][0].to+runs[k][0].n <= at {
				runs[k] = runs[k][1:]
			}
			if len(runs[k]) == 0 {
				return
			}
			r := runs[k][0]
			count = min(count, r.to+r.n-at)
			from[k], step[k] = r.from+(at-r.to)*r.step, r.step
			fill = fill || r.from == block.Fill
		}
		if !fill {
			f(at, count, from, step)
		}
		at += count
	}
}

// Gathering is what one block of a stage needs of an input by its Gather.
type Gathering struct {
	Region block.Region // in the stage's space; of the shape of what is gathered
	in     *Input
	parts  [][]tile
}

// Gathering finds what the block at position at, which covers r, needs of input i.
func (s *Stage) Gathering(i int, at []int, r block.Region) *Gathering {
	in := &s.Inputs[i]
	g := &Gathering{Region: s.Covers(i, at, r), in: in}
	for k := range in.Gather.Parts {
		part := &in.Gather.Parts[k]
		start, size := 0, 1
		if part.Axis >= 0 {
			start, size = g.Region.Start[part.Axis], g.Region.Shape[part.Axis]
		}
		g.parts = append(g.parts, in.Gather.tiles(part, in.Grid, start, size))
	}
	return g
}

// Blocks calls f for the position of each block that is needed, in C order of
// the parts, until f returns false.
func (g *Gathering) Blocks(f func(at []int) bool) {
	if g.Region.Empty() {
		return
	}
	for _, tiles := range g.parts {
		if len(tiles) == 0 {
			return
		}
	}
	at := make([]int, len(g.in.Grid))
	g.each(0, at, make([]*tile, len(g.parts)), func([]*tile) bool { return f(at) })
}

// each walks the combinations of tiles of all parts.
func (g *Gathering) each(part int, at []int, chosen []*tile, f func([]*tile) bool) bool {
	if part == len(g.parts) {
		return f(chosen)
	}
	for i := range g.parts[part] {
		t := &g.parts[part][i]
		for k, dim := range g.in.Gather.Parts[part].Dims {
			at[dim] = t.at[k]
		}
		chosen[part] = t
		if !g.each(part+1, at, chosen, f) {
			return false
		}
	}
	return true
}

// Copy fills what is needed of the block at a position into dst, a dense block of
// the shape of Region. src holds the block's elements from origin on.
func (g *Gathering) Copy(dst block.Block, at []int, src block.Block, origin []int) {
	runs := make([][]block.Run, len(g.Region.Shape))
	for axis, n := range g.Region.Shape {
		runs[axis] = []block.Run{{N: n}}
	}
	offset := src.Offset
	for k, tiles := range g.parts {
		part := &g.in.Gather.Parts[k]
		position := make([]int, len(part.Dims))
		for i, dim := range part.Dims {
			position[i] = at[dim]
		}
		key := part.tileKey(g.in.Grid, position)
		i := sort.Search(len(tiles), func(i int) bool { return tiles[i].key >= key })
		if i == len(tiles) || tiles[i].key != key {
			return
		}
		if part.Axis < 0 {
			for d, dim := range part.Dims {
				offset += (part.Maps[d].At(0) - origin[dim]) * src.Strides[dim]
			}
			continue
		}
		if len(part.Dims) == 1 {
			dim := part.Dims[0]
			own := make([]block.Run, len(tiles[i].one))
			for j, r := range tiles[i].one {
				own[j] = block.Run{To: r.To, N: r.N, From: (r.From - origin[dim]) * src.Strides[dim], Step: r.Step * src.Strides[dim]}
			}
			runs[part.Axis] = own
			continue
		}
		own := make([]block.Run, len(tiles[i].runs))
		for j, r := range tiles[i].runs {
			own[j] = block.Run{To: r.to, N: r.n}
			for d, dim := range part.Dims {
				own[j].From += (r.from[d] - origin[dim]) * src.Strides[dim]
				own[j].Step += r.step[d] * src.Strides[dim]
			}
		}
		runs[part.Axis] = own
	}
	block.CopyRuns(dst, src.Data, offset, runs)
}

// Fills reports whether some elements are not taken of the array.
func (g *Gather) Fills() bool {
	for _, part := range g.Parts {
		for _, m := range part.Maps {
			if m.Fills() {
				return true
			}
		}
	}
	return false
}

// users is the number of blocks, among those of an axis of the space that cover
// from to until, that need the block of the array at a position, as far as a part
// says.
func (g *Gather) users(part *GatherPart, axis block.Axis, from, until int, grid block.Grid, at []int) int {
	if part.inverse != nil {
		position := make([]int, len(part.Dims))
		for k, dim := range part.Dims {
			position[k] = at[dim]
		}
		return part.inverse[part.tileKey(grid, position)]
	}
	dim, m := part.Dims[0], part.Maps[0]
	start, size := grid[dim].Block(at[dim])
	count, next := 0, 0
	shift := 0
	h := g.halo(part.Axis)
	if !h.Clip {
		shift = h.Before
	}
	m.Runs(0, m.Len(), func(to, n, index, step int) {
		if index == block.Fill || size == 0 || from >= until {
			return
		}
		low, high := to, to+n-1 // places whose index lies in the block
		switch {
		case step == 0:
			if index < start || index >= start+size {
				return
			}
		case step > 0:
			low, high = max(low, to+block.CeilDiv(start-index, step)), min(high, to+block.FloorDiv(start+size-1-index, step))
		default:
			low, high = max(low, to+block.CeilDiv(start+size-1-index, step)), min(high, to+block.FloorDiv(start-index, step))
		}
		if low > high {
			return
		}
		// A block is given the indices from Before before it to After after it.
		low, high = low-shift-h.After, high-shift+h.Before
		if high < from || low >= until {
			return
		}
		first, last := axis.Find(max(low, from)), axis.Find(min(high, until-1))+1
		first = max(first, next)
		if last > first {
			count += last - first
			next = last
		}
	})
	return count
}

// gatherUsers is Users of an input with a Gather.
func (s *Stage) gatherUsers(i int, at []int) int {
	in := &s.Inputs[i]
	space := s.space(i)
	count := 1
	used := make([]bool, len(space))
	for k := range in.Gather.Parts {
		part := &in.Gather.Parts[k]
		if part.Axis >= 0 {
			used[part.Axis] = true
			low, high := s.part(i, part.Axis)
			count *= in.Gather.users(part, space[part.Axis], low, high, in.Grid, at)
			continue
		}
		for d, dim := range part.Dims {
			start, size := in.Grid[dim].Block(at[dim])
			if index := part.Maps[d].At(0); index < start || index >= start+size {
				return 0
			}
		}
	}
	for axis, a := range space {
		if a.Len() == 0 {
			return 0
		}
		if !used[axis] {
			first, last := a.Overlap(s.part(i, axis))
			count *= last - first
		}
	}
	return count
}

// box is the smallest region of the array, of some axes, that holds all that
// blocks need that cover a part of the space.
func (g *Gather) box(rank int, space block.Region) block.Region {
	r := block.Region{Start: make([]int, rank), Shape: make(block.Shape, rank)}
	for _, part := range g.Parts {
		for k, dim := range part.Dims {
			m := part.Maps[k]
			if part.Axis >= 0 {
				h := g.halo(part.Axis)
				first := g.place(part.Axis, space.Start[part.Axis]-h.Before)
				last := g.place(part.Axis, space.Stop(part.Axis)+h.After)
				m = m.Part(first, last)
			}
			start, stop := m.Bounds()
			r.Start[dim], r.Shape[dim] = start, stop-start
		}
	}
	return r
}

// gatherUse is use of an input with a Gather.
func (p *Plan) gatherUse(r Reader) (u use) {
	s := &p.Stages[r.Stage]
	in := &s.Inputs[r.Input]
	space := s.space(r.Input)
	window := p.Stages[in.Stage].Window
	u.repeat = 1
	u.users = make([][]int, len(in.Grid))
	used := make([]bool, len(space))
	for k := range in.Gather.Parts {
		part := &in.Gather.Parts[k]
		if part.Axis >= 0 {
			used[part.Axis] = true
		}
		if part.Axis >= 0 && len(part.Dims) > 1 {
			u.joint = append(u.joint, in.jointly(part, window))
			continue
		}
		for d, dim := range part.Dims {
			first, last := in.Grid[dim].Overlap(window.Start[dim], window.Stop(dim))
			counts := make([]int, min(last-first, sampled))
			at := make([]int, len(in.Grid))
			for b := range counts {
				at[dim] = first + b
				if part.Axis >= 0 {
					low, high := s.part(r.Input, part.Axis)
					counts[b] = in.Gather.users(part, space[part.Axis], low, high, in.Grid, at)
				} else if start, size := in.Grid[dim].Block(first + b); part.Maps[d].At(0) >= start && part.Maps[d].At(0) < start+size {
					counts[b] = 1
				}
			}
			u.users[dim] = counts
		}
	}
	for axis, a := range space {
		if !used[axis] {
			first, last := a.Overlap(s.part(r.Input, axis))
			u.repeat *= last - first
		}
	}
	return u
}

// jointly is which blocks a part needs that walks several axes together.
func (in *Input) jointly(part *GatherPart, window block.Region) joint {
	j := joint{dims: part.Dims, users: make(map[string]int), scale: 1}
	for key, n := range part.inverse {
		at := make([]int, len(part.Dims))
		for d := len(part.Dims) - 1; d >= 0; d-- {
			dim := part.Dims[d]
			blocks := in.Grid[dim].Blocks()
			first, _ := in.Grid[dim].Overlap(window.Start[dim], window.Stop(dim))
			at[d] = key%blocks - first
			key /= blocks
		}
		j.at = append(j.at, at)
		j.users[fmt.Sprint(at)] = n
	}
	return j
}

// checkGather reports what does not fit in a Gather.
func (s *Stage) checkGather(in *Input, space block.Grid) error {
	g := in.Gather
	if s.Select != nil {
		return fmt.Errorf("it gathers what it selects")
	}
	if g.Halo != nil && (in.Blocks == nil || len(g.Halo) != len(space)) {
		return fmt.Errorf("there are %d halos for %d axes", len(g.Halo), len(space))
	}
	for axis, h := range g.Halo {
		if h.Before < 0 || h.After < 0 || h.Before > space[axis].Len() || h.After > space[axis].Len() {
			return fmt.Errorf("axis %d has a halo of %d and %d", axis, h.Before, h.After)
		}
	}
	walked, used := make([]bool, len(in.Grid)), make([]bool, len(space))
	for _, part := range g.Parts {
		if len(part.Dims) != len(part.Maps) || len(part.Dims) == 0 || part.Axis < -1 || part.Axis >= len(space) {
			return fmt.Errorf("a part of axis %d has %d axes and %d maps", part.Axis, len(part.Dims), len(part.Maps))
		}
		length := 1
		if part.Axis >= 0 {
			if used[part.Axis] {
				return fmt.Errorf("two parts are of axis %d", part.Axis)
			}
			used[part.Axis] = true
			length = space[part.Axis].Len()
			if h := g.halo(part.Axis); !h.Clip {
				length += h.Before + h.After
			}
		}
		blocks := 1
		for k, dim := range part.Dims {
			if dim < 0 || dim >= len(in.Grid) || walked[dim] {
				return fmt.Errorf("axis %d is not walked once", dim)
			}
			walked[dim] = true
			m := part.Maps[k]
			if start, stop := m.Bounds(); m.Len() != length || start < 0 || stop > in.Grid[dim].Len() {
				return fmt.Errorf("a map of %d indices %v is not one of %d from length %d", m.Len(), m, length, in.Grid[dim].Len())
			}
			if blocks *= in.Grid[dim].Blocks(); blocks < 0 {
				return fmt.Errorf("there are too many blocks along %v", part.Dims)
			}
			if m.Fills() && part.Axis < 0 || m.Fills() && !g.Fill.DType.Valid() {
				return fmt.Errorf("nothing fills axis %d", part.Axis)
			}
		}
	}
	if slices.Contains(walked, false) {
		return fmt.Errorf("it does not walk all %d axes", len(walked))
	}
	return nil
}
