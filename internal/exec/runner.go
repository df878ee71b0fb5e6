// Package exec runs one task: the program of a stage over one block, piece by
// piece. It knows nothing of when and where; every executor shares it.
package exec

import (
	"context"
	"fmt"

	"gabion/block"
	"gabion/internal/kernel"
	"gabion/internal/kernel/contraction"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// Error says where in a program a block failed.
type Error struct {
	Op    op.Name
	Site  plan.Site
	Index []int // position of the block
	Err   error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s, block %v: %v (at %v)", e.Site.Asked(e.Op), e.Index, e.Err, e.Site)
}

func (e *Error) Unwrap() error { return e.Err }

// Task is one block of a stage, with its memory.
type Task struct {
	At     []int        // position in the stage's grid
	Region block.Region // what it covers

	// Inputs are the stage's inputs as seen from the block: of the region's
	// shape, or for a function of the shape that its input's block has. Of a
	// stage that selects there is one, the selected one.
	Inputs []block.Block

	// Outputs is the memory of each output: that of the block, dense, or
	// of the partial of an output that is reduced.
	Outputs [][]byte

	// Scratch is memory to work in, of the size that the stage says, for
	// stages that are no calls.
	Scratch []byte
}

// Runner runs the blocks of one stage. It is used by one goroutine at a time.
type Runner struct {
	stage *plan.Stage
	call  plan.UserFunc
	steps []step
	regs  [][]byte  // the elements of each register for the tile at hand
	own   [][]byte  // the runner's memory for each register
	place []placing // where each register's memory is

	contraction *contraction.Contraction // of a stage that contracts
	roles       []plan.Role

	reductions []*kernel.Reduction // for each output, nil unless reduced
	counters   []*counter
	planes     [2][][]byte
}

// placing says how a register gets its memory.
type placing struct {
	buffer int // number of the runner's buffer; -1 for none
	output int // output whose memory it may be computed into; -1 for none
}

type step struct {
	plan.Instr
	loop   kernel.Loop
	sample kernel.Sampler // of random elements
	size   int            // bytes of an element of the result
}

// input is which of a task's inputs a step reads: that of its number, or the only
// one, which was selected.
func (s *step) input() int { return max(0, s.Input) }

// NewRunner prepares a stage. It is an error if an operation has no kernel.
func NewRunner(p *plan.Plan, b *plan.Bindings, stage int) (*Runner, error) {
	s := &p.Stages[stage]
	r := &Runner{stage: s}
	if s.Kind == plan.Whole {
		if wholeBlocks[s.Op] == nil {
			return nil, fmt.Errorf("%s (at %v): nothing computes it", s.Op, s.Site)
		}
		return r, nil
	}
	if s.Kind == plan.Call {
		r.call = b.Funcs[s.Func]
		if r.call.Block == nil || s.Outputs[0].Reduce != nil && (r.call.Combine == nil || r.call.Finish == nil) {
			return nil, fmt.Errorf("%s (at %v): the function that it calls is missing", s.Op, s.Site)
		}
		return r, nil
	}
	if s.Kind == plan.Contract {
		return r, r.prepareContraction()
	}
	for _, in := range s.Program {
		st := step{Instr: in, size: in.DType.Size()}
		switch {
		case in.Op == op.Read, in.Op == op.Full, in.Op == op.Arange:
		case in.Random != nil:
			sample, ok := kernel.NewSampler(in.Op, in.DType, kernel.Draw(*in.Random))
			if !ok {
				return nil, fmt.Errorf("%s (at %v): no kernel for %v", in.Op, in.Site, in.DType)
			}
			st.sample = sample
		case in.Op == op.Astype:
			loop, ok := kernel.Cast(in.Kernel, in.DType)
			if !ok {
				return nil, fmt.Errorf("astype (at %v): no kernel converts %v to %v", in.Site, in.Kernel, in.DType)
			}
			st.loop = loop
		default:
			loop, ok := kernel.Elementwise(in.Op, in.Kernel)
			if !ok {
				return nil, fmt.Errorf("%s (at %v): no kernel for %v", in.Op, in.Site, in.Kernel)
			}
			st.loop = loop
		}
		r.steps = append(r.steps, st)
	}
	for i := range s.Outputs {
		out := &s.Outputs[i]
		var red *kernel.Reduction
		if out.Reduce != nil {
			var ok bool
			if red, ok = kernel.Reduce(out.Reduce.Op, out.Reduce.Kernel); !ok {
				return nil, fmt.Errorf("%s (at %v): no kernel for %v", out.Reduce.Op, out.Reduce.Site, out.Reduce.Kernel)
			}
		}
		r.reductions = append(r.reductions, red)
		r.counters = append(r.counters, newCounter(red))
	}
	r.allocate()
	return r, nil
}

// allocate gives registers their memory. Buffers are used again once nothing
// reads them; a register that only an output needs is computed in the output's
// memory.
func (r *Runner) allocate() {
	n := len(r.steps)
	last := make([]int, n) // the last step that reads a register
	for i := range last {
		last[i] = i
	}
	for i := range r.steps {
		for _, a := range r.steps[i].Args {
			last[a] = i
		}
	}
	for _, out := range r.stage.Outputs {
		last[out.Reg] = n
	}
	r.place = make([]placing, n)
	r.regs = make([][]byte, n)
	var buffers [][]byte
	var free []int
	piece := min(kernel.Piece, max(1, r.stage.Grid.Largest().Elements()))
	for i := range r.steps {
		st := &r.steps[i]
		// Operands that end here give their buffer to the result if their
		// elements are of one size: a loop may work in place.
		reuse := -1
		var ended []int
		for _, a := range st.Args {
			p := r.place[a]
			if last[a] != i || p.buffer < 0 {
				continue
			}
			last[a] = -1 // a register may be both operands
			if reuse < 0 && r.steps[a].size == st.size {
				reuse = p.buffer
				continue
			}
			ended = append(ended, p.buffer)
		}
		r.place[i] = placing{buffer: reuse, output: -1}
		if reuse < 0 {
			if k := len(free); k > 0 && st.Op != op.Full {
				r.place[i].buffer, free = free[k-1], free[:k-1]
			} else {
				r.place[i].buffer = len(buffers)
				buffers = append(buffers, make([]byte, piece*maxElement))
			}
		}
		free = append(free, ended...)
		if st.Op == op.Full {
			last[i] = n // filled once, so its buffer is never used again
		}
	}
	r.own = make([][]byte, n)
	for i, p := range r.place {
		r.own[i] = buffers[p.buffer]
		r.regs[i] = r.own[i]
		if r.steps[i].Op == op.Full {
			kernel.Fill(r.steps[i].DType, r.own[i], piece, r.steps[i].Value.Bytes())
		}
	}
	for k := range r.stage.Outputs {
		out := &r.stage.Outputs[k]
		if out.Reduce == nil && r.steps[out.Reg].loop != nil && r.place[out.Reg].output < 0 {
			r.place[out.Reg].output = k
		}
	}
}

// maxElement is the size of the largest element.
const maxElement = 16

// Run computes a block.
func (r *Runner) Run(ctx context.Context, t *Task) error {
	switch r.stage.Kind {
	case plan.Call:
		return r.runCall(ctx, t)
	case plan.Whole:
		return r.runWhole(t)
	}
	if r.contraction != nil {
		r.runContraction(t)
		return nil
	}
	w := walk{runner: r, task: t}
	return w.run()
}

// IsCopy reports whether an output is an input's elements as they are, so that
// a block of the input that is dense can stand for the output.
func (r *Runner) IsCopy(output int) bool {
	out := &r.stage.Outputs[output]
	return out.Reduce == nil && len(r.steps) > 0 && r.steps[out.Reg].Op == op.Read
}

// CopyInput is the input that IsCopy speaks of.
func (r *Runner) CopyInput(output int) int { return r.steps[r.stage.Outputs[output].Reg].input() }

// PartialBytes is the memory of the partial of an output that is reduced.
func (r *Runner) PartialBytes(output, cells int) int {
	return r.stage.Outputs[output].Reduce.PartialBytes(cells)
}

// Merge makes left the partial of both: left's elements come first in the order
// of blocks. at is the last block that right is made of, for errors.
func (r *Runner) Merge(output int, at []int, left, right []byte, cells int, nLeft, nRight int64) error {
	if r.call.Block != nil {
		return r.combine(at, left, right)
	}
	red := r.reductions[output]
	r.planes[0] = red.PlanesInto(r.planes[0][:0], left, cells)
	r.planes[1] = red.PlanesInto(r.planes[1][:0], right, cells)
	red.Merge(r.planes[0], r.planes[1], cells, nLeft, nRight)
	return nil
}

// Finish writes the results of a partial made of n elements a cell. at is the
// last block that it is made of, for errors.
func (r *Runner) Finish(output int, at []int, dst, partial []byte, cells int, n int64) error {
	if cells == 0 {
		return nil
	}
	if r.call.Block != nil {
		return r.finish(at, dst, partial, n)
	}
	red := r.reductions[output]
	reduce := r.stage.Outputs[output].Reduce
	r.planes[0] = red.PlanesInto(r.planes[0][:0], partial, cells)
	if status := red.Finish(dst, r.planes[0], cells, n, reduce.Correction); status != kernel.OK {
		return &Error{Op: reduce.Op, Site: reduce.Site, Index: at, Err: status.Err()}
	}
	return nil
}
