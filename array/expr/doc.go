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
//	x[x > 0]   x[at]             what a mask keeps, of as many axes as it has, or the
//	                             indices of an array of integers along the first axis
//	slice(x, "0:10, ::2, -1")    numbers, ranges, "..." and "newaxis" for several axes, as
//	                             between Python's brackets
//	oindex(x, key(rows, 3))      by arrays of indices and masks among the inputs, each along
//	                             its own axis; getitem(x, key(rows, columns)) takes single points
//
// # Functions
//
// Functions are the operations of Gabion, by the names of the Python Array API
// standard or NumPy's; gabion ops lists them with their parameters. Arguments are for
// the parameters in order. Those that are no arrays may be named, which is written as
// a call, in any place: keepdims(true), axis(0, 1). Lists are written so. Of those in
// order, none is one that is left out: clip(x, none, 5).
//
//	sqrt(x)   where(cond, a, b)   minimum(a, b)   and the other elementwise operations
//	mean(x)   mean(x, 0)   mean(x, "TIME")   mean(x, axis(0, 1))   mean(x, axis())
//	    reductions over all axes, one by number or name, several, or none;
//	    among their options are keepdims(true), dtype("float64") of sums, and
//	    correction(1) of var and std, which NumPy calls ddof(1)
//	transpose(x)   transpose(x, axes(2, 0, 1))   axes and axis are the same
//	reshape(x, shape(3, -1))   reshape(x, -1)   broadcast_to(x, shape(3, 4))
//	expand_dims(x, 0)   squeeze(x)   squeeze(x, 0)   flip(x, "TIME")
//	take(x, indices(0, 2), axis(1))   compress(mask, x, 0)   extract(x > 0, x)
//	setitem(x, "0:2, 3", 0)   pad(x, pad_width(1, 2), mode("reflect"))
//	cumulative_sum(x, 0)   topk(x, 5)   searchsorted(sorted, x)
//	concat(a, b)   concat(a, b, axis(1))
//	matmul(a, b)   dot(a, b)   inner(a, b)   outer(a, b)   vdot(a, b)   vecdot(a, b, 0)
//	tensordot(a, b, 1)   einsum("ij,jk->ik", a, b)   matrix_transpose(x)
//	norm(x)   norm(x, 1)   vector_norm(x, inf, axes(0), keepdims(true))   matrix_norm(x, 1)
//	astype(x, "float32") or float32(x), and the other element types
//	rechunk(x, "12, -1, auto")   rechunk(x, 100)   as array.ParseChunks reads
//	random_normal(size(3, 4), 7, scale(2))   random_permutation(x, 7)   the seed is 7
//	zeros(shape(3, 4))   ones(5, "int32")   full(shape(2, 2), 7)
//	arange(stop)   arange(start, stop)   arange(start, stop, step)
//	divmod(a, b, out(1))   of several results one is taken
//
// # Errors
//
// Every error is an *[Error] that points at a column. The operations of an
// expression have "expression:column" as their place in plans and in errors of
// running them.
package expr
