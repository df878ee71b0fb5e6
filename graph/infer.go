package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// The functions that make nodes are one an operation, or one a class of them.
// They find the type, the blocks, the names and the attributes of the result
// and report what does not fit as an *Error; no input makes them panic.

// mistake is an error of a certain kind.
type mistake struct {
	kind Kind
	err  error
}

func (m *mistake) Error() string { return m.err.Error() }
func (m *mistake) Unwrap() error { return m.err }

func mistakef(kind Kind, format string, args ...any) error {
	return &mistake{kind, fmt.Errorf(format, args...)}
}

// Mistake is err, found while an operation was built, as an *Error; nil if err is
// nil.
func Mistake(site Site, name op.Name, err error) error { return fail(site, name, err) }

// fail is err as an *Error; nil if err is nil. An error that does not say what
// kind of mistake it reports is a ValueError.
func fail(site Site, name op.Name, err error) error {
	if err == nil {
		return nil
	}
	kind := ValueError
	var m *mistake
	var types *op.TypeError
	var overflow *dtype.OverflowError
	switch {
	case errors.As(err, &m):
		kind = m.kind
	case errors.As(err, &types):
		kind = TypeError
	case errors.As(err, &overflow):
		kind = OverflowError
	}
	return &Error{Kind: kind, Op: name, Site: site, Err: err}
}

// node makes a node of one result.
func node(site Site, name op.Name, attrs Attrs, result block.Description, in ...Ref) (Ref, error) {
	if err := checkDescription(result); err != nil {
		return Ref{}, fail(site, name, err)
	}
	result.Names = someNames(result.Names)
	if attrs == nil {
		attrs = NoAttrs{}
	}
	return Ref{Node: &Node{Op: name, Inputs: in, Attrs: attrs, Results: []block.Description{result}, Site: site}}, nil
}

// checkDescription reports what no array can be. Lengths may be unknown.
func checkDescription(d block.Description) error {
	if !d.DType.Valid() {
		return mistakef(TypeError, "there is no such element type")
	}
	shape := d.Shape()
	known := make(block.Shape, 0, len(shape))
	for _, length := range shape {
		if length != block.Unknown {
			known = append(known, length)
		}
	}
	n, err := known.Size()
	if err == nil && n > math.MaxInt/d.DType.Size() {
		err = fmt.Errorf("shape %v of %v has more bytes than an int can count", shape, d.DType)
	}
	if err != nil {
		return err
	}
	if d.Names != nil && len(d.Names) != len(shape) {
		return fmt.Errorf("there are %d dimension names %q for %d axes of shape %v; give one an axis or none",
			len(d.Names), d.Names, len(shape), shape)
	}
	for key, value := range d.Attrs {
		switch value.(type) {
		case string, bool, int64, float64, []string, []bool, []int64, []float64:
		default:
			return mistakef(TypeError, "attribute %q has the type %T; attributes are string, bool, int64, float64 or slices of these", key, value)
		}
	}
	return nil
}

// someNames is names, or nil if no axis has one.
func someNames(names []string) []string {
	for _, name := range names {
		if name != "" {
			return names
		}
	}
	return nil
}

// checkInputs makes sure that refs can be looked at.
func checkInputs(in ...Ref) error {
	for i, r := range in {
		if r.Node == nil || r.Out < 0 || r.Out >= len(r.Node.Results) || r.Node.Row() == nil {
			return fmt.Errorf("operand %d is not an array", i)
		}
	}
	return nil
}

// typed is r, or where r is a weak scalar the same with its default type, for
// operations in which it meets no other array.
func typed(r Ref) Ref {
	a, ok := weak(r)
	if !ok {
		return r
	}
	full := *r.Node
	full.Attrs = FullAttrs{Value: a}
	return Ref{Node: &full}
}

// weak is the value of r if r is a weak scalar.
func weak(r Ref) (dtype.Scalar, bool) {
	a, ok := r.Node.Attrs.(FullAttrs)
	return a.Value, ok && a.Weak
}

// one checks the input of an operation that has a single one.
func one(site Site, name op.Name, in Ref) (Ref, error) {
	if err := checkInputs(in); err != nil {
		return Ref{}, fail(site, name, err)
	}
	return typed(in), nil
}

