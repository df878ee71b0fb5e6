package graph

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// BlocksOf is Blockwise with a result that follows from the inputs and attrs.
// Everything is checked: documents, which are not trusted, ask for operations on
// whole blocks so. kept is the blocks that block_compress leaves of the axis where
// they are counted; the zero Axis elsewhere.
func BlocksOf(site Site, name op.Name, in []Ref, attrs BlockAttrs, kept block.Axis) (Ref, error) {
	row := op.Lookup(name)
	if row == nil || row.Class != op.Blockwise || len(in) != row.Arity {
		return Ref{}, fail(site, name, errors.New("this is not an operation on whole blocks of the table"))
	}
	if err := checkInputs(in...); err != nil {
		return Ref{}, fail(site, name, err)
	}
	rank := len(in[0].Grid())
	for i, r := range in {
		if len(r.Grid()) != rank || rank == 0 {
			return Ref{}, fail(site, name, fmt.Errorf("input %d has shape %v, the first %v: all have as many axes, and one at least", i, r.Shape(), in[0].Shape()))
		}
		in[i] = typed(r)
		masked := name == op.BlockCompress || name == op.BlockShare || name == op.BlockPlace
		if !masked && !r.Grid().Known() {
			return Ref{}, fail(site, name, mistakef(IndexError, "shape %v has an unknown length; %w", r.Shape(), ErrUnresolved))
		}
	}
	if attrs.Axis < 0 || attrs.Axis >= rank {
		return Ref{}, fail(site, name, mistakef(IndexError, "axis %d is out of range for shape %v", attrs.Axis, in[0].Shape()))
	}
	d := in[0].Describe()
	d.Grid = slices.Clone(d.Grid)
	var err error
	switch name {
	case op.BlockSum, op.BlockProd:
		d.Grid[attrs.Axis] = block.Regular(d.Grid[attrs.Axis].Blocks(), 1)
		err = checkWide(d.DType)
	case op.BlockCumsum, op.BlockCumprod:
		if err = checkWide(d.DType); err == nil {
			err = checkStart(in, attrs.Axis)
		}
	case op.BlockTopk, op.BlockArgtopk:
		d, err = bestOf(in, attrs)
	case op.BlockCompress:
		d.Grid[attrs.Axis], err = keptOf(in, attrs.Axis, kept)
	case op.BlockShare:
		d.Grid[attrs.Axis], err = block.UnknownAxis(in[1].Grid()[attrs.Axis].Blocks()), checkMask(in[1], attrs.Axis)
	case op.BlockPlace:
		err = checkPlace(in, attrs.Axis)
	case op.BlockTakeAlong:
		d.Grid, err = pickedAlong(in, attrs.Axis)
	case op.BlockSearch:
		d.DType, d.Grid = dtype.Int64, slices.Clone(in[1].Grid())
		d.Grid[rank-1] = block.Regular(in[0].Grid()[rank-1].Blocks(), 1)
		err = checkSearch(in)
	case op.BlockWindows:
		d.Grid, err = windowed(in[0], attrs)
	}
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	return Blockwise(site, name, in, d, attrs)
}

// checkWide reports the types that blocks are not added up in.
func checkWide(d dtype.DType) error {
	switch d {
	case dtype.Int64, dtype.Uint64, dtype.Float64, dtype.Complex128:
		return nil
	}
	return mistakef(TypeError, "blocks are added up as int64, uint64, float64 or complex128, not as %v", d)
}

// othersEqual reports axes besides one along which two arrays have different
// blocks.
func othersEqual(a, b Ref, except int) error {
	for axis := range a.Grid() {
		if axis != except && !a.Grid()[axis].Equal(b.Grid()[axis]) {
			return fmt.Errorf("shapes %v and %v have different blocks along axis %d", a.Shape(), b.Shape(), axis)
		}
	}
	return nil
}

