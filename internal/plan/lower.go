package plan

import (
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Target says where an output of a graph goes.
type Target struct {
	Output int // number of the graph's output
	Sink   block.Sink
}

// Lower turns a graph into a plan. It is the one place that knows both.
func Lower(g graph.Graph, targets []Target) (*Plan, *Bindings, error) {
	l := &lowering{
		plan:   &Plan{},
		bind:   &Bindings{},
		at:     make(map[graph.Ref]place),
		loads:  make(map[*graph.Slot]int),
		stored: make(map[graph.Ref]bool),
	}
	outputs := append([]graph.Ref(nil), g.Outputs...)
	aligned := make([]graph.Ref, len(targets))
	for i, t := range targets {
		out := outputs[t.Output]
		d := out.Describe()
		if !d.Grid.Known() {
			return nil, nil, fmt.Errorf("%s (at %v): a result of unknown shape %v cannot be stored; Resolve it first", out.Node.Op, out.Node.Site, d.Shape())
		}
		align, err := t.Sink.Align(d)
		if err != nil {
			return nil, nil, err
		}
		l.bind.Sinks = append(l.bind.Sinks, t.Sink)
		sink := Sink{Description: d, Align: align}
		if named, ok := t.Sink.(block.SinkName); ok {
			sink.Name = named.Name()
			for _, other := range l.plan.Sinks {
				if sink.Name != "" && other.Name == sink.Name {
					return nil, nil, fmt.Errorf("two results go to %s: give each a place of its own", sink.Name)
				}
			}
		}
		aligned[i] = out
		if align != nil {
			if grid := alignedGrid(d.Grid, align); !grid.Equal(d.Grid) {
				aligned[i], err = graph.Rechunk(out.Node.Site, out, grid)
				if err != nil {
					return nil, nil, err
				}
			}
		}
		sink.Scratch = t.Sink.Scratch(largest(aligned[i].Grid()))
		l.plan.Sinks = append(l.plan.Sinks, sink)
	}
	for _, group := range graph.Groups(graph.Graph{Outputs: aligned, Unfused: g.Unfused}) {
		if err := l.group(group); err != nil {
			return nil, nil, err
		}
	}
	for i, ref := range aligned {
		p, ok := l.at[ref]
		if !ok {
			return nil, nil, fmt.Errorf("no stage makes %s (at %v)", ref.Node.Op, ref.Node.Site)
		}
		out := &l.plan.Stages[p.stage].Outputs[p.output]
		if !out.Grid.Equal(p.grid) { // a reshape's blocks under the shape of what it reshapes
			p = l.copyStage(ref, p)
			out = &l.plan.Stages[p.stage].Outputs[p.output]
		}
		out.Sinks = append(out.Sinks, i)
	}
	l.plan.activate()
	l.plan.prepare()
	return l.plan, l.bind, nil
}

// alignedGrid is a grid like g whose blocks are whole blocks of align.
func alignedGrid(g, align block.Grid) block.Grid {
	out := make(block.Grid, len(g))
	for axis := range g {
		out[axis] = g[axis]
		if align[axis].Refines(g[axis]) {
			continue
		}
		out[axis] = align[axis]
		if chunk, ok := align[axis].Chunk(); ok && chunk > 0 {
			out[axis] = block.Regular(g[axis].Len(), chunk*max(1, g[axis].Largest()/chunk))
		}
	}
	return out
}

// largest is a region as long along every axis as the longest block.
func largest(g block.Grid) block.Region {
	at := make([]int, len(g))
	for axis, a := range g {
		size := a.Largest()
		for b := range min(a.Blocks(), 3) {
			if _, n := a.Block(b); n == size {
				at[axis] = b
				break
			}
		}
	}
	return g.Region(at)
}

// place is where a result is made, and the grid under which its readers see it.
type place struct {
	stage, output int
	grid          block.Grid
}

type lowering struct {
	plan   *Plan
	bind   *Bindings
	at     map[graph.Ref]place
	stored map[graph.Ref]bool
	loads  map[*graph.Slot]int // load stages
}

func (l *lowering) add(s Stage) int {
	l.plan.Stages = append(l.plan.Stages, s)
	return len(l.plan.Stages) - 1
}

// group is the one switch over classes of operations.
func (l *lowering) group(g graph.Group) error {
	n := g.Outputs[0].Node
	switch n.Row().Class {
	case op.Reshaping:
		return l.reshape(g.Outputs[0])
	case op.Concatenation:
		l.concat(g.Outputs[0])
	case op.Gathering:
		l.gathered(g.Outputs[0])
	case op.Function:
		return l.call(g.Outputs[0])
	case op.Blockwise:
		return l.blockwise(g.Outputs[0])
	case op.Contraction:
		return l.contract(g.Outputs[0])
	case op.Input, op.Elementwise, op.View, op.Regridding, op.Reduction:
		return l.fused(g)
	default:
		return fmt.Errorf("%s (at %v) cannot be executed", n.Op, n.Site)
	}
	return nil
}

// fused compiles a group into a stage with a program.
func (l *lowering) fused(g graph.Group) error {
	first := g.Outputs[0].Node
	c := &compiler{
		lowering: l,
		stage:    Stage{Kind: Fused, Grid: g.Grid, Reduced: g.Reduced, Site: first.Site, Op: first.Op},
		regs:     make(map[value]int),
		inputs:   make(map[value]int),
		roots:    make(map[graph.Ref]bool),
	}
	for _, ref := range g.Outputs {
		c.roots[ref] = true
	}
	identity := block.IdentityView(len(g.Grid))
	for _, ref := range g.Outputs {
		n := ref.Node
		out := Output{DType: ref.DType(), Grid: ref.Grid()}
		top := ref
		if n.Row().Class == op.Reduction {
			top = n.Inputs[0]
			a := n.Attrs.(graph.ReduceAttrs)
			out.Reduce = &Reduce{Op: n.Op, Kernel: top.DType(), Correction: a.Correction, Site: n.Site}
		}
		reg, err := c.compile(top, identity)
		if err != nil {
			return err
		}
		out.Reg = reg
		c.stage.Outputs = append(c.stage.Outputs, out)
	}
	id := l.add(c.stage)
	for i, ref := range g.Outputs {
		l.at[ref] = place{id, i, ref.Grid()}
		l.stored[ref] = g.Stored[i]
	}
	return nil
}

// value is a node as seen through a view.
type value struct {
	node *graph.Node
	view string
}

type compiler struct {
	*lowering
	stage  Stage
	regs   map[value]int
	inputs map[value]int
	roots  map[graph.Ref]bool
}

// compile makes the steps that compute ref as seen through view, and returns
// the register that holds it. It does not recurse, as chains may be long.
func (c *compiler) compile(ref graph.Ref, view block.View) (int, error) {
	type frame struct {
		ref  graph.Ref
		view block.View
		args []int
	}
	result := -1
	stack := []frame{{ref: ref, view: view}}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		n := f.ref.Node
		key := value{n, fmt.Sprint(f.view)}
		give := func(reg int) {
			c.regs[key] = reg
			stack = stack[:len(stack)-1]
			result = reg
			if len(stack) > 0 {
				top := &stack[len(stack)-1]
				top.args = append(top.args, reg)
			}
		}
		if reg, ok := c.regs[key]; ok {
			give(reg)
			continue
		}
		if p, ok := c.at[f.ref]; ok && c.lowering.stored[f.ref] && !c.roots[f.ref] {
			give(c.read(key, p, f.view))
			continue
		}
		if n.Row().Class == op.Input {
			reg, err := c.made(key, n, f.view)
			if err != nil {
				return 0, err
			}
			give(reg)
			continue
		}
		if inner, ok := graph.ViewOf(n); ok {
			if len(f.args) == 0 {
				stack = append(stack, frame{ref: n.Inputs[0], view: f.view.Then(inner)})
				continue
			}
			give(f.args[0])
			continue
		}
		if n.Row().Class != op.Elementwise {
			return 0, fmt.Errorf("%s (at %v) is read by a stage before it is made", n.Op, n.Site)
		}
		if i := len(f.args); i < len(n.Inputs) {
			in := n.Inputs[i]
			stack = append(stack, frame{ref: in, view: f.view.Then(block.BroadcastView(in.Shape(), n.Results[0].Shape()))})
			continue
		}
		reg, err := c.elementwise(n, f.args)
		if err != nil {
			return 0, err
		}
		give(reg)
	}
	return result, nil
}

