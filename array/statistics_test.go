package array_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
)

// TestDType: the values are those of NumPy 2.
func TestDType(t *testing.T) {
	ints := array.FromSlice([]int8{100, 100, 1}, nil, array.Chunks(2))
	type option = array.ReduceOption
	in := func(d dtype.DType) option { return array.DType(d) }
	for _, c := range []struct {
		a    array.Array
		want any
	}{
		{ints.Sum(in(dtype.Int8)), int8(-55)},
		{ints.Sum(in(dtype.Uint16)), uint16(201)},
		{ints.Sum(in(dtype.Float32)), float32(201)},
		{ints.Sum(in(dtype.Bool)), true},
		{ints.Prod(in(dtype.Int8)), int8(16)},
		{ints.Prod(in(dtype.Complex64)), complex64(10000)},
		{ints.Slice(":2").Mean(in(dtype.Float32)), float32(100)},
		{ints.Mean(in(dtype.Float16)), dtype.HalfOf(67)},
		{ints.Mean(in(dtype.Complex128)), complex128(67)},
		{array.FromSlice([]float64{1.7, 1.7}, nil).Sum(in(dtype.Int64)), int64(2)},
		{array.FromSlice([]complex128{1 + 2i, 3}, nil).Sum(in(dtype.Float64)), 4.0},
		{array.FromSlice([]float64{1.7, math.NaN()}, nil).NanSum(in(dtype.Int64)), int64(1)},
		{array.FromSlice([]float64{2.7, math.NaN()}, nil).NanProd(in(dtype.Int32)), int32(2)},
		{array.FromSlice([]float64{2.5, math.NaN()}, nil).NanMean(in(dtype.Float32)), float32(2.5)},
		{array.FromSlice([]int8{1, 2}, nil).NanMean(in(dtype.Float32)), float32(1.5)},
		{array.Const(3).Sum(in(dtype.Uint8)), uint8(3)},
	} {
		require.NoError(t, c.a.Err())
		blocks, err := array.Compute(t.Context(), []array.Array{c.a}, array.Verify())
		require.NoError(t, err)
		require.Equal(t, c.a.DType(), blocks[0].DType)
		want, ok := dtype.ScalarOf(c.want)
		require.True(t, ok)
		require.Equal(t, want.DType, blocks[0].DType)
		require.Equal(t, want.Bytes(), blocks[0].DenseBytes(), "%v of %v", c.want, c.a)
	}
	require.Equal(t, block.Shape{1}, ints.Sum(in(dtype.Int8), array.Keepdims()).Shape())
	for want, a := range map[string]array.Array{
		"max: the type of the result is for sum, prod and mean, nansum, nanprod and nanmean to choose": ints.Max(in(dtype.Int8)),
		"mean: int8 does not hold means":         ints.Mean(in(dtype.Int8)),
		"nanmean: bool does not hold means":      ints.NanMean(in(dtype.Bool)),
		"sum: there is no such element type":     ints.Sum(in(dtype.Invalid)),
		"sum: axis 1 is out of range":            ints.Sum(in(dtype.Int8), array.Axes(1)),
		"ptp: it chooses the type itself":        ints.Ptp(in(dtype.Int8)),
		"sum: the correction 1 is for var":       ints.Sum(in(dtype.Int8), array.Correction(1)),
		`prod: no axis is called "x"`:            ints.Prod(in(dtype.Int8), array.AxesNamed("x")),
		"ptp: subtract does not take bool":       array.FromSlice([]bool{true}, nil).Ptp(),
		"ptp: axis 0 of shape (0,) has no eleme": array.Zeros[float32]([]int{0}).Ptp(),
	} {
		require.ErrorContains(t, a.Err(), want)
		require.ErrorContains(t, a.Err(), "statistics_test.go")
	}
}

func TestPtp(t *testing.T) {
	x := array.FromSlice([]int8{-128, 127, 3, 3}, []int{2, 2}, array.Chunks(1))
	require.Equal(t, []float64{-1, 0}, values(t, x.Ptp(array.Axes(1)).AsType(dtype.Float64)), "NumPy's wraps around, too")
	require.Equal(t, dtype.Int8, x.Ptp().DType())
	src := counted(t, []int{40, 30}, []int{10, 10})
	require.Equal(t, []float64{1199}, values(t, array.From(src).Ptp()))
	require.EqualValues(t, 40*30*8, src.Bytes(), "one pass finds both ends")
}

