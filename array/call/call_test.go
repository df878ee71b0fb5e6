package call

import (
	"context"
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/op"
	"gabion/scheduler"
)

// TestBinding is what is said of arguments that do not fit the parameters, as in
// Python.
func TestBinding(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 80)
	for _, c := range []struct {
		name  string
		args  []Arg
		kw    kw
		kind  graph.Kind
		want  string
		param string
	}{
		{"frobnicate", nil, nil, graph.NotImplementedError, "frobnicate: there is no such operation (at here)", ""},
		{"read", []Arg{"x.nc"}, nil, graph.NotImplementedError, "there is no such operation", ""},
		{"sum", nil, nil, graph.TypeError, `sum: its parameter "x" is missing: it is sum(x, axis=…, dtype=…, keepdims=…) (at here)`, ""},
		{"sum", []Arg{nil}, nil, graph.TypeError, "is missing", ""},
		{"sum", []Arg{field, 0, nil, false, 5}, nil, graph.TypeError, "it takes 4 arguments, not 5", ""},
		{"sum", []Arg{field}, kw{"axes": 0}, graph.TypeError, `it has no parameter "axes"`, ""},
		{"sum", []Arg{field, 0}, kw{"axis": 0}, graph.TypeError, "axis: it is given twice", "axis"},
		{"var", []Arg{field}, kw{"ddof": 0, "correction": 0}, graph.TypeError, "correction: it is given twice", "correction"},
		{"sum", []Arg{field, 0.5}, nil, graph.TypeError, "axis: it is a whole number, not 0.5", "axis"},
		{"sum", []Arg{field, 1.0}, nil, graph.TypeError, "axis: it is a whole number, not the float 1.0", "axis"},
		{"sign", []Arg{true}, nil, graph.TypeError, "sign does not take bool", ""},
		{"random_exponential", []Arg{3, 1, math.NaN()}, nil, graph.ValueError, "random_exponential: scale is not finite but NaN", ""},
		{"random_beta", []Arg{3, 1, 2, math.Inf(1)}, nil, graph.ValueError, "random_beta: b is not finite but +Inf", ""},
		{"sum", []Arg{field, true}, nil, graph.TypeError, "axis: it is a whole number, not true", "axis"},
		{"sum", []Arg{field, huge}, nil, graph.OverflowError, "is more than an int can count", "axis"},
		{"sum", []Arg{field, 2}, nil, graph.IndexError, "sum: axis 2 is out of range", ""},
		{"sum", []Arg{field, "z"}, nil, graph.ValueError, `no single axis is called "z"; the axes are "y", "x"`, "axis"},
		{"sum", []Arg{field}, kw{"keepdims": 1}, graph.TypeError, "keepdims: it is true or false, not 1", "keepdims"},
		{"sum", []Arg{field}, kw{"dtype": 1}, graph.TypeError, "dtype: it is an element type, not 1", "dtype"},
		{"sum", []Arg{field}, kw{"dtype": "float"}, graph.TypeError, `no element type is called "float"`, "dtype"},
		{"sum", []Arg{"x"}, nil, graph.TypeError, `x: it is an array or a number, not the text "x"`, "x"},
		{"sum", []Arg{[]Arg{field}}, nil, graph.TypeError, "x: it is an array or a number, not a list of 1", "x"},
		{"add", []Arg{line, huge}, nil, graph.OverflowError, "does not fit any type of integers", "x2"},
		{"less", []Arg{huge, huge}, nil, graph.OverflowError, "does not fit any type of integers", "x1"},
		{"add", []Arg{line, 1 << 20}, nil, graph.OverflowError, "1048576 does not fit int16", ""},
		{"add", []Arg{field, new(big.Int).Lsh(huge, 2000)}, nil, graph.OverflowError, "too large for float64", "x2"},
		{"full", []Arg{2, huge}, nil, graph.OverflowError, "does not fit any type of integers", "fill_value"},
		{"full", []Arg{2, 300}, kw{"dtype": dtype.Int8}, graph.OverflowError, "full: fill_value: 300 does not fit int8", "fill_value"},
		{"full", []Arg{-1, 0}, nil, graph.ValueError, "full: the length -1 of axis 0 is negative", ""},
		{"full", []Arg{2, field}, nil, graph.TypeError, "fill_value: it is a number, not an array", "fill_value"},
		{"zeros", []Arg{[]Arg{2, 2}}, kw{"chunks": []Arg{2}}, graph.ValueError, "they are given for 1 axes, the array has 2", "chunks"},
		{"zeros", []Arg{4}, kw{"chunks": []Arg{[]Arg{1, 2}}}, graph.ValueError, "add up to 3", ""},
		{"zeros", []Arg{4}, kw{"chunks": []Arg{"4"}}, graph.ValueError, `a list of lengths, "auto" or null, not "4"`, "chunks"},
		{"arange", []Arg{0, 1, 0}, nil, graph.ValueError, "step: a range's step is not 0", "step"},
		{"arange", []Arg{true}, nil, graph.TypeError, "start: it is a real number, not true", "start"},
		{"arange", []Arg{1 + 2i}, nil, graph.TypeError, "start: it is a real number", "start"},
		{"arange", []Arg{0, huge}, nil, graph.ValueError, "has more elements than an int can count", "stop"},
		{"arange", []Arg{300, 302}, kw{"dtype": dtype.Int8}, graph.OverflowError, "start: 300 does not fit int8", "start"},
		{"arange", []Arg{1, -9, -8}, kw{"dtype": dtype.Uint8}, graph.OverflowError, "arange: the second element, -7, does not fit uint8", ""},
		{"arange", []Arg{100, 300, 100}, kw{"dtype": dtype.Int8}, graph.OverflowError, "arange: the second element, 200, does not fit int8", ""},
		{"arange", []Arg{-3, 8, 2}, kw{"dtype": dtype.Uint8}, graph.OverflowError, "start: -3 does not fit uint8", "start"},
		{"arange", []Arg{-3, 7.5, 2}, kw{"dtype": dtype.Uint8}, graph.OverflowError, "start: -3 does not fit uint8", "start"},
		{"arange", []Arg{-3, 7.5, 2.5}, kw{"dtype": dtype.Uint8}, graph.OverflowError, "start: -3 does not fit uint8", "start"},
		{"arange", []Arg{100.5, 300.0, 99.5}, kw{"dtype": dtype.Int8}, graph.OverflowError, "arange: the second element, 200, does not fit int8", ""},
		{"arange", []Arg{0.0, 1e300, 1e299}, kw{"dtype": dtype.Int64}, graph.OverflowError, "does not fit int64", ""},
		{"arange", []Arg{1e308, 1.5e308, 1e308}, kw{"dtype": dtype.Int64}, graph.OverflowError, "does not fit int64", "start"},
		{"arange", []Arg{0.0, 1.0, 0.0}, kw{"dtype": dtype.Int8}, graph.ValueError, "a range's step is not 0", ""},
		{"arange", []Arg{3}, kw{"dtype": dtype.Bool}, graph.TypeError, "not bool", ""},
		{"arange", []Arg{0, 2.5}, kw{"dtype": dtype.Bool}, graph.TypeError, "not bool", ""},
		{"random_uniform", []Arg{3, -1}, nil, graph.ValueError, "at least 0 and below 2^64", "seed"},
		{"random_normal", []Arg{3, 1}, kw{"dtype": dtype.Int8}, graph.TypeError, "not int8", ""},
		{"getitem", []Arg{field, []Arg{3}}, nil, graph.IndexError, "index 3 is out of range", ""},
		{"getitem", []Arg{field, []Arg{1.5}}, nil, graph.IndexError, "not of 1.5", "key"},
		{"getitem", []Arg{field, []Arg{huge}}, nil, graph.IndexError, "is out of range for any length", "key"},
		{"getitem", []Arg{field, []Arg{field}}, nil, graph.IndexError, "the index array is float64; it must be of integers or bools", ""},
		{"getitem", []Arg{field, []Arg{[]Arg{0, 3}}}, nil, graph.IndexError, "index 3 is out of range for length 3", ""},
		{"getitem", []Arg{field, []Arg{[]Arg{0, true}}}, nil, graph.IndexError, "whole numbers or bools", "key"},
		{"random_permutation", []Arg{field, 1}, kw{"axis": 2}, graph.IndexError, "axis 2 is out of range", ""},
		{"random_permutation", []Arg{5, 1}, kw{"axis": 0}, graph.ValueError, "it is of an array", "axis"},
		{"random_choice", []Arg{5, 1, field}, nil, graph.ValueError, "drawn of one axis, not of shape (3, 4)", "a"},
		{"apply_gufunc", nil, nil, graph.NotImplementedError, "there is no such operation", ""},
		{"block_sum", []Arg{line, 0}, nil, graph.TypeError, "blocks are added up as int64, uint64, float64 or complex128, not as int16", ""},
		{"block_topk", []Arg{field, 9, 0}, nil, graph.ValueError, "k is 9 for axis 0", ""},
		{"block_compress", []Arg{field, line, 0}, nil, graph.ValueError, "have as many axes", ""},
		{"block_cumulative_sum", []Arg{field, field, 0}, nil, graph.ValueError, "there are starts of shape (3, 4) for 2 blocks", ""},
		{"block_take_along_axis", []Arg{field, field, 0}, nil, graph.TypeError, "the indices are float64, not int64", ""},
		{"block_searchsorted", []Arg{field, line}, nil, graph.ValueError, "have as many axes", ""},
		{"block_sliding_windows", []Arg{field, 2, 1}, nil, graph.ValueError, "no room for windows", ""},
		{"gather", []Arg{field, []Arg{[]Arg{0, nil}}, []Arg{nil}}, nil, graph.ValueError, "axis 1 of shape (3, 4) is not taken", ""},
		{"gather", []Arg{field, []Arg{[]Arg{}}, []Arg{nil}}, nil, graph.ValueError, "no pairs", "axes"},
		{"contract", []Arg{field, line, []Arg{0, 1}, 1, 1, line.Chunks()}, nil, graph.ValueError, "chunks", ""},
		{"contract", []Arg{field, line, []Arg{0, 1}, 1, -1, line.Chunks()}, nil, graph.ValueError, "no negative number of axes", ""},
		{"getitem", []Arg{field, []Arg{document.Slice{Step: at(0)}}}, nil, graph.ValueError, "step is not 0", ""},
		{"concat", []Arg{[]Arg{field, 0.5}}, nil, graph.ValueError, "different numbers of axes", ""},
		{"concat", []Arg{[]Arg{field, field}, []Arg{0, 1}}, nil, graph.TypeError, "axis: it is one axis, not a list of 2", "axis"},
		{"tensordot", []Arg{field, field, []Arg{0, make([]Arg, 1<<15)}}, nil, graph.ValueError, "are the most", "axes"},
		{"tensordot", []Arg{field, field, []Arg{0, []Arg{"z"}}}, nil, graph.ValueError, `no single axis is called "z"`, "axes"},
		{"concat", []Arg{[]Arg{}}, nil, graph.ValueError, "there is no array", ""},
		{"map_blocks", []Arg{field, "halve"}, nil, graph.NotImplementedError, `no function is registered as "halve"`, "name"},
		{"negative", []Arg{true}, nil, graph.TypeError, "negative does not take bool", ""},
		{"squeeze", []Arg{field, 0}, nil, graph.ValueError, "squeeze: axis 0 of shape (3, 4) does not have length 1 (at here)", ""},
		{"expand_dims", []Arg{field, make([]Arg, 1<<15)}, nil, graph.ValueError, "are the most", "axis"},
		{"reshape", []Arg{array.Zeros[int8]([]int{1}), lengths(65)}, nil, graph.ValueError, "the result has 65 axes, 64 are the most", ""},
		{"add", []Arg{array.Zeros[int8]([]int{-1}), 1}, nil, graph.ValueError, "is negative (at ", ""},
	} {
		_, err := InvokeAt("here", c.name, c.args, c.kw)
		var mistake *graph.Error
		if !errors.As(err, &mistake) {
			t.Errorf("%s: %T %v", c.name, err, err)
			continue
		}
		require.Equal(t, c.kind, mistake.Kind, "%v", err)
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), c.name+": "+c.name+" ")
		require.Less(t, len(err.Error()), 300)
		var about *ArgumentError
		require.Equal(t, c.param != "", errors.As(err, &about), "%v", err)
		if about != nil {
			require.Equal(t, c.param, about.Parameter)
		}
	}
}

