package op

// The operations that rename, join and divide elements without changing them.
const (
	Slice       Name = "getitem"
	Transpose   Name = "permute_dims"
	BroadcastTo Name = "broadcast_to"
	ExpandDims  Name = "expand_dims"
	Squeeze     Name = "squeeze"
	Reshape     Name = "reshape"
	Concat      Name = "concat"
	Rechunk     Name = "rechunk"

	Take     Name = "take"
	Pad      Name = "pad"
	Diagonal Name = "diagonal"
)

var shapes = []Op{
	{Name: Slice, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, required("key", Index)}, Doc: "x[start:stop:step, …], new axes and single indices",
		Note: "Slices move to the sources, which read only what is taken. Lists, and arrays of indices, are taken together as in NumPy, several of them too, which Dask does not have; " +
			"for an array of indices every block of the result looks at every chunk of the axes that it stands for. A mask takes indices and slices beside it; what it keeps has an unknown length, so that it meets no lists, " +
			"but the places where it is true, by nonzero and resolved, do."},
	{Name: Transpose, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, optional("axes", Ints)}, NumPy: []string{"transpose"},
		Doc: "the axes in another order, the reverse if none is given"},
	{Name: BroadcastTo, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, pShape}, Doc: "stretched to a shape"},
	{Name: ExpandDims, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, required("axis", Ints)}, Doc: "with axes of length 1 put in"},
	{Name: Squeeze, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, pAxis}, Doc: "without some axes of length 1, or all of them"},
	{Name: Reshape, Class: Reshaping, Arity: 1, Params: []Param{pX, pShape}, Doc: "the elements in C order under another shape",
		Note: "Any shape of as many elements does, also those for which Dask says NotImplementedError; axes that stay keep their chunks."},
	{Name: Concat, Class: Concatenation, Arity: -1, Params: []Param{required("arrays", Operands), {Name: "axis", Kind: Int, Optional: true}},
		NumPy: []string{"concatenate"}, Doc: "arrays one after the other along an axis, the first if none is given; all their elements if it is null"},
	{Name: Take, Class: Gathering, Arity: 1, Params: []Param{pX, required("indices", Ints), optional("axis", Int)},
		Doc:  "the elements at indices, in their order, along an axis or in C order",
		Note: "Chunks stay about as long as they were, whatever the indices. A list in an index stands for the points that NumPy means, also several lists together, for which Dask says NotImplementedError."},
	{Name: Pad, Class: Gathering, Arity: 1, Params: []Param{required("array", Operand), required("pad_width", Pairs), optional("mode", Text), optional("constant_values", Number)},
		Doc:  "with elements put before and after along axes",
		Note: "Widths may be beyond the axis in every mode; of a constant nothing is stored. Parts that are not looked at are not made."},
	{Name: Diagonal, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, optional("offset", Int), optional("axis1", Int), optional("axis2", Int)},
		Doc: "the elements whose indices along two axes differ by an offset"},
	{Name: Rechunk, Class: Regridding, Arity: 1, Params: []Param{pX, required("chunks", Chunks)}, Doc: "the same array in other chunks",
		Note: "It costs copying: what is not in memory goes through one spill file, not through tasks for each pair of chunks."},
}
