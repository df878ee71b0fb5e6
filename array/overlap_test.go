package array_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

// neighbours sums what a call is given around each element of its block.
func neighbours(depth [][2]int) func(context.Context, array.BlockInfo, []int64, []int64) error {
	return func(_ context.Context, info array.BlockInfo, dst, src []int64) error {
		in, out := info.Inputs[0], info.Region
		i := 0
		block.Positions(out, func(at []int) bool {
			near := block.Region{Start: make([]int, len(at)), Shape: make(block.Shape, len(at))}
			for axis, p := range at {
				near.Start[axis] = max(p-depth[axis][0], in.Start[axis])
				near.Shape[axis] = min(p+depth[axis][1]+1, in.Start[axis]+in.Shape[axis]) - near.Start[axis]
			}
			sum := int64(0)
			block.Positions(near, func(q []int) bool {
				number := 0
				for axis := range q {
					number = number*in.Shape[axis] + q[axis] - in.Start[axis]
				}
				sum += src[number]
				return true
			})
			dst[i] = sum
			i++
			return true
		})
		return nil
	}
}

// TestMapOverlap gives what MapBlocks gives over the padded array in one block.
func TestMapOverlap(t *testing.T) {
	modes := []array.PadMode{array.BoundaryNone, array.PadEdge, array.PadReflect, array.PadSymmetric, array.PadWrap, array.PadConstant}
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 12))
		shape := []int{2 + r.IntN(7), 2 + r.IntN(20)}
		x, _ := numbered(r, shape...)
		depth := [][2]int{{r.IntN(3), r.IntN(3)}, {r.IntN(3), r.IntN(3)}}
		mode := modes[seed%6]
		opts := []array.MapOption{array.Boundary(mode)}
		pad := []array.PadOption{array.Padding(mode)}
		if mode == array.PadConstant {
			opts, pad = append(opts, array.BoundaryValue(100)), append(pad, array.PadValue(100))
		}
		if mode == array.BoundaryNone { // zeros add nothing
			pad = nil
		}
		if seed%4 == 0 {
			x = x.Mul(array.Const(3))
		}
		y := array.MapOverlap(neighbours(depth), x, depth, opts...)
		require.NoError(t, y.Err())
		padded := x.Pad(depth, pad...)
		want := array.MapBlocks(neighbours(depth), padded.Rechunk(array.Chunks(array.Whole))).
			Index(array.Range(depth[0][0], depth[0][0]+shape[0]), array.Range(depth[1][0], depth[1][0]+shape[1]))
		got, err := array.Compute(t.Context(), []array.Array{y, want}, array.On(engineOf(t, 1+r.IntN(3), 4<<20)))
		require.NoError(t, err)
		require.Equal(t, got[1].DenseBytes(), got[0].DenseBytes(), "seed %d, %s", seed, mode)
	}
}

func TestMapOverlapMistakes(t *testing.T) {
	x := array.Zeros[int64]([]int{4, 5}, array.Chunks(2))
	f := func(context.Context, array.BlockInfo, []int64, []int64) error { return nil }
	for _, c := range []struct {
		got  array.Array
		want string
	}{
		{array.MapOverlap(f, x, [][2]int{{1, 1}, {6, 0}}), "the depth [6 0] is more than the length 5 of axis 1 of shape (4, 5)"},
		{array.MapOverlap(f, x, [][2]int{{-1, 1}}), "negative depth"},
		{array.MapOverlap(f, x, [][2]int{{1, 1}, {1, 1}, {1, 1}}), "there are 3 depths for the 2 axes"},
		{array.MapOverlap(f, x, [][2]int{{1, 1}}, array.Boundary("sideways")), `no mode "sideways"`},
		{array.MapOverlap(f, x, [][2]int{{1, 1}}, array.Boundary(array.PadConstant), array.BoundaryValue(1i)), "cannot become int64"},
	} {
		require.ErrorContains(t, c.got.Err(), c.want)
		require.ErrorContains(t, c.got.Err(), "overlap_test.go")
	}
	fails := array.MapOverlap(func(context.Context, array.BlockInfo, []int64, []int64) error { return errors.New("no") }, x, [][2]int{{1, 1}})
	_, err := array.Values[int64](t.Context(), fails)
	require.ErrorContains(t, err, "map_blocks, block [")
}

