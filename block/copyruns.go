package block

import "gabion/dtype"

// Run is n neighbouring elements along an axis of a destination, from index To
// on, and where they come from: the element at offset From of a source, then one
// every Step elements.
type Run struct{ To, N, From, Step int }

// CopyRuns fills parts of dst from the elements in data: runs has for each axis
// of dst the parts that are filled along it. The offset in data of an element is
// offset plus those of its runs. It allocates nothing.
func CopyRuns(dst Block, data []byte, offset int, runs [][]Run) {
	for _, r := range runs {
		if len(r) == 0 {
			return
		}
	}
	switch dst.DType.Size() {
	case 1:
		copyRuns(dtype.Slice[uint8](dst.Data), dtype.Slice[uint8](data), dst.Offset, offset, dst.Strides, runs)
	case 2:
		copyRuns(dtype.Slice[uint16](dst.Data), dtype.Slice[uint16](data), dst.Offset, offset, dst.Strides, runs)
	case 4:
		copyRuns(dtype.Slice[uint32](dst.Data), dtype.Slice[uint32](data), dst.Offset, offset, dst.Strides, runs)
	case 8:
		copyRuns(dtype.Slice[uint64](dst.Data), dtype.Slice[uint64](data), dst.Offset, offset, dst.Strides, runs)
	case 16:
		copyRuns(dtype.Slice[complex128](dst.Data), dtype.Slice[complex128](data), dst.Offset, offset, dst.Strides, runs)
	}
}

func copyRuns[T dtype.Element](dst, src []T, to, from int, strides []int, runs [][]Run) {
	if len(runs) == 0 {
		dst[to] = src[from]
		return
	}
	stride := strides[0]
	if len(runs) > 1 {
		for _, r := range runs[0] {
			for i := range r.N {
				copyRuns(dst, src, to+(r.To+i)*stride, from+r.From+i*r.Step, strides[1:], runs[1:])
			}
		}
		return
	}
	for _, r := range runs[0] {
		t, f := to+r.To*stride, from+r.From
		switch {
		case r.N == 1:
			dst[t] = src[f]
		case stride == 1 && r.Step == 1:
			copy(dst[t:t+r.N], src[f:f+r.N])
		default:
			for range r.N {
				dst[t] = src[f]
				t += stride
				f += r.Step
			}
		}
	}
}

// Fill sets every element of b, which is dense, to the one in value.
func (b Block) Fill(value []byte) {
	data := b.DenseBytes()
	if len(data) == 0 {
		return
	}
	n := copy(data, value[:b.DType.Size()])
	for n < len(data) {
		n += copy(data[n:], data[:n])
	}
}
