package graph

// topological lists the nodes that outputs need, each once and after the nodes
// it reads. The order depends on the graph alone: inputs are visited in order,
// outputs in order. Chains of any length are fine, there is no recursion.
func topological(outputs []Ref) []*Node {
	type visit struct {
		node *Node
		next int // input to look at next
	}
	var order []*Node
	seen := make(map[*Node]bool)
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
