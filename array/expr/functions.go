package expr

import (
	"strings"

	"gabion/array"
	"gabion/dtype"
	"gabion/internal/op"
)

// functions are those that take other arguments than elementwise operations and
// reductions do, which the table of operations lists.
var functions map[string]function

func init() {
	functions = map[string]function{
		string(op.Transpose):   {1, 2, []string{"axes"}, "(x) or (x, axes(1, 0))", withAxes(array.Array.Transpose)},
		string(op.ExpandDims):  {1, 2, []string{"axes"}, "(x, 0) or (x, axes(0, 1))", expandDims},
		string(op.Squeeze):     {1, 2, []string{"axes"}, "(x), (x, 0) or (x, axes(0, 1))", withAxes(array.Array.Squeeze)},
		string(op.Reshape):     {1, 2, []string{"shape"}, "(x, shape(3, -1)) or (x, -1)", withShape(array.Array.Reshape)},
		string(op.BroadcastTo): {1, 2, []string{"shape"}, "(x, shape(3, 4))", withShape(array.Array.BroadcastTo)},
		string(op.Concat):      {1, 1000, []string{"axes"}, "(a, b) or (a, b, axis(1))", concat},
		string(op.Rechunk):     {2, 2, nil, `(x, "12, -1, auto") or (x, 100)`, rechunk},
		string(op.Astype):      {2, 2, nil, `(x, "float32")`, astype},
		"slice":                {2, 2, nil, `(x, "0:10, ::2")`, slice},

		string(op.Clip):     {2, 3, nil, "(x, 0, 10), (x, none, 10) or (x, 0)", clip},
		string(op.Round):    {1, 2, nil, "(x) or (x, 2)", round},
		string(op.NanToNum): {1, 4, []string{"nan", "posinf", "neginf"}, "(x), (x, 0), (x, 0, 1e9, -1e9) or (x, posinf(1e9))", nanToNum},
		string(op.Isclose):  {2, 4, []string{"rtol", "atol", "equal_nan"}, "(a, b), (a, b, rtol(1e-5), atol(1e-8)) or (a, b, equal_nan(true))", isclose},

		"zeros":           {0, 2, []string{"shape"}, `(shape(3, 4)) or (shape(3, 4), "float32")`, filled(0)},
		"ones":            {0, 2, []string{"shape"}, `(shape(3, 4)) or (shape(3, 4), "float32")`, filled(1)},
		string(op.Full):   {1, 2, []string{"shape"}, "(shape(3, 4), 1.5) or (3, 1.5)", full},
		string(op.Arange): {1, 3, nil, "(stop), (start, stop) or (start, stop, step)", arange},
	}
}

// withAxes is a function of an array and axes that may be left out.
func withAxes(f func(array.Array, ...int) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		axes, _, err := c.axes(a, 1)
		if err != nil {
			return a, err
		}
		return f(a, axes...), nil
	}
}

// withShape is a function of an array and a shape.
func withShape(f func(array.Array, ...int) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		shape, err := c.lengths(1)
		if err != nil {
			return a, err
		}
		return f(a, shape...), nil
	}
}

func expandDims(c *call) (array.Array, error) {
	if _, given := c.options["axes"]; !given && len(c.args) < 2 {
		return array.Array{}, c.at(c.pos, "%s needs the axes to put in: write %s(x, 0) or %s(x, axes(0, 1))", c.name, c.name, c.name)
	}
	return withAxes(array.Array.ExpandDims)(c)
}

func concat(c *call) (array.Array, error) {
	arrays := make([]array.Array, len(c.args))
	for i := range arrays {
		a, err := c.array(i)
		if err != nil {
			return a, err
		}
		arrays[i] = a
	}
	axes, given, err := c.axes(arrays[0], len(c.args))
	switch {
	case err != nil:
		return array.Array{}, err
	case !given:
		axes = []int{0}
	case len(axes) != 1:
		return array.Array{}, c.at(c.options["axes"].pos, "%s goes along one axis", c.name)
	}
	return array.Concatenate(arrays, axes[0]), nil
}

