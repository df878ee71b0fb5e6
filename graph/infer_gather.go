package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// GatherAttrs belong to the operations that pick elements by index maps, such as
// take and pad. Axes has one entry for each axis of the result; each axis of the
// input is in one of them. Fill stands at places without an index.
type GatherAttrs struct {
	Axes []GatherAxis
	Grid block.Grid // of the result
	Fill dtype.Scalar
}

// GatherAxis says which indices of some axes of the input stand along an axis of
// the result: of several axes those at the same place are taken together.
type GatherAxis struct {
	From []int
	Maps []block.IndexMap
}

// Text is the axes with their maps, and the fill value if there is one.
func (a GatherAttrs) Text() string {
	parts := make([]string, len(a.Axes))
	for i, axis := range a.Axes {
		inner := make([]string, len(axis.From))
		for k, from := range axis.From {
			inner[k] = fmt.Sprint(from, axis.Maps[k])
		}
		parts[i] = strings.Join(inner, " with ")
	}
	text := "axes=(" + strings.Join(parts, ", ") + ")"
	if a.Fill.DType.Valid() {
		text += " fill=" + a.Fill.String()
	}
	return text
}

func (a GatherAttrs) equal(b GatherAttrs) bool {
	return a.Fill == b.Fill && a.Grid.Equal(b.Grid) && slices.EqualFunc(a.Axes, b.Axes, func(x, y GatherAxis) bool {
		return slices.Equal(x.From, y.From) && slices.EqualFunc(x.Maps, y.Maps, block.IndexMap.Equal)
	})
}

// WholeAxis takes axis of an array as it is.
func WholeAxis(in Ref, axis int) GatherAxis {
	return GatherAxis{From: []int{axis}, Maps: []block.IndexMap{block.WholeMap(in.Grid()[axis].Len())}}
}

// Gather is what attrs pick of in. Every length is known. Indices lie on the
// axes; those who call it have said which do not.
func Gather(site Site, name op.Name, in Ref, attrs GatherAttrs) (Ref, error) {
	row := op.Lookup(name)
	if row == nil || row.Class != op.Gathering {
		return Ref{}, fail(site, name, fmt.Errorf("this does not pick elements by index maps"))
	}
	in, err := one(site, name, in)
	if err != nil {
		return Ref{}, err
	}
	d := in.Describe()
	if len(attrs.Axes) != len(attrs.Grid) {
		return Ref{}, fail(site, name, fmt.Errorf("there are index maps for %d axes and chunks for %d", len(attrs.Axes), len(attrs.Grid)))
	}
	taken := make([]bool, len(d.Grid))
	names := make([]int, len(attrs.Axes))
	for i, axis := range attrs.Axes {
		if names[i] = -1; len(axis.From) == 1 {
			names[i] = axis.From[0]
		}
		for k, from := range axis.From {
			if from < 0 || from >= len(taken) || taken[from] || len(axis.From) != len(axis.Maps) {
				return Ref{}, fail(site, name, fmt.Errorf("axis %d of shape %v is not taken once", from, d.Shape()))
			}
			taken[from] = true
			m := axis.Maps[k]
			length := d.Grid[from].Len()
			if length == block.Unknown {
				if m.IsWhole(0) && attrs.Grid[i].Equal(d.Grid[from]) {
					continue
				}
				return Ref{}, fail(site, name, mistakef(IndexError, "axis %d of shape %v has an unknown length; %w", from, d.Shape(), ErrUnresolved))
			}
			start, stop := m.Bounds()
			switch {
			case start < 0 || stop > length:
				return Ref{}, fail(site, name, mistakef(IndexError, "index %d is out of range for axis %d of length %d", stop-1, from, length))
			case m.Len() != attrs.Grid[i].Len():
				return Ref{}, fail(site, name, fmt.Errorf("axis %d has %d indices and chunks %v", i, m.Len(), attrs.Grid[i]))
			case m.Fills() && attrs.Fill.DType != d.DType:
				return Ref{}, fail(site, name, mistakef(TypeError, "the fill value %v is not of type %v", attrs.Fill, d.DType))
			}
		}
	}
	if missing := slices.Index(taken, false); missing >= 0 {
		return Ref{}, fail(site, name, fmt.Errorf("axis %d of shape %v is not taken", missing, d.Shape()))
	}
	attrs.Grid = slices.Clone(attrs.Grid)
	return node(site, name, attrs, block.Description{
		DType: d.DType, Grid: attrs.Grid, Names: pick(d.Names, names), Attrs: carry(func() string { return string(name) }, in),
	}, in)
}

