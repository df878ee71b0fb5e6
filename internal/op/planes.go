package op

import "gabion/dtype"

// Planes are the element types of what a reduction of elements of type d keeps
// for each result until all elements are seen: such as a sum, or a value and
// where it was.
func Planes(name Name, d dtype.DType) []dtype.DType {
	sum := dtype.SumOf(d)
	if d.IsFloat() {
		sum = dtype.Float64
	}
	if d.IsComplex() {
		sum = dtype.Complex128
	}
	mean := dtype.Float64
	if d.IsComplex() {
		mean = dtype.Complex128
	}
	switch name {
	case Sum, Nansum:
		return []dtype.DType{sum}
	case Mean:
		return []dtype.DType{mean}
	case Nanmean:
		return []dtype.DType{mean, dtype.Int64}
	case Var, Std:
		return []dtype.DType{mean, dtype.Float64}
	case Min, Max, Nanmin, Nanmax:
		return []dtype.DType{d}
	case Argmin, Argmax:
		return []dtype.DType{d, dtype.Int64}
	case Any, All:
		return []dtype.DType{dtype.Bool}
	case Matmul, Tensordot, Vecdot, Einsum:
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
