package expr_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/array/expr"
)

// TestValues computes. Values are those of NumPy.
func TestValues(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2*3":                                "7",
		"7 / 2":                                  "3.5",
		"-7 % 3":                                 "2",
		"7 % -3":                                 "-2",
		"-7.5 % 2.0":                             "0.5",
		"1 < 2 && !(3 == 4)":                     "True",
		"2i * 2i":                                "(-4+0j)",
		"n[1]":                                   "2.0",
		"n[-1]":                                  "4.0",
		"n[1:3]":                                 "[2. 3.]",
		"n[0:100:2]":                             "[1. 3.]",
		"n[3:0:-1]":                              "[4. 3. 2.]",
		"slice(n, \"::-2\")":                     "[4. 2.]",
		"n - mean(n)":                            "[-1.5 -0.5  0.5  1.5]",
		"sqrt(n*n)":                              "[1. 2. 3. 4.]",
		"n > 2 || n == 1":                        "[ True False  True  True]",
		"where(n > 2, n, -1)":                    "[-1. -1.  3.  4.]",
		"var(n)":                                 "1.25",
		"var(n, correction(2))":                  "2.5",
		"std(n, ddof(0)) == sqrt(var(n))":        "True",
		"argmax(n, 0)":                           "3",
		"prod(n)":                                "24.0",
		"sum(int16(n*100), dtype(\"int8\"))":     "-24",
		"nanvar(where(n < 3, n, nan), ddof(1))":  "0.5",
		"nanargmin(where(n < 2, nan, n))":        "1",
		"count_nonzero(n > 2)":                   "2",
		"ptp(n)":                                 "3.0",
		"average(n, 0, weights(n))":              "3.0",
		"moment(n, 4)":                           "2.5625",
		"allclose(n, n + 1e-9)":                  "True",
		"allclose(n, n + 1, rtol(0), atol(0.5))": "False",
		"array_equal(n, n/0*0)":                  "False",
		"array_equal(n*nan, n*nan, equal_nan(true))":          "True",
		"sum(w, 1, keepdims(true))":                           "[[-18]\n [ -2]\n [ 14]]",
		"sum(u, axes())[2][1:3]":                              "[ 9. 10.]",
		"floor_divide(w[0], 4)":                               "[-2 -2 -1 -1]",
		"w[0] % 4":                                            "[2 3 0 1]",
		"w[0] / 4":                                            "[-1.5  -1.25 -1.   -0.75]",
		"pow(w[0], 2)":                                        "[36 25 16  9]",
		"transpose(u)[0]":                                     "[0. 4. 8.]",
		"reshape(u, shape(2, 6))[1]":                          "[ 6.  7.  8.  9. 10. 11.]",
		"concat(n, n[0:1])":                                   "[1. 2. 3. 4. 1.]",
		"rechunk(n, 1) + rechunk(n, 3)":                       "[2. 4. 6. 8.]",
		"astype(n + 0.5, \"int8\")":                           "[1 2 3 4]",
		"arange(5)*full(5, 2)":                                "[0 2 4 6 8]",
		"ones(2, \"float32\") + zeros(shape(2))":              "[1. 1.]",
		"expand_dims(n, 1)*n[0:2]":                            "[[1. 2.]\n [2. 4.]\n [3. 6.]\n [4. 8.]]",
		"nansum(where(n > 1, n, nan))":                        "9.0",
		"e < pi && pi < inf":                                  "True",
		"float32(0.1) == float64(0.1)":                        "False",
		"roll(n, 1) - diff(repeat(n, 2))[0:4]":                "[4. 0. 2. 2.]",
		"tile(n, 2)[2:6]":                                     "[3. 4. 1. 2.]",
		"trace(diag(n)) + diagonal(u, -1)":                    "[14. 19.]",
		"tril(u)[1]":                                          "[4. 5. 0. 0.]",
		"linspace(1, 2, 3)*eye(3)[1]":                         "[0.  1.5 0. ]",
		"stack(n, flip(n), axis(1))[0]":                       "[1. 4.]",
		"full_like(n, 7)[0:2]":                                "[7. 7.]",
		"indices(shape(2, 2))[1][0]":                          "[0 1]",
		"take(n, indices(3, 0, 3))":                           "[4. 1. 4.]",
		"pad(n, pad_width(1, 2), mode(\"reflect\"))":          "[2. 1. 2. 3. 4. 3. 2.]",
		"pad(n, 1, constant_values(7))":                       "[7. 1. 2. 3. 4. 7.]",
		"compress(n > 2, n)":                                  "[3. 4.]",
		"cumsum(n, 0) - cumulative_sum(n, axis(0))":           "[0. 0. 0. 0.]",
		"cumprod(n, 0, include_initial(true))":                "[ 1.  1.  2.  6. 24.]",
		"topk(n, -2)":                                         "[1. 2.]",
		"argtopk(n, 2)":                                       "[3 2]",
		"searchsorted(n, 2.5, side(\"right\"))":               "2",
		"sliding_window_view(n, 3)":                           "[[1. 2. 3.]\n [2. 3. 4.]]",
		"coarsen(n, \"max\", factors(2))":                     "[2. 4.]",
		"setitem(n, \"1:3\", 0)":                              "[1. 0. 0. 4.]",
		"take_along_axis(n, argtopk(n, 2), 0)":                "[4. 3.]",
		"clip(n, none, 2)":                                    "[1. 2. 2. 2.]",
		"clip(n, min(none), max(2))":                          "[1. 2. 2. 2.]",
		"take_along_axis(u, argtopk(n, 2), none)":             "[3. 2.]",
		"nonzero(n > 3, out(0))":                              "[3]",
		"where(n > 3, out(0))":                                "[3]",
		"norm(u, \"fro\") - norm(u)":                          "0.0",
		"clip(n) - n":                                         "[0. 0. 0. 0.]",
		"random_permutation(n, 1) - random_permutation(n, 1)": "[0. 0. 0. 0.]",
	} {
		a, err := expr.Eval(text, inputs())
		require.NoError(t, err, text)
		got, err := array.Preview(context.Background(), a)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}