func lengths(n int) []Arg {
	list := make([]Arg, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

// TestArguments is what the methods that invocations use make of arguments.
func TestArguments(t *testing.T) {
	for _, c := range []struct {
		kind op.ParamKind
		give Arg
		get  func(a *arguments) any
		want any
	}{
		{op.Int, 5, func(a *arguments) any { return a.int("p", 7) }, 5},
		{op.Int, nil, func(a *arguments) any { return a.int("p", 7) }, 7},
		{op.Int, []Arg{big.NewInt(5)}, func(a *arguments) any { return a.int("p", 7) }, nil},
		{op.Ints, nil, func(a *arguments) any { return a.ints("p") }, []int(nil)},
		{op.Ints, []Arg{}, func(a *arguments) any { return a.ints("p") }, []int{}},
		{op.Ints, int64(3), func(a *arguments) any { return a.ints("p") }, []int{3}},
		{op.Ints, []Arg{1, uint64(2)}, func(a *arguments) any { return a.ints("p") }, []int{1, 2}},
		{op.Ints, []Arg{1, 2.5}, func(a *arguments) any { return a.ints("p") }, nil},
		{op.Float, nil, func(a *arguments) any { return a.float("p", 1.5) }, 1.5},
		{op.Float, 2, func(a *arguments) any { return a.float("p", 1.5) }, 2.0},
		{op.Float, "x", func(a *arguments) any { return a.float("p", 1.5) }, nil},
		{op.Bool, nil, func(a *arguments) any { return a.bool("p") }, false},
		{op.Bool, true, func(a *arguments) any { return a.bool("p") }, true},
		{op.Text, "x", func(a *arguments) any { return a.text("p") }, "x"},
		{op.Text, 1, func(a *arguments) any { return a.text("p") }, nil},
		{op.Numbers, nil, func(a *arguments) any { return a.floats("p") }, []float64(nil)},
		{op.Numbers, 0.5, func(a *arguments) any { return a.floats("p") }, []float64{0.5}},
		{op.Numbers, []Arg{0, 0.5}, func(a *arguments) any { return a.floats("p") }, []float64{0, 0.5}},
		{op.Numbers, []Arg{0, "x"}, func(a *arguments) any { return a.floats("p") }, nil},
		{op.Pairs, nil, func(a *arguments) any { return a.pairs("p") }, [][2]int(nil)},
		{op.Pairs, 2, func(a *arguments) any { return a.pairs("p") }, [][2]int{{2, 2}}},
		{op.Pairs, []Arg{1, 2}, func(a *arguments) any { return a.pairs("p") }, [][2]int{{1, 2}}},
		{op.Pairs, []Arg{[]Arg{1, 2}, []Arg{3}}, func(a *arguments) any { return a.pairs("p") }, [][2]int{{1, 2}, {3, 3}}},
		{op.Pairs, []Arg{1, 2, 3}, func(a *arguments) any { return a.pairs("p") }, nil},
		{op.Pairs, []Arg{[]Arg{1, 2}, 3}, func(a *arguments) any { return a.pairs("p") }, nil},
		{op.Text, "x", func(a *arguments) any { return a.text("q") }, nil}, // not a parameter of the row
	} {
		a := &arguments{row: &op.Op{Name: "f", Params: []op.Param{{Name: "p", Kind: c.kind, Optional: true}}}}
		a.bind([]Arg{c.give}, nil)
		got := c.get(a)
		if c.want == nil {
			require.Error(t, a.err, "%v", c.give)
			continue
		}
		require.NoError(t, a.err)
		require.Equal(t, c.want, got, "%v", c.give)
	}
}

// TestPlace: plans have the place of a call, and an error that an argument carries
// stays what it is.
func TestPlace(t *testing.T) {
	bad := array.Zeros[int8]([]int{-1})
	_, err := InvokeAt("there", "sum", []Arg{bad}, nil)
	require.Equal(t, bad.Err(), err)
	_, err = Invoke("concat", []Arg{[]Arg{field, bad}}, nil)
	require.Equal(t, bad.Err(), err)

	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 10})
	require.NoError(t, err)
	defer engine.Close()
	x, err := InvokeAt("there", "arange", []Arg{1 << 20}, nil)
	require.NoError(t, err)
	_, err = array.Compute(context.Background(), x, array.On(engine))
	require.ErrorContains(t, err, "(at there)")
}

