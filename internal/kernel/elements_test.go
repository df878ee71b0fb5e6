package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
)

// The references of the tests work on single elements: a bool, a *big.Int, a
// float64 or a complex128, converted to and from memory here.

func load(d dtype.DType, b []byte, i int) any {
	switch d {
	case dtype.Bool:
		return b[i] != 0
	case dtype.Int8:
		return big.NewInt(int64(dtype.Slice[int8](b)[i]))
	case dtype.Int16:
		return big.NewInt(int64(dtype.Slice[int16](b)[i]))
	case dtype.Int32:
		return big.NewInt(int64(dtype.Slice[int32](b)[i]))
	case dtype.Int64:
		return big.NewInt(dtype.Slice[int64](b)[i])
	case dtype.Uint8:
		return big.NewInt(int64(b[i]))
	case dtype.Uint16:
		return big.NewInt(int64(dtype.Slice[uint16](b)[i]))
	case dtype.Uint32:
		return big.NewInt(int64(dtype.Slice[uint32](b)[i]))
	case dtype.Uint64:
		return new(big.Int).SetUint64(dtype.Slice[uint64](b)[i])
	case dtype.Float16:
		return float64(dtype.Slice[dtype.Half](b)[i].Float32())
	case dtype.Float32:
		return float64(dtype.Slice[float32](b)[i])
	case dtype.Float64:
		return dtype.Slice[float64](b)[i]
	case dtype.Complex64:
		return complex128(dtype.Slice[complex64](b)[i])
	case dtype.Complex128:
		return dtype.Slice[complex128](b)[i]
	}
	panic("no element type")
}

// store wraps integers and rounds floats to d.
func store(d dtype.DType, b []byte, i int, v any) {
	switch {
	case d == dtype.Bool:
		b[i] = bit(v.(bool))
	case d.IsInteger():
		bits := uint(8 * d.Size())
		word := new(big.Int).And(v.(*big.Int), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))).Uint64()
		switch d.Size() {
		case 1:
			b[i] = uint8(word)
		case 2:
			dtype.Slice[uint16](b)[i] = uint16(word)
		case 4:
			dtype.Slice[uint32](b)[i] = uint32(word)
		case 8:
			dtype.Slice[uint64](b)[i] = word
		}
	case d == dtype.Float16:
		dtype.Slice[dtype.Half](b)[i] = dtype.HalfOf64(v.(float64))
	case d == dtype.Float32:
		dtype.Slice[float32](b)[i] = float32(v.(float64))
	case d == dtype.Float64:
		dtype.Slice[float64](b)[i] = v.(float64)
	case d == dtype.Complex64:
		dtype.Slice[complex64](b)[i] = complex64(v.(complex128))
	case d == dtype.Complex128:
		dtype.Slice[complex128](b)[i] = v.(complex128)
	}
}

// rounded is v as an element of d.
func rounded(d dtype.DType, v any) any {
	b := dtype.Bytes(make([]complex128, 1))
	store(d, b, 0, v)
	return load(d, b, 0)
}

