"""What expressions must give: NumPy's results, and how far from them a result may be.

A tolerance is None where the bits must be equal (NaN equals NaN, whatever its
bits); else one number an element: the largest difference of each part, inf
where anything goes, -1 where the element or a part of it must be NaN.
"""
import builtins

import numpy as np

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
EPS = float(np.finfo("f8").eps)


class Unspecified(Exception):
    """NumPy and Gabion differ on purpose, so that there is nothing to compare."""


REFUSALS = (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError)
OTHER_KINDS = {(ZeroDivisionError, "ValueError")}  # what NumPy raises, and what stands for it


def same_kind(refusal, kind):
    """Whether an error of NumPy's is of a kind, which is the name of an error of Python's."""
    return isinstance(refusal, getattr(builtins, kind)) or (type(refusal), kind) in OTHER_KINDS


def is_constant(v):
    return type(v) in (bool, int, float, complex)


def wide(x):
    x = np.asarray(x)
    return x.astype("clongdouble" if x.dtype.kind == "c" else "longdouble")


def ulps(v, n):
    """n units in the last place of each element of a real v; of the larger part of a complex one."""
    size = np.maximum(np.abs(v.real), np.abs(v.imag)) if v.dtype.kind == "c" else np.abs(v)
    return np.nan_to_num(np.asarray(np.spacing(size), "longdouble"), nan=0) * n


def rounded(exact, d, tol):
    """exact, which is wider than d, as d, with a tolerance; anything goes where that reaches beyond d's range."""
    value = exact.astype(d)
    top = np.finfo(d).max
    tol = np.nan_to_num(np.asarray(tol, "longdouble"), nan=0) + np.zeros(value.shape, "longdouble")
    parts = np.maximum(np.abs(exact.real), np.abs(exact.imag)) if value.dtype.kind == "c" else np.abs(exact)
    edge = np.isfinite(parts) & (parts > top * (1 - 8 * np.finfo(d).eps)) & (parts < top * 1.01)
    return value, np.where(edge, np.inf, tol)


def zeros_alike(v, *inputs):
    """The tolerance of results of which the sign of zero is not specified."""
    if v.dtype.kind not in "fc":
        return None
    tol = None
    if np.any(v.real == 0) or np.any(v.imag == 0):
        if any(np.any((x.real == 0) & np.signbit(x.real)) or x.dtype.kind == "c" and np.any((x.imag == 0) & np.signbit(x.imag))
               for x in map(np.asarray, inputs) if x.dtype.kind in "fc"):
            tol = np.zeros(v.shape)
    if v.dtype.kind == "c" and np.any(np.isnan(v)):
        tol = np.where(np.isnan(v), -1, np.zeros(v.shape))
    return tol


# Elementwise operations.

# Functions that are compared within a unit in the last place of a more precise result.
FUNCTIONS = """acos acosh asin asinh atan atan2 atanh cbrt cos cosh deg2rad exp exp2 expm1 hypot log log10 log1p log2 logaddexp logaddexp2 power rad2deg sin sinh tan tanh""".split()


def moderate(*arrays):
    """Where complex functions are compared: neither huge nor tiny nor special."""
    ok = True
    for x in arrays:
        limit = 1e4 if x.dtype.char in "F" else 1e30
        size = np.abs(wide(x))
        ok = ok & np.isfinite(x) & (size < limit) & ((size > 1 / limit) | (size == 0))
    return ok


