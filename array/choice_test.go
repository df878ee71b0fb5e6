package array_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/graph"
)

func bools(v ...bool) array.Array { return array.FromSlice(v, nil) }

// TestIndexWithArrays: what NumPy takes, of x = arange(24).reshape(2, 3, 4).
func TestIndexWithArrays(t *testing.T) {
	x := array.Arange[int64](0, 24, 1).Reshape(2, 3, 4).Rechunk(array.Chunks(1, 2, 3))
	rows := bools(true, false, true)
	plane := x.Index(array.Ellipsis, array.At(0)).Mod(array.Const(8)).Eq(array.Const(0)) // of the first two axes
	i, j := array.FromSlice([]int32{1, -2, 0}, nil), array.FromSlice([]uint8{3, 0, 1}, nil)
	pair := array.FromSlice([]int64{0, 1}, []int{2, 1})
	for name, c := range map[string]struct {
		got   array.Array
		shape block.Shape
		want  []int64
	}{
		"x[:, rows, 0]":               {x.Index(array.All(), rows, array.At(0)), block.Shape{2, 2}, []int64{0, 8, 12, 20}},
		"x[0, :, cols]":               {x.Index(array.At(0), array.All(), bools(false, true, true, false)), block.Shape{2, 3}, []int64{1, 5, 9, 2, 6, 10}},
		"x[0, rows]":                  {x.Index(array.At(0), rows, array.RangeStep(array.Open, array.Open, -3)), block.Shape{2, 2}, []int64{3, 0, 11, 8}},
		"x[:, rows, [[2]]]":           {x.Index(array.All(), rows, array.ListND([]int{2}, 1, 1)), block.Shape{2, 1, 2}, []int64{2, 10, 14, 22}},
		"x[plane, 1]":                 {x.Index(plane, array.At(1)), block.Shape{3}, []int64{1, 9, 17}},
		"x[plane, None, ::3]":         {x.Index(plane, array.NewAxis, array.RangeStep(array.Open, array.Open, 3)), block.Shape{3, 1, 2}, []int64{0, 3, 8, 11, 16, 19}},
		"x[0, i, j]":                  {x.Index(array.At(0), i, j), block.Shape{3}, []int64{7, 4, 1}},
		"x[:, i, j]":                  {x.Index(array.All(), i, j), block.Shape{2, 3}, []int64{7, 4, 1, 19, 16, 13}},
		"x[pair, :, j]":               {x.Index(pair, array.All(), j), block.Shape{2, 3, 3}, []int64{3, 7, 11, 0, 4, 8, 1, 5, 9, 15, 19, 23, 12, 16, 20, 13, 17, 21}},
		"x[[1, 0, 1], i]":             {x.Index(array.List(1, 0, 1), i, array.Range(0, 1)), block.Shape{3, 1}, []int64{16, 4, 12}},
		"x[[True, True], [0, 2]]":     {x.Index(array.Mask([]bool{true, true}), array.List(0, 2), array.At(1)), block.Shape{2}, []int64{1, 21}},
		"x[mask of two axes, [3, 0]]": {x.Index(array.Mask([]bool{true, false, false, false, true, false}, 2, 3), array.List(3, 0)), block.Shape{2}, []int64{3, 16}},
		"x[ix_([1], rows, j)]":        {x.IndexOuter(array.List(1), rows, j), block.Shape{1, 2, 3}, []int64{15, 12, 13, 23, 20, 21}},
	} {
		require.NoError(t, c.got.Err(), name)
		done, err := c.got.Resolve(t.Context())
		require.NoError(t, err, name)
		require.Equal(t, c.shape, done.Shape(), name)
		got, err := array.Values[int64](t.Context(), c.got)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
}

func TestIndexWithArraysMistakes(t *testing.T) {
	x := array.Zeros[int64]([]int{3, 4})
	rows, two := bools(true, false, true), array.FromSlice([]int64{0, 1}, nil)
	for want, got := range map[string]array.Array{
		"which NonZero lists and Resolve counts; or use IndexOuter":                    x.Index(rows, array.List(0, 1)),
		"so that it meets no other mask, list or array of indices":                     x.Index(rows, two),
		"the arrays of indices: shapes (2,) and (3,)":                                  x.Index(two, array.FromSlice([]int64{0, 1, 2}, nil)),
		"there are 3 indices for the 2 axes of shape (3, 4)":                           x.Index(rows, array.At(0), array.At(0)),
		"the mask has shape (3,), the axes it stands for (4,)":                         x.Index(array.At(0), rows),
		"the mask has length 2 along axis 0 of shape (3, 4)":                           x.Index(array.Mask([]bool{true, true})),
		"a mask of 2 bools has no shape (3,)":                                          x.Index(array.Mask([]bool{true, true}, 3)),
		"index 4 is out of range for length 4":                                         x.Index(rows, array.At(4)),
		"the index array is float64; it must be of integers or bools":                  x.Index(array.Zeros[float64]([]int{2})),
		"an array of indices sets nothing":                                             x.Set(array.Const(1), two),
		"does not stretch to what the mask of shape (3,) takes of shape (3, 4)":        x.Set(array.Zeros[int64]([]int{3}), rows),
		"which has 2 axes, one of them for the elements that are kept: [? 4]":          x.Set(array.Zeros[int64]([]int{2, 5}), rows),
		"cannot assign 2 input values where the mask is true: of shape (0,) it is in":  array.Zeros[int64]([]int{0}).Set(two, array.Zeros[bool]([]int{0})),
		"where the mask is true: of shape (3,) it is in 3 places at most":              x.Set(array.Zeros[int64]([]int{4, 1}), rows, array.Range(1, 1)),
		"a mask without axes keeps all or nothing: use where":                          x.Index(array.Zeros[bool](nil)),
		"setitem: the mask has shape (4,), the axes it stands for (3,)":                x.Set(array.Const(1), x.Index(array.At(0)).Eq(array.Const(0))),
		"getitem: the mask has shape (3,), the axes it stands for (?,), of which leng": x.Index(array.At(0)).Compress(bools(true, false, true, true), 0).Index(rows),
		"shape (?, 4) or (2,) has an unknown length; resolve the array first":          x.Compress(rows, 0).Index(two, two),
		"shape (3, 4) or (?,) has an unknown length; resolve the array first":          x.Index(two, two.Compress(bools(true, true), 0)),
		"getitem: shape (?, 4) or (2, 1) has an unknown length; resolve the array":     x.Compress(rows, 0).Index(two),
	} {
		require.ErrorContains(t, got.Err(), want)
	}
	var mistake *graph.Error
	require.ErrorAs(t, x.Index(rows, array.At(4)).Err(), &mistake)
	require.Equal(t, graph.IndexError, mistake.Kind)
	_, err := array.Values[int64](t.Context(), x.Index(two, array.FromSlice([]int64{1, -5}, nil)))
	require.ErrorContains(t, err, "index -5 is out of range for length 4") // not for the 12 elements of both axes
}

// TestSetMaskedValues: a value for each element that a mask keeps, as in NumPy.
func TestSetMaskedValues(t *testing.T) {
	x := array.Arange[int64](0, 12, 1).Reshape(3, 4).Rechunk(array.Chunks(2, 3))
	odd := x.Mod(array.Const(2)).Eq(array.Const(1))
	six := array.FromSlice([]int64{-1, -2, -3, -4, -5, -6}, nil, array.Chunks(4))
	rows := bools(true, false, true)
	four := array.FromSlice([]int64{-1, -2, -3, -4}, []int{2, 2})
	for name, c := range map[string]struct {
		got  array.Array
		want []int64
	}{
		"x[odd] = six":               {x.Set(six, odd), []int64{0, -1, 2, -2, 4, -3, 6, -4, 8, -5, 10, -6}},
		"x[odd] = -x[odd]":           {x.Set(x.Index(odd).Mul(array.Const(-1)), odd), []int64{0, -1, 2, -3, 4, -5, 6, -7, 8, -9, 10, -11}},
		"x[rows, 1] = (-1, -2)":      {x.Set(six.Slice(":2"), rows, array.At(1)), []int64{0, -1, 2, 3, 4, 5, 6, 7, 8, -2, 10, 11}},
		"x[rows, 1:3] = four":        {x.Set(four, rows, array.Range(1, 3)), []int64{0, -1, -2, 3, 4, 5, 6, 7, 8, -3, -4, 11}},
		"x[rows, ::-3] = (-1, -2)":   {x.Set(six.Slice(":2"), rows, array.RangeStep(array.Open, array.Open, -3)), []int64{-2, 1, 2, -1, 4, 5, 6, 7, -2, 9, 10, -1}},
		"x[:, cols] = column":        {x.Set(six.Slice(":3").Reshape(3, 1), array.All(), bools(true, false, false, true)), []int64{-1, 1, 2, -1, -2, 5, 6, -2, -3, 9, 10, -3}},
		"x[:, cols] = (-1, -2)":      {x.Set(six.Slice(":2"), array.All(), bools(true, false, false, true)), []int64{-1, 1, 2, -2, -1, 5, 6, -2, -1, 9, 10, -2}},
		"x[1, cols] = (-1, -2)":      {x.Set(six.Slice(":2"), array.At(1), bools(true, false, false, true)), []int64{0, 1, 2, 3, -1, 5, 6, -2, 8, 9, 10, 11}},
		"x[none] = none":             {x.Set(six.Slice(":0"), x.Gt(array.Const(50))), []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
		"x[odd] = one":               {x.Set(six.Slice(":1"), odd), []int64{0, -1, 2, -1, 4, -1, 6, -1, 8, -1, 10, -1}},
		"x[odd] = one, of a mask":    {x.Set(six.Index(six.Eq(array.Const(-3))), odd), []int64{0, -3, 2, -3, 4, -3, 6, -3, 8, -3, 10, -3}},
		"x[[True, False, True]]":     {x.Set(six.Slice(":2").ExpandDims(1), array.Mask([]bool{true, false, true})), []int64{-1, -1, -1, -1, 4, 5, 6, 7, -2, -2, -2, -2}},
		"x[None, [2, 0], [1, 3]]":    {x.Set(six.Slice(":2"), array.NewAxis, array.List(2, 0), array.List(1, 3)), []int64{0, 1, 2, -2, 4, 5, 6, 7, 8, -1, 10, 11}},
		"x[[2, 0], None, [1, 3]]":    {x.Set(six.Slice(":2").Reshape(2, 1), array.List(2, 0), array.NewAxis, array.List(1, 3)), []int64{0, 1, 2, -2, 4, 5, 6, 7, 8, -1, 10, 11}},
		"x.T[odd.T], in its C order": {x.Transpose().Set(six, odd.Transpose()).Transpose(), []int64{0, -1, 2, -4, 4, -2, 6, -5, 8, -3, 10, -6}},
	} {
		require.NoError(t, c.got.Err(), name)
		got, err := array.Values[int64](t.Context(), c.got)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
	for _, wrong := range []array.Array{x.Set(six.Slice(":5"), odd), x.Set(x.Index(x.Gt(array.Const(6))), odd)} {
		require.NoError(t, wrong.Err())
		_, err := array.Values[int64](t.Context(), wrong)
		require.ErrorContains(t, err, "cannot assign 5 input values to the 6 output values where the mask is true")
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake)
		require.Equal(t, graph.ValueError, mistake.Kind)
	}
}

// TestSetMaskedValuesInBlocks: whatever the blocks, and in little memory; half of
// the blocks keep nothing.
func TestSetMaskedValuesInBlocks(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		shape := []int{1 + r.IntN(12), 1 + r.IntN(9)}
		x, values := numbered(r, shape...)
		mask := make([]bool, len(values))
		var value []int64
		for i := range mask {
			if mask[i] = r.IntN(4) == 0 && i/7%2 == 0; mask[i] {
				value = append(value, int64(-1-i))
			}
		}
		want := slices.Clone(values)
		for i, yes := range mask {
			if yes {
				want[i] = int64(-1 - i)
			}
		}
		m := array.FromSlice(mask, shape, array.Chunks(1+r.IntN(4), 1+r.IntN(4)))
		v := array.FromSlice(value, nil, array.Chunks(1+r.IntN(5)))
		y := x.Set(v, m)
		require.Equal(t, x.Chunks().Shape(), y.Chunks().Shape())
		got, err := array.Values[int64](t.Context(), y, array.On(engineOf(t, 1+r.IntN(3), 2<<20)))
		require.NoError(t, err, "seed %d", seed)
		require.Equal(t, want, got, "seed %d", seed)
	}
}

// TestSetManyMaskedValues: more places in one block than are found at once.
func TestSetManyMaskedValues(t *testing.T) {
	x := array.Arange[int64](0, 20000, 1, array.Chunks(20000))
	odd := x.Mod(array.Const(2)).Eq(array.Const(1))
	got, err := array.Values[int64](t.Context(), x.Set(array.Arange[int64](0, 10000, 1, array.Chunks(300)), odd))
	require.NoError(t, err)
	for i, v := range got {
		if i%2 == 1 {
			require.Equal(t, int64(i/2), v)
		} else {
			require.Equal(t, int64(i), v)
		}
	}
}

// TestSetOfAllThatAMaskKeeps: of a later axis, and with as many values as the mask
// has places.
func TestSetOfAllThatAMaskKeeps(t *testing.T) {
	x := array.Zeros[int64]([]int{2, 3}, array.Chunks(1))
	every := array.Ones[bool]([]int{3}, array.Chunks(2))
	got := x.Set(array.FromSlice([]int64{1, 2, 3}, nil), array.Range(array.Open, array.Open), every)
	require.NoError(t, got.Err())
	v, err := array.Values[int64](t.Context(), got)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2, 3, 1, 2, 3}, v)
}

