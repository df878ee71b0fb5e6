package kernel

import (
	"sync"

	"gabion/dtype"
	"gabion/internal/op"
)

// Reduction is how an operation combines elements. A reduction has a number
// of results, called cells, each made of as many elements. A partial holds,
// for all cells, what is known of them after some of the elements: one or
// several planes of one value a cell, such as a value and its index.
//
// Partials may be merged in any tree, as long as each merge combines
// neighbours: all elements of the left one come before those of the right one.
type Reduction struct {
	// Planes are the element types of the planes. A partial of c cells is
	// its planes one after the other, each c elements long and starting at
	// a multiple of 16 bytes.
	Planes []dtype.DType

	// Leaf makes a partial from a tile of cells*n elements of the kernel's
	// type. If byCell is true the n elements of a cell are contiguous, else
	// the tile is n rows of one element for each cell; rows are added one
	// after the other, so a caller that cares for rounding keeps n small.
	// The index of element i of cell c, which only argmin and its like use,
	// is first + c*cellStep + i*step, with step >= 0. Leaf with n == 0
	// writes the value that no elements have.
	Leaf func(partial [][]byte, cells, n int, src []byte, byCell bool, first, cellStep, step int64) Status

	// Merge makes left the partial of left's and right's elements, of which
	// there are nLeft and nRight in each cell, both more than 0.
	Merge func(left, right [][]byte, cells int, nLeft, nRight int64)

	// Finish writes the results, of type op.Types.Out, from a partial of n
	// elements in each cell, which it may overwrite. The correction is used by
	// var and its like: they divide by n - correction, or by 0 if that is negative.
	Finish func(dst []byte, partial [][]byte, cells int, n int64, correction float64) Status
}

// PartialBytes is the number of bytes of a partial.
func (r *Reduction) PartialBytes(cells int) int {
	total := 0
	for _, d := range r.Planes {
		total += planeBytes(d, cells)
	}
	return total
}

// PlanesOf cuts a partial into its planes.
func (r *Reduction) PlanesOf(buf []byte, cells int) [][]byte {
	return r.PlanesInto(make([][]byte, 0, len(r.Planes)), buf, cells)
}

// PlanesInto appends the planes of the partial in buf to planes, which lets a
// caller reuse a slice.
func (r *Reduction) PlanesInto(planes [][]byte, buf []byte, cells int) [][]byte {
	for _, d := range r.Planes {
		size := cells * d.Size()
		planes = append(planes, buf[:size:size])
		buf = buf[planeBytes(d, cells):]
	}
	return planes
}

func planeBytes(d dtype.DType, cells int) int { return (cells*d.Size() + 15) &^ 15 }

type reductionTable map[op.Name]*[types]*Reduction

func (t reductionTable) add(name op.Name, d dtype.DType, r *Reduction) {
	if t[name] == nil {
		t[name] = new([types]*Reduction)
	}
	t[name][d] = r
}

var reductions = func() reductionTable {
	t := make(reductionTable)
	reduceInteger[int8, int64](t, dtype.Int8)
	reduceInteger[int16, int64](t, dtype.Int16)
	reduceInteger[int32, int64](t, dtype.Int32)
	reduceInteger[int64, int64](t, dtype.Int64)
	reduceInteger[uint8, uint64](t, dtype.Uint8)
	reduceInteger[uint16, uint64](t, dtype.Uint16)
	reduceInteger[uint32, uint64](t, dtype.Uint32)
	reduceInteger[uint64, uint64](t, dtype.Uint64)
	reduceInteger[uint8, uint64](t, dtype.Bool)
	reduceFloat(t, dtype.Float32, 16, sumGroup16[float32])
	reduceFloat(t, dtype.Float64, 8, sumGroup8[float64])
	reduceFloat(t, dtype.Float16, 16, sumGroup16[float32])
	reduceComplex[complex64](t)
	reduceComplex[complex128](t)
	for _, row := range t {
		row[dtype.Bool] = converted[uint8](dtype.Bool, row[dtype.Bool])
		row[dtype.Float16] = converted[float32](dtype.Float16, row[dtype.Float16])
	}
	return t
}()

// Reduce finds a reduction by the operation's name and op.Types.Kernel.
func Reduce(name op.Name, kernel dtype.DType) (*Reduction, bool) {
	row := reductions[name]
	if row == nil || !kernel.Valid() || row[kernel] == nil {
		return nil, false
	}
	return row[kernel], true
}