// NormalizeAxes gives axes of an array of a shape, of which negative ones count
// from the end, as numbers from 0 on. An axis out of range or named twice is an error.
func NormalizeAxes(axes []int, shape block.Shape) ([]int, error) {
	return normalizeAxes(axes, len(shape), func() string { return fmt.Sprintf("shape %v", shape) })
}

// NormalizeNewAxes is NormalizeAxes for the axes of a result of rank axes.
func NormalizeNewAxes(axes []int, rank int) ([]int, error) {
	return normalizeAxes(axes, rank, func() string { return "the result" })
}

func normalizeAxes(axes []int, rank int, whose func() string) ([]int, error) {
	out := make([]int, len(axes))
	for i, axis := range axes {
		if axis < -rank || axis >= rank {
			switch rank {
			case 0:
				return nil, mistakef(IndexError, "axis %d is out of range: %s has no axes", axis, whose())
			case 1:
				return nil, mistakef(IndexError, "axis %d is out of range: %s has one axis, numbered 0 or -1", axis, whose())
			}
			return nil, mistakef(IndexError, "axis %d is out of range: %s has %d axes, numbered %d to %d", axis, whose(), rank, -rank, rank-1)
		}
		if axis < 0 {
			axis += rank
		}
		if slices.Contains(out[:i], axis) {
			return nil, mistakef(ValueError, "axis %d is named twice in %s", axis, axesText(axes))
		}
		out[i] = axis
	}
	return out, nil
}

// Read is the elements of a source: source.Value is a block.Source.
func Read(site Site, source *Slot) (Ref, error) {
	if source == nil || source.Value == nil {
		return Ref{}, fail(site, op.Read, errors.New("there is no source"))
	}
	s, ok := source.Value.(block.Source)
	if !ok {
		return Ref{}, fail(site, op.Read, mistakef(TypeError, "a %T is not a block.Source", source.Value))
	}
	d := s.Describe()
	if !d.Grid.Known() {
		return Ref{}, fail(site, op.Read, fmt.Errorf("source %s describes shape %v; a source knows every length", source.text(), d.Shape()))
	}
	if err := checkDescription(d); err != nil {
		return Ref{}, fail(site, op.Read, fmt.Errorf("source %s: %w", source.text(), err))
	}
	return node(site, op.Read, ReadAttrs{source}, d)
}

// Full is value everywhere in the blocks of grid.
func Full(site Site, grid block.Grid, value dtype.Scalar) (Ref, error) {
	return input(site, op.Full, value.DType, grid, FullAttrs{Value: value})
}

// FullLike is value everywhere in the blocks of like, with its dimension names.
func FullLike(site Site, like Ref, value dtype.Scalar) (Ref, error) {
	like, err := one(site, op.Full, like)
	if err != nil {
		return Ref{}, err
	}
	full, err := Full(site, like.Grid(), value)
	if err != nil {
		return Ref{}, err
	}
	return labelled(full, block.Description{Names: like.Describe().Names}), nil
}

// Weak is a scalar of no axes whose type gives way to that of the arrays it
// meets. The value is a bool, int64, uint64, float64 or complex128.
func Weak(site Site, value dtype.Scalar) (Ref, error) {
	switch value.DType {
	case dtype.Bool, dtype.Int64, dtype.Float64, dtype.Complex128:
	case dtype.Uint64: // a number is an int64 if it can be, however it was written
		if v, ok := value.Value().(uint64); ok && v <= math.MaxInt64 {
			value, _ = dtype.ScalarOf(int64(v))
		}
	default:
		return Ref{}, fail(site, op.Full, mistakef(TypeError,
			"a literal is a bool, int64, uint64, float64 or complex128, not %v; use a typed scalar", value.DType))
	}
	return input(site, op.Full, value.DType, nil, FullAttrs{Value: value, Weak: true})
}

// Arange is start + i*step over a grid of one axis, of an integer or
// floating-point type.
func Arange(site Site, d dtype.DType, grid block.Grid, attrs ArangeAttrs) (Ref, error) {
	switch {
	case !d.IsInteger() && !d.IsFloat():
		return Ref{}, fail(site, op.Arange, mistakef(TypeError, "a range is of integers or floating-point numbers, not %v", d))
	case len(grid) != 1:
		return Ref{}, fail(site, op.Arange, fmt.Errorf("a range has one axis, not shape %v", grid.Shape()))
	}
	return input(site, op.Arange, d, grid, attrs)
}

