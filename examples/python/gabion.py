"""Arrays that Gabion computes, from Python: a client of `gabion serve --stdio` that needs nothing but the standard library."""
import functools
import itertools
import json
import operator
import os
import subprocess

from pipe import Pipe

try:
    import numpy
except ImportError:
    numpy = None

TYPES = {"?": "bool", "b": "int8", "h": "int16", "i": "int32", "q": "int64", "l": "int64", "B": "uint8", "H": "uint16", "I": "uint32", "Q": "uint64",
         "L": "uint64", "e": "float16", "f": "float32", "d": "float64", "Zf": "complex64", "Zd": "complex128"}  # by the formats of memoryviews
OPERATORS = dict(add="add", sub="subtract", mul="multiply", truediv="divide", floordiv="floor_divide", mod="remainder", pow="pow", matmul="matmul",
                 and_="bitwise_and", or_="bitwise_or", xor="bitwise_xor", lshift="bitwise_left_shift", rshift="bitwise_right_shift",
                 lt="less", le="less_equal", gt="greater", ge="greater_equal", eq="equal", ne="not_equal")
INDICES = 100_000  # up to which an array of NumPy in an index is sent as a list; a longer one as an array


class Array:
    """An expression: Array("mean", x, axis=0) or x.mean(axis=0), with the names of the Array API standard. Nothing is computed."""

    T = property(lambda self: Array("permute_dims", self))

    __array_ufunc__ = None  # so that an operator of NumPy's arrays leaves the expression to this class, and its ufuncs refuse
    __iter__ = __contains__ = None  # which would take parts without an end

    def __init__(self, op, *args, **kw):
        self.op, self.args, self.kw, self.data = op, args, kw, None

    def __getattr__(self, op):
        if op.startswith("_"):
            raise AttributeError(op)
        if op in ("shape", "dtype", "ndim", "size", "nbytes", "itemsize"):
            raise AttributeError(f"an expression does not know its {op}: a server's meta(x) tells its type and shape")
        return functools.partial(Array, op, self)

    def __array_function__(self, function, types, args, kw):
        raise TypeError(f"NumPy's {function.__name__} takes no expressions: write x.{function.__name__}() or Array('{function.__name__}', …), or compute them first")

    def __array__(self, *args, **kw):
        raise TypeError("an expression has no elements before it is computed: a server's compute(x) gives them")

    def __getitem__(self, key):
        return Array("getitem", self, list(key) if isinstance(key, tuple) else [key])

    def document(self, nodes, done, operations):
        """The position of the expression among nodes, to which it is added with all that it is made of."""
        if self not in done:
            inside, kinds, args, kw = [], operations.get(self.op, {}), self.args, self.kw
            named = dict(zip(kinds, args)) | kw
            if self.op == "full" and of_numpy(named.get("fill_value")) and named.get("dtype") is None:  # whose type is that of the result
                args, kw = (), named | {"dtype": named["fill_value"].dtype}
            node = {"op": self.op, "args": [argument(v, inside, kind) for v, kind in zip(args, itertools.chain(kinds.values(), itertools.repeat(None)))],
                    "kw": {k: argument(v, inside, kinds.get(k)) for k, v in kw.items()}}
            if self.data is not None:
                node |= {"dtype": TYPES[self.data.format], "shape": self.data.shape, "nbytes": self.data.nbytes}
            node["in"] = [a.document(nodes, done, operations) for a in inside]
            done[self] = len(nodes)
            nodes.append(node)
        return done[self]

    def __bool__(self):
        raise TypeError("an expression has no truth before it is computed: use logical_and, where, any or all, or compute it")

    __hash__ = object.__hash__


for name, op in OPERATORS.items():
    setattr(Array, f"__{name.strip('_')}__", lambda self, other, op=op: Array(op, self, operand(other)))
    setattr(Array, f"__r{name.strip('_')}__", lambda self, other, op=op: Array(op, operand(other), self))
for name, op in dict(neg="negative", pos="positive", abs="abs", invert="bitwise_invert").items():
    setattr(Array, f"__{name}__", lambda self, op=op: Array(op, self))


def of_numpy(v):
    return numpy is not None and isinstance(v, (numpy.ndarray, numpy.generic))


def operand(v):
    return v if isinstance(v, (Array, bool, int, float, complex)) else array(v)


