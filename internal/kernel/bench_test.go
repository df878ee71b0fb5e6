package kernel

import (
	"fmt"
	"math"
	"testing"

	"gabion/dtype"
	"gabion/internal/op"
)

func perElement(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
}

func benchmarkLoop(b *testing.B, name op.Name, arity int, types ...dtype.DType) {
	for _, d := range types {
		b.Run(d.String(), func(b *testing.B) {
			loop, _ := Elementwise(name, d)
			var operands [3][]byte
			for k := range arity {
				operands[k] = dtype.Bytes(make([]complex128, Piece))
				one, _ := Cast(dtype.Float64, d)
				values := make([]float64, Piece)
				for i := range values {
					values[i] = 0.5 + float64((i*7+k*13)%97)
				}
				one(Piece, operands[k], dtype.Bytes(values), nil, nil)
			}
			dst := dtype.Bytes(make([]complex128, Piece))
			for b.Loop() {
				loop(Piece, dst, operands[0], operands[1], operands[2])
			}
			perElement(b, Piece)
		})
	}
}

var wide = []dtype.DType{dtype.Float32, dtype.Float64, dtype.Int64}

func BenchmarkAdd(b *testing.B)       { benchmarkLoop(b, op.Add, 2, wide...) }
func BenchmarkMultiply(b *testing.B)  { benchmarkLoop(b, op.Multiply, 2, wide...) }
func BenchmarkLess(b *testing.B)      { benchmarkLoop(b, op.Less, 2, wide...) }
func BenchmarkMaximum(b *testing.B)   { benchmarkLoop(b, op.Maximum, 2, wide...) }
func BenchmarkAbs(b *testing.B)       { benchmarkLoop(b, op.Abs, 1, wide...) }
func BenchmarkSqrt(b *testing.B)      { benchmarkLoop(b, op.Sqrt, 1, wide[:2]...) }
func BenchmarkExp(b *testing.B)       { benchmarkLoop(b, op.Exp, 1, wide[:2]...) }
func BenchmarkLog(b *testing.B)       { benchmarkLoop(b, op.Log, 1, wide[:2]...) }
func BenchmarkSin(b *testing.B)       { benchmarkLoop(b, op.Sin, 1, wide[:2]...) }
func BenchmarkPow(b *testing.B)       { benchmarkLoop(b, op.Pow, 2, wide...) }
func BenchmarkRemainder(b *testing.B) { benchmarkLoop(b, op.Remainder, 2, wide...) }
func BenchmarkTan(b *testing.B)       { benchmarkLoop(b, op.Tan, 1, wide[:2]...) }
func BenchmarkAtan2(b *testing.B)     { benchmarkLoop(b, op.Atan2, 2, wide[:2]...) }
func BenchmarkFloor(b *testing.B)     { benchmarkLoop(b, op.Floor, 1, wide[:2]...) }
func BenchmarkClip(b *testing.B)      { benchmarkLoop(b, op.Clip, 3, wide...) }
func BenchmarkAddHalf(b *testing.B)   { benchmarkLoop(b, op.Add, 2, dtype.Float16) }
func BenchmarkMultiplyComplex(b *testing.B) {
	benchmarkLoop(b, op.Multiply, 2, dtype.Complex64, dtype.Complex128)
}

func BenchmarkWhere(b *testing.B) {
	loop, _ := Elementwise(op.Where, dtype.Float64)
	condition := make([]byte, Piece)
	for i := range condition {
		condition[i] = byte(i * 7 % 5 & 1)
	}
	x, dst := dtype.Bytes(make([]float64, Piece)), dtype.Bytes(make([]float64, Piece))
	for b.Loop() {
		loop(Piece, dst, condition, x, x)
	}
	perElement(b, Piece)
}

func BenchmarkCast(b *testing.B) {
	for _, pair := range [][2]dtype.DType{
		{dtype.Float32, dtype.Float64},
		{dtype.Float64, dtype.Float32},
		{dtype.Int16, dtype.Float32},
		{dtype.Float64, dtype.Int64},
		{dtype.Float16, dtype.Float32},
		{dtype.Float32, dtype.Float16},
	} {
		b.Run(pair[0].String()+" to "+pair[1].String(), func(b *testing.B) {
			loop, _ := Cast(pair[0], pair[1])
			src, dst := dtype.Bytes(make([]complex128, Piece)), dtype.Bytes(make([]complex128, Piece))
			for b.Loop() {
				loop(Piece, dst, src, nil, nil)
			}
			perElement(b, Piece)
		})
	}
}

