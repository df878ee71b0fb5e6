package graph

// Nodes lists the nodes of the graph, each once and after the nodes it reads,
// in an order that depends on the graph alone.
func (g Graph) Nodes() []*Node { return topological(g.Outputs) }

// topological lists the nodes that outputs need, each once and after the nodes
// it reads. The order depends on the graph alone: inputs are visited in order,
// outputs in order. Chains of any length are fine, there is no recursion.
func topological(outputs []Ref) []*Node {
	type visit struct {
		node *Node
		next int // input to look at next
	}
	var order []*Node
	seen := map[*Node]bool{nil: true}
	var stack []visit
	for _, out := range outputs {
		if seen[out.Node] {
			continue
		}
		seen[out.Node] = true
		stack = append(stack[:0], visit{node: out.Node})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(top.node.Inputs) {
				order = append(order, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			in := top.node.Inputs[top.next].Node
			top.next++
			if !seen[in] {
				seen[in] = true
				stack = append(stack, visit{node: in})
			}
		}
	}
	return order
}

// rewrite makes a graph of what f puts in the place of each node, from the
// inputs up. f is given the node as it was, and as it is with its inputs
// replaced; it is the same node where nothing below it changed, so that a graph
// in which f changes nothing is the graph itself. What f returns stands for
// result 0, and its node's other results for the others.
func rewrite(g Graph, f func(was, now *Node) (Ref, error)) (Graph, error) {
	done := make(map[*Node]Ref)
	for _, n := range topological(g.Outputs) {
		r, err := f(n, withInputs(n, replaced(done, n.Inputs)))
		if err != nil {
			return Graph{}, err
		}
		done[n] = r
	}
	return Graph{Outputs: replaced(done, g.Outputs)}, nil
}

// replaced is refs as they are after rewriting: refs itself if none changed.
func replaced(done map[*Node]Ref, refs []Ref) []Ref {
	out := refs
	for i, r := range refs {
		to := done[r.Node]
		if r.Out != 0 {
			to.Out = r.Out
		}
		if to == r {
			continue
		}
		if &out[0] == &refs[0] {
			out = append([]Ref(nil), refs...)
		}
		out[i] = to
	}
	return out
}

// withInputs is n reading in, which has the same types and blocks: n itself if
// these are its inputs already.
func withInputs(n *Node, in []Ref) *Node {
	for i := range in {
		if in[i] != n.Inputs[i] {
			changed := *n
			changed.Inputs = in
			return &changed
		}
	}
	return n
}

// outputNodes is the nodes whose results are wanted.
func outputNodes(g Graph) map[*Node]bool {
	nodes := make(map[*Node]bool, len(g.Outputs))
	for _, out := range g.Outputs {
		nodes[out.Node] = true
	}
	return nodes
}
