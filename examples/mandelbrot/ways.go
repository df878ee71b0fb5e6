package main

import (
	"context"
	"slices"

	"gabion/array"
	"gabion/scheduler"
)

// byRows makes a call a row.
func byRows(ctx context.Context, p plane, most int) ([]int32, error) {
	ys := make([]int, p.height)
	for y := range ys {
		ys[y] = y
	}
	rows, err := scheduler.Map(ctx, ys, func(_ context.Context, y int) ([]int32, error) {
		return p.row(y, most), nil
	})
	return slices.Concat(rows...), err
}

// points is the plane as an array of complex numbers: a row of real parts plus a
// column of imaginary ones. Its blocks are what theirs make: 256 by 256, of
// which there are enough for every worker.
func (p plane) points() array.Array {
	number, chunks := array.Const[float64], array.Chunks(256)
	w, h := float64(p.width), float64(p.height)
	re := array.Arange(0, w, 1, chunks).Mul(number(3 / w)).Sub(number(2))
	im := array.Arange(0, h, 1, chunks).Mul(number(2 / h)).Sub(number(1))
	return re.Add(im.ExpandDims(1).Mul(array.Const(1i)))
}

// expression is the counts of every point of c as one array: most steps of all
// points, without a loop over points. A point that has left never comes back:
// its z grows until it is infinite and then NaN, which is not at most 2 either.
func expression(c array.Array, most int) array.Array {
	z := c
	counts := array.Zeros[int32](c.Shape())
	for range most {
		stays := z.Abs().Le(array.Const(2))
		counts = array.Where(stays, counts.Add(array.Const(1)), counts)
		z = z.Mul(z).Add(c)
	}
	return counts
}

// byBlocks is the counts of every point of c, by a function of blocks.
func byBlocks(c array.Array, most int) array.Array {
	return array.MapBlocks(func(_ context.Context, _ array.BlockInfo, counts []int32, points []complex128) error {
		for i, c := range points {
			counts[i] = steps(c, most)
		}
		return nil
	}, c)
}
