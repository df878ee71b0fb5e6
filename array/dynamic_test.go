package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
)

func scalarOf(v any) dtype.Scalar {
	s, _ := dtype.ScalarOf(v)
	return s
}

// TestDynamic makes arrays of types that are known when the program runs.
func TestDynamic(t *testing.T) {
	ctx := context.Background()
	data := []int16{1, 2, 3, 4, 5, 6}
	rows := block.Dense(dtype.Int16, block.Shape{2, 3}, dtype.Bytes(data))
	x := array.FromBlock(rows, array.Chunks(1, 2), array.Names("y", "x"))
	require.Equal(t, "Array(int16, shape (2, 3), chunks (2x1, 2+1), 12B, names (y, x))", x.String())
	got, err := array.Values[int16](ctx, x.Mul(array.Const(2)))
	require.NoError(t, err)
	require.Equal(t, []int16{2, 4, 6, 8, 10, 12}, got)
	got, err = array.Values[int16](ctx, array.FromBlock(rows.Transpose([]int{1, 0})))
	require.NoError(t, err)
	require.Equal(t, []int16{1, 4, 2, 5, 3, 6}, got, "a block need not be dense")

	single, err := array.Values[float32](ctx, array.FullOf([]int{2}, scalarOf(float32(1.5)), array.Chunks(1)))
	require.NoError(t, err)
	require.Equal(t, []float32{1.5, 1.5}, single)

	wrapped, err := array.Values[int8](ctx, array.RangeOf(dtype.Int8, scalarOf(int64(100)), scalarOf(int64(20)), 4))
	require.NoError(t, err)
	require.Equal(t, []int8{100, 120, -116, -96}, wrapped)
	large, err := array.Values[uint64](ctx, array.RangeOf(dtype.Uint64, scalarOf(uint64(1<<64-1)), scalarOf(int64(-1)), 2))
	require.NoError(t, err)
	require.Equal(t, []uint64{1<<64 - 1, 1<<64 - 2}, large)
	halves, err := array.Values[float32](ctx, array.RangeOf(dtype.Float32, scalarOf(1.0), scalarOf(0.5), 3))
	require.NoError(t, err)
	require.Equal(t, []float32{1, 1.5, 2}, halves)

	for want, x := range map[string]array.Array{
		"arange: a range of int8 is not made of the number 1 of type float64":  array.RangeOf(dtype.Int8, scalarOf(1.0), scalarOf(int64(1)), 3),
		"arange: a range of float64 is not made of the number 1 of type int64": array.RangeOf(dtype.Float64, scalarOf(1.0), scalarOf(int64(1)), 3),
		"arange: a range is of integers or floating-point numbers, not bool":   array.RangeOf(dtype.Bool, scalarOf(true), scalarOf(true), 2),
		"arange: the length -1 of axis 0 is negative":                          array.RangeOf(dtype.Int8, scalarOf(int64(1)), scalarOf(int64(1)), -1),
		"full: there is no such element type":                                  array.FullOf([]int{2}, dtype.Scalar{}),
		"full: the length -2 of axis 0 is negative":                            array.FullOf([]int{-2}, scalarOf(true)),
		"from_block: the block does not have the elements of its shape":        array.FromBlock(block.Block{}),
		"from_block: the length -1 of axis 0 is negative":                      array.FromBlock(block.Block{DType: dtype.Bool, Shape: block.Shape{-1}, Strides: []int{1}}),
	} {
		var mistake *graph.Error
		require.ErrorAs(t, x.Err(), &mistake, want)
		require.ErrorContains(t, x.Err(), want)
		require.ErrorContains(t, x.Err(), "dynamic_test.go:")
	}
}

