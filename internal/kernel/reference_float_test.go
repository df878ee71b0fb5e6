package kernel

import (
	"math"
	"math/big"

	"gabion/dtype"
	"gabion/internal/op"
)

// floatFloor is floor(x / y) and the remainder from exact rational numbers,
// for finite operands and y other than 0.
func floatFloor(x, y float64) (quotient, remainder float64) {
	a, b := new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y)
	q := new(big.Rat).Quo(a, b)
	floor := new(big.Int).Div(q.Num(), q.Denom()) // Euclid's, and Denom > 0: floors
	quotient, _ = new(big.Rat).SetInt(floor).Float64()
	rest := a.Sub(a, b.Mul(b, new(big.Rat).SetInt(floor)))
	remainder, _ = rest.Float64()
	if quotient == 0 {
		quotient = math.Copysign(0, x/y)
	}
	if remainder == 0 && rest.Sign() == 0 {
		remainder = math.Copysign(0, y)
	}
	return quotient, remainder
}

func nextafter(d dtype.DType, x, y float64) float64 {
	switch {
	case x == y:
		return y
	case d == dtype.Float64 || x != x || y != y:
		return math.Nextafter(x, y)
	}
	if d == dtype.Float32 {
		return float64(math.Nextafter32(float32(x), float32(y)))
	}
	next := y
	h := dtype.HalfOf(float32(x))
	for _, near := range []dtype.Half{h - 1, h + 1, 1, 0x8001} {
		v := float64(near.Float32())
		if (x < v && v < next) || (x > v && v > next) {
			next = v
		}
	}
	if next == 0 {
		next = math.Copysign(0, x)
	}
	return next
}

func referenceFloat(name op.Name, out dtype.DType, x, y, z float64) any {
	finite := !math.IsNaN(x-x) && !math.IsNaN(y-y)
	if f, ok := bigFunctions[name]; ok {
		return f(x)
	}
	if f, ok := bigFunctions2[name]; ok {
		return f(x, y)
	}
	switch name {
	case op.Add:
		return x + y
	case op.Subtract:
		return x - y
	case op.Multiply:
		return x * y
	case op.Square:
		return x * x
	case op.Divide:
		return x / y
	case op.Reciprocal:
		return 1 / x
	case op.FloorDivide:
		switch {
		case y == 0:
			return x / y
		case finite:
			q, _ := floatFloor(x, y)
			return q
		case math.IsInf(y, 0) && !math.IsInf(x, 0) && x != 0 && !math.IsNaN(x):
			if (x < 0) != (y < 0) {
				return -1.0
			}
			return 0.0
		case math.IsInf(y, 0) && x == 0:
			return x / y
		}
		return math.NaN()
	case op.Remainder:
		switch {
		case finite && y != 0:
			_, r := floatFloor(x, y)
			return r
		case math.IsInf(y, 0) && !math.IsInf(x, 0) && !math.IsNaN(x):
			if x == 0 {
				return math.Copysign(0, y)
			}
			if (x < 0) != (y < 0) {
				return y
			}
			return x
		}
		return math.NaN()
	case op.Fmod:
		return math.Mod(x, y)
	case op.Negative:
		return math.Copysign(x, -math.Copysign(1, x))
	case op.Positive, op.Real, op.Conj:
		return x
	case op.Imag:
		return 0.0
	case op.Complex:
		return complex(x, y)
	case op.Abs:
		return math.Copysign(x, 1)
	case op.Copysign:
		return math.Copysign(x, y)
	case op.Nextafter:
		return nextafter(out, x, y)
	case op.Sign:
		switch {
		case x > 0:
			return 1.0
		case x < 0:
			return -1.0
		case x == 0:
			return 0.0
		}
		return x
	case op.Floor:
		return math.Floor(x)
	case op.Ceil:
		return math.Ceil(x)
	case op.Trunc:
		return math.Trunc(x)
	case op.Round, op.Rint:
		return math.RoundToEven(x)
	case op.Sqrt:
		return math.Sqrt(x)
	case op.Deg2rad:
		return x * (math.Pi / 180)
	case op.Rad2deg:
		return x * (180 / math.Pi)
	case op.Minimum, op.Maximum:
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return math.NaN()
		case (x < y) == (name == op.Minimum):
			return x
		}
		return y
	case op.Fmin, op.Fmax:
		switch {
		case math.IsNaN(x):
			return y
		case math.IsNaN(y), (x < y) == (name == op.Fmin):
			return x
		}
		return y
	case op.Clip:
		switch {
		case math.IsNaN(x) || math.IsNaN(y) || math.IsNaN(z):
			return math.NaN()
		case x < y:
			x = y
		}
		if x > z {
			return z
		}
		return x
	case op.Isnan:
		return math.IsNaN(x)
	case op.Isinf:
		return math.IsInf(x, 0)
	case op.Isposinf:
		return math.IsInf(x, 1)
	case op.Isneginf:
		return math.IsInf(x, -1)
	case op.Isfinite:
		return !math.IsInf(x, 0) && !math.IsNaN(x)
	case op.Signbit:
		return math.Signbit(x)
	case op.Equal:
		return x == y
	case op.NotEqual:
		return !(x == y)
	case op.Less:
		return x < y
	case op.LessEqual:
		return x <= y
	case op.Greater:
		return x > y
	case op.GreaterEqual:
		return x >= y
	}
	panic("no reference for " + name)
}
