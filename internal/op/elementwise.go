package op

// The elementwise operations.
const (
	Astype Name = "astype"

	Add         Name = "add"
	Subtract    Name = "subtract"
	Multiply    Name = "multiply"
	Divide      Name = "divide"
	FloorDivide Name = "floor_divide"
	Remainder   Name = "remainder"
	Fmod        Name = "fmod"
	Pow         Name = "pow"
	Negative    Name = "negative"
	Positive    Name = "positive"
	Abs         Name = "abs"
	Sign        Name = "sign"
	Square      Name = "square"
	Reciprocal  Name = "reciprocal"
	Copysign    Name = "copysign"
	Nextafter   Name = "nextafter"
	Minimum     Name = "minimum"
	Maximum     Name = "maximum"
	Fmin        Name = "fmin"
	Fmax        Name = "fmax"
	Clip        Name = "clip"
	Real        Name = "real"
	Imag        Name = "imag"
	Conj        Name = "conj"
	Complex     Name = "complex"

	Floor Name = "floor"
	Ceil  Name = "ceil"
	Trunc Name = "trunc"
	Round Name = "round"
	Rint  Name = "rint"

	Sqrt       Name = "sqrt"
	Cbrt       Name = "cbrt"
	Hypot      Name = "hypot"
	Exp        Name = "exp"
	Exp2       Name = "exp2"
	Expm1      Name = "expm1"
	Log        Name = "log"
	Log2       Name = "log2"
	Log10      Name = "log10"
	Log1p      Name = "log1p"
	Logaddexp  Name = "logaddexp"
	Logaddexp2 Name = "logaddexp2"

	Sin     Name = "sin"
	Cos     Name = "cos"
	Tan     Name = "tan"
	Asin    Name = "asin"
	Acos    Name = "acos"
	Atan    Name = "atan"
	Atan2   Name = "atan2"
	Sinh    Name = "sinh"
	Cosh    Name = "cosh"
	Tanh    Name = "tanh"
	Asinh   Name = "asinh"
	Acosh   Name = "acosh"
	Atanh   Name = "atanh"
	Deg2rad Name = "deg2rad"
	Rad2deg Name = "rad2deg"

	BitwiseAnd        Name = "bitwise_and"
	BitwiseOr         Name = "bitwise_or"
	BitwiseXor        Name = "bitwise_xor"
	BitwiseInvert     Name = "bitwise_invert"
	BitwiseLeftShift  Name = "bitwise_left_shift"
	BitwiseRightShift Name = "bitwise_right_shift"

	Isnan        Name = "isnan"
	Isinf        Name = "isinf"
	Isfinite     Name = "isfinite"
	Isposinf     Name = "isposinf"
	Isneginf     Name = "isneginf"
	Signbit      Name = "signbit"
	Equal        Name = "equal"
	NotEqual     Name = "not_equal"
	Less         Name = "less"
	LessEqual    Name = "less_equal"
	Greater      Name = "greater"
	GreaterEqual Name = "greater_equal"
	LogicalAnd   Name = "logical_and"
	LogicalOr    Name = "logical_or"
	LogicalXor   Name = "logical_xor"
	LogicalNot   Name = "logical_not"
	Where        Name = "where"
)