// TestWhereLengthsGotUnknown: what needs a length names the operation that does not
// know it, however long ago that was.
func TestWhereLengthsGotUnknown(t *testing.T) {
	x := array.FromSlice([]float64{1, 2, 3}, nil)
	kept := x.Index(x.Gt(array.Const(1.5))).Add(array.Const(1)).Sqrt()
	for want, wrong := range map[string]array.Array{
		"getitem: axis 0 of shape (?,): its length is unknown":            kept.Slice("::-1"),
		"cumulative_sum: axis 0 of shape (?,) has an unknown length":      kept.CumSum(0),
		"add: along axis 0 of the result the length is unknown in shapes": kept.Add(x),
	} {
		require.ErrorContains(t, wrong.Err(), want)
		require.ErrorIs(t, wrong.Err(), graph.ErrUnresolved)
		require.Regexp(t, `resolve the array first, as getitem \(at .*choice_test.go:\d+\) knows only when it is computed how many elements it keeps`, wrong.Err())
	}
}

// TestOuterMasksAndArrays: each along its own axes, in any order, lists of several
// axes among them.
func TestOuterMasksAndArrays(t *testing.T) {
	x := counting(t, 3, 4, 5)
	rows := array.FromSlice([]bool{true, false, true}, nil, array.Chunks(2))
	columns := array.FromSlice([]bool{false, true, true, false, true}, nil, array.Chunks(2))
	at := array.FromSlice([]int{3, -4, 0, 1}, []int{2, 2}, array.Chunks(1))
	for name, c := range map[string]struct {
		got   array.Array
		items [3][]int
		shape block.Shape
	}{
		"a mask first":       {x.IndexOuter(rows, at), [3][]int{{0, 2}, {3, 0, 0, 1}, {0, 1, 2, 3, 4}}, block.Shape{2, 2, 2, 5}},
		"an array first":     {x.IndexOuter(array.All(), at, columns), [3][]int{{0, 1, 2}, {3, 0, 0, 1}, {1, 2, 4}}, block.Shape{3, 2, 2, 3}},
		"one between masks":  {x.IndexOuter(rows, at, columns), [3][]int{{0, 2}, {3, 0, 0, 1}, {1, 2, 4}}, block.Shape{2, 2, 2, 3}},
		"a list of two axes": {x.IndexOuter(rows, array.ListND([]int{3, 0, 0, 1}, 2, 2), columns), [3][]int{{0, 2}, {3, 0, 0, 1}, {1, 2, 4}}, block.Shape{2, 2, 2, 3}},
	} {
		require.NoError(t, c.got.Err(), name)
		blocks, err := array.Compute(t.Context(), []array.Array{c.got})
		require.NoError(t, err, name)
		require.Equal(t, c.shape, blocks[0].Shape, name)
		var want []float64
		for _, i := range c.items[0] {
			for _, j := range c.items[1] {
				for _, k := range c.items[2] {
					want = append(want, float64((i*4+j)*5+k))
				}
			}
		}
		v, err := block.Values[float64](blocks[0])
		require.NoError(t, err)
		require.Equal(t, want, v, name)
	}
}

func counting(t *testing.T, shape ...int) array.Array {
	t.Helper()
	return array.FromSlice(numbers(block.Shape(shape).Elements()), shape, array.Chunks(2))
}
