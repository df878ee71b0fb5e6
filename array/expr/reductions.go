package expr

import (
	"strings"

	"gabion/array"
	"gabion/dtype"
	"gabion/internal/op"
)

// reductionOf is the function of a reduction of the table.
func reductionOf(row *op.Op) function {
	f := function{1, 2, []string{"axes", "keepdims"}, `(x), (x, 0), (x, "TIME") or (x, axes(0, 1), keepdims(true))`, reduction}
	switch {
	case row.Takes("correction"):
		f.options = append(f.options, "correction")
		f.form = `(x), (x, 0), (x, "TIME") or (x, axes(0, 1), keepdims(true), correction(1))`
	case row.Takes("dtype"):
		f.options = append(f.options, "dtype")
		f.form = `(x), (x, 0), (x, "TIME") or (x, axes(0, 1), keepdims(true), dtype("float32"))`
	}
	return f
}

func reduction(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	opts, err := c.reduceOptions(a, 1)
	return a.Reduce(c.name, opts...), err
}

// reduceOptions are how a reduction of a goes: the axes are an option, or
// argument i.
func (c *call) reduceOptions(a array.Array, i int) (opts []array.ReduceOption, err error) {
	axes, given, err := c.axes(a, i)
	if err != nil {
		return nil, err
	}
	if given {
		opts = append(opts, array.Axes(axes...))
	}
	keep, err := c.flag("keepdims")
	if err != nil {
		return nil, err
	}
	if keep {
		opts = append(opts, array.Keepdims())
	}
	if _, ok := c.options["correction"]; ok {
		correction, err := c.number("correction", 0)
		if err != nil {
			return nil, err
		}
		opts = append(opts, array.Correction(correction))
	}
	if option, ok := c.options["dtype"]; ok {
		d, err := c.asType(option.values[0])
		if err != nil {
			return nil, err
		}
		opts = append(opts, array.DType(d))
	}
	return opts, nil
}

// flag is the value of an option that is true or false, false if it is not given.
func (c *call) flag(option string) (bool, error) {
	o, ok := c.options[option]
	if !ok {
		return false, nil
	}
	on, isBool := o.values[0].value.(bool)
	if !isBool {
		return false, c.at(o.pos, "%s is true or false", option)
	}
	return on, nil
}

// number is the value of an option that is a real number, other if it is not
// given.
func (c *call) number(option string, other float64) (float64, error) {
	o, ok := c.options[option]
	if !ok {
		return other, nil
	}
	v := o.values[0].value
	f, isReal := toFloat(v)
	if _, isBool := v.(bool); !isReal || isBool {
		return 0, c.at(o.pos, "%s is a number", option)
	}
	return f, nil
}

// asType is an argument as an element type.
func (c *call) asType(arg argument) (dtype.DType, error) {
	name, ok := arg.value.(text)
	if !ok {
		return dtype.Invalid, c.at(arg.pos, "an element type is written as text, in double quotes")
	}
	d, err := dtype.Parse(strings.TrimSpace(string(name)))
	if err != nil {
		return d, c.at(arg.pos, "%w", err)
	}
	return d, nil
}

func ptp(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	opts, err := c.reduceOptions(a, 1)
	return a.Ptp(opts...), err
}

func average(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	opts, err := c.reduceOptions(a, 1)
	if err != nil {
		return a, err
	}
	option, ok := c.options["weights"]
	if !ok {
		return a.Mean(opts...), nil
	}
	weights, err := c.asArray(option.values[0].pos, option.values[0].value)
	return a.Average(weights, opts...), err
}

func moment(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	order, err := c.asInteger(c.args[1].pos, c.args[1].value, "the order of a moment")
	if err != nil {
		return a, err
	}
	opts, err := c.reduceOptions(a, 2)
	return a.Moment(order, opts...), err
}

func allClose(c *call) (array.Array, error) {
	a, b, err := c.pair(0)
	if err != nil {
		return a, err
	}
	rtol, err := c.number("rtol", 1e-5)
	if err != nil {
		return a, err
	}
	atol, err := c.number("atol", 1e-8)
	if err != nil {
		return a, err
	}
	equalNaN, err := c.flag("equal_nan")
	return a.AllClose(b, rtol, atol, equalNaN), err
}

func arrayEqual(c *call) (array.Array, error) {
	a, b, err := c.pair(0)
	if err != nil {
		return a, err
	}
	equalNaN, err := c.flag("equal_nan")
	return a.ArrayEqual(b, equalNaN), err
}