func (c *compiler) emit(i Instr) int {
	c.stage.Program = append(c.stage.Program, i)
	return len(c.stage.Program) - 1
}

func (c *compiler) elementwise(n *graph.Node, args []int) (int, error) {
	i := Instr{Op: n.Op, DType: n.Results[0].DType, Args: args, Site: n.Site}
	if n.Op == op.Astype {
		i.Kernel = n.Inputs[0].DType()
		return c.emit(i), nil
	}
	types, err := n.Row().Types(n.Op, inputTypes(n))
	if err != nil {
		return 0, err
	}
	i.Kernel = types.Kernel
	return c.emit(i), nil
}

func inputTypes(n *graph.Node) []dtype.DType {
	types := make([]dtype.DType, len(n.Inputs))
	for i, in := range n.Inputs {
		types[i] = in.DType()
	}
	return types
}

// read makes an input of the stage and the step that loads it.
func (c *compiler) read(key value, p place, view block.View) int {
	input, ok := c.inputs[key]
	if !ok {
		input = len(c.stage.Inputs)
		c.stage.Inputs = append(c.stage.Inputs, Input{Stage: p.stage, Output: p.output, Grid: p.grid, View: view})
		c.inputs[key] = input
	}
	return c.emit(Instr{Op: op.Read, DType: c.plan.Stages[p.stage].Outputs[p.output].DType, Input: input})
}

