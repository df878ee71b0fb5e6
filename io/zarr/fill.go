package zarr

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gabion/dtype"
)

// The NaNs that "NaN" stands for: quiet, positive, without payload. Go's own
// float64 NaN has a payload of 1.
const (
	nan16 = dtype.Half(0x7e00)
	nan32 = 0x7fc00000
	nan64 = 0x7ff8000000000000
)

// parseFill reads a fill value for elements of type d.
func parseFill(d dtype.DType, text json.RawMessage) (dtype.Scalar, error) {
	s, ok := fillScalar(d, text)
	if !ok {
		return dtype.Scalar{}, fmt.Errorf("fill_value: %.80s is not a value of type %v", text, d)
	}
	return s, nil
}

func fillScalar(d dtype.DType, text json.RawMessage) (dtype.Scalar, bool) {
	switch {
	case d == dtype.Bool:
		var v *bool
		if json.Unmarshal(text, &v) != nil || v == nil {
			return dtype.Scalar{}, false
		}
		return dtype.ScalarOf(*v)
	case d.IsUnsigned():
		v, err := strconv.ParseUint(string(text), 10, 64)
		if err != nil {
			return dtype.Scalar{}, false
		}
		return converted(v, d)
	case d.IsSigned():
		v, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return dtype.Scalar{}, false
		}
		return converted(v, d)
	case d.IsFloat():
		b, ok := floatBytes(d, text)
		if !ok {
			return dtype.Scalar{}, false
		}
		s, err := dtype.ScalarFromBytes(d, b)
		return s, err == nil
	}
	var parts []json.RawMessage
	if json.Unmarshal(text, &parts) != nil || len(parts) != 2 {
		return dtype.Scalar{}, false
	}
	re, okRe := floatBytes(d.Real(), parts[0])
	im, okIm := floatBytes(d.Real(), parts[1])
	if !okRe || !okIm {
		return dtype.Scalar{}, false
	}
	s, err := dtype.ScalarFromBytes(d, append(re, im...))
	return s, err == nil
}

func converted(v any, d dtype.DType) (dtype.Scalar, bool) {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		return s, false
	}
	s, err := s.Convert(d)
	return s, err == nil
}

// floatBytes is the memory of a real number: a JSON number, "NaN", "Infinity",
// "-Infinity", or the hexadecimal digits of its bits after 0x.
func floatBytes(d dtype.DType, text json.RawMessage) ([]byte, bool) {
	var word string
	if json.Unmarshal(text, &word) != nil { // not a string
		f, err := strconv.ParseFloat(string(text), bitsOf(d))
		if err != nil || !json.Valid(text) {
			return nil, false
		}
		return floatMemory(d, f), true
	}
	if word == "" { // also null
		return nil, false
	}
	switch strings.TrimPrefix(word, bareMark) {
	case "NaN":
		return floatMemory(d, math.NaN()), true
	case "Infinity":
		return floatMemory(d, math.Inf(1)), true
	case "-Infinity":
		return floatMemory(d, math.Inf(-1)), true
	}
	digits, ok := strings.CutPrefix(word, "0x")
	if !ok || len(digits) != 2*d.Size() {
		return nil, false
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, false
	}
	if littleEndian {
		slices.Reverse(b)
	}
	return b, true
}

var littleEndian = dtype.Bytes([]uint16{1})[0] == 1

// bitsOf is the precision to parse numbers of type d in; float16 is rounded
// from float64 in one step.
func bitsOf(d dtype.DType) int {
	if d == dtype.Float32 {
		return 32
	}
	return 64
}

// floatMemory is f as an element of type d, with the standard NaN.
func floatMemory(d dtype.DType, f float64) []byte {
	nan := f != f
	switch d {
	case dtype.Float16:
		h := dtype.HalfOf64(f)
		if nan {
			h = nan16
		}
		return dtype.Bytes([]dtype.Half{h})
	case dtype.Float32:
		b := math.Float32bits(float32(f))
		if nan {
			b = nan32
		}
		return dtype.Bytes([]uint32{b})
	}
	b := math.Float64bits(f)
	if nan {
		b = nan64
	}
	return dtype.Bytes([]uint64{b})
}

// encodeFill writes a fill value. NaNs other than the standard one are written
// by their bits.
func encodeFill(s dtype.Scalar) json.RawMessage {
	switch {
	case s.DType == dtype.Bool || s.DType.IsInteger():
		return json.RawMessage(s.String())
	case s.DType.IsFloat():
		return json.RawMessage(encodeFloat(s.DType, s.Bytes()))
	}
	b := s.Bytes()
	half := len(b) / 2
	re, im := encodeFloat(s.DType.Real(), b[:half]), encodeFloat(s.DType.Real(), b[half:])
	return json.RawMessage("[" + re + "," + im + "]")
}

func encodeFloat(d dtype.DType, b []byte) string {
	s, _ := dtype.ScalarFromBytes(d, b) // b has the size of d
	if s.IsNaN() && !slices.Equal(b, floatMemory(d, math.NaN())) {
		digits := slices.Clone(b)
		if littleEndian {
			slices.Reverse(digits)
		}
		return `"0x` + hex.EncodeToString(digits) + `"`
	}
	switch v := s.Value().(type) {
	case dtype.Half:
		return floatJSON(float64(v.Float32()), 32)
	case float32:
		return floatJSON(float64(v), 32)
	case float64:
		return floatJSON(v, 64)
	}
	return "null"
}

// fillOf is a value given by the user as a fill value of type d.
func fillOf(d dtype.DType, v any) (dtype.Scalar, error) {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		return s, fmt.Errorf("the fill value %v of type %T is not an element", v, v)
	}
	if s.DType != d {
		var err error
		if s, err = widened(s).Convert(d); err != nil {
			return s, fmt.Errorf("the fill value does not fit the array: %w", err)
		}
	}
	return standardNaN(s), nil
}

// standardNaN is s with the NaNs in it, of any bits, made the standard one.
func standardNaN(s dtype.Scalar) dtype.Scalar {
	if !s.IsNaN() {
		return s
	}
	part, b := s.DType.Real(), slices.Clone(s.Bytes())
	for at := 0; at < len(b); at += part.Size() {
		if x, _ := dtype.ScalarFromBytes(part, b[at:at+part.Size()]); x.IsNaN() {
			copy(b[at:], floatMemory(part, math.NaN()))
		}
	}
	s, _ = dtype.ScalarFromBytes(s.DType, b) // b has its size
	return s
}

// widened is s as the widest type of its kind, which Convert takes.
func widened(s dtype.Scalar) dtype.Scalar {
	var v any
	switch x := s.Value().(type) {
	case int8:
		v = int64(x)
	case int16:
		v = int64(x)
	case int32:
		v = int64(x)
	case uint8:
		v = uint64(x)
	case uint16:
		v = uint64(x)
	case uint32:
		v = uint64(x)
	case dtype.Half:
		v = float64(x.Float32())
	case float32:
		v = float64(x)
	case complex64:
		v = complex128(x)
	default:
		return s
	}
	w, _ := dtype.ScalarOf(v)
	return w
}
