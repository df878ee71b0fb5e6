package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// Elementwise is an elementwise operation. Inputs broadcast and are converted
// to the types the operation computes in; weak scalars take the type of the
// arrays they meet. The blocks are the union of the inputs' boundaries.
func Elementwise(site Site, name op.Name, in ...Ref) (Ref, error) {
	row := op.Lookup(name)
	if row == nil || row.Class != op.Elementwise || row.Types == nil {
		return Ref{}, fail(site, name, errors.New("this is not an elementwise operation of the table"))
	}
	if len(in) != row.Arity {
		return Ref{}, fail(site, name, mistakef(TypeError, "it takes %d operands, not %d", row.Arity, len(in)))
	}
	if err := checkInputs(in...); err != nil {
		return Ref{}, fail(site, name, err)
	}
	types, err := row.Types(name, meeting(name, in)) // before shapes, as in NumPy
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	grid, err := broadcastGrid(in)
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	result := block.Description{
		DType: types.Out,
		Grid:  grid,
		Names: broadcastNames(len(grid), in),
		Attrs: carry(func() string { return formula(name, in) }, in...),
	}
	if types.Out == dtype.Bool && len(in) == 2 && types.Kernel == dtype.Float64 {
		switch a, b := in[0].DType(), in[1].DType(); {
		case a == dtype.Int64 && b == dtype.Uint64:
			return mixedComparison(site, name, typed(in[0]), typed(in[1]), result)
		case a == dtype.Uint64 && b == dtype.Int64:
			return mixedComparison(site, mirrored[name], typed(in[1]), typed(in[0]), result)
		}
	}
	inputs := make([]Ref, len(in))
	for i, r := range in {
		var overflow *dtype.OverflowError
		inputs[i], err = convert(site, r, types.In[i])
		switch {
		case !errors.As(err, &overflow):
		case name == op.Clip && bindsNothing(overflow, i):
			inputs[i], err = Full(r.Node.Site, nil, limit(types.In[i], i))
		case types.Out == dtype.Bool && types.Kernel != dtype.Bool:
			return outOfRange(site, name, overflow, i, in[1-i], result)
		}
		if err != nil {
			return Ref{}, fail(site, name, fmt.Errorf("operand %d: %w; give it a type of its own, or convert the array first", i, err))
		}
	}
	if name == op.Pow && types.Kernel.IsInteger() && isNegative(inputs[1]) {
		return Ref{}, fail(site, name, fmt.Errorf("an integer to the negative power %v is not an integer; convert the array to float64 first",
			inputs[1].Node.Attrs.(FullAttrs).Value))
	}
	return node(site, name, NoAttrs{}, result, inputs...)
}

// promotes reports whether operand i has a say in the type in which an
// operation meets the others; the truth of one does not depend on them.
func promotes(name op.Name, i int) bool {
	switch name {
	case op.Where:
		return i > 0
	case op.LogicalAnd, op.LogicalOr, op.LogicalXor, op.LogicalNot:
		return false
	}
	return true
}

// meeting is the operands' types, those of weak scalars as NumPy 2 resolves
// them: the types of the arrays alone decide, unless a scalar is of a higher
// kind.
func meeting(name op.Name, in []Ref) []dtype.DType {
	types := make([]dtype.DType, len(in))
	var arrays []dtype.DType
	kind := dtype.KindInvalid
	for i, r := range in {
		types[i] = r.DType()
		if !promotes(name, i) {
			continue
		}
		if _, ok := weak(r); ok {
			kind = max(kind, r.DType().Kind())
		} else {
			arrays = append(arrays, r.DType())
		}
	}
	if len(arrays) == 0 || kind == dtype.KindInvalid {
		return types // a weak scalar's own type is the default of its kind
	}
	strong := dtype.PromoteAll(arrays...)
	for i, r := range in {
		if _, ok := weak(r); ok && promotes(name, i) {
			types[i] = dtype.PromoteWeak(strong, kind)
		}
	}
	return types
}

