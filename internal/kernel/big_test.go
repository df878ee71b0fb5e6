package kernel

import (
	"math"
	"math/big"

	"gabion/internal/op"
)

// Functions of numbers of 320 bits, by series: slow, plain, and independent of
// the kernels.
const bigBits = 320

func bigOf(x float64) *big.Float       { return newBig().SetFloat64(x) }
func newBig() *big.Float               { return new(big.Float).SetPrec(bigBits) }
func bigInt(n int) *big.Float          { return newBig().SetInt64(int64(n)) }
func plus(a, b *big.Float) *big.Float  { return newBig().Add(a, b) }
func minus(a, b *big.Float) *big.Float { return newBig().Sub(a, b) }
func times(a, b *big.Float) *big.Float { return newBig().Mul(a, b) }
func over(a, b *big.Float) *big.Float  { return newBig().Quo(a, b) }
func halfOf(a *big.Float) *big.Float   { return newBig().SetMantExp(a, -1) }
func root(a *big.Float) *big.Float     { return newBig().Sqrt(a) }
func opposite(a *big.Float) *big.Float { return newBig().Neg(a) }

// series is the sum of first, first*step(1), first*step(1)*step(2), ... until
// the terms are too small to matter.
func series(first *big.Float, step func(term *big.Float, n int)) *big.Float {
	sum, term := newBig().Set(first), newBig().Set(first)
	for n := 1; term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-bigBits-8; n++ {
		step(term, n)
		sum.Add(sum, term)
	}
	return sum
}

// inverseTangent is atan(1/n), or its hyperbolic like if sign is 1, in more bits.
func inverseTangent(n int64, sign int64, bits uint) *big.Float {
	wide := func(v int64) *big.Float { return new(big.Float).SetPrec(bits).SetInt64(v) }
	power := wide(1)
	power.Quo(power, wide(n))
	sum := wide(0).Set(power)
	for k := int64(1); power.MantExp(nil) > -int(bits)-8; k++ {
		power.Quo(power, wide(n*n*sign))
		sum.Add(sum, wide(0).Quo(power, wide(2*k+1)))
	}
	return sum
}

// piOf is pi by Machin's formula.
func piOf(bits uint) *big.Float {
	a, b := inverseTangent(5, -1, bits), inverseTangent(239, -1, bits)
	a.Mul(a, new(big.Float).SetInt64(16))
	b.Mul(b, new(big.Float).SetInt64(4))
	return a.Sub(a, b)
}

var (
	widePi = piOf(1600)
	bigPi  = newBig().Set(widePi)
	bigLn2 = newBig().SetMantExp(inverseTangent(3, 1, bigBits+16), 1)
	bigOne = bigInt(1)
)

// nearestInteger is x rounded; |x| is below 2^62.
func nearestInteger(x *big.Float) int {
	f, _ := x.Float64()
	return int(math.Round(f))
}

func bigExp(x *big.Float) *big.Float {
	k := nearestInteger(over(x, bigLn2))
	r := newBig().SetMantExp(minus(x, times(bigInt(k), bigLn2)), -12)
	e := series(bigOne, func(term *big.Float, n int) { term.Mul(term, r).Quo(term, bigInt(n)) })
	for range 12 {
		e.Mul(e, e)
	}
	return e.SetMantExp(e, k)
}

func bigExpm1(x *big.Float) *big.Float {
	if x.MantExp(nil) > -8 {
		return minus(bigExp(x), bigOne)
	}
	return series(x, func(term *big.Float, n int) { term.Mul(term, x).Quo(term, bigInt(n+1)) })
}

func bigLog(x *big.Float) *big.Float {
	m := newBig()
	k := x.MantExp(m)
	f, _ := m.Float64()
	y := bigOf(math.Log(f))
	for range 3 { // Halley's method for exp(y) = m
		e := bigExp(y)
		y.Add(y, times(bigInt(2), over(minus(m, e), plus(m, e))))
	}
	y.Add(y, times(bigInt(k), bigLn2))
	if y.Sign() != 0 && y.MantExp(nil) < -300 {
		return newBig() // of 1
	}
	return y
}

func bigLog1p(x *big.Float) *big.Float {
	if x.MantExp(nil) > -16 {
		return bigLog(plus(bigOne, x))
	}
	sum, power := newBig().Set(x), newBig().Set(x)
	for n := 2; power.Sign() != 0 && power.MantExp(nil) > sum.MantExp(nil)-bigBits-8; n++ {
		power.Mul(power, x).Neg(power)
		sum.Add(sum, over(power, bigInt(n)))
	}
	return sum
}

