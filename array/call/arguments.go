package call

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// arguments are what a call gives to each parameter of an operation. The methods
// give them as what the functions of package array take; an argument of another kind is
// kept as the error of the call, and what the method gives then does not matter.
type arguments struct {
	row    *op.Op
	place  string
	at     graph.Site
	values map[string]Arg
	labels []array.CreateOption // for the array that is made
	item   int                  // which of a list is looked at, from 1 on; 0 for none
	err    error
}

// fail keeps the first mistake of a call; name is the parameter it is about, or
// "".
func (a *arguments) fail(kind graph.Kind, name string, err error) {
	if a.err != nil {
		return
	}
	if name != "" {
		err = &ArgumentError{Parameter: name, Item: a.item - 1, Err: err}
	}
	a.err = &graph.Error{Kind: kind, Op: a.row.Name, Site: a.at, Err: err}
}

// wrong keeps an argument of another kind than wanted.
func (a *arguments) wrong(name, wanted string, v Arg) {
	a.fail(graph.TypeError, name, fmt.Errorf("it is %s, not %s", wanted, described(v)))
}

// described is an argument for an error.
func described(v Arg) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case array.Array:
		return "an array"
	case string:
		return fmt.Sprintf("the text %q", shortened(v))
	case []Arg:
		return fmt.Sprintf("a list of %d", len(v))
	case dtype.DType:
		return "the type " + v.String()
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return fmt.Sprintf("the float %.1f", v) // no whole number, as that without a fraction would look
		}
		return fmt.Sprint(v)
	case bool, int, int64, uint64, complex128:
		return fmt.Sprint(v)
	case *big.Int:
		return shortened(v.String())
	}
	return fmt.Sprintf("a %T", v)
}

// value is what is given to a parameter of the operation; nil if nothing is.
func (a *arguments) value(name string) Arg {
	if !a.takes(name) {
		a.fail(graph.RuntimeError, "", fmt.Errorf("its row lists no parameter %q", name))
	}
	return a.values[name]
}

// takes reports whether the operation has a parameter.
func (a *arguments) takes(name string) bool { return parameter(a.row.Signature(), name) != nil }

// given reports whether a parameter is given; null is as good as nothing.
func (a *arguments) given(name string) bool { return a.value(name) != nil }

// null reports whether a parameter is given as null, where that means something
// else than nothing.
func (a *arguments) null(name string) bool {
	v, ok := a.values[name]
	return ok && v == nil
}

// array is an array, or a number as one that gives way.
func (a *arguments) array(name string) array.Array { return a.operand(name, a.value(name)) }

// arrays is a list of arrays, or one.
func (a *arguments) arrays(name string) []array.Array {
	list, ok := a.value(name).([]Arg)
	if !ok {
		return []array.Array{a.array(name)}
	}
	if a.crowded(name, len(list)) {
		return nil
	}
	out := make([]array.Array, len(list))
	for i, v := range list {
		a.item = i + 1
		out[i] = a.operand(name, v)
	}
	a.item = 0
	return out
}

// crowded reports, also as a mistake, whether there are more arrays than one
// operation joins.
func (a *arguments) crowded(name string, arrays int) bool {
	if arrays > maxArrays {
		a.fail(graph.ValueError, name, fmt.Errorf("there are %d arrays, %d are the most: join some of them first", arrays, maxArrays))
	}
	return arrays > maxArrays
}

func (a *arguments) operand(name string, v Arg) array.Array {
	var x array.Array
	switch v := v.(type) {
	case array.Array:
		if a.place == "" {
			return v
		}
		return v.WithPlace(a.place)
	case bool:
		x = array.Const(v)
	case float64:
		x = array.Const(v)
	case complex128:
		x = array.Const(v)
	default:
		n, ok := integer(v)
		switch {
		case !ok:
			a.wrong(name, "an array or a number", v)
			return x
		case n.IsInt64():
			x = array.Const(n.Int64())
		case n.IsUint64():
			x = array.Const(n.Uint64())
		default:
			a.fail(graph.OverflowError, name, fmt.Errorf("%s does not fit any type of integers", described(n)))
			return x
		}
	}
	return a.made(x)
}

// made is an array that was made for the call, and what is made of it, at its
// place.
func (a *arguments) made(x array.Array) array.Array {
	if a.place == "" {
		return x
	}
	return x.MadeAt(a.place).WithPlace(a.place)
}

// integer is an argument that is a whole number.
func integer(v Arg) (*big.Int, bool) {
	switch v := v.(type) {
	case int:
		return big.NewInt(int64(v)), true
	case int64:
		return big.NewInt(v), true
	case uint64:
		return new(big.Int).SetUint64(v), true
	case *big.Int:
		return v, v != nil
	}
	return nil, false
}

// whole is a whole number that fits an int.
func (a *arguments) whole(name string, v Arg) int {
	n, ok := integer(v)
	switch {
	case !ok:
		a.wrong(name, "a whole number", v)
		return 0
	case !n.IsInt64() || int64(int(n.Int64())) != n.Int64():
		a.fail(graph.OverflowError, name, fmt.Errorf("%s is more than an int can count", described(n)))
		return 0
	}
	return int(n.Int64())
}

// int is a whole number.
func (a *arguments) int(name string, otherwise int) int {
	if !a.given(name) {
		return otherwise
	}
	return a.whole(name, a.value(name))
}

