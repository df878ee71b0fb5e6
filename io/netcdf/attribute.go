package netcdf

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"gabion/block"
	"gabion/dtype"
)

// storedType is a type as the header numbers it.
type storedType uint32

const (
	ncByte storedType = iota + 1
	ncChar
	ncShort
	ncInt
	ncFloat
	ncDouble
	ncUbyte
	ncUshort
	ncUint
	ncInt64
	ncUint64
)

// storedTypes holds the name of every type in the format's own words and the
// element type it is read as. Text has none.
var storedTypes = [...]struct {
	name  string
	dtype dtype.DType
}{
	ncByte: {"byte", dtype.Int8}, ncChar: {"char", dtype.Invalid}, ncShort: {"short", dtype.Int16}, ncInt: {"int", dtype.Int32},
	ncFloat: {"float", dtype.Float32}, ncDouble: {"double", dtype.Float64}, ncUbyte: {"ubyte", dtype.Uint8},
	ncUshort: {"ushort", dtype.Uint16}, ncUint: {"uint", dtype.Uint32}, ncInt64: {"int64", dtype.Int64}, ncUint64: {"uint64", dtype.Uint64},
}

func (t storedType) String() string     { return storedTypes[t].name }
func (t storedType) dtype() dtype.DType { return storedTypes[t].dtype }

// size is the number of bytes of one value in the file.
func (t storedType) size() int64 {
	if t == ncChar {
		return 1
	}
	return int64(t.dtype().Size())
}

// attribute is a named list of values, kept as the file holds them so that
// they can be compared exactly.
type attribute struct {
	name string
	typ  storedType
	data []byte // big-endian
}

func (a attribute) isText() bool { return a.typ == ncChar }

func (a attribute) count() int { return len(a.data) / int(a.typ.size()) }

// text is the value of an attribute of type char, without the zeros that some
// writers end it with. Bytes that are not UTF-8 are taken as Latin-1, which
// older files hold.
func (a attribute) text() string {
	s := strings.TrimRight(string(a.data), "\x00")
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// bits is value i, sign-extended if it is a signed integer.
func (a attribute) bits(i int) uint64 {
	switch a.typ.size() {
	case 1:
		if a.typ == ncByte {
			return uint64(int8(a.data[i]))
		}
		return uint64(a.data[i])
	case 2:
		x := binary.BigEndian.Uint16(a.data[2*i:])
		if a.typ == ncShort {
			return uint64(int16(x))
		}
		return uint64(x)
	case 4:
		x := binary.BigEndian.Uint32(a.data[4*i:])
		if a.typ == ncInt {
			return uint64(int32(x))
		}
		return uint64(x)
	}
	return binary.BigEndian.Uint64(a.data[8*i:])
}

// float is value i as the nearest float64.
func (a attribute) float(i int) float64 {
	x := a.bits(i)
	switch {
	case a.typ == ncFloat:
		return float64(math.Float32frombits(uint32(x)))
	case a.typ == ncDouble:
		return math.Float64frombits(x)
	case a.typ.dtype().IsSigned():
		return float64(int64(x))
	}
	return float64(x)
}

// value is what block.Attributes holds for a: a string, an int64 or a float64,
// or a slice of numbers unless there is exactly one. Numbers are int64 if they
// are integers that fit, else float64.
func (a attribute) value() any {
	if a.isText() {
		return a.text()
	}
	integers := a.typ.dtype().IsInteger()
	if a.typ == ncUint64 {
		for i := range a.count() {
			integers = integers && a.bits(i) <= math.MaxInt64
		}
	}
	if integers {
		values := make([]int64, a.count())
		for i := range values {
			values[i] = int64(a.bits(i))
		}
		return single(values)
	}
	values := make([]float64, a.count())
	for i := range values {
		values[i] = a.float(i)
	}
	return single(values)
}

func single[T any](values []T) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}

// attributesOf is the given attributes without those that drop names; nil if
// none are left.
func attributesOf(attrs []attribute, drop map[string]bool) block.Attributes {
	var out block.Attributes
	for _, a := range attrs {
		if drop[a.name] {
			continue
		}
		if out == nil {
			out = block.Attributes{}
		}
		out[a.name] = a.value()
	}
	return out
}

func find(attrs []attribute, name string) (attribute, bool) {
	for _, a := range attrs {
		if a.name == name {
			return a, true
		}
	}
	return attribute{}, false
}

// valuesAs is those values of a that elements of type T can equal. reinterpret
// takes integers of T's size by their bits, whether or not they are signed.
func valuesAs[T number](a attribute, reinterpret bool) []T {
	var values []T
	for i := range a.count() {
		if v, ok := valueAs[T](a, i, reinterpret); ok {
			values = append(values, v)
		}
	}
	return values
}

func valueAs[T number](a attribute, i int, reinterpret bool) (T, bool) {
	target := dtype.Of[T]()
	switch {
	case target.IsFloat():
		f := a.float(i)
		v := T(f)
		overflowed := math.IsInf(float64(v), 0) && !math.IsInf(f, 0)
		return v, !overflowed && !math.IsNaN(f)
	case a.typ.dtype().IsFloat():
		f := a.float(i)
		low, high := -math.Ldexp(1, 63), math.Ldexp(1, 64)
		switch {
		case f != math.Trunc(f) || f < low || f >= high || math.IsNaN(f):
			return 0, false
		case f < 0:
			v := T(int64(f))
			return v, v < 0 && int64(v) == int64(f)
		}
		v := T(uint64(f))
		return v, v >= 0 && uint64(v) == uint64(f)
	}
	x := a.bits(i)
	v := T(x)
	negative := a.typ.dtype().IsSigned() && int64(x) < 0
	if reinterpret && int(a.typ.size()) == target.Size() {
		return v, true
	}
	return v, uint64(v) == x && (v < 0) == negative
}
