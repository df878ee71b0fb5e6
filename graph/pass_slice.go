package graph

import (
	"math"
	"slices"

	"gabion/block"
	"gabion/internal/op"
)

// pushSlices moves slices down to what they are taken from:
//
//	(x + 1)[0:10]       ->  x[0:10] + 1
//	max(x, 0)[5:7]      ->  max(x[:, 5:7], 0)
//	transpose(x)[2:4]   ->  transpose(x[:, 2:4])
//	x[10:20][::2]       ->  x[10:20:2]
//
// It asks for every node, readers first, which parts of its result are needed.
//
//   - A node that is needed whole is computed whole, and parts are taken of it:
//     nothing would be read less.
//   - A node of which only parts are needed is computed once for each part, if
//     the parts together are not larger than the whole. So no pass makes more
//     work, and windows that overlap much, such as x[1:] - x[:-1], share x.
//   - Views and constants cost nothing and are always taken apart.
//   - A reduction whose bits depend on the order of its elements, such as a sum
//     of floats, is computed for whole blocks of its input, and the part taken
//     of that: its leaves stay what they are.
//   - The blocks of each part must come out as those of a slice of the whole
//     (G3); where they do not, the node is computed whole.
//
// User functions need whole blocks, and random numbers depend on the place in
// the whole array: slices stay on top of them.
func pushSlices(g Graph, _ Options) (Graph, error) {
	order := topological(g.Outputs)
	p := pusher{needs: make(map[*Node]*need, len(order))}
	for _, n := range order {
		p.needs[n] = &need{}
		p.found = p.found || n.Op == op.Slice
	}
	if !p.found {
		return g, nil
	}
	for _, out := range g.Outputs {
		p.ask(out, nil)
	}
	for i := len(order) - 1; i >= 0; i-- {
		p.decide(order[i])
	}
	for _, n := range order {
		if err := p.build(n); err != nil {
			return Graph{}, err
		}
	}
	outputs := slices.Clone(g.Outputs)
	for i, out := range outputs {
		outputs[i] = p.get(out, -1)
	}
	return Graph{Outputs: outputs}, nil
}

// ranges is what is needed of an array: an item an axis, without new or dropped
// axes; nil is all of it.
type ranges []AxisIndex

// String tells ranges of one array apart.
func (r ranges) String() string { return SliceAttrs{r}.Text() }

// need is what others need of a node.
type need struct {
	whole bool // all of it
	all   Ref  // the result, once built

	parts []part
	known map[string]int // number of the part with these ranges

	// apart is true if the parts are computed instead of taken of the whole.
	apart bool
}

func (n *need) unused() bool { return !n.whole && len(n.parts) == 0 }

// part is a part of a node's result that is needed.
type part struct {
	take ranges
	how  *recipe // if the part is computed on its own
	ref  Ref     // the result, once built
}

// recipe makes a part of a node's result from parts of its inputs.
type recipe struct {
	inputs []Ref
	parts  []int // of each input; see ask
	make   func(in []Ref) (Ref, error)
}

type pusher struct {
	needs map[*Node]*need
	found bool
}

// ask notes that a part of r is needed and gives its number, -1 for all of r.
func (p *pusher) ask(r Ref, take ranges) int {
	n := p.needs[r.Node]
	if take == nil || r.Out != 0 {
		n.whole = true
		return -1
	}
	text := take.String()
	number, known := n.known[text]
	if !known {
		if n.known == nil {
			n.known = make(map[string]int)
		}
		number = len(n.parts)
		n.known[text] = number
		n.parts = append(n.parts, part{take: take})
	}
	return number
}

// get is the part of r with the number that ask gave, once it is built.
func (p *pusher) get(r Ref, number int) Ref {
	n := p.needs[r.Node]
	if number >= 0 {
		return n.parts[number].ref
	}
	if r.Out != 0 {
		return Ref{Node: n.all.Node, Out: r.Out}
	}
	return n.all
}

