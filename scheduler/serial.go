package scheduler

import (
	"context"
	"errors"
	"math"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/exec"
	"gabion/internal/plan"
)

// Executor runs plans. Its methods take plans, which are internal to the module,
// so executors live here; all pass the suite in schedulertest.
type Executor interface {
	// Fit decides how a plan runs, without running it.
	Fit(p *plan.Plan) error

	// Execute runs a plan that Fit has accepted.
	Execute(ctx context.Context, p *plan.Plan, b *plan.Bindings) error
}

// Serial is the slow and obvious executor: one stage after the other, one block
// after the other, every array whole in memory, without a budget. It is what
// others are compared with.
type Serial struct{}

// Fit accepts every plan.
func (Serial) Fit(p *plan.Plan) error { return p.Decide(math.MaxInt64/4, 1) }

// Execute runs a plan on the caller's goroutine.
func (Serial) Execute(ctx context.Context, p *plan.Plan, b *plan.Bindings) error {
	for i, sink := range b.Sinks {
		if err := sink.Begin(ctx, p.Sinks[i].Description); err != nil {
			return abort(ctx, err, b.Sinks[:i+1])
		}
	}
	s := serial{ctx: ctx, plan: p, bind: b, arrays: make([][]block.Block, len(p.Stages))}
	for i := range p.Stages {
		if err := s.stage(i); err != nil {
			return abort(ctx, err, b.Sinks)
		}
	}
	for i, sink := range b.Sinks {
		if err := sink.Commit(ctx); err != nil {
			return abort(ctx, err, b.Sinks[i:])
		}
	}
	return nil
}

// serial is a plan under way: the arrays that its stages have made, dense and
// whole, in the shape in which the stage's output grid describes them.
type serial struct {
	ctx    context.Context
	plan   *plan.Plan
	bind   *plan.Bindings
	arrays [][]block.Block
}

func whole(out *plan.Output) block.Block {
	shape := out.Grid.Shape()
	data := make([]complex128, (shape.Elements()*out.DType.Size()+15)/16) // aligned for any type
	b, _ := block.OfSlice(data, block.Shape{len(data)})
	return block.Dense(out.DType, shape, b.Data)
}

func (s *serial) stage(i int) error {
	st := &s.plan.Stages[i]
	for k := range st.Outputs {
		s.arrays[i] = append(s.arrays[i], whole(&st.Outputs[k]))
	}
	if st.Kind == plan.Load {
		if st.Window.Shape == nil || st.Window.Empty() {
			return nil
		}
		src := s.bind.Sources[st.Source]
		dst := s.arrays[i][0].Part(st.Window)
		if view, ok := src.(block.Viewer); ok {
			seen := view.View(st.Window)
			if seen.Data == nil {
				return errors.New("the memory of a source is gone: it was closed")
			}
			block.Copy(dst, seen)
			return nil
		}
		return src.Read(s.ctx, st.Window, dst, block.NewScratch(src.Scratch(st.Window)))
	}
	runner, err := exec.NewRunner(s.plan, s.bind, i)
	if err != nil {
		return err
	}
	for unit := range st.Units() {
		if err := s.unit(i, unit, runner); err != nil {
			return err
		}
	}
	return nil
}

