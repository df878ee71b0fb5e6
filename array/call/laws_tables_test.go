package call

import (
	"context"
	"math"
	"slices"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph/document"
	"gabion/internal/op"
)

var madeRecipes = map[op.Name][]recipe{
	op.Full:  {{args: func(in *inputs) []Arg { return []Arg{args(in.shape...), 1, in.d, in.chunks(in.shape...)} }}},
	op.Zeros: {{args: filled}},
	op.Ones:  {{args: filled}},
	op.Empty: {{args: filled}},
	op.Arange: {{args: func(in *inputs) []Arg {
		n := in.length(0)
		return []Arg{1, 1 + 3*n, 3, in.d, in.chunks(n)}
	}}},
	op.Linspace: {{args: func(in *inputs) []Arg { return []Arg{-1, 2.5, in.length(0), in.d} }}},
	op.Tri:      {{args: func(in *inputs) []Arg { return []Arg{in.length(0), in.length(1), 1, in.d} }}},
	op.Eye:      {{args: func(in *inputs) []Arg { return []Arg{in.length(0), in.length(1), -1, in.d} }}},
	op.Identity: {{args: func(in *inputs) []Arg { return []Arg{in.length(0), in.d} }}},
	op.Indices:  {{args: func(in *inputs) []Arg { return []Arg{args(in.shape...), in.d} }}},

	op.RandomUniform:     {drawn(-1.0, 2.5)},
	op.RandomNormal:      {drawn(1.0, 3.0)},
	op.RandomExponential: {drawn(2.5)},
	op.RandomGamma:       {drawn(2.5, 2.0)},
	op.RandomBeta:        {drawn(2.0, 0.5)},
	op.RandomIntegers: {
		drawn(0, 1, true),
		{args: func(in *inputs) []Arg {
			return []Arg{args(in.shape...), 7, -3, 99, false, nil, nil, in.chunks(in.shape...)}
		}},
	},
	op.RandomBinomial: {drawn(10, 0.25)},
	op.RandomPoisson:  {drawn(4.5)},
	op.RandomChoice: {
		drawn(9, true, []Arg{0.25, 0.125, 0.125, 0.25, 0.0, 0.0, 0.0, 0.125, 0.125}),
		{args: func(in *inputs) []Arg {
			return []Arg{args(in.shape...), 7, max(1, in.length(0)*in.length(1)), false, nil, nil, in.d, in.chunks(in.shape...)}
		}},
		{args: func(in *inputs) []Arg { return []Arg{in.length(1), 7, in.along(0)} }},
	},
	op.RandomPermutation: {
		{args: func(in *inputs) []Arg { return []Arg{in.length(0), 7, 2, in.chunks(in.length(0))} }},
		{args: with(7)}, {args: with(7), kw: kw{"axis": -1}},
	},
}

func filled(in *inputs) []Arg { return []Arg{args(in.shape...), in.d, in.chunks(in.shape...)} }

