package array

import (
	"errors"
	"fmt"

	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// ReduceOption says how a reduction goes.
type ReduceOption interface{ reduction(*reduction) }

type reduction struct {
	axes       []int // nil for all
	names      []string
	keepdims   bool
	correction float64
	typed      bool // whether dtype is given
	dtype      dtype.DType
	ord        *float64 // of norms
}

type reduceOption func(*reduction)

func (f reduceOption) reduction(r *reduction) { f(r) }

// Axes are the axes that a reduction goes along, by number; negative numbers
// count from the end. Without Axes and AxesNamed it goes along all of them,
// with Axes() along none, which leaves each element by itself.
func Axes(axes ...int) ReduceOption {
	return reduceOption(func(r *reduction) { r.axes = append(append([]int{}, r.axes...), axes...) })
}

// AxesNamed are the axes that a reduction goes along, by name.
func AxesNamed(names ...string) ReduceOption {
	return reduceOption(func(r *reduction) {
		r.axes = append([]int{}, r.axes...)
		r.names = append(append([]string{}, r.names...), names...)
	})
}

// Keepdims keeps the axes that a reduction goes along, with length 1.
func Keepdims() ReduceOption { return reduceOption(func(r *reduction) { r.keepdims = true }) }

// Correction is subtracted from the number of elements that Var, Std, NanVar and
// NanStd divide by, which NumPy calls ddof: 1 for the variance of a sample.
func Correction(c float64) ReduceOption { return reduceOption(func(r *reduction) { r.correction = c }) }

// DType is the type in which Sum, Prod, Mean, NanSum, NanProd and NanMean take up
// the elements and give the result; elements are converted first, as AsType does.
// Integers wrap around in it. Means have floating-point and complex types alone.
// Floating-point sums are accumulated in float64 all the same.
func DType(d dtype.DType) ReduceOption {
	return reduceOption(func(r *reduction) { r.typed, r.dtype = true, d })
}

// collectReduction is a reduction of in under options. Axes have numbers
// afterwards, which are not checked; nil stands for all.
func collectReduction(in graph.Ref, opts []ReduceOption) (reduction, error) {
	var r reduction
	for _, o := range opts {
		if o != nil {
			o.reduction(&r)
		}
	}
	named, err := axesNamed(in.Describe().Names, r.names)
	r.axes = append(r.axes, named...)
	return r, err
}

func (a Array) reduce(name op.Name, opts []ReduceOption) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		r, err := collectReduction(in[0], opts)
		row := op.Lookup(name)
		switch {
		case err != nil:
			return c.fail(graph.ValueError, err)
		case row != nil && row.Positions && r.axes != nil && len(r.axes) != 1:
			return c.fail(graph.TypeError, fmt.Errorf("it goes along one axis, or along all if none is given, not along a list of %d", len(r.axes)))
		case r.typed:
			return c.accumulate(in[0], r)
		}
		if r.ord != nil {
			return c.fail(graph.ValueError, errors.New("an order is for norms"))
		}
		return c.keep(graph.Reduce(c.at, name, in[0], r.axes, r.keepdims, r.correction))
	})
}

// accumulate is a reduction of in that works in the type r.dtype.
func (c *composer) accumulate(in graph.Ref, r reduction) graph.Ref {
	row := op.Lookup(c.name)
	switch {
	case row == nil || !row.Takes("dtype"):
		return c.fail(graph.ValueError, errors.New("the type of the result is for sum, prod and mean, nansum, nanprod and nanmean to choose; convert the array, or the result"))
	case !r.dtype.Valid():
		return c.fail(graph.TypeError, errors.New("there is no such element type to reduce in"))
	case row.Plain() == op.Mean && r.dtype.Kind() < dtype.KindFloat:
		return c.fail(graph.TypeError, fmt.Errorf("%v does not hold means: leave the type out, and convert the result", r.dtype))
	}
	if row.NaN && r.dtype.Kind() < dtype.KindFloat && in.DType().Kind() >= dtype.KindFloat {
		// Integers have no NaN to leave out: it becomes what changes nothing.
		neutral := 0
		if row.Plain() == op.Prod {
			neutral = 1
		}
		in = c.do(op.Where, c.do(op.Isnan, in), c.number(neutral), in)
	}
	out := c.keep(graph.Reduce(c.at, c.name, c.cast(in, r.dtype), r.axes, r.keepdims, r.correction))
	return c.cast(out, r.dtype)
}

