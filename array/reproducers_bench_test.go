package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/scheduler"
)

func benchmarked(b *testing.B, memory int64) array.RunOption {
	e, err := scheduler.New(scheduler.Options{Memory: memory})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, e.Close()) })
	return array.On(e)
}

func still(_ context.Context, _ array.BlockInfo, dst, _ []float32) error {
	clear(dst)
	return nil
}

// BenchmarkOverlapPlan makes an expression of ten million blocks with what is
// around them, and computes the first one (dask#10518, in smaller chunks).
func BenchmarkOverlapPlan(b *testing.B) {
	on := benchmarked(b, 512<<20)
	for b.Loop() {
		x := array.Zeros[float32]([]int{10000, 5000, 5000, 5}, array.Chunks(100, 50, 25, 1))
		y := array.MapOverlap(still, x, [][2]int{{10, 10}, {2, 2}, {2, 2}, {0, 0}}, array.Boundary(array.PadReflect))
		_, err := array.Values[float32](b.Context(), y.Slice(":100, :50, :25, :1"), on)
		require.NoError(b, err)
	}
}

// BenchmarkOverlapCrop is a crop of 10 x 10 of a function of what is around its
// block, over 40,000 chunks (coiled's test_map_overlap_sample).
func BenchmarkOverlapCrop(b *testing.B) {
	on := benchmarked(b, 64<<20)
	for b.Loop() {
		x := array.From(zeros{block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{10000, 10000}, block.Shape{50, 50})}})
		y := array.MapOverlap(still, x, [][2]int{{1, 1}}, array.Boundary(array.PadReflect))
		_, err := array.Values[float32](b.Context(), y.Slice("5000:5010, 5000:5010"), on)
		require.NoError(b, err)
	}
}

// BenchmarkTakeOfTinyChunks picks a million elements of a million chunks
// (dask#11735).
func BenchmarkTakeOfTinyChunks(b *testing.B) {
	on := benchmarked(b, 256<<20)
	const n = 1_000_000
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i
	}
	x := array.Ones[float64]([]int{n}, array.Chunks(1))
	for b.Loop() {
		_, err := array.Values[float64](b.Context(), x.Take(indices, 0), on)
		require.NoError(b, err)
	}
}

// BenchmarkSlicePin takes one column of a thousand rows of a million
// (dask#3595).
func BenchmarkSlicePin(b *testing.B) {
	on := benchmarked(b, 16<<20)
	for b.Loop() {
		x := array.Ones[complex64]([]int{1000, 1_000_000}, array.Chunks(1, array.Whole))
		_, err := array.Values[complex64](b.Context(), x.Slice(":, 0:1"), on)
		require.NoError(b, err)
	}
}

// BenchmarkCollect brings 400 MB into memory, three times each element.
func BenchmarkCollect(b *testing.B) {
	on := benchmarked(b, 64<<20)
	x := array.Ones[uint8]([]int{400_000_000}, array.Chunks(10_000_000)).Mul(array.Const(3))
	dst := make([]uint8, 400_000_000)
	for b.Loop() {
		require.NoError(b, array.Into(b.Context(), dst, x, on))
	}
}

// BenchmarkCumSum is the running sum of 80 MB.
func BenchmarkCumSum(b *testing.B) {
	on := benchmarked(b, 256<<20)
	values := make([]float64, 10_000_000)
	for i := range values {
		values[i] = float64(i % 97)
	}
	x := array.FromSlice(values, nil, array.Chunks(500_000))
	dst := make([]float64, len(values))
	for b.Loop() {
		require.NoError(b, array.Into(b.Context(), dst, x.CumSum(0), on))
	}
}

// BenchmarkTakeAtRandom picks two million elements in random order.
func BenchmarkTakeAtRandom(b *testing.B) {
	on := benchmarked(b, 256<<20)
	const n = 2_000_000
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i * 7919 % n
	}
	x := array.FromSlice(make([]float64, n), nil, array.Chunks(n/20))
	for b.Loop() {
		_, err := array.Values[float64](b.Context(), x.Take(indices, 0), on)
		require.NoError(b, err)
	}
}

// BenchmarkTopK finds the ten greatest of ten million.
func BenchmarkTopK(b *testing.B) {
	on := benchmarked(b, 256<<20)
	values := make([]float64, 10_000_000)
	for i := range values {
		values[i] = float64(i * 7919 % 10_000_019)
	}
	x := array.FromSlice(values, nil, array.Chunks(500_000))
	for b.Loop() {
		_, err := array.Values[float64](b.Context(), x.TopK(10, 0), on)
		require.NoError(b, err)
	}
}
