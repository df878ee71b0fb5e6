package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// referenceReduce is the result of a reduction of elements by its definition,
// and, where it is a rounded sum, how far from it a result may be.
func referenceReduce(name op.Name, d dtype.DType, values []any, correction float64) (want any, tolerance float64) {
	row := op.Lookup(name)
	places := make([]int, 0, len(values)) // of the elements that count
	var kept []any
	for i, v := range values {
		if !row.NaN || !hasNaN(v) {
			places, kept = append(places, i), append(kept, v)
		}
	}
	name, values = row.Plain(), kept
	n := float64(len(values))
	if row.NaN && n == 0 && name != op.Sum && name != op.Prod {
		if row.Positions {
			return nil, 0 // an error
		}
		if d.IsComplex() && name != op.Var && name != op.Std {
			return complex(math.NaN(), math.NaN()), 0
		}
		return math.NaN(), 0
	}
	switch name {
	case op.CountNonzero:
		count := int64(0)
		for _, v := range values {
			count += int64(bit(truthy(v)))
		}
		return big.NewInt(count), 0
	case op.Prod:
		return referenceProduct(d, values)
	case op.Any, op.All:
		found := false
		for _, v := range values {
			found = found || truthy(v) == (name == op.Any)
		}
		return found == (name == op.Any), 0
	case op.Min, op.Max, op.Argmin, op.Argmax:
		best := 0
		for i, v := range values {
			if wins(name == op.Min || name == op.Argmin, v, values[best]) {
				best = i
			}
		}
		if name == op.Argmin || name == op.Argmax {
			return big.NewInt(int64(places[best])), 0
		}
		return values[best], 0
	case op.Sum:
		if d == dtype.Bool || d.IsInteger() {
			total := new(big.Int)
			for _, v := range values {
				if b, ok := v.(bool); ok {
					v = big.NewInt(int64(bit(b)))
				}
				total.Add(total, v.(*big.Int))
			}
			return total, 0
		}
		total, size := sumParts(values)
		if d.IsComplex() {
			return total, size * 0x1p-48
		}
		return real(total), size * 0x1p-48
	case op.Mean:
		total, size := sumParts(values)
		mean := complex(real(total)/n, imag(total)/n)
		if d.IsComplex() {
			return mean, size / n * 0x1p-48
		}
		return real(mean), size / n * 0x1p-48
	case op.Var, op.Std:
		total, _ := sumParts(values)
		var squares float64
		for _, v := range values {
			z := complexOf(v)
			re, im := real(z)-real(total)/n, imag(z)-imag(total)/n
			squares += re*re + im*im
		}
		v := squares / math.Max(n-correction, 0)
		if n == 0 || row.NaN && d.Kind() >= dtype.KindFloat && n <= correction {
			v = math.NaN()
		}
		if name == op.Std {
			v = math.Sqrt(v)
		}
		return v, v * 0x1p-40
	}
	panic("no reference for " + name)
}

// referenceProduct multiplies in high precision and without limits of exponents.
func referenceProduct(d dtype.DType, values []any) (want any, tolerance float64) {
	if d.Kind() < dtype.KindFloat {
		product := big.NewInt(1)
		for _, v := range values {
			if b, ok := v.(bool); ok {
				v = big.NewInt(int64(bit(b)))
			}
			product.Mul(product, v.(*big.Int))
		}
		return product, 0
	}
	plain := complex128(1) // whose zeros, infinities and NaNs are right
	re, im := new(big.Float).SetPrec(2000).SetInt64(1), new(big.Float).SetPrec(2000)
	for _, v := range values {
		z := complexOf(v)
		sign := func(x float64) float64 {
			if x == 0 || x-x != 0 {
				return x
			}
			return math.Copysign(1, x)
		}
		if plain = complex(real(plain)*sign(real(z)), 0); cmplx.IsNaN(z) || cmplx.IsInf(z) {
			if d.IsComplex() {
				return nil, 0 // the parts depend on the order
			}
			continue
		}
		part := func(a, b *big.Float, x, y float64, subtract bool) *big.Float {
			p := new(big.Float).SetPrec(2000).Mul(a, big.NewFloat(x))
			q := new(big.Float).SetPrec(2000).Mul(b, big.NewFloat(y))
			if subtract {
				q.Neg(q)
			}
			return p.Add(p, q)
		}
		re, im = part(re, im, real(z), imag(z), true), part(im, re, real(z), imag(z), false)
	}
	x, _ := re.Float64()
	y, _ := im.Float64()
	tolerance = float64(len(values))*0x1p-50*math.Hypot(x, y) + 8*math.SmallestNonzeroFloat64
	if d.IsComplex() {
		return complex(x, y), tolerance
	}
	if p := real(plain); p == 0 || p-p != 0 {
		return p, 0
	}
	return x, tolerance
}

