package kernel

import "gabion/dtype"

// widePiece is the number of float32 elements that are converted at once.
const widePiece = 256

// function is the loop dst[i] = f(a[i]) computed in float64.
//
// float32 elements are converted apart from the calls of f, and not for speed of
// the conversion: an instruction of amd64 that converts leaves a part of its
// register as it was, so that a processor would wait for the last call's
// result before it begins with the next one.
func function[T float](f func(float64) float64) Loop {
	if dtype.Of[T]() == dtype.Float64 {
		return func(n int, dst, a, _, _ []byte) Status {
			d := dtype.Slice[float64](dst)[:n]
			x := dtype.Slice[float64](a)[:len(d)]
			for i := range d {
				d[i] = f(x[i])
			}
			return OK
		}
	}
	return func(n int, dst, a, _, _ []byte) Status {
		var wide [widePiece]float64
		d, x := dtype.Slice[float32](dst)[:n], dtype.Slice[float32](a)[:n]
		for len(d) > 0 {
			w := wide[:min(len(d), widePiece)]
			extend(w, x)
			for i, v := range w {
				w[i] = f(v)
			}
			shorten(d, w)
			d, x = d[len(w):], x[len(w):]
		}
		return OK
	}
}

// function2 is the loop dst[i] = f(a[i], b[i]) computed in float64.
func function2[T float](f func(x, y float64) float64) Loop {
	if dtype.Of[T]() == dtype.Float64 {
		return func(n int, dst, a, b, _ []byte) Status {
			d := dtype.Slice[float64](dst)[:n]
			x, y := dtype.Slice[float64](a)[:len(d)], dtype.Slice[float64](b)[:len(d)]
			for i := range d {
				d[i] = f(x[i], y[i])
			}
			return OK
		}
	}
	return func(n int, dst, a, b, _ []byte) Status {
		var wideX, wideY [widePiece]float64
		d, x, y := dtype.Slice[float32](dst)[:n], dtype.Slice[float32](a)[:n], dtype.Slice[float32](b)[:n]
		for len(d) > 0 {
			v := wideX[:min(len(d), widePiece)]
			w := wideY[:len(v)]
			extend(v, x)
			extend(w, y)
			for i := range v {
				v[i] = f(v[i], w[i])
			}
			shorten(d, v)
			d, x, y = d[len(v):], x[len(v):], y[len(v):]
		}
		return OK
	}
}

// extend: dst[i] = src[i].
func extend(dst []float64, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(src[i])
	}
}

// shorten: dst[i] = src[i], rounded.
func shorten(dst []float32, src []float64) {
	dst = dst[:len(src)]
	for i := range src {
		dst[i] = float32(src[i])
	}
}
