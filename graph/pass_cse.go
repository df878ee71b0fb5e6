package graph

import (
	"slices"

	"gabion/internal/op"
)

// cse makes nodes that compute the same one node. Names and attributes matter
// for outputs alone: of equal nodes an output is the one that stays, and another
// output of other names or attributes stays beside it.
func cse(g Graph, _ Options) (Graph, error) {
	outputs := outputNodes(g)
	kinds := alike(g)
	stays := make(map[*Node]*Node) // by the first node of a kind
	for _, n := range topological(g.Outputs) {
		kind := kinds[n]
		if stays[kind] == nil || outputs[n] && !outputs[stays[kind]] {
			stays[kind] = n
		}
	}
	built := make(map[*Node]*Node) // what is made of each kind
	return rewrite(g, func(was, now *Node) (Ref, error) {
		kind := kinds[was]
		stay := stays[kind]
		if outputs[was] && !sameLabels(was.Results[0], stay.Results[0]) {
			return Ref{Node: now}, nil
		}
		if built[kind] == nil {
			// Equal nodes have equal inputs, which are one by now.
			built[kind] = withInputs(stay, now.Inputs)
		}
		return Ref{Node: built[kind]}, nil
	})
}

// alike maps every node to the first one that computes the same.
func alike(g Graph) map[*Node]*Node {
	type key struct {
		name   op.Name
		attrs  string
		slot   any
		count  int
		inputs [3]Ref
	}
	first := make(map[*Node]*Node)
	known := make(map[key][]*Node)
	for _, n := range topological(g.Outputs) {
		inputs := slices.Clone(n.Inputs)
		for i := range inputs {
			inputs[i].Node = first[inputs[i].Node]
		}
		k := key{name: n.Op, attrs: n.Attrs.Text(), count: len(inputs)}
		switch a := n.Attrs.(type) {
		case ReadAttrs:
			k.slot = a.Source.identity()
		case FuncAttrs:
			k.slot = a.Func.identity()
		case TreeAttrs:
			k.slot = a.Func.identity()
		}
		copy(k.inputs[:], inputs)
		same := slices.IndexFunc(known[k], func(m *Node) bool {
			return equalAttrs(m.Attrs, n.Attrs) && slices.EqualFunc(m.Results, n.Results, sameArrays) &&
				slices.EqualFunc(m.Inputs, inputs, func(a, b Ref) bool { return first[a.Node] == b.Node && a.Out == b.Out })
		})
		if same >= 0 {
			first[n] = known[k][same]
			continue
		}
		known[k] = append(known[k], n)
		first[n] = n
	}
	return first
}
