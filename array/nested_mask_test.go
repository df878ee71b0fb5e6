package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
)

// TestMaskOfCountedElements: a mask that depends on what another one keeps is
// counted after it, also where its own shape is known.
func TestMaskOfCountedElements(t *testing.T) {
	x := array.FromSlice([]int64{0, 5, 1, 7}, nil, array.Chunks(2))
	one := array.Const(1)
	total := x.Extract(x.Gt(one)).Sum().Reshape(1)
	got, err := array.Compute(context.Background(), []array.Array{total.Extract(total.Gt(one)).Sum()})
	require.NoError(t, err)
	values, err := block.Values[int64](got[0])
	require.NoError(t, err)
	require.Equal(t, []int64{12}, values)
}
