package graph

import (
	"maps"
	"math"
	"slices"

	"gabion/block"
)

// equalAttrs reports whether two attributes say the same, bit for bit. Slots
// are the same only if they are one slot.
func equalAttrs(a, b Attrs) bool {
	switch a := a.(type) {
	case ReadAttrs:
		b, ok := b.(ReadAttrs)
		return ok && a.Source.identity() == b.Source.identity()
	case ArangeAttrs:
		b, ok := b.(ArangeAttrs)
		return ok && sameBits(a.Start, b.Start) && sameBits(a.Step, b.Step) && a.IntStart == b.IntStart && a.IntStep == b.IntStep
	case RandomAttrs:
		b, ok := b.(RandomAttrs)
		return ok && a.Seed == b.Seed && a.Stream == b.Stream && sameBits(a.A, b.A) && sameBits(a.B, b.B) &&
			a.Low == b.Low && a.Span == b.Span && a.N == b.N && a.Distinct == b.Distinct &&
			slices.EqualFunc(a.P, b.P, sameBits)
	case ReduceAttrs:
		b, ok := b.(ReduceAttrs)
		return ok && slices.Equal(a.Axes, b.Axes) && a.Keepdims == b.Keepdims && sameBits(a.Correction, b.Correction)
	case SliceAttrs:
		b, ok := b.(SliceAttrs)
		return ok && slices.Equal(a.Items, b.Items)
	case PermAttrs:
		b, ok := b.(PermAttrs)
		return ok && slices.Equal(a.Axes, b.Axes)
	case ShapeAttrs:
		b, ok := b.(ShapeAttrs)
		return ok && a.Shape.Equal(b.Shape)
	case AxesAttrs:
		b, ok := b.(AxesAttrs)
		return ok && slices.Equal(a.Axes, b.Axes)
	case FuncAttrs:
		b, ok := b.(FuncAttrs)
		return ok && a.Func == b.Func && a.Scratch == b.Scratch && slices.EqualFunc(a.Overlap, b.Overlap, Overlap.equal)
	case BlockAttrs:
		b, ok := b.(BlockAttrs)
		return ok && a.Axis == b.Axis && a.K == b.K && a.Flag == b.Flag && slices.Equal(a.Sizes, b.Sizes) &&
			slices.EqualFunc(a.Overlap, b.Overlap, Overlap.equal)
	case GatherAttrs:
		b, ok := b.(GatherAttrs)
		return ok && a.equal(b)
	case ContractAttrs:
		b, ok := b.(ContractAttrs)
		return ok && slices.Equal(a.A, b.A) && slices.Equal(a.B, b.B) && a.Kept == b.Kept && a.Grid.Equal(b.Grid) && a.Conj == b.Conj
	case RechunkAttrs:
		b, ok := b.(RechunkAttrs)
		return ok && a.Grid.Equal(b.Grid)
	}
	return a == b // the others are plain values and pointers
}

func (o Overlap) equal(p Overlap) bool {
	return slices.Equal(o.Depth, p.Depth) && slices.Equal(o.Modes, p.Modes) && o.Fill == p.Fill
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// sameArrays reports whether two descriptions are of the same type, shape and
// blocks.
func sameArrays(a, b block.Description) bool { return a.DType == b.DType && a.Grid.Equal(b.Grid) }

// sameLabels reports whether two descriptions have the same names and
// attributes.
func sameLabels(a, b block.Description) bool {
	return slices.Equal(a.Names, b.Names) && maps.EqualFunc(a.Attrs, b.Attrs, equalValue)
}

// labelled is r with the names and attributes of d: r itself if it has them.
func labelled(r Ref, d block.Description) Ref {
	own := r.Describe()
	if sameLabels(own, d) {
		return r
	}
	changed := *r.Node
	changed.Results = slices.Clone(changed.Results)
	own.Names, own.Attrs = d.Names, d.Attrs
	changed.Results[r.Out] = own
	return Ref{Node: &changed, Out: r.Out}
}
