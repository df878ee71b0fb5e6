package array

import (
	"fmt"
	"math"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Take is the elements of an axis at indices, in their order, which may repeat;
// negative ones count from the end. An index outside of the axis is an
// IndexError. The result's chunks along the axis are about as long as those of
// a, whatever the indices. With Flat the elements are counted in C order.
func (a Array) Take(indices []int, axis int) Array {
	return composed(op.Take, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		if axis == Flat {
			in, axis = []graph.Ref{c.flat(in[0])}, 0
		}
		axis = c.axis(axis, in[0])
		if c.err != nil {
			return graph.Ref{}
		}
		list, err := within(indices, in[0].Shape()[axis])
		if err != nil {
			return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v: %w", axis, in[0].Shape(), err))
		}
		return c.take(in[0], axis, block.MapOfList(list))
	})
}

// within is indices counted from the start of an axis of the given length.
func within(indices []int, length int) ([]int, error) {
	if length == block.Unknown {
		return nil, fmt.Errorf("its length is unknown; %w", graph.ErrUnresolved)
	}
	list := make([]int, len(indices))
	for i, index := range indices {
		if index < -length || index >= length {
			return nil, fmt.Errorf("index %d is out of range for length %d", index, length)
		}
		if list[i] = index; index < 0 {
			list[i] += length
		}
	}
	return list, nil
}

// take picks the elements of one axis by a map.
func (c *composer) take(in graph.Ref, axis int, m block.IndexMap) graph.Ref {
	if in = c.merged(in, axis); c.err != nil {
		return in
	}
	axes := make([]graph.GatherAxis, len(in.Grid()))
	for i := range axes {
		axes[i] = graph.WholeAxis(in, i)
	}
	axes[axis].Maps = []block.IndexMap{m}
	grid := append(block.Grid{}, in.Grid()...)
	grid[axis] = pickedAxis(in, []int{axis}, m.Len())
	return c.keep(graph.Gather(c.at, op.Take, in, graph.GatherAttrs{Axes: axes, Grid: grid}))
}

const (
	// pickedBytes is the size up to which blocks of picked elements are made
	// larger than those that they are picked from, and blocks joined along an
	// axis that an operation needs much of at once.
	pickedBytes = 1 << 20
	// pickedMost is the most indices of one block: what finds them is kept
	// while the block is made.
	pickedMost = 1 << 17
)

// pickedAxis is the chunks of an axis of n elements that are picked from some
// axes of in: as long as the chunks there, or longer if these are small.
func pickedAxis(in graph.Ref, from []int, n int) block.Axis {
	chunk, rest := 1, in.DType().Size()
	for axis, a := range in.Grid() {
		picked := false
		for _, f := range from {
			picked = picked || f == axis
		}
		if picked {
			chunk = max(chunk, a.Largest())
		} else if size := max(1, a.Largest()); rest < pickedBytes {
			rest *= size
		}
	}
	return block.Regular(n, min(max(chunk, pickedBytes/max(1, rest)), pickedMost))
}

// merged is in with tiny chunks along some axes joined, so that picking many
// elements does not visit as many blocks.
func (c *composer) merged(in graph.Ref, axes ...int) graph.Ref {
	for _, axis := range axes {
		if c.err != nil || !in.Grid()[axis].Known() {
			break
		}
		a := in.Grid()[axis]
		if to := pickedAxis(in, []int{axis}, a.Len()); a.Blocks() > 16*to.Blocks() {
			in = c.regrid(in, axis, to)
		}
	}
	return in
}

// PadOption says how Pad fills.
type PadOption interface{ padding(*padding) }

type padding struct {
	mode  graph.PadMode
	value *dtype.Scalar
	ends  [][2]dtype.Scalar
}

type padOption func(*padding)

func (f padOption) padding(p *padding) { f(p) }

// PadMode says what stands beyond the ends of an axis; see the modes.
type PadMode = graph.PadMode

// The modes of padding, by NumPy's names.
const (
	PadConstant  = graph.PadConstant  // a value, 0 unless PadValue says which
	PadEdge      = graph.PadEdge      // the last element: a a|a b c|c c
	PadReflect   = graph.PadReflect   // the mirror image without the edge: c b|a b c|b a
	PadSymmetric = graph.PadSymmetric // the mirror image with the edge: b a|a b c|c b
	PadWrap      = graph.PadWrap      // the axis again: b c|a b c|a b
)

// Padding is the mode of Pad; PadConstant without it.
func Padding(mode PadMode) PadOption { return padOption(func(p *padding) { p.mode = mode }) }

// PadValue is what Pad fills with, converted to the type of the array.
func PadValue[T dtype.Element | int | uint](v T) PadOption {
	s, _ := dtype.ScalarOf(weakened(v))
	return padOption(func(p *padding) { p.value = &s })
}

// PadScalar is PadValue of a number whose type is known when the program runs.
func PadScalar(s dtype.Scalar) PadOption { return padOption(func(p *padding) { p.value = &s }) }

// PadScalars are the values to fill with before and after each axis, or one pair
// for all. Where axes meet, the value of the later one stands, as in NumPy.
func PadScalars(ends ...[2]dtype.Scalar) PadOption {
	return padOption(func(p *padding) { p.ends = ends })
}

// Pad puts elements before and after the ends of axes: widths has a pair for
// every axis, or one pair for all. Widths are not negative.
func (a Array) Pad(widths [][2]int, opts ...PadOption) Array {
	return composed(op.Pad, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		p := padding{mode: graph.PadConstant}
		for _, o := range opts {
			if o != nil {
				o.padding(&p)
			}
		}
		rank := len(in[0].Grid())
		if len(widths) != rank && len(widths) != 1 {
			return c.fail(graph.ValueError, fmt.Errorf("there are %d pairs of widths for the %d axes of shape %v; give one an axis or one for all", len(widths), rank, in[0].Shape()))
		}
		each := make([][2]int, rank)
		for axis := range each {
			each[axis] = widths[min(axis, len(widths)-1)]
		}
		if p.ends != nil {
			return c.padEnds(in[0], each, p)
		}
		return c.pad(in[0], each, p)
	})
}

