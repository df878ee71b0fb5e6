package expr

import "gabion/array"

// The elementwise operations that have parameters.

func clip(c *call) (array.Array, error) {
	x, err := c.array(0)
	if err != nil {
		return x, err
	}
	bounds := make(map[int]array.Array)
	for i := 1; i < len(c.args); i++ {
		if _, isNone := c.args[i].value.(none); isNone {
			continue
		}
		if bounds[i], err = c.array(i); err != nil {
			return x, err
		}
	}
	low, isLow := bounds[1]
	high, isHigh := bounds[2]
	switch {
	case isLow && isHigh:
		return x.Clip(low, high), nil
	case isLow:
		return x.ClipMin(low), nil
	case isHigh:
		return x.ClipMax(high), nil
	}
	return x, c.at(c.pos, "%s needs a bound: write %s", c.name, functions["clip"].usage(c.name))
}

func round(c *call) (array.Array, error) {
	x, err := c.array(0)
	if err != nil {
		return x, err
	}
	decimals := 0
	if len(c.args) > 1 {
		if decimals, err = c.asInteger(c.args[1].pos, c.args[1].value, "a number of decimals"); err != nil {
			return x, err
		}
	}
	return x.Round(decimals), nil
}

func nanToNum(c *call) (array.Array, error) {
	x, err := c.array(0)
	if err != nil {
		return x, err
	}
	var opts []array.NaNOption
	for i, replace := range []func(float64) array.NaNOption{array.ReplaceNaN, array.ReplacePosInf, array.ReplaceNegInf} {
		v, given, err := c.number([]string{"nan", "posinf", "neginf"}[i], i+1)
		if err != nil {
			return x, err
		}
		if given {
			opts = append(opts, replace(v))
		}
	}
	return x.NanToNum(opts...), nil
}

func isclose(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	b, err := c.array(1)
	if err != nil {
		return a, err
	}
	var opts []array.CloseOption
	for i, tolerance := range []func(float64) array.CloseOption{array.Rtol, array.Atol} {
		v, given, err := c.number([]string{"rtol", "atol"}[i], i+2)
		if err != nil {
			return a, err
		}
		if given {
			opts = append(opts, tolerance(v))
		}
	}
	if equal, ok := c.options["equal_nan"]; ok {
		on, isBool := equal.values[0].value.(bool)
		if !isBool {
			return a, c.at(equal.pos, "equal_nan is true or false")
		}
		if on {
			opts = append(opts, array.EqualNaN())
		}
	}
	return a.IsClose(b, opts...), nil
}
