// Package store keeps byte values under keys: what formats made of many files,
// such as Zarr, need of a folder and can also have of an object store.
//
// Keys are paths with slashes, such as "c/0/1". [Dir] keeps every value in a
// file of a local folder, [Memory] in Go memory. A value is written whole and
// becomes visible in one step: a reader sees the old one, the new one, or
// none. Implementations pass storetest.TestStore.
//
// The guarantee is about processes that fail, not about power: files are not
// forced to the disk, so that what was written in the seconds before a machine
// loses power may be lost.
package store
