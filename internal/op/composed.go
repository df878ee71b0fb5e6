package op

// Composed operations are made of others when they are asked for: no node of a
// graph is one, and they cost what their parts cost.
const (
	Flip            Name = "flip"
	Ptp             Name = "ptp"
	Average         Name = "average"
	Moment          Name = "moment"
	Allclose        Name = "allclose"
	ArrayEqual      Name = "array_equal"
	Fliplr          Name = "fliplr"
	Flipud          Name = "flipud"
	Rot90           Name = "rot90"
	Roll            Name = "roll"
	Moveaxis        Name = "moveaxis"
	Swapaxes        Name = "swapaxes"
	MatrixTranspose Name = "matrix_transpose"
	Ravel           Name = "ravel"
	AtLeast1D       Name = "atleast_1d"
	AtLeast2D       Name = "atleast_2d"
	AtLeast3D       Name = "atleast_3d"
	Stack           Name = "stack"
	Vstack          Name = "vstack"
	Hstack          Name = "hstack"
	Dstack          Name = "dstack"
	Block           Name = "block"
	Split           Name = "split"
	ArraySplit      Name = "array_split"
	Unstack         Name = "unstack"
	BroadcastArrays Name = "broadcast_arrays"
	Repeat          Name = "repeat"
	Tile            Name = "tile"
	Diff            Name = "diff"
	Diag            Name = "diag"
	Trace           Name = "trace"
	LinalgDiagonal  Name = "linalg.diagonal"
	LinalgTrace     Name = "linalg.trace"
	Tril            Name = "tril"
	Triu            Name = "triu"
	Tri             Name = "tri"
	Eye             Name = "eye"
	Identity        Name = "identity"
	Linspace        Name = "linspace"
	Meshgrid        Name = "meshgrid"
	Indices         Name = "indices"
	ZerosLike       Name = "zeros_like"
	OnesLike        Name = "ones_like"
	FullLike        Name = "full_like"
	Divmod          Name = "divmod"
	NanToNum        Name = "nan_to_num"
	Isclose         Name = "isclose"
)

