package graph

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// array is a source of a type and shape in blocks.
func array(t testing.TB, d dtype.DType, shape, chunks block.Shape, names ...string) Ref {
	t.Helper()
	return source(t, block.Description{DType: d, Grid: block.RegularGrid(shape, chunks), Names: names})
}

func source(t testing.TB, d block.Description) Ref {
	t.Helper()
	r, err := Read(here, &Slot{Name: "x", Value: described(d)})
	require.NoError(t, err)
	return r
}

// unknown is the result of a user's function of an unknown length along axis 0.
func unknown(t testing.TB, blocks int, rest ...int) Ref {
	t.Helper()
	shape := append(block.Shape{blocks}, rest...)
	in := array(t, dtype.Float64, shape, append(block.Shape{1}, rest...))
	grid := slices.Clone(in.Grid())
	grid[0] = block.UnknownAxis(blocks)
	r, err := MapBlocks(here, []Ref{in}, block.Description{DType: dtype.Float64, Grid: grid}, FuncAttrs{Func: &Slot{Value: 1}})
	require.NoError(t, err)
	return r
}

func literal(t testing.TB, v any) Ref {
	t.Helper()
	r, err := Weak(here, scalar(v))
	require.NoError(t, err)
	return r
}

func typedScalar(t testing.TB, v any) Ref {
	t.Helper()
	r, err := Full(here, nil, scalar(v))
	require.NoError(t, err)
	return r
}

// TestWeakScalars follows NumPy 2: a literal takes the type of the array it
// meets if its kind allows.
func TestWeakScalars(t *testing.T) {
	of := func(d dtype.DType) Ref { return array(t, d, block.Shape{4}, block.Shape{2}) }
	for _, c := range []struct {
		name op.Name
		in   []Ref
		want dtype.DType
	}{
		{op.Add, []Ref{of(dtype.Uint8), literal(t, 1)}, dtype.Uint8},
		{op.Add, []Ref{literal(t, 1.5), of(dtype.Float32)}, dtype.Float32},
		{op.Add, []Ref{of(dtype.Int32), literal(t, 1.5)}, dtype.Float64},
		{op.Add, []Ref{of(dtype.Bool), literal(t, 1)}, dtype.Int64},
		{op.Multiply, []Ref{of(dtype.Float32), literal(t, 1i)}, dtype.Complex64},
		{op.Add, []Ref{of(dtype.Float32), typedScalar(t, 1.0)}, dtype.Float64},
		{op.Divide, []Ref{of(dtype.Uint8), literal(t, 300)}, dtype.Float64},
		{op.Add, []Ref{literal(t, 1), literal(t, 2.5)}, dtype.Float64},
		{op.Add, []Ref{literal(t, true), literal(t, 2)}, dtype.Int64},
		{op.Add, []Ref{literal(t, uint64(7)), literal(t, 2)}, dtype.Int64},
		{op.Add, []Ref{literal(t, uint64(math.MaxUint64)), literal(t, uint64(math.MaxUint64))}, dtype.Uint64},
		{op.Where, []Ref{of(dtype.Bool), literal(t, 1), literal(t, 1.5)}, dtype.Float64},
		{op.Where, []Ref{of(dtype.Float64), of(dtype.Uint8), literal(t, 3)}, dtype.Uint8},
		{op.Where, []Ref{literal(t, 1.5), of(dtype.Uint8), literal(t, 3)}, dtype.Uint8},
		{op.LogicalAnd, []Ref{of(dtype.Uint8), literal(t, 300)}, dtype.Bool},
		{op.Sqrt, []Ref{literal(t, 2)}, dtype.Float64},
		{op.Hypot, []Ref{of(dtype.Int8), of(dtype.Uint8)}, dtype.Float16},
		{op.Hypot, []Ref{of(dtype.Int8), literal(t, 300)}, dtype.Float16},
		{op.Hypot, []Ref{of(dtype.Int8), literal(t, 2.5)}, dtype.Float64},
		{op.Clip, []Ref{of(dtype.Uint8), literal(t, -1), literal(t, 300)}, dtype.Uint8},
		{op.Clip, []Ref{of(dtype.Uint8), literal(t, -1), of(dtype.Int16)}, dtype.Int16},
		{op.Clip, []Ref{of(dtype.Int8), of(dtype.Uint16), of(dtype.Float32)}, dtype.Float32},
		{op.LogicalXor, []Ref{of(dtype.Uint8), literal(t, 300)}, dtype.Bool},
		{op.BitwiseLeftShift, []Ref{of(dtype.Bool), literal(t, 1)}, dtype.Int64},
		{op.Complex, []Ref{of(dtype.Int16), literal(t, 1)}, dtype.Complex64},
		{op.Complex, []Ref{literal(t, 1), of(dtype.Uint32)}, dtype.Complex128},
	} {
		r, err := Elementwise(here, c.name, c.in...)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, r.DType(), "%s of %v", c.name, meeting(c.name, c.in))
		require.NoError(t, Verify(Graph{Outputs: []Ref{r}}))
		for _, in := range r.Node.Inputs {
			_, isWeak := weak(in)
			require.False(t, isWeak, "literals have a type once they met an array")
		}
	}
}