// checkStart reports starts that are not one for each block.
func checkStart(in []Ref, axis int) error {
	x, start := in[0], in[1]
	if x.DType() != start.DType() {
		return mistakef(TypeError, "%v do not start with %v", x.DType(), start.DType())
	}
	blocks := x.Grid()[axis].Blocks()
	if own := start.Grid()[axis]; !own.Equal(block.Regular(max(1, blocks), 1)) && own.Len() != 1 {
		return fmt.Errorf("there are starts of shape %v for %d blocks along axis %d", start.Shape(), blocks, axis)
	}
	return othersEqual(x, start, axis)
}

// bestOf is what is sorted out of each block of the first input.
func bestOf(in []Ref, attrs BlockAttrs) (block.Description, error) {
	d := in[len(in)-1].Describe()
	d.Names, d.Attrs = in[0].Describe().Names, in[0].Describe().Attrs
	own := in[0].Grid()[attrs.Axis]
	switch {
	case attrs.K == 0 || attrs.K > own.Len() || attrs.K < -own.Len():
		return d, fmt.Errorf("k is %d for axis %d of shape %v", attrs.K, attrs.Axis, in[0].Shape())
	case len(in) == 2 && in[1].DType() != dtype.Int64:
		return d, mistakef(TypeError, "the indices are %v, not int64", in[1].DType())
	case len(in) == 2 && !in[1].Grid().Equal(in[0].Grid()):
		return d, fmt.Errorf("shapes %v and %v have different blocks", in[0].Shape(), in[1].Shape())
	}
	best, err := own.CutTo(max(attrs.K, -attrs.K))
	d.Grid = slices.Clone(d.Grid)
	d.Grid[attrs.Axis] = best
	return d, err
}

// checkMask reports a mask that is not of bools along one axis.
func checkMask(mask Ref, axis int) error {
	if mask.DType() != dtype.Bool {
		return mistakef(TypeError, "the mask is %v, not bool", mask.DType())
	}
	for i, a := range mask.Grid() {
		if i != axis && a.Len() != 1 {
			return fmt.Errorf("the mask has shape %v, which is more than axis %d", mask.Shape(), axis)
		}
	}
	return nil
}

// checkPlace reports values that are not shared out to the blocks of a mask and of
// the array.
func checkPlace(in []Ref, axis int) error {
	x, mask, v := in[0], in[1], in[2]
	if err := checkMask(mask, axis); err != nil {
		return err
	}
	if v.DType() != x.DType() {
		return mistakef(TypeError, "the values are %v, not %v", v.DType(), x.DType())
	}
	if !mask.Grid()[axis].Equal(x.Grid()[axis]) || v.Grid()[axis].Blocks() != x.Grid()[axis].Blocks() {
		return fmt.Errorf("shape %v, the mask of shape %v and the values of shape %v have different blocks along axis %d", x.Shape(), mask.Shape(), v.Shape(), axis)
	}
	for i, a := range v.Grid() {
		if i != axis && a.Len() != 1 && !a.Equal(x.Grid()[i]) {
			return fmt.Errorf("shapes %v and %v have different blocks along axis %d", x.Shape(), v.Shape(), i)
		}
	}
	return nil
}

// keptOf is the blocks of what a mask keeps of an axis.
func keptOf(in []Ref, axis int, kept block.Axis) (block.Axis, error) {
	x, mask := in[0].Grid(), in[1].Grid()
	if in[1].DType() != dtype.Bool {
		return kept, mistakef(TypeError, "the mask is %v, not bool", in[1].DType())
	}
	for i := range mask {
		if i == axis && !mask[i].Equal(x[i]) || i != axis && mask[i].Len() != 1 {
			return kept, fmt.Errorf("the mask has shape %v and shape %v blocks of another kind along axis %d", in[1].Shape(), in[0].Shape(), i)
		}
	}
	blocks := x[axis].Blocks()
	if kept.Len() == 0 {
		return block.UnknownAxis(blocks), nil
	}
	if !kept.Known() || !x[axis].Known() || kept.Blocks() != blocks {
		return kept, fmt.Errorf("of %d blocks along axis %d %d are kept", blocks, axis, kept.Blocks())
	}
	for i := range blocks {
		_, most := x[axis].Block(i)
		if _, n := kept.Block(i); n > most {
			return kept, fmt.Errorf("of block %d of axis %d, which has length %d, %d are kept", i, axis, most, n)
		}
	}
	return kept, nil
}

