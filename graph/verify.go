package graph

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"gabion/block"
	"gabion/internal/op"
)

// invariants are what holds for every node of a graph, in the order in which
// they are checked: later ones rely on those before. ready holds the nodes that
// stand before n in a topological order.
var invariants = []struct {
	name  string
	check func(n *Node, ready map[*Node]bool) error
}{
	{"the operation is in the table", func(n *Node, _ map[*Node]bool) error {
		if n.Row() == nil {
			return fmt.Errorf("there is no operation %q", n.Op)
		}
		return nil
	}},
	{"inputs come before what reads them", func(n *Node, ready map[*Node]bool) error {
		for i, in := range n.Inputs {
			if in.Node == nil || !ready[in.Node] {
				return fmt.Errorf("input %d is missing or reads this node", i)
			}
			if in.Out < 0 || in.Out >= len(in.Node.Results) {
				return fmt.Errorf("input %d is result %d of %s, which has %d", i, in.Out, in.Node.Op, len(in.Node.Results))
			}
		}
		return nil
	}},
	{"the numbers of inputs and results are the operation's", func(n *Node, _ map[*Node]bool) error {
		row := n.Row()
		if row.Arity >= 0 && len(n.Inputs) != row.Arity || row.Arity < 0 && len(n.Inputs) == 0 {
			return fmt.Errorf("there are %d inputs", len(n.Inputs))
		}
		if len(n.Results) != row.Outputs {
			return fmt.Errorf("there are %d results", len(n.Results))
		}
		return nil
	}},
	{"every result can be an array", func(n *Node, _ map[*Node]bool) error {
		for _, d := range n.Results {
			if err := checkDescription(d); err != nil {
				return err
			}
		}
		return nil
	}},
	{"attributes are of the operation's type", func(n *Node, _ map[*Node]bool) error {
		if want := attrsOf(n.Op); n.Attrs == nil || fmt.Sprintf("%T", n.Attrs) != fmt.Sprintf("%T", want) {
			return fmt.Errorf("attributes are %T, not %T", n.Attrs, want)
		}
		return nil
	}},
	{"the node is what the operation makes of its inputs", func(n *Node, _ map[*Node]bool) error {
		if n.Op == op.Read && n.Attrs.(ReadAttrs).Source != nil && n.Attrs.(ReadAttrs).Source.Value == nil {
			return nil // a source that is bound later
		}
		r, err := again(n)
		if err != nil {
			return err
		}
		switch {
		case r.Node.Op != n.Op:
			return fmt.Errorf("it is %s", r.Node.Op)
		case !slices.Equal(r.Node.Inputs, n.Inputs):
			return errors.New("its inputs must be converted first")
		case !equalAttrs(r.Node.Attrs, n.Attrs):
			return fmt.Errorf("attributes are %s, not %s", n.Attrs.Text(), r.Node.Attrs.Text())
		case !sameArrays(r.Describe(), n.Results[0]):
			return fmt.Errorf("the result is %v %v, not %v %v", n.Results[0].DType, n.Results[0].Grid, r.DType(), r.Grid())
		}
		return nil
	}},
}

// Verify checks every invariant of a graph.
func Verify(g Graph) error {
	ready := make(map[*Node]bool)
	for _, n := range topological(g.Outputs) {
		for _, rule := range invariants {
			if err := rule.check(n, ready); err != nil {
				return fmt.Errorf("%s at %v: %s: %w", n.Op, n.Site, rule.name, err)
			}
		}
		ready[n] = true
	}
	if err := checkInputs(g.Outputs...); err != nil {
		return fmt.Errorf("outputs: %w", err)
	}
	return nil
}

// attrsOf is an empty value of the type of an operation's attributes.
func attrsOf(name op.Name) Attrs {
	switch name {
	case op.Read:
		return ReadAttrs{}
	case op.Full:
		return FullAttrs{}
	case op.Arange:
		return ArangeAttrs{}
	case op.MapBlock, op.FromFunc:
		return FuncAttrs{}
	case op.TreeReduce:
		return TreeAttrs{}
	case op.Diagonal:
		return DiagonalAttrs{}
	case op.Slice:
		return SliceAttrs{}
	case op.Transpose:
		return PermAttrs{}
	case op.BroadcastTo, op.Reshape:
		return ShapeAttrs{}
	case op.ExpandDims, op.Squeeze:
		return AxesAttrs{}
	case op.Concat:
		return ConcatAttrs{}
	case op.Rechunk:
		return RechunkAttrs{}
	case op.Astype:
		return CastAttrs{}
	}
	if row := op.Lookup(name); row != nil {
		switch {
		case row.Random:
			return RandomAttrs{}
		case row.Class == op.Reduction:
			return ReduceAttrs{}
		case row.Class == op.Gathering:
			return GatherAttrs{}
		case row.Class == op.Blockwise:
			return BlockAttrs{}
		case row.Class == op.Contraction:
			return ContractAttrs{}
		}
	}
	return NoAttrs{}
}

