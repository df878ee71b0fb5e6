package array_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/graph"
)

// TestNonsense: calls that make no sense are errors; none of them panics or takes
// long, and an error that an operand carries is that of the result.
func TestNonsense(t *testing.T) {
	x := array.Zeros[float64]([]int{3, 4})
	huge := array.Zeros[bool]([]int{1 << 62})
	kept := x.Compress(array.Ones[bool]([]int{3}), 0) // (?, 4)
	broken := array.Zeros[float64]([]int{-1})
	g := array.NewGenerator(1)
	index := array.FromSlice([]int{0}, nil)
	for name, wrong := range map[string]array.Array{
		"axes of products":      array.TensordotAxes(x, array.Scalar(1.0), []int{0}, []int{0}),
		"axes of products, too": array.TensordotAxes(array.Scalar(1.0), x, []int{0}, []int{0}),
		"flat sums":             kept.CumSum(array.Flat),
		"flat products":         kept.NanCumProd(array.Flat),
		"flat indices":          kept.Take([]int{0}, array.Flat),
		"an axis":               array.PickedAlong(broken, index, math.MaxInt),
		"results":               array.Zeros[int8]([]int{1 << 31}).Unstack(0)[0],
		"results without size":  array.Zeros[int8]([]int{0, 1 << 31}).Unstack(1)[0],
		"mirrors":               huge.Pad([][2]int{{1, 1}}, array.Padding(array.PadSymmetric)),
		"wide mirrors":          huge.Pad([][2]int{{1 << 32, 1 << 32}}, array.Padding(array.PadReflect)),
		"unknown rows":          g.Shuffle(kept, 0),
	} {
		require.Error(t, wrong.Err(), name)
	}
	all := huge.TopK(1<<62, 0)
	require.True(t, all.Err() != nil || all.Shape()[0] == 1<<62)
	require.ErrorIs(t, g.Shuffle(kept, 0).Err(), graph.ErrUnresolved)
	require.ErrorIs(t, kept.Index(array.Ones[bool]([]int{3})).Err(), graph.ErrUnresolved)
	var mistake *graph.Error
	require.True(t, errors.As(array.PickedAlong(broken, index, 0).Err(), &mistake))
	require.Equal(t, "zeros", string(mistake.Op))
}
