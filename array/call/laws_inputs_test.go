package call

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
)

// inputs makes the operands of one call: the n-th that is asked for has the same
// elements whatever its chunks are.
type inputs struct {
	d     dtype.DType
	shape []int
	seed  uint64
	tame  bool                         // no elements whose sums depend on the order by more than rounding
	read  bool                         // they are sources that are read, not memory that is looked at
	lazy  bool                         // their elements do not matter, and are zeros that are never made
	sizes func(axis, length int) []int // the lengths of blocks
	made  int                          // operands so far
}

// length is that of an axis of the shape; 1 where there is none.
func (in *inputs) length(axis int) int {
	if axis >= len(in.shape) {
		return 1
	}
	return in.shape[axis]
}

// x is an operand of the type and shape.
func (in *inputs) x() array.Array { return in.of(in.d, in.shape...) }

// reversed is an operand with the axes' lengths in reverse order.
func (in *inputs) reversed() array.Array {
	shape := slices.Clone(in.shape)
	slices.Reverse(shape)
	return in.of(in.d, shape...)
}

// along is an operand of one axis, as long as one of the shape.
func (in *inputs) along(axis int) array.Array { return in.of(in.d, in.length(axis)) }

// of is an operand of any type and shape.
func (in *inputs) of(d dtype.DType, shape ...int) array.Array {
	r, key := in.next(d, shape)
	return in.array(key, d, shape, func(at []int) complex128 { return element(r, d, at, in.tame) })
}

// positive is an operand of numbers between 1 and 4.
func (in *inputs) positive(shape ...int) array.Array {
	r, key := in.next(in.d, shape)
	return in.array("positive "+key, in.d, shape, func([]int) complex128 { return complex(1+3*r.Float64(), 0) })
}

// sorted is an operand of one axis that ascends.
func (in *inputs) sorted(n int) array.Array {
	_, key := in.next(in.d, []int{n})
	return in.array("sorted "+key, in.d, []int{n}, func(at []int) complex128 { return complex(float64(at[0]/2), 0) })
}

// places is an operand of indices of an axis of a length, from its start or its
// end.
func (in *inputs) places(below int, shape ...int) array.Array {
	r, key := in.next(dtype.Int64, shape)
	return in.array(fmt.Sprint("below ", below, key), dtype.Int64, shape, func([]int) complex128 {
		return complex(float64(r.IntN(2*below)-below), 0)
	})
}

// next is what the elements of the next operand are drawn from, and a name for
// them.
func (in *inputs) next(d dtype.DType, shape []int) (*rand.Rand, string) {
	in.made++
	seed := in.seed<<8 | uint64(in.made)
	return rand.New(rand.NewPCG(seed, uint64(d))), fmt.Sprint(d, shape, seed, in.tame)
}

// element is small and often equal to others. At index 0 of any axis it is a number;
// elsewhere it may be NaN and, unless it has to be tame, infinite or as large as its
// type allows.
func element(r *rand.Rand, d dtype.DType, at []int, tame bool) complex128 {
	wild := r.IntN(12) == 0 && !slices.Contains(at, 0)
	switch d.Kind() {
	case dtype.KindBool:
		return complex(float64(r.IntN(2)), 0)
	case dtype.KindInt:
		if wild && !tame {
			return complex(limit(d, r.IntN(2) == 0), 0)
		}
		return complex(float64(r.IntN(9)-map[bool]int{true: 3}[d.IsSigned()]), 0)
	}
	part := func() float64 {
		if r.IntN(2) == 0 {
			return float64(r.IntN(9)-4) / 2
		}
		return r.NormFloat64()
	}
	re := part()
	switch {
	case wild && (tame || r.IntN(2) == 0):
		re = math.NaN()
	case wild:
		re = []float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 6e4}[r.IntN(4)]
	}
	if d.Kind() == dtype.KindFloat {
		return complex(re, 0)
	}
	return complex(re, part())
}

// limit is the least or the greatest element of a type of integers, as far as a
// float64 has it.
func limit(d dtype.DType, greatest bool) float64 {
	bits := min(8*d.Size(), 63)
	if d.IsSigned() {
		bits--
	}
	switch {
	case greatest && bits > 52:
		return math.Ldexp(1, bits-1)
	case greatest:
		return math.Ldexp(1, bits) - 1
	case d.IsSigned():
		return -math.Ldexp(1, bits)
	}
	return 0
}

// elementsOf has the elements of operands by what they are made of.
var elementsOf sync.Map

// array is an operand with elements that f gives, in C order.
func (in *inputs) array(key string, d dtype.DType, shape []int, f func(at []int) complex128) array.Array {
	spec := array.ChunkSizes(in.lengths(shape)...)
	if len(shape) == 0 {
		spec = array.ChunkSpec{}
	}
	if in.lazy {
		return array.Zeros[float64](shape, spec).AsType(d)
	}
	made, ok := elementsOf.Load(key)
	if !ok {
		var values []complex128
		block.Positions(block.Whole(block.Shape(shape)), func(at []int) bool {
			values = append(values, f(at))
			return true
		})
		x := array.FromSlice(values, shape)
		if d.Kind() < dtype.KindComplex { // whose imaginary parts are 0
			x = x.Real()
		}
		blocks, err := array.Compute(context.Background(), []array.Array{x.AsType(d)}, array.On(scheduler.Serial{}))
		if err != nil {
			panic(err)
		}
		made, _ = elementsOf.LoadOrStore(key, blocks[0])
	}
	elements := made.(block.Block)
	x := array.FromBlock(elements, spec)
	if in.read && x.Err() == nil {
		return array.From(blocktest.NewSource(block.Description{DType: d, Grid: x.Chunks()}, elements))
	}
	return x
}

// lengths are those of the blocks along each axis of a shape.
func (in *inputs) lengths(shape []int) [][]int {
	lengths := make([][]int, len(shape))
	for axis, n := range shape {
		lengths[axis] = in.sizes(axis, n)
	}
	return lengths
}

// chunks are the chunks of an array of a shape as an argument.
func (in *inputs) chunks(shape ...int) Arg {
	list := []Arg{}
	for _, lengths := range in.lengths(shape) {
		list = append(list, args(lengths...))
	}
	return list
}

// args are numbers as an argument.
func args(numbers ...int) []Arg {
	list := make([]Arg, len(numbers))
	for i, n := range numbers {
		list[i] = n
	}
	return list
}

// wholeAxes are blocks as long as their axes.
func wholeAxes(_, length int) []int { return []int{length} }

// single are blocks of length 1.
func single(_, length int) []int { return slices.Repeat([]int{1}, length) }

// irregular are blocks of any lengths, some of them without elements. The same axis
// of several operands may be divided in different ways.
func irregular(r *rand.Rand) func(axis, length int) []int {
	return func(_, length int) []int {
		sizes := []int{}
		for length > 0 {
			size := r.IntN(length + 1)
			sizes, length = append(sizes, size), length-size
		}
		return sizes
	}
}

// upTo are blocks of one length for each axis, the last of which may be shorter.
func upTo(lengths ...int) func(axis, length int) []int {
	return func(axis, length int) []int {
		sizes := []int{}
		for length > 0 {
			size := min(length, lengths[axis%len(lengths)])
			sizes, length = append(sizes, size), length-size
		}
		return sizes
	}
}