// TestWideIntegers: integers of more than 64 bits mean what they are.
func TestWideIntegers(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 64) // next to the greatest uint64, which as a float64 it equals
	for _, x := range []array.Array{line, array.FromSlice([]uint64{1, 1<<64 - 1}, nil), array.FromSlice([]float64{1, 1 << 62}, nil)} {
		for name, want := range map[string]bool{"less": true, "less_equal": true, "not_equal": true, "equal": false, "greater": false, "greater_equal": false} {
			results, err := Invoke(name, []Arg{x, huge}, nil)
			require.NoError(t, err)
			for _, got := range values[bool](t, results[0]) {
				require.Equal(t, want, got, "%s of %v", name, x)
			}
			results, err = Invoke(name, []Arg{x, new(big.Int).Neg(huge)}, nil)
			require.NoError(t, err)
			if name == "less" {
				require.Equal(t, false, values[bool](t, results[0])[0])
			}
		}
	}
	results, err := Invoke("multiply", []Arg{array.FromSlice([]float32{2}, nil), huge}, nil)
	require.NoError(t, err)
	require.Equal(t, []float32{2 << 64}, values[float32](t, results[0]))
}

func values[T dtype.Element](t *testing.T, x array.Array) []T {
	t.Helper()
	v, err := block.Values[T](computed(t, []array.Array{x})[0])
	require.NoError(t, err)
	return v
}

