package graph

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// ErrUnresolved is within the errors of operations that need a length which only
// computing tells.
var ErrUnresolved = errors.New("resolve the array first")

// Unresolved is err with the operation that does not know the length of one of the
// inputs, if err is about that.
func Unresolved(err error, in []Ref) error {
	var mistake *Error
	if !errors.Is(err, ErrUnresolved) || !errors.As(err, &mistake) {
		return err
	}
	if unknown := Counting(in); unknown != "" {
		said := *mistake
		said.Err = fmt.Errorf("%w, as %s", mistake.Err, unknown)
		return &said
	}
	return err
}

// Counting says which of the operations that arrays are made of has a result whose
// length depends on values; "" if there is none.
func Counting(arrays []Ref) string {
	for _, n := range topological(arrays) {
		if !n.Results[0].Grid.Known() {
			return fmt.Sprintf("%s (at %v) knows only when it is computed how many elements it keeps", n.Site.Asked(n.Op), n.Site)
		}
	}
	return ""
}

// Uncounted is an operation whose result has an unknown length although its
// inputs are known: how many elements there are depends on their values.
type Uncounted struct {
	node   *Node
	Counts Ref // an int64 array of the number of elements in each block
}

// FindUncounted lists what has to be counted first so that lengths become known;
// nothing if all are.
func FindUncounted(outputs []Ref) ([]Uncounted, error) {
	var found []Uncounted
	unknown := make(map[*Node]bool) // of what an unknown length goes into, whether its own are known or not
	for _, n := range topological(outputs) {
		for _, in := range n.Inputs {
			unknown[n] = unknown[n] || unknown[in.Node]
		}
		if unknown[n] || n.Results[0].Grid.Known() {
			continue
		}
		if unknown[n] = true; n.Op != op.BlockCompress && n.Op != op.BlockShare {
			continue
		}
		axis := n.Attrs.(BlockAttrs).Axis
		mask, err := Cast(n.Site, n.Inputs[1], dtype.Int64)
		if err != nil {
			return nil, err
		}
		out := block.Description{DType: dtype.Int64, Grid: slices.Clone(mask.Grid())}
		blocks := mask.Grid()[axis].Blocks()
		out.Grid[axis] = block.Regular(blocks, 1)
		counts, err := Blockwise(n.Site, op.BlockSum, []Ref{mask}, out, BlockAttrs{Axis: axis})
		if err != nil {
			return nil, err
		}
		found = append(found, Uncounted{n, counts})
	}
	return found, nil
}

// Resolve makes outputs anew with the lengths that were counted: counts[i] are the
// elements of found[i].Counts.
func Resolve(outputs []Ref, found []Uncounted, counts [][]int64) ([]Ref, error) {
	counted := make(map[*Node][]int64)
	for i, u := range found {
		counted[u.node] = counts[i]
	}
	made := make(map[*Node]Ref)
	for _, n := range topological(outputs) {
		inputs := slices.Clone(n.Inputs)
		for i, in := range inputs {
			if m, ok := made[in.Node]; ok {
				inputs[i] = m
			}
		}
		var err error
		var r Ref
		switch {
		case counted[n] != nil && n.Op == op.BlockShare:
			r, err = shared(n, inputs, counted[n])
		case counted[n] != nil:
			r, err = resolved(n, inputs, counted[n])
		case slices.Equal(inputs, n.Inputs):
			continue
		default:
			r, err = rebuilt(n, inputs)
		}
		if err != nil {
			return nil, err
		}
		if n.Op == op.Reshape { // of an array that turned out empty
			if r, err = inBlocks(r, n.Results[0].Grid); err != nil {
				return nil, err
			}
		}
		d := r.Describe()
		d.Names, d.Attrs = n.Results[0].Names, n.Results[0].Attrs
		made[n] = labelled(r, d)
	}
	outputs = slices.Clone(outputs)
	for i, out := range outputs {
		if m, ok := made[out.Node]; ok {
			outputs[i] = m
		}
	}
	return outputs, nil
}

