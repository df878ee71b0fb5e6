package op

import "gabion/dtype"

var rows = []Op{
	{Name: Read, Class: Input, Doc: "the elements of a source"},
	{Name: Full, Class: Input, Cheap: true, Doc: "one value everywhere"},
	{Name: Arange, Class: Input, Cheap: true, Doc: "start + i*step"},
	{Name: Uniform, Class: Input, Doc: "uniform random numbers in [low, high), a function of seed and element index"},
	{Name: Normal, Class: Input, Doc: "normal random numbers, a function of seed and element index"},
	{Name: MapBlock, Class: Function, Arity: -1, Doc: "a user's function of whole blocks"},

	{Name: Slice, Class: View, Arity: 1, Cheap: true, Doc: "x[start:stop:step, …], new axes and single indices"},
	{Name: Transpose, Class: View, Arity: 1, Cheap: true, NumPy: []string{"transpose"}, Doc: "the axes in another order"},
	{Name: BroadcastTo, Class: View, Arity: 1, Cheap: true, Doc: "stretched to a shape"},
	{Name: ExpandDims, Class: View, Arity: 1, Cheap: true, Doc: "with an axis of length 1 put in"},
	{Name: Squeeze, Class: View, Arity: 1, Cheap: true, Doc: "without some axes of length 1"},
	{Name: Reshape, Class: Reshaping, Arity: 1, Doc: "the elements in C order under another shape"},
	{Name: Concat, Class: Concatenation, Arity: -1, NumPy: []string{"concatenate"}, Doc: "arrays one after the other along an axis"},
	{Name: Rechunk, Class: Regridding, Arity: 1, Doc: "the same array in other chunks"},

	{Name: Astype, Class: Elementwise, Arity: 1, Cheap: true, Doc: "converted to a type"},
	{Name: Add, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "a + b"},
	{Name: Subtract, Class: Elementwise, Arity: 2, Types: subtractive, Cheap: true, Doc: "a - b"},
	{Name: Multiply, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "a * b"},
	{Name: Divide, Class: Elementwise, Arity: 2, Types: quotient, Cheap: true, NumPy: []string{"true_divide"}, Doc: "a / b as floating point"},
	{Name: FloorDivide, Class: Elementwise, Arity: 2, Types: divisible, Doc: "floor(a / b); 0 where an integer b is 0"},
	{Name: Remainder, Class: Elementwise, Arity: 2, Types: divisible, NumPy: []string{"mod"}, Doc: "a - b*floor(a / b), with the sign of b; 0 where an integer b is 0"},
	{Name: Pow, Class: Elementwise, Arity: 2, Types: powers, NumPy: []string{"power"}, Doc: "a to the power of b"},
	{Name: Negative, Class: Elementwise, Arity: 1, Types: subtractive, Cheap: true, Doc: "-a"},
	{Name: Abs, Class: Elementwise, Arity: 1, Types: magnitude, Cheap: true, NumPy: []string{"absolute"}, Doc: "the magnitude of a"},
	{Name: Sqrt, Class: Elementwise, Arity: 1, Types: floating, Cheap: true, Doc: "the square root of a"},
	{Name: Exp, Class: Elementwise, Arity: 1, Types: floating, Doc: "e to the power of a"},
	{Name: Log, Class: Elementwise, Arity: 1, Types: floating, Doc: "the natural logarithm of a"},
	{Name: Sin, Class: Elementwise, Arity: 1, Types: floating, Doc: "the sine of a in radians"},
	{Name: Cos, Class: Elementwise, Arity: 1, Types: floating, Doc: "the cosine of a in radians"},
	{Name: Minimum, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the lesser of a and b, NaN where either is NaN"},
	{Name: Maximum, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the greater of a and b, NaN where either is NaN"},
	{Name: Isnan, Class: Elementwise, Arity: 1, Types: predicate, Cheap: true, Doc: "whether a is NaN"},
	{Name: Equal, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a == b"},
	{Name: NotEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a != b"},
	{Name: Less, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a < b"},
	{Name: LessEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a <= b"},
	{Name: Greater, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a > b"},
	{Name: GreaterEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a >= b"},
	{Name: LogicalAnd, Class: Elementwise, Arity: 2, Types: logical, Cheap: true, Doc: "whether a and b are both non-zero"},
	{Name: LogicalOr, Class: Elementwise, Arity: 2, Types: logical, Cheap: true, Doc: "whether a or b is non-zero"},
	{Name: LogicalNot, Class: Elementwise, Arity: 1, Types: logical, Cheap: true, Doc: "whether a is zero"},
	{Name: Where, Class: Elementwise, Arity: 3, Types: choice, Cheap: true, Doc: "b where a is non-zero, c elsewhere"},

	{Name: Sum, Class: Reduction, Arity: 1, Types: total, Doc: "the sum"},
	{Name: Mean, Class: Reduction, Arity: 1, Types: average, Doc: "the mean, accumulated in float64"},
	{Name: Var, Class: Reduction, Arity: 1, Types: spread, Doc: "the variance: the mean of |x - mean(x)|^2, divided by n - correction"},
	{Name: Std, Class: Reduction, Arity: 1, Types: spread, Doc: "the square root of the variance"},
	{Name: Min, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amin"}, Doc: "the least element, NaN if any is NaN"},
	{Name: Max, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amax"}, Doc: "the greatest element, NaN if any is NaN"},
	{Name: Argmin, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Doc: "where the least element is first, or the first NaN"},
	{Name: Argmax, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Doc: "where the greatest element is first, or the first NaN"},
	{Name: Any, Class: Reduction, Arity: 1, Types: truth, Doc: "whether any element is non-zero"},
	{Name: All, Class: Reduction, Arity: 1, Types: truth, Doc: "whether no element is zero"},
	{Name: Nansum, Class: Reduction, Arity: 1, Types: total, NaN: true, Doc: "the sum of the elements that are not NaN"},
	{Name: Nanmean, Class: Reduction, Arity: 1, Types: average, NaN: true, Doc: "the mean of the elements that are not NaN; NaN if all are"},
	{Name: Nanmin, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the least of the elements that are not NaN; NaN if all are"},
	{Name: Nanmax, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the greatest of the elements that are not NaN; NaN if all are"},
}

func repeat(d dtype.DType, n int) []dtype.DType {
	in := make([]dtype.DType, n)
	for i := range in {
		in[i] = d
	}
	return in
}

func promoteAll(in []dtype.DType) dtype.DType {
	d := in[0]
	for _, e := range in[1:] {
		d = dtype.Promote(d, e)
	}
	return d
}

// promoted: inputs meet in their common type, which is the result's.
func promoted(_ Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in)
	return Types{In: repeat(d, len(in)), Kernel: d, Out: d}, nil
}

func subtractive(name Name, in []dtype.DType) (Types, error) {
	t, _ := promoted(name, in)
	if t.Out == dtype.Bool {
		why := "use not_equal for the exclusive or of two bools"
		if len(in) == 1 {
			why = "use logical_not for the opposite of a bool"
		}
		return t, &TypeError{name, in, why}
	}
	return t, nil
}

func quotient(name Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in)
	if d.Kind() < dtype.KindFloat {
		d = dtype.Float64
	}
	return Types{In: repeat(d, len(in)), Kernel: d, Out: d}, nil
}

func divisible(name Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in)
	if d.IsComplex() {
		return Types{}, &TypeError{name, in, "complex numbers have no floor"}
	}
	if d == dtype.Bool {
		d = dtype.Int8
	}
	return Types{In: repeat(d, len(in)), Kernel: d, Out: d}, nil
}

func powers(name Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in)
	if d == dtype.Bool {
		d = dtype.Int8
	}
	return Types{In: repeat(d, len(in)), Kernel: d, Out: d}, nil
}

func magnitude(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: in[0].Real()}, nil
}

// floating: functions such as sqrt, in the float that NumPy computes them in.
func floating(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.FloatFor(promoteAll(in))
	return Types{In: repeat(d, len(in)), Kernel: d, Out: d}, nil
}

func predicate(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Bool}, nil
}

func comparison(_ Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in)
	return Types{In: repeat(d, len(in)), Kernel: d, Out: dtype.Bool}, nil
}

func logical(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: repeat(dtype.Bool, len(in)), Kernel: dtype.Bool, Out: dtype.Bool}, nil
}

func choice(_ Name, in []dtype.DType) (Types, error) {
	d := promoteAll(in[1:])
	return Types{In: []dtype.DType{dtype.Bool, d, d}, Kernel: d, Out: d}, nil
}

// Reductions: In is the type the elements are converted to first.

func same(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: in[0]}, nil
}

func total(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.SumOf(in[0])}, nil
}

func average(_ Name, in []dtype.DType) (Types, error) {
	d := in[0]
	if d.Kind() < dtype.KindFloat {
		d = dtype.Float64
	}
	return Types{In: in, Kernel: in[0], Out: d}, nil
}

func spread(name Name, in []dtype.DType) (Types, error) {
	t, err := average(name, in)
	t.Out = t.Out.Real()
	return t, err
}

func position(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Int64}, nil
}

func truth(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Bool}, nil
}
