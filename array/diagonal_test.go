package array_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

func TestDiagonalOfAnyAxesInAnyChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 44))
	for range 150 {
		p := random(r, randomShape(r, 2+r.IntN(4), 7))
		axes := r.Perm(len(p.shape))[:2]
		offset := r.IntN(9) - 4
		var kept []int
		for axis := range p.shape {
			if axis != axes[0] && axis != axes[1] {
				kept = append(kept, axis)
			}
		}
		shape := make([]int, len(kept)+1)
		for i, axis := range kept {
			shape[i] = p.shape[axis]
		}
		shape[len(kept)] = max(0, min(p.shape[axes[0]]-max(0, -offset), p.shape[axes[1]]-max(0, offset)))
		want := fill(shape, func(at []int) float64 {
			from := make([]int, len(p.shape))
			for i, axis := range kept {
				from[axis] = at[i]
			}
			from[axes[0]] = at[len(kept)] + max(0, -offset)
			from[axes[1]] = at[len(kept)] + max(0, offset)
			return p.at(from)
		})
		x := chunked(r, p)
		d := x.Diagonal(offset, axes[0]-len(p.shape), axes[1])
		require.Equal(t, block.Shape(shape), d.Shape())
		require.Equal(t, want.data, values(t, d), "%v offset %d axes %v", x, offset, axes)
		require.Equal(t, want.data, values(t, d.Rechunk(randomChunks(r, shape))))
		total := want.reduce([]int{len(kept)}, false, sum)
		require.Equal(t, total.data, values(t, x.Trace(offset, axes[0], axes[1])))
		if len(p.shape) == 2 {
			require.Equal(t, values(t, x.Diagonal(offset, 0, 1)), values(t, x.Diag(offset)))
			require.Equal(t, values(t, x.Diagonal(0, 0, 1)), values(t, x.Diag(0).Diag(2).Diag(2)))
			require.Equal(t, values(t, x.Diagonal(0, 0, 1)), values(t, x.Diag(0).Diag(-3).Diag(-3)))
		}
		// A triangle and the rest are the whole.
		k := r.IntN(9) - 4
		require.Equal(t, p.data, values(t, x.Tril(k).Add(x.Triu(k+1))))
		require.Equal(t, values(t, x.MatrixTranspose().Triu(-k).MatrixTranspose()), values(t, x.Tril(k)))
	}
}

// TestDiagonalReadsItsChunks and no others, in a budget of a few of them.
func TestDiagonalReadsItsChunks(t *testing.T) {
	for _, c := range []struct {
		chunks []int
		reads  int
		y      func(x array.Array) array.Array
	}{
		{[]int{10, 10}, 40, func(x array.Array) array.Array { return x.Diagonal(0, 0, 1) }},
		{[]int{10, 10}, 79, func(x array.Array) array.Array { return x.Diagonal(1, 0, 1) }},
		{[]int{10, 400}, 40, func(x array.Array) array.Array { return x.Diagonal(0, 1, 0) }},
		{[]int{400, 7}, 58, func(x array.Array) array.Array { return x.Diagonal(0, 0, 1) }},
		{[]int{10, 10}, 40, func(x array.Array) array.Array { return x.Mul(x).Add(array.Const(1)).Diagonal(0, 0, 1) }},
		{[]int{10, 10}, 3, func(x array.Array) array.Array { return x.Diagonal(0, 0, 1).Slice("95:120") }},
		{[]int{10, 10}, 40, func(x array.Array) array.Array { return x.Trace(0, 0, 1).Mul(x.Diagonal(0, 0, 1)) }},
		{[]int{10, 10}, 40, func(x array.Array) array.Array { return x.Diagonal(0, 0, 1).Rechunk(array.Chunks(array.Whole)) }},
		{[]int{10, 10}, 40, func(x array.Array) array.Array { return array.Stack([]array.Array{x.Diag(0), x.T().Diag(0)}, 0) }},
	} {
		src := counted(t, []int{400, 400}, c.chunks)
		y := c.y(array.From(src))
		require.NoError(t, y.Err())
		e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
		explained, err := y.Explain(array.On(e))
		require.NoError(t, err)
		want, err := array.Values[float64](t.Context(), c.y(array.FromSlice(numbers(160000), []int{400, 400})))
		require.NoError(t, err)
		got, err := array.Values[float64](t.Context(), y, array.On(e))
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, c.reads, src.Reads(), "chunks %v", c.chunks)
		require.Equal(t, explained.BytesRead, src.Bytes())
		require.LessOrEqual(t, e.PeakInUse(), e.Memory())
	}
}

