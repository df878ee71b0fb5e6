// Package array is lazy, chunked, N-dimensional arrays: expressions over data
// that need not fit in memory.
//
// An [Array] is a small immutable value. Operations on arrays build an
// expression and compute nothing: [From] opens a source, [Array.Sub] or
// [Array.Mean] say what to compute, a [Generator] makes random numbers. [Values], [Compute], [Store] and [Persist]
// run it, block by block on all processors, inside the memory budget of an
// engine of package scheduler.
//
//	x := array.From(src)                              // metadata only
//	anom := x.Sub(x.Mean(array.AxesNamed("TIME")))    // still nothing runs
//	err := array.Store(ctx, sink, anom)               // streamed
//
// # What holds for every Array
//
//   - Shape, element type, blocks and dimension names are known at once, and
//     the computed result has exactly these. Printing an Array never computes.
//   - An Array is never changed. Every operation gives a new one.
//   - Mistakes are found when the expression is built. The Array then carries
//     the first error of its expression, like bufio.Writer: further operations
//     pass it on, [Array.Err] tells it, and whatever would run the expression
//     returns it before anything is read. No method panics, also not those of
//     the zero Array, which stands for no array at all.
//   - Numbers mean what NumPy 2 and the Python Array API standard say. What
//     improves on NumPy is written at the operation.
//   - A result has the same bits whatever the number of workers, the memory
//     budget or the passes of the optimiser. It may depend on the chunks of
//     floating-point reductions, by rounding errors alone.
//   - Dimension names travel with arrays and never change how shapes
//     broadcast; where operands disagree the result's axis has no name.
//
// # Errors
//
// A mistake in an expression is a *graph.Error: it names the operation, the
// shapes or types, and the caller's file and line. Its Kind is one of those
// that NumPy's users know.
//
//	var mistake *graph.Error
//	if errors.As(x.Err(), &mistake) && mistake.Kind == graph.IndexError { … }
//
// # Chunks
//
// The chunks of an array are what its blocks are made of: the unit of reading,
// of work, and of what a user's function receives. Arrays follow the chunks of
// their source. Where an operation has to choose, blocks of about 16 MiB and
// about equal length along each axis are taken; see [Chunks] and [Array.Rechunk]. The
// chunks of an elementwise operation are the union of its operands' boundaries.
package array
