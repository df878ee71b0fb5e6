package array_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
)

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestElementwise(t *testing.T) {
	type binary func(a, b array.Array) array.Array
	method := func(f func(a array.Array) func(array.Array) array.Array) binary {
		return func(a, b array.Array) array.Array { return f(a)(b) }
	}
	of := func(f func(a array.Array) func() array.Array) binary {
		return func(a, _ array.Array) array.Array { return f(a)() }
	}
	r := rand.New(rand.NewPCG(3, 4))
	for name, c := range map[string]struct {
		op   binary
		want func(a, b float64) float64
	}{
		"add":      {method(func(a array.Array) func(array.Array) array.Array { return a.Add }), func(a, b float64) float64 { return a + b }},
		"sub":      {method(func(a array.Array) func(array.Array) array.Array { return a.Sub }), func(a, b float64) float64 { return a - b }},
		"mul":      {method(func(a array.Array) func(array.Array) array.Array { return a.Mul }), func(a, b float64) float64 { return a * b }},
		"div":      {method(func(a array.Array) func(array.Array) array.Array { return a.Div }), func(a, b float64) float64 { return a / b }},
		"pow":      {method(func(a array.Array) func(array.Array) array.Array { return a.Pow }), math.Pow},
		"minimum":  {method(func(a array.Array) func(array.Array) array.Array { return a.Minimum }), func(a, b float64) float64 { return min(a, b) }},
		"maximum":  {method(func(a array.Array) func(array.Array) array.Array { return a.Maximum }), func(a, b float64) float64 { return max(a, b) }},
		"floordiv": {method(func(a array.Array) func(array.Array) array.Array { return a.FloorDiv }), func(a, b float64) float64 { return math.Floor(a / b) }},
		"mod": {method(func(a array.Array) func(array.Array) array.Array { return a.Mod }), func(a, b float64) float64 {
			m := math.Mod(a, b)
			if m != 0 && (m < 0) != (b < 0) {
				m += b
			}
			return m
		}},
		"eq":    {method(func(a array.Array) func(array.Array) array.Array { return a.Eq }), func(a, b float64) float64 { return truth(a == b) }},
		"ne":    {method(func(a array.Array) func(array.Array) array.Array { return a.Ne }), func(a, b float64) float64 { return truth(a != b) }},
		"lt":    {method(func(a array.Array) func(array.Array) array.Array { return a.Lt }), func(a, b float64) float64 { return truth(a < b) }},
		"le":    {method(func(a array.Array) func(array.Array) array.Array { return a.Le }), func(a, b float64) float64 { return truth(a <= b) }},
		"gt":    {method(func(a array.Array) func(array.Array) array.Array { return a.Gt }), func(a, b float64) float64 { return truth(a > b) }},
		"ge":    {method(func(a array.Array) func(array.Array) array.Array { return a.Ge }), func(a, b float64) float64 { return truth(a >= b) }},
		"and":   {method(func(a array.Array) func(array.Array) array.Array { return a.And }), func(a, b float64) float64 { return truth(a != 0 && b != 0) }},
		"or":    {method(func(a array.Array) func(array.Array) array.Array { return a.Or }), func(a, b float64) float64 { return truth(a != 0 || b != 0) }},
		"not":   {of(func(a array.Array) func() array.Array { return a.Not }), func(a, _ float64) float64 { return truth(a == 0) }},
		"neg":   {of(func(a array.Array) func() array.Array { return a.Neg }), func(a, _ float64) float64 { return -a }},
		"abs":   {of(func(a array.Array) func() array.Array { return a.Abs }), func(a, _ float64) float64 { return math.Abs(a) }},
		"sqrt":  {of(func(a array.Array) func() array.Array { return a.Sqrt }), func(a, _ float64) float64 { return math.Sqrt(a) }},
		"exp":   {of(func(a array.Array) func() array.Array { return a.Exp }), func(a, _ float64) float64 { return math.Exp(a) }},
		"log":   {of(func(a array.Array) func() array.Array { return a.Log }), func(a, _ float64) float64 { return math.Log(a) }},
		"sin":   {of(func(a array.Array) func() array.Array { return a.Sin }), func(a, _ float64) float64 { return math.Sin(a) }},
		"cos":   {of(func(a array.Array) func() array.Array { return a.Cos }), func(a, _ float64) float64 { return math.Cos(a) }},
		"isnan": {of(func(a array.Array) func() array.Array { return a.Log().IsNaN }), func(a, _ float64) float64 { return truth(a < 0) }},
		"where": {func(a, b array.Array) array.Array { return array.Where(a.Lt(b), a, b) }, func(a, b float64) float64 { return min(a, b) }},
		"apply": {func(a, b array.Array) array.Array { return array.Apply("multiply", a, b) }, func(a, b float64) float64 { return a * b }},
	} {
		for range 5 {
			shape := randomShape(r, 1+r.IntN(3), 7)
			p := random(r, shape)
			other := append([]int{}, shape[r.IntN(len(shape)):]...) // fewer axes, some of length 1
			for axis := range other {
				if r.IntN(3) == 0 {
					other[axis] = 1
				}
			}
			q := random(r, other)
			want := fill(shape, func(at []int) float64 { return c.want(p.at(at), q.stretched(at)) })
			got := c.op(chunked(r, p), chunked(r, q)).AsType(dtype.Float64)
			require.NoError(t, got.Err(), name)
			elements := values(t, got)
			require.Len(t, elements, len(want.data), name)
			for i, w := range want.data {
				if math.IsNaN(w) {
					require.True(t, math.IsNaN(elements[i]), "%s: element %d is %v, not NaN", name, i, elements[i])
				} else if w != elements[i] {
					require.InEpsilon(t, w, elements[i], 1e-14, name)
				}
			}
		}
	}
}

