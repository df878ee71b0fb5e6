package plan

import (
	"fmt"
	"math"

	"gabion/block"
)

// BudgetError reports a plan that cannot run within a budget.
type BudgetError struct {
	Budget, Needed int64
	Ledger         int64 // the part of Needed that goes to keeping account of blocks
	Stage          *Stage
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("%s: give a budget of at least %s, or %s", e.Reason(), Size(e.Enough()), e.Chunks())
}

// Reason is what needs more than the budget.
func (e *BudgetError) Reason() string {
	s := e.Stage
	if e.Ledger > e.Needed/2 {
		return fmt.Sprintf("%s (at %v) makes so many blocks of shape %v that keeping account of them takes %s, the memory budget is %s",
			s.Site.Asked(s.Op), s.Site, s.Grid.Largest(), sizeAbove(e.Ledger), Size(e.Budget))
	}
	return fmt.Sprintf("%s (at %v) works on blocks of shape %v and needs %s at once, the memory budget is %s",
		s.Site.Asked(s.Op), s.Site, s.Grid.Largest(), sizeAbove(e.Needed), Size(e.Budget))
}

// Chunks says in which direction other chunks would help.
func (e *BudgetError) Chunks() string {
	if e.Ledger > e.Needed/2 {
		return "larger chunks"
	}
	return "smaller chunks"
}

// Enough is a round number of bytes that would do.
func (e *BudgetError) Enough() int64 { return roundUp(e.Needed) }

// roundUp is n rounded up to a number that a user would type: whole MiB, or KiB
// below that.
func roundUp(n int64) int64 {
	unit := int64(1 << 20)
	if n < unit {
		unit = 1 << 10
	}
	return (n + unit - 1) / unit * unit
}

// Size is a number of bytes as text: 64MiB, 1.5GiB, 300B.
func Size(n int64) string { return size(n, math.Round) }

// sizeAbove is Size rounded up: a budget of what is said to be needed does.
func sizeAbove(n int64) string { return size(n, math.Ceil) }

func size(n int64, whole func(float64) float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	f, u := float64(n), 0
	for f >= 1024 && u < len(units)-1 {
		f /= 1024
		u++
	}
	f = whole(f*10) / 10
	if f == float64(int64(f)) {
		return fmt.Sprintf("%d%s", int64(f), units[u])
	}
	return fmt.Sprintf("%.1f%s", f, units[u])
}

// sampled is how many blocks along an axis are looked at one by one when a
// total over all of them is estimated.
const sampled = 4096

// RunBytes is about how much of small blocks one task works on.
const RunBytes = 1 << 20

