package array_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
)

// TestBesideUnknownLengths: what goes along other axes than the one that a mask
// keeps something of, also where it keeps nothing.
func TestBesideUnknownLengths(t *testing.T) {
	x := array.Arange[int64](0, 24, 1).Reshape(4, 6).Rechunk(array.Chunks(2, 3))
	for mask, count := range map[array.Array]int{
		array.FromSlice([]bool{true, false, true, true}, nil):  3,
		array.FromSlice([]bool{false, false, true, true}, nil): 2, // blocks that keep nothing
		array.FromSlice(make([]bool, 4), nil):                  0,
	} {
		y := x.Compress(mask, 0)
		known, err := y.Resolve(t.Context())
		require.NoError(t, err)
		for name, c := range map[string]struct {
			f     func(array.Array) array.Array
			shape block.Shape // besides the first axis
		}{
			"cumsum":    {func(a array.Array) array.Array { return a.CumSum(1) }, block.Shape{6}},
			"cumprod":   {func(a array.Array) array.Array { return a.CumProd(-1, array.IncludeInitial()) }, block.Shape{7}},
			"argtopk":   {func(a array.Array) array.Array { return a.ArgTopK(-2, 1) }, block.Shape{2}},
			"complex":   {func(a array.Array) array.Array { return a.AsType(dtype.Complex128).ArgTopK(2, 1) }, block.Shape{2}},
			"repeat":    {func(a array.Array) array.Array { return a.Repeat(2, 1) }, block.Shape{12}},
			"tile":      {func(a array.Array) array.Array { return a.Tile(1, 3) }, block.Shape{18}},
			"coarsen":   {func(a array.Array) array.Array { return a.Coarsen("sum", []int{1, 4}, true) }, block.Shape{1}},
			"reshape":   {func(a array.Array) array.Array { return a.Reshape(-1, 3, 2) }, block.Shape{3, 2}},
			"reshape 1": {func(a array.Array) array.Array { return a.Reshape(1, -1, 1, 6).Squeeze(0) }, block.Shape{1, 6}},
			"chain": {func(a array.Array) array.Array {
				return a.Reshape(-1, 2, 3).CumSum(2).Repeat(2, 1).ArgTopK(1, 1)
			}, block.Shape{1, 3}},
		} {
			got := c.f(y)
			require.NoError(t, got.Err(), name)
			require.Equal(t, append(block.Shape{block.Unknown}, c.shape...), got.Shape(), name)
			done, err := got.Resolve(t.Context())
			require.NoError(t, err, name)
			require.Equal(t, append(block.Shape{count}, c.shape...), done.Shape(), name)
			values, err := array.Values[int64](t.Context(), got, array.Verify())
			require.NoError(t, err, name)
			want, err := array.Values[int64](t.Context(), c.f(known))
			require.NoError(t, err, name)
			require.Equal(t, want, values, name)
		}
		for want, got := range map[string]array.Array{
			"shape (?, 6) has an unknown length, which stays an axis of its own, -1 with as many elements before and after it": y.Reshape(6, -1),
			"axis 0 of shape (?, 6) has an unknown length; resolve the array first":                                            y.Coarsen("sum", []int{2, 2}, true),
		} {
			require.ErrorContains(t, got.Err(), want)
		}
	}
}