// uint64 is a whole number that is not negative, such as a seed.
func (a *arguments) uint64(name string) uint64 {
	n, ok := integer(a.value(name))
	switch {
	case !ok:
		a.wrong(name, "a whole number", a.values[name])
		return 0
	case !n.IsUint64():
		a.fail(graph.ValueError, name, fmt.Errorf("it is at least 0 and below 2^64, not %s", described(n)))
		return 0
	}
	return n.Uint64()
}

// ints is a whole number or a list of them; nil if it is not given, and not nil
// if the list is empty.
func (a *arguments) ints(name string) []int {
	if !a.given(name) {
		return nil
	}
	return a.list(name, a.value(name), func(v Arg) int { return a.whole(name, v) })
}

// axes is ints, of which each may be the name of an axis of x instead.
func (a *arguments) axes(name string, x array.Array) []int {
	if !a.given(name) {
		return nil
	}
	return a.axesIn(name, a.value(name), x)
}

// axesIn is an axis of x or a list of them, as numbers or names.
func (a *arguments) axesIn(name string, v Arg, x array.Array) []int {
	return a.list(name, v, func(v Arg) int {
		text, named := v.(string)
		if !named {
			return a.whole(name, v)
		}
		axis, ok := x.Axis(text)
		if !ok {
			a.fail(graph.ValueError, name, fmt.Errorf("no single axis is called %q; %s", shortened(text), axisNames(x)))
		}
		return axis
	})
}

func axisNames(x array.Array) string {
	names := x.Names()
	if names == nil {
		return "the axes have no names, use their numbers"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return "the axes are " + strings.Join(quoted, ", ")
}

// list is an item or a list of them.
func (a *arguments) list(name string, v Arg, item func(Arg) int) []int {
	list, ok := v.([]Arg)
	if !ok {
		list = []Arg{v}
	}
	if len(list) > maxList {
		a.fail(graph.ValueError, name, fmt.Errorf("there are %d numbers, %d are the most", len(list), maxList))
		return nil
	}
	out := make([]int, len(list))
	for i, v := range list {
		a.item = i + 1
		out[i] = item(v)
	}
	a.item = 0
	return out
}

const (
	// maxList bounds lists of axes and lengths, of which each is compared with
	// all, and results.
	maxList = 1 << 14
	// maxArrays bounds the arrays that are joined, of which every block of the
	// result is looked for in all.
	maxArrays = 1 << 12
)

// float is a real number.
func (a *arguments) float(name string, otherwise float64) float64 {
	if !a.given(name) {
		return otherwise
	}
	return a.real(name, a.values[name])
}

func (a *arguments) real(name string, v Arg) float64 {
	if f, ok := v.(float64); ok {
		return f
	}
	n, ok := integer(v)
	if !ok {
		a.wrong(name, "a number", v)
		return 0
	}
	f, _ := new(big.Float).SetInt(n).Float64()
	if math.IsInf(f, 0) {
		a.fail(graph.OverflowError, name, fmt.Errorf("%s is too large for float64", described(n)))
	}
	return f
}

// floats is a number or a list of them; nil if it is not given.
func (a *arguments) floats(name string) []float64 {
	if !a.given(name) {
		return nil
	}
	list, ok := a.value(name).([]Arg)
	if !ok {
		list = []Arg{a.values[name]}
	}
	out := make([]float64, len(list))
	for i, v := range list {
		a.item = i + 1
		out[i] = a.real(name, v)
	}
	a.item = 0
	return out
}

// bool is true or false.
func (a *arguments) bool(name string) bool {
	if !a.given(name) {
		return false
	}
	b, ok := a.values[name].(bool)
	if !ok {
		a.wrong(name, "true or false", a.values[name])
	}
	return b
}

// text is text; "" if it is not given.
func (a *arguments) text(name string) string {
	if !a.given(name) {
		return ""
	}
	text, ok := a.values[name].(string)
	if !ok {
		a.wrong(name, "text", a.values[name])
	}
	return text
}

// dtype is an element type, or its name.
func (a *arguments) dtype(name string, otherwise dtype.DType) dtype.DType {
	switch v := a.value(name).(type) {
	case nil:
		return otherwise
	case dtype.DType:
		return v
	case string:
		d, err := dtype.Parse(strings.TrimSpace(v))
		if err != nil {
			a.fail(graph.TypeError, name, err)
		}
		return d
	default:
		a.wrong(name, "an element type", v)
		return otherwise
	}
}

// scalar is a number: a bool, int64, uint64, float64 or complex128. An integer of
// more than 64 bits is a float64 where one is wanted.
func (a *arguments) scalar(name string, wanted dtype.DType) dtype.Scalar {
	return a.number(name, a.value(name), wanted)
}

func (a *arguments) number(name string, v Arg, wanted dtype.DType) dtype.Scalar {
	if n, ok := integer(v); ok {
		switch {
		case n.IsInt64():
			v = n.Int64()
		case n.IsUint64():
			v = n.Uint64()
		case wanted.Kind() >= dtype.KindFloat:
			v = a.real(name, n)
		default:
			a.fail(graph.OverflowError, name, fmt.Errorf("%s does not fit any type of integers", described(n)))
		}
	}
	switch v.(type) {
	case bool, int64, uint64, float64, complex128:
		s, _ := dtype.ScalarOf(v)
		return s
	}
	a.wrong(name, "a number", v)
	return dtype.Scalar{}
}
