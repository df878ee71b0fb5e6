package call

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph/document"
	"gabion/internal/op"
)

// kw are arguments by name.
type kw map[string]Arg

// sample is a call of an operation and the type and shape of its first result.
type sample struct {
	args []Arg
	kw   kw
	want string
}

var (
	field = array.FromSlice(numbers(12), []int{3, 4}, array.Chunks(2, 3), array.Names("y", "x"))
	line  = array.FromSlice([]int16{3, -1, 2, 5}, nil, array.Chunks(3))
)

func numbers(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Sqrt(float64(i)) - 1.5
	}
	return out
}

func at(n int) *int { return &n }

func init() {
	if err := Register("double", func(x ...array.Array) array.Array {
		return array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst, src []float64) error {
			for i, v := range src {
				dst[i] = 2 * v
			}
			return nil
		}, x[0], array.FuncName("double"))
	}); err != nil {
		panic(err)
	}
	if err := Register("smooth", func(x ...array.Array) array.Array {
		return array.MapOverlap(func(_ context.Context, info array.BlockInfo, dst, src []float64) error {
			wide := info.Inputs[0].Shape[1]
			for i := range dst {
				at := i/(wide-2)*wide + i%(wide-2)
				dst[i] = src[at] + src[at+1] + src[at+2]
			}
			return nil
		}, x[0], [][2]int{{}, {1, 1}}, array.Boundary(array.PadReflect), array.FuncName("smooth"))
	}); err != nil {
		panic(err)
	}
}

// samples are calls of the operations that are neither elementwise nor reductions
// with their usual parameters. TestEveryOperation needs one of each.
var samples = joinedSamples(coreSamples, shapingSamples, pickingSamples, productSamples, randomSamples)

func joinedSamples(tables ...map[op.Name][]sample) map[op.Name][]sample {
	all := make(map[op.Name][]sample)
	for _, table := range tables {
		for name, list := range table {
			all[name] = append(all[name], list...)
		}
	}
	return all
}

