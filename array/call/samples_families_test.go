package call

import (
	"math"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph/document"
	"gabion/internal/op"
)

var (
	square = array.FromSlice(numbers(16), []int{4, 4}, array.Chunks(3, 2))
	cube   = array.FromSlice(numbers(24), []int{2, 3, 4}, array.Chunks(1, 2, 3))
	mask   = array.FromSlice([]bool{true, false, true, true}, nil, array.Chunks(3))
	places = array.FromSlice([]int64{2, -4, 0}, nil, array.Chunks(2))
	narrow = array.FromSlice([]float32{0.5, 3, -2, 8}, nil, array.Chunks(2))

	imaginary = array.FromSlice([]complex64{1i, 2, 3}, nil, array.Chunks(2))
	picked    = array.FromSlice([]int64{0, 3, -1, 2}, []int{1, 4}, array.Chunks(1, 3))
	gaps      = array.Arange[float32](-1, 4, 1, array.Chunks(2)).Sqrt()
	column    = array.Arange[float64](1, 4, 1).Reshape(3, 1)
)

var shapingSamples = map[op.Name][]sample{
	op.Fliplr:          {{[]Arg{field}, nil, "float64 (3, 4)"}},
	op.Flipud:          {{[]Arg{field}, nil, "float64 (3, 4)"}},
	op.Rot90:           {{[]Arg{field}, nil, "float64 (4, 3)"}, {[]Arg{cube, 2}, kw{"axes": []Arg{2, 0}}, "float64 (2, 3, 4)"}},
	op.Roll:            {{[]Arg{field, 5}, nil, "float64 (3, 4)"}, {[]Arg{field, []Arg{1, -2}, []Arg{0, "x"}}, nil, "float64 (3, 4)"}},
	op.Moveaxis:        {{[]Arg{cube, 0, -1}, nil, "float64 (3, 4, 2)"}, {[]Arg{cube, []Arg{0, 1}, []Arg{2, 0}}, nil, "float64 (3, 4, 2)"}},
	op.Swapaxes:        {{[]Arg{cube, 0, 2}, nil, "float64 (4, 3, 2)"}},
	op.MatrixTranspose: {{[]Arg{cube}, nil, "float64 (2, 4, 3)"}},
	op.Ravel:           {{[]Arg{field}, nil, "float64 (12,)"}},
	op.AtLeast1D:       {{[]Arg{2.5}, nil, "float64 (1,)"}, {[]Arg{field}, nil, "float64 (3, 4)"}},
	op.AtLeast2D:       {{[]Arg{line}, nil, "int16 (1, 4)"}},
	op.AtLeast3D:       {{[]Arg{field}, nil, "float64 (3, 4, 1)"}},
	op.Stack:           {{[]Arg{[]Arg{field, field}}, nil, "float64 (2, 3, 4)"}, {[]Arg{[]Arg{line, line, line}, 1}, nil, "int16 (4, 3)"}},
	op.Vstack:          {{[]Arg{[]Arg{line, line}}, nil, "int16 (2, 4)"}},
	op.Hstack:          {{[]Arg{[]Arg{field, field}}, nil, "float64 (3, 8)"}},
	op.Dstack:          {{[]Arg{[]Arg{field, field}}, nil, "float64 (3, 4, 2)"}},
	op.Block:           {{[]Arg{[]Arg{[]Arg{field, field}, []Arg{square, square}}}, nil, "float64 (7, 8)"}, {[]Arg{[]Arg{field, field}}, nil, "float64 (3, 8)"}, {[]Arg{[]Arg{line, 2}}, nil, "int64 (5,)"}},
	op.Split:           {{[]Arg{square, 2}, nil, "float64 (2, 4)"}, {[]Arg{square, []Arg{1, 3}, 1}, nil, "float64 (4, 1)"}},
	op.ArraySplit:      {{[]Arg{square, 3}, nil, "float64 (2, 4)"}, {[]Arg{square, []Arg{1}, 1}, nil, "float64 (4, 1)"}},
	op.Unstack:         {{[]Arg{field}, nil, "float64 (4,)"}, {[]Arg{cube, 1}, nil, "float64 (2, 4)"}},
	op.BroadcastArrays: {{[]Arg{[]Arg{line, field}}, nil, "int16 (3, 4)"}},
	op.Repeat:          {{[]Arg{field, 2}, nil, "float64 (24,)"}, {[]Arg{field, 3, "y"}, nil, "float64 (9, 4)"}, {[]Arg{field, []Arg{2, 0, 1}, 0}, nil, "float64 (3, 4)"}},
	op.Tile:            {{[]Arg{line, 3}, nil, "int16 (12,)"}, {[]Arg{field, []Arg{2, 1, 2}}, nil, "float64 (2, 3, 8)"}},
	op.Diff:            {{[]Arg{field}, nil, "float64 (3, 3)"}, {[]Arg{line}, kw{"n": 2, "prepend": 1, "append": line}, "int64 (7,)"}},
	op.Diag:            {{[]Arg{line, 1}, nil, "int16 (5, 5)"}, {[]Arg{square, -1}, nil, "float64 (3,)"}},
	op.Diagonal:        {{[]Arg{field}, nil, "float64 (3,)"}, {[]Arg{cube, 1, 2, 1}, nil, "float64 (2, 2)"}},
	op.LinalgDiagonal:  {{[]Arg{cube, 1}, nil, "float64 (2, 3)"}},
	op.Trace:           {{[]Arg{cube, 1}, nil, "float64 (4,)"}, {[]Arg{square}, kw{"dtype": dtype.Int8}, "int8 ()"}},
	op.LinalgTrace:     {{[]Arg{cube}, nil, "float64 (2,)"}},
	op.Tril:            {{[]Arg{cube, -1}, nil, "float64 (2, 3, 4)"}},
	op.Triu:            {{[]Arg{field}, nil, "float64 (3, 4)"}},
	op.Tri:             {{[]Arg{3, 4, 1}, nil, "float64 (3, 4)"}},
	op.Eye:             {{[]Arg{3}, kw{"k": -1, "dtype": dtype.Int8}, "int8 (3, 3)"}},
	op.Identity:        {{[]Arg{4, dtype.Complex64}, nil, "complex64 (4, 4)"}},
	op.Linspace:        {{[]Arg{0, 1, 5}, nil, "float64 (5,)"}, {[]Arg{-1, 2.5, 7}, kw{"endpoint": false, "dtype": dtype.Float32}, "float32 (7,)"}},
	op.Meshgrid:        {{[]Arg{[]Arg{line, narrow}}, kw{"indexing": "ij"}, "int16 (4, 4)"}, {[]Arg{[]Arg{line, places}}, kw{"sparse": true}, "int16 (1, 4)"}},
	op.Indices:         {{[]Arg{[]Arg{2, 3}}, nil, "int64 (2, 2, 3)"}, {[]Arg{[]Arg{2, 3}}, kw{"dtype": dtype.Float32}, "float32 (2, 2, 3)"}},
	op.ZerosLike:       {{[]Arg{field}, nil, "float64 (3, 4)"}},
	op.OnesLike:        {{[]Arg{field, dtype.Int8}, nil, "int8 (3, 4)"}},
	op.FullLike:        {{[]Arg{line, -3}, nil, "int16 (4,)"}, {[]Arg{field, 2.5}, kw{"dtype": dtype.Float32}, "float32 (3, 4)"}},
}