// input makes the node of an operation that makes its elements from attributes.
func input(site Site, name op.Name, d dtype.DType, grid block.Grid, attrs Attrs) (Ref, error) {
	if !grid.Known() {
		return Ref{}, fail(site, name, fmt.Errorf("shape %v has an unknown length", grid.Shape()))
	}
	return node(site, name, attrs, block.Description{DType: d, Grid: slices.Clone(grid)})
}

// FromFunction calls a user's function for each block of out, which it makes of
// the block's place alone.
func FromFunction(site Site, out block.Description, attrs FuncAttrs) (Ref, error) {
	err := checkFunc(attrs)
	if err == nil && !out.Grid.Known() {
		err = fmt.Errorf("shape %v has an unknown length", out.Shape())
	}
	if err != nil {
		return Ref{}, fail(site, op.FromFunc, err)
	}
	out.Grid = slices.Clone(out.Grid)
	return node(site, op.FromFunc, attrs, out)
}

// checkFunc reports what no function can be called with.
func checkFunc(attrs FuncAttrs) error {
	switch {
	case attrs.Func == nil || attrs.Func.Value == nil:
		return errors.New("there is no function")
	case attrs.Scratch < 0:
		return fmt.Errorf("the scratch memory %d is negative", attrs.Scratch)
	}
	return nil
}

// MapBlocks calls a user's function for each block of out. Every input has as
// many blocks along each axis as out.
func MapBlocks(site Site, in []Ref, out block.Description, attrs FuncAttrs) (Ref, error) {
	err := checkInputs(in...)
	switch {
	case err != nil:
	case len(in) == 0:
		err = errors.New("there is no input")
	default:
		err = checkFunc(attrs)
	}
	if err != nil {
		return Ref{}, fail(site, op.MapBlock, err)
	}
	if err := checkOverlap(attrs.Overlap, in); err != nil {
		return Ref{}, fail(site, op.MapBlock, err)
	}
	inputs := make([]Ref, len(in))
	for i, r := range in {
		if err := sameCounts(i, r, attrs.Overlap, out.Grid, false); err != nil {
			return Ref{}, fail(site, op.MapBlock, err)
		}
		inputs[i] = typed(r)
	}
	out.Grid = slices.Clone(out.Grid)
	return node(site, op.MapBlock, attrs, out, inputs...)
}

func sameCounts(i int, r Ref, overlap []Overlap, out block.Grid, stretch bool) error {
	counts := r.Grid().Counts()
	if len(counts) == len(out) && overlap != nil {
		for axis, mode := range overlap[i].Modes {
			if depth := overlap[i].Depth[axis]; mode == PadValid && r.Shape()[axis] == out[axis].Len()+depth[0]+depth[1] {
				counts[axis] = out[axis].Blocks()
			}
		}
	}
	for axis := range counts {
		if stretch && len(counts) == len(out) && r.Shape()[axis] == 1 {
			counts[axis] = out[axis].Blocks()
		}
	}
	if slices.Equal(counts, out.Counts()) {
		return nil
	}
	return fmt.Errorf("input %d of shape %v has %v blocks, the result of shape %v has %v: rechunk or broadcast the input so that they agree",
		i, r.Shape(), r.Grid().Counts(), out.Shape(), out.Counts())
}

// Blockwise makes each block of out from blocks of the inputs, which have as many
// blocks along each axis, or length 1: then every block is given that. Those who call it see to it that the operation does
// what it is asked for.
func Blockwise(site Site, name op.Name, in []Ref, out block.Description, attrs BlockAttrs) (Ref, error) {
	row := op.Lookup(name)
	err := checkInputs(in...)
	switch {
	case err != nil:
	case row == nil || row.Class != op.Blockwise || len(in) != row.Arity:
		err = errors.New("this is not an operation on whole blocks of the table")
	case attrs.Axis < 0 || attrs.Axis > len(out.Grid):
		err = mistakef(IndexError, "axis %d is out of range", attrs.Axis)
	default:
		err = checkOverlap(attrs.Overlap, in)
	}
	for i := 0; i < len(in) && err == nil; i++ {
		if name == op.BlockShare && i == 0 {
			continue // it is to be divided
		}
		err = sameCounts(i, in[i], attrs.Overlap, out.Grid, true)
	}
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	out.Grid = slices.Clone(out.Grid)
	return node(site, name, attrs, out, in...)
}