// inBlocks is r in the blocks of a grid, where these are known.
func inBlocks(r Ref, grid block.Grid) (Ref, error) {
	grid = slices.Clone(grid)
	for axis, a := range grid {
		if !a.Known() {
			grid[axis] = r.Grid()[axis]
		}
	}
	if r.Grid().Equal(grid) {
		return r, nil
	}
	return Rechunk(r.Node.Site, r, grid)
}

// resolved is what a mask keeps of each block, where counts say how much that is.
// Blocks of which nothing is kept are left out.
func resolved(n *Node, inputs []Ref, counts []int64) (Ref, error) {
	axis := n.Attrs.(BlockAttrs).Axis
	from := inputs[0].Grid()[axis]
	var sizes, lengths []int
	var runs []block.IndexRun
	total := 0
	for b, count := range counts {
		start, size := from.Block(b)
		if count == 0 {
			continue
		}
		sizes, lengths = append(sizes, int(count)), append(lengths, size)
		if k := len(runs); k == 0 || runs[k-1].From+total-runs[k-1].To != start {
			runs = append(runs, block.IndexRun{To: total, From: start, Step: 1})
		}
		total += size
	}
	if total == 0 {
		items := make([]AxisIndex, len(inputs[0].Grid()))
		for i, a := range inputs[0].Grid() {
			items[i] = AxisIndex{Step: 1, Count: a.Len()}
		}
		items[axis] = AxisIndex{Step: 1}
		return Slice(n.Site, inputs[0], items)
	}
	if len(sizes) < len(counts) {
		m, err := block.MapOfRuns(total, runs)
		if err != nil {
			return Ref{}, err
		}
		kept, err := block.Irregular(lengths)
		if err != nil {
			return Ref{}, err
		}
		for i, in := range inputs {
			a := GatherAttrs{Grid: slices.Clone(in.Grid())}
			for k := range in.Grid() {
				a.Axes = append(a.Axes, WholeAxis(in, k))
			}
			a.Axes[axis].Maps, a.Grid[axis] = []block.IndexMap{m}, kept
			if inputs[i], err = Gather(n.Site, op.Take, in, a); err != nil {
				return Ref{}, err
			}
		}
	}
	out := n.Results[0]
	out.Grid = slices.Clone(inputs[0].Grid())
	var err error
	if out.Grid[axis], err = block.Irregular(sizes); err != nil {
		return Ref{}, err
	}
	return Blockwise(n.Site, n.Op, inputs, out, n.Attrs.(BlockAttrs))
}

// shared is elements shared out to the blocks of a mask, where counts say how many
// each of them takes. A block that takes none is given one that it does not read.
func shared(n *Node, inputs []Ref, counts []int64) (Ref, error) {
	axis, in := n.Attrs.(BlockAttrs).Axis, inputs[0]
	length := in.Grid()[axis].Len()
	var runs []block.IndexRun
	sizes := make([]int, len(counts))
	total, wide := 0, 0 // elements, and places for them
	for b, count := range counts {
		run := block.IndexRun{To: wide, From: total, Step: 1}
		switch {
		case count == 0:
			run = block.IndexRun{To: wide, From: block.Fill}
		case length == 1:
			run.From, run.Step = 0, 0
		}
		// Between blocks that take elements both go on.
		if last := len(runs) - 1; last < 0 || (run.From == block.Fill) != (runs[last].From == block.Fill) {
			runs = append(runs, run)
		}
		sizes[b] = max(1, int(count))
		total, wide = total+int(count), wide+sizes[b]
	}
	if length != total && length != 1 {
		return Ref{}, fail(n.Site, op.SetItem, mistakef(ValueError, "cannot assign %d input values to the %d output values where the mask is true", length, total))
	}
	if wide == 1 { // which would stretch
		if counts[0] > 0 {
			runs = append(runs, block.IndexRun{To: 1, From: block.Fill})
		}
		wide, sizes[0] = 2, 2
	}
	m, err := block.MapOfRuns(wide, runs)
	if err != nil {
		return Ref{}, err
	}
	zero, _ := dtype.ScalarOf(false)
	a := GatherAttrs{Grid: slices.Clone(in.Grid())}
	if a.Fill, err = zero.Convert(in.DType()); err != nil {
		return Ref{}, err
	}
	for k := range in.Grid() {
		a.Axes = append(a.Axes, WholeAxis(in, k))
	}
	a.Axes[axis].Maps = []block.IndexMap{m}
	if a.Grid[axis], err = block.Irregular(sizes); err != nil {
		return Ref{}, err
	}
	return Gather(n.Site, op.Take, in, a)
}