var pickingSamples = map[op.Name][]sample{
	op.Slice: {
		{[]Arg{field, []Arg{[]Arg{2, 0, 2, -1}}}, nil, "float64 (4, 4)"},
		{[]Arg{field, []Arg{[]Arg{2, 0}, []Arg{1, 3}}}, nil, "float64 (2,)"},
		{[]Arg{cube, []Arg{[]Arg{[]Arg{1, 0}, []Arg{0, 0}}, document.Slice{}, []Arg{3, 0}}}, nil, "float64 (2, 2, 3)"},
		{[]Arg{field, []Arg{document.Slice{}, mask}}, nil, "float64 (3, ?)"},
		{[]Arg{line, []Arg{mask}}, nil, "int16 (?,)"},
		{[]Arg{line, places}, nil, "int16 (3,)"},
	},
	op.Take: {
		{[]Arg{field, []Arg{3, 0, 3, -2}, "x"}, nil, "float64 (3, 4)"},
		{[]Arg{line, []Arg{3, 0}}, nil, "int16 (2,)"},
		{[]Arg{field, 5}, nil, "float64 ()"},
		{[]Arg{square, places, -1}, nil, "float64 (4, 3)"},
	},
	op.TakeAlongAxis: {{[]Arg{square, picked, 0}, nil, "float64 (1, 4)"}, {[]Arg{line, places}, nil, "int16 (3,)"}},
	op.Pad: {
		{[]Arg{field, 1}, nil, "float64 (5, 6)"},
		{[]Arg{field, []Arg{[]Arg{0, 1}, []Arg{9, 0}}}, kw{"mode": "wrap"}, "float64 (4, 13)"},
		{[]Arg{line, []Arg{2, 1}}, kw{"constant_values": -7}, "int16 (7,)"},
		{[]Arg{narrow, 2}, kw{"mode": "reflect"}, "float32 (8,)"},
		{[]Arg{narrow, 2}, kw{"mode": "symmetric"}, "float32 (8,)"},
		{[]Arg{mask, 2}, kw{"mode": "edge"}, "bool (8,)"},
	},
	op.Oindex: {
		{[]Arg{field, []Arg{[]Arg{2, 0}, []Arg{1, 3, 3}}}, nil, "float64 (2, 3)"},
		{[]Arg{cube, []Arg{1, []Arg{true, false, true}, document.Slice{Start: at(2)}}}, nil, "float64 (2, 2)"},
		{[]Arg{cube, []Arg{[]Arg{0}, document.Ellipsis{}, places}}, nil, "float64 (1, 3, 3)"},
		{[]Arg{square, []Arg{mask, places}}, nil, "float64 (?, 3)"},
		{[]Arg{field, "1:, -1"}, nil, "float64 (2,)"},
	},
	op.SetItem: {
		{[]Arg{field, []Arg{1}, 7}, nil, "float64 (3, 4)"},
		{[]Arg{field, []Arg{document.Slice{}, document.Slice{Step: at(2)}}, column}, nil, "float64 (3, 4)"},
		{[]Arg{field, []Arg{[]Arg{2, 0}, []Arg{3, 1}}, 1.5}, nil, "float64 (3, 4)"},
		{[]Arg{line, []Arg{mask}, 9}, nil, "int16 (4,)"},
	},
	op.Compress:       {{[]Arg{mask, field, "x"}, nil, "float64 (3, ?)"}, {[]Arg{mask, line}, nil, "int16 (?,)"}},
	op.Extract:        {{[]Arg{field, field}, nil, "float64 (?,)"}, {[]Arg{mask, line}, nil, "int16 (?,)"}},
	op.Nonzero:        {{[]Arg{cube}, nil, "int64 (?,)"}},
	op.Flatnonzero:    {{[]Arg{field}, nil, "int64 (?,)"}},
	op.Argwhere:       {{[]Arg{field}, nil, "int64 (?, 2)"}},
	op.CumulativeSum:  {{[]Arg{field, 0}, nil, "float64 (3, 4)"}, {[]Arg{line}, kw{"include_initial": true}, "int64 (5,)"}, {[]Arg{narrow}, kw{"dtype": dtype.Float64}, "float64 (4,)"}},
	op.Cumsum:         {{[]Arg{field}, nil, "float64 (12,)"}, {[]Arg{mask, 0}, nil, "int64 (4,)"}},
	op.Cumprod:        {{[]Arg{field}, nil, "float64 (12,)"}},
	op.CumulativeProd: {{[]Arg{field, "x"}, nil, "float64 (3, 4)"}, {[]Arg{mask}, nil, "int64 (4,)"}},
	op.Nancumsum:      {{[]Arg{gaps}, nil, "float32 (5,)"}},
	op.Nancumprod:     {{[]Arg{gaps}, nil, "float32 (5,)"}},
	op.Topk:           {{[]Arg{field, 2}, nil, "float64 (3, 2)"}, {[]Arg{cube, -1, 0}, nil, "float64 (1, 3, 4)"}},
	op.Argtopk:        {{[]Arg{field, 2}, nil, "int64 (3, 2)"}, {[]Arg{line, -3}, nil, "int64 (3,)"}},
	op.Searchsorted: {
		{[]Arg{array.Arange[float64](0, 3, 0.5, array.Chunks(2)), field}, nil, "int64 (3, 4)"},
		{[]Arg{array.Arange[int16](0, 9, 2, array.Chunks(2)), line}, kw{"side": "right"}, "int64 (4,)"},
	},
	op.SlidingWindowView: {{[]Arg{field, []Arg{2, 3}}, nil, "float64 (2, 2, 2, 3)"}, {[]Arg{cube, 2}, kw{"axis": -1}, "float64 (2, 3, 3, 2)"}},
	op.Coarsen:           {{[]Arg{square, "mean", []Arg{2, 2}}, nil, "float64 (2, 2)"}, {[]Arg{field, "max", []Arg{2, 1}, true}, nil, "float64 (1, 4)"}},
	op.Ptp:               {{[]Arg{field}, kw{"axis": 0}, "float64 (4,)"}},
	op.Average:           {{[]Arg{field}, nil, "float64 ()"}, {[]Arg{field}, kw{"axis": "x", "weights": narrow}, "float64 (3,)"}},
	op.Moment:            {{[]Arg{field, 3}, kw{"axis": 1}, "float64 (3,)"}},
	op.Allclose:          {{[]Arg{field, field}, kw{"rtol": 0, "equal_nan": true}, "bool ()"}},
	op.ArrayEqual:        {{[]Arg{field, square}, nil, "bool ()"}, {[]Arg{field, field}, nil, "bool ()"}},
}

