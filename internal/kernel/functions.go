package kernel

import "gabion/dtype"

// function is the loop dst[i] = f(a[i]) computed in float64.
func function[T float](f func(float64) float64) Loop {
	return func(n int, dst, a, _, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x := dtype.Slice[T](a)[:len(d)]
		for i := range d {
			d[i] = T(f(float64(x[i])))
		}
		return OK
	}
}

// function2 is the loop dst[i] = f(a[i], b[i]) computed in float64.
func function2[T float](f func(x, y float64) float64) Loop {
	return func(n int, dst, a, b, _ []byte) Status {
		d := dtype.Slice[T](dst)[:n]
		x, y := dtype.Slice[T](a)[:len(d)], dtype.Slice[T](b)[:len(d)]
		for i := range d {
			d[i] = T(f(float64(x[i]), float64(y[i])))
		}
		return OK
	}
}
