// Package codec turns chunks of elements into stored bytes and back, with
// codecs named and configured as in Zarr version 3 metadata:
//
//   - bytes: the elements one after the other, in little or big byte order
//   - transpose: the axes of the chunk in another order
//   - gzip: RFC 1952
//   - zstd: RFC 8878
//   - numcodecs.zlib: RFC 1950
//   - numcodecs.bz2: bzip2, reading only
//   - crc32c: a CRC-32C checksum (RFC 3720, section B.4) in four bytes after
//     the data, in little byte order
//
// Sources: the Zarr core specification 3.1, section "Codecs", and the
// specifications of these codecs at zarr-specs.readthedocs.io; those that begin
// with numcodecs, which have none, are as Python's numcodecs package reads and
// writes them. Not covered are blosc, sharding_indexed, vlen and the rest of
// numcodecs.
//
// Stored bytes are not trusted: decoding gives exactly the size that the shape
// of the chunk implies or an error, never more and never a panic, and a stored
// chunk much longer than its decoded size is refused before it is read.
//
// Decoders and encoders are kept for reuse, as many as there are processors.
// They are Go memory beside the buffers that callers give: 2 MiB for a zstd
// encoder of level 1, 36 MiB of level 10 or more; a decoder that streams holds
// the window of the stream, 1 MiB of what is written here and at most 8 MiB of
// what others write with the usual settings. One of bzip2 takes 4 MiB.
package codec
