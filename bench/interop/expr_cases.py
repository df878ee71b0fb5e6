"""Random cases for expr_check.py: expressions over random arrays, with what they must give."""
import random
import re

import numpy as np

import expr_creating
import expr_reference as ref
import expr_picking
import expr_shaping
from engines import random_engine
from expr_products import Products
from expr_reference import DTYPES, REFUSALS, is_constant

LARGEST = 100_000  # elements of an intermediate result
LONGEST = 3000  # characters of an expression

BINARY = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}
COMPARE = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}
LOGIC = {"&&": "logical_and", "||": "logical_or"}
ALIASES = {"divide": "true_divide", "remainder": "mod", "power": "power", "abs": "absolute", "min": "amin", "max": "amax", "conj": "conjugate",
           "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atan2": "arctan2", "atanh": "arctanh",
           "bitwise_invert": "invert", "bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift", "deg2rad": "radians",
           "rad2deg": "degrees", "round": "around"}
UNARY = """negative abs sqrt exp log sin cos isnan acos acosh asin asinh atan atanh bitwise_invert cbrt ceil conj cosh deg2rad exp2 expm1 floor imag
isfinite isinf isneginf isposinf log10 log1p log2 positive rad2deg real reciprocal rint sign signbit sinh square tan tanh trunc""".split()
BINARY_FUNCTIONS = """floor_divide power power minimum maximum atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign
fmax fmin fmod hypot logaddexp logaddexp2 nextafter""".split()
REDUCTIONS = """sum prod mean var std min max argmin argmax any all count_nonzero
nansum nanprod nanmean nanvar nanstd nanmin nanmax nanargmin nanargmax""".split()


def unknown(v):
    """Whether a value is made of one whose length only computing tells."""
    return getattr(v, "unknown", False) or any(map(unknown, v.parts))


class Value:
    """An expression and what it must give; refusal is the error instead."""

    def __init__(self, text, v, tol=None, parts=(), refusal=None):
        self.text, self.v, self.tol, self.parts, self.refusal = text, v, tol, parts, refusal

    @property
    def shape(self):
        return np.shape(self.v)


class Input(Value):
    """An array of its own, in chunks: lists of lengths."""

    def __init__(self, name, v, chunks, names, waits, once):
        super().__init__(name, v)
        self.chunks, self.names, self.waits, self.once = chunks, names, waits, once


