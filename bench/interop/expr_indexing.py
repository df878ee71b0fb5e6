"""Random indexing for serve_check.py: parts by lists, arrays and masks, what sets them, and operations along axes.

Expressions have Python's lists and indices, which array/expr does not have:
x[[0, 2], ..., -1], and key[…] for the index of setitem.
"""
import numpy as np

import expr_forms
import expr_reference as ref
from expr_cases import LARGEST, Case, Input, Value, unknown
from expr_indexing_reference import cumulative, outer, replaced, top

MODES = ["constant", "edge", "reflect", "symmetric", "wrap"]


def overlooked(shape, items):
    """Whether NumPy looks at no index because a mask beside it is nowhere true; Gabion does."""
    nowhere = [i for i in items if isinstance(i, np.ndarray) and i.dtype == bool and i.size and not i.any()]
    if not nowhere:
        return False
    x = np.broadcast_to(False, shape)
    somewhere = lambda i: np.arange(i.size).reshape(i.shape) == 0 if any(i is j for j in nowhere) else i
    try:
        x[items]
        x[tuple(map(somewhere, items))]
    except IndexError:
        return True  # those that NumPy refuses too do not matter
    return False


class IndexingCase(Case):
    """A Case whose steps are mostly indexing; inputs have up to 8 axes, and axes without elements more often."""

    def base_shape(self):
        rng = self.rng
        if rng.random() < 0.5:
            return super().base_shape()
        shape = [rng.choice([1, 2, 3, 4]) for _ in range(rng.randint(1, 8))]
        if rng.random() < 0.2:
            shape[rng.randrange(len(shape))] = 0
        while np.prod(shape) > 3000:
            shape[rng.randrange(len(shape))] = 1
        return tuple(shape)

    def step(self):
        rng = self.rng
        if rng.random() < 0.3:
            return super().step()
        steps = [self.part] * 5 + [self.outer] * 2 + [self.set] * 5 + [self.take] * 2 + [self.along_axis, self.pad, self.pad, self.repeat_each, self.compress, self.extract, self.places,
                 self.search, self.cumulate, self.cumulate, self.best, self.windows, self.coarsen] + [lambda: expr_forms.step(self)] * 3
        value = rng.choice(steps)()
        if value is not None and value.v is not None and len(value.shape) > 16:
            return None
        return value

    def squeeze(self):
        value = super().squeeze()
        return None if value is not None and any(map(unknown, value.parts)) else value  # whether an axis goes depends on its length

    def norm(self):
        value = super().norm()
        return None if value is not None and any(p.v.size == 0 and unknown(p) for p in value.parts) else value  # 0, if it is known that there are none

    # Arrays beside those that there are.

    def fresh(self, v):
        """An input with the elements of v."""
        v = np.asarray(v)
        a = Input(f"i{len(self.inputs)}", v, [self.partition(n) for n in v.shape], None, False, False)
        self.inputs.append(a)
        return a

    def array(self, exact=True):
        """A value that is no constant."""
        for _ in range(8):
            a = self.pick(exact)
            if not ref.is_constant(a.v):
                return a
        return self.pool[0]

    def axis(self, rank):
        """An axis, negative or not; rarely nonsense."""
        if rank == 0 or self.rng.random() < 0.02:
            return self.rng.choice([rank, -rank - 1])
        return self.rng.randrange(-rank, rank)

    def indices(self, n, shape, sure=False):
        """Indices for an axis of length n, some of them negative; rarely one out of range, unless they are to be sure."""
        size = int(np.prod(shape))
        if n == 0 and size and (sure or self.rng.random() < 0.9):
            return np.zeros(0, "i8")
        low = 0 if self.rng.random() < 0.5 else -n
        out = self.np_rng.integers(low, max(n, 1), size)
        if self.rng.random() < 0.2:
            out = np.sort(out)
        if size and not sure and self.rng.random() < 0.02:
            out[self.rng.randrange(size)] = self.rng.choice([n, -n - 1, n + 100])
        return out.reshape(shape)

    def mask(self, shape):
        """An input of bools: some, all or none true."""
        return self.np_rng.random(shape) < self.rng.choice([0, 0.1, 0.5, 0.9, 1])

    def truth(self, shape):
        """A mask of a shape, mostly: an input, or one that is computed."""
        rng = self.rng
        fits = [p for p in self.pool if p.tol is None and p.shape == shape and not ref.is_constant(p.v) and p.v.dtype.kind != "c" and not unknown(p)]
        if fits and rng.random() < 0.4:
            p = rng.choice(fits)
            return self.made(f"({p.text} > 0)", (p,), lambda: (p.v > 0, None))
        if rng.random() < 0.03:
            shape = tuple(n + rng.choice([0, 1]) for n in shape)
        return self.fresh(self.mask(shape))

    # Parts.

    def basic(self, n):
        if self.rng.random() < 0.4:
            return slice(None), ":"
        s = self.span(n)
        text = ["" if p is None else str(p) for p in s]
        return slice(*s), ":".join(text if text[2] else text[:2])

    def around(self, a, advanced, new=True):
        """An index with the advanced items, each for a number of axes, at random places, and others for the other axes."""
        rng, rank = self.rng, len(a.shape)
        free = rank - sum(n for _, _, n in advanced)
        places = list(advanced) + [None] * (free if rng.random() < 0.7 else rng.randint(0, free))
        rng.shuffle(places)
        dots = rng.randint(0, len(places)) if rng.random() < 0.25 else -1
        items, texts, axis = [], [], 0
        for k, place in enumerate(places):
            if k == dots:
                items.append(...)
                texts.append("...")
                axis += rank - sum(1 if p is None else p[2] for p in places)
            if new and rng.random() < 0.08:
                items.append(None)
                texts.append("None")
            if place is None:
                item, text = self.basic(a.shape[axis])
                axis += 1
            else:
                make, _, n = place
                item, text = make(a.shape[axis:axis + n])
                axis += n
            items.append(item)
            texts.append(text)
        if dots == len(places):
            items.append(...)
            texts.append("...")
        return tuple(items), ", ".join(texts) if len(texts) != 0 else "()"

    def lists(self, around, arrays=False):
        """Lists and single indices for axes; the lists' shapes broadcast, mostly. With arrays of indices among them."""
        rng = self.rng
        common = tuple(rng.choice([0, 1, 2, 3, 3, 5, 9] if rng.random() < 0.1 else [1, 2, 3, 5]) for _ in range(rng.choice([1, 1, 1, 2, 3])))
        rank = len(around)
        sure = 0 in common or 0 in around  # NumPy does not look at indices that stretch to none
        count = rng.choice([1, 1, 1, 2, 2, 3])
        advanced = []
        for _ in range(min(rank, count)):
            shape = tuple(1 if rng.random() < 0.2 else n for n in common)[rng.randint(0, len(common) - 1):] if count > 1 else common
            if rng.random() < 0.02:
                shape = (*shape[:-1], shape[-1] + 1)
            if 0 in shape[:-1]:
                shape = (0,)

            def listed(axes, shape=shape):
                v = self.indices(axes[0], shape, sure)
                return v, str(v.tolist())
            advanced.append((listed, shape, 1))
        for _ in range(rng.choice([0, 0, 1, 2])):
            if len(advanced) < rank:
                advanced.append((lambda axes: self.single(axes, sure), None, 1))
        if arrays and not sure:
            for k, (make, shape, n) in enumerate(advanced):
                if shape is not None and (k == 0 or rng.random() < 0.5):
                    advanced[k] = (lambda axes, shape=shape: self.integers(axes[0], shape), shape, n)
        if common[1:] == () and count > 1 and not sure and rng.random() < 0.3:  # a list of bools that is true as often, mostly
            def bools(axes):
                v = np.zeros(axes[0], "?")
                v[self.np_rng.permutation(axes[0])[:common[0]]] = True
                return (v, str(v.tolist())) if v.size else (np.zeros(1, "i8"), "[0]")
            advanced[0] = (bools, None, 1)
        return advanced

    def integers(self, n, shape):
        """An array of indices."""
        v = self.indices(n, shape)
        i = self.fresh(v.astype(self.rng.choice([d for d in ("int8", "int64", "uint8", "uint64") if v.size == 0 or np.iinfo(d).min <= v.min() and v.max() <= np.iinfo(d).max])))
        return i.v, i.text

    def single(self, axes, sure=False):
        i = int(self.indices(axes[0], (1,), sure)[0]) if axes[0] else 0
        return i, str(i)

    def chosen(self, a):
        """One mask, of one or several axes, with single indices, or arrays of indices."""
        rng, rank = self.rng, len(a.shape)
        if rng.random() < 0.3:
            return self.lists(a.shape, arrays=True)
        if rng.random() < 0.7:
            def masked(axes):
                if len(axes) == 1 and rng.random() < 0.4:
                    v = self.mask(axes[0] + (rng.random() < 0.03))
                    return v if v.size else np.zeros(0, "i8"), str(v.tolist())
                m = self.truth(tuple(axes))
                return m.v, m.text
            axes = rng.choice([1, 1, 2, rank, rng.randint(1, rank)]) if rank > 1 else 1
            return [(masked, None, axes)] + self.beside(rank - axes, a.v.size == 0)

        def picked(axes):
            v = self.indices(axes[0], tuple(rng.choice([0, 1, 2, 3]) if rng.random() < 0.1 else rng.choice([1, 2, 3, 5]) for _ in range(rng.choice([0, 1, 1, 2]))), a.v.size == 0)
            kinds = [d for d in ("int8", "int16", "int32", "int64", "uint8", "uint64") if v.size == 0 or np.iinfo(d).min <= v.min() and v.max() <= np.iinfo(d).max]
            if rng.random() < 0.02:
                kinds = ["float64"]
            i = self.fresh(v.astype(rng.choice(kinds)))
            return i.v, i.text
        return [(picked, None, 1)]

    def beside(self, rank, sure):
        """Single indices and lists of one index, which stand beside a mask."""
        rng, few = self.rng, []
        for _ in range(rng.choice([0, 0, 1, 2])):
            if len(few) < rank:
                def one(axes, shape=(1,) * rng.choice([1, 1, 2])):
                    v = self.indices(axes[0], shape, sure)
                    return (v, str(v.tolist())) if v.size else self.single(axes)
                few.append((one if rng.random() < 0.3 else lambda axes: self.single(axes, sure), None, 1))
        return few

    def part(self):
        a = self.array(exact=False)
        rank = len(a.shape)
        if rank == 0:
            return None
        masks = self.rng.random() < 0.5
        items, text = self.around(a, self.chosen(a) if masks else self.lists(a.shape))
        if overlooked(a.shape, items):
            return None
        value = self.limited(f"{a.text}[{text}]", a, lambda x: x[items])
        if masks and value is not None and value.refusal is not None:
            if self.empty(a, items, lambda x, items: x[items]):
                return None
        return self.opened(value, any(isinstance(i, np.ndarray) and i.dtype == bool for i in items))

    def outer(self):
        """Lists, of bools too, arrays of indices and single indices, each along its own axis."""
        rng, a = self.rng, self.array(exact=False)
        rank = len(a.shape)
        if rank == 0:
            return None

        def one(axes):
            kind, n = rng.random(), axes[0]
            if kind < 0.2:
                return self.single(axes)
            if kind < 0.4 and n:
                if kind < 0.3:
                    m = self.truth((n,))
                    return m.v, m.text
                v = self.mask((n,))
                return v, str(v.tolist())
            shape = (rng.choice([0, 1, 2, 3, 5]),)
            if kind < 0.6 and a.v.size and shape != (0,):
                return self.integers(n, shape)
            v = self.indices(n, shape)
            return v, str(v.tolist())
        items, text = self.around(a, [(one, None, 1)] * rng.randint(1, min(rank, 3)), new=False)
        value = self.limited(f"oindex({a.text}, key[{text}])", a, lambda x: outer(x, items))
        if value is not None and value.refusal is not None and self.empty(a, items, outer):
            return None
        return self.opened(value, any(isinstance(i, np.ndarray) and i.dtype == bool for i in items))

    def empty(self, a, items, f):
        """Whether a part has no elements whatever arrays of indices hold, which Gabion does not look at then."""
        whole = tuple(slice(None) if isinstance(i, np.ndarray) and i.dtype != bool and i.size else i for i in items)
        try:
            return f(np.broadcast_to(False, a.shape), whole).size == 0
        except ref.REFUSALS:
            return False

    def limited(self, text, a, f):
        """view, of not too many elements."""
        try:
            shape = f(np.broadcast_to(False, a.shape)).shape
            if np.prod(shape, dtype=float) > LARGEST:
                return None
        except ref.REFUSALS:
            pass
        return self.view(text, a, f)

    def opened(self, value, unknown=True):
        """A value whose length only computing tells."""
        if value is not None and unknown:
            value.unknown = True
        return value

    # Setting.

    def set(self):
        rng, a = self.rng, self.array()
        rank = len(a.shape)
        kind = rng.random()
        masked = kind < 0.35 and rank
        if masked:
            n = rng.choice([1, 1, rank, rng.randint(1, rank)])

            def truth(axes):
                if rng.random() < 0.3:
                    v = self.mask(tuple(axes))
                    return v, str(v.tolist()) if v.size else "MASK"
                m = self.truth(tuple(axes))
                return m.v, m.text
            items, text = self.around(a, [(truth, None, n)] + (self.beside(rank - n, a.v.size == 0) if rng.random() < 0.5 else []), new=rng.random() < 0.3)
            if "MASK" in text:
                return None  # a list without bools is one of indices
        elif kind < 0.6 and rank:
            items, text = self.around(a, self.lists(a.shape))
        else:
            items, text = self.around(a, [(self.single, None, 1) for _ in range(rng.choice([0, 0, 1]) if rank else 0)])
            if not items:
                text = "()"
        if overlooked(a.shape, items):
            return None
        try:
            part = np.broadcast_to(False, a.shape)[items].shape
        except ref.REFUSALS:
            part = None
        if part is None:
            part, v = (), Value("true", True)  # a value that is refused too would be another reason
        elif rng.random() < 0.35:
            v = self.constant()
        else:
            shape = [1 if rng.random() < 0.15 else n for n in part]
            shape = ([1] * rng.choice([0, 0, 0, 1]) + shape)[rng.choice([0, 0, 0, 1, 2, len(shape)]):]
            if shape and rng.random() < (0.06 if masked else 0.02):
                shape[rng.randrange(len(shape))] += 1
            fits = [p for p in self.pool if p.tol is None and list(p.shape) == shape and not ref.is_constant(p.v) and not unknown(p)]
            if np.prod(shape) > 10_000 or masked and 0 in part and shape != list(part):
                return None  # where nothing is set Gabion does not count what the mask keeps
            d = a.v.dtype if rng.random() < 0.5 else rng.choice(ref.DTYPES)
            v = rng.choice(fits) if fits and rng.random() < 0.5 else self.fresh(self.elements(d, tuple(shape)))
            if masked and a.tol is None and rng.random() < 0.2:  # of as many elements as the mask keeps
                v = Value(f"logical_not({a.text}[{text}])", np.logical_not(a.v[items]))
        return self.made(f"setitem({a.text}, key[{text}], {v.text})", (a, v), lambda: (replaced(a.v, items, v.v), None)) \
            if a.v.size <= LARGEST and np.prod(part, dtype=float) <= LARGEST else None

    # Along axes.

    def take(self):
        rng, a = self.rng, self.array(exact=False)
        rank = len(a.shape)
        flat = rng.random() < 0.25 or rank == 0
        axis = None if flat else self.axis(rank)
        n = a.v.size if flat else a.shape[axis] if -rank <= axis < rank else 1
        kind = rng.random()
        if kind < 0.1:
            i, text = self.single((n,), a.v.size == 0)
        elif kind < 0.6:
            i = self.indices(n, (rng.choice([0, 1, 3, 10, 100]),), a.v.size == 0)
            text = str(i.tolist())
        else:
            i = self.fresh(self.indices(n, tuple(rng.choice([0, 1, 2, 3, 4]) for _ in range(rng.choice([0, 1, 1, 2]))), a.v.size == 0))
            i, text = i.v, i.text
        option = "" if flat else f", axis({axis})"

        def taken(x):
            if n == 0 and np.size(i) > 0:
                raise IndexError("which NumPy does not look at where the result has no elements")
            return np.take(x, i, axis)
        return self.limited(f"take({a.text}, {text}{option})", a, taken)

    def along_axis(self):
        rng, a = self.rng, self.array(exact=False)
        rank = len(a.shape)
        axis = self.axis(rank)
        if not -rank <= axis < rank:
            shape = a.shape
        else:
            shape = [1 if rng.random() < 0.2 else n for n in a.shape]
            shape[axis] = rng.choice([0, 1, 2, 5, a.shape[axis]])
            if rng.random() < 0.03:
                shape = shape[1:]
            elif rng.random() < 0.03:
                shape[(axis - 1) % rank] += 1
        n = a.shape[axis] if -rank <= axis < rank else 1
        v = self.indices(n, tuple(shape), a.v.size == 0)
        if v.shape != tuple(shape):
            return None
        i = self.fresh(v.astype("int64") if rng.random() < 0.98 else v.astype("float32"))
        return self.limited(f"take_along_axis({a.text}, {i.text}, axis({axis}))", a, lambda x: np.take_along_axis(x, i.v, axis))

    def pad(self):
        rng, a = self.rng, self.array(exact=False)
        rank = len(a.shape)
        width = lambda: rng.choice([0, 0, 0, 1, 1, 2, 3, 7] if rank < 4 else [0, 0, 0, 1])
        kind = rng.random()
        if rank == 0:
            return None  # which NumPy fills all the same
        if kind < 0.2:
            widths = width()
        elif kind < 0.4:
            widths = [width(), width()]
        else:
            widths = [[width(), width()] for _ in range(rank)]
            if rng.random() < 0.02:
                widths.append([0, 1])
        if np.prod([n + 14 if n > 7 else 3 * n + 6 for n in a.shape], dtype=float) > 2 * LARGEST:
            return None
        mode = rng.choice(MODES)
        if mode == "constant" and rng.random() < 0.5:
            c = self.constant()
            if type(c.v) is complex and a.v.dtype.kind != "c" or type(c.v) is float and a.v.dtype.kind not in "fc" or a.v.dtype == bool and type(c.v) is not bool or a.tol is not None:
                return None

            def padded():
                np.pad(a.v, widths)
                if a.v.dtype.kind in "iu" and type(c.v) is int and not np.iinfo(a.v.dtype).min <= c.v <= np.iinfo(a.v.dtype).max:
                    raise OverflowError("which NumPy does not look at where nothing is put")
                return np.pad(a.v, widths, constant_values=c.v), None
            return self.made(f'pad({a.text}, {widths}, "constant", constant_values({c.text}))', (a,), padded)
        return self.limited(f'pad({a.text}, {widths}, "{mode}")', a, lambda x: np.pad(x, widths, mode))

    def repeat_each(self):
        rng, a = self.rng, self.array(exact=False)
        flat = rng.random() < 0.2
        axis = None if flat else self.axis(len(a.shape))
        n = a.v.size if flat else a.shape[axis] if -len(a.shape) <= axis < len(a.shape) else 1
        if n > 2000:
            return None
        counts = [rng.choice([0, 0, 1, 1, 2, 5]) for _ in range(n)]
        if rng.random() < 0.03:
            counts = [*counts, 1] if n < 2 or a.v.size == 0 or rng.random() < 0.5 else [-1, *counts[1:]]
        if not counts or len(a.shape) == 0:
            return None  # a list of no counts is one of no type in NumPy
        option = "" if flat else f", axis({axis})"
        return self.limited(f"repeat({a.text}, {counts}{option})", a, lambda x: np.repeat(x, counts, axis))

    def compress(self):
        rng, a = self.rng, self.array(exact=False)
        flat = rng.random() < 0.2 or not a.shape  # of which NumPy takes an axis
        axis = None if flat else self.axis(len(a.shape))
        rank = len(a.shape)
        n = a.v.size if flat else a.shape[axis] if -rank <= axis < rank else 1
        m = self.truth((n,))
        option = "" if flat else f", axis({axis})"

        def kept(x):
            if m.shape != (n,) and (flat or -rank <= axis < rank):
                raise IndexError("NumPy takes masks that are shorter, and those that are longer where they are false")
            return np.compress(m.v, x, axis)
        return self.opened(self.limited(f"compress({m.text}, {a.text}{option})", a, kept))

    def extract(self):
        a = self.array(exact=False)
        m = self.truth(a.shape)
        if m.shape != a.shape:
            return None
        return self.opened(self.limited(f"extract({m.text}, {a.text})", a, lambda x: np.extract(m.v, x)))

    def places(self):
        """Where elements are not zero."""
        rng, a = self.rng, self.array()
        name, rank = rng.choice(["nonzero", "nonzero", "flatnonzero", "argwhere"]), len(a.shape)
        if name == "nonzero":
            k = rng.randrange(max(1, rank))
            return self.opened(self.made(f"nonzero({a.text}, out({k}))", (a,), lambda: (np.nonzero(a.v)[k], None)))
        if name == "argwhere" and rank == 0:
            return None  # rows without columns, which Gabion refuses
        return self.opened(self.made(f"{name}({a.text})", (a,), lambda: (getattr(np, name)(a.v), None)))

    def search(self):
        rng, v = self.rng, self.array()
        d = v.v.dtype if rng.random() < 0.5 else rng.choice(ref.DTYPES)
        s = self.fresh(np.sort(self.elements(d, (rng.choice([0, 1, 2, 10, 100]),))))
        side = rng.choice(["left", "right"])
        return self.made(f'searchsorted({s.text}, {v.text}, "{side}")', (s, v), lambda: (np.asarray(np.searchsorted(s.v, v.v, side)), None))

    def cumulate(self):
        rng, a = self.rng, self.array()
        name = rng.choice(["cumulative_sum", "cumsum", "cumulative_prod", "cumprod", "nancumsum", "nancumprod"])
        axis = None if rng.random() < 0.2 else self.axis(len(a.shape))
        initial = rng.random() < 0.3
        d = self.dtype() if rng.random() < 0.25 else None
        args = [a.text] + ([] if axis is None else [f"axis({axis})"]) + ([f'dtype("{d}")'] if d else []) + ["include_initial(true)"] * initial
        if axis is not None and not a.shape:
            return None  # which NumPy takes for an axis of length 1
        return self.made(f"{name}({', '.join(args)})", (a,), lambda: cumulative(name, a.v, axis, d, initial))

    def best(self):
        rng, a = self.rng, self.array()
        rank = len(a.shape)
        axis = self.axis(rank)
        n = a.shape[axis] if -rank <= axis < rank else 1
        k = rng.choice([1, 2, 3, n, n, rng.randint(1, max(1, n))]) if rng.random() < 0.97 else rng.choice([0, n + 1])
        k *= rng.choice([1, -1])
        name = rng.choice(["topk", "argtopk"])
        return self.made(f"{name}({a.text}, {k}, axis({axis}))", (a,), lambda: (top(name, a.v, k, axis), None))

    def windows(self):
        rng, a = self.rng, self.array(exact=False)
        rank = len(a.shape)
        if rank == 0:
            return None
        axes = rng.sample(range(rank), rng.randint(1, min(rank, 3)))
        lengths = [rng.randint(1, max(1, min(a.shape[i], 5))) for i in axes]
        if rng.random() < 0.05:
            lengths[0] = rng.choice([0, a.shape[axes[0]] + 1])
        if lengths[0] == 0:
            return None  # windows without elements, which Gabion refuses
        axes = [i - rank if rng.random() < 0.3 else i for i in axes]
        option = f", axes({', '.join(map(str, axes))})"
        return self.limited(f"sliding_window_view({a.text}, {lengths}{option})", a, lambda x: np.lib.stride_tricks.sliding_window_view(x, lengths, axes))

    def coarsen(self):
        rng, a = self.rng, self.array()
        factors = [rng.choice([1, 1, 2, 3, max(1, n)]) for n in a.shape]
        trim = rng.random() < 0.8
        name = rng.choice(["sum", "max", "min", "any", "all", "mean", "prod", "count_nonzero"])

        def reduced():
            if not trim and any(n % k for n, k in zip(a.shape, factors)):
                raise ValueError("a factor does not divide an axis")
            x = np.asarray(a.v)[tuple(slice(n // k * k) for n, k in zip(a.shape, factors))]
            x = x.reshape([m for n, k in zip(a.shape, factors) for m in (n // k, k)])
            return ref.reduction(name, x, tuple(range(1, x.ndim, 2)), False, None)
        return self.made(f'coarsen({a.text}, "{name}", {factors}{", trim_excess(true)" if trim else ""})', (a,), reduced)
