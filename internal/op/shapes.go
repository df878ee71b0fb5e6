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
)

var shapes = []Op{
	{Name: Slice, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, required("key", Index)}, Doc: "x[start:stop:step, …], new axes and single indices",
		Note: "Slices move to the sources, which read only what is taken."},
	{Name: Transpose, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, optional("axes", Ints)}, NumPy: []string{"transpose"},
		Doc: "the axes in another order, the reverse if none is given"},
	{Name: BroadcastTo, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, pShape}, Doc: "stretched to a shape"},
	{Name: ExpandDims, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, required("axis", Ints)}, Doc: "with axes of length 1 put in"},
	{Name: Squeeze, Class: View, Arity: 1, Cheap: true, Params: []Param{pX, pAxis}, Doc: "without some axes of length 1, or all of them"},
	{Name: Reshape, Class: Reshaping, Arity: 1, Params: []Param{pX, pShape}, Doc: "the elements in C order under another shape",
		Note: "Any shape of as many elements does, also those for which Dask says NotImplementedError; axes that stay keep their chunks."},
	{Name: Concat, Class: Concatenation, Arity: -1, Params: []Param{required("arrays", Operands), {Name: "axis", Kind: Int, Optional: true}},
		NumPy: []string{"concatenate"}, Doc: "arrays one after the other along an axis, the first if none is given; all their elements if it is null"},
	{Name: Rechunk, Class: Regridding, Arity: 1, Params: []Param{pX, required("chunks", Chunks)}, Doc: "the same array in other chunks",
		Note: "It costs copying: what is not in memory goes through one spill file, not through tasks for each pair of chunks."},
}
