package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// reference is what an operation makes of one element of each operand, before
// it is rounded to the type of the result.
func reference(name op.Name, args []any) any {
	switch x := args[0].(type) {
	case bool:
		if name == op.Where {
			if x {
				return args[1]
			}
			return args[2]
		}
		return referenceBool(name, x, len(args) > 1 && args[1].(bool))
	case *big.Int:
		y := new(big.Int)
		if len(args) > 1 {
			y = args[1].(*big.Int)
		}
		return referenceInteger(name, x, y)
	case float64:
		y := math.NaN()
		if len(args) > 1 {
			y = args[1].(float64)
		}
		return referenceFloat(name, x, y)
	case complex128:
		y := cmplx.NaN()
		if len(args) > 1 {
			y = args[1].(complex128)
		}
		return referenceComplex(name, x, y)
	}
	panic("no reference for " + name)
}

func referenceBool(name op.Name, x, y bool) any {
	switch name {
	case op.Add, op.Maximum, op.LogicalOr:
		return x || y
	case op.Multiply, op.Minimum, op.LogicalAnd:
		return x && y
	case op.LogicalNot:
		return !x
	case op.Abs:
		return x
	case op.Isnan:
		return false
	case op.Equal:
		return x == y
	case op.NotEqual:
		return x != y
	case op.Less:
		return !x && y
	case op.LessEqual:
		return !x || y
	case op.Greater:
		return x && !y
	case op.GreaterEqual:
		return x || !y
	}
	panic("no reference for " + name)
}

// floorDivmod of big integers, with 0 for a zero divisor.
func floorDivmod(x, y *big.Int) (q, r *big.Int) {
	q, r = new(big.Int), new(big.Int)
	if y.Sign() == 0 {
		return q, r
	}
	q.QuoRem(x, y, r)
	if r.Sign() != 0 && r.Sign() != y.Sign() {
		q.Sub(q, big.NewInt(1))
		r.Add(r, y)
	}
	return q, r
}

func referenceInteger(name op.Name, x, y *big.Int) any {
	z := new(big.Int)
	switch name {
	case op.Add:
		return z.Add(x, y)
	case op.Subtract:
		return z.Sub(x, y)
	case op.Multiply:
		return z.Mul(x, y)
	case op.FloorDivide:
		q, _ := floorDivmod(x, y)
		return q
	case op.Remainder:
		_, r := floorDivmod(x, y)
		return r
	case op.Pow:
		if y.Sign() < 0 {
			return z
		}
		return z.Exp(x, y, new(big.Int).Lsh(big.NewInt(1), 64))
	case op.Negative:
		return z.Neg(x)
	case op.Abs:
		return z.Abs(x)
	case op.Minimum:
		if x.Cmp(y) < 0 {
			return x
		}
		return y
	case op.Maximum:
		if x.Cmp(y) > 0 {
			return x
		}
		return y
	case op.Isnan:
		return false
	case op.Equal:
		return x.Cmp(y) == 0
	case op.NotEqual:
		return x.Cmp(y) != 0
	case op.Less:
		return x.Cmp(y) < 0
	case op.LessEqual:
		return x.Cmp(y) <= 0
	case op.Greater:
		return x.Cmp(y) > 0
	case op.GreaterEqual:
		return x.Cmp(y) >= 0
	}
	panic("no reference for " + name)
}

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

var bigPowers = map[[2]float64]float64{}

// bigPow is x to the power of y by squaring for the whole part of y and square
// roots for the bits of its fraction, in 200 bits.
func bigPow(x, y float64) float64 {
	if known, ok := bigPowers[[2]float64{x, y}]; ok {
		return known
	}
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(v) }
	power, base := number(1), number(x)
	whole, fraction := math.Modf(math.Abs(y))
	for n := int(whole); n > 0; n >>= 1 {
		if n&1 == 1 {
			power.Mul(power, base)
		}
		base.Mul(base, base)
	}
	base = number(x)
	for range 75 {
		base.Sqrt(base)
		if fraction *= 2; fraction >= 1 {
			power.Mul(power, base)
			fraction--
		}
	}
	if y < 0 {
		power.Quo(number(1), power)
	}
	result, _ := power.Float64()
	bigPowers[[2]float64{x, y}] = result
	return result
}