// bigSinCos reduces with as many bits of pi as x has in front of the point, and
// 320 more.
func bigSinCos(x *big.Float) (sin, cos *big.Float) {
	wide := func() *big.Float { return new(big.Float).SetPrec(1600) }
	quarter := wide().SetMantExp(widePi, -1)
	q, _ := wide().Quo(x, quarter).Int(nil)
	r := wide().Sub(x, wide().Mul(quarter, wide().SetInt(q)))
	small := newBig().Set(r)
	square := times(small, small)
	sin = series(small, func(term *big.Float, n int) { term.Mul(term, square).Quo(term, bigInt(-2*n*(2*n+1))) })
	cos = series(bigOne, func(term *big.Float, n int) { term.Mul(term, square).Quo(term, bigInt(-2*n*(2*n-1))) })
	switch new(big.Int).And(q, big.NewInt(3)).Int64() {
	case 1:
		return cos, opposite(sin)
	case 2:
		return opposite(sin), opposite(cos)
	case 3:
		return opposite(cos), sin
	}
	return sin, cos
}

func bigAtan(x *big.Float) *big.Float {
	if x.MantExp(nil) > 1 {
		quarter := halfOf(bigPi)
		if x.Sign() < 0 {
			quarter.Neg(quarter)
		}
		return quarter.Sub(quarter, bigAtan(over(bigOne, x)))
	}
	for range 4 { // atan(x) is 2 atan(x / (1 + sqrt(1 + x^2)))
		x = over(x, plus(bigOne, root(plus(bigOne, times(x, x)))))
	}
	square, power := times(x, x), newBig().Set(x)
	sum := newBig().Set(x)
	for n := 3; power.Sign() != 0 && power.MantExp(nil) > sum.MantExp(nil)-bigBits-8; n += 2 {
		power.Mul(power, square).Neg(power)
		sum.Add(sum, over(power, bigInt(n)))
	}
	return sum.SetMantExp(sum, 4)
}

// bigAngle is the angle of a point other than the origin.
func bigAngle(y, x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return times(halfOf(bigPi), bigInt(y.Sign()))
	}
	angle := bigAtan(over(y, x))
	switch {
	case x.Sign() > 0:
		return angle
	case y.Sign() < 0:
		return minus(angle, bigPi)
	}
	return plus(angle, bigPi)
}

func bigSinh(x *big.Float) *big.Float {
	if x.MantExp(nil) > 2 {
		e := bigExp(x)
		return halfOf(minus(e, over(bigOne, e)))
	}
	e := bigExpm1(x)
	return halfOf(plus(e, over(e, plus(e, bigOne))))
}

func bigCosh(x *big.Float) *big.Float {
	e := bigExp(x)
	return halfOf(plus(e, over(bigOne, e)))
}

// bigAsinh is log(1 + x + x^2/(1 + sqrt(1+x^2))) of x from 0 on.
func bigAsinh(x *big.Float) *big.Float {
	square := times(x, x)
	return bigLog1p(plus(x, over(square, plus(bigOne, root(plus(bigOne, square))))))
}

// odd is an odd function made from what it is of numbers from 0 on.
func odd(f func(x *big.Float) *big.Float) func(x *big.Float) *big.Float {
	return func(x *big.Float) *big.Float {
		if x.Sign() < 0 {
			return opposite(f(opposite(x)))
		}
		return f(x)
	}
}

// known are results that were computed before.
var known = map[op.Name]map[[2]float64]float64{}

// remembered is f, computed once for each argument: plain where that is a
// special case.
func remembered(name op.Name, x, y float64, special bool, plain func() float64, f func() *big.Float) float64 {
	if special {
		return plain()
	}
	if known[name] == nil {
		known[name] = map[[2]float64]float64{}
	}
	v, ok := known[name][[2]float64{x, y}]
	if !ok {
		v, _ = f().Float64()
		known[name][[2]float64{x, y}] = v
	}
	return v
}

// exactFunctions are bigFunctions before they are rounded.
var exactFunctions = map[op.Name]func(x *big.Float) *big.Float{}

