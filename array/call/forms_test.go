package call

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
)

// TestForms: arguments take the less usual forms that they have in NumPy.
func TestForms(t *testing.T) {
	x := array.FromSlice([]float64{0, 1, 2, 3, 4, 5}, []int{2, 3}, array.Chunks(2))
	line := array.FromSlice([]int64{1, 2, 3}, []int{3}, array.Chunks(2))
	short := array.FromSlice([]bool{true, false}, []int{2})
	all := document.Slice{}
	list := func(v ...Arg) []Arg { return v }
	cases := []struct {
		op   string
		args []Arg
		kw   map[string]Arg
		want any // the elements, or the kind of the error
		dims []int
	}{
		{"take", list(x, list(list(0, 1), list(5, -1))), nil, []float64{0, 1, 5, 5}, []int{2, 2}},
		{"take", list(x, list(list(0, 2)), 1), nil, []float64{0, 2, 3, 5}, []int{2, 1, 2}},
		{"take", list(x, list(list(0, 2), list(1)), 1), nil, graph.ValueError, nil},
		{"take", list(x, list(list(3)), 1), nil, graph.IndexError, nil},
		{"take", list(x, list(list(0)), 2), nil, graph.IndexError, nil},
		{"take_along_axis", list(x, array.FromSlice([]int64{5, -6}, []int{2}), nil), nil, []float64{5, 0}, []int{2}},
		{"take_along_axis", list(x, x.AsType(dtype.Int64), nil), nil, graph.ValueError, nil},
		{"compress", list(list(false, true), x, 1), nil, []float64{1, 4}, []int{2, 1}},
		{"compress", list(list(2, 0, 0.5, 0), x, 1), nil, []float64{0, 2, 3, 5}, []int{2, 2}},
		{"compress", list(list(0, 0, 0, 1), x, 1), nil, graph.IndexError, nil},
		{"compress", list(list(list(true)), x, 1), nil, graph.ValueError, nil},
		{"compress", list(list(), x, 1), nil, []float64{}, []int{2, 0}},
		{"compress", list(short, x, 1), nil, []float64{0, 3}, []int{2, 1}},
		{"compress", list(short, x), nil, []float64{0}, []int{1}},
		{"pad", list(line, 1), map[string]Arg{"constant_values": list(7, 8)}, []int64{7, 1, 2, 3, 8}, []int{5}},
		{"pad", list(line, 1), map[string]Arg{"constant_values": list(list(7))}, []int64{7, 1, 2, 3, 7}, []int{5}},
		{"pad", list(x, 1), map[string]Arg{"constant_values": list(list(1, 2), list(3, 4))}, []float64{3, 1, 1, 1, 4, 3, 0, 1, 2, 4, 3, 3, 4, 5, 4, 3, 2, 2, 2, 4}, []int{4, 5}},
		{"pad", list(x, 1), map[string]Arg{"constant_values": list(list(1, 2), list(3, 4), list(5, 6))}, graph.ValueError, nil},
		{"pad", list(x, 1), map[string]Arg{"constant_values": list(1, 2, 3)}, graph.ValueError, nil},
		{"pad", list(x, 1, "edge"), map[string]Arg{"constant_values": list(1, 2)}, graph.ValueError, nil},
		{"where", list(line.Sub(array.Const(2))), nil, []int64{0, 2}, []int{2}},
		{"where", list(array.Const(2)), nil, graph.ValueError, nil},
		{"norm", list(array.FromSlice([]float64{3, 4}, []int{1, 2}), "fro"), nil, []float64{5}, nil},
		{"matrix_norm", list(array.FromSlice([]float64{3, 4}, []int{1, 2}), "fro"), nil, []float64{5}, nil},
		{"norm", list(line, "fro"), nil, graph.ValueError, nil},
		{"norm", list(x, "nuc"), nil, graph.ValueError, nil},
		{"norm", list(x, "best"), nil, graph.ValueError, nil},
		{"vector_norm", list(x, "fro"), nil, graph.ValueError, nil},
		{"tril", list(line), nil, []int64{1, 0, 0, 1, 2, 0, 1, 2, 3}, []int{3, 3}},
		{"triu", list(line, 1), nil, []int64{0, 2, 3, 0, 0, 3, 0, 0, 0}, []int{3, 3}},
		{"clip", list(line), nil, []int64{1, 2, 3}, []int{3}},
		{"clip", list(short, nil, nil), nil, graph.TypeError, nil},
		{"roll", list(x, list(1, 2)), nil, []float64{3, 4, 5, 0, 1, 2}, []int{2, 3}},
		{"roll", list(x, list(math.MaxInt, math.MaxInt, -1)), nil, []float64{5, 0, 1, 2, 3, 4}, []int{2, 3}},
		{"roll", list(x, list()), nil, []float64{0, 1, 2, 3, 4, 5}, []int{2, 3}},
		{"roll", list(x, list(1, 2), list()), nil, graph.ValueError, nil},
		{"roll", list(line, list(1, 3, 1), 0), nil, []int64{2, 3, 1}, []int{3}},
		{"getitem", list(line, list(true)), nil, []int64{1, 2, 3}, []int{1, 3}},
		{"getitem", list(x, list(all, false)), nil, []float64{}, []int{2, 0, 3}},
		{"getitem", list(x, list(document.Ellipsis{}, false, all)), nil, []float64{}, []int{2, 0, 3}},
		{"getitem", list(x, list(nil, true, document.Ellipsis{})), nil, []float64{0, 1, 2, 3, 4, 5}, []int{1, 1, 2, 3}},
		{"getitem", list(x, list(true, 0)), nil, graph.IndexError, nil},
		{"getitem", list(x, list(true, true)), nil, graph.IndexError, nil},
		{"getitem", list(x, list(true, list(0))), nil, graph.IndexError, nil},
		{"setitem", list(x, list(true), 0), nil, graph.IndexError, nil},
		{"getitem", list(x, list(all, list(true, false, true))), nil, []float64{0, 2, 3, 5}, []int{2, 2}},
		{"getitem", list(x, list(document.Ellipsis{}, list(true, false, true))), nil, []float64{0, 2, 3, 5}, []int{2, 2}},
		{"getitem", list(x, list(list(list(true, false, true), list(false, true, false)))), nil, []float64{0, 2, 4}, []int{3}},
		{"getitem", list(x, list(1, list(true, false, true))), nil, []float64{3, 5}, []int{2}},
		{"getitem", list(x, list(list(true, false, true))), nil, graph.IndexError, nil},
		{"getitem", list(x, list(list(true, 0))), nil, graph.IndexError, nil},
		{"array_split", list(line, 2), nil, []int64{1, 2}, []int{2}},
		{"array_split", list(line, list(1)), nil, []int64{1}, []int{1}},
		{"array_split", list(x), map[string]Arg{"indices_or_sections": list(1, 2), "axis": 1}, []float64{0, 3}, []int{2, 1}},
		{"split", list(line, list(2)), nil, []int64{1, 2}, []int{2}},
		{"argmax", list(x, list(0, 1)), nil, graph.TypeError, nil},
		{"nanargmin", list(x, list(0)), nil, graph.TypeError, nil},
		{"argmin", list(x, list()), nil, graph.TypeError, nil},
		{"argmax", list(x, -2), nil, []int64{1, 1, 1}, []int{3}},
		{"coarsen", list(x, "argmax", list(1, 3)), nil, graph.ValueError, nil},
		{"cumsum", list(x), nil, []float64{0, 1, 3, 6, 10, 15}, []int{6}},
		{"cumprod", list(x, nil, dtype.Int64), nil, []int64{0, 0, 0, 0, 0, 0}, []int{6}},
		{"cumulative_sum", list(x), nil, graph.ValueError, nil},
		{"cumulative_prod", list(x), nil, graph.ValueError, nil},
		{"cumulative_sum", list(line), nil, []int64{1, 3, 6}, []int{3}},
		{"cumulative_prod", list(array.Const(2.5)), nil, []float64{2.5}, []int{1}},
		{"tril", list(x, list(1)), nil, graph.TypeError, nil},
		{"eye", list(list(2)), nil, graph.TypeError, nil},
		{"round", list(x, list(1)), nil, graph.TypeError, nil},
		{"cumsum", list(x, list(0)), nil, graph.TypeError, nil},
		{"take", list(x, 0, list(0)), nil, graph.TypeError, nil},
		{"concat", list(list(x, x), list(0)), nil, graph.TypeError, nil},
		{"swapaxes", list(x, list(0), 1), nil, graph.TypeError, nil},
		{"vecdot", list(x, x, list(-1)), nil, graph.TypeError, nil},
		{"repeat", list(line, list(2)), nil, []int64{1, 1, 2, 2, 3, 3}, []int{6}},
		{"meshgrid", list(line, short), nil, []int64{1, 2, 3, 1, 2, 3}, []int{2, 3}},
		{"meshgrid", list(line, short), map[string]Arg{"indexing": "ij"}, []int64{1, 1, 2, 2, 3, 3}, []int{3, 2}},
		{"meshgrid", list(line, "ij"), nil, graph.TypeError, nil},
		{"broadcast_arrays", list(line, x), nil, []int64{1, 2, 3, 1, 2, 3}, []int{2, 3}},
		{"broadcast_arrays", list(list(line, x)), nil, []int64{1, 2, 3, 1, 2, 3}, []int{2, 3}},
		{"einsum", list("i,i->", line, line), nil, []int64{14}, nil},
		{"einsum", list("i->i", line), nil, []int64{1, 2, 3}, []int{3}},
		{"oindex", list(x, list(list(1, 0), list(2, 0))), nil, []float64{5, 3, 2, 0}, []int{2, 2}},
		{"oindex", list(x, list(list(1, 0), list(0, 1, -1))), nil, []float64{3, 4, 5, 0, 1, 2}, []int{2, 3}},
		{"oindex", list(x, list(list(false, true), list(true, false, true))), nil, []float64{3, 5}, []int{1, 2}},
		{"oindex", list(x, list(0, list(2))), nil, []float64{2}, []int{1}},
		{"oindex", list(x, list(list(2))), nil, graph.IndexError, nil},
		{"oindex", list(x, list(true)), nil, graph.IndexError, nil},
		{"oindex", list(x, list(list(0), list(0), list(0))), nil, graph.IndexError, nil},
		{"oindex", list(x, list(list(list(0)))), nil, []float64{0, 1, 2}, []int{1, 1, 3}},
		{"setitem", list(line, list(list(true, false, true)), array.FromSlice([]int64{7, 8}, []int{2})), nil, []int64{7, 2, 8}, []int{3}},
	}
	for i, c := range cases {
		results, err := Invoke(c.op, c.args, c.kw)
		if kind, refused := c.want.(graph.Kind); refused {
			var mistake *graph.Error
			require.ErrorAs(t, err, &mistake, "case %d: %s", i, c.op)
			require.Equal(t, kind, mistake.Kind, "case %d: %v", i, err)
			continue
		}
		require.NoError(t, err, "case %d: %s", i, c.op)
		blocks, err := array.Compute(t.Context(), results[:1])
		require.NoError(t, err, "case %d: %s", i, c.op)
		b := blocks[0]
		require.True(t, b.Shape.Equal(c.dims), "case %d: %s: %v", i, c.op, b.Shape)
		var want []byte
		switch elements := c.want.(type) {
		case []float64:
			want = dtype.Bytes(elements)
		case []int64:
			want = dtype.Bytes(elements)
		}
		require.Equal(t, string(want), string(b.DenseBytes()), "case %d: %s", i, c.op)
	}
}
