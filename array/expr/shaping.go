package expr

import (
	"gabion/array"
	"gabion/internal/op"
)

// shaping are the functions that arrange elements anew.
func shaping() map[string]function {
	return map[string]function{
		string(op.Flip):            {1, 2, []string{"axes"}, "(x), (x, 0) or (x, axes(0, 1))", withAxes(array.Array.Flip)},
		string(op.Fliplr):          {1, 1, nil, "(x)", alone(array.Array.FlipLR)},
		string(op.Flipud):          {1, 1, nil, "(x)", alone(array.Array.FlipUD)},
		string(op.Rot90):           {1, 2, []string{"axes"}, "(x), (x, k) or (x, k, axes(0, 1))", withPair(1, array.Array.Rot90)},
		string(op.Roll):            {2, 2, []string{"axes"}, "(x, shift) or (x, shift, axes(0, 1))", roll},
		string(op.Moveaxis):        {3, 3, nil, "(x, source, destination)", withIntegers(array.Array.MoveAxis, 0, 0)},
		string(op.Swapaxes):        {3, 3, nil, "(x, axis1, axis2)", withIntegers(array.Array.SwapAxes, 0, 0)},
		string(op.MatrixTranspose): {1, 1, nil, "(x)", alone(array.Array.MatrixTranspose)},
		string(op.Ravel):           {1, 1, nil, "(x)", alone(array.Array.Ravel)},
		string(op.AtLeast1D):       {1, 1, nil, "(x)", alone(array.Array.AtLeast1D)},
		string(op.AtLeast2D):       {1, 1, nil, "(x)", alone(array.Array.AtLeast2D)},
		string(op.AtLeast3D):       {1, 1, nil, "(x)", alone(array.Array.AtLeast3D)},
		string(op.Stack):           {1, 1000, []string{"axes"}, "(a, b) or (a, b, axis(-1))", join(array.Stack)},
		string(op.Vstack):          {1, 1000, nil, "(a, b)", join(func(a []array.Array, _ int) array.Array { return array.VStack(a) })},
		string(op.Hstack):          {1, 1000, nil, "(a, b)", join(func(a []array.Array, _ int) array.Array { return array.HStack(a) })},
		string(op.Dstack):          {1, 1000, nil, "(a, b)", join(func(a []array.Array, _ int) array.Array { return array.DStack(a) })},
		string(op.Repeat):          {2, 2, []string{"axes"}, "(x, count) or (x, count, axis(0))", repeat},
		string(op.Tile):            {1, 2, []string{"shape"}, "(x, 2) or (x, shape(2, 3))", withShape(array.Array.Tile)},
		string(op.Diff):            {1, 2, []string{"axes"}, "(x), (x, n) or (x, n, axis(0))", diff},
		string(op.Diag):            {1, 2, nil, "(x) or (x, k)", withInteger(array.Array.Diag)},
		string(op.Tril):            {1, 2, nil, "(x) or (x, k)", withInteger(array.Array.Tril)},
		string(op.Triu):            {1, 2, nil, "(x) or (x, k)", withInteger(array.Array.Triu)},
		string(op.Diagonal):        {1, 2, []string{"axes"}, "(x), (x, offset) or (x, offset, axes(0, 1))", withPair(0, array.Array.Diagonal)},
		string(op.Trace):           {1, 2, []string{"axes"}, "(x), (x, offset) or (x, offset, axes(0, 1))", withPair(0, array.Array.Trace)},
		string(op.Eye):             {1, 4, nil, `(n), (n, m), (n, m, k) or (n, m, k, "int8")`, matrix(array.Eye[float64])},
		string(op.Tri):             {1, 4, nil, `(n), (n, m), (n, m, k) or (n, m, k, "int8")`, matrix(array.Tri[float64])},
		string(op.Identity):        {1, 1, nil, "(n)", matrix(array.Eye[float64])},
		string(op.Linspace):        {3, 3, nil, "(start, stop, num)", linspace},
		string(op.Indices):         {0, 1, []string{"shape"}, "(shape(3, 4))", indices},
		string(op.ZerosLike):       {1, 1, nil, "(x)", alone(func(a array.Array) array.Array { return array.ZerosLike(a) })},
		string(op.OnesLike):        {1, 1, nil, "(x)", alone(func(a array.Array) array.Array { return array.OnesLike(a) })},
		string(op.FullLike):        {2, 2, nil, "(x, 1.5)", fullLike},
	}
}

// alone is a function of an array and nothing else.
func alone(f func(array.Array) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		return f(a), nil
	}
}

// integer is argument i as a whole number, or missing if it is not there.
func (c *call) integer(i, missing int) (int, error) {
	if i >= len(c.args) {
		return missing, nil
	}
	return c.asInteger(c.args[i].pos, c.args[i].value, "this argument")
}

