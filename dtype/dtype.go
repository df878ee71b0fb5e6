// Package dtype names the element types of arrays and says how they combine.
//
// The types and their promotion are those of NumPy 2, which follows the Python
// Array API standard where the standard defines a result.
package dtype

import (
	"fmt"
	"strings"
)

// DType is the type of an array's elements.
type DType uint8

// The element types, in the order in which promotion climbs within a kind.
// The zero value is not a type.
const (
	Invalid DType = iota
	Bool
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	Float32
	Float64
	Complex64
	Complex128
	last = Complex128
)

// Kind groups the types that behave alike.
type Kind uint8

// The kinds, in the order in which a weak scalar may be taken up by an array:
// a scalar of a kind that is not greater than the array's keeps the array's type.
const (
	KindInvalid Kind = iota
	KindBool
	KindInt
	KindFloat
	KindComplex
)

var names = [...]string{
	"invalid", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
	"float16", "float32", "float64", "complex64", "complex128",
}

var sizes = [...]int{0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 8, 16}

// All lists every element type.
func All() []DType {
	all := make([]DType, 0, last)
	for d := Bool; d <= last; d++ {
		all = append(all, d)
	}
	return all
}

// Valid reports whether d is one of the element types.
func (d DType) Valid() bool { return d > Invalid && d <= last }

// String is the name NumPy and Zarr use, such as "float32".
func (d DType) String() string {
	if !d.Valid() {
		return names[0]
	}
	return names[d]
}

// Size is the number of bytes of one element; 0 if d is not valid.
func (d DType) Size() int {
	if !d.Valid() {
		return 0
	}
	return sizes[d]
}

// Kind is the kind of d.
func (d DType) Kind() Kind {
	switch {
	case d == Bool:
		return KindBool
	case d >= Int8 && d <= Uint64:
		return KindInt
	case d >= Float16 && d <= Float64:
		return KindFloat
	case d == Complex64 || d == Complex128:
		return KindComplex
	}
	return KindInvalid
}

// IsSigned reports whether d is a signed integer type.
func (d DType) IsSigned() bool { return d >= Int8 && d <= Int64 }

// IsUnsigned reports whether d is an unsigned integer type.
func (d DType) IsUnsigned() bool { return d >= Uint8 && d <= Uint64 }

// IsInteger reports whether d is a signed or unsigned integer type.
func (d DType) IsInteger() bool { return d.Kind() == KindInt }

// IsFloat reports whether d is a real floating-point type.
func (d DType) IsFloat() bool { return d.Kind() == KindFloat }

// IsComplex reports whether d is a complex type.
func (d DType) IsComplex() bool { return d.Kind() == KindComplex }

// Real is the type of the real part of d: d itself unless d is complex.
func (d DType) Real() DType {
	switch d {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return d
}

// MarshalText writes the name of d, which is valid.
func (d DType) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, fmt.Errorf("element type %d does not exist", uint8(d))
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads a name that Parse accepts.
func (d *DType) UnmarshalText(text []byte) error {
	p, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

// Parse is the inverse of String.
func Parse(name string) (DType, error) {
	for d := Bool; d <= last; d++ {
		if names[d] == name {
			return d, nil
		}
	}
	return Invalid, fmt.Errorf("no element type is called %q; the types are %s", name, strings.Join(names[1:], ", "))
}

// Element lists the Go types of array elements. Float16 elements are of type Half.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		Half | float32 | float64 | complex64 | complex128
}

// Of is the element type that Go's type T stands for. An int is an int64 and a uint a
// uint64: the engine is for machines where they are.
func Of[T Element | int | uint]() DType {
	var zero T
	d, _ := OfValue(zero)
	return d
}

// OfValue is the element type of the Go value v, and whether v has one.
// A Go int is an int64 and a Go uint is a uint64.
func OfValue(v any) (DType, bool) {
	switch v.(type) {
	case bool:
		return Bool, true
	case int8:
		return Int8, true
	case int16:
		return Int16, true
	case int32:
		return Int32, true
	case int64, int:
		return Int64, true
	case uint8:
		return Uint8, true
	case uint16:
		return Uint16, true
	case uint32:
		return Uint32, true
	case uint64, uint:
		return Uint64, true
	case Half:
		return Float16, true
	case float32:
		return Float32, true
	case float64:
		return Float64, true
	case complex64:
		return Complex64, true
	case complex128:
		return Complex128, true
	}
	return Invalid, false
}
