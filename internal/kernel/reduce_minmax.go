package kernel

import "gabion/dtype"

// minOf is the least of x, NaN if any is, by lanes that do not wait for each
// other; x is not empty.
func minOf[T ordered](x []T) T {
	l0, l1, l2, l3 := x[0], x[0], x[0], x[0]
	for ; len(x) >= 4; x = x[4:] {
		l0 = min(l0, x[0])
		l1 = min(l1, x[1])
		l2 = min(l2, x[2])
		l3 = min(l3, x[3])
	}
	for _, v := range x {
		l0 = min(l0, v)
	}
	return min(l0, l1, l2, l3)
}

// maxOf is the greatest of x, NaN if any is; x is not empty.
func maxOf[T ordered](x []T) T {
	l0, l1, l2, l3 := x[0], x[0], x[0], x[0]
	for ; len(x) >= 4; x = x[4:] {
		l0 = max(l0, x[0])
		l1 = max(l1, x[1])
		l2 = max(l2, x[2])
		l3 = max(l3, x[3])
	}
	for _, v := range x {
		l0 = max(l0, v)
	}
	return max(l0, l1, l2, l3)
}

// minRow: acc[c] = the lesser of acc[c] and row[c].
func minRow[T ordered](acc, row []T) {
	row = row[:len(acc)]
	for c := range acc {
		acc[c] = min(acc[c], row[c])
	}
}

// maxRow: acc[c] = the greater of acc[c] and row[c].
func maxRow[T ordered](acc, row []T) {
	row = row[:len(acc)]
	for c := range acc {
		acc[c] = max(acc[c], row[c])
	}
}

// nanMinOf is the least of x that is not NaN; NaN if all are.
func nanMinOf[T float](x []T) T {
	best := x[0]
	for _, v := range x[1:] {
		if !(v >= best) && !isNaN(v) {
			best = v
		}
	}
	return best
}

// nanMaxOf is the greatest of x that is not NaN; NaN if all are.
func nanMaxOf[T float](x []T) T {
	best := x[0]
	for _, v := range x[1:] {
		if !(v <= best) && !isNaN(v) {
			best = v
		}
	}
	return best
}

// nanMinRow: acc[c] = the lesser of acc[c] and row[c] that is not NaN.
func nanMinRow[T float](acc, row []T) {
	row = row[:len(acc)]
	for c := range acc {
		if v := row[c]; !(v >= acc[c]) && !isNaN(v) {
			acc[c] = v
		}
	}
}

// nanMaxRow: acc[c] = the greater of acc[c] and row[c] that is not NaN.
func nanMaxRow[T float](acc, row []T) {
	row = row[:len(acc)]
	for c := range acc {
		if v := row[c]; !(v <= acc[c]) && !isNaN(v) {
			acc[c] = v
		}
	}
}

// complexNanMin is the lesser of a and b that has no NaN in it.
func complexNanMin[T complexes](a, b T) T {
	if isNaN(b) || !isNaN(a) && complexLessEqual(a, b) {
		return a
	}
	return b
}

// complexNanMax is the greater of a and b that has no NaN in it.
func complexNanMax[T complexes](a, b T) T {
	if isNaN(b) || !isNaN(a) && complexLessEqual(b, a) {
		return a
	}
	return b
}

// folded is extremes for an operation given by what it makes of two elements.
func folded[T dtype.Element](f func(a, b T) T, identity T, out dtype.DType) *Reduction {
	run := func(x []T) T {
		v := x[0]
		for _, w := range x[1:] {
			v = f(v, w)
		}
		return v
	}
	row := func(acc, row []T) {
		row = row[:len(acc)]
		for c := range acc {
			acc[c] = f(acc[c], row[c])
		}
	}
	return extremes(run, row, identity, out)
}

// extremes is the reduction that picks elements. run does it for the elements
// of one cell, row for one more element of each cell.
func extremes[T dtype.Element](run func([]T) T, row func(acc, row []T), identity T, out dtype.DType) *Reduction {
	write, _ := Cast(dtype.Of[T](), out)
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[T]()},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			acc := dtype.Slice[T](partial[0])[:cells]
			x := dtype.Slice[T](src)[:cells*n]
			switch {
			case n == 0:
				for c := range acc {
					acc[c] = identity
				}
			case byCell:
				for c := range acc {
					acc[c] = run(x[c*n : (c+1)*n])
				}
			default:
				copy(acc, x)
				rowsOf(acc, x[cells:], row)
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			row(dtype.Slice[T](left[0])[:cells], dtype.Slice[T](right[0])[:cells])
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			return write(cells, dst, partial[0], nil, nil)
		},
	}
}

// truths is any (want true) or all (want false): whether some element is as
// wanted decides. NaN is true.
func truths[T dtype.Element](want bool) *Reduction {
	var zero T
	found := func(x []T) uint8 {
		for _, v := range x {
			if (v != zero) == want {
				return bit(want)
			}
		}
		return bit(!want)
	}
	row := func(acc []uint8, row []T) {
		row = row[:len(acc)]
		for c := range acc {
			if (row[c] != zero) == want {
				acc[c] = bit(want)
			}
		}
	}
	return &Reduction{
		Planes: []dtype.DType{dtype.Bool},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, _, _, _ int64) Status {
			acc := partial[0][:cells]
			x := dtype.Slice[T](src)[:cells*n]
			for c := range acc {
				acc[c] = bit(!want)
			}
			if !byCell {
				rowsOf(acc, x, row)
				return OK
			}
			for c := range acc {
				acc[c] = found(x[c*n : (c+1)*n])
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			if want {
				or(cells, left[0], left[0], right[0], nil)
			} else {
				and(cells, left[0], left[0], right[0], nil)
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			return truth(cells, dst, partial[0], nil, nil)
		},
	}
}
