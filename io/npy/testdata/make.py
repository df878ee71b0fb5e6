"""Writes the files of this folder with NumPy: python testdata/make.py, from the folder of the package. Made with numpy 2.4.6.

Element i of an array, in C order, is what values() says; the tests compute the same.
"""
import io
import os
import struct
import zipfile

import numpy as np

TYPES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
SHAPE = (2, 3, 4)
HERE = os.path.dirname(__file__)


def values(code, shape):
    """Numbers whose bytes are different from each other."""
    dtype = np.dtype(code)
    i = np.arange(np.prod(shape, dtype=int))
    if dtype.kind == "b":
        a = i % 3 == 0
    elif dtype.kind in "iu":
        factor = int.from_bytes(bytes(range(1, dtype.itemsize + 1)), "big")
        a = (i - (7 if dtype.kind == "i" else 0)) * factor
    else:
        x = (i - 7) / 3
        a = x if dtype.kind == "f" else x + 1j * (1 - x)
    return a.astype(dtype).reshape(shape)


def path(name):
    return os.path.join(HERE, name)


def save(name, a):
    np.save(path(name), a, allow_pickle=True)


def with_header(name, version, text, data=b""):
    """A file whose header NumPy of today does not write."""
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    with open(path(name), "wb") as f:
        f.write(b"\x93NUMPY" + bytes([version, 0]) + length + text + data)


def main():
    for code in TYPES:
        for order in "<" if np.dtype(code).itemsize == 1 else "<>":
            a = values(code, SHAPE).astype(order + code)
            name = f"{code}_{'big' if order == '>' else 'little'}"
            save(name + "_c.npy", a)
            save(name + "_f.npy", np.asfortranarray(a))

    save("scalar.npy", np.float64(42.5))
    save("vector.npy", values("f4", (5,)))
    save("ones.npy", np.asfortranarray(values("i2", (1, 5, 1))))
    save("empty.npy", np.zeros((0, 3), "f4"))
    save("empty_f.npy", np.zeros((3, 0, 2), "f4", order="F"))
    save("long.npy", values("u1", (1000,)))
    for version in (2, 3):
        with open(path(f"version{version}.npy"), "wb") as f:
            np.lib.format.write_array(f, values("i4", SHAPE), version=(version, 0))
    python2 = b"{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 3L, 4L), }"
    python2 += b" " * (-(len(python2) + 11) % 16) + b"\n"
    with_header("python2.npy", 1, python2, values("i4", SHAPE).tobytes())
    with open(path("two.npy"), "wb") as f:
        np.save(f, values("i4", SHAPE))
        np.save(f, values("i8", SHAPE))

    save("refused_object.npy", np.array([1, None]))
    save("refused_date.npy", np.array(["2001-02-03"], "M8[D]"))
    save("refused_duration.npy", np.array([5], "m8[s]"))
    save("refused_unicode.npy", np.array(["a", "bc"]))
    save("refused_bytes.npy", np.array([b"a", b"bc"]))
    save("refused_record.npy", np.array([(1, 2.5)], [("n", "i4"), ("x", "f8")]))
    save("refused_void.npy", np.zeros(3, "V2"))
    save("refused_longdouble.npy", np.zeros(3, np.longdouble))

    arrays = {"u": values("f4", SHAPE), "v": np.asfortranarray(values(">i8", SHAPE)), "group/scalar": np.float64(42.5),
              "empty": np.zeros((0, 3), "f4"), "text": np.array(["a"])}
    np.savez(path("stored.npz"), **arrays)
    np.savez_compressed(path("compressed.npz"), **arrays)
    np.savez(path("none.npz"))
    for name, method in {"lzma": zipfile.ZIP_LZMA, "mixed": zipfile.ZIP_DEFLATED}.items():
        with zipfile.ZipFile(path(name + ".npz"), "w") as z:
            member = io.BytesIO()
            np.save(member, arrays["u"])
            z.writestr("u.npy", member.getvalue(), method)
            z.writestr("readme.txt", "not an array")
            z.writestr("v.npy", b"not an array either")


if __name__ == "__main__":
    main()