var composed = []Op{
	{Name: Flip, Class: Composed, Like: View, Arity: 1, Params: []Param{pX, pAxis},
		Doc: "the elements of some axes, or of all, in reverse order"},

	{Name: Divmod, Class: Composed, Like: Elementwise, Arity: 2, Outputs: 2, Doc: "floor_divide(x1, x2) and remainder(x1, x2)"},
	{Name: Ptp, Class: Composed, Like: Reduction, Arity: 1, Params: []Param{pX, pAxis, pKeepdims}, Doc: "the greatest element minus the least"},
	{Name: Average, Class: Composed, Like: Reduction, Arity: 2, Params: []Param{pX, pAxis, optional("weights", Operand), pKeepdims},
		Doc: "the mean of elements that count as much as their weights say"},
	{Name: Moment, Class: Composed, Like: Reduction, Arity: 1, Params: []Param{pX, required("order", Int), pAxis, pKeepdims},
		Doc: "the central moment of an order: the mean of (x - mean(x))^order"},
	{Name: Allclose, Class: Composed, Like: Reduction, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand},
		{Name: "rtol", Kind: Float, Optional: true}, {Name: "atol", Kind: Float, Optional: true}, {Name: "equal_nan", Kind: Bool, Optional: true}},
		Doc: "whether |a - b| <= atol + rtol*|b| everywhere, or a and b are the same infinity"},
	{Name: ArrayEqual, Class: Composed, Like: Reduction, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand},
		{Name: "equal_nan", Kind: Bool, Optional: true}}, Doc: "whether a and b have one shape and equal elements"},
	{Name: Fliplr, Class: Composed, Like: View, Arity: 1, Doc: "the elements along axis 1 in reverse order"},
	{Name: Flipud, Class: Composed, Like: View, Arity: 1, Doc: "the elements along axis 0 in reverse order"},
	{Name: Rot90, Class: Composed, Like: View, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "k", Kind: Int, Optional: true}, {Name: "axes", Kind: Ints, Optional: true}},
		Doc: "rotated by right angles in the plane of two axes"},
	{Name: Roll, Class: Composed, Like: Concatenation, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "shift", Kind: Ints}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc: "moved along axes, or in C order; what leaves at one end comes in at the other"},
	{Name: Moveaxis, Class: Composed, Like: View, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "source", Kind: Ints}, {Name: "destination", Kind: Ints}},
		Doc: "with some axes in other places"},
	{Name: Swapaxes, Class: Composed, Like: View, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis1", Kind: Int}, {Name: "axis2", Kind: Int}},
		Doc: "with two axes exchanged"},
	{Name: MatrixTranspose, Class: Composed, Like: View, Arity: 1, NumPy: []string{"linalg.matrix_transpose"}, Doc: "with the last two axes exchanged"},
	{Name: Ravel, Class: Composed, Like: Reshaping, Arity: 1, Doc: "the elements in C order along one axis"},
	{Name: AtLeast1D, Class: Composed, Like: View, Arity: 1, Doc: "with an axis of length 1 if there is none"},
	{Name: AtLeast2D, Class: Composed, Like: View, Arity: 1, Doc: "with axes of length 1 in front, so that there are two"},
	{Name: AtLeast3D, Class: Composed, Like: View, Arity: 1, Doc: "with axes of length 1 put in, so that there are three"},
	{Name: Stack, Class: Composed, Like: Concatenation, Arity: -1, Params: []Param{{Name: "arrays", Kind: Operands}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "arrays of one shape one after the other along a new axis"},
	{Name: Vstack, Class: Composed, Like: Concatenation, Arity: -1, Params: []Param{{Name: "arrays", Kind: Operands}}, Doc: "arrays one below the other"},
	{Name: Hstack, Class: Composed, Like: Concatenation, Arity: -1, Params: []Param{{Name: "arrays", Kind: Operands}}, Doc: "arrays side by side"},
	{Name: Dstack, Class: Composed, Like: Concatenation, Arity: -1, Params: []Param{{Name: "arrays", Kind: Operands}}, Doc: "arrays one behind the other"},
	{Name: Block, Class: Composed, Like: Concatenation, Arity: -1, Params: []Param{{Name: "rows", Kind: Operands}}, Doc: "an array put together from rows of arrays"},
	{Name: Split, Class: Composed, Like: View, Arity: 1, Outputs: -1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "indices_or_sections", Kind: Ints}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "divided into equal parts along an axis, or at indices"},
	{Name: ArraySplit, Class: Composed, Like: View, Arity: 1, Outputs: -1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "indices_or_sections", Kind: Ints}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "divided into about equal parts along an axis, or at indices"},
	{Name: Unstack, Class: Composed, Like: View, Arity: 1, Outputs: -1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "the parts at each index of an axis"},
	{Name: BroadcastArrays, Class: Composed, Like: View, Arity: -1, Outputs: -1, Params: []Param{variadic("arrays")}, Doc: "arrays, a list or arguments of their own, stretched to their common shape"},
	{Name: Repeat, Class: Composed, Like: Gathering, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "repeats", Kind: Ints}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "each element several times, along an axis or in C order"},
	{Name: Tile, Class: Composed, Like: Gathering, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "repetitions", Kind: Ints}},
		Doc: "copies of the array side by side"},
	{Name: Diff, Class: Composed, Like: Blockwise, Arity: -1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}, {Name: "n", Kind: Int, Optional: true},
		{Name: "prepend", Kind: Operand, Optional: true}, {Name: "append", Kind: Operand, Optional: true}}, Doc: "the n-th difference along an axis"},
	{Name: Diag, Class: Composed, Like: Gathering, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "k", Kind: Int, Optional: true}},
		Doc: "the matrix with a diagonal, or the diagonal of a matrix"},
	{Name: Trace, Class: Composed, Like: Reduction, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "offset", Kind: Int, Optional: true},
		{Name: "axis1", Kind: Int, Optional: true}, {Name: "axis2", Kind: Int, Optional: true}, pDType}, Doc: "the sum of a diagonal"},
	{Name: LinalgDiagonal, Class: Composed, Like: View, Arity: 1, Params: []Param{pX, optional("offset", Int)},
		Doc: "diagonal of matrices, which are the last two axes"},
	{Name: LinalgTrace, Class: Composed, Like: Reduction, Arity: 1, Params: []Param{pX, optional("offset", Int), pDType},
		Doc: "trace of matrices, which are the last two axes"},
	{Name: Tril, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "k", Kind: Int, Optional: true}}, Doc: "0 above a diagonal"},
	{Name: Triu, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "k", Kind: Int, Optional: true}}, Doc: "0 below a diagonal"},
	{Name: Tri, Class: Composed, Like: Input, Params: []Param{{Name: "n_rows", Kind: Int}, {Name: "n_cols", Kind: Int, Optional: true}, {Name: "k", Kind: Int, Optional: true},
		{Name: "dtype", Kind: Type, Optional: true}}, Doc: "1 on a diagonal and below, 0 above"},
	{Name: Eye, Class: Composed, Like: Input, Params: []Param{{Name: "n_rows", Kind: Int}, {Name: "n_cols", Kind: Int, Optional: true}, {Name: "k", Kind: Int, Optional: true},
		{Name: "dtype", Kind: Type, Optional: true}}, Doc: "1 on a diagonal, 0 elsewhere"},
	{Name: Identity, Class: Composed, Like: Input, Params: []Param{{Name: "n", Kind: Int}, {Name: "dtype", Kind: Type, Optional: true}},
		Doc: "a square matrix with 1 on its diagonal, 0 elsewhere"},
	{Name: Linspace, Class: Composed, Like: Input, Params: []Param{{Name: "start", Kind: Float}, {Name: "stop", Kind: Float}, {Name: "num", Kind: Int}, {Name: "dtype", Kind: Type, Optional: true},
		{Name: "endpoint", Kind: Bool, Optional: true}}, Doc: "numbers evenly spaced"},
	{Name: Meshgrid, Class: Composed, Like: View, Arity: -1, Outputs: -1, Params: []Param{variadic("arrays"), {Name: "indexing", Kind: Text, Optional: true},
		{Name: "sparse", Kind: Bool, Optional: true}}, Doc: "arrays, a list or arguments of their own, each along an axis of its own"},
	{Name: Indices, Class: Composed, Like: Input, Params: []Param{{Name: "shape", Kind: Ints}, {Name: "dtype", Kind: Type, Optional: true}}, Doc: "the indices of an array's elements"},
	{Name: ZerosLike, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "dtype", Kind: Type, Optional: true}}, NumPy: []string{"empty_like"},
		Doc: "zeros of an array's shape, type and chunks"},
	{Name: OnesLike, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "dtype", Kind: Type, Optional: true}},
		Doc: "ones of an array's shape, type and chunks"},
	{Name: FullLike, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "fill_value", Kind: Number}, {Name: "dtype", Kind: Type, Optional: true}},
		Doc: "one value in an array's shape, type and chunks"},
	{Name: NanToNum, Class: Composed, Like: Elementwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "nan", Kind: Number, Optional: true},
		{Name: "posinf", Kind: Number, Optional: true}, {Name: "neginf", Kind: Number, Optional: true}},
		Doc: "numbers in the place of NaN and infinities: 0 and the ends of the type unless others are given"},
	{Name: Isclose, Class: Composed, Like: Elementwise, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "rtol", Kind: Number, Optional: true},
		{Name: "atol", Kind: Number, Optional: true}, {Name: "equal_nan", Kind: Bool, Optional: true}},
		Doc: "whether |x1 - x2| is at most atol + rtol*|x2|"},
}