// rebuilt is n with inputs of which lengths have become known.
func rebuilt(n *Node, inputs []Ref) (Ref, error) {
	m := *n
	m.Inputs = inputs
	d := n.Results[0]
	switch a := n.Attrs.(type) {
	case RechunkAttrs:
		a.Grid = slices.Clone(a.Grid)
		for axis := range a.Grid {
			if !a.Grid[axis].Known() {
				a.Grid[axis] = inputs[0].Grid()[axis]
			}
		}
		m.Attrs = a
	case SliceAttrs:
		a.Items = slices.Clone(a.Items)
		axis := 0
		for i := range a.Items {
			if a.Items[i].New {
				continue
			}
			if a.Items[i].Count == block.Unknown {
				a.Items[i].Count = inputs[0].Grid()[axis].Len()
			}
			axis++
		}
		m.Attrs = a
	case ShapeAttrs:
		a.Shape = slices.Clone(a.Shape)
		for i := range a.Shape {
			if axis := i - len(a.Shape) + len(inputs[0].Grid()); n.Op == op.BroadcastTo && a.Shape[i] == block.Unknown && axis >= 0 {
				a.Shape[i] = inputs[0].Grid()[axis].Len()
			}
		}
		m.Attrs = a
	case GatherAttrs:
		a.Axes, a.Grid = slices.Clone(a.Axes), slices.Clone(a.Grid)
		for i, axis := range a.Axes {
			if !a.Grid[i].Known() {
				a.Axes[i], a.Grid[i] = WholeAxis(inputs[0], axis.From[0]), inputs[0].Grid()[axis.From[0]]
			}
		}
		m.Attrs = a
	case FuncAttrs, BlockAttrs:
		d.Grid = slices.Clone(d.Grid)
		for axis := range d.Grid {
			if b, ok := a.(BlockAttrs); d.Grid[axis].Known() || ok && (n.Op == op.BlockCompress || n.Op == op.BlockShare) && axis == b.Axis {
				continue // or still to be counted
			}
			fits := func(in Ref) bool { return len(in.Grid()) == len(d.Grid) }
			at := slices.IndexFunc(inputs, func(in Ref) bool { return fits(in) && in.Grid()[axis].Len() != 1 })
			if at < 0 { // there are none that others stretch to
				at = slices.IndexFunc(inputs, fits)
			}
			if at < 0 {
				return Ref{}, fail(n.Site, n.Op, fmt.Errorf("the length of axis %d of shape %v does not follow from those of the inputs", axis, d.Shape()))
			}
			d.Grid[axis] = inputs[at].Grid()[axis]
		}
		if b, ok := a.(BlockAttrs); ok && n.Op == op.BlockCompress {
			d.Grid[b.Axis] = block.UnknownAxis(inputs[0].Grid()[b.Axis].Blocks())
		}
		if b, ok := a.(BlockAttrs); ok && n.Op == op.BlockShare {
			d.Grid[b.Axis] = block.UnknownAxis(inputs[1].Grid()[b.Axis].Blocks())
		}
	}
	m.Results = []block.Description{d}
	return again(&m)
}

// AllKnown reports whether every length is known of what outputs are made of.
func AllKnown(outputs []Ref) bool {
	for _, n := range topological(outputs) {
		if !n.Results[0].Grid.Known() {
			return false
		}
	}
	return true
}
