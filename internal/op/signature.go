package op

// Param is a parameter of an operation, by the name that the Python Array API
// standard or NumPy gives it.
type Param struct {
	Name     string
	Kind     ParamKind
	Optional bool
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
)

// Signature is the operation's parameters in order. Rows of one array, or of
// operands alone, need not list them.
func (o *Op) Signature() []Param {
	switch {
	case o.Params != nil:
		return o.Params
	case o.Class == Reduction:
		return reductionParams()
	case o.Arity == 1:
		return []Param{{Name: "x", Kind: Operand}}
	case o.Arity == 2:
		return []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}}
	}
	return nil
}

// reductionParams are the parameters that every reduction has.
func reductionParams() []Param {
	return []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Ints, Optional: true}, {Name: "keepdims", Kind: Bool, Optional: true}}
}
