package schedulertest

import (
	"context"
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

type (
	shape = block.Shape
	ref   = graph.Ref
)

// one is a program with one result.
func one(name string, build func(b *Builder) ref) Program {
	return Program{name, func(b *Builder) []ref { return []ref{build(b)} }}
}

// Programs are the programs of the suite: every class of operations, and the
// ways in which they meet.
func Programs() []Program {
	programs := append(elementwise(), reductions()...)
	programs = append(programs, views()...)
	programs = append(programs, diagonals()...)
	programs = append(programs, layouts()...)
	programs = append(programs, products()...)
	return append(programs, shared()...)
}

func elementwise() []Program {
	programs := []Program{
		one("copy of a source", func(b *Builder) ref { return b.Floats(shape{7, 9}, "3,4") }),
		one("number without axes", func(b *Builder) ref { return b.Do(op.Add, b.Floats(shape{}, ""), b.Number(2.5)) }),
		one("chain", func(b *Builder) ref {
			x := b.Floats(shape{30, 50}, "7,11")
			return b.Do(op.Sqrt, b.Do(op.Abs, b.Do(op.Subtract, b.Do(op.Multiply, x, x), b.Number(3))))
		}),
		one("blocks longer than a piece", func(b *Builder) ref {
			x := b.Floats(shape{3, 5000}, "2,4999")
			return b.Do(op.Add, x, b.Do(op.Negative, b.Do(op.Exp, x)))
		}),
		one("union of boundaries", func(b *Builder) ref {
			return b.Do(op.Add, b.Floats(shape{12, 12}, "5,3+3+6"), b.Floats(shape{12, 12}, "4,12"))
		}),
		one("broadcast rows and columns", func(b *Builder) ref {
			return b.Do(op.Multiply, b.Floats(shape{1, 9}, "1,2"), b.Floats(shape{8, 1}, "3,1"))
		}),
		one("broadcast into more axes", func(b *Builder) ref {
			return b.Do(op.Subtract, b.Floats(shape{3, 4, 5}, "2,2,2"), b.Floats(shape{5}, "3"))
		}),
		one("where", func(b *Builder) ref {
			x, y := b.Floats(shape{20, 6}, "6,4"), b.Floats(shape{6}, "6")
			return b.Do(op.Where, b.Do(op.Less, x, y), x, b.Number(0))
		}),
		one("mixed types", func(b *Builder) ref {
			x, y := b.Read(dtype.Int16, shape{40}, "9"), b.Read(dtype.Float32, shape{40}, "16")
			return b.Do(op.Divide, b.Do(op.Add, x, y), b.Read(dtype.Uint8, shape{40}, "40"))
		}),
		one("logic", func(b *Builder) ref {
			x := b.Floats(shape{50}, "8")
			return b.Do(op.LogicalOr, b.Do(op.LogicalNot, b.Do(op.Isnan, x)), b.Do(op.LogicalAnd, x, b.Number(1)))
		}),
		one("made inputs", func(b *Builder) ref {
			g := Grid(shape{6, 10}, "4,3")
			u := b.ref(graph.Random(here, op.RandomUniform, dtype.Float64, g, graph.RandomAttrs{Seed: 7, A: -1, B: 1}))
			n := b.ref(graph.Random(here, op.RandomNormal, dtype.Float32, Grid(shape{6, 10}, "6,4"), graph.RandomAttrs{Seed: 8, B: 2}))
			a := b.ref(graph.Arange(here, dtype.Float64, Grid(shape{10}, "4"), graph.ArangeAttrs{Start: 0.5, Step: -0.25}))
			return b.Do(op.Add, b.Do(op.Add, u, n), b.Do(op.Multiply, a, b.Full(3.0, shape{6, 1}, "2,1")))
		}),
		one("random numbers", func(b *Builder) ref {
			draw := func(name op.Name, d dtype.DType, attrs graph.RandomAttrs) ref {
				attrs.Seed = 9
				return b.ref(graph.Random(here, name, d, Grid(shape{6, 10}, "4,3"), attrs))
			}
			return b.Do(op.Add, b.Do(op.Add,
				b.Do(op.Multiply, draw(op.RandomGamma, dtype.Float32, graph.RandomAttrs{A: 0.7, B: 2}), draw(op.RandomBeta, dtype.Float64, graph.RandomAttrs{A: 2, B: 3})),
				b.Do(op.Multiply, draw(op.RandomBinomial, dtype.Int64, graph.RandomAttrs{Stream: 1, N: 9, A: 0.5}), draw(op.RandomPoisson, dtype.Int64, graph.RandomAttrs{A: 1e6}))),
				b.Do(op.Subtract, draw(op.RandomIntegers, dtype.Int8, graph.RandomAttrs{Low: -3, Span: 9}), draw(op.RandomExponential, dtype.Float32, graph.RandomAttrs{A: 2})))
		}),
		one("random indices", func(b *Builder) ref {
			p := b.ref(graph.Random(here, op.RandomPermutation, dtype.Int64, Grid(shape{40}, "9"), graph.RandomAttrs{Seed: 9, N: 40}))
			c := b.ref(graph.Random(here, op.RandomChoice, dtype.Int64, Grid(shape{3, 10}, "2,5"), graph.RandomAttrs{Seed: 9, N: 1e6, Distinct: true}))
			w := b.ref(graph.Random(here, op.RandomChoice, dtype.Int64, Grid(shape{10}, "4"), graph.RandomAttrs{Seed: 9, N: 3, P: []float64{0.5, 0.25, 0.25}}))
			return b.Do(op.Add, b.Do(op.Add, b.Slice(b.Reversed(p), Take(5, 3, 10)), c), w)
		}),
		one("views of made inputs", func(b *Builder) ref {
			u := b.ref(graph.Random(here, op.RandomUniform, dtype.Float64, Grid(shape{7, 8}, "3,5"), graph.RandomAttrs{Seed: 7, B: 1}))
			a := b.ref(graph.Arange(here, dtype.Int32, Grid(shape{8}, "3"), graph.ArangeAttrs{IntStart: -3, IntStep: 7}))
			return b.Do(op.Add, b.Transpose(b.Reversed(u)), b.Slice(b.Reversed(a), Take(0, 1, 8), NewAxis))
		}),
		one("zero-length axes", func(b *Builder) ref {
			return b.Do(op.Add, b.Floats(shape{4, 0, 3}, "2,,2"), b.Floats(shape{3}, "1"))
		}),
		one("many tiny blocks", func(b *Builder) ref {
			x := b.Floats(shape{40, 40}, "1,2")
			return b.Do(op.Maximum, x, b.Do(op.Cos, x))
		}),
		one("deep chain", func(b *Builder) ref {
			x := b.Floats(shape{64}, "20")
			for i := range 60 {
				x = b.Do([]op.Name{op.Add, op.Subtract, op.Minimum}[i%3], b.Do(op.Sin, x), b.Number(i))
			}
			return x
		}),
		one("integers", func(b *Builder) ref {
			x, y := b.Read(dtype.Int32, shape{9, 9}, "4,4"), b.Read(dtype.Int32, shape{9}, "5")
			return b.Do(op.Add, b.Do(op.FloorDivide, x, y), b.Do(op.Remainder, y, x))
		}),
	}
	for _, d := range dtype.All() {
		programs = append(programs, one("types: "+d.String(), func(b *Builder) ref {
			x, y := b.Read(d, shape{11, 13}, "4,5"), b.Read(d, shape{13}, "7")
			return b.Cast(b.Do(op.Multiply, b.Do(op.Add, x, y), x), dtype.Complex128)
		}))
	}
	return programs
}

// half is every other index along the first axis.
func (b *Builder) half(r ref) ref { return b.Slice(r, Take(0, 2, (r.Shape()[0]+1)/2)) }

func reductions() []Program {
	var programs []Program
	for _, axes := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}} {
		for i, chunks := range []string{"3,4,5", "7,2,40", "2+5+1,9,1"} {
			programs = append(programs, Program{fmt.Sprintf("reduce %v in blocks %s", axes, chunks), func(b *Builder) []ref {
				x := b.Read([]dtype.DType{dtype.Float64, dtype.Float32, dtype.Int16}[i], shape{8, 9, 40}, chunks)
				var out []ref
				for k, row := range op.Reductions() {
					switch {
					case row.Positions && len(axes) == 2:
					case k%2 == 0:
						out = append(out, b.Reduce(row.Name, x, axes...))
					default:
						out = append(out, b.ReduceKeeping(row.Name, x, axes...))
					}
				}
				return out
			}})
		}
	}
	for _, d := range dtype.All() {
		programs = append(programs, Program{"reduce " + d.String(), func(b *Builder) []ref {
			x := b.Read(d, shape{70, 90}, "16,31")
			var out []ref
			for k, row := range op.Reductions() {
				out = append(out, b.Reduce(row.Name, x, [][]int{{1}, {0}, nil}[k%3]...))
			}
			return out
		}})
	}
	return append(programs,
		one("reduce a chain", func(b *Builder) ref {
			x := b.Floats(shape{100, 40}, "13,9")
			return b.Reduce(op.Mean, b.Do(op.Multiply, x, b.Do(op.Sin, x)), 0)
		}),
		one("reduce long rows", func(b *Builder) ref { return b.Reduce(op.Sum, b.Floats(shape{3, 9000}, "2,5000"), 1) }),
		one("reduce tall columns", func(b *Builder) ref { return b.Reduce(op.Var, b.Floats(shape{3000, 5}, "700,5"), 0) }),
		one("reduce wide rows over few", func(b *Builder) ref { return b.Reduce(op.Std, b.Floats(shape{5, 6000}, "2,6000"), 0) }),
		one("reduce the middle of four axes", func(b *Builder) ref {
			return b.Reduce(op.Sum, b.Read(dtype.Float32, shape{5, 6, 7, 8}, "2,4,3,5"), 1, 2)
		}),
		one("reduce outer and inner of five axes", func(b *Builder) ref {
			return b.ReduceKeeping(op.Mean, b.Floats(shape{3, 4, 2, 5, 3}, "2,3,1,2,2"), 0, 2, 4)
		}),
		one("reduce a broadcast", func(b *Builder) ref {
			return b.Reduce(op.Sum, b.Do(op.Add, b.Floats(shape{30, 1}, "8,1"), b.Floats(shape{20}, "6")), 0)
		}),
		one("reduce a transpose", func(b *Builder) ref { return b.Reduce(op.Mean, b.Transpose(b.Floats(shape{30, 50}, "7,9")), 0) }),
		one("reduce a reduction", func(b *Builder) ref {
			x := b.Floats(shape{9, 10, 11}, "4,3,5")
			return b.Reduce(op.Max, b.Reduce(op.Sum, x, 2), 0)
		}),
		one("reduce no elements", func(b *Builder) ref { return b.Reduce(op.Sum, b.Floats(shape{0, 5}, ",2"), 0) }),
		one("reduce to no elements", func(b *Builder) ref { return b.Reduce(op.Mean, b.Floats(shape{6, 0}, "4,"), 0) }),
		one("reduce a number", func(b *Builder) ref { return b.Reduce(op.Sum, b.Floats(shape{}, "")) }),
		one("reduce many tiny blocks", func(b *Builder) ref { return b.Reduce(op.Mean, b.Floats(shape{1000}, "1")) }),
		one("reduce made inputs", func(b *Builder) ref {
			u := b.ref(graph.Random(here, op.RandomNormal, dtype.Float64, Grid(shape{50, 60}, "13,20"), graph.RandomAttrs{Seed: 3, B: 1}))
			return b.Reduce(op.Var, u, 1)
		}),
	)
}

