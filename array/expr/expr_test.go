package expr_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/array/call"
	"gabion/array/expr"
	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/scheduler"
)

// inputs are u (float32), v (float32) and w (int16) of shape (3, 4) along y and
// x, n (float64) of shape (4,), and b (bool) of shape (3, 4).
func inputs() map[string]array.Array {
	u, v, w, b := make([]float32, 12), make([]float32, 12), make([]int16, 12), make([]bool, 12)
	for i := range 12 {
		u[i], v[i], w[i], b[i] = float32(i), float32(2*i-5), int16(i-6), i%3 == 0
	}
	named := array.Names("y", "x")
	return map[string]array.Array{
		"u": array.FromSlice(u, []int{3, 4}, named),
		"v": array.FromSlice(v, []int{3, 4}, named),
		"w": array.FromSlice(w, []int{3, 4}, named),
		"b": array.FromSlice(b, []int{3, 4}),
		"n": array.FromSlice([]float64{1, 2, 3, 4}, nil),
	}
}

// TestBuild checks shapes and types, which are known without computing.
func TestBuild(t *testing.T) {
	for text, want := range map[string]string{
		"u":                                      "float32 (3, 4)",
		"u - mean(u, \"y\")":                     "float32 (3, 4)",
		"sqrt(u*u + v*v)":                        "float32 (3, 4)",
		"u * 2":                                  "float32 (3, 4)",
		"u * 2.5":                                "float32 (3, 4)",
		"u * (1/3)":                              "float32 (3, 4)",
		"u * 2i":                                 "complex64 (3, 4)",
		"w + 1":                                  "int16 (3, 4)",
		"w + 1.5":                                "float64 (3, 4)",
		"w / w":                                  "float64 (3, 4)",
		"w % 4":                                  "int16 (3, 4)",
		"u + n":                                  "float64 (3, 4)",
		"w < 1000000":                            "bool (3, 4)",
		"u > 0 && !b || w == 3":                  "bool (3, 4)",
		"-u":                                     "float32 (3, 4)",
		"+u":                                     "float32 (3, 4)",
		"u[0]":                                   "float32 (4,)",
		"u[u > 0]":                               "float32 (?,)",
		"u[astype(arange(2), \"int8\")]":         "float32 (2, 4)",
		"u[-1]":                                  "float32 (4,)",
		"u[1][-2]":                               "float32 ()",
		"u[0:2]":                                 "float32 (2, 4)",
		"u[:2]":                                  "float32 (2, 4)",
		"u[1:]":                                  "float32 (2, 4)",
		"u[:]":                                   "float32 (3, 4)",
		"u[0:100:2]":                             "float32 (2, 4)",
		"u[2:0:-1]":                              "float32 (2, 4)",
		"u[1+1][3]":                              "float32 ()",
		"slice(u, \"0:2, ::2\")":                 "float32 (2, 2)",
		"slice(u, \"..., newaxis, 0\")":          "float32 (3, 1)",
		"oindex(u, \"1:, ::2\")":                 "float32 (2, 2)",
		"oindex(u, key(n[:3] > 1, 1))":           "float32 (?,)",
		"oindex(u, key(int8(n[:2]), int8(n)))":   "float32 (2, 4)",
		"slice(u, `::-1`)":                       "float32 (3, 4)",
		"transpose(u)":                           "float32 (4, 3)",
		"permute_dims(u, axes(1, 0))":            "float32 (4, 3)",
		"mean(u)":                                "float32 ()",
		"mean(u, 0)":                             "float32 (4,)",
		"mean(u, -1)":                            "float32 (3,)",
		"mean(u, \"x\")":                         "float32 (3,)",
		"mean(u, axes(0, 1))":                    "float32 ()",
		"mean(u, axes(\"y\", 1))":                "float32 ()",
		"mean(u, axes())":                        "float32 (3, 4)",
		"mean(u, axis(1))":                       "float32 (3,)",
		"mean(u, 0, keepdims(true))":             "float32 (1, 4)",
		"mean(u, keepdims(true))":                "float32 (1, 1)",
		"mean(u, keepdims(false), axes(0))":      "float32 (4,)",
		"var(u, 0, correction(1))":               "float32 (4,)",
		"std(w, ddof(1.5), axes(0))":             "float64 (4,)",
		"sum(w)":                                 "int64 ()",
		"argmax(u, 1)":                           "int64 (3,)",
		"any(b, 0)":                              "bool (4,)",
		"where(b, u, 0)":                         "float32 (3, 4)",
		"where(u > 2, u, nan)":                   "float32 (3, 4)",
		"maximum(u, 3)":                          "float32 (3, 4)",
		"floor_divide(w, 2)":                     "int16 (3, 4)",
		"pow(u, 2)":                              "float32 (3, 4)",
		"power(w, 2)":                            "int16 (3, 4)",
		"absolute(w)":                            "int16 (3, 4)",
		"isnan(u)":                               "bool (3, 4)",
		"reshape(u, shape(2, 6))":                "float32 (2, 6)",
		"reshape(u, -1)":                         "float32 (12,)",
		"reshape(u, shape(2, -1, 2))":            "float32 (2, 3, 2)",
		"broadcast_to(n, shape(5, 4))":           "float64 (5, 4)",
		"expand_dims(n, 0)":                      "float64 (1, 4)",
		"expand_dims(n, axes(0, -1))":            "float64 (1, 4, 1)",
		"squeeze(expand_dims(n, 0))":             "float64 (4,)",
		"squeeze(expand_dims(n, 0), 0)":          "float64 (4,)",
		"concat(u, v)":                           "float32 (6, 4)",
		"concatenate(u, w, axis(1))":             "float32 (3, 8)",
		"concat(u, v, axis(\"x\"))":              "float32 (3, 8)",
		"astype(w, \"float32\")":                 "float32 (3, 4)",
		"float64(u)":                             "float64 (3, 4)",
		"bool(w)":                                "bool (3, 4)",
		"rechunk(u, 2)":                          "float32 (3, 4)",
		"rechunk(u, \"1, -1\")":                  "float32 (3, 4)",
		"rechunk(u, \"y=1\")":                    "float32 (3, 4)",
		"zeros(shape(2, 3))":                     "float64 (2, 3)",
		"zeros(5, \"int8\")":                     "int8 (5,)",
		"ones(shape(2), \"bool\")":               "bool (2,)",
		"zeros(shape())":                         "float64 ()",
		"full(shape(2, 2), 7)":                   "int64 (2, 2)",
		"full(3, 1.5)":                           "float64 (3,)",
		"arange(10)":                             "int64 (10,)",
		"arange(1, 10, 3)":                       "int64 (3,)",
		"arange(0, 1, 0.25)":                     "float64 (4,)",
		"arange(5, dtype(\"int8\"))":             "int8 (5,)",
		"divmod(w, 4, out(1))":                   "int16 (3, 4)",
		"sum(w, dtype(\"int8\"), axis(0))":       "int8 (4,)",
		"sum(w, 0, \"float32\")":                 "float32 (4,)",
		"flip(u, \"y\")":                         "float32 (3, 4)",
		"transpose(u, axes(\"x\", \"y\"))":       "float32 (4, 3)",
		"getitem(u, \"0, ::2\")":                 "float32 (2,)",
		"zeros(shape(4, 4), chunks(\"1, 2\"))":   "float64 (4, 4)",
		"rechunk(u, chunks(1, 2))":               "float32 (3, 4)",
		"random_uniform(size(2, 3), 7, low(1))":  "float64 (2, 3)",
		"u + transpose(reshape(u, shape(4, 3)))": "float32 (3, 4)",
		"matmul(u, n)":                           "float64 (3,)",
		"matmul(u, matrix_transpose(w))":         "float32 (3, 3)",
		"dot(u, n) + inner(u, n)":                "float64 (3,)",
		"outer(u, n)":                            "float64 (12, 4)",
		"vdot(u, w)":                             "float32 ()",
		"vecdot(u, w)":                           "float32 (3,)",
		"vecdot(u, w, 0)":                        "float32 (4,)",
		`vecdot(u, w, "x")`:                      "float32 (3,)",
		"tensordot(u, u)":                        "float32 ()",
		"tensordot(u, n, 1)":                     "float64 (3,)",
		"tensordot(n, u, 0)":                     "float64 (4, 3, 4)",
		`einsum("ij,kj->ki", u, w)`:              "float32 (3, 3)",
		`einsum("ij->j", w)`:                     "int16 (4,)",
		"norm(u)":                                "float32 ()",
		"norm(w, 1)":                             "float64 ()",
		`vector_norm(u, -inf, axes("y"))`:        "float32 (4,)",
		"matrix_norm(u, inf, keepdims(true))":    "float32 (1, 1)",
		"1 + 2*3":                                "int64 ()",
		"1/2":                                    "float64 ()",
		"true":                                   "bool ()",
		"2i":                                     "complex128 ()",
		"-9223372036854775808":                   "int64 ()",
		"18446744073709551615":                   "uint64 ()",
		"u +\n\tv":                               "float32 (3, 4)",
		"u\n+ v":                                 "float32 (3, 4)",
		"  u  ":                                  "float32 (3, 4)",
		"(((u)))":                                "float32 (3, 4)",
		"sum(u == u) + 0x10 + 1_000 + 0b1 + 0o17": "int64 ()",
	} {
		a, err := expr.Eval(text, inputs())
		if !assertNoError(t, text, err) {
			continue
		}
		require.Equal(t, want, a.DType().String()+" "+a.Shape().String(), text)
	}
}

