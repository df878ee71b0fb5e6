package kernel

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"gabion/dtype"
)

// Lane is the elements of a block along one axis: N of them from Offset on, in
// steps of Stride, counted in elements.
type Lane struct {
	Data      []byte
	Offset    int
	Stride, N int
}

// elements are those of a lane as a slice that starts at its first: lane element
// i is at i*Stride. Strides may be negative, hence the slice is the whole memory.
func elements[T dtype.Element](l Lane) []T { return dtype.Slice[T](l.Data) }

// Total finds the loop that combines the elements of a lane into the one element
// of dst, for sums and products of the widest type of each kind.
func Total(sum bool, d dtype.DType) (func(dst, src Lane), bool) {
	loop, ok := Cumulate(sum, d)
	return func(dst, src Lane) { loop(Lane{Data: dst.Data, Offset: dst.Offset, N: 1}, src, Lane{}) }, ok
}

// Cumulate finds the loop that sets dst[i] to what start and src[0] to src[i]
// are combined; start has one element, or none. A dst of stride 0 keeps the last.
func Cumulate(sum bool, d dtype.DType) (func(dst, src, start Lane), bool) {
	switch {
	case d == dtype.Int64 && sum:
		return sums64[int64], true
	case d == dtype.Int64:
		return products64[int64], true
	case d == dtype.Uint64 && sum:
		return sums64[uint64], true
	case d == dtype.Uint64:
		return products64[uint64], true
	case d == dtype.Float64 && sum:
		return compensatedSums, true
	case d == dtype.Float64:
		return products64[float64], true
	case d == dtype.Complex128 && sum:
		return compensatedComplexSums, true
	case d == dtype.Complex128:
		return complexProducts, true
	}
	return nil, false
}

// begin is the element of start, or what no elements give.
func begin[T dtype.Element](start Lane, none T) T {
	if start.N == 0 {
		return none
	}
	return elements[T](start)[start.Offset]
}

// sums64: dst[i] = start + src[0] + … + src[i]; integers wrap.
func sums64[T int64 | uint64](dst, src, start Lane) {
	d, s := elements[T](dst), elements[T](src)
	state := begin[T](start, 0)
	from, to := src.Offset, dst.Offset
	if src.N == 0 && dst.N > 0 {
		d[to] = state
	}
	for range src.N {
		state += s[from]
		d[to] = state
		from += src.Stride
		to += dst.Stride
	}
}

// products64: dst[i] = start * src[0] * … * src[i]; integers wrap.
func products64[T int64 | uint64 | float64](dst, src, start Lane) {
	d, s := elements[T](dst), elements[T](src)
	state := begin[T](start, 1)
	from, to := src.Offset, dst.Offset
	if src.N == 0 && dst.N > 0 {
		d[to] = state
	}
	for range src.N {
		state *= s[from]
		d[to] = state
		from += src.Stride
		to += dst.Stride
	}
}

// compensatedSums: dst[i] = start + src[0] + … + src[i], with what each addition
// rounds off (Knuth's two-sum) kept in a sum of its own, so that errors do not grow
// with the number of elements.
func compensatedSums(dst, src, start Lane) {
	d, s := elements[float64](dst), elements[float64](src)
	sum, rest := begin[float64](start, 0), 0.0
	from, to := src.Offset, dst.Offset
	if src.N == 0 && dst.N > 0 {
		d[to] = sum
	}
	for range src.N {
		sum, rest = addCompensated(sum, rest, s[from])
		d[to] = compensated(sum, rest)
		from += src.Stride
		to += dst.Stride
	}
}

func addCompensated(sum, rest, v float64) (float64, float64) {
	t := sum + v
	part := t - sum
	return t, rest + ((sum - (t - part)) + (v - part))
}

// compensated is a sum with its rest; infinities and NaN leave none.
func compensated(sum, rest float64) float64 {
	if v := sum + rest; v-v == 0 {
		return v
	}
	return sum
}

// compensatedComplexSums is compensatedSums of both parts.
func compensatedComplexSums(dst, src, start Lane) {
	d, s := elements[complex128](dst), elements[complex128](src)
	sum, rest := begin[complex128](start, 0), complex128(0)
	re, im := real(sum), imag(sum)
	restRe, restIm := real(rest), imag(rest)
	from, to := src.Offset, dst.Offset
	if src.N == 0 && dst.N > 0 {
		d[to] = sum
	}
	for range src.N {
		re, restRe = addCompensated(re, restRe, real(s[from]))
		im, restIm = addCompensated(im, restIm, imag(s[from]))
		d[to] = complex(compensated(re, restRe), compensated(im, restIm))
		from += src.Stride
		to += dst.Stride
	}
}

// complexProducts: dst[i] = start * src[0] * … * src[i].
func complexProducts(dst, src, start Lane) {
	d, s := elements[complex128](dst), elements[complex128](src)
	state := begin[complex128](start, 1)
	from, to := src.Offset, dst.Offset
	if src.N == 0 && dst.N > 0 {
		d[to] = state
	}
	for range src.N {
		state = complexMultiply(state, s[from])
		d[to] = state
		from += src.Stride
		to += dst.Stride
	}
}

