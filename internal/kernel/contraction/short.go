package contraction

import "gabion/dtype"

// shortest is up to how many products a cell is summed in place: to put the
// operands into rows would take longer than to multiply them.
const shortest = 16

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// shortOf finds the loop for short sums of a type. Those of float16 and bool are
// made as long ones.
func shortOf(d dtype.DType) func(t *tile, out []byte, o *Operands, a, b, cell int) {
	switch d {
	case dtype.Int8:
		return short[int8, int8]
	case dtype.Int16:
		return short[int16, int16]
	case dtype.Int32:
		return short[int32, int32]
	case dtype.Int64:
		return short[int64, int64]
	case dtype.Uint8:
		return short[uint8, uint8]
	case dtype.Uint16:
		return short[uint16, uint16]
	case dtype.Uint32:
		return short[uint32, uint32]
	case dtype.Uint64:
		return short[uint64, uint64]
	case dtype.Float32:
		return short[float32, float64]
	case dtype.Float64:
		return short[float64, float64]
	case dtype.Complex64:
		return shortComplex[complex64]
	case dtype.Complex128:
		return shortComplex[complex128]
	}
	return nil
}

// short sums the products of elements of type E, as those of type S.
func short[E, S number](t *tile, out []byte, o *Operands, a, b, cell int) {
	dst, x, y := dtype.Slice[S](out), dtype.Slice[E](o.A), dtype.Slice[E](o.B)
	inA, inB := t.depthA[:t.depth], t.depthB[:t.depth]
	for i := range t.rows {
		left := a + t.rowA[i]
		for j := range t.columns {
			right := b + t.columnB[j]
			var sum S
			for l, at := range inA {
				sum += S(S(x[left+at]) * S(y[right+inB[l]]))
			}
			dst[cell+t.rowCell[i]+t.columnCell[j]] = sum
		}
	}
}

func shortComplex[E complex64 | complex128](t *tile, out []byte, o *Operands, a, b, cell int) {
	dst, x, y := dtype.Slice[complex128](out), dtype.Slice[E](o.A), dtype.Slice[E](o.B)
	inA, inB := t.depthA[:t.depth], t.depthB[:t.depth]
	sign := 1.0
	if o.Conj {
		sign = -1
	}
	for i := range t.rows {
		left := a + t.rowA[i]
		for j := range t.columns {
			right := b + t.columnB[j]
			var re, im float64
			for l, at := range inA {
				u, v := complex128(x[left+at]), complex128(y[right+inB[l]])
				q := sign * imag(u)
				re += float64(real(u)*real(v)) - float64(q*imag(v))
				im += float64(real(u)*imag(v)) + float64(q*real(v))
			}
			dst[cell+t.rowCell[i]+t.columnCell[j]] = complex(re, im)
		}
	}
}
