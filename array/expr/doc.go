// Package expr builds arrays from expressions written as text.
//
//	anomaly, err := expr.Eval(`UWND - mean(UWND, "TIME")`, map[string]array.Array{"UWND": wind})
//
// Expressions have Go's syntax and the meaning that NumPy 2 gives them. They
// are lazy, as arrays are: types and shapes are checked, nothing is computed.
//
// # Values
//
// Names stand for the inputs. Numbers are whole (12, 0xff), floating-point
// (1.5, 2e-3) or imaginary (2i); true, false, pi, e, nan and inf are named
// constants, which an input of the same name hides. A constant gives way to the
// type of the array it meets: x + 1.5 is float32 if x is. Arithmetic of constants
// alone is done at once, in int64, float64 or complex128; with the operators,
// integers that do not fit are an error, while functions wrap around as NumPy's do.
//
// # Operators
//
//	a + b   a - b   a * b   a / b (floating point)   a % b (of b's sign)   -a   +a
//	a < b   a <= b   a > b   a >= b   a == b   a != b
//	a && b   a || b   !a      element by element; what is not zero is true
//
// with Go's precedence. Operands broadcast. The operations that Go's operators
// do not have are functions: floor_divide(a, b), pow(a, b).
//
// # Parts
//
//	x[3]   x[-1]                 a single index, which counts from the end if negative
//	x[2:5]   x[:5]   x[2:]       a range along the first axis
//	x[0:100:2]                   the third number is a step (in Go it is a capacity)
//	slice(x, "0:10, ::2, -1")    as between Python's brackets, for all that Go cannot
//	                             spell: several axes, "...", "newaxis", steps of open ranges
//
// # Functions
//
// Names are those of the Python Array API standard or NumPy's.
//
//	sqrt(x)   where(cond, a, b)   minimum(a, b)   and the other elementwise operations
//	clip(x, 0, 10)   clip(x, none, 10)   clip(x, 0)   round(x, 2)
//	nan_to_num(x, 0, 1e9, -1e9) or with the options nan(0), posinf(1e9), neginf(-1e9)
//	isclose(a, b, rtol(1e-5), atol(1e-8), equal_nan(true))
//	mean(x)   mean(x, 0)   mean(x, "TIME")   mean(x, axes(0, 1))   mean(x, axes())
//	    reductions over all axes, one by number or name, several, or none;
//	    their options are written as calls: keepdims(true), and for var and
//	    std correction(1), which NumPy calls ddof(1)
//	transpose(x)   transpose(x, axes(2, 0, 1))
//	reshape(x, shape(3, -1))   reshape(x, -1)   broadcast_to(x, shape(3, 4))
//	expand_dims(x, 0)   squeeze(x)   squeeze(x, 0)   axes(…) for several
//	concat(a, b)   concat(a, b, axis(1))
//	astype(x, "float32") or float32(x), and the other element types
//	rechunk(x, "12, -1, auto")   rechunk(x, 100)   as array.ParseChunks reads
//	zeros(shape(3, 4))   ones(5, "int32")   full(shape(2, 2), 7)
//	arange(stop)   arange(start, stop)   arange(start, stop, step)
//
// # Errors
//
// Every error is an *[Error] that points at a column. The operations of an
// expression have "expression:column" as their place in plans and in errors of
// running them.
package expr