func TestAverage(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	p := random(r, []int{4, 5, 6})
	x := array.FromSlice(p.data, p.shape, array.Chunks(2, 3, 4), array.Names("t", "y", "x"))
	// NumPy's average(x, axis, weights) for each kind of weights.
	weights := fill([]int{6, 4}, func(at []int) float64 { return float64(1 + at[0] + 10*at[1]) })
	w := array.FromSlice(weights.data, weights.shape, array.Chunks(4, 3))
	var want, totals []float64
	for j := range 5 {
		sum, total := 0.0, 0.0
		for i := range 4 {
			for k := range 6 {
				weight := weights.at([]int{k, i})
				sum += weight * p.at([]int{i, j, k})
				total += weight
			}
		}
		want, totals = append(want, sum/total), append(totals, total)
	}
	average, total := x.AverageAndTotal(w, array.Axes(-1, 0))
	require.Equal(t, []string{"y"}, average.Names())
	require.InDeltaSlice(t, want, values(t, average), 1e-13)
	require.InDeltaSlice(t, totals, values(t, total), 1e-13)
	require.Equal(t, block.Shape{1, 5, 1}, x.Average(w, array.Axes(2, 0), array.Keepdims()).Shape())
	require.InDeltaSlice(t, want, values(t, x.Average(w, array.AxesNamed("x", "t"))), 1e-13)
	// Weights of the whole shape, and of one axis.
	require.InDeltaSlice(t, values(t, x.Mean(array.Axes(1))), values(t, x.Average(x.Mul(array.Const(0)).Add(array.Const(3)), array.Axes(1))), 1e-13)
	first := array.FromSlice([]float64{0, 1, 0, 0}, nil)
	require.Equal(t, values(t, x.Slice("1")), values(t, x.Average(first, array.Axes(0))))

	none := x.Average(array.Zeros[float64]([]int{4}), array.Axes(0))
	for _, v := range values(t, none) {
		require.True(t, math.IsNaN(v), "NumPy raises a ZeroDivisionError")
	}
	// NumPy's types.
	for _, c := range [][3]dtype.DType{
		{dtype.Int8, dtype.Int8, dtype.Float64}, {dtype.Bool, dtype.Bool, dtype.Float64}, {dtype.Float32, dtype.Float32, dtype.Float32},
		{dtype.Float32, dtype.Int32, dtype.Float64}, {dtype.Float16, dtype.Float16, dtype.Float16}, {dtype.Int64, dtype.Float32, dtype.Float64},
		{dtype.Float32, dtype.Complex64, dtype.Complex64}, {dtype.Complex64, dtype.Float64, dtype.Complex128}, {dtype.Uint64, dtype.Int64, dtype.Float64},
	} {
		require.Equal(t, c[2], x.AsType(c[0]).Average(x.AsType(c[1])).DType(), "%v with weights of %v", c[0], c[1])
	}
	// The sum of 70,000 is beyond float16.
	ones := array.Ones[float64]([]int{70_000}).AsType(dtype.Float16)
	require.Equal(t, []float64{1}, values(t, ones.Average(ones).AsType(dtype.Float64)))

	for want, a := range map[string]array.Array{
		"average: weights of shape (4,) and elements of shape (4, 5, 6): name the axes that the weights are for":                             x.Average(first),
		"average: weights of shape (4,) are for elements of shape (4, 5, 6) along axes [1]: they have that shape, or the lengths (5,)":       x.Average(first, array.Axes(1)),
		"average: weights of shape (6, 4) are for elements of shape (4, 5, 6) along axes [0 2]: they have that shape, or the lengths (4, 6)": x.Average(w, array.Axes(0, 2)),
		"average: axis 3 is out of range":      x.Average(first, array.Axes(3)),
		"average: the correction 1 is for":     x.Average(x, array.Correction(1)),
		"average: operand 1: this is the zero": x.Average(array.Array{}),
	} {
		require.ErrorContains(t, a.Err(), want)
	}
}

func TestMoment(t *testing.T) {
	r := rand.New(rand.NewPCG(53, 54))
	p := random(r, []int{5, 40})
	x := array.FromSlice(p.data, p.shape, array.Chunks(3, 7), array.Names("y", "x"))
	for order := range 8 {
		want := p.reduce([]int{1}, false, func(v []float64) float64 {
			mean, m := sum(v)/float64(len(v)), 0.0
			for _, e := range v {
				m += math.Pow(e-mean, float64(order)) / float64(len(v))
			}
			if order == 1 {
				m = 0
			}
			return m
		})
		a := x.Moment(order, array.Axes(-1))
		require.Equal(t, []string{"y"}, a.Names())
		require.Equal(t, dtype.Float64, a.DType())
		for i, v := range values(t, a) {
			require.InDelta(t, want.data[i], v, 1e-11*math.Pow(20, float64(order)), "order %d", order)
		}
		require.Equal(t, dtype.Float32, x.AsType(dtype.Float32).Moment(order).DType())
		require.Equal(t, dtype.Float64, x.AsType(dtype.Uint8).Moment(order).DType())
		require.Equal(t, block.Shape{1, 1}, x.Moment(order, array.Keepdims()).Shape())
	}
	nan := array.FromSlice([]float64{math.NaN(), 1}, nil)
	require.Equal(t, []float64{1}, values(t, nan.Moment(0)))
	require.Equal(t, []float64{0}, values(t, nan.Moment(1)))
	require.True(t, math.IsNaN(values(t, nan.Moment(3))[0]))
	// The third moment of numbers far from 0: 1e8 + {0, 0, 3}.
	far := array.FromSlice([]float64{1e8, 1e8, 1e8 + 3}, nil, array.Chunks(1))
	require.InDelta(t, (2*-1.0+8)/3, values(t, far.Moment(3))[0], 1e-6)
	z := array.FromSlice([]complex128{1i, -1i, 1, -1}, nil)
	got, err := array.Values[complex128](t.Context(), z.Moment(2))
	require.NoError(t, err)
	require.Equal(t, []complex128{0}, got, "of complex numbers z², not |z|²")
	require.ErrorContains(t, x.Moment(-1).Err(), "moment: shape (5, 40) has no moment of the negative order -1")
	require.ErrorContains(t, x.Moment(2, array.Axes(7)).Err(), "moment: axis 7 is out of range")
}

