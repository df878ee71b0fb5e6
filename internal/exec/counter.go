package exec

import (
	"gabion/dtype"
	"gabion/internal/kernel"
)

// counter merges the leaves of some cells as they come, so that they form a
// balanced tree: like a binary number that is counted up, it holds at most one
// partial of each power of two leaves.
type counter struct {
	red    *kernel.Reduction
	out    []byte // the block's partial
	total  int    // its cells
	cells  int    // cells of the tile at hand
	levels []level
	used   int
	planes [][]byte
	to     [][]byte
}

type level struct {
	buf    []byte
	planes [][]byte
	leaves int
	n      int64 // elements in each cell
}

func newCounter(red *kernel.Reduction) *counter {
	if red == nil {
		return nil
	}
	return &counter{red: red}
}

// begin starts a block whose partial of the given number of cells goes to out.
func (c *counter) begin(out []byte, total int) { c.out, c.total = out, total }

// open starts a tile of cells.
func (c *counter) open(cells int) { c.cells, c.used = cells, 0 }

// next is where the next leaf is made.
func (c *counter) next() [][]byte {
	if c.used == len(c.levels) {
		c.levels = append(c.levels, level{})
	}
	l := &c.levels[c.used]
	if size := c.red.PartialBytes(c.cells); size > len(l.buf) {
		l.buf = make([]byte, size)
	}
	l.planes = c.red.PlanesInto(l.planes[:0], l.buf, c.cells)
	return l.planes
}

// push takes up the leaf that was made, of n elements in each cell.
func (c *counter) push(n int64) {
	c.levels[c.used].leaves, c.levels[c.used].n = 1, n
	c.used++
	for c.used > 1 && c.levels[c.used-2].leaves == c.levels[c.used-1].leaves {
		c.merge()
	}
}

func (c *counter) merge() {
	left, right := &c.levels[c.used-2], &c.levels[c.used-1]
	c.red.Merge(left.planes, right.planes, c.cells, left.n, right.n)
	left.leaves += right.leaves
	left.n += right.n
	c.used--
}

// close merges what is left and stores it as the partial of cells from cell on.
func (c *counter) close(cell, cells int) {
	for c.used > 1 {
		c.merge()
	}
	c.to = c.red.PlanesInto(c.to[:0], c.out, c.total)
	for i, plane := range c.levels[0].planes {
		size := c.red.Planes[i].Size()
		copy(c.to[i][cell*size:(cell+cells)*size], plane[:cells*size])
	}
}

func int64s(b []byte) []int64 { return dtype.Slice[int64](b) }
