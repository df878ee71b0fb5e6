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
		{x.Index(array.List(0, 1)).Compress(x.Slice(":2, 0").Eq(array.Const(0)), 0).Set(array.Const(1), x.Slice(":2").Eq(array.Const(0))), "of which lengths are unknown; resolve the array first"},
		{x.Compress(x.Slice(":, 0").Eq(array.Const(0)), 0).SlidingWindows([]int{1}, 0), "axis 0 of shape (?, 4) has an unknown length"},

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

// TestSetTakesLeadingAxes: a value may have more axes of length 1 in front than the
// part, whatever the part is made of.
func TestSetTakesLeadingAxes(t *testing.T) {
	x := array.Zeros[int64]([]int{3, 4}, array.Chunks(2, 3))
	v := array.FromSlice([]int64{1, 2}, []int{1, 1, 2}, array.Chunks(1))
	for _, c := range []struct {
		items []array.Index
		want  []int64
	}{
		{[]array.Index{array.Range(0, 1), array.Range(1, 3)}, []int64{0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		{[]array.Index{array.At(1), array.List(3, 0)}, []int64{0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0}},
		{[]array.Index{array.List(0, 2), array.List(0, 2)}, []int64{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0}},
	} {
		got, err := array.Values[int64](t.Context(), x.Set(v, c.items...))
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	wide := array.Zeros[int64]([]int{2, 1, 2})
	for _, items := range [][]array.Index{{array.At(0), array.Range(0, 2)}, {array.List(0, 2), array.List(0, 2)}} {
		err := x.Set(wide, items...).Err()
		require.ErrorContains(t, err, "setitem: a value of shape (2, 1, 2) does not stretch to the shape (2,) of the part")
	}
}

// TestEllipsisParts: an ellipsis between lists parts them, so that what they take
// comes first, even where no axes are left for it.
func TestEllipsisParts(t *testing.T) {
	x := array.Arange[int64](0, 24, 1).Reshape(2, 3, 4)
	for _, c := range []struct {
		items []array.Index
		want  block.Shape
	}{
		{[]array.Index{array.All(), array.List(0, 2, 1, 1, 0), array.List(3, 2, 1, 0, 0)}, block.Shape{2, 5}},
		{[]array.Index{array.All(), array.List(0, 2, 1, 1, 0), array.Ellipsis, array.List(3, 2, 1, 0, 0)}, block.Shape{5, 2}},
		{[]array.Index{array.All(), array.At(1), array.Ellipsis, array.List(3, 2, 1, 0, 0)}, block.Shape{5, 2}},
		{[]array.Index{array.Ellipsis, array.List(0, 2, 1, 1, 0), array.List(3, 2, 1, 0, 0)}, block.Shape{2, 5}},
	} {
		part := x.Index(c.items...)
		require.Equal(t, c.want, part.Shape(), "%v", c.items)
		want, err := array.Values[int64](t.Context(), part)
		require.NoError(t, err)
		set := array.Zeros[int64]([]int{2, 3, 4}).Set(part, c.items...)
		got, err := array.Values[int64](t.Context(), set.Index(c.items...))
		require.NoError(t, err)
		require.Equal(t, want, got, "%v", c.items)
	}
}

// TestLiteralsThatDoNotFit: what is set as a literal has to be an element of the
// array, as in NumPy; an array is converted.
func TestLiteralsThatDoNotFit(t *testing.T) {
	whole, real := array.Zeros[int8]([]int{2}), array.Zeros[float64]([]int{2})
	for _, c := range []struct {
		x, value array.Array
		kind     graph.Kind
		want     string
	}{
		{whole, array.Const(math.NaN()), graph.ValueError, "NaN is no element of int8"},
		{whole, array.Const(math.Inf(1)), graph.OverflowError, "+Inf does not fit int8"},
		{whole, array.Const(300.5), graph.OverflowError, "300 does not fit int8"},
		{array.Zeros[uint8]([]int{2}), array.Const(-1.0), graph.OverflowError, "-1 does not fit uint8"},
		{whole, array.Const(1i), graph.TypeError, "is no element of int8; take its real part"},
		{real, array.Const(1i), graph.TypeError, "is no element of float64; take its real part"},
	} {
		var mistake *graph.Error
		require.ErrorAs(t, c.x.Set(c.value, array.At(0)).Err(), &mistake)
		require.Equal(t, c.kind, mistake.Kind, mistake.Error())
		require.ErrorContains(t, mistake, c.want)
	}
	require.Equal(t, []float64{-1, 0}, values(t, whole.Set(array.Const(-1.9), array.At(0)).AsType(dtype.Float64)))
	require.Equal(t, []float64{127, 0}, values(t, whole.Set(real.Add(array.Const(300)).Slice("0"), array.At(0)).AsType(dtype.Float64)))
}

// TestSetOfAnotherShape: a value that does not fit is an error, also where every
// other index is set.
func TestSetOfAnotherShape(t *testing.T) {
	x := array.Zeros[float64]([]int{7, 4})
	for _, index := range []array.Index{array.RangeStep(6, array.Open, -2), array.RangeStep(0, 7, 3), array.Range(0, 3), array.List(1, 2)} {
		require.ErrorContains(t, x.Set(array.Zeros[float64]([]int{5, 4}), index).Err(), "setitem: ")
	}
}
