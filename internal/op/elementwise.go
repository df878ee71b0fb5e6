package op

import "gabion/dtype"

// The elementwise operations.
const (
	Astype       Name = "astype"
	Add          Name = "add"
	Subtract     Name = "subtract"
	Multiply     Name = "multiply"
	Divide       Name = "divide"
	FloorDivide  Name = "floor_divide"
	Remainder    Name = "remainder"
	Pow          Name = "pow"
	Negative     Name = "negative"
	Abs          Name = "abs"
	Sqrt         Name = "sqrt"
	Exp          Name = "exp"
	Log          Name = "log"
	Sin          Name = "sin"
	Cos          Name = "cos"
	Minimum      Name = "minimum"
	Maximum      Name = "maximum"
	Isnan        Name = "isnan"
	Equal        Name = "equal"
	NotEqual     Name = "not_equal"
	Less         Name = "less"
	LessEqual    Name = "less_equal"
	Greater      Name = "greater"
	GreaterEqual Name = "greater_equal"
	LogicalAnd   Name = "logical_and"
	LogicalOr    Name = "logical_or"
	LogicalNot   Name = "logical_not"
	Where        Name = "where"
)

var elementwise = []Op{
	{Name: Astype, Class: Elementwise, Arity: 1, Cheap: true, Params: []Param{pX, required("dtype", Type)}, Doc: "converted to a type",
		Note: "Floats beyond an integer type's range become its nearest number and NaN becomes 0, on every processor; in NumPy both depend on it."},
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
	{Name: Where, Class: Elementwise, Arity: 3, Types: choice, Cheap: true,
		Params: []Param{required("condition", Operand), required("x1", Operand), required("x2", Operand)}, Doc: "x1 where condition is non-zero, x2 elsewhere"},
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