func hasNaN(v any) bool {
	z := complexOf(v)
	return math.IsNaN(real(z)) || math.IsNaN(imag(z))
}

// complexOf is the value of any element.
func complexOf(v any) complex128 {
	switch v := v.(type) {
	case bool:
		return complex(float64(bit(v)), 0)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return complex(f, 0)
	case float64:
		return complex(v, 0)
	}
	return v.(complex128)
}

func truthy(v any) bool { return complexOf(v) != 0 }

// wins is whether a comes strictly before b in the order of min, or max.
func wins(least bool, a, b any) bool {
	if x, ok := a.(*big.Int); ok {
		order := x.Cmp(b.(*big.Int))
		return order < 0 && least || order > 0 && !least
	}
	if hasNaN(a) || hasNaN(b) {
		return hasNaN(a) && !hasNaN(b)
	}
	order, _ := lexicographic(complexOf(a), complexOf(b))
	return order < 0 && least || order > 0 && !least
}

// sumParts is the sum of the elements in high precision, rounded, and the sum
// of their magnitudes.
func sumParts(values []any) (total complex128, size float64) {
	part := func(of func(complex128) float64) float64 {
		sum, plain, special := new(big.Float).SetPrec(4096), 0.0, false
		for _, v := range values {
			f := of(complexOf(v))
			plain += f
			if math.IsNaN(f) || math.IsInf(f, 0) {
				special = true
				continue
			}
			sum.Add(sum, big.NewFloat(f))
			size += math.Abs(f)
		}
		if special {
			return plain
		}
		f, _ := sum.Float64()
		return f
	}
	re := part(func(z complex128) float64 { return real(z) })
	return complex(re, part(func(z complex128) float64 { return imag(z) })), size
}

// closeTo is whether a result is right: within the tolerance and one rounding
// of a sum, exactly otherwise.
func closeTo(name op.Name, want, got any, d dtype.DType, tolerance float64) bool {
	if sameElement(want, got, false) {
		return true
	}
	if hasNaN(want) && hasNaN(got) {
		return true
	}
	switch name {
	case op.Min, op.Max, op.Nanmin, op.Nanmax:
		return false
	}
	if d < dtype.Float16 {
		return false
	}
	w, g := complexOf(want), complexOf(got)
	bound := tolerance + epsilon(d)*math.Hypot(real(w), imag(w))
	return math.Abs(real(w)-real(g)) <= bound && math.Abs(imag(w)-imag(g)) <= bound
}

// partialOf is memory for a partial with guards around.
func partialOf(r *Reduction, cells int) (planes [][]byte, whole []byte) {
	room, whole := guarded(dtype.Complex128, r.PartialBytes(cells)/16, 0)
	return r.PlanesOf(room, cells), whole
}

// eachReduction calls f for each reduction and element type.
func eachReduction(t *testing.T, f func(t *testing.T, row *op.Op, d, out dtype.DType, r *Reduction)) {
	for _, row := range op.Reductions() {
		for _, d := range dtype.All() {
			types, err := row.Types(row.Name, []dtype.DType{d})
			require.NoError(t, err)
			r, ok := Reduce(row.Name, types.Kernel)
			require.True(t, ok)
			t.Run(fmt.Sprintf("%s/%s", row.Name, d), func(t *testing.T) { f(t, row, d, types.Out, r) })
		}
	}
}

