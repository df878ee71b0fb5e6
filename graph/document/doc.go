// Package document is the JSON form of expressions: what a graph saves itself
// as, what the command runs, and what programs in other languages send to it.
//
//	{"v": 1, "verb": "compute", "outputs": [2],
//	 "nodes": [
//	  {"id": 0, "op": "input", "in": [], "args": [], "kw": {}, "out": 0,
//	   "dtype": "float64", "shape": [2, 3], "chunks": [[1, 1], [3]], "nbytes": 48},
//	  {"id": 1, "op": "multiply", "in": [0], "args": [{"in": 0}, {"weak": "float", "v": "0x1.4p+1"}], "kw": {}, "out": 0},
//	  {"id": 2, "op": "sum", "in": [1], "args": [{"in": 0}], "kw": {"axis": [{"weak": "int", "v": "-1"}]}, "out": 0}]}
//
// The page docs/plan-document.md specifies it. [Decode] and [Encode] read and write
// the form, [Of] writes a graph as a document; package array/call makes arrays
// of one. A document says which operations are called with which arguments, by
// the names of the table of operations: whether there is such an operation and
// whether the arguments suit it is found there.
//
// Documents are not trusted: sizes are checked before anything is allocated,
// what is not part of the form is refused, and errors name the node.
package document
