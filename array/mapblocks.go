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

// BlockInfo tells a user's function which block it computes.
type BlockInfo struct {
	Index  []int          // the block's position among those of the result
	Region block.Region   // what part of the result it is; its shape is that of dst
	Inputs []block.Region // what part of each input is given; their shapes are those of the inputs
}

// MapOption says how a user's function is called. Each function says which it takes.
type MapOption interface{ mapping(*mapping) }

type mapping struct {
	name    string
	scratch int64
	lengths []int
	sizes   [][]int
	dropped []int
	added   [][2]int // axes of the result and their lengths
	depth   [][2]int
	modes   []PadMode
	fill    *dtype.Scalar
}

type mapOption func(*mapping)

func (f mapOption) mapping(m *mapping) { f(m) }

// ResultChunks are the lengths along each axis of every block that the function
// makes; Whole keeps the length that the input's block has.
func ResultChunks(lengths ...int) MapOption {
	return mapOption(func(m *mapping) { m.lengths, m.sizes = append([]int{}, lengths...), nil })
}

// ResultChunkSizes are the lengths of all blocks that the function makes, along
// each axis. There are as many as the input has; nil keeps those of an axis.
func ResultChunkSizes(sizes ...[]int) MapOption {
	return mapOption(func(m *mapping) { m.sizes, m.lengths = append([][]int{}, sizes...), nil })
}

// DropAxes are axes of the inputs that the result does not have, such as those
// that the function reduces. Each is one chunk: a call is given all of it.
func DropAxes(axes ...int) MapOption {
	return mapOption(func(m *mapping) { m.dropped = append(m.dropped, axes...) })
}

// AddAxis is an axis of the result, of the given length, that the inputs do not
// have: one chunk of what each call makes. Several are added from the first to
// the last axis of the result.
func AddAxis(axis, length int) MapOption {
	return mapOption(func(m *mapping) { m.added = append(m.added, [2]int{axis, length}) })
}

// Scratch is the most memory in bytes that a call of the function allocates
// itself. It is part of the memory budget.
func Scratch(bytes int64) MapOption {
	const most = 1 << 60 // sums of which do not overflow
	return mapOption(func(m *mapping) { m.scratch = min(bytes, most) })
}

// FuncName is a name by which other processes know the function too, so that a
// plan with it can be stored.
func FuncName(name string) MapOption { return mapOption(func(m *mapping) { m.name = name }) }

// MapBlocks calls f for every block of x, once each time the result is
// computed, possibly several at once. src are the block's elements in C order,
// dst has room for those of the result's block, whose shape is info.Region's:
// that of the input's block unless options say otherwise. Both are valid during
// the call only, and src is not to be changed. dst is not cleared before.
//
// Options are ResultChunks, ResultChunkSizes, DropAxes, AddAxis, Scratch and
// FuncName.
//
// T is the type of x's elements and U that of the result's. An error or a panic
// of f ends the computation with an error that names the block.
func MapBlocks[T, U dtype.Element](f func(ctx context.Context, info BlockInfo, dst []U, src []T) error, x Array, opts ...MapOption) Array {
	var call plan.BlockFunc
	if f != nil {
		call = func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			return f(ctx, BlockInfo(info), elements[U](dst), elements[T](src[0]))
		}
	}
	return mapBlocks(op.MapBlock, call, dtype.Of[U](), []dtype.DType{dtype.Of[T]()}, []Array{x}, opts)
}

// MapBlocks2 is MapBlocks of a function of two arrays. They are broadcast and
// divided into the same blocks first, as in an elementwise operation.
func MapBlocks2[S, T, U dtype.Element](f func(ctx context.Context, info BlockInfo, dst []U, x []S, y []T) error, x, y Array, opts ...MapOption) Array {
	var call plan.BlockFunc
	if f != nil {
		call = func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			return f(ctx, BlockInfo(info), elements[U](dst), elements[S](src[0]), elements[T](src[1]))
		}
	}
	return mapBlocks(op.MapBlock, call, dtype.Of[U](), []dtype.DType{dtype.Of[S](), dtype.Of[T]()}, []Array{x, y}, opts)
}

// elements is a dense block as a slice of its elements.
func elements[T dtype.Element](b block.Block) []T { return dtype.Slice[T](b.DenseBytes()) }

// MapBlocksN is MapBlocks of any number of arrays of any types, given as dense
// blocks: block.Values has their elements as slices. The arrays are broadcast and
// divided into the same blocks first.
func MapBlocksN[U dtype.Element](f func(ctx context.Context, info BlockInfo, dst []U, src []block.Block) error, arrays []Array, opts ...MapOption) Array {
	return mapBlocksN(op.MapBlock, f, arrays, opts)
}

