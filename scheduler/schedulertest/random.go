package schedulertest

import (
	"fmt"
	"math/rand/v2"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// RandomPrograms are n programs of random operations, the same ones each time.
func RandomPrograms(n int) []Program {
	programs := make([]Program, n)
	for i := range programs {
		programs[i] = Program{fmt.Sprintf("random %d", i), func(b *Builder) []ref {
			return random{b, rand.New(rand.NewPCG(uint64(i), 3))}.program(12)
		}}
	}
	return programs
}

type random struct {
	*Builder
	r *rand.Rand
}

func (b random) chunks(s shape) block.Grid {
	grid := make(block.Grid, len(s))
	for axis, n := range s {
		grid[axis] = block.Regular(n, b.r.IntN(5)+1)
		if b.r.IntN(3) == 0 {
			var sizes []int
			for left := n; left > 0; left -= sizes[len(sizes)-1] {
				sizes = append(sizes, 1+b.r.IntN(left))
			}
			grid[axis], _ = block.Irregular(sizes)
		}
	}
	return grid
}

func (b random) text(g block.Grid) string {
	text := ""
	for axis, a := range g {
		if axis > 0 {
			text += ","
		}
		for i, size := range a.Sizes() {
			if i > 0 {
				text += "+"
			}
			text += fmt.Sprint(size)
		}
		if a.Len() == 0 {
			text += "1"
		}
	}
	return text
}

func (b random) items(s shape) []graph.AxisIndex {
	var items []graph.AxisIndex
	for _, n := range s {
		switch {
		case b.r.IntN(8) == 0:
			items = append(items, NewAxis, Take(0, 1, n))
		case n > 0 && b.r.IntN(8) == 0:
			items = append(items, At(b.r.IntN(n)))
		case n == 0 || b.r.IntN(4) == 0:
			items = append(items, Take(0, 1, n))
		case b.r.IntN(30) == 0:
			items = append(items, Take(0, 1, 0))
		default:
			start, step := b.r.IntN(n), 1+b.r.IntN(3)
			count := 1 + b.r.IntN((n-1-start)/step+1)
			if b.r.IntN(2) == 0 {
				start, step = start+step*(count-1), -step
			}
			items = append(items, Take(start, step, count))
		}
	}
	return items
}

// program puts operations together that fit; those that do not are left out.
func (b random) program(size int) []ref {
	r := b.r
	var pool []ref
	add := func(x ref, err error) {
		if err != nil {
			return
		}
		if n, err := x.Shape().Size(); err == nil && n <= 3000 && len(x.Grid()) <= 5 {
			pool = append(pool, x)
		}
	}
	s := shape{r.IntN(8) + 1, r.IntN(9) + 1, r.IntN(5) + 1}[:r.IntN(4)]
	types := []dtype.DType{dtype.Float64, dtype.Float32, dtype.Int32, dtype.Uint8, dtype.Float16, dtype.Complex64, dtype.Bool}
	for range 2 {
		add(b.Read(types[r.IntN(len(types))], s, b.text(b.chunks(s))), nil)
	}
	add(b.Full(r.NormFloat64(), s, b.text(b.chunks(s))), nil)
	add(graph.Random(here, op.RandomNormal, dtype.Float64, b.chunks(s), graph.RandomAttrs{Seed: r.Uint64(), B: 1}))
	add(graph.Arange(here, dtype.Int64, b.chunks(shape{6}), graph.ArangeAttrs{IntStart: 2, IntStep: -3}))
	for range size {
		x := pool[r.IntN(len(pool))]
		if r.IntN(2) == 0 {
			x = pool[len(pool)-1]
		}
		y := pool[r.IntN(len(pool))]
		rank := len(x.Grid())
		switch r.IntN(16) {
		case 0, 1, 2:
			names := []op.Name{op.Add, op.Subtract, op.Multiply, op.Divide, op.Maximum, op.Less, op.LogicalOr}
			add(graph.Elementwise(here, names[r.IntN(len(names))], x, y))
		case 3:
			names := []op.Name{op.Negative, op.Sin, op.Exp, op.Abs, op.Isnan}
			add(graph.Elementwise(here, names[r.IntN(len(names))], x))
		case 4:
			add(graph.Cast(here, x, types[r.IntN(len(types))]))
		case 5, 6, 7:
			add(graph.Slice(here, x, b.items(x.Shape())))
		case 8:
			add(graph.Transpose(here, x, r.Perm(rank)))
		case 9:
			add(graph.BroadcastTo(here, x, append(shape{r.IntN(3)}, x.Shape()...)))
		case 10, 11, 12:
			names := []op.Name{op.Sum, op.Mean, op.Var, op.Max, op.Any, op.Nansum, op.Argmax}
			add(graph.Reduce(here, names[r.IntN(len(names))], x, r.Perm(rank)[:r.IntN(rank+1)], r.IntN(2) == 0, 0))
		case 13:
			add(graph.Rechunk(here, x, b.chunks(x.Shape())))
		case 14:
			if rank > 1 {
				to := append(shape{-1}, x.Shape()[2:]...)
				if r.IntN(2) == 0 {
					to = append(x.Shape()[:1:1], -1)
				}
				add(graph.Reshape(here, x, to))
			}
			if x.DType() == dtype.Float64 {
				add(b.Call(edges, dtype.Float64, x.Grid(), x), nil)
			}
		case 15:
			if rank > 0 {
				add(graph.Concat(here, []ref{x, b.Slice(x, b.items(x.Shape())...), x}, r.IntN(rank)))
				add(graph.Concat(here, []ref{x, x}, r.IntN(rank)))
			}
		}
	}
	results := []ref{pool[len(pool)-1]}
	for range r.IntN(4) {
		results = append(results, pool[r.IntN(len(pool))])
	}
	return results
}
