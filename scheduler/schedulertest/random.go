package schedulertest

import (
	"fmt"
	"math/rand/v2"
	"slices"

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

// gather picks random elements, along some axes together.
func (b random) gather(x ref) ref {
	r := b.r
	var axes []graph.GatherAxis
	var s shape
	order := r.Perm(len(x.Grid()))
	for len(order) > 0 {
		n := 1 + r.IntN(min(2, len(order)))
		length := 1 + r.IntN(12)
		axis := graph.GatherAxis{From: order[:n:n]}
		whole := n == 1 && r.IntN(3) == 0
		if whole {
			length = x.Shape()[order[0]]
		}
		for _, from := range axis.From {
			list := make([]int, length)
			for i := range list {
				switch {
				case whole:
					list[i] = i
				case r.IntN(6) == 0:
					list[i] = block.Fill
				case i > 0 && r.IntN(2) == 0 && list[i-1]+1 < x.Shape()[from]:
					list[i] = list[i-1] + 1
				default:
					list[i] = r.IntN(x.Shape()[from])
				}
			}
			axis.Maps = append(axis.Maps, block.MapOfList(list))
		}
		axes, s, order = append(axes, axis), append(s, length), order[n:]
	}
	return b.Gather(x, b.text(b.chunks(s)), axes...)
}

// overlap is random neighbourhoods.
func (b random) overlap(s shape) graph.Overlap {
	modes := []graph.PadMode{graph.PadNone, graph.PadEdge, graph.PadReflect, graph.PadSymmetric, graph.PadWrap}
	var o graph.Overlap
	for _, n := range s {
		depth := [2]int{b.r.IntN(n + 1), b.r.IntN(n + 1)}
		if b.r.IntN(2) == 0 {
			depth = [2]int{}
		}
		o.Depth, o.Modes = append(o.Depth, depth), append(o.Modes, modes[b.r.IntN(len(modes))])
	}
	return o
}

// walk is axes for a contraction of x and y: those of one length may be one.
func (b random) walk(x, y ref) graph.ContractAttrs {
	var left, right, space []int // lengths of the space
	both := make(map[int]bool)
	for _, n := range x.Shape() {
		left, space = append(left, len(space)), append(space, n)
	}
	for _, n := range y.Shape() {
		at := b.r.IntN(len(space) + 1)
		if at < len(left) && !both[at] && (space[at] == n || b.r.IntN(9) == 0) {
			both[at] = true
		} else {
			at = len(space)
			space = append(space, n)
		}
		right = append(right, at)
	}
	order := b.r.Perm(len(space)) // what is kept comes first
	to, kept := make([]int, len(space)), 0
	var a graph.ContractAttrs
	for _, summed := range []bool{false, true} {
		for _, at := range order {
			if (both[at] && at%3 > 0) == summed {
				to[at] = kept
				kept++
			}
		}
		if !summed {
			a.Kept = kept
		}
	}
	for _, at := range left {
		a.A = append(a.A, to[at])
	}
	for _, at := range right {
		a.B = append(a.B, to[at])
	}
	return a
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
		switch r.IntN(20) {
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
			rows := op.Reductions()
			row := rows[r.IntN(len(rows))]
			axes, keepdims := r.Perm(rank)[:r.IntN(rank+1)], r.IntN(2) == 0
			if row.Positions && row.NaN { // which fail where there are NaNs alone
				x = b.Do(op.Where, b.Do(op.Isnan, x), b.Number(0), x)
			}
			add(graph.Reduce(here, row.Name, x, axes, keepdims, 0))
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
				add(b.CallAround(edges, b.overlap(x.Shape()), x), nil)
			}
		case 16:
			if rank > 0 && !slices.Contains(x.Shape(), 0) {
				add(b.gather(x), nil)
			}
		case 15:
			if rank > 0 {
				add(graph.Concat(here, []ref{x, b.Slice(x, b.items(x.Shape())...), x}, r.IntN(rank)))
				add(graph.Concat(here, []ref{x, x}, r.IntN(rank)))
			}
		case 17:
			if rank > 1 {
				axes := r.Perm(rank)
				add(graph.Diagonal(here, x, r.IntN(5)-2, axes[0], axes[1]))
			}
		case 18, 19:
			add(graph.Contract(here, op.Einsum, x, y, b.walk(x, y)))
		}
	}
	results := []ref{pool[len(pool)-1]}
	for range r.IntN(4) {
		results = append(results, pool[r.IntN(len(pool))])
	}
	return results
}