var productSamples = map[op.Name][]sample{
	op.Matmul:     {{[]Arg{field, square}, nil, "float64 (3, 4)"}, {[]Arg{cube, line}, nil, "float64 (2, 3)"}, {[]Arg{line, line}, nil, "int16 ()"}},
	op.Dot:        {{[]Arg{field, square}, nil, "float64 (3, 4)"}},
	op.Inner:      {{[]Arg{field, square}, nil, "float64 (3, 4)"}},
	op.Vdot:       {{[]Arg{imaginary, places}, nil, "complex128 ()"}},
	op.Outer:      {{[]Arg{line, narrow}, nil, "float32 (4, 4)"}},
	op.Vecdot:     {{[]Arg{field, line}, nil, "float64 (3,)"}, {[]Arg{square, square, 0}, nil, "float64 (4,)"}},
	op.Tensordot:  {{[]Arg{square, square}, nil, "float64 ()"}, {[]Arg{field, square, 1}, nil, "float64 (3, 4)"}, {[]Arg{cube, square, []Arg{[]Arg{2}, []Arg{0}}}, nil, "float64 (2, 3, 4)"}},
	op.Einsum:     {{[]Arg{"ij,jk->k", []Arg{field, square}}, nil, "float64 (4,)"}, {[]Arg{"ii->i", square}, nil, "float64 (4,)"}, {[]Arg{"...j,j", []Arg{cube, narrow}}, nil, "float64 (2, 3)"}},
	op.VectorNorm: {{[]Arg{field}, nil, "float64 ()"}, {[]Arg{field, 3.5}, kw{"axis": 0, "keepdims": true}, "float64 (1, 4)"}},
	op.MatrixNorm: {{[]Arg{cube}, nil, "float64 (2,)"}, {[]Arg{cube, 1}, nil, "float64 (2,)"}},
	op.Norm:       {{[]Arg{line}, nil, "float64 ()"}, {[]Arg{square, math.Inf(1)}, nil, "float64 ()"}},
}

