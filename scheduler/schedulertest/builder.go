package schedulertest

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// Sources say how the sources of a program behave. Their elements are the same
// in any case.
type Sources struct {
	// Viewed sources are in memory and used in place.
	Viewed bool

	// Traits are what the sources that are not viewed say of themselves;
	// each has a name of its own.
	Traits block.Traits

	// Scratch is what a read takes from the scratch it is given.
	Scratch int

	// Watch, if set, wraps the number-th source.
	Watch func(number int, src block.Source) block.Source
}

// Builder makes the graph of a program. A mistake in a program fails the test.
type Builder struct {
	t       testing.TB
	sources Sources
	made    int
}

// NewBuilder makes graphs whose sources behave as said.
func NewBuilder(t testing.TB, sources Sources) *Builder { return &Builder{t: t, sources: sources} }

var here = graph.Site{Text: "a program of the test"}

func (b *Builder) ref(r graph.Ref, err error) graph.Ref {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("the program is wrong: %v", err)
	}
	return r
}

// Grid reads blocks as text: one size an axis, such as 10,20, or the sizes of
// all blocks, such as 10+20,5. An axis without a size is one block.
func Grid(shape block.Shape, chunks string) block.Grid {
	grid := make(block.Grid, len(shape))
	parts := strings.Split(chunks, ",")
	for axis, n := range shape {
		grid[axis] = block.Regular(n, n)
		if axis >= len(parts) || parts[axis] == "" {
			continue
		}
		var sizes []int
		for _, text := range strings.Split(parts[axis], "+") {
			size, err := strconv.Atoi(text)
			if err != nil {
				panic(err)
			}
			sizes = append(sizes, size)
		}
		if len(sizes) == 1 {
			grid[axis] = block.Regular(n, sizes[0])
			continue
		}
		a, err := block.Irregular(sizes)
		if err != nil || a.Len() != n {
			panic("blocks " + chunks + " do not fit shape " + shape.String())
		}
		grid[axis] = a
	}
	return grid
}

// Elements are dense elements of a type, ordinary ones with some special ones
// among them.
func Elements(d dtype.DType, shape block.Shape, seed uint64) block.Block {
	r := rand.New(rand.NewPCG(seed, uint64(d)))
	words := make([]complex128, (shape.Elements()*d.Size()+15)/16)
	b := block.Dense(d, shape, dtype.Bytes(words))
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e-300}
	for i := range shape.Elements() {
		var v any
		switch kind := d.Kind(); {
		case kind == dtype.KindBool:
			v = r.IntN(3) == 0
		case d.IsUnsigned():
			v = int64(r.IntN(120))
		case kind == dtype.KindInt:
			v = int64(r.IntN(200) - 100)
		case r.IntN(97) == 0:
			v = special[r.IntN(len(special))]
		case d.IsComplex():
			v = complex(r.NormFloat64(), r.NormFloat64())
		default:
			v = 10 * r.NormFloat64()
		}
		s, _ := dtype.ScalarOf(v)
		s, err := s.Convert(d)
		if err != nil {
			panic(err)
		}
		copy(b.Data[i*d.Size():], s.Bytes())
	}
	return b
}

// viewed is a source whose elements are used in place.
type viewed struct {
	*blocktest.Source
	elements block.Block
}

func (v viewed) View(r block.Region) block.Block { return v.elements.Part(r) }

// scratching is a source that takes scratch memory for its reads.
type scratching struct {
	*blocktest.Source
	bytes int
}

func (s scratching) Scratch(block.Region) int64 { return int64(s.bytes) }

func (s scratching) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	for _, n := range []int{s.bytes / 2, s.bytes - s.bytes/2} {
		memory, err := scratch.Take(n)
		if err != nil {
			return err
		}
		for i := range memory {
			memory[i] = 0x5A
		}
	}
	return s.Source.Read(ctx, r, dst, scratch)
}

// Read is a source of elements that depend on how many the program has made
// before.
func (b *Builder) Read(d dtype.DType, shape block.Shape, chunks string) graph.Ref {
	b.t.Helper()
	number := b.made
	b.made++
	elements := Elements(d, shape, uint64(number)+1)
	memory := blocktest.NewSource(block.Description{DType: d, Grid: Grid(shape, chunks)}, elements)
	memory.Wishes = b.sources.Traits
	memory.Wishes.Name = "source " + strconv.Itoa(number)
	var src block.Source = memory
	switch {
	case b.sources.Viewed:
		src = viewed{memory, elements}
	case b.sources.Scratch > 0:
		src = scratching{memory, b.sources.Scratch}
	}
	if b.sources.Watch != nil {
		src = b.sources.Watch(number, src)
	}
	return b.ref(graph.Read(here, &graph.Slot{Name: memory.Wishes.Name, Value: src}))
}