// Topk finds the function that gives the places of the k greatest elements of a
// lane, the greatest first, or of the -k least, the least first; of equal ones
// the first come first. NaN is greater than any number. room is for as many
// places as there are results, which it holds in the end.
func Topk(d dtype.DType) (func(room []int64, src Lane, k int) []int64, bool) {
	switch d {
	case dtype.Bool, dtype.Uint8:
		return topkOf(cmp.Compare[uint8]), true
	case dtype.Int8:
		return topkOf(cmp.Compare[int8]), true
	case dtype.Int16:
		return topkOf(cmp.Compare[int16]), true
	case dtype.Int32:
		return topkOf(cmp.Compare[int32]), true
	case dtype.Int64:
		return topkOf(cmp.Compare[int64]), true
	case dtype.Uint16:
		return topkOf(cmp.Compare[uint16]), true
	case dtype.Uint32:
		return topkOf(cmp.Compare[uint32]), true
	case dtype.Uint64:
		return topkOf(cmp.Compare[uint64]), true
	case dtype.Float16:
		return topkOf(func(a, b dtype.Half) int { return nanLast(a.Float32(), b.Float32()) }), true
	case dtype.Float32:
		return topkOf(nanLast[float32]), true
	case dtype.Float64:
		return topkOf(nanLast[float64]), true
	case dtype.Complex64:
		return topkOf(complexOrder[complex64]), true
	case dtype.Complex128:
		return topkOf(complexOrder[complex128]), true
	}
	return nil, false
}