// made is an operation without inputs: a source's elements, or elements that
// are made from attributes.
func (c *compiler) made(key value, n *graph.Node, view block.View) (int, error) {
	d := n.Results[0]
	i := Instr{Op: n.Op, DType: d.DType, Kernel: d.DType, Site: n.Site}
	switch a := n.Attrs.(type) {
	case graph.ReadAttrs:
		return c.read(key, c.load(n), view), nil
	case graph.FullAttrs:
		i.Value = a.Value
	case graph.ArangeAttrs:
		i.Start, i.Step, i.IntStart, i.IntStep = a.Start, a.Step, a.IntStart, a.IntStep
		i.First, i.Steps = numbering(d.Shape(), view)
	case graph.RandomAttrs:
		i.Random = &a
		i.First, i.Steps = numbering(d.Shape(), view)
	default:
		return 0, fmt.Errorf("%s (at %v) cannot be executed", n.Op, n.Site)
	}
	return c.emit(i), nil
}

// numbering is the C-order number of the element that a view shows at an index:
// first + sum(steps[axis]*index[axis]).
func numbering(shape block.Shape, view block.View) (first int64, steps []int64) {
	steps = make([]int64, view.Rank)
	strides := shape.Strides()
	for dim, d := range view.Dims {
		first += int64(d.Start) * int64(strides[dim])
		if d.Axis >= 0 {
			steps[d.Axis] += int64(d.Step) * int64(strides[dim])
		}
	}
	return first, steps
}

// load is the stage that reads a source.
func (l *lowering) load(n *graph.Node) place {
	slot := n.Attrs.(graph.ReadAttrs).Source
	id, ok := l.loads[slot]
	if !ok {
		src := slot.Value.(block.Source)
		d := src.Describe()
		_, viewed := src.(block.Viewer)
		s := Source{Name: slot.Name, Description: d, Traits: src.Traits(), Viewed: viewed, Site: n.Site}
		if !viewed {
			s.Scratch = sourceScratch(src, d.Grid)
		}
		l.plan.Sources = append(l.plan.Sources, s)
		l.bind.Sources = append(l.bind.Sources, src)
		id = l.add(Stage{Kind: Load, Grid: d.Grid, Source: len(l.plan.Sources) - 1, Site: n.Site, Op: op.Read,
			Outputs: []Output{{DType: d.DType, Grid: d.Grid}}})
		l.loads[slot] = id
	}
	return place{id, 0, l.plan.Stages[id].Grid}
}

// sourceScratch is the most scratch that reading a block, or a part of one,
// takes: parts may need room for the whole block that is cut.
func sourceScratch(src block.Source, g block.Grid) int64 {
	whole := largest(g)
	scratch := src.Scratch(whole)
	for axis := range whole.Shape {
		if whole.Shape[axis] > 1 {
			part := whole.Clone()
			part.Shape[axis]--
			scratch = max(scratch, src.Scratch(part))
			part.Start[axis]++
			scratch = max(scratch, src.Scratch(part))
		}
	}
	return scratch
}

// stage is where the base of a reference is made.
func (l *lowering) base(r graph.Ref) (place, block.View) {
	base, view := graph.Base(r)
	if base.Node.Op == op.Read {
		return l.load(base.Node), view
	}
	return l.at[base], view
}

// copyStage stores ref, made at p, under its own grid.
func (l *lowering) copyStage(ref graph.Ref, p place) place {
	grid := ref.Grid()
	return l.gather(ref, grid, p, block.IdentityView(len(grid)))
}

