"""Random steps for expr_indexing.py: the less usual forms of arguments that NumPy takes."""
import numpy as np

import expr_products
from expr_shaping import summed


def step(case):
    """A value of one of the forms."""
    a = case.array(exact=False)
    return case.rng.choice([take, take_along, compress, compress_shorter, pad, where, frobenius, bools, linalg])(case, a)


def axis_of(case, a):
    """An axis and its length."""
    i = case.axis(len(a.shape))
    return i, a.shape[i] if -len(a.shape) <= i < len(a.shape) else 1


def take(case, a):
    """Lists within lists as indices."""
    rng = case.rng
    flat = rng.random() < 0.3 or not a.shape
    i, n = (None, a.v.size) if flat else axis_of(case, a)
    at = case.indices(n, (rng.randint(1, 3), rng.randint(1, 3)), a.v.size == 0)
    if n == 0:
        return None
    option = "" if flat else f", axis({i})"
    return case.limited(f"take({a.text}, {at.tolist()}{option})", a, lambda x: np.take(x, at, i))


def take_along(case, a):
    """Without an axis, in C order."""
    at = case.fresh(case.indices(a.v.size, (case.rng.choice([0, 1, 3, 7]),), a.v.size == 0))
    return case.limited(f"take_along_axis({a.text}, {at.text}, none)", a, lambda x: np.take_along_axis(x, at.v, None))


def compress(case, a):
    """A list as a mask, of bools or of numbers, and of any length."""
    rng = case.rng
    i, n = axis_of(case, a)
    mask = [rng.choice([True, False] if rng.random() < 0.7 else [0, 1, 2.5]) for _ in range(rng.choice([n, n, n // 2, n + 1]))]
    if not a.shape or n > 2000 or a.v.size == 0 and len(mask) > n:
        return None
    return case.limited(f"compress({mask}, {a.text}, axis({i}))", a, lambda x: np.compress(np.asarray(mask, bool), x, i))


def compress_shorter(case, a):
    """A mask that is an array, shorter than its axis."""
    i, n = axis_of(case, a)
    if not a.shape or n == 0:
        return None
    m = case.fresh(case.mask((case.rng.randrange(n),)))
    return case.opened(case.limited(f"compress({m.text}, {a.text}, axis({i}))", a, lambda x: np.compress(m.v, x, i)))


def pad(case, a):
    """Values of their own at both ends of each axis."""
    rng, rank = case.rng, len(a.shape)
    if rank == 0 or rank > 4 or a.v.dtype == bool or a.tol is not None:
        return None
    widths = [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(rank)]
    values = [[rng.randint(0, 9) for _ in range(rng.choice([1, 2, 2]))] for _ in range(rng.choice([1, rank, rank]))]
    given = values[0] if len(values) == 1 and rng.random() < 0.5 else values
    ends = [(v[0], v[-1]) for v in values]
    return case.limited(f'pad({a.text}, {widths}, "constant", constant_values({given}))', a, lambda x: np.pad(x, widths, constant_values=ends))


def where(case, a):
    """A condition alone."""
    if not a.shape or a.tol is not None:
        return None
    k = case.rng.randrange(len(a.shape))
    return case.opened(case.made(f"where({a.text}, out({k}))", (a,), lambda: (np.where(a.v)[k], None)))


def frobenius(case, a):
    """The norm that has a name."""
    if a.tol is not None or not expr_products.moderate(a.v, 2):
        return None
    name = case.rng.choice(["fro", "fro", "fro", "nuclear"])
    return case.made(f'norm({a.text}, "{name}")', (a,), lambda: expr_products.norm(lambda x: np.linalg.norm(x, name), a.v))


def bools(case, a):
    """true and false, which add an axis."""
    rng = case.rng
    rank, keep = len(a.shape), rng.random() < 0.7
    items = [slice(*case.span(n)) for n in a.shape[:rng.randint(0, rank)]]
    if rng.random() < 0.3:
        items.insert(rng.randint(0, len(items)), None)
    if rng.random() < 0.3:
        items.insert(rng.randint(0, len(items)), ...)
    items.insert(rng.randint(0, len(items)), keep)
    if sum(isinstance(i, slice) for i in items) > rank:
        return None
    text = ", ".join("..." if i is ... else str(i) if not isinstance(i, slice) else ":".join("" if p is None else str(p) for p in (i.start, i.stop, i.step)) for i in items)
    return case.limited(f"{a.text}[{text}]", a, lambda x: x[tuple(items)])


def linalg(case, a):
    """The diagonals of matrices, and their sums."""
    k = case.rng.randint(-3, 3)
    matrices = lambda x: np.linalg.diagonal(np.asarray(x), offset=k)
    if case.rng.random() < 0.5:
        return case.view(f"linalg.diagonal({a.text}, {k})", a, matrices)
    if a.tol is not None:
        return None
    return summed(case, a, f"linalg.trace({a.text}, {k}", matrices)
