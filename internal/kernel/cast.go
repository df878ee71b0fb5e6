package kernel

import (
	"math"

	"gabion/dtype"
)

var casts = func() *[types][types]Loop {
	t := new([types][types]Loop)
	castsFromInteger[int8](t)
	castsFromInteger[int16](t)
	castsFromInteger[int32](t)
	castsFromInteger[int64](t)
	castsFromInteger[uint8](t)
	castsFromInteger[uint16](t)
	castsFromInteger[uint32](t)
	castsFromInteger[uint64](t)
	castsFromFloat[float32](t)
	castsFromFloat[float64](t)
	castsFromComplex[complex64](t)
	castsFromComplex[complex128](t)
	castsFromBool(t)
	castsFromHalf(t)
	return t
}()

// Cast finds the loop that converts elements of one type to another; it exists
// for every pair of types. Integers wrap. Floats become integers by cutting
// off the fraction, saturating at the ends of the type, NaN becoming 0, on
// every processor. Anything non-zero, also NaN, becomes true. Complex numbers
// lose their imaginary part on the way to other types than bool and complex.
// Each conversion rounds once.
func Cast(from, to dtype.DType) (Loop, bool) {
	if !from.Valid() || !to.Valid() {
		return nil, false
	}
	return casts[from][to], true
}

func castsFromInteger[F integer](t *[types][types]Loop) {
	row := &t[dtype.Of[F]()]
	row[dtype.Bool] = nonzero[F]
	row[dtype.Int8] = convert[F, int8]
	row[dtype.Int16] = convert[F, int16]
	row[dtype.Int32] = convert[F, int32]
	row[dtype.Int64] = convert[F, int64]
	row[dtype.Uint8] = convert[F, uint8]
	row[dtype.Uint16] = convert[F, uint16]
	row[dtype.Uint32] = convert[F, uint32]
	row[dtype.Uint64] = convert[F, uint64]
	// Integers that float64 does not hold exactly are beyond float16's range.
	row[dtype.Float16] = castBy(func(v F) dtype.Half { return dtype.HalfOf64(float64(v)) })
	row[dtype.Float32] = convert[F, float32]
	row[dtype.Float64] = convert[F, float64]
	row[dtype.Complex64] = castBy(func(v F) complex64 { return complex(float32(v), 0) })
	row[dtype.Complex128] = castBy(func(v F) complex128 { return complex(float64(v), 0) })
}

func castsFromFloat[F float](t *[types][types]Loop) {
	row := &t[dtype.Of[F]()]
	row[dtype.Bool] = nonzero[F]
	row[dtype.Int8] = truncate[F, int8]
	row[dtype.Int16] = truncate[F, int16]
	row[dtype.Int32] = truncate[F, int32]
	row[dtype.Int64] = truncate[F, int64]
	row[dtype.Uint8] = truncate[F, uint8]
	row[dtype.Uint16] = truncate[F, uint16]
	row[dtype.Uint32] = truncate[F, uint32]
	row[dtype.Uint64] = truncate[F, uint64]
	row[dtype.Float16] = castBy(func(v F) dtype.Half { return dtype.HalfOf64(float64(v)) })
	row[dtype.Float32] = convert[F, float32]
	row[dtype.Float64] = convert[F, float64]
	row[dtype.Complex64] = castBy(func(v F) complex64 { return complex(float32(v), 0) })
	row[dtype.Complex128] = castBy(func(v F) complex128 { return complex(float64(v), 0) })
}

func castsFromComplex[F complexes](t *[types][types]Loop) {
	row := &t[dtype.Of[F]()]
	part := func(v F) float64 { return real(complex128(v)) }
	row[dtype.Bool] = castBy(func(v F) uint8 { return bit(v != 0) })
	row[dtype.Int8] = castBy(func(v F) int8 { return saturated[int8](part(v)) })
	row[dtype.Int16] = castBy(func(v F) int16 { return saturated[int16](part(v)) })
	row[dtype.Int32] = castBy(func(v F) int32 { return saturated[int32](part(v)) })
	row[dtype.Int64] = castBy(func(v F) int64 { return saturated[int64](part(v)) })
	row[dtype.Uint8] = castBy(func(v F) uint8 { return saturated[uint8](part(v)) })
	row[dtype.Uint16] = castBy(func(v F) uint16 { return saturated[uint16](part(v)) })
	row[dtype.Uint32] = castBy(func(v F) uint32 { return saturated[uint32](part(v)) })
	row[dtype.Uint64] = castBy(func(v F) uint64 { return saturated[uint64](part(v)) })
	row[dtype.Float16] = castBy(func(v F) dtype.Half { return dtype.HalfOf64(part(v)) })
	row[dtype.Float32] = castBy(func(v F) float32 { return float32(part(v)) })
	row[dtype.Float64] = castBy(part)
	row[dtype.Complex64] = castBy(func(v F) complex64 { return complex64(v) })
	row[dtype.Complex128] = castBy(func(v F) complex128 { return complex128(v) })
}

