// Package kernel holds the loops that compute elements: plain functions from
// slices to slices. What they all promise:
//
// Lengths. A loop is told the number of elements n and touches exactly the
// first n elements of its slices; slices may be longer. n may be 0. Operands
// that an operation does not have are nil.
//
// Memory. Slices are aligned for their element type. dst may be one of the
// operands exactly (in place) if its elements are no larger than the
// operand's; otherwise it does not overlap them. Loops keep no reference to
// their slices and start no goroutines.
//
// Bools. A bool is one byte. Loops take any non-zero byte as true and write
// only 0 and 1.
//
// Rounding. Every floating-point operation is rounded on its own: products
// that feed a sum are wrapped in a float64() or float32() conversion, which
// forbids the compiler to fuse them into a multiply-add that rounds once, so
// bits do not depend on the processor. A fused multiply-add that is meant is
// math.FMA, which rounds once everywhere. Of package math only what is exact is
// used, since the last bit of its other functions depends on the architecture:
// sqrt, FMA, rounding, Mod, Frexp and Ldexp. (Normal alone rests on its Log and
// Sincos.)
//
// Functions. Those of float64 are the kernel's own, and within one unit in the
// last place of the exact value over all numbers, which TestAccuracy holds them
// to; logaddexp may lose digits where its terms cancel. They are made of tables
// and polynomials, which tables.py computes, and of sums and products in two
// parts (double.go) where one would round away what matters. float32
// functions are computed in float64, float16 ones in float32, complex64 ones
// in complex128, and rounded at the end.
//
// NaN. NaNs propagate; their payloads and signs are not specified, nor is the
// sign of the zero that minimum and maximum of +0 and -0 give.
//
// Errors. A loop never panics on values. It computes defined elements
// throughout and returns a Status with one bit for each kind of problem met,
// so that the statuses of many pieces combine by or.
//
// A reduction works in three steps: Leaf makes a partial result from one tile
// of values, Merge combines the partials of two neighbouring tiles, Finish
// turns the last partial into results. Which values form a tile and in which
// tree the partials merge is the caller's choice and decides the bits of
// floating-point sums; within a leaf the order is fixed (see reduce_sum.go).
package kernel
