package array_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
	"gabion/scheduler"
)

// The laws of reductions, for every reduction of the table and every element
// type: a new row is held to them without a change here.

// sample is complex numbers whose parts are small and often equal, some of them
// NaN: none at index 0 of any axis, so that no cell has NaNs alone.
func sample(r *rand.Rand, shape []int) []complex128 {
	choices := []float64{-2, -1.5, -1, -0.5, 0, 0.5, 1, 1, 1.25, 2}
	var out []complex128
	block.Positions(block.Whole(block.Shape(shape)), func(at []int) bool {
		z := complex(choices[r.IntN(len(choices))], choices[r.IntN(len(choices))])
		if !slices.Contains(at, 0) && r.IntN(6) == 0 {
			z = complex(math.NaN(), imag(z))
		}
		out = append(out, z)
		return true
	})
	return out
}

// complexValues are the elements of an array of any type.
func complexValues(t *testing.T, a array.Array, opts ...array.RunOption) []complex128 {
	t.Helper()
	v, err := array.Values[complex128](t.Context(), a.AsType(dtype.Complex128), append(opts, array.Verify())...)
	require.NoError(t, err)
	return v
}

// requireAlike holds results of type out to be the same, up to the rounding of
// floating-point numbers.
func requireAlike(t *testing.T, out dtype.DType, want, got []complex128, what string) {
	t.Helper()
	tolerance := map[dtype.DType]float64{dtype.Float16: 2e-3, dtype.Float32: 1e-6, dtype.Complex64: 1e-6}[out]
	if tolerance == 0 {
		tolerance = 1e-12
	}
	if out.Kind() < dtype.KindFloat {
		tolerance = 0
	}
	require.Len(t, got, len(want), what)
	for i, w := range want {
		g := got[i]
		if w == g || cmplx.IsNaN(w) && cmplx.IsNaN(g) {
			continue
		}
		require.LessOrEqual(t, cmplx.Abs(w-g), tolerance*max(1, cmplx.Abs(w)), "%s: element %d is %v, not %v", what, i, g, w)
	}
}

// eachReduction calls f for every reduction and element type.
func eachReduction(t *testing.T, f func(t *testing.T, r *rand.Rand, row *op.Op, d dtype.DType)) {
	for i, row := range op.Reductions() {
		t.Run(string(row.Name), func(t *testing.T) {
			for _, d := range dtype.All() {
				f(t, rand.New(rand.NewPCG(uint64(i), uint64(d))), row, d)
			}
		})
	}
}

// someAxes are axes that a reduction can go along: one, or of most several.
func someAxes(r *rand.Rand, row *op.Op, rank int) []int {
	axes := r.Perm(rank)[:1+r.IntN(rank)]
	if row.Positions {
		axes = axes[:1]
	}
	slices.Sort(axes)
	return axes
}

func TestReductionsInAnyChunks(t *testing.T) {
	eachReduction(t, func(t *testing.T, r *rand.Rand, row *op.Op, d dtype.DType) {
		shape := []int{7, 5, 6}
		data := sample(r, shape)
		axes := someAxes(r, row, 3)
		reduce := func(spec array.ChunkSpec, opts ...array.ReduceOption) array.Array {
			return array.FromSlice(data, shape, spec).AsType(d).Reduce(string(row.Name), append(opts, array.Axes(axes...))...)
		}
		whole := reduce(array.Chunks(array.Whole))
		want := complexValues(t, whole)
		for range 3 {
			what := fmt.Sprintf("%v along %v", d, axes)
			kept := reduce(randomChunks(r, shape), array.Keepdims())
			requireAlike(t, whole.DType(), want, complexValues(t, kept), what)
			require.Equal(t, whole.Shape(), kept.Squeeze(axes...).Shape(), what)
			require.Equal(t, whole.DType(), kept.DType())
			for _, axis := range axes {
				require.Equal(t, 1, kept.Shape()[axis], what)
			}
		}
	})
}

