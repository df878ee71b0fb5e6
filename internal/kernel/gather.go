package kernel

import (
	"math"

	"gabion/dtype"
)

// Fill sets n elements of dst to the first element of value.
func Fill(d dtype.DType, dst []byte, n int, value []byte) {
	Gather(d.Size(), dst, n, value, 0, 0)
}

// Gather copies elements of size bytes (1, 2, 4, 8 or 16) that lie a stride
// apart: dst[i] = src[offset + i*stride] for i < n. Offset and stride count
// elements; the stride may be 0 or negative.
func Gather(size int, dst []byte, n int, src []byte, offset, stride int) {
	switch size {
	case 1:
		gather[uint8](dst, n, src, offset, stride)
	case 2:
		gather[uint16](dst, n, src, offset, stride)
	case 4:
		gather[uint32](dst, n, src, offset, stride)
	case 8:
		gather[uint64](dst, n, src, offset, stride)
	case 16:
		gather[complex128](dst, n, src, offset, stride)
	}
}

func gather[T dtype.Element](dst []byte, n int, src []byte, offset, stride int) {
	d := dtype.Slice[T](dst)[:n]
	x := dtype.Slice[T](src)
	switch {
	case n == 0:
	case stride == 0:
		v := x[offset]
		for i := range d {
			d[i] = v
		}
	case stride == 1:
		copy(d, x[offset:offset+n])
	default:
		for i := range d {
			d[i] = x[offset]
			offset += stride
		}
	}
}

// Arange sets dst[i] to start + (first+i)*step for i < n. Integers and bools
// are computed exactly, wrapping, from istart and istep; floats and complex
// numbers from start and step in float64, rounded to d at the end.
func Arange(d dtype.DType, dst []byte, n int, first int64, start, step float64, istart, istep int64) {
	switch d {
	case dtype.Bool:
		b := dst[:n]
		for i := range b {
			b[i] = bit(istart+(first+int64(i))*istep != 0)
		}
	case dtype.Int8:
		arangeInteger[int8](dst, n, first, istart, istep)
	case dtype.Int16:
		arangeInteger[int16](dst, n, first, istart, istep)
	case dtype.Int32:
		arangeInteger[int32](dst, n, first, istart, istep)
	case dtype.Int64:
		arangeInteger[int64](dst, n, first, istart, istep)
	case dtype.Uint8:
		arangeInteger[uint8](dst, n, first, istart, istep)
	case dtype.Uint16:
		arangeInteger[uint16](dst, n, first, istart, istep)
	case dtype.Uint32:
		arangeInteger[uint32](dst, n, first, istart, istep)
	case dtype.Uint64:
		arangeInteger[uint64](dst, n, first, istart, istep)
	case dtype.Float16:
		h := dtype.Slice[dtype.Half](dst)[:n]
		for i := range h {
			h[i] = dtype.HalfOf64(arangeValue(first+int64(i), start, step))
		}
	case dtype.Float32:
		arangeFloat[float32](dst, n, first, start, step)
	case dtype.Float64:
		arangeFloat[float64](dst, n, first, start, step)
	case dtype.Complex64:
		c := dtype.Slice[complex64](dst)[:n]
		for i := range c {
			c[i] = complex(float32(arangeValue(first+int64(i), start, step)), 0)
		}
	case dtype.Complex128:
		c := dtype.Slice[complex128](dst)[:n]
		for i := range c {
			c[i] = complex(arangeValue(first+int64(i), start, step), 0)
		}
	}
}

func arangeValue(i int64, start, step float64) float64 {
	return start + float64(float64(i)*step)
}

func arangeInteger[T integer](dst []byte, n int, first, start, step int64) {
	d := dtype.Slice[T](dst)[:n]
	v := start + first*step
	for i := range d {
		d[i] = T(v)
		v += step
	}
}

func arangeFloat[T float](dst []byte, n int, first int64, start, step float64) {
	d := dtype.Slice[T](dst)[:n]
	for i := range d {
		d[i] = T(arangeValue(first+int64(i), start, step))
	}
}

// infinity is +Inf or -Inf, the identity of minimum or maximum.
func infinity[T float](sign int) T { return T(math.Inf(sign)) }