// TestBlocksWithoutElements: no element of an array lies outside of its memory.
func TestBlocksWithoutElements(t *testing.T) {
	data := dtype.Bytes(make([]int32, 6))
	for name, c := range map[string]struct {
		b    block.Block
		good bool
	}{
		"dense":            {block.Dense(dtype.Int32, block.Shape{2, 3}, data), true},
		"backwards":        {block.Block{DType: dtype.Int32, Shape: block.Shape{6}, Strides: []int{-1}, Offset: 5, Data: data}, true},
		"repeated":         {block.Block{DType: dtype.Int32, Shape: block.Shape{1 << 40}, Strides: []int{0}, Data: data}, true},
		"nothing":          {block.Block{DType: dtype.Int32, Shape: block.Shape{0, 5}, Strides: []int{7, 7}}, true},
		"short":            {block.Block{DType: dtype.Int32, Shape: block.Shape{6}, Strides: []int{1}, Data: data[:20]}, false},
		"before":           {block.Block{DType: dtype.Int32, Shape: block.Shape{6}, Strides: []int{-1}, Offset: 4, Data: data}, false},
		"negative offset":  {block.Block{DType: dtype.Int32, Offset: -1, Data: data}, false},
		"behind":           {block.Block{DType: dtype.Int32, Shape: block.Shape{3}, Strides: []int{3}, Data: data}, false},
		"far away":         {block.Block{DType: dtype.Int32, Shape: block.Shape{1 << 40}, Strides: []int{1 << 40}, Data: data}, false},
		"no memory":        {block.Block{DType: dtype.Int32, Shape: block.Shape{}}, false},
		"not aligned":      {block.Block{DType: dtype.Int32, Shape: block.Shape{1}, Strides: []int{1}, Data: data[1:]}, false},
		"too many strides": {block.Block{DType: dtype.Int32, Shape: block.Shape{1}, Strides: []int{1, 1}, Data: data}, false},
	} {
		require.Equal(t, c.good, array.FromBlock(c.b).Err() == nil, name)
	}
}

func TestChunksOf(t *testing.T) {
	a, err := block.Irregular([]int{1, 4, 1})
	require.NoError(t, err)
	x := array.Zeros[int8]([]int{6, 4})
	y := x.Rechunk(array.ChunkSizesAlong(-2, 1, 4, 1), array.ChunksAlong(1, 3))
	require.Equal(t, block.Grid{a, block.Regular(4, 3)}, y.Chunks())
	require.Equal(t, y.Chunks(), array.Ones[int8]([]int{6, 4}, array.ChunksOf(y.Chunks())).Chunks())
	require.ErrorContains(t, x.Rechunk(array.ChunkSizesAlong(0, 5)).Err(), "blocks of sizes [5] add up to 5")
	require.ErrorContains(t, x.Rechunk(array.ChunksOf(block.Grid{a})).Err(), "chunks are given for 1 axes, shape (6, 4) has 2")
	require.ErrorContains(t, x.Rechunk(array.ChunksOf(block.Grid{a, a})).Err(), "axis 1 of shape (6, 4): blocks 1+4+1 are for the length 6")
}

func TestGraph(t *testing.T) {
	x := array.Zeros[int8]([]int{2})
	g, err := array.Graph(x.Neg(), x)
	require.NoError(t, err)
	require.Equal(t, "%0 = full value=0 : int8 (2,) chunks (2,)\n%1 = negative %0 : int8 (2,) chunks (2,)\nreturn %1, %0\n", g.Text())
	require.Len(t, g.Nodes(), 2)
	_, err = array.Graph(x, array.Array{})
	require.ErrorContains(t, err, "operand 1: this is the zero Array")
	quotient, remainder := array.Arange(-3, 3, 1).DivMod(array.Const(2))
	q, err := array.Values[int64](context.Background(), quotient)
	require.NoError(t, err)
	r, err := array.Values[int64](context.Background(), remainder)
	require.NoError(t, err)
	require.Equal(t, []int64{-2, -1, -1, 0, 0, 1}, q)
	require.Equal(t, []int64{1, 0, 1, 0, 1, 0}, r)
}
