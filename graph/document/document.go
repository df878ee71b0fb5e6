package document

import (
	"gabion/block"
	"gabion/dtype"
)

// Limits of what Decode reads.
const (
	MaxBytes = 16 << 20 // of the JSON
	MaxNodes = 1 << 16
	maxWant  = 1 << 14 // outputs
	MaxAxes  = 64      // of an input, as in NumPy
	maxDepth = 16      // of lists within lists
	maxDigit = 4300    // of an integer, as in Python
)

// Verb is what is wanted of a document.
type Verb string

// The verbs.
const (
	Compute Verb = "compute" // the elements of the outputs
	Meta    Verb = "meta"    // their types and shapes
)

// Document is a plan: nodes, each of which refers to earlier ones only, and
// which of them are wanted.
type Document struct {
	Verb    Verb
	Outputs []int // positions of nodes
	Nodes   []Node
}

// The operations that only documents have, beside those of the table. A read is in
// the table.
const (
	OpInput = "input" // an array whose elements come with the document
	OpWrite = "write" // stores an array, and stands for it
)

// Node is one result of a call of an operation.
type Node struct {
	Op   string
	In   []int            // nodes that the arguments refer to
	Args []Value          // by position
	Kw   map[string]Value // by name
	Out  int              // which of several results

	Input *Input // of an input, nil of all others

	// Of nodes that make arrays, apart from those that read, and of others if
	// they are not those that the operation gives; the latter have both.
	Names []string         // of the axes; nil if there are none
	Attrs block.Attributes // nil if there are none
}

// Input is what a document says of an array whose elements come beside it:
// NBytes bytes in C order, little-endian.
type Input struct {
	DType  dtype.DType
	Shape  block.Shape
	Chunks block.Grid // nil if they are for the reader to choose
	NBytes int64
}

// Value is an argument: nil (also a new axis), string, dtype.DType, [In],
// [Slice], [Ellipsis], block.Grid (chunks), block.IndexMap, a scalar that gives way to the type
// of the arrays it meets (bool, *big.Int, float64 or complex128), or a list of
// these ([]Value).
type Value = any

// In is the entry of a node's In of this number: an array.
type In int

// Slice is start:stop:step of an index; nil is a number that is left out.
type Slice struct{ Start, Stop, Step *int }

// Ellipsis is all axes that the other items of an index leave.
type Ellipsis struct{}
