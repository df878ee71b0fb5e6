package array

import "gabion/graph"

// MadeAt is a, an array that Const, Full, Arange or their like have just made,
// said in errors and plans to be made at place instead of at the caller's file
// and line. Arrays that were made of others stay as they are; see WithPlace. It
// is for parsers of expressions.
func (a Array) MadeAt(place string) Array {
	if a.Err() != nil || len(a.ref.Node.Inputs) > 0 {
		return a
	}
	node := *a.ref.Node // G2: others may refer to the node
	node.Site = graph.Site{Text: place}.Of(node.Site.Asked(node.Op))
	a.ref.Node = &node
	return a
}
