package schedulertest

import (
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

func diagonals() []Program {
	return []Program{
		one("diagonal", func(b *Builder) ref { return b.Diagonal(b.Floats(shape{40, 40}, "7,9"), 0, 0, 1) }),
		one("diagonal of no square", func(b *Builder) ref { return b.Diagonal(b.Floats(shape{40, 23}, "7+20+13,2"), -5, 0, 1) }),
		one("diagonal of batches", func(b *Builder) ref { return b.Diagonal(b.Floats(shape{5, 12, 3, 17}, "2,5,2,4"), 3, 1, 3) }),
		one("diagonal the other way round", func(b *Builder) ref { return b.Diagonal(b.Floats(shape{6, 12, 9}, "2,5,4"), 2, 2, 0) }),
		one("diagonal of an expression", func(b *Builder) ref {
			x := b.Floats(shape{30, 30}, "8,30")
			return b.Do(op.Add, b.Diagonal(b.Do(op.Multiply, b.Do(op.Sin, x), b.Transpose(x)), 1, 0, 1), b.Floats(shape{29}, "10"))
		}),
		one("diagonal of steps backwards", func(b *Builder) ref {
			x := b.Floats(shape{40, 30}, "6,7")
			return b.Diagonal(b.Slice(x, Take(39, -3, 13), Take(1, 2, 14)), -1, 0, 1)
		}),
		one("slice of a diagonal", func(b *Builder) ref {
			return b.Slice(b.Diagonal(b.Floats(shape{50, 50}, "6,7"), 2, 0, 1), Take(40, -7, 5))
		}),
		one("diagonal in longer blocks", func(b *Builder) ref { return b.Rechunk(b.Diagonal(b.Floats(shape{60, 60}, "4,5"), 0, 0, 1), "60") }),
		one("diagonal of longer blocks", func(b *Builder) ref { return b.Diagonal(b.Rechunk(b.Floats(shape{30, 30}, "4,5"), "12,20"), 1, 0, 1) }),
		one("diagonal of a broadcast", func(b *Builder) ref {
			return b.Diagonal(b.Broadcast(b.Floats(shape{3, 1, 8}, "1,1,3"), 3, 9, 8), 1, 1, 2)
		}),
		one("diagonal of made inputs", func(b *Builder) ref {
			u := b.ref(graph.Random(here, op.RandomUniform, dtype.Float64, Grid(shape{17, 18}, "3,5"), graph.RandomAttrs{Seed: 7, B: 1}))
			return b.Diagonal(u, 2, 0, 1)
		}),
		one("diagonal of a diagonal", func(b *Builder) ref {
			return b.Diagonal(b.Diagonal(b.Floats(shape{9, 8, 10}, "2,3,4"), 0, 0, 1), 1, 1, 0)
		}),
		one("no diagonal", func(b *Builder) ref { return b.Diagonal(b.Floats(shape{4, 5, 3}, "2,2,2"), 7, 0, 1) }),
		one("a trace", func(b *Builder) ref { return b.Reduce(op.Sum, b.Diagonal(b.Floats(shape{300, 300}, "7,300"), 0, 0, 1)) }),
		one("concat and reshape of diagonals", func(b *Builder) ref {
			x := b.Floats(shape{24, 24}, "5,7")
			return b.Reshape(b.Concat(0, b.Diagonal(x, 0, 0, 1), b.Diagonal(b.Transpose(x), 4, 0, 1)), 4, 11)
		}),
		one("function of a diagonal", func(b *Builder) ref {
			x := b.Diagonal(b.Floats(shape{24, 24}, "5,7"), 0, 0, 1)
			return b.Call(edges, dtype.Float64, x.Grid(), x)
		}),
		{"diagonals of one source, and the source", func(b *Builder) []ref {
			x := b.Floats(shape{9, 20, 20}, "3,6,7")
			return []ref{b.Diagonal(x, 0, 1, 2), b.Diagonal(x, 0, 0, 1), b.Diagonal(x, 3, 1, 2), b.Slice(x, Take(2, 3, 2), Take(0, 1, 9))}
		}},
		{"diagonals of the same blocks", func(b *Builder) []ref {
			x := b.Floats(shape{32, 32}, "8,8")
			d := b.Diagonal(x, 0, 0, 1)
			return []ref{d, b.Diagonal(b.Transpose(x), 0, 0, 1), b.Do(op.Subtract, x, d), b.Reduce(op.Sum, d, 0)}
		}},
	}
}
