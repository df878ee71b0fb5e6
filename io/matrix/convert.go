package matrix

import (
	"gabion/block"
	"gabion/dtype"
)

// convert is, for blocks of one or two axes, of float64 and of any real type:
//
//	for each i: to[i] = float64(from[i])
func convert(to, from block.Block) {
	switch from.DType {
	case dtype.Bool:
		convertBy(to, from, func(b bool) float64 {
			if b {
				return 1
			}
			return 0
		})
	case dtype.Int8:
		convertAs[int8](to, from)
	case dtype.Int16:
		convertAs[int16](to, from)
	case dtype.Int32:
		convertAs[int32](to, from)
	case dtype.Int64:
		convertAs[int64](to, from)
	case dtype.Uint8:
		convertAs[uint8](to, from)
	case dtype.Uint16:
		convertAs[uint16](to, from)
	case dtype.Uint32:
		convertAs[uint32](to, from)
	case dtype.Uint64:
		convertAs[uint64](to, from)
	case dtype.Float16:
		convertBy(to, from, func(h dtype.Half) float64 { return float64(h.Float32()) })
	case dtype.Float32:
		convertAs[float32](to, from)
	}
}

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32
}

func convertAs[T number](to, from block.Block) {
	convertBy(to, from, func(x T) float64 { return float64(x) })
}

func convertBy[T dtype.Element](to, from block.Block, f func(T) float64) {
	dst, src := dtype.Slice[float64](to.Data), dtype.Slice[T](from.Data)
	last := len(to.Shape) - 1
	rows, downTo, downFrom := 1, 0, 0
	if last == 1 {
		rows, downTo, downFrom = to.Shape[0], to.Strides[0], from.Strides[0]
	}
	for i := range rows {
		t, s := to.Offset+i*downTo, from.Offset+i*downFrom
		for range to.Shape[last] {
			dst[t] = f(src[s])
			t += to.Strides[last]
			s += from.Strides[last]
		}
	}
}
