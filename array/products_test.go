package array_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
)

func TestScratch(t *testing.T) {
	a := array.FromSlice([]float64{1, 2, 3, 4, 5, 6}, []int{2, 3}, array.Chunks(1, 2))
	b := array.FromSlice([]float64{1, 2, 3, 4, 5, 6}, []int{3, 2}, array.Chunks(2, 1))
	require.Equal(t, []float64{22, 28, 49, 64}, values(t, a.MatMul(b)))
	require.Equal(t, []float64{22, 28, 49, 64}, values(t, array.Einsum("ij,jk", a, b)))
	require.Equal(t, []float64{22, 49, 28, 64}, values(t, array.Einsum("ij,jk->ki", a, b)))
	require.Equal(t, []float64{86}, values(t, array.Einsum("ii", a.MatMul(b))))
	require.Equal(t, []float64{91}, values(t, a.VDot(a)))
}
