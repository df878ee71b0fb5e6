package kernel

import (
	"math"

	"gabion/dtype"
	"gabion/internal/op"
)

// elementwise holds the loops of elementwise operations. There is one for each
// type that a row of package op finds in the place of op.Types.Kernel, which
// TestEveryRowHasKernels walks through.
var elementwise = func() registry {
	r := make(registry)
	registerInteger[int8](r)
	registerInteger[int16](r)
	registerInteger[int32](r)
	registerInteger[int64](r)
	registerInteger[uint8](r)
	registerInteger[uint16](r)
	registerInteger[uint32](r)
	registerInteger[uint64](r)
	registerFloat[float32, uint32](r)
	registerFloat[float64, uint64](r)
	r.add(op.Complex, dtype.Float32, complexJoin[complex64, float32])
	r.add(op.Complex, dtype.Float64, complexJoin[complex128, float64])
	r.add(op.Nextafter, dtype.Float32, nextAfter[uint32](0x7f800000))
	r.add(op.Nextafter, dtype.Float64, nextAfter[uint64](0x7ff<<52))
	registerComplex[complex64, float32](r)
	registerComplex[complex128, float64](r)
	r.add(op.Abs, dtype.Complex64, complex64Abs)
	r.add(op.Abs, dtype.Complex128, complexAbs)
	r.add(op.Hypot, dtype.Float32, function2[float32](shortHypot))
	registerBool(r)
	for _, d := range dtype.All() {
		r.add(op.Where, d, wheres[d.Size()])
	}
	r.add(op.Where, dtype.Bool, whereBool)
	registerHalf(r)
	return r
}()

func registerInteger[T integer](r registry) {
	d := dtype.Of[T]()
	registerOrdered[T](r, d)
	r.add(op.FloorDivide, d, binary(floorDivide[T]))
	r.add(op.Remainder, d, binary(remainder[T]))
	r.add(op.Fmod, d, binary(truncatedRemainder[T]))
	r.add(op.Pow, d, integerPow[T])
	r.add(op.Abs, d, integerAbs[T])
	r.add(op.Reciprocal, d, integerReciprocal[T])
	r.add(op.Fmin, d, minimum[T])
	r.add(op.Fmax, d, maximum[T])
	for _, name := range []op.Name{op.Positive, op.Real, op.Conj, op.Floor, op.Ceil, op.Trunc, op.Round} {
		r.add(name, d, unchanged(d.Size()))
	}
	r.add(op.Imag, d, nothing(d.Size()))
	r.add(op.BitwiseAnd, d, bitwiseAnd[T])
	r.add(op.BitwiseOr, d, bitwiseOr[T])
	r.add(op.BitwiseXor, d, bitwiseXor[T])
	r.add(op.BitwiseInvert, d, bitwiseInvert[T])
	r.add(op.BitwiseLeftShift, d, leftShift[T])
	r.add(op.BitwiseRightShift, d, rightShift[T])
	r.add(op.Signbit, d, below0[T])
	registerFinite(r, d)
}

// registerFinite: what is asked of numbers that are all finite.
func registerFinite(r registry, d dtype.DType) {
	for _, name := range []op.Name{op.Isnan, op.Isinf, op.Isposinf, op.Isneginf} {
		r.add(name, d, never)
	}
	r.add(op.Isfinite, d, always)
}