var elementwise = []Op{
	{Name: Astype, Class: Elementwise, Arity: 1, Cheap: true, Params: []Param{pX, required("dtype", Type)}, Doc: "converted to a type",
		Note: "Floats beyond an integer type's range become its nearest number and NaN becomes 0, on every processor; in NumPy both depend on it."},

	{Name: Add, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "a + b"},
	{Name: Subtract, Class: Elementwise, Arity: 2, Types: signed, Cheap: true, Doc: "a - b"},
	{Name: Multiply, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "a * b"},
	{Name: Divide, Class: Elementwise, Arity: 2, Types: quotient, Cheap: true, NumPy: []string{"true_divide"}, Doc: "a / b as floating point"},
	{Name: FloorDivide, Class: Elementwise, Arity: 2, Types: divisible, Doc: "floor(a / b); 0 where an integer b is 0"},
	{Name: Remainder, Class: Elementwise, Arity: 2, Types: divisible, NumPy: []string{"mod"}, Doc: "a - b*floor(a / b), with the sign of b; 0 where an integer b is 0"},
	{Name: Fmod, Class: Elementwise, Arity: 2, Types: divisible, Doc: "a - b*trunc(a / b), with the sign of a; 0 where an integer b is 0"},
	{Name: Pow, Class: Elementwise, Arity: 2, Types: numeric, NumPy: []string{"power"}, Doc: "a to the power of b"},
	{Name: Negative, Class: Elementwise, Arity: 1, Types: signed, Cheap: true, Doc: "-a"},
	{Name: Positive, Class: Elementwise, Arity: 1, Types: signed, Cheap: true, Doc: "a"},
	{Name: Abs, Class: Elementwise, Arity: 1, Types: magnitude, Cheap: true, NumPy: []string{"absolute"}, Doc: "the magnitude of a"},
	{Name: Sign, Class: Elementwise, Arity: 1, Types: signed, Cheap: true, Doc: "-1, 0 or 1 as a is below, at or above 0; a / |a| of complex a"},
	{Name: Square, Class: Elementwise, Arity: 1, Types: numeric, Cheap: true, Doc: "a * a"},
	{Name: Reciprocal, Class: Elementwise, Arity: 1, Types: numeric, Cheap: true, Doc: "1 / a; 0 where an integer a is 0"},
	{Name: Copysign, Class: Elementwise, Arity: 2, Types: realFloating, Cheap: true, Doc: "the magnitude of a with the sign of b"},
	{Name: Nextafter, Class: Elementwise, Arity: 2, Types: realFloating, Cheap: true, Doc: "the next number of the type after a towards b"},
	{Name: Minimum, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the lesser of a and b, NaN where either is NaN"},
	{Name: Maximum, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the greater of a and b, NaN where either is NaN"},
	{Name: Fmin, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the lesser of a and b, the other where one is NaN"},
	{Name: Fmax, Class: Elementwise, Arity: 2, Types: promoted, Cheap: true, Doc: "the greater of a and b, the other where one is NaN"},
	{Name: Clip, Class: Elementwise, Arity: 3, Types: promoted, Cheap: true, Params: []Param{{Name: "x", Kind: Operand}, {Name: "min", Kind: Operand, Optional: true}, {Name: "max", Kind: Operand, Optional: true}}, Doc: "minimum(maximum(a, b), c)"},
	{Name: Real, Class: Elementwise, Arity: 1, Types: magnitude, Cheap: true, Doc: "the real part of a"},
	{Name: Imag, Class: Elementwise, Arity: 1, Types: magnitude, Cheap: true, Doc: "the imaginary part of a"},
	{Name: Conj, Class: Elementwise, Arity: 1, Types: numeric, Cheap: true, NumPy: []string{"conjugate"}, Doc: "a with the opposite imaginary part"},
	{Name: Complex, Class: Elementwise, Arity: 2, Types: joined, Cheap: true, Doc: "the complex numbers of real parts a and imaginary parts b"},

	{Name: Floor, Class: Elementwise, Arity: 1, Types: ordered, Cheap: true, Doc: "the greatest integer not above a"},
	{Name: Ceil, Class: Elementwise, Arity: 1, Types: ordered, Cheap: true, Doc: "the least integer not below a"},
	{Name: Trunc, Class: Elementwise, Arity: 1, Types: ordered, Cheap: true, Doc: "a without its fraction"},
	{Name: Round, Class: Elementwise, Arity: 1, Types: nearest, Cheap: true, Params: []Param{{Name: "x", Kind: Operand}, {Name: "decimals", Kind: Int, Optional: true}}, NumPy: []string{"around"}, Doc: "a rounded to a number of decimals, halves to the even neighbour"},
	{Name: Rint, Class: Elementwise, Arity: 1, Types: floating, Cheap: true, Doc: "the integer nearest to a as floating point, halves to the even one"},

	{Name: Sqrt, Class: Elementwise, Arity: 1, Types: floating, Cheap: true, Doc: "the square root of a"},
	{Name: Cbrt, Class: Elementwise, Arity: 1, Types: realFloating, Doc: "the cube root of a"},
	{Name: Hypot, Class: Elementwise, Arity: 2, Types: realFloating, Doc: "sqrt(a^2 + b^2)"},
	{Name: Exp, Class: Elementwise, Arity: 1, Types: floating, Doc: "e to the power of a"},
	{Name: Exp2, Class: Elementwise, Arity: 1, Types: floating, Doc: "2 to the power of a"},
	{Name: Expm1, Class: Elementwise, Arity: 1, Types: floating, Doc: "exp(a) - 1"},
	{Name: Log, Class: Elementwise, Arity: 1, Types: floating, Doc: "the natural logarithm of a"},
	{Name: Log2, Class: Elementwise, Arity: 1, Types: floating, Doc: "the logarithm of a to the base 2"},
	{Name: Log10, Class: Elementwise, Arity: 1, Types: floating, Doc: "the logarithm of a to the base 10"},
	{Name: Log1p, Class: Elementwise, Arity: 1, Types: floating, Doc: "log(1 + a)"},
	{Name: Logaddexp, Class: Elementwise, Arity: 2, Types: realFloating, Doc: "log(exp(a) + exp(b))"},
	{Name: Logaddexp2, Class: Elementwise, Arity: 2, Types: realFloating, Doc: "log2(2^a + 2^b)"},

	{Name: Sin, Class: Elementwise, Arity: 1, Types: floating, Doc: "the sine of a in radians"},
	{Name: Cos, Class: Elementwise, Arity: 1, Types: floating, Doc: "the cosine of a in radians"},
	{Name: Tan, Class: Elementwise, Arity: 1, Types: floating, Doc: "the tangent of a in radians"},
	{Name: Asin, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arcsin"}, Doc: "the inverse sine of a in radians"},
	{Name: Acos, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arccos"}, Doc: "the inverse cosine of a in radians"},
	{Name: Atan, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arctan"}, Doc: "the inverse tangent of a in radians"},
	{Name: Atan2, Class: Elementwise, Arity: 2, Types: realFloating, NumPy: []string{"arctan2"}, Doc: "the angle in radians of the point at (b, a)"},
	{Name: Sinh, Class: Elementwise, Arity: 1, Types: floating, Doc: "the hyperbolic sine of a"},
	{Name: Cosh, Class: Elementwise, Arity: 1, Types: floating, Doc: "the hyperbolic cosine of a"},
	{Name: Tanh, Class: Elementwise, Arity: 1, Types: floating, Doc: "the hyperbolic tangent of a"},
	{Name: Asinh, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arcsinh"}, Doc: "the inverse hyperbolic sine of a"},
	{Name: Acosh, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arccosh"}, Doc: "the inverse hyperbolic cosine of a"},
	{Name: Atanh, Class: Elementwise, Arity: 1, Types: floating, NumPy: []string{"arctanh"}, Doc: "the inverse hyperbolic tangent of a"},
	{Name: Deg2rad, Class: Elementwise, Arity: 1, Types: realFloating, Cheap: true, NumPy: []string{"radians"}, Doc: "a, in degrees, in radians"},
	{Name: Rad2deg, Class: Elementwise, Arity: 1, Types: realFloating, Cheap: true, NumPy: []string{"degrees"}, Doc: "a, in radians, in degrees"},

	{Name: BitwiseAnd, Class: Elementwise, Arity: 2, Types: bitwise, Cheap: true, Doc: "the bits that a and b both have; of bools, whether both are true"},
	{Name: BitwiseOr, Class: Elementwise, Arity: 2, Types: bitwise, Cheap: true, Doc: "the bits that a or b has; of bools, whether either is true"},
	{Name: BitwiseXor, Class: Elementwise, Arity: 2, Types: bitwise, Cheap: true, Doc: "the bits that one of a and b has; of bools, whether one is true"},
	{Name: BitwiseInvert, Class: Elementwise, Arity: 1, Types: bitwise, Cheap: true, NumPy: []string{"invert", "bitwise_not"}, Doc: "the bits that a does not have; of bools, whether a is false"},
	{Name: BitwiseLeftShift, Class: Elementwise, Arity: 2, Types: shifted, Cheap: true, NumPy: []string{"left_shift"}, Doc: "a * 2^b by moving bits; 0 where b is negative or not less than the width"},
	{Name: BitwiseRightShift, Class: Elementwise, Arity: 2, Types: shifted, Cheap: true, NumPy: []string{"right_shift"}, Doc: "floor(a / 2^b) by moving bits; the sign where b is negative or not less than the width"},

	{Name: Isnan, Class: Elementwise, Arity: 1, Types: predicate, Cheap: true, Doc: "whether a is NaN"},
	{Name: Isinf, Class: Elementwise, Arity: 1, Types: predicate, Cheap: true, Doc: "whether a, or a part of it, is infinite"},
	{Name: Isfinite, Class: Elementwise, Arity: 1, Types: predicate, Cheap: true, Doc: "whether a is neither infinite nor NaN"},
	{Name: Isposinf, Class: Elementwise, Arity: 1, Types: signPredicate, Cheap: true, Doc: "whether a is infinite and above 0"},
	{Name: Isneginf, Class: Elementwise, Arity: 1, Types: signPredicate, Cheap: true, Doc: "whether a is infinite and below 0"},
	{Name: Signbit, Class: Elementwise, Arity: 1, Types: signPredicate, Cheap: true, Doc: "whether a has a minus sign, as -0 and some NaN do"},
	{Name: Equal, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a == b"},
	{Name: NotEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a != b"},
	{Name: Less, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a < b"},
	{Name: LessEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a <= b"},
	{Name: Greater, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a > b"},
	{Name: GreaterEqual, Class: Elementwise, Arity: 2, Types: comparison, Cheap: true, Doc: "a >= b"},
	{Name: LogicalAnd, Class: Elementwise, Arity: 2, Types: logical, Cheap: true, Doc: "whether a and b are both non-zero"},
	{Name: LogicalOr, Class: Elementwise, Arity: 2, Types: logical, Cheap: true, Doc: "whether a or b is non-zero"},
	{Name: LogicalXor, Class: Elementwise, Arity: 2, Types: logical, Cheap: true, Doc: "whether one of a and b is non-zero"},
	{Name: LogicalNot, Class: Elementwise, Arity: 1, Types: logical, Cheap: true, Doc: "whether a is zero"},
	{Name: Where, Class: Elementwise, Arity: 3, Types: choice, Cheap: true,
		Params: []Param{required("condition", Operand), required("x1", Operand), required("x2", Operand)}, Doc: "x1 where condition is non-zero, x2 elsewhere"},
}