// reduceTree reduces n elements of each of some cells, cut into leaves at
// random places and merged in a random tree of neighbours.
func reduceTree(r *Reduction, rnd *rand.Rand, d dtype.DType, values [][]any, from, to int) (planes [][]byte) {
	cells, n := len(values), to-from
	if n > 1 && rnd.IntN(4) != 0 {
		middle := from + 1 + rnd.IntN(n-1)
		left := reduceTree(r, rnd, d, values, from, middle)
		right := reduceTree(r, rnd, d, values, middle, to)
		r.Merge(left, right, cells, int64(middle-from), int64(to-middle))
		return left
	}
	byCell := rnd.IntN(2) == 0
	src, _ := guarded(d, cells*n, rnd.IntN(3))
	for c := range values {
		for i := range n {
			if byCell {
				store(d, src, c*n+i, values[c][from+i])
			} else {
				store(d, src, i*cells+c, values[c][from+i])
			}
		}
	}
	planes, _ = partialOf(r, cells)
	r.Leaf(planes, cells, n, src, byCell, int64(from), 0, 1)
	return planes
}

func TestReductionsAgainstReference(t *testing.T) {
	eachReduction(t, func(t *testing.T, row *op.Op, d, out dtype.DType, r *Reduction) {
		for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 129, 300} {
			for cells := range 6 {
				rnd := newRand(row.Name, d, n, cells)
				choices := pool(d, rnd)
				if rnd.IntN(2) == 0 && d.Kind() >= dtype.KindFloat {
					choices = choices[len(choices)-12:] // without special values
				}
				correction := float64(rnd.IntN(3))
				values := make([][]any, cells)
				for c := range values {
					for range n {
						values[c] = append(values[c], choices[rnd.IntN(len(choices))])
					}
				}
				planes := reduceTree(r, rnd, d, values, 0, n)
				dst, whole := guarded(out, cells, 1)
				status := r.Finish(dst, planes, cells, int64(n), correction)
				requireGuards(t, dst, whole, out, 1, "finish")
				expected := OK
				for c := range values {
					want, tolerance := referenceReduce(row.Name, d, values[c], correction)
					if want == nil {
						if row.Positions {
							expected = AllNaN
						}
						continue
					}
					if math.IsInf(tolerance, 0) || math.IsNaN(tolerance) {
						tolerance = 0
					}
					got := load(out, dst, c)
					if !closeTo(row.Name, rounded(out, want), got, out, tolerance) && !overflows(row.Name, out, values[c]) {
						require.Failf(t, "wrong result", "cell %d of %d, n %d, correction %g: %v, not %v\nof %v", c, cells, n, correction, got, want, values[c])
					}
				}
				require.Equal(t, expected, status)
			}
		}
	})
}

// overflows is whether sums of the values may overflow on the way to a
// result, which is then not specified.
func overflows(name op.Name, out dtype.DType, values []any) bool {
	switch name {
	case op.Min, op.Max, op.Nanmin, op.Nanmax, op.Prod, op.Nanprod:
		return false
	}
	if out < dtype.Float16 {
		return false
	}
	for _, v := range values {
		z := complexOf(v)
		if math.Abs(real(z)) > 1e150 || math.Abs(imag(z)) > 1e150 {
			return true
		}
	}
	return false
}

func TestLeavesStayInside(t *testing.T) {
	eachReduction(t, func(t *testing.T, row *op.Op, d, out dtype.DType, r *Reduction) {
		rnd := newRand(row.Name, d)
		choices := pool(d, rnd)
		for _, n := range append([]int{0}, lengths()...) {
			for _, byCell := range []bool{true, false} {
				cells := 1 + n%4
				src, _ := guarded(d, cells*n, n%3)
				for i := range cells * n {
					store(d, src, i, choices[rnd.IntN(len(choices))])
				}
				planes, whole := partialOf(r, cells)
				require.Equal(t, OK, r.Leaf(planes, cells, n, src, byCell, 0, 0, 1))
				requireGuards(t, whole[16:16+r.PartialBytes(cells)], whole, dtype.Complex128, 0, "leaf")
				for k, plane := range planes {
					require.Len(t, plane, cells*r.Planes[k].Size())
				}
			}
		}
	})
}

