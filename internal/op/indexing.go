package op

// Operations of indexing, of neighbourhoods and along axes, that are composed of
// others.
const (
	Coarsen           Name = "coarsen"
	ApplyGufunc       Name = "apply_gufunc"
	SetItem           Name = "setitem"
	Compress          Name = "compress"
	Extract           Name = "extract"
	Nonzero           Name = "nonzero"
	Flatnonzero       Name = "flatnonzero"
	Argwhere          Name = "argwhere"
	CumulativeSum     Name = "cumulative_sum"
	CumulativeProd    Name = "cumulative_prod"
	Nancumsum         Name = "nancumsum"
	Nancumprod        Name = "nancumprod"
	Topk              Name = "topk"
	Argtopk           Name = "argtopk"
	TakeAlongAxis     Name = "take_along_axis"
	Searchsorted      Name = "searchsorted"
	SlidingWindowView Name = "sliding_window_view"
)

var indexing = []Op{
	{Name: Coarsen, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "reduction", Kind: Text}, {Name: "factors", Kind: Ints}, {Name: "trim_excess", Kind: Bool, Optional: true}},
		Doc: "neighbouring elements reduced to one"},
	{Name: ApplyGufunc, Class: Composed, Arity: -1, Params: []Param{required("signature", Text), required("function", Callable), required("arrays", Operands)}, Doc: "a user's function of small arrays at every place of large ones, by a signature"},
	{Name: SetItem, Class: Composed, Arity: 2, Params: []Param{{Name: "x", Kind: Operand}, {Name: "key", Kind: Index}, {Name: "value", Kind: Operand}},
		Doc: "the array with other elements in the place of a part"},
	{Name: Compress, Class: Composed, Arity: 2, Params: []Param{{Name: "condition", Kind: Operand}, {Name: "a", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "the parts of an axis where a mask is true"},
	{Name: Extract, Class: Composed, Arity: 2, Params: []Param{{Name: "condition", Kind: Operand}, {Name: "arr", Kind: Operand}},
		Doc: "the elements where a mask is true, in C order"},
	{Name: Nonzero, Class: Composed, Arity: 1, Outputs: -1, Doc: "the indices of the elements that are not zero, for each axis"},
	{Name: Flatnonzero, Class: Composed, Arity: 1, Doc: "the numbers in C order of the elements that are not zero"},
	{Name: Argwhere, Class: Composed, Arity: 1, Doc: "a row of indices for each element that is not zero"},
	{Name: CumulativeSum, Class: Composed, Arity: 1, NumPy: []string{"cumsum"}, Params: cumulative, Doc: "the sums of an axis up to each element"},
	{Name: CumulativeProd, Class: Composed, Arity: 1, NumPy: []string{"cumprod"}, Params: cumulative, Doc: "the products of an axis up to each element"},
	{Name: Nancumsum, Class: Composed, Arity: 1, Params: cumulative, Doc: "cumulative_sum with NaN counted as 0"},
	{Name: Nancumprod, Class: Composed, Arity: 1, Params: cumulative, Doc: "cumulative_prod with NaN counted as 1"},
	{Name: Topk, Class: Composed, Arity: 1, Params: topk, Doc: "the k greatest elements of an axis, the greatest first, or the -k least"},
	{Name: Argtopk, Class: Composed, Arity: 1, Params: topk, Doc: "the indices of the k greatest elements of an axis, or of the -k least"},
	{Name: TakeAlongAxis, Class: Composed, Arity: 2, Params: []Param{{Name: "x", Kind: Operand}, {Name: "indices", Kind: Operand}, {Name: "axis", Kind: Int, Optional: true}},
		Doc: "the elements of an axis at indices that are given for every place"},
	{Name: Searchsorted, Class: Composed, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "side", Kind: Text, Optional: true}},
		Doc: "where elements would be put into a sorted array"},
	{Name: SlidingWindowView, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "window_shape", Kind: Ints}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc: "the windows of neighbouring elements, along new last axes"},
}

var (
	cumulative = []Param{pX, optional("axis", Ints), pDType, optional("include_initial", Bool)}
	topk       = []Param{pX, required("k", Int), optional("axis", Ints)}
)