// TestComparisonsOutOfRange: an integer that no element can equal compares
// exactly instead of overflowing.
func TestComparisonsOutOfRange(t *testing.T) {
	x := array(t, dtype.Uint8, block.Shape{4, 6}, block.Shape{2, 6}, "y", "x")
	for _, c := range []struct {
		name  op.Name
		value int
		want  bool // x op value; the other way round it is given by swapped
	}{
		{op.Equal, 300, false}, {op.NotEqual, 300, true},
		{op.Less, 300, true}, {op.LessEqual, 300, true}, {op.Greater, 300, false}, {op.GreaterEqual, 300, false},
		{op.Equal, -1, false}, {op.NotEqual, -1, true},
		{op.Less, -1, false}, {op.LessEqual, -1, false}, {op.Greater, -1, true}, {op.GreaterEqual, -1, true},
	} {
		for _, swapped := range []bool{false, true} {
			in := []Ref{x, literal(t, c.value)}
			want := c.want
			if swapped {
				slices.Reverse(in)
				want = c.want == (c.name == op.Equal || c.name == op.NotEqual)
			}
			r, err := Elementwise(here, c.name, in...)
			require.NoError(t, err)
			require.Equal(t, FullAttrs{Value: scalar(want)}, r.Node.Attrs, "%s %d swapped %v", c.name, c.value, swapped)
			require.Equal(t, "bool (4, 6) chunks (2x2, 6) names (y, x)", describe(r.Describe()))
		}
	}
	u := unknown(t, 3)
	u, err := Cast(here, u, dtype.Int8)
	require.NoError(t, err)
	r, err := Elementwise(here, op.Less, u, literal(t, 300))
	require.NoError(t, err)
	require.Equal(t, op.Equal, r.Node.Op, "where the number of elements is unknown, each is compared with itself")
	require.True(t, r.Grid().Equal(u.Grid()))
}

