package array

import (
	"errors"
	"fmt"
	"math"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Norms are of the real type of floating-point elements, and float64 of integers
// and bools. Those of float16 are computed in float32, so that squares do not
// overflow.

// Ord is the order of a norm. Of vectors, p is sum(|x|^p)^(1/p), with the largest
// |x| for +Inf, the least for -Inf, and the number of elements that are not zero
// for 0. Of matrices it is the largest sum of |x| of a column for 1 and of a row
// for +Inf, the least for -1 and -Inf.
func Ord(p float64) ReduceOption { return reduceOption(func(r *reduction) { r.ord = &p }) }

// VectorNorm is the norm of the elements along axes, of all elements without
// Axes: the square root of the sum of |x|², or of the order that Ord gives.
func (a Array) VectorNorm(opts ...ReduceOption) Array {
	return a.norm(op.VectorNorm, opts, func(c *composer, x graph.Ref, r reduction) graph.Ref {
		axes := r.axes
		if axes == nil {
			axes = allAxes(len(x.Grid()))
		}
		return c.vectorNorm(x, axes, r.ord, r.keepdims)
	})
}

// MatrixNorm is the norm of matrices, which are the last two axes: Frobenius's,
// the square root of the sum of |x|², or of the order that Ord gives. Those of
// order 2 and -2 need singular values and are a ValueError.
func (a Array) MatrixNorm(opts ...ReduceOption) Array {
	return a.norm(op.MatrixNorm, opts, func(c *composer, x graph.Ref, r reduction) graph.Ref {
		if r.axes == nil {
			r.axes = []int{-2, -1}
		}
		return c.matrixNorm(x, r)
	})
}

// Norm is NumPy's linalg.norm: VectorNorm along one axis, MatrixNorm over two.
// Without axes it is the norm of all elements, or with Ord that of an array of one
// axis or of two.
func (a Array) Norm(opts ...ReduceOption) Array {
	return a.norm(op.Norm, opts, func(c *composer, x graph.Ref, r reduction) graph.Ref {
		rank := len(x.Grid())
		axes := r.axes
		if axes == nil {
			axes = allAxes(rank)
			if r.ord == nil {
				return c.vectorNorm(x, axes, nil, r.keepdims)
			}
		}
		switch len(axes) {
		case 1:
			return c.vectorNorm(x, axes, r.ord, r.keepdims)
		case 2:
			r.axes = axes
			return c.matrixNorm(x, r)
		}
		return c.fail(graph.ValueError, fmt.Errorf("it goes along one axis, or two of matrices, not %d of shape %v; VectorNorm goes along any", len(axes), x.Shape()))
	})
}

// norm reads the options of a norm.
func (a Array) norm(name op.Name, opts []ReduceOption, f func(c *composer, x graph.Ref, r reduction) graph.Ref) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		var r reduction
		for _, o := range opts {
			if o != nil {
				o.reduction(&r)
			}
		}
		named, err := axesNamed(in[0].Describe().Names, r.names)
		switch {
		case err != nil:
		case r.correction != 0:
			err = fmt.Errorf("the correction %v is for var and std", r.correction)
		case r.ord != nil && math.IsNaN(*r.ord):
			err = errors.New("the order is NaN")
		}
		if err != nil {
			return c.fail(graph.ValueError, err)
		}
		r.axes = append(r.axes, named...)
		return f(c, in[0], r)
	})
}

// magnitudes are |x| in the type that norms are computed in, and the type of the
// norm.
func (c *composer) magnitudes(x graph.Ref) (graph.Ref, dtype.DType) {
	d := x.DType().Real()
	switch {
	case d.Kind() < dtype.KindFloat:
		d = dtype.Float64
		x = c.cast(x, d)
	case d == dtype.Float16:
		x = c.cast(x, dtype.Float32)
	}
	if c.err != nil {
		return x, d
	}
	return c.do(op.Abs, x), d
}