// Relabelled reports whether the result of n has names or attributes that its
// inputs and its operation do not give it. The history is no such attribute.
func Relabelled(n *Node) bool {
	r, err := again(n)
	if err != nil || len(n.Results) != 1 {
		return false
	}
	own, given := n.Results[0], r.Describe()
	attrs, inferred := maps.Clone(own.Attrs), maps.Clone(given.Attrs)
	delete(attrs, "history")
	delete(inferred, "history")
	return !slices.Equal(someNames(own.Names), someNames(given.Names)) || len(attrs)+len(inferred) > 0 && !reflect.DeepEqual(attrs, inferred)
}

// again makes a node like n from n's inputs and attributes alone.
func again(n *Node) (Ref, error) {
	d := n.Results[0]
	in := block.Description{}
	if len(n.Inputs) > 0 {
		in = n.Inputs[0].Describe()
	}
	switch a := n.Attrs.(type) {
	case ReadAttrs:
		return Read(n.Site, a.Source)
	case FullAttrs:
		if a.Weak {
			return Weak(n.Site, a.Value)
		}
		return Full(n.Site, d.Grid, a.Value)
	case ArangeAttrs:
		return Arange(n.Site, d.DType, d.Grid, a)
	case RandomAttrs:
		return Random(n.Site, n.Op, d.DType, d.Grid, a)
	case CastAttrs:
		if in.DType == a.To {
			return Ref{}, fmt.Errorf("the input is of type %v already", a.To)
		}
		return Cast(n.Site, n.Inputs[0], a.To)
	case ReduceAttrs:
		return Reduce(n.Site, n.Op, n.Inputs[0], append([]int{}, a.Axes...), a.Keepdims, a.Correction)
	case SliceAttrs:
		return Slice(n.Site, n.Inputs[0], a.Items)
	case PermAttrs:
		return Transpose(n.Site, n.Inputs[0], append([]int{}, a.Axes...))
	case ShapeAttrs:
		if n.Op == op.BroadcastTo {
			return BroadcastTo(n.Site, n.Inputs[0], a.Shape)
		}
		return Reshape(n.Site, n.Inputs[0], a.Shape)
	case AxesAttrs:
		if n.Op == op.ExpandDims {
			return ExpandDims(n.Site, n.Inputs[0], a.Axes)
		}
		return Squeeze(n.Site, n.Inputs[0], append([]int{}, a.Axes...))
	case ConcatAttrs:
		return Concat(n.Site, n.Inputs, a.Axis)
	case BlockAttrs:
		return Blockwise(n.Site, n.Op, n.Inputs, d, a)
	case GatherAttrs:
		return Gather(n.Site, n.Op, n.Inputs[0], a)
	case RechunkAttrs:
		return Rechunk(n.Site, n.Inputs[0], a.Grid)
	case ContractAttrs:
		if len(n.Inputs) != 2 {
			return Ref{}, fmt.Errorf("there are %d inputs", len(n.Inputs))
		}
		return Contract(n.Site, n.Op, n.Inputs[0], n.Inputs[1], a)
	case FuncAttrs:
		if a.Func != nil && a.Func.Value == nil {
			a.Func = &Slot{Name: a.Func.Name, Value: a} // bound later
			bound, err := called(n, d, a)
			if err == nil {
				bound.Node.Attrs = n.Attrs
			}
			return bound, err
		}
		return called(n, d, a)
	case TreeAttrs:
		bound := a
		if a.Func != nil && a.Func.Value == nil {
			bound.Func = &Slot{Name: a.Func.Name, Value: a} // bound later
		}
		r, err := TreeReduce(n.Site, n.Inputs[0], d.DType, bound)
		if err == nil {
			r.Node.Attrs = a
		}
		return r, err
	case DiagonalAttrs:
		return Diagonal(n.Site, n.Inputs[0], a.Offset, a.Axis1, a.Axis2)
	}
	return Elementwise(n.Site, n.Op, n.Inputs...)
}

// called is a user's function called again.
func called(n *Node, d block.Description, a FuncAttrs) (Ref, error) {
	if n.Op == op.FromFunc {
		return FromFunction(n.Site, d, a)
	}
	return MapBlocks(n.Site, n.Inputs, d, a)
}