def elementwise(name, *operands):
    if name in ("real", "imag"):  # which are attributes of Python's own numbers
        operands = [np.asarray(x) for x in operands]
    v = np.asarray(getattr(np, name)(*operands))
    d = v.dtype
    if name == "power" and v.size == 0 and d.kind == "i":
        raise Unspecified("negative powers of integers are refused for the power alone, without looking at what there are")
    if name in ("minimum", "maximum", "fmin", "fmax"):
        return v, zeros_alike(v, *operands)
    if name == "nextafter" and d == "f2":  # NumPy's keeps the sign of the zero that it starts from, in this type alone
        return v, np.zeros(v.shape) if np.any(v == 0) else None
    if name == "reciprocal" and d.kind in "iu":
        return np.where(v.astype("?") & (np.asarray(operands[0]) != 0), v, d.type(0)), None
    if d.kind == "c" and name in ("multiply", "square"):
        return complex_product(v, *(np.asarray(x).astype(d) for x in operands * (2 if name == "square" else 1)))
    if d.kind == "c" and name not in ("add", "subtract", "negative", "positive", "conj", "rint"):
        return complex_elementwise(name, v, *(np.asarray(x).astype(d) for x in operands))
    if name == "abs" and np.asarray(operands[0]).dtype.kind == "c":
        x = wide(operands[0])
        exact = np.hypot(x.real, x.imag)
        value, tol = rounded(exact, d, 0)
        return value, tol + ulps(value, 1)
    if name in ("copysign", "signbit"):  # which sign NaN has is not specified
        unclear = np.isnan(np.asarray(operands[-1]))
        if np.any(unclear):
            if name == "signbit":
                raise Unspecified("the sign of NaN")
            return v, np.where(np.broadcast_to(unclear, v.shape), np.inf, 0)
    if d.kind != "f" or name not in FUNCTIONS:
        return v, None
    finer = "longdouble" if d == "f8" else "f8"
    x = [x.astype(d).astype("f8") for x in np.broadcast_arrays(*operands)]  # whole: for some constant powers NumPy takes sqrt
    exact = np.asarray(precise(name, *(x.astype(finer) for x in x)))
    if name == "power":  # x87's powers of infinity are not C's
        exact = np.where(np.isfinite(x[0]) & np.isfinite(x[1]), exact, np.power(*x))
    value, tol = rounded(exact, d, 0)
    tol = tol + ulps(value, 1)
    if name.startswith("logaddexp"):  # of which the terms may cancel
        tol = tol + np.nan_to_num(EPS / 256 * np.maximum(np.abs(x[0]), np.abs(x[1])), posinf=0)
    return value, tol


def precise(name, *x):
    """A function of more precise numbers; NumPy's own composed ones lose digits where terms cancel."""
    if name == "logaddexp" or name == "logaddexp2":
        a, b = np.maximum(*x), np.minimum(*x)
        a, b = np.where(np.isnan(x[0]) | np.isnan(x[1]), np.nan, a), np.where(a == b, a, b)
        difference = np.where(a == b, 0, b - a)
        return a + (np.log1p(np.exp(difference)) if name == "logaddexp" else np.log1p(np.exp2(difference)) / np.log(x[0].dtype.type(2)))
    if x[0].dtype.kind == "c":
        z = x[0]
        out = np.empty(z.shape, z.dtype)
        if name == "expm1":
            out.real = np.expm1(z.real) * np.cos(z.imag) - 2 * np.sin(z.imag / 2) ** 2
            out.imag = np.exp(z.real) * np.sin(z.imag)
            return out
        if name == "log1p":
            out.real = np.log1p(2 * z.real + z.real**2 + z.imag**2) / 2
            out.imag = np.arctan2(z.imag, 1 + z.real)
            return out
        if name == "exp2":
            return np.exp(z * np.log(z.real.dtype.type(2)))
        if name in ("log2", "log10"):
            return np.log(z) / np.log(z.real.dtype.type(2 if name == "log2" else 10))
        if name == "sign":
            return np.where(z == 0, 0, z / np.where(z == 0, 1, np.abs(z)))
        if name == "power":
            return np.exp(x[1] * np.log(z))
    return getattr(np, name)(*x)