func registerFloat[T float, Bits uint32 | uint64](r registry) {
	d := dtype.Of[T]()
	registerOrdered[T](r, d)
	r.add(op.Divide, d, divide[T])
	r.add(op.FloorDivide, d, binary(floatFloorDivide[T]))
	r.add(op.Reciprocal, d, reciprocal[T])
	r.add(op.Abs, d, clearSign[Bits])
	r.add(op.Copysign, d, copySign[Bits])
	r.add(op.Fmin, d, fmin[T])
	r.add(op.Fmax, d, fmax[T])
	for _, name := range []op.Name{op.Positive, op.Real, op.Conj} {
		r.add(name, d, unchanged(d.Size()))
	}
	r.add(op.Imag, d, nothing(d.Size()))
	r.add(op.Floor, d, floor[T])
	r.add(op.Ceil, d, ceil[T])
	r.add(op.Trunc, d, trunc[T])
	r.add(op.Round, d, roundToEven[T])
	r.add(op.Rint, d, roundToEven[T])
	r.add(op.Isnan, d, isnan[T])
	r.add(op.Isinf, d, isinf[T])
	r.add(op.Isposinf, d, isposinf[T])
	r.add(op.Isneginf, d, isneginf[T])
	r.add(op.Isfinite, d, isfinite[T])
	r.add(op.Signbit, d, signBit[Bits])
	r.add(op.Deg2rad, d, multiplyBy[T](math.Pi/180))
	r.add(op.Rad2deg, d, multiplyBy[T](180/math.Pi))
	r.add(op.Sqrt, d, sqrt[T])
	for name, f := range map[op.Name]func(float64) float64{
		op.Cbrt: cbrt, op.Exp: exp, op.Exp2: exp2, op.Expm1: expm1, op.Log: log, op.Log2: log2, op.Log10: log10, op.Log1p: log1p,
		op.Sin: sin, op.Cos: cos, op.Tan: tan, op.Asin: asin, op.Acos: acos, op.Atan: atan,
		op.Sinh: sinh, op.Cosh: cosh, op.Tanh: tanh, op.Asinh: asinh, op.Acosh: acosh, op.Atanh: atanh,
	} {
		r.add(name, d, function[T](f))
	}
	for name, f := range map[op.Name]func(x, y float64) float64{
		op.Remainder: floatRemainder, op.Fmod: mod, op.Pow: pow, op.Hypot: hypot, op.Atan2: atan2, op.Logaddexp: logaddexp, op.Logaddexp2: logaddexp2,
	} {
		r.add(name, d, function2[T](f))
	}
}

func registerOrdered[T ordered](r registry, d dtype.DType) {
	r.add(op.Add, d, add[T])
	r.add(op.Subtract, d, subtract[T])
	r.add(op.Multiply, d, multiply[T])
	r.add(op.Negative, d, negative[T])
	r.add(op.Square, d, square[T])
	r.add(op.Sign, d, sign[T])
	r.add(op.Minimum, d, minimum[T])
	r.add(op.Maximum, d, maximum[T])
	r.add(op.Clip, d, clip[T])
	r.add(op.Equal, d, equal[T])
	r.add(op.NotEqual, d, notEqual[T])
	r.add(op.Less, d, less[T])
	r.add(op.LessEqual, d, lessEqual[T])
	r.add(op.Greater, d, swapped(less[T]))
	r.add(op.GreaterEqual, d, swapped(lessEqual[T]))
}