// unit computes the blocks of a unit, and merges what is reduced in a balanced
// tree over them.
func (s *serial) unit(i, unit int, runner *exec.Runner) error {
	st := &s.plan.Stages[i]
	type node struct {
		partials [][]byte
		n        int64
	}
	var level []node
	cells := 0
	for leaf := range st.Leaves() {
		if err := s.ctx.Err(); err != nil {
			return whyEnded(s.ctx)
		}
		at := st.Position(unit, leaf)
		region := st.Grid.Region(at)
		t := exec.Task{At: at, Region: region, Outputs: make([][]byte, len(st.Outputs))}
		first, last := st.Reads(region)
		for j := first; j < last; j++ {
			t.Inputs = append(t.Inputs, s.input(i, j, at, region))
		}
		var n int64 = 1
		if st.Reduced != nil {
			cells, n = exec.Cells(region.Shape, st.Reduced)
		}
		for k := range st.Outputs {
			out := &st.Outputs[k]
			size := out.Grid.Region(out.Grid.Index(s.number(st, out, unit, at))).Elements() * out.DType.Size()
			if out.Reduce != nil {
				size = runner.PartialBytes(k, cells)
			}
			b := whole(&plan.Output{DType: 1, Grid: block.RegularGrid(block.Shape{size}, block.Shape{size})})
			t.Outputs[k] = b.Data[:size]
		}
		if st.Kind != plan.Call && st.Memory > 0 {
			t.Scratch = dtype.Bytes(make([]complex128, (st.Memory+15)/16))
		}
		if err := runner.Run(s.ctx, &t); err != nil {
			return err
		}
		for k := range st.Outputs {
			if st.Outputs[k].Reduce == nil {
				if err := s.deliver(i, k, s.number(st, &st.Outputs[k], unit, at), t.Outputs[k]); err != nil {
					return err
				}
			}
		}
		level = append(level, node{t.Outputs, n})
	}
	if st.Reduced == nil {
		return nil
	}
	last := st.Position(unit, st.Leaves()-1)
	for len(level) > 1 {
		var next []node
		for j := 0; j < len(level); j += 2 {
			left := level[j]
			if j+1 < len(level) {
				right := level[j+1]
				for k := range st.Outputs {
					if st.Outputs[k].Reduce == nil || right.n == 0 {
						continue
					}
					if left.n == 0 {
						left.partials[k] = right.partials[k]
						continue
					}
					if err := runner.Merge(k, last, left.partials[k], right.partials[k], cells, left.n, right.n); err != nil {
						return err
					}
				}
				left.n += right.n
			}
			next = append(next, left)
		}
		level = next
	}
	for k := range st.Outputs {
		out := &st.Outputs[k]
		if out.Reduce == nil {
			continue
		}
		size := out.Grid.Region(out.Grid.Index(unit)).Elements()
		result := whole(&plan.Output{DType: out.DType, Grid: block.RegularGrid(block.Shape{size}, block.Shape{size})})
		if err := runner.Finish(k, last, result.Data[:size*out.DType.Size()], level[0].partials[k], cells, level[0].n); err != nil {
			return err
		}
		if err := s.deliver(i, k, unit, result.Data); err != nil {
			return err
		}
	}
	return nil
}

// number is the block of an output that a block of the stage makes.
func (s *serial) number(st *plan.Stage, out *plan.Output, unit int, at []int) int {
	if out.Reduce != nil {
		return unit
	}
	return st.Grid.Number(at)
}

// deliver puts a block of an output in its place and writes it to the sinks.
func (s *serial) deliver(i, k, number int, data []byte) error {
	out := &s.plan.Stages[i].Outputs[k]
	region := out.Grid.Region(out.Grid.Index(number))
	if region.Empty() {
		return nil
	}
	b := block.Dense(out.DType, region.Shape, data)
	block.Copy(s.arrays[i][k].Part(region), b)
	for _, n := range out.Sinks {
		sink := s.bind.Sinks[n]
		if err := sink.Write(s.ctx, region, b, block.NewScratch(sink.Scratch(region))); err != nil {
			return err
		}
	}
	return nil
}

// gather is what a block needs of an input by its Gather.
func (s *serial) gather(i, j int, at []int, region block.Region) block.Block {
	in := &s.plan.Stages[i].Inputs[j]
	array := s.arrays[in.Stage][in.Output]
	g := s.plan.Stages[i].Gathering(j, at, region)
	dst := whole(&plan.Output{DType: array.DType, Grid: block.RegularGrid(g.Region.Shape, g.Region.Shape)})
	if in.Gather.Fills() {
		dst.Fill(in.Gather.Fill.Bytes())
	}
	seen := block.Dense(array.DType, in.Grid.Shape(), array.Data)
	g.Blocks(func(position []int) bool {
		g.Copy(dst, position, seen, make([]int, len(in.Grid)))
		return true
	})
	return dst
}

// input is what a block needs of an input, in the shape of the block. Where a
// reshape sees the input under another shape, the whole array in C order is the
// same.
func (s *serial) input(i, j int, at []int, region block.Region) block.Block {
	in := &s.plan.Stages[i].Inputs[j]
	array := s.arrays[in.Stage][in.Output]
	if in.Gather != nil {
		return s.gather(i, j, at, region)
	}
	_, _, ok := s.plan.Stages[i].Needs(j, at, region)
	region = s.plan.Stages[i].Covers(j, at, region)
	if !ok {
		return block.Dense(array.DType, region.Shape, make([]byte, region.Elements()*array.DType.Size()))
	}
	seen := block.Dense(array.DType, in.Grid.Shape(), array.Data)
	b := in.View.Of(seen, make([]int, len(in.Grid)), region)
	if s.plan.Stages[i].Kind == plan.Call && !b.IsDense() {
		dense := whole(&plan.Output{DType: b.DType, Grid: block.RegularGrid(b.Shape, b.Shape)})
		block.Copy(dense, b)
		return dense
	}
	return b
}