def complex_product(v, *x):
    a, b = map(wide, x)
    exact = np.asarray(a * b)
    size = np.abs(a.real * b.real) + np.abs(a.imag * b.imag) + np.abs(a.real * b.imag) + np.abs(a.imag * b.real)
    finite = np.isfinite(size)
    root = float(np.sqrt(np.finfo(v.dtype.char.lower()).max)) / 4
    large = [np.isfinite(p) & (np.abs(p) > root) for p in (a.real, a.imag, b.real, b.imag)]
    big = np.where(finite, size > float(np.finfo(v.dtype).max) / 4, np.logical_or.reduce(np.broadcast_arrays(*large)))
    tol = np.where(finite, 4 * np.finfo(v.dtype).eps * size + 4 * np.finfo(v.dtype).smallest_subnormal, 0)
    return np.where(finite & ~big, exact.astype(v.dtype), v), np.where(big, np.inf, tol)


def complex_elementwise(name, v, *x):
    ok = moderate(*x)
    eps = float(np.finfo(v.dtype).eps)
    if name in ("divide", "power"):
        size = np.abs(wide(v))
    else:
        v = np.asarray(precise(name, *map(wide, x))).astype(v.dtype)
        size = np.abs(wide(v))
    if name == "power":
        ok = ok & moderate(v) & (np.abs(x[1]) < 20)
    if name == "log1p":
        ok = ok & (np.abs(x[0] + 1) > 0.1)  # where this formula of it cancels
    if name == "exp2":  # of which the angle is rounded
        size = size * (1 + np.abs(np.asarray(x[0]).imag.astype("longdouble")))
    tol = {"divide": 8, "power": 1000}.get(name, 8) * eps * size + 8 * float(np.finfo(v.dtype).smallest_subnormal)
    if name == "divide":
        zero = (x[1] == 0) & np.isfinite(x[0])
        ok, tol = ok & np.isfinite(v) | zero, np.where(zero, 0, tol)
    elif name == "power":
        zero = np.asarray(x[0]) == 0
        ok, tol = ok & np.isfinite(v) | zero, np.where(zero, 0, tol)
    else:
        ok = ok & np.isfinite(v)
    return v, np.where(ok, tol, np.inf)


def joined(re, im):
    """Complex numbers of their parts, for which NumPy has no function."""
    if is_constant(re) and is_constant(im):
        raise Unspecified("the type of two constants")
    d = np.promote_types(np.result_type(re, im), "c8")
    if any(np.iscomplexobj(p) for p in (re, im)):
        raise TypeError("the parts are real")
    re, im = np.broadcast_arrays(re, im)
    v = np.empty(re.shape, d)
    v.real, v.imag = re, im
    return v, None


def clip(x, low, high):
    try:
        v = np.asarray(np.clip(x, low, high))
    except OverflowError:
        np.broadcast_shapes(*(np.shape(p) for p in (x, low, high) if p is not None))  # of which Gabion speaks first
        if np.asarray(x).dtype == bool:
            raise Unspecified("NumPy leaves bounds out that bind nothing, but not of bools that become integers")
        raise
    if low is not None and high is not None and v.dtype != np.asarray(x).dtype or v.dtype.kind == "c":
        # NumPy leaves out an integer bound beyond the type of x, also where the
        # other bound is beyond that in turn, and of complex NaN looks at the
        # real part alone.
        x = np.asarray(x).astype(v.dtype)
        if v.dtype.kind in "iu":
            low = None if type(low) is int and low <= np.iinfo(v.dtype).min else low
            high = None if type(high) is int and high >= np.iinfo(v.dtype).max else high
        v = x if low is None else np.maximum(x, low)
        v = np.asarray(v if high is None else np.minimum(v, high))
    return v, zeros_alike(v, *(p for p in (x, low, high) if p is not None))


def rounding(x, decimals):
    x = np.asarray(x)
    if x.dtype.kind in "iu" and decimals < 0:
        # NumPy's goes through float64, which does not hold all of them.
        info, power = np.iinfo(x.dtype), 10**-decimals
        if power > info.max:
            return np.zeros_like(x), None
        quotient, rest = x.astype("O") // power, x.astype("O") % power
        up = (rest * 2 > power) | (rest * 2 == power) & (quotient % 2 == 1)
        exact = (quotient + up) * power
        return np.asarray((exact - int(info.min)) % 2**info.bits + int(info.min)).astype(x.dtype), None
    if x.dtype == bool and decimals == 0:
        return np.rint(x), None
    return np.asarray(np.round(x, decimals)), None