var randomSamples = map[op.Name][]sample{
	op.RandomUniform: {
		{[]Arg{[]Arg{4, 5}, 7}, kw{"low": -1, "high": 2.5, "chunks": []Arg{3, -1}}, "float64 (4, 5)"},
		{[]Arg{4, uint64(1 << 63)}, kw{"dtype": dtype.Float32, "stream": 3}, "float32 (4,)"},
	},
	op.RandomNormal:      {{[]Arg{[]Arg{4, 5}, 7}, kw{"scale": 3, "dtype": dtype.Float32}, "float32 (4, 5)"}},
	op.RandomExponential: {{[]Arg{5, 1, 2.5}, nil, "float64 (5,)"}},
	op.RandomGamma:       {{[]Arg{5, 1, 2.5}, kw{"scale": 2}, "float64 (5,)"}},
	op.RandomBeta:        {{[]Arg{5, 1, 2, 0.5}, nil, "float64 (5,)"}},
	op.RandomIntegers: {
		{[]Arg{5, 1, -3, 12}, nil, "int64 (5,)"},
		{[]Arg{5, 1, 0, uint64(math.MaxUint64)}, kw{"dtype": dtype.Uint64, "endpoint": true}, "uint64 (5,)"},
	},
	op.RandomBinomial: {{[]Arg{5, 1, 10, 0.25}, nil, "int64 (5,)"}},
	op.RandomPoisson:  {{[]Arg{5, 1, 4.5}, nil, "int64 (5,)"}},
	op.RandomChoice: {
		{[]Arg{5, 1, 10}, kw{"replace": false}, "int64 (5,)"},
		{[]Arg{[]Arg{2, 3}, 1, line}, nil, "int16 (2, 3)"},
		{[]Arg{5, 1, 3}, kw{"p": []Arg{0.5, 0.25, 0.25}}, "int64 (5,)"},
	},
	op.RandomPermutation: {{[]Arg{10, 1}, kw{"stream": 2, "chunks": 3}, "int64 (10,)"}, {[]Arg{field, 1}, nil, "float64 (3, 4)"}, {[]Arg{field, 1}, kw{"axis": "x"}, "float64 (3, 4)"}},
}
