package op

// The products of matrices and their like. Those of class Contraction are one
// operation under several names; the others are made of it and of others.
const (
	Matmul    Name = "matmul"
	Tensordot Name = "tensordot"
	Vecdot    Name = "vecdot"
	Einsum    Name = "einsum"

	Dot        Name = "dot"
	Inner      Name = "inner"
	Vdot       Name = "vdot"
	Outer      Name = "outer"
	VectorNorm Name = "vector_norm"
	MatrixNorm Name = "matrix_norm"
	Norm       Name = "norm"
)

var (
	pair     = []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}}
	vectors  = []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}}
	normed   = []Param{{Name: "x", Kind: Operand}, {Name: "ord", Kind: Number, Optional: true}, {Name: "axis", Kind: Ints, Optional: true}, {Name: "keepdims", Kind: Bool, Optional: true}}
	products = []Op{
		{Name: Matmul, Class: Contraction, Arity: 2, Types: promoted, NumPy: []string{"linalg.matmul"}, Params: pair,
			Doc: "the product of matrices, which are the last two axes"},
		{Name: Tensordot, Class: Contraction, Arity: 2, Types: promoted, NumPy: []string{"linalg.tensordot"},
			Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "axes", Kind: Pairs, Optional: true}},
			Doc:    "the sum of products over some axes of both"},
		{Name: Vecdot, Class: Contraction, Arity: 2, Types: promoted, NumPy: []string{"linalg.vecdot"}, Params: vectors,
			Doc: "the sum of conj(a) * b along an axis"},
		{Name: Einsum, Class: Contraction, Arity: -1, Types: promoted,
			Params: []Param{{Name: "subscripts", Kind: Text}, variadic("operands")},
			Doc:    "the sum of products over the axes that subscripts name, of operands as a list or arguments of their own"},

		{Name: Dot, Class: Composed, Like: Contraction, Arity: 2, Params: pair, Doc: "the sum of products over the last axis of a and the last but one of b"},
		{Name: Inner, Class: Composed, Like: Contraction, Arity: 2, Params: pair, Doc: "the sum of products over the last axes"},
		{Name: Vdot, Class: Composed, Like: Contraction, Arity: 2, Params: pair, Doc: "the sum of conj(a) * b over all elements"},
		{Name: Outer, Class: Composed, Like: Contraction, Arity: 2, NumPy: []string{"linalg.outer"}, Params: pair, Doc: "each element of a times each element of b"},
		{Name: VectorNorm, Class: Composed, Like: Reduction, Arity: 1, NumPy: []string{"linalg.vector_norm"}, Params: normed, Doc: "the norm of vectors along some axes, or of all elements"},
		{Name: MatrixNorm, Class: Composed, Like: Reduction, Arity: 1, NumPy: []string{"linalg.matrix_norm"}, Params: normed, Doc: "the norm of matrices, which are the last two axes"},
		{Name: Norm, Class: Composed, Like: Reduction, Arity: 1, NumPy: []string{"linalg.norm"}, Params: normed, Doc: "the norm of a vector or of a matrix"},
	}
)
