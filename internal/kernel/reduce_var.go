package kernel

import (
	"math"

	"gabion/dtype"
)

// A variance partial has two planes: the sum of the elements and M2, the sum
// of the squared distances from their mean. Leaves pass over their elements
// twice; partials merge as Chan, Golub and LeVeque have it, so that no squares
// of large elements are subtracted from each other.

// pairwiseSquares sums |x - mean|^2 by the tree of pairwise.
func pairwiseSquares[T, S any](x []T, mean S, squareGroup func([]T, S) float64) float64 {
	if len(x) <= group {
		return squareGroup(x, mean)
	}
	half := half(len(x))
	return pairwiseSquares(x[:half], mean, squareGroup) + pairwiseSquares(x[half:], mean, squareGroup)
}

func squareGroup8[T ordered](x []T, mean float64) float64 {
	var lanes [8]float64
	for ; len(x) >= 8; x = x[8:] {
		for i := range lanes {
			d := float64(x[i]) - mean
			lanes[i] += float64(d * d)
		}
	}
	for i, v := range x {
		d := float64(v) - mean
		lanes[i&7] += float64(d * d)
	}
	return fold8(&lanes)
}

func squareGroupComplex[T complexes](x []T, mean complex128) float64 {
	var lanes [4]float64
	for i, v := range x {
		lanes[i&3] += squareComplex(complex128(v) - mean)
	}
	return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

func squareComplex(d complex128) float64 {
	return float64(real(d)*real(d)) + float64(imag(d)*imag(d))
}

// momentRows sets the planes from the n rows of x.
func momentRows[T ordered](total, m2 []float64, x []T, n int) {
	cells := len(total)
	clear(total)
	addRows(total, x)
	var mean [group]float64
	for from := 0; from < cells; from += group {
		means := mean[:min(group, cells-from)]
		sum, squares := total[from:][:len(means)], m2[from:][:len(means)]
		for c := range means {
			means[c] = sum[c] / float64(n)
			squares[c] = 0
		}
		for r := range n {
			row := x[r*cells+from:][:len(means)]
			for c := range means {
				d := float64(row[c]) - means[c]
				squares[c] += float64(d * d)
			}
		}
	}
}

func momentRowsComplex[T complexes](total []complex128, m2 []float64, x []T, n int) {
	cells := len(total)
	clear(total)
	addComplexRows(total, x)
	for c := range total {
		mean, squares := complexRatio(total[c], float64(n)), 0.0
		for r := range n {
			squares += squareComplex(complex128(x[r*cells+c]) - mean)
		}
		m2[c] = squares
	}
}

// spreads is the reduction for the variance, or its square root.
func spreads[T dtype.Element, S float64 | complex128](
	sumGroup func([]T) S, squareGroup func([]T, S) float64, rows func([]S, []float64, []T, int),
	ratio func(S, float64) S, square func(S) float64, out dtype.DType, root bool,
) *Reduction {
	round, _ := Cast(dtype.Float64, out)
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[S](), dtype.Float64},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			total, m2 := dtype.Slice[S](partial[0])[:cells], dtype.Slice[float64](partial[1])[:cells]
			x := dtype.Slice[T](src)[:cells*n]
			if n == 0 {
				clear(total)
				clear(m2)
				return OK
			}
			if !byCell {
				rows(total, m2, x, n)
				return OK
			}
			for c := range total {
				values := x[c*n : (c+1)*n]
				total[c] = pairwise(values, sumGroup)
				m2[c] = pairwiseSquares(values, ratio(total[c], float64(n)), squareGroup)
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, nLeft, nRight int64) {
			total, m2 := dtype.Slice[S](left[0])[:cells], dtype.Slice[float64](left[1])[:cells]
			total2, m22 := dtype.Slice[S](right[0])[:cells], dtype.Slice[float64](right[1])[:cells]
			n, k := float64(nLeft), float64(nRight)
			weight := n / (n + k) * k
			for c := range total {
				distance := square(ratio(total2[c], k) - ratio(total[c], n))
				m2[c] = (m2[c] + m22[c]) + float64(distance*weight)
				total[c] += total2[c]
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, n int64, correction float64) Status {
			m2 := dtype.Slice[float64](partial[1])[:cells]
			divisor := max(float64(n)-correction, 0)
			for c := range m2 {
				v := m2[c] / divisor
				if n == 0 {
					v = math.NaN()
				}
				if root {
					v = math.Sqrt(v)
				}
				m2[c] = v
			}
			return round(cells, dst, partial[1], nil, nil)
		},
	}
}

func squareFloat(d float64) float64 { return float64(d * d) }