// bigFunctions are the functions of one real number. Where x is 0 or not finite,
// or where there is no value, package math has the special cases right.
var bigFunctions = func() map[op.Name]func(x float64) float64 {
	all := map[op.Name]func(x float64) float64{}
	add := func(name op.Name, inside func(x float64) bool, plain func(x float64) float64, f func(x *big.Float) *big.Float) {
		exactFunctions[name] = f
		all[name] = func(x float64) float64 {
			return remembered(name, x, 0, x == 0 || x-x != 0 || !inside(x), func() float64 { return plain(x) }, func() *big.Float { return f(bigOf(x)) })
		}
	}
	always := func(float64) bool { return true }
	moderate := func(x float64) bool { return math.Abs(x) < 1200 }
	unit := func(x float64) bool { return math.Abs(x) <= 1 }
	positive := func(x float64) bool { return x > 0 }
	sin := func(x *big.Float) *big.Float { s, _ := bigSinCos(x); return s }
	cos := func(x *big.Float) *big.Float { _, c := bigSinCos(x); return c }
	add(op.Exp, moderate, math.Exp, bigExp)
	add(op.Exp2, moderate, math.Exp2, func(x *big.Float) *big.Float { return bigExp(times(x, bigLn2)) })
	add(op.Expm1, moderate, math.Expm1, bigExpm1)
	add(op.Log, positive, math.Log, bigLog)
	add(op.Log2, positive, math.Log2, func(x *big.Float) *big.Float { return over(bigLog(x), bigLn2) })
	add(op.Log10, positive, math.Log10, func(x *big.Float) *big.Float { return over(bigLog(x), bigLog(bigInt(10))) })
	add(op.Log1p, func(x float64) bool { return x > -1 }, math.Log1p, bigLog1p)
	add(op.Sin, always, math.Sin, sin)
	add(op.Cos, always, math.Cos, cos)
	add(op.Tan, always, math.Tan, func(x *big.Float) *big.Float { return over(sin(x), cos(x)) })
	add(op.Asin, unit, math.Asin, func(x *big.Float) *big.Float {
		return bigAngle(x, root(times(minus(bigOne, x), plus(bigOne, x))))
	})
	add(op.Acos, unit, math.Acos, func(x *big.Float) *big.Float {
		return bigAngle(root(times(minus(bigOne, x), plus(bigOne, x))), x)
	})
	add(op.Atan, always, math.Atan, bigAtan)
	add(op.Sinh, moderate, math.Sinh, bigSinh)
	add(op.Cosh, moderate, math.Cosh, bigCosh)
	add(op.Tanh, moderate, math.Tanh, func(x *big.Float) *big.Float { return over(bigSinh(x), bigCosh(x)) })
	add(op.Asinh, always, math.Asinh, odd(bigAsinh))
	add(op.Acosh, func(x float64) bool { return x > 1 }, math.Acosh, func(x *big.Float) *big.Float {
		t := minus(x, bigOne)
		return bigLog1p(plus(t, root(times(t, plus(t, bigInt(2))))))
	})
	add(op.Atanh, func(x float64) bool { return math.Abs(x) < 1 }, math.Atanh, odd(func(x *big.Float) *big.Float {
		return halfOf(bigLog1p(over(times(bigInt(2), x), minus(bigOne, x))))
	}))
	add(op.Cbrt, always, math.Cbrt, odd(func(x *big.Float) *big.Float { return bigExp(over(bigLog(x), bigInt(3))) }))
	return all
}()

// bigFunctions2 are the functions of two real numbers.
var bigFunctions2 = map[op.Name]func(x, y float64) float64{
	op.Hypot: func(x, y float64) float64 {
		return remembered(op.Hypot, x, y, x-x != 0 || y-y != 0, func() float64 { return math.Hypot(x, y) },
			func() *big.Float { return root(plus(times(bigOf(x), bigOf(x)), times(bigOf(y), bigOf(y)))) })
	},
	op.Atan2: func(y, x float64) float64 {
		return remembered(op.Atan2, y, x, y == 0 || x == 0 || x-x != 0 || y-y != 0, func() float64 { return math.Atan2(y, x) },
			func() *big.Float { return bigAngle(bigOf(y), bigOf(x)) })
	},
	op.Pow: func(x, y float64) float64 {
		special := math.Abs(x) == 1 || x == 0 || y == 0 || x-x != 0 || y-y != 0 || x < 0 && y != math.Trunc(y) || math.Abs(y*math.Log(math.Abs(x))) > 1000
		power := remembered(op.Pow, math.Abs(x), y, special, func() float64 { return math.Pow(x, y) },
			func() *big.Float { return bigExp(times(bigOf(y), bigLog(bigOf(math.Abs(x))))) })
		if !special && x < 0 && math.Mod(y, 2) != 0 {
			return -power
		}
		return power
	},
	op.Logaddexp: func(x, y float64) float64 {
		return remembered(op.Logaddexp, x, y, !(math.Abs(x-y) < 1200), func() float64 { return greatestLog(x, y, math.Ln2) },
			func() *big.Float {
				return plus(bigOf(max(x, y)), bigLog1p(bigExp(minus(bigOf(min(x, y)), bigOf(max(x, y))))))
			})
	},
	op.Logaddexp2: func(x, y float64) float64 {
		return remembered(op.Logaddexp2, x, y, x == y || !(math.Abs(x-y) < 1200), func() float64 { return greatestLog(x, y, 1) }, func() *big.Float {
			power := bigExp(times(minus(bigOf(min(x, y)), bigOf(max(x, y))), bigLn2))
			return plus(bigOf(max(x, y)), over(bigLog1p(power), bigLn2))
		})
	},
}

// greatestLog is the logarithm of a sum of powers that are very different, or
// infinite.
func greatestLog(x, y, ofTwo float64) float64 {
	if x == y {
		return x + ofTwo
	}
	return max(x, y)
}
