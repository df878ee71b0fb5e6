"""Compares Gabion with zarr-python, in versions 2 and 3 of the format: python bench/interop/zarr_check.py, from the root of the repository.

Reads with zarr-python what Gabion wrote, and lets Gabion copy what zarr-python wrote. Needs go, zarr 3, numcodecs and numpy. Prints what was
compared and exits with 0 if all is equal.
"""
import math
import os
import random
import subprocess
import sys
import tempfile
import warnings

import numcodecs
import numpy as np
import zarr
from zarr.codecs import BytesCodec, GzipCodec, TransposeCodec, ZstdCodec
from zarr.codecs.numcodecs import Zlib

TYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64", "complex64", "complex128")


def expected(dtype, shape):
    i = np.arange(math.prod(shape)).reshape(shape)
    kind = np.dtype(dtype).kind
    return {"b": i % 3 == 0, "f": i / 4, "c": i / 4 - 1j * (i / 2)}.get(kind, i).astype(dtype)


def names_and_attributes(a):
    attrs = dict(a.attrs)
    if a.metadata.zarr_format == 3:
        return a.metadata.dimension_names, attrs
    names = attrs.pop("_ARRAY_DIMENSIONS", None)
    return names and tuple(names), attrs


def check_written(path, version):
    """Reads what zarrwrite wrote."""
    subprocess.run(["go", "run", "./bench/interop/zarrwrite", path, str(version)], check=True)
    root = zarr.open_group(path, mode="r")
    assert root.metadata.zarr_format == version
    assert dict(root.attrs) == {"title": "written by Gabion", "numbers": [1, 2]}, dict(root.attrs)
    arrays = dict(root.arrays())
    for name, a in arrays.items():
        assert a.metadata.zarr_format == version, name
        want, got = expected(a.dtype, a.shape), a[...]
        assert np.array_equal(got, want) and np.asarray(got).dtype == want.dtype, name
        if a.ndim == 2:
            names, attrs = names_and_attributes(a)
            assert names == ("time", None), (name, names)
            assert attrs == {"units": "K", "scale": 2.0, "range": [0.0, 1.5]} and type(attrs["scale"]) is float, (name, attrs)
    assert np.isnan(arrays["described"].fill_value)
    assert arrays["float32_zstd"].chunks == (3, 4) and arrays["float32_zstd"].fill_value == (0 if version == 3 else None)
    missing = {f"{t}_{c}" for t in TYPES for c in ("zstd", "plain", "big_gzip", "transposed")} - set(arrays)
    assert not missing, missing
    if version == 2:
        assert arrays["int32_transposed"].metadata.order == "F" and arrays["int32_big_gzip"].metadata.dtype.to_native_dtype() == ">i4"
        raw = zarr.open_group(path, mode="r+")["int32_plain"]
        raw[1:4, 2] = -5  # what was written can be changed by the other one
        assert zarr.open_array(os.path.join(path, "int32_plain"), mode="r")[2, 2] == -5
    print(f"zarr {zarr.__version__} reads all {len(arrays)} arrays of version {version}")


def make(group, name, version, rng):
    """Writes an array of random type, shape and storage, part of it maybe absent."""
    dtype = np.dtype(rng.choice(TYPES)).newbyteorder(rng.choice("<>"))
    shape = tuple(rng.choice([0, 1, 3, 5, 8]) for _ in range(rng.randrange(4)))
    chunks = tuple(rng.randint(1, 6) for _ in shape)
    fill = {"b": [True, False], "f": [0, float("nan"), float("-inf"), 0.1], "c": [0, complex(1, float("nan")), 1.5j]}.get(dtype.kind, [0, 7])
    attrs = {"number": rng.randrange(10), "text": "ä", "list": [1.5, 2.0]}
    options = dict(shape=shape, chunks=chunks, fill_value=rng.choice(fill + [None] * (version == 2)),
                   chunk_key_encoding={"name": "v2" if version == 2 else "default", "separator": rng.choice("./")})
    names = tuple(f"axis{i}" for i in range(len(shape))) if shape and rng.random() < 0.7 else None
    if version == 2:
        if names:
            attrs["_ARRAY_DIMENSIONS"] = list(names)
        options.update(dtype=dtype, order=rng.choice("CF"), compressors=rng.choice(
            [None, numcodecs.Zlib(1), numcodecs.GZip(2), numcodecs.Zstd(3), numcodecs.Zstd(1, checksum=True), numcodecs.BZ2(1)]))
    else:
        options.update(dtype=dtype.newbyteorder("="), dimension_names=names, compressors=rng.choice([None, Zlib(level=1), GzipCodec(level=2), ZstdCodec(level=3)]),
                       serializer=BytesCodec(endian=rng.choice(["little", "big"])))
        if len(shape) > 1 and rng.random() < 0.5:
            options.update(filters=[TransposeCodec(order=rng.sample(range(len(shape)), len(shape)))])
    a = group.create_array(name, attributes=attrs, **options)
    if shape == ():
        a[()] = expected(dtype, shape)
    elif math.prod(shape):
        part = tuple(slice(0, rng.randint(1, n)) for n in shape)
        a[part] = expected(dtype, shape)[part]


def check_copied(folder, version, count):
    """Lets zarrcopy copy what zarr-python wrote to the other version."""
    rng = random.Random(version)
    before = zarr.create_group(os.path.join(folder, f"python{version}"), zarr_format=version, attributes={"title": "ü", "level": 2})
    for i in range(count):
        make(before, f"a{i}", version, rng)
    path = os.path.join(folder, f"copied{version}")
    subprocess.run(["go", "run", "./bench/interop/zarrcopy", os.path.join(folder, f"python{version}"), path, str(5 - version)], check=True)
    after = zarr.open_group(path, mode="r")
    assert after.metadata.zarr_format == 5 - version
    assert dict(after.attrs) == dict(before.attrs), dict(after.attrs)
    assert len(list(after.arrays())) == count
    for name, b in after.arrays():
        a = before[name]
        x, y = np.asarray(a[...]), np.asarray(b[...])
        native = x.astype(x.dtype.newbyteorder("="))
        assert y.dtype == native.dtype and y.shape == native.shape and y.tobytes() == native.tobytes(), (name, a.metadata, x, y)
        names, attrs = names_and_attributes(a)
        if a.shape == ():
            names = names_and_attributes(b)[0]  # () or None
        assert names_and_attributes(b) == (names, attrs), (name, names_and_attributes(b))
    print(f"Gabion copied {count} arrays of version {version} to version {5 - version}")


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for version in (3, 2):
            check_written(os.path.join(folder, f"written{version}.zarr"), version)
            check_copied(folder, version, 150)


if __name__ == "__main__":
    sys.exit(main())
