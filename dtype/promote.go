package dtype

// promotion holds, for every pair of types, the type that both are converted
// to in an operation. Source: NumPy 2 promotion, which agrees with the Python
// Array API standard 2024.12 wherever the standard defines a result.
var promotion = func() [last + 1][last + 1]DType {
	var table [last + 1][last + 1]DType
	for a := Bool; a <= last; a++ {
		for b := Bool; b <= last; b++ {
			table[a][b] = promote(a, b)
		}
	}
	return table
}()

func promote(a, b DType) DType {
	if a == b {
		return a
	}
	if a.Kind() > b.Kind() || a.Kind() == b.Kind() && a > b {
		a, b = b, a
	}
	switch {
	case a == Bool:
		return b
	case a.Kind() == b.Kind() && a.IsSigned() == b.IsSigned():
		if a == Float16 || a.Kind() != KindInt || a < b {
			return b
		}
		return a
	case a.IsSigned() && b.IsUnsigned():
		switch {
		case b == Uint64:
			return Float64
		case a.Size() > b.Size():
			return a
		}
		return Int8 + (b - Uint8) + 1 // the signed type twice as wide as b
	case a.IsInteger() && b.IsFloat():
		// The smallest float that holds every integer of a's width, at most float64.
		need := [...]DType{1: Float16, 2: Float32, 4: Float64, 8: Float64}[a.Size()]
		return max(need, b)
	case a.IsInteger(): // b is complex
		if a.Size() <= 2 {
			return b
		}
		return Complex128
	case a == Float64:
		return Complex128
	}
	return b // a narrower float with a complex type
}

// Promote is the type that elements of a and b are both converted to;
// Invalid if either is not a type. It never depends on values, and arrays of
// no dimensions promote as any other array.
func Promote(a, b DType) DType {
	if !a.Valid() || !b.Valid() {
		return Invalid
	}
	return promotion[a][b]
}

// PromoteAll is the type that elements of several types are converted to;
// Invalid if there are none or one is not a type. The order does not matter:
// integers are converted to the floating-point or complex type that is there, not
// to a wider integer type first. So int8, uint16 and float32 give float32,
// though the first two give int32, which with float32 gives float64.
func PromoteAll(types ...DType) DType {
	if len(types) == 0 {
		return Invalid
	}
	var inexact DType
	for _, d := range types {
		switch {
		case d.Kind() < KindFloat:
		case inexact == Invalid:
			inexact = d
		default:
			inexact = Promote(inexact, d)
		}
	}
	all := inexact
	for i, d := range types {
		switch {
		case inexact != Invalid:
			all = Promote(all, Promote(inexact, d))
		case i == 0:
			all = Promote(d, d)
		default:
			all = Promote(all, d)
		}
	}
	return all
}

// PromoteWeak is the type in which an array of type d meets a weak scalar of
// kind k, a literal without a type of its own: d when its kind allows, else the
// default type of the scalar's kind widened as needed.
func PromoteWeak(d DType, k Kind) DType {
	switch {
	case !d.Valid() || k == KindInvalid || k > KindComplex:
		return Invalid
	case k <= d.Kind():
		return d
	case k == KindInt: // d is bool
		return Int64
	case k == KindFloat:
		return Float64
	}
	switch d { // complex scalar
	case Float16, Float32:
		return Complex64
	}
	return Complex128
}

// Default is the type a weak scalar of kind k has on its own.
func Default(k Kind) DType {
	if k > KindComplex {
		return Invalid
	}
	return [...]DType{KindInvalid: Invalid, KindBool: Bool, KindInt: Int64, KindFloat: Float64, KindComplex: Complex128}[k]
}

// FloatFor is the floating-point type in which NumPy computes a function such
// as sqrt of elements of type d: float16 for bool and 8-bit integers, float32
// for 16-bit ones, float64 for wider ones, and d itself for floats and complex.
func FloatFor(d DType) DType {
	switch {
	case !d.Valid():
		return Invalid
	case d.Kind() >= KindFloat:
		return d
	case d.Size() == 1:
		return Float16
	case d.Size() == 2:
		return Float32
	}
	return Float64
}

// SumOf is the type of a sum or product of elements of type d: int64 for bool
// and signed integers, uint64 for unsigned ones, d itself otherwise.
func SumOf(d DType) DType {
	switch {
	case d == Bool || d.IsSigned():
		return Int64
	case d.IsUnsigned():
		return Uint64
	}
	return d
}