func mapBlocksN[U dtype.Element](name op.Name, f func(ctx context.Context, info BlockInfo, dst []U, src []block.Block) error, arrays []Array, opts []MapOption) Array {
	var call plan.BlockFunc
	if f != nil {
		call = func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			return f(ctx, BlockInfo(info), elements[U](dst), src)
		}
	}
	takes := make([]dtype.DType, len(arrays))
	for i, a := range arrays {
		takes[i] = a.DType()
	}
	return mapBlocks(name, call, dtype.Of[U](), takes, arrays, opts)
}

func mapBlocks(name op.Name, f plan.BlockFunc, out dtype.DType, takes []dtype.DType, arrays []Array, opts []MapOption) Array {
	return composed(name, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		switch {
		case len(in) == 0:
			return c.fail(graph.ValueError, errors.New("there is no array"))
		case f == nil:
			return c.fail(graph.ValueError, errors.New("the function is nil"))
		}
		for i, r := range in {
			c.takes(i, r, takes[i])
		}
		m := c.mapping(opts)
		if c.err != nil {
			return graph.Ref{}
		}
		aligned, err := align(c.at, in)
		if err != nil {
			return c.keep(graph.Ref{}, err)
		}
		return c.mapBlocks(f, out, aligned, m)
	})
}

// takes reports an operand of another type than the function takes.
func (c *composer) takes(operand int, r graph.Ref, d dtype.DType) {
	if r.DType() != d {
		c.fail(graph.TypeError, fmt.Errorf("the function takes elements of %v, operand %d of shape %v has %v: convert it with AsType(dtype.%s)",
			d, operand, r.Shape(), r.DType(), exported(d)))
	}
}

// mapping reads options, of which the operation has to have a use for each.
func (c *composer) mapping(opts []MapOption) mapping {
	var m mapping
	for _, o := range opts {
		if o != nil {
			o.mapping(&m)
		}
	}
	var err error
	switch {
	case c.name == op.ApplyGufunc && (m.lengths != nil || m.sizes != nil):
		err = errors.New("ResultChunks and ResultChunkSizes are options of MapBlocks and MapOverlap")
	case c.name == op.ApplyGufunc && (m.dropped != nil || m.added != nil):
		err = errors.New("DropAxes and AddAxis are options of MapBlocks and MapOverlap; here the signature says which axes there are")
	case c.name != op.MapOverlap && (m.modes != nil || m.fill != nil):
		err = errors.New("Boundary and BoundaryValue are options of MapOverlap")
	case m.fill != nil && !slices.Contains(m.modes, PadConstant):
		err = fmt.Errorf("BoundaryValue is an option of Boundary(PadConstant), the boundaries are %q", m.modes)
	}
	if err != nil {
		c.fail(graph.ValueError, err)
	}
	return m
}

// mapBlocks calls f over the axes of the inputs and those that the result adds,
// where dropped axes have length 1 in the result until they are taken out.
func (c *composer) mapBlocks(f plan.BlockFunc, out dtype.DType, in []graph.Ref, m mapping) graph.Ref {
	dropped := c.axes(m.dropped, in[0])
	slices.Sort(dropped)
	for _, axis := range dropped {
		if n := in[0].Grid()[axis].Blocks(); n != 1 {
			return c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v is dropped and has %d chunks: rechunk it to one", axis, in[0].Shape(), n))
		}
	}
	// full counts the axes of both, of which the dropped stay where they are.
	var added, gone []int
	rank := len(in[0].Grid()) - len(dropped) + len(m.added)
	for _, a := range m.added {
		axis := c.newAxis(a[0], rank)
		if a[1] < 0 {
			return c.fail(graph.ValueError, fmt.Errorf("axis %d is added with the negative length %d", axis, a[1]))
		}
		added = append(added, axis)
	}
	if c.err != nil {
		return graph.Ref{}
	}
	if slices.Sort(added); len(slices.Compact(slices.Clone(added))) != len(added) {
		return c.fail(graph.ValueError, fmt.Errorf("axes %v are added twice", added))
	}
	var places []int // of added axes, counting dropped ones
	own := 0         // axes of the inputs so far
	to := 0          // axes of the result so far
	full := 0
	for to < rank || own < len(in[0].Grid()) {
		switch {
		case slices.Contains(added, to) && to < rank:
			places = append(places, full)
			to++
		case slices.Contains(dropped, own):
			gone = append(gone, full)
			own++
		default:
			own++
			to++
		}
		full++
	}
	if c.name == op.MapOverlap {
		m.widen(len(in[0].Grid()), places)
	}
	if places != nil {
		for i := range in {
			in[i] = c.expand(in[i], places...)
		}
	}
	if c.err != nil {
		return graph.Ref{}
	}
	grid := append(block.Grid{}, in[0].Grid()...)
	for _, axis := range gone {
		grid[axis] = block.Regular(1, 1)
	}
	for i, axis := range places {
		length := 0
		for _, a := range m.added {
			if normal := c.newAxis(a[0], rank); normal == added[i] {
				length = a[1]
			}
		}
		grid[axis] = block.Regular(length, length)
	}
	kept := make(block.Grid, 0, len(grid)) // what ResultChunks speaks of
	for axis, a := range grid {
		if !slices.Contains(gone, axis) {
			kept = append(kept, a)
		}
	}
	kept, err := m.grid(kept)
	if err != nil {
		return c.fail(graph.ValueError, err)
	}
	k := 0
	for axis := range grid {
		if !slices.Contains(gone, axis) {
			grid[axis] = kept[k]
			k++
		}
	}
	attrs := graph.FuncAttrs{Func: &graph.Slot{Name: m.name, Value: f}, Scratch: m.scratch, Part: gone != nil || places != nil}
	if gone != nil || places != nil {
		attrs.Func.Value = plan.BlockFunc(func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			info.Index = without(info.Index, gone)
			info.Region = withoutAxes(info.Region, gone)
			dst.Shape, dst.Strides = without(dst.Shape, gone), without(dst.Strides, gone)
			for i := range src {
				info.Inputs[i] = withoutAxes(info.Inputs[i], places)
				src[i].Shape, src[i].Strides = without(src[i].Shape, places), without(src[i].Strides, places)
			}
			return f(ctx, info, dst, src)
		})
	}
	if c.name == op.MapOverlap {
		if attrs.Overlap = c.overlaps(in, m); c.err != nil {
			return graph.Ref{}
		}
	}
	names := in[0].Describe().Names
	y := c.keep(graph.MapBlocks(c.at, in, block.Description{DType: out, Grid: grid, Names: names}, attrs))
	if gone != nil {
		y = c.keep(graph.Squeeze(c.at, y, gone))
	}
	return y
}

