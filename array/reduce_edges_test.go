package array_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// The cases below are those that Dask gets wrong, or refuses.

// TestTiesAcrossBlocks: the first of equal elements is that with the lowest
// number in C order, also where a block before its own holds another.
func TestTiesAcrossBlocks(t *testing.T) {
	x := array.FromSlice([]float64{1, 0, 0, 1}, []int{2, 2}, array.Chunks(2, 1))
	nans := array.FromSlice([]float64{1, math.NaN(), math.NaN(), 1}, []int{2, 2}, array.Chunks(2, 1))
	for want, a := range map[float64]array.Array{1: x.ArgMin(), 0: x.ArgMax(), -1: nans.ArgMax().Sub(array.Const(2)), 3: nans.NanArgMin().Add(array.Const(3))} {
		require.Equal(t, []float64{want}, values(t, a.AsType(dtype.Float64)))
	}
	require.Equal(t, []float64{1, 0}, values(t, x.ArgMin(array.Axes(-1)).AsType(dtype.Float64)))
	require.Equal(t, block.Shape{1, 1}, x.NanArgMax(array.Keepdims()).Shape())
	for _, axes := range [][]int{{}, {0, 1}} {
		var mistake *graph.Error
		require.ErrorAs(t, x.NanArgMax(array.Axes(axes...)).Err(), &mistake)
		require.Equal(t, graph.TypeError, mistake.Kind)
		require.ErrorContains(t, mistake, fmt.Sprintf("it goes along one axis, or along all if none is given, not along a list of %d", len(axes)))
	}
}

// TestNoPositionAmongNaNs: what NumPy raises as a ValueError ends the
// computation.
func TestNoPositionAmongNaNs(t *testing.T) {
	nan := math.NaN()
	x := array.FromSlice([]float64{1, nan, 2, nan}, []int{2, 2}, array.Chunks(1))
	for name, a := range map[string]array.Array{"nanargmin": x.NanArgMin(array.Axes(0)), "nanargmax": x.NanArgMax(array.Axes(0))} {
		_, err := array.Values[int64](t.Context(), a)
		require.ErrorContains(t, err, name+", block [")
		require.ErrorContains(t, err, "all elements are NaN, and none of the others has a position; argmin and argmax find the first NaN")
		require.ErrorContains(t, err, "reduce_edges_test.go")
	}
	require.Equal(t, []float64{0, 0}, values(t, x.NanArgMax(array.Axes(1)).AsType(dtype.Float64)))
	_, err := array.Values[int64](t.Context(), x.NanArgMax(array.Axes(0)).Slice(":1"))
	require.NoError(t, err, "what nobody asked for is not computed")
}

// TestChunksOfLengthZero: empty chunks say nothing, whatever the reduction.
func TestChunksOfLengthZero(t *testing.T) {
	data := []float64{3, 1, 2, 2, 3, 1}
	chunks := array.ChunkSizes([]int{0, 3, 0, 3, 0})
	for _, row := range op.Reductions() {
		name := string(row.Name)
		want := values(t, array.FromSlice(data, nil).Reduce(name).AsType(dtype.Float64))
		got := values(t, array.FromSlice(data, nil, chunks).Reduce(name).AsType(dtype.Float64))
		require.InDeltaSlice(t, want, got, 1e-15, name)
	}
}

// TestAxesOfLengthZero: along an axis without elements a reduction has the value
// of none, or is refused; along another one its result is empty.
func TestAxesOfLengthZero(t *testing.T) {
	x := array.Zeros[float64]([]int{0, 3}, array.Chunks(array.Whole, 2))
	none := map[op.Name]float64{op.Sum: 0, op.Nansum: 0, op.Prod: 1, op.Nanprod: 1, op.Any: 0, op.All: 1, op.CountNonzero: 0}
	for _, row := range op.Reductions() {
		name := string(row.Name)
		empty := x.Reduce(name, array.Axes(1))
		require.NoError(t, empty.Err(), name)
		require.Equal(t, block.Shape{0}, empty.Shape(), name)
		require.Empty(t, values(t, empty.AsType(dtype.Float64)), name)
		require.Equal(t, block.Shape{0, 1}, x.Reduce(name, array.Axes(1), array.Keepdims()).Shape(), name)
		along := x.Reduce(name, array.Axes(0))
		if row.NeedsElements {
			require.ErrorContains(t, along.Err(), name+": axis 0 of shape (0, 3) has no elements, and it has no value for none")
			require.Error(t, x.Reduce(name).Err())
			continue
		}
		want, known := none[row.Name]
		for _, v := range append(values(t, along.AsType(dtype.Float64)), values(t, x.Reduce(name).AsType(dtype.Float64))...) {
			require.True(t, v == want && known || math.IsNaN(v) && !known, "%s of nothing is %v", name, v)
		}
	}
}

// TestMeanOfManyHalves: a sum of float16 leaves its range, the mean does not.
func TestMeanOfManyHalves(t *testing.T) {
	ones := array.Ones[dtype.Half]([]int{70_000}, array.Chunks(30_000))
	for _, mean := range []array.Array{ones.Mean(), ones.NanMean(), ones.Sum().Div(ones.Sum()).IsNaN(), ones.Sum(array.DType(dtype.Float32)).Div(array.Const(70_000))} {
		require.Equal(t, []float64{1}, values(t, mean.AsType(dtype.Float64)))
	}
	require.Equal(t, []float64{0}, values(t, ones.Var().AsType(dtype.Float64)))
}

// TestVarianceFarFromZero: no squares of large elements are subtracted from each
// other.
func TestVarianceFarFromZero(t *testing.T) {
	x := array.FromSlice(slices.Repeat([]float64{1e8 + 1, 1e8 + 2, 1e8 + 3}, 100), nil, array.Chunks(7))
	for _, v := range []array.Array{x.Var(), x.NanVar(), x.Moment(2), x.Std().Mul(x.Std()), x.NanStd().Mul(x.NanStd())} {
		require.InDelta(t, 2.0/3, values(t, v)[0], 1e-8)
	}
	require.InDelta(t, 2.0/3, values(t, x.AsType(dtype.Int64).Var())[0], 1e-8)
}

// TestMeansOfLargeIntegers: they are sums of float64, which round integers above
// 2^53 but do not wrap around.
func TestMeansOfLargeIntegers(t *testing.T) {
	large := array.FromSlice([]int64{1 << 62, 1 << 62, 1 << 62, 1 << 62}, nil, array.Chunks(1))
	require.Equal(t, []float64{1 << 62}, values(t, large.Mean()))
	require.Equal(t, []float64{0}, values(t, large.Sum().AsType(dtype.Float64)), "the sum wraps, as in NumPy")
	require.Equal(t, []float64{math.MaxUint64}, values(t, array.FromSlice([]uint64{math.MaxUint64, math.MaxUint64}, nil, array.Chunks(1)).Mean()))
	require.Equal(t, []float64{1 << 53}, values(t, array.FromSlice([]int64{1<<53 + 1}, nil).Mean()))
	require.Equal(t, []float64{1<<53 + 2}, values(t, array.FromSlice([]int64{1<<53 + 1, 1<<53 + 3}, nil, array.Chunks(1)).Mean()))
}
