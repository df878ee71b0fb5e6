package kernel

import (
	"math"
	"math/cmplx"

	"gabion/internal/op"
)

// lexicographic compares by real, then imaginary part; ok is false if a NaN is
// decisive.
func lexicographic(x, y complex128) (order int, ok bool) {
	part := func(a, b float64) int {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	if hasNaN(x) || hasNaN(y) {
		return 0, false
	}
	if o := part(real(x), real(y)); o != 0 {
		return o, true
	}
	return part(imag(x), imag(y)), true
}

func referenceComplex(name op.Name, x, y, z complex128) any {
	if f, ok := bigComplexFunctions[name]; ok {
		if hasNaN(x) {
			return cmplx.NaN()
		}
		return f(x)
	}
	extreme := func(x, y complex128, sign int) complex128 {
		order, _ := lexicographic(x, y)
		switch {
		case hasNaN(x):
			return x
		case hasNaN(y):
			return y
		case order*sign > 0:
			return x
		}
		return y
	}
	order, ok := lexicographic(x, y)
	switch name {
	case op.Add:
		return x + y
	case op.Subtract:
		return x - y
	case op.Multiply:
		return complex(real(x)*real(y)-imag(x)*imag(y), real(x)*imag(y)+imag(x)*real(y))
	case op.Square:
		return complex(real(x)*real(x)-imag(x)*imag(x), 2*real(x)*imag(x))
	case op.Divide:
		return x / y
	case op.Reciprocal:
		if x == 0 {
			return cmplx.NaN()
		}
		return 1 / x
	case op.Pow:
		return bigComplexPow(x, y)
	case op.Negative:
		return -x
	case op.Positive:
		return x
	case op.Conj:
		return cmplx.Conj(x)
	case op.Real:
		return real(x)
	case op.Imag:
		return imag(x)
	case op.Abs:
		return math.Sqrt(real(x)*real(x) + imag(x)*imag(x))
	case op.Sign:
		if x == 0 {
			return complex128(0)
		}
		size := complex(math.Sqrt(real(x)*real(x)+imag(x)*imag(x)), 0)
		return x / size
	case op.Round, op.Rint:
		return complex(math.RoundToEven(real(x)), math.RoundToEven(imag(x)))
	case op.Minimum:
		return extreme(x, y, -1)
	case op.Maximum:
		return extreme(x, y, 1)
	case op.Clip:
		return extreme(extreme(x, y, 1), z, -1)
	case op.Fmin, op.Fmax:
		switch {
		case hasNaN(y):
			return x
		case hasNaN(x):
			return y
		}
		return extreme(x, y, map[op.Name]int{op.Fmin: -1, op.Fmax: 1}[name])
	case op.Isnan:
		return hasNaN(x)
	case op.Isinf:
		return math.IsInf(real(x), 0) || math.IsInf(imag(x), 0)
	case op.Isfinite:
		return !math.IsNaN(real(x)-real(x)) && !math.IsNaN(imag(x)-imag(x))
	case op.Equal:
		return ok && order == 0
	case op.NotEqual:
		return !ok || order != 0
	case op.Less:
		return ok && order < 0
	case op.LessEqual:
		return ok && order <= 0
	case op.Greater:
		return ok && order > 0
	case op.GreaterEqual:
		return ok && order >= 0
	}
	panic("no reference for " + name)
}
