package array

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
)

// Where only running can tell the shape, what is like an array is made of it, and
// what needs the length says so.
func TestUnknownLengths(t *testing.T) {
	at := graph.Caller(1)
	in := Zeros[float32]([]int{3, 5}, Chunks(1, 2))
	d := in.describe()
	d.Grid = block.Grid{block.UnknownAxis(3), d.Grid[1]}
	x := made(graph.MapBlocks(at, []graph.Ref{in.ref}, d, graph.FuncAttrs{Func: &graph.Slot{Value: 1}}))
	require.NoError(t, x.Err())
	for _, like := range []Array{ZerosLike(x), OnesLike(x, OfType(dtype.Int8), Names("a", "b")), FullLike(x, 2i, OfType(dtype.Complex64))} {
		require.NoError(t, like.Err())
		require.Equal(t, "(3x?, 2x2+1)", like.Chunks().String())
		require.NoError(t, graph.Verify(graph.Graph{Outputs: []graph.Ref{like.ref}}))
	}
	require.Equal(t, dtype.Int8, OnesLike(x, OfType(dtype.Int8)).DType())
	for _, fine := range []Array{x.Flip(1), x.Roll(1, 1), x.Diff(1, 1), x.T(), x.MoveAxis(0, 1), Stack([]Array{x, x}, 0), VStack([]Array{x, x})} {
		require.NoError(t, fine.Err())
		require.NoError(t, graph.Verify(graph.Graph{Outputs: []graph.Ref{fine.ref}}))
	}
	require.NoError(t, BroadcastArrays(x, x.Slice(":, :1"))[1].Err())
	for _, wrong := range []Array{x.Roll(1, 0), x.Roll(1), x.FlipUD(), x.Diff(1, 0), x.Repeat(2, 0), x.Tile(2, 1), x.Unstack(0)[0], x.Split(2, 0)[0], x.Diagonal(0, 0, 1), x.Tril(0), Meshgrid([]Array{x})[0], x.Ravel()} {
		require.ErrorContains(t, wrong.Err(), "resolve the array first")
	}
}
