package op

import "slices"

// The operations that make arrays, and those that call a user's function.
const (
	Read       Name = "read"
	Full       Name = "full"
	Zeros      Name = "zeros"
	Ones       Name = "ones"
	Empty      Name = "empty"
	Arange     Name = "arange"
	MapBlock   Name = "map_blocks"
	TreeReduce Name = "tree_reduce"
	FromFunc   Name = "fromfunction"
)

// Random numbers, which depend on the seed, the stream and the element's index.
const (
	RandomUniform     Name = "random_uniform"
	RandomNormal      Name = "random_normal"
	RandomExponential Name = "random_exponential"
	RandomGamma       Name = "random_gamma"
	RandomBeta        Name = "random_beta"
	RandomIntegers    Name = "random_integers"
	RandomBinomial    Name = "random_binomial"
	RandomPoisson     Name = "random_poisson"
	RandomChoice      Name = "random_choice"
	RandomPermutation Name = "random_permutation"
)

var inputs = []Op{
	{Name: Read, Class: Input, Params: []Param{required("uri", Text), optional("name", Text), optional("format", Text)},
		Doc: "the elements of a source, such as a variable of a file"},
	{Name: Full, Class: Input, Cheap: true, Params: []Param{pShape, required("fill_value", Number), pDType, pChunks}, Doc: "one value everywhere"},
	{Name: Arange, Class: Input, Cheap: true,
		Params: []Param{required("start", Number), optional("stop", Number), optional("step", Number), pDType, pChunks},
		Doc:    "start + i*step, up to stop; start alone is where a range from 0 stops",
		Note:   "With a dtype of integers and a step that is none, elements are those of the floating-point range; NumPy rounds the step first."},
	{Name: RandomUniform, Class: Input, Random: true, Params: drawn(optional("low", Float), optional("high", Float)),
		Doc:  "uniformly distributed random numbers in [low, high)",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomNormal, Class: Input, Random: true, Params: drawn(optional("loc", Float), optional("scale", Float)),
		Doc:  "normally distributed random numbers of mean loc and standard deviation scale",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomExponential, Class: Input, Random: true, Params: drawn(optional("scale", Float)),
		Doc:  "exponentially distributed random numbers of mean scale",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomGamma, Class: Input, Random: true, Params: drawn(required("shape", Float), optional("scale", Float)),
		Doc:  "random numbers of the gamma distribution",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomBeta, Class: Input, Random: true, Params: drawn(required("a", Float), required("b", Float)),
		Doc:  "random numbers of the beta distribution",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomIntegers, Class: Input, Random: true, Params: drawn(required("low", Int), required("high", Int), optional("endpoint", Bool)),
		Doc:  "random integers from low up to high, all equally likely",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomBinomial, Class: Input, Random: true, Params: drawn(required("n", Int), required("p", Float)),
		Doc:  "how many of n trials succeed, each with probability p",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomPoisson, Class: Input, Random: true, Params: drawn(optional("lam", Float)),
		Doc:  "how many events happen of which lam are expected",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomChoice, Class: Input, Random: true, Params: drawn(required("a", Operand), optional("replace", Bool), optional("p", Numbers)),
		Doc:  "random indices below a, or elements of an array a of one axis",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: RandomPermutation, Class: Input, Random: true, Params: []Param{pX, required("seed", Int), optional("stream", Int), pChunks, optional("axis", Int)},
		Doc:  "the indices below x in random order, or the parts of an array x along an axis, the first if none is given",
		Note: "Each is a function of the seed, the stream and its index; in Dask other chunks give other numbers."},
	{Name: MapBlock, Class: Function, Arity: -1, Params: []Param{required("x", Operands), required("name", Text)},
		Doc: "a user's function of whole blocks, by the name it is registered under"},
	{Name: TreeReduce, Class: Function, Arity: 1, Params: []Param{required("tree", Callable), pX, pAxis, pKeepdims}, Doc: "a user's reduction: a function of whole blocks, and one that combines what it makes of two of them"},
	{Name: FromFunc, Class: Function, Params: []Param{required("function", Callable), pShape, pChunks}, Doc: "a user's function of the indices"},
	{Name: Zeros, Class: Composed, Like: Input, Params: []Param{pShape, pDType, pChunks}, Doc: "zeros, or false"},
	{Name: Ones, Class: Composed, Like: Input, Params: []Param{pShape, pDType, pChunks}, Doc: "ones, or true"},
	{Name: Empty, Class: Composed, Like: Input, Params: []Param{pShape, pDType, pChunks}, Doc: "zeros: no element is ever left as the memory was"},
}

// drawn is the parameters of a distribution between those that all have: how many
// numbers are drawn, and from which stream of which seed.
func drawn(params ...Param) []Param {
	return slices.Concat([]Param{required("size", Ints), required("seed", Int)}, params, []Param{optional("stream", Int), pDType, pChunks})
}