// Decide fills in p.Fit for a budget and a number of workers: what each task
// may hold, what is kept between stages and what is read again or spilled. A
// plan that cannot run within the budget is a *BudgetError.
func (p *Plan) Decide(budget int64, workers int) error {
	n := len(p.Stages)
	f := Fit{
		Budget: budget, Workers: workers,
		Bounds: make([]int64, n), Keep: make([]int, n), Spill: make([]bool, n), Tiles: make([]block.Grid, n),
		Needed: make([]int64, len(p.Sources)), Passes: make([]float64, len(p.Sources)),
	}
	readers := p.Readers()
	for i := range p.Stages {
		s := &p.Stages[i]
		for j := range s.Inputs {
			s.Inputs[j].Direct = false
		}
		f.Spill[i] = s.Kind != Load || p.Sources[s.Source].Traits.Once
		if s.Kind != Load && len(s.Outputs) == 1 && len(readers[i][0]) == 1 {
			f.Tiles[i] = p.tiles(readers[i][0][0])
		}
	}
	worst := func() {
		f.WorkingSet = 0
		for i := range p.Stages {
			f.Bounds[i] = p.bound(readers, i)
			if f.Bounds[i] > f.WorkingSet {
				f.WorkingSet, f.Worst = f.Bounds[i], i
			}
		}
	}
	worst()
	f.Ledger = p.ledger(readers)
	running := f.WorkingSet * int64(max(1, workers))
	free := budget - running - f.Ledger
	f.Peak = running + f.Ledger
	for i := range p.Stages {
		s := &p.Stages[i]
		if s.Kind != Load || p.Sources[s.Source].Viewed {
			continue
		}
		var uses []use
		var by []Reader // those who use it
		shared, total := false, 0.0
		parts := p.Sources[s.Source].Traits.Parts && !p.Sources[s.Source].Traits.Once
		for _, r := range readers[i][0] {
			if u, ok := p.use(r); ok {
				uses, by = append(uses, u), append(by, r)
				shared = shared || len(uses) > 1 || u.most() > 1
				if parts {
					total += p.direct(r)
				} else {
					total += p.factor(i, u)
				}
			}
		}
		if len(uses) == 0 {
			continue
		}
		blockBytes := class(p.windowBlock(i))
		blocks := p.windowBlocks(i)
		needed := p.neededByAny(i, 0, s.Grid.Blocks(), uses)
		window := float64(s.Window.Elements()) * float64(s.Outputs[0].DType.Size())
		f.Needed[s.Source], f.Passes[s.Source] = int64(math.Round(needed*window)), 1
		diagonal := parts && len(by) == 1 && len(uses[0].joint) > 0 && p.direct(by[0]) < needed // of a block it needs a square
		if !shared && !diagonal {
			continue
		}
		if parts && len(by) == 1 && p.direct(by[0]) <= needed { // each task reads its own, and nothing is read twice
			p.Stages[by[0].Stage].Inputs[by[0].Input].Direct = true
			f.Passes[s.Source] = math.Round(p.direct(by[0])*window) / math.Round(needed*window)
			continue
		}
		if p.oneBlock(readers, i, 0) { // the one task that reads it holds it once
			f.Keep[i] = s.Grid.Blocks()
			continue
		}
		if fits(blocks, blockBytes, free) { // all of it stays until the last reader
			f.Keep[i] = s.Grid.Blocks()
			free -= int64(blocks) * blockBytes
			f.Peak += int64(blocks) * blockBytes
			continue
		}
		if p.Sources[s.Source].Traits.Once || total > spillFactor {
			f.Spill[i] = true
			f.Keep[i] = s.Grid.Blocks()
			f.Peak = budget
			if len(readers[i][0]) == 1 {
				f.Tiles[i] = p.tiles(readers[i][0][0])
			}
			continue
		}
		// Blocks that several tasks of one reader need stay between these
		// only if the tasks are close and the blocks between them fit.
		passes := 0.0
		var once []use
		row := int64(p.rowBlocks(i)) * blockBytes * int64(workers+1)
		for k, r := range by {
			if parts || uses[k].most() > 1 && (!p.local(r, uses[k]) || free < row) {
				p.Stages[r.Stage].Inputs[r.Input].Direct = true
				passes += p.direct(r)
				continue
			}
			once = append(once, uses[k])
		}
		rows := 0
		if len(once) > 1 && free > 0 { // what fits stays for the later readers
			f.Keep[i] = p.keepable(i, int(free/blockBytes))
			rows = f.Keep[i] / p.rowBlocks(i)
			f.Peak += int64(f.Keep[i]) * blockBytes
			free -= int64(f.Keep[i]) * blockBytes
			passes += p.neededByAny(i, 0, rows, once)
		}
		for _, u := range once {
			passes += p.needed(i, rows, s.Grid.Blocks(), u)
		}
		f.Passes[s.Source] = math.Round(passes*window) / math.Round(needed*window) // whole where bytes are
	}
	worst()
	f.WorkingSet += f.Ledger
	p.Fit = f
	if f.WorkingSet > budget {
		p.Fit.Peak = f.WorkingSet
		return &BudgetError{Budget: budget, Needed: f.WorkingSet, Ledger: f.Ledger, Stage: &p.Stages[f.Worst]}
	}
	p.Fit.Peak = p.peak(&f, readers)
	return nil
}

