package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

// What users of other libraries ran out of memory with, scaled to small arrays
// and smaller budgets. A budget that does is proof: it is never exceeded.

// ramp is a source whose element at a place is a function of the place.
type ramp struct{ d block.Description }

func (s ramp) Describe() block.Description { return s.d }
func (s ramp) Traits() block.Traits        { return block.Traits{Name: "ramp"} }
func (s ramp) Scratch(block.Region) int64  { return 0 }
func (s ramp) Read(_ context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	values := dtype.Slice[float32](dst.DenseBytes())
	i := 0
	block.Positions(r, func(at []int) bool {
		values[i] = height(at...)
		i++
		return true
	})
	return nil
}

// height is the element of a ramp at a place.
func height(at ...int) float32 {
	v := 0
	for _, p := range at {
		v = (v*31 + p) % 97
	}
	return float32(v)
}

func ramps(chunks block.Shape, shape ...int) (*blocktest.CountingSource, array.Array) {
	src := blocktest.Count(ramp{block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape(shape), chunks)}})
	return src, array.From(src)
}

// TestQuadraticMeans of two fields read each of their chunks once
// (distributed-array-examples#2).
func TestQuadraticMeans(t *testing.T) {
	uSource, u := ramps(block.Shape{10, 1, 98, 192}, 300, 1, 98, 192) // 22 MB each, in chunks of 750 KB
	vSource, v := ramps(block.Shape{10, 1, 98, 192}, 300, 1, 98, 192)
	over := array.Axes(0)
	means := []array.Array{u.Mul(u).Mean(over), v.Mul(v).Mean(over), u.Mul(v).Mean(over)}
	got, err := array.Compute(t.Context(), means, array.On(engineOf(t, 2, 8<<20)))
	require.NoError(t, err)
	require.Equal(t, block.Shape{1, 98, 192}, got[2].Shape)
	require.Equal(t, 30, uSource.Reads())
	require.Equal(t, 30, vSource.Reads())
	for k := range means {
		v, err := block.Values[float32](got[k])
		require.NoError(t, err)
		for _, at := range [][2]int{{0, 0}, {50, 7}, {97, 191}} {
			squares := 0.0
			for i := range 300 {
				h := float64(height(i, 0, at[0], at[1]))
				squares += h * h
			}
			require.Equal(t, float32(squares/300), v[at[0]*192+at[1]]) // sums of whole numbers are exact
		}
	}
}

// TestVorticity pads two fields, merges chunks and multiplies with rows and
// columns of distances (coiled's test_array.py).
func TestVorticity(t *testing.T) {
	uSource, u := ramps(block.Shape{200, 200, 1}, 200, 200, 40)
	_, v := ramps(block.Shape{200, 200, 1}, 200, 200, 40)
	_, dx := ramps(block.Shape{51, 200}, 201, 200)
	_, dy := ramps(block.Shape{200, 51}, 200, 201)
	x := u.Pad([][2]int{{0, 1}, {0, 0}, {0, 0}}, array.Padding(array.PadWrap)).Mul(dx.ExpandDims(-1))
	y := v.Pad([][2]int{{0, 0}, {0, 1}, {0, 0}}, array.Padding(array.PadWrap)).Mul(dy.ExpandDims(-1))
	curl := x.Slice("1:").Sub(x.Slice(":-1")).Sub(y.Slice(":, 1:").Sub(y.Slice(":, :-1")))
	sum := curl.AsType(dtype.Float64).Sum()
	small, err := array.Item[float64](t.Context(), sum, array.On(engineOf(t, 2, 4<<20)))
	require.NoError(t, err)
	require.Equal(t, 40, uSource.Reads())
	large, err := array.Item[float64](t.Context(), sum, array.On(engineOf(t, 1, 256<<20)))
	require.NoError(t, err)
	require.Equal(t, large, small)
	want := 0.0
	block.Positions(block.Whole(block.Shape{200, 200, 40}), func(at []int) bool {
		i, j, k := at[0], at[1], at[2]
		x := height((i+1)%200, j, k)*height(i+1, j) - height(i, j, k)*height(i, j)
		y := height(i, (j+1)%200, k)*height(i, j+1) - height(i, j, k)*height(i, j)
		want += float64(x - y) // all whole numbers
		return true
	})
	require.Equal(t, want, small)
}

