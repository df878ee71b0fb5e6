package document_test

import (
	"context"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/op"
)

var update = flag.Bool("update", false, "write the golden files")

var here = graph.Site{Text: "test"}

func scalar(v any) dtype.Scalar {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		panic("no scalar")
	}
	return s
}

// described is a source of which only the description matters.
type described struct {
	block.Description
	traits block.Traits
}

func (d described) Describe() block.Description { return d.Description }
func (d described) Traits() block.Traits        { return d.traits }
func (described) Scratch(block.Region) int64    { return 0 }
func (described) Read(context.Context, block.Region, block.Block, *block.Scratch) error {
	return errors.New("nothing is read in this test")
}

// builder makes graphs whose mistakes fail the test.
type builder struct{ t *testing.T }

func (b builder) ok(r graph.Ref, err error) graph.Ref {
	b.t.Helper()
	require.NoError(b.t, err)
	return r
}

func (b builder) read(d dtype.DType, shape, chunks block.Shape, traits block.Traits) graph.Ref {
	s := described{block.Description{DType: d, Grid: block.RegularGrid(shape, chunks)}, traits}
	return b.ok(graph.Read(here, &graph.Slot{Name: traits.Name, Value: s}))
}

func (b builder) weak(v any) graph.Ref { return b.ok(graph.Weak(here, scalar(v))) }

func (b builder) do(name op.Name, in ...graph.Ref) graph.Ref {
	return b.ok(graph.Elementwise(here, name, in...))
}

