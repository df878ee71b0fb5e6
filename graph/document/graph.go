package document

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// random is the arguments of random numbers.
func random(name op.Name, a graph.RandomAttrs, d block.Description) ([]Value, map[string]Value) {
	kw := creation(d)
	kw["seed"] = new(big.Int).SetUint64(a.Seed)
	if a.Stream != 0 {
		kw["stream"] = new(big.Int).SetUint64(a.Stream)
	}
	args := []Value{integers(d.Shape())}
	switch name {
	case op.RandomUniform:
		kw["low"], kw["high"] = a.A, a.B
	case op.RandomNormal:
		kw["loc"], kw["scale"] = a.A, a.B
	case op.RandomExponential:
		kw["scale"] = a.A
	case op.RandomGamma:
		kw["shape"], kw["scale"] = a.A, a.B
	case op.RandomBeta:
		kw["a"], kw["b"] = a.A, a.B
	case op.RandomBinomial:
		kw["n"], kw["p"] = big.NewInt(a.N), a.A
	case op.RandomPoisson:
		kw["lam"] = a.A
	case op.RandomIntegers:
		low := big.NewInt(a.Low)
		if d.DType == dtype.Uint64 {
			low.SetUint64(uint64(a.Low))
		}
		kw["low"], kw["high"], kw["endpoint"] = low, new(big.Int).Add(low, new(big.Int).SetUint64(a.Span)), true
	case op.RandomChoice:
		kw["a"], kw["replace"] = big.NewInt(a.N), !a.Distinct
		if a.P != nil {
			p := make([]Value, len(a.P))
			for i, v := range a.P {
				p[i] = v
			}
			kw["p"] = p
		}
	case op.RandomPermutation:
		args = []Value{big.NewInt(a.N)}
		delete(kw, "dtype")
	}
	return args, kw
}

// Of is a graph as a document whose outputs are those of the graph. The given
// inputs, which are made of no other arrays, come first, in their order: their
// elements are for the reader of the document to bring. What else only this
// process has, elements in memory and functions without a name, is refused with
// the line that made it.
//
// Evaluating the document gives arrays of the same types, blocks, names and bits.
// Conversions of operands are nodes, so that they are steps of the attribute
// "history" then.
func Of(g graph.Graph, inputs ...graph.Ref) (*Document, error) {
	w := writer{document: Document{Verb: Compute}, done: make(map[graph.Ref]int)}
	fault := func(format string, i int) (*Document, error) {
		return nil, &graph.Error{Kind: graph.ValueError, Op: "document", Site: graph.Caller(3), Err: fmt.Errorf(format, i)}
	}
	for i, r := range g.Outputs {
		if !isResult(r) {
			return fault("output %d is no array", i)
		}
	}
	for i, r := range inputs {
		if !isResult(r) || len(r.Node.Inputs) > 0 {
			return fault("input %d is made of other arrays, or is none: inputs are what everything else is made of", i)
		}
		if _, twice := w.done[r]; !twice {
			w.input(r)
		}
	}
	for _, n := range g.Nodes() {
		if err := w.node(n); err != nil {
			return nil, &graph.Error{Kind: graph.ValueError, Op: n.Site.Asked(n.Op), Site: n.Site, Err: err}
		}
	}
	for _, r := range g.Outputs {
		w.document.Outputs = append(w.document.Outputs, w.position(r))
	}
	return &w.document, nil
}

func isResult(r graph.Ref) bool { return r.Node != nil && r.Out >= 0 && r.Out < len(r.Node.Results) }

// writer makes a document. done are the nodes of the document that stand for
// results.
type writer struct {
	document Document
	done     map[graph.Ref]int
}

func (w *writer) add(n Node) int {
	w.document.Nodes = append(w.document.Nodes, n)
	return len(w.document.Nodes) - 1
}