func TestNoElements(t *testing.T) {
	eachReduction(t, func(t *testing.T, row *op.Op, d, out dtype.DType, r *Reduction) {
		for _, byCell := range []bool{true, false} {
			planes, _ := partialOf(r, 3)
			r.Leaf(planes, 3, 0, nil, byCell, 0, 0, 1)
			dst, _ := guarded(out, 3, 0)
			if !row.NeedsElements {
				require.Equal(t, OK, r.Finish(dst, planes, 3, 0, 1))
				for c := range 3 {
					got := load(out, dst, c)
					switch row.Name {
					case op.Any:
						require.Equal(t, false, got)
					case op.All:
						require.Equal(t, true, got)
					case op.Sum, op.Nansum, op.CountNonzero:
						require.False(t, truthy(got))
					case op.Prod, op.Nanprod:
						require.Equal(t, complex128(1), complexOf(got))
					default:
						require.True(t, hasNaN(got), "%v", got)
					}
				}
				continue
			}
			// The value of no elements loses against every other one.
			src, _ := guarded(d, 3, 0)
			values := pool(d, newRand(row.Name, d))
			for c := range 3 {
				store(d, src, c, values[(c+1)%len(values)])
			}
			some, _ := partialOf(r, 3)
			r.Leaf(some, 3, 1, src, byCell, 5, 0, 1)
			r.Merge(planes, some, 3, 0, 1)
			r.Finish(dst, planes, 3, 1, 0)
			for c := range 3 {
				want, _ := referenceReduce(row.Name, d, []any{values[(c+1)%len(values)]}, 0)
				if row.Positions {
					want = big.NewInt(5)
				}
				require.True(t, sameElement(want, load(out, dst, c), false))
			}
		}
	})
}

// reduceAll is the result of a reduction of x in leaves of Piece elements
// merged by a balanced tree.
func reduceAll[T dtype.Element](name op.Name, x []T, correction float64) any {
	d := dtype.Of[T]()
	types, _ := op.Lookup(name).Types(name, []dtype.DType{d})
	r, _ := Reduce(name, d)
	var tree func(from, to int) [][]byte
	tree = func(from, to int) [][]byte {
		planes, _ := partialOf(r, 1)
		if to-from <= Piece {
			r.Leaf(planes, 1, to-from, dtype.Bytes(x[from:to]), true, int64(from), 0, 1)
			return planes
		}
		middle := from + (to-from)/Piece/2*Piece
		if middle == from {
			middle += Piece
		}
		left := tree(from, middle)
		r.Merge(left, tree(middle, to), 1, int64(middle-from), int64(to-middle))
		return left
	}
	dst, _ := guarded(types.Out, 1, 0)
	r.Finish(dst, tree(0, len(x)), 1, int64(len(x)), correction)
	return load(types.Out, dst, 0)
}

func TestSumErrors(t *testing.T) {
	single, double := make([]float32, 1e6), make([]float64, 1e6)
	for i := range single {
		single[i], double[i] = 0.1, 0.1
	}
	require.Equal(t, float64(float32(1e6*float64(float32(0.1)))), reduceAll(op.Sum, single, 0))
	require.InDelta(t, 1e5, reduceAll(op.Sum, double, 0), 1e-9)
	require.InDelta(t, 0.1, reduceAll(op.Mean, double, 0), 1e-16)

	// Magnitudes over 30 orders of magnitude that nearly cancel.
	r := newRand("ill-conditioned")
	for i := range double {
		double[i] = (r.Float64() - 0.5) * math.Pow(10, 30*r.Float64())
		if i%2 == 1 {
			double[i] = -double[i-1] * (1 + 1e-12*r.Float64())
		}
	}
	exact, size := new(big.Float).SetPrec(4096), 0.0
	for _, v := range double {
		exact.Add(exact, big.NewFloat(v))
		size += math.Abs(v)
	}
	want, _ := exact.Float64()
	got := reduceAll(op.Sum, double, 0).(float64)
	// 16 adds in a lane, 3 of lanes, 4 of groups, 9 of leaves.
	require.LessOrEqual(t, math.Abs(want-got), 32*0x1p-53*size)
}