var shapingRecipes = map[op.Name][]recipe{
	op.Transpose: {{args: one}},
	op.BroadcastTo: {
		{args: func(in *inputs) []Arg { return []Arg{in.x(), args(append([]int{3}, in.shape...)...)} }},
		{args: func(in *inputs) []Arg { return []Arg{in.of(in.d, in.length(0), 1), args(in.length(0), in.length(1))} }},
	},
	op.ExpandDims: {{args: with([]Arg{0, -1})}},
	op.Squeeze:    {{args: func(in *inputs) []Arg { return []Arg{in.of(in.d, append([]int{1}, in.shape...)...), 0} }}},
	op.Reshape:    {{args: with(-1)}, {args: func(in *inputs) []Arg { return []Arg{in.x(), args(in.length(1), 1, in.length(0))} }}},
	op.Ravel:      {{args: one}},
	op.Concat:     {{args: listed}, {args: listed, kw: kw{"axis": -1}}, {args: listed, kw: kw{"axis": nil}}},
	op.Rechunk: {{args: func(in *inputs) []Arg {
		return []Arg{in.x(), args(slices.Repeat([]int{in.length(0)/3 + 1}, len(in.shape))...)}
	}}, {args: with("auto")}, {args: func(in *inputs) []Arg { return []Arg{in.x(), in.chunks(in.shape...)} }}},
	op.Flip:            {{args: one}, {args: with(-1)}},
	op.Fliplr:          {{args: one}},
	op.Flipud:          {{args: one}},
	op.Rot90:           {{args: one}, {args: with(2)}},
	op.Roll:            {{args: with(5)}, {args: with([]Arg{1, -2}, []Arg{0, -1})}},
	op.Moveaxis:        {{args: with(0, -1)}},
	op.Swapaxes:        {{args: with(0, 1)}},
	op.MatrixTranspose: {{args: one}},
	op.AtLeast1D:       {{args: one}},
	op.AtLeast2D:       {{args: one}},
	op.AtLeast3D:       {{args: one}},
	op.Stack:           {{args: listed}, {args: listed, kw: kw{"axis": -1}}},
	op.Vstack:          {{args: listed}},
	op.Hstack:          {{args: listed}},
	op.Dstack:          {{args: listed}},
	op.Block:           {{args: func(in *inputs) []Arg { return []Arg{[]Arg{[]Arg{in.x(), in.x()}, []Arg{in.x(), in.x()}}} }}},
	op.Split:           {{args: with([]Arg{1, 4})}, {args: with(1, -1)}},
	op.ArraySplit:      {{args: with(3)}},
	op.Unstack:         {{args: one, short: true}, {args: with(-1)}},
	op.BroadcastArrays: {{args: func(in *inputs) []Arg { return []Arg{operands(in, 3)} }}},
	op.Tile:            {{args: with([]Arg{2, 1})}},
	op.Repeat: {
		{args: with(2)}, {args: with(3, 0)},
		{args: func(in *inputs) []Arg {
			counts := []Arg{}
			for i := range in.length(0) {
				counts = append(counts, (i+1)%3)
			}
			return []Arg{in.x(), counts, 0}
		}, short: true},
	},
	op.Diag:           {{args: func(in *inputs) []Arg { return []Arg{in.along(0), 1} }}, {args: with(-1)}},
	op.Diagonal:       {{args: one}, {args: with(1, 1, 0)}},
	op.LinalgDiagonal: {{args: with(-1)}},
	op.Tril:           {{args: with(-1)}},
	op.Triu:           {{args: with(1)}},
	op.Meshgrid:       {{args: func(in *inputs) []Arg { return []Arg{vectors(in)} }}, {args: func(in *inputs) []Arg { return []Arg{vectors(in)} }, kw: kw{"sparse": true}}},
	op.ZerosLike:      {{args: one}},
	op.OnesLike:       {{args: one}},
	op.FullLike:       {{args: with(1)}},
	op.Astype:         {{args: with(dtype.Float64)}, {args: with(dtype.Int8)}, {args: with(dtype.Complex64)}, {args: with(dtype.Bool)}},
	op.NanToNum:       {{args: one}, {args: with(1, 2, 0)}},
	op.Isclose:        {{args: two, kw: kw{"rtol": 0.5, "equal_nan": true}}},
	op.Divmod:         {{args: two}},
	op.Pow:            {{args: func(in *inputs) []Arg { return []Arg{in.x(), in.positive(in.shape...)} }}},
}

