package array

import (
	"context"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// Linspace is num numbers evenly spaced from start to stop, along one axis; stop
// is the last of them if endpoint is true, and comes after the last otherwise.
// Element i is start + i*step, computed in float64 with step = (stop-start)/div,
// where div is num-1 or num; the last one is stop itself. Where that step is 0
// the numbers are start + (i/div)*(stop-start). These are the bits of NumPy.
func Linspace[T Float](start, stop float64, num int, endpoint bool, opts ...CreateOption) Array {
	return create(op.Linspace, dtype.Of[T](), []int{num}, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		c := &composer{name: op.Linspace, at: at}
		div := num
		if endpoint {
			div--
		}
		delta := stop - start
		attrs := graph.ArangeAttrs{Start: start, Step: delta}
		if div > 0 {
			attrs.Step = delta / float64(div)
		}
		var line graph.Ref
		if div > 0 && attrs.Step == 0 {
			line = c.keep(graph.Arange(at, dtype.Float64, out.Grid, graph.ArangeAttrs{Step: 1}))
			line = c.do(op.Multiply, c.do(op.Divide, line, c.number(float64(div))), c.number(delta))
			line = c.cast(c.do(op.Add, line, c.number(start)), out.DType)
		} else {
			line = c.keep(graph.Arange(at, out.DType, out.Grid, attrs))
		}
		if endpoint && num > 1 {
			last := c.do(op.Equal, c.counted(out.Grid[0], 0), c.number(num-1))
			line = c.do(op.Where, last, c.filled(nil, stop, out.DType), line)
		}
		return line, c.err
	})
}

// MeshOption says how Meshgrid arranges its results.
type MeshOption int

const (
	XY     MeshOption = iota // the first array runs along axis 1 and the second along axis 0; unless IJ is given
	IJ                       // array i runs along axis i
	Sparse                   // results have length 1 along the axes that their array does not run along
)

// Meshgrid is a result for each array, of as many axes as there are arrays: the
// array's elements, in C order, run along an axis of their own, and are the same
// along the others. All are of one shape, unless they are Sparse.
func Meshgrid(arrays []Array, opts ...MeshOption) []Array {
	return composedList(op.Meshgrid, arrays, len(arrays), func(c *composer, in []graph.Ref) []graph.Ref {
		for _, o := range opts {
			if o < XY || o > Sparse {
				c.fail(graph.ValueError, fmt.Errorf("MeshOption(%d) is none of XY, IJ and Sparse", o))
				return nil
			}
		}
		rank := len(in)
		shape := make(block.Shape, rank)
		grid := make(block.Grid, rank)
		place := func(i int) int {
			if i < 2 && rank > 1 && !slices.Contains(opts, IJ) {
				return 1 - i
			}
			return i
		}
		size := 1
		lines := make([]graph.Ref, rank)
		for i, r := range in {
			lines[i] = r
			if len(r.Grid()) != 1 {
				lines[i] = c.flat(r)
			}
			n := c.known(lines[i], 0)
			if c.err != nil {
				return nil
			}
			shape[place(i)], grid[place(i)] = n, lines[i].Grid()[0]
			size = max(size, r.DType().Size())
		}
		if !slices.Contains(opts, Sparse) {
			grid = bounded(grid, size, nil)
		}
		out := make([]graph.Ref, rank)
		for i, line := range lines {
			own := place(i)
			line = c.rechunk(line, grid[own:own+1])
			out[i] = c.expand(line, slices.Delete(allAxes(rank), own, own+1)...)
			if !slices.Contains(opts, Sparse) {
				out[i] = c.rechunk(c.broadcast(out[i], shape), grid)
			}
		}
		return out
	})
}

// Indices is the indices of the elements of an array of a shape, with an axis in
// front that says along which axis: element (k, i0, i1, …) is ik. Options are
// about all axes of the result.
func Indices[T Real](shape []int, opts ...CreateOption) Array {
	full := append([]int{len(shape)}, shape...)
	return create(op.Indices, dtypeOf[T](), full, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		c := &composer{name: op.Indices, at: at}
		rank := len(shape)
		var which graph.Ref // along which axis
		result := c.zero(dtype.Int64)
		for axis := range rank {
			along := c.counted(out.Grid[1+axis], 0)
			along = c.expand(along, slices.Delete(allAxes(rank+1), 1+axis, 2+axis)...)
			if which.Node == nil {
				which = c.expand(c.counted(out.Grid[0], 0), allAxes(rank + 1)[1:]...)
			}
			result = c.do(op.Where, c.do(op.Equal, which, c.number(axis)), along, result)
		}
		if rank == 0 {
			result = c.counted(out.Grid[0], 0)
		}
		return c.cast(result, out.DType), c.err
	})
}

// dtypeOf is the type of T, of which int and uint are the 64-bit ones.
func dtypeOf[T Real]() dtype.DType {
	var zero T
	s, _ := dtype.ScalarOf(zero)
	return s.DType
}

// FromFunc is an array whose element at an index is f(index), as fromfunction of
// NumPy with a function that is not vectorised. f is called once for each
// element each time the array is computed, by several goroutines at once; it is
// not to keep the index. A panic of f ends the computation with an
// error that names the block. See MapBlocks for functions of whole blocks.
func FromFunc[T dtype.Element](shape []int, f func(index []int) T, opts ...CreateOption) Array {
	return create(op.FromFunc, dtype.Of[T](), shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		if f == nil {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: op.FromFunc, Site: at, Err: fmt.Errorf("the function is nil")}
		}
		call := plan.BlockFunc(func(ctx context.Context, info plan.BlockInfo, dst block.Block, _ []block.Block) error {
			to := elements[T](dst)
			index := make([]int, len(info.Region.Shape)) // which f may change
			n := 0
			var err error
			block.Positions(info.Region, func(at []int) bool {
				if n%betweenLooks == 0 {
					err = ctx.Err()
				}
				copy(index, at)
				to[n] = f(index)
				n++
				return err == nil
			})
			return err
		})
		return graph.FromFunction(at, out, graph.FuncAttrs{Func: &graph.Slot{Value: call}})
	})
}

// betweenLooks is how many elements are computed between two looks at whether the
// computation was cancelled.
const betweenLooks = 1 << 10
