"""Random products and norms for expr_cases.py, with what they must give."""
import numpy as np

import expr_reference as ref

MOST = 300_000  # products of elements in one step


def contracted(f, v, operands):
    """The result v of a sum of products within 8 roundings of the sum of their magnitudes; f computes it of arrays."""
    d = v.dtype
    if d.kind not in "fc":
        return v, None
    operands = [np.asarray(x).astype(d) for x in operands]
    exact = np.asarray(f(*map(ref.wide, operands)))
    size = np.asarray(f(*map(finite, operands)))
    info = np.finfo(d)
    value, tol = ref.rounded(exact, d, 8 * info.eps * size + MOST * info.smallest_subnormal)
    if d.char == "e":  # summed in wider types
        return value, tol
    if any(np.max(finite(x), initial=0) > float(info.max) / MOST for x in operands):
        return value, np.full(value.shape, np.inf)  # an operand's own axes are summed before it is multiplied
    return value, np.where(size > float(info.max) / 4, np.inf, tol)


def count(shape):
    """The number of elements, where an axis without any counts as one."""
    return float(np.prod([max(1, n) for n in shape], dtype=float))


def finite(x):
    """The magnitudes of the parts of elements, without those of infinities."""
    w = ref.wide(x)
    return np.where(np.isfinite(w.real), np.abs(w.real), 0) + np.where(np.isfinite(w.imag), np.abs(w.imag), 0)


def einsum(subscripts, *x):
    """np.einsum, which for clongdouble writes where it must not: there of the parts."""
    if x[0].dtype.char != "G":
        return np.einsum(subscripts, *x)
    real = lambda *parts: np.asarray(np.einsum(subscripts, *parts))
    if len(x) == 1:
        re, im = real(x[0].real), real(x[0].imag)
    else:
        a, b = x
        re = real(a.real, b.real) - real(a.imag, b.imag)
        im = real(a.real, b.imag) + real(a.imag, b.real)
    out = np.empty(re.shape, "G")
    out.real, out.imag = re, im
    return out


def norm(f, x):
    """The norm f of x, which is computed in float64 or better."""
    v = np.asarray(f(np.asarray(x)))
    w = np.abs(ref.wide(np.asarray(x)))
    exact = np.asarray(f(w))
    value, tol = ref.rounded(exact, v.dtype, 0)
    return value, np.where(np.isfinite(exact), tol + ref.ulps(value, 64), 0)


def moderate(x, p):
    """Whether powers of the elements of x are neither huge nor tiny."""
    x = np.asarray(x)
    w = finite(x)
    w = w[w != 0]
    limit = 1e15 if x.dtype.itemsize // (2 if x.dtype.kind == "c" else 1) <= 4 and x.dtype.kind in "fc" else 1e120
    limit **= 1 / max(1, abs(p))
    return np.all(w < limit) and np.all(w > 1 / limit)