// nanLast orders floats with NaN after all numbers.
func nanLast[T float](a, b T) int {
	switch {
	case a != a && b != b:
		return 0
	case a != a:
		return 1
	case b != b:
		return -1
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// complexOrder orders by real part, then by imaginary part; NaN comes last.
func complexOrder[T complexes](a, b T) int {
	x, y := complex128(a), complex128(b)
	nanX, nanY := real(x) != real(x) || imag(x) != imag(x), real(y) != real(y) || imag(y) != imag(y)
	if nanX != nanY {
		if nanX {
			return 1
		}
		return -1
	}
	if c := nanLast(real(x), real(y)); c != 0 {
		return c
	}
	return nanLast(imag(x), imag(y))
}

// topkOf keeps the best places so far in a heap, the worst of them at the top.
func topkOf[T dtype.Element](order func(a, b T) int) func([]int64, Lane, int) []int64 {
	return func(room []int64, src Lane, k int) []int64 {
		s := elements[T](src)
		at := func(place int64) T { return s[src.Offset+int(place)*src.Stride] }
		sign := 1
		if k < 0 {
			sign, k = -1, -k
		}
		n := min(k, src.N)
		heap := room[:n]
		if n == 0 {
			return heap
		}
		// before says which of two places comes first in the result.
		before := func(i, j int64) int {
			if c := sign * order(at(j), at(i)); c != 0 {
				return c
			}
			return cmp.Compare(i, j)
		}
		sift := func(i int) {
			for {
				worst := i
				for child := 2*i + 1; child < min(2*i+3, n); child++ {
					if before(heap[child], heap[worst]) > 0 {
						worst = child
					}
				}
				if worst == i {
					return
				}
				heap[i], heap[worst] = heap[worst], heap[i]
				i = worst
			}
		}
		for i := range heap {
			heap[i] = int64(i)
		}
		if n < src.N {
			for i := n/2 - 1; i >= 0; i-- {
				sift(i)
			}
			worst := at(heap[0])
			for i := n; i < src.N; i++ {
				if sign*order(worst, at(int64(i))) < 0 {
					heap[0] = int64(i)
					sift(0)
					worst = at(heap[0])
				}
			}
		}
		slices.SortFunc(heap, before)
		return heap
	}
}

// CountTrue is how many elements of a lane of bools are true.
func CountTrue(mask Lane) int {
	m, n := elements[uint8](mask), 0
	for i, at := 0, mask.Offset; i < mask.N; i, at = i+1, at+mask.Stride {
		if m[at] != 0 {
			n++
		}
	}
	return n
}

// Trues appends the places of a lane of bools that are true, from one on, while
// places has room for them. next is where it stopped.
func Trues(places []int64, mask Lane, from int) (found []int64, next int) {
	m := elements[uint8](mask)
	for ; from < mask.N && len(places) < cap(places); from++ {
		if m[mask.Offset+from*mask.Stride] != 0 {
			places = append(places, int64(from))
		}
	}
	return places, from
}

// Pick sets dst[i] to src[places[i]], of elements of a size in bytes.
func Pick(size int, dst, src Lane, places []int64) {
	switch size {
	case 1:
		pick[uint8](dst, src, places)
	case 2:
		pick[uint16](dst, src, places)
	case 4:
		pick[uint32](dst, src, places)
	case 8:
		pick[uint64](dst, src, places)
	case 16:
		pick[complex128](dst, src, places)
	}
}

func pick[T dtype.Element](dst, src Lane, places []int64) {
	d, s := elements[T](dst), elements[T](src)
	to := dst.Offset
	for _, place := range places {
		d[to] = s[src.Offset+int(place)*src.Stride]
		to += dst.Stride
	}
}

// Put sets dst[places[i]] to src[i], of elements of a size in bytes.
func Put(size int, dst, src Lane, places []int64) {
	switch size {
	case 1:
		put[uint8](dst, src, places)
	case 2:
		put[uint16](dst, src, places)
	case 4:
		put[uint32](dst, src, places)
	case 8:
		put[uint64](dst, src, places)
	case 16:
		put[complex128](dst, src, places)
	}
}

func put[T dtype.Element](dst, src Lane, places []int64) {
	d, s := elements[T](dst), elements[T](src)
	from := src.Offset
	for _, place := range places {
		d[dst.Offset+int(place)*dst.Stride] = s[from]
		from += src.Stride
	}
}

// IndexError is an index that an axis of a length does not have, of which only
// computing the indices tells.
type IndexError struct {
	Index  int64
	Length int
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("index %d is out of range for length %d", e.Index, e.Length)
}

// Kind is what NumPy calls such a problem, by the names of graph.Kind.
func (e *IndexError) Kind() string { return "IndexError" }

// TakeAlong sets dst[i] to src[indices[i] - start], where negative indices count
// from the end of an axis of a length, of which src is a part. Elements of other
// parts are left as they are. It stops at an index that the axis does not have,
// with an *IndexError.
func TakeAlong(size int, dst, src, indices Lane, start, length int) error {
	switch size {
	case 1:
		return takeAlong[uint8](dst, src, indices, start, length)
	case 2:
		return takeAlong[uint16](dst, src, indices, start, length)
	case 4:
		return takeAlong[uint32](dst, src, indices, start, length)
	case 8:
		return takeAlong[uint64](dst, src, indices, start, length)
	}
	return takeAlong[complex128](dst, src, indices, start, length)
}

func takeAlong[T dtype.Element](dst, src, indices Lane, start, length int) error {
	d, s, x := elements[T](dst), elements[T](src), elements[int64](indices)
	to, at := dst.Offset, indices.Offset
	for range dst.N {
		i := x[at]
		if i < -int64(length) || i >= int64(length) {
			return &IndexError{i, length}
		}
		if i < 0 {
			i += int64(length)
		}
		if i -= int64(start); uint64(i) < uint64(src.N) {
			d[to] = s[src.Offset+int(i)*src.Stride]
		}
		to += dst.Stride
		at += indices.Stride
	}
	return nil
}

// Least is the element of a type, as bytes, that is not above any other.
func Least(d dtype.DType) []byte {
	var v any
	switch {
	case d.IsComplex():
		v = complex(math.Inf(-1), math.Inf(-1))
	case d.IsFloat():
		v = math.Inf(-1)
	case d.IsSigned():
		v = int64(math.MinInt64) >> (64 - 8*d.Size())
	default:
		v = false
	}
	s, _ := dtype.ScalarOf(v)
	s, _ = s.Convert(d)
	return s.Bytes()
}

// Search finds the loop that sets the int64 dst[i] to where v[i] would be put
// into sorted: before all equal elements, or after them. NaN comes last.
func Search(d dtype.DType) (func(dst, sorted, v Lane, after bool), bool) {
	switch d {
	case dtype.Bool, dtype.Uint8:
		return searchOf(cmp.Compare[uint8]), true
	case dtype.Int8:
		return searchOf(cmp.Compare[int8]), true
	case dtype.Int16:
		return searchOf(cmp.Compare[int16]), true
	case dtype.Int32:
		return searchOf(cmp.Compare[int32]), true
	case dtype.Int64:
		return searchOf(cmp.Compare[int64]), true
	case dtype.Uint16:
		return searchOf(cmp.Compare[uint16]), true
	case dtype.Uint32:
		return searchOf(cmp.Compare[uint32]), true
	case dtype.Uint64:
		return searchOf(cmp.Compare[uint64]), true
	case dtype.Float16:
		return searchOf(func(a, b dtype.Half) int { return nanLast(a.Float32(), b.Float32()) }), true
	case dtype.Float32:
		return searchOf(nanLast[float32]), true
	case dtype.Float64:
		return searchOf(nanLast[float64]), true
	case dtype.Complex64:
		return searchOf(complexOrder[complex64]), true
	case dtype.Complex128:
		return searchOf(complexOrder[complex128]), true
	}
	return nil, false
}

func searchOf[T dtype.Element](order func(a, b T) int) func(dst, sorted, v Lane, after bool) {
	return func(dst, sorted, v Lane, after bool) {
		d, s, x := elements[int64](dst), elements[T](sorted), elements[T](v)
		to, from := dst.Offset, v.Offset
		for range dst.N {
			value := x[from]
			d[to] = int64(sort.Search(sorted.N, func(i int) bool {
				c := order(s[sorted.Offset+i*sorted.Stride], value)
				return c > 0 || c == 0 && !after
			}))
			to += dst.Stride
			from += v.Stride
		}
	}
}
