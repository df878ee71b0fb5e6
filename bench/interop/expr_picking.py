"""Random steps for expr_cases.py: functions that pick elements by indices, masks and windows, and those along an axis.

What a mask keeps is of unknown length until it is computed, so that it only meets reductions. Cumulative operations are
compared exactly, where they are exact: of integers, which wrap.
"""
import numpy as np

from expr_reference import is_constant
from expr_shaping import axis, listed


def steps(case):
    """The kinds of steps, each as often as it is in the list."""
    return [lambda f=f: f(case) for f in (
        take, take, take_array, pad, pad, setitem, compress, compress, extract, nonzero, cumulative, cumulative, topk, argtopk, take_along,
        searchsorted, windows, coarsen, parts, parts, block, meshgrid)]


def read_twice(case):
    """Whether something is read twice that must not be: what a mask keeps is counted first."""
    return any(i.once for i in case.inputs)


def numbers(a):
    """Whether the elements are in an order and sums of them are exact."""
    return np.asarray(a.v).dtype.kind in "iub"


def take(case):
    a, rng = case.pick(exact=False), case.rng
    if not a.shape:
        return None  # of which NumPy takes as of one element
    i = axis(case, len(a.shape))
    n = a.shape[i] if -len(a.shape) <= i < len(a.shape) else 3
    at = [rng.randrange(-n, n) for _ in range(rng.randint(1, 6))] if n else [0]
    if rng.random() < 0.03 and np.size(a.v):  # or NumPy does not look at it
        at[0] = n
    if rng.random() < 0.2:
        flat = [k % max(1, np.size(a.v)) for k in at]
        return case.view(f"take({a.text}, indices({listed(flat)}))", a, lambda x: np.take(x, flat))

    def taken(x):
        if n == 0:
            raise IndexError("which NumPy does not look at where the result has no elements")
        return np.take(np.asarray(x), at, i)
    return case.view(f"take({a.text}, indices({listed(at)}), axis({i}))", a, taken)


def take_array(case):
    a = case.pick(exact=False)
    if not a.shape or not a.shape[0]:
        return None
    n, step = a.shape[0], case.rng.randint(1, 3)
    return case.view(f"take({a.text}, arange({n - 1}, -1, {-step}), 0)", a, lambda x: np.take(x, np.arange(n - 1, -1, -step), 0))


def pad(case):
    a, rng = case.pick(exact=False), case.rng
    before, after = rng.choice([0, 1, 2, 5]), rng.choice([0, 1, 3, 9])
    mode = rng.choice(["constant", "edge", "reflect", "symmetric", "wrap"])
    if not a.shape or 0 in a.shape or np.prod([n + before + after for n in a.shape], dtype=float) > 10**6:
        return None
    return case.view(f'pad({a.text}, pad_width({before}, {after}), mode("{mode}"))', a, lambda x: np.pad(x, (before, after), mode))


def setitem(case):
    a, rng = case.pick(), case.rng
    if not a.shape:
        return None
    start, stop, step = rng.choice([0, 1, -2]), rng.choice([1, 3, 100]), rng.choice([1, 2, -1])
    value = rng.choice([0, 1])

    def compute():
        x = np.array(a.v)
        x[start:stop:step] = value
        return x, None
    return case.made(f'setitem({a.text}, "{start}:{stop}:{step}", {value})', (a,), compute)


def compress(case):
    a = case.pick()
    if not a.shape or not numbers(a):
        return None
    i = case.rng.randrange(-len(a.shape), len(a.shape))
    n, k = a.shape[i], case.rng.randint(0, 5)

    def compute():
        return np.asarray(np.sum(np.compress(np.arange(n) % 3 < k, a.v, i), i)), None
    return case.made(f"sum(compress(arange({n}) % 3 < {k}, {a.text}, {i}), {i})", (a,), compute)


def extract(case):
    a = case.pick()
    if read_twice(case) or not a.shape or not numbers(a):
        return None
    return case.made(f"sum(extract({a.text} > 1, {a.text}))", (a,), lambda: (np.asarray(np.sum(np.extract(np.asarray(a.v) > 1, a.v))), None))


def nonzero(case):
    a, rng = case.pick(), case.rng
    if read_twice(case) or not a.shape:
        return None
    k = rng.randrange(len(a.shape))
    form, f = rng.choice([
        (f"nonzero({a.text}, out({k}))", lambda x: np.nonzero(x)[k]),
        (f"flatnonzero({a.text})", np.flatnonzero),
        (f"argwhere({a.text})", np.argwhere)])
    name = rng.choice(["sum", "count_nonzero"])
    return case.made(f"{name}({form})", (a,), lambda: (np.asarray(getattr(np, name)(f(np.asarray(a.v))), "i8"), None))


def cumulative(case):
    a, rng = case.pick(), case.rng
    if read_twice(case) or not numbers(a) or not a.shape:
        return None
    name = rng.choice(["cumsum", "cumprod", "cumulative_sum", "cumulative_prod", "nancumsum", "nancumprod"])
    i = axis(case, len(a.shape))
    f = getattr(np, name.replace("ulative_", ""))
    return case.made(f"{name}({a.text}, {i})", (a,), lambda: (f(a.v, i), None))


