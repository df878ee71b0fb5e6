package graph

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

func TestAttrsText(t *testing.T) {
	for want, a := range map[string]Attrs{
		"":                                    NoAttrs{},
		"source=local":                        ReadAttrs{&Slot{Value: 1}},
		`source="winds.nc:UWND"`:              ReadAttrs{&Slot{Name: "winds.nc:UWND"}},
		"value=-0":                            FullAttrs{Value: scalar(math.Copysign(0, -1))},
		"value=2 weak":                        FullAttrs{Value: scalar(2), Weak: true},
		"start=0.5 step=-1":                   ArangeAttrs{Start: 0.5, Step: -1},
		"start=0 step=3":                      ArangeAttrs{IntStep: 3},
		"seed=7 stream=0 a=0 b=1":             RandomAttrs{Seed: 7, B: 1},
		"seed=7 stream=2 low=-1 span=9":       RandomAttrs{Seed: 7, Stream: 2, Low: -1, Span: 9},
		"seed=7 stream=0 n=3 distinct":        RandomAttrs{Seed: 7, N: 3, Distinct: true},
		"seed=0 stream=0 n=2 p=[0.5 0.5]":     RandomAttrs{N: 2, P: []float64{0.5, 0.5}},
		"seed=0 stream=0 n=6 p=[1 0 0 0]+2":   RandomAttrs{N: 6, P: []float64{1, 0, 0, 0, 0, 0}},
		"to=float16":                          CastAttrs{dtype.Float16},
		"axes=[0, 2] keepdims=true":           ReduceAttrs{Axes: []int{0, 2}, Keepdims: true},
		"axes=[] keepdims=false correction=1": ReduceAttrs{Correction: 1},
		"index=[newaxis, 3, 0:10, 8:1:-2, 4::-1, 0:0, :]": SliceAttrs{[]AxisIndex{
			{New: true}, {Drop: true, Start: 3}, {Step: 1, Count: 10}, {Start: 8, Step: -2, Count: 4},
			{Start: 4, Step: -1, Count: 5}, {Step: 1}, {Step: 1, Count: block.Unknown}}},
		"axes=[1, 0]":                            PermAttrs{[]int{1, 0}},
		"shape=(2, ?)":                           ShapeAttrs{block.Shape{2, block.Unknown}},
		"axes=[0]":                               AxesAttrs{[]int{0}},
		"axis=1":                                 ConcatAttrs{1},
		"chunks=(2x5,)":                          RechunkAttrs{block.RegularGrid(block.Shape{10}, block.Shape{5})},
		"func=local":                             FuncAttrs{},
		`func="smooth" scratch=4096`:             FuncAttrs{Func: &Slot{Name: "smooth"}, Scratch: 4096},
		"func=local reduced=1 partial=float32*2": TreeAttrs{Reduced: 1, Partial: dtype.Float32, Width: 2},
		`func="sketch" reduced=2 partial=uint8*64 results=3 scratch=9`: TreeAttrs{
			Func: &Slot{Name: "sketch"}, Reduced: 2, Partial: dtype.Uint8, Width: 64, Results: 3, Scratch: 9},
	} {
		require.Equal(t, want, a.Text())
		require.True(t, equalAttrs(a, a), want)
		require.False(t, equalAttrs(a, CastAttrs{dtype.Int8}), want)
	}
	require.False(t, equalAttrs(FullAttrs{Value: scalar(0.0)}, FullAttrs{Value: scalar(math.Copysign(0, -1))}), "zeros of two signs differ")
	require.True(t, equalAttrs(FullAttrs{Value: scalar(math.NaN())}, FullAttrs{Value: scalar(math.NaN())}))
}

// TestUnboundSlots: a graph that was read from a document is valid before its
// sources and functions are bound.
func TestUnboundSlots(t *testing.T) {
	g := parseGraph(t, `
x = read dtype=float64 shape=8 chunks=4
y = map_blocks x
return y`)
	y := g.Outputs[0].Node
	y.Inputs[0].Node.Attrs.(ReadAttrs).Source.Value = nil
	y.Attrs.(FuncAttrs).Func.Value = nil
	out, err := Optimize(g, Options{Verify: true})
	require.NoError(t, err)
	require.Equal(t, g, out)

	z, err := TreeReduce(here, y.Inputs[0], dtype.Int64, TreeAttrs{Func: &Slot{Name: "f", Value: 1}, Reduced: 1, Partial: dtype.Int8, Width: 3, Results: 2})
	require.NoError(t, err)
	z.Node.Attrs.(TreeAttrs).Func.Value = nil
	require.NoError(t, Verify(Graph{Outputs: []Ref{z}}))
}

// TestTreesAreShared: a user's reduction is computed once where its functions are
// the same, and only there.
func TestTreesAreShared(t *testing.T) {
	x := array(t, dtype.Float64, block.Shape{8, 6}, block.Shape{4, 6}, "y", "x")
	attrs := TreeAttrs{Func: &Slot{Value: 1}, Reduced: 1, Partial: dtype.Int8, Width: 3}
	tree := func(a TreeAttrs) Ref {
		r, err := TreeReduce(here, x, dtype.Int64, a)
		require.NoError(t, err)
		return r
	}
	other, wide := attrs, attrs
	other.Func, wide.Width = &Slot{Value: 1}, 4
	out, err := Optimize(Graph{Outputs: []Ref{tree(attrs), tree(attrs), tree(other), tree(wide)}}, Options{Verify: true})
	require.NoError(t, err)
	require.Same(t, out.Outputs[0].Node, out.Outputs[1].Node)
	require.NotSame(t, out.Outputs[0].Node, out.Outputs[2].Node)
	require.NotSame(t, out.Outputs[0].Node, out.Outputs[3].Node)
	require.Equal(t, []string{"y"}, out.Outputs[0].Describe().Names)
	require.Equal(t, "(2x4,)", out.Outputs[0].Grid().String())
}