def nan_to_num(x, nan, posinf, neginf):
    return np.asarray(np.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)), None


def isclose(a, b, **options):
    if is_constant(a) and is_constant(b):
        raise Unspecified("constants alone are Python's")
    return np.asarray(np.isclose(a, b, **options)), None


def where(cond, a, b):
    v = np.asarray(np.where(cond, a, b))
    for x in (a, b):
        if type(x) is int and x == 2**63:
            raise Unspecified("NumPy has it only beside uint64")
        if type(x) is int and v.dtype.kind in "iu" and not np.iinfo(v.dtype).min <= x <= np.iinfo(v.dtype).max:
            raise OverflowError("NumPy's where, unlike its other functions, lets an integer wrap that does not fit")
    return v, None


def astype(x, d):
    x, d = np.asarray(x), np.dtype(d)
    if x.dtype.kind == "c" and d.kind in "iuf":
        x = x.real
    if x.dtype.kind != "f" or d.kind not in "iu":
        return x.astype(d), None
    # Beyond the range of the type NumPy's result depends on the processor; the
    # nearest number is specified.
    info, x = np.iinfo(d), np.trunc(x.astype("f8"))
    inside = (x > float(info.min)) & (x < float(info.max))
    out = np.where(inside, x, 0).astype(d)
    out = np.where(x >= float(info.max), d.type(info.max), out)
    return np.where(x <= float(info.min), d.type(info.min), out), None


# Reductions.

POSITIONS = ("argmin", "argmax", "nanargmin", "nanargmax")
SPREADS = ("var", "std", "nanvar", "nanstd")
ACCUMULATING = ("sum", "prod", "mean", "nansum", "nanprod", "nanmean")


def reduction(name, x, axis, keepdims, correction, dtype=None):
    x = np.asarray(x)
    options = {"axis": axis, "keepdims": keepdims}
    if correction is not None:
        options["ddof" if name in SPREADS else "correction"] = correction
    if dtype is not None:
        x = converted(name, x, np.dtype(dtype))
        options["dtype"] = dtype
    try:
        v = positions(name, x, options) if name in POSITIONS else np.asarray(getattr(np, name)(x, **options))
    except ValueError:
        # Some of NumPy's reductions refuse to give no elements for no elements.
        rest = np.any(x, axis=axis, keepdims=keepdims)
        if rest.size == 0 and name in (*POSITIONS, "nanmin", "nanmax", "min", "max"):
            return np.empty(rest.shape, "i8" if name in POSITIONS else x.dtype), None
        raise
    if name in ("min", "max", "nanmin", "nanmax"):
        return v, zeros_alike(v, x)
    if name in ("any", "all", "count_nonzero", *POSITIONS) or v.dtype.kind in "iub":
        return v, None
    w, valid = wide(x), np.ones(x.shape, bool)
    if name.startswith("nan"):
        valid = ~np.isnan(x)
        w = np.where(valid, w, 1 if name == "nanprod" else 0)
    n = np.asarray(np.sum(valid, axis=axis, keepdims=keepdims, dtype="longdouble"))
    if name in SPREADS:
        name = name if x.dtype.kind in "fc" else name.removeprefix("nan")
        return spread(name, v, w, valid, axis, keepdims, correction or 0)
    if name.endswith("prod"):
        return product(v, w, axis, keepdims)
    finite = np.where(np.isfinite(w.real), np.abs(w.real), 0) + np.where(np.isfinite(w.imag), np.abs(w.imag), 0)
    size = np.asarray(np.sum(finite, axis=axis, keepdims=keepdims))
    exact = np.asarray(np.sum(w, axis=axis, keepdims=keepdims))
    whole = np.all(np.isfinite(w)) and np.all(w.real == np.rint(w.real)) and np.all(w.imag == np.rint(w.imag))
    bits = {2: 11, 4: 24, 8: 53}[v.real.dtype.itemsize]
    certain = whole and not np.any(size > 2.0 ** (53 if name.endswith("mean") else bits))
    if name.endswith("mean"):
        if certain and v.dtype.kind == "f":
            return (exact.astype("f8") / n.astype("f8")).astype(v.dtype), zeros_alike(v, x)
        certain, exact, size = False, divided(exact, n), size / n
    if certain:
        return exact.astype(v.dtype), zeros_alike(v, x)
    value, tol = rounded(exact, v.dtype, 8 * EPS * size)
    tol = tol + ulps(value, 1)
    return value, np.where(size > 1e308 / np.maximum(1, n), np.inf, tol)


