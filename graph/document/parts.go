package document

import (
	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// The parts that operations are made of, which are rows of the table for
// documents alone.

// gathered is the arguments of gather: for each axis of the result the numbers of
// the axes that are picked from, each with its map, which is nil if it is all of the
// axis in its order; and the chunks of each, nil for those of the axis.
func gathered(a graph.GatherAttrs, in graph.Ref) ([]Value, map[string]Value) {
	axes, grid := make([]Value, len(a.Axes)), make([]Value, len(a.Axes))
	for i, axis := range a.Axes {
		var pairs []Value
		for k, from := range axis.From {
			var m Value = axis.Maps[k]
			if own := in.Grid()[from]; !own.Known() || axis.Maps[k].IsWhole(own.Len()) {
				m = nil
			}
			pairs = append(pairs, integer(from), m)
		}
		axes[i], grid[i] = pairs, chunksAlong(a.Grid[i])
	}
	var kw map[string]Value
	if a.Fill.DType.Valid() {
		kw = map[string]Value{"fill": scalar(a.Fill)}
	}
	return []Value{in, axes, grid}, kw
}

// chunksAlong are those of one axis; nil where they are not known.
func chunksAlong(axis block.Axis) Value {
	if list, ok := chunks(block.Grid{axis}).([]Value); ok {
		return list[0]
	}
	return block.Grid{axis}
}

// ofBlocks is the arguments of an operation on whole blocks.
func ofBlocks(name op.Name, a graph.BlockAttrs, in []Value, d block.Description) ([]Value, map[string]Value) {
	switch name {
	case op.BlockTopk, op.BlockArgtopk:
		return in, map[string]Value{"axis": integer(a.Axis), "k": integer(a.K)}
	case op.BlockCompress:
		kw := map[string]Value{"axis": integer(a.Axis)}
		if kept := d.Grid[a.Axis]; kept.Known() {
			kw["chunks"] = block.Grid{kept}
		}
		return in, kw
	case op.BlockSearch:
		return in, map[string]Value{"right": a.Flag}
	case op.BlockWindows:
		lengths := make([]int, len(a.Sizes))
		for i, axis := range a.Sizes {
			lengths[i] = a.Overlap[0].Depth[axis][1] + 1
		}
		return in, map[string]Value{"axis": integers(a.Sizes), "window_shape": integers(lengths)}
	}
	return in, map[string]Value{"axis": integer(a.Axis)}
}

// contracted is the arguments of contract.
func contracted(a graph.ContractAttrs, in []Value) ([]Value, map[string]Value) {
	return append(in, integers(a.A), integers(a.B), integer(a.Kept)), map[string]Value{"chunks": a.Grid, "conj": a.Conj}
}
