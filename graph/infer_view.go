package graph

import (
	"fmt"
	"math"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// view makes a node that shows the elements of in: axes says for each axis of
// the result which axis of the input it comes from, or -1.
func view(site Site, name op.Name, attrs Attrs, in Ref, grid block.Grid, axes []int) (Ref, error) {
	d := in.Describe()
	return node(site, name, attrs, block.Description{
		DType: d.DType, Grid: grid, Names: pick(d.Names, axes), Attrs: carry(call(name, attrs), in),
	}, in)
}

// Slice takes items of in, which say for each of its axes in order what is
// taken, with new axes in between. Indices are not negative and every element
// taken exists. An axis of unknown length can only be taken whole, by the item
// {Step: 1, Count: block.Unknown}.
func Slice(site Site, in Ref, items []AxisIndex) (Ref, error) {
	in, err := one(site, op.Slice, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	given := 0
	for _, item := range items {
		if !item.New {
			given++
		}
	}
	if given != len(from) {
		kind := ValueError
		if given > len(from) {
			kind = IndexError
		}
		return Ref{}, fail(site, op.Slice, mistakef(kind, "there are %d indices for the %d axes of shape %v", given, len(from), in.Shape()))
	}
	items = slices.Clone(items)
	var grid block.Grid
	var axes []int
	axis := 0
	for i := range items {
		if items[i].New {
			items[i] = AxisIndex{New: true}
			grid, axes = append(grid, block.Regular(1, 1)), append(axes, -1)
			continue
		}
		if items[i], err = normalItem(items[i], from[axis].Len()); err != nil {
			return Ref{}, fail(site, op.Slice, fmt.Errorf("axis %d of shape %v: %w", axis, in.Shape(), err))
		}
		if !items[i].Drop {
			grid, axes = append(grid, sliceAxis(from[axis], items[i])), append(axes, axis)
		}
		axis++
	}
	return view(site, op.Slice, SliceAttrs{items}, in, grid, axes)
}

// normalItem is the one form of an item of an axis: what takes the same
// elements is equal.
func normalItem(x AxisIndex, length int) (AxisIndex, error) {
	switch {
	case x.Drop:
		if length == block.Unknown {
			return x, mistakef(IndexError, "its length is unknown, so that it has no known index %d; %w", x.Start, ErrUnresolved)
		}
		if x.Start < 0 || x.Start >= length {
			return x, mistakef(IndexError, "index %d is out of range for length %d", x.Start, length)
		}
		return AxisIndex{Drop: true, Start: x.Start, Step: 1, Count: 1}, nil
	case x.Step == 0:
		return x, mistakef(ValueError, "a slice's step is not 0")
	case length == block.Unknown:
		if x.Start != 0 || x.Step != 1 || x.Count != block.Unknown {
			return x, mistakef(IndexError, "its length is unknown, so that it can only be taken whole; %w", ErrUnresolved)
		}
		return x, nil
	case x.Count < 0:
		return x, mistakef(ValueError, "a slice of %d elements", x.Count)
	case x.Count == 0:
		return AxisIndex{Step: 1}, nil
	}
	inside := x.Start >= 0 && x.Start < length
	if inside && x.Count > 1 {
		room := length - 1 - x.Start
		step := x.Step
		if step < 0 {
			room, step = x.Start, -step
		}
		inside = step > 0 && step <= room && x.Count-1 <= room/step
	}
	if !inside {
		return x, mistakef(IndexError, "%d elements from %d on in steps of %d are out of range for length %d", x.Count, x.Start, x.Step, length)
	}
	if x.Count == 1 {
		x.Step = 1
	}
	return x, nil
}

// sliceAxis is the blocks of what a normal item takes of an axis.
func sliceAxis(a block.Axis, x AxisIndex) block.Axis {
	if isWhole(x, a.Len()) {
		return a
	}
	return a.Slice(x.Start, x.Step, x.Count)
}

// isWhole reports whether a normal item takes all of an axis as it is.
func isWhole(x AxisIndex, length int) bool {
	return !x.New && !x.Drop && x.Start == 0 && x.Step == 1 && x.Count == length
}

// Transpose gives the axes in another order: axis i of the result is axis
// axes[i] of in. Without axes their order is reversed.
func Transpose(site Site, in Ref, axes []int) (Ref, error) {
	in, err := one(site, op.Transpose, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	if axes == nil {
		axes = make([]int, len(from))
		for i := range axes {
			axes[i] = len(from) - 1 - i
		}
	}
	if axes, err = NormalizeAxes(axes, in.Shape()); err != nil {
		return Ref{}, fail(site, op.Transpose, err)
	}
	if len(axes) != len(from) {
		return Ref{}, fail(site, op.Transpose, fmt.Errorf("axes %s name %d of the %d axes of shape %v; name each once", axesText(axes), len(axes), len(from), in.Shape()))
	}
	grid := make(block.Grid, len(axes))
	for to, axis := range axes {
		grid[to] = from[axis]
	}
	return view(site, op.Transpose, PermAttrs{axes}, in, grid, axes)
}

// BroadcastTo stretches in to a shape: its axes of length 1 and new ones in
// front repeat the elements. A stretched axis is one block.
func BroadcastTo(site Site, in Ref, shape block.Shape) (Ref, error) {
	in, err := one(site, op.BroadcastTo, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	fits := len(shape) >= len(from)
	grid := make(block.Grid, len(shape))
	axes := make([]int, len(shape))
	for to := range shape {
		axis := to - len(shape) + len(from)
		axes[to] = max(axis, -1)
		switch {
		case axis >= 0 && from[axis].Len() == shape[to]:
			grid[to] = from[axis]
		case shape[to] < 0 || axis >= 0 && from[axis].Len() != 1:
			fits = false
		default:
			grid[to] = block.Regular(shape[to], shape[to])
		}
	}
	if !fits {
		return Ref{}, fail(site, op.BroadcastTo, fmt.Errorf("shape %v does not stretch to %v: only new axes in front and axes of length 1 do", in.Shape(), shape))
	}
	return view(site, op.BroadcastTo, ShapeAttrs{slices.Clone(shape)}, in, grid, axes)
}

// ExpandDims puts in axes of length 1; axes are those of the result.
func ExpandDims(site Site, in Ref, axes []int) (Ref, error) {
	in, err := one(site, op.ExpandDims, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	if axes, err = NormalizeNewAxes(axes, len(from)+len(axes)); err != nil {
		return Ref{}, fail(site, op.ExpandDims, err)
	}
	slices.Sort(axes)
	var grid block.Grid
	var source []int
	axis := 0
	for to := range len(from) + len(axes) {
		if slices.Contains(axes, to) {
			grid, source = append(grid, block.Regular(1, 1)), append(source, -1)
			continue
		}
		grid, source = append(grid, from[axis]), append(source, axis)
		axis++
	}
	return view(site, op.ExpandDims, AxesAttrs{axes}, in, grid, source)
}

// Squeeze takes axes of length 1 out, all of them if axes is nil.
func Squeeze(site Site, in Ref, axes []int) (Ref, error) {
	in, err := one(site, op.Squeeze, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	if axes == nil {
		axes = []int{}
		for axis := range from {
			if from[axis].Len() == 1 {
				axes = append(axes, axis)
			}
		}
	}
	if axes, err = NormalizeAxes(axes, in.Shape()); err != nil {
		return Ref{}, fail(site, op.Squeeze, err)
	}
	slices.Sort(axes)
	var grid block.Grid
	var source []int
	for axis := range from {
		if !slices.Contains(axes, axis) {
			grid, source = append(grid, from[axis]), append(source, axis)
		} else if from[axis].Len() != 1 {
			return Ref{}, fail(site, op.Squeeze, fmt.Errorf("axis %d of shape %v does not have length 1", axis, in.Shape()))
		}
	}
	return view(site, op.Squeeze, AxesAttrs{axes}, in, grid, source)
}

// Diagonal is the elements of in whose index along axis2 is offset more than
// that along axis1, as the last axis of the result. Its blocks are the pieces
// between the boundaries of both axes, so that each lies in one block of in.
func Diagonal(site Site, in Ref, offset, axis1, axis2 int) (Ref, error) {
	in, err := one(site, op.Diagonal, in)
	if err != nil {
		return Ref{}, err
	}
	from := in.Grid()
	if len(from) < 2 {
		return Ref{}, fail(site, op.Diagonal, fmt.Errorf("shape %v has no two axes to go along", in.Shape()))
	}
	pair, err := NormalizeAxes([]int{axis1, axis2}, in.Shape())
	if err != nil {
		return Ref{}, fail(site, op.Diagonal, err)
	}
	a, b := from[pair[0]], from[pair[1]]
	if !a.Known() || !b.Known() {
		return Ref{}, fail(site, op.Diagonal, fmt.Errorf("axes %s of shape %v have an unknown length; %w", axesText(pair), in.Shape(), ErrUnresolved))
	}
	attrs := DiagonalAttrs{Offset: max(offset, -math.MaxInt), Axis1: pair[0], Axis2: pair[1]}
	start1, start2, count := attrs.start(a.Len(), b.Len())
	var grid block.Grid
	var axes []int
	for axis := range from {
		if axis != pair[0] && axis != pair[1] {
			grid, axes = append(grid, from[axis]), append(axes, axis)
		}
	}
	grid = append(grid, a.Slice(start1, 1, count).Union(b.Slice(start2, 1, count)))
	return view(site, op.Diagonal, attrs, in, grid, append(axes, -1))
}

// start is where the diagonal of two axes of known lengths starts along each,
// and how long it is.
func (a DiagonalAttrs) start(length1, length2 int) (start1, start2, count int) {
	start1, start2 = max(0, -a.Offset), max(0, a.Offset)
	count = min(length1-start1, length2-start2)
	if count <= 0 {
		return 0, 0, 0
	}
	return start1, start2, count
}

// Rechunk is in in the blocks of grid.
func Rechunk(site Site, in Ref, grid block.Grid) (Ref, error) {
	in, err := one(site, op.Rechunk, in)
	if err != nil {
		return Ref{}, err
	}
	d := in.Describe()
	if !grid.Shape().Equal(d.Shape()) {
		return Ref{}, fail(site, op.Rechunk, fmt.Errorf("chunks %v are for shape %v, the array has shape %v", grid, grid.Shape(), d.Shape()))
	}
	for axis, a := range grid {
		if !a.Known() && !a.Equal(d.Grid[axis]) {
			return Ref{}, fail(site, op.Rechunk, fmt.Errorf("axis %d of shape %v has an unknown length, so that its %d blocks stay as they are; %w",
				axis, d.Shape(), d.Grid[axis].Blocks(), ErrUnresolved))
		}
	}
	d.Grid = slices.Clone(grid)
	return node(site, op.Rechunk, RechunkAttrs{d.Grid}, d, in)
}

// Concat puts arrays one after the other along an axis. They have the same
// lengths along the others and are converted to their common type. Arrays of
// length 0 along the axis are left out.
func Concat(site Site, in []Ref, axis int) (Ref, error) {
	fault := func(err error) (Ref, error) { return Ref{}, fail(site, op.Concat, err) }
	if len(in) == 0 {
		return fault(fmt.Errorf("there is no array"))
	}
	if err := checkInputs(in...); err != nil {
		return fault(err)
	}
	rank := len(in[0].Grid())
	if rank == 0 {
		return fault(fmt.Errorf("arrays without axes have none to be joined along; use expand_dims first"))
	}
	normal, err := NormalizeAxes([]int{axis}, in[0].Shape())
	if err != nil {
		return fault(err)
	}
	axis = normal[0]
	first := in[0].Grid()
	length := 0
	types := make([]dtype.DType, len(in))
	var parts []Ref
	for i, r := range in {
		types[i] = r.DType()
		g := r.Grid()
		if len(g) != rank {
			return fault(fmt.Errorf("shapes %s have different numbers of axes", shapeList([]Ref{in[0], r})))
		}
		for other, a := range g {
			switch {
			case other == axis:
			case a.Len() != first[other].Len():
				return fault(fmt.Errorf("shapes %s differ along axis %d, and only axis %d may", shapeList([]Ref{in[0], r}), other, axis))
			case !a.Known() && !a.Equal(first[other]):
				return fault(fmt.Errorf("axis %d has an unknown length in shapes %s and its blocks may differ; %w",
					other, shapeList([]Ref{in[0], r}), ErrUnresolved))
			}
		}
		if n := max(0, g[axis].Len()); length > math.MaxInt-n {
			return fault(fmt.Errorf("the lengths along axis %d add up to more than an int can count", axis))
		} else if length += n; g[axis].Len() != 0 {
			parts = append(parts, r)
		}
	}
	d := dtype.PromoteAll(types...)
	if parts == nil {
		parts = in[:1:1]
	}
	parts = slices.Clone(parts)
	grid := slices.Clone(parts[0].Grid())
	axes := make([]block.Axis, len(parts))
	for i, r := range parts {
		for other, a := range r.Grid() {
			if a.Known() && other != axis {
				grid[other] = grid[other].Union(a)
			}
		}
		axes[i] = r.Grid()[axis]
	}
	for i, r := range parts {
		if parts[i], err = cast(site, r, d, r.Describe().Attrs); err != nil {
			return Ref{}, err
		}
	}
	if grid[axis], err = block.Concat(axes...); err != nil {
		return fault(fmt.Errorf("axis %d: %w", axis, err))
	}
	attrs := ConcatAttrs{axis}
	return node(site, op.Concat, attrs, block.Description{
		DType: d, Grid: grid, Names: broadcastNames(rank, in), Attrs: carry(call(op.Concat, attrs), in...),
	}, parts...)
}