func assertNoError(t *testing.T, text string, err error) bool {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", text, err)
	}
	return err == nil
}

func TestChunks(t *testing.T) {
	a, err := expr.Eval(`rechunk(u, "1, -1")`, inputs())
	require.NoError(t, err)
	require.Equal(t, block.RegularGrid(block.Shape{3, 4}, block.Shape{1, 4}), a.Chunks())
	require.Equal(t, []string{"y", "x"}, a.Names())
}

// TestEveryOperation calls each elementwise operation and reduction of the table
// by each of its names.
func TestEveryOperation(t *testing.T) {
	for _, row := range op.Rows() {
		arguments := ""
		switch {
		case row.Class == op.Elementwise && row.Types != nil:
			arguments = [...]string{1: "u", 2: "u, v", 3: "b, u, v"}[row.Arity]
		case row.Class == op.Reduction:
			arguments = "u, 0"
		case row.Name == op.Astype:
			arguments = `u, "float64"`
		default:
			continue
		}
		for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
			a, err := expr.Eval(name+"("+arguments+")", inputs())
			if err != nil && strings.Contains(err.Error(), "does not take float32") {
				a, err = expr.Eval(name+"("+strings.NewReplacer("u", "w", "v", "w").Replace(arguments)+")", inputs())
			}
			require.NoError(t, err, name)
			require.True(t, a.DType().Valid())
		}
	}
}