class Products:
    """Steps of a Case."""

    def product(self):
        return self.rng.choice([self.matmul, self.matmul, self.einsum, self.einsum, self.einsum, self.tensordot, self.vectors, self.norm])()

    def arrays(self):
        """Two operands, of which the last axes often fit."""
        a, b = self.pick(), self.pick()
        return (a, self.turned(b)) if self.rng.random() < 0.6 else (self.turned(a), b)

    def turned(self, a):
        if len(a.shape) < 2:
            return a
        if self.rng.random() < 0.7:
            return self.view(f"matrix_transpose({a.text})", a, lambda x: np.swapaxes(x, -1, -2))
        return self.view(f"transpose({a.text})", a, np.transpose)

    def contraction(self, text, a, b, work, f, conj=False):
        """f(a, b), unless it takes more than MOST products."""
        if ref.is_constant(a.v) or ref.is_constant(b.v) or work > MOST:
            return None
        first = lambda x: np.conj(x) if conj and x.dtype.kind == "c" else x
        return self.made(text, (a, b), lambda: contracted(lambda x, y: f(first(x), y), np.asarray(f(first(np.asarray(a.v)), np.asarray(b.v))), (a.v, b.v)))

    def matmul(self):
        rng = self.rng
        a, b = self.arrays()
        for _ in range(8):
            if len(a.shape) and len(b.shape) and a.shape[-1] == b.shape[max(0, len(b.shape) - 2)]:
                break
            a, b = self.arrays()
        else:
            if rng.random() < 0.8:
                return None
        columns = b.shape[-1] if len(b.shape) > 1 else 1
        try:
            batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        except ValueError:
            batch = ()
        work = count(batch) * count(a.shape[-2:]) * columns
        name, f = rng.choice([("matmul", np.matmul)] * 4 + [("dot", np.dot), ("inner", np.inner)])
        if name != "matmul":
            work = count(a.shape) * count(b.shape)
        return self.contraction(f"{name}({a.text}, {b.text})", a, b, work, f)

    def tensordot(self):
        rng = self.rng
        a, b = self.arrays()
        fits = [n for n in range(min(len(a.shape), len(b.shape)) + 1) if a.shape[len(a.shape) - n:] == b.shape[:n]]
        n = rng.choice(fits) if rng.random() < 0.95 else rng.randint(0, 4)
        if n > min(len(a.shape), len(b.shape)):
            return None  # NumPy's error is an IndexError of a tuple
        work = count(a.shape) * count(b.shape[n:])
        text = f"tensordot({a.text}, {b.text})" if n == 2 and rng.random() < 0.5 else f"tensordot({a.text}, {b.text}, {n})"
        return self.contraction(text, a, b, work, lambda x, y: np.tensordot(x, y, n))

    def vectors(self):
        rng = self.rng
        a, b = self.pick(), self.pick()
        kind = rng.choice(["vecdot", "vecdot", "vdot", "outer"])
        size = count(a.shape) * count(b.shape)
        if kind == "outer":
            return self.contraction(f"outer({a.text}, {b.text})", a, b, size, np.outer)
        if kind == "vdot":
            if np.prod(a.shape) != np.prod(b.shape) and rng.random() < 0.9:
                b = a
            return self.contraction(f"vdot({a.text}, {b.text})", a, b, np.prod(a.shape), lambda x, y: np.dot(np.ravel(x), np.ravel(y)), conj=True)
        rank = min(len(a.shape), len(b.shape))
        if rank == 0:
            return None  # a ValueError in NumPy, which has an IndexError for other axes
        axis = rng.randrange(-rank, rank) if rng.random() < 0.95 else 0
        option = "" if axis == -1 and rng.random() < 0.5 else f", {axis}" if rng.random() < 0.5 else f", axis({axis})"

        def dot(x, y):
            if x.dtype.itemsize > 16 or y.dtype.itemsize > 16 or x.dtype.char == "g":
                return np.sum(np.moveaxis(x, axis, -1) * np.moveaxis(y, axis, -1), -1)
            return np.vecdot(np.conj(x) if x.dtype.kind == "c" else x, y, axis=axis)
        return self.contraction(f"vecdot({a.text}, {b.text}{option})", a, b, size, dot, conj=True)

    def einsum(self):
        rng = self.rng
        operands = [self.pick() for _ in range(rng.choice([1, 2, 2, 2]))]
        if any(ref.is_constant(a.v) for a in operands):
            return None
        sizes, terms = {}, []
        letters = "ijklmnAB"
        dots = rng.random() < 0.15
        for a in operands:
            term = ""
            for axis, n in enumerate(a.shape):
                same = [c for c in sizes if (sizes[c] == n or 1 in (n, sizes[c]) and c not in term) and (c not in term or rng.random() < 0.15)]
                if same and rng.random() < 0.7:
                    c = rng.choice(same)
                elif len(sizes) < len(letters):
                    c = next(c for c in letters if c not in sizes)
                else:
                    return None
                sizes[c] = max(sizes.get(c, 1), n) if n else 0
                term += c
            terms.append(term)
        broadcast = ""
        if dots:  # the first axes of both, if they fit, or of one
            k = rng.randint(0, max(map(len, terms)))
            cut = [min(k, len(t)) for t in terms]
            kept = [t[n:] for t, n in zip(terms, cut)]
            shapes = [a.shape[:n] for a, n in zip(operands, cut)]
            try:
                stretched = np.broadcast_shapes(*shapes)
            except ValueError:
                return None
            sizes = {c: sizes[c] for c in sizes if any(c in t for t in kept)}
            terms, broadcast = ["..." + t for t in kept], "..."
            sizes["..."] = int(np.prod(stretched))
        if np.prod([max(1, n) for n in sizes.values()], dtype=float) > MOST:
            return None
        used = sorted({c for t in terms for c in t if c != "."})
        subscripts = ",".join(terms)
        out = None
        if rng.random() < 0.8:
            out = rng.sample(used, rng.randint(0, len(used)))
            if rng.random() < 0.02:
                out.append(rng.choice("zj"))
            at = rng.randint(0, len(out))
            subscripts += "->" + "".join(out[:at]) + broadcast + "".join(out[at:])
        text = f'einsum("{subscripts}", {", ".join(a.text for a in operands)})'
        f = lambda *x: einsum(subscripts, *x)
        result = out if out is not None else [c for c in used if "".join(terms).count(c) == 1]
        apart = len(operands) == 2 and any(c not in result and not all(c in t and a.shape[t.index(c) - len(t)] == sizes[c] for t, a in zip(terms, operands)) for c in used)

        def compute():
            values = [np.asarray(a.v) for a in operands]
            v = np.asarray(f(*values))
            if v.size > 100_000:
                raise ref.Unspecified("too large")
            if v.dtype == bool:
                return np.asarray(f(*(x.astype("i8") for x in values))) != 0, None
            if apart and not all(np.all(np.isfinite(x)) for x in values):
                raise ref.Unspecified("what only one operand has is summed over before it is multiplied with infinity")
            return contracted(f, v, values)
        return self.made(text, operands, compute)

    def norm(self):
        rng, a = self.rng, self.pick()
        if ref.is_constant(a.v):
            return None
        x = np.asarray(a.v)
        rank = x.ndim
        kind = rng.choice(["norm", "norm", "vector_norm", "matrix_norm"])
        ords = [1, -1, "inf", "-inf"] if kind == "matrix_norm" else [1, 2, 0, "inf", "-inf", 3, 0.5, -1]
        ord = rng.choice(ords) if rng.random() < 0.7 else None
        p = None if ord is None else float(ord)
        args, axis = [a.text], None
        if ord is not None:
            args.append(str(ord))
        if kind != "matrix_norm" and rng.random() < 0.6:
            axis = tuple(self.axes(rank))
            if kind == "norm" and rng.random() < 0.9:
                axis = axis[:rng.choice([1, 2])]
            args.append(f"axes({', '.join(map(str, axis))})")
        keepdims = rng.random() < 0.3
        if keepdims:
            args.append("keepdims(true)")
        matrix = kind == "matrix_norm" or kind == "norm" and (len(axis) == 2 if axis is not None else rank == 2 and p is not None)
        if matrix and p in (2, -2):
            return None
        if x.size == 0 and p is not None and p < 0:
            return None  # the least of none: as for min
        if not moderate(x, 2 if p is None else p if abs(p) < 9 else 1):
            return None

        def compute():
            def f(x):
                if kind == "matrix_norm":
                    return np.linalg.matrix_norm(x, ord="fro" if p is None else p, keepdims=keepdims)
                if kind == "vector_norm":
                    return np.linalg.vector_norm(x, ord=2 if p is None else p, axis=axis, keepdims=keepdims)
                return np.linalg.norm(x, ord=p, axis=axis, keepdims=keepdims)
            return norm(f, x.astype("f8") if x.dtype.kind in "iub" else x)
        return self.made(f"{kind}({', '.join(args)})", (a,), compute)