// TestInference: what operations give, as the graph prints it.
func TestInference(t *testing.T) {
	x := array(t, dtype.Float32, block.Shape{4, 6}, block.Shape{2, 6}, "y", "x")
	row := array(t, dtype.Float32, block.Shape{6}, block.Shape{4}, "x")
	column := array(t, dtype.Int64, block.Shape{4, 1}, block.Shape{3, 1}, "row", "")
	cube := array(t, dtype.Int16, block.Shape{2, 1, 3}, block.Shape{1, 1, 2}, "a", "b", "c")
	empty := array(t, dtype.Float64, block.Shape{0, 3}, block.Shape{1, 2})
	zero := typedScalar(t, int64(0))
	u := unknown(t, 3, 5)
	for _, c := range []struct {
		name string
		make func() (Ref, error)
		want string
	}{
		{"union of boundaries", func() (Ref, error) { return Elementwise(here, op.Add, x, row) }, "float32 (4, 6) chunks (2x2, 4+2) names (y, x)"},
		{"stretched axes have no say in blocks, names clash", func() (Ref, error) { return Elementwise(here, op.Add, x, column) }, "float64 (4, 6) chunks (2+2x1, 6) names (, x)"},
		{"comparison", func() (Ref, error) { return Elementwise(here, op.Less, column, row) }, "bool (4, 6) chunks (3+1, 4+2) names (row, x)"},
		{"empty", func() (Ref, error) { return Elementwise(here, op.Add, empty, typedScalar(t, 1.0)) }, "float64 (0, 3) chunks (0, 2+1)"},
		{"unknown with itself", func() (Ref, error) { return Elementwise(here, op.Add, u, u) }, "float64 (?, 5) chunks (3x?, 5)"},
		{"unknown with a row", func() (Ref, error) {
			return Elementwise(here, op.Add, u, array(t, dtype.Float64, block.Shape{1, 5}, block.Shape{1, 2}))
		}, "float64 (?, 5) chunks (3x?, 2x2+1)"},
		{"all axes", func() (Ref, error) { return Reduce(here, op.Mean, cube, nil, false, 0) }, "float64 () chunks ()"},
		{"one axis", func() (Ref, error) { return Reduce(here, op.Sum, cube, []int{-1}, false, 0) }, "int64 (2, 1) chunks (2x1, 1) names (a, b)"},
		{"keepdims", func() (Ref, error) { return Reduce(here, op.Max, cube, []int{2, 0}, true, 0) }, "int16 (1, 1, 1) chunks (1, 1, 1) names (a, b, c)"},
		{"no axis", func() (Ref, error) { return Reduce(here, op.Sum, cube, []int{}, false, 0) }, "int64 (2, 1, 3) chunks (2x1, 1, 2+1) names (a, b, c)"},
		{"argmax of all", func() (Ref, error) { return Reduce(here, op.Argmax, cube, nil, false, 0) }, "int64 () chunks ()"},
		{"argmax of a scalar", func() (Ref, error) { return Reduce(here, op.Argmax, zero, nil, false, 0) }, "int64 () chunks ()"},
		{"max of an empty result", func() (Ref, error) { return Reduce(here, op.Max, empty, []int{1}, false, 0) }, "float64 (0,) chunks (0,)"},
		{"sum of nothing", func() (Ref, error) { return Reduce(here, op.Sum, empty, nil, false, 0) }, "float64 () chunks ()"},
		{"var", func() (Ref, error) { return Reduce(here, op.Var, x, []int{0}, false, 1) }, "float32 (6,) chunks (6,) names (x,)"},
		{"mean of unknown", func() (Ref, error) { return Reduce(here, op.Mean, u, []int{0}, false, 0) }, "float64 (5,) chunks (5,)"},
		{"slice", func() (Ref, error) { return Slice(here, x, parseItems(t, "1,newaxis,::-2", x.Shape())) }, "float32 (1, 3) chunks (1, 3) names (, x)"},
		{"slice of nothing", func() (Ref, error) { return Slice(here, x, parseItems(t, "2:1", x.Shape())) }, "float32 (0, 6) chunks (0, 6) names (y, x)"},
		{"slice beside unknown", func() (Ref, error) {
			return Slice(here, u, []AxisIndex{{Step: 1, Count: block.Unknown}, {Start: 1, Step: 2, Count: 2}})
		}, "float64 (?, 2) chunks (3x?, 2)"},
		{"transpose", func() (Ref, error) { return Transpose(here, cube, nil) }, "int16 (3, 1, 2) chunks (2+1, 1, 2x1) names (c, b, a)"},
		{"transpose by axes", func() (Ref, error) { return Transpose(here, cube, []int{1, -1, 0}) }, "int16 (1, 3, 2) chunks (1, 2+1, 2x1) names (b, c, a)"},
		{"broadcast", func() (Ref, error) { return BroadcastTo(here, cube, block.Shape{5, 2, 4, 3}) }, "int16 (5, 2, 4, 3) chunks (5, 2x1, 4, 2+1) names (, a, b, c)"},
		{"broadcast to nothing", func() (Ref, error) { return BroadcastTo(here, cube, block.Shape{2, 0, 3}) }, "int16 (2, 0, 3) chunks (2x1, 0, 2+1) names (a, b, c)"},
		{"expand", func() (Ref, error) { return ExpandDims(here, x, []int{-1, 0}) }, "float32 (1, 4, 6, 1) chunks (1, 2x2, 6, 1) names (, y, x, )"},
		{"squeeze", func() (Ref, error) { return Squeeze(here, cube, nil) }, "int16 (2, 3) chunks (2x1, 2+1) names (a, c)"},
		{"squeeze none", func() (Ref, error) { return Squeeze(here, cube, []int{}) }, "int16 (2, 1, 3) chunks (2x1, 1, 2+1) names (a, b, c)"},
		{"reshape keeps groups", func() (Ref, error) { return Reshape(here, cube, block.Shape{2, -1}) }, "int16 (2, 3) chunks (2x1, 2+1) names (a, c)"},
		{"reshape merges", func() (Ref, error) { return Reshape(here, x, block.Shape{-1}) }, "float32 (24,) chunks (2x12,)"},
		{"reshape splits", func() (Ref, error) { return Reshape(here, x, block.Shape{2, 2, 6}) }, "float32 (2, 2, 6) chunks (2x1, 2, 6) names (, , x)"},
		{"reshape freely", func() (Ref, error) { return Reshape(here, x, block.Shape{3, 8}) }, "float32 (3, 8) chunks (3x1, 8)"},
		{"reshape nothing", func() (Ref, error) { return Reshape(here, empty, block.Shape{7, 0}) }, "float64 (7, 0) chunks (7, 0)"},
		{"concat", func() (Ref, error) { return Concat(here, []Ref{x, x}, 0) }, "float32 (8, 6) chunks (4x2, 6) names (y, x)"},
		{"concat promotes", func() (Ref, error) {
			return Concat(here, []Ref{row, array(t, dtype.Int32, block.Shape{5}, block.Shape{5}, "z")}, -1)
		}, "float64 (11,) chunks (4+2+5,)"},
		{"concat leaves out empty parts", func() (Ref, error) {
			return Concat(here, []Ref{empty, array(t, dtype.Float64, block.Shape{2, 3}, block.Shape{1, 3})}, 0)
		}, "float64 (2, 3) chunks (2x1, 3)"},
		{"concat of nothing", func() (Ref, error) { return Concat(here, []Ref{empty, empty}, 0) }, "float64 (0, 3) chunks (0, 2+1)"},
		{"concat of three types", func() (Ref, error) {
			return Concat(here, []Ref{array(t, dtype.Int8, block.Shape{2}, block.Shape{2}), array(t, dtype.Uint16, block.Shape{2}, block.Shape{2}),
				array(t, dtype.Float32, block.Shape{2}, block.Shape{2})}, 0)
		}, "float32 (6,) chunks (3x2,)"},
		{"concat of unknown", func() (Ref, error) { return Concat(here, []Ref{u, u}, 0) }, "float64 (?, 5) chunks (6x?, 5)"},
		{"concat beside unknown", func() (Ref, error) { return Concat(here, []Ref{u, u}, 1) }, "float64 (?, 10) chunks (3x?, 2x5)"},
		{"diagonal", func() (Ref, error) { return Diagonal(here, x, 0, 0, 1) }, "float32 (4,) chunks (2x2,)"},
		{"diagonal off the main one", func() (Ref, error) { return Diagonal(here, x, -1, 0, 1) }, "float32 (3,) chunks (1+2,)"},
		{"diagonal of other axes", func() (Ref, error) { return Diagonal(here, cube, 1, -3, 2) }, "int16 (1, 2) chunks (1, 2x1) names (b, )"},
		{"diagonal the other way", func() (Ref, error) { return Diagonal(here, cube, -1, 2, 0) }, "int16 (1, 2) chunks (1, 2x1) names (b, )"},
		{"diagonal beyond", func() (Ref, error) { return Diagonal(here, x, 6, 0, 1) }, "float32 (0,) chunks (0,)"},
		{"diagonal far beyond", func() (Ref, error) { return Diagonal(here, x, math.MinInt, 0, 1) }, "float32 (0,) chunks (0,)"},
		{"diagonal beside unknown", func() (Ref, error) {
			wide, err := BroadcastTo(here, row, block.Shape{2, 6})
			require.NoError(t, err)
			add, err := ExpandDims(here, u, []int{1})
			require.NoError(t, err)
			wide, err = Slice(here, wide, parseItems(t, "newaxis,:,:5", wide.Shape()))
			require.NoError(t, err)
			add, err = Elementwise(here, op.Add, add, wide)
			require.NoError(t, err)
			return Diagonal(here, add, 0, 1, 2)
		}, "float64 (?, 2) chunks (3x?, 2)"},
		{"function of the place", func() (Ref, error) {
			return FromFunction(here, block.Description{DType: dtype.Int8, Grid: x.Grid()}, FuncAttrs{Func: &Slot{Value: 1}})
		}, "int8 (4, 6) chunks (2x2, 6)"},
		{"rechunk", func() (Ref, error) {
			return Rechunk(here, x, block.RegularGrid(block.Shape{4, 6}, block.Shape{4, 5}))
		}, "float32 (4, 6) chunks (4, 5+1) names (y, x)"},
		{"cast", func() (Ref, error) { return Cast(here, x, dtype.Int8) }, "int8 (4, 6) chunks (2x2, 6) names (y, x)"},
		{"cast of a literal", func() (Ref, error) { return Cast(here, literal(t, 3), dtype.Int8) }, "int8 () chunks ()"},
		{"reduction of a literal", func() (Ref, error) { return Reduce(here, op.Sum, literal(t, true), nil, false, 0) }, "int64 () chunks ()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := c.make()
			require.NoError(t, err)
			require.Equal(t, c.want, describe(r.Describe()))
			require.NoError(t, Verify(Graph{Outputs: []Ref{r}}))
		})
	}
	same, err := Cast(here, x, dtype.Float32)
	require.NoError(t, err)
	require.Equal(t, x, same, "a cast to the same type is nothing")
}

