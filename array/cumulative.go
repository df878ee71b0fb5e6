package array

import (
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// CumOption says how a cumulative operation goes: IncludeInitial.
type CumOption interface{ cumulating(*cumulating) }

type cumulating struct{ initial bool }

type cumOption func(*cumulating)

func (f cumOption) cumulating(c *cumulating) { f(c) }

// IncludeInitial puts what no elements give, 0 or 1, in front: the axis is one
// longer.
func IncludeInitial() CumOption { return cumOption(func(c *cumulating) { c.initial = true }) }

// CumSum is the sums of the elements of an axis up to each: int64 of bools and
// signed integers, uint64 of unsigned ones. Floating-point sums are kept in
// float64 with what each addition rounds off, so that errors do not grow along
// the axis. Chunks are added up side by side, and read twice. With Flat the sums go
// over all elements in C order.
func (a Array) CumSum(axis int, opts ...CumOption) Array {
	return a.cumulate(op.CumulativeSum, op.BlockSum, op.BlockCumsum, axis, 0, opts)
}

// CumProd is the products of the elements of an axis up to each; see CumSum.
func (a Array) CumProd(axis int, opts ...CumOption) Array {
	return a.cumulate(op.CumulativeProd, op.BlockProd, op.BlockCumprod, axis, 1, opts)
}

// NanCumSum is CumSum with NaN counted as 0.
func (a Array) NanCumSum(axis int, opts ...CumOption) Array {
	return a.withoutNaN(op.Nancumsum, 0).cumulate(op.Nancumsum, op.BlockSum, op.BlockCumsum, axis, 0, opts)
}

// NanCumProd is CumProd with NaN counted as 1.
func (a Array) NanCumProd(axis int, opts ...CumOption) Array {
	return a.withoutNaN(op.Nancumprod, 1).cumulate(op.Nancumprod, op.BlockProd, op.BlockCumprod, axis, 1, opts)
}

// withoutNaN is a with v in the place of NaN.
func (a Array) withoutNaN(name op.Name, v int64) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		if in[0].DType().Kind() < dtype.KindFloat {
			return in[0]
		}
		return c.do(op.Where, c.do(op.Isnan, in[0]), c.number(v), in[0])
	})
}

func (a Array) cumulate(name, total, running op.Name, axis int, identity int64, opts []CumOption) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		var o cumulating
		for _, opt := range opts {
			if opt != nil {
				opt.cumulating(&o)
			}
		}
		if axis == Flat {
			in, axis = []graph.Ref{c.flat(in[0])}, 0
		}
		axis = c.axis(axis, in[0])
		if c.err != nil {
			return graph.Ref{}
		}
		if !in[0].Grid()[axis].Known() {
			return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, in[0].Shape(), graph.ErrUnresolved))
		}
		out := dtype.SumOf(in[0].DType())
		wide := out
		switch {
		case out.IsFloat():
			wide = dtype.Float64
		case out.IsComplex():
			wide = dtype.Complex128
		}
		x := c.cast(in[0], wide)
		if c.err != nil {
			return graph.Ref{}
		}
		result := c.cast(c.scan(x, axis, total, running, identity), out)
		if o.initial && c.err == nil {
			result = c.concat(axis, c.startOf(result, axis, identity), result)
			if c.err == nil {
				result = c.regrid(result, axis, block.Regular(result.Shape()[axis], max(1, x.Grid()[axis].Largest())))
			}
		}
		return result
	})
}

// slab is the chunks of one index of an axis.
func (c *composer) slab(in graph.Ref, axis int) block.Grid {
	grid := append(block.Grid{}, in.Grid()...)
	grid[axis] = block.Regular(1, 1)
	return grid
}

// inLongBlocks is in with the blocks of an axis joined to about pickedBytes.
func (c *composer) inLongBlocks(in graph.Ref, axis int) graph.Ref {
	if c.err != nil {
		return in
	}
	grid := append(block.Grid{}, in.Grid()...)
	own := grid[axis]
	grid[axis] = block.Regular(1, 1)
	return c.regrid(in, axis, block.Regular(own.Len(), max(own.Largest(), pickedBytes/max(1, grid.Largest().Elements()*in.DType().Size()))))
}

