package array_test

import (
	"math/rand/v2"
	"slices"

	"gabion/array"
	"gabion/block"
)

// plain is an array the slow, obvious way: what results are compared with.
type plain struct {
	shape []int
	data  []float64
}

// fill is an array whose element at each index f gives.
func fill(shape []int, f func(at []int) float64) plain {
	p := plain{shape: shape}
	block.Positions(block.Whole(block.Shape(shape)), func(at []int) bool {
		p.data = append(p.data, f(at))
		return true
	})
	return p
}

func (p plain) at(index []int) float64 {
	n := 0
	for axis, i := range index {
		n = n*p.shape[axis] + i
	}
	return p.data[n]
}

// stretched is the element that p has at an index of a shape it broadcasts to.
func (p plain) stretched(index []int) float64 {
	own := slices.Clone(index[len(index)-len(p.shape):])
	for axis, n := range p.shape {
		if n == 1 {
			own[axis] = 0
		}
	}
	return p.at(own)
}

// reduce combines the elements along axes, which are ascending.
func (p plain) reduce(axes []int, keepdims bool, f func(elements []float64) float64) plain {
	cells := map[string][]float64{}
	key := func(at []int) string {
		out := block.Region{Start: make([]int, len(at)), Shape: make(block.Shape, len(at))}
		for axis, i := range at {
			if !slices.Contains(axes, axis) {
				out.Start[axis] = i
			}
		}
		return out.String()
	}
	kept := slices.Clone(p.shape)
	for _, axis := range axes {
		kept[axis] = 1
	}
	fill(p.shape, func(at []int) float64 {
		cells[key(at)] = append(cells[key(at)], p.at(at))
		return 0
	})
	out := fill(kept, func(at []int) float64 { return f(cells[key(at)]) })
	if !keepdims {
		for i := len(axes) - 1; i >= 0; i-- {
			out.shape = slices.Delete(slices.Clone(out.shape), axes[i], axes[i]+1)
		}
	}
	return out
}

// random is an array of small whole numbers, so that sums of them are exact in
// any order.
func random(r *rand.Rand, shape []int) plain {
	return fill(shape, func([]int) float64 { return float64(r.IntN(41) - 20) })
}

func randomShape(r *rand.Rand, rank, longest int) []int {
	shape := make([]int, rank)
	for axis := range shape {
		shape[axis] = 1 + r.IntN(longest)
	}
	return shape
}

// randomChunks divides a shape somehow: into one block, blocks of one length,
// or any.
func randomChunks(r *rand.Rand, shape []int) array.ChunkSpec {
	switch r.IntN(4) {
	case 0:
		return array.Chunks(array.Whole)
	case 1:
		return array.Chunks(1 + r.IntN(4))
	}
	sizes := make([][]int, len(shape))
	for axis, n := range shape {
		for n > 0 {
			size := 1 + r.IntN(n)
			sizes[axis] = append(sizes[axis], size)
			n -= size
		}
	}
	return array.ChunkSizes(sizes...)
}

// chunked is p as an array in random chunks.
func chunked(r *rand.Rand, p plain) array.Array {
	if len(p.shape) == 0 {
		return array.FromSlice(p.data, []int{})
	}
	return array.FromSlice(p.data, p.shape, randomChunks(r, p.shape))
}