// TestMistakes: what does not fit is an error of a kind, with a text that says
// what to change, at the place of the call.
func TestMistakes(t *testing.T) {
	x := array(t, dtype.Float32, block.Shape{4, 6}, block.Shape{2, 6}, "y", "x")
	bools := array(t, dtype.Bool, block.Shape{4}, block.Shape{2})
	ints := array(t, dtype.Uint8, block.Shape{4}, block.Shape{2})
	empty := array(t, dtype.Float64, block.Shape{0, 3}, block.Shape{1, 2})
	huge := array(t, dtype.Bool, block.Shape{1 << 40, 1}, block.Shape{0, 0})
	u := unknown(t, 3, 5)
	grid := block.RegularGrid(block.Shape{4}, block.Shape{2})
	fn := FuncAttrs{Func: &Slot{Value: 1}}
	for _, c := range []struct {
		kind Kind
		text string
		make func() (Ref, error)
	}{
		{TypeError, "use not_equal", func() (Ref, error) { return Elementwise(here, op.Subtract, bools, bools) }},
		{TypeError, "use logical_not", func() (Ref, error) { return Elementwise(here, op.Negative, bools) }},
		{TypeError, "complex", func() (Ref, error) { return Elementwise(here, op.Remainder, x, literal(t, 1i)) }},
		{TypeError, "takes 2 operands, not 1", func() (Ref, error) { return Elementwise(here, op.Add, x) }},
		{ValueError, "not an elementwise operation", func() (Ref, error) { return Elementwise(here, op.Sum, x) }},
		{ValueError, "not an elementwise operation", func() (Ref, error) { return Elementwise(here, "nonsense", x) }},
		{ValueError, "not an elementwise operation", func() (Ref, error) { return Elementwise(here, op.Astype, x) }},
		{ValueError, "operand 1 is not an array", func() (Ref, error) { return Elementwise(here, op.Add, x, Ref{}) }},
		{ValueError, "operand 0 is not an array", func() (Ref, error) { return Slice(here, Ref{Node: x.Node, Out: 3}, nil) }},
		{ValueError, "shapes (4, 6) and (4,) do not broadcast", func() (Ref, error) { return Elementwise(here, op.Add, x, ints) }},
		{ValueError, "along axis 0 of the result the length is unknown in shapes (?, 5) and (3, 5)", func() (Ref, error) {
			return Elementwise(here, op.Add, u, array(t, dtype.Float64, block.Shape{3, 5}, block.Shape{1, 5}))
		}},
		{ValueError, "along axis 0 of the result the length is unknown in shapes (?, 5) and (?, 5)", func() (Ref, error) { return Elementwise(here, op.Add, u, unknown(t, 4, 5)) }},
		{OverflowError, "300 does not fit uint8", func() (Ref, error) { return Elementwise(here, op.Add, ints, literal(t, 300)) }},
		{OverflowError, "-1 does not fit uint8", func() (Ref, error) { return Elementwise(here, op.Where, bools, literal(t, -1), ints) }},
		{OverflowError, "300 does not fit uint8", func() (Ref, error) { return Clip(here, ints, literal(t, 300), literal(t, 400)) }},
		{OverflowError, "-1 does not fit uint8", func() (Ref, error) { return Clip(here, ints, Ref{}, literal(t, -1)) }},
		{ValueError, "operand 1 is not an array", func() (Ref, error) { return Clip(here, ints, Ref{}, Ref{}) }},
		{TypeError, "only integers and bools have bits", func() (Ref, error) { return Elementwise(here, op.BitwiseAnd, x, x) }},
		{TypeError, "a function of real numbers", func() (Ref, error) { return Elementwise(here, op.Atan2, x, literal(t, 1i)) }},
		{TypeError, "have no order", func() (Ref, error) { return Elementwise(here, op.Floor, literal(t, 1i)) }},
		{TypeError, "convert it to an integer type", func() (Ref, error) { return Elementwise(here, op.Sign, bools) }},
		{ValueError, "negative power -2", func() (Ref, error) {
			return Elementwise(here, op.Pow, array(t, dtype.Int8, block.Shape{4}, zeros(1)), literal(t, -2))
		}},
		{ValueError, "more elements than an int can count", func() (Ref, error) {
			return Elementwise(here, op.Add, huge, array(t, dtype.Bool, block.Shape{1 << 40}, block.Shape{0}))
		}},
		{ValueError, "more elements than an int can count", func() (Ref, error) {
			return BroadcastTo(here, huge, block.Shape{1 << 30, 1 << 40, 1})
		}},
		{ValueError, "more bytes than an int can count", func() (Ref, error) {
			return Full(here, block.RegularGrid(block.Shape{1 << 60}, block.Shape{1}), scalar(1i))
		}},

		{TypeError, "no such element type", func() (Ref, error) { return Full(here, grid, dtype.Scalar{}) }},
		{ValueError, "unknown length", func() (Ref, error) { return Full(here, block.Grid{block.UnknownAxis(2)}, scalar(1)) }},
		{TypeError, "a literal is", func() (Ref, error) { return Weak(here, scalar(float32(1))) }},
		{TypeError, "not bool", func() (Ref, error) { return Arange(here, dtype.Bool, grid, ArangeAttrs{}) }},
		{ValueError, "one axis", func() (Ref, error) { return Arange(here, dtype.Int8, nil, ArangeAttrs{}) }},

		{ValueError, "there is no source", func() (Ref, error) { return Read(here, nil) }},
		{TypeError, "not a block.Source", func() (Ref, error) { return Read(here, &Slot{Value: 3}) }},
		{TypeError, "no such element type", func() (Ref, error) { return Read(here, &Slot{Value: described{Grid: grid}}) }},
		{ValueError, "knows every length", func() (Ref, error) {
			return Read(here, &Slot{Value: described{DType: dtype.Int8, Grid: block.Grid{block.UnknownAxis(1)}}})
		}},
		{ValueError, "2 dimension names", func() (Ref, error) {
			return Read(here, &Slot{Value: described{DType: dtype.Int8, Grid: grid, Names: []string{"a", "b"}}})
		}},
		{TypeError, `attribute "k"`, func() (Ref, error) {
			return Read(here, &Slot{Value: described{DType: dtype.Int8, Grid: grid, Attrs: block.Attributes{"k": 1}}})
		}},

		{TypeError, "no such element type", func() (Ref, error) { return Cast(here, x, dtype.Invalid) }},
		{ValueError, "not a reduction", func() (Ref, error) { return Reduce(here, op.Add, x, nil, false, 0) }},
		{IndexError, "axis 2 is out of range: shape (4, 6) has 2 axes, numbered -2 to 1", func() (Ref, error) { return Reduce(here, op.Sum, x, []int{2}, false, 0) }},
		{IndexError, "axis -3 is out of range", func() (Ref, error) { return Reduce(here, op.Sum, x, []int{-3}, false, 0) }},
		{IndexError, "shape () has no axes", func() (Ref, error) { return Reduce(here, op.Sum, literal(t, 1), []int{0}, false, 0) }},
		{ValueError, "axis 0 is named twice in [0, -2]", func() (Ref, error) { return Reduce(here, op.Sum, x, []int{0, -2}, false, 0) }},
		{ValueError, "axis 0 of shape (0, 3) has no elements", func() (Ref, error) { return Reduce(here, op.Nanmax, empty, []int{0}, false, 0) }},
		{ValueError, "has no elements", func() (Ref, error) { return Reduce(here, op.Argmin, empty, nil, false, 0) }},
		{ValueError, "one axis or all", func() (Ref, error) {
			return Reduce(here, op.Argmin, array(t, dtype.Int8, block.Shape{2, 2, 2}, zeros(3)), []int{0, 1}, false, 0)
		}},
		{ValueError, "one axis or all", func() (Ref, error) { return Reduce(here, op.Argmin, x, []int{}, false, 0) }},
		{ValueError, "unknown length", func() (Ref, error) { return Reduce(here, op.Argmin, u, nil, false, 0) }},
		{ValueError, "for var and std", func() (Ref, error) { return Reduce(here, op.Mean, x, nil, false, 1) }},
		{ValueError, "not finite", func() (Ref, error) { return Reduce(here, op.Std, x, nil, false, math.Inf(1)) }},

		{ValueError, "1 indices for the 2 axes of shape (4, 6)", func() (Ref, error) { return Slice(here, x, parseItems(t, "0", block.Shape{4})) }},
		{IndexError, "3 indices for the 2 axes", func() (Ref, error) { return Slice(here, x, parseItems(t, "0,0,0", block.Shape{4, 4, 4})) }},
		{IndexError, "axis 1 of shape (4, 6): index 6 is out of range for length 6", func() (Ref, error) { return Slice(here, x, []AxisIndex{{Drop: true}, {Drop: true, Start: 6}}) }},
		{IndexError, "index -1 is out of range", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Drop: true, Start: -1}}) }},
		{ValueError, "step", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Count: 1}}) }},
		{ValueError, "-3 elements", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Step: 1, Count: -3}}) }},
		{IndexError, "3 elements from 0 on in steps of 2", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Step: 2, Count: 3}}) }},
		{IndexError, "out of range", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Start: 3, Step: math.MinInt, Count: 2}}) }},
		{IndexError, "out of range", func() (Ref, error) { return Slice(here, ints, []AxisIndex{{Step: 1 << 62, Count: 5}}) }},
		{IndexError, "unknown", func() (Ref, error) {
			return Slice(here, u, []AxisIndex{{Step: 1, Count: 2}, {Step: 1, Count: 5}})
		}},
		{IndexError, "unknown", func() (Ref, error) { return Slice(here, u, []AxisIndex{{Drop: true}, {Step: 1, Count: 5}}) }},
		{ValueError, "name 1 of the 2 axes", func() (Ref, error) { return Transpose(here, x, []int{0}) }},
		{ValueError, "named twice", func() (Ref, error) { return Transpose(here, x, []int{0, 0}) }},
		{IndexError, "out of range", func() (Ref, error) { return Transpose(here, x, []int{0, 2}) }},
		{ValueError, "shape (4, 6) does not stretch to (4, 7)", func() (Ref, error) { return BroadcastTo(here, x, block.Shape{4, 7}) }},
		{ValueError, "does not stretch", func() (Ref, error) { return BroadcastTo(here, x, block.Shape{6}) }},
		{ValueError, "does not stretch", func() (Ref, error) { return BroadcastTo(here, ints, block.Shape{-1, 4}) }},
		{IndexError, "out of range", func() (Ref, error) { return ExpandDims(here, x, []int{3}) }},
		{ValueError, "named twice", func() (Ref, error) { return ExpandDims(here, x, []int{0, -4}) }},
		{ValueError, "axis 0 of shape (4, 6) does not have length 1", func() (Ref, error) { return Squeeze(here, x, []int{0}) }},
		{IndexError, "out of range", func() (Ref, error) { return Squeeze(here, x, []int{2}) }},
		{ValueError, "shape (4, 6) has 24 elements and cannot have shape [5 5]", func() (Ref, error) { return Reshape(here, x, block.Shape{5, 5}) }},
		{ValueError, "cannot have shape [5 -1]", func() (Ref, error) { return Reshape(here, x, block.Shape{5, -1}) }},
		{ValueError, "cannot have shape", func() (Ref, error) { return Reshape(here, empty, block.Shape{0, -1}) }},
		{ValueError, "cannot have shape", func() (Ref, error) { return Reshape(here, x, block.Shape{1 << 40, 1 << 40}) }},
		{ValueError, "more than one length open", func() (Ref, error) { return Reshape(here, x, block.Shape{-1, -1}) }},
		{ValueError, "negative length -2", func() (Ref, error) { return Reshape(here, x, block.Shape{-2}) }},
		{ValueError, "unknown length", func() (Ref, error) { return Reshape(here, u, block.Shape{-1}) }},
		{ValueError, "there is no array", func() (Ref, error) { return Concat(here, nil, 0) }},
		{ValueError, "use expand_dims", func() (Ref, error) { return Concat(here, []Ref{literal(t, 1)}, 0) }},
		{ValueError, "shapes (4, 6) and (4,) have different numbers of axes", func() (Ref, error) { return Concat(here, []Ref{x, ints}, 0) }},
		{ValueError, "differ along axis 1, and only axis 0 may", func() (Ref, error) { return Concat(here, []Ref{x, empty}, 0) }},
		{IndexError, "out of range", func() (Ref, error) { return Concat(here, []Ref{x}, 2) }},
		{ValueError, "unknown length", func() (Ref, error) { return Concat(here, []Ref{u, unknown(t, 4, 5)}, 1) }},
		{ValueError, "the array has shape (4,)", func() (Ref, error) { return Rechunk(here, ints, x.Grid()) }},
		{ValueError, "unknown length", func() (Ref, error) { return Rechunk(here, u, block.Grid{block.UnknownAxis(2), u.Grid()[1]}) }},
		{ValueError, "shape (4,) has no two axes", func() (Ref, error) { return Diagonal(here, ints, 0, 0, 0) }},
		{IndexError, "out of range", func() (Ref, error) { return Diagonal(here, x, 0, 0, 2) }},
		{ValueError, "named twice", func() (Ref, error) { return Diagonal(here, x, 0, 1, -1) }},
		{ValueError, "axes [1, 0] of shape (?, 5) have an unknown length", func() (Ref, error) { return Diagonal(here, u, 0, 1, 0) }},
		{ValueError, "operand 0 is not an array", func() (Ref, error) { return Diagonal(here, Ref{}, 0, 0, 1) }},
		{ValueError, "there is no function", func() (Ref, error) { return FromFunction(here, x.Describe(), FuncAttrs{}) }},
		{ValueError, "scratch", func() (Ref, error) { return FromFunction(here, x.Describe(), FuncAttrs{Func: fn.Func, Scratch: -1}) }},
		{ValueError, "unknown length", func() (Ref, error) { return FromFunction(here, u.Describe(), fn) }},
		{ValueError, "there is no input", func() (Ref, error) { return MapBlocks(here, nil, block.Description{}, fn) }},
		{ValueError, "there is no function", func() (Ref, error) { return MapBlocks(here, []Ref{x}, x.Describe(), FuncAttrs{}) }},
		{ValueError, "input 0 of shape (4, 6) has [2 1] blocks", func() (Ref, error) { return MapBlocks(here, []Ref{x}, ints.Describe(), fn) }},
		{ValueError, "scratch", func() (Ref, error) {
			return MapBlocks(here, []Ref{x}, x.Describe(), FuncAttrs{Func: fn.Func, Scratch: -1})
		}},
		{ValueError, "there is no function", func() (Ref, error) { return TreeReduce(here, x, dtype.Int8, TreeAttrs{Partial: dtype.Int8, Width: 1}) }},
		{ValueError, "3 of the axes of shape (4, 6)", func() (Ref, error) {
			return TreeReduce(here, x, dtype.Int8, TreeAttrs{Func: fn.Func, Partial: dtype.Int8, Width: 1, Reduced: 3})
		}},
		{ValueError, "a partial of 0 elements", func() (Ref, error) {
			return TreeReduce(here, x, dtype.Int8, TreeAttrs{Func: fn.Func, Partial: dtype.Int8})
		}},
		{ValueError, "more bytes than an int can count", func() (Ref, error) {
			return TreeReduce(here, x, dtype.Int8, TreeAttrs{Func: fn.Func, Partial: dtype.Float64, Width: 1 << 60, Reduced: 2})
		}},
		{TypeError, "no such element type of partials", func() (Ref, error) { return TreeReduce(here, x, dtype.Int8, TreeAttrs{Func: fn.Func, Width: 1}) }},
		{TypeError, "no such element type", func() (Ref, error) {
			return TreeReduce(here, x, dtype.Invalid, TreeAttrs{Func: fn.Func, Partial: dtype.Int8, Width: 1})
		}},
	} {
		_, err := c.make()
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", c.text, err)
		require.Equal(t, c.kind, e.Kind, err)
		require.Contains(t, err.Error(), c.text)
		require.True(t, (e.NamesItself() || strings.HasPrefix(err.Error(), string(e.Op)+": ")) && strings.HasSuffix(err.Error(), "(at test)"), err)
	}
}

