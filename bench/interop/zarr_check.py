"""Reads with zarr-python what Gabion wrote: python bench/interop/zarr_check.py, from the root of the repository.

Needs go, zarr 3 and numpy. Prints one line and exits with 0 if all is equal.
"""
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
import zarr


def expected(dtype, shape):
    i = np.arange(math.prod(shape)).reshape(shape)
    kind = np.dtype(dtype).kind
    return {"b": i % 3 == 0, "f": i / 4, "c": i / 4 - 1j * (i / 2)}.get(kind, i).astype(dtype)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "written.zarr")
        subprocess.run(["go", "run", "./bench/interop/zarrwrite", path], check=True)
        root = zarr.open_group(path, mode="r")
        assert dict(root.attrs) == {"title": "written by Gabion", "numbers": [1, 2]}, dict(root.attrs)
        arrays = dict(root.arrays())
        for name, a in arrays.items():
            want, got = expected(a.dtype, a.shape), a[...]
            assert np.array_equal(got, want) and np.asarray(got).dtype == want.dtype, name
            if a.ndim == 2:
                assert a.metadata.dimension_names == ("time", None), name
                attrs = dict(a.attrs)
                assert attrs == {"units": "K", "scale": 2.0, "range": [0.0, 1.5]} and type(attrs["scale"]) is float, (name, attrs)
        assert np.isnan(arrays["described"].fill_value)
        assert arrays["float32_zstd"].chunks == (3, 4) and arrays["float32_zstd"].fill_value == 0
        types = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
                 "float16", "float32", "float64", "complex64", "complex128"}
        missing = {f"{t}_{c}" for t in types for c in ("zstd", "plain", "big_gzip", "transposed")} - set(arrays)
        assert not missing, missing
        print(f"zarr {zarr.__version__} reads all {len(arrays)} arrays")


if __name__ == "__main__":
    sys.exit(main())
