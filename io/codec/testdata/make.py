"""Makes content.zlib and content.bz2, which TestPythonStreams decodes: python make.py, in this folder."""
import bz2
import struct
import zlib

content = b"".join(struct.pack("<I", i * i >> 7 & 0xFFFF) for i in range(300))
for name, stored in (("zlib", zlib.compress(content, 6)), ("bz2", bz2.compress(content, 9))):
    with open("content." + name, "wb") as f:
        f.write(stored)
