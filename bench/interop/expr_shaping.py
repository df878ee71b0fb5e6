"""Random steps for expr_cases.py: functions that arrange elements anew."""
import numpy as np

import expr_reference as ref


def steps(case):
    """The kinds of steps, each as often as it is in the list."""
    return [lambda f=f: f(case) for f in (
        flip, rot90, roll, roll, moveaxis, swapaxes, simple, simple, stack, stacks, repeat, tile, diff, diff, diag, triangle,
        diagonal, diagonal, trace)]


def axis(case, rank):
    """An axis, negative or not; rarely nonsense."""
    rng = case.rng
    if rank == 0 or rng.random() < 0.03:
        return rng.choice([rank, -rank - 1])
    return rng.randrange(-rank, rank)


def pair(case, rank):
    """Two axes, mostly different ones."""
    if rank < 2 or case.rng.random() < 0.04:
        return axis(case, rank), axis(case, rank)
    return tuple(a - rank if case.rng.random() < 0.3 else a for a in case.rng.sample(range(rank), 2))


def listed(axes):
    return ", ".join(map(str, axes))


def flip(case):
    a = case.pick(exact=False)
    axes = case.axes(len(a.shape))
    if not axes:
        return case.view(f"flip({a.text})", a, np.flip)
    return case.view(f"flip({a.text}, axes({listed(axes)}))", a, lambda x: np.flip(x, tuple(axes)))


def rot90(case):
    a, k = case.pick(exact=False), case.rng.randint(-5, 5)
    axes = pair(case, len(a.shape))
    if any(not -len(a.shape) <= i < len(a.shape) for i in axes):
        return None  # a ValueError in NumPy
    return case.view(f"rot90({a.text}, {k}, axes({listed(axes)}))", a, lambda x: np.rot90(x, k, axes))


def roll(case):
    a = case.pick(exact=False)
    shift = case.rng.choice([0, 1, -1, 2, 5, -7, 100, -1234])
    axes = case.axes(len(a.shape), 1)
    if not axes or case.rng.random() < 0.25:
        if case.rng.random() < 0.3:
            shift = [shift, case.rng.randint(-9, 9)]
        text = f"shift({listed(shift)})" if isinstance(shift, list) else shift
        return case.view(f"roll({a.text}, {text})", a, lambda x: np.roll(x, shift))
    return case.view(f"roll({a.text}, {shift}, axes({listed(axes)}))", a, lambda x: np.roll(x, shift, tuple(axes)))


def moveaxis(case):
    a = case.pick(exact=False)
    i, k = axis(case, len(a.shape)), axis(case, len(a.shape))
    return case.view(f"moveaxis({a.text}, {i}, {k})", a, lambda x: np.moveaxis(np.asarray(x), i, k))


def swapaxes(case):
    a = case.pick(exact=False)
    i, k = axis(case, len(a.shape)), axis(case, len(a.shape))
    return case.view(f"swapaxes({a.text}, {i}, {k})", a, lambda x: np.swapaxes(x, i, k))


def simple(case):
    a = case.pick(exact=False)
    name = case.rng.choice("ravel fliplr flipud atleast_1d atleast_2d atleast_3d matrix_transpose".split())
    return case.view(f"{name}({a.text})", a, lambda x: getattr(np, name)(np.asarray(x)))


def several(case, a):
    """Arrays of the shape of a, or mostly so."""
    rng = case.rng
    fits = [p for p in case.pool if p.shape == a.shape]
    return [a] + [rng.choice(fits) if rng.random() < 0.95 else case.pick(exact=False) for _ in range(rng.choice([1, 1, 2]))]


def joined(case, text, parts, f):
    def compute():
        v = f([p.v for p in parts])
        if all(p.tol is None for p in parts):
            return v, None
        if any(p.tol is not None and np.asarray(p.v).dtype != v.dtype for p in parts):
            raise ref.Unspecified("how far from a result with a tolerance its conversion may be")
        return v, f([np.zeros(p.shape) if p.tol is None else p.tol for p in parts])
    return case.made(text, parts, compute)


def stack(case):
    parts = several(case, case.pick(exact=False))
    i = axis(case, len(parts[0].shape) + 1)
    return joined(case, f"stack({', '.join(p.text for p in parts)}, axis({i}))", parts, lambda v: np.stack(v, i))


def stacks(case):
    parts = several(case, case.pick(exact=False))
    name = case.rng.choice(["vstack", "hstack", "dstack"])
    return joined(case, f"{name}({', '.join(p.text for p in parts)})", parts, getattr(np, name))


def repeat(case):
    a, n = case.pick(exact=False), case.rng.choice([0, 1, 2, 3, 7])
    if case.rng.random() < 0.25:
        return case.view(f"repeat({a.text}, {n})", a, lambda x: np.repeat(x, n))
    i = axis(case, len(a.shape))
    return case.view(f"repeat({a.text}, {n}, axis({i}))", a, lambda x: np.repeat(np.asarray(x), n, i))


def tile(case):
    a, rng = case.pick(exact=False), case.rng
    times = [rng.choice([0, 1, 1, 1, 2, 3] if rng.random() < 0.3 else [1, 1, 2, 3]) for _ in range(rng.randint(0, len(a.shape) + 2))]
    if np.prod(times, dtype=float) * np.size(a.v) > 10**6:
        return None
    return case.view(f"tile({a.text}, repetitions({listed(times)}))", a, lambda x: np.tile(x, times))


def diff(case):
    a, n = case.pick(), case.rng.choice([0, 1, 1, 2, 3])
    i = axis(case, len(a.shape))
    if not a.shape or n == 0 and not -len(a.shape) <= i < len(a.shape):
        return None  # a ValueError in NumPy, or an axis that it does not look at
    return case.made(f"diff({a.text}, n({n}), axis({i}))", (a,), lambda: (np.diff(np.asarray(a.v), n, i), None))


def diag(case):
    a, k = case.pick(exact=False), case.rng.randint(-4, 4)
    if len(a.shape) == 1 and a.shape[0] > 1000:
        return None  # too large a square
    return case.view(f"diag({a.text}, {k})", a, lambda x: np.diag(x, k))


def triangle(case):
    a, k = case.pick(exact=False), case.rng.randint(-4, 4)
    if not a.shape or len(a.shape) == 1 and a.shape[0] > 300:
        return None  # which NumPy refuses as a mistake of its own
    name = case.rng.choice(["tril", "triu"])
    return case.view(f"{name}({a.text}, {k})", a, lambda x: getattr(np, name)(x, k))


def diagonal(case):
    a, k = case.pick(exact=False), case.rng.randint(-3, 3)
    axes = pair(case, len(a.shape))
    if case.rng.random() < 0.2:
        return case.view(f"diagonal({a.text})", a, lambda x: np.diagonal(np.asarray(x)))
    return case.view(f"diagonal({a.text}, {k}, axis1({axes[0]}), axis2({axes[1]}))", a, lambda x: np.diagonal(np.asarray(x), k, *axes))


def trace(case):
    a, k = case.pick(), case.rng.randint(-3, 3)
    axes = pair(case, len(a.shape))
    return summed(case, a, f"trace({a.text}, {k}, axis1({axes[0]}), axis2({axes[1]})", lambda x: np.diagonal(x, k, *axes))


def summed(case, a, call, diagonal):
    """The sum of a diagonal, in a type perhaps."""
    d = case.dtype() if case.rng.random() < 0.3 else None
    option = f', dtype("{d}")' if d else ""
    return case.made(f"{call}{option})", (a,), lambda: ref.reduction("sum", diagonal(np.asarray(a.v)), -1, False, None, d))
