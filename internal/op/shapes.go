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
	{Name: Slice, Class: View, Arity: 1, Cheap: true, Doc: "x[start:stop:step, …], new axes and single indices"},
	{Name: Transpose, Class: View, Arity: 1, Cheap: true, NumPy: []string{"transpose"}, Doc: "the axes in another order"},
	{Name: BroadcastTo, Class: View, Arity: 1, Cheap: true, Doc: "stretched to a shape"},
	{Name: ExpandDims, Class: View, Arity: 1, Cheap: true, Doc: "with an axis of length 1 put in"},
	{Name: Squeeze, Class: View, Arity: 1, Cheap: true, Doc: "without some axes of length 1"},
	{Name: Reshape, Class: Reshaping, Arity: 1, Doc: "the elements in C order under another shape"},
	{Name: Concat, Class: Concatenation, Arity: -1, NumPy: []string{"concatenate"}, Doc: "arrays one after the other along an axis"},
	{Name: Take, Class: Gathering, Arity: 1, Doc: "the elements at lists of indices",
		Params: []Param{{Name: "x", Kind: Operand}, {Name: "indices", Kind: Ints}, {Name: "axis", Kind: Int, Optional: true}}},
	{Name: Pad, Class: Gathering, Arity: 1, Doc: "with elements put before and after along axes",
		Params: []Param{{Name: "array", Kind: Operand}, {Name: "pad_width", Kind: Pairs}, {Name: "mode", Kind: Text, Optional: true}, {Name: "constant_values", Kind: Number, Optional: true}}},
	{Name: Rechunk, Class: Regridding, Arity: 1, Doc: "the same array in other chunks"},
	{Name: Diagonal, Class: View, Arity: 1, Cheap: true, Params: []Param{{Name: "x", Kind: Operand}, {Name: "offset", Kind: Int, Optional: true},
		{Name: "axis1", Kind: Int, Optional: true}, {Name: "axis2", Kind: Int, Optional: true}}, Doc: "the elements whose indices along two axes differ by an offset"},
}
