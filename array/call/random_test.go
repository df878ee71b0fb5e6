package call

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph/document"
	"gabion/internal/op"
)

// TestRandomGraphs: random expressions are the same when they went through a
// document, and so are those that the document's arrays save themselves as.
func TestRandomGraphs(t *testing.T) {
	nodes := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		inputs := []array.Array{randomInput(r), randomInput(r)}
		pool := append([]array.Array{}, inputs...)
		for range 12 {
			if x, ok := randomStep(r, pool); ok && x.Size() <= 3000 && x.Rank() <= 5 {
				pool = append(pool, x)
			}
		}
		outputs := []array.Array{pool[len(pool)-1], pool[r.IntN(len(pool))]}
		requireSameThroughDocument(t, outputs, inputs)
		nodes += len(saved(t, outputs, inputs).Nodes)
	}
	require.Greater(t, nodes, 800, "expressions are of several operations")
}

func randomInput(r *rand.Rand) array.Array {
	shape := block.Shape{r.IntN(5) + 1, r.IntN(6), r.IntN(4) + 1}[:r.IntN(4)]
	types := dtype.All()
	d := types[r.IntN(len(types))]
	data := make([]byte, shape.Elements()*d.Size()+16)
	for i := range data {
		data[i] = byte(r.IntN(7)) // small numbers of every type
		if d == dtype.Bool {
			data[i] &= 1
		}
	}
	opts := []array.CreateOption{array.ChunksOf(randomGrid(r, shape))}
	if r.IntN(3) == 0 {
		opts = append(opts, array.Names([]string{"a", "b", "c"}[:len(shape)]...), array.Attrs(block.Attributes{"units": "K", "n": int64(3)}))
	}
	return array.FromBlock(block.Dense(d, shape, data), opts...)
}

func randomGrid(r *rand.Rand, shape block.Shape) block.Grid {
	grid := make(block.Grid, len(shape))
	for axis, length := range shape {
		grid[axis] = block.Regular(length, r.IntN(4))
		if r.IntN(3) == 0 {
			var sizes []int
			for length > 0 {
				sizes = append(sizes, 1+r.IntN(length))
				length -= sizes[len(sizes)-1]
			}
			grid[axis], _ = block.Irregular(sizes)
		}
	}
	return grid
}

// randomStep is an operation on arrays of pool, if it takes them.
func randomStep(r *rand.Rand, pool []array.Array) (array.Array, bool) {
	x, y := pool[r.IntN(len(pool))], pool[r.IntN(len(pool))]
	rank := x.Rank()
	some := func() []Arg {
		list := []Arg{}
		for _, axis := range r.Perm(rank)[:r.IntN(rank+1)] {
			list = append(list, axis-rank*r.IntN(2))
		}
		return list
	}
	name, args, kw := "", []Arg{x}, kw{}
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		row := randomRow(r, op.Elementwise)
		name = string(row.Name)
		for range len(row.Signature()) - 1 {
			args = append(args, []Arg{x, y, r.IntN(5), 1.5, true, -2i}[r.IntN(6)])
		}
	case 4, 5:
		row := randomRow(r, op.Reduction)
		name, kw = string(row.Name), map[string]Arg{"axis": some(), "keepdims": r.IntN(2) == 0}
		if row.Name == op.Var {
			kw["correction"] = r.Float64()
		}
	case 6:
		items := []Arg{}
		for _, n := range x.Shape() {
			switch r.IntN(4) {
			case 0:
				items = append(items, nil, r.IntN(max(1, n))-n*r.IntN(2))
			case 1:
				items = append(items, document.Slice{Step: at(r.IntN(3) - 3)})
			default:
				items = append(items, document.Slice{Start: at(r.IntN(n + 1)), Step: at(1 + r.IntN(3))})
			}
		}
		name, args = "getitem", append(args, items)
	case 7:
		axes := []Arg{}
		for _, axis := range r.Perm(rank) {
			axes = append(axes, axis)
		}
		name, args = "permute_dims", append(args, axes)
	case 8:
		if r.IntN(2) == 0 {
			name, args = "expand_dims", append(args, r.IntN(rank+1))
		} else {
			name, args = "reshape", append(args, []Arg{-1, 1})
		}
	case 9:
		name, args = "concat", []Arg{[]Arg{x, y, x}, -1}
	case 10:
		name, args = "rechunk", append(args, randomGrid(r, x.Shape()))
	case 11:
		name, args = "flip", append(args, some())
	}
	results, err := Invoke(name, args, kw)
	if err != nil {
		return array.Array{}, false
	}
	return results[r.IntN(len(results))], true
}

func randomRow(r *rand.Rand, class op.Class) *op.Op {
	for {
		rows := op.Rows()
		if row := rows[r.IntN(len(rows))]; row.Class == class && Known(string(row.Name)) != nil {
			return row
		}
	}
}