// gather is a stage that stores what a view shows of p in the blocks of grid.
func (l *lowering) gather(ref graph.Ref, grid block.Grid, p place, view block.View) place {
	d := ref.DType()
	id := l.add(Stage{
		Kind: Fused, Grid: grid, Site: ref.Node.Site, Op: ref.Node.Op,
		Inputs:  []Input{{Stage: p.stage, Output: p.output, Grid: p.grid, View: view}},
		Program: []Instr{{Op: op.Read, DType: d}},
		Outputs: []Output{{DType: d, Grid: grid}},
	})
	return place{id, 0, grid}
}

// call lowers a user's function.
func (l *lowering) call(ref graph.Ref) error {
	n := ref.Node
	s := Stage{Kind: Call, Grid: ref.Grid(), Func: len(l.plan.Funcs), Site: n.Site, Op: n.Op,
		Outputs: []Output{{DType: ref.DType(), Grid: ref.Grid()}}}
	var slot *graph.Slot
	var f UserFunc
	ok := false
	switch a := n.Attrs.(type) {
	case graph.FuncAttrs:
		slot, s.Memory = a.Func, a.Scratch
		f.Block, ok = a.Func.Value.(BlockFunc)
	case graph.TreeAttrs:
		slot, s.Memory = a.Func, a.Scratch
		s.Grid = n.Inputs[0].Grid()
		s.Reduced = make([]bool, len(s.Grid))
		for axis := len(s.Grid) - a.Reduced; axis < len(s.Grid); axis++ {
			s.Reduced[axis] = true
		}
		s.Outputs[0].Reduce = &Reduce{Op: n.Op, Kernel: a.Partial, Width: a.Width, Site: n.Site}
		f, ok = a.Func.Value.(UserFunc)
	default:
		return fmt.Errorf("%s (at %v) has no function", n.Op, n.Site)
	}
	if !ok {
		return fmt.Errorf("%s (at %v): the function has type %T", n.Op, n.Site, slot.Value)
	}
	l.bind.Funcs = append(l.bind.Funcs, f)
	l.plan.Funcs = append(l.plan.Funcs, Func{Name: slot.Name, Site: n.Site})
	var overlap []graph.Overlap
	if a, ok := n.Attrs.(graph.FuncAttrs); ok {
		overlap = a.Overlap
	}
	return l.whole(ref, s, overlap)
}

// blockwise lowers an operation on whole blocks.
func (l *lowering) blockwise(ref graph.Ref) error {
	n := ref.Node
	a := n.Attrs.(graph.BlockAttrs)
	s := Stage{Kind: Whole, Grid: ref.Grid(), Site: n.Site, Op: n.Op,
		Args:    &Args{Axis: a.Axis, K: a.K, Flag: a.Flag, Sizes: a.Sizes},
		Outputs: []Output{{DType: ref.DType(), Grid: ref.Grid()}}}
	s.Memory = s.places()
	return l.whole(ref, s, a.Overlap)
}

// places is the scratch of an operation on whole blocks that chooses elements of
// a lane: their places.
func (s *Stage) places() int64 {
	if s.Op == op.BlockTopk || s.Op == op.BlockArgtopk {
		return 8 * int64(s.Grid[s.Args.Axis].Largest())
	}
	return 0
}

// whole adds a stage that is given whole blocks of the inputs of ref, or more.
func (l *lowering) whole(ref graph.Ref, s Stage, overlap []graph.Overlap) error {
	for i, in := range ref.Node.Inputs {
		if overlap != nil {
			input, err := l.overlapInput(in, overlap[i], ref.Grid())
			if err != nil {
				return fmt.Errorf("%s (at %v): %w", s.Op, s.Site, err)
			}
			s.Inputs = append(s.Inputs, input)
			continue
		}
		p, view := l.base(in)
		blocks, stretch := slices.Clone(in.Grid()), block.IdentityView(len(in.Grid()))
		for axis, a := range s.Grid {
			// What has length 1 is given to every block, and to a block alone
			// at all of its indices. Functions of users are given it as it is.
			if a.Blocks() != blocks[axis].Blocks() || s.Args != nil && blocks[axis].Len() == 1 && a.Len() != 1 {
				blocks[axis], stretch.Dims[axis] = a, block.ViewDim{Axis: -1}
			}
		}
		s.Inputs = append(s.Inputs, Input{Stage: p.stage, Output: p.output, Grid: p.grid, View: stretch.Then(view), Blocks: blocks})
	}
	l.at[ref] = place{l.add(s), 0, ref.Grid()}
	l.stored[ref] = true
	return nil
}

