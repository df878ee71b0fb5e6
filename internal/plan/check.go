package plan

import (
	"fmt"

	"gabion/block"
	"gabion/internal/op"
)

// Check reports the first thing in the plan that does not fit the rest, so that
// a plan that was stored or sent can be decided and run.
func (p *Plan) Check() error {
	for i := range p.Stages {
		if err := p.checkStage(i); err != nil {
			return fmt.Errorf("stage %d: %w", i, err)
		}
	}
	for i, s := range p.Sources {
		if err := checkDescription(s.Description); err != nil || s.Scratch < 0 {
			return fmt.Errorf("source %d takes %d bytes of scratch: %w", i, s.Scratch, err)
		}
	}
	for i, s := range p.Sinks {
		if err := checkDescription(s.Description); err != nil || s.Scratch < 0 {
			return fmt.Errorf("sink %d takes %d bytes of scratch: %w", i, s.Scratch, err)
		}
	}
	if f := &p.Fit; f.Bounds != nil {
		n := len(p.Stages)
		if len(f.Bounds) != n || len(f.Keep) != n || len(f.Spill) != n || len(f.Tiles) != n || len(f.Passes) != len(p.Sources) || len(f.Needed) != len(p.Sources) {
			return fmt.Errorf("what was decided is for another plan, of %d stages and %d sources", len(f.Bounds), len(f.Passes))
		}
	}
	return nil
}

func checkDescription(d block.Description) error {
	if !d.DType.Valid() {
		return fmt.Errorf("the element type %d does not exist", d.DType)
	}
	return checkGrid(d.Grid)
}

// checkGrid makes sure that the elements and blocks of a grid can be counted.
func checkGrid(g block.Grid) error {
	if len(g) > 64 {
		return fmt.Errorf("%d axes are more than 64", len(g))
	}
	if !g.Known() {
		return fmt.Errorf("the shape %v is not known", g.Shape())
	}
	if _, err := g.Shape().Size(); err != nil {
		return err
	}
	blocks := make(block.Shape, len(g))
	for axis, a := range g {
		blocks[axis] = a.Blocks()
	}
	_, err := blocks.Size()
	return err
}

func (p *Plan) checkStage(i int) error {
	s := &p.Stages[i]
	if err := checkGrid(s.Grid); err != nil {
		return err
	}
	if s.Reduced != nil && len(s.Reduced) != len(s.Grid) {
		return fmt.Errorf("%d of %d axes are reduced", len(s.Reduced), len(s.Grid))
	}
	if s.Kind != Load && s.Active.Shape != nil {
		if len(s.Active.Start) != len(s.Active.Shape) {
			return fmt.Errorf("%d and %d axes are active", len(s.Active.Start), len(s.Active.Shape))
		}
		if err := s.Active.Within(s.Grid.Shape()); err != nil {
			return fmt.Errorf("what is active: %w", err)
		}
	}
	if s.Memory < 0 {
		return fmt.Errorf("it takes %d bytes of scratch", s.Memory)
	}
	switch s.Kind {
	case Load:
		if s.Source < 0 || s.Source >= len(p.Sources) {
			return fmt.Errorf("it reads source %d of %d", s.Source, len(p.Sources))
		}
		d := p.Sources[s.Source].Description
		if len(s.Outputs) != 1 || len(s.Inputs) > 0 || !s.Grid.Equal(d.Grid) || !s.Outputs[0].Grid.Equal(d.Grid) || s.Outputs[0].DType != d.DType {
			return fmt.Errorf("it is not as source %d", s.Source)
		}
		if s.Window.Shape != nil || s.Window.Start != nil {
			if len(s.Window.Start) != len(s.Window.Shape) {
				return fmt.Errorf("the window has %d and %d axes", len(s.Window.Start), len(s.Window.Shape))
			}
			if err := s.Window.Within(s.Grid.Shape()); err != nil {
				return err
			}
		}
	case Call:
		if s.Func < 0 || s.Func >= len(p.Funcs) || len(s.Outputs) != 1 {
			return fmt.Errorf("it calls function %d of %d for %d outputs", s.Func, len(p.Funcs), len(s.Outputs))
		}
	case Whole:
		if row := op.Lookup(s.Op); s.Args == nil || row == nil || row.Class != op.Blockwise || row.Arity != len(s.Inputs) || len(s.Outputs) != 1 {
			return fmt.Errorf("%q of %d inputs is no operation on whole blocks", s.Op, len(s.Inputs))
		}
		if s.Args.Axis < 0 || s.Args.Axis >= max(1, len(s.Grid)) {
			return fmt.Errorf("it goes along axis %d of %d", s.Args.Axis, len(s.Grid))
		}
		if s.Memory < s.places() {
			return fmt.Errorf("its scratch is %d bytes, places take %d", s.Memory, s.places())
		}
	case Fused:
	case Contract:
		if len(s.Inputs) != 2 || len(s.Outputs) != 1 || s.Outputs[0].Reduce == nil || s.Select != nil || len(s.Program) > 0 {
			return fmt.Errorf("it multiplies %d inputs to %d outputs", len(s.Inputs), len(s.Outputs))
		}
	default:
		return fmt.Errorf("the kind %q does not exist", s.Kind)
	}
	if sel := s.Select; sel != nil {
		if s.Kind != Fused || len(sel.Bounds) != len(s.Inputs)+1 || len(s.Inputs) == 0 || sel.Axis < 0 || sel.Axis >= len(s.Grid) {
			return fmt.Errorf("it selects from %d inputs by %d bounds along axis %d", len(s.Inputs), len(sel.Bounds), sel.Axis)
		}
		for j, bound := range sel.Bounds {
			if j > 0 && bound < sel.Bounds[j-1] || j == 0 && bound != 0 || j == len(s.Inputs) && bound != s.Grid[sel.Axis].Len() {
				return fmt.Errorf("the bounds %v do not divide the length %d", sel.Bounds, s.Grid[sel.Axis].Len())
			}
		}
	}
	for j := range s.Inputs {
		if err := p.checkInput(i, j); err != nil {
			return fmt.Errorf("input %d: %w", j, err)
		}
	}
	for r := range s.Program {
		if err := s.checkInstr(r); err != nil {
			return fmt.Errorf("step %d: %w", r, err)
		}
	}
	for k := range s.Outputs {
		if err := p.checkOutput(s, k); err != nil {
			return fmt.Errorf("output %d: %w", k, err)
		}
	}
	return nil
}

