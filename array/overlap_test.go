package array_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
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
		{array.MapOverlap(f, x, [][2]int{{1, 1}}, array.Boundary(array.PadEdge), array.BoundaryValue(-9)), `BoundaryValue is an option of Boundary(PadConstant), the boundaries are ["edge"]`},
		{array.MapOverlap(f, x, [][2]int{{1, 1}}, array.BoundaryValue(-9)), "BoundaryValue is an option of Boundary(PadConstant), the boundaries are []"},
		{array.MapOverlap(f, x.AsType(dtype.Int8), [][2]int{{1, 1}}), "the function takes elements of int64"},
		{array.MapOverlap(f, x, [][2]int{{1, 1}}, array.DropAxes(0)), "axis 0 of shape (4, 5) is dropped and has 2 chunks"},
		{array.MapOverlap(f, array.Array{}, [][2]int{{1, 1}}), "this is the zero Array"},
		{array.MapOverlapN[int64](nil, []array.Array{x}, [][2]int{{1, 1}}), "the function is nil"},
		{array.MapOverlapN(func(context.Context, array.BlockInfo, []int64, []block.Block) error { return nil }, nil, [][2]int{{1, 1}}), "there is no array"},
		{array.MapOverlapN(func(context.Context, array.BlockInfo, []int64, []block.Block) error { return nil }, []array.Array{x, x.Slice(":3")}, [][2]int{{1, 1}}), "do not broadcast"},
	} {
		require.ErrorContains(t, c.got.Err(), c.want)
		require.ErrorContains(t, c.got.Err(), "map_overlap: ")
		require.ErrorContains(t, c.got.Err(), "overlap_test.go")
	}
	fails := array.MapOverlap(func(context.Context, array.BlockInfo, []int64, []int64) error { return errors.New("no") }, x, [][2]int{{1, 1}})
	_, err := array.Values[int64](t.Context(), fails)
	require.ErrorContains(t, err, "map_overlap, block [")
}

// TestOverlapReadsTheNeighbourhood: a crop of a function over 40,000 chunks reads
// those around it alone (coiled's test_map_overlap_sample), and the first block of
// 100,000 has a plan that does not name the others (dask#10518).
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

// TestOverlapMemory: of a source and of what is computed, a function of blocks with
// what is around them takes at most 1 + halo times the memory of the function of the
// blocks alone, where halo is the volume of what a call is given over that of its
// block. This is what it needs, and where a budget has more room blocks are kept for
// their neighbours.
func TestOverlapMemory(t *testing.T) {
	// middle makes each block what it is, whatever is given around it.
	middle := func(_ context.Context, info array.BlockInfo, dst, src []float32) error {
		in, out := info.Inputs[0], info.Region
		row, column := out.Start[0]-in.Start[0], out.Start[1]-in.Start[1]
		for i := range out.Shape[0] {
			copy(dst[i*out.Shape[1]:(i+1)*out.Shape[1]], src[(row+i)*in.Shape[1]+column:])
		}
		return nil
	}
	chunks := block.Shape{200, 200}
	_, source := ramps(chunks, 1200, 1200)
	want, err := array.Item[float32](t.Context(), source.Sum())
	require.NoError(t, err)
	inputs := map[string]array.Array{"source": source, "computed": array.MapBlocks(middle, source)}
	for _, depth := range [][2][2]int{{{10, 10}, {10, 10}}, {{0, 0}, {100, 100}}, {{40, 0}, {3, 150}}, {{0, 1}, {0, 0}}, {{0, 500}, {250, 0}}} {
		halo := 1.0
		for axis, d := range depth {
			halo *= float64(d[0]+chunks[axis]+d[1]) / float64(chunks[axis])
		}
		for name, x := range inputs {
			alone := array.MapBlocks(middle, x).Sum()
			least := leastBudget(t, []array.Array{alone}, 1)
			for _, mode := range []array.PadMode{array.BoundaryNone, array.PadReflect} {
				around := array.MapOverlap(middle, x, depth[:], array.Boundary(mode)).Sum()
				needed := leastBudget(t, []array.Array{around}, 1)
				require.LessOrEqual(t, float64(needed), (1+halo)*float64(least), "%s, depth %v, %s", name, depth, mode)
				for _, memory := range []int64{needed, int64((1 + halo) * float64(least))} {
					peak := func(a array.Array) float64 {
						e := engine(t, scheduler.Options{Workers: 1, Memory: memory, SpillDir: t.TempDir()})
						got, err := array.Item[float32](t.Context(), a, array.On(e))
						require.NoError(t, err)
						require.Equal(t, want, got)
						return float64(e.PeakInUse())
					}
					require.LessOrEqual(t, peak(around), (1+halo)*peak(alone), "%s, depth %v, %s in %d bytes", name, depth, mode, memory)
				}
			}
		}
	}
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

// TestOverlapOfOneArrayTwice: several inputs may be, or be made of, one computed array.
func TestOverlapOfOneArrayTwice(t *testing.T) {
	a := array.Arange[float64](0, 64, 1, array.Chunks(64)).Reshape(8, 8).Rechunk(array.Chunks(4, 8)).Add(array.Const(1))
	sum := func(_ context.Context, _ array.BlockInfo, dst []float64, src []block.Block) error {
		for i := range dst {
			dst[i] = 0
		}
		for _, b := range src {
			v, err := block.Values[float64](b)
			if err != nil {
				return err
			}
			for _, f := range v {
				dst[0] += f
			}
		}
		return nil
	}
	whole := a.Rechunk(array.Chunks(8, 8))
	for name, inputs := range map[string][]array.Array{
		"the same": {a, a}, "three times": {a, a, a}, "transposed": {whole, whole.Transpose()}, "backwards": {a, a.Slice("::-1")},
		"one block": {whole, whole}, "other chunks": {a, a.Rechunk(array.Chunks(4, 8))}, "made": {array.Arange[float64](0, 64, 1).Reshape(8, 8), array.Arange[float64](0, 64, 1).Reshape(8, 8)},
	} {
		for _, depth := range [][][2]int{{{0, 0}}, {{1, 1}}, {{2, 0}, {0, 1}}} {
			x := array.MapOverlapN[float64](sum, inputs, depth)
			require.NoError(t, x.Err(), name)
			want, err := array.Values[float64](t.Context(), x, array.On(scheduler.Serial{}), array.Verify())
			require.NoError(t, err, name)
			require.Equal(t, want, values(t, x), name)
		}
	}
}