// input writes an array whose elements come with the document.
func (w *writer) input(r graph.Ref) {
	d := r.Describe()
	w.done[r] = w.add(Node{Op: OpInput, Names: d.Names, Attrs: d.Attrs, Input: &Input{
		DType: d.DType, Shape: append(block.Shape{}, d.Shape()...), Chunks: append(block.Grid{}, d.Grid...),
		NBytes: int64(d.Shape().Elements()) * int64(d.DType.Size()),
	}})
}

// node writes the results of a node.
func (w *writer) node(n *graph.Node) error {
	first := graph.Ref{Node: n}
	if _, done := w.done[first]; done {
		return nil
	}
	if _, ok := number(first); ok {
		return nil // which is written where it is used
	}
	d := n.Results[0]
	made := Node{Op: string(called(n))}
	switch {
	case n.Op == op.Read:
	case len(n.Inputs) == 0:
		made.Names, made.Attrs = d.Names, d.Attrs
	case graph.Relabelled(n):
		made.Names, made.Attrs = named(d), d.Attrs
	}
	var err error
	if made.Args, made.Kw, err = arguments(n, d); err != nil {
		return err
	}
	made.In = w.references(made.Args, nil)
	for out := range n.Results {
		made.Out = out
		w.done[graph.Ref{Node: n, Out: out}] = w.add(made)
	}
	return nil
}

// named is the names of all axes, which are "" where there are none.
func named(d block.Description) []string {
	if d.Names == nil {
		return make([]string, len(d.Grid))
	}
	return d.Names
}

// called is the operation that documents call to make a node.
func called(n *graph.Node) op.Name {
	switch n.Attrs.(type) {
	case graph.GatherAttrs:
		return op.Gather
	case graph.ContractAttrs:
		return op.Contract
	}
	return n.Op
}

// references puts an In in the place of every graph.Ref in args, and gives what
// the node's In is then.
func (w *writer) references(args []Value, in []int) []int {
	for i, arg := range args {
		switch arg := arg.(type) {
		case []Value:
			in = w.references(arg, in)
		case graph.Ref:
			args[i] = In(len(in))
			in = append(in, w.position(arg))
		}
	}
	return in
}

// position is the node of the document that stands for a result.
func (w *writer) position(r graph.Ref) int {
	at, done := w.done[r]
	if !done { // a number
		v, _ := number(r)
		d := block.Description{DType: v.DType}
		at = w.add(Node{Op: string(op.Full), Args: []Value{integers(nil), scalar(v)}, Kw: creation(d)})
		w.done[r] = at
	}
	return at
}

// number is the value of a number without axes, which has no node of its own where
// it is as well a scalar that gives way.
func number(r graph.Ref) (dtype.Scalar, bool) {
	a, ok := r.Node.Attrs.(graph.FullAttrs)
	d := r.Describe()
	return a.Value, ok && len(d.Grid) == 0 && d.Attrs == nil
}

// givesWay reports whether operand i of an elementwise operation, a number, is
// converted to its own type by another operand: operands of a node have the types
// that the operation computes in.
func givesWay(n *graph.Node, i int) bool {
	for k, r := range n.Inputs {
		_, also := number(r)
		choice := n.Op == op.Where && (i == 0 || k == 0) // of which the condition has no say
		if !also && !choice && r.DType() == n.Inputs[i].DType() {
			return true
		}
	}
	return false
}

