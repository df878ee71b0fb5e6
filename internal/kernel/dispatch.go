package kernel

import (
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

// Elementwise finds the loop of an elementwise operation by the operation's
// name and op.Types.Kernel. Conversions are found by Cast.
func Elementwise(name op.Name, kernel dtype.DType) (Loop, bool) {
	row := elementwise[name]
	if row == nil || !kernel.Valid() || row[kernel] == nil {
		return nil, false
	}
	return row[kernel], true
}