func rechunk(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	if _, ok := c.args[1].value.(int64); ok {
		length, err := c.asInteger(c.args[1].pos, c.args[1].value, "a length")
		if err != nil {
			return a, err
		}
		return a.Rechunk(array.Chunks(length)), nil
	}
	chunks, err := c.text(1, "what chunks to make")
	if err != nil {
		return a, err
	}
	spec, err := array.ParseChunks(chunks)
	if err != nil {
		return a, c.at(c.args[1].pos, "%w", err)
	}
	return a.Rechunk(spec), nil
}

func astype(c *call) (array.Array, error) {
	d, err := c.dtype(1)
	if err != nil {
		return array.Array{}, err
	}
	return c.cast(d)
}

// dtype is argument i as an element type.
func (c *call) dtype(i int) (dtype.DType, error) {
	name, err := c.text(i, "an element type")
	if err != nil {
		return dtype.Invalid, err
	}
	d, err := dtype.Parse(strings.TrimSpace(name))
	if err != nil {
		return d, c.at(c.args[i].pos, "%w", err)
	}
	return d, nil
}

func slice(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	items, err := c.text(1, "what to take")
	if err != nil {
		return a, err
	}
	return a.Slice(items), nil
}

// filled is zeros or ones of a shape, float64 unless a type is given.
func filled(v float64) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		last := len(c.args) - 1
		d := dtype.Float64
		if last >= 0 {
			if _, ok := c.args[last].value.(text); ok {
				var err error
				if d, err = c.dtype(last); err != nil {
					return array.Array{}, err
				}
				c.args = c.args[:last]
			}
		}
		shape, err := c.shapeAlone()
		if err != nil {
			return array.Array{}, err
		}
		return array.Full(shape, v).MadeAt(c.place(c.pos)).AsType(d), nil
	}
}

// shapeAlone is the shape of a call that has no other arguments.
func (c *call) shapeAlone() ([]int, error) {
	if len(c.args) > 1 {
		return nil, c.at(c.args[1].pos, "several lengths are written shape(3, 4), an element type as text")
	}
	shape, err := c.lengths(0)
	for _, length := range shape {
		if length < 0 {
			return nil, c.at(c.pos, "%s needs lengths of 0 or more, not %d", c.name, length)
		}
	}
	return shape, err
}

func full(c *call) (array.Array, error) {
	last := len(c.args) - 1
	number := c.args[last]
	c.args = c.args[:last]
	shape, err := c.shapeAlone()
	if err != nil {
		return array.Array{}, err
	}
	var a array.Array
	switch v := number.value.(type) {
	case bool:
		a = array.Full(shape, v)
	case int64:
		a = array.Full(shape, v)
	case uint64:
		a = array.Full(shape, v)
	case float64:
		a = array.Full(shape, v)
	case complex128:
		a = array.Full(shape, v)
	default:
		return a, c.at(number.pos, "%s takes a number; an array is stretched by broadcast_to", c.name)
	}
	return a.MadeAt(c.place(c.pos)), nil
}

func arange(c *call) (array.Array, error) {
	integers := [3]int64{0, 0, 1}
	floats := [3]float64{0, 0, 1}
	allInt := true
	for i, arg := range c.args {
		at := i
		if len(c.args) == 1 {
			at = 1 // the stop alone
		}
		f, real := toFloat(arg.value)
		if _, isBool := arg.value.(bool); !real || isBool {
			return array.Array{}, c.at(arg.pos, "a range is made of real numbers")
		}
		n, isInt := arg.value.(int64)
		allInt = allInt && isInt
		integers[at], floats[at] = n, f
	}
	a := array.Arange(floats[0], floats[1], floats[2])
	if allInt {
		a = array.Arange(integers[0], integers[1], integers[2])
	}
	return a.MadeAt(c.place(c.pos)), nil
}
