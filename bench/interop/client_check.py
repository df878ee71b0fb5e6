"""Runs the Python client and its page: python bench/interop/client_check.py, from the root of the repository.

The session in examples/python/README.md must print what is written there, with
NumPy and without; every element type goes there and back; operators beside NumPy's
arrays are the client's; NumPy's numbers, arrays and types can be arguments; errors
are Python's, and name the value that is none of an array.
"""
import doctest
import enum
import fractions
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "examples/python")

import gabion
import numpy as np


def session(page, binary):
    """The Python of the page, which starts the given program."""
    lines = page.split("```python\n")[1].split("```")[0].replace('"../../gabion"', repr(binary)).replace("../data/", "examples/data/")
    return doctest.DocTestParser().get_doctest(lines, {}, "README.md", "examples/python/README.md", 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        return check(os.path.join(folder, "gabion"))


def check(binary):
    subprocess.run(["go", "build", "-o", binary, "./cmd/gabion"], check=True)
    with open("examples/python/README.md") as f:
        page = f.read()
    for with_numpy in (np, None):
        gabion.numpy = with_numpy
        runner = doctest.DocTestRunner()
        runner.run(session(page, binary))
        if runner.failures or runner.tries < 8:
            return f"{runner.failures} of {runner.tries} examples of README.md fail"

    said = subprocess.run([sys.executable, "examples/python/pipe.py", binary, "serve", "--stdio"], check=True, capture_output=True, text=True).stdout
    if said != "float64 [] 2.5\n":
        return f"pipe.py says {said!r}"

    gabion.numpy = np
    server = gabion.Server(binary, "serve", "--stdio")
    rng = np.random.default_rng(1)
    for name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split():
        for shape in [(), (0,), (3,), (2, 0, 3), (4, 5), (2, 3, 4)]:
            x = np.asarray(rng.integers(0, 2, shape) * 3).astype(name)
            same, reversed_axes = server.compute(gabion.array(x), gabion.array(x.T).permute_dims())
            for got in (same, reversed_axes):
                if got.dtype != x.dtype or got.shape != x.shape or not np.array_equal(got, x):
                    return f"{x!r} comes back as {got!r}"
    x = np.arange(6.0).reshape(2, 3)
    a = gabion.array(x)
    for got, want in zip(server.compute(a[..., None, ::-2], 2**a, 7 // (a + 1), a * 1j, (a >= 2) == True, gabion.Array("concat", [a, a[1:]], axis=-2)),
                         [x[..., None, ::-2], 2**x, 7 // (x + 1), x * 1j, x >= 2, np.concatenate([x, x[1:]])]):
        if got.dtype != want.dtype or not np.array_equal(got, want):
            return f"{got!r} instead of {want!r}"
    y, m, i = gabion.array(np.arange(3.0)), gabion.array(np.eye(3)), gabion.array(np.arange(6).reshape(2, 3))
    big = x.astype(">f8")
    of_numpy = [  # operators that NumPy's arrays and numbers leave to the expression, and those that Python has beside arithmetic
        (x + y, x + np.arange(3.0)), (x / (y + 1), x / np.arange(1.0, 4)), (x > y, x > np.arange(3.0)), (x @ m, x @ np.eye(3)), (a @ m, x @ np.eye(3)), (np.float32(2) * a, np.float32(2) * x),
        (np.int64(2) - i, np.int64(2) - np.arange(6).reshape(2, 3)), (gabion.array(big), x), (gabion.array(big.T) + big.T, x.T + x.T), (gabion.array(x.astype(">c8")), x.astype("c8")),
        (gabion.array(big.astype(">i2")), x.astype("i2")), (-a, -x), (abs(-a), x), (~i, ~np.arange(6).reshape(2, 3)), (i & 3 | 8, np.arange(6).reshape(2, 3) & 3 | 8), (1 << i, 1 << np.arange(6).reshape(2, 3)),
        (a[np.int64(1)], x[1]), (a[:, np.int64(0):np.int64(2)], x[:, :2]), (a[[0, 1], [2, 0]], x[[0, 1], [2, 0]]), (a[a > 2], x[x > 2]), (a[np.array([1, 0])], x[[1, 0]]), (a[None, ..., 0], x[None, ..., 0])]
    create = gabion.Array
    of_numpy += [  # arguments of NumPy's types, where Python's own would do
        (a.sum(axis=np.int64(0)), x.sum(0)), (a.sum(np.int8(-1)), x.sum(-1)), (a.sum(axis=(np.int64(0), 1)), x.sum()), (a.amax(axis=np.uint8(1), keepdims=np.bool_(True)), x.max(1, keepdims=True)),
        (a.reshape(np.array([3, 2])), x.reshape(3, 2)), (a.reshape((np.int64(3), 2)), x.reshape(3, 2)), (a.permute_dims(np.array([1, 0])), x.T), (a.T, x.T), (gabion.array(x[None]).T, x[None].T),
        (a.roll(np.int32(1), axis=np.int8(0)), np.roll(x, 1, 0)), (a.take(np.array([[0, 2]]), axis=np.int64(1)), np.take(x, [[0, 2]], 1)), (a.pad(np.array([[1, 0], [0, 2]])), np.pad(x, [(1, 0), (0, 2)])),
        (a.repeat(np.array([0, 2]), axis=0), np.repeat(x, [0, 2], 0)), (a.var(correction=np.float32(1)), x.var(ddof=1)), (a[[np.int64(1), 0]], x[[1, 0]]), (a[np.bool_(True)], x[True]),
        (create("zeros", np.int64(3), dtype=np.int8), np.zeros(3, "i1")), (create("full", np.array([2, 1]), np.float64(0.5)), np.full((2, 1), 0.5)), (create("concat", [a, x], np.int64(1)), np.concatenate([x, x], 1)),
        (a.astype(np.float32), x.astype("f4")), (a.astype("f4"), x.astype("f4")), (a.astype("float16"), x.astype("f2")), (a.astype(np.dtype(">i2")), x.astype("i2")), (a.astype(int), x.astype(int)), (a.astype({"dtype": "bool"}), x.astype(bool)),
        (a.sum(dtype=np.complex64), x.sum(dtype="c8")), (a.sum(dtype=None), x.sum()), (gabion.array(x.astype("f4")).clip(np.float64(1), max=np.float32(3)), np.clip(x.astype("f4"), np.float64(1), np.float32(3)))]
    def put(key, value):
        y = x.copy()
        y[key] = value
        return y
    rows, large = np.array([1, 0, 1]), np.arange(gabion.INDICES + 1) % 2
    of_numpy += [  # arrays in an index, as lists if they are short, and numbers where there are no arrays
        (a.setitem(np.array([1]), 5), put([1], 5)), (a.setitem([rows, np.array([2, 0, 1])], [7, 8, 9]), put((rows, [2, 0, 1]), [7, 8, 9])), (a.setitem([np.array([[0], [1]]), [0, 2]], 5), put(([[0], [1]], [0, 2]), 5)),
        (a.setitem([np.array([True, False]), [0, 2]], 5), put(([0, 0], [0, 2]), 5)), (a.setitem([x > 2], 5), put(x > 2, 5)), (a.setitem([np.array([], int)], 5), x), (a[np.zeros((0, 2), int)], x[np.zeros((0, 2), int)]),
        (a[np.array([False, True]), [0, 2]], x[1, [0, 2]]), (a[rows.astype("u1"), np.int8(1)], x[rows, 1]), (a[large], x[large]), (a.oindex([rows, np.array([0, 2])]), x[np.ix_(rows, [0, 2])]), (a[range(1, -1, -1)], x[::-1]),
        (create("full", 3, np.float32(2)), np.full(3, np.float32(2))), (create("full", 3, fill_value=np.int8(2), dtype=None), np.full(3, np.int8(2))), (create("full", 3, np.float32(2), int), np.full(3, 2)),
        (i.full_like(np.float32(2.5)), np.full_like(np.arange(6).reshape(2, 3), np.float32(2.5))), (create("arange", np.float32(1), stop=np.int8(3), step=np.float32(0.5)), np.arange(1, 3, 0.5)),
        (a.pad(1, constant_values=np.float32(3)), np.pad(x, 1, constant_values=3)), ((a / a).nan_to_num(nan=np.float32(3)), np.array([[3.0, 1, 1], [1, 1, 1]])),
        (a.isclose(a + 1, rtol=np.float32(0.5), equal_nan=np.True_), np.isclose(x, x + 1, 0.5)), (a + [1, 2, 3], x + [1, 2, 3]), (gabion.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])), (gabion.array(range(3)), np.arange(3)),
        (a.sum(axis=enum.IntEnum("Axis", {"LAST": 1}).LAST), x.sum(1)), (a * enum.IntEnum("Axis", {"LAST": 1}).LAST, x)]
    for got, (_, want) in zip(server.compute(*(e for e, _ in of_numpy)), of_numpy):
        if got.dtype != want.dtype or not np.array_equal(got, want):
            return f"{got!r} instead of {want!r}"
    for wrong, f in [
            (AttributeError, lambda: a.shape), (AttributeError, lambda: a.dtype), (TypeError, lambda: server.compute(a.astype("text"))),
            (TypeError, lambda: bool(a > 2)), (TypeError, lambda: list(a)), (TypeError, lambda: 2 in a), (TypeError, lambda: gabion.array(np.array(["text"]))),
            (TypeError, lambda: server.compute(-gabion.array(x > 2))), (ValueError, lambda: server.compute(a + np.arange(4.0))), (IndexError, lambda: server.compute(a[7])),
            (OverflowError, lambda: server.compute(gabion.array(x.astype("i1")) + 300)), (NotImplementedError, lambda: server.compute(a.explode())), (RuntimeError, lambda: server.compute(gabion.Array("read", uri="nowhere.npy")))]:
        try:
            f()
        except wrong:
            continue
        return f"no {wrong.__name__}"
    kinds = enum.Enum("Kind", ["A"])
    for v in [b"bytes", np.bytes_(b"bytes"), np.datetime64("2020-01-01"), np.timedelta64(1, "ns"), np.array(["2020-01-01"], "M8[D]"), np.array([b"bytes"]), np.array([1], "m8[ns]"), np.longdouble(1), np.str_("text"),
              pathlib.Path("file"), fractions.Fraction(1, 2), kinds.A, a.sum, None, "text", object(), [b"bytes"], np.array([None])]:
        ways = [lambda: a + v, lambda: v - a, lambda: a == v, lambda: gabion.array(v)]
        if not isinstance(v, (str, list, type(None), pathlib.Path)):  # which stand for something, somewhere
            ways += [lambda: server.compute(a.add(v)), lambda: server.compute(a[v]), lambda: server.compute(a.sum(axis=v)), lambda: server.compute(create("full", 3, v)), lambda: server.compute(v)]
        if isinstance(v, np.ndarray):  # to whose operators the expression comes second
            ways[1] = lambda: v + a
        for way in ways:
            try:
                way()
            except TypeError as e:
                if repr(v)[:80] in str(e):
                    continue
                return f"{v!r} is not named: {e}"
            return f"no TypeError for {v!r}"
    for advice, f in [("x.sum()", lambda: np.sum(a)), ("x.mean()", lambda: np.mean(a, axis=0)), ("concatenate", lambda: np.concatenate([x, a])), ("ufunc", lambda: np.exp(a)), ("compute(x)", lambda: np.asarray(a)),
                      ("serve", lambda: gabion.Server(binary, "--stdio"))]:
        try:
            f()
        except (TypeError, ValueError) as e:
            if advice in str(e):
                continue
        return f"no advice {advice}"
    gabion.numpy = None
    try:
        gabion.array([1, 2])
        return "a list is an array without NumPy"
    except TypeError:
        gabion.numpy = np
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.npy")
        for _ in range(2):
            server.compute(a.write(path, overwrite=np.True_))
        if not np.array_equal(server.compute(create("read", uri=path))[0], x):
            return "what is written to a path is not read"
    if server.meta(a.T, a[a > 2]) != [{"dtype": "float64", "shape": [3, 2]}, {"dtype": "float64", "shape": [None]}]:
        return f"meta says {server.meta(a.T, a[a > 2])}"
    if server.close() != 0:
        return "the server did not end well"
    print("the Python client: its page with and without NumPy, arrays of every type, operators beside NumPy's arrays, arguments of NumPy's types, values that are none, and errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
