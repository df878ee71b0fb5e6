package graph

import (
	"fmt"
	"slices"
	"strings"

	"gabion/dtype"
)

// Graph is the results that are wanted, with everything they are made from.
type Graph struct {
	Outputs []Ref

	// Unfused makes a group of every operation: Groups puts nothing
	// together that could be computed in one go.
	Unfused bool
}

// Evaluator computes an elementwise node of scalars without axes, as a kernel
// would.
type Evaluator func(n *Node, in []dtype.Scalar) (dtype.Scalar, error)

// Options say how to optimise. The zero value is fine.
type Options struct {
	Evaluate Evaluator // nil: operations on constants are left to the kernels
	Off      []string  // names of passes to leave out
	Verify   bool      // check every invariant before the first pass and after each
	Trace    func(pass string, g Graph)
}

// Pass is a step of Optimize. It keeps every bit of the outputs, their blocks,
// names and attributes, and the blocks of everything that a reduction or a
// user's function reads (G3).
type Pass struct {
	Name string
	Doc  string
	run  func(g Graph, o Options) (Graph, error)
}

// passes are run in this order.
var passes = []Pass{
	{"fold", "operations on constants are computed", fold},
	{"cse", "what is computed twice is computed once", cse},
	{"slice", "slices move down to the sources, so that only what is needed is computed and read", pushSlices},
	{"rechunk", "of several changes of chunks the last one is kept", mergeRechunks},
	{"identity", "operations that change nothing go", dropIdentities},
	{"cse", "what is computed twice is computed once", cse},
	{"fuse", "operations are left to Groups to be computed in one go, block by block", fuse},
}

// fuse undoes Unfused, which Optimize sets: the groups themselves are found when
// the graph is lowered, as results may still get other blocks there.
func fuse(g Graph, _ Options) (Graph, error) {
	g.Unfused = false
	return g, nil
}

// constraints are what the order of passes must keep: some run of first comes
// before some run of then.
var constraints = []struct{ first, then, why string }{
	{"fold", "cse", "constants that come out equal are one"},
	{"cse", "slice", "whether others need all of a node is seen only when equal nodes are one"},
	{"slice", "rechunk", "a slice that moves below a change of chunks brings it next to another"},
	{"slice", "identity", "slices that were put together may take everything"},
	{"rechunk", "identity", "what is left may be a change to the chunks that are there"},
	{"slice", "cse", "slices that reached a source along several ways are one"},
	{"identity", "cse", "nodes differ while one of them reads through an identity"},
	{"cse", "fuse", "what groups have in common is found by comparing nodes"},
}

func init() {
	for _, c := range constraints {
		first, last := len(passes), -1
		for i, p := range passes {
			if p.Name == c.first {
				first = min(first, i)
			}
			if p.Name == c.then {
				last = i
			}
		}
		if first >= last {
			panic(fmt.Sprintf("pass %s must come before %s: %s", c.first, c.then, c.why))
		}
	}
}

// Passes lists the passes that Optimize has, each once.
func Passes() []Pass {
	var list []Pass
	for _, p := range passes {
		if !slices.ContainsFunc(list, func(q Pass) bool { return q.Name == p.Name }) {
			list = append(list, p)
		}
	}
	return list
}

// Optimize gives a graph that computes the same outputs with less work. The
// nodes of g are not changed, and those that need no change are shared.
func Optimize(g Graph, o Options) (Graph, error) {
	if err := checkInputs(g.Outputs...); err != nil {
		return Graph{}, fmt.Errorf("outputs of the graph: %w", err)
	}
	for _, name := range o.Off {
		if !slices.ContainsFunc(passes, func(p Pass) bool { return p.Name == name }) {
			var names []string
			for _, p := range Passes() {
				names = append(names, p.Name)
			}
			return Graph{}, fmt.Errorf("there is no pass called %q to switch off; the passes are %s", name, strings.Join(names, ", "))
		}
	}
	if o.Verify {
		if err := Verify(g); err != nil {
			return Graph{}, fmt.Errorf("graph before the passes: %w", err)
		}
	}
	for _, p := range passes {
		g.Unfused = true
		if slices.Contains(o.Off, p.Name) {
			continue
		}
		next, err := p.run(g, o)
		if err == nil {
			err = checkKept(g, next)
		}
		if err == nil && o.Verify {
			err = Verify(next)
		}
		if err != nil {
			return Graph{}, fmt.Errorf("pass %s: %w", p.Name, err)
		}
		g = next
		if o.Trace != nil {
			o.Trace(p.Name, g)
		}
	}
	return g, nil
}

// checkKept makes sure that a pass changed nothing that users see.
func checkKept(was, now Graph) error {
	if len(now.Outputs) != len(was.Outputs) {
		return fmt.Errorf("%d outputs became %d", len(was.Outputs), len(now.Outputs))
	}
	for i := range was.Outputs {
		if was.Outputs[i] == now.Outputs[i] {
			continue
		}
		before, after := was.Outputs[i].Describe(), now.Outputs[i].Describe()
		if !sameArrays(before, after) {
			return fmt.Errorf("output %d, %v %v, became %v %v", i, before.DType, before.Grid, after.DType, after.Grid)
		}
		if !sameLabels(before, after) {
			return fmt.Errorf("output %d, of names %q and attributes %v, has %q and %v", i, before.Names, before.Attrs, after.Names, after.Attrs)
		}
	}
	return nil
}
