package contraction

import (
	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/op"
)

// rows are the rows of a tile of an operand: each t.depth elements, or as many
// pairs, of the type that products are computed in.
type rows struct {
	data []byte
	from int // where the first row begins, in elements of that type
	step int // how far apart they are
}

// products multiplies the operands' rows at hand: dst is t.rows times t.columns
// sums, the real parts of all of them before the imaginary ones.
func (c *Contraction) products(dst []byte, o *Operands, a, b int) {
	t := &c.tile
	left, ok := c.inPlace(o.A, a, t.rowA[:t.rows], t.runs[0].a, t.runs[0].stepA)
	if !ok {
		left = c.gather(t.a, o.A, t.rows, func(i int, r *run) (int, int) { return a + t.rowA[i] + r.a, r.stepA })
	}
	right, ok := c.inPlace(o.B, b, t.columnB[:t.columns], t.runs[0].b, t.runs[0].stepB)
	if !ok {
		right = c.gather(t.b, o.B, t.columns, func(i int, r *run) (int, int) { return b + t.columnB[i] + r.b, r.stepB })
	}
	if c.parts == 1 {
		c.multiply(t.rows, t.columns, t.depth, left, right, dst)
		return
	}
	// (ar + ai i)(br + bi i) = (ar br - ai bi) + (ar bi + ai br) i: rows of a's
	// pairs are multiplied with b's pairs (br, -bi) and with (bi, br).
	if o.Conj {
		negateOdd(c.compute, left.data, t.rows)
	}
	swapped := rows{data: t.b[t.columns*op.TileRow:], step: right.step}
	swapPairs(c.compute, swapped.data, right.data, t.columns)
	negateOdd(c.compute, right.data, t.columns)
	part := t.rows * t.columns * c.compute.Size()
	c.multiply(t.rows, t.columns, 2*t.depth, left, right, dst[:part])
	c.multiply(t.rows, t.columns, 2*t.depth, left, swapped, dst[part:])
}

// inPlace are rows that need not be gathered, as they lie in memory as multiply
// takes them.
func (c *Contraction) inPlace(data []byte, base int, at []int, run, step int) (rows, bool) {
	t := &c.tile
	if !c.direct || len(t.runs) > 1 || step != 1 && t.depth > 1 {
		return rows{}, false
	}
	apart, ok := apart(at, 0)
	if !ok || apart < t.depth {
		return rows{}, false
	}
	return rows{data, base + at[0] + run, apart}, true
}

// apart is the distance between numbers, and whether it is the same between all of
// them, and the one that is wanted, if that is not 0. A single one is as far from
// others as is wanted.
func apart(at []int, wanted int) (distance int, ok bool) {
	if len(at) == 1 {
		return max(wanted, op.TileRow), true
	}
	distance = at[1] - at[0]
	for i := 2; i < len(at); i++ {
		if at[i]-at[i-1] != distance {
			return 0, false
		}
	}
	return distance, wanted == 0 || distance == wanted
}

// gather copies rows next to each other; place says where a run of a row begins
// and how far apart its elements are.
func (c *Contraction) gather(dst, src []byte, n int, place func(i int, r *run) (from, step int)) rows {
	t := &c.tile
	size := c.d.Size()
	for i := range n {
		row := dst[i*op.TileRow : (i+1)*op.TileRow]
		to := row
		if c.convert != nil {
			to = t.row[:]
		}
		done := 0
		for k := range t.runs {
			r := &t.runs[k]
			from, step := place(i, r)
			kernel.Gather(size, to[done*size:], r.n, src, from, step)
			done += r.n
		}
		if c.convert != nil {
			c.convert(done, row, to, nil, nil)
		}
	}
	return rows{dst, 0, op.TileRow / c.compute.Size()}
}

// negateOdd changes the sign of every second element of n rows.
func negateOdd(d dtype.DType, data []byte, n int) {
	if d == dtype.Float32 {
		flipOdd[uint32](data[:n*op.TileRow])
	} else {
		flipOdd[uint64](data[:n*op.TileRow])
	}
}

func flipOdd[T uint32 | uint64](data []byte) {
	x := dtype.Slice[T](data)
	sign := ^(^T(0) >> 1)
	for i := 1; i < len(x); i += 2 {
		x[i] ^= sign
	}
}

// swapPairs writes the elements of n rows with those of each pair exchanged.
func swapPairs(d dtype.DType, dst, src []byte, n int) {
	if d == dtype.Float32 {
		swap[uint32](dst[:n*op.TileRow], src)
	} else {
		swap[uint64](dst[:n*op.TileRow], src)
	}
}

func swap[T uint32 | uint64](dst, src []byte) {
	to, from := dtype.Slice[T](dst), dtype.Slice[T](src)[:len(dst)/dtype.Of[T]().Size()]
	for i := 0; i+1 < len(from); i += 2 {
		to[i], to[i+1] = from[i+1], from[i]
	}
}
