// Package call calls operations on arrays by name, with arguments that are data:
// for parsers of expressions and readers of documents.
//
//	sums, err := call.Invoke("sum", []call.Arg{x}, map[string]call.Arg{"axis": 0, "keepdims": true})
//
// The operations are those of the table of internal/op, under their own names
// or NumPy's, with the parameters that the table lists; table.go says with which
// function of package array each is made. [Evaluate] makes the arrays of a document
// (package graph/document).
//
// Mistakes are *graph.Error. What does not fit the parameters is a TypeError, as in
// Python: a parameter that there is not, one that is given twice or missing, and a
// value of another kind; an operation that there is not is a NotImplementedError.
package call