func TestHalfMeanDoesNotOverflow(t *testing.T) {
	ones := make([]dtype.Half, 70000)
	for i := range ones {
		ones[i] = dtype.HalfOf(1)
	}
	require.Equal(t, 1.0, reduceAll(op.Mean, ones, 0))
	require.Equal(t, math.Inf(1), reduceAll(op.Sum, ones, 0))
}

func TestIntegerMeans(t *testing.T) {
	require.Equal(t, 9007199254740992.0, reduceAll(op.Mean, []int64{1<<53 + 1}, 0))
	require.Equal(t, float64(math.MaxUint64), reduceAll(op.Mean, []uint64{math.MaxUint64, math.MaxUint64}, 0))
	require.Equal(t, new(big.Int), reduceAll(op.Sum, []int64{1 << 62, 1 << 62, 1 << 62, 1 << 62}, 0))
	require.Equal(t, big.NewInt(255*3), reduceAll(op.Sum, []uint8{255, 255, 255}, 0))
}

func TestVarianceOfLargeOffsets(t *testing.T) {
	for _, n := range []int{2, 100, 2 * Piece, 100000} {
		x := make([]float64, n)
		single := make([]float32, n)
		z := make([]complex128, n)
		for i := range x {
			x[i] = 1e8 + float64(i%2)
			single[i] = 1e6 + float32(i%2)
			z[i] = complex(1e8, -1e8+float64(i%2))
		}
		require.InDelta(t, 0.25, reduceAll(op.Var, x, 0), 1e-8)
		require.InDelta(t, 0.5, reduceAll(op.Std, x, 0), 1e-8)
		require.InDelta(t, 0.25, reduceAll(op.Var, single, 0), 1e-8)
		require.InDelta(t, 0.25, reduceAll(op.Var, z, 0), 1e-8)
	}
}

func TestVarianceCorrections(t *testing.T) {
	require.InDelta(t, 1.0, reduceAll(op.Var, []int32{1, 2, 3}, 1), 1e-15)
	require.Equal(t, math.Inf(1), reduceAll(op.Var, []float64{1, 2}, 2))
	require.Equal(t, math.Inf(1), reduceAll(op.Std, []float64{1, 2}, 3))
	require.True(t, math.IsNaN(reduceAll(op.Var, []float64{1}, 1).(float64)))
	require.True(t, math.IsNaN(reduceAll(op.Var, []float32{4, 4}, 2).(float64)))
}

func TestArgTies(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, big.NewInt(1), reduceAll(op.Argmin, []int8{3, 1, 1, 2}, 0))
	require.Equal(t, big.NewInt(2), reduceAll(op.Argmax, []float64{3, 1, nan, 5, nan}, 0))
	require.Equal(t, big.NewInt(0), reduceAll(op.Argmin, []float32{float32(nan), 1}, 0))
	require.Equal(t, big.NewInt(0), reduceAll(op.Argmin, []float64{math.Copysign(0, -1), 0, math.Copysign(0, -1)}, 0))
	require.Equal(t, big.NewInt(1), reduceAll(op.Argmax, []bool{false, true, true}, 0))
	require.Equal(t, big.NewInt(1), reduceAll(op.Argmax, []complex64{1, complex(1, float32(nan)), complex(float32(nan), 9)}, 0))

	// Blocks beside each other: the second has lower indices among the ties.
	r, _ := Reduce(op.Argmin, dtype.Int64)
	left, _ := partialOf(r, 2)
	right, _ := partialOf(r, 2)
	r.Leaf(left, 2, 2, dtype.Bytes([]int64{1, 0, 4, 4}), true, 0, 2, 10)
	r.Leaf(right, 2, 2, dtype.Bytes([]int64{0, 0, 4, 4}), true, 1, 2, 10)
	require.Equal(t, []int64{10, 2}, dtype.Slice[int64](left[1]))
	r.Merge(left, right, 2, 2, 2)
	require.Equal(t, []int64{1, 2}, dtype.Slice[int64](left[1]))
}