// convert is r as elements of type to.
func convert(site Site, r Ref, to dtype.DType) (Ref, error) {
	value, isWeak := weak(r)
	if !isWeak {
		return cast(site, r, to, r.Describe().Attrs)
	}
	var err error
	if to == dtype.Bool {
		value, err = truth(value), nil
	} else {
		value, err = value.Convert(to)
	}
	if err != nil {
		return Ref{}, err
	}
	return Full(r.Node.Site, nil, value)
}

// Assigned is r as elements of type to, as an assignment converts it: a literal
// has to fit, of a float that becomes an integer what is before the point; arrays
// are converted whatever their elements are.
func Assigned(site Site, r Ref, to dtype.DType) (Ref, error) {
	if err := checkInputs(r); err != nil {
		return Ref{}, fail(site, op.SetItem, err)
	}
	if value, ok := weak(r); ok && to != dtype.Bool {
		switch v := value.Value().(type) {
		case int64, uint64:
			r, err := convert(site, r, to)
			return r, fail(site, op.SetItem, err)
		case float64:
			if to.IsInteger() {
				whole, err := wholeNumber(v, to)
				if err != nil {
					return Ref{}, fail(site, op.SetItem, err)
				}
				return Full(r.Node.Site, nil, whole)
			}
		case complex128:
			if !to.IsComplex() {
				return Ref{}, fail(site, op.SetItem, mistakef(TypeError, "the complex %v is no element of %v; take its real part", v, to))
			}
		}
	}
	return Cast(site, r, to)
}

// wholeNumber is the part of v before its point as an element of an integer type.
func wholeNumber(v float64, to dtype.DType) (dtype.Scalar, error) {
	if math.IsNaN(v) {
		return dtype.Scalar{}, mistakef(ValueError, "NaN is no element of %v", to)
	}
	given, _ := dtype.ScalarOf(v)
	var whole dtype.Scalar
	switch v = math.Trunc(v); {
	case v >= -1<<63 && v < 1<<63:
		whole, _ = dtype.ScalarOf(int64(v))
	case v > 0 && v < 1<<64:
		whole, _ = dtype.ScalarOf(uint64(v))
	default:
		return dtype.Scalar{}, &dtype.OverflowError{Value: given, To: to}
	}
	return whole.Convert(to)
}

// truth is whether a weak scalar is not zero.
func truth(s dtype.Scalar) dtype.Scalar {
	is := false
	switch v := s.Value().(type) {
	case bool:
		is = v
	case int64:
		is = v != 0
	case uint64:
		is = v != 0
	case float64:
		is = v != 0
	case complex128:
		is = v != 0
	}
	out, _ := dtype.ScalarOf(is)
	return out
}

func isNegative(r Ref) bool {
	a, ok := r.Node.Attrs.(FullAttrs)
	if !ok {
		return false
	}
	switch v := a.Value.Value().(type) {
	case int8:
		return v < 0
	case int16:
		return v < 0
	case int32:
		return v < 0
	case int64:
		return v < 0
	}
	return false
}

// outOfRange is the comparison of integers with one that none of their type
// equals: operand i, of value overflow.Value. The answer does not depend on the
// elements of the array.
func outOfRange(site Site, name op.Name, overflow *dtype.OverflowError, i int, array Ref, result block.Description) (Ref, error) {
	above := true
	if v, ok := overflow.Value.Value().(int64); ok {
		above = v > 0
	}
	arrayIsLess := above == (i == 1) // the left operand is the lesser
	answer := false
	switch name {
	case op.NotEqual:
		answer = true
	case op.Less, op.LessEqual:
		answer = arrayIsLess
	case op.Greater, op.GreaterEqual:
		answer = !arrayIsLess
	}
	value, _ := dtype.ScalarOf(answer)
	if result.Grid.Known() {
		return node(site, op.Full, FullAttrs{Value: value}, result)
	}
	// Only the array knows how many elements there are; each equals itself.
	name = op.NotEqual
	if answer {
		name = op.Equal
	}
	return node(site, name, NoAttrs{}, result, array, array)
}

// mirrored are the comparisons that say of b and a what their keys say of a and
// b.
var mirrored = map[op.Name]op.Name{
	op.Equal: op.Equal, op.NotEqual: op.NotEqual,
	op.Less: op.Greater, op.LessEqual: op.GreaterEqual, op.Greater: op.Less, op.GreaterEqual: op.LessEqual,
}