def converted(name, x, d):
    """The elements that a reduction in type d takes up."""
    if name.endswith("mean") and d.kind in "biu":
        raise TypeError("NumPy truncates means; Gabion refuses them")
    if name.startswith("nan") and d.kind in "biu" and x.dtype.kind in "fc":
        x = np.where(np.isnan(x), x.dtype.type(1 if name == "nanprod" else 0), x)
    return astype(x, d)[0]


def positions(name, x, options):
    """Where the least or greatest element is. nanargmin and nanargmax of NumPy may find a NaN beside infinities alone."""
    if not name.startswith("nan") or x.dtype.kind not in "fc" or x.size == 0:
        return np.asarray(getattr(np, name)(x, **options))
    if np.any(np.all(np.isnan(x), axis=options["axis"])):
        raise ValueError("All-NaN slice encountered")
    ranks = np.full(x.shape, np.iinfo("i8").max if name == "nanargmin" else -1, "i8")
    ranks[~np.isnan(x)] = np.unique(x[~np.isnan(x)], return_inverse=True)[1].reshape(-1)
    return np.asarray(getattr(np, name[3:])(ranks, **options))


def scaled(w):
    """w as mantissas and exponents, so that products of mantissas stay in range."""
    e = np.frexp(np.maximum(np.abs(w.real), np.abs(w.imag)))[1].astype("i8")
    if w.dtype.kind != "c":
        return np.ldexp(w, -e), e
    m = np.empty(w.shape, w.dtype)
    m.real, m.imag = np.ldexp(w.real, -e), np.ldexp(w.imag, -e)
    return m, e


def product(v, w, axis, keepdims):
    """Products do not overflow on the way, as NumPy's do."""
    axes = range(w.ndim) if axis is None else [a % w.ndim for a in (axis if isinstance(axis, tuple) else (axis,))]
    kept = [a for a in range(w.ndim) if a not in axes]
    rows = np.transpose(w, (*kept, *axes)).reshape(*(w.shape[a] for a in kept), int(np.prod([w.shape[a] for a in axes])))
    n = rows.shape[-1]
    m, total = scaled(rows)
    while m.shape[-1] != 1:
        if m.shape[-1] % 2 or m.shape[-1] == 0:
            one = np.ones((*m.shape[:-1], 1), m.dtype)
            m, total = np.concatenate([m, one], -1), np.concatenate([total, np.zeros(one.shape, "i8")], -1)
            continue
        m, e = scaled(m[..., ::2] * m[..., 1::2])
        total = total[..., ::2] + total[..., 1::2] + e
    total = np.clip(total, -(10**6), 10**6)
    exact = np.empty(m.shape, m.dtype)
    if m.dtype.kind == "c":
        exact.real, exact.imag = np.ldexp(m.real, total), np.ldexp(m.imag, total)
    else:
        exact = np.ldexp(m, total)
    exact = exact.reshape(v.shape)
    size = np.abs(exact)
    bits = {2: 11, 4: 24, 8: 53}[v.real.dtype.itemsize]
    if v.dtype.kind == "f" and np.all(w == np.rint(w)) and np.all(size < 2.0**bits):
        return exact.astype(v.dtype), None
    value, tol = rounded(exact, v.dtype, np.where(np.isfinite(size), (8 if v.dtype.kind == "c" else 1) * (n + 1) * EPS * size, 0))
    tol = tol + ulps(value, 1)
    if v.dtype.kind == "c":  # the parts of infinities and zeros depend on the order, as do those beyond the range
        odd = ~np.isfinite(rows).all(-1).reshape(v.shape) | (size > float(np.finfo(v.dtype).max) / 4) | (size == 0)
        tol = np.where(odd, np.inf, tol)
    return value, tol