func TestNaNReductions(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, 0.0, reduceAll(op.Nansum, []float64{nan, nan}, 0))
	require.Equal(t, 3.0, reduceAll(op.Nansum, []float64{nan, 1, nan, 2}, 0))
	require.Equal(t, 1.5, reduceAll(op.Nanmean, []float32{float32(nan), 1, 2}, 0))
	require.True(t, math.IsNaN(reduceAll(op.Nanmean, []float64{nan}, 0).(float64)))
	require.True(t, math.IsNaN(reduceAll(op.Nanmin, []float64{nan, nan}, 0).(float64)))
	require.Equal(t, 1.0, reduceAll(op.Nanmin, []float64{nan, 2, 1, nan}, 0))
	require.Equal(t, math.Inf(-1), reduceAll(op.Nanmax, []float64{nan, math.Inf(-1)}, 0))
	require.True(t, math.IsNaN(reduceAll(op.Max, []float64{math.Inf(1), nan, 1}, 0).(float64)))
	require.True(t, math.IsNaN(reduceAll(op.Min, []float64{math.Inf(-1), 1, 2, 3, 4, nan}, 0).(float64)))
	require.Equal(t, true, reduceAll(op.Any, []float64{0, nan}, 0))
	require.Equal(t, true, reduceAll(op.All, []float64{1, nan}, 0))
	require.Equal(t, false, reduceAll(op.All, []float64{math.Copysign(0, -1), nan}, 0))
}

func TestBytesThatAreNotBools(t *testing.T) {
	for name, want := range map[op.Name]any{
		op.Sum: big.NewInt(2), op.Max: true, op.Argmax: big.NewInt(1), op.Any: true, op.Mean: 2.0 / 3,
	} {
		r, _ := Reduce(name, dtype.Bool)
		planes, _ := partialOf(r, 1)
		r.Leaf(planes, 1, 3, []byte{0, 2, 255}, true, 0, 0, 1)
		dst, _ := guarded(dtype.Complex128, 1, 0)
		r.Finish(dst, planes, 1, 3, 0)
		require.Equal(t, want, load(outOf(name, dtype.Bool), dst, 0), name)
	}
}

func TestPlanes(t *testing.T) {
	r, _ := Reduce(op.Argmin, dtype.Int8)
	require.Equal(t, []dtype.DType{dtype.Int8, dtype.Int64}, r.Planes)
	require.Equal(t, 16+48, r.PartialBytes(5))
	buf := make([]byte, r.PartialBytes(5))
	planes := r.PlanesOf(buf, 5)
	require.Len(t, planes[0], 5)
	require.Len(t, planes[1], 40)
	planes[1][0] = 1
	require.Equal(t, byte(1), buf[16])
	reused := make([][]byte, 0, 2)
	require.Zero(t, testing.AllocsPerRun(10, func() { r.PlanesInto(reused[:0], buf, 5) }))
}

// TestPlanesAreThoseOfTheTable: a plan knows the size of partials from the
// table.
func TestPlanesAreThoseOfTheTable(t *testing.T) {
	eachReduction(t, func(t *testing.T, row *op.Op, d, _ dtype.DType, r *Reduction) {
		for _, cells := range []int{0, 1, 3, 100} {
			require.Equal(t, r.PartialBytes(cells), op.PartialBytes(row.Name, d, cells))
		}
		require.Len(t, op.Planes(row.Name, d), len(r.Planes))
	})
}