// arguments are those of the call that makes a node, with a graph.Ref in the
// place of each array. They are in the operation's order, as its row of the table
// has it.
func arguments(n *graph.Node, d block.Description) ([]Value, map[string]Value, error) {
	in := make([]Value, len(n.Inputs))
	for i, r := range n.Inputs {
		in[i] = r
		v, ok := number(r)
		if weak, _ := r.Node.Attrs.(graph.FullAttrs); ok && (weak.Weak || n.Row().Class == op.Elementwise && givesWay(n, i)) {
			in[i] = scalar(v)
		}
	}
	switch a := n.Attrs.(type) {
	case graph.ReadAttrs:
		kw, err := location(a.Source)
		return nil, kw, err
	case graph.FullAttrs:
		return []Value{integers(d.Shape()), scalar(a.Value)}, creation(d), nil
	case graph.ArangeAttrs:
		return arange(a, d)
	case graph.RandomAttrs:
		args, kw := random(n.Op, a, d)
		return args, kw, nil
	case graph.CastAttrs:
		return []Value{in[0], a.To}, nil, nil
	case graph.ReduceAttrs:
		kw := map[string]Value{"axis": integers(a.Axes), "keepdims": a.Keepdims}
		if n.Row().Positions { // which take one axis, or all without any
			delete(kw, "axis")
			if len(a.Axes) == 1 {
				kw["axis"] = integer(a.Axes[0])
			}
		}
		if a.Correction != 0 {
			kw["correction"] = a.Correction
		}
		return in, kw, nil
	case graph.SliceAttrs:
		return []Value{in[0], index(a.Items)}, nil, nil
	case graph.PermAttrs:
		return []Value{in[0], integers(a.Axes)}, nil, nil
	case graph.ShapeAttrs:
		return []Value{in[0], integers(a.Shape)}, nil, nil
	case graph.AxesAttrs:
		return []Value{in[0], integers(a.Axes)}, nil, nil
	case graph.ConcatAttrs:
		return []Value{in, integer(a.Axis)}, nil, nil
	case graph.RechunkAttrs:
		return []Value{in[0], chunks(a.Grid)}, nil, nil
	case graph.GatherAttrs:
		args, kw := gathered(a, n.Inputs[0])
		return args, kw, nil
	case graph.DiagonalAttrs:
		return []Value{in[0], integer(a.Offset), integer(a.Axis1), integer(a.Axis2)}, nil, nil
	case graph.BlockAttrs:
		args, kw := ofBlocks(n.Op, a, in, d)
		return args, kw, nil
	case graph.ContractAttrs:
		args, kw := contracted(a, in)
		return args, kw, nil
	case graph.TreeAttrs:
		return nil, nil, errors.New("its functions are in this program alone: compute the array and store it, or write it with other reductions")
	case graph.FuncAttrs:
		switch {
		case n.Op != op.MapBlock:
			return nil, nil, errors.New("its function is in this program alone: compute the array and store it, or register a function for map_blocks")
		case a.Func == nil || a.Func.Name == "":
			return nil, nil, errors.New("the function has no name that another process knows: register it, and give it that name")
		case a.Part:
			return nil, nil, fmt.Errorf("the function %q drops or adds axes, or goes along axes of its own, which documents do not have: add axes before it and squeeze them after it instead", a.Func.Name)
		}
		return []Value{in, a.Func.Name}, nil, nil
	case graph.NoAttrs:
		return in, nil, nil
	}
	return nil, nil, fmt.Errorf("documents do not have its attributes %s", n.Attrs.Text())
}

// location is where another process finds a source.
func location(s *graph.Slot) (map[string]Value, error) {
	source, ok := s.Value.(block.Source)
	if s.Name == "" || !ok {
		return nil, errors.New("an array in memory is not in other processes: make it an input of the document, or read it from a file")
	}
	variable := source.Traits().Variable
	if variable == "" {
		return map[string]Value{"uri": s.Name}, nil
	}
	path, ok := strings.CutSuffix(s.Name, ":"+variable)
	if !ok {
		return nil, fmt.Errorf("%s was opened with options, which documents do not have", s.Name)
	}
	return map[string]Value{"uri": path, "name": variable}, nil
}

// creation are the type and the chunks of an array that is made.
func creation(d block.Description) map[string]Value {
	kw := map[string]Value{"dtype": d.DType}
	if len(d.Grid) > 0 {
		kw["chunks"] = chunks(d.Grid)
	}
	return kw
}

