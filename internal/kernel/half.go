package kernel

import (
	"sync"

	"gabion/dtype"
)

// halfPiece is the number of float16 elements converted at once: little enough
// for the scratch to stay in the fastest cache.
const halfPiece = 256

type halfScratch struct{ dst, a, b, c [halfPiece]float32 }

var halfScratches = sync.Pool{New: func() any { return new(halfScratch) }}

// throughFloat32 is a loop over float16 elements made from one over float32
// elements. The result is rounded to float16 if half is true; else it is of
// one-byte elements and left as it is.
func throughFloat32(loop Loop, half bool) Loop {
	return func(n int, dst, a, b, c []byte) Status {
		s := halfScratches.Get().(*halfScratch)
		defer halfScratches.Put(s)
		x, y, z := dtype.Slice[dtype.Half](a), dtype.Slice[dtype.Half](b), dtype.Slice[dtype.Half](c)
		bytesDst, bytesA, bytesB, bytesC := dtype.Bytes(s.dst[:]), dtype.Bytes(s.a[:]), dtype.Bytes(s.b[:]), dtype.Bytes(s.c[:])
		status := OK
		for i := 0; i < n; i += halfPiece {
			k := min(n-i, halfPiece)
			widen(s.a[:k], x[i:])
			if b != nil {
				widen(s.b[:k], y[i:])
			}
			if c != nil {
				widen(s.c[:k], z[i:])
			}
			if !half {
				status |= loop(k, dst[i:], bytesA, bytesB, bytesC)
				continue
			}
			status |= loop(k, bytesDst, bytesA, bytesB, bytesC)
			d := dtype.Slice[dtype.Half](dst)[i : i+k]
			for j := range d {
				d[j] = dtype.HalfOf(s.dst[j])
			}
		}
		return status
	}
}

func widen(dst []float32, src []dtype.Half) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i].Float32()
	}
}