func registerComplex[T complexes, R float](r registry) {
	d := dtype.Of[T]()
	r.add(op.Add, d, add[T])
	r.add(op.Subtract, d, subtract[T])
	r.add(op.Multiply, d, complexBinary[T](complexMultiply))
	r.add(op.Divide, d, complexBinary[T](complexDivide))
	r.add(op.Pow, d, complexBinary[T](complexPow))
	r.add(op.Negative, d, negative[T])
	r.add(op.Positive, d, unchanged(d.Size()))
	r.add(op.Real, d, complexReal[T, R])
	r.add(op.Imag, d, complexImag[T, R])
	r.add(op.Conj, d, complexConj[T])
	r.add(op.Minimum, d, binary(complexMin[T]))
	r.add(op.Maximum, d, binary(complexMax[T]))
	r.add(op.Fmin, d, binary(complexFmin[T]))
	r.add(op.Fmax, d, binary(complexFmax[T]))
	r.add(op.Clip, d, complexClip[T])
	r.add(op.Isnan, d, isnan[T])
	r.add(op.Isinf, d, complexIsinf[T])
	r.add(op.Isfinite, d, complexIsfinite[T])
	r.add(op.Equal, d, equal[T])
	r.add(op.NotEqual, d, notEqual[T])
	r.add(op.Less, d, comparison(complexLess[T]))
	r.add(op.LessEqual, d, comparison(complexLessEqual[T]))
	r.add(op.Greater, d, swapped(comparison(complexLess[T])))
	r.add(op.GreaterEqual, d, swapped(comparison(complexLessEqual[T])))
	for name, f := range map[op.Name]func(complex128) complex128{
		op.Sign: complexSign, op.Square: complexSquare, op.Reciprocal: complexReciprocal, op.Round: complexRound, op.Rint: complexRound,
		op.Sqrt: complexSqrt, op.Exp: complexExp, op.Exp2: complexExp2, op.Expm1: complexExpm1,
		op.Log: complexLog, op.Log2: complexLog2, op.Log10: complexLog10, op.Log1p: complexLog1p,
		op.Sin: complexSin, op.Cos: complexCos, op.Tan: complexTan, op.Asin: complexAsin, op.Acos: complexAcos, op.Atan: complexAtan,
		op.Sinh: complexSinh, op.Cosh: complexCosh, op.Tanh: complexTanh, op.Asinh: complexAsinh, op.Acosh: complexAcosh, op.Atanh: complexAtanh,
	} {
		r.add(name, d, complexUnary[T](f))
	}
}

// registerBool: arithmetic of bools is logic.
func registerBool(r registry) {
	d := dtype.Bool
	for _, name := range []op.Name{op.Add, op.Maximum, op.Fmax, op.LogicalOr, op.BitwiseOr} {
		r.add(name, d, or)
	}
	for _, name := range []op.Name{op.Multiply, op.Minimum, op.Fmin, op.LogicalAnd, op.BitwiseAnd} {
		r.add(name, d, and)
	}
	for _, name := range []op.Name{op.NotEqual, op.LogicalXor, op.BitwiseXor} {
		r.add(name, d, differ)
	}
	for _, name := range []op.Name{op.Abs, op.Real, op.Floor, op.Ceil, op.Trunc} {
		r.add(name, d, truth)
	}
	for _, name := range []op.Name{op.LogicalNot, op.BitwiseInvert} {
		r.add(name, d, not)
	}
	r.add(op.Imag, d, never)
	r.add(op.Signbit, d, never)
	r.add(op.Clip, d, clipBool)
	r.add(op.Equal, d, same)
	r.add(op.Less, d, lessBool)
	r.add(op.LessEqual, d, lessEqualBool)
	r.add(op.Greater, d, swapped(lessBool))
	r.add(op.GreaterEqual, d, swapped(lessEqualBool))
	registerFinite(r, d)
}

// registerHalf: all arithmetic of float16 elements is that of float32, with
// the result of each operation rounded to float16.
func registerHalf(r registry) {
	for name, row := range r {
		if loop := row[dtype.Float32]; loop != nil && row[dtype.Float16] == nil && name != op.Complex {
			row[dtype.Float16] = throughFloat32(loop, !isPredicate(name))
		}
	}
	r.add(op.Nextafter, dtype.Float16, nextAfter[uint16](0x7c00))
	for _, name := range []op.Name{op.Positive, op.Real, op.Conj} {
		r.add(name, dtype.Float16, unchanged(dtype.Float16.Size()))
	}
	r.add(op.Imag, dtype.Float16, nothing(dtype.Float16.Size()))
}

// isPredicate reports whether the results of an operation on floats are bools.
func isPredicate(name op.Name) bool {
	row := op.Lookup(name)
	in := []dtype.DType{dtype.Float32, dtype.Float32, dtype.Float32}[:row.Arity]
	t, err := row.Types(name, in)
	return err == nil && t.Out == dtype.Bool
}
