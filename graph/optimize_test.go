package graph

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

func TestSwitchingOff(t *testing.T) {
	g := parseGraph(t, `
x = read dtype=float64 shape=40 chunks=10
a = exp x
b = getitem a :5
return b`)
	var ran []string
	out, err := Optimize(g, Options{Off: []string{"slice", "cse"}, Verify: true, Trace: func(pass string, _ Graph) { ran = append(ran, pass) }})
	require.NoError(t, err)
	require.Equal(t, []string{"fold", "rechunk", "identity", "fuse"}, ran)
	require.Equal(t, g, out, "a graph without anything to improve is the graph itself")

	_, err = Optimize(g, Options{Off: []string{"slices"}})
	require.EqualError(t, err, `there is no pass called "slices" to switch off; the passes are fold, cse, slice, rechunk, identity, fuse`)
	_, err = Optimize(Graph{Outputs: []Ref{{}}}, Options{})
	require.ErrorContains(t, err, "operand 0 is not an array")
}

// TestSharing: what an expression repeats is computed once, and untouched nodes
// stay the same.
func TestSharing(t *testing.T) {
	x := array(t, dtype.Float64, block.Shape{40}, block.Shape{10})
	var outputs []Ref
	for range 100 {
		r := x
		for range 5 {
			var err error
			r, err = Elementwise(here, op.Exp, r)
			require.NoError(t, err)
		}
		sum, err := Reduce(here, op.Sum, r, nil, false, 0)
		require.NoError(t, err)
		outputs = append(outputs, sum)
	}
	g := Graph{Outputs: outputs}
	require.Len(t, topological(g.Outputs), 1+100*6)
	out, err := Optimize(g, Options{Verify: true})
	require.NoError(t, err)
	require.Len(t, topological(out.Outputs), 1+6)
	require.Len(t, out.Outputs, 100)
	require.Same(t, outputs[0].Node, out.Outputs[99].Node)
}

// TestSlicesReachTheSource through a long chain of everything that lets them.
func TestSlicesReachTheSource(t *testing.T) {
	g := parseGraph(t, `
x = read dtype=float32 shape=20000,20000 chunks=100,100
r = read dtype=float32 shape=20000 chunks=100
a = add x r
b = permute_dims a
c = exp b
d = multiply c 2
e = rechunk d chunks=200,50
f = expand_dims e axes=0
g = concat f f axis=0
h = argmax g axes=0
i = getitem h 5000:5010,5000:5010
return i`)
	out, err := Optimize(g, Options{Verify: true})
	require.NoError(t, err)
	reads := 0
	for _, n := range topological(out.Outputs) {
		if n.Op == op.Read {
			continue
		}
		for _, in := range n.Inputs {
			if in.Node.Op == op.Read {
				reads++
				require.Equal(t, op.Slice, n.Op)
			}
		}
		size, err := n.Results[0].Shape().Size()
		require.NoError(t, err)
		require.LessOrEqual(t, size, 200, "%s computes no more than the part", n.Op)
	}
	require.Equal(t, 2, reads)
}

// TestLongChains: neither the passes nor the verifier nor printing recurse, and
// a slice goes down in one sweep.
func TestLongChains(t *testing.T) {
	r := array(t, dtype.Float64, block.Shape{40}, block.Shape{10})
	var err error
	for range 100_000 {
		r, err = Elementwise(here, op.Negative, r)
		require.NoError(t, err)
	}
	r, err = Slice(here, r, []AxisIndex{{Start: 3, Step: 1, Count: 4}})
	require.NoError(t, err)
	out, err := Optimize(Graph{Outputs: []Ref{r}}, Options{Verify: true})
	require.NoError(t, err)
	order := topological(out.Outputs)
	require.Len(t, order, 100_002)
	require.Equal(t, op.Slice, order[1].Op)
	require.NotEmpty(t, out.Text())
}

// TestManyReaders: many slices of one array, and many sources, take no longer
// than their number.
func TestManyReaders(t *testing.T) {
	x := array(t, dtype.Float64, block.Shape{1 << 20}, block.Shape{1 << 10})
	y, err := Elementwise(here, op.Exp, x)
	require.NoError(t, err)
	var outputs []Ref
	for i := range 50_000 {
		s, err := Slice(here, y, []AxisIndex{{Start: 20 * i, Step: 1, Count: 20}})
		require.NoError(t, err)
		outputs = append(outputs, s, array(t, dtype.Float64, block.Shape{1}, block.Shape{1}))
	}
	out, err := Optimize(Graph{Outputs: outputs}, Options{})
	require.NoError(t, err)
	require.Equal(t, op.Exp, out.Outputs[0].Node.Op)
	require.Len(t, topological(out.Outputs), 3*50_000+1)
}

