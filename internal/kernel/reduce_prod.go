package kernel

import (
	"math"

	"gabion/dtype"
)

// Products of integers wrap. A product of floating-point numbers is kept as a
// mantissa and a power of two, so that it neither overflows nor underflows
// before all elements are in: each multiplication rounds once, and the result is
// rounded once more to its type.
//
// Within a leaf of contiguous elements the order is that of sums: groups of 128,
// in 8 lanes (4 of complex numbers) whose upper half is folded onto the lower one
// until one is left, groups pairwise. Elements enter with a magnitude of at least
// 1 and less than 2 (the larger part of a complex number), so that a group's
// product is far from the limits of float64.

// exponentMask covers the exponent of a float64, whose bias is 1023; the least
// one is that of the numbers that are not subnormal.
const (
	exponentMask  = 0x7FF << 52
	exponentOne   = 1023 << 52
	exponentLeast = 1 << 52
)

// mantissa is v = m * 2**e with 1 <= |m| < 2; zeros, infinities and NaNs are
// their own m.
func mantissa(v float64) (m float64, e int64) {
	bits := math.Float64bits(v)
	field := bits & exponentMask
	if field-exponentLeast >= exponentMask-exponentLeast { // all bits are 0, or all 1
		return specialMantissa(v)
	}
	return math.Float64frombits(bits&^exponentMask | exponentOne), int64(field>>52) - 1023
}

func specialMantissa(v float64) (m float64, e int64) {
	if v == 0 || v-v != 0 {
		return v, 0
	}
	m, exponent := math.Frexp(v) // a subnormal number
	return 2 * m, int64(exponent) - 1
}

// complexMantissa is mantissa for the larger part of v.
func complexMantissa(v complex128) (m complex128, e int64) {
	re, im := math.Abs(real(v)), math.Abs(imag(v))
	size := max(re, im) // NaN if either is
	if size == 0 || size-size != 0 {
		return v, 0
	}
	_, e = mantissa(size)
	return complex(power(real(v), -e), power(imag(v), -e)), e
}

// power is m * 2**e.
func power(m float64, e int64) float64 {
	const far = 1 << 20 // beyond all float64, within every int
	return math.Ldexp(m, int(max(-far, min(far, e))))
}

// scaled is an accumulator of products: of floats or of complex numbers.
type scaled[S float64 | complex128] struct {
	split    func(S) (S, int64)
	multiply func(a, b S) S
	scale    func(S, int64) S
}

var (
	scaledFloats = scaled[float64]{
		split:    mantissa,
		multiply: func(a, b float64) float64 { return a * b },
		scale:    power,
	}
	scaledComplex = scaled[complex128]{
		split:    complexMantissa,
		multiply: complexMultiply,
		scale:    func(m complex128, e int64) complex128 { return complex(power(real(m), e), power(imag(m), e)) },
	}
)

// pairwiseProduct multiplies x by the tree of pairwise.
func pairwiseProduct[T any, S float64 | complex128](s *scaled[S], x []T, productGroup func([]T) (S, int64)) (S, int64) {
	if len(x) <= group {
		return productGroup(x)
	}
	half := half(len(x))
	a, i := pairwiseProduct(s, x[:half], productGroup)
	b, j := pairwiseProduct(s, x[half:], productGroup)
	m, k := s.split(s.multiply(a, b))
	return m, i + j + k
}

// productGroup multiplies up to 128 elements, without NaNs if skip is true.
func productGroup[T float](skip bool) func([]T) (float64, int64) {
	return func(x []T) (float64, int64) {
		l := [8]float64{1, 1, 1, 1, 1, 1, 1, 1}
		var total int64
		for i, v := range x {
			bits := math.Float64bits(float64(v))
			field := bits & exponentMask
			if field-exponentLeast < exponentMask-exponentLeast { // mantissa(v), which is not inlined
				l[i&7] *= math.Float64frombits(bits ^ field | exponentOne)
				total += int64(field>>52) - 1023
				continue
			}
			if skip && isNaN(v) {
				continue
			}
			m, e := specialMantissa(float64(v))
			l[i&7] *= m
			total += e
		}
		m, e := mantissa(((l[0] * l[4]) * (l[2] * l[6])) * ((l[1] * l[5]) * (l[3] * l[7])))
		return m, total + e
	}
}

func productGroupComplex[T complexes](skip bool) func([]T) (complex128, int64) {
	return func(x []T) (complex128, int64) {
		l := [4]complex128{1, 1, 1, 1}
		var total int64
		for i, v := range x {
			if skip && isNaN(v) {
				continue
			}
			m, e := complexMantissa(complex128(v))
			l[i&3] = complexMultiply(l[i&3], m)
			total += e
		}
		m, e := complexMantissa(complexMultiply(complexMultiply(l[0], l[2]), complexMultiply(l[1], l[3])))
		return m, total + e
	}
}

