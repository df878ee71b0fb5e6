"""Random steps for expr_cases.py: functions that make arrays, with and without an element type."""
import numpy as np

import expr_reference as ref
from expr_shaping import listed


def steps(case):
    """The kinds of steps, each as often as it is in the list."""
    return [lambda f=f: f(case) for f in (constant, full, arange, arange, matrix, matrix, identity, linspace, linspace, indices, like, like)]


def typed(case, text, f):
    """An array that is made with an element type or without: text is the call without its last bracket, f takes a type or None."""
    rng = case.rng
    if rng.random() < 0.2:
        return case.made(f"{text})", (), lambda: (f(None), None))
    d = case.dtype()
    return case.made(f'{text}, dtype("{d}"))', (), lambda: (f(np.dtype(d)), None))


def shape_of(case):
    return case.rng.choice(case.pool).shape


def constant(case):
    """Gabion's empty is zeros, of which NumPy says nothing."""
    rng, shape = case.rng, shape_of(case)
    name, f = rng.choice([("zeros", np.zeros), ("ones", np.ones), ("empty", np.zeros)])
    return typed(case, f"{name}(shape({listed(shape)})", lambda d: f(shape, d))


def converted(v, d):
    """A number as an element of a type."""
    return ref.astype(v, d)[0] if type(v) in (float, complex) and d.kind in "iu" else v


def full(case):
    shape, c = shape_of(case), case.constant()
    return typed(case, f"full(shape({listed(shape)}), {c.text}", lambda d: np.full(shape, converted(c.v, d) if d else c.v, d))


def arange(case):
    """In quarters, which floating-point types have exactly; whole numbers are integers or not. NumPy rounds steps of integers that have a fraction."""
    rng = case.rng
    if rng.random() < 0.3:
        numbers = [rng.randint(0, 9)]
    else:
        numbers = [rng.randint(-9, 9) for _ in range(rng.choice([2, 3, 3]))]
    if rng.random() < 0.3:
        numbers = [n * 50 for n in numbers]  # beyond the least types
    if rng.random() < 0.5:
        numbers = [rng.choice([n, n * 0.25, float(n)]) for n in numbers]

    def ranged(d):
        if d == bool and numbers[2:] != [0]:
            raise TypeError("which NumPy has of two elements")
        if d and d.kind in "iu" and numbers[2:] and numbers[2] % 1:
            raise ref.Unspecified("steps that are rounded")
        return np.arange(*numbers, dtype=d)
    return typed(case, f"arange({listed(numbers)}", ranged)


def matrix(case):
    rng = case.rng
    name = rng.choice(["eye", "tri"])
    numbers = [rng.randint(0, 6), rng.randint(0, 6), rng.randint(-7, 7)][:rng.choice([1, 2, 3, 3])]
    return typed(case, f"{name}({listed(numbers)}", lambda d: getattr(np, name)(*numbers, dtype=d or float))


def identity(case):
    n = case.rng.randint(0, 7)
    return typed(case, f"identity({n}", lambda d: np.identity(n, d))


def linspace(case):
    """Integers are rounded down; those beyond their type are as astype has them."""
    rng = case.rng
    a, b, n = rng.choice([0, -1.5, 0.1, 7, -300, 1e300]), rng.choice([1, 0.1, -3, 1e-320, 1e10]), rng.randint(0, 9)
    endpoint, text = True, f"linspace({a}, {b}, {n}"
    if rng.random() < 0.6:
        endpoint = rng.random() < 0.3
        text += f", endpoint({str(endpoint).lower()})"

    def spaced(d):
        if d and d.kind in "iu":
            return ref.astype(np.floor(np.linspace(a, b, n, endpoint)), d)[0]
        return np.linspace(a, b, n, endpoint, dtype=d)
    return typed(case, text, spaced)


def indices(case):
    """Those of bools tell 0 from the others, also where NumPy refuses them, beyond a length of 2. In brackets, as they would be an option of take."""
    shape = shape_of(case)
    value = typed(case, f"indices(shape({listed(shape)})", lambda d: np.indices(shape) != 0 if d == bool else np.indices(shape, d or int))
    value.text = f"({value.text})"
    return value


def like(case):
    """empty_like is zeros_like."""
    rng, a, c = case.rng, case.pick(exact=False), case.constant()
    name = rng.choice(["zeros_like", "ones_like", "empty_like", "full_like"])
    d = case.dtype() if rng.random() < 0.5 else None
    option = f', dtype("{d}")' if d else ""
    if name == "full_like":
        own = np.dtype(d) if d else np.asarray(a.v).dtype
        return case.made(f"full_like({a.text}, {c.text}{option})", (a, c), lambda: (np.full_like(a.v, converted(c.v, own), dtype=d), None))
    f = np.ones_like if name == "ones_like" else np.zeros_like
    return case.made(f"{name}({a.text}{option})", (a,), lambda: (f(a.v, dtype=d), None))