def array(elements):
    """An array of anything with the buffer protocol, such as NumPy's arrays and array.array; with NumPy also of lists of numbers."""
    v = numpy.asarray(elements) if numpy and isinstance(elements, (list, tuple, range)) else elements
    try:
        if isinstance(v, bytes) or of_numpy(v) and v.dtype.name not in TYPES.values():  # which may have a buffer, but not of numbers
            raise TypeError
        data = memoryview(v)
        if data.format[0] in "<=@":
            data = memoryview(data.tobytes()).cast(data.format[1:], data.shape)
        elif data.format[0] in ">!":  # which only NumPy turns around
            turned = numpy.asarray(v)
            data = memoryview(turned.astype(turned.dtype.newbyteorder("=")))
        if data.format not in TYPES:
            raise TypeError
    except (TypeError, ValueError, NotImplementedError):
        lists = "" if numpy else " (and lists, where NumPy is installed)"
        raise TypeError(f"{repr(elements)[:80]}, of type {type(elements).__name__}, is no array or number: what is taken is bool, int, float and complex, NumPy's "
                        f"numbers, and buffers such as NumPy's arrays{lists}, of {', '.join(dict.fromkeys(TYPES.values()))}") from None
    a = Array("input")
    a.data = data
    return a


def argument(v, inside, kind):
    """What stands for an argument of a parameter of some kind; arrays are put into inside."""
    if kind == "index":  # within which arrays of NumPy are lists
        return [argument(part, inside, "part of an index") for part in (v if isinstance(v, (list, tuple)) else [v])]
    if isinstance(v, Array):
        inside.append(v)
        return {"in": len(inside) - 1}
    if kind == "element type" and v is not None and not isinstance(v, dict):
        return {"dtype": numpy.dtype(v).name if numpy else v}
    if isinstance(v, (list, tuple, range)) and kind != "array or number":
        return [argument(item, inside, kind) for item in v]
    if isinstance(v, int):
        return {"weak": "bool", "v": v} if type(v) is bool else {"weak": "int", "v": str(int(v))}
    if type(v) in (float, complex):
        return {"weak": "float", "v": v.hex()} if type(v) is float else {"weak": "complex", "v": [v.real.hex(), v.imag.hex()]}
    if isinstance(v, slice):
        return {"slice": [n if n is None else operator.index(n) for n in (v.start, v.stop, v.step)]}
    if v is ...:
        return {"ellipsis": 1}
    if v is None or isinstance(v, (str, dict)):
        return v
    if isinstance(v, os.PathLike):
        return os.fspath(v)
    if of_numpy(v) and v.dtype.name in TYPES.values() and kind not in (None, "array or number", "list of arrays"):
        short = v.dtype.kind in "iu" and v.size <= INDICES and v.ndim == 1 or v.dtype.kind in "iub" and 0 < v.size <= INDICES
        if v.ndim == 0 or kind != "scalar" and (short or kind != "part of an index"):  # numbers alone, such as a shape
            return argument(v.tolist(), inside, kind)
    return argument(array(v), inside, kind)


def elements(out):
    """The array that an output is."""
    if numpy:
        return numpy.frombuffer(out["data"], out["dtype"]).reshape(out["shape"])
    return memoryview(out["data"]).cast(next(f for f, name in TYPES.items() if name == out["dtype"]), out["shape"])


class Server:
    """A process that computes arrays, for as long as it is needed: Server("gabion", "serve", "--stdio"), after one run of "gabion ops --json"."""

    def __init__(self, *command):
        command = command or ("gabion", "serve", "--stdio")
        if "serve" not in command:
            raise ValueError(f'the command of a server is such as Server("gabion", "serve", "--stdio"): there is no "serve" in {command}')
        table = json.loads(subprocess.check_output([*command[:command.index("serve")], "ops", "--json"]))
        self.operations = {name: {p[which]: p["kind"] for which in ("name", "numpy") for p in row["params"] if which in p}
                           for row in table for name in [row["name"], *row["numpy"]]}  # the kinds of parameters, in their order
        self.operations["write"] = dict(x="array or number", uri="text", name="text", format="text", overwrite="bool")  # of plans alone
        self.pipe = Pipe(*command)

    def meta(self, *arrays):
        """The types and shapes of arrays, as {"dtype": "float64", "shape": [2, 3]}; None for a length that only computing tells."""
        return self.ask("meta", arrays)

    def compute(self, *arrays):
        """The elements of arrays: as NumPy's arrays if it is there, else as memoryviews."""
        return [elements(out) for out in self.ask("compute", arrays)]

    def ask(self, verb, arrays):
        nodes, done = [], {}
        for a in arrays:
            if not isinstance(a, Array):
                raise TypeError(f"{repr(a)[:80]}, of type {type(a).__name__}, is no expression, such as x.sum() and array(elements) are")
        outputs = [a.document(nodes, done, self.operations) for a in arrays]
        return self.pipe.ask(verb, nodes, outputs, [a.data.tobytes() for a in done if a.data is not None])

    def close(self):
        return self.pipe.close()
