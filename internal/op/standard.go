package op

import "slices"

// Section is a part of the Python Array API standard.
type Section struct {
	Title string
	Names []Name
}

// Missing lists functions of NumPy that compute with elements, are not of the
// standard, and are not there.
var Missing = []Name{"angle", "apply_along_axis", "bincount", "choose", "column_stack", "convolve", "corrcoef", "correlate", "cov", "cross", "delete",
	"digitize", "float_power", "frexp", "gcd", "geomspace", "gradient", "heaviside", "histogram", "i0", "insert", "interp", "isin", "kron", "lcm",
	"ldexp", "lexsort", "logspace", "median", "modf", "nanmedian", "nanpercentile", "nanquantile", "partition", "percentile", "piecewise",
	"polyfit", "polyval", "put", "quantile", "resize", "select", "sinc", "spacing", "trapezoid", "unique", "unravel_index", "unwrap", "vander"}

// Lacks reports whether an operation of the standard or of NumPy is not there.
func Lacks(name Name) bool {
	if Find(string(name)) != nil {
		return false
	}
	return slices.Contains(Missing, name) || slices.ContainsFunc(Standard, func(s Section) bool { return slices.Contains(s.Names, name) })
}

// Standard lists the functions of the Python Array API standard 2024.12 that
// compute with elements: without those that import arrays or tell about types,
// and each once, though linalg repeats some. The documentation says which of them are
// not there.
var Standard = []Section{
	{"creation", []Name{"arange", "empty", "empty_like", "eye", "full", "full_like", "linspace", "meshgrid", "ones", "ones_like",
		"tril", "triu", "zeros", "zeros_like"}},
	{"elementwise", []Name{"abs", "acos", "acosh", "add", "asin", "asinh", "astype", "atan", "atan2", "atanh", "bitwise_and", "bitwise_invert",
		"bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "ceil", "clip", "conj", "copysign", "cos", "cosh",
		"divide", "equal", "exp", "expm1", "floor", "floor_divide", "greater", "greater_equal", "hypot", "imag", "isfinite", "isinf",
		"isnan", "less", "less_equal", "log", "log10", "log1p", "log2", "logaddexp", "logical_and", "logical_not", "logical_or",
		"logical_xor", "maximum", "minimum", "multiply", "negative", "nextafter", "not_equal", "positive", "pow", "real", "reciprocal",
		"remainder", "round", "sign", "signbit", "sin", "sinh", "sqrt", "square", "subtract", "tan", "tanh", "trunc"}},
	{"indexing", []Name{"getitem", "setitem", "take", "take_along_axis"}},
	{"manipulation", []Name{"broadcast_arrays", "broadcast_to", "concat", "expand_dims", "flip", "moveaxis", "permute_dims", "repeat",
		"reshape", "roll", "squeeze", "stack", "tile", "unstack"}},
	{"searching", []Name{"argmax", "argmin", "count_nonzero", "nonzero", "searchsorted", "where"}},
	{"sets", []Name{"unique_all", "unique_counts", "unique_inverse", "unique_values"}},
	{"sorting", []Name{"argsort", "sort"}},
	{"statistics", []Name{"cumulative_prod", "cumulative_sum", "max", "mean", "min", "prod", "std", "sum", "var"}},
	{"utilities", []Name{"all", "any", "diff"}},
	{"linear algebra", []Name{"matmul", "matrix_transpose", "tensordot", "vecdot", "linalg.cholesky", "linalg.cross", "linalg.det",
		"linalg.diagonal", "linalg.eigh", "linalg.eigvalsh", "linalg.inv", "linalg.matrix_norm", "linalg.matrix_power",
		"linalg.matrix_rank", "linalg.outer", "linalg.pinv", "linalg.qr", "linalg.slogdet", "linalg.solve", "linalg.svd",
		"linalg.svdvals", "linalg.trace", "linalg.vector_norm"}},
	{"Fourier transforms", []Name{"fft.fft", "fft.ifft", "fft.fftn", "fft.ifftn", "fft.rfft", "fft.irfft", "fft.rfftn", "fft.irfftn",
		"fft.hfft", "fft.ihfft", "fft.fftfreq", "fft.rfftfreq", "fft.fftshift", "fft.ifftshift"}},
}

// Parameters says of the standard's functions that are there which of its parameters
// are not, or are otherwise.
var Parameters = []struct{ Functions, What string }{
	{"functions that make arrays, `astype`", "no `device`: there is one"},
	{"`astype`, `reshape`", "no `copy`: no operation changes its operands, so that no result needs a copy of its own"},
	{"`repeat`", "`repeats` is an integer or a list of them, no array: the shape is known before anything is computed"},
	{"`searchsorted`", "no `sorter`: take the array in that order"},
	{"`linalg.vector_norm`, `linalg.matrix_norm`", "`ord` comes first in order, as in `norm`, while the standard takes all by name; no order of matrices that needs singular values, which are 2, -2 and \"nuc\""},
	{"`block`, which is NumPy's", "a list of arrays, or of such lists, but no deeper ones"},
}
