// Package npy reads and writes arrays in NumPy's files: .npy, which holds one
// array, and .npz, a zip file of several.
//
//	x, err := npy.Open("x.npy")                        // a block.Source
//	z, err := npy.OpenZip("winds.npz")                 // the archive
//	u, err := z.Array("u")                             // a block.Source
//	err = array.Store(ctx, npy.Create("y.npy"), y)     // a block.Sink
//
// The format is that of numpy.lib.format, versions 1.0, 2.0 and 3.0: a header
// that is a Python dictionary, and then the elements one after the other, in C
// or in Fortran order. Elements are bool, int8 to int64, uint8 to uint64,
// float16 to float64, complex64 and complex128 in either byte order. Other
// types are refused by name: Python objects, which are pickled, dates, strings,
// records and long doubles.
//
// What is written is byte for byte what numpy.save writes for the array, in
// little byte order. The format has no place for the names of axes, for
// attributes and for chunks: they are not stored.
//
// # Reading
//
// A read touches the bytes of the region that is asked for; stretches of up to
// 4 KiB between them are read over rather than skipped. What lies behind the
// array in a file is not looked at. A bool that is stored as neither 0 nor 1 is
// true, as in NumPy.
//
// [Open] checks that the file is as long as its header says. Files must not be
// changed while they are open. One that is replaced by another of its name, as
// Create does, is read on as it was. One that is written to gives what is in it
// at that moment, old or new; one that becomes shorter gives errors.
//
// [Mmap] maps a file into memory and reads nothing itself: blocks are used where
// they lie in the system's cache of the file. It serves arrays that are read
// many times and fit the machine's memory. Such pages do not count towards a
// budget, and systems take them back when memory is short. A file that becomes
// shorter while it is mapped ends the process, and so does a disk that fails.
//
// # Archives
//
// Members of a .npz that numpy.savez wrote are stored as they are, and read as
// files are. Those of numpy.savez_compressed are compressed as one stream, of
// which no part can be read without all before it: the first read unpacks what
// it needs, from the front, to a file in the system's folder for temporary
// files, and later reads go on from there. So the stream is read once at most,
// the folder needs room for the array, and reading parts of what is unpacked
// costs what the parts cost. Close removes the file; on Unix it has no name from
// the start.
//
// Checksums of members are verified where a stream is unpacked to its end; parts
// of stored members have none.
//
// # Writing
//
// A file is written under another name beside its own, .NAME.LETTERS.partial,
// and gets its name when it is complete. A process that is killed before leaves
// it, and it can be removed. Regions may be of any alignment, and are written
// where they belong, as several goroutines give them. Nothing that is there is
// replaced unless [Overwrite] says so, and then by [Create] only a .npy file and
// by [CreateZip] only a .npz. Files are not forced to the disk: see package
// store about power failures.
//
// Source: numpy.lib.format in the NumPy reference, and NEP 1.
package npy
