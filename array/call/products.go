package call

import (
	"errors"
	"fmt"

	"gabion/array"
	"gabion/graph"
	"gabion/internal/op"
)

// products are the products of matrices and their like.
var products = map[op.Name]func(a *arguments) array.Array{
	op.Matmul: product(array.Array.MatMul),
	op.Dot:    product(array.Array.Dot),
	op.Inner:  product(array.Array.Inner),
	op.Vdot:   product(array.Array.VDot),
	op.Outer:  product(array.Array.Outer),
	op.Vecdot: func(a *arguments) array.Array {
		x := a.array("x1")
		return array.VecDot(x, a.array("x2"), a.axisOf("axis", x, -1))
	},
	op.Tensordot:  tensordot,
	op.Einsum:     func(a *arguments) array.Array { return array.Einsum(a.text("subscripts"), a.arrays("operands")...) },
	op.VectorNorm: norm(array.Array.VectorNorm),
	op.MatrixNorm: norm(array.Array.MatrixNorm),
	op.Norm:       norm(array.Array.Norm),
}

func product(f func(x, y array.Array) array.Array) func(a *arguments) array.Array {
	return func(a *arguments) array.Array { return f(a.array("x1"), a.array("x2")) }
}

// tensordot sums over a number of axes, 2 if none is given, or over axes of each
// array: two axes or two lists of them.
func tensordot(a *arguments) array.Array {
	x, y := a.array("x1"), a.array("x2")
	list, ok := a.value("axes").([]Arg)
	if !ok {
		return array.Tensordot(x, y, a.int("axes", 2))
	}
	if len(list) != 2 {
		a.fail(graph.ValueError, "axes", fmt.Errorf("they are a number, or axes of both arrays, not a list of %d", len(list)))
		return x
	}
	return array.TensordotAxes(x, y, a.axesIn("axes", list[0], x), a.axesIn("axes", list[1], y))
}

func norm(f func(array.Array, ...array.ReduceOption) array.Array) func(a *arguments) array.Array {
	return func(a *arguments) array.Array {
		x := a.array("x")
		opts := a.reduceOptions(x)
		if text, ok := a.value("ord").(string); ok {
			if !a.frobenius(x, text) {
				return x
			}
		} else if a.given("ord") {
			opts = append(opts, array.Ord(a.float("ord", 2)))
		}
		return f(x, opts...)
	}
}

// frobenius reports whether text is the order of Frobenius's norm of matrices, which
// is theirs without an order; everything else is a mistake.
func (a *arguments) frobenius(x array.Array, text string) bool {
	axes := x.Rank()
	if a.given("axis") {
		axes = len(a.axes("axis", x))
	} else if a.row.Name == op.MatrixNorm {
		axes = 2
	}
	var err error
	switch {
	case text == "nuc":
		err = errors.New("the nuclear norm needs singular values, and no operation gives these")
	case text != "fro":
		err = fmt.Errorf(`there is no order %q; there are numbers, inf, -inf and, of matrices, "fro"`, shortened(text))
	case axes != 2 || a.row.Name == op.VectorNorm:
		err = fmt.Errorf(`the order "fro" is of matrices, which have two axes, not %d`, axes)
	}
	if err != nil {
		a.fail(graph.ValueError, "ord", err)
	}
	return err == nil
}
