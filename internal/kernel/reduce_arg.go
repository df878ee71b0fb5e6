package kernel

import (
	"math"

	"gabion/dtype"
)

// Partials of argmin and argmax are a plane of values and one of their
// indices. Among equal values, and among NaNs, which win, the lowest index is
// kept; merging compares indices, because of two blocks beside each other
// neither has all the lower ones.

// argminOf is where the least of x is first, or the first NaN; x is not empty.
func argminOf[T ordered](x []T) int {
	best, at := x[0], 0
	if best != best {
		return 0
	}
	for i, v := range x {
		if !(v >= best) {
			best, at = v, i
			if v != v {
				break
			}
		}
	}
	return at
}

// argmaxOf is where the greatest of x is first, or the first NaN; x is not
// empty.
func argmaxOf[T ordered](x []T) int {
	best, at := x[0], 0
	if best != best {
		return 0
	}
	for i, v := range x {
		if !(v <= best) {
			best, at = v, i
			if v != v {
				break
			}
		}
	}
	return at
}

// argminRow takes up a row whose first element has the given index.
func argminRow[T ordered](values []T, indices []int64, row []T, index, cellStep int64) {
	indices, row = indices[:len(values)], row[:len(values)]
	for c := range values {
		if v := row[c]; !(v >= values[c]) && values[c] == values[c] {
			values[c], indices[c] = v, index
		}
		index += cellStep
	}
}

// argmaxRow takes up a row whose first element has the given index.
func argmaxRow[T ordered](values []T, indices []int64, row []T, index, cellStep int64) {
	indices, row = indices[:len(values)], row[:len(values)]
	for c := range values {
		if v := row[c]; !(v <= values[c]) && values[c] == values[c] {
			values[c], indices[c] = v, index
		}
		index += cellStep
	}
}

// nanargminOf is where the least of x that is not NaN is first; 0 if all are. x
// is not empty.
func nanargminOf[T float](x []T) int {
	best, at := x[0], 0
	for i, v := range x {
		if v < best || isNaN(best) && !isNaN(v) {
			best, at = v, i
		}
	}
	return at
}

// nanargmaxOf is where the greatest of x that is not NaN is first; 0 if all are.
// x is not empty.
func nanargmaxOf[T float](x []T) int {
	best, at := x[0], 0
	for i, v := range x {
		if v > best || isNaN(best) && !isNaN(v) {
			best, at = v, i
		}
	}
	return at
}

// nanargminRow takes up a row whose first element has the given index.
func nanargminRow[T float](values []T, indices []int64, row []T, index, cellStep int64) {
	indices, row = indices[:len(values)], row[:len(values)]
	for c := range values {
		if v := row[c]; v < values[c] || isNaN(values[c]) && !isNaN(v) {
			values[c], indices[c] = v, index
		}
		index += cellStep
	}
}

// nanargmaxRow takes up a row whose first element has the given index.
func nanargmaxRow[T float](values []T, indices []int64, row []T, index, cellStep int64) {
	indices, row = indices[:len(values)], row[:len(values)]
	for c := range values {
		if v := row[c]; v > values[c] || isNaN(values[c]) && !isNaN(v) {
			values[c], indices[c] = v, index
		}
		index += cellStep
	}
}

// before reports whether a wins over b in argmin, after whether in argmax.
func before[T ordered](a, b T) bool { return b == b && !(a >= b) }
func after[T ordered](a, b T) bool  { return b == b && !(a <= b) }

// nanBefore reports whether a wins over b in nanargmin, nanAfter whether in
// nanargmax.
func nanBefore[T float](a, b T) bool { return a < b || isNaN(b) && !isNaN(a) }
func nanAfter[T float](a, b T) bool  { return a > b || isNaN(b) && !isNaN(a) }

func complexNanBefore[T complexes](a, b T) bool { return !isNaN(a) && (isNaN(b) || complexLess(a, b)) }
func complexNanAfter[T complexes](a, b T) bool  { return !isNaN(a) && (isNaN(b) || complexLess(b, a)) }

func complexBefore[T complexes](a, b T) bool { return !isNaN(b) && (isNaN(a) || complexLess(a, b)) }
func complexAfter[T complexes](a, b T) bool  { return !isNaN(b) && (isNaN(a) || complexLess(b, a)) }

// positionsBy is positions for an order given by which of two elements wins.
func positionsBy[T dtype.Element](wins func(a, b T) bool, identity T) *Reduction {
	run := func(x []T) int {
		at := 0
		for i, v := range x {
			if wins(v, x[at]) {
				at = i
			}
		}
		return at
	}
	row := func(values []T, indices []int64, row []T, index, cellStep int64) {
		for c, v := range row {
			if wins(v, values[c]) {
				values[c], indices[c] = v, index
			}
			index += cellStep
		}
	}
	return positions(run, row, wins, identity)
}

// positions is the reduction that finds where an element is.
func positions[T dtype.Element](
	run func([]T) int, row func(values []T, indices []int64, row []T, index, cellStep int64),
	wins func(a, b T) bool, identity T,
) *Reduction {
	return &Reduction{
		Planes: []dtype.DType{dtype.Of[T](), dtype.Int64},
		Leaf: func(partial [][]byte, cells, n int, src []byte, byCell bool, first, cellStep, step int64) Status {
			values, indices := dtype.Slice[T](partial[0])[:cells], dtype.Slice[int64](partial[1])[:cells]
			x := dtype.Slice[T](src)[:cells*n]
			switch {
			case n == 0:
				for c := range values {
					values[c], indices[c] = identity, math.MaxInt64
				}
			case byCell:
				for c := range values {
					cell := x[c*n : (c+1)*n]
					at := run(cell)
					values[c], indices[c] = cell[at], first+int64(c)*cellStep+int64(at)*step
				}
			default:
				copy(values, x)
				for c := range indices {
					indices[c] = first + int64(c)*cellStep
				}
				for i := 1; i < n; i++ {
					row(values, indices, x[i*cells:(i+1)*cells], first+int64(i)*step, cellStep)
				}
			}
			return OK
		},
		Merge: func(left, right [][]byte, cells int, _, _ int64) {
			values, indices := dtype.Slice[T](left[0])[:cells], dtype.Slice[int64](left[1])[:cells]
			values2, indices2 := dtype.Slice[T](right[0])[:cells], dtype.Slice[int64](right[1])[:cells]
			for c, v := range values2 {
				w := values[c]
				if wins(v, w) || !wins(w, v) && indices2[c] < indices[c] {
					values[c], indices[c] = v, indices2[c]
				}
			}
		},
		Finish: func(dst []byte, partial [][]byte, cells int, _ int64, _ float64) Status {
			copy(dst[:8*cells], partial[1])
			return OK
		},
	}
}

// numberPositions is r for an order in which NaNs come last, so that an element
// that is NaN says that all are.
func numberPositions[T float | complexes](r *Reduction) *Reduction {
	finish := r.Finish
	r.Finish = func(dst []byte, partial [][]byte, cells int, n int64, correction float64) Status {
		status := finish(dst, partial, cells, n, correction)
		for _, v := range dtype.Slice[T](partial[0])[:cells] {
			if isNaN(v) {
				status |= AllNaN
			}
		}
		return status
	}
	return r
}