// ledgerFree is how many bytes of account every plan may keep outside of the
// budget, and entryBytes about what one block that is held takes.
const (
	ledgerFree = 16 << 20
	entryBytes = 600
)

// ledger is the memory for keeping account of the blocks between stages beyond
// ledgerFree. Blocks that are read by one task soon after they were made are
// few; those that wait for a later stage may be all there are.
func (p *Plan) ledger(readers [][][]Reader) int64 {
	held := 0.0
	for i := range p.Stages {
		if p.Stages[i].Kind == Load { // what is kept of a source is in memory, or spilled in its large blocks
			continue
		}
		for k, out := range p.Stages[i].Outputs {
			by := readers[i][k]
			if len(by) > 1 || len(by) == 1 && !p.Single(by[0].Stage, by[0].Input) {
				held += float64(out.Grid.Blocks()) * float64(p.Stages[i].ActiveBlocks()) / float64(p.Stages[i].Grid.Blocks())
			}
		}
	}
	over := held*entryBytes - ledgerFree
	if over <= 0 {
		return 0
	}
	return class(int64(min(over, math.MaxInt64/8)))
}

// spillFactor is how often reading a source again is still better than keeping
// its blocks in the spill file.
const spillFactor = 3.5

func fits(blocks int, size, free int64) bool {
	return free > 0 && int64(blocks) <= free/max(1, size)
}

// keepable is how many of a load's blocks, whole rows of them along the first
// axis from the first on, are at most limit.
func (p *Plan) keepable(stage, limit int) int {
	s := &p.Stages[stage]
	if len(s.Grid) == 0 {
		return 0
	}
	row := p.rowBlocks(stage)
	return max(0, min(limit/row, s.Grid[0].Blocks()-1)) * row
}

// rowBlocks is the number of a load's blocks that have one index along the first
// axis.
func (p *Plan) rowBlocks(stage int) int {
	row := 1
	for axis, a := range p.Stages[stage].Grid {
		if axis > 0 {
			row *= a.Blocks()
		}
	}
	return row
}

// windowBlock is the size in bytes of the largest block of a stage's output,
// cut to the window of a load.
func (p *Plan) windowBlock(stage int) int64 {
	s := &p.Stages[stage]
	n := int64(s.Outputs[0].DType.Size())
	for axis, a := range s.Outputs[0].Grid {
		size := a.Largest()
		if s.Kind == Load && s.Window.Shape != nil {
			size = min(size, s.Window.Shape[axis])
		}
		n *= int64(size)
	}
	return n
}

// windowBlocks is the number of blocks of a load that its window meets.
func (p *Plan) windowBlocks(stage int) int {
	s := &p.Stages[stage]
	if s.Window.Shape == nil {
		return 0
	}
	return s.Grid.Overlap(s.Window).Elements()
}

// local reports whether the tasks of a reader that need the same block follow
// one another closely, so that the block need not be kept for long: the view
// keeps the order of the axes and repeats nothing along an axis before one that
// it uses.
func (p *Plan) local(r Reader, u use) bool {
	in := &p.Stages[r.Stage].Inputs[r.Input]
	if in.Gather != nil {
		return false
	}
	at := -1
	for _, d := range in.View.Dims {
		if d.Axis < 0 {
			continue
		}
		if d.Axis < at {
			return false
		}
		at = d.Axis
	}
	return p.factor(in.Stage, u) <= 2
}

// tiles is the grid of a reader's blocks as seen in what it reads, if its view
// is a shift.
func (p *Plan) tiles(r Reader) block.Grid {
	s := &p.Stages[r.Stage]
	in := &s.Inputs[r.Input]
	if in.Blocks != nil || in.Gather != nil || s.Select != nil || len(in.View.Dims) != len(s.Grid) {
		return nil
	}
	if !in.Grid.Equal(p.Stages[in.Stage].Outputs[in.Output].Grid) { // a reshape sees them under another shape
		return nil
	}
	for axis, d := range in.View.Dims {
		if d != (block.ViewDim{Axis: axis, Step: 1}) || s.Grid[axis].Len() != in.Grid[axis].Len() {
			return nil
		}
	}
	pieces := 1
	for axis, a := range s.Grid {
		from := in.Grid[axis].Largest()
		pieces *= (from+a.Largest()-1)/max(1, a.Largest()) + 1
		if pieces > maxTiles {
			return nil
		}
	}
	return s.Grid
}

