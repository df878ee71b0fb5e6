package kernel

import (
	"math"
	"math/big"
	"math/cmplx"

	"gabion/dtype"
	"gabion/internal/op"
)

// reference is what an operation makes of one element of each operand, before
// it is rounded to the type of the result.
func reference(name op.Name, out dtype.DType, args []any) any {
	switch x := args[0].(type) {
	case bool:
		if name == op.Where {
			if x {
				return args[1]
			}
			return args[2]
		}
		return referenceBool(name, x, len(args) > 1 && args[1].(bool), len(args) > 2 && args[2].(bool))
	case *big.Int:
		y, z := new(big.Int), new(big.Int)
		if len(args) > 1 {
			y = args[1].(*big.Int)
		}
		if len(args) > 2 {
			z = args[2].(*big.Int)
		}
		return referenceInteger(name, x, y, z)
	case float64:
		y, z := math.NaN(), math.NaN()
		if len(args) > 1 {
			y = args[1].(float64)
		}
		if len(args) > 2 {
			z = args[2].(float64)
		}
		return referenceFloat(name, out, x, y, z)
	case complex128:
		y, z := cmplx.NaN(), cmplx.NaN()
		if len(args) > 1 {
			y = args[1].(complex128)
		}
		if len(args) > 2 {
			z = args[2].(complex128)
		}
		return referenceComplex(name, x, y, z)
	}
	panic("no reference for " + name)
}

func referenceBool(name op.Name, x, y, z bool) any {
	switch name {
	case op.Add, op.Maximum, op.Fmax, op.LogicalOr, op.BitwiseOr:
		return x || y
	case op.Multiply, op.Minimum, op.Fmin, op.LogicalAnd, op.BitwiseAnd:
		return x && y
	case op.LogicalNot, op.BitwiseInvert:
		return !x
	case op.Abs, op.Real, op.Floor, op.Ceil, op.Trunc:
		return x
	case op.Clip:
		return (x || y) && z
	case op.Isnan, op.Isinf, op.Isposinf, op.Isneginf, op.Signbit, op.Imag:
		return false
	case op.Isfinite:
		return true
	case op.Equal:
		return x == y
	case op.NotEqual, op.LogicalXor, op.BitwiseXor:
		return x != y
	case op.Less:
		return !x && y
	case op.LessEqual:
		return !x || y
	case op.Greater:
		return x && !y
	case op.GreaterEqual:
		return x || !y
	}
	panic("no reference for " + name)
}

// floorDivmod of big integers, with 0 for a zero divisor.
func floorDivmod(x, y *big.Int) (q, r *big.Int) {
	q, r = new(big.Int), new(big.Int)
	if y.Sign() == 0 {
		return q, r
	}
	q.QuoRem(x, y, r)
	if r.Sign() != 0 && r.Sign() != y.Sign() {
		q.Sub(q, big.NewInt(1))
		r.Add(r, y)
	}
	return q, r
}

func least(x, y *big.Int) *big.Int {
	if x.Cmp(y) < 0 {
		return x
	}
	return y
}

func greatest(x, y *big.Int) *big.Int {
	if x.Cmp(y) > 0 {
		return x
	}
	return y
}

func referenceInteger(name op.Name, x, y, limit *big.Int) any {
	z := new(big.Int)
	// Counts of shifts beyond 64 are all alike.
	count := uint(64)
	if y.Sign() >= 0 && y.Cmp(big.NewInt(64)) < 0 {
		count = uint(y.Int64())
	}
	switch name {
	case op.Add:
		return z.Add(x, y)
	case op.Subtract:
		return z.Sub(x, y)
	case op.Multiply:
		return z.Mul(x, y)
	case op.Square:
		return z.Mul(x, x)
	case op.FloorDivide:
		q, _ := floorDivmod(x, y)
		return q
	case op.Remainder:
		_, r := floorDivmod(x, y)
		return r
	case op.Fmod:
		if y.Sign() == 0 {
			return z
		}
		return z.Rem(x, y)
	case op.Reciprocal:
		if x.Sign() == 0 {
			return z
		}
		return z.Quo(big.NewInt(1), x)
	case op.Pow:
		if y.Sign() < 0 {
			return z
		}
		return z.Exp(x, y, new(big.Int).Lsh(big.NewInt(1), 64))
	case op.Negative:
		return z.Neg(x)
	case op.Abs:
		return z.Abs(x)
	case op.Positive, op.Real, op.Conj, op.Floor, op.Ceil, op.Trunc, op.Round:
		return x
	case op.Imag:
		return z
	case op.Sign:
		return z.SetInt64(int64(x.Sign()))
	case op.Minimum, op.Fmin:
		return least(x, y)
	case op.Maximum, op.Fmax:
		return greatest(x, y)
	case op.Clip:
		return least(greatest(x, y), limit)
	case op.BitwiseAnd:
		return z.And(x, y)
	case op.BitwiseOr:
		return z.Or(x, y)
	case op.BitwiseXor:
		return z.Xor(x, y)
	case op.BitwiseInvert:
		return z.Not(x)
	case op.BitwiseLeftShift:
		return z.Lsh(x, count)
	case op.BitwiseRightShift:
		return z.Rsh(x, count)
	case op.Isnan, op.Isinf, op.Isposinf, op.Isneginf:
		return false
	case op.Isfinite:
		return true
	case op.Signbit:
		return x.Sign() < 0
	case op.Equal:
		return x.Cmp(y) == 0
	case op.NotEqual:
		return x.Cmp(y) != 0
	case op.Less:
		return x.Cmp(y) < 0
	case op.LessEqual:
		return x.Cmp(y) <= 0
	case op.Greater:
		return x.Cmp(y) > 0
	case op.GreaterEqual:
		return x.Cmp(y) >= 0
	}
	panic("no reference for " + name)
}