var coreSamples = map[op.Name][]sample{
	op.Full: {
		{[]Arg{[]Arg{3, 4}, 1.5}, nil, "float64 (3, 4)"},
		{[]Arg{5, 7}, kw{"dtype": dtype.Float32, "chunks": 2}, "float32 (5,)"},
		{[]Arg{[]Arg{}, true}, nil, "bool ()"},
		{[]Arg{2, 1.5}, kw{"dtype": dtype.Int8}, "int8 (2,)"},
		{[]Arg{2, math.Copysign(0, -1)}, kw{"dtype": "complex64"}, "complex64 (2,)"},
		{[]Arg{2, new(big.Int).Lsh(big.NewInt(1), 63)}, nil, "uint64 (2,)"},
		{[]Arg{2, new(big.Int).Lsh(big.NewInt(1), 70)}, kw{"dtype": dtype.Float64}, "float64 (2,)"},
		{[]Arg{2, math.NaN()}, kw{"dtype": dtype.Float16}, "float16 (2,)"},
	},
	op.Zeros: {{[]Arg{[]Arg{2, 0}}, nil, "float64 (2, 0)"}, {[]Arg{4, dtype.Bool}, kw{"chunks": []Arg{[]Arg{1, 3}}}, "bool (4,)"}},
	op.Ones:  {{[]Arg{3}, kw{"dtype": "int8"}, "int8 (3,)"}, {[]Arg{3, dtype.Complex64}, nil, "complex64 (3,)"}},
	op.Empty: {{[]Arg{3}, nil, "float64 (3,)"}},
	op.Arange: {
		{[]Arg{5}, nil, "int64 (5,)"},
		{[]Arg{2, 12, 3}, kw{"chunks": 2}, "int64 (4,)"},
		{[]Arg{12, 2, -3}, kw{"dtype": dtype.Int8}, "int8 (4,)"},
		{[]Arg{0, 300, 100}, kw{"dtype": dtype.Int8}, "int8 (3,)"},
		{[]Arg{0.5, 2.0, 0.25}, nil, "float64 (6,)"},
		{[]Arg{0, 2, 0.25}, kw{"dtype": dtype.Float16}, "float16 (8,)"},
		{[]Arg{4}, kw{"dtype": dtype.Float32}, "float32 (4,)"},
		{[]Arg{3}, kw{"dtype": dtype.Complex64}, "complex64 (3,)"},
		{[]Arg{0, 5, 1.5}, kw{"dtype": dtype.Int32}, "int32 (4,)"},
		{[]Arg{uint64(1<<64 - 3), new(big.Int).Lsh(big.NewInt(1), 64)}, nil, "uint64 (3,)"},
		{[]Arg{3, 1}, nil, "int64 (0,)"},
		{[]Arg{1.5, 1.0}, nil, "float64 (0,)"},
	},
	op.MapBlock: {
		{[]Arg{field, "double"}, nil, "float64 (3, 4)"},
		{[]Arg{[]Arg{field}, "double"}, nil, "float64 (3, 4)"},
		{[]Arg{field, "smooth"}, nil, "float64 (3, 4)"},
	},
	op.Astype: {{[]Arg{field, dtype.Int8}, nil, "int8 (3, 4)"}, {[]Arg{line}, kw{"dtype": "float32"}, "float32 (4,)"}},
	op.Slice: {
		{[]Arg{field, []Arg{-1, document.Slice{Start: at(3), Step: at(-2)}}}, nil, "float64 (2,)"},
		{[]Arg{field, []Arg{document.Ellipsis{}, nil, document.Slice{Stop: at(-1)}}}, nil, "float64 (3, 1, 3)"},
		{[]Arg{field, []Arg{}}, nil, "float64 (3, 4)"},
		{[]Arg{field, "1:, newaxis, ::-1"}, nil, "float64 (2, 1, 4)"},
		{[]Arg{field, 1}, nil, "float64 (4,)"},
		{[]Arg{field, []Arg{document.Slice{Start: at(5)}}}, nil, "float64 (0, 4)"},
	},
	op.Transpose:   {{[]Arg{field}, nil, "float64 (4, 3)"}, {[]Arg{field}, kw{"axes": []Arg{-1, 0}}, "float64 (4, 3)"}},
	op.BroadcastTo: {{[]Arg{line, []Arg{2, 4}}, nil, "int16 (2, 4)"}},
	op.ExpandDims:  {{[]Arg{line, 0}, nil, "int16 (1, 4)"}, {[]Arg{line}, kw{"axis": []Arg{0, -1}}, "int16 (1, 4, 1)"}},
	op.Squeeze: {
		{[]Arg{array.Zeros[int8]([]int{1, 3, 1})}, nil, "int8 (3,)"},
		{[]Arg{array.Zeros[int8]([]int{1, 3, 1}), -1}, nil, "int8 (1, 3)"},
		{[]Arg{array.Zeros[int8]([]int{1, 3}, array.Names("t", "x")), "t"}, nil, "int8 (3,)"},
	},
	op.Reshape: {{[]Arg{field, []Arg{2, -1}}, nil, "float64 (2, 6)"}, {[]Arg{field, -1}, nil, "float64 (12,)"}},
	op.Concat: {
		{[]Arg{[]Arg{field, field, field}}, nil, "float64 (9, 4)"},
		{[]Arg{[]Arg{field, field}}, kw{"axis": 1}, "float64 (3, 8)"},
		{[]Arg{[]Arg{field, field}, "x"}, nil, "float64 (3, 8)"},
		{[]Arg{[]Arg{field, line, 2.5}, nil}, nil, "float64 (17,)"},
		{[]Arg{[]Arg{field, line}}, kw{"axis": nil}, "float64 (16,)"},
	},
	op.Rechunk: {
		{[]Arg{field, 2}, nil, "float64 (3, 4)"},
		{[]Arg{field, []Arg{-1, []Arg{1, 3}}}, nil, "float64 (3, 4)"},
		{[]Arg{field, []Arg{nil, "auto"}}, nil, "float64 (3, 4)"},
		{[]Arg{field, "y=1"}, nil, "float64 (3, 4)"},
		{[]Arg{field, block.RegularGrid(block.Shape{3, 4}, block.Shape{1, 2})}, nil, "float64 (3, 4)"},
	},
	op.Flip:     {{[]Arg{field}, nil, "float64 (3, 4)"}, {[]Arg{field, "x"}, nil, "float64 (3, 4)"}},
	op.NanToNum: {{[]Arg{field}, nil, "float64 (3, 4)"}, {[]Arg{field, 1.5}, kw{"posinf": 9}, "float64 (3, 4)"}},
	op.Isclose:  {{[]Arg{field, 0}, kw{"rtol": 0.5, "equal_nan": true}, "bool (3, 4)"}},
	op.Divmod:   {{[]Arg{line, 2}, nil, "int16 (4,)"}},

	op.Sum:    {{[]Arg{field}, kw{"axis": "y", "keepdims": true}, "float64 (1, 4)"}, {[]Arg{line}, kw{"dtype": dtype.Int8}, "int8 ()"}},
	op.Var:    {{[]Arg{field, []Arg{0, 1}}, kw{"ddof": 1}, "float64 ()"}, {[]Arg{field}, kw{"correction": 0.5, "axis": []Arg{}}, "float64 (3, 4)"}},
	op.Argmax: {{[]Arg{field, -1}, nil, "int64 (3,)"}},
	op.Pow:    {{[]Arg{line, 2}, nil, "int16 (4,)"}, {[]Arg{2.5, field}, nil, "float64 (3, 4)"}},
	op.Where:  {{[]Arg{field}, kw{"x1": field, "x2": math.NaN()}, "float64 (3, 4)"}},
	op.Less: {
		{[]Arg{line, new(big.Int).Lsh(big.NewInt(1), 70)}, nil, "bool (4,)"},
		{[]Arg{new(big.Int).Lsh(big.NewInt(-1), 70), line}, nil, "bool (4,)"},
	},
	op.Add: {{[]Arg{field, new(big.Int).Lsh(big.NewInt(1), 70)}, nil, "float64 (3, 4)"}, {[]Arg{1, 2}, nil, "int64 ()"}},
}