func TestAllClose(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	of := func(v ...float64) array.Array { return array.FromSlice(v, nil, array.Chunks(2)) }
	for _, c := range []struct {
		a, b       array.Array
		rtol, atol float64
		equalNaN   bool
		want       bool
	}{
		{of(1, 2, 3), of(1, 2, 3+1e-9), 1e-5, 1e-8, false, true},
		{of(1, 2, 3), of(1, 2, 3.1), 1e-5, 1e-8, false, false},
		{of(100), of(110), 0.1, 0, false, true},
		{of(100), of(90), 0.1, 0, false, false}, // the tolerance is relative to b
		{of(inf, -inf), of(inf, -inf), 0, 0, false, true},
		{of(inf), of(-inf), 1, 1, false, false},
		{of(1), of(inf), 1, 1, false, false},
		{of(inf), of(1), 1, 1, false, false},
		{of(1, nan), of(1, nan), 1e-5, 1e-8, false, false},
		{of(1, nan), of(1, nan), 1e-5, 1e-8, true, true},
		{of(1, nan), of(nan, 1), 1e-5, 1e-8, true, false},
		{of(), of(), 0, 0, false, true},
		{of(1, 1, 1), array.Const(1), 0, 0, false, true},
		{array.Const(1), of(1, 1), 0, 0, false, true},
		{array.FromSlice([]int8{-128}, nil), array.FromSlice([]uint64{128}, nil), 0, 0, false, false},
		{array.FromSlice([]int64{1<<53 + 1}, nil), array.FromSlice([]int64{1<<53 + 1}, nil), 0, 0, false, true},
		{array.FromSlice([]complex64{1 + 1i}, nil), array.FromSlice([]complex64{1 + 1.000001i}, nil), 1e-5, 0, false, true},
		{array.FromSlice([]bool{true, false}, nil), of(1, 0), 0, 0, false, true},
	} {
		got, err := array.Item[bool](t.Context(), c.a.AllClose(c.b, c.rtol, c.atol, c.equalNaN), array.Verify())
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v and %v", c.a, c.b)
	}
	var mistake *graph.Error
	require.ErrorAs(t, of(1, 2).AllClose(of(1, 2, 3), 0, 0, false).Err(), &mistake)
	require.EqualValues(t, "allclose", mistake.Op)
}

func TestArrayEqual(t *testing.T) {
	nan := math.NaN()
	of := func(v ...float64) array.Array { return array.FromSlice(v, nil, array.Chunks(2)) }
	for _, c := range []struct {
		a, b     array.Array
		equalNaN bool
		want     bool
	}{
		{of(1, 2, 3), of(1, 2, 3).AsType(dtype.Int8), false, true},
		{of(1, 2, 3), of(1, 2, 4), false, false},
		{of(1, 1), of(1), false, false}, // they broadcast, but are not equal
		{of(1), array.Const(1), false, false},
		{of(1, 2), of(1, 2).Reshape(2, 1), false, false},
		{of(), of(), false, true},
		{of(1, nan), of(1, nan), false, false},
		{of(1, nan), of(1, nan), true, true},
		{array.FromSlice([]complex128{complex(0, nan)}, nil), array.FromSlice([]complex128{complex(nan, 0)}, nil), true, true},
		{array.FromSlice([]int64{1<<62 + 1}, nil), array.FromSlice([]uint64{1<<62 + 1}, nil), true, true},
	} {
		got, err := array.Item[bool](t.Context(), c.a.ArrayEqual(c.b, c.equalNaN), array.Verify())
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v and %v", c.a, c.b)
	}
	kept := of(1, 1).Index(array.FromSlice([]bool{true, true}, nil))
	require.ErrorContains(t, kept.ArrayEqual(of(1), false).Err(), "array_equal: shapes (?,) and (1,): the length along axis 0 is unknown in one; resolve the array first")
	got, err := array.Item[bool](t.Context(), kept.ArrayEqual(kept, false))
	require.NoError(t, err)
	require.True(t, got)
}
