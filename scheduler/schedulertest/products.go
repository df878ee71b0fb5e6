package schedulertest

import (
	"strings"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// walks turns subscripts such as ij,jk->ik into the axes of a contraction: those
// of the result, and after them those that are summed over.
func walks(subscripts string) graph.ContractAttrs {
	operands, out, _ := strings.Cut(subscripts, "->")
	a, b, _ := strings.Cut(operands, ",")
	space := out
	for _, label := range a + b {
		if !strings.ContainsRune(space, label) {
			space += string(label)
		}
	}
	axes := func(labels string) (axes []int) {
		for _, label := range labels {
			axes = append(axes, strings.IndexRune(space, label))
		}
		return axes
	}
	return graph.ContractAttrs{A: axes(a), B: axes(b), Kept: len(out)}
}

// Contract is the sum of products that subscripts say.
func (b *Builder) Contract(subscripts string, x, y graph.Ref) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Contract(here, op.Einsum, x, y, walks(subscripts)))
}

// products are contractions, and what they meet.
func products() []Program {
	programs := []Program{
		one("product of matrices", func(b *Builder) ref {
			return b.Contract("ij,jk->ik", b.Floats(shape{50, 60}, "16,13"), b.Floats(shape{60, 40}, "20,17"))
		}),
		one("product of one block", func(b *Builder) ref {
			return b.Contract("ij,jk->ik", b.Floats(shape{9, 7}, ""), b.Floats(shape{7, 8}, ""))
		}),
		one("product of a matrix with itself", func(b *Builder) ref {
			x := b.Floats(shape{40, 30}, "9,7")
			return b.Contract("ij,kj->ik", x, x)
		}),
		one("product of views", func(b *Builder) ref {
			x, y := b.Floats(shape{40, 31}, "9,7"), b.Floats(shape{20, 33}, "6,10")
			return b.Contract("ij,jk->ik", b.Transpose(b.Slice(x, Take(39, -2, 20))), b.Slice(b.Reversed(y), Take(0, 1, 20), Take(1, 3, 9)))
		}),
		one("product of expressions, reduced", func(b *Builder) ref {
			x := b.Do(op.Sin, b.Floats(shape{40, 30}, "9,7"))
			return b.Reduce(op.Sum, b.Do(op.Multiply, b.Contract("ij,kj->ik", x, b.Do(op.Add, x, b.Number(1))), b.Number(2)))
		}),
		one("part of a product", func(b *Builder) ref {
			c := b.Contract("ij,jk->ik", b.Floats(shape{50, 60}, "16,13"), b.Floats(shape{60, 40}, "20,17"))
			return b.Slice(c, Take(20, 1, 9), Take(35, -4, 8))
		}),
		one("long sums", func(b *Builder) ref {
			return b.Contract("ij,ij->", b.Read(dtype.Float32, shape{30, 900}, "7,400"), b.Read(dtype.Float32, shape{30, 900}, "11,900"))
		}),
		one("product of more rows than a tile", func(b *Builder) ref {
			return b.Contract("ij,jk->ki", b.Read(dtype.Float32, shape{300, 40}, "200,17"), b.Read(dtype.Float32, shape{40, 150}, "40,140"))
		}),
		one("batch that broadcasts", func(b *Builder) ref {
			return b.Contract("bcij,cjk->bcik", b.Floats(shape{3, 1, 5, 30}, "2,1,3,11"), b.Floats(shape{4, 30, 6}, "3,30,4"))
		}),
		one("several axes summed over", func(b *Builder) ref {
			return b.Contract("ijk,kljm->lim", b.Floats(shape{5, 6, 7}, "2,4,3"), b.Floats(shape{7, 3, 6, 4}, "7,2,5,1"))
		}),
		one("nothing summed over", func(b *Builder) ref {
			return b.Contract("ij,jk->ik", b.Floats(shape{5, 0}, "2"), b.Floats(shape{0, 4}, ",3"))
		}),
		one("no rows", func(b *Builder) ref {
			return b.Contract("ij,jk->ik", b.Floats(shape{0, 5}, ",2"), b.Floats(shape{5, 4}, "2,3"))
		}),
		one("product of a reshape and made numbers", func(b *Builder) ref {
			u := b.ref(graph.Random(here, op.RandomUniform, dtype.Float64, Grid(shape{12, 10}, "5,4"), graph.RandomAttrs{Seed: 7, B: 1}))
			return b.Contract("ij,jk->ik", b.Reshape(b.Floats(shape{6, 20}, "4,9"), 10, 12), u)
		}),
		one("product of a broadcast", func(b *Builder) ref {
			return b.Contract("ij,jk->ik", b.Broadcast(b.Floats(shape{9}, "4"), 6, 9), b.Full(1.5, shape{9, 5}, "4,2"))
		}),
		{"chain of products", func(b *Builder) []ref {
			x, y := b.Floats(shape{20, 20}, "7,9"), b.Floats(shape{20, 20}, "20,6")
			xy := b.Contract("ij,jk->ik", x, y)
			return []ref{b.Contract("ij,jk->ik", xy, x), b.Do(op.Subtract, xy, b.Transpose(xy)), b.Reduce(op.Max, xy, 0)}
		}},
	}
	for _, d := range dtype.All() {
		programs = append(programs, Program{"product of " + d.String(), func(b *Builder) []ref {
			x, y := b.Read(d, shape{11, 40}, "4,15"), b.Read(d, shape{40, 13}, "40,7")
			attrs := walks("ij,jk->ik")
			attrs.Conj = true
			return []ref{b.Contract("ij,jk->ik", x, y), b.ref(graph.Contract(here, op.Vecdot, x, y, attrs)), b.Contract("ij,kj->ik", b.Slice(x, Take(0, 1, 11), Take(0, 3, 9)), b.Read(d, shape{5, 9}, "2,4"))}
		}})
	}
	return programs
}