func zeros(rank int) block.Shape { return make(block.Shape, rank) }

// TestAttributes: one array keeps its attributes and gets a line of history,
// several keep what they agree on.
func TestAttributes(t *testing.T) {
	grid := block.RegularGrid(block.Shape{4}, block.Shape{2})
	with := func(attrs block.Attributes) Ref {
		return source(t, block.Description{DType: dtype.Float64, Grid: grid, Attrs: attrs})
	}
	x := with(block.Attributes{"units": "K", "fill": math.NaN(), "history": "measured\n"})
	y := with(block.Attributes{"units": "K", "fill": math.NaN(), "range": []float64{0, 1}})
	attrs := func(r Ref, err error) block.Attributes {
		require.NoError(t, err)
		return r.Describe().Attrs
	}
	require.Equal(t, "measured\nmean(axes=[0] keepdims=false)", attrs(Reduce(here, op.Mean, x, nil, false, 0))["history"])
	require.Equal(t, "measured\ndivide(x, 2)", attrs(Elementwise(here, op.Divide, x, literal(t, 2)))["history"])
	require.Equal(t, "measured\nsqrt", attrs(Elementwise(here, op.Sqrt, x))["history"])
	require.Equal(t, "measured\ngetitem(index=[0:2])", attrs(Slice(here, x, parseItems(t, "0:2", block.Shape{4})))["history"])
	require.Equal(t, "measured\n", attrs(Rechunk(here, x, grid))["history"])
	require.Equal(t, "measured\n", x.Describe().Attrs["history"], "the input keeps its own")

	both := attrs(Elementwise(here, op.Add, x, y))
	require.Equal(t, "K", both["units"])
	require.Contains(t, both, "fill", "NaN agrees with NaN")
	require.Len(t, both, 2)
	require.Nil(t, attrs(Elementwise(here, op.Add, x, with(nil))))
	square := attrs(Elementwise(here, op.Multiply, x, x))
	require.Equal(t, "measured\nmultiply(x, x)", square["history"])
	delete(square, "history")
	require.True(t, maps.EqualFunc(block.Attributes{"units": "K", "fill": math.NaN()}, square, equalValue))
	require.Nil(t, attrs(Elementwise(here, op.Sqrt, with(nil))), "what has no attributes gets no history")

	r := x
	for range 200 {
		var err error
		r, err = Elementwise(here, op.Negative, r)
		require.NoError(t, err)
	}
	history := r.Describe().Attrs["history"].(string)
	require.Equal(t, historyLines, strings.Count(history, "\n")+1)
	odd := with(block.Attributes{"history": int64(3)})
	require.Equal(t, int64(3), attrs(Elementwise(here, op.Negative, odd))["history"])
}

