package array

import (
	"context"
	"errors"
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// ApplyGufunc calls a function of small arrays at every place of large ones: a
// generalised universal function with a signature as in NumPy, such as
// "(i,j),(j)->(i)". The last axes of each array are those of its core, as the
// signature says; the axes before them are broadcast, and f is called once for
// each of their indices with the cores in C order, src[k] that of array k, and
// dst for the core of the result. The slices are valid during the call only, and
// those of src are not to be changed. dst is not cleared before.
//
// Lengths that have the same name are equal, a number is a fixed length. Those that
// only the result has are given by sizes. A core is never divided: its axes become
// one chunk. Optional axes, such as "n?", are not supported. Options are Scratch and
// FuncName. See ApplyGufuncs for functions of several results.
func ApplyGufunc[T, U dtype.Element](signature string, f func(ctx context.Context, dst []U, src [][]T) error, arrays []Array, sizes map[string]int, opts ...MapOption) Array {
	return composed(op.ApplyGufunc, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		s := c.signature(signature)
		switch {
		case c.err != nil:
			return graph.Ref{}
		case f == nil:
			return c.fail(graph.ValueError, errors.New("the function is nil"))
		case len(s.results) != 1:
			return c.fail(graph.ValueError, fmt.Errorf("the signature %q has %d results: ApplyGufuncs gives several", signature, len(s.results)))
		}
		one := func(ctx context.Context, dst [][]U, src [][]T) error { return f(ctx, dst[0], src) }
		results := applyGufunc(c, s, one, in, sizes, opts)
		if c.err != nil {
			return graph.Ref{}
		}
		return results[0]
	})
}

// ApplyGufuncs is ApplyGufunc of a function of several results, which have one
// type: of the signature "(i)->(),()" dst[0] is the core of the first and dst[1]
// that of the second. f is called once for all results that are computed together.
func ApplyGufuncs[T, U dtype.Element](signature string, f func(ctx context.Context, dst [][]U, src [][]T) error, arrays []Array, sizes map[string]int, opts ...MapOption) []Array {
	s, _ := parseSignature(signature)
	return composedList(op.ApplyGufunc, arrays, len(s.results), func(c *composer, in []graph.Ref) []graph.Ref {
		s := c.signature(signature)
		switch {
		case c.err != nil:
			return nil
		case f == nil:
			c.fail(graph.ValueError, errors.New("the function is nil"))
			return nil
		}
		return applyGufunc(c, s, f, in, sizes, opts)
	})
}

// applyGufunc is the results of f. Where there are several, the elements of their
// cores are made one after the other along one axis, and taken from there.
func applyGufunc[T, U dtype.Element](c *composer, s signature, f func(ctx context.Context, dst [][]U, src [][]T) error, in []graph.Ref, sizes map[string]int, opts []MapOption) []graph.Ref {
	m := c.mapping(opts)
	if c.err != nil {
		return nil
	}
	lengths, err := s.lengths(in, sizes)
	if err != nil {
		c.fail(graph.ValueError, err)
		return nil
	}
	shapeOf := func(core []string) block.Shape {
		shape := make(block.Shape, len(core))
		for k, name := range core {
			shape[k] = lengths[name]
		}
		return shape
	}
	var cores []block.Shape // of the results
	var ends []int          // of their elements in those of all
	total := 0
	for _, result := range s.results {
		core := shapeOf(result)
		n, err := core.Size()
		if err == nil && total+n < total {
			err = errors.New("the cores of the results have more elements than an int can count")
		}
		if err != nil {
			c.fail(graph.ValueError, err)
			return nil
		}
		total += n
		cores, ends = append(cores, core), append(ends, total)
	}
	made := cores[0]
	if len(cores) > 1 {
		made = block.Shape{total}
	}
	coreRank := len(made)
	for _, core := range s.operands {
		coreRank = max(coreRank, len(core))
	}
	loop := c.loop(s, in, dtype.Of[T]())
	if c.err != nil {
		return nil
	}
	// Every array gets all axes of the loop, and as many for the core.
	inputs := make([]graph.Ref, len(in))
	for i, x := range in {
		core := shapeOf(s.operands[i])
		shape := append(loop.Shape(), core...)
		if !x.Shape().Equal(shape) {
			x = c.broadcast(x, shape)
		}
		x = c.rechunk(x, append(loop[:len(loop):len(loop)], wholeAxes(core)...))
		for range coreRank - len(core) {
			x = c.expand(x, -1)
		}
		inputs[i] = x
	}
	if c.err != nil {
		return nil
	}
	grid := append(loop[:len(loop):len(loop)], wholeAxes(made)...)
	var gone []int
	for len(grid) < len(loop)+coreRank {
		gone, grid = append(gone, len(grid)), append(grid, block.Regular(1, 1))
	}
	call := plan.BlockFunc(func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
		n := info.Region.Shape[:len(loop)].Elements()
		to := elements[U](dst)
		from := make([][]T, len(src))
		for i, b := range src {
			from[i] = elements[T](b)
		}
		results, args := make([][]U, len(ends)), make([][]T, len(src))
		for k := range n {
			if k%betweenLooks == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			for i := range from {
				size := len(from[i]) / n
				args[i] = from[i][k*size : (k+1)*size : (k+1)*size]
			}
			start := k * total
			for i, end := range ends {
				results[i] = to[start : k*total+end : k*total+end]
				start = k*total + end
			}
			if err := f(ctx, results, args); err != nil {
				return err
			}
		}
		return nil
	})
	all := c.keep(graph.MapBlocks(c.at, inputs, block.Description{DType: dtype.Of[U](), Grid: grid},
		graph.FuncAttrs{Func: &graph.Slot{Name: m.name, Value: call}, Scratch: m.scratch, Part: true}))
	if gone != nil {
		all = c.squeeze(all, gone...)
	}
	if len(cores) == 1 || c.err != nil {
		return []graph.Ref{all}
	}
	out := make([]graph.Ref, len(cores))
	start := 0
	for i, end := range ends {
		item := graph.AxisIndex{Start: start, Step: 1, Count: end - start, Drop: len(cores[i]) == 0}
		out[i] = c.along(all, len(loop), item)
		if len(cores[i]) > 1 && c.err == nil {
			out[i] = c.reshape(out[i], append(loop.Shape(), cores[i]...)...)
		}
		start = end
	}
	return out
}

// loop is the blocks of the axes before the cores, broadcast and divided so that
// all operands have them.
func (c *composer) loop(s signature, in []graph.Ref, takes dtype.DType) block.Grid {
	loops := make([]graph.Ref, len(in))
	for i, r := range in {
		c.takes(i, r, takes)
		// It stands for the array without its core, which may be empty, and is not computed.
		core := allAxes(len(r.Grid()))[len(r.Grid())-len(s.operands[i]):]
		loops[i] = c.reduce(op.Any, r, core, false)
	}
	if c.err != nil {
		return nil
	}
	aligned, err := align(c.at, loops)
	if err != nil {
		c.keep(graph.Ref{}, err)
		return nil
	}
	return aligned[0].Grid()
}

// wholeAxes is one block of a shape.
func wholeAxes(shape block.Shape) block.Grid { return block.RegularGrid(shape, shape) }