// Reduce is the reduction that the Python Array API standard or NumPy calls
// name, such as "sum", "amax" or "nanmean".
func (a Array) Reduce(name string, opts ...ReduceOption) Array {
	if row := op.Find(name); row != nil {
		return a.reduce(row.Name, opts)
	}
	return a.reduce(op.Name(name), opts)
}

// Sum is the sum: int64 of bools and signed integers, uint64 of unsigned ones.
// Sums of float32 are accumulated in float64. The sum of no elements is 0.
func (a Array) Sum(opts ...ReduceOption) Array { return a.reduce(op.Sum, opts) }

// Prod is the product: int64 of bools and signed integers, uint64 of unsigned
// ones, which wrap around. Floating-point products are accumulated in float64
// with an exponent of their own, so that, unlike NumPy's, they neither overflow
// nor underflow on the way. The product of no elements is 1.
func (a Array) Prod(opts ...ReduceOption) Array { return a.reduce(op.Prod, opts) }

// Mean is the mean, accumulated in float64: float64 of integers and bools, NaN
// of no elements.
func (a Array) Mean(opts ...ReduceOption) Array { return a.reduce(op.Mean, opts) }

// Var is the variance, the mean of |x - mean(x)|²; see Correction.
func (a Array) Var(opts ...ReduceOption) Array { return a.reduce(op.Var, opts) }

// Std is the standard deviation, the square root of Var; see Correction.
func (a Array) Std(opts ...ReduceOption) Array { return a.reduce(op.Std, opts) }

// Min is the least element, NaN if any is NaN. There is none of no elements.
func (a Array) Min(opts ...ReduceOption) Array { return a.reduce(op.Min, opts) }

// Max is the greatest element, NaN if any is NaN. There is none of no elements.
func (a Array) Max(opts ...ReduceOption) Array { return a.reduce(op.Max, opts) }

// ArgMin is where the least element, or the first NaN, is first: its index
// along the one axis given, or its number in C order.
func (a Array) ArgMin(opts ...ReduceOption) Array { return a.reduce(op.Argmin, opts) }

// ArgMax is where the greatest element, or the first NaN, is first; see ArgMin.
func (a Array) ArgMax(opts ...ReduceOption) Array { return a.reduce(op.Argmax, opts) }

// Any is whether any element is non-zero.
func (a Array) Any(opts ...ReduceOption) Array { return a.reduce(op.Any, opts) }

// All is whether no element is zero.
func (a Array) All(opts ...ReduceOption) Array { return a.reduce(op.All, opts) }

// CountNonzero is how many elements are non-zero, as int64. NaN is not zero.
func (a Array) CountNonzero(opts ...ReduceOption) Array { return a.reduce(op.CountNonzero, opts) }

// NanSum is the sum of the elements that are not NaN.
func (a Array) NanSum(opts ...ReduceOption) Array { return a.reduce(op.Nansum, opts) }

// NanProd is the product of the elements that are not NaN; see Prod.
func (a Array) NanProd(opts ...ReduceOption) Array { return a.reduce(op.Nanprod, opts) }

// NanMean is the mean of the elements that are not NaN; NaN if all are.
func (a Array) NanMean(opts ...ReduceOption) Array { return a.reduce(op.Nanmean, opts) }

// NanVar is the variance of the n elements that are not NaN, divided by n minus
// the Correction; NaN where that is not above 0. Of integers, which have no
// NaN, it is Var.
func (a Array) NanVar(opts ...ReduceOption) Array { return a.reduce(op.Nanvar, opts) }

// NanStd is the square root of NanVar.
func (a Array) NanStd(opts ...ReduceOption) Array { return a.reduce(op.Nanstd, opts) }

// NanMin is the least of the elements that are not NaN; NaN if all are.
func (a Array) NanMin(opts ...ReduceOption) Array { return a.reduce(op.Nanmin, opts) }

// NanMax is the greatest of the elements that are not NaN; NaN if all are.
func (a Array) NanMax(opts ...ReduceOption) Array { return a.reduce(op.Nanmax, opts) }

// NanArgMin is where the least of the elements that are not NaN is first; see
// ArgMin. If all are NaN the computation ends with an error.
func (a Array) NanArgMin(opts ...ReduceOption) Array { return a.reduce(op.Nanargmin, opts) }

// NanArgMax is where the greatest of the elements that are not NaN is first; see
// NanArgMin.
func (a Array) NanArgMax(opts ...ReduceOption) Array { return a.reduce(op.Nanargmax, opts) }