// TestSameOperations: what can be called by name in documents can be in
// expressions, under all its names.
func TestSameOperations(t *testing.T) {
	functions := expr.Functions()
	for _, row := range op.Rows() {
		for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
			if prefix, _, dotted := strings.Cut(name, "."); dotted { // as no name in an expression is
				require.Equal(t, "linalg", prefix)
				require.NotContains(t, functions, name)
				continue
			}
			require.Equal(t, call.Known(name) != nil, slices.Contains(functions, name), name)
		}
	}
	require.Contains(t, functions, "slice")
	require.NotContains(t, functions, "read", "inputs are named outside of expressions")
}

// TestInputs checks that the names that are used are known before any is opened.
func TestInputs(t *testing.T) {
	e, err := expr.Parse(`mean(a, "b") + c[d] - a * pi + sum(mean)`)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c", "d", "pi", "mean"}, e.Inputs())
}

// TestNamesHideFunctionsAndConstants checks that any name can be an input.
func TestNamesHideFunctionsAndConstants(t *testing.T) {
	in := inputs()
	in["mean"], in["pi"], in["range"], in["var"] = in["u"], in["w"], in["u"], in["u"]
	a, err := expr.Eval("mean - mean(mean) + pi - range + var / var(var)", in)
	require.NoError(t, err)
	require.Equal(t, block.Shape{3, 4}, a.Shape())
}

