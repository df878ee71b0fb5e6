package op

// Composed operations are made of others when they are asked for: no node of a
// graph is one, and they cost what their parts cost.
const (
	Flip     Name = "flip"
	NanToNum Name = "nan_to_num"
	Isclose  Name = "isclose"
)

var composed = []Op{
	{Name: Flip, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc: "the elements of some axes, or of all, in reverse order"},
	{Name: NanToNum, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "nan", Kind: Number, Optional: true},
		{Name: "posinf", Kind: Number, Optional: true}, {Name: "neginf", Kind: Number, Optional: true}},
		Doc: "numbers in the place of NaN and infinities: 0 and the ends of the type unless others are given"},
	{Name: Isclose, Class: Composed, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand}, {Name: "rtol", Kind: Number, Optional: true},
		{Name: "atol", Kind: Number, Optional: true}, {Name: "equal_nan", Kind: Bool, Optional: true}},
		Doc: "whether |x1 - x2| is at most atol + rtol*|x2|"},
}