// Floats is a source of float64.
func (b *Builder) Floats(shape block.Shape, chunks string) graph.Ref {
	b.t.Helper()
	return b.Read(dtype.Float64, shape, chunks)
}

// Number is a literal.
func (b *Builder) Number(v any) graph.Ref {
	s, _ := dtype.ScalarOf(v)
	return b.ref(graph.Weak(here, s))
}

// Full is one value everywhere.
func (b *Builder) Full(v any, shape block.Shape, chunks string) graph.Ref {
	s, _ := dtype.ScalarOf(v)
	return b.ref(graph.Full(here, Grid(shape, chunks), s))
}

// Do is an elementwise operation.
func (b *Builder) Do(name op.Name, in ...graph.Ref) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Elementwise(here, name, in...))
}

// Cast is astype.
func (b *Builder) Cast(r graph.Ref, d dtype.DType) graph.Ref { return b.ref(graph.Cast(here, r, d)) }

// Reduce is a reduction over axes, all of them if there are none.
func (b *Builder) Reduce(name op.Name, r graph.Ref, axes ...int) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Reduce(here, name, r, axes, false, 0))
}

// ReduceKeeping is a reduction that keeps the axes with length 1.
func (b *Builder) ReduceKeeping(name op.Name, r graph.Ref, axes ...int) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Reduce(here, name, r, axes, true, 0))
}

// Take is count indices from start on in steps.
func Take(start, step, count int) graph.AxisIndex {
	return graph.AxisIndex{Start: start, Step: step, Count: count}
}

// At is a single index.
func At(i int) graph.AxisIndex { return graph.AxisIndex{Drop: true, Start: i, Step: 1, Count: 1} }

// NewAxis is an axis of length 1 that the array does not have.
var NewAxis = graph.AxisIndex{New: true}

// Slice takes a part of an array; axes that no item speaks of are taken whole.
func (b *Builder) Slice(r graph.Ref, items ...graph.AxisIndex) graph.Ref {
	b.t.Helper()
	axis := 0
	for _, item := range items {
		if !item.New {
			axis++
		}
	}
	for _, n := range r.Shape()[axis:] {
		items = append(items, Take(0, 1, n))
	}
	return b.ref(graph.Slice(here, r, items))
}

// Reversed is r backwards along every axis.
func (b *Builder) Reversed(r graph.Ref) graph.Ref {
	var items []graph.AxisIndex
	for _, n := range r.Shape() {
		items = append(items, Take(n-1, -1, n))
	}
	return b.Slice(r, items...)
}

// Transpose gives the axes in another order; reversed if none is given.
func (b *Builder) Transpose(r graph.Ref, axes ...int) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Transpose(here, r, axes))
}

// Broadcast is r stretched to a shape.
func (b *Builder) Broadcast(r graph.Ref, shape ...int) graph.Ref {
	return b.ref(graph.BroadcastTo(here, r, shape))
}

// Reshape is r's elements under another shape.
func (b *Builder) Reshape(r graph.Ref, shape ...int) graph.Ref {
	return b.ref(graph.Reshape(here, r, shape))
}

// Rechunk is r in other blocks.
func (b *Builder) Rechunk(r graph.Ref, chunks string) graph.Ref {
	return b.ref(graph.Rechunk(here, r, Grid(r.Shape(), chunks)))
}

// Concat puts arrays one after the other.
func (b *Builder) Concat(axis int, in ...graph.Ref) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Concat(here, in, axis))
}

// Gather picks elements of r: for each axis of the result the axes of r that it
// walks, with lists of indices, of which block.Fill stands for 0.
func (b *Builder) Gather(r graph.Ref, chunks string, axes ...graph.GatherAxis) graph.Ref {
	b.t.Helper()
	shape := make(block.Shape, len(axes))
	for i, axis := range axes {
		shape[i] = axis.Maps[0].Len()
	}
	zero, _ := dtype.ScalarOf(false)
	zero, _ = zero.Convert(r.DType())
	return b.ref(graph.Gather(here, op.Take, r, graph.GatherAttrs{Axes: axes, Grid: Grid(shape, chunks), Fill: zero}))
}

// Picked is the indices of one axis of an array, in a list.
func Picked(axis int, indices ...int) graph.GatherAxis {
	return graph.GatherAxis{From: []int{axis}, Maps: []block.IndexMap{block.MapOfList(indices)}}
}