// concat lowers a concatenation: each block is copied from one input.
func (l *lowering) concat(ref graph.Ref) {
	n := ref.Node
	axis := n.Attrs.(graph.ConcatAttrs).Axis
	grid := ref.Grid()
	s := Stage{Kind: Fused, Grid: grid, Site: n.Site, Op: n.Op, Select: &Select{Axis: axis, Bounds: []int{0}},
		Program: []Instr{{Op: op.Read, DType: ref.DType(), Input: -1, Site: n.Site}},
		Outputs: []Output{{DType: ref.DType(), Grid: grid}}}
	offset := 0
	for i, in := range n.Inputs {
		size := in.Shape()[axis]
		if size == 0 && (len(s.Inputs) > 0 || i < len(n.Inputs)-1) {
			continue // there is always one input
		}
		p, view := l.base(in)
		shift := block.IdentityView(len(grid))
		shift.Dims[axis].Start = -offset
		s.Inputs = append(s.Inputs, Input{Stage: p.stage, Output: p.output, Grid: p.grid, View: shift.Then(view)})
		offset += size
		s.Select.Bounds = append(s.Select.Bounds, offset)
	}
	l.at[ref] = place{l.add(s), 0, grid}
	l.stored[ref] = true
}

// gathered lowers an operation that picks elements by index maps.
func (l *lowering) gathered(ref graph.Ref) {
	n := ref.Node
	a := n.Attrs.(graph.GatherAttrs)
	d, grid := ref.DType(), ref.Grid()
	axes := make([]mapped, len(a.Axes))
	for i, axis := range a.Axes {
		axes[i] = mapped{axis.From, axis.Maps}
	}
	s := Stage{Kind: Fused, Grid: grid, Site: n.Site, Op: n.Op,
		Inputs:  []Input{l.gatherInput(n.Inputs[0], axes, a.Fill)},
		Program: []Instr{{Op: op.Read, DType: d}},
		Outputs: []Output{{DType: d, Grid: grid}}}
	l.at[ref] = place{l.add(s), 0, grid}
	l.stored[ref] = true
}

// mapped is which axes of a graph's array stand along an axis of a space, and by
// which maps.
type mapped struct {
	from []int
	maps []block.IndexMap
}

// gatherInput is the input of a stage that sees an array by index maps, one for
// each axis of the stage's space.
func (l *lowering) gatherInput(in graph.Ref, axes []mapped, fill dtype.Scalar) Input {
	p, view := l.base(in)
	seen := make([]int, len(in.Grid())) // how many axes of the base an axis is seen along
	for _, d := range view.Dims {
		if d.Axis >= 0 {
			seen[d.Axis]++
		}
	}
	for _, axis := range axes {
		for k, from := range axis.from {
			if seen[from] == 0 && axis.maps[k].Fills() { // the base cannot tell where it is filled
				p, view = l.gather(in, in.Grid(), p, view), block.IdentityView(len(in.Grid()))
			}
		}
	}
	g := &Gather{Fill: fill}
	for i, axis := range axes {
		part := GatherPart{Axis: i}
		for k, from := range axis.from {
			for dim, d := range view.Dims {
				if d.Axis == from {
					part.Dims = append(part.Dims, dim)
					part.Maps = append(part.Maps, axis.maps[k].Of(d.Start, d.Step))
				}
			}
		}
		if part.Dims != nil {
			g.Parts = append(g.Parts, part)
		}
	}
	for dim, d := range view.Dims {
		if d.Axis < 0 {
			g.Parts = append(g.Parts, GatherPart{Axis: -1, Dims: []int{dim}, Maps: []block.IndexMap{block.MapOfList([]int{d.Start})}})
		}
	}
	return Input{Stage: p.stage, Output: p.output, Grid: p.grid, Gather: g}
}

