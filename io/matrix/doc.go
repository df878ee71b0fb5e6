// Package matrix brings gonum's matrices into array computations and results back
// into matrices.
//
//	x := array.From(matrix.Source(m))              // any mat.Matrix, as an array of two axes
//	v := array.From(matrix.Vector(u))              // any mat.Vector, as an array of one axis
//	var out mat.Dense
//	err := array.Store(ctx, matrix.Sink(&out), x)  // out is ready for gonum
//
// Matrices are in memory that the program owns, outside of the budget of the
// engine. Those with elements in a slice, *mat.Dense, *mat.VecDense, their parts
// and transposes, are used where they are, without a copy; of others, such as
// symmetric, triangular and banded ones, each block is made by At.
package matrix