// checkOverlap reports what does not fit of the overlaps of inputs.
func checkOverlap(overlap []Overlap, in []Ref) error {
	if overlap == nil {
		return nil
	}
	if len(overlap) != len(in) {
		return fmt.Errorf("there are overlaps for %d inputs of %d", len(overlap), len(in))
	}
	for i, o := range overlap {
		shape := in[i].Shape()
		if len(o.Depth) != len(shape) || len(o.Modes) != len(shape) {
			return fmt.Errorf("the overlap has %d depths and %d modes for the %d axes of shape %v", len(o.Depth), len(o.Modes), len(shape), shape)
		}
		for axis, depth := range o.Depth {
			switch {
			case depth == [2]int{}:
				continue
			case shape[axis] == block.Unknown:
				return mistakef(IndexError, "axis %d of shape %v has an unknown length; %w", axis, shape, ErrUnresolved)
			case depth[0] < 0 || depth[1] < 0:
				return fmt.Errorf("axis %d has the negative depth %v", axis, depth)
			case max(depth[0], depth[1]) > shape[axis]:
				return fmt.Errorf("the depth %v is more than the length %d of axis %d of shape %v; pad the array for more around it", depth, shape[axis], axis, shape)
			case o.Modes[axis] == PadConstant && o.Fill.DType != in[i].DType():
				return mistakef(TypeError, "the fill value %v is not of type %v", o.Fill, in[i].DType())
			}
			if _, err := o.Map(axis, shape[axis]); err != nil {
				return fmt.Errorf("axis %d: %w", axis, err)
			}
		}
	}
	return nil
}

// Map is what indices beyond the ends of an axis of the given length show: its
// places start Depth before the axis, or with the axis where nothing is given
// beyond its ends.
func (o Overlap) Map(axis, length int) (block.IndexMap, error) {
	depth := o.Depth[axis]
	if o.Modes[axis] == PadNone || o.Modes[axis] == PadValid || depth == [2]int{} {
		return block.WholeMap(length), nil
	}
	return PadMap(length, depth[0], depth[1], o.Modes[axis])
}

// TreeReduce is a user's reduction of the last axes of an array to elements of
// type out.
func TreeReduce(site Site, in Ref, out dtype.DType, attrs TreeAttrs) (Ref, error) {
	in, err := one(site, op.TreeReduce, in)
	if err != nil {
		return Ref{}, err
	}
	d := in.Describe()
	kept := len(d.Grid) - attrs.Reduced
	switch {
	case attrs.Func == nil || attrs.Func.Value == nil:
		err = errors.New("there is no function")
	case attrs.Reduced < 0 || kept < 0:
		err = fmt.Errorf("%d of the axes of shape %v are to be reduced", attrs.Reduced, d.Shape())
	case !attrs.Partial.Valid():
		err = mistakef(TypeError, "there is no such element type of partials")
	case attrs.Width < 1:
		err = fmt.Errorf("a partial of %d elements holds nothing", attrs.Width)
	case attrs.Results < 0:
		err = fmt.Errorf("there cannot be %d results", attrs.Results)
	case attrs.Scratch < 0:
		err = fmt.Errorf("the scratch memory %d is negative", attrs.Scratch)
	}
	if err != nil {
		return Ref{}, fail(site, op.TreeReduce, err)
	}
	result := block.Description{DType: out, Grid: slices.Clone(d.Grid[:kept])}
	partial := append(slices.Clone(result.Grid), block.Regular(attrs.Width, attrs.Width))
	axes := make([]int, kept)
	for axis := range axes {
		axes[axis] = axis
	}
	if attrs.Results > 0 {
		result.Grid, axes = append(result.Grid, block.Regular(attrs.Results, attrs.Results)), append(axes, -1)
	}
	result.Names = pick(d.Names, axes)
	if err := checkDescription(block.Description{DType: attrs.Partial, Grid: partial}); err != nil {
		return Ref{}, fail(site, op.TreeReduce, fmt.Errorf("partials of %d elements: %w", attrs.Width, err))
	}
	return node(site, op.TreeReduce, attrs, result, in)
}
