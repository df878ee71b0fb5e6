package npy

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"gabion/dtype"
)

// encoding is how the elements of an array are stored.
type encoding struct {
	dtype dtype.DType
	big   bool // in big byte order; of one byte, either
}

// codes are the types by what follows the byte order in a descr.
var codes = map[string]dtype.DType{
	"b1": dtype.Bool, "i1": dtype.Int8, "i2": dtype.Int16, "i4": dtype.Int32, "i8": dtype.Int64,
	"u1": dtype.Uint8, "u2": dtype.Uint16, "u4": dtype.Uint32, "u8": dtype.Uint64,
	"f2": dtype.Float16, "f4": dtype.Float32, "f8": dtype.Float64, "c8": dtype.Complex64, "c16": dtype.Complex128,
}

// descrOf is the descr of an array that is written: in little byte order.
func descrOf(d dtype.DType) string {
	for code, t := range codes {
		if t == d && d.Size() == 1 {
			return "|" + code
		}
		if t == d {
			return "<" + code
		}
	}
	return ""
}

// encodingOf is the encoding that a descr stands for. An error says what there is
// instead of numbers, and how to get them.
func encodingOf(descr any) (encoding, error) {
	text, ok := descr.(string)
	switch descr.(type) {
	case list:
		return encoding{}, refused("a list", "records of several fields", "save each field into an array of its own, x['name']")
	case tuple:
		return encoding{}, refused("a tuple", "arrays as elements", "save them as one array of more axes")
	}
	if !ok {
		return encoding{}, fmt.Errorf("header: descr is %v; it is a string such as '<f8'", descr)
	}
	order, code := byte(0), text
	if text != "" && strings.IndexByte("<>|=", text[0]) >= 0 {
		order, code = text[0], text[1:]
	}
	d, known := codes[code]
	switch {
	case known && d.Size() > 1 && order != '<' && order != '>':
		return encoding{}, fmt.Errorf("header: descr %q does not say the byte order; '<%s' is little-endian, '>%s' big-endian", text, code, code)
	case known:
		return encoding{d, order == '>'}, nil
	}
	for _, r := range refusals {
		rest, found := strings.CutPrefix(code, r.kind)
		size, _, _ := strings.Cut(rest, "[")
		if found && strings.Trim(size, "0123456789") == "" {
			return encoding{}, refused(fmt.Sprintf("%q", text), r.what, r.instead)
		}
	}
	return encoding{}, fmt.Errorf("header: descr %q is no type of NumPy's; save x.astype('f8'), or another type of numbers", text)
}

func refused(descr, what, instead string) error {
	return fmt.Errorf("header: descr is %s: the elements are %s, which are not read; in Python, %s", descr, what, instead)
}

// refusals are types that NumPy stores and that are not read.
var refusals = []struct{ kind, what, instead string }{
	{"O", "pickled Python objects", "save x.astype('f8'), or another type of numbers"},
	{"M", "dates", "save x.astype('i8'), and keep the unit elsewhere"},
	{"m", "durations", "save x.astype('i8'), and keep the unit elsewhere"},
	{"U", "strings", "save numbers that stand for them"},
	{"S", "strings of bytes", "save numbers that stand for them, or x.view('u1')"},
	{"a", "strings of bytes", "save numbers that stand for them, or x.view('u1')"},
	{"V", "bytes without a meaning (bfloat16 and its like are stored so)", "save x.astype('f4'), or x.view('u1')"},
	{"f", "long doubles, which are different on other machines", "save x.astype('f8')"},
	{"c", "pairs of long doubles, which are different on other machines", "save x.astype('c16')"},
}

// bigEndian reports whether this machine is.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// foreign reports whether elements as they are stored are not those of this
// machine: their bytes are the other way round.
func (e encoding) foreign() bool { return e.dtype.Real().Size() > 1 && e.big != bigEndian }

// settle makes stored elements those of the machine, in place.
func (e encoding) settle(elements []byte) {
	if e.foreign() {
		e.reverse(elements)
	}
	if e.dtype == dtype.Bool {
		for i, b := range elements {
			if b > 1 {
				elements[i] = 1
			}
		}
	}
}

// reverse turns the bytes of elements, or of their real and imaginary parts,
// round.
func (e encoding) reverse(elements []byte) {
	switch e.dtype.Real().Size() {
	case 2:
		for s, i := dtype.Slice[uint16](elements), 0; i < len(s); i++ {
			s[i] = bits.ReverseBytes16(s[i])
		}
	case 4:
		for s, i := dtype.Slice[uint32](elements), 0; i < len(s); i++ {
			s[i] = bits.ReverseBytes32(s[i])
		}
	case 8:
		for s, i := dtype.Slice[uint64](elements), 0; i < len(s); i++ {
			s[i] = bits.ReverseBytes64(s[i])
		}
	}
}
