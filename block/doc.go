// Package block holds the words that every layer shares.
//
// A [Shape] is the length of an array along each axis and a [Region] a box of
// its index space. A [Grid], one [Axis] an axis, says where the blocks of an
// array begin. A [Block] is one of these blocks in memory. A [Source] is an
// array that can be read, a [Sink] a place that one is written to; package
// blocktest tests implementations of both. A [Budget] holds the memory that all
// of this takes below a limit.
//
// # Memory
//
// Everything that grows with the data lives in a [Buffer] of a Budget, outside
// of the garbage collector's heap. Two conditions hold at all times:
//
//  1. Physical: the memory mapped for buffers, in use or kept for reuse, is
//     never above the limit. [Grant.Alloc] keeps it, first by unmapping what is
//     kept for reuse, then by asking the reclaim function to free blocks that
//     no running task reads.
//  2. Logical: the sum of commitments is never above the limit. An [Account]
//     (a plan being run) is committed to its working set, or to what its open
//     grants may hold if that is more. A [Grant] is the right of one running
//     task to hold memory.
//
// What running tasks pin is within the commitments, and everything else alive
// can be reclaimed. Hence an allocation within a grant can always be satisfied,
// and a plan that was admitted can always go on.
//
// That argument needs a buffer to be charged all the memory that it may keep
// mapped on its own, which is whole pages: see [ClassSize].
//
// # Invariants
//
//   - B1 Charges plus retained buffers never exceed the budget.
//   - B2 A block is written by one task and read-only afterwards.
//   - B3 A released block is never read. Builds with the tag invariants poison
//     its memory.
//   - B4 A result handed to the user never keeps a larger block alive.
//
// A Block does not own its memory, a Buffer does: blocks over its bytes may be
// used until [Buffer.Free].
package block
