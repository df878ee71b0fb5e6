package op

// The operations that make arrays, and those that call a user's function.
const (
	Read       Name = "read"
	Full       Name = "full"
	Zeros      Name = "zeros"
	Ones       Name = "ones"
	Empty      Name = "empty"
	Arange     Name = "arange"
	Uniform    Name = "random_uniform"
	Normal     Name = "random_normal"
	MapBlock   Name = "map_blocks"
	TreeReduce Name = "tree_reduce"
	FromFunc   Name = "fromfunction"
)

var inputs = []Op{
	{Name: Read, Class: Input, Params: []Param{required("uri", Text), optional("name", Text), optional("format", Text)},
		Doc: "the elements of a source, such as a variable of a file"},
	{Name: Full, Class: Input, Cheap: true, Params: []Param{pShape, required("fill_value", Number), pDType, pChunks}, Doc: "one value everywhere"},
	{Name: Arange, Class: Input, Cheap: true,
		Params: []Param{required("start", Number), optional("stop", Number), optional("step", Number), pDType, pChunks},
		Doc:    "start + i*step, up to stop; start alone is where a range from 0 stops",
		Note:   "With a dtype of integers and a step that is none, elements are those of the floating-point range; NumPy rounds the step first."},
	{Name: Uniform, Class: Input, Params: []Param{pShape, required("seed", Int), optional("low", Float), optional("high", Float), pDType, pChunks},
		Doc:  "uniform random numbers in [low, high)",
		Note: "Each is a function of the seed and its index; in Dask other chunks give other numbers."},
	{Name: Normal, Class: Input, Params: []Param{pShape, required("seed", Int), optional("loc", Float), optional("scale", Float), pDType, pChunks},
		Doc:  "normal random numbers of mean loc and standard deviation scale",
		Note: "Each is a function of the seed and its index; in Dask other chunks give other numbers."},
	{Name: MapBlock, Class: Function, Arity: -1, Params: []Param{required("x", Operands), required("name", Text)},
		Doc: "a user's function of whole blocks, by the name it is registered under"},
	{Name: TreeReduce, Class: Function, Arity: 1, Doc: "a user's reduction: a function of whole blocks, and one that combines what it makes of two of them"},
	{Name: FromFunc, Class: Function, Doc: "a user's function of the indices"},
	{Name: Zeros, Class: Composed, Params: []Param{pShape, pDType, pChunks}, Doc: "zeros, or false"},
	{Name: Ones, Class: Composed, Params: []Param{pShape, pDType, pChunks}, Doc: "ones, or true"},
	{Name: Empty, Class: Composed, Params: []Param{pShape, pDType, pChunks}, Doc: "zeros: no element is ever left as the memory was"},
}