func referenceFloat(name op.Name, x, y float64) any {
	finite := !math.IsNaN(x-x) && !math.IsNaN(y-y)
	switch name {
	case op.Add:
		return x + y
	case op.Subtract:
		return x - y
	case op.Multiply:
		return x * y
	case op.Divide:
		return x / y
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
	case op.Pow:
		if x != 0 && finite && math.Abs(y) < 2000 && (x > 0 || y == math.Trunc(y)) {
			return math.Copysign(bigPow(math.Abs(x), y), math.Pow(x, y))
		}
		return math.Pow(x, y)
	case op.Negative:
		return math.Copysign(x, -math.Copysign(1, x))
	case op.Abs:
		return math.Copysign(x, 1)
	case op.Sqrt:
		return math.Sqrt(x)
	case op.Exp:
		return math.Exp(x)
	case op.Log:
		// By the exponent apart, so that subnormals are as good as others.
		f, e := math.Frexp(x)
		if x > 0 && !math.IsInf(x, 0) && e < -1000 {
			return math.Log(f) + float64(e)*math.Ln2
		}
		return math.Log(x)
	case op.Sin:
		return math.Sin(x)
	case op.Cos:
		return math.Cos(x)
	case op.Minimum, op.Maximum:
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return math.NaN()
		case (x < y) == (name == op.Minimum):
			return x
		}
		return y
	case op.Isnan:
		return math.IsNaN(x)
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

func referenceComplex(name op.Name, x, y complex128) any {
	order, ok := lexicographic(x, y)
	switch name {
	case op.Add:
		return x + y
	case op.Subtract:
		return x - y
	case op.Multiply:
		return complex(real(x)*real(y)-imag(x)*imag(y), real(x)*imag(y)+imag(x)*real(y))
	case op.Divide:
		return x / y
	case op.Pow:
		switch {
		case y == 0:
			return complex128(1)
		case x == 0 && real(y) > 0 && imag(y) == 0:
			return complex128(0)
		case x == 0:
			return cmplx.NaN()
		}
		return cmplx.Exp(y * cmplx.Log(x))
	case op.Negative:
		return -x
	case op.Abs:
		return math.Sqrt(real(x)*real(x) + imag(x)*imag(x))
	case op.Sqrt:
		return cmplx.Sqrt(x)
	case op.Exp:
		return cmplx.Exp(x)
	case op.Log:
		return cmplx.Log(x)
	case op.Sin:
		return cmplx.Sin(x)
	case op.Cos:
		return cmplx.Cos(x)
	case op.Minimum, op.Maximum:
		switch {
		case hasNaN(x):
			return x
		case hasNaN(y):
			return y
		case (order < 0) == (name == op.Minimum):
			return x
		}
		return y
	case op.Isnan:
		return hasNaN(x)
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

// approximate lists the operations that have an error of their own.
var approximate = map[op.Name]bool{op.Pow: true, op.Exp: true, op.Log: true, op.Sin: true, op.Cos: true, op.FloorDivide: true}

// agrees is whether got is an acceptable result where want is the reference.
func agrees(name op.Name, out dtype.DType, want, got any) bool {
	zeros := name != op.Minimum && name != op.Maximum
	switch want := want.(type) {
	case float64:
		if approximate[name] && !math.IsInf(want, 0) {
			return closeFloat(want, got.(float64), 4*epsilon(out))
		}
		if name == op.Abs {
			return closeFloat(want, got.(float64), 2*epsilon(out))
		}
	case complex128:
		switch name {
		case op.Add, op.Subtract, op.Negative, op.Minimum, op.Maximum, op.Where:
			return sameElement(want, got, false)
		}
		if hasNaN(want) {
			return hasNaN(got)
		}
		tolerance := 16 * epsilon(out)
		if name == op.Pow {
			tolerance *= 64
		}
		return closeComplex(want, got.(complex128), tolerance)
	}
	return sameElement(want, got, zeros)
}

func TestElementwiseAgainstReference(t *testing.T) {
	for _, row := range op.Rows() {
		if row.Class != op.Elementwise || row.Types == nil {
			continue
		}
		done := map[dtype.DType]bool{}
		for _, in := range combinations(row.Arity) {
			types, err := row.Types(row.Name, in)
			if err != nil || done[types.Kernel] {
				continue
			}
			done[types.Kernel] = true
			t.Run(fmt.Sprintf("%s/%s", row.Name, types.Kernel), func(t *testing.T) {
				for _, n := range lengths() {
					checkLoop(t, row.Name, types, n, n%5)
				}
			})
		}
	}
}

func checkLoop(t *testing.T, name op.Name, types op.Types, n, offset int) {
	loop, ok := Elementwise(name, types.Kernel)
	require.True(t, ok)
	r := newRand(name, types.Kernel, n)
	var operands [3][]byte
	values := make([][]any, len(types.In))
	for k, d := range types.In {
		choices := pool(d, r)
		operands[k], _ = guarded(d, n, (offset+k)%3)
		for i := range n {
			v := choices[r.IntN(len(choices))]
			store(d, operands[k], i, v)
			if d == dtype.Bool && v.(bool) && r.IntN(2) == 0 {
				operands[k][i] = byte(1 + r.IntN(255)) // any non-zero byte is true
			}
			values[k] = append(values[k], v)
		}
	}
	want, status := make([]any, n), OK
	for i := range n {
		args := make([]any, len(types.In))
		for k := range args {
			args[k] = values[k][i]
		}
		want[i] = rounded(types.Out, reference(name, args))
		if y, ok := args[len(args)-1].(*big.Int); ok && name == op.Pow && y.Sign() < 0 {
			status = NegativePower
		}
	}
	verify := func(dst []byte, got Status, how string) {
		require.Equal(t, status, got)
		for i := range n {
			v := load(types.Out, dst, i)
			if !agrees(name, types.Out, want[i], v) {
				var args []any
				for k := range values {
					args = append(args, values[k][i])
				}
				require.Failf(t, "wrong element", "%s %s of %v, element %d of %d: %v, not %v", how, name, args, i, n, v, want[i])
			}
			if types.Out == dtype.Bool {
				require.LessOrEqual(t, dst[i], byte(1))
			}
		}
	}
	dst, whole := guarded(types.Out, n, offset)
	verify(dst, loop(n, dst, operands[0], operands[1], operands[2]), "new")
	requireGuards(t, dst, whole, types.Out, offset, string(name))
	for k, d := range types.In {
		if d.Size() < types.Out.Size() {
			continue
		}
		kept := append(dtype.Bytes(make([]complex128, 0, n+1)), operands[k]...)
		loopOperands := operands
		got := loop(n, operands[k], loopOperands[0], loopOperands[1], loopOperands[2])
		verify(operands[k], got, "in place")
		copy(operands[k], kept)
	}
}

func TestCastAgainstReference(t *testing.T) {
	for _, from := range dtype.All() {
		for _, to := range dtype.All() {
			loop, _ := Cast(from, to)
			for _, n := range lengths() {
				r := newRand(from, to, n)
				choices := pool(from, r)
				src, _ := guarded(from, n, n%3)
				dst, whole := guarded(to, n, n%4)
				for i := range n {
					store(from, src, i, choices[r.IntN(len(choices))])
				}
				require.Equal(t, OK, loop(n, dst, src, nil, nil))
				requireGuards(t, dst, whole, to, n%4, from.String()+" to "+to.String())
				for i := range n {
					v := load(from, src, i)
					want, got := referenceCast(from, to, v), load(to, dst, i)
					require.Truef(t, sameElement(want, got, true), "%v as %s: %v, not %v", v, to, got, want)
				}
			}
		}
	}
}

func referenceCast(from, to dtype.DType, v any) any {
	if c, ok := v.(complex128); ok {
		switch to.Kind() {
		case dtype.KindComplex:
			return rounded(to, c)
		case dtype.KindBool:
			return real(c) != 0 || imag(c) != 0
		}
		v = real(c)
	}
	if b, ok := v.(bool); ok {
		v = big.NewInt(int64(bit(b)))
	}
	switch v := v.(type) {
	case *big.Int:
		// The nearest float in one rounding, ties to even.
		exact := new(big.Float).SetInt(v)
		f64, _ := exact.Float64()
		f32, _ := exact.Float32()
		switch to {
		case dtype.Bool:
			return v.Sign() != 0
		case dtype.Float16, dtype.Float64:
			return rounded(to, f64)
		case dtype.Float32:
			return float64(f32)
		case dtype.Complex64:
			return complex(float64(f32), 0)
		case dtype.Complex128:
			return complex(f64, 0)
		}
		return rounded(to, v)
	case float64:
		switch to.Kind() {
		case dtype.KindBool:
			return !(v == 0)
		case dtype.KindFloat:
			return rounded(to, v)
		case dtype.KindComplex:
			return rounded(to, complex(v, 0))
		}
		lowest, highest := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(8*to.Size()))
		if to.IsSigned() {
			highest.Rsh(highest, 1)
			lowest.Neg(highest)
		}
		highest.Sub(highest, big.NewInt(1))
		switch {
		case math.IsNaN(v):
			return new(big.Int)
		case math.IsInf(v, 1):
			return highest
		case math.IsInf(v, -1):
			return lowest
		}
		z, _ := new(big.Float).SetFloat64(v).Int(nil)
		if z.Cmp(highest) > 0 {
			return highest
		}
		if z.Cmp(lowest) < 0 {
			return lowest
		}
		return z
	}
	panic("no reference from " + from.String())
}
