package op

// The operations that make arrays, and those that call a user's function.
const (
	Read       Name = "read"
	Full       Name = "full"
	Arange     Name = "arange"
	Uniform    Name = "random_uniform"
	Normal     Name = "random_normal"
	MapBlock   Name = "map_blocks"
	TreeReduce Name = "tree_reduce"
	FromFunc   Name = "fromfunction"
)

var inputs = []Op{
	{Name: Read, Class: Input, Doc: "the elements of a source"},
	{Name: Full, Class: Input, Cheap: true, Doc: "one value everywhere"},
	{Name: Arange, Class: Input, Cheap: true, Doc: "start + i*step"},
	{Name: Uniform, Class: Input, Doc: "uniform random numbers in [low, high), a function of seed and element index"},
	{Name: Normal, Class: Input, Doc: "normal random numbers, a function of seed and element index"},
	{Name: MapBlock, Class: Function, Arity: -1, Doc: "a user's function of whole blocks"},
	{Name: TreeReduce, Class: Function, Arity: 1, Doc: "a user's reduction: a function of whole blocks, and one that combines what it makes of two of them"},
	{Name: FromFunc, Class: Function, Doc: "a user's function of the indices"},
}
