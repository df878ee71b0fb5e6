package graph

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// values is a computed array in C order. Whole numbers stand for every type, so
// that all operations below are exact.
type values struct {
	shape block.Shape
	data  []int64
}

func newValues(shape block.Shape) values {
	return values{shape, make([]int64, shape.Elements())}
}

func (v values) at(index []int) *int64 {
	i := 0
	for axis, stride := range v.shape.Strides() {
		i += stride * index[axis]
	}
	return &v.data[i]
}

func (v values) each(f func(index []int, value *int64)) {
	i := 0
	block.Positions(block.Whole(v.shape), func(index []int) bool {
		f(index, &v.data[i])
		i++
		return true
	})
}

// compute runs a graph without blocks, straight from the meaning of each
// operation.
func compute(t *testing.T, g Graph) []values {
	results := make(map[*Node]values)
	for _, n := range topological(g.Outputs) {
		in := make([]values, len(n.Inputs))
		for i, r := range n.Inputs {
			in[i] = results[r.Node]
		}
		out := newValues(n.Results[0].Shape())
		computeNode(t, n, in, out)
		results[n] = out
	}
	var out []values
	for _, r := range g.Outputs {
		out = append(out, results[r.Node])
	}
	return out
}

func computeNode(t *testing.T, n *Node, in []values, out values) {
	switch a := n.Attrs.(type) {
	case ReadAttrs:
		for i := range out.data {
			out.data[i] = int64((i*i*31+i*7+len(a.Source.Name)*11)%97) - 40
		}
	case FullAttrs:
		for i := range out.data {
			switch v := a.Value.Value().(type) {
			case int64:
				out.data[i] = v
			case float64:
				out.data[i] = int64(v)
			}
		}
	case ArangeAttrs:
		for i := range out.data {
			out.data[i] = a.IntStart + int64(i)*a.IntStep
		}
	case ReduceAttrs:
		seen := newValues(out.shape)
		in[0].each(func(index []int, value *int64) {
			var to []int
			for axis, i := range index {
				reduced := false
				for _, r := range a.Axes {
					reduced = reduced || r == axis
				}
				if !reduced {
					to = append(to, i)
				} else if a.Keepdims {
					to = append(to, 0)
				}
			}
			total := out.at(to)
			if n.Op != op.Max { // mean stands for a reduction whose order matters
				*total += *value
			} else if *seen.at(to) == 0 || *value > *total {
				*total = *value
			}
			*seen.at(to) = 1
		})
	case ConcatAttrs:
		first := 0
		for _, part := range in {
			part.each(func(index []int, value *int64) {
				to := append([]int(nil), index...)
				to[a.Axis] += first
				*out.at(to) = *value
			})
			first += part.shape[a.Axis]
		}
	case SliceAttrs, PermAttrs, AxesAttrs, DiagonalAttrs:
		computeView(t, n, in[0], out)
	case ShapeAttrs:
		if n.Op == op.Reshape {
			copy(out.data, in[0].data)
		} else {
			computeView(t, n, in[0], out)
		}
	case RechunkAttrs, CastAttrs, FuncAttrs:
		copy(out.data, in[0].data)
	case ContractAttrs:
		newValues(a.Grid.Shape()).each(func(index []int, _ *int64) {
			factor := func(i int, axes []int) int64 {
				from := make([]int, len(axes))
				for axis, at := range axes {
					if in[i].shape[axis] != 1 {
						from[axis] = index[at]
					}
				}
				return *in[i].at(from)
			}
			*out.at(index[:a.Kept]) += factor(0, a.A) * factor(1, a.B)
		})
	default:
		out.each(func(index []int, value *int64) {
			operand := func(i int) int64 {
				own := index[len(index)-len(in[i].shape):]
				from := make([]int, len(own))
				for axis := range own {
					if in[i].shape[axis] != 1 {
						from[axis] = own[axis]
					}
				}
				return *in[i].at(from)
			}
			switch n.Op {
			case op.Add:
				*value = operand(0) + operand(1)
			case op.Subtract:
				*value = operand(0) - operand(1)
			case op.Multiply:
				*value = operand(0) * operand(1)
			case op.FloorDivide: // stands for an operation that is not cheap
				*value = operand(0)>>1 ^ operand(1)
			case op.Negative:
				*value = -operand(0)
			case op.Maximum:
				*value = max(operand(0), operand(1))
			default:
				t.Fatalf("%s is not computed", n.Op)
			}
		})
	}
}