// Block is an operation on whole blocks whose result has the given blocks.
func (b *Builder) Block(name op.Name, d dtype.DType, grid block.Grid, attrs graph.BlockAttrs, in ...graph.Ref) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Blockwise(here, name, in, block.Description{DType: d, Grid: grid}, attrs))
}

// Windows are the windows of n elements along the first axis.
func (b *Builder) Windows(r graph.Ref, n int) graph.Ref {
	b.t.Helper()
	x := b.ref(graph.ExpandDims(here, r, []int{-1}))
	rank := len(x.Grid())
	o := graph.Overlap{Depth: make([][2]int, rank)}
	for range rank {
		o.Modes = append(o.Modes, graph.PadNone)
	}
	o.Depth[0], o.Modes[0] = [2]int{0, n - 1}, graph.PadValid
	grid := append(block.Grid{}, x.Grid()...)
	grid[0], grid[rank-1] = grid[0].Slice(0, 1, grid[0].Len()-n+1), block.Regular(n, n)
	return b.Block(op.BlockWindows, r.DType(), grid, graph.BlockAttrs{Sizes: []int{0}, Overlap: []graph.Overlap{o}}, x)
}

// CallAround is Call of one input with what is around its blocks.
func (b *Builder) CallAround(f plan.BlockFunc, o graph.Overlap, r graph.Ref) graph.Ref {
	b.t.Helper()
	slot := &graph.Slot{Name: "function", Value: f}
	return b.ref(graph.MapBlocks(here, []graph.Ref{r}, block.Description{DType: dtype.Float64, Grid: r.Grid()},
		graph.FuncAttrs{Func: slot, Overlap: []graph.Overlap{o}}))
}

// Tree is a user's reduction of the last axes: for each result the sum of the
// elements, weighted by the order in which they come, and their number.
func (b *Builder) Tree(r graph.Ref, reduced int) graph.Ref {
	b.t.Helper()
	attrs := graph.TreeAttrs{Func: &graph.Slot{Name: "tree", Value: fading}, Reduced: reduced, Partial: dtype.Float64, Width: 2, Results: 2}
	return b.ref(graph.TreeReduce(here, r, dtype.Float32, attrs))
}

// fading is a reduction to which every element and every block matters, and the
// order in which they are combined.
var fading = plan.UserFunc{
	Block: func(_ context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
		partial, elements := dtype.Slice[float64](dst.DenseBytes()), dtype.Slice[float64](src[0].DenseBytes())
		cells := len(partial) / 2
		for i, v := range elements {
			c := i * cells / len(elements)
			partial[2*c] = float64(0.75*partial[2*c]) + v
			partial[2*c+1]++
		}
		for _, start := range info.Region.Start {
			for c := range cells {
				partial[2*c] += float64(start)
			}
		}
		return nil
	},
	Combine: func(left, right block.Block) error {
		to := dtype.Slice[float64](left.DenseBytes())
		for i, v := range dtype.Slice[float64](right.DenseBytes()) {
			if i%2 == 0 {
				v += float64(0.75 * to[i])
				to[i] = 0
			}
			to[i] += v
		}
		return nil
	},
	Finish: func(dst, partial block.Block, n int64) error {
		to, from := dtype.Slice[float32](dst.DenseBytes()), dtype.Slice[float64](partial.DenseBytes())
		for i := range to {
			to[i] = float32(from[i])
			if i%2 == 1 {
				to[i] -= float32(n)
			}
		}
		return nil
	},
}

// Diagonal is a diagonal of two axes.
func (b *Builder) Diagonal(r graph.Ref, offset, axis1, axis2 int) graph.Ref {
	b.t.Helper()
	return b.ref(graph.Diagonal(here, r, offset, axis1, axis2))
}

// Call calls f for every block of grid, which has as many blocks as the inputs.
func (b *Builder) Call(f plan.BlockFunc, d dtype.DType, grid block.Grid, in ...graph.Ref) graph.Ref {
	b.t.Helper()
	slot := &graph.Slot{Name: "function", Value: f}
	return b.ref(graph.MapBlocks(here, in, block.Description{DType: d, Grid: grid}, graph.FuncAttrs{Func: slot}))
}

// Made calls f for every block of grid, without inputs.
func (b *Builder) Made(f plan.BlockFunc, d dtype.DType, grid block.Grid) graph.Ref {
	b.t.Helper()
	return b.ref(graph.FromFunction(here, block.Description{DType: d, Grid: grid}, graph.FuncAttrs{Func: &graph.Slot{Name: "function", Value: f}}))
}
