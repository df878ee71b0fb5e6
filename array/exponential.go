package array

import "gabion/internal/op"

// Functions of floating-point numbers take other types too: as in NumPy, bools
// and 8-bit integers give float16, 16-bit integers float32 and wider ones float64.
// Of two operands each has a say by its own float type. Results of float64 are
// within one unit in the last place of the exact value, whatever the operand is;
// those of narrower types are computed with more digits and rounded. Complex
// functions have the branch cuts and special values of C99, and an error of a few
// units in the last place of the result's magnitude. On all processors results
// have the same bits.

// Sqrt is the square root of a; of real numbers NaN below 0.
func (a Array) Sqrt() Array { return elementwise(op.Sqrt, a) }

// Cbrt is the cube root of a. Complex numbers are a TypeError.
func (a Array) Cbrt() Array { return elementwise(op.Cbrt, a) }

// Hypot is sqrt(a^2 + b^2), also where the squares would overflow. Complex
// numbers are a TypeError.
func (a Array) Hypot(b Array) Array { return elementwise(op.Hypot, a, b) }

// Exp is e to the power of a.
func (a Array) Exp() Array { return elementwise(op.Exp, a) }

// Exp2 is 2 to the power of a.
func (a Array) Exp2() Array { return elementwise(op.Exp2, a) }

// Expm1 is exp(a) - 1, also where a is small.
func (a Array) Expm1() Array { return elementwise(op.Expm1, a) }

// Log is the natural logarithm of a; of real numbers NaN below 0 and -inf at 0.
func (a Array) Log() Array { return elementwise(op.Log, a) }

// Log2 is the logarithm of a to the base 2, exact for powers of 2.
func (a Array) Log2() Array { return elementwise(op.Log2, a) }

// Log10 is the logarithm of a to the base 10, exact for powers of 10.
func (a Array) Log10() Array { return elementwise(op.Log10, a) }

// Log1p is log(1 + a), also where a is small.
func (a Array) Log1p() Array { return elementwise(op.Log1p, a) }

// LogAddExp is log(exp(a) + exp(b)), also where the exponentials would
// overflow. Complex numbers are a TypeError.
func (a Array) LogAddExp(b Array) Array { return elementwise(op.Logaddexp, a, b) }

// LogAddExp2 is log2(2^a + 2^b), also where the powers would overflow. Complex
// numbers are a TypeError.
func (a Array) LogAddExp2(b Array) Array { return elementwise(op.Logaddexp2, a, b) }
