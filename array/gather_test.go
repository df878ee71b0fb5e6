package array_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// engineOf is an engine that ends with the test.
func engineOf(t *testing.T, workers int, memory int64) *scheduler.Engine {
	e, err := scheduler.New(scheduler.Options{Workers: workers, Memory: memory})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// numbered is an array of the numbers of its elements in random chunks, and the
// numbers.
func numbered(r *rand.Rand, shape ...int) (array.Array, []int64) {
	n := 1
	for _, length := range shape {
		n *= length
	}
	values := make([]int64, n)
	for i := range values {
		values[i] = int64(i)
	}
	chunks := make([]int, len(shape))
	for axis, length := range shape {
		chunks[axis] = 1 + r.IntN(max(1, length))
	}
	return array.FromSlice(values, shape, array.Chunks(chunks...)), values
}

// at is the element of a C-ordered array of a shape.
func at[T any](values []T, shape []int, index []int) T {
	number := 0
	for axis, i := range index {
		number = number*shape[axis] + i
	}
	return values[number]
}

// TestTake of random lists agrees with what is at the indices, in every budget.
func TestTake(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		shape := []int{1 + r.IntN(9), 1 + r.IntN(40), 1 + r.IntN(9)}
		a, values := numbered(r, shape...)
		axis := r.IntN(3)
		indices := make([]int, r.IntN(60))
		for i := range indices {
			switch indices[i] = r.IntN(2*shape[axis]) - shape[axis]; {
			case i > 0 && r.IntN(2) == 0 && indices[i-1]+1 < shape[axis]:
				indices[i] = indices[i-1] + 1
			}
		}
		if r.IntN(2) == 0 { // something between the source and the gather
			a = a.Add(array.Const(0))
		}
		x := a.Take(indices, axis)
		got, err := array.Values[int64](t.Context(), x, array.On(engineOf(t, 1+r.IntN(3), 1<<20)))
		require.NoError(t, err)
		out := slices.Clone(shape)
		out[axis] = len(indices)
		require.Equal(t, block.Shape(out), x.Shape())
		i := 0
		block.Positions(block.Whole(out), func(index []int) bool {
			from := slices.Clone(index)
			if from[axis] = indices[index[axis]]; from[axis] < 0 {
				from[axis] += shape[axis]
			}
			require.Equal(t, at(values, shape, from), got[i], "seed %d, element %v", seed, index)
			i++
			return true
		})
		require.Len(t, got, i)
	}
}

// TestPad against NumPy's definition of the modes, with widths beyond the length
// of the axis.
func TestPad(t *testing.T) {
	source := func(mode array.PadMode, i, n int) int {
		mod := func(i, n int) int { return ((i % n) + n) % n }
		switch mode {
		case array.PadEdge:
			return min(max(i, 0), n-1)
		case array.PadWrap:
			return mod(i, n)
		case array.PadSymmetric:
			if i = mod(i, 2*n); i >= n {
				i = 2*n - 1 - i
			}
			return i
		case array.PadReflect:
			if n == 1 {
				return 0
			}
			if i = mod(i, 2*(n-1)); i >= n {
				i = 2*(n-1) - i
			}
			return i
		}
		if i < 0 || i >= n {
			return -1
		}
		return i
	}
	modes := []array.PadMode{array.PadConstant, array.PadEdge, array.PadReflect, array.PadSymmetric, array.PadWrap}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		mode := modes[seed%5]
		shape := []int{1 + r.IntN(7), 1 + r.IntN(12)}
		a, values := numbered(r, shape...)
		widths := [][2]int{{r.IntN(20), r.IntN(20)}, {r.IntN(30), r.IntN(3)}}
		opts := []array.PadOption{array.Padding(mode)}
		if mode == array.PadConstant {
			opts = append(opts, array.PadValue(-7))
		}
		x := a.Pad(widths, opts...)
		got, err := array.Values[int64](t.Context(), x, array.On(engineOf(t, 2, 1<<20)))
		require.NoError(t, err)
		i := 0
		block.Positions(block.Whole(x.Shape()), func(index []int) bool {
			want := int64(-7)
			from := []int{source(mode, index[0]-widths[0][0], shape[0]), source(mode, index[1]-widths[1][0], shape[1])}
			if from[0] >= 0 && from[1] >= 0 {
				want = at(values, shape, from)
			}
			require.Equal(t, want, got[i], "seed %d, mode %s, element %v", seed, mode, index)
			i++
			return true
		})
		require.Equal(t, block.Shape{shape[0] + widths[0][0] + widths[0][1], shape[1] + widths[1][0] + widths[1][1]}, x.Shape())
	}
}

