package graph

import (
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// plan makes a part of a node's result: it takes parts of inputs and makes the
// result from them.
type plan struct {
	inputs   []Ref
	takes    []ranges
	computes ranges // what is computed of the result, nil if just the part
	make     func(in []Ref) (Ref, error)
}

// keepsGrid reports whether the plan gives the part take of n's result the
// blocks that a slice of the whole has. It tries the plan on stand-ins.
func (p plan) keepsGrid(n *Node, take ranges) bool {
	in := make([]Ref, len(p.inputs))
	for i, r := range p.inputs {
		in[i] = r
		if narrow(p.takes[i], r.Shape()) != nil {
			part := block.Description{DType: r.DType(), Grid: sliceGrid(r.Grid(), p.takes[i])}
			in[i] = Ref{Node: &Node{Op: op.Read, Attrs: NoAttrs{}, Results: []block.Description{part}}}
		}
	}
	out, err := p.make(in)
	want := block.Description{DType: n.Results[0].DType, Grid: sliceGrid(n.Results[0].Grid, take)}
	return err == nil && sameArrays(out.Describe(), want)
}

// through is how a part of n's result is made from parts of its inputs; false if
// n needs them whole.
func through(n *Node, take ranges) (plan, bool) {
	p := plan{inputs: n.Inputs}
	shape := make(block.Shape, len(take))
	for axis, item := range take {
		shape[axis] = item.Count
	}
	switch a := n.Attrs.(type) {
	case FullAttrs:
		p.make = func([]Ref) (Ref, error) { return Full(n.Site, sliceGrid(n.Results[0].Grid, take), a.Value) }
	case ArangeAttrs:
		return throughArange(n, a, take[0])
	case NoAttrs, CastAttrs:
		if n.Row().Class != op.Elementwise {
			return p, false
		}
		for _, in := range n.Inputs {
			p.takes = append(p.takes, aligned(take, n, in))
		}
		p.make = func(in []Ref) (Ref, error) {
			if n.Op == op.Astype {
				return Cast(n.Site, in[0], n.Results[0].DType)
			}
			return Elementwise(n.Site, n.Op, in...)
		}
	case ReduceAttrs:
		var rest []AxisIndex
		if orderMatters(n) {
			take, rest = wholeBlocks(n.Results[0].Grid, take)
			p.computes = take
		}
		rank := len(n.Inputs[0].Grid())
		var below ranges
		at := 0
		for axis := range rank {
			if !slices.Contains(a.Axes, axis) {
				below = append(below, take[at])
				at++
				continue
			}
			below = append(below, wholeOf(n.Inputs[0], axis))
			if a.Keepdims {
				if take[at].Count != 1 {
					return p, false
				}
				at++
			}
		}
		p.takes = []ranges{below}
		p.make = func(in []Ref) (Ref, error) {
			r, err := Reduce(n.Site, n.Op, in[0], append([]int{}, a.Axes...), a.Keepdims, a.Correction)
			if err != nil || rest == nil {
				return r, err
			}
			return sliceOf(n.Site, r, rest)
		}
	case PermAttrs:
		below := make(ranges, len(take))
		for to, from := range a.Axes {
			below[from] = take[to]
		}
		p.takes = []ranges{below}
		p.make = func(in []Ref) (Ref, error) { return Transpose(n.Site, in[0], a.Axes) }
	case AxesAttrs:
		var below ranges
		at := 0
		if n.Op == op.ExpandDims {
			for axis, item := range take {
				if !slices.Contains(a.Axes, axis) {
					below = append(below, item)
				} else if item.Count != 1 {
					return p, false
				}
			}
			p.make = func(in []Ref) (Ref, error) { return ExpandDims(n.Site, in[0], a.Axes) }
		} else {
			for axis := range n.Inputs[0].Grid() {
				if slices.Contains(a.Axes, axis) {
					below = append(below, wholeOf(n.Inputs[0], axis))
					continue
				}
				below = append(below, take[at])
				at++
			}
			p.make = func(in []Ref) (Ref, error) { return Squeeze(n.Site, in[0], append([]int{}, a.Axes...)) }
		}
		p.takes = []ranges{below}
	case ShapeAttrs:
		if n.Op == op.BroadcastTo {
			p.takes = []ranges{aligned(take, n, n.Inputs[0])}
			p.make = func(in []Ref) (Ref, error) { return BroadcastTo(n.Site, in[0], shape) }
			break
		}
		below, ok := belowReshape(n, a.Shape, take)
		if !ok {
			return p, false
		}
		p.takes = []ranges{below}
		p.make = func(in []Ref) (Ref, error) { return Reshape(n.Site, in[0], shape) }
	case DiagonalAttrs:
		along, rest := take[len(take)-1], take[:len(take)-1]
		start1, start2, _ := a.start(n.Inputs[0].Grid()[a.Axis1].Len(), n.Inputs[0].Grid()[a.Axis2].Len())
		if along.Count <= 0 {
			return p, false
		}
		below := make(ranges, 0, len(take)+1)
		for axis := range n.Inputs[0].Grid() {
			item := along
			switch axis {
			case a.Axis1:
				item.Start += start1
			case a.Axis2:
				item.Start += start2
			default:
				item, rest = rest[0], rest[1:]
			}
			below = append(below, item)
		}
		p.takes = []ranges{below}
		p.make = func(in []Ref) (Ref, error) { return Diagonal(n.Site, in[0], 0, a.Axis1, a.Axis2) }
	case RechunkAttrs:
		p.takes = []ranges{take}
		p.make = func(in []Ref) (Ref, error) { return Rechunk(n.Site, in[0], sliceGrid(a.Grid, take)) }
	case GatherAttrs:
		return throughGather(n, a, take), true
	case ContractAttrs:
		return throughContraction(n, a, take), true
	case ConcatAttrs:
		return throughConcat(n, a.Axis, take)
	default:
		return p, false
	}
	return p, true
}

// throughContraction takes of both inputs what lies under the part, and all of
// what is summed over, in the blocks that it had: the bits of a sum depend on
// these alone.
func throughContraction(n *Node, a ContractAttrs, take ranges) plan {
	grid := append(sliceGrid(n.Results[0].Grid, take), a.Grid[a.Kept:]...)
	p := plan{inputs: n.Inputs}
	for i, walked := range [][]int{a.A, a.B} {
		below := make(ranges, len(walked))
		for axis, at := range walked {
			below[axis] = wholeOf(n.Inputs[i], axis)
			if at < a.Kept && below[axis].Count == a.Grid[at].Len() {
				below[axis] = take[at]
			}
		}
		p.takes = append(p.takes, below)
	}
	p.make = func(in []Ref) (Ref, error) {
		part := a
		part.Grid = grid
		return Contract(n.Site, n.Op, in[0], in[1], part)
	}
	return p
}

// orderMatters reports whether the bits of a reduction may depend on the order in
// which it takes up the elements, and so on the shape of the blocks.
func orderMatters(n *Node) bool {
	return n.Results[0].DType.Kind() >= dtype.KindFloat // rounding, and zeros of both signs
}

// wholeBlocks is the whole blocks that hold a part, and the part as items of these.
func wholeBlocks(g block.Grid, take ranges) (cover ranges, rest []AxisIndex) {
	cover, rest = slices.Clone(take), slices.Clone(take)
	for axis, item := range take {
		if item.Count <= 0 {
			rest[axis] = AxisIndex{Step: 1, Count: item.Count}
			continue
		}
		low, high := item.Start, item.Start+item.Step*(item.Count-1)
		if low > high {
			low, high = high, low
		}
		start, _ := g[axis].Block(g[axis].Find(low))
		stop, size := g[axis].Block(g[axis].Find(high))
		cover[axis] = AxisIndex{Start: start, Step: 1, Count: stop + size - start}
		rest[axis].Start -= start
	}
	return cover, rest
}

func wholeOf(r Ref, axis int) AxisIndex { return AxisIndex{Step: 1, Count: r.Grid()[axis].Len()} }

// aligned is what the part take of n's result needs of an input that is
// broadcast to it.
func aligned(take ranges, n *Node, in Ref) ranges {
	to := n.Results[0].Grid
	from := in.Grid()
	below := make(ranges, len(from))
	for axis := range from {
		at := len(to) - len(from) + axis
		if below[axis] = take[at]; from[axis].Len() != to[at].Len() {
			below[axis] = wholeOf(in, axis)
		}
	}
	return below
}

// throughArange: part of a range is a range where its elements are computed
// alike, which for floating point is only so if it starts where the whole does.
func throughArange(n *Node, a ArangeAttrs, item AxisIndex) (plan, bool) {
	d := n.Results[0].DType
	if d.IsInteger() {
		a.IntStart += a.IntStep * int64(item.Start)
		a.IntStep *= int64(item.Step)
	} else if item.Start != 0 || item.Step != 1 {
		return plan{}, false
	}
	return plan{make: func([]Ref) (Ref, error) {
		return Arange(n.Site, d, sliceGrid(n.Results[0].Grid, ranges{item}), a)
	}}, true
}

// belowReshape: axes that a reshape keeps can be sliced before it.
func belowReshape(n *Node, to block.Shape, take ranges) (ranges, bool) {
	from := n.Inputs[0].Shape()
	var below ranges
	for _, group := range ReshapeGroups(from, to) {
		kept := group.Kept(from, to)
		for axis := group.From[0]; axis < group.From[1]; axis++ {
			item := AxisIndex{Step: 1, Count: from[axis]}
			if kept {
				item = take[group.To[0]+axis-group.From[0]]
			}
			below = append(below, item)
		}
		for axis := group.To[0]; axis < group.To[1]; axis++ {
			if !kept && !isWhole(take[axis], to[axis]) {
				return nil, false
			}
		}
	}
	return below, true
}

// throughConcat takes of each of the joined arrays what lies in it.
func throughConcat(n *Node, along int, take ranges) (plan, bool) {
	item := take[along]
	if item.Count <= 0 {
		return plan{}, false
	}
	var p plan
	first := 0 // where the input begins in the result
	for _, in := range n.Inputs {
		length := in.Grid()[along].Len()
		if length == block.Unknown {
			return plan{}, false
		}
		if own, ok := within(item, first, first+length); ok {
			below := slices.Clone(take)
			below[along] = own
			p.inputs, p.takes = append(p.inputs, in), append(p.takes, below)
		}
		first += length
	}
	if item.Step < 0 {
		slices.Reverse(p.inputs)
		slices.Reverse(p.takes)
	}
	p.make = func(in []Ref) (Ref, error) {
		if len(in) == 1 {
			return in[0], nil
		}
		return Concat(n.Site, in, along)
	}
	return p, true
}

// within is the indices of a range that lie from first up to stop, counted from
// first; false if there are none.
func within(item AxisIndex, first, stop int) (AxisIndex, bool) {
	low, high := first, stop-1
	if item.Step < 0 {
		low, high = high, low
	}
	// The i-th index lies between low and high in the direction of the step.
	from := max(0, block.CeilDiv(low-item.Start, item.Step))
	to := min(item.Count-1, block.FloorDiv(high-item.Start, item.Step))
	if from > to {
		return AxisIndex{}, false
	}
	own := AxisIndex{Start: item.Start + item.Step*from - first, Step: item.Step, Count: to - from + 1}
	if own.Count == 1 {
		own.Step = 1
	}
	return own, true
}
