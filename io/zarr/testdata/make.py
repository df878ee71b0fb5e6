"""Makes the fixtures in python/ with zarr-python 3.1.6: python make.py

Element i of an array, in C order, is i for integers, i/4 for floats, i/4 - (i/2)j for complex numbers and i % 3 == 0 for bools.
"""
import shutil
import warnings

import numpy as np
import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec, TransposeCodec, ZstdCodec

warnings.simplefilter("ignore")
shutil.rmtree("python", ignore_errors=True)
root = zarr.create_group("python", attributes={"title": "fixtures", "empty": []})


def values(dtype, shape):
    i = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    kind = np.dtype(dtype).kind
    return {"b": i % 3 == 0, "f": i / 4, "c": i / 4 - 1j * (i / 2)}.get(kind, i).astype(dtype)


def make(name, dtype, shape, chunks, **kwargs):
    a = root.create_array(name, shape=shape, chunks=chunks, dtype=dtype, **kwargs)
    if shape == ():
        a[()] = values(dtype, shape)
    elif np.prod(shape):
        a[:] = values(dtype, shape)
    return a


for t in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float16", "float32", "float64", "complex64", "complex128"):
    make(t, t, (5, 7), (3, 7))
    if t in ("int16", "float32", "float64", "complex128"):
        make(t + "_big", t, (5, 7), (3, 4), serializer=BytesCodec(endian="big"), compressors=None)
make("scalar", "float64", (), ())
make("empty", "int32", (0, 3), (1, 2))
make("transposed", "float32", (4, 5, 6), (3, 2, 4), filters=[TransposeCodec(order=(2, 0, 1))], compressors=GzipCodec(level=5))
make("transposed_twice", "int16", (4, 5, 6), (3, 2, 4),
     filters=[TransposeCodec(order=(2, 0, 1)), TransposeCodec(order=(1, 0, 2))], compressors=None)
make("checked", "int16", (4, 5), (4, 4), compressors=[ZstdCodec(level=3, checksum=True), Crc32cCodec()])
make("gzip_zstd", "int16", (4, 5), (2, 2), compressors=[GzipCodec(level=1), ZstdCodec(level=1)])
make("keys_dot", "uint8", (4, 5), (3, 3), chunk_key_encoding={"name": "default", "separator": "."})
make("keys_v2", "uint8", (4, 5), (3, 3), chunk_key_encoding={"name": "v2", "separator": "."})
make("keys_v2_slash", "uint8", (4, 5), (3, 3), chunk_key_encoding={"name": "v2", "separator": "/"})
make("keys_v2_scalar", "uint8", (), (), chunk_key_encoding={"name": "v2", "separator": "."})
make("large", "uint8", (600, 1200), (512, 1024), dimension_names=["y", None],
     filters=[TransposeCodec(order=(1, 0))], compressors=ZstdCodec(level=1))  # chunks larger than a piece
make("described", "float32", (2, 3), (2, 3), dimension_names=["time", None],
     attributes={"units": "K", "valid": [1.5, 2], "missing": float("nan"), "count": 3, "scale": 1.0, "flag": True,
                 "names": ["a", "b"], "nested": {"x": [1, None]}, "huge": 2 ** 70, "mixed": [1, "a"]})
for name, t, fill in (("nan", "float32", float("nan")), ("minus_infinity", "float16", float("-inf")), ("int", "int64", -2 ** 63),
                      ("uint", "uint64", 2 ** 64 - 1), ("complex", "complex64", complex(1, float("nan"))), ("bool", "bool", True)):
    root.create_array("fill_" + name, shape=(3,), chunks=(2,), dtype=t, fill_value=fill)
a = root.create_array("holes", shape=(6, 6), chunks=(2, 2), dtype="int32", fill_value=-1)
a[2:4, :3] = 7
sub = root.create_group("sub", attributes={"level": 2})
sub.create_array("x", shape=(3,), dtype="int8")[:] = [1, 2, 3]
zarr.consolidate_metadata("python")
zarr.create_array("python/version2", shape=(3,), dtype="int8", zarr_format=2)
root.create_array("sharded", shape=(4,), shards=(4,), chunks=(2,), dtype="int8")
root.create_array("text", shape=(2,), dtype="<U4")
