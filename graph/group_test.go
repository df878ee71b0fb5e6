package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/internal/op"
)

// chain is a source with the given operations on top.
func chain(t *testing.T, names ...op.Name) Ref {
	t.Helper()
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{12}, block.Shape{4})}
	r, err := Read(Caller(1), &Slot{Value: blocktest.NewSource(d, blocktest.Random(d.DType, d.Shape(), 1))})
	require.NoError(t, err)
	for _, name := range names {
		r, err = Elementwise(Caller(1), name, r)
		require.NoError(t, err)
	}
	return r
}

func centred(t *testing.T, y Ref) Ref {
	t.Helper()
	mean, err := Reduce(Caller(1), op.Mean, y, nil, false, 0)
	require.NoError(t, err)
	out, err := Elementwise(Caller(1), op.Subtract, y, mean)
	require.NoError(t, err)
	return out
}

func groupNames(g Graph) []string {
	var names []string
	for _, group := range Groups(g) {
		names = append(names, group.String())
	}
	return names
}

func TestGroupsStoreOnlyTheTopOfACostlyChain(t *testing.T) {
	y := chain(t, op.Exp, op.Sin, op.Exp, op.Sin, op.Cos, op.Exp)
	require.Equal(t, []string{"exp", "mean", "subtract"}, groupNames(Graph{Outputs: []Ref{centred(t, y)}}))
}

func TestGroupsComputeCheapChainsAgain(t *testing.T) {
	y := chain(t, op.Negative, op.Abs)
	require.Equal(t, []string{"mean", "subtract"}, groupNames(Graph{Outputs: []Ref{centred(t, y)}}))
}

func TestGroupsShareWhatTheyRead(t *testing.T) {
	u, v := chain(t), chain(t)
	var outputs []Ref
	for _, pair := range [][2]Ref{{u, u}, {v, v}, {u, v}} {
		product, err := Elementwise(Caller(1), op.Multiply, pair[0], pair[1])
		require.NoError(t, err)
		mean, err := Reduce(Caller(1), op.Mean, product, nil, false, 0)
		require.NoError(t, err)
		outputs = append(outputs, mean)
	}
	require.Equal(t, []string{"mean+mean+mean"}, groupNames(Graph{Outputs: outputs}))
}

// TestGroupsReadAFewPartsTogether: a task holds a block of each part, and none more of
// one that several outputs need.
func TestGroupsReadAFewPartsTogether(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{2 * maxReads}, block.Shape{4})}
	x, err := Read(Caller(1), &Slot{Value: blocktest.NewSource(d, blocktest.Random(d.DType, d.Shape(), 1))})
	require.NoError(t, err)
	var outputs []Ref
	for i := range 2 * maxReads {
		part, err := Slice(Caller(1), x, []AxisIndex{{Start: i, Drop: true}})
		require.NoError(t, err)
		again, err := Elementwise(Caller(1), op.Negative, part)
		require.NoError(t, err)
		outputs = append(outputs, part, again)
	}
	groups := Groups(Graph{Outputs: outputs})
	require.Len(t, groups, 2)
	require.Equal(t, outputs[:2*maxReads], groups[0].Outputs)
	require.Equal(t, outputs[2*maxReads:], groups[1].Outputs)
}

func TestWithoutFusionEveryOperationIsAGroup(t *testing.T) {
	g, err := Optimize(Graph{Outputs: []Ref{centred(t, chain(t, op.Negative, op.Abs))}}, Options{Off: []string{"fuse"}})
	require.NoError(t, err)
	require.Equal(t, []string{"negative", "abs", "mean", "subtract"}, groupNames(g))
}

func TestABroadcastRepeatsNothingCostly(t *testing.T) {
	row := chain(t, op.Exp)
	wide, err := BroadcastTo(Caller(1), row, block.Shape{5, 12})
	require.NoError(t, err)
	out, err := Elementwise(Caller(1), op.Add, wide, wide)
	require.NoError(t, err)
	require.Equal(t, []string{"exp", "add"}, groupNames(Graph{Outputs: []Ref{out}}))
}
