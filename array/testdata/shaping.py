"""Writes what NumPy makes of arrays whose elements are 0, 1, 2, …: python shaping.py >shaping.txt

A line is a function, the shape of its array, its integer arguments as lists, and
after "->" the results: types, shapes and elements, or the kind of the error.
"""
import warnings

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

SHAPES = [(), (0,), (0, 3), (3, 0), (1,), (1, 1, 1), (7,), (2, 3), (5, 4, 3), (2, 1, 3, 2), (1, 2, 1, 2, 1, 3, 1, 2)]


def axis(a):
    return None if not a else a[0] if len(a) == 1 else tuple(a)


def mesh(n, indexing, sparse):
    return np.meshgrid(*(np.arange(k) * 10 + i for i, k in enumerate(n)), indexing=indexing, sparse=sparse)


def checked(x, axes, counts=(), least=0):
    """x, where arguments are right that NumPy does not always look at."""
    if x.ndim < least:
        raise ValueError("too few axes")
    normalize_axis_tuple(axes, x.ndim, allow_duplicate=True)
    if any(n < 0 for n in counts):
        raise ValueError("negative counts")
    return x


CALLS = {
    "ravel": lambda x: np.ravel(x),
    "moveaxis": lambda x, s, d: np.moveaxis(x, s, d),
    "swapaxes": lambda x, a: np.swapaxes(x, *a),
    "matrix_transpose": lambda x: np.matrix_transpose(x),
    "flip": lambda x, a: np.flip(x, axis(a)),
    "fliplr": lambda x: np.fliplr(x),
    "flipud": lambda x: np.flipud(x),
    "rot90": lambda x, k, a: np.rot90(checked(x, a), k[0], a),
    "roll": lambda x, s, a: np.roll(x, s[0], axis(a)),
    "atleast_1d": lambda x: np.atleast_1d(x),
    "atleast_2d": lambda x: np.atleast_2d(x),
    "atleast_3d": lambda x: np.atleast_3d(x),
    "concat": lambda x, a: np.concatenate([x, 2 * x, x], axis(a)),
    "stack": lambda x, a: np.stack([x, 2 * x, x], a[0]),
    "vstack": lambda x: np.vstack([x, 2 * x]),
    "hstack": lambda x: np.hstack([x, 2 * x]),
    "dstack": lambda x: np.dstack([x, 2 * x]),
    "block": lambda x: np.block([[x, 2 * x], [3 * x, x]]),
    "split": lambda x, n, a: np.split(x, n[0], a[0]),
    "split_at": lambda x, n, a: np.split(x, n, a[0]),
    "array_split": lambda x, n, a: np.array_split(x, n[0], a[0]),
    "unstack": lambda x, a: np.unstack(checked(x, a), axis=a[0]),
    "repeat": lambda x, n, a: np.repeat(checked(x, [], n), n[0], axis(a)),
    "tile": lambda x, n: np.tile(checked(x, [], n), n),
    "diff": lambda x, n, a: np.diff(checked(x, a), n[0], a[0]),
    "diff_of_bools": lambda x, n, a: np.diff(checked(x, a) % 3 == 0, n[0], a[0]),
    "diff_between": lambda x, n, a: np.diff(checked(x, a), n[0], a[0], prepend=-4.5, append=x),
    "diag": lambda x, k: np.diag(x, k[0]),
    "diagonal": lambda x, k, a: np.diagonal(x, k[0], *a),
    "trace": lambda x, k, a: np.trace(x.astype("i2"), k[0], *a),
    "tril": lambda x, k: np.tril(checked(x, [], least=1), k[0]),
    "triu": lambda x, k: np.triu(checked(x, [], least=1), k[0]),
    "broadcast_arrays": lambda x, n: np.broadcast_arrays(x, np.arange(np.prod(n, dtype=int)).reshape(n), 3),
    # Without an array:
    "eye": lambda _, n: np.eye(*n, dtype="f4"),
    "identity": lambda _, n: np.identity(n[0], dtype="i2"),
    "tri": lambda x, n: (checked(x, [], n[:2]), np.tri(*n, dtype=bool))[1],
    "indices": lambda _, n: np.indices(n, dtype="i4"),
    "meshgrid": lambda _, n: mesh(n, "xy", False),
    "meshgrid_ij": lambda _, n: mesh(n, "ij", False),
    "meshgrid_sparse": lambda _, n: mesh(n, "xy", True),
}


