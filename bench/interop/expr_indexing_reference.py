"""What setting, cumulative operations and the greatest elements must give, for expr_indexing.py."""
import numpy as np

import expr_reference as ref


def replaced(x, items, value):
    """x with value in the place of x[items]; of places that are named twice the last value stays."""
    out = np.array(x, order="C")
    places = np.arange(out.size).reshape(out.shape)[items]
    if ref.is_constant(value):
        out[items] = value
        return out
    v = value
    while v.ndim > np.ndim(places) and v.shape[0] == 1:
        v = v[0]
    v = np.broadcast_to(v, np.shape(places))
    out.reshape(-1)[np.ravel(places)] = np.ravel(ref.astype(v, out.dtype)[0])
    return out


def outer(x, items):
    """x with each item taken along its own axis, by np.ix_; indices are looked at always."""
    dots = next((k for k, i in enumerate(items) if i is ...), len(items))
    others = items[:dots], items[dots + 1:]
    items = [*others[0], *[slice(None)] * (x.ndim - len(others[0]) - len(others[1])), *others[1]]
    lists = [np.arange(n)[i] for n, i in zip(x.shape, items, strict=True)]  # which refuses what is out of range
    return x[np.ix_(*map(np.atleast_1d, lists))][tuple(0 if isinstance(i, int) else slice(None) for i in items)]


def cumulative(name, x, axis, dtype, initial):
    """NumPy's cumulative operations; sums within 8 roundings of the sum of magnitudes, products within 8 a factor."""
    x = np.asarray(x)
    if axis is None:
        if name.startswith("cumulative_") and x.ndim > 1:
            raise ValueError("cumulative_sum and cumulative_prod need an axis of several")
        x, axis = x.reshape(-1), 0
    product = name.endswith("prod")
    if name.startswith("nan") and x.dtype.kind in "fc":
        x = np.where(np.isnan(x), x.dtype.type(product), x)
    if dtype is not None:
        x = ref.astype(x, dtype)[0]
    f = np.cumprod if product else np.cumsum
    v = f(x, axis, dtype)
    d = v.dtype
    tol = None
    if d.kind in "fc":
        w = ref.wide(x)
        parts = np.maximum(np.abs(w.real), np.abs(w.imag)) if d.kind == "c" else np.abs(w)
        exact = f(w, axis)
        if product:
            with np.errstate(divide="ignore"):
                size = np.cumsum(np.where((parts > 0) & np.isfinite(parts), np.abs(np.log2(parts)), 0), axis)
            steps = np.cumsum(np.ones(w.shape), axis)
            spread = np.abs(exact) * (8 if d.kind == "c" else 1) * (steps + 1) * ref.EPS
            extreme = size > 900
            if d.kind == "c":  # the parts of infinities and zeros depend on the order
                extreme = extreme | ~np.isfinite(exact) | (np.cumsum(parts == 0, axis) > 0)
        else:
            size = np.cumsum(np.where(np.isfinite(w.real), np.abs(w.real), 0) + np.where(np.isfinite(w.imag), np.abs(w.imag), 0), axis)
            spread, extreme = 8 * ref.EPS * size, size > 1e307
        v, tol = ref.rounded(exact, d, np.where(np.isfinite(spread), spread, 0))
        tol = np.where(extreme, np.inf, tol + ref.ulps(v, 1))
    if initial:
        shape = [1 if i == axis % v.ndim else n for i, n in enumerate(v.shape)]
        v = np.concatenate([np.full(shape, product, d), v], axis)
        tol = None if tol is None else np.concatenate([np.zeros(shape), tol], axis)
    return v, tol


def top(name, x, k, axis):
    """The k greatest elements, NaN before all, or the -k least; of equal ones the first comes first."""
    n = np.moveaxis(x, axis, 0).shape[0]
    if k == 0 or abs(k) > n:
        raise ValueError("there are not so many elements")
    rank = lambda part: np.unique(part, return_inverse=True)[1].reshape(x.shape)  # which counts NaN as one, after numbers
    ranks = rank(x) if x.dtype.kind != "c" else (np.isnan(x) * x.size + rank(x.real)) * x.size + rank(x.imag)
    order = np.argsort(-ranks if k > 0 else ranks, axis, kind="stable")
    order = np.take(order, range(abs(k)), axis)
    return order if name == "argtopk" else np.take_along_axis(x, order, axis)
