package kernel

import (
	"math"

	"gabion/dtype"
	"gabion/internal/op"
)

// Piece is the largest number of elements that a loop is given at once. It is
// a constant because the leaves of reductions depend on it, and with them the
// bits of their results.
const Piece = 2048

// Status is what a loop reports instead of panicking: OK or the or of the
// problems met.
type Status uint32

// The problems.
const (
	OK Status = 0
	// NegativePower: an integer was to be raised to a negative power. The
	// elements concerned are 0.
	NegativePower Status = 1 << (iota - 1)
	// AllNaN: among elements that are all NaN the least or the greatest one
	// that is not was asked for. The positions concerned are those of a NaN.
	AllNaN
)

// String describes the problems; "ok" if there are none.
func (s Status) String() string {
	switch {
	case s == OK:
		return "ok"
	case s&NegativePower != 0:
		return "an integer was raised to a negative power; convert one of the two to a floating-point type"
	case s&AllNaN != 0:
		return "all elements are NaN, and none of the others has a position; argmin and argmax find the first NaN"
	}
	return "unknown problem"
}

// Err is nil for OK, else a *Problem.
func (s Status) Err() error {
	if s == OK {
		return nil
	}
	return &Problem{s}
}

// Problem is what is wrong with elements, which only computing them tells.
type Problem struct{ Status Status }

func (p *Problem) Error() string { return p.Status.String() }

// Kind is what NumPy calls such a problem, by the names of graph.Kind.
func (p *Problem) Kind() string { return "ValueError" }

// Loop computes n elements: dst[i] = f(a[i], b[i], c[i]). Operands that the
// operation does not have are nil. The slices hold at least n elements of the
// types op.Types.Out and op.Types.In; see the package comment for the contract.
type Loop func(n int, dst, a, b, c []byte) Status

// types is the length of tables indexed by element type.
const types = int(dtype.Complex128) + 1

type (
	integer interface {
		int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
	}
	float   interface{ float32 | float64 }
	ordered interface{ integer | float }
	// complexes are the complex element types.
	complexes interface{ complex64 | complex128 }
	numeric   interface{ ordered | complexes }
)

type registry map[op.Name]*[types]Loop

func (r registry) add(name op.Name, d dtype.DType, loop Loop) {
	if r[name] == nil {
		r[name] = new([types]Loop)
	}
	r[name][d] = loop
}

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
	registerFloat[float32](r)
	registerFloat[float64](r)
	r.add(op.Abs, dtype.Float32, clearSign[uint32])
	r.add(op.Abs, dtype.Float64, clearSign[uint64])
	r.add(op.Pow, dtype.Float32, floatPow[float32](math.Pow)) // its errors are far below float32's
	r.add(op.Pow, dtype.Float64, floatPow[float64](pow))
	registerComplex[complex64, float32](r)
	registerComplex[complex128, float64](r)
	registerBool(r)
	registerHalf(r)
	for _, d := range dtype.All() {
		r.add(op.Where, d, wheres[d.Size()])
	}
	r.add(op.Where, dtype.Bool, whereBool)
	return r
}()

// Elementwise finds the loop of an elementwise operation by the operation's
// name and op.Types.Kernel. Conversions are found by Cast.
func Elementwise(name op.Name, kernel dtype.DType) (Loop, bool) {
	row := elementwise[name]
	if row == nil || !kernel.Valid() || row[kernel] == nil {
		return nil, false
	}
	return row[kernel], true
}

func registerInteger[T integer](r registry) {
	d := dtype.Of[T]()
	registerOrdered[T](r, d)
	r.add(op.FloorDivide, d, binary(floorDivide[T]))
	r.add(op.Remainder, d, binary(remainder[T]))
	r.add(op.Pow, d, integerPow[T])
	r.add(op.Abs, d, integerAbs[T])
	r.add(op.Isnan, d, never)
}

func registerFloat[T float](r registry) {
	d := dtype.Of[T]()
	registerOrdered[T](r, d)
	r.add(op.Divide, d, divide[T])
	r.add(op.FloorDivide, d, binary(floatFloorDivide[T]))
	r.add(op.Remainder, d, binary(floatRemainder[T]))
	r.add(op.Isnan, d, isnan[T])
	r.add(op.Sqrt, d, sqrt[T])
	r.add(op.Exp, d, function[T](exp))
	r.add(op.Log, d, function[T](log))
	r.add(op.Sin, d, function[T](sin))
	r.add(op.Cos, d, function[T](cos))
}

func registerOrdered[T ordered](r registry, d dtype.DType) {
	r.add(op.Add, d, add[T])
	r.add(op.Subtract, d, subtract[T])
	r.add(op.Multiply, d, multiply[T])
	r.add(op.Negative, d, negative[T])
	r.add(op.Minimum, d, minimum[T])
	r.add(op.Maximum, d, maximum[T])
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
	r.add(op.Abs, d, complexAbs[T, R])
	r.add(op.Sqrt, d, complexUnary[T](complexSqrt))
	r.add(op.Exp, d, complexUnary[T](complexExp))
	r.add(op.Log, d, complexUnary[T](complexLog))
	r.add(op.Sin, d, complexUnary[T](complexSin))
	r.add(op.Cos, d, complexUnary[T](complexCos))
	r.add(op.Minimum, d, binary(complexMin[T]))
	r.add(op.Maximum, d, binary(complexMax[T]))
	r.add(op.Isnan, d, isnan[T])
	r.add(op.Equal, d, equal[T])
	r.add(op.NotEqual, d, notEqual[T])
	r.add(op.Less, d, comparison(complexLess[T]))
	r.add(op.LessEqual, d, comparison(complexLessEqual[T]))
	r.add(op.Greater, d, swapped(comparison(complexLess[T])))
	r.add(op.GreaterEqual, d, swapped(comparison(complexLessEqual[T])))
}

// registerBool: arithmetic of bools is logic.
func registerBool(r registry) {
	d := dtype.Bool
	r.add(op.Add, d, or)
	r.add(op.Maximum, d, or)
	r.add(op.LogicalOr, d, or)
	r.add(op.Multiply, d, and)
	r.add(op.Minimum, d, and)
	r.add(op.LogicalAnd, d, and)
	r.add(op.LogicalNot, d, not)
	r.add(op.Abs, d, truth)
	r.add(op.Isnan, d, never)
	r.add(op.Equal, d, same)
	r.add(op.NotEqual, d, differ)
	r.add(op.Less, d, lessBool)
	r.add(op.LessEqual, d, lessEqualBool)
	r.add(op.Greater, d, swapped(lessBool))
	r.add(op.GreaterEqual, d, swapped(lessEqualBool))
}

// predicates are the operations whose results are bools.
var predicates = map[op.Name]bool{
	op.Isnan: true, op.Equal: true, op.NotEqual: true,
	op.Less: true, op.LessEqual: true, op.Greater: true, op.GreaterEqual: true,
}

// registerHalf: all arithmetic of float16 elements is that of float32, with
// the result of each operation rounded to float16.
func registerHalf(r registry) {
	for name, row := range r {
		loop := row[dtype.Float32]
		if loop == nil {
			continue // an operation of bools
		}
		row[dtype.Float16] = throughFloat32(loop, !predicates[name])
	}
}
