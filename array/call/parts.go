package call

import (
	"errors"
	"fmt"

	"gabion/array"
	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// parts are what other operations are made of. Documents have them: nobody knows
// any more what a graph was made of.
var parts = map[op.Name]func(a *arguments) array.Array{
	op.BlockSum:       blocks("x"),
	op.BlockProd:      blocks("x"),
	op.BlockCumsum:    blocks("x", "start"),
	op.BlockCumprod:   blocks("x", "start"),
	op.BlockTopk:      blocks("x"),
	op.BlockArgtopk:   blocks("x", "indices"),
	op.BlockCompress:  blocks("x", "mask"),
	op.BlockShare:     blocks("x", "mask"),
	op.BlockPlace:     blocks("x", "mask", "values"),
	op.BlockTakeAlong: blocks("x", "indices"),
	op.BlockSearch:    blocks("x", "values"),
	op.BlockWindows:   windows,
	op.Gather:         gather,
	op.Contract:       contract,
}

// blocks is an operation on whole blocks of operands.
func blocks(operands ...string) func(a *arguments) array.Array {
	return func(a *arguments) array.Array {
		var in []array.Array
		for _, name := range operands {
			in = append(in, a.array(name))
		}
		attrs := graph.BlockAttrs{}
		switch {
		case a.takes("axis"):
			attrs.Axis = a.int("axis", 0)
		case len(in) > 1: // of a search: the last axis that has elements of its own
			attrs.Axis = max(0, in[1].Rank()-2)
		}
		if a.takes("k") {
			attrs.K = a.int("k", 0)
		}
		if a.takes("right") {
			attrs.Flag = a.bool("right")
		}
		var kept block.Axis
		if a.takes("chunks") && a.given("chunks") {
			kept = a.axisChunks("chunks", a.value("chunks"), block.Unknown)
		}
		if a.err != nil {
			return array.Array{}
		}
		return array.BlocksOf(string(a.row.Name), attrs, kept, in...)
	}
}

func windows(a *arguments) array.Array {
	x := a.array("x")
	axes, lengths := a.ints("axis"), a.ints("window_shape")
	if len(axes) != len(lengths) {
		a.fail(graph.ValueError, "window_shape", fmt.Errorf("there are %d lengths for %d axes", len(lengths), len(axes)))
	}
	if a.err != nil {
		return x
	}
	return array.BlocksOf(string(a.row.Name), graph.WindowsAttrs(x.Rank(), axes, lengths), block.Axis{}, x)
}

// axisChunks are the chunks of one axis: their length, all of their lengths, or a
// grid of one axis.
func (a *arguments) axisChunks(name string, v Arg, length int) block.Axis {
	switch v := v.(type) {
	case block.Grid:
		if len(v) == 1 {
			return v[0]
		}
		a.fail(graph.ValueError, name, fmt.Errorf("they are of %d axes, not of one", len(v)))
	case []Arg:
		sizes := make([]int, len(v))
		for i, size := range v {
			sizes[i] = a.whole(name, size)
		}
		axis, err := block.Irregular(sizes)
		if err != nil {
			a.fail(graph.ValueError, name, err)
		}
		return axis
	default:
		n := a.whole(name, v)
		if length == block.Unknown || n < 0 || n == 0 && length > 0 {
			a.fail(graph.ValueError, name, fmt.Errorf("chunks do not have the length %d", n))
		}
		if a.err == nil {
			return block.Regular(length, n)
		}
	}
	return block.Axis{}
}

// gather picks elements by maps: axes has for each axis of the result the number
// of an axis of x and a map, or several of both that are taken together.
func gather(a *arguments) array.Array {
	x := a.array("x")
	grid := x.Chunks()
	list, isList := a.value("axes").([]Arg)
	sizes, _ := a.value("chunks").([]Arg)
	if !isList || len(sizes) != len(list) {
		a.fail(graph.ValueError, "axes", errors.New("they are a list of axes with their maps, and chunks are as many"))
		return x
	}
	attrs := graph.GatherAttrs{}
	for i, item := range list {
		pairs, _ := item.([]Arg)
		if len(pairs) == 0 || len(pairs)%2 != 0 {
			a.fail(graph.ValueError, "axes", fmt.Errorf("axis %d of the result has no pairs of an axis and a map", i))
			return x
		}
		axis := graph.GatherAxis{}
		chunks := block.Axis{}
		for k := 0; k < len(pairs); k += 2 {
			from := a.whole("axes", pairs[k])
			if from < 0 || from >= len(grid) {
				a.fail(graph.IndexError, "axes", fmt.Errorf("axis %d is out of range: shape %v has %d axes", from, grid.Shape(), len(grid)))
				return x
			}
			m, isMap := pairs[k+1].(block.IndexMap)
			if !isMap && pairs[k+1] != nil {
				a.wrong("axes", "a map", pairs[k+1])
				return x
			}
			if !isMap {
				m = block.WholeMap(grid[from].Len())
			}
			axis.From, axis.Maps = append(axis.From, from), append(axis.Maps, m)
			if k == 0 {
				chunks = grid[from]
			}
		}
		if sizes[i] != nil {
			chunks = a.axisChunks("chunks", sizes[i], axis.Maps[0].Len())
		}
		attrs.Axes, attrs.Grid = append(attrs.Axes, axis), append(attrs.Grid, chunks)
	}
	if a.given("fill") {
		fill, err := a.scalar("fill", x.DType()).Convert(x.DType())
		if err != nil {
			a.fail(graph.OverflowError, "fill", err)
		}
		attrs.Fill = fill
	}
	if a.err != nil {
		return x
	}
	return array.GatherOf(attrs, x)
}

// contract is a product in a space whose chunks are given.
func contract(a *arguments) array.Array {
	attrs := graph.ContractAttrs{A: a.ints("axes1"), B: a.ints("axes2"), Kept: a.int("kept", 0), Conj: a.bool("conj")}
	grid, ok := a.value("chunks").(block.Grid)
	if !ok {
		a.wrong("chunks", "chunks of all axes", a.value("chunks"))
	}
	attrs.Grid = grid
	x, y := a.array("x1"), a.array("x2")
	if a.err != nil {
		return x
	}
	return array.ContractOf(attrs, x, y)
}
