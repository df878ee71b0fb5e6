package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/scheduler"
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

// TestMaskBesideNoElements: masks count, keep and place what is true of them beside
// an axis without elements too, on every executor.
func TestMaskBesideNoElements(t *testing.T) {
	mask := array.FromSlice([]bool{true, false, true, true, false}, nil, array.Chunks(2))
	x := array.FromSlice([]float64{}, []int{0, 5})
	y := array.FromSlice([]float64{}, []int{0, 3})
	for _, e := range []scheduler.Executor{scheduler.Serial{}, engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})} {
		got, err := array.Compute(context.Background(), []array.Array{x.Compress(mask, 1), x.Set(y, array.All(), mask)}, array.On(e))
		require.NoError(t, err)
		require.Equal(t, block.Shape{0, 3}, got[0].Shape)
		require.Equal(t, block.Shape{0, 5}, got[1].Shape)
	}
}