// TestOverlapReadsTheNeighbourhood: the first block of a computation of 4.3
// million blocks (dask#10518), and a crop of 40,000 (coiled's
// test_map_overlap_sample), read the chunks around it alone.
func TestOverlapReadsTheNeighbourhood(t *testing.T) {
	f := func(_ context.Context, _ array.BlockInfo, dst []float32, _ []float32) error { clear(dst); return nil }
	shape := block.Shape{10000, 10000}
	src := blocktest.Count(zeros{block.Description{DType: dtype.Float32, Grid: block.RegularGrid(shape, block.Shape{50, 50})}})
	y := array.MapOverlap(f, array.From(src), [][2]int{{1, 1}}, array.Boundary(array.PadReflect)).Slice("5000:5010, 5000:5010")
	_, err := array.Values[float32](t.Context(), y, array.On(engineOf(t, 2, 8<<20)))
	require.NoError(t, err)
	require.Equal(t, 9, src.Reads())

	x := array.Zeros[float32]([]int{10000, 5000, 5000, 5}, array.Chunks(1000, 500, 25, 1))
	many := array.MapOverlap(f, x, [][2]int{{10, 10}, {2, 2}, {2, 2}, {0, 0}}, array.Boundary(array.PadReflect))
	require.Equal(t, 100_000, many.Chunks().Blocks())
	first := many.Slice(":1000, :500, :25, :1")
	explained, err := first.Explain(array.On(engineOf(t, 2, 512<<20)))
	require.NoError(t, err)
	require.Less(t, len(explained.String()), 4000)
	_, err = array.Values[float32](t.Context(), first, array.On(engineOf(t, 2, 512<<20)))
	require.NoError(t, err)
}

// zeros is a source of zeros that holds nothing.
type zeros struct{ d block.Description }

func (z zeros) Describe() block.Description { return z.d }
func (z zeros) Traits() block.Traits        { return block.Traits{Name: "zeros"} }
func (z zeros) Scratch(block.Region) int64  { return 0 }
func (z zeros) Read(_ context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	clear(dst.DenseBytes())
	return nil
}

func TestDroppedAndAddedAxes(t *testing.T) {
	x, values := numbered(rand.New(rand.NewPCG(1, 1)), 6, 5)
	x = x.Rechunk(array.Chunks(4, 5))
	sums := array.MapBlocks(func(_ context.Context, info array.BlockInfo, dst, src []int64) error {
		if len(info.Region.Shape) != 1 || len(info.Inputs[0].Shape) != 2 || len(info.Index) != 1 {
			return errors.New("the axes are not those of the result and the input")
		}
		clear(dst)
		for i, v := range src {
			dst[i/5] += v
		}
		return nil
	}, x, array.DropAxes(1))
	require.Equal(t, block.Shape{6}, sums.Shape())
	got, err := array.Values[int64](t.Context(), sums)
	require.NoError(t, err)
	for i := range got {
		want := int64(0)
		for _, v := range values[5*i : 5*i+5] {
			want += v
		}
		require.Equal(t, want, got[i])
	}
	powers := array.MapBlocks(func(_ context.Context, info array.BlockInfo, dst, src []int64) error {
		for i, v := range src {
			dst[3*i], dst[3*i+1], dst[3*i+2] = 1, v, v*v
		}
		return nil
	}, x, array.AddAxis(-1, 3))
	require.Equal(t, block.Shape{6, 5, 3}, powers.Shape())
	got, err = array.Values[int64](t.Context(), powers)
	require.NoError(t, err)
	for i, v := range values {
		require.Equal(t, []int64{1, v, v * v}, got[3*i:3*i+3])
	}
	require.ErrorContains(t, array.MapBlocks(func(context.Context, array.BlockInfo, []int64, []int64) error { return nil }, x, array.DropAxes(0)).Err(),
		"axis 0 of shape (6, 5) is dropped and has 2 chunks: rechunk it to one")
	three := array.MapBlocksN(func(_ context.Context, _ array.BlockInfo, dst []float64, src []block.Block) error {
		a, err := block.Values[int64](src[0])
		if err != nil {
			return err
		}
		b, err := block.Values[float32](src[1])
		if err != nil {
			return err
		}
		for i := range dst {
			dst[i] = float64(a[i]) * float64(b[i])
		}
		return nil
	}, []array.Array{x, array.FromSlice([]float32{1, 2, 3, 4, 5}, nil)})
	floats, err := array.Values[float64](t.Context(), three)
	require.NoError(t, err)
	for i, v := range values {
		require.Equal(t, float64(v)*float64(i%5+1), floats[i])
	}
}

