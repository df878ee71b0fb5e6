package array_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
)

// resultType is the element type of an array, or the kind of its error as the
// golden file writes it.
func resultType(t *testing.T, a array.Array) string {
	t.Helper()
	err := a.Err()
	if err == nil {
		return a.DType().String()
	}
	var mistake *graph.Error
	require.True(t, errors.As(err, &mistake), "%v", err)
	return map[graph.Kind]string{graph.TypeError: "type", graph.OverflowError: "over", graph.ValueError: "value"}[mistake.Kind]
}

// byName is an operation by its name in the golden file, where clip has one
// number for both bounds and where takes the first of two.
func byName(name string, x ...array.Array) array.Array {
	switch name {
	case "clip":
		return x[0].Clip(x[1], x[1])
	case "isclose":
		return x[0].IsClose(x[1])
	case "nan_to_num":
		return x[0].NanToNum()
	case "where":
		return array.Where(array.Const(true), x[0], x[1])
	}
	return array.Apply(name, x...)
}

// TestTypesOfElementwiseOperations compares the types of results with what NumPy
// says, for every operation and every type of the operands.
func TestTypesOfElementwiseOperations(t *testing.T) {
	golden, err := os.ReadFile("testdata/elementwise_types.txt")
	require.NoError(t, err)
	literals := map[string]array.Array{"true": array.Const(true), "2": array.Const(2), "300": array.Const(300), "-1": array.Const(-1),
		"2.5": array.Const(2.5), "2i": array.Const(2i)}
	var types []dtype.DType
	var ones []array.Array
	section, name, row, compared := "", "", 0, 0
	for line := range strings.Lines(string(golden)) {
		words := strings.Fields(line)
		switch words[0] {
		case "#":
			continue
		case "types":
			for _, word := range words[1:] {
				d, err := dtype.Parse(word)
				require.NoError(t, err)
				types, ones = append(types, d), append(ones, array.Ones[bool]([]int{2}).AsType(d))
			}
			require.Equal(t, dtype.All(), types)
			continue
		case "one", "two", "literals":
			section, name, row = words[0], words[1], 0
			continue
		}
		side := ""
		var literal array.Array
		if section == "literals" {
			literal, side, words = literals[words[0]], words[1], words[2:]
		}
		require.Len(t, words, len(types), line)
		for i, want := range words {
			var operands []array.Array
			switch {
			case section == "one":
				operands = []array.Array{ones[i]}
			case section == "two":
				operands = []array.Array{ones[row], ones[i]}
			case side == "first":
				operands = []array.Array{literal, ones[i]}
			default:
				operands = []array.Array{ones[i], literal}
			}
			compared++
			require.Equal(t, want, resultType(t, byName(name, operands...)), "%s of %v %s and %v", name, types[row], line, types[i])
		}
		row++
	}
	require.Greater(t, compared, 10_000)
}