// startOf is one index of an axis with an identity everywhere.
func (c *composer) startOf(x graph.Ref, axis int, identity int64) graph.Ref {
	grid := c.slab(x, axis)
	if c.err != nil || grid.Known() {
		return c.full(grid, identity, x.DType())
	}
	// Lengths that are not known are those of x.
	start := c.full(block.Grid{}, identity, x.DType())
	if x.Shape()[axis] == 0 {
		return c.fail(graph.IndexError, fmt.Errorf("shape %v has an unknown length; %w", x.Shape(), graph.ErrUnresolved))
	}
	return c.regrid(c.do(op.Where, c.full(block.Grid{}, true, dtype.Bool), start, c.along(x, axis, graph.AxisIndex{Step: 1, Count: 1})), axis, grid[axis])
}

// scan combines the elements of an axis up to each: the totals of the blocks
// first, then these up to each block, in the same way if they do not fit one
// block, then the elements of each block with what comes before it.
func (c *composer) scan(x graph.Ref, axis int, total, running op.Name, identity int64) graph.Ref {
	attrs := graph.BlockAttrs{Axis: axis}
	start := c.startOf(x, axis, identity)
	n := x.Grid()[axis].Blocks()
	if n > 1 {
		each := append(block.Grid{}, x.Grid()...)
		each[axis] = block.Regular(n, 1)
		slab := each.Largest().Elements() * x.DType().Size()
		totals := c.regrid(c.blockwise(total, x.DType(), each, attrs, x), axis, block.Regular(n, max(2, pickedBytes/max(1, slab))))
		if c.err != nil {
			return graph.Ref{}
		}
		before := c.along(c.scan(totals, axis, total, running, identity), axis, graph.AxisIndex{Step: 1, Count: n - 1})
		start = c.regrid(c.concat(axis, start, before), axis, block.Regular(n, 1))
	}
	if c.err != nil {
		return graph.Ref{}
	}
	return c.blockwise(running, x.DType(), x.Grid(), attrs, x, start)
}

// TopK is the k greatest elements of an axis, the greatest first, or the -k least,
// the least first. NaN is greater than any number.
func (a Array) TopK(k, axis int) Array {
	return composed(op.Topk, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x, _ := c.topk(in[0], k, axis, false)
		return x
	})
}

// ArgTopK is the indices along an axis of what TopK gives; of equal elements the
// first come first.
func (a Array) ArgTopK(k, axis int) Array {
	return composed(op.Argtopk, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		_, indices := c.topk(in[0], k, axis, true)
		return indices
	})
}

// topk takes the best of each block, then the best of these, until one block is
// left.
func (c *composer) topk(x graph.Ref, k, axis int, positions bool) (values, indices graph.Ref) {
	axis = c.axis(axis, x)
	if c.err != nil {
		return x, x
	}
	own := x.Grid()[axis]
	if !own.Known() {
		return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, x.Shape(), graph.ErrUnresolved)), x
	}
	if k > own.Len() || k < -own.Len() || k == 0 {
		return c.fail(graph.ValueError, fmt.Errorf("k is %d for axis %d of shape %v; it is 1 to %d, or negative for the least elements", k, axis, x.Shape(), own.Len())), x
	}
	size := max(k, -k)
	attrs := graph.BlockAttrs{Axis: axis, K: k}
	if positions {
		shape := make(block.Shape, len(x.Grid()))
		for i := range shape {
			shape[i] = 1
		}
		shape[axis] = own.Len()
		indices = c.reshape(c.keep(graph.Arange(c.at, dtype.Int64, block.Grid{own}, graph.ArangeAttrs{IntStep: 1})), shape...)
		if x.Grid().Known() {
			indices = c.broadcast(indices, x.Shape())
		} else { // to lengths that only x has
			indices = c.do(op.Where, c.full(block.Grid{}, true, dtype.Bool), indices, c.cast(c.truth(x), dtype.Int64))
		}
		if c.err == nil {
			indices = c.rechunk(indices, x.Grid())
		}
	}
	for c.err == nil {
		grid := append(block.Grid{}, x.Grid()...)
		best, err := grid[axis].CutTo(size)
		if err != nil {
			return c.fail(graph.ValueError, err), x
		}
		grid[axis] = best
		if positions {
			indices = c.blockwise(op.BlockArgtopk, dtype.Int64, grid, attrs, x, indices)
		}
		x = c.blockwise(op.BlockTopk, x.DType(), grid, attrs, x)
		if c.err != nil || best.Blocks() == 1 {
			break
		}
		length := best.Len()
		if size <= length/2 {
			length = max(2*size, own.Largest())
		}
		next := block.Regular(best.Len(), length)
		x = c.regrid(x, axis, next)
		if positions {
			indices = c.regrid(indices, axis, next)
		}
	}
	return x, indices
}