func TestApplyGufunc(t *testing.T) {
	product := func(_ context.Context, dst []float64, src [][]float64) error {
		n := len(src[1])
		for i := range dst {
			dst[i] = 0
			for j := range n {
				dst[i] += src[0][i*n+j] * src[1][j]
			}
		}
		return nil
	}
	r := rand.New(rand.NewPCG(3, 3))
	a, matrices := floats(r, []int{4, 1, 3, 5})
	b, vectors := floats(r, []int{2, 5})
	y := array.ApplyGufunc("(i,j),(j)->(i)", product, []array.Array{a, b}, nil)
	require.NoError(t, y.Err())
	require.Equal(t, block.Shape{4, 2, 3}, y.Shape())
	got, err := array.Values[float64](t.Context(), y)
	require.NoError(t, err)
	for k := range 4 {
		for l := range 2 {
			want := make([]float64, 3)
			require.NoError(t, product(t.Context(), want, [][]float64{matrices[15*k : 15*k+15], vectors[5*l : 5*l+5]}))
			require.Equal(t, want, got[(2*k+l)*3:(2*k+l)*3+3])
		}
	}
	ends := array.ApplyGufunc("(n)->(two)", func(_ context.Context, dst []float64, src [][]float64) error {
		dst[0], dst[1] = slices.Min(src[0]), slices.Max(src[0])
		return nil
	}, []array.Array{b}, map[string]int{"two": 2})
	require.Equal(t, block.Shape{2, 2}, ends.Shape())
	mean := array.ApplyGufunc("(n)->()", func(_ context.Context, dst []float64, src [][]float64) error { dst[0] = src[0][0]; return nil }, []array.Array{b}, nil)
	require.Equal(t, block.Shape{2}, mean.Shape())
	firsts, err := array.Values[float64](t.Context(), mean)
	require.NoError(t, err)
	require.Equal(t, []float64{vectors[0], vectors[5]}, firsts)
	for text, want := range map[string]string{
		"(i,j),(j)":           "is not of the form",
		"(i,j),(j)->(i),(j)":  "has 2 results",
		"(i),(i)->()":         "shapes (4, 1, 3) and (2,) do not broadcast",
		"(i,j,k),(i,j,k)->()": "has fewer axes than its core",
		"(i)->()":             "is for 1 arrays, there are 2",
		"(i,j),(j)->(k)":      "its length must be given by sizes",
	} {
		y := array.ApplyGufunc(text, product, []array.Array{a, b}, nil)
		require.ErrorContains(t, y.Err(), want, text)
	}
	for name, want := range map[string]string{"j": `axis "j" has length 5, by sizes 7`, "x": `sizes has axis "x", the signature has not`} {
		y := array.ApplyGufunc("(i,j),(j)->(i)", product, []array.Array{a, b}, map[string]int{name: 7})
		require.ErrorContains(t, y.Err(), want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	called := 0
	slow := array.ApplyGufunc("()->()", func(_ context.Context, dst []float64, src [][]float64) error {
		called++
		cancel()
		return nil
	}, []array.Array{array.Zeros[float64]([]int{1 << 20})}, nil)
	_, err = array.Values[float64](ctx, slow, array.On(engineOf(t, 1, 64<<20)))
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, called, 1<<20, "a block is not computed to its end")
}

func TestCoarsen(t *testing.T) {
	x, values := numbered(rand.New(rand.NewPCG(4, 4)), 7, 6)
	got, err := array.Values[int64](t.Context(), x.Coarsen("sum", []int{2, 3}, true))
	require.NoError(t, err)
	var want []int64
	for i := range 3 {
		for j := range 2 {
			sum := int64(0)
			for k := range 6 {
				sum += values[(2*i+k/3)*6+3*j+k%3]
			}
			want = append(want, sum)
		}
	}
	require.Equal(t, want, got)
	require.ErrorContains(t, x.Coarsen("sum", []int{2, 3}, false).Err(), "the factor 2 does not divide axis 0 of shape (7, 6)")
	nothing, err := array.Values[float64](t.Context(), x.Coarsen("mean", []int{math.MaxInt, 2}, true))
	require.NoError(t, err)
	require.Empty(t, nothing)
}