// productRows multiplies each accumulator by its element of each row. At most
// a group of rows is multiplied between two scalings.
func productRows[T float](skip bool) func(acc []float64, exponents []int64, x []T) {
	return func(acc []float64, exponents []int64, x []T) {
		exponents = exponents[:len(acc)]
		rowsOf(acc, x, func(acc []float64, row []T) {
			row = row[:len(acc)]
			for c := range acc {
				v := row[c]
				bits := math.Float64bits(float64(v))
				field := bits & exponentMask
				if field-exponentLeast < exponentMask-exponentLeast { // mantissa(v), which is not inlined
					acc[c] *= math.Float64frombits(bits ^ field | exponentOne)
					exponents[c] += int64(field>>52) - 1023
					continue
				}
				if skip && isNaN(v) {
					continue
				}
				m, e := specialMantissa(float64(v))
				acc[c] *= m
				exponents[c] += e
			}
		})
	}
}

func productRowsComplex[T complexes](skip bool) func(acc []complex128, exponents []int64, x []T) {
	return func(acc []complex128, exponents []int64, x []T) {
		rowsOf(acc, x, func(acc []complex128, row []T) {
			for c, v := range row {
				if skip && isNaN(v) {
					continue
				}
				m, e := complexMantissa(complex128(v))
				acc[c] = complexMultiply(acc[c], m)
				exponents[c] += e
			}
		})
	}
}

// scaledProducts is the reduction that multiplies floating-point elements, with
// a plane of mantissas and one of exponents.
func scaledProducts[T float | complexes, S float64 | complex128](
	s *scaled[S], run func([]T) (S, int64), rows func([]S, []int64, []T), out dtype.DType,
) *Reduction {
	round, _ := Cast(dtype.Of[S](), out)
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[S](), dtype.Int64},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			acc, exponents := dtype.Slice[S](partial[0])[:cells], dtype.Slice[int64](partial[1])[:cells]
			x := dtype.Slice[T](src)[:cells*n]
			if byCell {
				for c := range acc {
					acc[c], exponents[c] = pairwiseProduct(s, x[c*n:(c+1)*n], run)
				}
				return OK
			}
			for c := range acc {
				acc[c], exponents[c] = 1, 0
			}
			for cells > 0 && len(x) > 0 {
				some := x[:min(len(x), group*cells)]
				rows(acc, exponents, some)
				x = x[len(some):]
				for c := range acc {
					m, e := s.split(acc[c])
					acc[c] = m
					exponents[c] += e
				}
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			acc, exponents := dtype.Slice[S](left[0])[:cells], dtype.Slice[int64](left[1])[:cells]
			acc2, exponents2 := dtype.Slice[S](right[0])[:cells], dtype.Slice[int64](right[1])[:cells]
			for c := range acc {
				m, e := s.split(s.multiply(acc[c], acc2[c]))
				acc[c] = m
				exponents[c] += exponents2[c] + e
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			acc, exponents := dtype.Slice[S](partial[0])[:cells], dtype.Slice[int64](partial[1])[:cells]
			for c := range acc {
				acc[c] = s.scale(acc[c], exponents[c])
			}
			return round(cells, dst, partial[0], nil, nil)
		},
	}
}

// products is the reduction that multiplies integers in S.
func products[T integer, S int64 | uint64](out dtype.DType) *Reduction {
	write, _ := Cast(dtype.Of[S](), out)
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[S]()},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			acc := dtype.Slice[S](partial[0])[:cells]
			x := dtype.Slice[T](src)[:cells*n]
			for c := range acc {
				acc[c] = 1
			}
			if !byCell {
				rowsOf(acc, x, func(acc []S, row []T) {
					row = row[:len(acc)]
					for c := range acc {
						acc[c] *= S(row[c])
					}
				})
				return OK
			}
			for c := range acc {
				acc[c] = product[T, S](x[c*n : (c+1)*n])
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			l := dtype.Slice[S](left[0])[:cells]
			r := dtype.Slice[S](right[0])[:len(l)]
			for c := range l {
				l[c] *= r[c]
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			return write(cells, dst, partial[0], nil, nil)
		},
	}
}

// product multiplies integers, in any order because they wrap.
func product[T integer, S int64 | uint64](x []T) S {
	a, b := S(1), S(1)
	for ; len(x) >= 4; x = x[4:] {
		a *= S(x[0]) * S(x[1])
		b *= S(x[2]) * S(x[3])
	}
	for _, v := range x {
		a *= S(v)
	}
	return a * b
}
