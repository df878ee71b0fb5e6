package kernel

import (
	"math/bits"

	"gabion/dtype"
)

// The order of summation within a leaf of contiguous elements, which vector
// kernels must keep to give the same bits: groups of 128 elements; in a group,
// element i is added to lane i mod 8 (16 for float32 and float16; lanes are
// float64), starting from 0, then the upper half of the lanes is added to the
// lower half until one is left. Of g groups the first 2^k and the others are
// summed apart, 2^k being the largest power of two less than g, and added.
// Complex numbers have 4 lanes.

const group = 128

// accumulator are the types in which sums are kept.
type accumulator interface {
	int64 | uint64 | float64 | complex128
}

// pairwise sums x by the tree described above.
func pairwise[T any, S accumulator](x []T, sumGroup func([]T) S) S {
	if len(x) <= group {
		return sumGroup(x)
	}
	half := half(len(x))
	return pairwise(x[:half], sumGroup) + pairwise(x[half:], sumGroup)
}

// half is the part of n elements, more than a group, that is summed apart.
func half(n int) int { return group << (bits.Len(uint((n-1)/group)) - 1) }

// sumGroup sums integers, in any order because they wrap.
func sumGroup[T integer, S int64 | uint64](x []T) S {
	var a, b S
	for ; len(x) >= 4; x = x[4:] {
		a += S(x[0]) + S(x[1])
		b += S(x[2]) + S(x[3])
	}
	for _, v := range x {
		a += S(v)
	}
	return a + b
}

func sumGroup8[T ordered](x []T) float64 {
	var l0, l1, l2, l3, l4, l5, l6, l7 float64
	for ; len(x) >= 8; x = x[8:] {
		l0 += float64(x[0])
		l1 += float64(x[1])
		l2 += float64(x[2])
		l3 += float64(x[3])
		l4 += float64(x[4])
		l5 += float64(x[5])
		l6 += float64(x[6])
		l7 += float64(x[7])
	}
	if len(x) == 0 {
		return ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7))
	}
	lanes := [8]float64{l0, l1, l2, l3, l4, l5, l6, l7}
	for i, v := range x {
		lanes[i&7] += float64(v)
	}
	return fold8(&lanes)
}

func fold8(l *[8]float64) float64 {
	return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

func sumGroup16[T ordered](x []T) float64 {
	// Lanes 0 to 7 and 8 to 15 in two passes, as registers do for 8.
	var low, high [8]float64
	rest := x[len(x)&^15:]
	x = x[:len(x)&^15]
	lanes8of16(&low, x)
	if len(x) >= 16 {
		lanes8of16(&high, x[8:])
	}
	for i, v := range rest {
		if i < 8 {
			low[i&7] += float64(v)
		} else {
			high[i&7] += float64(v)
		}
	}
	for i := range low {
		low[i] += high[i]
	}
	return fold8(&low)
}

// lanes8of16 adds elements 0 to 7 of each 16 to the lanes.
func lanes8of16[T ordered](l *[8]float64, x []T) {
	var l0, l1, l2, l3, l4, l5, l6, l7 float64
	for len(x) >= 8 {
		l0 += float64(x[0])
		l1 += float64(x[1])
		l2 += float64(x[2])
		l3 += float64(x[3])
		l4 += float64(x[4])
		l5 += float64(x[5])
		l6 += float64(x[6])
		l7 += float64(x[7])
		if len(x) < 16 {
			break
		}
		x = x[16:]
	}
	*l = [8]float64{l0, l1, l2, l3, l4, l5, l6, l7}
}

func sumGroupComplex[T complexes](x []T) complex128 {
	var l0, l1, l2, l3 complex128
	for ; len(x) >= 4; x = x[4:] {
		l0 += complex128(x[0])
		l1 += complex128(x[1])
		l2 += complex128(x[2])
		l3 += complex128(x[3])
	}
	lanes := [4]complex128{l0, l1, l2, l3}
	for i, v := range x {
		lanes[i&3] += complex128(v)
	}
	return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

// numberGroup sums the elements that are not NaN in 8 or 16 lanes.
func numberGroup[T float](lanes int) func([]T) float64 {
	return func(x []T) float64 {
		var l [16]float64
		for i, v := range x {
			if !isNaN(v) {
				l[i&(lanes-1)&15] += float64(v)
			}
		}
		low := [8]float64(l[:8])
		for i := range low {
			low[i] += l[i+8]
		}
		return fold8(&low)
	}
}

func numberGroupComplex[T complexes](x []T) complex128 {
	var lanes [4]complex128
	for i, v := range x {
		if !isNaN(v) {
			lanes[i&3] += complex128(v)
		}
	}
	return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

// rowsOf calls f with each of the rows of x, which are as long as acc.
func rowsOf[T, S any](acc []S, x []T, f func(acc []S, row []T)) {
	if len(acc) == 0 {
		return
	}
	for ; len(x) >= len(acc); x = x[len(acc):] {
		f(acc, x[:len(acc)])
	}
}

// addRows adds the rows of x to acc one after the other.
func addRows[T ordered, S int64 | uint64 | float64](acc []S, x []T) {
	cells := len(acc)
	if cells == 0 {
		return
	}
	for ; len(x) >= 4*cells; x = x[4*cells:] {
		r0, r1, r2, r3 := x[:cells], x[cells:][:cells], x[2*cells:][:cells], x[3*cells:][:cells]
		for c := range acc {
			acc[c] = acc[c] + S(r0[c]) + S(r1[c]) + S(r2[c]) + S(r3[c])
		}
	}
	for ; len(x) >= cells; x = x[cells:] {
		row := x[:cells]
		for c := range acc {
			acc[c] += S(row[c])
		}
	}
}

func addComplexRows[T complexes](acc []complex128, x []T) {
	rowsOf(acc, x, func(acc []complex128, row []T) {
		for c, v := range row {
			acc[c] += complex128(v)
		}
	})
}

func addNumberRows[T float](acc []float64, x []T) {
	rowsOf(acc, x, func(acc []float64, row []T) {
		for c, v := range row {
			if !isNaN(v) {
				acc[c] += float64(v)
			}
		}
	})
}

func addComplexNumberRows[T complexes](acc []complex128, x []T) {
	rowsOf(acc, x, func(acc []complex128, row []T) {
		for c, v := range row {
			if !isNaN(v) {
				acc[c] += complex128(v)
			}
		}
	})
}

// leafSum puts the sum of each cell's elements into acc.
func leafSum[T, S dtype.Element](acc []S, n int, x []T, byCell bool, sum func([]T) S, rows func([]S, []T)) {
	if !byCell {
		clear(acc)
		rows(acc, x)
		return
	}
	for c := range acc {
		acc[c] = sum(x[c*n : (c+1)*n])
	}
}

func mergeSums[S accumulator](left, right []byte, cells int) {
	l := dtype.Slice[S](left)[:cells]
	r := dtype.Slice[S](right)[:len(l)]
	for c := range l {
		l[c] += r[c]
	}
}

// sums is the reduction that adds elements of type T in S and converts the sum
// to out.
func sums[T dtype.Element, S accumulator](sumGroup func([]T) S, rows func([]S, []T), out dtype.DType) *Reduction {
	round, _ := Cast(dtype.Of[S](), out)
	sum := func(x []T) S { return pairwise(x, sumGroup) }
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[S]()},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			leafSum(dtype.Slice[S](partial[0])[:cells], n, dtype.Slice[T](src)[:cells*n], byCell, sum, rows)
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			mergeSums[S](left[0], right[0], cells)
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			return round(cells, dst, partial[0], nil, nil)
		},
	}
}

