"""Runs the Python client and its page: python bench/interop/client_check.py, from the root of the repository.

The session in examples/python/README.md must print what is written there, with
NumPy and without; every element type goes there and back.
"""
import doctest
import os
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
    if server.close() != 0:
        return "the server did not end well"
    print("the Python client: its page with and without NumPy, and arrays of every type")
    return 0


if __name__ == "__main__":
    sys.exit(main())