// maxTiles is in how many pieces a block may lie in the spill file: they are
// found by walking over them.
const maxTiles = 4096

// bound is the most memory that a task of a stage holds at once (P3).
func (p *Plan) bound(readers [][][]Reader, stage int) int64 {
	s := &p.Stages[stage]
	if s.Kind == Load {
		return 0 // loads happen inside the tasks that need them
	}
	var inputs, load int64
	pinned := make(map[[2]int]bool) // outputs of one block: several inputs pin the same, but those that gather copy
	for i := range s.Inputs {
		held, scratch := p.inputBound(stage, i)
		if in := &s.Inputs[i]; s.Select == nil && !in.Direct && in.Gather == nil && p.oneBlock(readers, in.Stage, in.Output) {
			key := [2]int{in.Stage, in.Output}
			if pinned[key] {
				held = 0
			}
			pinned[key] = true
		}
		held += p.denseBound(stage, i)
		if s.Select != nil {
			inputs, load = max(inputs, held), max(load, scratch)
			continue
		}
		inputs += held
		load = max(load, scratch)
	}
	made := s.Memory
	if s.Kind == Whole {
		made = class(made)
	}
	var after int64       // is held when the inputs are not any more
	var sinks, kept int64 // kept: partials that are held while inputs are read
	for i := range s.Outputs {
		out := &s.Outputs[i]
		if s.Kind == Contract {
			made, kept, after = s.contractBound(out)
		} else if out.Reduce != nil {
			all, between := p.reduceBound(s, out)
			made, kept = made+all, kept+between
		} else {
			made += out.largest()
		}
		for _, sink := range out.Sinks {
			sinks = max(sinks, p.Sinks[sink].Scratch)
		}
	}
	if s.Kind == Contract {
		return max(inputs+max(load+kept, made), after+scratchClass(sinks))
	}
	return inputs + max(load+kept, made+scratchClass(sinks))
}

// class is the charge for a buffer of n bytes.
func class(n int64) int64 { return block.ClassSize(int(n)) }

// largest is the charge for the largest block of an output.
func (o *Output) largest() int64 {
	return class(int64(o.Grid.Largest().Elements()) * int64(o.DType.Size()))
}

// oneBlock reports whether an output is one block that every input of a stage
// which reads it has in common. Of a source, whose blocks are else read for each
// input apart, this is so if one task is all that reads it.
func (p *Plan) oneBlock(readers [][][]Reader, stage, output int) bool {
	s := &p.Stages[stage]
	if s.Kind != Load {
		return s.Outputs[output].Grid.Blocks() == 1
	}
	by := readers[stage][output]
	for _, r := range by {
		if r.Stage != by[0].Stage || p.Stages[r.Stage].Grid.Blocks() > 1 || !p.Single(r.Stage, r.Input) {
			return false
		}
	}
	return p.windowBlocks(stage) == 1
}

// scratchClass is the charge for up to n bytes of scratch, which may be taken
// in several pieces.
func scratchClass(n int64) int64 {
	if n == 0 {
		return 0
	}
	return class(n) + 8*class(1)
}

