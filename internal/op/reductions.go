package op

import "gabion/dtype"

// The reductions.
const (
	Sum     Name = "sum"
	Mean    Name = "mean"
	Var     Name = "var"
	Std     Name = "std"
	Min     Name = "min"
	Max     Name = "max"
	Argmin  Name = "argmin"
	Argmax  Name = "argmax"
	Any     Name = "any"
	All     Name = "all"
	Nansum  Name = "nansum"
	Nanmean Name = "nanmean"
	Nanmin  Name = "nanmin"
	Nanmax  Name = "nanmax"
)

// The parameters of reductions that have more than an axis and keepdims.
var (
	summing   = []Param{pX, pAxis, pDType, pKeepdims}
	spreading = []Param{pX, pAxis, pCorrection, pKeepdims}
)

var reductions = []Op{
	{Name: Sum, Class: Reduction, Arity: 1, Types: total, Params: summing, Doc: "the sum",
		Note: "Sums of float16 and float32 are accumulated in float64."},
	{Name: Mean, Class: Reduction, Arity: 1, Types: average, Doc: "the mean, accumulated in float64",
		Note: "NumPy accumulates float32 in float32, and Dask overflows in float16."},
	{Name: Var, Class: Reduction, Arity: 1, Types: spread, Params: spreading,
		Doc:  "the variance: the sum of |x - mean(x)|^2, divided by n - correction",
		Note: "Chunks merge by their means, so that nothing cancels where the mean is large."},
	{Name: Std, Class: Reduction, Arity: 1, Types: spread, Params: spreading, Doc: "the square root of the variance"},
	{Name: Min, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amin"}, Doc: "the least element, NaN if any is NaN"},
	{Name: Max, Class: Reduction, Arity: 1, Types: same, NeedsElements: true, NumPy: []string{"amax"}, Doc: "the greatest element, NaN if any is NaN"},
	{Name: Argmin, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Doc: "where the least element is first, or the first NaN",
		Note: "Of equal elements the first in C order is taken; Dask takes the one of the first chunk."},
	{Name: Argmax, Class: Reduction, Arity: 1, Types: position, NeedsElements: true, Doc: "where the greatest element is first, or the first NaN",
		Note: "Of equal elements the first in C order is taken; Dask takes the one of the first chunk."},
	{Name: Any, Class: Reduction, Arity: 1, Types: truth, Doc: "whether any element is non-zero"},
	{Name: All, Class: Reduction, Arity: 1, Types: truth, Doc: "whether no element is zero"},
	{Name: Nansum, Class: Reduction, Arity: 1, Types: total, NaN: true, Params: summing, Doc: "the sum of the elements that are not NaN"},
	{Name: Nanmean, Class: Reduction, Arity: 1, Types: average, NaN: true, Doc: "the mean of the elements that are not NaN; NaN if all are"},
	{Name: Nanmin, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the least of the elements that are not NaN; NaN if all are"},
	{Name: Nanmax, Class: Reduction, Arity: 1, Types: same, NaN: true, NeedsElements: true, Doc: "the greatest of the elements that are not NaN; NaN if all are"},
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

func position(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Int64}, nil
}

func truth(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Bool}, nil
}