// graphs are one for each kind of attributes and more; the first results of each are
// inputs.
var graphs = map[string]func(b builder) (outputs, inputs []graph.Ref){
	"page": func(b builder) (_, _ []graph.Ref) {
		x := b.read(dtype.Float64, block.Shape{2, 3}, block.Shape{1, 3}, block.Traits{})
		y := b.do(op.Multiply, x, b.weak(2.5))
		return []graph.Ref{b.ok(graph.Reduce(here, op.Sum, y, []int{-1}, true, 0))}, []graph.Ref{x}
	},
	"files": func(b builder) (_, _ []graph.Ref) {
		u := b.read(dtype.Float32, block.Shape{10, 5}, block.Shape{4, 5}, block.Traits{Name: "winds.nc:UWND", Variable: "UWND"})
		v := b.read(dtype.Int16, block.Shape{10, 5}, block.Shape{10, 5}, block.Traits{Name: "v.zarr"})
		return []graph.Ref{b.do(op.Add, u, v)}, nil
	},
	"made": func(b builder) (_, _ []graph.Ref) {
		grid := block.RegularGrid(block.Shape{7, 2}, block.Shape{3, 2})
		full := b.ok(graph.Full(here, grid, scalar(float32(-0.5))))
		labelled := *full.Node
		labelled.Results = []block.Description{{DType: dtype.Float32, Grid: grid, Names: []string{"t", ""}, Attrs: block.Attributes{"units": "K", "fill": math.NaN()}}}
		return []graph.Ref{
			{Node: &labelled},
			b.ok(graph.Full(here, nil, scalar(complex(math.Copysign(0, -1), math.Inf(1))))),
			b.ok(graph.Full(here, nil, scalar(uint64(math.MaxUint64)))),
			b.ok(graph.Full(here, nil, scalar(dtype.HalfOf(1.5)))),
			b.ok(graph.Full(here, nil, scalar(true))),
			b.ok(graph.Arange(here, dtype.Int8, block.Grid{irregular(b.t, 1, 2)}, graph.ArangeAttrs{IntStart: 260, IntStep: -3})),
			b.ok(graph.Arange(here, dtype.Uint64, block.Grid{block.Regular(1, 1)}, graph.ArangeAttrs{IntStart: -1})),
			b.ok(graph.Arange(here, dtype.Float32, block.Grid{block.Regular(30, 7)}, graph.ArangeAttrs{Start: 0.1, Step: 0.1})),
			b.ok(graph.Arange(here, dtype.Float64, block.Grid{block.Regular(0, 0)}, graph.ArangeAttrs{Start: 5, Step: 1})),
			b.ok(graph.Random(here, op.RandomUniform, dtype.Float32, grid, graph.RandomAttrs{Seed: math.MaxUint64, A: -1, B: 2})),
			b.ok(graph.Random(here, op.RandomNormal, dtype.Float64, grid, graph.RandomAttrs{Seed: 3, B: 1})),
		}, nil
	},
	"views": func(b builder) (_, _ []graph.Ref) {
		x := b.read(dtype.Int32, block.Shape{5, 6}, block.Shape{2, 6}, block.Traits{})
		slice := func(items ...graph.AxisIndex) graph.Ref { return b.ok(graph.Slice(here, x, items)) }
		return []graph.Ref{
			slice(graph.AxisIndex{New: true}, graph.AxisIndex{Drop: true, Start: 4}, graph.AxisIndex{Start: 5, Step: -2, Count: 3}),
			slice(graph.AxisIndex{Start: 3, Step: -1, Count: 2}, graph.AxisIndex{Start: 1, Step: 2, Count: 2}),
			slice(graph.AxisIndex{Step: 1}, graph.AxisIndex{Step: 1, Count: 6}),
			b.ok(graph.Transpose(here, x, nil)),
			b.ok(graph.BroadcastTo(here, x, block.Shape{2, 5, 6})),
			b.ok(graph.Squeeze(here, b.ok(graph.ExpandDims(here, x, []int{0, 3})), []int{0})),
			b.ok(graph.Reshape(here, x, block.Shape{3, -1})),
			b.ok(graph.Concat(here, []graph.Ref{x, x, b.ok(graph.Cast(here, x, dtype.Float32))}, 1)),
			b.ok(graph.Rechunk(here, x, block.Grid{irregular(b.t, 1, 3, 1), block.Regular(6, 4)})),
		}, []graph.Ref{x}
	},
	"operations": func(b builder) (_, _ []graph.Ref) {
		x := b.read(dtype.Uint8, block.Shape{4}, block.Shape{3}, block.Traits{})
		y := b.read(dtype.Float64, block.Shape{4}, block.Shape{4}, block.Traits{})
		mapped := b.ok(graph.MapBlocks(here, []graph.Ref{x}, block.Description{DType: dtype.Int8, Grid: x.Grid()}, graph.FuncAttrs{Func: &graph.Slot{Name: "double", Value: 1}}))
		return []graph.Ref{
			b.do(op.Where, b.do(op.Less, x, y), b.weak(int64(3)), y),
			b.ok(graph.Reduce(here, op.Var, y, nil, false, 1.5)),
			b.ok(graph.Reduce(here, op.Argmax, y, []int{0}, false, 0)),
			b.ok(graph.Reduce(here, op.Any, y, []int{}, false, 0)),
			mapped, x, b.weak(true), // a literal is an output of its own
		}, []graph.Ref{y, x, y}
	},
	"parts": func(b builder) (_, _ []graph.Ref) {
		x := b.read(dtype.Int64, block.Shape{5, 6}, block.Shape{2, 6}, block.Traits{})
		mask := b.read(dtype.Bool, block.Shape{5, 1}, block.Shape{2, 1}, block.Traits{})
		whole := graph.WholeAxis(x, 1)
		list := graph.GatherAxis{From: []int{0}, Maps: []block.IndexMap{block.MapOfList([]int{4, 0, 0, 3})}}
		points := graph.GatherAxis{From: []int{0, 1}, Maps: []block.IndexMap{block.MapOfList([]int{1, 4}), block.MapOfList([]int{5, 0})}}
		padded, err := graph.PadMap(5, 1, 2, graph.PadConstant)
		require.NoError(b.t, err)
		rows := graph.GatherAxis{From: []int{0}, Maps: []block.IndexMap{padded}}
		gather := func(fill any, grid block.Grid, axes ...graph.GatherAxis) graph.Ref {
			a := graph.GatherAttrs{Axes: axes, Grid: grid}
			if fill != nil {
				a.Fill = scalar(fill)
			}
			return b.ok(graph.Gather(here, op.Take, x, a))
		}
		blocks := func(name op.Name, a graph.BlockAttrs, in ...graph.Ref) graph.Ref {
			return b.ok(graph.BlocksOf(here, name, in, a, block.Axis{}))
		}
		kept := blocks(op.BlockCompress, graph.BlockAttrs{}, x, mask)
		counted := b.ok(graph.BlocksOf(here, op.BlockCompress, []graph.Ref{x, mask}, graph.BlockAttrs{}, irregular(b.t, 1, 2, 1)))
		labelled := *b.ok(graph.Transpose(here, x, nil)).Node
		labelled.Results = []block.Description{{DType: dtype.Int64, Grid: labelled.Results[0].Grid, Names: []string{"", "y"}, Attrs: block.Attributes{"units": "K"}}}
		return []graph.Ref{
			gather(nil, block.Grid{block.Regular(4, 3), x.Grid()[1]}, list, whole),
			gather(nil, block.Grid{block.Regular(2, 2)}, points),
			gather(int64(-1), block.Grid{irregular(b.t, 3, 5), x.Grid()[1]}, rows, whole),
			b.ok(graph.Diagonal(here, x, -1, 1, 0)),
			b.ok(graph.Contract(here, op.Einsum, x, x, graph.ContractAttrs{A: []int{0, 2}, B: []int{1, 2}, Kept: 2})),
			blocks(op.BlockSum, graph.BlockAttrs{Axis: 1}, x),
			blocks(op.BlockTopk, graph.BlockAttrs{K: -2}, x),
			blocks(op.BlockWindows, graph.WindowsAttrs(3, []int{1}, []int{4}), b.ok(graph.ExpandDims(here, x, []int{2}))),
			kept, counted, b.do(op.Negative, kept),
			{Node: &labelled},
		}, []graph.Ref{x, mask}
	},
	"chunks": func(b builder) (_, _ []graph.Ref) {
		many := block.Regular(1_000_000, 10).Slice(3, 1, 900_000) // begins with a part of a block
		x := b.read(dtype.Bool, block.Shape{900_000}, block.Shape{-1}, block.Traits{})
		s := described{block.Description{DType: dtype.Bool, Grid: block.Grid{many}}, block.Traits{}}
		y := b.ok(graph.Read(here, &graph.Slot{Value: s}))
		return []graph.Ref{b.ok(graph.Rechunk(here, x, block.Grid{many})), b.ok(graph.Rechunk(here, y, block.Grid{block.Regular(900_000, 7)}))}, []graph.Ref{x, y}
	},
}

