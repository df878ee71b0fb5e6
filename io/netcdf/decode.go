package netcdf

import (
	"encoding/binary"
	"math"
	"slices"

	"gabion/dtype"
)

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

type float interface{ float32 | float64 }

// piece is a number of elements at one distance from each other, in the file's
// bytes and in the destination.
type piece struct {
	to      []byte
	at      int // element of to
	stride  int // in elements of to
	from    []byte
	spacing int // in bytes of from
	n       int
}

// decoder turns stored elements into those of the array.
type decoder struct {
	// staged says that decode needs room for the piece's n stored elements.
	staged bool
	decode func(p piece, staging []byte)
}

func newDecoder(c coding) decoder {
	switch c.stored {
	case dtype.Int8:
		return decoderOf[int8](c)
	case dtype.Int16:
		return decoderOf[int16](c)
	case dtype.Int32:
		return decoderOf[int32](c)
	case dtype.Int64:
		return decoderOf[int64](c)
	case dtype.Uint8:
		return decoderOf[uint8](c)
	case dtype.Uint16:
		return decoderOf[uint16](c)
	case dtype.Uint32:
		return decoderOf[uint32](c)
	case dtype.Uint64:
		return decoderOf[uint64](c)
	case dtype.Float32:
		return decoderOf[float32](c)
	}
	return decoderOf[float64](c)
}

func decoderOf[S number](c coding) decoder {
	var fills []S
	for _, a := range c.fills {
		for _, v := range valuesAs[S](a, c.reinterpret) {
			if !slices.Contains(fills, v) {
				fills = append(fills, v)
			}
		}
	}
	size := c.stored.Size()
	if !c.converts() {
		nan := nanOf[S]()
		return decoder{decode: func(p piece, _ []byte) {
			gather(p, size)
			if len(fills) > 0 {
				mask(dtype.Slice[S](p.to), p, fills, nan)
			}
		}}
	}
	if c.result == dtype.Float32 {
		return converting[S, float32](c, fills)
	}
	return converting[S, float64](c, fills)
}

func converting[S number, D float](c coding, fills []S) decoder {
	size := c.stored.Size()
	return decoder{staged: true, decode: func(p piece, staging []byte) {
		staged := p
		staged.to, staged.at, staged.stride = staging, 0, 1
		gather(staged, size)
		convert(dtype.Slice[D](p.to), p, dtype.Slice[S](staging), fills, c.scale, c.offset)
	}}
}

// nanOf is NaN if T is a float type.
func nanOf[T number]() T {
	if dtype.Of[T]().IsFloat() {
		nan := math.NaN()
		return T(nan)
	}
	return 0
}

// gather copies p's elements of the given size into the machine's byte order.
func gather(p piece, size int) {
	switch size {
	case 1:
		if p.stride == 1 && p.spacing == 1 {
			copy(p.to[p.at:p.at+p.n], p.from)
			return
		}
		for i, j, k := 0, p.at, 0; i < p.n; i, j, k = i+1, j+p.stride, k+p.spacing {
			p.to[j] = p.from[k]
		}
	case 2:
		to := dtype.Slice[uint16](p.to)
		for i, j, k := 0, p.at, 0; i < p.n; i, j, k = i+1, j+p.stride, k+p.spacing {
			to[j] = binary.BigEndian.Uint16(p.from[k:])
		}
	case 4:
		to := dtype.Slice[uint32](p.to)
		if p.stride == 1 && p.spacing == 4 {
			to, from := to[p.at:p.at+p.n], p.from[:4*p.n]
			for i := range to {
				to[i] = binary.BigEndian.Uint32(from[4*i : 4*i+4 : 4*i+4])
			}
			return
		}
		for i, j, k := 0, p.at, 0; i < p.n; i, j, k = i+1, j+p.stride, k+p.spacing {
			to[j] = binary.BigEndian.Uint32(p.from[k:])
		}
	case 8:
		to := dtype.Slice[uint64](p.to)
		for i, j, k := 0, p.at, 0; i < p.n; i, j, k = i+1, j+p.stride, k+p.spacing {
			to[j] = binary.BigEndian.Uint64(p.from[k:])
		}
	}
}

// mask sets the elements of p that are one of fills to nan:
//
//	for i: if to[i] in fills: to[i] = nan
func mask[T number](to []T, p piece, fills []T, nan T) {
	if len(fills) == 1 && p.stride == 1 { // nearly always
		fill, to := fills[0], to[p.at:p.at+p.n]
		for i, x := range to {
			if x == fill {
				to[i] = nan
			}
		}
		return
	}
	for i, j := 0, p.at; i < p.n; i, j = i+1, j+p.stride {
		x := to[j]
		for _, fill := range fills {
			if x == fill {
				to[j] = nan
			}
		}
	}
}

// convert is, with every operation rounded on its own:
//
//	for i: to[i] = NaN if from[i] in fills, else D(float64(from[i])*scale + offset)
func convert[S number, D float](to []D, p piece, from []S, fills []S, scale, offset float64) {
	nan := D(math.NaN())
	for i, j := 0, p.at; i < p.n; i, j = i+1, j+p.stride {
		x := from[i]
		y := D(float64(float64(x)*scale) + offset)
		for _, fill := range fills {
			if x == fill {
				y = nan
			}
		}
		to[j] = y
	}
}
