package graph

import (
	"fmt"
	"maps"
	"strings"

	"gabion/block"
	"gabion/internal/op"
)

// Group is a part of a graph that runs as one stage: its outputs are computed
// block by block, and everything between them and what they read never leaves
// a block.
type Group struct {
	// Outputs are what the group makes. All but the results of Function
	// operations and contractions are computed over one index space with one grid: that of
	// an elementwise output, or of a reduction's input.
	Outputs []Ref

	// Stored says for each output whether other groups read it. Another
	// group that needs an output which is not stored computes it again.
	Stored []bool

	// Grid is the index space and the blocks in which the group works.
	Grid block.Grid

	// Reduced says, if any output is a reduction, along which axes of Grid.
	Reduced []bool
}

// Groups divides a graph into groups, each after those it reads.
//
// Elementwise operations, views, changes of chunks and inputs made from their
// attributes belong to every group that needs them, and reductions end one. An
// operation whose result several groups need, or that a broadcast would repeat,
// ends a group of its own unless computing it again is cheap. So does a diagonal:
// of what it is taken from, a block that is longer than its own needs a square.
// Groups that work over the same blocks, read something in common and do not wait for each other
// become one, so that what they share is read once, unless they read so much together
// that a task would hold many blocks.
func Groups(g Graph) []Group {
	p := &partition{roots: make(map[Ref]bool), stored: make(map[Ref]bool), level: make(map[Ref]int)}
	p.order = topological(g.Outputs)
	for _, out := range g.Outputs {
		p.roots[out] = true
	}
	for _, n := range p.order {
		switch class := n.Row().Class; {
		case class == op.Reduction:
			p.store(Ref{n, 0})
		case class == op.View:
			if n.Op == op.Diagonal {
				p.store(Ref{n, 0})
			}
		case class.Alone():
			p.store(Ref{n, 0})
			for _, in := range n.Inputs {
				if base, _ := Base(in); !isRead(base) {
					p.store(base)
				}
			}
		}
	}
	if g.Unfused {
		for _, n := range p.order {
			if n.Row().Class == op.Elementwise {
				p.store(Ref{n, 0})
			}
		}
	}
	p.storeShared()
	return p.merge()
}

// Base follows views and changes of chunks down to what they show, and gives
// the view of that from r. What ends a group is shown, not followed.
func Base(r Ref) (Ref, block.View) {
	view := block.IdentityView(len(r.Grid()))
	for {
		inner, ok := ViewOf(r.Node)
		if !ok || r.Node.Op == op.Diagonal {
			return r, view
		}
		view = view.Then(inner)
		r = r.Node.Inputs[0]
	}
}

// ViewOf is the affine map of a view operation or a change of chunks.
func ViewOf(n *Node) (block.View, bool) {
	if n.Op == op.Rechunk {
		return block.IdentityView(len(n.Results[0].Grid)), true
	}
	if n.Row().Class != op.View {
		return block.View{}, false
	}
	in, out := n.Inputs[0].Shape(), n.Results[0].Shape()
	v := block.View{Rank: len(out)}
	switch a := n.Attrs.(type) {
	case SliceAttrs:
		at := 0
		for _, item := range a.Items {
			switch {
			case item.New:
				at++
			case item.Drop:
				v.Dims = append(v.Dims, block.ViewDim{Axis: -1, Start: item.Start})
			default:
				v.Dims = append(v.Dims, block.ViewDim{Axis: at, Start: item.Start, Step: item.Step})
				at++
			}
		}
	case PermAttrs:
		v.Dims = make([]block.ViewDim, len(in))
		for to, from := range a.Axes {
			v.Dims[from] = block.ViewDim{Axis: to, Step: 1}
		}
	case ShapeAttrs: // broadcast_to
		v = block.BroadcastView(in, out)
	case DiagonalAttrs:
		start1, start2, _ := a.start(in[a.Axis1], in[a.Axis2])
		v.Dims = make([]block.ViewDim, len(in))
		at := 0
		for axis := range in {
			switch axis {
			case a.Axis1:
				v.Dims[axis] = block.ViewDim{Axis: len(out) - 1, Start: start1, Step: 1}
			case a.Axis2:
				v.Dims[axis] = block.ViewDim{Axis: len(out) - 1, Start: start2, Step: 1}
			default:
				v.Dims[axis] = block.ViewDim{Axis: at, Step: 1}
				at++
			}
		}
	case AxesAttrs:
		touched := make(map[int]bool)
		for _, axis := range a.Axes {
			touched[axis] = true
		}
		if n.Op == op.ExpandDims {
			for axis := range out {
				if !touched[axis] {
					v.Dims = append(v.Dims, block.ViewDim{Axis: axis, Step: 1})
				}
			}
			break
		}
		at := 0
		for axis := range in {
			if touched[axis] {
				v.Dims = append(v.Dims, block.ViewDim{Axis: -1})
				continue
			}
			v.Dims = append(v.Dims, block.ViewDim{Axis: at, Step: 1})
			at++
		}
	}
	return v, true
}