// pad puts elements before and after the ends of each axis.
func (c *composer) pad(x graph.Ref, widths [][2]int, p padding) graph.Ref {
	fill, err := p.fill(x.DType())
	if err != nil {
		return c.keep(graph.Ref{}, graph.Mistake(c.at, op.Pad, err))
	}
	axes := make([]graph.GatherAxis, len(widths))
	grid := slices.Clone(x.Grid())
	// room is how many elements along an axis make a block of autoBytes.
	room := func(axis int) int {
		rest := float64(x.DType().Size())
		for other, a := range grid {
			if other != axis {
				rest *= float64(max(1, a.Largest()))
			}
		}
		return int(autoBytes / rest)
	}
	for axis, own := range x.Grid() {
		width := widths[axis]
		axes[axis] = graph.WholeAxis(x, axis)
		if width == [2]int{} {
			continue
		}
		if !own.Known() {
			return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, x.Shape(), graph.ErrUnresolved))
		}
		m, err := graph.PadMap(own.Len(), width[0], width[1], p.mode)
		if err != nil {
			return c.keep(graph.Ref{}, graph.Mistake(c.at, op.Pad, fmt.Errorf("axis %d: %w", axis, err)))
		}
		axes[axis].Maps = []block.IndexMap{m}
		grid[axis] = paddedAxis(own, width[0], width[1], room(axis))
	}
	return c.keep(graph.Gather(c.at, op.Pad, x, graph.GatherAttrs{Axes: axes, Grid: grid, Fill: fill}))
}

// padEnds fills each end of each axis with a value of its own, one after the other.
func (c *composer) padEnds(x graph.Ref, widths [][2]int, p padding) graph.Ref {
	if len(p.ends) != len(widths) && len(p.ends) != 1 {
		return c.fail(graph.ValueError, fmt.Errorf("there are %d pairs of values for the %d axes of shape %v; give one an axis or one for all", len(p.ends), len(widths), x.Shape()))
	}
	for axis, width := range widths {
		for end, n := range width {
			only := make([][2]int, len(widths))
			only[axis][end] = n
			p.value = &p.ends[min(axis, len(p.ends)-1)][end]
			if x = c.pad(x, only, p); c.err != nil {
				return x
			}
		}
	}
	return x
}

// fill is the fill value for elements of a type.
func (p padding) fill(d dtype.DType) (dtype.Scalar, error) {
	if p.mode != graph.PadConstant {
		if p.value != nil {
			return dtype.Scalar{}, fmt.Errorf("mode %q takes no value to fill with", p.mode)
		}
		return dtype.Scalar{}, nil
	}
	if p.value == nil {
		zero, _ := dtype.ScalarOf(false)
		return zero.Convert(d)
	}
	return assigned(*p.value, d)
}

// assigned is a number as an element of type d, as an assignment converts it: what
// is no integer is cut to one, an integer has to fit.
func assigned(v dtype.Scalar, d dtype.DType) (dtype.Scalar, error) {
	if f, ok := v.Value().(float64); ok && d.IsInteger() && math.Abs(f) < 1<<63 {
		v, _ = dtype.ScalarOf(int64(f))
	}
	return v.Convert(d)
}

// paddedAxis is the chunks of a padded axis: those of the axis, with what is put
// at the ends in the first and the last where it is short, and in chunks of up to
// most elements, or of the axis's own length if that is more, otherwise.
func paddedAxis(a block.Axis, before, after, most int) block.Axis {
	chunk := max(1, a.Largest())
	if before <= chunk/2 && after <= chunk/2 && a.Blocks() <= maxPaddedChunks && a.Len() > 0 {
		sizes := a.Sizes()
		sizes[0] += before
		sizes[len(sizes)-1] += after
		if out, err := block.Irregular(sizes); err == nil {
			return out
		}
	}
	end := max(chunk, most)
	out, err := block.Concat(block.Regular(before, end), a, block.Regular(after, end))
	if err != nil { // then its chunks do not fall on those of the axis
		return block.Regular(before+a.Len()+after, end)
	}
	return out
}

// maxPaddedChunks is up to how many chunks of an axis are listed one by one.
const maxPaddedChunks = 1 << 16

// RepeatEach gives each element of an axis several times in a row: counts has a
// number for every index of the axis. See Repeat for one number for all.
func (a Array) RepeatEach(counts []int, axis int) Array {
	return composed(op.Repeat, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		axis = c.axis(axis, x)
		if c.err != nil {
			return graph.Ref{}
		}
		length := x.Shape()[axis]
		switch {
		case length == block.Unknown:
			return c.fail(graph.IndexError, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, x.Shape(), graph.ErrUnresolved))
		case len(counts) != length:
			return c.fail(graph.ValueError, fmt.Errorf("there are %d counts for axis %d of shape %v; give one for each index", len(counts), axis, x.Shape()))
		}
		var runs []block.IndexRun
		total := 0
		for i, n := range counts {
			if n < 0 || total > math.MaxInt-n {
				return c.fail(graph.ValueError, fmt.Errorf("index %d of axis %d cannot be repeated %d times", i, axis, n))
			}
			if n > 0 {
				runs = append(runs, block.IndexRun{To: total, From: i})
				total += n
			}
		}
		m, err := block.MapOfRuns(total, runs)
		if err != nil {
			return c.fail(graph.ValueError, err)
		}
		return c.take(x, axis, m)
	})
}
