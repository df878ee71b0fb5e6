package graph

import (
	"fmt"
	"strconv"
	"strings"

	"gabion/block"
)

// Text is the graph in the order in which it can be computed, one node a line
// and the outputs at the end. Equal graphs have equal texts.
func (g Graph) Text() string {
	var b strings.Builder
	order := topological(g.Outputs)
	number := numbered(order)
	for i, n := range order {
		fmt.Fprintf(&b, "%%%d = %s", i, n.Op)
		for _, in := range n.Inputs {
			b.WriteString(" " + refText(number, in))
		}
		if text := n.Attrs.Text(); text != "" {
			b.WriteString(" " + text)
		}
		for out, d := range n.Results {
			if out > 0 {
				b.WriteString(" and")
			}
			b.WriteString(" : " + describe(d))
		}
		b.WriteByte('\n')
	}
	b.WriteString("return")
	for i, out := range g.Outputs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(" " + refText(number, out))
	}
	b.WriteByte('\n')
	return b.String()
}

// DOT is the graph in the language of Graphviz.
func (g Graph) DOT() string {
	var b strings.Builder
	order := topological(g.Outputs)
	number := numbered(order)
	b.WriteString("digraph {\n\tnode [shape=box]\n")
	for i, n := range order {
		label := string(n.Op)
		if text := n.Attrs.Text(); text != "" {
			label += " " + text
		}
		for _, d := range n.Results {
			label += "\n" + describe(d)
		}
		fmt.Fprintf(&b, "\tn%d [label=%s]\n", i, strconv.Quote(label))
		for _, in := range n.Inputs {
			fmt.Fprintf(&b, "\tn%d -> n%d\n", number[in.Node], i)
		}
	}
	for i, out := range g.Outputs {
		fmt.Fprintf(&b, "\tout%d [shape=plain]\n\tn%d -> out%d\n", i, number[out.Node], i)
	}
	b.WriteString("}\n")
	return b.String()
}

func numbered(order []*Node) map[*Node]int {
	number := make(map[*Node]int, len(order))
	for i, n := range order {
		number[n] = i
	}
	return number
}

func refText(number map[*Node]int, r Ref) string {
	text := "%" + strconv.Itoa(number[r.Node])
	if r.Out > 0 {
		text += "." + strconv.Itoa(r.Out)
	}
	return text
}

// describe is the type, shape, chunks and names: float32 (4, 6) chunks (2x2, 6) names (y, x).
func describe(d block.Description) string {
	text := fmt.Sprintf("%v %v chunks %v", d.DType, d.Shape(), d.Grid)
	if d.Names != nil {
		names := strings.Join(d.Names, ", ")
		if len(d.Names) == 1 {
			names += ","
		}
		text += " names (" + names + ")"
	}
	return text
}
