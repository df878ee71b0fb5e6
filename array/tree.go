package array

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// Tree is a reduction of your own. It is made of three functions: one sums up a
// block, one combines what is known of two neighbours, one makes the results.
// What is known, the partial, has elements of type P: Width of them for each
// result. T is the type of the array's elements and R that of the results.
//
// The results of a block are its cells: one for each index along the axes that
// are kept, in C order. All slices are valid during a call only. Several calls run
// at once. An error or a panic ends the computation with an error that names the
// block.
type Tree[T, P, R dtype.Element] struct {
	// Chunk puts into partial what is known of the cells of one block. block
	// has the elements of one cell after the other, as many for each, in C
	// order of the axes that are reduced. partial is cleared before; that of
	// cell c are its Width elements from c*Width on. Where there is nothing to
	// reduce block is empty, and partial becomes what is known of nothing.
	Chunk func(ctx context.Context, info TreeInfo, partial []P, block []T) error

	// Combine makes left what is known of the elements of both. The blocks of
	// left come before those of right in C order of the reduced axes; where only
	// one of these is divided into blocks, so do the elements.
	Combine func(left, right []P) error

	// Finish makes the results from what is known of all elements, n for each
	// cell. dst is not cleared before.
	Finish func(dst []R, partial []P, n int64) error

	// Width is the number of elements of a partial for each cell; 0 is 1.
	Width int

	// Results is the number of results for each cell, which become the last
	// axis of the result; 0 is one, without an axis.
	Results int

	// Scratch is the most memory in bytes that a call of Chunk allocates
	// itself. It is part of the memory budget, as partials are.
	Scratch int64

	// Name is a name by which other processes know the functions too, so that
	// a plan with them can be stored.
	Name string
}

// TreeInfo tells Chunk which block it sums up.
type TreeInfo struct {
	Index  []int        // the block's position among those of the array
	Region block.Region // what part of the array it is
	Cells  int          // the results of which it holds elements
}

// TreeReduce is a reduction of x by functions of the caller's, which are called
// once for every block each time the result is computed. Partials of blocks are
// combined in a balanced tree over the blocks' positions that depends on the
// chunks alone, so that the result has the same bits however it is computed.
// Options are Axes, AxesNamed and Keepdims.
//
// What Dask calls combine and aggregate are Combine and Finish here.
func TreeReduce[T, P, R dtype.Element](tree Tree[T, P, R], x Array, opts ...ReduceOption) Array {
	attrs := graph.TreeAttrs{Partial: dtype.Of[P](), Width: max(1, tree.Width), Results: tree.Results, Scratch: tree.Scratch}
	takes := dtype.Of[T]()
	return composed(op.TreeReduce, []Array{x}, func(c *composer, in []graph.Ref) graph.Ref {
		r := c.reduction(in[0], opts)
		switch {
		case c.err != nil:
			return graph.Ref{}
		case tree.Chunk == nil || tree.Combine == nil || tree.Finish == nil:
			return c.fail(graph.ValueError, errors.New("the function Chunk, Combine or Finish is nil"))
		case tree.Width < 0:
			return c.fail(graph.ValueError, fmt.Errorf("a partial of %d elements holds nothing", tree.Width))
		case in[0].DType() != takes:
			return c.fail(graph.TypeError, fmt.Errorf("the functions take elements of %v, the array has %v: convert it with AsType(dtype.%s)",
				takes, in[0].DType(), exported(takes)))
		}
		order := keptFirst(len(in[0].Grid()), r.axes)
		attrs.Reduced = len(r.axes)
		attrs.Func = &graph.Slot{Name: tree.Name, Value: tree.bind(order, len(r.axes))}
		moved := in[0]
		if !slices.IsSorted(order) {
			moved = c.transpose(moved, order)
		}
		out := c.keep(graph.TreeReduce(c.at, moved, dtype.Of[R](), attrs))
		if r.keepdims && len(r.axes) > 0 {
			out = c.expand(out, r.axes...)
		}
		return out
	})
}

// keptFirst is the numbers of an array's axes: those that are kept, and then
// those along which it is reduced, both ascending.
func keptFirst(rank int, reduced []int) []int {
	order := make([]int, 0, rank)
	for axis := range rank {
		if !slices.Contains(reduced, axis) {
			order = append(order, axis)
		}
	}
	return append(order, slices.Sorted(slices.Values(reduced))...)
}

// bind is the functions as executors call them, for an array whose axes are in
// the given order, the last of which are reduced.
func (tree Tree[T, P, R]) bind(order []int, reduced int) plan.UserFunc {
	return plan.UserFunc{
		Block: func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			told := TreeInfo{Index: make([]int, len(order)), Region: block.Region{Start: make([]int, len(order)), Shape: make(block.Shape, len(order))}, Cells: 1}
			for i, axis := range order {
				told.Index[axis] = info.Index[i]
				told.Region.Start[axis], told.Region.Shape[axis] = info.Region.Start[i], info.Region.Shape[i]
				if i < len(order)-reduced {
					told.Cells *= info.Region.Shape[i]
				}
			}
			return tree.Chunk(ctx, told, elements[P](dst), elements[T](src[0]))
		},
		Combine: func(left, right block.Block) error { return tree.Combine(elements[P](left), elements[P](right)) },
		Finish: func(dst, partial block.Block, n int64) error {
			return tree.Finish(elements[R](dst), elements[P](partial), n)
		},
	}
}