def arguments(name, rank):
    """The arguments that a function is tried with, right ones and wrong ones."""
    last, axes = rank - 1, sorted({0, rank // 2, rank - 1, -1, -rank, rank})
    two = [a for a in ([0, 1], [1, 0], [-1, 0], [-2, -1], [0, 0], [rank, 0], [1, 2]) if a[1] <= rank]
    match name:
        case "moveaxis":
            return [([a], [b]) for a in axes for b in (0, last)] + [([0, 1], [-1, 0]), ([0, 0], [0, 1]), ([0], [0, 1]), ([], [])]
        case "swapaxes":
            return [(a,) for a in two]
        case "flip":
            return [([],)] + [([a],) for a in axes] + [([0, -1],)]
        case "rot90":
            return [([k], a) for k in (-1, 0, 1, 2, 3, 6) for a in two[:3]] + [([1], a) for a in two[3:]]
        case "roll":
            return [([s], []) for s in (1, -4, 100)] + [([s], [a]) for s in (1, -2) for a in axes] + [([2], [0, -1]), ([-7], [-1]), ([1], [0, 0])]
        case "concat":
            return [([],)] + [([a],) for a in axes]
        case "stack":
            return [([a],) for a in sorted({*axes, -rank - 1, -rank - 2, rank + 1})]
        case "unstack":
            return [([a],) for a in axes]
        case "split":
            return [([n], [a]) for n in (1, 2, 3, 0, -1) for a in (0, -1)] + [([1], [rank])]
        case "split_at":
            return [(n, [a]) for n in ([], [1], [1, 2], [2, 1, 9], [-2, -1], [-9]) for a in (0, -1)] + [([1], [rank])]
        case "array_split":
            return [([n], [a]) for n in (2, 3, 9, 0) for a in (0, -1)] + [([1], [rank])]
        case "repeat":
            return [([n], []) for n in (0, 1, 3, -1)] + [([n], [a]) for n in (2, 5) for a in axes] + [([0], [0])]
        case "tile":
            return [([],), ([2],), ([3, 1],), ([2, 0],), ([2, 3, 2],), ([1] * rank,), ([-1],), ([2] + [1] * rank,)]
        case "diff" | "diff_of_bools" | "diff_between":
            return [([n], [a]) for n in (0, 1, 2) for a in axes] + [([3], [0]), ([9], [-1]), ([-1], [0])]
        case "diag" | "tril" | "triu":
            return [([k],) for k in (0, 1, -2, 9, -9)]
        case "diagonal" | "trace":
            return [([k], a) for k in (0, 1, -1, 5) for a in two[:2]] + [([0], a) for a in two[2:]]
        case "broadcast_arrays":
            return [(n,) for n in ([], [1], [3], [4, 1], [2, 1, 1], [0])]
        case "eye" | "tri":
            return [(n,) for n in ([3, 3, 0], [3, 5, 1], [5, 3, -2], [2, 2, 7], [2, 2, -7], [0, 3, 0], [-1, 3, 0])]
        case "identity":
            return [([4],), ([0],)]
        case "indices":
            return [(n,) for n in ([], [3], [2, 3], [0, 2], [2, 1, 3])]
        case "meshgrid" | "meshgrid_ij" | "meshgrid_sparse":
            return [(n,) for n in ([], [3], [2, 3], [3, 0], [2, 1, 3])]
    return [()]


def text(x):
    x = np.asarray(x)
    values = " ".join(repr(v.item()).removesuffix(".0") if x.dtype != bool else str(int(v)) for v in x.ravel())
    return f"{x.dtype} {list(x.shape)} {values}".strip()


def main():
    warnings.simplefilter("ignore")
    for name, call in CALLS.items():
        made = name in ("eye", "identity", "tri", "indices") or name.startswith("meshgrid")
        for shape in [()] if made else SHAPES:
            x = np.arange(float(np.prod(shape))).reshape(shape)
            seen = set()
            for args in arguments(name, len(shape)):
                if repr(args) in seen:
                    continue
                seen.add(repr(args))
                try:
                    out = call(x, *args)
                    results = out if type(out) in (list, tuple) else [out]
                    want = "; ".join(map(text, results))
                except Exception as e:
                    kinds = {ZeroDivisionError: "ValueError"}  # split into 0 parts
                    want = "IndexError" if isinstance(e, IndexError) else kinds.get(type(e), type(e).__name__)
                print(name, list(shape), *args, "->", want)


main()
