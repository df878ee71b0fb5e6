package array

import (
	"errors"
	"math"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Floor is the greatest integer not above a. As Ceil and Trunc it keeps the type
// of a; complex numbers are a TypeError.
func (a Array) Floor() Array { return elementwise(op.Floor, a) }

// Ceil is the least integer not below a.
func (a Array) Ceil() Array { return elementwise(op.Ceil, a) }

// Trunc is a without its fraction.
func (a Array) Trunc() Array { return elementwise(op.Trunc, a) }

// Rint is the integer nearest to a, the even one of two. Unlike Round it makes
// floating-point numbers of bools and integers, as Sqrt does.
func (a Array) Rint() Array { return elementwise(op.Rint, a) }

// Round is a rounded to a number of decimals, which is negative to round to tens
// and hundreds. Halves go to the even neighbour. The type stays, except that bools
// become float16, as in NumPy; of complex numbers each part is rounded. Floats
// are multiplied with a power of ten, rounded and divided, so that halves are
// what that makes of them, and the result overflows where the product does.
// Integers are rounded exactly and wrap; where their type does not hold the power
// of ten the result is 0.
func (a Array) Round(decimals int) Array {
	return composed(op.Round, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		decimals = max(-400, min(decimals, 400)) // beyond, powers of ten are infinite all the same
		switch kind := x.DType().Kind(); {
		case decimals == 0:
			return c.do(op.Round, x)
		case kind == dtype.KindBool:
			return c.fail(graph.TypeError, errors.New("bools have no decimals to round to; convert them first"))
		case kind == dtype.KindComplex:
			return c.do(op.Complex, c.decimals(c.do(op.Real, x), decimals), c.decimals(c.do(op.Imag, x), decimals))
		case kind == dtype.KindFloat:
			return c.decimals(x, decimals)
		case decimals > 0:
			return x
		}
		return c.tens(x, -decimals)
	})
}

// decimals is a floating-point array rounded to decimals.
func (c *composer) decimals(x graph.Ref, decimals int) graph.Ref {
	before, after := op.Multiply, op.Divide
	if decimals < 0 {
		decimals, before, after = -decimals, after, before
	}
	power := 1.0
	for i := 0; i < decimals && !math.IsInf(power, 0); i++ {
		power *= 10 // as NumPy has it, also where that is not exact
	}
	factor := c.number(power)
	return c.do(after, c.do(op.Round, c.do(before, x, factor)), factor)
}

// tens is an integer array rounded to multiples of 10 to the power of digits.
func (c *composer) tens(x graph.Ref, digits int) graph.Ref {
	power, fits := uint64(1), true
	for range digits {
		fits = fits && power <= math.MaxUint64/10
		power *= 10
	}
	typed := func(n uint64) (graph.Ref, error) {
		s, _ := dtype.ScalarOf(n)
		s, err := s.Convert(x.DType())
		if err != nil {
			return graph.Ref{}, err
		}
		return graph.Full(c.at, nil, s)
	}
	ten, err := typed(power)
	if err != nil || !fits {
		return c.do(op.Subtract, x, x)
	}
	rest := c.do(op.Remainder, x, ten)
	odd := c.do(op.BitwiseAnd, c.do(op.FloorDivide, x, ten), c.number(1))
	half, zero := c.keep(typed(power/2)), c.keep(typed(0))
	up := c.do(op.LogicalOr, c.do(op.Greater, rest, half), c.do(op.LogicalAnd, c.do(op.Equal, rest, half), odd))
	return c.do(op.Add, c.do(op.Subtract, x, rest), c.do(op.Where, up, ten, zero))
}

// Clip is minimum(maximum(a, low), high): a with nothing below low and nothing
// above high, high where low is above it, and NaN where any is NaN. The type is
// the common one. An integer Const that the type of integers a does not hold
// binds nothing if it is on its side of them, else it is an OverflowError.
// ClipMin and ClipMax have one bound.
func (a Array) Clip(low, high Array) Array {
	return composed(op.Clip, []Array{a, low, high}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.keep(graph.Clip(c.at, in[0], in[1], in[2]))
	})
}

// ClipMin is a with nothing below low, as Clip has it: clip(a, min=low).
func (a Array) ClipMin(low Array) Array {
	return composed(op.Clip, []Array{a, low}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.keep(graph.Clip(c.at, in[0], in[1], graph.Ref{}))
	})
}

// ClipMax is a with nothing above high, as Clip has it: clip(a, max=high).
func (a Array) ClipMax(high Array) Array {
	return composed(op.Clip, []Array{a, high}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.keep(graph.Clip(c.at, in[0], graph.Ref{}, in[1]))
	})
}

// NaNOption says what NanToNum puts in the place of what is not a number.
type NaNOption interface{ replacement(*replacements) }

type replacements struct{ nan, posInf, negInf *float64 }

type nanOption func(*replacements)

func (f nanOption) replacement(r *replacements) { f(r) }

// ReplaceNaN is what NanToNum puts in the place of NaN, 0 unless it is given.
func ReplaceNaN(v float64) NaNOption { return nanOption(func(r *replacements) { r.nan = &v }) }

// ReplacePosInf is what NanToNum puts in the place of positive infinity, the
// greatest number of the type unless it is given.
func ReplacePosInf(v float64) NaNOption { return nanOption(func(r *replacements) { r.posInf = &v }) }

// ReplaceNegInf is what NanToNum puts in the place of negative infinity, the
// least number of the type unless it is given.
func ReplaceNegInf(v float64) NaNOption { return nanOption(func(r *replacements) { r.negInf = &v }) }

// NanToNum is a with numbers in the place of NaN and infinities, each part of its
// own in complex numbers. The type stays; integers and bools have nothing to
// replace.
func (a Array) NanToNum(opts ...NaNOption) Array {
	return composed(op.NanToNum, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		var r replacements
		for _, o := range opts {
			if o != nil {
				o.replacement(&r)
			}
		}
		x := in[0]
		switch x.DType().Kind() {
		case dtype.KindFloat:
			return c.numbers(x, r)
		case dtype.KindComplex:
			return c.do(op.Complex, c.numbers(c.do(op.Real, x), r), c.numbers(c.do(op.Imag, x), r))
		}
		return x
	})
}

// numbers is a floating-point array with replacements.
func (c *composer) numbers(x graph.Ref, r replacements) graph.Ref {
	if c.err != nil {
		return x
	}
	least, greatest, _ := dtype.Limits(x.DType())
	put := func(name op.Name, given *float64, otherwise dtype.Scalar, rest graph.Ref) graph.Ref {
		number := c.keep(graph.Full(c.at, nil, otherwise))
		if given != nil {
			number = c.number(*given)
		}
		return c.do(op.Where, c.do(name, x), number, rest)
	}
	zero, _ := dtype.ScalarOf(0.0)
	zero, _ = zero.Convert(x.DType())
	return put(op.Isneginf, r.negInf, least, put(op.Isposinf, r.posInf, greatest, put(op.Isnan, r.nan, zero, x)))
}
