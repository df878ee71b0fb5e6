package op

import "slices"

// Composed operations are made of others when they are asked for: no node of a
// graph is one, and they cost what their parts cost.
const (
	Flip       Name = "flip"
	Ptp        Name = "ptp"
	Average    Name = "average"
	Moment     Name = "moment"
	Allclose   Name = "allclose"
	ArrayEqual Name = "array_equal"
)

var composed = []Op{
	{Name: Flip, Class: Composed, Arity: 1, Params: []Param{{Name: "x", Kind: Operand}, {Name: "axis", Kind: Ints, Optional: true}},
		Doc: "the elements of some axes, or of all, in reverse order"},

	{Name: Ptp, Class: Composed, Arity: 1, Params: reductionParams(), Doc: "the greatest element minus the least"},
	{Name: Average, Class: Composed, Arity: 2, Params: reductionWith(Param{Name: "weights", Kind: Operand, Optional: true}),
		Doc: "the mean of elements that count as much as their weights say"},
	{Name: Moment, Class: Composed, Arity: 1, Params: slices.Insert(reductionParams(), 1, Param{Name: "order", Kind: Int}),
		Doc: "the central moment of an order: the mean of (x - mean(x))^order"},
	{Name: Allclose, Class: Composed, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand},
		{Name: "rtol", Kind: Float, Optional: true}, {Name: "atol", Kind: Float, Optional: true}, {Name: "equal_nan", Kind: Bool, Optional: true}},
		Doc: "whether |a - b| <= atol + rtol*|b| everywhere, or a and b are the same infinity"},
	{Name: ArrayEqual, Class: Composed, Arity: 2, Params: []Param{{Name: "x1", Kind: Operand}, {Name: "x2", Kind: Operand},
		{Name: "equal_nan", Kind: Bool, Optional: true}}, Doc: "whether a and b have one shape and equal elements"},
}
