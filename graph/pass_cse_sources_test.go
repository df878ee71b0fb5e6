package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/internal/op"
)

func TestOneSourceGivenTwiceIsReadOnce(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{8}, block.Shape{4})}
	source := blocktest.NewSource(d, blocktest.Random(d.DType, d.Shape(), 1))
	read := func() Ref {
		r, err := Read(Caller(1), &Slot{Value: source})
		require.NoError(t, err)
		return r
	}
	sum, err := Elementwise(Caller(1), op.Add, read(), read())
	require.NoError(t, err)
	g, err := Optimize(Graph{Outputs: []Ref{sum}}, Options{Verify: true})
	require.NoError(t, err)
	in := g.Outputs[0].Node.Inputs
	require.Same(t, in[0].Node, in[1].Node)
}
