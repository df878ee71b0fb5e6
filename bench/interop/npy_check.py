"""Has Gabion copy files that NumPy wrote, and reads the copies with NumPy: python bench/interop/npy_check.py, from the root of the repository.

All types in both byte orders and both orders of elements, arrays without axes and without elements, and archives, stored and
compressed. Needs go and numpy. Prints one line and exits with 0 if all is equal.
"""
import os
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

TYPES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
SHAPES = [(), (1,), (17,), (0,), (5, 7), (3, 0, 2), (4, 1, 5), (2, 3, 4, 5), (300, 70)]


def arrays():
    """Every case by a name."""
    rng = np.random.default_rng(1)
    for code in TYPES:
        for number, shape in enumerate(SHAPES):
            for order in "<>":
                dtype = np.dtype(order + code)
                bits = rng.integers(0, 256, (*shape, dtype.itemsize), dtype="u1")
                a = bits.astype(bool)[..., 0] if code == "b1" else bits.view(dtype)[..., 0]
                name = f"{code}_{number}_{'big' if order == '>' else 'little'}"
                yield name + "_c", np.ascontiguousarray(a).reshape(shape)
                yield name + "_f", np.asfortranarray(a).reshape(shape, order="F")


def same(got, want, what):
    assert got.shape == want.shape, (what, got.shape, want.shape)
    assert got.dtype == want.dtype.newbyteorder("<"), (what, got.dtype, want.dtype)
    assert np.ascontiguousarray(got).tobytes() == np.ascontiguousarray(want).astype(got.dtype).tobytes(), what


def main():
    with tempfile.TemporaryDirectory() as folder:
        original, copied = os.path.join(folder, "original"), os.path.join(folder, "copied")
        os.mkdir(original), os.mkdir(copied)
        cases = dict(arrays())
        for name, a in cases.items():
            np.save(os.path.join(original, name + ".npy"), a)
        np.savez(os.path.join(original, "stored.npz"), **cases)
        np.savez_compressed(os.path.join(original, "compressed.npz"), **cases)
        subprocess.run(["go", "run", "./bench/interop/npycopy", original, copied], check=True)

        for name, a in cases.items():
            for ending, flag in ((".npy", "C_CONTIGUOUS"), (".f.npy", "F_CONTIGUOUS")):
                path = os.path.join(copied, name + ending)
                got = np.load(path)
                same(got, a, path)
                assert got.flags[flag], path
                if a.size:
                    same(np.load(path, mmap_mode="r"), a, path)
                written = open(path, "rb").read()
                np.save(path, got)
                assert open(path, "rb").read() == written, (path, "is not what numpy.save writes")
        for name in ("stored.npz", "compressed.npz"):
            path = os.path.join(copied, name)
            with zipfile.ZipFile(path) as z:
                assert z.testzip() is None, (name, "has a wrong checksum")
            with np.load(path) as z:
                assert z.files == list(cases), name
                for member, a in cases.items():
                    same(z[member], a, (name, member))
        print(f"numpy {np.__version__} reads {2 * len(cases)} files and 2 archives of {len(cases)} arrays that were copied from its own")


if __name__ == "__main__":
    sys.exit(main())