var pickingRecipes = map[op.Name][]recipe{
	op.Slice: {
		{args: with("..., ::-2")},
		{args: with([]Arg{document.Slice{Start: at(1)}, nil, -1})},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), []Arg{document.Slice{}, some(in.length(1))}} }},
		{args: func(in *inputs) []Arg {
			return []Arg{in.x(), []Arg{some(min(in.length(0), in.length(1))), some(min(in.length(0), in.length(1)))}}
		}},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), in.rows(3)} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), []Arg{document.Slice{}, in.of(dtype.Bool, in.length(1))}} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), in.of(dtype.Bool, in.shape...)} }},
	},
	op.Oindex: {
		{args: func(in *inputs) []Arg { return []Arg{in.x(), []Arg{some(in.length(0)), some(in.length(1))}} }},
		{args: func(in *inputs) []Arg {
			return []Arg{in.x(), []Arg{in.of(dtype.Bool, in.length(0)), some(in.length(1))}}
		}},
	},
	op.Take: {
		{args: func(in *inputs) []Arg { return []Arg{in.x(), some(in.length(0)), 0} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), some(in.length(1)), -1} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), in.rows(2, 4), 0} }},
	},
	op.TakeAlongAxis: {
		{args: func(in *inputs) []Arg { return []Arg{in.x(), in.rows(in.length(0), in.length(1)), 0} }},
	},
	op.Pad: {
		{args: with(2)}, {args: with([]Arg{[]Arg{1, 0}, []Arg{0, 12}}), kw: kw{"mode": "wrap"}},
		{args: with(3), kw: kw{"mode": "reflect"}}, {args: with(3), kw: kw{"mode": "symmetric"}}, {args: with(2), kw: kw{"mode": "edge"}},
		{args: with(1), kw: kw{"constant_values": true}},
	},
	op.SetItem: {
		{args: func(in *inputs) []Arg { return []Arg{in.x(), "1:, ::2", in.of(in.d, 1)} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), []Arg{some(in.length(0))}, 1} }},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), in.of(dtype.Bool, in.shape...), 1} }},
		{args: func(in *inputs) []Arg { // a value for each of the first two
			n := in.length(1)
			first := array.Arange[int64](0, int64(n), 1, array.Chunks(3)).Lt(array.Const(2))
			return []Arg{in.x(), []Arg{document.Slice{}, first}, in.of(in.d, in.length(0), min(2, n))}
		}},
	},
	op.Compress: {
		{args: func(in *inputs) []Arg { return []Arg{in.of(dtype.Bool, in.length(0)), in.x(), 0} }},
		{args: func(in *inputs) []Arg { return []Arg{in.of(dtype.Bool, in.length(1)), in.x(), -1} }},
	},
	op.Extract:     {{args: func(in *inputs) []Arg { return []Arg{in.of(dtype.Bool, in.shape...), in.x()} }}},
	op.Nonzero:     {{args: one}},
	op.Flatnonzero: {{args: one}},
	op.Argwhere:    {{args: one}},
}

// rows are indices along the first axis, in an array of a shape.
func (in *inputs) rows(shape ...int) array.Array {
	if in.length(0) == 0 {
		return in.of(dtype.Int64, 0)
	}
	return in.places(in.length(0), shape...)
}

var alongRecipes = map[op.Name][]recipe{
	op.CumulativeSum:  {{args: with(0), rounds: true}, {args: with(-1), kw: kw{"include_initial": true}, rounds: true}},
	op.CumulativeProd: {{args: with(-1), rounds: true}},
	op.Cumsum:         {{args: one, rounds: true}},
	op.Cumprod:        {{args: one, rounds: true}, {args: with(0), rounds: true}},
	op.Nancumsum:      {{args: with(-1), rounds: true}},
	op.Nancumprod:     {{args: with(0), rounds: true}},
	op.Topk:           {{args: with(1, 0)}, {args: with(-2)}},
	op.Argtopk:        {{args: with(1, 0)}, {args: with(-2)}},
	op.Searchsorted: {
		{args: func(in *inputs) []Arg { return []Arg{in.sorted(in.length(0)), in.x()} }},
		{args: func(in *inputs) []Arg { return []Arg{in.sorted(in.length(1)), in.x(), "right"} }},
	},
	op.SlidingWindowView: {{args: with(2, -1)}, {args: func(in *inputs) []Arg {
		return []Arg{in.x(), args(max(1, min(2, in.length(0))), max(1, min(3, in.length(1))))}
	}}},
	op.Diff:        {{args: one}, {args: with(0, 2)}},
	op.Trace:       {{args: with(1), rounds: true}},
	op.LinalgTrace: {{args: one, rounds: true}},
	op.Coarsen:     {{args: with("mean", []Arg{2, 2}, true), rounds: true}, {args: with("max", []Arg{1, 3}, true)}},
	op.Ptp:         {{args: one}, {args: one, kw: kw{"axis": 0}}},
	op.Average: {
		{args: one, rounds: true},
		{args: func(in *inputs) []Arg { return []Arg{in.x(), -1, in.positive(in.shape...)} }, rounds: true},
	},
	op.Moment:     {{args: with(3), kw: kw{"axis": -1}, rounds: true}},
	op.Allclose:   {{args: two}, {args: twice, kw: kw{"equal_nan": true}}},
	op.ArrayEqual: {{args: two}, {args: twice, kw: kw{"equal_nan": true}}},
}