// TestRepeatEach with a count an index.
// TestPadFar: what is put at the ends has chunks of its own size, however small
// those of the axis are, and there may be far more of it than fits memory.
func TestPadFar(t *testing.T) {
	on := array.On(engineOf(t, 2, 64<<20))
	x := array.Arange[float64](0, 5, 1, array.Chunks(1))
	for _, a := range []array.Array{
		x.Pad([][2]int{{1 << 40, 1 << 55}}, array.Padding(array.PadEdge)),
		x.Rechunk(array.ChunkSizes([]int{1, 3, 1})).Pad([][2]int{{1 << 40, 1 << 30}}, array.Padding(array.PadEdge)),
		array.Zeros[float64]([]int{0}).Pad([][2]int{{1 << 30, 1 << 40}}, array.PadValue(4)),
		array.Full([]int{0, 3}, 4.0, array.Chunks(1)).Pad([][2]int{{1 << 30, 1 << 27}, {1 << 20, 1 << 10}}, array.PadValue(4)),
	} {
		require.NoError(t, a.Err())
		require.LessOrEqual(t, a.Chunks().Largest().Elements()*8, 16<<20)
		item := slices.Repeat([]array.Index{array.At(-2)}, len(a.Shape()))
		got, err := array.Item[float64](t.Context(), a.Index(item...), on)
		require.NoError(t, err)
		require.Equal(t, 4.0, got)
	}
	short := x.Rechunk(array.Chunks(array.Whole)).Pad([][2]int{{700, 300}})
	require.Equal(t, "(700+5+300,)", short.Chunks().String())
	require.ErrorContains(t, x.Pad([][2]int{{math.MaxInt, 0}}).Err(), "more than an int can count")
	require.ErrorContains(t, x.Pad([][2]int{{1 << 40, 0}}, array.Padding(array.PadWrap)).Err(), "repeat an axis of length 5 too often")
}

func TestRepeatEach(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		shape := []int{1 + r.IntN(5), 1 + r.IntN(9)}
		a, values := numbered(r, shape...)
		axis := r.IntN(2)
		counts := make([]int, shape[axis])
		for i := range counts {
			counts[i] = r.IntN(4)
		}
		var from []int
		for i := range shape[axis] {
			for range counts[min(i, len(counts)-1)] {
				from = append(from, i)
			}
		}
		got, err := array.Values[int64](t.Context(), a.RepeatEach(counts, axis))
		require.NoError(t, err)
		want := []int64{}
		if axis == 0 {
			for _, i := range from {
				want = append(want, values[i*shape[1]:(i+1)*shape[1]]...)
			}
		} else {
			for i := range shape[0] {
				for _, j := range from {
					want = append(want, values[i*shape[1]+j])
				}
			}
		}
		require.Equal(t, len(want), len(got), "seed %d", seed)
		if len(want) > 0 {
			require.Equal(t, want, got, "seed %d", seed)
		}
	}
}

// TestGatherMistakes are told with their kind, before anything runs.
func TestGatherMistakes(t *testing.T) {
	x := array.Zeros[float32]([]int{3, 4})
	for _, c := range []struct {
		a    array.Array
		want string
	}{
		{x.Take([]int{0, 4}, 1), "take: axis 1 of shape (3, 4): index 4 is out of range for length 4"},
		{x.Take([]int{-4}, 0), "index -4 is out of range for length 3"},
		{x.Take([]int{0}, 2), "take: axis 2 is out of range"},
		{x.Pad([][2]int{{1, 1}, {1, 1}, {1, 1}}), "pad: there are 3 pairs of widths for the 2 axes of shape (3, 4)"},
		{x.Pad([][2]int{{-1, 1}}), "pad: axis 0: the widths -1 and 1 are negative"},
		{x.Pad([][2]int{{1, 1}}, array.Padding("sideways")), `there is no mode "sideways" of padding`},
		{x.AsType(dtype.Uint8).Pad([][2]int{{1, 1}}, array.PadValue(300)), "300"},
		{array.Zeros[int8]([]int{0, 4}).Pad([][2]int{{1, 1}}, array.Padding(array.PadEdge)), "an axis without elements cannot be padded"},
		{x.RepeatEach([]int{1, 2}, 0), "repeat: there are 2 counts for axis 0 of shape (3, 4)"},
		{x.RepeatEach([]int{-1, 0, 0}, 0), "cannot be repeated -1 times"},
	} {
		require.ErrorContains(t, c.a.Err(), c.want)
	}
	require.Contains(t, fmt.Sprint(x.Take([]int{9}, 0).Err()), "gather_test.go")
}

// TestPadEnds: each end of each axis has a value of its own, and where axes meet
// that of the later one stands.
func TestPadEnds(t *testing.T) {
	number := func(v int64) dtype.Scalar { s, _ := dtype.ScalarOf(v); return s }
	x := array.FromSlice([]float64{8, 9}, []int{1, 2}, array.Chunks(1))
	ends := array.PadScalars([2]dtype.Scalar{number(1), number(2)}, [2]dtype.Scalar{number(3), number(4)})
	require.Equal(t, []float64{3, 1, 1, 4, 3, 8, 9, 4, 3, 2, 2, 4}, values(t, x.Pad([][2]int{{1, 1}}, ends)))
	one := array.PadScalars([2]dtype.Scalar{number(5), number(6)})
	require.Equal(t, []float64{5, 8, 9, 6, 6}, values(t, x.Pad([][2]int{{0, 0}, {1, 2}}, one)))
	mistaken(t, x.Slice("0").Pad([][2]int{{1, 1}}, ends), graph.ValueError, "pad: there are 2 pairs of values for the 1 axes of shape (2,); give one an axis or one for all")
}
