package op

// What the documentation and the command say of operations.

var classNames = map[Class]string{
	Input: "input", Elementwise: "elementwise", Reduction: "reduction", View: "view", Reshaping: "reshape",
	Concatenation: "concatenation", Regridding: "chunks", Function: "function",
	Gathering: "gathering", Blockwise: "blocks", Contraction: "product", Composed: "composed",
}

// String is the class in a word.
func (c Class) String() string { return classNames[c] }

var classPromises = map[Class]string{
	Input:         "The shape is as asked for, and so are the chunks, or about 16 MiB.",
	Elementwise:   "The shape is that of the operands, which broadcast. A block's boundaries are those of all operands together. Every element stays where it is, and nothing is copied: chains become one loop.",
	Reduction:     "Axes that are reduced go, or have length 1 and one block with keepdims; the others keep lengths and blocks. The order of additions depends on the chunks alone, not on workers, memory or luck.",
	View:          "Elements are renamed, not copied. Blocks follow their elements.",
	Reshaping:     "The order of the elements in C order stays. Axes that do not change keep their blocks; in the others a block is about as large as before.",
	Concatenation: "Blocks are those of the arrays one after the other, and along the other axes those of all of them together.",
	Regridding:    "Everything stays but the blocks.",
	Function:      "The function is called for every block, and says which blocks it gives.",
	Gathering:     "Elements are picked by indices, which are kept as runs where they follow each other. Axes that are not picked from keep their blocks; in the others a block is about as large as before, whatever the indices.",
	Blockwise:     "The axes that an operation does not go along keep lengths and blocks. Along its own it works on whole blocks side by side, and then with what the blocks before or around each have; the order of the elements stays but where sorting is asked for.",
	Contraction:   "Blocks are those of the operands along the axes that stay. The order of additions depends on the chunks alone, not on workers, memory or luck.",
}

// Keeps is what operations of the class keep of their operands: shape, blocks and
// order.
func (c Class) Keeps() string { return classPromises[c] }

// Kept is the class whose promise an operation keeps.
func (o *Op) Kept() Class {
	if o.Class == Composed {
		return o.Like
	}
	return o.Class
}

var kindNames = map[ParamKind]string{
	Operand: "array or number", Operands: "list of arrays", Int: "integer", Ints: "integer or list of integers", Float: "number", Bool: "bool",
	Callable: "function of Go", Maps: "list of axes with index maps", Text: "text", Type: "element type", Number: "scalar", Index: "index", Chunks: "chunks",
	Pairs: "integer, pair or list of pairs", Numbers: "number or list of numbers",
}

// String is what the parameter takes, in words.
func (k ParamKind) String() string { return kindNames[k] }
