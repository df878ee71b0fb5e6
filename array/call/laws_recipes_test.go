package call

import (
	"maps"
	"slices"

	"gabion/array"
	"gabion/internal/op"
)

// recipe is a call of an operation with operands of any type, shape and chunks.
type recipe struct {
	args func(in *inputs) []Arg
	kw   kw

	// rounds: floating-point results depend on the order in which elements are
	// added or multiplied, which is that of the chunks.
	rounds bool

	// short: the first axis of large arrays is no longer than lists may be.
	short bool

	// inGo takes the place of args where documents cannot make the call.
	inGo func(in *inputs) array.Array
}

// call makes the arrays of the recipe for an operation.
func (c recipe) call(row *op.Op, in inputs) ([]array.Array, error) {
	in.tame = c.rounds
	if c.inGo != nil {
		x := c.inGo(&in)
		return []array.Array{x}, x.Err()
	}
	return Invoke(string(row.Name), c.args(&in), c.kw)
}

// recipesOf are the recipes of an operation; nothing for one without.
func recipesOf(row *op.Op) []recipe {
	list := slices.Clone(recipes[row.Name])
	switch {
	case len(list) > 0:
	case row.Class == op.Elementwise && row.Types != nil:
		list = append(list, recipe{args: func(in *inputs) []Arg { return operands(in, row.Arity) }})
	case row.Class == op.Reduction:
		rounds := slices.Contains([]op.Name{op.Sum, op.Prod, op.Mean, op.Var, op.Std}, row.Plain())
		for _, more := range []kw{nil, {"axis": 0}, {"axis": -1, "keepdims": true}} {
			list = append(list, recipe{args: one, kw: more, rounds: rounds})
		}
	}
	return list
}

// operands are arrays that broadcast: the second does not have the first axis.
func operands(in *inputs, arity int) []Arg {
	list := []Arg{in.x()}
	for len(list) < arity {
		if len(list) == 1 && len(in.shape) > 0 {
			list = append(list, in.of(in.d, in.shape[1:]...))
		} else {
			list = append(list, in.x())
		}
	}
	return list
}

// The arguments of many operations.
func one(in *inputs) []Arg     { return []Arg{in.x()} }
func two(in *inputs) []Arg     { return []Arg{in.x(), in.x()} }
func listed(in *inputs) []Arg  { return []Arg{[]Arg{in.x(), in.x(), in.x()}} }
func facing(in *inputs) []Arg  { return []Arg{in.x(), in.reversed()} }
func vectors(in *inputs) []Arg { return []Arg{in.along(0), in.along(1)} }

// with are arrays followed by arguments of other kinds.
func with(more ...Arg) func(in *inputs) []Arg {
	return func(in *inputs) []Arg { return append([]Arg{in.x()}, more...) }
}

// drawn are arguments of a distribution, whose numbers are of the type.
func drawn(parameters ...Arg) recipe {
	return recipe{args: func(in *inputs) []Arg {
		return slices.Concat([]Arg{args(in.shape...), 7}, parameters, []Arg{3, in.d, in.chunks(in.shape...)})
	}}
}

// some are indices of an axis of a length, from both ends and in no order.
func some(length int) []Arg {
	list := []Arg{}
	for i := range min(length+2, 200) {
		if length > 0 {
			list = append(list, (i*7)%(2*length)-length)
		}
	}
	return list
}

// recipes are calls of the operations that are neither elementwise nor reductions.
var recipes = joinedRecipes(madeRecipes, shapingRecipes, pickingRecipes, alongRecipes, productRecipes, goRecipes)

func joinedRecipes(tables ...map[op.Name][]recipe) map[op.Name][]recipe {
	all := make(map[op.Name][]recipe)
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}