// mixedComparison compares an int64 with a uint64. No type holds both, and
// float64, in which they meet elsewhere, would make different numbers equal:
// the signed one is compared as uint64 unless it is negative, when it is the
// lesser.
func mixedComparison(site Site, name op.Name, signed, unsigned Ref, result block.Description) (Ref, error) {
	zero, _ := dtype.ScalarOf(int64(0))
	sign, join := op.GreaterEqual, op.LogicalAnd // not negative, and
	switch name {
	case op.NotEqual, op.Less, op.LessEqual:
		sign, join = op.Less, op.LogicalOr // negative, or
	}
	weakZero, err := Weak(site, zero)
	if err != nil {
		return Ref{}, err
	}
	first, err := Elementwise(site, sign, signed, weakZero)
	if err != nil {
		return Ref{}, err
	}
	signed, err = cast(site, signed, dtype.Uint64, nil)
	if err != nil {
		return Ref{}, err
	}
	second, err := Elementwise(site, name, signed, unsigned)
	if err != nil {
		return Ref{}, err
	}
	return node(site, join, NoAttrs{}, result, first, second)
}

// Cast is in converted to a type: in itself if it is of that type.
func Cast(site Site, in Ref, to dtype.DType) (Ref, error) {
	in, err := one(site, op.Astype, in)
	if err != nil {
		return Ref{}, err
	}
	if !to.Valid() {
		return Ref{}, fail(site, op.Astype, mistakef(TypeError, "there is no such element type to convert %v to", in.DType()))
	}
	return cast(site, in, to, carry(call(op.Astype, CastAttrs{to}), in))
}

// cast converts between any two types; complex numbers lose their imaginary
// part when what they become has none.
func cast(site Site, in Ref, to dtype.DType, attrs block.Attributes) (Ref, error) {
	d := in.Describe()
	if d.DType == to {
		return in, nil
	}
	return node(site, op.Astype, CastAttrs{to}, block.Description{DType: to, Grid: d.Grid, Names: d.Names, Attrs: attrs}, in)
}

// broadcastGrid is the blocks of an elementwise result: along each axis the
// union of the boundaries of the inputs that are not stretched along it.
func broadcastGrid(in []Ref) (block.Grid, error) {
	if len(in) == 1 {
		return in[0].Grid(), nil
	}
	rank := 0
	for _, r := range in {
		rank = max(rank, len(r.Grid()))
	}
	for axis := range rank {
		if err := checkUnknown(in, axis, rank); err != nil {
			return nil, err
		}
	}
	shape, err := BroadcastShape(in...)
	if err != nil {
		return nil, err
	}
	grid := make(block.Grid, rank)
	for axis := range grid {
		found := false
		for _, r := range in {
			own := axis - rank + len(r.Grid())
			switch {
			case own < 0 || r.Grid()[own].Len() != shape[axis]:
			case !found:
				grid[axis], found = r.Grid()[own], true
			case grid[axis].Known():
				grid[axis] = grid[axis].Union(r.Grid()[own])
			}
		}
	}
	return grid, nil
}

// BroadcastShape is the shape that arrays are stretched to when they meet. The
// error names the axis that they disagree on.
func BroadcastShape(in ...Ref) (block.Shape, error) {
	shapes := make([]block.Shape, len(in))
	for i, r := range in {
		shapes[i] = r.Shape()
	}
	shape, err := block.Broadcast(shapes...)
	var clash *block.BroadcastError
	if errors.As(err, &clash) {
		rank := 0
		for _, s := range shapes {
			rank = max(rank, len(s))
		}
		if names := broadcastNames(rank, in); names != nil {
			clash.Name = names[clash.Axis]
		}
	}
	return shape, err
}

// checkUnknown makes sure that inputs whose length along an axis of the result
// is unknown meet only inputs of the same unknown blocks or of length 1.
func checkUnknown(in []Ref, axis, rank int) error {
	var first *block.Axis
	unknown := false
	for _, r := range in {
		g := r.Grid()
		own := axis - rank + len(g)
		if own < 0 || g[own].Len() == 1 {
			continue
		}
		a := g[own]
		unknown = unknown || !a.Known()
		switch {
		case first == nil:
			first = &a
		case unknown && !a.Equal(*first):
			return fmt.Errorf("along axis %d of the result the length is unknown in shapes %s, and the blocks may differ; %w",
				axis, shapeList(in), ErrUnresolved)
		}
	}
	return nil
}