func TestErrorsOfInputs(t *testing.T) {
	in := map[string]array.Array{"bad": array.FromSlice([]int8{1, 2}, []int{3})}
	_, err := expr.Eval("1 + bad", in)
	require.ErrorContains(t, err, "column 5: ")
	require.NotContains(t, err.Error(), "_test.go", "the column says where")
	_, err = expr.Eval("zero", map[string]array.Array{"zero": {}})
	require.ErrorContains(t, err, "zero Array")
}

// TestPlaces checks that plans and errors of running say where in the
// expression an operation is.
func TestPlaces(t *testing.T) {
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 10})
	require.NoError(t, err)
	defer func() { require.NoError(t, engine.Close()) }()
	for text, want := range map[string]string{
		"  arange(1000000)":                                "arange (at expression:3)",
		"n[0] - full(1000000, 2)":                          "subtract (at expression:6)",
		"sqrt(sum(ones(shape(10, 1000000), \"int8\"), 0))": "(at expression:",
	} {
		a, err := expr.Eval(text, inputs())
		require.NoError(t, err)
		_, err = array.Compute(context.Background(), []array.Array{a}, array.On(engine))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), ".go:")
	}
	a, err := expr.Eval("u + mean(u)", inputs())
	require.NoError(t, err)
	require.Contains(t, a.Reshape(5).Err().Error(), "_test.go", "what is done with the result is placed as ever")
}

func TestPointerOfLongExpressions(t *testing.T) {
	text := strings.Repeat("u + ", 200) + "oops" + strings.Repeat(" + u", 200)
	_, err := expr.Eval(text, inputs())
	var mistake *expr.Error
	require.ErrorAs(t, err, &mistake)
	require.Equal(t, 801, mistake.Column)
	lines := strings.Split(mistake.Pointer(), "\n")
	require.Len(t, lines, 2)
	require.Less(t, len(lines[0]), 100)
	require.Equal(t, "oops", lines[0][len(lines[1])-1:][:4])
	mistake = &expr.Error{Text: "a\x1b[31m\xff\u202e", Column: 99}
	require.Equal(t, "a?[31m??\n        ^", mistake.Pointer(), "nothing reaches the terminal that it would obey")
}

func TestBounds(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("(", 40_000):                                     "more than 1000 brackets are open",
		strings.Repeat("(", 900) + "u" + strings.Repeat(")", 900):       "",
		strings.Repeat("!", 60_000) + "u":                               "nested more than 1000 deep",
		strings.Repeat("u+", 30_000) + "u":                              "nested more than 1000 deep",
		strings.Repeat("u+", 900) + "u":                                 "",
		strings.Repeat("sqrt(", 1100) + "u" + strings.Repeat(")", 1100): "brackets are open",
		"u" + strings.Repeat("[:]", 21_000):                             "nested more than 1000 deep",
		strings.Repeat(" ", 65_000) + "u + " + strings.Repeat("u", 900): "65904 bytes; 65536 are the most",
	} {
		_, err := expr.Eval(text, inputs())
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
		require.Less(t, len(err.Error()), 300)
	}
}

// TestKinds: an operation's error has the kind that it has without an expression.
func TestKinds(t *testing.T) {
	for text, want := range map[string]graph.Kind{
		`sum(u, axis(2))`:                 graph.IndexError,
		`u[3]`:                            graph.IndexError,
		`reshape(u, shape(5))`:            graph.ValueError,
		`u + n[:3]`:                       graph.ValueError,
		`-b`:                              graph.TypeError,
		`reshape(u, shape(1.5))`:          graph.TypeError,
		`w + 40_000`:                      graph.OverflowError,
		`arange(300, 302, dtype("int8"))`: graph.OverflowError,
	} {
		_, err := expr.Eval(text, inputs())
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake, text)
		require.Equal(t, want, mistake.Kind, text)
	}
}