// decide says how the parts of n are made and asks for what that takes. All
// readers of n have asked.
func (p *pusher) decide(n *Node) {
	own := p.needs[n]
	if n.Op == op.Slice {
		p.decideSlice(n, own)
		return
	}
	if own.unused() {
		return
	}
	recipes := make([]plan, len(own.parts))
	own.apart = !own.whole
	room := wholeRanges(n.Results[0].Shape()).elements()
	for i := 0; i < len(own.parts) && own.apart; i++ {
		take := own.parts[i].take
		recipes[i], own.apart = through(n, take)
		own.apart = own.apart && recipes[i].keepsGrid(n, take)
		if recipes[i].computes != nil {
			take = recipes[i].computes
		}
		room -= take.elements()
	}
	own.apart = own.apart && (len(own.parts) == 1 || room >= 0 || isFree(n))
	if !own.apart {
		for _, in := range n.Inputs {
			p.ask(in, nil)
		}
		return
	}
	for i, r := range recipes {
		p.follow(&own.parts[i], r)
	}
}

// follow asks for what a part is made from.
func (p *pusher) follow(of *part, how plan) {
	of.how = &recipe{inputs: how.inputs, parts: make([]int, len(how.inputs)), make: how.make}
	for i, in := range how.inputs {
		of.how.parts[i] = p.ask(in, narrow(how.takes[i], in.Shape()))
	}
}

// decideSlice: a slice takes its items of its input, and parts of a slice are
// slices of the input.
func (p *pusher) decideSlice(n *Node, own *need) {
	items := n.Attrs.(SliceAttrs).Items
	own.apart = true
	recipes := make([]plan, len(own.parts))
	for i := range own.parts {
		composed, ok := compose(items, own.parts[i].take)
		if ok {
			recipes[i] = slicePlan(n, composed)
		}
		own.apart = own.apart && ok && recipes[i].keepsGrid(n, own.parts[i].take)
	}
	if !own.apart {
		own.whole = true
	}
	if own.whole {
		// The whole of a slice is a part of its input like any other.
		whole := part{}
		p.follow(&whole, slicePlan(n, items))
		own.parts = append(own.parts, whole)
	}
	for i := range recipes {
		if own.apart {
			p.follow(&own.parts[i], recipes[i])
		}
	}
}

// slicePlan takes the ranges of items from n's input, and does what else items
// say on top of that.
func slicePlan(n *Node, items []AxisIndex) plan {
	take, rest := split(items)
	return plan{
		inputs: n.Inputs,
		takes:  []ranges{take},
		make:   func(in []Ref) (Ref, error) { return sliceOf(n.Site, in[0], rest) },
	}
}

// sliceOf is items of r, in one node where r is a slice itself.
func sliceOf(site Site, r Ref, items []AxisIndex) (Ref, error) {
	if inner, ok := r.Node.Attrs.(SliceAttrs); ok {
		composed, ok := compose(inner.Items, items)
		if out, err := Slice(site, r.Node.Inputs[0], composed); ok && err == nil {
			return out, nil
		}
	}
	if narrow(items, r.Shape()) == nil {
		return r, nil
	}
	return Slice(site, r, items)
}

// build makes what is needed of n. What n reads is built.
func (p *pusher) build(n *Node) error {
	own := p.needs[n]
	if own.unused() {
		return nil
	}
	if n.Op != op.Slice && !own.apart {
		inputs := slices.Clone(n.Inputs)
		for i, in := range inputs {
			inputs[i] = p.get(in, -1)
		}
		own.all = Ref{Node: withInputs(n, inputs)}
	}
	for i := range own.parts {
		of := &own.parts[i]
		var err error
		if of.how == nil {
			continue
		}
		in := make([]Ref, len(of.how.inputs))
		for j, r := range of.how.inputs {
			in[j] = p.get(r, of.how.parts[j])
		}
		if of.ref, err = of.how.make(in); err != nil {
			return err
		}
	}
	if n.Op == op.Slice && own.whole {
		// decideSlice put the whole last.
		last := len(own.parts) - 1
		own.all = p.same(n, own.parts[last].ref)
		own.parts = own.parts[:last]
	}
	for i := range own.parts {
		of := &own.parts[i]
		if of.how != nil {
			continue
		}
		var err error
		if of.ref, err = Slice(n.Site, own.all, of.take); err != nil {
			return err
		}
	}
	return nil
}

