package op

import (
	"slices"
	"strings"
)

// Param is a parameter of an operation, by the name that the Python Array API
// standard or NumPy gives it.
type Param struct {
	Name     string
	Kind     ParamKind
	Optional bool
	NumPy    string // what NumPy calls it, if that is another name
	Variadic bool   // whether what is given from here on may be its list, as in f(a, b) for f([a, b])
}

// ParamKind says what a parameter takes.
type ParamKind uint8

// The kinds of parameters.
const (
	Operand  ParamKind = iota + 1 // an array or a number
	Operands                      // a list of arrays
	Int
	Ints // an integer or a list of them, such as axes or a shape
	Float
	Bool
	Text
	Type    // an element type
	Number  // a scalar of any type
	Index   // what is taken of each axis
	Chunks  // a specification of chunks
	Pairs   // an integer, a pair, or a list of pairs, such as pad widths
	Numbers // a list of floating-point numbers

	Callable // a function of Go
	Maps     // for each axis of a result, which indices of which axes stand there
)

// required and optional are parameters of rows of the table.
func required(name string, kind ParamKind) Param { return Param{Name: name, Kind: kind} }
func optional(name string, kind ParamKind) Param {
	return Param{Name: name, Kind: kind, Optional: true}
}

// variadic is a list of arrays whose arrays may be arguments of their own.
func variadic(name string) Param { return Param{Name: name, Kind: Operands, Variadic: true} }

// Parameters that many operations have.
var (
	pX          = required("x", Operand)
	pAxis       = optional("axis", Ints)
	pKeepdims   = optional("keepdims", Bool)
	pCorrection = Param{Name: "correction", Kind: Float, Optional: true, NumPy: "ddof"}
	pShape      = required("shape", Ints)
	pDType      = optional("dtype", Type)
	pChunks     = optional("chunks", Chunks) // of an array that is made; about 16 MiB if left out
)

// Signature is the operation's parameters in order. Rows of one array, or of
// operands alone, need not list them.
func (o *Op) Signature() []Param {
	switch {
	case o.Params != nil:
		return o.Params
	case o.Class == Reduction:
		return []Param{pX, pAxis, pKeepdims}
	case o.Arity == 1:
		return []Param{pX}
	case o.Arity == 2:
		return []Param{required("x1", Operand), required("x2", Operand)}
	}
	return nil
}

// InGoAlone reports whether the operation takes a function of Go, which neither
// expressions nor documents have.
func (o *Op) InGoAlone() bool {
	return slices.ContainsFunc(o.Signature(), func(p Param) bool { return p.Kind == Callable })
}

// TakesArrays reports whether the operation is about operands. Others make arrays.
func (o *Op) TakesArrays() bool {
	return o.Class != Input && slices.ContainsFunc(o.Signature(), func(p Param) bool { return p.Kind == Operand || p.Kind == Operands })
}

// Call is how the operation is called: sum(x, axis=…, dtype=…, keepdims=…).
// What is followed by =… may be left out.
func (o *Op) Call() string {
	var parts []string
	for _, p := range o.Signature() {
		if p.Optional {
			p.Name += "=…"
		}
		parts = append(parts, p.Name)
	}
	return string(o.Name) + "(" + strings.Join(parts, ", ") + ")"
}
