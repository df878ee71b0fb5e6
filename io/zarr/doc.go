// Package zarr reads and writes arrays and groups of Zarr, versions 2 and 3 of
// the format, in folders.
//
// [Open] gives an array as a block.Source, [Create] a block.Sink; [OpenGroup]
// and [CreateGroup] hold several arrays. [OpenIn] and [CreateIn] do the same in
// any store.Store. The version of what is read is found from what is there; what
// is written has version 3, or the one that [Version] sets.
//
// Covered of both versions: the regular chunk grid; the data types bool, int8 to
// int64, uint8 to uint64, float16 to float64, complex64 and complex128; fill
// values in every spelling, also for chunks that are absent; dimension names;
// attributes. Consolidated metadata is ignored, and not brought up to date: who
// has it in a store consolidates again after writing. Not covered: sharding,
// other chunk grids, storage transformers, strings and dates.
//
// Of version 3: the chunk key encodings "default" and "v2" with both separators,
// and the codecs of package codec. Extensions that must be understood are refused
// by name.
//
// Of version 2: both byte orders, orders and separators; the compressors zlib,
// gzip and zstd, and bz2 for reading. Blosc, LZ4, LZMA, filters, and types that
// are not numbers or bools are refused by name. A fill value of null reads as 0,
// as in Python. The attribute _ARRAY_DIMENSIONS holds the dimension names; where
// it is not a list of one name or null an axis, it is an attribute like any other.
//
// Sources: the Zarr core specification 3.1 and the Zarr storage specification 2,
// zarr-specs.readthedocs.io; for _ARRAY_DIMENSIONS, "Zarr Encoding Specification"
// in xarray's documentation. Metadata with the bare NaN and Infinity that Python
// writes is read; it is written as strings, since JSON has no such numbers.
//
// Attributes become strings, bools, int64, float64 or slices of one of these;
// an attribute that is none of them, such as an object, becomes the string of
// its JSON.
//
// An array is built beside its path, in a folder that no other writer knows:
// that of a.zarr is called .a.zarr.gabion-new- and some letters. At the end,
// when all chunks and the metadata are in it, it is renamed. A process that is
// killed before leaves it, and it can be removed. Replacing an array takes two
// renames; a process that is killed just between them leaves no array at the
// path, but both whole beside it. The files are not forced to the disk: see
// package store about power failures.
//
// Invariants kept here: W1, each storage chunk has one writer (Write takes
// whole chunks only), and W2, a reader sees a chunk complete or not at all, and
// an array only when all of it is there.
package zarr