func views() []Program {
	return []Program{
		one("reversed", func(b *Builder) ref { return b.Reversed(b.Floats(shape{17, 23}, "5,6")) }),
		one("steps", func(b *Builder) ref {
			return b.Slice(b.Floats(shape{40, 40}, "7,7"), Take(3, 5, 7), Take(38, -3, 12))
		}),
		one("steps longer than blocks", func(b *Builder) ref { return b.Slice(b.Floats(shape{60}, "2"), Take(1, 7, 8)) }),
		one("single indices and new axes", func(b *Builder) ref {
			return b.Slice(b.Floats(shape{5, 6, 7}, "2,2,2"), At(3), NewAxis, Take(0, 1, 6), At(6), NewAxis)
		}),
		one("a computed number broadcast to no elements", func(b *Builder) ref {
			m := b.Reduce(op.Sum, b.Floats(shape{9}, "2"))
			return b.Do(op.Add, b.Broadcast(b.Do(op.Exp, m), 0, 3), b.Floats(shape{3}, "2"))
		}),
		one("nothing", func(b *Builder) ref { return b.Slice(b.Floats(shape{5, 6}, "2,2"), Take(0, 1, 0)) }),
		one("slice of an expression", func(b *Builder) ref {
			x := b.Floats(shape{40, 30}, "8,8")
			return b.Slice(b.Do(op.Subtract, x, b.Reduce(op.Mean, x, 0)), Take(10, 1, 9), Take(25, -2, 5))
		}),
		one("slices that overlap", func(b *Builder) ref {
			x := b.Floats(shape{50}, "6")
			return b.Do(op.Subtract, b.Slice(x, Take(1, 1, 49)), b.Slice(x, Take(0, 1, 49)))
		}),
		one("five-point stencil", func(b *Builder) ref {
			x := b.Floats(shape{20, 22}, "6,7")
			at := func(i, j int) ref { return b.Slice(x, Take(i, 1, 18), Take(j, 1, 20)) }
			return b.Do(op.Add, b.Do(op.Add, b.Do(op.Add, at(0, 1), at(2, 1)), b.Do(op.Add, at(1, 0), at(1, 2))), at(1, 1))
		}),
		one("transpose", func(b *Builder) ref { return b.Transpose(b.Floats(shape{9, 14}, "4,5")) }),
		one("transpose of three axes", func(b *Builder) ref { return b.Transpose(b.Floats(shape{5, 6, 7}, "2,3,4"), 2, 0, 1) }),
		one("x + x.T", func(b *Builder) ref {
			x := b.Floats(shape{31, 31}, "8,5")
			return b.Do(op.Add, x, b.Transpose(x))
		}),
		one("diagonal of views", func(b *Builder) ref {
			x := b.Floats(shape{12, 12}, "5,5")
			return b.Do(op.Multiply, b.Slice(b.Transpose(x), At(3)), b.Slice(x, Take(11, -1, 12), At(7)))
		}),
		one("broadcast to", func(b *Builder) ref { return b.Broadcast(b.Floats(shape{1, 7}, "1,3"), 4, 5, 7) }),
		one("expand and squeeze", func(b *Builder) ref {
			x := b.ref(graph.ExpandDims(here, b.Floats(shape{6, 7}, "4,4"), []int{0, 2}))
			return b.Do(op.Add, x, b.ref(graph.Squeeze(here, b.Slice(x, Take(0, 1, 1)), nil)))
		}),
	}
}

