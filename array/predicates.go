package array

import (
	"fmt"
	"math"
	"math/cmplx"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// What is asked of each element. The results are bools.

// Eq is a == b. Comparisons of integers with a Const that their type does not
// hold are exact.
func (a Array) Eq(b Array) Array { return elementwise(op.Equal, a, b) }

// Ne is a != b.
func (a Array) Ne(b Array) Array { return elementwise(op.NotEqual, a, b) }

// Lt is a < b.
func (a Array) Lt(b Array) Array { return elementwise(op.Less, a, b) }

// Le is a <= b.
func (a Array) Le(b Array) Array { return elementwise(op.LessEqual, a, b) }

// Gt is a > b.
func (a Array) Gt(b Array) Array { return elementwise(op.Greater, a, b) }

// Ge is a >= b.
func (a Array) Ge(b Array) Array { return elementwise(op.GreaterEqual, a, b) }

// And is whether a and b are both non-zero. NaN is not zero.
func (a Array) And(b Array) Array { return elementwise(op.LogicalAnd, a, b) }

// Or is whether a or b is non-zero.
func (a Array) Or(b Array) Array { return elementwise(op.LogicalOr, a, b) }

// Xor is whether one of a and b is non-zero and the other is not.
func (a Array) Xor(b Array) Array { return elementwise(op.LogicalXor, a, b) }

// Not is whether a is zero.
func (a Array) Not() Array { return elementwise(op.LogicalNot, a) }

// IsNaN is whether a, or a part of it, is NaN.
func (a Array) IsNaN() Array { return elementwise(op.Isnan, a) }

// IsInf is whether a, or a part of it, is infinite.
func (a Array) IsInf() Array { return elementwise(op.Isinf, a) }

// IsFinite is whether a is neither infinite nor NaN, nor is a part of it.
func (a Array) IsFinite() Array { return elementwise(op.Isfinite, a) }

// IsPosInf is whether a is positive infinity. Complex numbers are a TypeError.
func (a Array) IsPosInf() Array { return elementwise(op.Isposinf, a) }

// IsNegInf is whether a is negative infinity. Complex numbers are a TypeError.
func (a Array) IsNegInf() Array { return elementwise(op.Isneginf, a) }

// SignBit is whether a has a minus sign, as -0 has. Complex numbers are a
// TypeError.
func (a Array) SignBit() Array { return elementwise(op.Signbit, a) }

// CloseOption says what IsClose takes for close.
type CloseOption interface{ closeness(*closeness) }

type closeness struct {
	rtol, atol float64
	equalNaN   bool
}

type closeOption func(*closeness)

func (f closeOption) closeness(c *closeness) { f(c) }

// Rtol is the relative tolerance of IsClose, 1e-5 unless it is given.
func Rtol(v float64) CloseOption { return closeOption(func(c *closeness) { c.rtol = v }) }

// Atol is the absolute tolerance of IsClose, 1e-8 unless it is given.
func Atol(v float64) CloseOption { return closeOption(func(c *closeness) { c.atol = v }) }

// EqualNaN makes NaN close to NaN.
func EqualNaN() CloseOption { return closeOption(func(c *closeness) { c.equalNaN = true }) }

// IsClose is whether |a - b| <= atol + rtol*|b|, or a == b, as in NumPy: b is what
// a is measured by. Infinities are close to themselves alone, NaN to nothing
// unless EqualNaN is given. An integer b is taken as float64. A tolerance that
// is negative or NaN is a ValueError.
func (a Array) IsClose(b Array, opts ...CloseOption) Array {
	return composed(op.Isclose, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		within := closeness{rtol: 1e-5, atol: 1e-8}
		for _, o := range opts {
			if o != nil {
				o.closeness(&within)
			}
		}
		if !(within.rtol >= 0 && within.atol >= 0) {
			return c.fail(graph.ValueError, fmt.Errorf("the tolerances rtol=%v and atol=%v are 0 or more", within.rtol, within.atol))
		}
		x, y := in[0], c.floating(in[1])
		distance := c.do(op.Abs, c.do(op.Subtract, x, y))
		tolerance := c.tolerance(within, y)
		near := c.do(op.LogicalAnd, c.do(op.LessEqual, distance, tolerance), c.do(op.Isfinite, y))
		near = c.do(op.LogicalOr, near, c.do(op.Equal, x, y))
		if within.equalNaN {
			near = c.do(op.LogicalOr, near, c.do(op.LogicalAnd, c.do(op.Isnan, x), c.do(op.Isnan, y)))
		}
		return near
	})
}

// tolerance is atol + rtol*|y|: of a literal a literal, which gives way to the type
// of the distance it is compared with.
func (c *composer) tolerance(within closeness, y graph.Ref) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	if a, ok := y.Node.Attrs.(graph.FullAttrs); ok && a.Weak {
		switch v := a.Value.Value().(type) {
		case float64:
			return c.number(within.atol + float64(within.rtol*math.Abs(v)))
		case complex128:
			return c.number(within.atol + float64(within.rtol*cmplx.Abs(v)))
		}
	}
	return c.do(op.Add, c.number(within.atol), c.do(op.Multiply, c.number(within.rtol), c.do(op.Abs, y)))
}

// floating is in as floating point: integers and bools become float64, and
// literals stay literals.
func (c *composer) floating(in graph.Ref) graph.Ref {
	if c.err != nil || in.DType().Kind() >= dtype.KindFloat {
		return in
	}
	if a, ok := in.Node.Attrs.(graph.FullAttrs); ok && a.Weak {
		value, err := a.Value.Convert(dtype.Float64)
		if err != nil {
			return c.fail(graph.TypeError, err)
		}
		return c.keep(graph.Weak(c.at, value))
	}
	return c.cast(in, dtype.Float64)
}
