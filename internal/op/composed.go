package op

// Composed operations are made of others when they are asked for: no node of a
// graph is one, and they cost what their parts cost.
const (
	Flip   Name = "flip"
	Divmod Name = "divmod"
)

var composed = []Op{
	{Name: Flip, Class: Composed, Arity: 1, Params: []Param{pX, pAxis},
		Doc: "the elements of some axes, or of all, in reverse order"},
	{Name: Divmod, Class: Composed, Arity: 2, Outputs: 2, Doc: "floor_divide(x1, x2) and remainder(x1, x2)"},
}
