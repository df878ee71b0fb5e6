package array

import (
	"slices"
	"sort"

	"gabion/block"
	"gabion/graph"
)

// bounded is a grid of elements of size bytes whose blocks take autoBytes at
// most, as far as dividing the marked axes does it; all axes are if marked is
// nil. The longest blocks are divided first, and those that are short enough
// stay as they are.
func bounded(grid block.Grid, size int, marked []bool) block.Grid {
	may := func(axis int) bool { return (marked == nil || marked[axis]) && grid[axis].Known() }
	fits := func(limit int) bool {
		bytes := float64(size)
		for axis, a := range grid {
			n := max(1, a.Largest())
			if may(axis) {
				n = min(n, limit)
			}
			bytes *= float64(n)
		}
		return bytes <= autoBytes
	}
	longest := 1
	for axis, a := range grid {
		if may(axis) {
			longest = max(longest, a.Largest())
		}
	}
	if fits(longest) {
		return grid
	}
	limit := max(1, sort.Search(longest, func(i int) bool { return !fits(i + 1) }))
	out := slices.Clone(grid)
	for axis, a := range grid {
		if n := a.Largest(); may(axis) && n > limit {
			out[axis] = block.Regular(a.Len(), evenly(n, limit))
		}
	}
	return out
}

// evenly is the length of the pieces, at most limit long, that n is divided into.
func evenly(n, limit int) int {
	pieces := block.CeilDiv(n, max(1, limit))
	return block.CeilDiv(n, max(1, pieces))
}

// stretched is in broadcast to a shape. Axes that are stretched have the blocks of
// grid, or shorter ones where blocks would be large; the others keep theirs.
func (c *composer) stretched(in graph.Ref, shape block.Shape, grid block.Grid) graph.Ref {
	out := c.broadcast(in, shape)
	if c.err != nil {
		return graph.Ref{}
	}
	own := in.Grid()
	to := slices.Clone(out.Grid())
	marked := make([]bool, len(to))
	for axis := range to {
		from := axis - len(to) + len(own)
		if marked[axis] = from < 0 || own[from].Len() != to[axis].Len(); marked[axis] {
			to[axis] = grid[axis]
		}
	}
	return c.rechunk(out, bounded(to, out.DType().Size(), marked))
}
