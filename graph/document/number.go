package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Scalars: exact as text. Integers are decimal, of any size; floating-point
// numbers are C99's hexadecimal ones, as printf writes with %a and Python with
// float.hex.

// appendFloat writes v such that it is read as the same number. There are two
// NaNs, of which -nan is what processors make of inf - inf.
func appendFloat(b []byte, v float64) []byte {
	switch {
	case v != v && math.Signbit(v):
		return append(b, `"-nan"`...)
	case v != v:
		return append(b, `"nan"`...)
	case math.IsInf(v, 0):
		if v < 0 {
			return append(b, `"-inf"`...)
		}
		return append(b, `"inf"`...)
	}
	b = append(b, '"')
	text := strconv.FormatFloat(v, 'x', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "p")
	b = append(b, mantissa...)
	b = append(b, 'p', exponent[0])
	digits := strings.TrimLeft(exponent[1:], "0") // two at least is how Go writes them
	if digits == "" {
		digits = "0"
	}
	b = append(b, digits...)
	return append(b, '"')
}

func parseFloat(text string) (float64, error) {
	switch text {
	case "nan":
		return math.NaN(), nil
	case "-nan":
		return math.Copysign(math.NaN(), -1), nil
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	}
	digits := strings.TrimLeft(text, "+-")
	if len(text) > 128 || len(text)-len(digits) > 1 || len(digits) < 3 || digits[0] != '0' || digits[1]|0x20 != 'x' || strings.Contains(text, "_") {
		return 0, notFloat(text)
	}
	v, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, overflow{fmt.Errorf("%s does not fit a float64", quoted(text))}
	}
	if err != nil {
		return 0, notFloat(text)
	}
	return v, nil
}

// overflow is the error of a scalar that does not fit.
type overflow struct{ error }

func notFloat(text string) error {
	return fmt.Errorf(`%s is not a floating-point number: it is written in hexadecimal, such as "0x1.8p+1", or "nan", "-nan", "inf", "-inf"`, quoted(text))
}

func parseInt(text string) (*big.Int, error) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return nil, fmt.Errorf(`%s is not an integer: it is written in decimal, such as "-12"`, quoted(text))
	}
	if len(digits) > maxDigit {
		return nil, fmt.Errorf("an integer of %d digits; %d are the most", len(digits), maxDigit)
	}
	v, _ := new(big.Int).SetString(text, 10)
	return v, nil
}

// weak reads a scalar of a kind.
func weak(kind string, raw json.RawMessage) (Value, error) {
	switch kind {
	case "bool":
		return parse[bool](raw, `true or false`)
	case "int":
		text, err := parse[string](raw, `an integer as text, such as "12"`)
		if err != nil {
			return nil, err
		}
		return parseInt(text)
	case "float":
		text, err := parse[string](raw, `a floating-point number as text, such as "0x1.8p+1"`)
		if err != nil {
			return nil, err
		}
		return parseFloat(text)
	case "complex":
		parts, err := parse[[]*string](raw, "a pair of floating-point numbers as text")
		if err == nil && (len(parts) != 2 || parts[0] == nil || parts[1] == nil) {
			err = fmt.Errorf("a complex number is a pair of floating-point numbers as text, not %s", shown(raw))
		}
		if err != nil {
			return nil, err
		}
		re, err := parseFloat(*parts[0])
		if err != nil {
			return nil, err
		}
		im, err := parseFloat(*parts[1])
		return complex(re, im), err
	}
	return nil, fmt.Errorf("there is no scalar of kind %s; the kinds are bool, int, float and complex", quoted(kind))
}

// quoted is text for an error, shortened.
func quoted(text string) string {
	if len(text) > 60 {
		text = text[:57] + "..."
	}
	return strconv.Quote(text)
}

// shown is JSON for an error, shortened.
func shown(raw json.RawMessage) string {
	text := string(raw)
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:57], "") + "..."
	}
	return text
}