// twice is one array that meets itself.
func twice(in *inputs) []Arg { x := in.x(); return []Arg{x, x} }

var productRecipes = map[op.Name][]recipe{
	op.Matmul: {{args: facing, rounds: true}, {args: func(in *inputs) []Arg { return []Arg{in.x(), in.along(1)} }, rounds: true}},
	op.Dot:    {{args: facing, rounds: true}},
	op.Inner:  {{args: two, rounds: true}},
	op.Vdot:   {{args: two, rounds: true}},
	op.Outer:  {{args: vectors, rounds: true}},
	op.Vecdot: {{args: two, rounds: true}, {args: two, kw: kw{"axis": 0}, rounds: true}},
	op.Tensordot: {
		{args: two, rounds: true},
		{args: func(in *inputs) []Arg { return append(facing(in), 1) }, rounds: true},
		{args: func(in *inputs) []Arg { return append(two(in), []Arg{[]Arg{0}, []Arg{0}}) }, rounds: true},
	},
	op.Einsum: {
		{args: func(in *inputs) []Arg { return []Arg{"ij,kj->ik", two(in)} }, rounds: true},
		{args: func(in *inputs) []Arg { return []Arg{"ij->j", one(in)} }, rounds: true},
	},
	op.VectorNorm: {{args: one, rounds: true}, {args: with(3.5), kw: kw{"axis": 0, "keepdims": true}, rounds: true}},
	op.MatrixNorm: {{args: one, rounds: true}, {args: with(1), rounds: true}},
	op.Norm:       {{args: with(math.Inf(1)), rounds: true}, {args: with(2), kw: kw{"axis": -1}, rounds: true}},
}

var goRecipes = map[op.Name][]recipe{
	op.MapBlock: {{args: with("double")}},
	op.TreeReduce: {{rounds: true, inGo: func(in *inputs) array.Array {
		return array.TreeReduce(array.Tree[float64, float64, float64]{
			Chunk: func(_ context.Context, info array.TreeInfo, partial, block []float64) error {
				for i, v := range block {
					partial[i*info.Cells/len(block)] += v
				}
				return nil
			},
			Combine: func(left, right []float64) error {
				for i, v := range right {
					left[i] += v
				}
				return nil
			},
			Finish: func(dst, partial []float64, _ int64) error {
				copy(dst, partial)
				return nil
			},
		}, in.x(), array.Axes(0))
	}}},
	op.FromFunc: {{inGo: func(in *inputs) array.Array {
		return array.FromFunc(in.shape, func(at []int) (sum float64) {
			for axis, i := range at {
				sum += float64(i) / float64(axis+1)
			}
			return sum
		}, array.ChunkSizes(in.lengths(in.shape)...))
	}}},
	op.MapOverlap: {{inGo: func(in *inputs) array.Array {
		return array.MapOverlap(func(_ context.Context, info array.BlockInfo, dst, src []float64) error {
			if len(info.Region.Shape) == 0 || len(dst) == 0 {
				copy(dst, src)
				return nil
			}
			row := len(dst) / info.Region.Shape[0]
			for i := range dst {
				dst[i] = src[i] - src[i+2*row] + src[i+3*row]
			}
			return nil
		}, in.x(), append([][2]int{{2, 1}}, make([][2]int, max(0, len(in.shape)-1))...), array.Boundary(array.PadWrap))
	}}},
	op.ApplyGufunc: {{inGo: func(in *inputs) array.Array {
		return array.ApplyGufunc("(i),(i)->()", func(_ context.Context, dst []float64, src [][]float64) error {
			dst[0] = 0
			for i, v := range src[0] {
				dst[0] += v * src[1][i]
			}
			return nil
		}, []array.Array{in.x(), in.along(max(0, len(in.shape)-1))}, nil)
	}}},
}
