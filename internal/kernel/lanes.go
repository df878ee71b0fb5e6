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
	switch d {
	case dtype.Int64:
		return total(plainly[int64](sum)), true
	case dtype.Uint64:
		return total(plainly[uint64](sum)), true
	case dtype.Float64:
		if sum {
			return total(compensated), true
		}
		return total(plainly[float64](false)), true
	case dtype.Complex128:
		if sum {
			return total(compensatedComplex), true
		}
		return total(productComplex), true
	}
	return nil, false
}

// Cumulate finds the loop that sets dst[i] to what start and src[0] to src[i]
// are combined; start has one element.
func Cumulate(sum bool, d dtype.DType) (func(dst, src, start Lane), bool) {
	switch d {
	case dtype.Int64:
		return cumulate(plainly[int64](sum)), true
	case dtype.Uint64:
		return cumulate(plainly[uint64](sum)), true
	case dtype.Float64:
		if sum {
			return cumulate(compensated), true
		}
		return cumulate(plainly[float64](false)), true
	case dtype.Complex128:
		if sum {
			return cumulate(compensatedComplex), true
		}
		return cumulate(productComplex), true
	}
	return nil, false
}

// running combines elements one after the other: state is what was combined, its
// second part what rounding left out.
type running[T any] struct {
	start T
	next  func(state, rest, v T) (T, T)
	value func(state, rest T) T
}

func plainly[T int64 | uint64 | float64](sum bool) running[T] {
	r := running[T]{start: 1, value: func(state, _ T) T { return state }}
	if sum {
		r.start = 0
		r.next = func(state, _, v T) (T, T) { return state + v, 0 }
	} else {
		r.next = func(state, _, v T) (T, T) { return T(state * v), 0 }
	}
	return r
}

// compensated is a sum that keeps what each addition rounds off (Neumaier,
// "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974),
// so that errors do not grow with the number of elements.
var compensated = running[float64]{
	next: func(sum, rest, v float64) (float64, float64) {
		t := sum + v
		if math.Abs(sum) >= math.Abs(v) {
			return t, rest + ((sum - t) + v)
		}
		return t, rest + ((v - t) + sum)
	},
	value: func(sum, rest float64) float64 {
		if v := sum + rest; v-v == 0 {
			return v
		}
		return sum // infinities and NaN leave no rest
	},
}

var compensatedComplex = running[complex128]{
	next: func(sum, rest, v complex128) (complex128, complex128) {
		re, restRe := compensated.next(real(sum), real(rest), real(v))
		im, restIm := compensated.next(imag(sum), imag(rest), imag(v))
		return complex(re, im), complex(restRe, restIm)
	},
	value: func(sum, rest complex128) complex128 {
		return complex(compensated.value(real(sum), real(rest)), compensated.value(imag(sum), imag(rest)))
	},
}

var productComplex = running[complex128]{
	start: 1,
	next:  func(state, _, v complex128) (complex128, complex128) { return complexMultiply(state, v), 0 },
	value: func(state, _ complex128) complex128 { return state },
}

func total[T dtype.Element](r running[T]) func(dst, src Lane) {
	return func(dst, src Lane) {
		state := r.start
		var rest T
		s := elements[T](src)
		for i, at := 0, src.Offset; i < src.N; i, at = i+1, at+src.Stride {
			state, rest = r.next(state, rest, s[at])
		}
		elements[T](dst)[dst.Offset] = r.value(state, rest)
	}
}

func cumulate[T dtype.Element](r running[T]) func(dst, src, start Lane) {
	return func(dst, src, start Lane) {
		d, s := elements[T](dst), elements[T](src)
		state, rest := r.start, *new(T)
		if start.N > 0 {
			state = elements[T](start)[start.Offset]
		}
		for i, from, to := 0, src.Offset, dst.Offset; i < src.N; i, from, to = i+1, from+src.Stride, to+dst.Stride {
			state, rest = r.next(state, rest, s[from])
			d[to] = r.value(state, rest)
		}
	}
}

// Topk finds the function that gives the places of the k greatest elements of a
// lane, the greatest first, or of the -k least, the least first; of equal ones
// the first come first. NaN is greater than any number. order has room for the
// numbers of all elements, which the result is a part of.
func Topk(d dtype.DType) (func(order []int, src Lane, k int) []int, bool) {
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
	nan := func(z complex128) bool { return math.IsNaN(real(z)) || math.IsNaN(imag(z)) }
	nanX, nanY := nan(x), nan(y)
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

func topkOf[T dtype.Element](order func(a, b T) int) func([]int, Lane, int) []int {
	return func(places []int, src Lane, k int) []int {
		s := elements[T](src)
		places = places[:src.N]
		for i := range places {
			places[i] = i
		}
		at := func(i int) T { return s[src.Offset+i*src.Stride] }
		if k >= 0 {
			slices.SortStableFunc(places, func(i, j int) int { return order(at(j), at(i)) })
			return places[:min(k, len(places))]
		}
		slices.SortStableFunc(places, func(i, j int) int { return order(at(i), at(j)) })
		return places[:min(-k, len(places))]
	}
}

// Trues are the places of a lane of bools that are true.
func Trues(mask Lane) []int {
	m := elements[uint8](mask)
	var places []int
	for i, at := 0, mask.Offset; i < mask.N; i, at = i+1, at+mask.Stride {
		if m[at] != 0 {
			places = append(places, i)
		}
	}
	return places
}

// Pick sets dst[i] to src[places[i]], of elements of a size in bytes.
func Pick(size int, dst, src Lane, places []int) {
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

func pick[T dtype.Element](dst, src Lane, places []int) {
	d, s := elements[T](dst), elements[T](src)
	to := dst.Offset
	for _, place := range places {
		d[to] = s[src.Offset+place*src.Stride]
		to += dst.Stride
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

// TakeAlong sets dst[i] to src[indices[i]], where negative indices count from the
// end. It stops at an index that src does not have, with an *IndexError.
func TakeAlong(size int, dst, src, indices Lane) error {
	switch size {
	case 1:
		return takeAlong[uint8](dst, src, indices)
	case 2:
		return takeAlong[uint16](dst, src, indices)
	case 4:
		return takeAlong[uint32](dst, src, indices)
	case 8:
		return takeAlong[uint64](dst, src, indices)
	}
	return takeAlong[complex128](dst, src, indices)
}

func takeAlong[T dtype.Element](dst, src, indices Lane) error {
	d, s, x := elements[T](dst), elements[T](src), elements[int64](indices)
	to, at := dst.Offset, indices.Offset
	for range dst.N {
		i := x[at]
		if i < -int64(src.N) || i >= int64(src.N) {
			return &IndexError{i, src.N}
		}
		if i < 0 {
			i += int64(src.N)
		}
		d[to] = s[src.Offset+int(i)*src.Stride]
		to += dst.Stride
		at += indices.Stride
	}
	return nil
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