func TestProducts(t *testing.T) {
	require.Equal(t, 1.0, reduceAll(op.Prod, []float64{1e200, 1e200, 1e-200, 1e-200}, 0), "no overflow on the way")
	require.Equal(t, 1.0, reduceAll(op.Prod, []float32{1e30, 1e30, 1e-30, 1e-30, 1e-30, 1e30}, 0))
	require.Equal(t, 0.0, reduceAll(op.Prod, []float64{1e300, 1e300, 0}, 0))
	require.Equal(t, math.Inf(-1), reduceAll(op.Prod, []float64{1e300, -1e300}, 0))
	require.True(t, math.IsNaN(reduceAll(op.Prod, []float64{0, math.Inf(1)}, 0).(float64)))
	require.True(t, math.Signbit(reduceAll(op.Prod, []float64{math.Copysign(0, -1), 3}, 0).(float64)))
	require.Equal(t, 6.0, reduceAll(op.Nanprod, []float64{math.NaN(), 2, 3, math.NaN()}, 0))
	require.Equal(t, 1.0, reduceAll(op.Nanprod, []float32{float32(math.NaN())}, 0))
	require.Equal(t, 1e-320, reduceAll(op.Prod, []float64{1e-320, 1}, 0), "subnormal numbers")
	require.Equal(t, complex(0, 1), reduceAll(op.Prod, []complex128{1e200i, 1e-200, 1}, 0))
	require.Equal(t, big.NewInt(-256), reduceAll(op.Prod, []int8{-128, 2, 1}, 0))
	require.Equal(t, big.NewInt(math.MinInt64), reduceAll(op.Prod, []int64{1 << 62, 2, 3}, 0), "integers wrap")

	// Two million factors, whose product leaves float64 and comes back.
	x := make([]float64, 2_000_000)
	for i := range x {
		x[i] = 0.5
		if i >= len(x)/2 {
			x[i] = 2
		}
	}
	require.Equal(t, 1.0, reduceAll(op.Prod, x, 0))
	// Products of single precision are rounded once, at the end.
	ones := make([]float32, 100_000)
	want := 1.0
	for i := range ones {
		ones[i] = 1 + 0x1p-23
		want *= 1 + 0x1p-23
	}
	require.InDelta(t, want, reduceAll(op.Prod, ones, 0), 0x1p-24*want)
}

func TestPositionsWithoutNaN(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, big.NewInt(2), reduceAll(op.Nanargmin, []float64{nan, 2, 1, 1, nan}, 0))
	require.Equal(t, big.NewInt(1), reduceAll(op.Nanargmax, []float32{float32(nan), 2, 1, 2}, 0))
	// NumPy, which puts infinity in the place of NaN, finds the NaN here.
	require.Equal(t, big.NewInt(1), reduceAll(op.Nanargmin, []float64{nan, math.Inf(1)}, 0))
	require.Equal(t, big.NewInt(1), reduceAll(op.Nanargmax, []float64{nan, math.Inf(-1)}, 0))
	require.Equal(t, big.NewInt(0), reduceAll(op.Nanargmin, []uint8{0, 0}, 0))
	require.Equal(t, big.NewInt(2), reduceAll(op.Nanargmax, []complex64{1, complex(9, float32(nan)), complex(1, 2)}, 0))
}

func TestVarianceWithoutNaN(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, 1.0, reduceAll(op.Nanvar, []float64{1, nan, 3}, 0))
	require.Equal(t, 2.0, reduceAll(op.Nanvar, []float64{1, nan, 3}, 1))
	require.True(t, math.IsNaN(reduceAll(op.Nanvar, []float64{1, nan, 3}, 2).(float64)), "no more elements than the correction")
	require.True(t, math.IsNaN(reduceAll(op.Nanstd, []float64{1, nan, 3}, 2.5).(float64)))
	require.Equal(t, math.Inf(1), reduceAll(op.Nanvar, []int32{1, 3}, 2), "integers have no NaN, so that this is var")
	require.Equal(t, 1.0, reduceAll(op.Nanstd, []complex128{1 + 1i, 1 - 1i, complex(0, nan)}, 0))
	x := make([]float64, 3*Piece)
	for i := range x {
		x[i] = []float64{1e8, nan, 1e8 + 1}[i%3]
		if i >= Piece && i < 2*Piece {
			x[i] = nan // a leaf without a number
		}
	}
	require.InDelta(t, 0.25, reduceAll(op.Nanvar, x, 0), 1e-6)
}