def divided(a, n):
    """a / n for real n; NumPy's complex quotient is NaN where a part is infinite."""
    if a.dtype.kind != "c":
        return a / n
    out = np.empty(a.shape, a.dtype)
    out.real, out.imag = a.real / n, a.imag / n
    return out


def spread(name, v, w, valid, axis, keepdims, correction):
    def total(a, keepdims=keepdims):
        return np.asarray(np.sum(np.where(valid, a, 0), axis=axis, keepdims=keepdims))

    mean = total(w, True) / total(np.ones(w.shape, "longdouble"), True)
    distance, n = np.abs(w - mean), total(np.ones(w.shape, "longdouble"))
    divisor = np.maximum(n - correction, 0)
    exact = total(distance**2) / divisor
    few = n <= correction if name.startswith("nan") else False  # which leaves NaN
    exact = np.where(few, np.nan, exact)
    loss = total(distance * (np.abs(w) + np.abs(mean)))
    share = total(np.abs(w)) * EPS  # error of n times the mean
    tol = 8 * EPS * (exact + loss / divisor) + 64 * share**2 / np.maximum(divisor, 1) + 5e-324 * n
    extreme = np.asarray(np.max(np.where(valid & np.isfinite(w), np.abs(w), 0), axis=axis, keepdims=keepdims, initial=0)) > 1e150
    if name.endswith("std"):
        upper, lower = np.sqrt(exact + tol), np.sqrt(np.maximum(exact - tol, 0))
        exact = np.sqrt(exact)
        tol = np.maximum(upper - exact, exact - lower)
    value, tol = rounded(exact, v.dtype, np.where(np.isfinite(exact), tol, 0))
    tol = tol + ulps(value, 2)
    # A variance of 0 over a divisor of 0 is NaN, of rounding errors it is inf.
    unclear = (divisor == 0) & (n > 0) & np.isfinite(total(np.abs(w))) & ~np.asarray(few)
    return value, np.where(extreme | unclear, np.inf, tol)


# What is made of reductions.

def ptp(x, axis, keepdims):
    x = np.asarray(x)
    try:
        v = np.asarray(np.ptp(x, axis=axis, keepdims=keepdims))
    except ValueError:
        rest = np.any(x, axis=axis, keepdims=keepdims)
        if rest.size == 0 and x.dtype != bool:
            return np.empty(rest.shape, x.dtype), None
        if rest.size == 0:
            raise TypeError("which NumPy raises for other empty results") from None
        raise
    tol = zeros_alike(v, x)
    return v, np.zeros(v.shape) if tol is None and v.dtype.kind in "fc" and np.any(v == 0) else tol