class Case(Products):
    """Inputs, the values that are asked for, and how to compute them; a function of the seed, the types of the inputs and the number of steps."""

    def __init__(self, seed, types=DTYPES, steps=None):
        self.types, self.steps = types, steps
        self.rng = random.Random(seed)
        self.np_rng = np.random.default_rng(self.rng.getrandbits(64))
        self.inputs = []
        self.engine = random_engine(self.rng)
        with np.errstate(all="ignore"):
            self.roots = self.grow()
        if not any(i.once for i in self.inputs):
            self.engine["again"] = self.rng.random() < 0.15

    def grow(self):
        rng = self.rng
        base = self.base_shape()
        self.pool = [self.make_input(base, i) for i in range(rng.choice([1, 1, 2, 2, 3]))]
        for _ in range(self.steps or rng.choice([1, 2, 3, 4, 6, 9])):
            value = self.step()
            if value is None:
                continue
            if value.refusal is not None:
                if self.steps or rng.random() < 0.25:
                    return [value]
                continue
            if np.size(value.v) > LARGEST or np.size(value.v) == 0 and rng.random() < 0.7 or len(value.text) > LONGEST or type(value.v) is int and abs(value.v) >= 2**63:
                continue
            self.pool.append(value)
        roots = [self.pool[-1]]
        if len(self.pool) > 2 and rng.random() < 0.1:
            roots.append(rng.choice(self.pool))
        return roots

    # Inputs.

    def base_shape(self):
        rng = self.rng
        rank = rng.choice([0, 1, 1, 2, 2, 2, 3, 3, 4, 5])
        most = 60_000 if rng.random() < 0.03 else 3000
        while True:
            shape = [rng.choice([1, 2, 2, 3, 3, 4, 5, 7]) for _ in range(rank)]
            if rank and rng.random() < 0.25:
                shape[rng.randrange(rank)] = rng.choice([13, 31, 130, 300, 1500])
            if rank and most > 3000:
                shape[rng.randrange(rank)] = rng.choice([300, 3000, 20_000])
            if rank and rng.random() < 0.06:
                shape[rng.randrange(rank)] = 0
            if np.prod([max(1, n) for n in shape]) <= most:
                return tuple(shape)

    def make_input(self, base, i):
        rng = self.rng
        shape = base
        if i > 0:
            shape = tuple(1 if rng.random() < 0.2 else n for n in base)[rng.choice([0, 0, 0, 1, 2]) if base else 0:]
        d = rng.choice(self.types)
        names = [f"d{axis}" for axis in range(len(shape))] if rng.random() < 0.3 else None
        a = Input("xyz"[i], self.elements(d, shape), [self.partition(n) for n in shape], names,
                  rng.random() < 0.15, rng.random() < 0.1)
        self.inputs.append(a)
        return a

    def partition(self, n):
        """Lengths of blocks along an axis of length n."""
        rng = self.rng
        kind = rng.random()
        if n == 0 or kind < 0.3:
            return [n]
        if kind < 0.55:
            size = rng.randint(max(1, n // 12), n)
            return [size] * (n // size) + ([n % size] if n % size else [])
        cuts = sorted(rng.randint(0, n) for _ in range(rng.randint(1, 5)))
        sizes = [b - a for a, b in zip([0] + cuts, cuts + [n])]
        return sizes if rng.random() < 0.3 else [s for s in sizes if s > 0]

    def elements(self, d, shape):
        rng, g, d = self.rng, self.np_rng, np.dtype(d)
        if d == bool:
            return g.random(shape) < rng.choice([0, 0.05, 0.5, 0.95])
        kind = rng.choice(["small", "small", "any", "special"])
        if d.kind == "c":
            out = np.empty(shape, d)
            part = np.dtype("f4" if d.itemsize == 8 else "f8")
            out.real, out.imag = self.real(part, shape, kind), self.real(part, shape, kind)
            return out
        return self.real(d, shape, kind)

    def real(self, d, shape, kind):
        g = self.np_rng
        if kind == "small":
            return g.integers(0 if d.kind == "u" else -5, 9, shape).astype(d)
        if d.kind in "iu":
            info = np.iinfo(d)
            x = g.integers(info.min, info.max, shape, d, endpoint=True)
            special = [info.min, info.max, 0, 1, info.max - 1, info.min + 1]
        else:
            info = np.finfo(d)
            x = (g.standard_normal(shape) * 10.0 ** g.integers(-2, 3, shape)).astype(d)
            special = [np.nan, np.inf, -np.inf, 0.0, -0.0, info.smallest_subnormal, -info.tiny / 2, info.tiny, info.max, info.min,
                       info.eps, 0.5, -0.5, 1.5, 2.5, 127.5, 255.99, -128.9, 700, -700]
            with np.errstate(over="ignore"):
                special = [d.type(s) for s in special]
        if kind == "special":
            at = g.random(shape) < self.rng.choice([0.1, 0.4, 1])
            x = np.where(at, g.choice(np.array(special, d), shape), x)
        return np.asarray(x, d)

    def dtype(self):
        """An element type for an argument, of those of the inputs more often."""
        return self.rng.choice(self.types if self.rng.random() < 0.6 else DTYPES)

    # Steps.

    def step(self):
        kinds = [self.binary] * 7 + [self.unary] * 4 + [self.compare] * 2 + [self.logic, self.where, self.cast, self.cast, self.parametrized, self.parametrized]
        kinds += [self.reduce] * 6 + [self.ptp, self.average, self.moment, self.close, self.same] + [self.slice] * 4 + [self.transpose, self.reshape, self.reshape, self.concat, self.concat]
        kinds += [self.broadcast, self.expand, self.squeeze, self.rechunk, self.rechunk, self.rechunk, self.constants]
        kinds += self.rng.choices(expr_creating.steps(self), k=2)
        kinds += self.rng.choices(expr_shaping.steps(self), k=6)
        kinds += self.rng.choices(expr_picking.steps(self), k=5)
        kinds += [self.product] * 4
        kinds += [self.flip, self.divmod]
        if self.steps:
            kinds += [self.unary] * 12 + [self.binary] * 6  # which have the most names
            kinds += self.rng.choices(expr_creating.steps(self), k=6)
        return self.rng.choice(kinds)()

    def pick(self, exact=True):
        """One of the values, of the latest more often."""
        pool = [p for p in self.pool if p.tol is None] if exact else self.pool
        return pool[-1] if self.rng.random() < 0.65 else self.rng.choice(pool)

    def mate(self, a):
        """Another operand: mostly one that broadcasts with a, or a constant."""
        rng = self.rng
        if rng.random() < 0.3:
            return self.constant()
        for _ in range(6):
            b = self.pick()
            try:
                np.broadcast_shapes(a.shape, b.shape)
                return b
            except ValueError:
                pass
        return b

    def constant(self):
        rng = self.rng
        text, v = rng.choice([
            ("true", True), ("0", 0), ("1", 1), ("2", 2), ("3", 3), ("-1", -1), ("-3", -3), ("7", 7), ("127", 127), ("200", 200), ("300", 300),
            ("-129", -129), ("70_000", 70000), ("0x7fffffffffffffff", 2**63 - 1), ("9223372036854775808", 2**63), ("-9223372036854775808", -(2**63)),
            ("0.5", 0.5), ("1.5", 1.5), ("-2.25", -2.25), ("1e10", 1e10), ("0.1", 0.1), ("nan", float("nan")), ("inf", float("inf")),
            ("-inf", -float("inf")), ("2i", 2j), ("(1.5 - 2i)", 1.5 - 2j), ("0.0", 0.0), ("-0.0", -0.0), ("pi", np.pi)])
        return Value(text, v)

    def made(self, text, parts, compute):
        try:
            if np.prod(np.broadcast_shapes(*(p.shape for p in parts)), dtype=float) > LARGEST:
                return None
        except ValueError:
            pass
        try:
            v, tol = compute()
        except ref.Unspecified:
            return None
        except REFUSALS as refusal:
            if "too large to convert to C long" in str(refusal):
                return None  # NumPy has 2**63 only beside uint64
            return Value(text, None, None, parts, refusal)
        return Value(text, v if is_constant(v) else np.asarray(v), tol, parts)

    def call(self, name, *parts):
        if self.rng.random() < 0.3:
            name = ALIASES.get(name, name)
        return f"{'pow' if name == 'power' and self.rng.random() < 0.7 else name}({', '.join(p.text for p in parts)})"

    def elementwise(self, text, name, *parts):
        return self.made(text, parts, lambda: ref.elementwise(name, *(p.v for p in parts)))

    def pair(self):
        a = self.pick()
        b = self.mate(a)
        return (a, b) if self.rng.random() < 0.6 else (b, a)

    def binary(self):
        a, b = self.pair()
        if self.rng.random() < 0.6:
            op, name = self.rng.choice(list(BINARY.items()))
            if is_constant(a.v) and is_constant(b.v):
                return self.folded(op, a, b)
            return self.elementwise(f"({a.text} {op} {b.text})", name, a, b)
        name = self.rng.choice([*BINARY_FUNCTIONS, *BINARY.values()])
        return self.elementwise(self.call(name, a, b), name, a, b)

    def compare(self):
        a, b = self.pair()
        op, name = self.rng.choice(list(COMPARE.items()))
        if is_constant(a.v) and is_constant(b.v):
            return self.folded(op, a, b)
        if self.rng.random() < 0.7:
            return self.elementwise(f"({a.text} {op} {b.text})", name, a, b)
        return self.elementwise(self.call(name, a, b), name, a, b)

    def logic(self):
        a, b = self.pair()
        op, name = self.rng.choice(list(LOGIC.items()))
        if self.rng.random() < 0.3:
            return self.elementwise(self.call("logical_not", a), "logical_not", a)
        if self.rng.random() < 0.3 and not (is_constant(a.v) and is_constant(b.v)):
            return self.elementwise(self.call("logical_xor", a, b), "logical_xor", a, b)
        if is_constant(a.v) and is_constant(b.v):
            return None
        return self.elementwise(f"({a.text} {op} {b.text})", name, a, b)

    def folded(self, op, a, b):
        """An operator between constants, by Python's rules."""
        if any(type(p.v) is int and not -(2**63) <= p.v < 2**63 for p in (a, b)):
            return None  # Gabion's are of 64 bits
        if any(type(p.v) is complex for p in (a, b)) and (op == "/" or any(p.v != p.v or abs(p.v) == float("inf") for p in (a, b))):
            return None  # the last bit, and products with infinity, are not Python's
        return self.made(f"({a.text} {op} {b.text})", (a, b), lambda: (eval(f"a {op} b", {"a": a.v, "b": b.v}), None))

    def constants(self):
        return self.folded(self.rng.choice([*BINARY, *COMPARE]), self.constant(), self.constant())

    def divmod(self):
        a, b = self.pair()
        if is_constant(a.v) and is_constant(b.v):
            return None
        out = self.rng.randint(0, 1)
        text = f"divmod({a.text}, {b.text}, out({out}))"
        return self.elementwise(text, ["floor_divide", "remainder"][out], a, b)

    def unary(self):
        a = self.pick() if self.rng.random() < 0.97 else self.constant()
        name = self.rng.choice(UNARY)
        if name == "negative" and not is_constant(a.v) and self.rng.random() < 0.8:
            return self.elementwise(f"(-{a.text})", name, a)
        return self.elementwise(self.call(name, a), name, a)

    def parametrized(self):
        """The elementwise operations that have parameters, and that of the parts of complex numbers."""
        rng = self.rng
        kind = rng.choice(["clip", "clip", "round", "nan_to_num", "isclose", "complex"])
        if kind == "complex":
            a, b = self.pair()
            return self.made(self.call("complex", a, b), (a, b), lambda: ref.joined(a.v, b.v))
        if kind == "isclose":
            a, b = self.pair()
            options = {name: rng.choice([0.0, 1e-3, 0.5, 3.0]) for name in rng.sample(["rtol", "atol"], rng.randint(0, 2))}
            texts = [f"{name}({v})" for name, v in options.items()]
            if rng.random() < 0.4:
                options["equal_nan"] = rng.random() < 0.8
                texts.append(f"equal_nan({str(options['equal_nan']).lower()})")
            return self.made(f"isclose({', '.join([a.text, b.text, *texts])})", (a, b), lambda: ref.isclose(a.v, b.v, **options))
        a = self.pick()
        if is_constant(a.v):
            return None
        if kind == "round":
            decimals = rng.choice([0, 0, 1, 2, 3, 17, -1, -1, -2, -3, -5, -19, -25, 300, 310])
            text = self.call("round", a, Value(str(decimals), decimals)) if decimals or rng.random() < 0.5 else self.call("round", a)
            return self.made(text, (a,), lambda: ref.rounding(a.v, decimals))
        if kind == "nan_to_num":
            numbers = [rng.choice([None, 0, 1, -7, 0.1, 1e10, float("inf"), float("nan")]) for _ in range(3)]
            texts = ["none" if v is None else str(v) for v in numbers]
            if rng.random() < 0.5:
                given = [(name, text) for name, text in zip(["nan", "posinf", "neginf"], texts) if text != "none"]
                text = f"nan_to_num({', '.join([a.text] + [f'{name}({text})' for name, text in given])})"
            else:
                count = rng.randint(0, 3)
                numbers = numbers[:count] + [None] * (3 - count)
                text = f"nan_to_num({', '.join([a.text, *texts[:count]])})"
            return self.made(text, (a,), lambda: ref.nan_to_num(a.v, *numbers))
        low, high = self.mate(a), self.mate(a)
        if any(p.text.startswith(("min(", "max(")) for p in (a, low, high)):
            return None  # which are its options
        missing = rng.random()
        if missing < 0.06:
            return self.made(f"clip({a.text}{rng.choice(['', ', none', ', none, none'])})", (a,), lambda: ref.clip(a.v, None, None))
        if missing < 0.2:
            return self.made(f"clip({a.text}, none, {high.text})", (a, high), lambda: ref.clip(a.v, None, high.v))
        if missing < 0.4:
            text = f"clip({a.text}, {low.text})" if rng.random() < 0.5 else f"clip({a.text}, {low.text}, none)"
            return self.made(text, (a, low), lambda: ref.clip(a.v, low.v, None))
        return self.made(self.call("clip", a, low, high), (a, low, high), lambda: ref.clip(a.v, low.v, high.v))

    def where(self):
        a, b = self.pair()
        cond = self.mate(a)
        return self.made(self.call("where", cond, a, b), (cond, a, b), lambda: ref.where(cond.v, a.v, b.v))

    def cast(self):
        a, d = self.pick(), self.dtype()
        text = f"{d}({a.text})" if self.rng.random() < 0.5 else f'astype({a.text}, "{d}")'
        return self.made(text, (a,), lambda: ref.astype(a.v, d))

    def axes(self, rank, least=0):
        """Some axes, negative or not; rarely nonsense."""
        rng = self.rng
        axes = rng.sample(range(rank), rng.randint(min(least, rank), rank))
        axes = [axis - rank if rng.random() < 0.3 else axis for axis in axes]
        if rng.random() < 0.03:
            axes.append(rng.choice([rank, -rank - 1, 0]))
        return axes

    def reduce(self):
        rng = self.rng
        a, name = self.pick(), rng.choice(REDUCTIONS)
        args, axis, rank = [a.text], None, len(a.shape)
        form = rng.random()
        if name in ref.POSITIONS:
            form *= 0.6
        if form < 0.3:
            pass
        elif form < 0.6 and rank:
            axis = (self.axes(rank, 1) or [0])[0]
            named = isinstance(a, Input) and a.names and -rank <= axis < rank and rng.random() < 0.6
            args.append(f'"{a.names[axis]}"' if named else f"{axis}" if rng.random() < 0.7 else f"axis({axis})")
        elif name not in ref.POSITIONS:
            axis = tuple(self.axes(rank))
            args.append(f"axes({', '.join(map(str, axis))})")
        keepdims = rng.random() < 0.3
        if keepdims:
            args.append("keepdims(true)")
        correction = d = None
        if name in ref.SPREADS and rng.random() < 0.5:
            correction = rng.choice([0, 1, 1, 2, 0.5, 100])
            args.append(f"{rng.choice(['correction', 'ddof'])}({correction})")
        if name in ref.ACCUMULATING and rng.random() < 0.4:
            d = self.dtype()
            args.append(f'dtype("{d}")')
        name_text = ALIASES.get(name, name) if rng.random() < 0.3 else name
        return self.made(f"{name_text}({', '.join(args)})", (a,), lambda: ref.reduction(name, a.v, axis, keepdims, correction, d))

    def along(self, rank):
        """The axes of an operation made of reductions, and how they and keepdims are written."""
        axis, args = None, []
        if self.rng.random() < 0.6:
            axis = tuple(self.axes(rank))
            args.append(f"axes({', '.join(map(str, axis))})")
        keepdims = self.rng.random() < 0.3
        if keepdims:
            args.append("keepdims(true)")
        return axis, keepdims, args

    def ptp(self):
        a = self.pick()
        axis, keepdims, args = self.along(len(a.shape))
        if np.asarray(a.v).dtype == bool and unknown(a):
            return None  # of which Gabion does not know whether it is empty
        return self.made(f"ptp({', '.join([a.text] + args)})", (a,), lambda: ref.ptp(a.v, axis, keepdims))

    def average(self):
        rng, a = self.rng, self.pick()
        if is_constant(a.v):
            return None
        axis, keepdims, args = self.along(len(a.shape))
        alike = [p for p in self.pool if p.tol is None and p.shape == a.shape and not is_constant(p.v)]
        kind = rng.random()
        if kind < 0.1:
            return self.made(f"average({', '.join([a.text] + args)})", (a,), lambda: ref.reduction("mean", a.v, axis, keepdims, None))
        if kind < 0.5 or not a.shape:
            w = rng.choice(alike)
        elif kind < 0.9:  # of one axis
            i = rng.randrange(len(a.shape))
            n = a.shape[i]
            axis = (i,)
            args = [f"axis({i})"] + ["keepdims(true)"] * keepdims
            w = Value(f"(arange({n}) % 5 + {k})", np.arange(n) % 5 + k) if (k := rng.choice([0, 1, -2])) else Value(f"arange({n})", np.arange(n))
        else:  # which do not fit, mostly
            w = rng.choice(self.pool)
            if w.tol is not None or is_constant(w.v):
                return None
        return self.made(f"average({', '.join([a.text] + args + [f'weights({w.text})'])})", (a, w), lambda: ref.average(a.v, axis, keepdims, w.v))

    def moment(self):
        a, order = self.pick(), self.rng.choice([0, 1, 2, 2, 3, 3, 4, 5, 7])
        axis, keepdims, args = self.along(len(a.shape))
        return self.made(f"moment({', '.join([a.text, str(order)] + args)})", (a,), lambda: ref.moment(a.v, order, axis, keepdims))

    def close(self):
        rng = self.rng
        a, b = self.pair()
        if rng.random() < 0.4:
            b = a
        if is_constant(a.v) and is_constant(b.v) or any(type(p.v) is int and not -(2**63) <= p.v < 2**63 for p in (a, b)):
            return None
        if any(is_constant(p.v) and abs(p.v) > 30_000 for p in (a, b)) and "float16" in (np.asarray(p.v).dtype for p in (a, b)):
            return None  # which NumPy's bound takes for infinity
        options, args = {}, [a.text, b.text]
        for name, values in (("rtol", [0, 1e-3, 0.5]), ("atol", [0, 0.5, 100])):
            if rng.random() < 0.4:
                options[name] = rng.choice(values)
                args.append(f"{name}({options[name]})")
        if rng.random() < 0.5:
            options["equal_nan"] = rng.random() < 0.7
            args.append(f"equal_nan({str(options['equal_nan']).lower()})")
        return self.made(f"allclose({', '.join(args)})", (a, b), lambda: (np.asarray(np.allclose(a.v, b.v, **options)), None))

    def same(self):
        rng, a = self.rng, self.pick()
        b = a if rng.random() < 0.5 else self.pick()
        if is_constant(a.v) or is_constant(b.v):
            return None  # which NumPy takes for arrays of their own types
        nan = rng.random() < 0.5
        text = f"array_equal({a.text}, {b.text}{', equal_nan(true)' if nan else ''})"
        return self.made(text, (a, b), lambda: (np.asarray(np.array_equal(a.v, b.v, equal_nan=nan)), None))

    def view(self, text, a, f):
        """A step that only moves elements."""
        return self.made(text, (a,), lambda: (f(a.v), None if a.tol is None else f(a.tol)))

    def number(self, n):
        return self.rng.randint(-n - 2, n + 2) if self.rng.random() < 0.3 else self.rng.randint(0, n)

    def span(self, n):
        rng = self.rng
        start, stop = (self.number(n) if rng.random() < 0.6 else None for _ in range(2))
        step = rng.choice([None, 1, 2, 3, 5, -1, -2, -3, 100, -100]) if rng.random() < 0.6 else None
        return start, stop, step

    def slice(self):
        rng, a = self.rng, self.pick(exact=False)
        rank = len(a.shape)
        if rank and rng.random() < 0.25 and not is_constant(a.v):
            if rng.random() < 0.3:
                i = rng.randrange(-a.shape[0], a.shape[0]) if a.shape[0] and rng.random() < 0.9 else a.shape[0]
                return self.view(f"{a.text}[{i}]", a, lambda x: x[i])
            start, stop, step = self.span(a.shape[0])
            text = lambda i: "" if i is None else str(i)
            if step is not None:
                stop = a.shape[0] if stop is None else stop
                return self.view(f"{a.text}[{text(start)}:{stop}:{step}]", a, lambda x: x[start:stop:step])
            return self.view(f"{a.text}[{text(start)}:{text(stop)}]", a, lambda x: x[start:stop])
        items, texts, dots = [], [], rng.random() < 0.2
        for axis in range(rank if rng.random() < 0.7 or rank == 0 else rng.randint(1, rank)):
            if rng.random() < 0.12:
                items.append(None)
                texts.append(rng.choice(["newaxis", "None"]))
            if dots and rng.random() < 0.3:
                items.append(Ellipsis)
                texts.append("...")
                dots = False
                continue  # what follows is for other axes than this loop thinks, and may be out of range
            n = a.shape[axis]
            if n and rng.random() < 0.2:
                i = rng.randrange(-n, n) if rng.random() < 0.95 else n
                items.append(i)
                texts.append(str(i))
            else:
                s = self.span(n) if rng.random() < 0.7 else (None, None, None)
                items.append(slice(*s))
                parts = ["" if p is None else str(p) for p in s]
                texts.append(":".join(parts if parts[2] else parts[:2]))
        if not items or rng.random() < 0.1:
            items.append(None)
            texts.append("newaxis")
        return self.view(f'slice({a.text}, "{", ".join(texts)}")', a, lambda x: np.asarray(x)[tuple(items)])

    def transpose(self):
        rng, a = self.rng, self.pick(exact=False)
        rank = len(a.shape)
        if rng.random() < 0.4:
            return self.view(f"transpose({a.text})", a, np.transpose)
        axes = rng.sample(range(rank), rank)
        axes = [axis - rank if rng.random() < 0.2 else axis for axis in axes]
        if rank > 1 and rng.random() < 0.03:
            axes[0] = axes[1]
        if not axes:
            return None
        return self.view(f"transpose({a.text}, axes({', '.join(map(str, axes))}))", a, lambda x: np.transpose(x, axes))

    def flip(self):
        rng, a = self.rng, self.pick(exact=False)
        axes = tuple(self.axes(len(a.shape), 1)) if rng.random() < 0.7 else ()
        if not axes:
            return self.view(f"flip({a.text})", a, lambda x: np.flip(np.asarray(x)))
        return self.view(f"flip({a.text}, axis({', '.join(map(str, axes))}))", a, lambda x: np.flip(np.asarray(x), axes))

    def reshape(self):
        rng, a = self.rng, self.pick(exact=False)
        n = int(np.prod(a.shape))
        shape, rest = [], n
        for _ in range(rng.randint(0, 4)):
            divisors = [k for k in (1, 2, 3, 4, 5, 7, 10, 13, 30) if rest % k == 0] if rest else [0, 1, 2, 3]
            k = rng.choice(divisors)
            shape.append(k)
            rest = rest // k if k else 0
        shape.insert(rng.randint(0, len(shape)), rest if n else rng.choice([0, 3]))
        if rng.random() < 0.4:
            shape[rng.randrange(len(shape))] = -1
        if rng.random() < 0.03:
            shape[0] = rng.choice([-1, 3])
        if n == 1 and rng.random() < 0.3:
            shape = []
        return self.view(f"reshape({a.text}, shape({', '.join(map(str, shape))}))", a, lambda x: np.reshape(x, shape))

    def concat(self):
        rng, a = self.rng, self.pick(exact=False)
        rank = len(a.shape)
        axis = rng.randrange(-rank, rank) if rank and rng.random() < 0.97 else 0
        parts = [a]
        fits = [p for p in self.pool if len(p.shape) == rank and rank and
                all(m == n or i == axis % rank for i, (m, n) in enumerate(zip(p.shape, a.shape)))]
        for _ in range(rng.choice([1, 1, 2, 3])):
            parts.append(rng.choice(fits) if fits and rng.random() < 0.95 else self.pick(exact=False))
        option = "" if axis == 0 and rng.random() < 0.5 else f", axis({axis})"

        def compute():
            v = np.concatenate([p.v for p in parts], axis)
            if all(p.tol is None for p in parts):
                return v, None
            if any(p.tol is not None and np.asarray(p.v).dtype != v.dtype for p in parts):
                raise ref.Unspecified("how far from a result with a tolerance its conversion may be")
            return v, np.concatenate([np.zeros(p.shape) if p.tol is None else p.tol for p in parts], axis)
        return self.made(f"concat({', '.join(p.text for p in parts)}{option})", parts, compute)

    def broadcast(self):
        rng, a = self.rng, self.pick(exact=False)
        shape = [rng.choice([0, 2, 3, 6]) if n == 1 and rng.random() < 0.7 else n for n in a.shape]
        shape = [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 1, 2]))] + shape
        if shape and rng.random() < 0.03:
            shape[-1] += 1
        return self.view(f"broadcast_to({a.text}, shape({', '.join(map(str, shape))}))", a, lambda x: np.broadcast_to(x, shape))

    def expand(self):
        a = self.pick(exact=False)
        count = self.rng.randint(1, 2)
        rank = len(a.shape) + count
        axes = tuple(self.rng.randrange(-rank, rank) for _ in range(count))
        return self.view(f"expand_dims({a.text}, axes({', '.join(map(str, axes))}))", a, lambda x: np.expand_dims(x, axes))

    def squeeze(self):
        rng, a = self.rng, self.pick(exact=False)
        ones = [i for i, n in enumerate(a.shape) if n == 1]
        if rng.random() < 0.4:
            return self.view(f"squeeze({a.text})", a, np.squeeze)
        axes = tuple(rng.sample(ones, rng.randint(0, len(ones))))
        if a.shape and rng.random() < 0.1:
            axes = (rng.randrange(len(a.shape)),)
        if not axes:
            return None
        return self.view(f"squeeze({a.text}, axes({', '.join(map(str, axes))}))", a, lambda x: np.squeeze(x, axes))

    def rechunk(self):
        rng, a = self.rng, self.pick(exact=False)
        if is_constant(a.v):
            return None
        parts = []
        for n in a.shape:
            kind = rng.random()
            parts.append("+".join(map(str, self.partition(n))) if kind < 0.6 else rng.choice(["-1", "auto", str(rng.randint(1, n + 2))]))
        text = f'"{", ".join(parts)}"' if parts and rng.random() < 0.9 else str(rng.randint(1, 7))
        return self.view(f"rechunk({a.text}, {text})", a, lambda x: x)


def without_input(text, name):
    """Whether an expression does not use an input."""
    return re.search(rf"\b{name}\b", text) is None