// TestDiagonalInOneBlock of a source of 32 GB takes no more memory than its own
// chunks and the diagonal.
func TestDiagonalInOneBlock(t *testing.T) {
	const n = 64000
	x := array.Arange(0, float64(n), 1, array.Chunks(100)).ExpandDims(1).Add(array.Zeros[float64]([]int{n, n}, array.Chunks(100, 100)))
	y := array.MapBlocks(double, x).Diagonal(0, 0, 1).Rechunk(array.Chunks(array.Whole)).Add(array.Const(1))
	e := engine(t, scheduler.Options{Workers: 1, Memory: 8 << 20})
	got, err := array.Values[float64](t.Context(), y, array.On(e))
	require.NoError(t, err)
	require.Equal(t, 2.0*(n-1)+1, got[n-1])
	require.Len(t, got, n)
}

// TestTrianglesKeepWhatTheyKeep: signed zeros, NaN, types, names and attributes.
func TestTrianglesKeepWhatTheyKeep(t *testing.T) {
	data := []float64{math.Copysign(0, -1), math.Inf(1), math.NaN(), math.NaN()}
	x := array.FromSlice(data, []int{2, 2}, array.Chunks(1), array.Names("y", "x"), array.Attrs(block.Attributes{"units": "m"}))
	got := values(t, x.Tril(0))
	require.Equal(t, "[-0 0 NaN NaN]", fmt.Sprint(got))
	require.Equal(t, []string{"y", "x"}, x.Triu(1).Names())
	require.Equal(t, block.Attributes{"units": "m"}, x.Tril(0).Attrs())
	require.Equal(t, x.Chunks(), x.Tril(0).Chunks())
	for _, d := range dtype.All() {
		y := array.Ones[int8]([]int{3, 3}).AsType(d)
		require.Equal(t, d, y.Triu(0).DType())
		require.Equal(t, d, y.Slice("0").Diag(1).DType())
		require.Equal(t, []float64{1, 1, 1, 0, 1, 1, 0, 0, 1}, values(t, y.Triu(0).AsType(dtype.Float64)))
	}
	require.Equal(t, []float64{1, 1, 1, 1}, values(t, array.Ones[float64]([]int{2, 2}).Tril(math.MaxInt)))
	require.Equal(t, []float64{0, 0, 0, 0}, values(t, array.Ones[float64]([]int{2, 2}).Tril(math.MinInt)))
	mistaken(t, array.Zeros[int8]([]int{3}).Diag(math.MinInt), graph.ValueError,
		"diag: a matrix with 3 elements on diagonal -9223372036854775808 is larger than an int can count")
	mistaken(t, array.Zeros[int8]([]int{3}).Diag(1<<40), graph.ValueError,
		"diag: shape (1099511627779, 1099511627779) has more elements than an int can count")
	line := array.FromSlice([]float64{1, 2, 3}, nil, array.Chunks(2), array.Names("x"))
	require.Equal(t, []float64{1, 0, 0, 1, 2, 0, 1, 2, 3}, values(t, line.Tril(0)))
	require.Equal(t, []string{"", "x"}, line.Triu(0).Names())
	mistaken(t, array.Zeros[int8](nil).Tril(0), graph.ValueError, "tril: shape () has no axis")
	mistaken(t, array.Zeros[int8]([]int{1 << 40}).Tril(0), graph.ValueError, "tril: shape (1099511627776, 1099511627776) has more elements than an int can count")
	mistaken(t, array.Zeros[int8]([]int{3, 3, 3}).Diag(0), graph.ValueError, "diag: shape (3, 3, 3) has not one axis or two")
}