func isRead(r Ref) bool { return r.Node.Op == op.Read }

// partition decides which results groups make and which of them others read.
type partition struct {
	order  []*Node
	roots  map[Ref]bool // made by some group: results of the graph, and what is stored
	stored map[Ref]bool // kept for other groups to read
	level  map[Ref]int
}

func (p *partition) store(r Ref) { p.roots[r], p.stored[r] = true, true }

// walk visits what computing root needs, each node once for each view through
// which root sees it: operations inside the group, and at its edge stored
// results, sources and made inputs. root itself is visited first; visit says
// whether to go on below an operation inside the group.
func walk(root Ref, rank int, stored map[Ref]bool, visit func(r Ref, view block.View, edge bool)) {
	type seen struct {
		node *Node
		view string
	}
	done := make(map[seen]bool)
	type item struct {
		ref  Ref
		view block.View
	}
	stack := []item{{root, block.IdentityView(rank)}}
	for len(stack) > 0 {
		it := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := it.ref.Node
		key := seen{n, fmt.Sprint(it.view)}
		if done[key] {
			continue
		}
		done[key] = true
		class := n.Row().Class
		edge := it.ref != root && stored[it.ref] || class == op.Input ||
			class == op.Reduction && it.ref != root || class.Alone()
		visit(it.ref, it.view, edge)
		if edge {
			continue
		}
		if inner, ok := ViewOf(n); ok {
			stack = append(stack, item{n.Inputs[0], it.view.Then(inner)})
			continue
		}
		if class == op.Reduction {
			stack = append(stack, item{n.Inputs[0], it.view})
			continue
		}
		shape := n.Results[0].Shape()
		for _, in := range n.Inputs {
			stack = append(stack, item{in, it.view.Then(block.BroadcastView(in.Shape(), shape))})
		}
	}
}

// space is the grid in which a stored result is computed.
func space(r Ref) block.Grid {
	if r.Node.Row().Class == op.Reduction {
		return r.Node.Inputs[0].Grid()
	}
	return r.Grid()
}

// storeShared stores the results that are not cheap and that either a broadcast
// repeats or groups of different stages need.
func (p *partition) storeShared() {
	for changed := true; changed; {
		changed = false
		classes := p.classes()
		owner := make(map[*Node]string)
		costs := p.costs()
		for _, n := range p.order {
			root := Ref{n, 0}
			if !p.roots[root] || !isFused(n) {
				continue
			}
			class := classes[root]
			grid := space(root)
			walk(root, len(grid), p.stored, func(r Ref, view block.View, edge bool) {
				m := r.Node
				if changed || edge || m.Row().Class != op.Elementwise || p.stored[r] || costs[m] <= cheapLimit {
					return
				}
				was, met := owner[m]
				if !met {
					owner[m] = class
				}
				if met && was != class || repeats(view, grid) {
					p.store(r)
					changed = true
				}
			})
			if changed {
				break
			}
		}
	}
}

// repeats reports whether a view gives one element to several indices along an
// axis.
func repeats(view block.View, grid block.Grid) bool {
	for axis := range grid {
		used := grid[axis].Len() == 1
		for _, d := range view.Dims {
			used = used || d.Axis == axis
		}
		if !used {
			return true
		}
	}
	return false
}

// A result is costly when computing it again, down to what is stored or read,
// takes an operation that is not cheap, or more than cheapLimit cheap ones.
const cheapLimit = 8

// costs counts for each node the cheap operations that computing it takes; one
// that is not cheap counts as more than the limit.
func (p *partition) costs() map[*Node]int {
	costs := make(map[*Node]int, len(p.order))
	for _, n := range p.order {
		row := n.Row()
		cost := 0
		switch {
		case p.stored[Ref{n, 0}]:
		case row.Class == op.Elementwise && !row.Cheap:
			cost = cheapLimit + 1
		case row.Class == op.Elementwise:
			cost = 1
			fallthrough
		case row.Class == op.View || row.Class == op.Regridding:
			for _, in := range n.Inputs {
				cost = min(cost+costs[in.Node], cheapLimit+1)
			}
		}
		costs[n] = cost
	}
	return costs
}

// isFused reports whether a stored node is computed by a fused group rather
// than by a stage of its own kind.
func isFused(n *Node) bool {
	return !n.Row().Class.Alone()
}

