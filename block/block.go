package block

import (
	"fmt"
	"slices"

	"gabion/dtype"
)

// Block is one chunk of an array in memory: a strided view of bytes. It does
// not own its memory; whoever made it says how long it lives.
type Block struct {
	DType   dtype.DType
	Shape   Shape
	Strides []int  // in elements; 0 repeats an element, negative runs backwards
	Offset  int    // where in Data, in elements, the first element lies
	Data    []byte // in the machine's byte order
}

// Dense is a block over data in C order. data holds at least the elements of
// shape and is aligned for d.
func Dense(d dtype.DType, shape Shape, data []byte) Block {
	return Block{DType: d, Shape: shape, Strides: shape.Strides(), Data: data[:shape.Elements()*d.Size()]}
}

// OfSlice is a block over s in C order, without copying.
func OfSlice[T dtype.Element | int | uint](s []T, shape Shape) (Block, error) {
	n, err := shape.Size()
	if err != nil {
		return Block{}, err
	}
	if n != len(s) {
		return Block{}, fmt.Errorf("shape %v has %d elements, the slice has %d", shape, n, len(s))
	}
	return Dense(dtype.Of[T](), shape, dtype.Bytes(s)), nil
}

// Elements is the number of elements.
func (b Block) Elements() int { return b.Shape.Elements() }

// Bytes is the size of the elements.
func (b Block) Bytes() int { return b.Elements() * b.DType.Size() }

// IsDense reports whether the elements lie one after the other in C order.
func (b Block) IsDense() bool {
	if slices.Contains(b.Shape, 0) {
		return true
	}
	n := 1
	for axis := len(b.Shape) - 1; axis >= 0; axis-- {
		if b.Shape[axis] != 1 && b.Strides[axis] != n {
			return false
		}
		n *= b.Shape[axis]
	}
	return true
}

// DenseBytes is the memory of the elements of a dense block.
func (b Block) DenseBytes() []byte {
	size := b.DType.Size()
	return b.Data[b.Offset*size : (b.Offset+b.Elements())*size]
}

// Part is the part of b that r covers, sharing its memory.
func (b Block) Part(r Region) Block {
	part := b
	part.Shape = r.Shape
	if !r.Empty() {
		for axis, start := range r.Start {
			part.Offset += start * b.Strides[axis]
		}
	}
	return part
}

// Values is the elements of b as a slice of T: b's own memory where b is
// dense, a copy otherwise.
func Values[T dtype.Element](b Block) ([]T, error) {
	if dtype.Of[T]() != b.DType {
		return nil, fmt.Errorf("the block holds %v, not %v", b.DType, dtype.Of[T]())
	}
	if b.IsDense() {
		return dtype.Slice[T](b.DenseBytes()), nil
	}
	values := make([]T, b.Elements())
	Copy(Dense(b.DType, b.Shape, dtype.Bytes(values)), b)
	return values, nil
}

// Copy copies the elements of src to dst, which has the same type and shape and
// does not overlap it.
func Copy(dst, src Block) {
	if dst.Shape.Elements() == 0 {
		return
	}
	if dst.IsDense() && src.IsDense() {
		copy(dst.DenseBytes(), src.DenseBytes())
		return
	}
	switch dst.DType.Size() {
	case 1:
		copyStrided(dtype.Slice[uint8](dst.Data), dtype.Slice[uint8](src.Data), dst, src)
	case 2:
		copyStrided(dtype.Slice[uint16](dst.Data), dtype.Slice[uint16](src.Data), dst, src)
	case 4:
		copyStrided(dtype.Slice[uint32](dst.Data), dtype.Slice[uint32](src.Data), dst, src)
	case 8:
		copyStrided(dtype.Slice[uint64](dst.Data), dtype.Slice[uint64](src.Data), dst, src)
	case 16:
		copyStrided(dtype.Slice[complex128](dst.Data), dtype.Slice[complex128](src.Data), dst, src)
	}
}

func copyStrided[T dtype.Element](to, from []T, dst, src Block) {
	shape, strideTo, strideFrom := coalesce(dst.Shape, dst.Strides, src.Strides)
	last := len(shape) - 1
	if last < 0 {
		to[dst.Offset] = from[src.Offset]
		return
	}
	n, st, sf := shape[last], strideTo[last], strideFrom[last]
	at := make([]int, last)
	t, f := dst.Offset, src.Offset
	for {
		switch {
		case st == 1 && sf == 1:
			copy(to[t:t+n], from[f:f+n])
		case st == 1 && sf == 0:
			row := to[t : t+n]
			for i := range row {
				row[i] = from[f]
			}
		default:
			for i, j, k := 0, t, f; i < n; i, j, k = i+1, j+st, k+sf {
				to[j] = from[k]
			}
		}
		axis := last - 1
		for ; axis >= 0; axis-- {
			at[axis]++
			t += strideTo[axis]
			f += strideFrom[axis]
			if at[axis] < shape[axis] {
				break
			}
			t -= strideTo[axis] * shape[axis]
			f -= strideFrom[axis] * shape[axis]
			at[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

// coalesce drops axes of length 1 and joins neighbouring axes that both
// strides walk as one.
func coalesce(shape Shape, a, b []int) (Shape, []int, []int) {
	s, x, y := make(Shape, 0, len(shape)), make([]int, 0, len(shape)), make([]int, 0, len(shape))
	for axis, n := range shape {
		if n == 1 {
			continue
		}
		if k := len(s) - 1; k >= 0 && x[k] == a[axis]*n && y[k] == b[axis]*n {
			s[k] *= n
			x[k], y[k] = a[axis], b[axis]
			continue
		}
		s, x, y = append(s, n), append(x, a[axis]), append(y, b[axis])
	}
	return s, x, y
}

// Transpose is b with its axes in the order of axes, sharing its memory.
func (b Block) Transpose(axes []int) Block {
	t := b
	t.Shape, t.Strides = slices.Clone(b.Shape), slices.Clone(b.Strides)
	for to, from := range axes {
		t.Shape[to], t.Strides[to] = b.Shape[from], b.Strides[from]
	}
	return t
}
