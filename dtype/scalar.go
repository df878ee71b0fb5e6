package dtype

import (
	"fmt"
	"math"
	"strconv"
)

// Scalar is one element of a type. Scalars of the same type and bits are equal
// under ==. The zero value holds nothing.
type Scalar struct {
	DType DType
	bits  [2]uint64 // the element's bytes, in the machine's order, from the front
}

// ScalarOf is v as an element of the type OfValue says; ok is false if v has
// no element type.
func ScalarOf(v any) (s Scalar, ok bool) {
	switch v := v.(type) {
	case int:
		return scalar(int64(v)), true
	case uint:
		return scalar(uint64(v)), true
	case bool:
		return scalar(v), true
	case int8:
		return scalar(v), true
	case int16:
		return scalar(v), true
	case int32:
		return scalar(v), true
	case int64:
		return scalar(v), true
	case uint8:
		return scalar(v), true
	case uint16:
		return scalar(v), true
	case uint32:
		return scalar(v), true
	case uint64:
		return scalar(v), true
	case Half:
		return scalar(v), true
	case float32:
		return scalar(v), true
	case float64:
		return scalar(v), true
	case complex64:
		return scalar(v), true
	case complex128:
		return scalar(v), true
	}
	return Scalar{}, false
}

func scalar[T Element](v T) Scalar {
	s := Scalar{DType: Of[T]()}
	Slice[T](Bytes(s.bits[:]))[0] = v
	return s
}

// Bytes is a copy of the element's memory.
func (s Scalar) Bytes() []byte { return append([]byte(nil), Bytes(s.bits[:])[:s.DType.Size()]...) }

// ScalarFromBytes is the element of type d whose memory starts b.
func ScalarFromBytes(d DType, b []byte) (Scalar, error) {
	if !d.Valid() || len(b) < d.Size() {
		return Scalar{}, fmt.Errorf("%d bytes do not hold one element of type %v", len(b), d)
	}
	s := Scalar{DType: d}
	copy(Bytes(s.bits[:]), b[:d.Size()])
	if d == Bool {
		return scalar(b[0] != 0), nil
	}
	return s, nil
}

// Value is the element as the Go type it stands for; nil of the zero Scalar.
func (s Scalar) Value() any {
	b := Bytes(s.bits[:])
	switch s.DType {
	case Bool:
		return b[0] != 0
	case Int8:
		return Slice[int8](b)[0]
	case Int16:
		return Slice[int16](b)[0]
	case Int32:
		return Slice[int32](b)[0]
	case Int64:
		return Slice[int64](b)[0]
	case Uint8:
		return b[0]
	case Uint16:
		return Slice[uint16](b)[0]
	case Uint32:
		return Slice[uint32](b)[0]
	case Uint64:
		return Slice[uint64](b)[0]
	case Float16:
		return Slice[Half](b)[0]
	case Float32:
		return Slice[float32](b)[0]
	case Float64:
		return Slice[float64](b)[0]
	case Complex64:
		return Slice[complex64](b)[0]
	case Complex128:
		return Slice[complex128](b)[0]
	}
	return nil
}

// String is the shortest text that gives the element back, such as 0.1 or NaN.
func (s Scalar) String() string {
	switch v := s.Value().(type) {
	case Half:
		return strconv.FormatFloat(float64(v.Float32()), 'g', -1, 32)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case complex64:
		return strconv.FormatComplex(complex128(v), 'g', -1, 64)
	case complex128:
		return strconv.FormatComplex(v, 'g', -1, 128)
	case nil:
		return "nothing"
	default:
		return fmt.Sprint(v)
	}
}

// OverflowError reports a number that does not fit a type.
type OverflowError struct {
	Value Scalar
	To    DType
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("%v does not fit %v", e.Value, e.To)
}