// arange are the arguments of a range: where it stops is half a step behind its
// last element, for integers right behind it.
func arange(a graph.ArangeAttrs, d block.Description) ([]Value, map[string]Value, error) {
	count := d.Grid[0].Len()
	if d.DType.IsInteger() {
		start, step := wrapped(a.IntStart, d.DType), big.NewInt(a.IntStep)
		switch {
		case step.Sign() != 0:
		case count > 1:
			return nil, nil, errors.New("a range in steps of 0 has no end")
		default:
			step.SetInt64(1)
		}
		stop := new(big.Int).Mul(step, big.NewInt(int64(count)))
		return []Value{start, stop.Add(stop, start), step}, creation(d), nil
	}
	start, step := a.Start, a.Step
	if step == 0 && count <= 1 {
		step = 1
	}
	for _, stop := range []float64{start + float64(step*float64(count)), start + float64(step*(float64(count)-0.5))} {
		if n := math.Ceil((stop - start) / step); n == float64(count) || count == 0 && n <= 0 {
			return []Value{start, stop, step}, creation(d), nil
		}
	}
	return nil, nil, fmt.Errorf("no range of %d elements from %v on in steps of %v has an end", count, start, step)
}

// wrapped is an integer as an element of type d has it.
func wrapped(v int64, d dtype.DType) *big.Int {
	unused := 64 - 8*d.Size()
	if d.IsUnsigned() {
		return new(big.Int).SetUint64(uint64(v) << unused >> unused)
	}
	return big.NewInt(v << unused >> unused)
}

// index is what a slice takes, as arguments.
func index(items []graph.AxisIndex) []Value {
	list := make([]Value, len(items))
	for i, x := range items {
		switch {
		case x.New:
			list[i] = nil
		case x.Drop:
			list[i] = integer(x.Start)
		case x.Count == block.Unknown:
			list[i] = Slice{}
		case x.Count == 0:
			zero := 0
			list[i] = Slice{Start: &zero, Stop: &zero}
		default:
			s := Slice{Start: &x.Start, Step: &x.Step}
			stop := x.Start + x.Step*(x.Count-1)
			switch {
			case x.Step > 0:
				stop++
				s.Stop = &stop
			case stop > 0:
				stop--
				s.Stop = &stop
			}
			list[i] = s
		}
	}
	return list
}

// chunks is a grid as an argument: the length of the blocks of an axis, or the
// list of all of them; nil where nobody knows them. Very many are written as
// boundaries that repeat.
func chunks(grid block.Grid) Value {
	list := make([]Value, len(grid))
	for i, axis := range grid {
		chunk, regular := axis.Chunk()
		switch {
		case !axis.Known():
			list[i] = nil
		case regular:
			list[i] = integer(chunk)
		case axis.Blocks() > longest:
			return grid
		default:
			list[i] = integers(axis.Sizes())
		}
	}
	return list
}

func integer(v int) Value { return big.NewInt(int64(v)) }

func integers(list []int) Value {
	out := make([]Value, len(list))
	for i, v := range list {
		out[i] = integer(v)
	}
	return out
}

// scalar is an element as one that gives way, which holds it exactly.
func scalar(s dtype.Scalar) Value {
	switch v := s.Value().(type) {
	case bool:
		return v
	case int8:
		return integer(int(v))
	case int16:
		return integer(int(v))
	case int32:
		return integer(int(v))
	case int64:
		return big.NewInt(v)
	case uint8:
		return integer(int(v))
	case uint16:
		return integer(int(v))
	case uint32:
		return new(big.Int).SetUint64(uint64(v))
	case uint64:
		return new(big.Int).SetUint64(v)
	case dtype.Half:
		return float64(v.Float32())
	case float32:
		return float64(v)
	case float64:
		return v
	case complex64:
		return complex128(v)
	case complex128:
		return v
	}
	return nil
}