// without is values without those at the given places.
func without[S ~[]int](values S, places []int) S {
	out := make(S, 0, len(values))
	for i, v := range values {
		if !slices.Contains(places, i) {
			out = append(out, v)
		}
	}
	return out
}

func withoutAxes(r block.Region, axes []int) block.Region {
	return block.Region{Start: without(r.Start, axes), Shape: without(r.Shape, axes)}
}

// exported is the name of d's constant in package dtype.
func exported(d dtype.DType) string {
	name := d.String()
	return string(name[0]-'a'+'A') + name[1:]
}

// align is arrays stretched to their common shape and divided into the same
// blocks, the union of their boundaries.
func align(at graph.Site, in []graph.Ref) ([]graph.Ref, error) {
	if len(in) == 1 {
		return in, nil
	}
	shape, err := graph.BroadcastShape(in...)
	if err != nil {
		return nil, &graph.Error{Kind: graph.ValueError, Op: op.MapBlock, Site: at, Err: err}
	}
	out := make([]graph.Ref, len(in))
	var grid block.Grid
	for i, r := range in {
		if out[i] = r; !r.Shape().Equal(shape) {
			if out[i], err = graph.BroadcastTo(at, r, shape); err != nil {
				return nil, err
			}
		}
		if i == 0 {
			grid = append(grid, out[i].Grid()...)
		}
		for axis, a := range out[i].Grid() {
			if a.Known() {
				grid[axis] = grid[axis].Union(a)
			}
		}
	}
	for i, r := range out {
		if !r.Grid().Equal(grid) {
			if out[i], err = graph.Rechunk(at, r, grid); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// grid is the result's blocks where the inputs have those of in.
func (m mapping) grid(in block.Grid) (block.Grid, error) {
	out := append(block.Grid{}, in...)
	if n := len(m.lengths) + len(m.sizes); n > 0 && n != len(in) {
		return nil, fmt.Errorf("chunks of the result are given for %d axes, the input has %d", n, len(in))
	}
	for axis, n := range m.lengths {
		blocks := in[axis].Blocks()
		switch {
		case n == Whole:
		case n < 0:
			return nil, fmt.Errorf("axis %d: %d is not the length of a block", axis, n)
		case n == 0 && blocks > 1:
			return nil, fmt.Errorf("axis %d has %d blocks, which cannot be empty", axis, blocks)
		case n*blocks/blocks != n || n*blocks < 0:
			return nil, fmt.Errorf("axis %d: %d blocks of length %d are more than an int can count", axis, blocks, n)
		default:
			out[axis] = block.Regular(n*blocks, n)
		}
	}
	for axis, sizes := range m.sizes {
		if sizes == nil {
			continue
		}
		a, err := block.Irregular(sizes)
		if err == nil && a.Blocks() != in[axis].Blocks() {
			err = fmt.Errorf("there are %d block sizes, the input has %d blocks (blocks of length 0 do not count)", len(sizes), in[axis].Blocks())
		}
		if err != nil {
			return nil, fmt.Errorf("axis %d: %w", axis, err)
		}
		out[axis] = a
	}
	return out, nil
}
