package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
)

// TestErrorsNameWhatWasAsked: not the parts that it is made of.
func TestErrorsNameWhatWasAsked(t *testing.T) {
	x := array.Zeros[float64]([]int{1 << 20}, array.Chunks(1<<20))
	small := array.On(engineOf(t, 1, 1<<20))
	for want, a := range map[string]array.Array{
		"zeros (at":          x,
		"cumulative_sum (at": x.CumSum(0),
		"topk (at":           x.TopK(1<<19, 0),
		"sliding":            x.SlidingWindows([]int{1 << 19}, 0),
		"roll":               x.Roll(3, 0),
	} {
		_, err := array.Values[float64](t.Context(), a, small)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "names_test.go")
		require.NotContains(t, err.Error(), "block_")
	}
	apply := array.ApplyGufunc("()->()", func(context.Context, []float64, [][]float64) error { panic("no") }, []array.Array{x}, nil)
	_, err := array.Values[float64](t.Context(), apply)
	require.ErrorContains(t, err, "apply_gufunc, block [0]")
}
