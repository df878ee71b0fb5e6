package expr

import "gabion/array"

// product is a function of two arrays.
func product(f func(a, b array.Array) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, b, err := c.pair(0)
		if err != nil {
			return a, err
		}
		return f(a, b), nil
	}
}

// pair is arguments i and i+1 as arrays.
func (c *call) pair(i int) (a, b array.Array, err error) {
	if a, err = c.array(i); err == nil {
		b, err = c.array(i + 1)
	}
	return a, b, err
}

func vecdot(c *call) (array.Array, error) {
	a, b, err := c.pair(0)
	if err != nil {
		return a, err
	}
	axes, _, err := c.axes(a, 2)
	if err != nil {
		return a, err
	}
	return array.VecDot(a, b, axes...), nil
}

func tensordot(c *call) (array.Array, error) {
	a, b, err := c.pair(0)
	if err != nil {
		return a, err
	}
	n := 2 // as in NumPy
	if len(c.args) > 2 {
		if n, err = c.asInteger(c.args[2].pos, c.args[2].value, "how many axes are summed over"); err != nil {
			return a, err
		}
	}
	return array.Tensordot(a, b, n), nil
}

func einsum(c *call) (array.Array, error) {
	subscripts, err := c.text(0, "what to sum over")
	if err != nil {
		return array.Array{}, err
	}
	operands := make([]array.Array, len(c.args)-1)
	for i := range operands {
		if operands[i], err = c.array(i + 1); err != nil {
			return array.Array{}, err
		}
	}
	return array.Einsum(subscripts, operands...), nil
}

// norm is a norm, of an order if one is given.
func norm(f func(array.Array, ...array.ReduceOption) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		opts, err := c.reduceOptions(a, 2)
		if err != nil {
			return a, err
		}
		if len(c.args) > 1 {
			order, isReal := toFloat(c.args[1].value)
			if _, isBool := c.args[1].value.(bool); !isReal || isBool {
				return a, c.at(c.args[1].pos, "the order of a norm is a real number, such as 1 or inf")
			}
			opts = append(opts, array.Ord(order))
		}
		return f(a, opts...), nil
	}
}
