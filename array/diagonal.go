package array

import (
	"fmt"
	"math"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Diagonal is the elements whose index along axis2 is offset more than that
// along axis1, as the last axis of the result; the two axes are not in it. It
// reads the chunks that hold elements of the diagonal, and no others.
func (a Array) Diagonal(offset, axis1, axis2 int) Array {
	return a.unary(op.Diagonal, func(at graph.Site, in graph.Ref) (graph.Ref, error) {
		return graph.Diagonal(at, in, offset, axis1, axis2)
	})
}

// Trace is the sum of Diagonal along its last axis, of the type of Sum.
func (a Array) Trace(offset, axis1, axis2 int) Array {
	return composed(op.Trace, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		diagonal := c.keep(graph.Diagonal(c.at, in[0], offset, axis1, axis2))
		if c.err != nil {
			return graph.Ref{}
		}
		return c.reduce(op.Sum, diagonal, []int{-1}, false)
	})
}

// Diag is the matrix with the elements of an array of one axis on its k-th
// diagonal and 0 elsewhere, or that diagonal of an array of two axes, as
// Diagonal gives it. Diagonals are counted from the main one, those above it up.
func (a Array) Diag(k int) Array {
	return composed(op.Diag, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		switch x := in[0]; len(x.Grid()) {
		case 1:
			return c.matrix(x, k)
		case 2:
			return c.keep(graph.Diagonal(c.at, x, k, 0, 1))
		}
		return c.fail(graph.ValueError, fmt.Errorf("shape %v has not one axis or two", in[0].Shape()))
	})
}

// matrix has the elements of x on its k-th diagonal.
func (c *composer) matrix(x graph.Ref, k int) graph.Ref {
	n, shift := c.known(x, 0), max(k, -k)
	if c.err != nil {
		return graph.Ref{}
	}
	if shift < 0 || n > math.MaxInt-shift {
		return c.fail(graph.ValueError, fmt.Errorf("a matrix with %d elements on diagonal %d is larger than an int can count", n, k))
	}
	if _, err := (block.Shape{n + shift, n + shift}).Size(); err != nil {
		return c.fail(graph.ValueError, err)
	}
	axis := x.Grid()[0]
	columns := x
	if shift > 0 { // column j holds element j-k, or where k < 0 element j
		axis = block.Regular(n+shift, max(1, axis.Largest()))
		zeros := block.RegularGrid(block.Shape{shift}, block.Shape{shift})
		zero := c.stretched(c.zero(x.DType()), block.Shape{shift}, zeros)
		if columns = c.concat(0, zero, x); k < 0 {
			columns = c.concat(0, x, zero)
		}
	}
	grid := bounded(block.Grid{axis, axis}, x.DType().Size(), nil)
	out := c.do(op.Where, c.beside(grid, op.Equal, k), c.rechunk(columns, grid[1:]), c.zero(x.DType()))
	if c.err != nil {
		return graph.Ref{}
	}
	return c.labelled(out, nil, x.Describe().Attrs)
}

// Tril is the array with 0 above the k-th diagonal of its last two axes; an array
// of one axis is every row of a square matrix first. Diagonals are counted from the
// main one, those above it up.
func (a Array) Tril(k int) Array { return a.triangle(op.Tril, op.GreaterEqual, k) }

// Triu is the array with 0 below the k-th diagonal of its last two axes; see
// Tril.
func (a Array) Triu(k int) Array { return a.triangle(op.Triu, op.LessEqual, k) }

// triangle keeps the elements whose row plus k compares with their column.
func (a Array) triangle(name, compare op.Name, k int) Array {
	return composed(name, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		x := in[0]
		if len(x.Grid()) == 1 {
			n, axis := c.known(x, 0), x.Grid()[0]
			if x = c.stretched(x, block.Shape{n, n}, block.Grid{axis, axis}); c.err != nil {
				return graph.Ref{}
			}
		}
		rank := len(x.Grid())
		if rank < 2 {
			return c.fail(graph.ValueError, fmt.Errorf("shape %v has no axis", x.Shape()))
		}
		rows, columns := c.known(x, rank-2), c.known(x, rank-1)
		if c.err != nil {
			return graph.Ref{}
		}
		out := c.do(op.Where, c.beside(x.Grid()[rank-2:], compare, min(max(k, -rows), columns)), x, c.zero(x.DType()))
		if c.err != nil {
			return graph.Ref{}
		}
		d := x.Describe()
		return c.labelled(out, d.Names, d.Attrs)
	})
}

// beside compares the row plus k of each element of a matrix with its column.
func (c *composer) beside(grid block.Grid, compare op.Name, k int) graph.Ref {
	return c.do(compare, c.expand(c.counted(grid[0], k), 1), c.counted(grid[1], 0))
}

// Eye is a matrix with 1 on its k-th diagonal and 0 elsewhere. Diagonals are
// counted from the main one, those above it up.
func Eye[T dtype.Element](rows, columns, k int, opts ...CreateOption) Array {
	return compared(op.Eye, op.Equal, dtype.Of[T](), rows, columns, k, opts)
}

// Identity is a square matrix with 1 on its main diagonal and 0 elsewhere.
func Identity[T dtype.Element](n int, opts ...CreateOption) Array {
	return compared(op.Identity, op.Equal, dtype.Of[T](), n, n, 0, opts)
}

// Tri is a matrix with 1 on its k-th diagonal and below, and 0 above.
func Tri[T dtype.Element](rows, columns, k int, opts ...CreateOption) Array {
	return compared(op.Tri, op.GreaterEqual, dtype.Of[T](), rows, columns, k, opts)
}

func compared(name, compare op.Name, d dtype.DType, rows, columns, k int, opts []CreateOption) Array {
	return create(name, d, []int{rows, columns}, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		c := &composer{name: name, at: at}
		ones := c.cast(c.beside(out.Grid, compare, min(max(k, -rows), columns)), d)
		return ones, c.err
	})
}