func computeView(t *testing.T, n *Node, in, out values) {
	view, ok := ViewOf(n)
	require.True(t, ok)
	out.each(func(index []int, value *int64) {
		from := make([]int, len(view.Dims))
		for i, d := range view.Dims {
			from[i] = d.Start
			if d.Axis >= 0 {
				from[i] += d.Step * index[d.Axis]
			}
		}
		*value = *in.at(from)
	})
}

// randomGraph makes a graph of about the given number of operations.
func randomGraph(t *testing.T, r *rand.Rand, size int) Graph {
	pool := []Ref{}
	add := func(ref Ref, err error) {
		if err == nil {
			if n, sizeErr := ref.Shape().Size(); sizeErr == nil && n <= 2000 && len(ref.Grid()) <= 5 {
				pool = append(pool, ref)
			}
		}
	}
	shape := block.Shape{r.IntN(7) + 1, r.IntN(7), r.IntN(4) + 1}[:r.IntN(4)]
	for i := range 2 {
		attrs := block.Attributes{"units": "K", "number": int64(r.IntN(2))}
		names := []string{"a", "b", "c"}[:len(shape)]
		d := block.Description{DType: dtype.Int64, Grid: randomGrid(r, shape), Names: names, Attrs: attrs}
		add(Read(here, &Slot{Name: "source"[:i+3], Value: described(d)}))
	}
	add(Full(here, randomGrid(r, shape), scalar(int64(r.IntN(5)))))
	add(Arange(here, dtype.Int64, randomGrid(r, block.Shape{r.IntN(9)}), ArangeAttrs{IntStart: int64(r.IntN(5)), IntStep: int64(r.IntN(5) - 2)}))
	for range size {
		x := pool[r.IntN(len(pool))]
		if r.IntN(2) == 0 {
			x = pool[len(pool)-1]
		}
		y := pool[r.IntN(len(pool))]
		rank := len(x.Grid())
		switch r.IntN(15) {
		case 0, 1, 2, 3:
			names := []op.Name{op.Add, op.Subtract, op.Multiply, op.FloorDivide, op.Maximum}
			name := names[r.IntN(len(names))]
			if r.IntN(3) == 0 {
				y, _ = Weak(here, scalar(int64(r.IntN(3))))
			}
			add(Elementwise(here, name, x, y))
		case 4:
			add(Elementwise(here, op.Negative, x))
		case 5, 6, 7:
			add(Slice(here, x, randomItems(r, x.Shape())))
		case 8:
			add(Transpose(here, x, r.Perm(rank)))
		case 9:
			add(BroadcastTo(here, x, append(block.Shape{r.IntN(3)}, x.Shape()...)))
		case 10:
			if r.IntN(2) == 0 {
				add(ExpandDims(here, x, []int{r.IntN(rank + 1)}))
			} else {
				add(Squeeze(here, x, nil))
			}
		case 11:
			names := []op.Name{op.Sum, op.Max, op.Mean}
			add(Reduce(here, names[r.IntN(3)], x, r.Perm(rank)[:r.IntN(rank+1)], r.IntN(2) == 0, 0))
		case 12:
			switch {
			case r.IntN(2) == 0:
				add(Rechunk(here, x, randomGrid(r, x.Shape())))
			case rank > 1:
				shape := append(block.Shape{-1}, x.Shape()[2:]...)
				if r.IntN(2) == 0 {
					shape = append(x.Shape()[:1:1], -1)
				}
				add(Reshape(here, x, shape))
			}
		case 13:
			if rank > 0 {
				axis := r.IntN(rank)
				part, err := Slice(here, x, randomItems(r, x.Shape()))
				if err == nil && len(part.Grid()) == rank {
					add(Concat(here, []Ref{x, part, x}, axis))
				}
				add(Concat(here, []Ref{x, x}, axis))
			}
		case 14:
			if rank > 1 {
				axes := r.Perm(rank)
				add(Diagonal(here, x, r.IntN(5)-2, axes[0], axes[1]))
			}
			if rank > 0 && len(y.Grid()) > 0 {
				add(Contract(here, op.Einsum, x, y, walks(randomSubscripts(r, x.Shape(), y.Shape()))))
			}
		}
	}
	g := Graph{Outputs: []Ref{pool[len(pool)-1]}}
	for range r.IntN(3) {
		g.Outputs = append(g.Outputs, pool[r.IntN(len(pool))])
	}
	return g
}