// TestSizeOfPlans: building and optimising depends on the number of operations,
// not on the number of chunks.
func TestSizeOfPlans(t *testing.T) {
	program := func(chunk int) uint64 {
		grid := block.RegularGrid(block.Shape{1 << 20, 1 << 20}, block.Shape{chunk, chunk})
		slot := &Slot{Value: described(block.Description{DType: dtype.Float64, Grid: grid, Names: []string{"y", "x"}})}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ok := func(r Ref, err error) Ref {
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		x := ok(Read(here, slot))
		sum := ok(Elementwise(here, op.Add, x, ok(Transpose(here, x, nil))))
		anomaly := ok(Elementwise(here, op.Subtract, sum, ok(Reduce(here, op.Mean, x, []int{0}, false, 0))))
		wide := ok(Rechunk(here, anomaly, block.RegularGrid(x.Shape(), block.Shape{5 * chunk / 2, chunk})))
		part := ok(Slice(here, wide, []AxisIndex{{Start: 1 << 19, Step: -3, Count: 1 << 17}, {Start: 7, Step: 1, Count: 1 << 18}}))
		if _, err := Optimize(Graph{Outputs: []Ref{part}}, Options{}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few, many := program(1<<19), program(330) // 4 chunks, and 10^7 of them
	require.Less(t, many, uint64(300<<10))
	require.Less(t, many, few+64<<10)
}

// TestVerify: each invariant finds the graph that breaks it.
func TestVerify(t *testing.T) {
	x := array(t, dtype.Float32, block.Shape{4}, block.Shape{2})
	y := array(t, dtype.Float64, block.Shape{4}, block.Shape{2})
	good, err := Elementwise(here, op.Add, x, x)
	require.NoError(t, err)
	broken := func(change func(n *Node)) *Node {
		n := *good.Node
		n.Inputs = append([]Ref(nil), n.Inputs...)
		n.Results = append([]block.Description(nil), n.Results...)
		change(&n)
		return &n
	}
	for _, c := range []struct {
		text   string
		change func(n *Node)
	}{
		{"in the table", func(n *Node) { n.Op = "nonsense" }},
		{"input 1 is missing", func(n *Node) { n.Inputs[1] = Ref{} }},
		{"reads this node", func(n *Node) { n.Inputs[1] = Ref{Node: n} }},
		{"result 2 of read, which has 1", func(n *Node) { n.Inputs[0].Out = 2 }},
		{"there are 1 inputs", func(n *Node) { n.Inputs = n.Inputs[:1] }},
		{"there are 0 results", func(n *Node) { n.Results = nil }},
		{"no such element type", func(n *Node) { n.Results[0].DType = dtype.Invalid }},
		{"2 dimension names", func(n *Node) { n.Results[0].Names = []string{"a", "b"} }},
		{"attributes are graph.ReduceAttrs, not graph.NoAttrs", func(n *Node) { n.Attrs = ReduceAttrs{} }},
		{"attributes are <nil>", func(n *Node) { n.Attrs = nil }},
		{"must be converted first", func(n *Node) { n.Inputs[0] = y }},
		{"the result is float64 (2x2,), not float32 (2x2,)", func(n *Node) { n.Results[0].DType = dtype.Float64 }},
		{"the result is float32 (4,), not float32 (2x2,)", func(n *Node) { n.Results[0].Grid = block.RegularGrid(block.Shape{4}, block.Shape{4}) }},
		{"attributes are axes=[-1] keepdims=false, not axes=[0]", func(n *Node) {
			n.Op, n.Attrs, n.Inputs = op.Sum, ReduceAttrs{Axes: []int{-1}}, n.Inputs[:1]
		}},
		{"index 9 is out of range", func(n *Node) {
			n.Op, n.Attrs, n.Inputs = op.Slice, SliceAttrs{[]AxisIndex{{Drop: true, Start: 9}}}, n.Inputs[:1]
		}},
		{"no such element type to convert", func(n *Node) { n.Op, n.Attrs, n.Inputs = op.Astype, CastAttrs{}, n.Inputs[:1] }},
	} {
		err := Verify(Graph{Outputs: []Ref{{Node: broken(c.change)}}})
		require.ErrorContains(t, err, c.text)
	}
	require.ErrorContains(t, Verify(Graph{Outputs: []Ref{{Node: good.Node, Out: 1}}}), "not an array")
	require.NoError(t, Verify(Graph{Outputs: []Ref{good}}))

	saved := passes
	defer func() { passes = saved }()
	passes = []Pass{{Name: "bad", run: func(g Graph, _ Options) (Graph, error) {
		n := broken(func(n *Node) { n.Inputs[0] = y })
		return Graph{Outputs: []Ref{{Node: n}}}, nil
	}}}
	_, err = Optimize(Graph{Outputs: []Ref{good}}, Options{Verify: true})
	require.ErrorContains(t, err, "pass bad: add at test")
	passes[0].run = func(g Graph, _ Options) (Graph, error) { return Graph{Outputs: []Ref{y}}, nil }
	_, err = Optimize(Graph{Outputs: []Ref{good}}, Options{})
	require.ErrorContains(t, err, "pass bad: output 0, float32 (2x2,), became float64 (2x2,)")
}