// inputBound is what a task holds of an input, and what it needs beside that
// while the input is read.
func (p *Plan) inputBound(stage, input int) (held, load int64) {
	s := &p.Stages[stage]
	in := &s.Inputs[input]
	from := &p.Stages[in.Stage]
	size := int64(from.Outputs[in.Output].DType.Size())
	space := s.space(input)
	if space.Shape().Elements() == 0 {
		return 0, 0 // nothing needs anything
	}
	whole := class(p.windowBlock(in.Stage))
	if from.Kind != Load {
		whole = from.Outputs[in.Output].largest()
	}
	var scratch int64
	if from.Kind == Load {
		src := p.Sources[from.Source]
		if src.Viewed && in.Gather == nil {
			return 0, 0
		}
		if src.Viewed {
			whole = 0
		}
		scratch = scratchClass(src.Scratch)
	}
	need := size
	if in.Gather != nil { // gathered from one block at a time
		for axis, a := range space {
			h := in.Gather.halo(axis)
			need *= int64(a.Largest() + h.Before + h.After)
		}
		return class(need), whole + scratch
	}
	if p.Single(stage, input) && !in.Direct {
		return whole, scratch
	}
	for _, d := range in.View.Dims {
		if d.Axis >= 0 {
			step := max(d.Step, -d.Step)
			need *= int64((space[d.Axis].Largest()-1)*step + 1)
		}
	}
	if in.Direct {
		return class(need), scratch
	}
	// Pieces are copied from one block at a time.
	return class(need), whole + scratch
}

// denseBound is the memory for what a function is given of an input where that
// is not a block as it lies in memory.
func (p *Plan) denseBound(stage, input int) int64 {
	in := &p.Stages[stage].Inputs[input]
	from := &p.Stages[in.Stage]
	viewed := from.Kind == Load && p.Sources[from.Source].Viewed
	if p.Stages[stage].Kind != Call || in.Gather != nil || !viewed && in.View.IsIdentity() && in.Grid.Equal(in.Blocks) {
		return 0
	}
	return class(int64(in.Blocks.Largest().Elements()) * int64(from.Outputs[in.Output].DType.Size()))
}

// Single reports whether each block of a stage needs at most one block of an
// input.
func (p *Plan) Single(stage, input int) bool {
	s := &p.Stages[stage]
	in := &s.Inputs[input]
	if in.Gather != nil {
		return false
	}
	space := s.space(input)
	for dim, d := range in.View.Dims {
		if d.Axis < 0 || in.Grid[dim].Blocks() == 1 {
			continue
		}
		axis := space[d.Axis]
		if s.Select != nil {
			// Only part of the space sees this input.
			if d.Axis == s.Select.Axis {
				low, high := s.Select.Bounds[input], s.Select.Bounds[input+1]
				part := axis.Slice(low, 1, high-low)
				if !part.Refines(in.Grid[dim].Slice(d.Start+d.Step*low, d.Step, high-low)) {
					return false
				}
				continue
			}
		}
		if axis.Len() == 0 {
			continue
		}
		if !axis.Refines(in.Grid[dim].Slice(d.Start, d.Step, axis.Len())) {
			return false
		}
	}
	return true
}

// reduceBound is the memory for an output that is reduced: the partials of the
// blocks of a run, merged as they come, and one to merge with. Some of it is held
// between two blocks of the run.
func (p *Plan) reduceBound(s *Stage, out *Output) (all, between int64) {
	partial := s.partial(out)
	result := out.largest()
	return partial*int64(s.RunLog()+3) + result, partial * int64(s.RunLog())
}

// partial is the charge for the largest partial of an output that is reduced.
func (s *Stage) partial(out *Output) int64 {
	cells := 1
	for axis, a := range s.Grid {
		if !s.Reduced[axis] {
			cells *= a.Largest()
		}
	}
	return class(int64(out.Reduce.PartialBytes(cells)))
}

// RunLog is the logarithm of the number of blocks that one task of a reduction
// works on: as many small blocks as make RunBytes. It depends on the blocks
// alone, and results do not depend on it.
func (s *Stage) RunLog() int {
	size := int64(s.Grid.Largest().Elements()) * 8
	log := 0
	for size<<(log+1) <= RunBytes && 1<<(log+1) <= s.Leaves() && log < 16 {
		log++
	}
	return log
}