// outOf is the type of an operation's results.
func outOf(name op.Name, d dtype.DType) dtype.DType {
	t, err := op.Lookup(name).Types(name, []dtype.DType{d})
	if err != nil {
		panic("no reduction of this type: " + err.Error())
	}
	return t.Out
}

// reduceInteger registers the reductions of d, whose elements come as T and
// whose sums are kept in S.
func reduceInteger[T integer, S int64 | uint64](t reductionTable, d dtype.DType) {
	out := func(name op.Name) dtype.DType { return outOf(name, d) }
	total := sums(sumGroup[T, S], addRows[T, S], out(op.Sum))
	mean := means(sumGroup8[T], addRows[T, float64], ratio, out(op.Mean))
	t.add(op.Sum, d, total)
	t.add(op.Prod, d, products[T, S](out(op.Prod)))
	t.add(op.Mean, d, mean)
	t.add(op.Var, d, spreads(sumGroup8[T], squareGroup8[T], momentRows[T], ratio, squareFloat, out(op.Var), false))
	t.add(op.Std, d, spreads(sumGroup8[T], squareGroup8[T], momentRows[T], ratio, squareFloat, out(op.Std), true))
	lowest, highest, _ := limits[T]()
	least := extremes(minOf[T], minRow[T], highest, out(op.Min))
	greatest := extremes(maxOf[T], maxRow[T], lowest, out(op.Max))
	t.add(op.Min, d, least)
	t.add(op.Max, d, greatest)
	t.add(op.Argmin, d, positions(argminOf[T], argminRow[T], before[T], highest))
	t.add(op.Argmax, d, positions(argmaxOf[T], argmaxRow[T], after[T], lowest))
	t.add(op.Any, d, truths[T](true))
	t.add(op.All, d, truths[T](false))
	t.add(op.CountNonzero, d, nonzeros[T]())
	for _, row := range op.Reductions() { // there are no NaNs to leave out
		if row.NaN {
			t.add(row.Name, d, t[row.Plain()][d])
		}
	}
}

// reduceFloat registers the reductions of d, whose elements come as T.
func reduceFloat[T float](t reductionTable, d dtype.DType, lanes int, sumGroup func([]T) float64) {
	out := func(name op.Name) dtype.DType { return outOf(name, d) }
	t.add(op.Sum, d, sums(sumGroup, addRows[T, float64], out(op.Sum)))
	t.add(op.Mean, d, means(sumGroup, addRows[T, float64], ratio, out(op.Mean)))
	t.add(op.Nansum, d, sums(numberGroup[T](lanes), addNumberRows[T], out(op.Nansum)))
	t.add(op.Nanmean, d, numberMeans(numberGroup[T](lanes), addNumberRows[T], ratio, out(op.Nanmean)))
	t.add(op.Var, d, spreads(sumGroup, squareGroup8[T], momentRows[T], ratio, squareFloat, out(op.Var), false))
	t.add(op.Std, d, spreads(sumGroup, squareGroup8[T], momentRows[T], ratio, squareFloat, out(op.Std), true))
	t.add(op.Nanvar, d, numberSpreads(numberGroup[T](lanes), numberSquares[T], numberMomentRows[T], ratio, squareFloat, out(op.Nanvar), false))
	t.add(op.Nanstd, d, numberSpreads(numberGroup[T](lanes), numberSquares[T], numberMomentRows[T], ratio, squareFloat, out(op.Nanstd), true))
	t.add(op.Prod, d, scaledProducts(&scaledFloats, productGroup[T](false), productRows[T](false), out(op.Prod)))
	t.add(op.Nanprod, d, scaledProducts(&scaledFloats, productGroup[T](true), productRows[T](true), out(op.Nanprod)))
	t.add(op.Min, d, extremes(minOf[T], minRow[T], infinity[T](1), out(op.Min)))
	t.add(op.Max, d, extremes(maxOf[T], maxRow[T], infinity[T](-1), out(op.Max)))
	nan := infinity[T](1) - infinity[T](1)
	t.add(op.Nanmin, d, extremes(nanMinOf[T], nanMinRow[T], nan, out(op.Nanmin)))
	t.add(op.Nanmax, d, extremes(nanMaxOf[T], nanMaxRow[T], nan, out(op.Nanmax)))
	t.add(op.Argmin, d, positions(argminOf[T], argminRow[T], before[T], infinity[T](1)))
	t.add(op.Argmax, d, positions(argmaxOf[T], argmaxRow[T], after[T], infinity[T](-1)))
	t.add(op.Nanargmin, d, numberPositions[T](positions(nanargminOf[T], nanargminRow[T], nanBefore[T], nan)))
	t.add(op.Nanargmax, d, numberPositions[T](positions(nanargmaxOf[T], nanargmaxRow[T], nanAfter[T], nan)))
	t.add(op.Any, d, truths[T](true))
	t.add(op.All, d, truths[T](false))
	t.add(op.CountNonzero, d, nonzeros[T]())
}

