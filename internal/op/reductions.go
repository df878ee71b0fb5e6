package op

import (
	"gabion/dtype"
)

// The reductions.
const (
	Sum          Name = "sum"
	Prod         Name = "prod"
	Mean         Name = "mean"
	Var          Name = "var"
	Std          Name = "std"
	Min          Name = "min"
	Max          Name = "max"
	Argmin       Name = "argmin"
	Argmax       Name = "argmax"
	Any          Name = "any"
	All          Name = "all"
	CountNonzero Name = "count_nonzero"
	Nansum       Name = "nansum"
	Nanprod      Name = "nanprod"
	Nanmean      Name = "nanmean"
	Nanvar       Name = "nanvar"
	Nanstd       Name = "nanstd"
	Nanmin       Name = "nanmin"
	Nanmax       Name = "nanmax"
	Nanargmin    Name = "nanargmin"
	Nanargmax    Name = "nanargmax"
)

// The parameters of reductions that return in a type of the caller's choice, of
// those that divide by n - correction, and of those that find a position.
var (
	accumulating = []Param{pX, pAxis, pDType, pKeepdims}
	spreading    = []Param{pX, pAxis, pCorrection, pKeepdims}
	finding      = []Param{pX, optional("axis", Int), pKeepdims}
)

var reductions = []Op{
	{Name: Sum, Class: Reduction, Arity: 1, Types: total, Params: accumulating, Doc: "the sum",
		Note: "Sums of float16 and float32 are accumulated in float64."},
	{Name: Prod, Class: Reduction, Arity: 1, Types: total, Params: accumulating, Doc: "the product",
		Note: "It does not overflow on the way, in any order of the factors."},
	{Name: Mean, Class: Reduction, Arity: 1, Types: average, Params: accumulating, Doc: "the mean, accumulated in float64",
		Note: "NumPy accumulates float32 in float32, and Dask overflows in float16."},
	{Name: Var, Class: Reduction, Arity: 1, Types: spread, Params: spreading, Doc: "the variance: the sum of |x - mean(x)|^2, divided by n - correction",
		Note: "Chunks merge by their means, so that nothing cancels where the mean is large."},
	{Name: Std, Class: Reduction, Arity: 1, Types: spread, Params: spreading, Doc: "the square root of the variance"},
	{Name: Min, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amin"}, Doc: "the least element, NaN if any is NaN"},
	{Name: Max, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amax"}, Doc: "the greatest element, NaN if any is NaN"},
	{Name: Argmin, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Positions: true, Params: finding, Doc: "where the least element is first, or the first NaN",
		Note: "Of equal elements the first in C order is taken; Dask takes the one of the first chunk."},
	{Name: Argmax, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Positions: true, Params: finding, Doc: "where the greatest element is first, or the first NaN",
		Note: "Of equal elements the first in C order is taken; Dask takes the one of the first chunk."},
	{Name: Any, Class: Reduction, Arity: 1, Types: truth, Doc: "whether any element is non-zero"},
	{Name: All, Class: Reduction, Arity: 1, Types: truth, Doc: "whether no element is zero"},
	{Name: CountNonzero, Class: Reduction, Arity: 1, Types: position, Doc: "how many elements are non-zero, as NaN is"},
	{Name: Nansum, Class: Reduction, Arity: 1, Types: total, NaN: true, Params: accumulating, Doc: "the sum of the elements that are not NaN"},
	{Name: Nanprod, Class: Reduction, Arity: 1, Types: total, NaN: true, Params: accumulating, Doc: "the product of the elements that are not NaN"},
	{Name: Nanmean, Class: Reduction, Arity: 1, Types: average, NaN: true, Params: accumulating, Doc: "the mean of the elements that are not NaN; NaN if all are"},
	{Name: Nanvar, Class: Reduction, Arity: 1, Types: spread, NaN: true, Params: spreading, Doc: "the variance of the n elements that are not NaN; NaN unless n is above the correction"},
	{Name: Nanstd, Class: Reduction, Arity: 1, Types: spread, NaN: true, Params: spreading, Doc: "the square root of nanvar"},
	{Name: Nanmin, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the least of the elements that are not NaN; NaN if all are"},
	{Name: Nanmax, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the greatest of the elements that are not NaN; NaN if all are"},
	{Name: Nanargmin, Class: Reduction, Arity: 1, Types: position, NaN: true, NeedsElements: true, Positions: true, Params: finding, Doc: "where the least element that is not NaN is first; an error if all are NaN"},
	{Name: Nanargmax, Class: Reduction, Arity: 1, Types: position, NaN: true, NeedsElements: true, Positions: true, Params: finding, Doc: "where the greatest element that is not NaN is first; an error if all are NaN"},
}

// Reductions: In is the type the elements are converted to first.

func same(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: in[0]}, nil
}

func total(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.SumOf(in[0])}, nil
}

func average(_ Name, in []dtype.DType) (Types, error) {
	d := in[0]
	if d.Kind() < dtype.KindFloat {
		d = dtype.Float64
	}
	return Types{In: in, Kernel: in[0], Out: d}, nil
}

func spread(name Name, in []dtype.DType) (Types, error) {
	t, err := average(name, in)
	t.Out = t.Out.Real()
	return t, err
}

// position: an index, or a number of elements.
func position(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Int64}, nil
}

func truth(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Bool}, nil
}
