package array_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
)

func TestTranspose(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 40 {
		p := random(r, randomShape(r, 1+r.IntN(4), 6))
		axes := r.Perm(len(p.shape))
		shape := make([]int, len(axes))
		for to, from := range axes {
			shape[to] = p.shape[from]
		}
		want := fill(shape, func(at []int) float64 {
			own := make([]int, len(at))
			for to, from := range axes {
				own[from] = at[to]
			}
			return p.at(own)
		})
		a := chunked(r, p).Transpose(axes...)
		require.Equal(t, block.Shape(shape), a.Shape())
		require.Equal(t, want.data, values(t, a))
	}
	x := array.FromSlice(numbers(6), []int{2, 3})
	require.Equal(t, []float64{0, 3, 1, 4, 2, 5}, values(t, x.Transpose()))
	require.Equal(t, numbers(6), values(t, x.Transpose(-2, -1)))
	require.ErrorContains(t, x.Transpose(0).Err(), "name each once")
}

func TestReshape(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	shapes := [][]int{{24}, {4, 6}, {3, 8}, {2, 3, 4}, {1, 24, 1}, {6, -1}, {2, 2, 2, 3}, {-1}, {12, 2, 1}}
	for range 60 {
		from, to := shapes[r.IntN(len(shapes))], shapes[r.IntN(len(shapes))]
		x := array.FromSlice(numbers(24), []int{24}, array.Chunks(1+r.IntN(24))).Reshape(from...)
		x = x.Rechunk(randomChunks(r, x.Shape()))
		y := x.Reshape(to...)
		require.NoError(t, y.Err())
		require.Equal(t, numbers(24), values(t, y), "%v to %v", x, y)
		require.Equal(t, 24, y.Size())
	}
	x := array.FromSlice(numbers(24), []int{4, 6}).Transpose().Reshape(3, 8)
	require.Equal(t, []float64{0, 6, 12, 18, 1, 7, 13, 19}, values(t, x)[:8])
	require.Equal(t, []float64{7}, values(t, array.Full([]int{1, 1}, 7.0).Reshape()))
}

func TestAxesOfLengthOne(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2), array.Names("y", "x"))
	y := x.ExpandDims(0, -1)
	require.Equal(t, block.Shape{1, 2, 3, 1}, y.Shape())
	require.Equal(t, []string{"", "y", "x", ""}, y.Names())
	require.Equal(t, numbers(6), values(t, y))
	require.Equal(t, block.Shape{2, 3}, y.Squeeze().Shape())
	require.Equal(t, block.Shape{2, 3, 1}, y.Squeeze(0).Shape())
	require.Equal(t, numbers(6), values(t, y.Squeeze()))
	require.ErrorContains(t, y.Squeeze(1).Err(), "does not have length 1")
}

func TestBroadcastTo(t *testing.T) {
	x := array.FromSlice(numbers(3), []int{3, 1}, array.Chunks(2))
	y := x.BroadcastTo(2, 3, 4)
	require.NoError(t, y.Err())
	want := fill([]int{2, 3, 4}, func(at []int) float64 { return float64(at[1]) })
	require.Equal(t, want.data, values(t, y))
	require.ErrorContains(t, x.BroadcastTo(3, 4, 1).Err(), "does not stretch")
}

func TestConcatenate(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 40 {
		shape := randomShape(r, 1+r.IntN(3), 5)
		axis := r.IntN(len(shape))
		var parts []plain
		var arrays []array.Array
		total := 0
		for range 1 + r.IntN(4) {
			own := append([]int{}, shape...)
			own[axis] = r.IntN(5)
			p := random(r, own)
			total += own[axis]
			parts = append(parts, p)
			arrays = append(arrays, chunked(r, p))
		}
		shape[axis] = total
		want := fill(shape, func(at []int) float64 {
			own := append([]int{}, at...)
			for _, p := range parts {
				if own[axis] < p.shape[axis] {
					return p.at(own)
				}
				own[axis] -= p.shape[axis]
			}
			return 0
		})
		a := array.Concatenate(arrays, axis-len(shape)*r.IntN(2))
		require.NoError(t, a.Err())
		require.Equal(t, append([]float64{}, want.data...), append([]float64{}, values(t, a)...))
	}
}

func TestFlipOfALiteral(t *testing.T) {
	x := array.Const(1.5).Flip().Add(array.Zeros[float32]([]int{2}))
	require.Equal(t, dtype.Float64, x.DType(), "it is an array, as in NumPy")
}