func reduceComplex[T complexes](t reductionTable) {
	d := dtype.Of[T]()
	out := func(name op.Name) dtype.DType { return outOf(name, d) }
	t.add(op.Sum, d, sums(sumGroupComplex[T], addComplexRows[T], out(op.Sum)))
	t.add(op.Mean, d, means(sumGroupComplex[T], addComplexRows[T], complexRatio, out(op.Mean)))
	t.add(op.Nansum, d, sums(numberGroupComplex[T], addComplexNumberRows[T], out(op.Nansum)))
	t.add(op.Nanmean, d, numberMeans(numberGroupComplex[T], addComplexNumberRows[T], complexRatio, out(op.Nanmean)))
	t.add(op.Var, d, spreads(sumGroupComplex[T], squareGroupComplex[T], momentRowsComplex[T], complexRatio, squareComplex, out(op.Var), false))
	t.add(op.Std, d, spreads(sumGroupComplex[T], squareGroupComplex[T], momentRowsComplex[T], complexRatio, squareComplex, out(op.Std), true))
	t.add(op.Nanvar, d, numberSpreads(numberGroupComplex[T], numberSquaresComplex[T], numberMomentRowsComplex[T], complexRatio, squareComplex, out(op.Nanvar), false))
	t.add(op.Nanstd, d, numberSpreads(numberGroupComplex[T], numberSquaresComplex[T], numberMomentRowsComplex[T], complexRatio, squareComplex, out(op.Nanstd), true))
	t.add(op.Prod, d, scaledProducts(&scaledComplex, productGroupComplex[T](false), productRowsComplex[T](false), out(op.Prod)))
	t.add(op.Nanprod, d, scaledProducts(&scaledComplex, productGroupComplex[T](true), productRowsComplex[T](true), out(op.Nanprod)))
	inf := infinity[float64](1)
	nan := inf - inf
	most, least := T(complex(inf, inf)), T(complex(-inf, -inf))
	t.add(op.Min, d, folded(complexMin[T], most, out(op.Min)))
	t.add(op.Max, d, folded(complexMax[T], least, out(op.Max)))
	t.add(op.Nanmin, d, folded(complexNanMin[T], T(complex(nan, nan)), out(op.Nanmin)))
	t.add(op.Nanmax, d, folded(complexNanMax[T], T(complex(nan, nan)), out(op.Nanmax)))
	t.add(op.Argmin, d, positionsBy(complexBefore[T], most))
	t.add(op.Argmax, d, positionsBy(complexAfter[T], least))
	t.add(op.Nanargmin, d, numberPositions[T](positionsBy(complexNanBefore[T], T(complex(nan, nan)))))
	t.add(op.Nanargmax, d, numberPositions[T](positionsBy(complexNanAfter[T], T(complex(nan, nan)))))
	t.add(op.Any, d, truths[T](true))
	t.add(op.All, d, truths[T](false))
	t.add(op.CountNonzero, d, nonzeros[T]())
}

// tiles holds the scratch memory of converted.
var tiles = sync.Pool{New: func() any { return new([]complex128) }}

// converted is r, which takes elements of type T, for elements of type d.
func converted[T dtype.Element](d dtype.DType, r *Reduction) *Reduction {
	cast, _ := Cast(d, dtype.Of[T]())
	inner := r.Leaf
	leaf := func(partial [][]byte, cells, n int, src []byte, byCell bool, first, cellStep, step int64) Status {
		tile := tiles.Get().(*[]complex128)
		defer tiles.Put(tile)
		need := (cells*n*dtype.Of[T]().Size() + 15) / 16
		if len(*tile) < need {
			*tile = make([]complex128, need)
		}
		values := dtype.Bytes(*tile)
		cast(cells*n, values, src, nil, nil)
		return inner(partial, cells, n, values, byCell, first, cellStep, step)
	}
	return &Reduction{Planes: r.Planes, Leaf: leaf, Merge: r.Merge, Finish: r.Finish}
}
