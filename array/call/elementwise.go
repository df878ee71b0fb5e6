package call

import (
	"fmt"
	"math"
	"math/big"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// elementwise is an elementwise operation of the table, whose parameters are its
// operands.
func elementwise(a *arguments) array.Array {
	params := a.row.Signature()
	operands := make([]array.Array, len(params))
	wide := make([]*big.Int, len(params))
	kind := dtype.KindInvalid // of the operands that are arrays
	for i, p := range params {
		v := a.value(p.Name)
		if n, ok := integer(v); ok && !n.IsInt64() && !n.IsUint64() {
			wide[i] = n
			continue
		}
		operands[i] = a.operand(p.Name, v)
		if _, isArray := v.(array.Array); isArray {
			kind = max(kind, operands[i].DType().Kind())
		}
	}
	for i, n := range wide {
		if n != nil {
			operands[i] = a.made(array.Const(a.wide(params[i].Name, n, kind)))
		}
	}
	if a.err != nil {
		return array.Array{}
	}
	return array.Apply(string(a.row.Name), operands...)
}

// wide is an integer of more than 64 bits beside arrays of a kind. In arithmetic it
// is a floating-point number there and does not fit anything else; compared with
// integers it is as far away as infinity is.
func (a *arguments) wide(name string, n *big.Int, kind dtype.Kind) float64 {
	comparison := false
	switch a.row.Name {
	case op.Equal, op.NotEqual, op.Less, op.LessEqual, op.Greater, op.GreaterEqual:
		comparison = true
	}
	switch {
	case kind >= dtype.KindFloat:
		return a.real(name, n)
	case kind == dtype.KindInt && comparison:
		return math.Inf(n.Sign())
	}
	a.fail(graph.OverflowError, name, fmt.Errorf("%s does not fit any type of integers", described(n)))
	return 0
}

// reduction is a reduction of the table, along the axes that are given or all of
// them. With a dtype, elements are converted to it first and so is the result.
func reduction(a *arguments) array.Array {
	x := a.array("x")
	opts := a.reduceOptions(x)
	if a.takes("correction") {
		opts = append(opts, array.Correction(a.float("correction", 0)))
	}
	name := string(a.row.Name)
	if !a.takes("dtype") || !a.given("dtype") {
		return x.Reduce(name, opts...)
	}
	return x.Reduce(name, append(opts, array.DType(a.dtype("dtype", 0)))...)
}
