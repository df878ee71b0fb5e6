package array

import (
	"errors"

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

// Correction is subtracted from the number of elements that Var and Std divide
// by, which NumPy calls ddof: 1 for the variance of a sample.
func Correction(c float64) ReduceOption { return reduceOption(func(r *reduction) { r.correction = c }) }

func (a Array) reduce(name op.Name, opts []ReduceOption) Array {
	return a.unary(name, func(at graph.Site, in graph.Ref) (graph.Ref, error) {
		var r reduction
		for _, o := range opts {
			if o != nil {
				o.reduction(&r)
			}
		}
		named, err := axesNamed(in.Describe().Names, r.names)
		if err == nil && r.ord != nil {
			err = errors.New("an order is for norms")
		}
		if err != nil {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: name, Site: at, Err: err}
		}
		return graph.Reduce(at, name, in, append(r.axes, named...), r.keepdims, r.correction)
	})
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

// NanSum is the sum of the elements that are not NaN.
func (a Array) NanSum(opts ...ReduceOption) Array { return a.reduce(op.Nansum, opts) }

// NanMean is the mean of the elements that are not NaN; NaN if all are.
func (a Array) NanMean(opts ...ReduceOption) Array { return a.reduce(op.Nanmean, opts) }

// NanMin is the least of the elements that are not NaN; NaN if all are.
func (a Array) NanMin(opts ...ReduceOption) Array { return a.reduce(op.Nanmin, opts) }

// NanMax is the greatest of the elements that are not NaN; NaN if all are.
func (a Array) NanMax(opts ...ReduceOption) Array { return a.reduce(op.Nanmax, opts) }
