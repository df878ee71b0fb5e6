package array_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/plan"
)

func double(_ context.Context, _ array.BlockInfo, dst []float64, src []float64) error {
	for i, v := range src {
		dst[i] = 2 * v
	}
	return nil
}

func TestMapBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for range 30 {
		p := random(r, randomShape(r, 1+r.IntN(3), 7))
		want := fill(p.shape, func(at []int) float64 { return 2 * p.at(at) })
		a := array.MapBlocks(double, chunked(r, p))
		require.NoError(t, a.Err())
		require.Equal(t, want.data, values(t, a))
		require.Equal(t, want.data, values(t, array.MapBlocks(double, chunked(r, p).Transpose()).Transpose()))
	}
}

func TestMapBlocksIsToldItsBlock(t *testing.T) {
	x := array.FromSlice(numbers(20), []int{4, 5}, array.Chunks(2, 3), array.Names("y", "x"))
	var mu sync.Mutex
	seen := map[string]string{}
	sums := array.MapBlocks(func(_ context.Context, info array.BlockInfo, dst []int32, src []float64) error {
		mu.Lock()
		seen[info.Region.String()] = info.Inputs[0].String()
		mu.Unlock()
		if len(dst) != 1 || len(src) != info.Inputs[0].Elements() {
			return errors.New("slices of other lengths than the regions")
		}
		dst[0] = int32(sum(src))
		return nil
	}, x, array.ResultChunks(1, 1))
	require.Equal(t, block.Shape{2, 2}, sums.Shape())
	require.Equal(t, dtype.Int32, sums.DType())
	require.Equal(t, []string{"y", "x"}, sums.Names())
	got, err := array.Values[int32](t.Context(), sums)
	require.NoError(t, err)
	require.Equal(t, []int32{21, 24, 81, 64}, got)
	require.Equal(t, map[string]string{
		"[0:1, 0:1]": "[0:2, 0:3]", "[0:1, 1:2]": "[0:2, 3:5]", "[1:2, 0:1]": "[2:4, 0:3]", "[1:2, 1:2]": "[2:4, 3:5]",
	}, seen)

	uneven := array.MapBlocks(func(_ context.Context, info array.BlockInfo, dst []float64, _ []float64) error {
		for i := range dst {
			dst[i] = float64(info.Index[0])
		}
		return nil
	}, array.FromSlice(numbers(4), nil, array.Chunks(2)), array.ResultChunkSizes([]int{1, 3}), array.Scratch(1000), array.FuncName("index"))
	require.Equal(t, []float64{0, 1, 1, 1}, values(t, uneven))
	require.Equal(t, "(4, 2x1)", array.MapBlocks(double, array.Zeros[float64]([]int{4, 6}, array.Chunks(4, 3)), array.ResultChunks(array.Whole, 1)).Chunks().String())
}

func TestMapBlocks2(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 30 {
		p := random(r, randomShape(r, 1+r.IntN(3), 7))
		q := random(r, p.shape[r.IntN(len(p.shape)):])
		want := fill(p.shape, func(at []int) float64 { return p.at(at) - q.stretched(at) })
		minus := func(_ context.Context, _ array.BlockInfo, dst []float64, x []float64, y []float32) error {
			for i := range dst {
				dst[i] = x[i] - float64(y[i])
			}
			return nil
		}
		a := array.MapBlocks2(minus, chunked(r, p), chunked(r, q).AsType(dtype.Float32))
		require.NoError(t, a.Err())
		require.Equal(t, want.data, values(t, a))
	}
}

func TestMapBlocksMistakes(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2))
	var none func(context.Context, array.BlockInfo, []float64, []float64) error
	for _, c := range []struct {
		a    array.Array
		kind graph.Kind
		want string
	}{
		{array.MapBlocks(none, x), graph.ValueError, "map_blocks: the function is nil"},
		{array.MapBlocks(double, x.AsType(dtype.Int8)), graph.TypeError, "map_blocks: the function takes elements of float64, operand 0 of shape (2, 3) has int8: convert it with AsType(dtype.Float64)"},
		{array.MapBlocks(double, x, array.ResultChunks(1)), graph.ValueError, "map_blocks: chunks of the result are given for 1 axes, the input has 2"},
		{array.MapBlocks(double, x, array.ResultChunks(0, 1)), graph.ValueError, "map_blocks: axis 0 has 2 blocks, which cannot be empty"},
		{array.MapBlocks(double, x, array.ResultChunks(-5, 1)), graph.ValueError, "map_blocks: axis 0: -5 is not the length of a block"},
		{array.MapBlocks(double, x, array.ResultChunks(1<<62, 1)), graph.ValueError, "map_blocks: axis 0: 2 blocks of length 4611686018427387904 are more than an int can count"},
		{array.MapBlocks(double, x, array.ResultChunkSizes([]int{1}, nil)), graph.ValueError, "map_blocks: axis 0: there are 1 block sizes, the input has 2 blocks (blocks of length 0 do not count)"},
		{array.MapBlocks(double, x, array.Scratch(-1)), graph.ValueError, "map_blocks: the scratch memory -1 is negative"},
		{array.MapBlocks(double, array.Array{}), graph.ValueError, "map_blocks: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like"},
	} {
		var mistake *graph.Error
		require.ErrorAs(t, c.a.Err(), &mistake, c.want)
		require.Equal(t, c.kind, mistake.Kind, c.want)
		require.EqualError(t, c.a.Err(), c.want+" (at "+mistake.Site.String()+")")
		require.Contains(t, mistake.Site.String(), "mapblocks_test.go")
	}
}

