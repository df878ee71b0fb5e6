package graph

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// A program is a graph as text, one operation a line:
//
//	x = read dtype=float64 shape=40,60 chunks=10,20 names=y,x
//	y = add x 1.5
//	z = getitem y 0:10,::-2
//	return z
//
// Operands are names of lines before, or numbers, which are weak scalars.

var here = Site{Text: "test"}

func scalar(v any) dtype.Scalar {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		panic(fmt.Sprintf("%T is no scalar", v))
	}
	return s
}

// described is a source of which only the description matters.
type described block.Description

func (d described) Describe() block.Description { return block.Description(d) }
func (described) Traits() block.Traits          { return block.Traits{} }
func (described) Scratch(block.Region) int64    { return 0 }
func (described) Read(context.Context, block.Region, block.Block, *block.Scratch) error {
	return fmt.Errorf("nothing is read in this test")
}

type program struct {
	t     testing.TB
	refs  map[string]Ref
	slots map[string]*Slot
}

func parseGraph(t testing.TB, text string) Graph {
	p := program{t: t, refs: map[string]Ref{}, slots: map[string]*Slot{}}
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if fields[0] == "return" {
			var g Graph
			for _, name := range fields[1:] {
				g.Outputs = append(g.Outputs, p.operand(name))
			}
			return g
		}
		r, err := p.line(fields[0], fields[2], fields[3:])
		require.NoError(t, err, line)
		p.refs[fields[0]] = r
	}
	t.Fatal("the program returns nothing")
	return Graph{}
}

func (p program) operand(text string) Ref {
	if r, ok := p.refs[text]; ok {
		return r
	}
	var value any
	if i, err := strconv.Atoi(text); err == nil {
		value = i
	} else {
		f, err := strconv.ParseFloat(text, 64)
		require.NoError(p.t, err, "operand %s", text)
		value = f
	}
	r, err := Weak(here, scalar(value))
	require.NoError(p.t, err)
	return r
}

func (p program) line(target, name string, fields []string) (Ref, error) {
	opts := map[string]string{}
	var in []Ref
	index := ""
	for _, field := range fields {
		key, value, isOption := strings.Cut(field, "=")
		switch {
		case isOption:
			opts[key] = value
		case name == "getitem" && len(in) == 1:
			index = field
		default:
			in = append(in, p.operand(field))
		}
	}
	var axes []int
	if text, ok := opts["axes"]; ok {
		axes = p.ints(text)
	}
	d, _ := dtype.Parse(opts["dtype"])
	shape := block.Shape(p.ints(opts["shape"]))
	grid := p.grid(shape, opts["chunks"])
	var names []string
	if opts["names"] != "" {
		names = strings.Split(opts["names"], ",")
	}
	number := func(key string) float64 { v, _ := strconv.ParseFloat(opts[key], 64); return v }
	switch op.Name(name) {
	case op.Read:
		desc := block.Description{DType: d, Grid: grid, Names: names}
		if opts["units"] != "" {
			desc.Attrs = block.Attributes{"units": opts["units"]}
		}
		if p.slots[target] == nil {
			p.slots[target] = &Slot{Name: target, Value: described(desc)}
		}
		return Read(here, p.slots[target])
	case op.Full:
		value, err := scalar(number("value")).Convert(d)
		require.NoError(p.t, err)
		return Full(here, grid, value)
	case op.Arange:
		return Arange(here, d, grid, ArangeAttrs{Start: number("start"), Step: number("step"), IntStart: int64(number("start")), IntStep: int64(number("step"))})
	case op.RandomUniform, op.RandomNormal:
		return Random(here, op.Name(name), d, grid, RandomAttrs{Seed: uint64(number("seed")), Stream: uint64(number("stream")), B: 1})
	case op.Astype:
		return Cast(here, in[0], d)
	case op.Slice:
		return Slice(here, in[0], parseItems(p.t, index, in[0].Shape()))
	case op.Transpose:
		return Transpose(here, in[0], axes)
	case op.BroadcastTo:
		return BroadcastTo(here, in[0], shape)
	case op.ExpandDims:
		return ExpandDims(here, in[0], axes)
	case op.Squeeze:
		return Squeeze(here, in[0], axes)
	case op.Reshape:
		return Reshape(here, in[0], shape)
	case op.Concat:
		return Concat(here, in, int(number("axis")))
	case op.Diagonal:
		return Diagonal(here, in[0], int(number("offset")), axes[0], axes[1])
	case op.Rechunk:
		return Rechunk(here, in[0], p.grid(in[0].Shape(), opts["chunks"]))
	case op.MapBlock:
		slot := &Slot{Name: target, Value: target}
		return MapBlocks(here, in, block.Description{DType: dtype.Float64, Grid: in[0].Grid()}, FuncAttrs{Func: slot})
	}
	switch op.Lookup(op.Name(name)).Class {
	case op.Reduction:
		return Reduce(here, op.Name(name), in[0], axes, opts["keepdims"] == "true", number("correction"))
	case op.Contraction:
		return Contract(here, op.Name(name), in[0], in[1], walks(opts["walks"]))
	}
	return Elementwise(here, op.Name(name), in...)
}