// pickedAlong is the blocks of elements of the last axis of the first input, for
// each of its blocks along that axis.
func pickedAlong(in []Ref, axis int) (block.Grid, error) {
	x, at := in[0].Grid(), in[1].Grid()
	last := len(x) - 1
	switch {
	case in[1].DType() != dtype.Int64:
		return nil, mistakef(TypeError, "the indices are %v, not int64", in[1].DType())
	case axis == last || x[axis].Len() != 1 || at[last].Len() != 1:
		return nil, fmt.Errorf("of shape %v nothing is picked at indices of shape %v along its last axis, for axis %d", in[0].Shape(), in[1].Shape(), axis)
	}
	grid := slices.Clone(at)
	grid[last] = block.Regular(x[last].Blocks(), 1)
	for i := range last {
		switch {
		case at[i].Len() == 1:
			grid[i] = x[i]
		case x[i].Len() != 1 && !x[i].Equal(at[i]):
			return nil, fmt.Errorf("shapes %v and %v have different blocks along axis %d", in[0].Shape(), in[1].Shape(), i)
		}
	}
	return grid, nil
}

func checkSearch(in []Ref) error {
	sorted, v := in[0].Grid(), in[1].Grid()
	last := len(sorted) - 1
	if in[0].DType() != in[1].DType() {
		return mistakef(TypeError, "%v are not searched among %v", in[1].DType(), in[0].DType())
	}
	for i := range last {
		if sorted[i].Len() != 1 {
			return fmt.Errorf("shape %v is not one sorted axis", in[0].Shape())
		}
	}
	if v[last].Len() != 1 {
		return fmt.Errorf("of shape %v the last axis is searched for elements of shape %v, of which it has length 1", in[0].Shape(), in[1].Shape())
	}
	return nil
}

// windowed is the blocks of windows along the axes that attrs.Sizes lists.
func windowed(x Ref, attrs BlockAttrs) (block.Grid, error) {
	grid := slices.Clone(x.Grid())
	rank := len(grid) - len(attrs.Sizes)
	if len(attrs.Overlap) != 1 || rank < 1 {
		return nil, fmt.Errorf("windows along %d axes of shape %v are not known", len(attrs.Sizes), x.Shape())
	}
	for i, axis := range attrs.Sizes {
		if axis < 0 || axis >= rank || slices.Contains(attrs.Sizes[:i], axis) || grid[rank+i].Len() != 1 {
			return nil, fmt.Errorf("shape %v has no room for windows of axis %d", x.Shape(), axis)
		}
		n, length := x.Grid()[axis].Len(), attrs.Overlap[0].Depth[axis][1]+1
		if length < 1 || length > n {
			return nil, fmt.Errorf("windows of %d do not fit axis %d of shape %v", length, axis, x.Shape())
		}
		grid[axis], grid[rank+i] = grid[axis].Slice(0, 1, n-length+1), block.Regular(length, length)
	}
	return grid, nil
}

// WindowsAttrs are the attributes of windows of the given lengths along axes of an
// array of a rank, which has an axis of length 1 for each of them at its end.
func WindowsAttrs(rank int, axes, lengths []int) BlockAttrs {
	o := Overlap{Depth: make([][2]int, rank), Modes: make([]PadMode, rank)}
	for i := range o.Modes {
		o.Modes[i] = PadNone
	}
	for i, axis := range axes {
		if axis >= 0 && axis < rank && i < len(lengths) {
			o.Depth[axis], o.Modes[axis] = [2]int{0, lengths[i] - 1}, PadValid
		}
	}
	return BlockAttrs{Sizes: slices.Clone(axes), Overlap: []Overlap{o}}
}