def topk(case):
    a, rng = case.pick(), case.rng
    if not a.shape or np.asarray(a.v).dtype.kind not in "iub":
        return None
    i = rng.randrange(-len(a.shape), len(a.shape))
    k = rng.choice([1, 2, 3, -1, -2])
    if abs(k) > a.shape[i]:
        return None

    def compute():
        x = np.sort(a.v, i)
        return np.take(x, np.arange(abs(k)) if k < 0 else np.arange(a.shape[i] - 1, a.shape[i] - 1 - k, -1), i), None
    return case.made(f"topk({a.text}, {k}, {i})", (a,), compute)


def argtopk(case):
    a, rng = case.pick(), case.rng
    if not a.shape or not numbers(a):
        return None
    i = rng.randrange(-len(a.shape), len(a.shape))
    k = rng.choice([-1, -2, -3])
    if -k > a.shape[i]:
        return None
    return case.made(f"argtopk({a.text}, {k}, {i})", (a,), lambda: (np.take(np.argsort(a.v, i, kind="stable"), np.arange(-k), i), None))


def take_along(case):
    a = case.pick()
    if not a.shape or not numbers(a):
        return None
    i = case.rng.randrange(-len(a.shape), len(a.shape))
    if not a.shape[i]:
        return None
    return case.made(f"take_along_axis({a.text}, argmax({a.text}, {i}, keepdims(true)), {i})", (a,), lambda: (np.max(a.v, i, keepdims=True), None))


def searchsorted(case):
    a, rng = case.pick(), case.rng
    if np.asarray(a.v).dtype.kind not in "iuf" or np.size(a.v) == 0:
        return None
    side, n, step = rng.choice(["left", "right"]), rng.randint(0, 20), rng.randint(1, 3)
    sorted = np.arange(0, n, step)
    if np.asarray(a.v).dtype == np.uint64 or np.asarray(a.v).dtype == np.int64:
        return None  # NumPy compares these in other types
    return case.made(f'searchsorted(arange(0, {n}, {step}), {a.text}, "{side}")', (a,), lambda: (np.searchsorted(sorted, a.v, side), None))


def windows(case):
    a = case.pick(exact=False)
    if not a.shape or 0 in a.shape:
        return None
    i = case.rng.randrange(len(a.shape))
    n = case.rng.randint(1, min(4, a.shape[i]))
    return case.view(f"sliding_window_view({a.text}, {n}, axis({i}))", a, lambda x: np.lib.stride_tricks.sliding_window_view(x, n, i))


def coarsen(case):
    a = case.pick()
    if not a.shape or not numbers(a) or a.shape[0] < 2:
        return None
    k, name = case.rng.choice([1, 2, 3]), case.rng.choice(["sum", "max", "any"])
    n = a.shape[0] // k * k
    if not n:
        return None
    factors = [k] + [1] * (len(a.shape) - 1)

    def compute():
        x = np.asarray(a.v)[:n]
        return getattr(np, name)(x.reshape(n // k, k, *x.shape[1:]), 1), None
    return case.made(f'coarsen({a.text}, "{name}", factors({listed(factors)}), true)', (a,), compute)


def parts(case):
    """One of several results."""
    a, rng = case.pick(exact=False), case.rng
    if rng.random() < 0.2:
        b, k = case.pick(exact=False), rng.randint(0, 1)
        if is_constant(a.v) or is_constant(b.v):
            return None
        return case.made(f"broadcast_arrays({a.text}, {b.text}, out({k}))", (a, b), lambda: tuple(
            None if x is None else np.broadcast_arrays(x, b.v if k == 0 else a.v)[0] for x in ((a.v, a.tol), (b.v, b.tol))[k]))
    if not a.shape:
        return None
    i = rng.randrange(len(a.shape))
    kind = rng.random()
    if kind < 0.35 and a.shape[i]:
        k = rng.randrange(a.shape[i])
        if a.shape[i] > 16384:
            return None  # more results than a document has
        return case.view(f"unstack({a.text}, {i}, out({k}))", a, lambda x: np.take(x, k, i))
    if kind < 0.5:
        at = [rng.randint(-2, a.shape[i] + 2) for _ in range(rng.randint(0, 3))]
        k = rng.randint(0, len(at))
        return case.view(f"split({a.text}, indices_or_sections({listed(at)}), axis({i}), out({k}))", a, lambda x: np.split(x, at, i)[k])
    n = rng.randint(1, 4)
    k = rng.randrange(n)
    if kind < 0.65:
        n = 1 if rng.random() < 0.2 else n
        return case.view(f"split({a.text}, {n}, axis({i}), out({min(k, n - 1)}))", a, lambda x: np.split(x, n, i)[min(k, n - 1)])
    return case.view(f"array_split({a.text}, {n}, axis({i}), out({k}))", a, lambda x: np.array_split(x, n, i)[k])


def block(case):
    a = case.pick(exact=False)
    return case.view(f"block({a.text}, {a.text})", a, lambda x: np.block([np.asarray(x), np.asarray(x)]))


def meshgrid(case):
    lines = [p for p in case.pool if len(p.shape) == 1]
    if not lines:
        return None
    a, b, rng = case.rng.choice(lines), case.rng.choice(lines), case.rng
    if np.size(a.v) * np.size(b.v) > 10_000:
        return None
    indexing = rng.choice(["xy", "ij"])
    f = lambda x: np.meshgrid(x, np.zeros(b.shape), indexing=indexing)[0]
    return case.made(f'meshgrid({a.text}, {b.text}, indexing("{indexing}"), out(0))', (a, b), lambda: (f(a.v), None if a.tol is None else f(a.tol)))
