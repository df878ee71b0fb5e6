package op_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/internal/op"
)

// TestRows is what parsers and the documentation rely on.
func TestRows(t *testing.T) {
	for _, row := range op.Rows() {
		require.NotEmpty(t, row.Doc, row.Name)
		require.NotContains(t, row.Doc+row.Note, "\n", row.Name)
		require.NotEmpty(t, row.Class.String(), "%s: its class has no name", row.Name)
		require.NotEmpty(t, row.Kept().Keeps(), "%s: nothing is said of what it keeps", row.Name)
		params := row.Signature()
		require.NotEmpty(t, params, "%s: its parameters are not known", row.Name)
		var names []string
		optional := false
		for _, p := range params {
			require.NotEmpty(t, p.Kind.String(), "%s: %s", row.Name, p.Name)
			require.False(t, optional && !p.Optional, "%s: %s comes after parameters that may be left out", row.Name, p.Name)
			optional = p.Optional
			names = append(names, p.Name)
			if p.NumPy != "" {
				names = append(names, p.NumPy)
			}
		}
		slices.Sort(names)
		require.Len(t, slices.Compact(slices.Clone(names)), len(names), "%s: two parameters are called the same", row.Name)
		if row.Class == op.Elementwise && row.Types != nil {
			for i, p := range params { // what comes after the operands has a form of its own
				require.Equal(t, i < row.Arity, p.Kind == op.Operand, "%s: %s", row.Name, p.Name)
			}
		}
		require.Same(t, row, op.Find(string(row.Name)))
	}
}

func TestCall(t *testing.T) {
	for name, want := range map[op.Name]string{
		op.Sum: "sum(x, axis=…, dtype=…, keepdims=…)", op.Add: "add(x1, x2)", op.Abs: "abs(x)", op.Concat: "concat(arrays, axis=…)", op.Max: "max(x, axis=…, keepdims=…)",
	} {
		require.Equal(t, want, op.Lookup(name).Call())
	}
}
