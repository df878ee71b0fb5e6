package graph

import "gabion/internal/op"

// mergeRechunks makes a change of chunks read what was there before other
// changes of chunks:
//
//	rechunk(rechunk(x, a), b)  ->  rechunk(x, b)
func mergeRechunks(g Graph, _ Options) (Graph, error) {
	return rewrite(g, func(_, n *Node) (Ref, error) {
		if n.Op != op.Rechunk || n.Inputs[0].Node.Op != op.Rechunk {
			return Ref{Node: n}, nil
		}
		// What n reads was rewritten already: it does not read a change of chunks.
		return Ref{Node: withInputs(n, n.Inputs[0].Node.Inputs)}, nil
	})
}