func shapeList(in []Ref) string {
	parts := make([]string, len(in))
	for i, r := range in {
		parts[i] = r.Shape().String()
	}
	return strings.Join(parts, " and ")
}

// formula is an elementwise operation for the history of its result, such as
// divide(x, 2). Arrays are called x, y and z, the same one always the same.
func formula(name op.Name, in []Ref) string {
	if len(in) == 1 {
		return string(name)
	}
	parts := make([]string, len(in))
	var arrays []Ref
	for i, r := range in {
		if isConstant(r) {
			parts[i] = r.Node.Attrs.(FullAttrs).Value.String()
			continue
		}
		known := slices.Index(arrays, r)
		if known < 0 {
			known = len(arrays)
			arrays = append(arrays, r)
		}
		parts[i] = string(rune('x' + known)) // no operation takes more than three
	}
	return string(name) + "(" + strings.Join(parts, ", ") + ")"
}

// Reduce combines the elements along axes: all of them if axes is nil, none if
// it is empty, which leaves each element by itself.
func Reduce(site Site, name op.Name, in Ref, axes []int, keepdims bool, correction float64) (Ref, error) {
	row := op.Lookup(name)
	if row == nil || row.Class != op.Reduction {
		return Ref{}, fail(site, name, errors.New("this is not a reduction of the table"))
	}
	in, err := one(site, name, in)
	if err != nil {
		return Ref{}, err
	}
	d := in.Describe()
	rank := len(d.Grid)
	all := axes == nil
	if all {
		axes = make([]int, rank)
		for axis := range axes {
			axes[axis] = axis
		}
	}
	if axes, err = NormalizeAxes(axes, d.Shape()); err != nil {
		return Ref{}, fail(site, name, err)
	}
	slices.Sort(axes)
	if err := checkReduction(row, in, axes, all, correction); err != nil {
		return Ref{}, fail(site, name, err)
	}
	types, err := row.Types(name, []dtype.DType{d.DType})
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	attrs := ReduceAttrs{Axes: axes, Keepdims: keepdims, Correction: correction}
	var grid block.Grid
	var kept []int
	for axis := range rank {
		if !slices.Contains(axes, axis) {
			grid, kept = append(grid, d.Grid[axis]), append(kept, axis)
		} else if keepdims {
			grid, kept = append(grid, block.Regular(1, 1)), append(kept, axis)
		}
	}
	result := block.Description{DType: types.Out, Grid: grid, Names: pick(d.Names, kept), Attrs: carry(call(name, attrs), in)}
	if in, err = cast(site, in, types.In[0], d.Attrs); err != nil {
		return Ref{}, err
	}
	return node(site, name, attrs, result, in)
}

func checkReduction(row *op.Op, in Ref, axes []int, all bool, correction float64) error {
	shape := in.Shape()
	if row.Positions {
		if !all && len(axes) != 1 && len(axes) != len(shape) || len(axes) == 0 && len(shape) > 0 {
			return fmt.Errorf("it goes along one axis or all of them, not along axes %s of shape %v", axesText(axes), shape)
		}
		for axis, length := range shape {
			if length == block.Unknown {
				return fmt.Errorf("axis %d of shape %v has an unknown length, so that no position along it is known; %w", axis, shape, ErrUnresolved)
			}
		}
	}
	if !row.Takes("correction") && correction != 0 {
		return fmt.Errorf("the correction %v is for var and std, nanvar and nanstd", correction)
	}
	if correction-correction != 0 {
		return fmt.Errorf("the correction %v is not finite", correction)
	}
	if !row.NeedsElements {
		return nil
	}
	empty := -1
	for axis, length := range shape {
		if length != 0 {
			continue
		}
		if !slices.Contains(axes, axis) {
			return nil // the result is empty too
		}
		empty = axis
	}
	if empty >= 0 {
		return fmt.Errorf("axis %d of shape %v has no elements, and it has no value for none", empty, shape)
	}
	return nil
}
