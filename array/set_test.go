package array_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
)

// TestSetIsInverseOfIndex: what was set is found there, and nothing else changed.
func TestSetIsInverseOfIndex(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 11))
		shape := []int{1 + r.IntN(6), 1 + r.IntN(9), 1 + r.IntN(5)}
		x, values := numbered(r, shape...)
		x = x.AsType(x.DType())
		var items []array.Index
		lists := r.IntN(3)
		length := 1 + r.IntN(4)
		for axis, n := range shape {
			switch k := r.IntN(6); {
			case k == 0:
				items = append(items, array.At(r.IntN(2*n)-n))
			case k == 1 && lists > 0 || axis == 2 && lists == 2:
				lists--
				list := make([]int, length)
				for i := range list {
					list[i] = r.IntN(n)
				}
				items = append(items, array.List(list...))
			case k == 2:
				items = append(items, array.All())
			default:
				step := 1 + r.IntN(3)
				if r.IntN(2) == 0 {
					step = -step
				}
				items = append(items, array.RangeStep(array.Open, array.Open, step))
				if r.IntN(2) == 0 {
					items[axis] = array.RangeStep(r.IntN(n), r.IntN(n+1), step)
				}
			}
		}
		part := x.Index(items...)
		require.NoError(t, part.Err(), "seed %d: %v of %v", seed, items, x)
		to := part.Shape().Elements()
		value := make([]int64, to)
		for i := range value {
			value[i] = int64(-1 - i)
		}
		v := array.FromSlice(value, part.Shape(), array.Chunks(slices.Repeat([]int{2}, len(part.Shape()))...))
		e := engineOf(t, 1+r.IntN(3), 2<<20)
		y := x.Set(v, items...)
		require.NoError(t, y.Err(), "seed %d: %v", seed, items)
		got, err := array.Values[int64](t.Context(), y, array.On(e))
		require.NoError(t, err)

		// By the numbers of the elements that the index takes.
		taken, err := array.Values[int64](t.Context(), part, array.On(e))
		require.NoError(t, err)
		want := slices.Clone(values)
		for i, number := range taken {
			want[number] = value[i]
		}
		require.Equal(t, want, got, "seed %d: %s", seed, fmt.Sprint(items))
		require.Equal(t, x.Chunks().Shape(), y.Chunks().Shape())

		// One value for all.
		got, err = array.Values[int64](t.Context(), x.Set(array.Const(-5), items...), array.On(e))
		require.NoError(t, err)
		for _, number := range taken {
			want[number] = -5
		}
		require.Equal(t, want, got, "seed %d: %s", seed, fmt.Sprint(items))
	}
}

func TestSetMask(t *testing.T) {
	x := array.FromSlice([]int64{0, 1, 2, 3, 4, 5}, []int{2, 3}, array.Chunks(1, 2))
	odd := x.Mod(array.Const(2)).Eq(array.Const(1))
	got, err := array.Values[int64](t.Context(), x.Set(array.Const(9), odd))
	require.NoError(t, err)
	require.Equal(t, []int64{0, 9, 2, 9, 4, 9}, got)
	rows, err := array.Values[int64](t.Context(), x.Set(array.FromSlice([]int64{7, 8, 9}, nil), array.FromSlice([]bool{false, true}, nil)))
	require.NoError(t, err)
	require.Equal(t, []int64{0, 1, 2, 7, 8, 9}, rows)
	columns, err := array.Values[int64](t.Context(), x.Set(array.FromSlice([]int64{7, 8}, []int{2, 1}), array.All(), array.FromSlice([]bool{true, false, true}, nil)))
	require.NoError(t, err)
	require.Equal(t, []int64{7, 1, 7, 8, 4, 8}, columns)
}

func TestSetMistakes(t *testing.T) {
	x := array.Zeros[uint8]([]int{3, 4})
	for _, c := range []struct {
		got  array.Array
		want string
	}{
		{x.Set(array.Const(300), array.At(0)), "300"},
		{x.Set(array.Const(300), x.Eq(array.Const(0))), "300"},
		{x.Set(array.Zeros[uint8]([]int{5}), array.At(0)), "does not stretch to (4,)"},
		{x.Set(array.Const(1), array.At(3)), "setitem: axis 0 of shape (3, 4): index 3 is out of range"},
		{x.Set(array.Const(1), array.List(0, 4), array.List(1, 2)), "index 4 is out of range for length 3"},
		{x.Set(array.Zeros[uint8]([]int{2}), x.Eq(array.Const(0))), "for x[mask] = y[mask] write where(mask, y, x)"},
		{x.Set(array.Const(1), x.Slice("0").Eq(array.Const(0))), "the mask has shape (4,), the axes it stands for (3,)"},
	} {
		require.ErrorContains(t, c.got.Err(), c.want)
	}
	empty, err := array.Values[uint8](t.Context(), x.Set(array.Const(1), array.Range(2, 2)))
	require.NoError(t, err)
	require.Equal(t, make([]uint8, 12), empty)
	whole := x.Set(array.Const(2))
	require.Equal(t, block.Shape{3, 4}, whole.Shape())
	twos, err := array.Values[uint8](t.Context(), whole)
	require.NoError(t, err)
	require.Equal(t, slices.Repeat([]uint8{2}, 12), twos)
}