def average(x, axis, keepdims, weights):
    x, weights = np.asarray(x), np.asarray(weights)
    if axis == () and x.shape != weights.shape:
        raise Unspecified("NumPy loses its way")
    try:
        v = np.asarray(np.average(x, axis=axis, weights=weights, keepdims=keepdims))
    except TypeError as refusal:
        raise ValueError("shapes differ, which are no types") from refusal
    except ZeroDivisionError:
        raise Unspecified("Gabion cannot know that weights sum to 0, and divides by it")
    d = "c16" if v.dtype.kind == "c" else "f8"
    a, w = wide(x.astype(d)), wide(weights.astype(d))
    if w.shape != a.shape:  # of the axes alone
        axes = [i % a.ndim for i in axis]
        w = w.transpose(np.argsort(axes))
        w = np.broadcast_to(w.reshape([n if i in axes else 1 for i, n in enumerate(a.shape)]), a.shape)
    total = lambda a: np.asarray(np.sum(a, axis=axis, keepdims=keepdims))
    weight, size = total(w), total(np.abs(w))
    exact = total(a * w) / weight
    spreads = total(np.abs(a * w))
    error = 8 * EPS * (spreads + np.abs(exact) * size) / np.abs(weight)
    value, tol = rounded(exact, v.dtype, np.where(np.isfinite(error), 4 * error, 0))
    odd = ~np.isfinite(error) | (np.abs(weight) < 100 * EPS * size) | (spreads > 1e300) | (size > 1e300) | (np.abs(weight) < 1e-300)
    return value, np.where(odd, np.inf, tol + ulps(value, 2))


def moment(x, order, axis, keepdims):
    x = np.asarray(x)
    d = np.asarray(np.mean(x, axis=axis, keepdims=keepdims)).dtype
    w = wide(x)
    mean = lambda a, keepdims=keepdims: np.asarray(np.mean(a, axis=axis, keepdims=keepdims))
    if order < 2:
        return np.full(mean(w).shape, 1 - order, d), None
    middle = divided(np.asarray(np.sum(w, axis=axis, keepdims=True)), np.sum(np.ones(w.shape), axis=axis, keepdims=True))
    distance = w - middle
    size = np.abs(distance)
    error = EPS * (np.abs(w) + np.abs(middle) + 8 * mean(np.abs(w), True))
    power = np.ones(w.shape, w.dtype)
    for _ in range(order):
        power = power * distance
    exact = divided(np.asarray(np.sum(power, axis=axis, keepdims=keepdims)), np.sum(np.ones(w.shape), axis=axis, keepdims=keepdims))
    tol = 4 * mean(order * (size + error) ** (order - 1) * error + (8 + 2 * order) * EPS * size**order)
    value, tol = rounded(exact, d, np.where(np.isfinite(tol), tol, 0))
    extreme = np.asarray(np.max(np.where(np.isfinite(size), size, 0), axis=axis, keepdims=keepdims, initial=0)) > 10.0 ** (300 / order)
    odd = extreme | ~np.isfinite(exact) if d.kind == "c" else extreme
    return value, np.where(odd, np.inf, tol + ulps(value, 2))


# Comparison.

def difference(got, want, tol):
    """What is wrong with got, in words; None if nothing is."""
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype} of shape {got.shape} instead of {want.dtype} of shape {want.shape}"
    if want.dtype.kind == "c":
        right = np.ones(want.shape, bool)
        for g, w in ((got.real, want.real), (got.imag, want.imag)):
            right &= alike(g, w, tol)
        if tol is not None:
            right = np.where(tol == -1, np.isnan(got), right)
    elif want.dtype.kind == "f":
        right = alike(got, want, tol)
    else:
        right = got.view("u1") == want.view("u1") if want.dtype == bool else got == want
    wrong = np.argwhere(~np.asarray(right))
    if len(wrong) == 0:
        return None
    at = tuple(wrong[0])
    text = f"{len(wrong)} of {want.size} elements differ, first at {tuple(map(int, at))}: {got[at]!r} instead of {want[at]!r}"
    return text if tol is None else f"{text} within {float(tol[at]):.3g}"


def alike(got, want, tol):
    nan = np.isnan(got) & np.isnan(want)
    if tol is None:
        return nan | (got == want) & (np.signbit(got) == np.signbit(want))
    distance = np.abs(got.astype("longdouble") - want.astype("longdouble"))
    return nan | (got == want) | (distance <= tol) | (tol >= np.finfo(got.dtype).max)
