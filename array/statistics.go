package array

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// reduction is in and how an operation made of reductions goes over it: along
// axes that are numbered from 0, ascending.
func (c *composer) reduction(in graph.Ref, opts []ReduceOption) reduction {
	r, err := collectReduction(in, opts)
	switch {
	case err != nil:
		c.fail(graph.ValueError, err)
	case r.correction != 0:
		c.fail(graph.ValueError, fmt.Errorf("the correction %v is for var and std, nanvar and nanstd", r.correction))
	case r.typed:
		c.fail(graph.ValueError, errors.New("it chooses the type itself; convert the array, or the result"))
	}
	if r.axes == nil {
		r.axes = allAxes(len(in.Grid()))
	} else {
		r.axes = c.axes(r.axes, in)
	}
	return r
}

// Ptp is the greatest element minus the least, which integers may not hold: then
// it wraps around. There is none of no elements. Bools are a TypeError.
func (a Array) Ptp(opts ...ReduceOption) Array {
	return composed(op.Ptp, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		r := c.reduction(in[0], opts)
		return c.do(op.Subtract, c.reduce(op.Max, in[0], r.axes, r.keepdims), c.reduce(op.Min, in[0], r.axes, r.keepdims))
	})
}

// Average is the mean of elements that count as much as their weights say:
// sum(a*weights) / sum(weights). Weights have the shape of a, or the lengths of
// the axes given, in their order. The result has the common type of a and the
// weights, float64 if that is no floating-point type. It is computed in float64,
// and rounded once. Where the weights sum to 0 it is NaN or infinite; NumPy,
// which knows the weights, refuses them.
func (a Array) Average(weights Array, opts ...ReduceOption) Array {
	return composed(op.Average, []Array{a, weights}, func(c *composer, in []graph.Ref) graph.Ref {
		average, _ := c.average(in[0], in[1], opts)
		return average
	})
}

// AverageAndTotal is Average and the sum of the weights, in the shape and type of
// the average.
func (a Array) AverageAndTotal(weights Array, opts ...ReduceOption) (average, total Array) {
	average = a.Average(weights, opts...)
	total = composed(op.Average, []Array{a, weights}, func(c *composer, in []graph.Ref) graph.Ref {
		_, total := c.average(in[0], in[1], opts)
		return total
	})
	return average, total
}

func (c *composer) average(x, weights graph.Ref, opts []ReduceOption) (average, total graph.Ref) {
	r := c.reduction(x, opts)
	weights = c.alongAxes(weights, x, opts)
	if c.err != nil {
		return average, total
	}
	out := dtype.Promote(x.DType(), weights.DType())
	if x.DType().Kind() < dtype.KindFloat {
		out = dtype.Promote(out, dtype.Float64)
	}
	wide := widest(out)
	x, weights = c.cast(x, wide), c.cast(weights, wide)
	sum := c.reduce(op.Sum, c.do(op.Multiply, x, weights), r.axes, r.keepdims)
	total = c.reduce(op.Sum, weights, r.axes, r.keepdims)
	average = c.cast(c.do(op.Divide, sum, total), out)
	if c.err != nil {
		return average, total
	}
	return average, c.broadcast(c.cast(total, out), average.Shape())
}

// widest is the type in which floating-point or complex elements are accumulated.
func widest(d dtype.DType) dtype.DType {
	if d.IsComplex() {
		return dtype.Complex128
	}
	return dtype.Float64
}

// alongAxes is weights of x's shape as they are, and others, which have the
// lengths of the axes that options name in their order, with axes of length 1 put
// in so that they broadcast to x.
func (c *composer) alongAxes(weights, x graph.Ref, opts []ReduceOption) graph.Ref {
	if c.err != nil || weights.Shape().Equal(x.Shape()) {
		return weights
	}
	r, _ := collectReduction(x, opts)
	if r.axes == nil {
		return c.fail(graph.ValueError, fmt.Errorf("weights of shape %v and elements of shape %v: name the axes that the weights are for", weights.Shape(), x.Shape()))
	}
	axes := c.axes(r.axes, x)
	want := make(block.Shape, len(axes))
	for i, axis := range axes {
		want[i] = x.Shape()[axis]
	}
	if !weights.Shape().Equal(want) {
		return c.fail(graph.ValueError, fmt.Errorf("weights of shape %v are for elements of shape %v along axes %v: they have that shape, or the lengths %v", weights.Shape(), x.Shape(), axes, want))
	}
	order := allAxes(len(axes)) // of the weights' axes, as x has them
	slices.SortFunc(order, func(i, j int) int { return axes[i] - axes[j] })
	var others []int
	for axis := range x.Grid() {
		if !slices.Contains(axes, axis) {
			others = append(others, axis)
		}
	}
	return c.expand(c.transpose(weights, order), others...)
}

