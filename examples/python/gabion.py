"""Arrays that Gabion computes, from Python: a client of `gabion serve --stdio` that needs nothing but the standard library."""
import builtins
import itertools
import json
import math
import operator
import struct
import subprocess

try:
    import numpy
except ImportError:
    numpy = None

TYPES = {"?": "bool", "b": "int8", "h": "int16", "i": "int32", "q": "int64", "l": "int64", "B": "uint8", "H": "uint16", "I": "uint32", "Q": "uint64",
         "L": "uint64", "e": "float16", "f": "float32", "d": "float64", "Zf": "complex64", "Zd": "complex128"}  # by the formats of memoryviews
OPERATORS = dict(add="add", sub="subtract", mul="multiply", truediv="divide", floordiv="floor_divide", mod="remainder", pow="pow", matmul="matmul",
                 and_="bitwise_and", or_="bitwise_or", xor="bitwise_xor", lshift="bitwise_left_shift", rshift="bitwise_right_shift",
                 lt="less", le="less_equal", gt="greater", ge="greater_equal", eq="equal", ne="not_equal")


class Array:
    """An expression: Array("mean", x, axis=0) or x.mean(axis=0), with the names of the Array API standard. Nothing is computed."""

    T = property(lambda self: Array("permute_dims", self))

    __array_ufunc__ = None  # so that an operator of NumPy's arrays leaves the expression to this class
    __iter__ = __contains__ = None  # which would take parts without an end

    def __init__(self, op, *args, **kw):
        self.op, self.args, self.kw, self.data = op, args, kw, None

    def __getattr__(self, op):
        if op.startswith("_"):
            raise AttributeError(op)
        if op in ("shape", "dtype", "ndim", "size", "nbytes", "itemsize"):
            raise AttributeError(f"an expression does not know its {op}: a server's meta(x) tells its type and shape")
        return lambda *args, **kw: Array(op, self, *args, **kw)

    def __getitem__(self, key):
        return Array("getitem", self, list(key) if isinstance(key, tuple) else [key])

    def document(self, nodes, done, operations):
        """The position of the expression among nodes, to which it is added with all that it is made of."""
        if self not in done:
            inside, kinds = [], operations.get(self.op, {})
            node = {"op": self.op, "args": [argument(v, inside, kind) for v, kind in zip(self.args, itertools.chain(kinds.values(), itertools.repeat(None)))],
                    "kw": {k: argument(v, inside, kinds.get(k)) for k, v in self.kw.items()}}
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
    setattr(Array, f"__{name.strip('_')}__", lambda self, other, op=op: Array(op, self, other))
    setattr(Array, f"__r{name.strip('_')}__", lambda self, other, op=op: Array(op, other, self))
for name, op in dict(neg="negative", pos="positive", abs="abs", invert="bitwise_invert").items():
    setattr(Array, f"__{name}__", lambda self, op=op: Array(op, self))


def array(elements):
    """An array of anything with the buffer protocol, such as NumPy's arrays and array.array."""
    a = Array("input")
    a.data = memoryview(elements)
    if a.data.format[0] in "<=@":
        a.data = memoryview(a.data.tobytes()).cast(a.data.format[1:], a.data.shape)
    elif a.data.format[0] in ">!":  # which only NumPy turns around
        turned = numpy.asarray(elements)
        a.data = memoryview(turned.astype(turned.dtype.newbyteorder("=")))
    if a.data.format not in TYPES:
        raise TypeError(f"there is no element type for the format {a.data.format!r}")
    return a


def argument(v, inside, kind):
    """What stands for an argument of a parameter of some kind; arrays are put into inside."""
    if isinstance(v, Array):
        inside.append(v)
        return {"in": len(inside) - 1}
    if kind == "element type" and v is not None and not isinstance(v, dict):
        return {"dtype": numpy.dtype(v).name if numpy else v}
    if isinstance(v, (list, tuple)):
        return [argument(item, inside, kind) for item in v]
    if type(v) in (bool, int):
        return {"weak": "bool", "v": v} if type(v) is bool else {"weak": "int", "v": str(v)}
    if type(v) in (float, complex):
        return {"weak": "float", "v": v.hex()} if type(v) is float else {"weak": "complex", "v": [v.real.hex(), v.imag.hex()]}
    if isinstance(v, slice):
        return {"slice": [n if n is None else operator.index(n) for n in (v.start, v.stop, v.step)]}
    if v is ...:
        return {"ellipsis": 1}
    if v is None or isinstance(v, (str, dict)):
        return v
    if numpy and isinstance(v, (numpy.ndarray, numpy.generic)) and kind not in (None, "array or number", "list of arrays"):
        if v.ndim == 0 or kind not in ("index", "scalar"):  # numbers alone, such as a shape
            if kind != "scalar" or v.dtype == numpy.asarray(v.tolist()).dtype:  # or the result would have another type
                return argument(v.tolist(), inside, kind)
    return argument(array(v), inside, kind)


def elements(dtype, shape, read):
    """An array that read gives the bytes of."""
    width = int("".join(filter(str.isdigit, dtype)) or 8) // 8
    data = read(math.prod(shape) * width)
    if numpy:
        return numpy.frombuffer(data, dtype).reshape(shape)
    return memoryview(data).cast(next(f for f, name in TYPES.items() if name == dtype), shape)


class Server:
    """A process that computes arrays, for as long as it is needed."""

    def __init__(self, *command):
        command = command or ("gabion", "serve", "--stdio")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        table = json.loads(subprocess.check_output([*command[:command.index("serve")], "ops", "--json"]))
        self.operations = {name: {p[which]: p["kind"] for which in ("name", "numpy") for p in row["params"] if which in p}
                           for row in table for name in [row["name"], *row["numpy"]]}  # the kinds of parameters, in their order

    def meta(self, *arrays):
        """The types and shapes of arrays, as {"dtype": "float64", "shape": [2, 3]}; None for a length that only computing tells."""
        return self.ask("meta", arrays)

    def compute(self, *arrays):
        """The elements of arrays: as NumPy's arrays if it is there, else as memoryviews."""
        return [elements(out["dtype"], out["shape"], self.read) for out in self.ask("compute", arrays)]

    def ask(self, verb, arrays):
        """What the server answers about arrays. What is wrong is raised as Python's own errors are."""
        nodes, done = [], {}
        text = json.dumps({"v": 1, "verb": verb, "outputs": [a.document(nodes, done, self.operations) for a in arrays], "nodes": nodes}).encode()
        data = [a.data.tobytes() for a in done if a.data is not None]
        self.process.stdin.write(struct.pack("<I", len(text)) + text + b"".join(data))
        self.process.stdin.flush()
        answer = json.loads(self.read(struct.unpack("<I", self.read(4))[0]))
        if "error" in answer:
            raise getattr(builtins, answer["error"]["kind"])(answer["error"]["msg"])
        return answer["outputs"]

    def read(self, n):
        data = self.process.stdout.read(n)
        if len(data) < n:
            raise EOFError(f"the server ended with status {self.process.wait()}")
        return data

    def close(self):
        self.process.stdin.close()
        return self.process.wait()