// throughGather is a part of what a Gather picks: fewer indices of the same axes.
func throughGather(n *Node, a GatherAttrs, take ranges) plan {
	axes := slices.Clone(a.Axes)
	for i, item := range take {
		axis := GatherAxis{From: axes[i].From}
		for _, m := range axes[i].Maps {
			axis.Maps = append(axis.Maps, m.Slice(item.Start, item.Step, item.Count))
		}
		axes[i] = axis
	}
	return plan{
		inputs: n.Inputs,
		takes:  []ranges{wholeRanges(n.Inputs[0].Shape())},
		make: func(in []Ref) (Ref, error) {
			return Gather(n.Site, n.Op, in[0], GatherAttrs{Axes: axes, Grid: sliceGrid(a.Grid, take), Fill: a.Fill})
		},
	}
}

// PadMode says what stands beyond the ends of an axis, by NumPy's names.
type PadMode string

// The modes.
const (
	PadConstant  PadMode = "constant"  // a value
	PadEdge      PadMode = "edge"      // the last element: a a|a b c|c c
	PadReflect   PadMode = "reflect"   // the mirror image without the edge: c b|a b c|b a
	PadSymmetric PadMode = "symmetric" // the mirror image with the edge: b a|a b c|c b
	PadWrap      PadMode = "wrap"      // the axis again: b c|a b c|a b

	// Of functions' overlaps alone:
	PadNone  PadMode = "none"  // nothing: blocks at the ends get less
	PadValid PadMode = "valid" // nothing: the result is shorter, so that no block gets less
)

// maxPadRuns is how many times an axis may be repeated by padding, there and back:
// a plan has a run for each.
const maxPadRuns = 1 << 20

// PadMap is the map of an axis of the given length with before and after places
// put at its ends.
func PadMap(length, before, after int, mode PadMode) (block.IndexMap, error) {
	var fault error
	total := before + length + after
	switch {
	case before < 0 || after < 0:
		fault = mistakef(ValueError, "the widths %d and %d are negative", before, after)
	case total < 0 || before+length < 0:
		fault = mistakef(ValueError, "the widths %d and %d are more than an int can count", before, after)
	case length == 0 && before+after > 0 && mode != PadConstant:
		fault = mistakef(ValueError, "an axis without elements cannot be padded by mode %q; use %q", mode, PadConstant)
	}
	if fault != nil {
		return block.IndexMap{}, fault
	}
	var runs []block.IndexRun
	add := func(to, from, step int) { runs = append(runs, block.IndexRun{To: to, From: from, Step: step}) }
	switch mode {
	case PadConstant, PadEdge:
		first, last := block.Fill, block.Fill
		if mode == PadEdge {
			first, last = 0, length-1
		}
		if before > 0 {
			add(0, first, 0)
		}
		if length > 0 {
			add(before, 0, 1)
		}
		if after > 0 {
			add(before+length, last, 0)
		}
	case PadWrap, PadReflect, PadSymmetric:
		// Along the axis the indices repeat with a period: there, and for
		// the mirror images back again.
		if length > math.MaxInt/4 {
			return block.IndexMap{}, mistakef(ValueError, "an axis of length %d is too long to be repeated", length)
		}
		period, back, turn := length, 0, 0 // back: indices on the way back, the first of which is turn
		if mode == PadReflect {
			period, back, turn = max(1, 2*(length-1)), length-2, length-2
		}
		if mode == PadSymmetric {
			period, back, turn = 2*length, length, length-1
		}
		if total/max(1, period) > maxPadRuns/2-2 {
			return block.IndexMap{}, mistakef(ValueError, "the widths %d and %d repeat an axis of length %d too often", before, after, length)
		}
		for start := before - (before+period-1)/max(1, period)*period; start < total; start += period {
			for _, half := range [2]struct{ to, n, from, step int }{{start, length, 0, 1}, {start + length, back, turn, -1}} {
				low, high := max(0, half.to), min(total, half.to+half.n)
				if low < high {
					add(low, half.from+(low-half.to)*half.step, half.step)
				}
			}
		}
	default:
		return block.IndexMap{}, mistakef(ValueError, "there is no mode %q of padding; there are %q, %q, %q, %q and %q", mode,
			PadConstant, PadEdge, PadReflect, PadSymmetric, PadWrap)
	}
	return block.MapOfRuns(total, runs)
}