// TestReductionsOfOtherOrders: but for positions the order of the elements does
// not matter, and what is kept is reduced apart.
func TestReductionsOfOtherOrders(t *testing.T) {
	eachReduction(t, func(t *testing.T, r *rand.Rand, row *op.Op, d dtype.DType) {
		shape := []int{7, 5, 6}
		x := array.FromSlice(sample(r, shape), shape, randomChunks(r, shape)).AsType(d)
		axes := someAxes(r, row, 3)
		out := x.Reduce(string(row.Name), array.Axes(axes...))
		want := complexValues(t, out)
		what := fmt.Sprintf("%v along %v", d, axes)

		turned := x.Transpose()
		opposite := make([]int, len(axes))
		for i, axis := range axes {
			opposite[i] = 2 - axis
		}
		back := turned.Reduce(string(row.Name), array.Axes(opposite...)).Transpose()
		if !row.Positions || len(axes) == 1 {
			requireAlike(t, out.DType(), want, complexValues(t, back), what+" of the transpose")
		}
		if !row.Positions {
			requireAlike(t, out.DType(), want, complexValues(t, x.Flip(axes...).Reduce(string(row.Name), array.Axes(axes...))), what+" reversed")
		}
		// What is kept can be taken before or after.
		if !slices.Contains(axes, 0) {
			requireAlike(t, out.DType(), complexValues(t, out.Slice("1:6:2")),
				complexValues(t, x.Slice("1:6:2").Reduce(string(row.Name), array.Axes(axes...))), what+" of a slice")
		}
	})
}

// TestReductionsWithoutNaN: leaving NaNs out is reducing what is left.
func TestReductionsWithoutNaN(t *testing.T) {
	eachReduction(t, func(t *testing.T, r *rand.Rand, row *op.Op, d dtype.DType) {
		if !row.NaN {
			return
		}
		var all, numbers []complex128
		var places []int64
		for i := range 40 {
			z := sample(r, []int{1})[0]
			if r.IntN(3) == 0 && i > 0 {
				z = complex(math.NaN(), 0)
			} else {
				numbers, places = append(numbers, z), append(places, int64(i))
			}
			all = append(all, z)
		}
		x := array.FromSlice(all, nil, randomChunks(r, []int{len(all)})).AsType(d)
		if d.Kind() < dtype.KindFloat { // NaN becomes a number
			same := x.Reduce(string(row.Plain()))
			require.Equal(t, complexValues(t, same), complexValues(t, x.Reduce(string(row.Name))), "%v", d)
			return
		}
		plain := array.FromSlice(numbers, nil).AsType(d).Reduce(string(row.Plain()))
		want := complexValues(t, plain)
		if row.Positions {
			want[0] = complex(float64(places[int(real(want[0]))]), 0)
		}
		got := x.Reduce(string(row.Name))
		require.Equal(t, plain.DType(), got.DType())
		requireAlike(t, got.DType(), want, complexValues(t, got), d.String())
	})
}

// TestReductionsHaveTheSameBits: however many workers there are, and in whatever
// memory.
func TestReductionsHaveTheSameBits(t *testing.T) {
	one := engine(t, scheduler.Options{Workers: 1, Memory: 64 << 20})
	many := engine(t, scheduler.Options{Workers: 5, Memory: 64 << 20})
	for k, d := range dtype.All() {
		r := rand.New(rand.NewPCG(uint64(d), 77))
		shape := []int{90, 70}
		x := array.FromSlice(sample(r, shape), shape, array.Chunks(7+r.IntN(9), 6+r.IntN(9))).AsType(d)
		var outputs []array.Array
		for i, row := range op.Reductions() {
			var along []array.ReduceOption // or all
			if axis := (i + k) % 3; axis < 2 {
				along = append(along, array.Axes(axis))
			}
			outputs = append(outputs, x.Reduce(string(row.Name), along...))
		}
		bytes := func(opts ...array.RunOption) (out [][]byte) {
			blocks, err := array.Compute(t.Context(), outputs, opts...)
			require.NoError(t, err)
			for i, b := range blocks {
				require.Equal(t, outputs[i].DType(), b.DType)
				out = append(out, b.DenseBytes())
			}
			return out
		}
		want := bytes(array.On(scheduler.Serial{}))
		small := engine(t, scheduler.Options{Workers: 2, Memory: leastBudget(t, outputs, 2), SpillDir: t.TempDir()})
		for _, e := range []*scheduler.Engine{one, many, small} {
			require.Equal(t, want, bytes(array.On(e)), "%v on %d workers", d, e.Workers())
		}
		require.Equal(t, want, bytes(array.Without("slice", "cse")), "%v", d)
	}
}