// edges is a function of whole blocks: an element, the block's first one, how
// many there are, and where the block lies.
func edges(_ context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
	to := dtype.Slice[float64](dst.DenseBytes())
	first := 0.0
	for _, start := range info.Region.Start {
		first = 10*first + float64(start)
	}
	for i := range to {
		to[i] = first
		for _, s := range src {
			from := dtype.Slice[float64](s.DenseBytes())
			if len(from) > 0 {
				to[i] += from[i%len(from)] + from[0] + float64(len(from))
			}
		}
	}
	return nil
}

func layouts() []Program {
	return []Program{
		one("reshape to one axis", func(b *Builder) ref { return b.Reshape(b.Floats(shape{12, 10}, "5,4"), 120) }),
		one("reshape apart", func(b *Builder) ref { return b.Reshape(b.Floats(shape{120, 3}, "50,2"), 8, 15, 3) }),
		one("reshape and reduce", func(b *Builder) ref {
			x := b.Reshape(b.Floats(shape{24, 30}, "24,7"), 4, 6, 30)
			return b.Reduce(op.Sum, b.Do(op.Multiply, x, x), 1)
		}),
		one("reshape of an expression", func(b *Builder) ref {
			x := b.Floats(shape{8, 9}, "3,9")
			return b.Do(op.Add, b.Reshape(b.Do(op.Sin, x), 72), b.Reshape(b.Transpose(x), 72))
		}),
		one("reshape of a view of fewer axes", func(b *Builder) ref {
			x := b.Slice(b.Do(op.Sin, b.Floats(shape{6, 4}, "4,3")), NewAxis, Take(0, 1, 6), NewAxis)
			return b.Reshape(x, 6, 4)
		}),
		one("concat of no elements", func(b *Builder) ref {
			x := b.Floats(shape{0, 4}, ",3")
			return b.Concat(0, x, x)
		}),
		one("reshape of no elements", func(b *Builder) ref { return b.Reshape(b.Floats(shape{0, 6}, ",4"), 3, 0) }),
		one("concat", func(b *Builder) ref {
			x, y := b.Floats(shape{7, 5}, "3,2"), b.Floats(shape{4, 5}, "4,3")
			return b.Concat(0, x, y, b.Reversed(x))
		}),
		one("concat along the last axis", func(b *Builder) ref {
			x := b.Floats(shape{6, 5}, "4,2")
			return b.Concat(1, b.Do(op.Sin, x), b.Slice(x, Take(0, 1, 6), Take(0, 1, 0)), b.Slice(x, Take(5, -1, 6)))
		}),
		one("reduce a concat", func(b *Builder) ref {
			x, y := b.Floats(shape{7, 6}, "3,4"), b.Read(dtype.Float32, shape{9, 6}, "2,6")
			return b.Reduce(op.Mean, b.Concat(0, x, y), 0)
		}),
		one("concat of made inputs", func(b *Builder) ref {
			return b.Concat(0, b.Full(1.5, shape{5, 2}, "2,2"), b.Floats(shape{3, 2}, "1,1"))
		}),
		one("rechunk", func(b *Builder) ref { return b.Rechunk(b.Floats(shape{30, 30}, "4,30"), "30,4") }),
		one("rechunk of an expression", func(b *Builder) ref {
			return b.Do(op.Add, b.Rechunk(b.Do(op.Exp, b.Floats(shape{30, 20}, "30,3")), "7,20"), b.Number(1))
		}),
		one("reduce a rechunk", func(b *Builder) ref {
			return b.Reduce(op.Sum, b.Rechunk(b.Floats(shape{40, 20}, "6,20"), "13,7"), 0)
		}),
		one("rechunk a reduction", func(b *Builder) ref {
			return b.Rechunk(b.Reduce(op.Mean, b.Floats(shape{20, 30, 10}, "6,7,5"), 2), "20,4")
		}),
		one("picked rows", func(b *Builder) ref {
			x := b.Floats(shape{20, 9}, "6,4")
			return b.Gather(x, "3,5", Picked(0, 3, 3, 19, 0, 7, 8, 9, 10, -1, -1, 2), graph.WholeAxis(x, 1))
		}),
		one("picked twice and transposed", func(b *Builder) ref {
			x := b.Do(op.Sqrt, b.Floats(shape{12, 10}, "5,3"))
			y := b.Gather(x, "4,2", Picked(1, 9, 1, 2, 3, 9, 0), Picked(0, 11, 10, 9, -1, 0, 5, 5))
			return b.Do(op.Add, b.Gather(y, "3,3", Picked(1, 6, 0, 1, 2), graph.WholeAxis(y, 0)), b.Number(1))
		}),
		one("picked points", func(b *Builder) ref {
			x := b.Floats(shape{9, 8, 7}, "2,3,7")
			points := graph.GatherAxis{From: []int{2, 0}, Maps: []block.IndexMap{
				block.MapOfList([]int{6, 5, 0, 1, 2, 3, 3}), block.MapOfList([]int{8, 8, 0, 1, -1, 3, 3})}}
			return b.Gather(x, "3,3", points, Picked(1, 0, 7, 7, 1))
		}),
		one("a wrapped view", func(b *Builder) ref {
			x := b.Slice(b.Transpose(b.Floats(shape{9, 30}, "4,7")), Take(28, -3, 9), At(4))
			m, _ := graph.PadMap(9, 20, 11, graph.PadWrap)
			return b.Gather(b.Broadcast(x, 3, 9), "2,8", Picked(0, 2, 0), graph.GatherAxis{From: []int{1}, Maps: []block.IndexMap{m}})
		}),
		one("reduce what is picked", func(b *Builder) ref {
			x := b.Floats(shape{30, 8}, "4,8")
			return b.Reduce(op.Sum, b.Gather(x, "9,8", Picked(0, 29, 28, 0, 1, 2, 17, 17, 17, 3, 4, 5, 21), graph.WholeAxis(x, 1)), 0)
		}),
		one("cumulative blocks", func(b *Builder) ref {
			x := b.Floats(shape{20, 9}, "6,4")
			return b.Block(op.BlockCumsum, dtype.Float64, x.Grid(), graph.BlockAttrs{}, x, b.Floats(shape{1, 9}, "1,4"))
		}),
		one("totals of blocks of a transpose", func(b *Builder) ref {
			x := b.Transpose(b.Floats(shape{20, 9}, "6,4"))
			return b.Do(op.Add, b.Block(op.BlockProd, dtype.Float64, Grid(shape{9, 4}, "4,1"), graph.BlockAttrs{Axis: 1}, x), b.Number(1))
		}),
		one("the best of each block", func(b *Builder) ref {
			x := b.Do(op.Negative, b.Read(dtype.Float32, shape{9, 20}, "4,6"))
			return b.Block(op.BlockTopk, dtype.Float32, Grid(shape{9, 8}, "4,2"), graph.BlockAttrs{Axis: 1, K: 2}, x)
		}),
		one("windows", func(b *Builder) ref { return b.Reduce(op.Mean, b.Windows(b.Floats(shape{30, 4}, "7,3"), 5), 2) }),
		one("a part of a function of what is around", func(b *Builder) ref {
			o := graph.Overlap{Depth: [][2]int{{2, 1}, {0, 3}}, Modes: []graph.PadMode{graph.PadWrap, graph.PadNone}}
			return b.Slice(b.CallAround(edges, o, b.Floats(shape{20, 12}, "4,5")), Take(13, -1, 4), Take(2, 3, 3))
		}),
		one("a part of a function of a function", func(b *Builder) ref {
			x := b.Floats(shape{40, 6}, "4,3")
			y := b.Call(edges, dtype.Float64, x.Grid(), x)
			o := graph.Overlap{Depth: [][2]int{{1, 1}, {0, 0}}, Modes: []graph.PadMode{graph.PadEdge, graph.PadNone}}
			return b.Slice(b.CallAround(edges, o, y), Take(17, 1, 2))
		}),
		one("function of blocks", func(b *Builder) ref {
			x := b.Floats(shape{20, 10}, "6,4")
			return b.Call(edges, dtype.Float64, x.Grid(), x)
		}),
		one("function of an expression, read twice", func(b *Builder) ref {
			x := b.Floats(shape{20, 10}, "6,4")
			y := b.Call(edges, dtype.Float64, x.Grid(), b.Do(op.Sqrt, b.Do(op.Abs, x)))
			return b.Do(op.Add, y, b.Reversed(y))
		}),
		one("function of two inputs in other blocks", func(b *Builder) ref {
			x := b.Floats(shape{20, 10}, "5,4")
			y := b.Rechunk(b.Reversed(b.Floats(shape{20, 10}, "7,7")), "5,4")
			return b.Call(edges, dtype.Float64, x.Grid(), x, y)
		}),
		one("function that changes block sizes", func(b *Builder) ref {
			x := b.Floats(shape{20, 12}, "5,4")
			return b.Reduce(op.Sum, b.Call(edges, dtype.Float64, Grid(shape{10, 9}, "1+2+3+4,3"), x), 1)
		}),
		one("function of a transpose", func(b *Builder) ref {
			x := b.Transpose(b.Floats(shape{9, 8}, "4,3"))
			return b.Call(edges, dtype.Float64, x.Grid(), x)
		}),
		one("function of a slice of a reshape", func(b *Builder) ref {
			x := b.Slice(b.Reshape(b.Floats(shape{60}, "13"), 12, 5), Take(10, -2, 5))
			return b.Call(edges, dtype.Float64, x.Grid(), x)
		}),
		one("tree over the last axis", func(b *Builder) ref { return b.Tree(b.Floats(shape{9, 100}, "4,7"), 1) }),
		one("tree over all axes of an expression", func(b *Builder) ref {
			x := b.Floats(shape{20, 30}, "6,1+9+20")
			return b.Tree(b.Do(op.Exp, b.Do(op.Sin, x)), 2)
		}),
		one("tree of a transpose, read by others", func(b *Builder) ref {
			y := b.Tree(b.Transpose(b.Floats(shape{700, 5}, "3,2")), 1)
			return b.Do(op.Subtract, y, b.Reduce(op.Mean, y, 0))
		}),
		one("tree over large blocks", func(b *Builder) ref { return b.Tree(b.Floats(shape{900_000}, "140000"), 1) }),
		one("tree of no elements", func(b *Builder) ref { return b.Tree(b.Floats(shape{3, 0}, "2,"), 1) }),
		one("tree to no elements", func(b *Builder) ref { return b.Tree(b.Floats(shape{0, 3}, ",2"), 1) }),
		one("tree of a number", func(b *Builder) ref { return b.Tree(b.Floats(shape{}, ""), 0) }),
		one("function of the place", func(b *Builder) ref { return b.Made(edges, dtype.Float64, Grid(shape{20, 12}, "6,5")) }),
		one("function of the place, read twice", func(b *Builder) ref {
			x := b.Made(edges, dtype.Float64, Grid(shape{20, 12}, "6,5"))
			return b.Do(op.Add, b.Do(op.Multiply, x, b.Reversed(x)), b.Floats(shape{20, 1}, "3,1"))
		}),
		one("function of no place", func(b *Builder) ref { return b.Made(edges, dtype.Float64, Grid(shape{0, 12}, ",5")) }),
		one("function of no elements", func(b *Builder) ref {
			x := b.Floats(shape{0, 4}, ",2")
			return b.Call(edges, dtype.Float64, x.Grid(), x)
		}),
	}
}

