package array

import (
	"fmt"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Operands of elementwise operations broadcast as in NumPy, whatever their
// chunks. A constant is written Const(2). The operations are in files by family:
// arithmetic, rounding, functions, trigonometry, bits, and questions.

// elementwise is an elementwise operation of the table.
func elementwise(name op.Name, arrays ...Array) Array {
	at := site(arrays...)
	in, err := operands(name, at, arrays...)
	if err != nil {
		return Array{err: err}
	}
	ref, err := graph.Elementwise(at, name, in...)
	return made(ref, graph.Unresolved(err, in))
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

// DivMod is FloorDiv and Mod.
func (a Array) DivMod(b Array) (quotient, remainder Array) {
	return elementwise(op.FloorDivide, a, b), elementwise(op.Remainder, a, b)
}

// Where is x where cond is non-zero, y elsewhere.
func Where(cond, x, y Array) Array { return elementwise(op.Where, cond, x, y) }

// AsType is a converted to elements of type to. Integers wrap; floats become
// the nearest integer towards zero that the type holds, NaN becomes 0 (NumPy
// leaves both to the processor); complex numbers lose their imaginary part.
func (a Array) AsType(to dtype.DType) Array {
	return a.unary(op.Astype, func(at graph.Site, in graph.Ref) (graph.Ref, error) { return graph.Cast(at, in, to) })
}