func irregular(t *testing.T, sizes ...int) block.Axis {
	a, err := block.Irregular(sizes)
	require.NoError(t, err)
	return a
}

// TestGolden writes graphs, and reads and writes what was written.
func TestGolden(t *testing.T) {
	for name, make := range graphs {
		outputs, inputs := make(builder{t})
		doc, err := document.Of(graph.Graph{Outputs: outputs}, inputs...)
		require.NoError(t, err, name)
		got, err := document.Encode(doc)
		require.NoError(t, err)
		path := filepath.Join("testdata", name+".json")
		if *update {
			require.NoError(t, os.WriteFile(path, got, 0o666))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), name)
		require.Less(t, len(got), 6000, "%s does not grow with the number of blocks", name)

		again, err := document.Decode(got)
		require.NoError(t, err, name)
		text, err := document.Encode(again)
		require.NoError(t, err)
		require.Equal(t, string(got), string(text), name)
		require.Equal(t, len(doc.Outputs), len(again.Outputs))
	}
}

// TestNotSaved is what only this process has.
func TestNotSaved(t *testing.T) {
	b := builder{t}
	memory := b.read(dtype.Int8, block.Shape{2}, block.Shape{2}, block.Traits{})
	masked := b.read(dtype.Int8, block.Shape{2}, block.Shape{2}, block.Traits{Name: "x.nc:u[mask=off]", Variable: "u"})
	closure := b.ok(graph.MapBlocks(here, []graph.Ref{masked}, block.Description{DType: dtype.Int8, Grid: memory.Grid()}, graph.FuncAttrs{Func: &graph.Slot{Value: 1}}))
	endless := b.ok(graph.Arange(here, dtype.Float64, block.Grid{block.Regular(10, 10)}, graph.ArangeAttrs{Start: 1e20, Step: 1}))
	made := b.ok(graph.FromFunction(here, block.Description{DType: dtype.Int8, Grid: memory.Grid()}, graph.FuncAttrs{Func: &graph.Slot{Name: "known", Value: 1}}))
	tree := b.ok(graph.TreeReduce(here, masked, dtype.Int8, graph.TreeAttrs{Func: &graph.Slot{Name: "known", Value: 1}, Reduced: 1, Partial: dtype.Int8, Width: 1}))
	part := b.ok(graph.MapBlocks(here, []graph.Ref{masked}, block.Description{DType: dtype.Int8, Grid: memory.Grid()}, graph.FuncAttrs{Func: &graph.Slot{Name: "known", Value: 1}, Part: true}))
	for want, r := range map[string]graph.Ref{
		"fromfunction: its function is in this program alone: compute the array and store it, or register a function for map_blocks (at test)": made,
		"tree_reduce: its functions are in this program alone: compute the array and store it, or write it with other reductions (at test)":    tree,
		`map_blocks: the function "known" drops or adds axes, or goes along axes of its own, which documents do not have`:                      part,
		"read: an array in memory is not in other processes: make it an input of the document, or read it from a file (at test)":               b.do(op.Negative, memory),
		"read: x.nc:u[mask=off] was opened with options":                                                                masked,
		"map_blocks: the function has no name that another process knows: register it, and give it that name (at test)": closure,
		"arange: no range of 10 elements from 1e+20 on in steps of 1 has an end":                                        endless,
	} {
		inputs := []graph.Ref{masked}
		if r == masked {
			inputs = nil
		}
		_, err := document.Of(graph.Graph{Outputs: []graph.Ref{r}}, inputs...)
		require.ErrorContains(t, err, want)
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake)
		require.Equal(t, graph.ValueError, mistake.Kind)
	}
	_, err := document.Of(graph.Graph{Outputs: []graph.Ref{memory}}, closure)
	require.ErrorContains(t, err, "input 0 is made of other arrays")
	require.ErrorContains(t, err, "golden_test.go:")
	_, err = document.Of(graph.Graph{Outputs: []graph.Ref{{}}})
	require.ErrorContains(t, err, "output 0 is no array")
	_, err = document.Of(graph.Graph{Outputs: []graph.Ref{{Node: memory.Node, Out: 1}}}, memory)
	require.ErrorContains(t, err, "output 0 is no array")
	_, err = document.Encode(&document.Document{Nodes: []document.Node{{Op: "f", Args: []document.Value{struct{}{}}}}})
	require.ErrorContains(t, err, "node 0: a struct {} is no argument")
}
