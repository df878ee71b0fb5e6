package array

import (
	"fmt"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Operands of elementwise operations broadcast as in NumPy, whatever their
// chunks. A constant is written Const(2).

// elementwise is an elementwise operation of the table.
func elementwise(name op.Name, arrays ...Array) Array {
	at := site(arrays...)
	in, err := operands(name, at, arrays...)
	if err != nil {
		return Array{err: err}
	}
	return made(graph.Elementwise(at, name, in...))
}

// Apply is the elementwise operation that the Python Array API standard or
// NumPy calls name, such as "multiply", "logical_not" or "power".
func Apply(name string, operands ...Array) Array {
	row := op.Find(name)
	if row == nil || row.Class != op.Elementwise || row.Types == nil {
		return mistake(graph.ValueError, op.Name(name), site(operands...), fmt.Errorf("no elementwise operation is called %q", name))
	}
	return elementwise(row.Name, operands...)
}

// Add is a + b; of bools, whether either is true.
func (a Array) Add(b Array) Array { return elementwise(op.Add, a, b) }

// Sub is a - b. Bools are a TypeError.
func (a Array) Sub(b Array) Array { return elementwise(op.Subtract, a, b) }

// Mul is a * b; of bools, whether both are true.
func (a Array) Mul(b Array) Array { return elementwise(op.Multiply, a, b) }

// Div is a / b as floating point: float64 of integers and bools.
func (a Array) Div(b Array) Array { return elementwise(op.Divide, a, b) }

// FloorDiv is the greatest integer not above a / b; 0 where an integer b is 0.
func (a Array) FloorDiv(b Array) Array { return elementwise(op.FloorDivide, a, b) }

// Mod is a - b*floor(a/b), with the sign of b; 0 where an integer b is 0.
func (a Array) Mod(b Array) Array { return elementwise(op.Remainder, a, b) }

// DivMod is FloorDiv and Mod.
func (a Array) DivMod(b Array) (quotient, remainder Array) {
	return elementwise(op.FloorDivide, a, b), elementwise(op.Remainder, a, b)
}

// Pow is a to the power of b.
func (a Array) Pow(b Array) Array { return elementwise(op.Pow, a, b) }

// Neg is -a. Bools are a TypeError.
func (a Array) Neg() Array { return elementwise(op.Negative, a) }

// Abs is the magnitude of a, which is real of complex numbers.
func (a Array) Abs() Array { return elementwise(op.Abs, a) }

// Sqrt is the square root of a, NaN below 0. As in NumPy, functions such as
// this one take 8-bit integers to float16, 16-bit ones to float32 and wider
// ones to float64.
func (a Array) Sqrt() Array { return elementwise(op.Sqrt, a) }

// Exp is e to the power of a.
func (a Array) Exp() Array { return elementwise(op.Exp, a) }

// Log is the natural logarithm of a.
func (a Array) Log() Array { return elementwise(op.Log, a) }

// Sin is the sine of a, in radians.
func (a Array) Sin() Array { return elementwise(op.Sin, a) }

// Cos is the cosine of a, in radians.
func (a Array) Cos() Array { return elementwise(op.Cos, a) }

// Minimum is the lesser of a and b, NaN where either is NaN.
func (a Array) Minimum(b Array) Array { return elementwise(op.Minimum, a, b) }

// Maximum is the greater of a and b, NaN where either is NaN.
func (a Array) Maximum(b Array) Array { return elementwise(op.Maximum, a, b) }

// IsNaN is whether a is NaN.
func (a Array) IsNaN() Array { return elementwise(op.Isnan, a) }

// Eq is a == b. Comparisons of integers with a Const that their type does not
// hold are exact.
func (a Array) Eq(b Array) Array { return elementwise(op.Equal, a, b) }

// Ne is a != b.
func (a Array) Ne(b Array) Array { return elementwise(op.NotEqual, a, b) }

// Lt is a < b.
func (a Array) Lt(b Array) Array { return elementwise(op.Less, a, b) }

// Le is a <= b.
func (a Array) Le(b Array) Array { return elementwise(op.LessEqual, a, b) }

// Gt is a > b.
func (a Array) Gt(b Array) Array { return elementwise(op.Greater, a, b) }

// Ge is a >= b.
func (a Array) Ge(b Array) Array { return elementwise(op.GreaterEqual, a, b) }

// And is whether a and b are both non-zero. NaN is not zero.
func (a Array) And(b Array) Array { return elementwise(op.LogicalAnd, a, b) }

// Or is whether a or b is non-zero.
func (a Array) Or(b Array) Array { return elementwise(op.LogicalOr, a, b) }

// Not is whether a is zero.
func (a Array) Not() Array { return elementwise(op.LogicalNot, a) }

// Where is x where cond is non-zero, y elsewhere.
func Where(cond, x, y Array) Array { return elementwise(op.Where, cond, x, y) }

// AsType is a converted to elements of type to. Integers wrap; floats become
// the nearest integer towards zero that the type holds, NaN becomes 0 (NumPy
// leaves both to the processor); complex numbers lose their imaginary part.
func (a Array) AsType(to dtype.DType) Array {
	return a.unary(op.Astype, func(at graph.Site, in graph.Ref) (graph.Ref, error) { return graph.Cast(at, in, to) })
}
