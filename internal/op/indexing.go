package op

// Operations of indexing, of neighbourhoods and along axes, that are composed of
// others.
const (
	Coarsen           Name = "coarsen"
	MapOverlap        Name = "map_overlap"
	ApplyGufunc       Name = "apply_gufunc"
	Oindex            Name = "oindex"
	SetItem           Name = "setitem"
	Compress          Name = "compress"
	Extract           Name = "extract"
	Nonzero           Name = "nonzero"
	Flatnonzero       Name = "flatnonzero"
	Argwhere          Name = "argwhere"
	CumulativeSum     Name = "cumulative_sum"
	CumulativeProd    Name = "cumulative_prod"
	Cumsum            Name = "cumsum"
	Cumprod           Name = "cumprod"
	Nancumsum         Name = "nancumsum"
	Nancumprod        Name = "nancumprod"
	Topk              Name = "topk"
	Argtopk           Name = "argtopk"
	TakeAlongAxis     Name = "take_along_axis"
	Searchsorted      Name = "searchsorted"
	SlidingWindowView Name = "sliding_window_view"
)

var indexing = []Op{
	{Name: Coarsen, Class: Composed, Like: Reduction, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "reduction", Kind: Text}, {Name: "factors", Kind: Ints}, {Name: "trim_excess", Kind: Bool, Optional: true}},
		Doc: "neighbouring elements reduced to one"},
	{Name: MapOverlap, Class: Composed, Like: Function, Arity: -1, Params: []Param{required("function", Callable), required("x", Operands), required("depth", Pairs), optional("boundary", Text), optional("boundary_value", Number)},
		Doc:  "a user's function of whole blocks and of what is around them; where it is registered under a name, map_blocks calls it",
		Note: "Memory for a block with what is around it and no more, and nothing is copied of blocks that are given as they are."},
	{Name: ApplyGufunc, Class: Composed, Like: Function, Arity: -1, Params: []Param{required("signature", Text), required("function", Callable), required("arrays", Operands)},
		Doc:  "a user's function of small arrays at every place of large ones, by a signature",
		Note: "Signatures as in NumPy: numbers are fixed lengths, cores may be empty, and ApplyGufuncs is for several results, which have one type. Optional axes are refused."},
	{Name: Oindex, Class: Composed, Like: Gathering, Arity: 1, Params: []Param{pX, required("key", Index)},
		Doc:  "getitem with each list, mask or array of indices taken along its own axis, as with np.ix_",
		Note: "NumPy has np.ix_ for lists alone; here slices, new axes and single indices stand beside them. Several masks may, each of which keeps an unknown length."},
	{Name: SetItem, Class: Composed, Like: Elementwise, Arity: 2, Params: []Param{{Name: "x", Kind: Operand}, {Name: "key", Kind: Index}, {Name: "value", Kind: Operand}},
		Doc: "the array with other elements in the place of a part",
		Note: "Arrays do not change: it gives another one. Lists set what NumPy sets, the last one where an index repeats; several lists together are there too, which Dask does not have. " +
			"A mask takes one value or one for each element that it keeps, with indices and slices along other axes: they are counted when it is computed, and another number is a ValueError then. " +
			"Masks meet no lists, arrays of indices set nothing."},
	{Name: Compress, Class: Composed, Like: Gathering, Arity: 2, Params: []Param{{Name: "condition", Kind: Operand}, {Name: "a", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}},
		Doc:  "the parts of an axis where a mask is true",
		Note: "How many elements there are is unknown until they are counted; computing counts them by itself, and lengths are whole numbers again. In Dask they stay NaN."},
	{Name: Extract, Class: Composed, Like: Gathering, Arity: 2, Params: []Param{{Name: "condition", Kind: Operand}, {Name: "arr", Kind: Operand}},
		Doc:  "the elements where a mask is true, in C order",
		Note: "In C order of the whole array, as in NumPy, whatever the chunks. Lengths as with compress."},
	{Name: Nonzero, Class: Composed, Like: Gathering, Arity: 1, Outputs: -1, Doc: "the indices of the elements that are not zero, for each axis",
		Note: "In C order of the whole array. Lengths as with compress."},
	{Name: Flatnonzero, Class: Composed, Like: Gathering, Arity: 1, Doc: "the numbers in C order of the elements that are not zero"},
	{Name: Argwhere, Class: Composed, Like: Gathering, Arity: 1, Doc: "a row of indices for each element that is not zero"},
	{Name: CumulativeSum, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "the sums of an axis up to each element; an array of several axes needs one",
		Note: "Floating-point sums are kept in float64 together with what each addition rounds off: errors do not grow along the axis. Chunks are added up side by side."},
	{Name: CumulativeProd, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "the products of an axis up to each element; an array of several axes needs one"},
	{Name: Cumsum, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "cumulative_sum, without an axis of all elements in C order"},
	{Name: Cumprod, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "cumulative_prod, without an axis of all elements in C order"},
	{Name: Nancumsum, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "cumsum with NaN counted as 0"},
	{Name: Nancumprod, Class: Composed, Like: Blockwise, Arity: 1, Params: cumulative, Doc: "cumprod with NaN counted as 1"},
	{Name: Topk, Class: Composed, Like: Blockwise, Arity: 1, Params: topk, Doc: "the k greatest elements of an axis, the greatest first, or the -k least",
		Note: "NaN is greater than any number, so that the greatest elements begin with it, as sort puts it last."},
	{Name: Argtopk, Class: Composed, Like: Blockwise, Arity: 1, Params: topk, Doc: "the indices of the k greatest elements of an axis, or of the -k least",
		Note: "Of equal elements the first come first."},
	{Name: TakeAlongAxis, Class: Composed, Like: Gathering, Arity: 2, Params: []Param{{Name: "x", Kind: Operand}, {Name: "indices", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "the elements of an axis at indices that are given for every place"},
	{Name: Searchsorted, Class: Composed, Like: Blockwise, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "side", Kind: Text, Optional: true}},
		Doc: "where elements would be put into a sorted array"},
	{Name: SlidingWindowView, Class: Composed, Like: Blockwise, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "window_shape", Kind: Ints}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc:  "the windows of neighbouring elements, along new last axes",
		Note: "A block needs its neighbourhood alone; windows are copied where they are computed with, a block at a time."},
}

var (
	cumulative = []Param{pX, optional("axis", Int), pDType, optional("include_initial", Bool)}
	topk       = []Param{pX, required("k", Int), optional("axis", Int)}
)
