package call

import (
	"maps"

	"gabion/array"
	"gabion/internal/op"
)

// calls are the operations of the table that are neither elementwise operations
// nor reductions, with how package array makes them. An operation that is added has
// its line here, or in the table of its family beside this one: what it takes is
// named as in its row.
var calls = joined(core, parameters, shaping, picking, products, statistics, parts)

func joined(tables ...map[op.Name]func(a *arguments) array.Array) map[op.Name]func(a *arguments) array.Array {
	all := make(map[op.Name]func(a *arguments) array.Array)
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

var core = map[op.Name]func(a *arguments) array.Array{
	op.Full:     full,
	op.Zeros:    func(a *arguments) array.Array { return a.constant(false) },
	op.Ones:     func(a *arguments) array.Array { return a.constant(true) },
	op.Empty:    func(a *arguments) array.Array { return a.constant(false) },
	op.Arange:   arange,
	op.MapBlock: mapBlocks,

	op.Astype:      func(a *arguments) array.Array { return a.array("x").AsType(a.dtype("dtype", 0)) },
	op.Slice:       getitem,
	op.Transpose:   func(a *arguments) array.Array { x := a.array("x"); return x.Transpose(a.axes("axes", x)...) },
	op.BroadcastTo: func(a *arguments) array.Array { return a.array("x").BroadcastTo(a.ints("shape")...) },
	op.ExpandDims:  func(a *arguments) array.Array { return a.array("x").ExpandDims(a.ints("axis")...) },
	op.Squeeze:     func(a *arguments) array.Array { x := a.array("x"); return x.Squeeze(a.axes("axis", x)...) },
	op.Reshape:     func(a *arguments) array.Array { return a.array("x").Reshape(a.ints("shape")...) },
	op.Concat:      concat,
	op.Rechunk:     func(a *arguments) array.Array { x := a.array("x"); return x.Rechunk(a.chunks("chunks", x.Rank())...) },
	op.Flip:        func(a *arguments) array.Array { x := a.array("x"); return x.Flip(a.axes("axis", x)...) },
}

// severalCalls are the operations with several results.
var severalCalls = map[op.Name]func(a *arguments) []array.Array{
	op.Divmod: func(a *arguments) []array.Array {
		quotient, remainder := a.array("x1").DivMod(a.array("x2"))
		return []array.Array{quotient, remainder}
	},
	op.Nonzero:         func(a *arguments) []array.Array { return a.array("x").NonZero() },
	op.Split:           split(array.Array.Split),
	op.ArraySplit:      split(array.Array.ArraySplit),
	op.Unstack:         unstack,
	op.BroadcastArrays: func(a *arguments) []array.Array { return array.BroadcastArrays(a.arrays("arrays")...) },
	op.Meshgrid:        meshgrid,
}

// invocation is how an operation is made; nil if it cannot be called by name.
func invocation(row *op.Op) func(a *arguments) []array.Array {
	if f, ok := severalCalls[row.Name]; ok {
		return f
	}
	f, ok := calls[row.Name]
	switch {
	case ok:
	case row.Class == op.Elementwise && row.Types != nil:
		f = elementwise
	case row.Class == op.Reduction:
		f = reduction
	case row.Random:
		f = random
	default:
		return nil
	}
	return func(a *arguments) []array.Array { return []array.Array{f(a)} }
}
