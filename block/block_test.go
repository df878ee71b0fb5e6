package block_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/block"
	"gabion/dtype"
)

// randomBlock is a block of random bytes with random strides: permuted axes,
// gaps, negative steps, and for sources repeated elements.
func randomBlock(r *rand.Rand, d dtype.DType, shape Shape, source bool) Block {
	b := Block{DType: d, Shape: shape, Strides: make([]int, len(shape))}
	n := 1
	low := 0
	for _, axis := range r.Perm(len(shape)) {
		n *= 1 + r.IntN(2)
		switch {
		case source && r.IntN(5) == 0:
			b.Strides[axis] = 0
			continue
		case r.IntN(3) == 0:
			b.Strides[axis] = -n
			low += n * max(0, shape[axis]-1)
		default:
			b.Strides[axis] = n
		}
		n *= max(1, shape[axis])
	}
	b.Offset = low + r.IntN(3)
	words := make([]complex128, ((b.Offset+n+3)*d.Size()+15)/16)
	b.Data = dtype.Bytes(words)
	for i := range b.Data {
		b.Data[i] = byte(r.Uint32())
	}
	return b
}

// element is the memory of the element at an index.
func element(b Block, at []int) []byte {
	i, size := b.Offset, b.DType.Size()
	for axis := range at {
		i += at[axis] * b.Strides[axis]
	}
	return b.Data[i*size : (i+1)*size]
}

func TestCopyAgainstElements(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for i := range 4000 {
		d := dtype.All()[i%len(dtype.All())]
		shape := make(Shape, r.IntN(5))
		for axis := range shape {
			shape[axis] = r.IntN(6) - r.IntN(2)
			shape[axis] = max(shape[axis], 0)
		}
		if r.IntN(3) > 0 { // mostly not empty
			for axis := range shape {
				shape[axis] = max(shape[axis], 1)
			}
		}
		src, dst := randomBlock(r, d, shape, true), randomBlock(r, d, shape, false)
		switch n := shape.Elements() * d.Size(); {
		case r.IntN(4) == 0 && n <= len(src.Data):
			src = Dense(d, shape, src.Data)
		case r.IntN(3) == 0 && n <= len(dst.Data):
			dst = Dense(d, shape, dst.Data)
		}
		want := dst
		want.Data = bytes.Clone(dst.Data)
		n := 0
		dense := true
		Positions(Whole(shape), func(at []int) bool {
			copy(element(want, at), element(src, at))
			dense = dense && &element(src, at)[0] == &src.Data[(src.Offset+n)*d.Size()]
			n++
			return true
		})
		require.Equal(t, dense, src.IsDense(), "strides %v of %v", src.Strides, shape)
		require.Equal(t, n, src.Elements())
		require.Equal(t, n*d.Size(), src.Bytes())
		Copy(dst, src)
		require.Equal(t, want.Data, dst.Data, "%v %v from %v to %v", d, shape, src.Strides, dst.Strides)

		// A part of a transpose is the elements it says.
		axes := r.Perm(len(shape))
		turned := src.Transpose(axes)
		region := Whole(turned.Shape).Clone()
		for axis, n := range turned.Shape {
			region.Start[axis] = r.IntN(n + 1)
			region.Shape[axis] = r.IntN(n - region.Start[axis] + 1)
		}
		part := turned.Part(region)
		require.True(t, part.Shape.Equal(region.Shape))
		Positions(Whole(part.Shape), func(at []int) bool {
			from := make([]int, len(at))
			for to, axis := range axes {
				from[axis] = at[to] + region.Start[to]
			}
			if &element(part, at)[0] != &element(src, from)[0] {
				t.Errorf("element %v of part %v of the axes %v is not element %v", at, region, axes, from)
			}
			return !t.Failed()
		})
	}
}

func TestValues(t *testing.T) {
	s := []float32{1, 2, 3, 4, 5, 6}
	b, err := OfSlice(s, Shape{2, 3})
	require.NoError(t, err)
	v, err := Values[float32](b)
	require.NoError(t, err)
	require.Same(t, &s[0], &v[0], "a dense block is not copied")
	v, err = Values[float32](b.Transpose([]int{1, 0}))
	require.NoError(t, err)
	require.Equal(t, []float32{1, 4, 2, 5, 3, 6}, v)
	v, err = Values[float32](b.Part(Region{Start: []int{1, 1}, Shape: Shape{1, 2}}))
	require.NoError(t, err)
	require.Equal(t, []float32{5, 6}, v)
	v, err = Values[float32](b.Part(Region{Start: []int{2, 0}, Shape: Shape{0, 3}}))
	require.NoError(t, err)
	require.Empty(t, v)
	_, err = Values[float64](b)
	require.ErrorContains(t, err, "holds float32, not float64")

	_, err = OfSlice(s, Shape{7})
	require.ErrorContains(t, err, "shape (7,) has 7 elements, the slice has 6")
	_, err = OfSlice(s, Shape{1 << 40, 1 << 40})
	require.Error(t, err)
	b, err = OfSlice([]int8{9}, Shape{})
	require.NoError(t, err)
	require.True(t, b.IsDense())
	require.Equal(t, []byte{9}, b.DenseBytes())
	b, err = OfSlice([]int8{}, Shape{3, 0})
	require.NoError(t, err)
	require.Empty(t, b.DenseBytes())
}

func TestScratchInGoMemory(t *testing.T) {
	s := NewScratch(100)
	a, err := s.Take(60)
	require.NoError(t, err)
	require.Len(t, a, 60)
	_, err = s.Take(41)
	require.ErrorContains(t, err, "41 bytes of scratch asked for when 60 of the 100 stated bytes are in use")
	_, err = s.Take(-1)
	require.Error(t, err)
	b, err := s.Take(40)
	require.NoError(t, err)
	require.Equal(t, 40, cap(b))
	s.Release()
	_, err = s.Take(100)
	require.NoError(t, err)
}