// same is r in the place of the slice n, with n's names and attributes: n itself
// where that is what r is, or where r is all that n reads.
func (p *pusher) same(n *Node, r Ref) Ref {
	from := n.Inputs[0]
	if r.Node.Op == op.Slice && r.Node.Inputs[0] == from && equalAttrs(r.Node.Attrs, n.Attrs) {
		return Ref{Node: n}
	}
	if p.needs[from.Node].all.Node != nil && r == p.get(from, -1) {
		return Ref{Node: withInputs(n, []Ref{r})}
	}
	return labelled(r, n.Results[0])
}

// isFree reports whether computing n costs nothing.
func isFree(n *Node) bool {
	switch n.Row().Class {
	case op.View, op.Regridding:
		return true
	}
	return n.Op == op.Full || n.Op == op.Arange
}

// elements is the number of elements in a part, where axes of unknown length
// count as one.
func (r ranges) elements() float64 {
	n := float64(1)
	for _, item := range r {
		n *= math.Abs(float64(item.Count))
	}
	return n
}

// sliceGrid is the blocks of a part of an array.
func sliceGrid(g block.Grid, take ranges) block.Grid {
	out := make(block.Grid, len(g))
	for axis, a := range g {
		out[axis] = sliceAxis(a, take[axis])
	}
	return out
}

// narrow is take, or nil if it takes all of an array of the given shape.
func narrow(take ranges, shape block.Shape) ranges {
	if len(take) != len(shape) {
		return take
	}
	for axis, item := range take {
		if !isWhole(item, shape[axis]) {
			return take
		}
	}
	return nil
}

// wholeRanges takes all of an array.
func wholeRanges(shape block.Shape) ranges {
	take := make(ranges, len(shape))
	for axis, length := range shape {
		take[axis] = AxisIndex{Step: 1, Count: length}
	}
	return take
}

// split divides the items of a slice into the ranges that are taken of the
// input's axes, and items of what that gives which drop and add axes.
func split(items []AxisIndex) (take ranges, rest []AxisIndex) {
	for _, item := range items {
		switch {
		case item.New:
			rest = append(rest, item)
			continue
		case item.Drop:
			take = append(take, AxisIndex{Start: item.Start, Step: 1, Count: 1})
			rest = append(rest, AxisIndex{Drop: true, Step: 1, Count: 1})
		default:
			take = append(take, item)
			rest = append(rest, AxisIndex{Step: 1, Count: item.Count})
		}
	}
	return take, rest
}

// compose is the items of an array that outer takes of what inner takes. It
// fails where outer takes nothing along an axis that inner adds.
func compose(inner, outer []AxisIndex) ([]AxisIndex, bool) {
	var out []AxisIndex
	for _, in := range inner {
		if in.Drop {
			out = append(out, in)
			continue
		}
		for len(outer) > 0 && outer[0].New {
			out, outer = append(out, outer[0]), outer[1:]
		}
		if len(outer) == 0 {
			return nil, false
		}
		take := outer[0]
		outer = outer[1:]
		switch {
		case in.New && take.Drop:
		case in.New && take.Count == 1:
			out = append(out, in)
		case in.New:
			return nil, false
		case in.Count == block.Unknown || take.Count == 0:
			out = append(out, take)
		default:
			take.Start = in.Start + in.Step*take.Start
			if take.Count > 1 {
				take.Step *= in.Step
			}
			out = append(out, take)
		}
	}
	return append(out, outer...), true
}