// pool lists values of d worth trying, specials first.
func pool(d dtype.DType, r *rand.Rand) []any {
	var values []any
	switch {
	case d == dtype.Bool:
		return []any{false, true}
	case d.IsInteger():
		bits := uint(8 * d.Size())
		one := big.NewInt(1)
		top := new(big.Int).Lsh(one, bits-1)
		for _, v := range []int64{0, 1, -1, 2, -2, 3, 7, -7, 10} {
			values = append(values, big.NewInt(v))
		}
		values = append(values, top, new(big.Int).Sub(top, one), new(big.Int).Add(top, one), new(big.Int).Rsh(top, 1))
		for range 8 {
			values = append(values, new(big.Int).SetUint64(r.Uint64()))
		}
	case d.IsFloat():
		tiny := map[dtype.DType]float64{dtype.Float16: 0x1p-24, dtype.Float32: math.SmallestNonzeroFloat32, dtype.Float64: math.SmallestNonzeroFloat64}[d]
		huge := map[dtype.DType]float64{dtype.Float16: 65504, dtype.Float32: math.MaxFloat32, dtype.Float64: math.MaxFloat64}[d]
		for _, v := range []float64{
			math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, tiny, -tiny, 3 * tiny, huge, -huge,
			2, -2, 0.5, -0.5, 3, 7, -7, 0.1, -2.5, 100,
		} {
			values = append(values, v)
		}
		for range 12 {
			values = append(values, r.NormFloat64()*math.Exp(3*r.NormFloat64()))
		}
	case d.IsComplex():
		for _, v := range []complex128{0, 1, -1, 1i, -1i, 3 - 4i, 0.5 + 2i, complex(math.NaN(), 1), complex(1, math.NaN())} {
			values = append(values, v)
		}
		for range 12 {
			values = append(values, complex(r.NormFloat64()*3, r.NormFloat64()*3))
		}
	}
	for i, v := range values {
		values[i] = rounded(d, v)
	}
	return values
}

const guard = 0xA5

// guarded is room for n elements of d at the given offset in elements, with
// guard bytes around; whole is the memory with the guards.
func guarded(d dtype.DType, n, offset int) (room, whole []byte) {
	whole = dtype.Bytes(make([]complex128, n+offset+4))
	for i := range whole {
		whole[i] = guard
	}
	start := (1 + offset) * d.Size()
	return whole[start : start+n*d.Size() : start+n*d.Size()], whole
}

// requireGuards fails if a byte around room has changed.
func requireGuards(t *testing.T, room, whole []byte, d dtype.DType, offset int, what string) {
	t.Helper()
	start := (1 + offset) * d.Size()
	for i, b := range whole {
		if (i < start || i >= start+len(room)) && b != guard {
			require.Failf(t, "written outside", "%s: byte %d of %d", what, i-start, len(room))
		}
	}
}

func sameFloat(a, b float64, zeros bool) bool {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return math.IsNaN(a) && math.IsNaN(b)
	case a == 0 && b == 0 && zeros:
		return math.Signbit(a) == math.Signbit(b)
	}
	return a == b
}

// sameElement compares two elements: NaN is like NaN, and zeros tells
// whether the sign of zeros counts.
func sameElement(want, got any, zeros bool) bool {
	switch want := want.(type) {
	case *big.Int:
		got, ok := got.(*big.Int)
		return ok && want.Cmp(got) == 0
	case float64:
		got, ok := got.(float64)
		return ok && sameFloat(want, got, zeros)
	case complex128:
		got, ok := got.(complex128)
		return ok && sameFloat(real(want), real(got), zeros) && sameFloat(imag(want), imag(got), zeros)
	}
	return want == got
}

// closeFloat is whether got is want up to a relative error.
func closeFloat(want, got, relative float64) bool {
	if sameFloat(want, got, false) {
		return true
	}
	return math.Abs(want-got) <= relative*math.Abs(want)
}

func closeComplex(want, got complex128, relative float64) bool {
	if sameElement(want, got, false) {
		return true
	}
	size := math.Hypot(real(want), imag(want))
	return math.Abs(real(want)-real(got)) <= relative*size && math.Abs(imag(want)-imag(got)) <= relative*size
}

// epsilon is the distance from 1 to the next element of d.
func epsilon(d dtype.DType) float64 {
	return map[dtype.DType]float64{dtype.Float16: 0x1p-10, dtype.Float32: 0x1p-23, dtype.Float64: 0x1p-52}[d.Real()]
}

func newRand(seed ...any) *rand.Rand {
	var key [32]byte
	copy(key[:], fmt.Sprint(seed...))
	return rand.New(rand.NewChaCha8(key))
}

// lengths are those at which loops of any unrolling change their ways.
func lengths() []int {
	var all []int
	for n := range 68 {
		all = append(all, n)
	}
	return append(all, Piece)
}
