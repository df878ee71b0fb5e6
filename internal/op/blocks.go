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
	BlockTakeAlong Name = "block_take_along_axis"
	BlockSearch    Name = "block_searchsorted"
	BlockWindows   Name = "block_sliding_windows"
)

var blocks = []Op{
	{Name: BlockSum, Class: Blockwise, Arity: 1, Doc: "the sum of each block along an axis"},
	{Name: BlockProd, Class: Blockwise, Arity: 1, Doc: "the product of each block along an axis"},
	{Name: BlockCumsum, Class: Blockwise, Arity: 2, Doc: "cumulative sums of each block along an axis, from a start on"},
	{Name: BlockCumprod, Class: Blockwise, Arity: 2, Doc: "cumulative products of each block along an axis, from a start on"},
	{Name: BlockTopk, Class: Blockwise, Arity: 1, Doc: "the greatest or least elements of each block along an axis, sorted"},
	{Name: BlockArgtopk, Class: Blockwise, Arity: 2, Doc: "the indices that stand beside the greatest or least elements of each block"},
	{Name: BlockCompress, Class: Blockwise, Arity: 2, Doc: "the elements of each block along an axis where a mask is true"},
	{Name: BlockTakeAlong, Class: Blockwise, Arity: 2, Doc: "the elements of an axis, which is one block, at indices for every place"},
	{Name: BlockSearch, Class: Blockwise, Arity: 2, Doc: "where elements would be put into a sorted array, which is one block"},
	{Name: BlockWindows, Class: Blockwise, Arity: 1, Doc: "the windows of neighbouring elements that begin in each block"},
}