func (p *Plan) checkInput(stage, input int) error {
	s := &p.Stages[stage]
	in := &s.Inputs[input]
	if in.Stage < 0 || in.Stage >= stage || in.Output < 0 || in.Output >= len(p.Stages[in.Stage].Outputs) {
		return fmt.Errorf("it is output %d of stage %d", in.Output, in.Stage)
	}
	if err := checkGrid(in.Grid); err != nil {
		return err
	}
	made := p.Stages[in.Stage].Outputs[in.Output].Grid
	elements := made.Shape().Elements()
	if in.Grid.Shape().Elements() != elements ||
		elements > 0 && (in.Grid.Blocks() != made.Blocks() || in.Grid.Largest().Elements() != made.Largest().Elements()) {
		return fmt.Errorf("it has the blocks %v, made are %v", in.Grid, made)
	}
	if from := &p.Stages[in.Stage]; from.Kind == Load && (!in.Grid.Equal(made) || from.Window.Shape == nil) {
		return fmt.Errorf("it has the blocks %v, the source %v of which %v is needed", in.Grid, made, from.Window)
	}
	space := s.Grid
	if in.Blocks != nil {
		if err := checkGrid(in.Blocks); err != nil {
			return err
		}
		space = in.Blocks
		for axis, a := range in.Blocks {
			if len(in.Blocks) != len(s.Grid) || a.Blocks() != s.Grid[axis].Blocks() {
				return fmt.Errorf("the function's blocks %v are not as many as %v", in.Blocks, s.Grid)
			}
		}
	}
	if in.Gather != nil {
		return s.checkGather(in, space)
	}
	if len(in.View.Dims) != len(in.Grid) || in.View.Rank != len(space) {
		return fmt.Errorf("a view of %d axes from %d is not one of %v from %v", len(in.View.Dims), in.View.Rank, in.Grid, space)
	}
	empty := space.Shape().Elements() == 0 // then it shows nothing
	for dim, d := range in.View.Dims {
		low, high := 0, 1
		if d.Axis >= len(space) || d.Axis < -1 || d.Axis >= 0 && d.Step == 0 {
			return fmt.Errorf("a view from %d axes has axis %d in steps of %d", len(space), d.Axis, d.Step)
		}
		if d.Axis >= 0 {
			high = space[d.Axis].Len()
			if s.Select != nil && s.Select.Axis == d.Axis {
				low, high = s.Select.Bounds[input], s.Select.Bounds[input+1]
			}
		}
		if empty || low >= high {
			continue
		}
		if !shows(d, low, high-1, in.Grid[dim].Len()) {
			return fmt.Errorf("the view of axis %d, of length %d, starts at %d and goes beyond in steps of %d", dim, in.Grid[dim].Len(), d.Start, d.Step)
		}
	}
	return nil
}

// shows reports whether indices low to high of a space show elements of an axis
// of the given length.
func shows(d block.ViewDim, low, high, length int) bool {
	step := max(d.Step, -d.Step)
	if step < 0 || high > 0 && step > (1<<62)/high || d.Start > 1<<62 || d.Start < -1<<62 {
		return false
	}
	first, last := d.Start, d.Start
	if d.Axis >= 0 {
		first, last = d.Start+d.Step*low, d.Start+d.Step*high
	}
	return min(first, last) >= 0 && max(first, last) < length
}

