"""Makes the fixtures of version 2 in python2/ with zarr-python 3.1.6 and numcodecs 0.16.6: python make_v2.py

Element i of an array, in C order, is i for integers, i/4 for floats, i/4 - (i/2)j for complex numbers and i % 3 == 0 for bools.
"""
import shutil
import warnings

import numcodecs
import numpy as np
import zarr

warnings.simplefilter("ignore")
shutil.rmtree("python2", ignore_errors=True)
root = zarr.create_group("python2", zarr_format=2, attributes={"title": "fixtures", "missing": float("nan")})


def values(dtype, shape):
    i = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    kind = np.dtype(dtype).kind
    return {"b": i % 3 == 0, "f": i / 4, "c": i / 4 - 1j * (i / 2)}.get(kind, i).astype(dtype)


def make(name, dtype, shape, chunks, compressors=None, separator=".", **kwargs):
    a = root.create_array(name, shape=shape, chunks=chunks, dtype=dtype, compressors=compressors,
                          chunk_key_encoding={"name": "v2", "separator": separator}, **kwargs)
    if shape == ():
        a[()] = values(dtype, shape)
    elif np.prod(shape):
        a[:] = values(dtype, shape)


for t in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float16", "float32", "float64", "complex64", "complex128"):
    make(t, t, (5, 7), (3, 7), numcodecs.Zlib(1))
for t in (">i2", ">u4", ">f2", ">f8", ">c8", ">c16"):
    make("big_" + t[1:], t, (3, 4), (2, 4))
for name, compressor in (("gzip", numcodecs.GZip(1)), ("zstd", numcodecs.Zstd(0)), ("zstd_checked", numcodecs.Zstd(3, checksum=True)),
                         ("bz2", numcodecs.BZ2(1)), ("zlib_default", numcodecs.Zlib(-1))):
    make(name, "int16", (4, 5), (2, 4), compressor)
make("slash", "uint8", (4, 5), (3, 3), separator="/")
make("scalar", "float64", (), (), numcodecs.Zlib(1))
make("scalar_f", "complex64", (), (), order="F", separator="/")
make("empty", "int32", (0, 3), (0, 3), numcodecs.Zlib(1))
make("overhanging", "int16", (3, 5), (8, 4), numcodecs.Zlib(1))
make("order_f", "float32", (4, 5, 6), (3, 2, 4), numcodecs.GZip(5), order="F")
make("order_f_big", ">i4", (4, 5), (3, 3), order="F", separator="/")
make("order_f_line", "int8", (5,), (3,), order="F")
make("large", "uint8", (600, 1200), (512, 1024), numcodecs.Zstd(1), order="F",
     attributes={"_ARRAY_DIMENSIONS": ["y", "x"]})  # chunks larger than a piece
make("described", "float32", (2, 3), (2, 3), numcodecs.Zlib(1), fill_value=float("nan"),
     attributes={"_ARRAY_DIMENSIONS": ["time", "x"], "units": "K", "valid": [1.5, 2], "missing": float("nan"), "count": 3, "scale": 1.0,
                 "nested": {"x": [1, None]}})
make("misnamed", "int8", (2, 3), (2, 3), attributes={"_ARRAY_DIMENSIONS": ["time"]})
for name, t, fill in (("nan", "float32", float("nan")), ("minus_infinity", "float16", float("-inf")), ("int", "int64", -2 ** 63),
                      ("uint", ">u8", 2 ** 64 - 1), ("complex", "complex64", complex(1, float("nan"))), ("bool", "bool", True),
                      ("null", "float64", None)):
    root.create_array("fill_" + name, shape=(3,), chunks=(2,), dtype=t, fill_value=fill, compressors=None)
a = root.create_array("holes", shape=(6, 6), chunks=(2, 2), dtype=">i4", fill_value=-1, compressors=None)
a[2:4, :3] = 7
sub = root.create_group("sub", attributes={"level": 2})
inner = sub.create_group("inner")
inner.create_array("x", shape=(3,), dtype="int8", compressors=numcodecs.Zlib(1))[:] = [1, 2, 3]
for name, t, kwargs in (("blosc", "int8", {"compressors": numcodecs.Blosc()}), ("lz4", "int8", {"compressors": numcodecs.LZ4()}),
                        ("delta", "int8", {"filters": [numcodecs.Delta("i1")]}), ("text", "<U4", {}), ("object", str, {}),
                        ("dates", "M8[ns]", {}), ("record", [("a", "i4"), ("b", "f8")], {})):
    root.create_array("refused_" + name, shape=(2,), dtype=t, **kwargs)
zarr.consolidate_metadata("python2")