// calling lists the samples of an operation; nothing for one that there is no
// sample of.
func calling(row *op.Op) []sample {
	list := samples[row.Name]
	switch {
	case row.Class == op.Elementwise && row.Types != nil:
		args := []Arg{field}
		for range row.Arity - 1 {
			args = append(args, field)
		}
		x, err := Invoke(string(row.Name), args, nil)
		if err != nil { // it does not take floats
			args = []Arg{line, line}[:row.Arity]
			if x, err = Invoke(string(row.Name), args, nil); err != nil {
				return list
			}
		}
		list = append(list, sample{args, nil, typeAndShape(x[0])})
	case row.Class == op.Reduction:
		x, err := Invoke(string(row.Name), []Arg{field}, kw{"axis": 1})
		if err != nil {
			return list
		}
		list = append(list, sample{[]Arg{field}, kw{"axis": 1}, typeAndShape(x[0])})
	}
	return list
}

func typeAndShape(x array.Array) string { return fmt.Sprintf("%v %v", x.DType(), x.Shape()) }

// TestEveryOperation calls every operation of the table, and takes what it gives
// through a document and back: the bits are the same.
func TestEveryOperation(t *testing.T) {
	inputs := []array.Array{field, line, square, cube, mask, places, narrow, imaginary, picked}
	for _, row := range op.Rows() {
		switch {
		case row.Name == op.Read:
			continue // which opens a file: see TestReadAndWrite
		case row.Internal:
			continue // others are made of them
		case row.InGoAlone():
			require.Nil(t, Known(string(row.Name)))
			continue
		}
		list := calling(row)
		if len(list) == 0 {
			t.Errorf("%s: there is no sample of a call in samples_test.go", row.Name)
		}
		for _, s := range list {
			t.Run(string(row.Name), func(t *testing.T) {
				for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
					results, err := Invoke(name, slices.Clone(s.args), s.kw)
					require.NoError(t, err)
					if row.Outputs > 0 {
						require.Len(t, results, row.Outputs)
					}
					require.Equal(t, s.want, typeAndShape(results[0]))
					requireSameThroughDocument(t, results, inputs)
				}
			})
		}
	}
}
