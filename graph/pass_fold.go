package graph

import (
	"gabion/dtype"
	"gabion/internal/op"
)

// fold replaces what is the same value everywhere by that value:
//
//	add(full(1), full(2))       ->  full(3)
//	permute_dims(full(1))       ->  full(1)
//
// An operation on constants that fails is left to fail when it runs. Operations
// with only some constant operands stay: x + 0 is not x where x is -0.
func fold(g Graph, o Options) (Graph, error) {
	return rewrite(g, func(_, n *Node) (Ref, error) {
		values := make([]dtype.Scalar, 0, 3)
		for _, in := range n.Inputs {
			a, ok := in.Node.Attrs.(FullAttrs)
			if !ok {
				return Ref{Node: n}, nil
			}
			values = append(values, a.Value)
		}
		var value dtype.Scalar
		switch n.Row().Class {
		default:
			return Ref{Node: n}, nil
		case op.View, op.Reshaping, op.Regridding:
			value = values[0]
		case op.Elementwise:
			if o.Evaluate == nil {
				return Ref{Node: n}, nil
			}
			var err error
			if value, err = o.Evaluate(n, values); err != nil || value.DType != n.Results[0].DType {
				return Ref{Node: n}, nil
			}
		}
		return Ref{Node: &Node{Op: op.Full, Attrs: FullAttrs{Value: value}, Results: n.Results, Site: n.Site}}, nil
	})
}