// Moment is the central moment of an order: the mean of (x - mean(x)) to the
// power of order, 1 for order 0 and 0 for order 1. It is computed in float64 and
// has the type of Mean; moments of complex numbers are complex.
func (a Array) Moment(order int, opts ...ReduceOption) Array {
	return composed(op.Moment, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		r := c.reduction(x, opts)
		mean := c.reduce(op.Mean, x, r.axes, r.keepdims)
		switch {
		case order < 0:
			return c.fail(graph.ValueError, fmt.Errorf("shape %v has no moment of the negative order %d", x.Shape(), order))
		case c.err != nil:
			return mean
		case order < 2:
			one, _ := dtype.ScalarOf(float64(1 - order))
			one, _ = one.Convert(mean.DType())
			return c.keep(graph.FullLike(c.at, mean, one))
		case order == 2 && !x.DType().IsComplex():
			return c.reduce(op.Var, x, r.axes, r.keepdims)
		}
		wide := c.cast(x, widest(mean.DType()))
		distance := c.do(op.Subtract, wide, c.reduce(op.Mean, wide, r.axes, true))
		return c.cast(c.reduce(op.Mean, c.power(distance, order), r.axes, r.keepdims), mean.DType())
	})
}

// power is x to the power of n > 0, by multiplying.
func (c *composer) power(x graph.Ref, n int) graph.Ref {
	if n == 1 {
		return x
	}
	half := c.power(x, n/2)
	square := c.do(op.Multiply, half, half)
	if n%2 == 1 {
		return c.do(op.Multiply, square, x)
	}
	return square
}

// AllClose is whether |a - b| <= atol + rtol*|b| for all elements, which
// broadcast. Infinities are close to themselves, and NaN to NaN if equalNaN is
// true. NumPy's rtol is 1e-5 and its atol 1e-8 unless one says otherwise. As in
// NumPy the difference is taken in the common type of a and b.
func (a Array) AllClose(b Array, rtol, atol float64, equalNaN bool) Array {
	return composed(op.Allclose, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		x, y := in[0], c.inexact(in[1])
		bound := c.do(op.Add, c.number(atol), c.do(op.Multiply, c.number(rtol), c.do(op.Abs, y)))
		near := c.do(op.LessEqual, c.do(op.Abs, c.do(op.Subtract, x, y)), bound)
		finite := c.do(op.Equal, c.do(op.Subtract, y, y), c.number(0))
		alike := c.do(op.LogicalOr, c.do(op.LogicalAnd, near, finite), c.do(op.Equal, x, y))
		if equalNaN {
			alike = c.do(op.LogicalOr, alike, c.bothNaN(x, y))
		}
		return c.reduce(op.All, alike, nil, false)
	})
}

// inexact is x as elements of a floating-point or complex type, unless it is a
// literal, which gives way to what it meets.
func (c *composer) inexact(x graph.Ref) graph.Ref {
	if full, ok := x.Node.Attrs.(graph.FullAttrs); ok && full.Weak {
		if x.DType().Kind() < dtype.KindFloat {
			value, _ := full.Value.Convert(dtype.Float64)
			return c.keep(graph.Weak(c.at, value))
		}
		return x
	}
	return c.cast(x, dtype.PromoteWeak(x.DType(), dtype.KindFloat))
}

func (c *composer) bothNaN(x, y graph.Ref) graph.Ref {
	return c.do(op.LogicalAnd, c.do(op.Isnan, x), c.do(op.Isnan, y))
}

// ArrayEqual is whether a and b have one shape and equal elements, where NaN
// equals NaN if equalNaN is true. Arrays of different shapes, which do not
// broadcast here, are not equal. A length that is unknown in one of them alone has
// to be resolved first.
func (a Array) ArrayEqual(b Array, equalNaN bool) Array {
	return composed(op.ArrayEqual, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		x, y := in[0], in[1]
		if differ(x.Shape(), y.Shape()) {
			no, _ := dtype.ScalarOf(false)
			return c.keep(graph.Full(c.at, nil, no))
		}
		if axis := unknownInOne(x.Shape(), y.Shape()); axis >= 0 {
			return c.fail(graph.ValueError, fmt.Errorf("shapes %v and %v: the length along axis %d is unknown in one; %w", x.Shape(), y.Shape(), axis, graph.ErrUnresolved))
		}
		same := c.do(op.Equal, x, y)
		if equalNaN {
			same = c.do(op.LogicalOr, same, c.bothNaN(x, y))
		}
		return c.reduce(op.All, same, nil, false)
	})
}

// unknownInOne is an axis of two shapes that do not differ whose length is unknown in
// one of them alone; -1 if there is none.
func unknownInOne(a, b block.Shape) int {
	for axis := range a {
		if a[axis] != b[axis] {
			return axis
		}
	}
	return -1
}

// differ reports whether two shapes are known to be different.
func differ(a, b block.Shape) bool {
	if len(a) != len(b) {
		return true
	}
	for axis := range a {
		if a[axis] != b[axis] && a[axis] != block.Unknown && b[axis] != block.Unknown {
			return true
		}
	}
	return false
}