func (p program) ints(text string) []int {
	out := []int{}
	for _, part := range strings.Split(text, ",") {
		if part != "" {
			n, err := strconv.Atoi(part)
			require.NoError(p.t, err)
			out = append(out, n)
		}
	}
	return out
}

// walks turns subscripts such as ij,jk->ik into the axes of a contraction: those
// of the result, and after them those that are summed over.
func walks(subscripts string) ContractAttrs {
	operands, out, _ := strings.Cut(subscripts, "->")
	a, b, _ := strings.Cut(operands, ",")
	space := out
	for _, label := range a + b {
		if !strings.ContainsRune(space, label) {
			space += string(label)
		}
	}
	axes := func(labels string) []int {
		axes := []int{}
		for _, label := range labels {
			axes = append(axes, strings.IndexRune(space, label))
		}
		return axes
	}
	return ContractAttrs{A: axes(a), B: axes(b), Kept: len(out)}
}

// grid: chunks are one size an axis, such as 10,20, or sizes such as 10+20,5.
func (p program) grid(shape block.Shape, chunks string) block.Grid {
	grid := make(block.Grid, len(shape))
	parts := strings.Split(chunks, ",")
	for axis := range shape {
		if axis >= len(parts) || parts[axis] == "" {
			grid[axis] = block.Regular(shape[axis], shape[axis])
			continue
		}
		sizes := p.ints(strings.ReplaceAll(parts[axis], "+", ","))
		if len(sizes) == 1 {
			grid[axis] = block.Regular(shape[axis], sizes[0])
			continue
		}
		a, err := block.Irregular(sizes)
		require.NoError(p.t, err)
		grid[axis] = a
	}
	return grid
}

// parseItems reads items as Python writes them; missing ones take all.
func parseItems(t testing.TB, text string, shape block.Shape) []AxisIndex {
	var items []AxisIndex
	axis := 0
	for _, part := range strings.Split(text, ",") {
		if part == "newaxis" {
			items = append(items, AxisIndex{New: true})
			continue
		}
		n := shape[axis]
		axis++
		fields := strings.Split(part, ":")
		at := func(i, missing int) int {
			if i >= len(fields) || fields[i] == "" {
				return missing
			}
			v, err := strconv.Atoi(fields[i])
			require.NoError(t, err)
			return v
		}
		if len(fields) == 1 {
			items = append(items, AxisIndex{Drop: true, Start: at(0, 0)})
			continue
		}
		step := at(2, 1)
		start, stop := at(0, 0), at(1, n)
		if step < 0 {
			start, stop = at(0, n-1), at(1, -1)
		}
		items = append(items, AxisIndex{Start: start, Step: step, Count: max(0, block.CeilDiv(stop-start, step))})
	}
	for ; axis < len(shape); axis++ {
		items = append(items, AxisIndex{Step: 1, Count: shape[axis]})
	}
	return items
}