func TestElementTypes(t *testing.T) {
	u8, f32, flags := array.Ones[uint8]([]int{3}), array.Ones[float32]([]int{3}), array.Ones[bool]([]int{3})
	i32 := array.Ones[int32]([]int{3})
	for _, c := range []struct {
		a    array.Array
		want dtype.DType
	}{
		{u8.Add(array.Const(1)), dtype.Uint8},
		{u8.Add(array.Const(uint8(1))), dtype.Uint8},
		{u8.Add(array.Const(1.5)), dtype.Float64},
		{u8.Add(array.Scalar(1)), dtype.Int64},
		{u8.Add(array.Scalar(int8(1))), dtype.Int16},
		{f32.Mul(array.Const(1.5)), dtype.Float32},
		{f32.Mul(array.Const(float32(1.5))), dtype.Float32},
		{f32.Mul(array.Scalar(1.5)), dtype.Float64},
		{f32.Mul(array.Const(1i)), dtype.Complex64},
		{f32.Mul(array.Const(complex64(1i))), dtype.Complex64},
		{i32.Add(array.Const(dtype.HalfOf(1.5))), dtype.Float64},
		{i32.Add(f32), dtype.Float64},
		{flags.Add(array.Const(1)), dtype.Int64},
		{flags.Add(flags), dtype.Bool},
		{u8.Div(u8), dtype.Float64},
		{u8.FloorDiv(u8), dtype.Uint8},
		{u8.Sqrt(), dtype.Float16},
		{u8.Sum(), dtype.Uint64},
		{flags.Sum(), dtype.Int64},
		{i32.Mean(), dtype.Float64},
		{f32.Mean(), dtype.Float32},
		{array.Where(flags, array.Const(1), array.Const(1.5)), dtype.Float64},
		{array.Where(flags, u8, array.Const(3)), dtype.Uint8},
		{array.Const(2), dtype.Int64},
		{array.Const(uint(2)), dtype.Int64},
		{array.Const(2.5), dtype.Float64},
		{array.Concatenate([]array.Array{u8, i32}, 0), dtype.Int32},
		{array.Ones[complex64]([]int{2}).Abs(), dtype.Float32},
	} {
		require.NoError(t, c.a.Err())
		require.Equal(t, c.want, c.a.DType(), c.a.String())
	}
	got, err := array.Values[uint8](t.Context(), array.FromSlice([]uint8{250, 10}, nil).Add(array.Const(10)))
	require.NoError(t, err)
	require.Equal(t, []uint8{4, 20}, got)
	less, err := array.Values[bool](t.Context(), array.FromSlice([]uint8{0, 255}, nil).Lt(array.Const(300)))
	require.NoError(t, err)
	require.Equal(t, []bool{true, true}, less)
}

func TestNamesOfOperands(t *testing.T) {
	x := array.Zeros[float64]([]int{2, 3}, array.Names("y", "x"))
	y := array.Zeros[float64]([]int{2, 3}, array.Names("time", "x"))
	require.Equal(t, []string{"", "x"}, x.Add(y).Names())
	require.Equal(t, []string{"y", "x"}, x.Add(array.Const(1)).Names())
	require.Equal(t, []string{"x", "y"}, x.Transpose().Names())
	require.Equal(t, []string{"y"}, x.Sum(array.AxesNamed("x")).Names())
}

// TestSignedMeetsUnsigned: an int64 and a uint64 are compared as the numbers
// they are, not as the float64 in which they meet in arithmetic.
func TestSignedMeetsUnsigned(t *testing.T) {
	const big = 1 << 63
	signed := []int64{-1, math.MinInt64, 0, math.MaxInt64, math.MaxInt64, 1<<53 + 1, 7}
	unsigned := []uint64{math.MaxUint64, big, 0, big, math.MaxInt64, 1 << 53, 8}
	order := []int{-1, -1, 0, -1, 0, 1, -1}
	a := array.FromSlice(signed, nil, array.Chunks(3))
	b := array.FromSlice(unsigned, nil, array.Chunks(4))
	for name, holds := range map[string]func(order int) bool{
		"equal":         func(o int) bool { return o == 0 },
		"not_equal":     func(o int) bool { return o != 0 },
		"less":          func(o int) bool { return o < 0 },
		"less_equal":    func(o int) bool { return o <= 0 },
		"greater":       func(o int) bool { return o > 0 },
		"greater_equal": func(o int) bool { return o >= 0 },
	} {
		want, mirrored := make([]bool, len(order)), make([]bool, len(order))
		for i, o := range order {
			want[i], mirrored[i] = holds(o), holds(-o)
		}
		got, err := array.Values[bool](t.Context(), array.Apply(name, a, b), array.Verify())
		require.NoError(t, err)
		require.Equal(t, want, got, name)
		got, err = array.Values[bool](t.Context(), array.Apply(name, b, a), array.Verify())
		require.NoError(t, err)
		require.Equal(t, mirrored, got, "%s of the unsigned and the signed", name)
		one, err := array.Item[bool](t.Context(), array.Apply(name, array.Const(-1), array.Const(uint64(big))))
		require.NoError(t, err)
		require.Equal(t, holds(-1), one, "%s of constants", name)
	}
}
