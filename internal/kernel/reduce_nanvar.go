package kernel

import (
	"math"

	"gabion/dtype"
)

// The variance of the elements that are not NaN has a partial like that of the
// variance, and a third plane that counts them.

// numberSquares sums |x - mean|^2 of the elements that are not NaN in 8 lanes.
func numberSquares[T float](x []T, mean float64) float64 {
	var lanes [8]float64
	for ; len(x) >= 8; x = x[8:] {
		for i := range lanes {
			if v := x[i]; !isNaN(v) {
				d := float64(v) - mean
				lanes[i] += float64(d * d)
			}
		}
	}
	for i, v := range x {
		if !isNaN(v) {
			d := float64(v) - mean
			lanes[i&7] += float64(d * d)
		}
	}
	return fold8(&lanes)
}

func numberSquaresComplex[T complexes](x []T, mean complex128) float64 {
	var lanes [4]float64
	for i, v := range x {
		if !isNaN(v) {
			lanes[i&3] += squareComplex(complex128(v) - mean)
		}
	}
	return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

// numberMomentRows sets the planes from the n rows of x.
func numberMomentRows[T float](total, m2 []float64, counts []int64, x []T, n int) {
	cells := len(total)
	clear(total)
	clear(m2)
	clear(counts)
	addNumberRows(total, x)
	countNumberRows(counts, x)
	var mean [group]float64
	for from := 0; from < cells; from += group {
		means := mean[:min(group, cells-from)]
		sum, count, squares := total[from:][:len(means)], counts[from:][:len(means)], m2[from:][:len(means)]
		for c := range means {
			means[c] = sum[c] / float64(count[c])
		}
		for r := range n {
			row := x[r*cells+from:][:len(means)]
			for c := range means {
				if v := row[c]; !isNaN(v) {
					d := float64(v) - means[c]
					squares[c] += float64(d * d)
				}
			}
		}
	}
}

func numberMomentRowsComplex[T complexes](total []complex128, m2 []float64, counts []int64, x []T, n int) {
	cells := len(total)
	clear(total)
	clear(counts)
	addComplexNumberRows(total, x)
	countNumberRows(counts, x)
	for c := range total {
		mean, squares := complexRatio(total[c], float64(counts[c])), 0.0
		for r := range n {
			if v := x[r*cells+c]; !isNaN(v) {
				squares += squareComplex(complex128(v) - mean)
			}
		}
		m2[c] = squares
	}
}

// numberSpreads is the reduction for the variance of the elements that are not
// NaN, or its square root.
func numberSpreads[T float | complexes, S float64 | complex128](
	sumGroup func([]T) S, squareGroup func([]T, S) float64, rows func([]S, []float64, []int64, []T, int),
	ratio func(S, float64) S, square func(S) float64, out dtype.DType, root bool,
) *Reduction {
	round, _ := Cast(dtype.Float64, out)
	planes := func(partial [][]byte, cells int) ([]S, []float64, []int64) {
		return dtype.Slice[S](partial[0])[:cells], dtype.Slice[float64](partial[1])[:cells], dtype.Slice[int64](partial[2])[:cells]
	}
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[S](), dtype.Float64, dtype.Int64},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			total, m2, counts := planes(partial, cells)
			x := dtype.Slice[T](src)[:cells*n]
			if !byCell {
				rows(total, m2, counts, x, n)
				return OK
			}
			for c := range total {
				values := x[c*n : (c+1)*n]
				total[c], counts[c] = pairwise(values, sumGroup), countNumbers(values)
				m2[c] = pairwiseSquares(values, ratio(total[c], float64(counts[c])), squareGroup)
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			total, m2, counts := planes(left, cells)
			total2, m22, counts2 := planes(right, cells)
			for c := range total {
				switch {
				case counts2[c] == 0:
					continue
				case counts[c] == 0:
					total[c], m2[c], counts[c] = total2[c], m22[c], counts2[c]
					continue
				}
				n, k := float64(counts[c]), float64(counts2[c])
				distance := square(ratio(total2[c], k) - ratio(total[c], n))
				m2[c] = (m2[c] + m22[c]) + float64(distance*(n/(n+k)*k))
				total[c] += total2[c]
				counts[c] += counts2[c]
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, correction float64) Status {
			_, m2, counts := planes(partial, cells)
			for c := range m2 {
				divisor := float64(counts[c]) - correction
				if counts[c] == 0 || divisor <= 0 {
					m2[c] = math.NaN()
					continue
				}
				m2[c] /= divisor
				if root {
					m2[c] = math.Sqrt(m2[c])
				}
			}
			return round(cells, dst, partial[1], nil, nil)
		},
	}
}
