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

// MapOverlap is MapBlocks of a function that needs the neighbourhood of its block:
// depth has for every axis how many elements before the block and after it a call
// is given too, or one pair for all axes. info.Inputs says which part of x src is,
// and begins before the array where it reaches beyond its start; dst has room for
// the block itself, and is not cleared before.
//
// A call needs no more memory than its block with what is around it; nothing is
// copied of blocks that are given as they are. Blocks that later calls are given
// parts of are kept as long as the budget has room for them.
//
// What stands beyond the ends of the array is said by Boundary; without it nothing
// does, so that calls at the ends are given less, as info.Inputs says. A depth is at
// most the length of its axis: Pad gives an array more around it. Boundary,
// BoundaryValue and all options of MapBlocks are options.
func MapOverlap[T, U dtype.Element](f func(ctx context.Context, info BlockInfo, dst []U, src []T) error, x Array, depth [][2]int, opts ...MapOption) Array {
	var call plan.BlockFunc
	if f != nil {
		call = func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			return f(ctx, BlockInfo(info), elements[U](dst), elements[T](src[0]))
		}
	}
	return mapBlocks(op.MapOverlap, call, dtype.Of[U](), []dtype.DType{dtype.Of[T]()}, []Array{x}, overlapping(depth, opts))
}

// MapOverlapN is MapOverlap of any number of arrays of any types and one shape,
// of which calls are given the same neighbourhood; see MapBlocksN.
func MapOverlapN[U dtype.Element](f func(ctx context.Context, info BlockInfo, dst []U, src []block.Block) error, arrays []Array, depth [][2]int, opts ...MapOption) Array {
	return mapBlocksN(op.MapOverlap, f, arrays, overlapping(depth, opts))
}

func overlapping(depth [][2]int, opts []MapOption) []MapOption {
	return append([]MapOption{mapOption(func(m *mapping) { m.depth = append([][2]int{}, depth...) })}, opts...)
}

// Boundary says for MapOverlap what stands beyond the ends of the axes, one mode
// for each or one for all: PadEdge, PadReflect, PadSymmetric, PadWrap, PadConstant
// with BoundaryValue, or BoundaryNone.
func Boundary(modes ...PadMode) MapOption {
	return mapOption(func(m *mapping) { m.modes = append([]PadMode{}, modes...) })
}

// BoundaryNone gives calls at the ends of an axis less.
const BoundaryNone = graph.PadNone

// BoundaryValue is what stands beyond the ends of axes of mode PadConstant,
// converted to the type of the array; 0 without it.
func BoundaryValue[T dtype.Element | int | uint](v T) MapOption {
	s, _ := dtype.ScalarOf(weakened(v))
	return mapOption(func(m *mapping) { m.fill = &s })
}

// widen gives depths and boundaries for each of an array's axes, and for those
// that are put in at places, along which nothing is given.
func (m *mapping) widen(rank int, places []int) {
	if len(m.depth) == 1 {
		m.depth = slices.Repeat(m.depth, rank)
	}
	if len(m.modes) < 2 {
		m.modes = slices.Repeat(append(m.modes, BoundaryNone)[:1], rank)
	}
	for _, place := range places {
		m.depth = slices.Insert(m.depth, min(place, len(m.depth)), [2]int{})
		m.modes = slices.Insert(m.modes, min(place, len(m.modes)), BoundaryNone)
	}
}

// overlaps are the neighbourhoods of a function's inputs.
func (c *composer) overlaps(in []graph.Ref, m mapping) []graph.Overlap {
	out := make([]graph.Overlap, len(in))
	for i, r := range in {
		rank := len(r.Grid())
		if len(m.depth) != rank {
			c.fail(graph.ValueError, fmt.Errorf("there are %d depths for the %d axes of shape %v; give one an axis or one for all", len(m.depth), rank, r.Shape()))
			return nil
		}
		if len(m.modes) != rank {
			c.fail(graph.ValueError, fmt.Errorf("there are %d boundaries for the %d axes of shape %v; give one an axis or one for all", len(m.modes), rank, r.Shape()))
			return nil
		}
		value := m.fill
		if value == nil {
			zero, _ := dtype.ScalarOf(false)
			value = &zero
		}
		fill, err := assigned(*value, r.DType())
		if err != nil {
			c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
			return nil
		}
		out[i].Fill = fill
		for axis := range rank {
			out[i].Modes = append(out[i].Modes, m.modes[axis])
			out[i].Depth = append(out[i].Depth, m.depth[axis])
		}
	}
	return out
}

// Coarsen combines neighbouring elements: of every axis as many as factors say
// are reduced to one, by a reduction that the Python Array API standard or NumPy
// calls name. An axis whose length its factor does not divide is an error, unless
// trim is true: then what is left over at its end is left out. Reductions that find a
// position are refused.
func (a Array) Coarsen(name string, factors []int, trim bool) Array {
	return composed(op.Coarsen, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		row := op.Find(name)
		if row == nil || row.Class != op.Reduction {
			return c.fail(graph.ValueError, fmt.Errorf("no reduction is called %q", name))
		}
		if row.Positions {
			return c.fail(graph.ValueError, fmt.Errorf("%s finds a position along an axis, and neighbours are along several: reshape the array, and go along an axis of neighbours", row.Name))
		}
		if len(factors) != len(x.Grid()) {
			return c.fail(graph.ValueError, fmt.Errorf("there are %d factors for the %d axes of shape %v", len(factors), len(x.Grid()), x.Shape()))
		}
		var shape, axes []int
		for axis, k := range factors {
			n := x.Shape()[axis]
			if n == block.Unknown && k == 1 {
				shape = append(shape, n)
				continue
			}
			if n = c.known(x, axis); c.err != nil {
				return graph.Ref{}
			}
			if k < 1 || n%k != 0 && !trim {
				return c.fail(graph.ValueError, fmt.Errorf("the factor %d does not divide axis %d of shape %v; trim it, or choose another", k, axis, in[0].Shape()))
			}
			if n%k != 0 {
				x = c.along(x, axis, graph.AxisIndex{Step: 1, Count: n / k * k})
				if c.err != nil {
					return x
				}
			}
			shape = append(shape, n/k)
			if k > 1 {
				axes, shape = append(axes, len(shape)), append(shape, k)
			}
		}
		if axes == nil {
			axes = []int{}
		}
		return c.reduce(row.Name, c.reshape(x, shape...), axes, false)
	})
}
