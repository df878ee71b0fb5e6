package contraction

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"gabion/dtype"
)

// multiply writes c[i*n+j] = sum(a[i, l] * b[j, l]) for i < m, j < n, l < k, where
// l counts along rows.
type multiply func(m, n, k int, a, b rows, c []byte)

// strip is how many columns are multiplied at once: their rows fit the first
// level of caches. It also keeps gonum from starting goroutines, which it does
// for four or more squares of 64 by 64 cells (TestStartsNoGoroutine); the
// products of a task belong to its worker.
const strip = 16

func multiplyOf(compute dtype.DType) multiply {
	switch compute {
	case dtype.Float64:
		return func(m, n, k int, a, b rows, c []byte) {
			x, y, z := dtype.Slice[float64](a.data)[a.from:], dtype.Slice[float64](b.data)[b.from:], dtype.Slice[float64](c)
			for j := 0; j < n; j += strip {
				gonum.Implementation{}.Dgemm(blas.NoTrans, blas.Trans, m, min(strip, n-j), k, 1, x, a.step, y[j*b.step:], b.step, 0, z[j:], n)
			}
		}
	case dtype.Float32:
		return func(m, n, k int, a, b rows, c []byte) {
			x, y, z := dtype.Slice[float32](a.data)[a.from:], dtype.Slice[float32](b.data)[b.from:], dtype.Slice[float32](c)
			for j := 0; j < n; j += strip {
				gonum.Implementation{}.Sgemm(blas.NoTrans, blas.Trans, m, min(strip, n-j), k, 1, x, a.step, y[j*b.step:], b.step, 0, z[j:], n)
			}
		}
	case dtype.Uint32:
		return multiplyIntegers[uint32]
	}
	return multiplyIntegers[uint64]
}

// multiplyIntegers is multiply for integers, which wrap, so that the order of
// additions does not matter: two rows and two columns at once.
func multiplyIntegers[T uint32 | uint64](m, n, k int, a, b rows, c []byte) {
	x, y, z := dtype.Slice[T](a.data)[a.from:], dtype.Slice[T](b.data)[b.from:], dtype.Slice[T](c)
	for i := 0; i < m; i += 2 {
		second := min(i+1, m-1)
		x0 := x[i*a.step:][:k]
		x1 := x[second*a.step:][:len(x0)]
		z0, z1 := z[i*n:(i+1)*n], z[second*n:(second+1)*n]
		for j := 0; j < n; j += 2 {
			other := min(j+1, n-1)
			y0, y1 := y[j*b.step:][:len(x0)], y[other*b.step:][:len(x0)]
			var s00, s01, s10, s11 T
			for l, u := range x0 {
				v, p, q := x1[l], y0[l], y1[l]
				s00 += u * p
				s01 += u * q
				s10 += v * p
				s11 += v * q
			}
			z0[j], z1[j] = s00, s10
			z0[other], z1[other] = s01, s11
		}
	}
}