// randomSubscripts names the axes of two arrays so that at least one is of both,
// and some of those are summed over.
func randomSubscripts(r *rand.Rand, a, b block.Shape) string {
	const letters = "abcdefghijklmn"
	left, right := letters[:len(a)], []byte(letters[len(a):len(a)+len(b)])
	both := ""
	for _, axis := range r.Perm(len(b)) {
		i := r.IntN(len(a))
		if (a[i] == b[axis] || a[i] == 1 || b[axis] == 1) && !strings.Contains(both, left[i:i+1]) {
			right[axis] = left[i]
			both += left[i : i+1]
		}
	}
	out := ""
	for _, label := range left + string(right) {
		summed := strings.ContainsRune(both, label) && label%3 > 0
		if !summed && !strings.ContainsRune(out, label) {
			out += string(label)
		}
	}
	return left + "," + string(right) + "->" + out
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

func randomItems(r *rand.Rand, shape block.Shape) []AxisIndex {
	var items []AxisIndex
	for _, length := range shape {
		switch r.IntN(8) {
		case 0:
			items = append(items, AxisIndex{New: true}, AxisIndex{Step: 1, Count: length})
		case 1:
			items = append(items, AxisIndex{Drop: true, Start: r.IntN(max(1, length))})
		case 2, 3:
			items = append(items, AxisIndex{Step: 1, Count: length})
		default:
			if length == 0 || r.IntN(20) == 0 {
				items = append(items, AxisIndex{Step: 1})
				continue
			}
			start, step := r.IntN(length), 1+r.IntN(3)
			count := 1 + r.IntN((length-1-start)/step+1)
			if r.IntN(2) == 0 {
				start, step = start+step*(count-1), -step
			}
			items = append(items, AxisIndex{Start: start, Step: step, Count: count})
		}
	}
	return items
}

// TestRandomGraphs: passes keep the elements, and Optimize itself checks that
// they keep the outputs' types, blocks, names and attributes.
func TestRandomGraphs(t *testing.T) {
	evaluate := func(n *Node, in []dtype.Scalar) (dtype.Scalar, error) {
		out := newValues(nil)
		args := make([]values, len(in))
		for i, s := range in {
			full := &Node{Op: op.Full, Attrs: FullAttrs{Value: s}}
			args[i] = newValues(nil)
			computeNode(t, full, nil, args[i])
		}
		computeNode(t, n, args, out)
		if n.Results[0].DType == dtype.Float64 {
			return scalar(float64(out.data[0])), nil
		}
		return scalar(out.data[0]), nil
	}
	changed := 0
	for seed := range uint64(2000) {
		g := randomGraph(t, rand.New(rand.NewPCG(seed, 1)), 25)
		want := compute(t, g)
		o := Options{Evaluate: evaluate, Verify: true}
		if seed%4 == 0 {
			o.Off = []string{Passes()[seed/4%uint64(len(Passes()))].Name}
		}
		o.Trace = func(pass string, g Graph) {
			require.Equal(t, want, compute(t, g), "seed %d after %s:\n%s", seed, pass, g.Text())
		}
		before := g.Text()
		out, err := Optimize(g, o)
		require.NoError(t, err, "seed %d:\n%s", seed, g.Text())
		require.Equal(t, before, g.Text(), "seed %d: the graph itself is not changed", seed)
		if before != out.Text() {
			changed++
		}
	}
	require.Greater(t, changed, 1000, "most graphs have something to improve")
}