// TestOverlapAndMask rolls, masks and averages an array in a fraction of its size
// (dask#3671).
func TestOverlapAndMask(t *testing.T) {
	src, x := ramps(block.Shape{10, 10, 15, 15}, 100, 100, 30, 30) // 36 MB
	near := array.MapOverlap(func(_ context.Context, info array.BlockInfo, dst, in []float32) error {
		// The element one row before, around the end.
		row := info.Inputs[0].Shape[1:].Elements()
		copy(dst, in[:len(in)-row])
		return nil
	}, x, [][2]int{{1, 0}, {0, 0}, {0, 0}, {0, 0}}, array.Boundary(array.PadWrap))
	mean := array.Where(near.Gt(array.Const(20)), near, array.Const(0)).Mean(array.Axes(0, 1))
	got, err := array.Values[float32](t.Context(), mean, array.On(engineOf(t, 2, 6<<20)))
	require.NoError(t, err)
	want, err := array.Values[float32](t.Context(), array.Where(x.Gt(array.Const(20)), x, array.Const(0)).Mean(array.Axes(0, 1)), array.On(engineOf(t, 2, 6<<20)))
	require.NoError(t, err)
	require.Equal(t, want, got, "the mean is over all rows, so rolling them changes nothing")
	require.LessOrEqual(t, src.Reads(), 400+400+400, "each chunk at most for itself and for the next one")
}

// TestCollect gives a result in memory the size of the result and no more
// (dask#7187).
func TestCollect(t *testing.T) {
	x := array.Full([]int{20_000_000}, uint8(7), array.Chunks(100_000))
	dst := make([]uint8, 20_000_000)
	allocated := testing.AllocsPerRun(1, func() {
		require.NoError(t, array.Into(t.Context(), dst, x.Mul(array.Const(3)), array.On(engineOf(t, 2, 512<<10))))
	})
	require.Less(t, allocated, 20_000.0)
	for _, v := range dst {
		if v != 21 {
			t.Fatal("a wrong element")
		}
	}
}

// TestTakeOfTinyChunks: a million indices of a million chunks (dask#11735).
func TestTakeOfTinyChunks(t *testing.T) {
	const n = 1_000_000
	indices := make([]int, n)
	for i := range indices {
		indices[i] = (i * 7919) % n
	}
	y := array.Arange[int64](0, n, 1, array.Chunks(1)).Take(indices, 0)
	require.LessOrEqual(t, y.Chunks().Blocks(), 8, "not a chunk for each index")
	got, err := array.Values[int64](t.Context(), y)
	require.NoError(t, err)
	for i, v := range got {
		if v != int64(indices[i]) {
			t.Fatalf("element %d is %d", i, v)
		}
	}
}

// TestSliceThenMask reads the slice alone, though how much the mask keeps has to
// be counted first (dask#12020).
func TestSliceThenMask(t *testing.T) {
	src, x := ramps(block.Shape{1, 8, 20, 20, 5}, 250, 72, 200, 200, 5) // 14 GB
	part := x.Slice("10:12, :8, 40:60, 40:60")
	mask := part.Gt(array.Const(90))
	kept := part.Index(mask)
	require.Equal(t, block.Shape{block.Unknown}, kept.Shape())
	e := engineOf(t, 2, 2<<20)
	got, err := array.Values[float32](t.Context(), kept, array.On(e))
	require.NoError(t, err)
	require.NotEmpty(t, got)
	for _, v := range got {
		require.Greater(t, v, float32(90))
	}
	n, err := array.Item[int64](t.Context(), mask.AsType(dtype.Int64).Sum(), array.On(e))
	require.NoError(t, err)
	require.Len(t, got, int(n))
	require.Len(t, src.ByRegion(), 2, "of two chunks")
}
