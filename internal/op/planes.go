package op

import "gabion/dtype"

// Planes are the element types of what a reduction of elements of type d keeps
// for each result until all elements are seen: such as a sum, or a value and
// where it was.
func Planes(name Name, d dtype.DType) []dtype.DType {
	element, sum := d, dtype.SumOf(d)
	mean := dtype.Float64
	if d == dtype.Float16 { // its kernels are those of float32
		element = dtype.Float32
	}
	switch {
	case d.IsFloat():
		sum = dtype.Float64
	case d.IsComplex():
		sum, mean = dtype.Complex128, dtype.Complex128
	default: // there are no NaNs to leave out
		name = Lookup(name).Plain()
	}
	switch name {
	case Sum, Nansum:
		return []dtype.DType{sum}
	case Prod, Nanprod: // of floats a mantissa and an exponent
		if d.Kind() < dtype.KindFloat {
			return []dtype.DType{sum}
		}
		return []dtype.DType{sum, dtype.Int64}
	case Mean:
		return []dtype.DType{mean}
	case Nanmean:
		return []dtype.DType{mean, dtype.Int64}
	case Var, Std:
		return []dtype.DType{mean, dtype.Float64}
	case Nanvar, Nanstd:
		return []dtype.DType{mean, dtype.Float64, dtype.Int64}
	case Min, Max, Nanmin, Nanmax:
		return []dtype.DType{element}
	case Argmin, Argmax, Nanargmin, Nanargmax:
		return []dtype.DType{element, dtype.Int64}
	case Any, All:
		return []dtype.DType{dtype.Bool}
	case CountNonzero:
		return []dtype.DType{dtype.Int64}
	case Matmul, Tensordot, Vecdot, Einsum, Contract:
		_, plane := Contracted(d)
		return []dtype.DType{plane}
	}
	return nil
}

// PlaneAlign is the number of bytes that the start of each plane is a multiple
// of.
const PlaneAlign = 16

// PartialBytes is the size of the planes for a number of results.
func PartialBytes(name Name, d dtype.DType, cells int) int {
	n := 0
	for _, plane := range Planes(name, d) {
		n += (cells*plane.Size() + PlaneAlign - 1) / PlaneAlign * PlaneAlign
	}
	return n
}
