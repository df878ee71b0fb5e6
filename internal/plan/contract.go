package plan

import (
	"fmt"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// contract lowers a contraction: a stage over the space of the products, whose
// blocks need a block of each input, and are reduced along the axes that the
// result does not have.
func (l *lowering) contract(ref graph.Ref) error {
	n := ref.Node
	a, ok := n.Attrs.(graph.ContractAttrs)
	if !ok {
		return fmt.Errorf("%s (at %v) has no axes", n.Op, n.Site)
	}
	d := n.Inputs[0].DType()
	s := Stage{Kind: Contract, Grid: a.Grid, Reduced: make([]bool, len(a.Grid)), Site: n.Site, Op: n.Op,
		Outputs: []Output{{DType: ref.DType(), Grid: ref.Grid(), Reduce: &Reduce{Op: n.Op, Kernel: d, Conj: a.Conj, Site: n.Site}}}}
	for axis := a.Kept; axis < len(a.Grid); axis++ {
		s.Reduced[axis] = true
	}
	for i, in := range n.Inputs {
		walked := [][]int{a.A, a.B}[i]
		shape, space := in.Shape(), a.Grid.Shape()
		v := block.View{Rank: len(space), Dims: make([]block.ViewDim, len(shape))}
		for axis, at := range walked {
			v.Dims[axis] = block.ViewDim{Axis: at, Step: 1}
			if shape[axis] == 1 && space[at] != 1 {
				v.Dims[axis] = block.ViewDim{Axis: -1}
			}
		}
		p, base := l.base(in)
		s.Inputs = append(s.Inputs, Input{Stage: p.stage, Output: p.output, Grid: p.grid, View: v.Then(base)})
	}
	s.Memory = s.tiles()
	l.at[ref] = place{l.add(s), 0, ref.Grid()}
	l.stored[ref] = true
	return nil
}

// Role says what an axis of the space of a contraction is of.
type Role uint8

// The roles: an axis of both inputs and the result, of the first and the result,
// of the second and the result, and one that is summed over.
const (
	Batch Role = iota
	Row
	Column
	Depth
)

// Roles are the roles of the axes of the space of a contraction. An axis that the
// inputs are stretched along counts as a row.
func (s *Stage) Roles() []Role {
	roles := make([]Role, len(s.Grid))
	for axis := range s.Grid {
		a, b := s.Inputs[0].View.Uses(axis), s.Inputs[1].View.Uses(axis)
		switch {
		case s.Reduced[axis]:
			roles[axis] = Depth
		case a && b:
			roles[axis] = Batch
		case b:
			roles[axis] = Column
		default:
			roles[axis] = Row
		}
	}
	return roles
}

// contractBound is the memory for the output of a contraction, whose partials are
// as large as its blocks: with the inputs, between two blocks of a run, and when
// partials merge and the result is made.
func (s *Stage) contractBound(out *Output) (made, between, after int64) {
	partial := s.partial(out)
	runs := int64(s.RunLog())
	made = class(s.Memory) + partial*(runs+1)
	return made, partial * runs, partial + max(partial, out.largest())
}

// tiles is the scratch that contracting a block takes.
func (s *Stage) tiles() int64 {
	sizes := [...]int{Batch: 1, Row: 1, Column: 1, Depth: 1}
	for axis, role := range s.Roles() {
		sizes[role] *= s.Grid[axis].Largest()
	}
	return int64(op.TilesOf(s.Outputs[0].Reduce.Kernel, sizes[Row], sizes[Column], sizes[Depth]).Bytes())
}