// means is sums divided by the number of elements; NaN of none.
func means[T dtype.Element, S float64 | complex128](sumGroup func([]T) S, rows func([]S, []T), ratio func(S, float64) S, out dtype.DType) *Reduction {
	r := sums(sumGroup, rows, out)
	round := r.Finish
	r.Finish = func(dst []byte, partial [][]byte, cells int, n int64, correction float64) Status {
		total := dtype.Slice[S](partial[0])[:cells]
		for c := range total {
			total[c] = ratio(total[c], float64(n))
		}
		return round(dst, partial, cells, n, correction)
	}
	return r
}

// numberMeans is the mean of the elements that are not NaN; a second plane
// counts them.
func numberMeans[T float | complexes, S float64 | complex128](sumGroup func([]T) S, rows func([]S, []T), ratio func(S, float64) S, out dtype.DType) *Reduction {
	r := sums(sumGroup, rows, out)
	sum, round := r.Leaf, r.Finish
	r.Planes = append(r.Planes, dtype.Int64)
	r.Leaf = func(partial [][]byte, cells, n int, src []byte, byCell bool, first, cellStep, step int64) Status {
		counts := dtype.Slice[int64](partial[1])[:cells]
		leafSum(counts, n, dtype.Slice[T](src)[:cells*n], byCell, countNumbers[T], countNumberRows[T])
		return sum(partial, cells, n, src, byCell, first, cellStep, step)
	}
	r.Merge = func(left, right [][]byte, cells int, _, _ int64) {
		mergeSums[S](left[0], right[0], cells)
		mergeSums[int64](left[1], right[1], cells)
	}
	r.Finish = func(dst []byte, partial [][]byte, cells int, n int64, correction float64) Status {
		total, counts := dtype.Slice[S](partial[0])[:cells], dtype.Slice[int64](partial[1])[:cells]
		for c := range total {
			total[c] = ratio(total[c], float64(counts[c]))
		}
		return round(dst, partial, cells, n, correction)
	}
	return r
}

func countNumbers[T float | complexes](x []T) int64 {
	var count int64
	for _, v := range x {
		if !isNaN(v) {
			count++
		}
	}
	return count
}

func countNumberRows[T float | complexes](acc []int64, x []T) {
	rowsOf(acc, x, func(acc []int64, row []T) {
		for c, v := range row {
			if !isNaN(v) {
				acc[c]++
			}
		}
	})
}

// nonzeros is the reduction that counts the elements that are not zero. NaN is
// not.
func nonzeros[T dtype.Element]() *Reduction {
	var zero T
	count := func(x []T) int64 {
		var n int64
		for _, v := range x {
			n += int64(bit(v != zero))
		}
		return n
	}
	rows := func(acc []int64, x []T) {
		rowsOf(acc, x, func(acc []int64, row []T) {
			for c, v := range row {
				acc[c] += int64(bit(v != zero))
			}
		})
	}
	return &Reduction{
		Planes: []dtype.DType{dtype.Int64},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			leafSum(dtype.Slice[int64](partial[0])[:cells], n, dtype.Slice[T](src)[:cells*n], byCell, count, rows)
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			mergeSums[int64](left[0], right[0], cells)
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			copy(dst[:8*cells], partial[0])
			return OK
		},
	}
}

func ratio(total, n float64) float64 { return total / n }

func complexRatio(total complex128, n float64) complex128 {
	return complex(real(total)/n, imag(total)/n)
}