func shared() []Program {
	return []Program{
		{"several results of the same inputs", func(b *Builder) []ref {
			u, v := b.Floats(shape{60, 20}, "9,8"), b.Floats(shape{60, 20}, "20,8")
			mean := func(x, y ref) ref { return b.Reduce(op.Mean, b.Do(op.Multiply, x, y), 0) }
			return []ref{mean(u, u), mean(v, v), mean(u, v), b.Do(op.Subtract, u, v)}
		}},
		one("x - mean(x)", func(b *Builder) ref {
			x := b.Floats(shape{40, 30}, "9,30")
			return b.Do(op.Subtract, x, b.Reduce(op.Mean, x, 0))
		}),
		one("standard scores of an expression", func(b *Builder) ref {
			x := b.Do(op.Log, b.Do(op.Abs, b.Floats(shape{40, 30}, "9,7")))
			return b.Do(op.Divide, b.Do(op.Subtract, x, b.ReduceKeeping(op.Mean, x, 0)), b.ReduceKeeping(op.Std, x, 0))
		}),
		{"results that others read", func(b *Builder) []ref {
			x := b.Floats(shape{200}, "3")
			y := b.Do(op.Exp, b.Do(op.Sin, x))
			return []ref{y, b.Do(op.Add, y, b.Reversed(y)), b.Reduce(op.Sum, y), x}
		}},
		{"reductions that are results and read", func(b *Builder) []ref {
			x := b.Floats(shape{30, 20}, "7,6")
			m := b.Reduce(op.Mean, x, 0)
			return []ref{m, b.Do(op.Subtract, x, m), b.Reduce(op.Max, m)}
		}},
		{"a result twice", func(b *Builder) []ref {
			y := b.Do(op.Add, b.Floats(shape{20}, "6"), b.Number(1))
			return []ref{y, y}
		}},
		{"functions that are results and read", func(b *Builder) []ref {
			x := b.Floats(shape{40}, "2")
			y := b.Call(edges, dtype.Float64, x.Grid(), x)
			return []ref{y, b.Do(op.Multiply, y, b.Slice(y, Take(39, -1, 40))), b.Reshape(y, 8, 5)}
		}},
		{"reshapes that are results and read", func(b *Builder) []ref {
			y := b.Reshape(b.Floats(shape{36}, "5"), 6, 6)
			return []ref{y, b.Transpose(y), b.Reshape(y, 36), b.Reduce(op.Sum, y, 1)}
		}},
		one("a long way over a diamond", func(b *Builder) ref {
			x := b.Floats(shape{16, 16}, "5,5")
			for range 4 {
				x = b.Do(op.Add, b.Transpose(x), b.Do(op.Subtract, x, b.ReduceKeeping(op.Mean, x, 1)))
			}
			return x
		}),
		{"an array and parts of it", func(b *Builder) []ref {
			x := b.Floats(shape{30, 8}, "7,3")
			return []ref{b.Slice(x, Take(3, 1, 5)), b.Slice(x, Take(20, 3, 3)), b.Slice(x, At(29)), b.Reduce(op.Sum, b.half(x), 0)}
		}},
		one("a covariance", func(b *Builder) ref {
			x := b.Floats(shape{12, 50}, "5,13")
			c := b.Do(op.Subtract, x, b.ReduceKeeping(op.Mean, x, 1))
			return b.Reduce(op.Mean, b.Do(op.Multiply, b.Slice(c, Take(0, 1, 12), NewAxis), b.Slice(c, NewAxis)), 2)
		}),
	}
}
