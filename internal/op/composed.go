package op

// Composed operations are made of others when they are asked for: no node of a
// graph is one, and they cost what their parts cost.
const (
	Flip Name = "flip"
)

var composed = []Op{
	{Name: Flip, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc: "the elements of some axes, or of all, in reverse order"},
}
