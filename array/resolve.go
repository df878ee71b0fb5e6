package array

import (
	"context"
	"errors"

	"gabion/dtype"
	"gabion/graph"
)

// Resolve makes unknown lengths known: it counts the elements that masks keep,
// and gives an array that knows its shape and chunks. Chunks without elements are
// left out. An array without unknown lengths is given back as it is.
//
// Computing an array resolves it too. Resolve is for expressions that need the
// lengths: indexing, reshaping, meeting arrays of known lengths.
func (a Array) Resolve(ctx context.Context, opts ...RunOption) (Array, error) {
	if ctx == nil {
		return a, errors.New("resolve: the context is nil")
	}
	s, err := settled(opts)
	if err != nil {
		return a, err
	}
	outputs, err := resolveAll(ctx, []Output{{Array: a}}, s)
	if err != nil {
		return a, err
	}
	return outputs[0].Array, nil
}

// resolveAll is outputs without unknown lengths. What depends on each other is
// counted one after the other, everything else at once.
func resolveAll(ctx context.Context, outputs []Output, s settings) ([]Output, error) {
	known := true
	for _, out := range outputs {
		known = known && (out.Array.Err() != nil || out.Array.ref.Grid().Known() && !hasUnknown(out.Array.ref))
	}
	if known {
		return outputs, nil
	}
	arrays := make([]Array, len(outputs))
	for i, out := range outputs {
		arrays[i] = out.Array
	}
	refs, err := operands("compute", graph.Caller(3), arrays...)
	if err != nil {
		return nil, err
	}
	for {
		found, err := graph.FindUncounted(refs)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			break
		}
		counting := make([]Output, len(found))
		sinks := make([]memorySink, len(found))
		for i, u := range found {
			counting[i] = Output{Array{ref: u.Counts}, &sinks[i]}
		}
		p, bindings, err := prepare(counting, s)
		if err != nil {
			return nil, err
		}
		if err := runOn(ctx, s.engine, p, bindings); err != nil {
			return nil, err
		}
		counts := make([][]int64, len(found))
		for i := range sinks {
			counts[i] = dtype.Slice[int64](sinks[i].elements.DenseBytes())
		}
		if refs, err = graph.Resolve(refs, found, counts); err != nil {
			return nil, err
		}
	}
	resolved := append([]Output{}, outputs...)
	for i := range resolved {
		resolved[i].Array = Array{ref: refs[i]}
	}
	return resolved, nil
}

// hasUnknown reports whether anything that r is made of has an unknown length.
func hasUnknown(r graph.Ref) bool { return !graph.AllKnown([]graph.Ref{r}) }
