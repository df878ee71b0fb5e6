package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// Contract multiplies the elements of a and b and sums the products over the axes
// of the space that the result does not have. Without a grid the blocks of the
// space are the union of the inputs' boundaries; any grid of the same shape does.
// Every axis of the space is walked by an input, and those that are summed over
// by both.
func Contract(site Site, name op.Name, a, b Ref, attrs ContractAttrs) (Ref, error) {
	row := op.Lookup(name)
	if row == nil || row.Class != op.Contraction {
		return Ref{}, fail(site, name, errors.New("this is not a contraction of the table"))
	}
	if err := checkInputs(a, b); err != nil {
		return Ref{}, fail(site, name, err)
	}
	a, b = typed(a), typed(b)
	grid, err := contractedGrid(a, b, attrs)
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	if attrs.Grid == nil {
		attrs.Grid = grid
	}
	if !attrs.Grid.Shape().Equal(grid.Shape()) {
		return Ref{}, fail(site, name, fmt.Errorf("chunks %v are for shape %v, the operands make %v", attrs.Grid, attrs.Grid.Shape(), grid.Shape()))
	}
	types, err := row.Types(name, []dtype.DType{a.DType(), b.DType()})
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	attrs.A, attrs.B, attrs.Grid = slices.Clone(attrs.A), slices.Clone(attrs.B), slices.Clone(attrs.Grid)
	attrs.Conj = attrs.Conj && types.Kernel.IsComplex()
	in := []Ref{a, b}
	result := block.Description{
		DType: types.Out, Grid: slices.Clone(attrs.Grid[:attrs.Kept]), Names: contractedNames(in, attrs),
		Attrs: carry(func() string { return formula(name, in) }, in...),
	}
	for i := range in {
		if in[i], err = cast(site, in[i], types.In[i], in[i].Describe().Attrs); err != nil {
			return Ref{}, err
		}
	}
	return node(site, name, attrs, result, in...)
}

// contractedGrid is the space of a contraction in the blocks of its inputs.
func contractedGrid(a, b Ref, attrs ContractAttrs) (block.Grid, error) {
	if len(attrs.A) != len(a.Grid()) || len(attrs.B) != len(b.Grid()) {
		return nil, fmt.Errorf("axes %s and %s are named of shapes %s", axesText(attrs.A), axesText(attrs.B), shapeList([]Ref{a, b}))
	}
	rank := attrs.Kept
	for _, axis := range append(slices.Clone(attrs.A), attrs.B...) {
		rank = max(rank, axis+1)
	}
	if rank > maxRank {
		return nil, fmt.Errorf("shapes %s make a product of %d axes; there may be %d", shapeList([]Ref{a, b}), rank, maxRank)
	}
	grid, walked := make(block.Grid, rank), make([]int, rank)
	for i, r := range []Ref{a, b} {
		own := attrs.A
		if i == 1 {
			own = attrs.B
		}
		for axis, at := range own {
			if at < 0 || slices.Contains(own[:axis], at) {
				return nil, fmt.Errorf("axis %d of the product is named twice, or does not exist", at)
			}
			with := r.Grid()[axis]
			if !with.Known() {
				return nil, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, r.Shape(), ErrUnresolved)
			}
			switch walked[at]++; {
			case walked[at] == 1 || grid[at].Len() == 1:
				grid[at] = with
			case with.Len() == 1:
			case grid[at].Len() != with.Len():
				return nil, fmt.Errorf("shapes %s do not broadcast: lengths %d and %d meet", shapeList([]Ref{a, b}), grid[at].Len(), with.Len())
			default:
				grid[at] = grid[at].Union(with)
			}
		}
	}
	for at, n := range walked {
		if n == 0 || at >= attrs.Kept && n != 2 {
			return nil, fmt.Errorf("axis %d of the product is not of the operands", at)
		}
	}
	if size, err := grid.Shape().Size(); err != nil || size > math.MaxInt/maxElement {
		return nil, fmt.Errorf("shapes %s make more than the %d products that are counted", shapeList([]Ref{a, b}), math.MaxInt/maxElement)
	}
	return grid, nil
}

const (
	maxRank    = 64 // as in NumPy
	maxElement = 16 // bytes
)

// contractedNames are the names of the axes of the result: those that the named
// inputs agree on.
func contractedNames(in []Ref, attrs ContractAttrs) []string {
	var seen []Ref
	for i, r := range in {
		axes := make([]int, attrs.Kept)
		for at := range axes {
			axes[at] = slices.Index([][]int{attrs.A, attrs.B}[i], at)
		}
		named := block.Description{Grid: make(block.Grid, attrs.Kept), Names: pick(r.Describe().Names, axes)}
		seen = append(seen, Ref{Node: &Node{Results: []block.Description{named}}})
	}
	return broadcastNames(attrs.Kept, seen)
}
