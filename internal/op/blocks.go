package op

// The operations on whole blocks. Others are composed of them: those that need
// more than one block know how the blocks' results go together.
const (
	BlockSum       Name = "block_sum"
	BlockProd      Name = "block_prod"
	BlockCumsum    Name = "block_cumulative_sum"
	BlockCumprod   Name = "block_cumulative_prod"
	BlockTopk      Name = "block_topk"
	BlockArgtopk   Name = "block_argtopk"
	BlockCompress  Name = "block_compress"
	BlockShare     Name = "block_share"
	BlockPlace     Name = "block_place"
	BlockTakeAlong Name = "block_take_along_axis"
	BlockSearch    Name = "block_searchsorted"
	BlockWindows   Name = "block_sliding_windows"
)

// The general forms of operations that pick and that multiply: any of them, with
// the chunks that its result has.
const (
	Gather   Name = "gather"
	Contract Name = "contract"
)

var blocks = []Op{
	{Name: BlockSum, Class: Blockwise, Arity: 1, Internal: true, Params: ofBlocks(pX), Doc: "the sum of each block along an axis"},
	{Name: BlockProd, Class: Blockwise, Arity: 1, Internal: true, Params: ofBlocks(pX), Doc: "the product of each block along an axis"},
	{Name: BlockCumsum, Class: Blockwise, Arity: 2, Internal: true, Params: ofBlocks(pX, pStart), Doc: "cumulative sums of each block along an axis, from a start on"},
	{Name: BlockCumprod, Class: Blockwise, Arity: 2, Internal: true, Params: ofBlocks(pX, pStart), Doc: "cumulative products of each block along an axis, from a start on"},
	{Name: BlockTopk, Class: Blockwise, Arity: 1, Internal: true, Params: ofBlocks(pX, required("k", Int)),
		Doc: "the greatest or least elements of each block along an axis, sorted"},
	{Name: BlockArgtopk, Class: Blockwise, Arity: 2, Internal: true, Params: ofBlocks(pX, required("indices", Operand), required("k", Int)),
		Doc: "the indices that stand beside the greatest or least elements of each block"},
	{Name: BlockCompress, Class: Blockwise, Arity: 2, Internal: true, Params: append(ofBlocks(pX, required("mask", Operand)), pChunks),
		Doc: "the elements of each block along an axis where a mask is true, as many as chunks say if they are counted"},
	{Name: BlockShare, Class: Blockwise, Arity: 2, Internal: true, Params: ofBlocks(pX, required("mask", Operand)),
		Doc: "elements along an axis shared out to the blocks of a mask, to each as many as it is true there"},
	{Name: BlockPlace, Class: Blockwise, Arity: 3, Internal: true, Params: ofBlocks(pX, required("mask", Operand), required("values", Operand)),
		Doc: "each block with values, one after the other along an axis, where a mask is true"},
	{Name: BlockTakeAlong, Class: Blockwise, Arity: 2, Internal: true, Params: ofBlocks(pX, required("indices", Operand)),
		Doc: "the elements of an axis, which comes last, at indices for every place: of each of its blocks, or the least element where it is in another"},
	{Name: BlockSearch, Class: Blockwise, Arity: 2, Internal: true, Params: []Param{pX, required("values", Operand), optional("right", Bool)},
		Doc: "where elements would be put into each block of a sorted array along the last axis"},
	{Name: BlockWindows, Class: Blockwise, Arity: 1, Internal: true, Params: []Param{pX, required("window_shape", Ints), required("axis", Ints)},
		Doc: "the windows of neighbouring elements that begin in each block, along the last axes"},

	{Name: Gather, Class: Gathering, Arity: 1, Internal: true, Params: []Param{pX, required("axes", Maps), required("chunks", Chunks), optional("fill", Number)},
		Doc: "elements picked by index maps along axes"},
	{Name: Contract, Class: Contraction, Arity: 2, Types: promoted, Internal: true,
		Params: []Param{required("x1", Operand), required("x2", Operand), required("axes1", Ints), required("axes2", Ints), required("kept", Int), required("chunks", Chunks), optional("conj", Bool)},
		Doc:    "the sum of products over the axes of a common space that are not kept"},
}

var pStart = required("start", Operand)

// ofBlocks is the parameters of an operation on whole blocks along an axis.
func ofBlocks(params ...Param) []Param { return append(params, required("axis", Int)) }
