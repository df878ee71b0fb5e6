package exec

import (
	"fmt"

	"gabion/internal/kernel"
	"gabion/internal/kernel/contraction"
	"gabion/internal/plan"
)

func (r *Runner) prepareContraction() error {
	reduce := r.stage.Outputs[0].Reduce
	c, ok := contraction.New(reduce.Kernel)
	if !ok {
		return fmt.Errorf("%s (at %v): no kernel for %v", reduce.Op, reduce.Site, reduce.Kernel)
	}
	r.contraction, r.roles = c, r.stage.Roles()
	r.reductions = []*kernel.Reduction{&c.Reduction}
	return nil
}

// runContraction makes the partial of a block of a stage that contracts.
func (r *Runner) runContraction(t *Task) {
	a, b := t.Inputs[0], t.Inputs[1]
	o := contraction.Operands{A: a.Data, B: b.Data, OffsetA: a.Offset, OffsetB: b.Offset, Conj: r.stage.Outputs[0].Reduce.Conj}
	of := [...]*[]contraction.Axis{plan.Batch: &o.Batch, plan.Row: &o.Rows, plan.Column: &o.Columns, plan.Depth: &o.Depth}
	cells := 1 // of an index along the axis at hand: they are in C order
	for axis := len(r.roles) - 1; axis >= 0; axis-- {
		with := contraction.Axis{Len: t.Region.Shape[axis], A: a.Strides[axis], B: b.Strides[axis]}
		if !r.stage.Reduced[axis] {
			with.Cell = cells
			cells *= with.Len
		}
		to := of[r.roles[axis]]
		*to = join(*to, with)
	}
	r.contraction.Leaf(t.Outputs[0], t.Scratch, &o)
}

// join puts an axis in front of others: as one with the first of them, where all
// strides walk them as one.
func join(axes []contraction.Axis, with contraction.Axis) []contraction.Axis {
	if len(axes) > 0 {
		first := &axes[0]
		if first.Len*first.A == with.A && first.Len*first.B == with.B && first.Len*first.Cell == with.Cell {
			first.Len *= with.Len
			return axes
		}
	}
	if with.Len == 1 {
		return axes
	}
	return append([]contraction.Axis{with}, axes...)
}
