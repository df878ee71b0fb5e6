package kernel

import (
	"math"
	"math/big"

	"gabion/internal/op"
)

// bigComplex is a complex number of 320 bits.
type bigComplex struct{ re, im *big.Float }

// bigComplexOf is z, with parts of 0 replaced by something of the same sign and
// too small to matter, so that it is beside branch cuts and not on them.
func bigComplexOf(z complex128) bigComplex {
	part := func(v float64) *big.Float {
		if v == 0 {
			return newBig().SetMantExp(bigOf(math.Copysign(1, v)), -5000)
		}
		return bigOf(v)
	}
	return bigComplex{part(real(z)), part(imag(z))}
}

func (a bigComplex) value() complex128 {
	x, _ := a.re.Float64()
	y, _ := a.im.Float64()
	return complex(x, y)
}

func (a bigComplex) plus(b bigComplex) bigComplex {
	return bigComplex{plus(a.re, b.re), plus(a.im, b.im)}
}
func (a bigComplex) minus(b bigComplex) bigComplex {
	return bigComplex{minus(a.re, b.re), minus(a.im, b.im)}
}
func (a bigComplex) times(b bigComplex) bigComplex {
	return bigComplex{minus(times(a.re, b.re), times(a.im, b.im)), plus(times(a.re, b.im), times(a.im, b.re))}
}

func (a bigComplex) over(b bigComplex) bigComplex {
	size := plus(times(b.re, b.re), times(b.im, b.im))
	q := a.times(bigComplex{b.re, opposite(b.im)})
	return bigComplex{over(q.re, size), over(q.im, size)}
}

func (a bigComplex) by(f *big.Float) bigComplex { return bigComplex{times(a.re, f), times(a.im, f)} }

// turned is a times the imaginary unit.
func (a bigComplex) turned() bigComplex { return bigComplex{opposite(a.im), a.re} }

func (a bigComplex) log() bigComplex {
	return bigComplex{halfOf(bigLog(plus(times(a.re, a.re), times(a.im, a.im)))), bigAngle(a.im, a.re)}
}

func (a bigComplex) exp() bigComplex {
	e := bigExp(a.re)
	sin, cos := bigSinCos(a.im)
	return bigComplex{times(e, cos), times(e, sin)}
}

func (a bigComplex) sqrt() bigComplex {
	size := root(plus(times(a.re, a.re), times(a.im, a.im)))
	if a.re.Sign() >= 0 {
		re := root(halfOf(plus(size, a.re)))
		return bigComplex{re, halfOf(over(a.im, re))}
	}
	im := root(halfOf(minus(size, a.re)))
	if a.im.Sign() < 0 {
		im.Neg(im)
	}
	return bigComplex{halfOf(over(a.im, im)), im}
}

// sinhCosh is the hyperbolic sine and cosine.
func (a bigComplex) sinhCosh() (sinh, cosh bigComplex) {
	sin, cos := bigSinCos(a.im)
	s, c := bigSinh(a.re), bigCosh(a.re)
	return bigComplex{times(s, cos), times(c, sin)}, bigComplex{times(c, cos), times(s, sin)}
}

func (a bigComplex) asinh() bigComplex {
	return a.plus(a.times(a).plus(complexOne).sqrt()).log()
}

func (a bigComplex) atanh() bigComplex {
	return complexOne.plus(a).log().minus(complexOne.minus(a).log()).by(bigOf(0.5))
}

var complexOne = bigComplex{bigOne, newBig()}

// bigComplexFunctions are the functions of one complex number whose parts are
// not NaN.
var bigComplexFunctions = func() map[op.Name]func(z complex128) complex128 {
	all := map[op.Name]func(z complex128) complex128{}
	known := map[op.Name]map[complex128]complex128{}
	add := func(name op.Name, at0 float64, f func(z bigComplex) bigComplex) {
		known[name] = map[complex128]complex128{}
		all[name] = func(z complex128) complex128 {
			inf := math.Inf(1)
			switch {
			case z == 0:
				return complex(at0, 0)
			case name == op.Log1p && z == -1:
				return complex(-inf, 0)
			case name == op.Atanh && (z == 1 || z == -1):
				return complex(real(z)*inf, 0)
			case name == op.Atan && (z == 1i || z == -1i):
				return complex(0, imag(z)*inf)
			}
			v, ok := known[name][z]
			if !ok {
				v = f(bigComplexOf(z)).value()
				known[name][z] = v
			}
			return v
		}
	}
	i := bigComplex{newBig(), bigOne}
	add(op.Exp, 1, bigComplex.exp)
	add(op.Exp2, 1, func(z bigComplex) bigComplex { return z.by(bigLn2).exp() })
	add(op.Expm1, 0, func(z bigComplex) bigComplex { return z.exp().minus(complexOne) })
	add(op.Log, math.Inf(-1), bigComplex.log)
	add(op.Log2, math.Inf(-1), func(z bigComplex) bigComplex { return z.log().by(over(bigOne, bigLn2)) })
	add(op.Log10, math.Inf(-1), func(z bigComplex) bigComplex { return z.log().by(over(bigOne, bigLog(bigInt(10)))) })
	add(op.Log1p, 0, func(z bigComplex) bigComplex { return z.plus(complexOne).log() })
	add(op.Sqrt, 0, bigComplex.sqrt)
	add(op.Sinh, 0, func(z bigComplex) bigComplex { s, _ := z.sinhCosh(); return s })
	add(op.Cosh, 1, func(z bigComplex) bigComplex { _, c := z.sinhCosh(); return c })
	add(op.Tanh, 0, func(z bigComplex) bigComplex { s, c := z.sinhCosh(); return s.over(c) })
	add(op.Sin, 0, func(z bigComplex) bigComplex { s, _ := z.turned().sinhCosh(); return s.over(i) })
	add(op.Cos, 1, func(z bigComplex) bigComplex { _, c := z.turned().sinhCosh(); return c })
	add(op.Tan, 0, func(z bigComplex) bigComplex { s, c := z.turned().sinhCosh(); return s.over(c).over(i) })
	add(op.Asinh, 0, bigComplex.asinh)
	add(op.Asin, 0, func(z bigComplex) bigComplex { return z.turned().asinh().over(i) })
	add(op.Acos, math.Pi/2, func(z bigComplex) bigComplex {
		return bigComplex{halfOf(bigPi), newBig()}.minus(z.turned().asinh().over(i))
	})
	add(op.Acosh, 0, func(z bigComplex) bigComplex {
		return z.plus(z.plus(complexOne).sqrt().times(z.minus(complexOne).sqrt())).log()
	})
	add(op.Atanh, 0, bigComplex.atanh)
	add(op.Atan, 0, func(z bigComplex) bigComplex { return z.turned().atanh().over(i) })
	acosh := all[op.Acosh]
	all[op.Acosh] = func(z complex128) complex128 {
		if z == 0 {
			return complex(0, math.Copysign(math.Pi/2, imag(z)))
		}
		return acosh(z)
	}
	return all
}()

// bigComplexPow is x to the power of y; 0 to one that is neither 0 nor positive
// is NaN.
func bigComplexPow(x, y complex128) complex128 {
	switch {
	case y == 0:
		return 1
	case x == 0 && real(y) > 0:
		return 0
	case x == 0 || hasNaN(x) || hasNaN(y):
		return complexNaN
	}
	return bigComplexOf(y).times(bigComplexOf(x).log()).exp().value()
}
