package expr

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"gabion/array"
)

// A constant is a bool, int64, uint64 (above the range of int64), float64 or
// complex128.
type constant any

// named are the constants with a name.
var named = map[string]constant{
	"true": true, "false": false,
	"pi": math.Pi, "e": math.E, "nan": math.NaN(), "inf": math.Inf(1),
}

// parseNumber reads a number as Go writes it.
func parseNumber(n *ast.BasicLit) (constant, error) {
	text := strings.ReplaceAll(n.Value, "_", "")
	switch n.Kind {
	case token.INT:
		if len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9' {
			return nil, errors.New("a number that begins with 0 is octal in Go: leave the 0 out, or write 0o")
		}
		u, err := strconv.ParseUint(text, 0, 64)
		switch {
		case err != nil:
			return nil, fmt.Errorf("no integer type holds %s; with a point it is a floating-point number", shortened(text))
		case u > math.MaxInt64:
			return u, nil
		}
		return int64(u), nil
	case token.FLOAT, token.IMAG:
		digits, imaginary := strings.CutSuffix(text, "i")
		f, err := strconv.ParseFloat(digits, 64)
		if u, intErr := strconv.ParseUint(digits, 0, 64); err != nil && intErr == nil {
			f, err = float64(u), nil // 0x10i
		}
		if err != nil {
			return nil, fmt.Errorf("float64 does not hold %s; infinity is written inf", shortened(text))
		}
		if imaginary {
			return complex(0, f), nil
		}
		return f, nil
	}
	return nil, fmt.Errorf("%s is not a number", shortened(text))
}

func shortened(text string) string {
	if len(text) > 40 {
		return text[:37] + "..."
	}
	return text
}

// weak is the constant as an array that gives way to others.
func weak(c constant) array.Array {
	switch c := c.(type) {
	case bool:
		return array.Const(c)
	case int64:
		return array.Const(c)
	case uint64:
		return array.Const(c)
	case float64:
		return array.Const(c)
	case complex128:
		return array.Const(c)
	}
	return array.Array{}
}

// toFloat is a constant as a float64, if it is real.
func toFloat(c constant) (float64, bool) {
	switch c := c.(type) {
	case bool:
		if c {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(c), true
	case uint64:
		return float64(c), true
	case float64:
		return c, true
	}
	return 0, false
}

func toComplex(c constant) complex128 {
	if z, ok := c.(complex128); ok {
		return z
	}
	f, _ := toFloat(c)
	return complex(f, 0)
}

// toInt is a constant as an int64, if it is an integer that fits.
func toInt(c constant) (int64, bool) {
	switch c := c.(type) {
	case bool:
		if c {
			return 1, true
		}
		return 0, true
	case int64:
		return c, true
	}
	return 0, false
}

func isTrue(c constant) bool { return toComplex(c) != 0 }

var errInteger = errors.New("the integer result does not fit an int64; with a point, as in 2.0, numbers are floating-point")

// unaryConstant is an operator on a constant.
func unaryConstant(operator token.Token, c constant) (constant, error) {
	switch operator {
	case token.NOT:
		return !isTrue(c), nil
	case token.ADD:
		if b, ok := c.(bool); ok {
			c, _ := toInt(b)
			return c, nil
		}
		return c, nil
	case token.SUB:
		switch c := c.(type) {
		case uint64:
			if c == 1<<63 {
				return int64(math.MinInt64), nil
			}
			return nil, errInteger
		case float64:
			return -c, nil
		case complex128:
			return -c, nil
		}
		i, _ := toInt(c)
		if i == math.MinInt64 {
			return nil, errInteger
		}
		return -i, nil
	}
	return nil, fmt.Errorf("%s does not take a constant", operator)
}

// binaryConstant is an operator between constants, by the rules of Python, of
// which NumPy takes them: / is never an integer, % has the sign of b.
func binaryConstant(a constant, operator token.Token, b constant) (constant, error) {
	switch operator {
	case token.LAND:
		return isTrue(a) && isTrue(b), nil
	case token.LOR:
		return isTrue(a) || isTrue(b), nil
	case token.QUO, token.REM:
		if !isTrue(b) {
			return nil, errors.New("division by zero")
		}
	}
	i, aInt := toInt(a)
	j, bInt := toInt(b)
	f, aReal := toFloat(a)
	g, bReal := toFloat(b)
	switch {
	case aInt && bInt:
		return integers(i, operator, j)
	case aReal && bReal:
		if _, u := a.(uint64); u || isUint(b) {
			if _, float := a.(float64); !float && !isFloat(b) && operator != token.QUO {
				return nil, errInteger
			}
		}
		return floats(f, operator, g)
	}
	x, y := toComplex(a), toComplex(b)
	switch operator {
	case token.ADD:
		return x + y, nil
	case token.SUB:
		return x - y, nil
	case token.MUL:
		return x * y, nil
	case token.QUO:
		return x / y, nil
	case token.EQL:
		return x == y, nil
	case token.NEQ:
		return x != y, nil
	}
	return nil, fmt.Errorf("%s does not take complex numbers", operator)
}

func isUint(c constant) bool {
	_, ok := c.(uint64)
	return ok
}

func isFloat(c constant) bool {
	_, ok := c.(float64)
	return ok
}

func integers(i int64, operator token.Token, j int64) (constant, error) {
	var r int64
	ok := true
	switch operator {
	case token.ADD:
		r = i + j
		ok = (r > i) == (j > 0)
	case token.SUB:
		r = i - j
		ok = (r < i) == (j > 0)
	case token.MUL:
		hi, lo := bits.Mul64(magnitude(i), magnitude(j))
		r = i * j
		limit := uint64(math.MaxInt64)
		if (i < 0) != (j < 0) {
			limit++
		}
		ok = hi == 0 && lo <= limit
	case token.QUO:
		return float64(i) / float64(j), nil
	case token.REM:
		if j == -1 {
			return int64(0), nil
		}
		if r = i % j; r != 0 && (r < 0) != (j < 0) {
			r += j
		}
	default:
		return ordered(i, operator, j)
	}
	if !ok {
		return nil, errInteger
	}
	return r, nil
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func floats(f float64, operator token.Token, g float64) (constant, error) {
	switch operator {
	case token.ADD:
		return f + g, nil
	case token.SUB:
		return f - g, nil
	case token.MUL:
		return f * g, nil
	case token.QUO:
		return f / g, nil
	case token.REM:
		r := math.Mod(f, g)
		switch {
		case r == 0:
			r = math.Copysign(0, g)
		case (r < 0) != (g < 0):
			r += g
		}
		return r, nil
	}
	return ordered(f, operator, g)
}

func ordered[T int64 | float64](a T, operator token.Token, b T) (constant, error) {
	switch operator {
	case token.LSS:
		return a < b, nil
	case token.LEQ:
		return a <= b, nil
	case token.GTR:
		return a > b, nil
	case token.GEQ:
		return a >= b, nil
	case token.EQL:
		return a == b, nil
	case token.NEQ:
		return a != b, nil
	}
	return nil, fmt.Errorf("%s does not take constants", operator)
}