// classes names for each stored result the groups it may become one with: the
// same blocks, the same reduced axes, as many stored results to wait for.
func (p *partition) classes() map[Ref]string {
	classes := make(map[Ref]string)
	clear(p.level)
	for _, n := range p.order {
		r := Ref{n, 0}
		if !p.roots[r] {
			continue
		}
		level := 0
		if !isFused(n) {
			for _, in := range n.Inputs {
				base, _ := Base(in)
				if p.stored[base] {
					level = max(level, p.level[base]+1)
				}
			}
			p.level[r] = level
			classes[r] = fmt.Sprintf("%p", n)
			continue
		}
		grid := space(r)
		walk(r, len(grid), p.stored, func(in Ref, _ block.View, edge bool) {
			if edge && in != r && p.stored[in] {
				level = max(level, p.level[in]+1)
			}
		})
		p.level[r] = level
		classes[r] = fmt.Sprint(level, grid)
		if !grid.Known() {
			classes[r] = fmt.Sprintf("%p", n)
		}
	}
	return classes
}

// read is something that a group reads, and the view through which it does.
type read struct {
	ref  Ref
	view string
}

// maxReads bounds what groups that become one read together: a task holds a block for
// each, even if all are parts of one array. What more of them share is read again.
const maxReads = 16

// together is how many there are in either.
func together(a, b map[read]bool) int {
	n := len(a)
	for r := range b {
		if !a[r] {
			n++
		}
	}
	return n
}

// merge joins the stored results that share something they read.
func (p *partition) merge() []Group {
	classes := p.classes()
	type edgeKey struct {
		class string
		ref   Ref
	}
	var groups []*Group
	level := make(map[*Group]int)
	readers := make(map[edgeKey]*Group)
	reads := make(map[*Group]map[read]bool)
	for _, n := range p.order {
		r := Ref{n, 0}
		if !p.roots[r] {
			continue
		}
		own := &Group{Outputs: []Ref{r}, Grid: space(r), Reduced: reducedAxes(n)}
		if !isFused(n) {
			own.Grid = r.Grid()
			level[own] = p.level[r]
			groups = append(groups, own)
			continue
		}
		var edges []edgeKey
		reads[own] = make(map[read]bool)
		walk(r, len(own.Grid), p.stored, func(in Ref, view block.View, edge bool) {
			if edge && (isRead(in) || in != r && p.stored[in]) {
				edges = append(edges, edgeKey{classes[r], in})
				reads[own][read{in, fmt.Sprint(view)}] = true
			}
			if !edge && in.Node.Row().Class == op.Elementwise {
				edges = append(edges, edgeKey{classes[r], in})
			}
		})
		target := own
		for _, e := range edges {
			other := readers[e]
			if other == nil || other == target || !other.accepts(target) {
				continue
			}
			if n := together(reads[other], reads[target]); n > max(maxReads, len(reads[other]), len(reads[target])) {
				delete(readers, e) // those that follow may join this one
				continue
			}
			maps.Copy(reads[other], reads[target])
			// The group found first takes over the outputs of the other.
			other.Outputs = append(other.Outputs, target.Outputs...)
			if other.Reduced == nil {
				other.Reduced = target.Reduced
			}
			for k, g := range readers {
				if g == target {
					readers[k] = other
				}
			}
			for i, g := range groups {
				if g == target {
					groups = append(groups[:i], groups[i+1:]...)
					break
				}
			}
			target = other
		}
		if target == own {
			groups = append(groups, own)
		}
		level[target] = p.level[r]
		for _, e := range edges {
			if readers[e] == nil {
				readers[e] = target
			}
		}
	}
	// Levels rise along every dependency, so sorting by them puts each group
	// after those it reads; within a level the order of the graph is kept.
	out := make([]Group, 0, len(groups))
	for l := 0; len(out) < len(groups); l++ {
		for _, g := range groups {
			if level[g] == l {
				for _, r := range g.Outputs {
					g.Stored = append(g.Stored, p.stored[r])
				}
				out = append(out, *g)
			}
		}
	}
	return out
}

// accepts reports whether the outputs of h may be computed with those of g: the
// grids must be equal, and so must the reduced axes where both have some.
func (g *Group) accepts(h *Group) bool {
	if !g.Grid.Equal(h.Grid) {
		return false
	}
	if g.Reduced == nil || h.Reduced == nil {
		return true
	}
	for axis := range g.Reduced {
		if g.Reduced[axis] != h.Reduced[axis] {
			return false
		}
	}
	return true
}

func reducedAxes(n *Node) []bool {
	a, ok := n.Attrs.(ReduceAttrs)
	if !ok || n.Row().Class != op.Reduction {
		return nil
	}
	reduced := make([]bool, len(n.Inputs[0].Grid()))
	for _, axis := range a.Axes {
		reduced[axis] = true
	}
	return reduced
}

// String lists the outputs' operations.
func (g Group) String() string {
	names := make([]string, len(g.Outputs))
	for i, out := range g.Outputs {
		names[i] = string(out.Node.Op)
	}
	return strings.Join(names, "+")
}
