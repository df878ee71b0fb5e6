package kernel

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// exact reports whether an operation on floats has no error but that of rounding.
func exact(name op.Name) bool {
	_, one := bigFunctions[name]
	_, two := bigFunctions2[name]
	return !one && !two && name != op.Deg2rad && name != op.Rad2deg && name != op.FloorDivide
}

// signOfZero reports whether an operation says which zero its result is.
func signOfZero(name op.Name) bool {
	switch name {
	case op.Minimum, op.Maximum, op.Fmin, op.Fmax, op.Clip:
		return false
	}
	return true
}

// agrees is whether got is an acceptable result where want is the reference.
func agrees(name op.Name, out dtype.DType, want, got any) bool {
	switch want := want.(type) {
	case float64:
		switch got := got.(float64); {
		case name == op.FloorDivide && !math.IsInf(want, 0):
			return closeFloat(want, got, 4*epsilon(out))
		case !exact(name):
			return sameFloat(want, got, true) || math.Abs(want-got) <= lastPlace(out, want)
		case name == op.Abs:
			return closeFloat(want, got, 2*epsilon(out))
		}
	case complex128:
		switch name {
		case op.Add, op.Subtract, op.Negative, op.Positive, op.Conj, op.Complex, op.Round, op.Rint,
			op.Minimum, op.Maximum, op.Fmin, op.Fmax, op.Clip, op.Where:
			return sameElement(want, got, false)
		}
		if hasNaN(want) {
			return hasNaN(got.(complex128))
		}
		tolerance := 8 * epsilon(out)
		if name == op.Pow {
			tolerance *= 8
		}
		return closeComplex(want, got.(complex128), tolerance)
	}
	return sameElement(want, got, signOfZero(name))
}

// lastPlace is the distance between elements of d at x.
func lastPlace(d dtype.DType, x float64) float64 {
	smallest := map[dtype.DType]float64{dtype.Float16: 0x1p-24, dtype.Float32: 0x1p-149, dtype.Float64: 0x1p-1074}[d]
	_, exponent := math.Frexp(x)
	return max(smallest, math.Ldexp(epsilon(d), exponent-1))
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
				sizes := lengths()
				if !exact(row.Name) || bigComplexFunctions[row.Name] != nil {
					sizes = []int{0, 1, 7, Piece} // slow references; loops over a function are all alike
				}
				for _, n := range sizes {
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
		want[i] = rounded(types.Out, reference(name, types.Out, args))
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