// Convert is a weak scalar as an element of type to, whose kind is not less
// than the scalar's: a bool, int64, uint64, float64 or complex128 becomes any
// type of its own or a higher kind. An integer that does not fit an integer
// type is an *OverflowError; a float that does not fit becomes infinite.
func (s Scalar) Convert(to DType) (Scalar, error) {
	if s.DType == to {
		return s, nil
	}
	if !to.Valid() || s.DType.Kind() > to.Kind() {
		return Scalar{}, fmt.Errorf("%v of type %v cannot become %v", s, s.DType, to)
	}
	var c complex128
	switch v := s.Value().(type) {
	case bool:
		if v {
			return scalar(int64(1)).Convert(to)
		}
		return scalar(int64(0)).Convert(to)
	case int64:
		if to.IsInteger() {
			low, high := limits(to)
			if v < low || v > 0 && uint64(v) > high {
				return Scalar{}, &OverflowError{s, to}
			}
			return fromBits(to, uint64(v)), nil
		}
		c = complex(float64(v), 0)
		if to == Float32 || to == Complex64 {
			c = complex(float64(float32(v)), 0)
		}
	case uint64:
		if to.IsInteger() {
			if _, high := limits(to); v > high {
				return Scalar{}, &OverflowError{s, to}
			}
			return fromBits(to, v), nil
		}
		c = complex(float64(v), 0)
		if to == Float32 || to == Complex64 {
			c = complex(float64(float32(v)), 0)
		}
	case float64:
		c = complex(v, 0)
	case complex128:
		c = v
	default:
		return Scalar{}, fmt.Errorf("%v of type %v is not a weak scalar", s, s.DType)
	}
	switch to {
	case Float16:
		return scalar(HalfOf64(real(c))), nil
	case Float32:
		return scalar(float32(real(c))), nil
	case Float64:
		return scalar(real(c)), nil
	case Complex64:
		return scalar(complex64(c)), nil
	}
	return scalar(c), nil
}

// limits are the least value of an integer type, and its greatest.
func limits(d DType) (low int64, high uint64) {
	bits := 8 * uint(d.Size())
	if d.IsUnsigned() {
		return 0, math.MaxUint64 >> (64 - bits)
	}
	return math.MinInt64 >> (64 - bits), math.MaxInt64 >> (64 - bits)
}

// Limits are the least and the greatest finite element of a real type. ok is
// false of other types.
func Limits(d DType) (least, greatest Scalar, ok bool) {
	switch d {
	case Bool:
		return scalar(false), scalar(true), true
	case Float16:
		return scalar(HalfOf(-65504)), scalar(HalfOf(65504)), true
	case Float32:
		return scalar(float32(-math.MaxFloat32)), scalar(float32(math.MaxFloat32)), true
	case Float64:
		return scalar(-math.MaxFloat64), scalar(math.MaxFloat64), true
	}
	if !d.IsInteger() {
		return Scalar{}, Scalar{}, false
	}
	low, high := limits(d)
	return fromBits(d, uint64(low)), fromBits(d, high), true
}

func fromBits(d DType, v uint64) Scalar {
	switch d.Size() {
	case 1:
		s := scalar(uint8(v))
		s.DType = d
		return s
	case 2:
		s := scalar(uint16(v))
		s.DType = d
		return s
	case 4:
		s := scalar(uint32(v))
		s.DType = d
		return s
	}
	s := scalar(v)
	s.DType = d
	return s
}

// IsNaN reports whether the element is NaN or has a part that is.
func (s Scalar) IsNaN() bool {
	switch v := s.Value().(type) {
	case Half:
		return v.Float32() != v.Float32()
	case float32:
		return v != v
	case float64:
		return v != v
	case complex64:
		return scalar(complex128(v)).IsNaN()
	case complex128: // not cmplx.IsNaN, to which an infinite part hides a NaN
		return math.IsNaN(real(v)) || math.IsNaN(imag(v))
	}
	return false
}

// MarshalText writes the type and the bits.
func (s Scalar) MarshalText() ([]byte, error) {
	return []byte(fmt.Sprintf("%v:%x:%x", s.DType, s.bits[0], s.bits[1])), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Scalar) UnmarshalText(text []byte) error {
	var bits [2]uint64
	var name string
	for i, c := range text {
		if c == ':' {
			name = string(text[:i])
			text = text[i+1:]
			break
		}
	}
	d, err := Parse(name)
	if err != nil {
		return err
	}
	if _, err := fmt.Sscanf(string(text), "%x:%x", &bits[0], &bits[1]); err != nil {
		return fmt.Errorf("%q is not a scalar: %w", text, err)
	}
	read, err := ScalarFromBytes(d, Bytes(bits[:]))
	if err != nil {
		return err
	}
	if read.bits != bits {
		return fmt.Errorf("%q has bits that no %v has", text, d)
	}
	*s = read
	return nil
}