func (c *composer) vectorNorm(x graph.Ref, axes []int, ord *float64, keepdims bool) graph.Ref {
	axes = c.axes(axes, x)
	if c.err != nil {
		return graph.Ref{}
	}
	size, d := c.magnitudes(x)
	if c.err != nil {
		return graph.Ref{}
	}
	p := 2.0
	if ord != nil {
		p = *ord
	}
	empty := false
	for _, axis := range axes {
		empty = empty || x.Grid()[axis].Len() == 0
	}
	var r graph.Ref
	switch {
	case math.IsInf(p, 1) && !empty:
		r = c.reduce(op.Max, size, axes, keepdims)
	case math.IsInf(p, 1):
		r = c.reduce(op.Sum, size, axes, keepdims) // 0
	case math.IsInf(p, -1):
		r = c.reduce(op.Min, size, axes, keepdims)
	case p == 0:
		r = c.cast(c.reduce(op.Sum, c.do(op.NotEqual, size, c.number(0)), axes, keepdims), d)
	case p == 1:
		r = c.reduce(op.Sum, size, axes, keepdims)
	case p == 2:
		r = c.root(size, axes, keepdims)
	default:
		sum := c.reduce(op.Sum, c.do(op.Pow, size, c.number(p)), axes, keepdims)
		if c.err == nil {
			r = c.do(op.Pow, sum, c.number(1/p))
		}
	}
	if c.err != nil {
		return graph.Ref{}
	}
	return c.cast(r, d)
}

// root is the square root of the sum of squares.
func (c *composer) root(size graph.Ref, axes []int, keepdims bool) graph.Ref {
	sum := c.reduce(op.Sum, c.do(op.Multiply, size, size), axes, keepdims)
	if c.err != nil {
		return sum
	}
	return c.do(op.Sqrt, sum)
}

// matrixNorm goes over two axes: that of the rows and that of the columns.
func (c *composer) matrixNorm(x graph.Ref, r reduction) graph.Ref {
	if len(r.axes) != 2 || len(x.Grid()) < 2 {
		return c.fail(graph.ValueError, fmt.Errorf("matrices have two axes; given are %d of the %d of shape %v", len(r.axes), len(x.Grid()), x.Shape()))
	}
	axes := c.axes(r.axes, x)
	if c.err != nil {
		return graph.Ref{}
	}
	size, d := c.magnitudes(x)
	if c.err != nil {
		return graph.Ref{}
	}
	var norm graph.Ref
	switch {
	case r.ord == nil:
		norm = c.root(size, axes, true)
	case math.Abs(*r.ord) == 1:
		norm = c.outermost(size, axes[0], axes[1], *r.ord > 0)
	case math.IsInf(*r.ord, 0):
		norm = c.outermost(size, axes[1], axes[0], *r.ord > 0)
	case math.Abs(*r.ord) == 2:
		return c.fail(graph.ValueError, fmt.Errorf("the norm of order %v needs singular values, and no operation gives these; "+
			"without an order it is Frobenius's, and a function of MapBlocks over one chunk can compute any", *r.ord))
	default:
		return c.fail(graph.ValueError, fmt.Errorf("there is no norm of matrices of order %v; there are 1, -1, +Inf, -Inf and, without an order, Frobenius's", *r.ord))
	}
	if c.err != nil {
		return graph.Ref{}
	}
	if !r.keepdims {
		norm = c.squeeze(norm, axes...)
	}
	if c.err != nil {
		return graph.Ref{}
	}
	return c.cast(norm, d)
}

// outermost is the largest or the least sum along an axis, of those along another;
// both stay, with length 1.
func (c *composer) outermost(size graph.Ref, along, among int, largest bool) graph.Ref {
	sums := c.reduce(op.Sum, size, []int{along}, true)
	if c.err != nil {
		return sums
	}
	if !largest {
		return c.reduce(op.Min, sums, []int{among}, true)
	}
	if sums.Shape()[among] == 0 {
		return c.reduce(op.Sum, sums, []int{among}, true) // 0
	}
	return c.reduce(op.Max, sums, []int{among}, true)
}
