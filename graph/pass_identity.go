package graph

import "gabion/internal/op"

// dropIdentities replaces views, changes of shape and changes of chunks that
// change nothing by what they read. One that is an output stays where dropping
// it would change the output's names or attributes.
func dropIdentities(g Graph, _ Options) (Graph, error) {
	outputs := outputNodes(g)
	return rewrite(g, func(was, n *Node) (Ref, error) {
		if !isIdentity(n) || outputs[was] && !sameLabels(n.Results[0], n.Inputs[0].Describe()) {
			return Ref{Node: n}, nil
		}
		return n.Inputs[0], nil
	})
}

func isIdentity(n *Node) bool {
	if len(n.Inputs) != 1 || !sameArrays(n.Results[0], n.Inputs[0].Describe()) {
		return false
	}
	switch n.Row().Class {
	case op.Reshaping, op.Regridding, op.Concatenation:
		return true
	case op.View:
		v, ok := ViewOf(n)
		return ok && v.IsIdentity()
	}
	return n.Op == op.Astype
}