func BenchmarkReduce(b *testing.B) {
	for _, name := range []op.Name{op.Sum, op.Nansum, op.Prod, op.Var, op.Nanvar, op.CountNonzero, op.Max, op.Nanmax, op.Argmax, op.Nanargmax, op.Any} {
		for _, d := range []dtype.DType{dtype.Float32, dtype.Float64, dtype.Int64} {
			for _, byCell := range []bool{true, false} {
				cells, n, layout := 1, Piece, "one cell"
				if !byCell {
					cells, n, layout = Piece/32, 32, "rows"
				}
				b.Run(fmt.Sprintf("%s/%s/%s", name, d, layout), func(b *testing.B) {
					r, _ := Reduce(name, d)
					src := dtype.Bytes(make([]complex128, Piece))
					for i := range Piece {
						v, _ := dtype.ScalarOf(1 + float64(i%7))
						v, _ = v.Convert(d)
						copy(src[i*d.Size():], v.Bytes())
					}
					planes := r.PlanesOf(dtype.Bytes(make([]complex128, r.PartialBytes(cells)/16)), cells)
					for b.Loop() {
						r.Leaf(planes, cells, n, src, byCell, 0, 1, 1)
					}
					perElement(b, Piece)
				})
			}
		}
	}
}

func BenchmarkGather(b *testing.B) {
	src, dst := dtype.Bytes(make([]float64, 4*Piece)), dtype.Bytes(make([]float64, Piece))
	for _, stride := range []int{0, 1, 2, -1} {
		b.Run(fmt.Sprint("stride ", stride), func(b *testing.B) {
			for b.Loop() {
				Gather(8, dst, Piece, src, max(0, -stride*(Piece-1)), stride)
			}
			perElement(b, Piece)
		})
	}
}

func BenchmarkRandom(b *testing.B) {
	p := make([]float64, 1000)
	for i := range p {
		p[i] = float64(i) / 499500
	}
	for _, c := range []struct {
		text string
		name op.Name
		d    dtype.DType
		draw Draw
	}{
		{"uniform", op.RandomUniform, dtype.Float64, Draw{B: 1}},
		{"uniform float32", op.RandomUniform, dtype.Float32, Draw{B: 1}},
		{"normal", op.RandomNormal, dtype.Float64, Draw{B: 1}},
		{"normal float32", op.RandomNormal, dtype.Float32, Draw{B: 1}},
		{"exponential", op.RandomExponential, dtype.Float64, Draw{A: 1}},
		{"gamma 0.5", op.RandomGamma, dtype.Float64, Draw{A: 0.5, B: 1}},
		{"gamma 3", op.RandomGamma, dtype.Float64, Draw{A: 3, B: 1}},
		{"beta 0.5 0.5", op.RandomBeta, dtype.Float64, Draw{A: 0.5, B: 0.5}},
		{"beta 2 3", op.RandomBeta, dtype.Float64, Draw{A: 2, B: 3}},
		{"integers", op.RandomIntegers, dtype.Int64, Draw{Span: 999}},
		{"integers uint8", op.RandomIntegers, dtype.Uint8, Draw{Span: 99}},
		{"words", op.RandomIntegers, dtype.Uint64, Draw{Span: math.MaxUint64}},
		{"binomial 10 0.5", op.RandomBinomial, dtype.Int64, Draw{N: 10, A: 0.5}},
		{"binomial 1e9 0.3", op.RandomBinomial, dtype.Int64, Draw{N: 1e9, A: 0.3}},
		{"poisson 3", op.RandomPoisson, dtype.Int64, Draw{A: 3}},
		{"poisson 10000", op.RandomPoisson, dtype.Int64, Draw{A: 10000}},
		{"poisson 1e9", op.RandomPoisson, dtype.Int64, Draw{A: 1e9}},
		{"choice", op.RandomChoice, dtype.Int64, Draw{N: 1000}},
		{"choice with probabilities", op.RandomChoice, dtype.Int64, Draw{N: 1000, P: p}},
		{"permutation 1e9", op.RandomPermutation, dtype.Int64, Draw{N: 1e9}},
	} {
		b.Run(c.text, func(b *testing.B) {
			s, _ := NewSampler(c.name, c.d, c.draw)
			dst := dtype.Bytes(make([]float64, Piece))
			first := int64(0)
			for b.Loop() {
				s(dst, Piece, first, 1)
				first = (first + Piece) % (1 << 20)
			}
			perElement(b, Piece)
		})
	}
}
