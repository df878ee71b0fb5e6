package array_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/internal/op"
)

type (
	unaryMethod  = func(array.Array) array.Array
	binaryMethod = func(a, b array.Array) array.Array
)

// methods are the methods of elementwise operations, by the operations' names.
var methods = map[op.Name]any{
	op.Add: array.Array.Add, op.Subtract: array.Array.Sub, op.Multiply: array.Array.Mul, op.Divide: array.Array.Div,
	op.FloorDivide: array.Array.FloorDiv, op.Remainder: array.Array.Mod, op.Fmod: array.Array.FMod, op.Pow: array.Array.Pow,
	op.Negative: array.Array.Neg, op.Positive: array.Array.Positive, op.Abs: array.Array.Abs, op.Sign: array.Array.Sign,
	op.Square: array.Array.Square, op.Reciprocal: array.Array.Reciprocal, op.Copysign: array.Array.CopySign, op.Nextafter: array.Array.NextAfter,
	op.Minimum: array.Array.Minimum, op.Maximum: array.Array.Maximum, op.Fmin: array.Array.FMin, op.Fmax: array.Array.FMax,
	op.Real: array.Array.Real, op.Imag: array.Array.Imag, op.Conj: array.Array.Conj, op.Complex: array.Complex,
	op.Clip:  func(x, low, high array.Array) array.Array { return x.Clip(low, high) },
	op.Floor: array.Array.Floor, op.Ceil: array.Array.Ceil, op.Trunc: array.Array.Trunc, op.Rint: array.Array.Rint,
	op.Round: func(x array.Array) array.Array { return x.Round(0) },
	op.Sqrt:  array.Array.Sqrt, op.Cbrt: array.Array.Cbrt, op.Hypot: array.Array.Hypot, op.Exp: array.Array.Exp, op.Exp2: array.Array.Exp2,
	op.Expm1: array.Array.Expm1, op.Log: array.Array.Log, op.Log2: array.Array.Log2, op.Log10: array.Array.Log10, op.Log1p: array.Array.Log1p,
	op.Logaddexp: array.Array.LogAddExp, op.Logaddexp2: array.Array.LogAddExp2,
	op.Sin: array.Array.Sin, op.Cos: array.Array.Cos, op.Tan: array.Array.Tan, op.Asin: array.Array.Asin, op.Acos: array.Array.Acos,
	op.Atan: array.Array.Atan, op.Atan2: array.Array.Atan2, op.Sinh: array.Array.Sinh, op.Cosh: array.Array.Cosh, op.Tanh: array.Array.Tanh,
	op.Asinh: array.Array.Asinh, op.Acosh: array.Array.Acosh, op.Atanh: array.Array.Atanh, op.Deg2rad: array.Array.Deg2Rad, op.Rad2deg: array.Array.Rad2Deg,
	op.BitwiseAnd: array.Array.BitwiseAnd, op.BitwiseOr: array.Array.BitwiseOr, op.BitwiseXor: array.Array.BitwiseXor,
	op.BitwiseInvert: array.Array.BitwiseInvert, op.BitwiseLeftShift: array.Array.BitwiseLeftShift, op.BitwiseRightShift: array.Array.BitwiseRightShift,
	op.Isnan: array.Array.IsNaN, op.Isinf: array.Array.IsInf, op.Isfinite: array.Array.IsFinite, op.Isposinf: array.Array.IsPosInf,
	op.Isneginf: array.Array.IsNegInf, op.Signbit: array.Array.SignBit,
	op.Equal: array.Array.Eq, op.NotEqual: array.Array.Ne, op.Less: array.Array.Lt, op.LessEqual: array.Array.Le,
	op.Greater: array.Array.Gt, op.GreaterEqual: array.Array.Ge,
	op.LogicalAnd: array.Array.And, op.LogicalOr: array.Array.Or, op.LogicalXor: array.Array.Xor, op.LogicalNot: array.Array.Not,
	op.Where: array.Where,
}

// TestMethodsAreTheirOperations: every elementwise operation of the table has a
// method, which gives what the operation gives by its name.
func TestMethodsAreTheirOperations(t *testing.T) {
	x := array.FromSlice([]float64{0.3, -2.6, 0.7, 40}, nil, array.Chunks(3))
	y := array.FromSlice([]float64{2.2, 1.5, -0.4, 3}, nil)
	z := array.FromSlice([]float64{1, -1, 0.5, 2}, nil)
	whole := func(a array.Array) array.Array { return a.Mul(array.Const(3)).AsType(dtype.Int32) }
	for _, row := range op.Rows() {
		if row.Class != op.Elementwise || row.Types == nil {
			continue
		}
		operands := []array.Array{x, y, z}
		if array.Apply(string(row.Name), operands[:row.Arity]...).Err() != nil {
			operands = []array.Array{whole(x), whole(y), whole(z)}
		}
		var got array.Array
		switch method := methods[row.Name].(type) {
		case unaryMethod:
			got = method(operands[0])
		case binaryMethod:
			got = method(operands[0], operands[1])
		case func(a, b, c array.Array) array.Array:
			got = method(operands[0], operands[1], operands[2])
		default:
			require.Failf(t, "there is no method", "%s", row.Name)
		}
		want := array.Apply(string(row.Name), operands[:row.Arity]...)
		blocks, err := array.Compute(t.Context(), []array.Array{want, got})
		require.NoError(t, err, row.Name)
		require.Equal(t, blocks[0].DType, blocks[1].DType, row.Name)
		require.Equal(t, blocks[0].DenseBytes(), blocks[1].DenseBytes(), row.Name)
	}
}