// withInteger is a function of an array and a whole number, 0 if it is not there.
func withInteger(f func(array.Array, int) array.Array) func(*call) (array.Array, error) {
	return withIntegers(func(a array.Array, n, _ int) array.Array { return f(a, n) }, 0, 0)
}

// withIntegers is a function of an array and two whole numbers.
func withIntegers(f func(array.Array, int, int) array.Array, missing1, missing2 int) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		n, err := c.integer(1, missing1)
		if err != nil {
			return a, err
		}
		m, err := c.integer(2, missing2)
		if err != nil {
			return a, err
		}
		return f(a, n, m), nil
	}
}

// withPair is a function of an array, a whole number and two axes, the first two
// if they are not there.
func withPair(missing int, f func(a array.Array, n, axis1, axis2 int) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		a, err := c.array(0)
		if err != nil {
			return a, err
		}
		n, err := c.integer(1, missing)
		if err != nil {
			return a, err
		}
		axes, given, err := c.axes(a, len(c.args))
		switch {
		case err != nil:
			return a, err
		case !given:
			axes = []int{0, 1}
		case len(axes) != 2:
			return a, c.at(c.options["axes"].pos, "%s goes along two axes", c.name)
		}
		return f(a, n, axes[0], axes[1]), nil
	}
}

// axis is the one axis that is given as an option, or missing.
func (c *call) axis(a array.Array, missing int) (int, error) {
	axes, given, err := c.axes(a, len(c.args))
	switch {
	case err != nil:
		return 0, err
	case !given:
		return missing, nil
	case len(axes) != 1:
		return 0, c.at(c.options["axes"].pos, "%s goes along one axis", c.name)
	}
	return axes[0], nil
}

func roll(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	shift, err := c.integer(1, 0)
	if err != nil {
		return a, err
	}
	axes, given, err := c.axes(a, len(c.args))
	if err != nil || given && len(axes) == 0 {
		return a, err
	}
	return a.Roll(shift, axes...), nil
}

// join is a function of several arrays and an axis, 0 if it is not there.
func join(f func([]array.Array, int) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		arrays := make([]array.Array, len(c.args))
		for i := range arrays {
			a, err := c.array(i)
			if err != nil {
				return a, err
			}
			arrays[i] = a
		}
		axis, err := c.axis(arrays[0], 0)
		if err != nil {
			return array.Array{}, err
		}
		return f(arrays, axis), nil
	}
}

func repeat(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	count, err := c.integer(1, 1)
	if err != nil {
		return a, err
	}
	axis, err := c.axis(a, array.Flat)
	if err != nil {
		return a, err
	}
	return a.Repeat(count, axis), nil
}

func diff(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	n, err := c.integer(1, 1)
	if err != nil {
		return a, err
	}
	axis, err := c.axis(a, -1)
	if err != nil {
		return a, err
	}
	return a.Diff(n, axis), nil
}

// matrix is a function of numbers of rows and columns, a diagonal, and an
// element type as text.
func matrix(f func(rows, columns, k int, _ ...array.CreateOption) array.Array) func(*call) (array.Array, error) {
	return func(c *call) (array.Array, error) {
		d, err := c.typeAtEnd()
		switch {
		case err != nil:
			return array.Array{}, err
		case len(c.args) == 0:
			return array.Array{}, c.at(c.pos, "%s needs a number of rows", c.name)
		}
		var n [3]int
		for i := range n {
			missing := 0
			if i == 1 {
				missing = n[0]
			}
			if n[i], err = c.integer(i, missing); err != nil {
				return array.Array{}, err
			}
		}
		return f(n[0], n[1], n[2]).MadeAt(c.place(c.pos)).AsType(d), nil
	}
}

func linspace(c *call) (array.Array, error) {
	var ends [2]float64
	for i := range ends {
		v, real := toFloat(c.args[i].value)
		if _, isBool := c.args[i].value.(bool); !real || isBool {
			return array.Array{}, c.at(c.args[i].pos, "the ends are real numbers")
		}
		ends[i] = v
	}
	num, err := c.integer(2, 0)
	if err != nil {
		return array.Array{}, err
	}
	return array.Linspace[float64](ends[0], ends[1], num, true), nil
}

func indices(c *call) (array.Array, error) {
	shape, err := c.shapeAlone()
	if err != nil {
		return array.Array{}, err
	}
	return array.Indices[int64](shape), nil
}

func fullLike(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	switch v := c.args[1].value.(type) {
	case bool:
		return array.FullLike(a, v), nil
	case int64:
		return array.FullLike(a, v), nil
	case uint64:
		return array.FullLike(a, v), nil
	case float64:
		return array.FullLike(a, v), nil
	case complex128:
		return array.FullLike(a, v), nil
	}
	return a, c.at(c.args[1].pos, "%s takes a number", c.name)
}