func TestReshapeGroups(t *testing.T) {
	type groups = []ReshapeGroup
	for _, c := range []struct {
		from, to block.Shape
		want     groups
	}{
		{block.Shape{}, block.Shape{}, nil},
		{block.Shape{}, block.Shape{1}, groups{{[2]int{0, 0}, [2]int{0, 1}}}},
		{block.Shape{1, 6, 1}, block.Shape{6}, groups{{[2]int{0, 1}, [2]int{0, 0}}, {[2]int{1, 2}, [2]int{0, 1}}, {[2]int{2, 3}, [2]int{1, 1}}}},
		{block.Shape{4, 6}, block.Shape{3, 8}, groups{{[2]int{0, 2}, [2]int{0, 2}}}},
		{block.Shape{5, 4, 6}, block.Shape{5, 24}, groups{{[2]int{0, 1}, [2]int{0, 1}}, {[2]int{1, 3}, [2]int{1, 2}}}},
		{block.Shape{6, 10}, block.Shape{2, 3, 5, 2}, groups{{[2]int{0, 1}, [2]int{0, 2}}, {[2]int{1, 2}, [2]int{2, 4}}}},
		{block.Shape{2, 1, 3}, block.Shape{1, 2, 3}, groups{{[2]int{0, 0}, [2]int{0, 1}}, {[2]int{0, 1}, [2]int{1, 2}}, {[2]int{1, 2}, [2]int{2, 2}}, {[2]int{2, 3}, [2]int{2, 3}}}},
		{block.Shape{0, 3}, block.Shape{7, 0}, groups{{[2]int{0, 2}, [2]int{0, 2}}}},
	} {
		require.Equal(t, c.want, ReshapeGroups(c.from, c.to), "%v to %v", c.from, c.to)
	}
}