func (s *Stage) checkInstr(r int) error {
	in := &s.Program[r]
	if !in.DType.Valid() {
		return fmt.Errorf("the element type %d does not exist", in.DType)
	}
	row := op.Lookup(in.Op)
	if row == nil || row.Class != op.Elementwise && row.Class != op.Input || row.Arity != len(in.Args) {
		return fmt.Errorf("%q of %d registers is not a step", in.Op, len(in.Args))
	}
	for _, a := range in.Args {
		if a < 0 || a >= r {
			return fmt.Errorf("it uses register %d", a)
		}
	}
	switch in.Op {
	case op.Read:
		if in.Input >= len(s.Inputs) || (in.Input < 0) != (s.Select != nil) { // what is selected has no number
			return fmt.Errorf("it reads input %d of %d", in.Input, len(s.Inputs))
		}
	case op.Full:
		if in.Value.DType != in.DType {
			return fmt.Errorf("a value of %v is not of %v", in.Value.DType, in.DType)
		}
	}
	if in.Op != op.Arange && !row.Random {
		return nil
	}
	if len(in.Steps) != len(s.Grid) {
		return fmt.Errorf("it counts along %d of %d axes", len(in.Steps), len(s.Grid))
	}
	if row.Random {
		return s.checkRandom(in)
	}
	return nil
}

func (s *Stage) checkRandom(in *Instr) error {
	if in.Random == nil {
		return fmt.Errorf("%s has no parameters", in.Op)
	}
	if err := in.Random.Check(in.Op, in.DType); err != nil {
		return err
	}
	if in.Op != op.RandomPermutation && !in.Random.Distinct {
		return nil // any number has an element
	}
	low, high := in.First, in.First
	for axis, a := range s.Grid {
		if a.Len() == 0 {
			return nil
		}
		step, last := in.Steps[axis], int64(a.Len()-1)
		if low < -(1<<62) || high > 1<<62 || last > 0 && (step > (1<<62)/last || step < -(1<<62)/last) {
			return fmt.Errorf("its steps %v are too large", in.Steps)
		}
		low, high = low+min(step*last, 0), high+max(step*last, 0)
	}
	if low < 0 || high >= in.Random.N {
		return fmt.Errorf("it has elements %d to %d of %d indices", low, high, in.Random.N)
	}
	return nil
}

func (p *Plan) checkOutput(s *Stage, k int) error {
	out := &s.Outputs[k]
	if err := checkDescription(block.Description{DType: out.DType, Grid: out.Grid}); err != nil {
		return err
	}
	blocks := s.Grid.Blocks()
	if out.Reduce != nil {
		r := out.Reduce
		row := op.Lookup(r.Op)
		known := false
		switch s.Kind {
		case Call:
			known = r.Op == op.TreeReduce
		case Contract:
			known = row != nil && row.Class == op.Contraction
		case Fused:
			known = row != nil && row.Class == op.Reduction
		}
		if !known || s.Reduced == nil || !r.Kernel.Valid() {
			return fmt.Errorf("%q is no reduction of %v over these axes", r.Op, r.Kernel)
		}
		if err := s.checkPartial(r); err != nil {
			return err
		}
		blocks = s.Units()
	}
	if out.Grid.Blocks() != blocks {
		return fmt.Errorf("it has %d blocks, the stage makes %d", out.Grid.Blocks(), blocks)
	}
	if s.Kind == Contract {
		for i, in := range s.Inputs {
			if d := p.Stages[in.Stage].Outputs[in.Output].DType; d != out.Reduce.Kernel {
				return fmt.Errorf("input %d is of %v, products are of %v", i, d, out.Reduce.Kernel)
			}
		}
		if s.Memory < s.tiles() {
			return fmt.Errorf("its scratch is %d bytes, products take %d", s.Memory, s.tiles())
		}
	}
	if s.Kind == Fused && (out.Reg < 0 || out.Reg >= len(s.Program)) {
		return fmt.Errorf("it is register %d of %d", out.Reg, len(s.Program))
	}
	for _, sink := range out.Sinks {
		if sink < 0 || sink >= len(p.Sinks) {
			return fmt.Errorf("it goes to sink %d of %d", sink, len(p.Sinks))
		}
		if d := p.Sinks[sink].Description; d.DType != out.DType || !d.Shape().Equal(out.Grid.Shape()) {
			return fmt.Errorf("sink %d takes %v %v, it is %v %v", sink, d.DType, d.Shape(), out.DType, out.Grid.Shape())
		}
	}
	return nil
}

// checkPartial makes sure that the memory of partials can be counted.
func (s *Stage) checkPartial(r *Reduce) error {
	if r.Op != op.TreeReduce {
		return nil
	}
	partial := block.Shape{r.Width, r.Kernel.Size()}
	for axis, a := range s.Grid {
		if !s.Reduced[axis] {
			partial = append(partial, a.Largest())
		}
	}
	if r.Width < 1 {
		return fmt.Errorf("a partial has %d elements for each result", r.Width)
	}
	_, err := partial.Size()
	return err
}