// overlapInput is the input of a function that is given more than a block of it.
func (l *lowering) overlapInput(in graph.Ref, o graph.Overlap, out block.Grid) (Input, error) {
	axes := make([]mapped, len(in.Grid()))
	halo := make([]Halo, len(axes))
	for axis, a := range in.Grid() {
		m, err := o.Map(axis, a.Len())
		if err != nil {
			return Input{}, err
		}
		axes[axis] = mapped{[]int{axis}, []block.IndexMap{m}}
		halo[axis] = Halo{Before: o.Depth[axis][0], After: o.Depth[axis][1], Clip: o.Modes[axis] == graph.PadNone}
	}
	input := l.gatherInput(in, axes, o.Fill)
	input.Blocks, input.Gather.Halo = slices.Clone(in.Grid()), halo
	for axis, mode := range o.Modes {
		if mode == graph.PadValid {
			input.Blocks[axis] = out[axis]
		}
	}
	return input, nil
}

// reshape lowers a reshape. Both sides are seen as arrays with one axis for
// each group of axes that are split or merged; where the blocks of both are
// contiguous in a group's C order, these arrays are the same.
func (l *lowering) reshape(ref graph.Ref) error {
	in := ref.Node.Inputs[0]
	groups := graph.ReshapeGroups(in.Shape(), ref.Shape())
	to := make(block.Grid, len(groups))
	for i, g := range groups {
		axis, ok := flatten(ref.Grid()[g.To[0]:g.To[1]])
		if !ok {
			return fmt.Errorf("reshape (at %v): the blocks %v are not contiguous", ref.Node.Site, ref.Grid())
		}
		to[i] = axis
	}
	p, view := l.base(in)
	var from block.Grid
	ok := view.IsIdentity() && p.grid.Shape().Equal(in.Shape()) && l.plan.Stages[p.stage].Kind != Load
	if ok {
		from, ok = flattenGroups(p.grid, groups)
	}
	if !ok {
		grid := make(block.Grid, 0, len(in.Grid()))
		for i, g := range groups {
			grid = append(grid, contiguous(in.Shape()[g.From[0]:g.From[1]], to[i].Largest())...)
		}
		p = l.gather(in, grid, p, view)
		from, _ = flattenGroups(grid, groups)
	}
	if from.Equal(to) {
		l.at[ref] = place{p.stage, p.output, ref.Grid()}
		l.stored[ref] = true
		return nil
	}
	d := ref.DType()
	id := l.add(Stage{
		Kind: Fused, Grid: to, Site: ref.Node.Site, Op: ref.Node.Op,
		Inputs:  []Input{{Stage: p.stage, Output: p.output, Grid: from, View: block.IdentityView(len(to))}},
		Program: []Instr{{Op: op.Read, DType: d}},
		Outputs: []Output{{DType: d, Grid: ref.Grid()}},
	})
	l.at[ref] = place{id, 0, ref.Grid()}
	l.stored[ref] = true
	return nil
}

// flatten is the axis of the elements of g in C order; ok is false unless each
// block of g is contiguous in it.
func flatten(g block.Grid) (block.Axis, bool) {
	split := 0
	for split < len(g) && g[split].Largest() <= 1 {
		split++
	}
	repeat, scale := 1, 1
	for axis, a := range g {
		switch {
		case axis < split:
			repeat *= a.Len()
		case axis > split:
			if a.Blocks() > 1 {
				return block.Axis{}, false
			}
			scale *= a.Len()
		}
	}
	if split == len(g) { // every block is one element
		return block.Regular(repeat, 1), true
	}
	return g[split].Flatten(repeat, scale), true
}

func flattenGroups(g block.Grid, groups []graph.ReshapeGroup) (block.Grid, bool) {
	out := make(block.Grid, len(groups))
	for i, group := range groups {
		axis, ok := flatten(g[group.From[0]:group.From[1]])
		if !ok {
			return nil, false
		}
		out[i] = axis
	}
	return out, true
}

// contiguous is a grid of shape in blocks that are contiguous in C order and
// have at most size elements, and at least one.
func contiguous(shape block.Shape, size int) block.Grid {
	g := make(block.Grid, len(shape))
	for axis := len(shape) - 1; axis >= 0; axis-- {
		g[axis] = block.Regular(shape[axis], max(1, size))
		if shape[axis] > 0 {
			size /= shape[axis]
		}
	}
	return g
}

// cover is the smallest region that holds a and b; a may be the zero Region.
func cover(a, b block.Region) block.Region {
	switch {
	case a.Shape == nil || a.Empty():
		return b
	case b.Empty():
		return a
	}
	out := a.Clone()
	for axis := range out.Shape {
		start := min(a.Start[axis], b.Start[axis])
		out.Start[axis], out.Shape[axis] = start, max(a.Stop(axis), b.Stop(axis))-start
	}
	return out
}