// TestOptionsWithoutUse: an option that a function does not take is a mistake.
func TestOptionsWithoutUse(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3})
	gufunc := func(opt array.MapOption) array.Array {
		return array.ApplyGufunc("(i)->(i)", func(context.Context, []float64, [][]float64) error { return nil }, []array.Array{x}, nil, opt)
	}
	const (
		chunks   = "apply_gufunc: ResultChunks and ResultChunkSizes are options of MapBlocks and MapOverlap"
		axes     = "apply_gufunc: DropAxes and AddAxis are options of MapBlocks and MapOverlap; here the signature says which axes there are"
		boundary = ": Boundary and BoundaryValue are options of MapOverlap"
	)
	for _, c := range []struct {
		a    array.Array
		want string
	}{
		{gufunc(array.ResultChunks(2)), chunks},
		{gufunc(array.ResultChunkSizes([]int{2})), chunks},
		{gufunc(array.DropAxes(0)), axes},
		{gufunc(array.AddAxis(0, 1)), axes},
		{gufunc(array.Boundary("zzz")), "apply_gufunc" + boundary},
		{gufunc(array.BoundaryValue(1)), "apply_gufunc" + boundary},
		{array.MapBlocks(double, x, array.Boundary("zzz")), "map_blocks" + boundary},
		{array.MapBlocks(double, x, array.BoundaryValue(1)), "map_blocks" + boundary},
		{array.Meshgrid([]array.Array{x}, array.MeshOption(9))[0], "meshgrid: MeshOption(9) is none of XY, IJ and Sparse"},
		{array.Meshgrid(nil, array.MeshOption(-1))[0], "meshgrid: MeshOption(-1) is none of XY, IJ and Sparse"},
	} {
		mistaken(t, c.a, graph.ValueError, c.want)
	}
	require.NoError(t, gufunc(array.Scratch(100)).Err())
	require.NoError(t, gufunc(nil).Err())
}

func TestFailingFunctionsNameTheirBlock(t *testing.T) {
	x := array.FromSlice(numbers(6), nil, array.Chunks(2))
	broken := errors.New("no such thing")
	a := array.MapBlocks(func(_ context.Context, info array.BlockInfo, _ []float64, _ []float64) error {
		if info.Index[0] == 2 {
			return broken
		}
		return nil
	}, x)
	_, err := array.Values[float64](t.Context(), a)
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "map_blocks")
	require.ErrorContains(t, err, "[2]")
	require.ErrorContains(t, err, "mapblocks_test.go")

	a = array.MapBlocks(func(context.Context, array.BlockInfo, []float64, []float64) error { panic("oh no") }, x)
	_, err = array.Values[float64](t.Context(), a)
	require.ErrorContains(t, err, "oh no")
	require.ErrorContains(t, err, "map_blocks")
}

// TestFunctionsOwnTheirInfo: what a function does with the description of its block
// changes nothing.
func TestFunctionsOwnTheirInfo(t *testing.T) {
	x := array.Arange(0.0, 12, 1, array.Chunks(5))
	y := array.MapBlocks(func(_ context.Context, info array.BlockInfo, dst, src []float64) error {
		copy(dst, src)
		info.Index[0], info.Region.Start[0], info.Region.Shape[0] = 99, 99, 99
		info.Inputs[0].Start[0], info.Inputs[0].Shape[0] = 99, 99
		return nil
	}, x)
	require.Equal(t, []float64{132}, values(t, y.Add(x).Sum()))
	require.Equal(t, values(t, x), values(t, y))
}

// TestScratchBeyondTheBudget: however much a function says that it takes, it is
// refused.
func TestScratchBeyondTheBudget(t *testing.T) {
	copied := func(_ context.Context, _ array.BlockInfo, dst, src []float64) error { return nil }
	for _, bytes := range []int64{1 << 40, 1 << 62, math.MaxInt64 - 1000, math.MaxInt64} {
		_, err := array.Values[float64](t.Context(), array.MapBlocks(copied, array.Arange(0.0, 12, 1), array.Scratch(bytes)))
		var budget *plan.BudgetError
		require.ErrorAs(t, err, &budget)
	}
}