func castsFromBool(t *[types][types]Loop) {
	row := &t[dtype.Bool]
	row[dtype.Bool] = truth
	row[dtype.Int8] = truth
	row[dtype.Int16] = castBy(func(v uint8) int16 { return int16(bit(v != 0)) })
	row[dtype.Int32] = castBy(func(v uint8) int32 { return int32(bit(v != 0)) })
	row[dtype.Int64] = castBy(func(v uint8) int64 { return int64(bit(v != 0)) })
	row[dtype.Uint8] = truth
	row[dtype.Uint16] = castBy(func(v uint8) uint16 { return uint16(bit(v != 0)) })
	row[dtype.Uint32] = castBy(func(v uint8) uint32 { return uint32(bit(v != 0)) })
	row[dtype.Uint64] = castBy(func(v uint8) uint64 { return uint64(bit(v != 0)) })
	row[dtype.Float16] = castBy(func(v uint8) dtype.Half { return dtype.HalfOf(float32(bit(v != 0))) })
	row[dtype.Float32] = castBy(func(v uint8) float32 { return float32(bit(v != 0)) })
	row[dtype.Float64] = castBy(func(v uint8) float64 { return float64(bit(v != 0)) })
	row[dtype.Complex64] = castBy(func(v uint8) complex64 { return complex(float32(bit(v != 0)), 0) })
	row[dtype.Complex128] = castBy(func(v uint8) complex128 { return complex(float64(bit(v != 0)), 0) })
}

func castsFromHalf(t *[types][types]Loop) {
	row := &t[dtype.Float16]
	type half = dtype.Half
	value := func(v half) float64 { return float64(v.Float32()) }
	row[dtype.Bool] = castBy(func(v half) uint8 { return bit(v&0x7fff != 0) })
	row[dtype.Int8] = castBy(func(v half) int8 { return saturated[int8](value(v)) })
	row[dtype.Int16] = castBy(func(v half) int16 { return saturated[int16](value(v)) })
	row[dtype.Int32] = castBy(func(v half) int32 { return saturated[int32](value(v)) })
	row[dtype.Int64] = castBy(func(v half) int64 { return saturated[int64](value(v)) })
	row[dtype.Uint8] = castBy(func(v half) uint8 { return saturated[uint8](value(v)) })
	row[dtype.Uint16] = castBy(func(v half) uint16 { return saturated[uint16](value(v)) })
	row[dtype.Uint32] = castBy(func(v half) uint32 { return saturated[uint32](value(v)) })
	row[dtype.Uint64] = castBy(func(v half) uint64 { return saturated[uint64](value(v)) })
	row[dtype.Float16] = castBy(func(v half) half { return v })
	row[dtype.Float32] = castBy(half.Float32)
	row[dtype.Float64] = castBy(value)
	row[dtype.Complex64] = castBy(func(v half) complex64 { return complex(v.Float32(), 0) })
	row[dtype.Complex128] = castBy(func(v half) complex128 { return complex(value(v), 0) })
}

// castBy is the loop dst[i] = f(a[i]).
func castBy[F, T dtype.Element](f func(F) T) Loop {
	return func(n int, dst, a, _, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x := dtype.Slice[F](a)[:len(d)]
		for i := range d {
			d[i] = f(x[i])
		}
		return OK
	}
}

// convert: dst[i] = T(a[i]) where the language defines it: not from floats to
// integers.
func convert[F, T ordered](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[F](a)[:len(d)]
	for i := range d {
		d[i] = T(x[i])
	}
	return OK
}

// nonzero: dst[i] = a[i] != 0, true for NaN.
func nonzero[F ordered](n int, dst, a, _, _ []byte) Status {
	d := dst[:n]
	x := dtype.Slice[F](a)[:len(d)]
	for i := range d {
		d[i] = bit(x[i] != 0)
	}
	return OK
}

// truncate: dst[i] = a[i] without its fraction, saturating; 0 for NaN.
func truncate[F float, T integer](n int, dst, a, _, _ []byte) Status {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[F](a)[:len(d)]
	lowest, highest, end := limits[T]()
	start := float64(lowest)
	for i := range d {
		v := float64(x[i])
		switch {
		case v > start && v < end:
			d[i] = T(v)
		case v >= end:
			d[i] = highest
		case v <= start:
			d[i] = lowest
		default:
			d[i] = 0
		}
	}
	return OK
}

// saturated is v without its fraction, at most the ends of T; 0 for NaN.
func saturated[T integer](v float64) T {
	lowest, highest, end := limits[T]()
	switch {
	case v >= end:
		return highest
	case v <= float64(lowest):
		return lowest
	case math.IsNaN(v):
		return 0
	}
	return T(v)
}

// limits are the ends of T and the power of two just above it.
func limits[T integer]() (lowest, highest T, end float64) {
	bits := 8 * dtype.Of[T]().Size()
	if ^T(0) < 0 {
		bits--
		lowest = T(1) << bits
	}
	return lowest, ^lowest, math.Ldexp(1, bits)
}