// TestValues are results of NumPy.
func TestValues(t *testing.T) {
	call := func(name string, args []Arg, kw kw) array.Array {
		results, err := Invoke(name, args, kw)
		require.NoError(t, err)
		return results[0]
	}
	require.Equal(t, []int8{0, 100, -56}, values[int8](t, call("arange", []Arg{0, 300, 100}, kw{"dtype": dtype.Int8})))
	require.Equal(t, []uint64{1<<64 - 3, 1<<64 - 2, 1<<64 - 1}, values[uint64](t, call("arange", samples[op.Arange][9].args, nil)))
	require.Empty(t, values[uint8](t, call("arange", []Arg{-3, 9, -2}, kw{"dtype": dtype.Uint8})), "a start that is no element has no type to fit")
	require.Equal(t, []int64{12, 9, 6, 3}, values[int64](t, call("arange", []Arg{12, 2, -3}, nil)))
	for _, c := range []struct {
		want []int64
		d    dtype.DType
		args []Arg
	}{
		{[]int64{2, 1, 0, -1, -2, -3}, dtype.Int64, []Arg{2.5, -3, -1}},
		{[]int64{2, 5, 8}, dtype.Int8, []Arg{2.5, 9, 3}},
		{[]int64{0, 100, -56}, dtype.Int8, []Arg{0, 300.0, 100}},
		{[]int64{0, 0, 0, 0}, dtype.Uint8, []Arg{-0.5, 3}},
		{[]int64{0}, dtype.Int8, []Arg{0.5, 1, 300}},
		{nil, dtype.Uint8, []Arg{-3.0, -9}},
		{nil, dtype.Uint8, []Arg{1e308, 0, 1e308}},
		{[]int64{1<<53 + 1, 1<<53 + 4, 1<<53 + 7}, dtype.Int64, []Arg{1<<53 + 1, 1<<53 + 9, 3.0}},
		{[]int64{1<<53 + 1, 1<<53 + 2, 1<<53 + 3, 1<<53 + 4}, dtype.Int64, []Arg{1<<53 + 1, 0x1p53 + 4, 1}},
		{[]int64{0, 4e18, 8e18}, dtype.Int64, []Arg{0, 1e19, 4e18}},
		{[]int64{-1, 1<<63 - 2 - 1<<32}, dtype.Uint64, []Arg{uint64(1<<64 - 1), 0, new(big.Int).Neg(new(big.Int).SetUint64(1<<63 + 1 + 1<<32))}},
	} {
		x := call("arange", c.args, kw{"dtype": c.d})
		require.Equal(t, c.d, x.DType())
		require.Equal(t, c.want, values[int64](t, x.AsType(dtype.Int64)), "%v of %v", c.args, c.d)
	}
	require.Equal(t, []int32{0, 1, 3, 4}, values[int32](t, call("arange", []Arg{0, 5, 1.5}, kw{"dtype": dtype.Int32})), "NumPy rounds the step")
	const n = 3<<59 + 5 // of which a few shifts are more than an int counts
	rolled := call("roll", []Arg{call("arange", []Arg{n}, kw{"dtype": dtype.Int8, "chunks": n}), args(n-1, n-1, n-1, n-1, n-1, n-1, n-1, n-1)}, nil)
	require.Equal(t, []int8{8}, values[int8](t, rolled.Index(array.At(0))))
	require.Equal(t, []int8{-2, -1, 0, 1}, values[int8](t, call("linspace", []Arg{-1.5, 1.5, 4}, kw{"dtype": dtype.Int8})), "rounded down")
	require.Equal(t, []int8{9}, values[int8](t, call("sum", []Arg{array.FromSlice([]int16{260, 5}, nil), nil, dtype.Int8}, nil)))
	require.Equal(t, []float32{1 << 24}, values[float32](t, call("sum", []Arg{array.FromSlice([]float64{1 << 24, 0.5}, nil)}, kw{"dtype": dtype.Float32})))
	require.Equal(t, []bool{true}, values[bool](t, call("sum", []Arg{field}, kw{"dtype": dtype.Bool})))
	require.Equal(t, []int32{1, 1}, values[int32](t, call("full", []Arg{2, 1.5}, kw{"dtype": dtype.Int32})))
	require.Equal(t, []bool{true, true}, values[bool](t, call("full", []Arg{2, 1.5}, kw{"dtype": dtype.Bool})))
	quotient, err := Invoke("divmod", []Arg{line, 2}, nil)
	require.NoError(t, err)
	require.Equal(t, []int16{1, -1, 1, 2}, values[int16](t, quotient[0]))
	require.Equal(t, []int16{1, 1, 0, 1}, values[int16](t, quotient[1]))
}

func TestRegister(t *testing.T) {
	f := func(x ...array.Array) array.Array { return x[0] }
	require.ErrorContains(t, Register("", f), "has a name")
	require.ErrorContains(t, Register("nothing", nil), "not nil")
	require.ErrorContains(t, Register("double", f), `called "double" already`)
}
