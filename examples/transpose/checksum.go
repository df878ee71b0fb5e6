package main

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"

	"gabion/block"
	"gabion/dtype"
)

// checksum is a sink for matrices of float64 that keeps 64 bits of them: the sum
// of a mixture of each element's bits and place. It does not depend on the order
// or the size of what is written. Equal matrices have equal sums; matrices that
// differ anywhere have the same one by chance only, about once in 2⁶⁴.
type checksum struct {
	columns uint64
	sum     atomic.Uint64
}

// mixed is what one element adds. Each step is a bijection, as in SplitMix64 by
// Steele, Lea and Flood, so that elements of one place never add the same.
func mixed(value float64, place uint64) uint64 {
	x := math.Float64bits(value) ^ bits.RotateLeft64(place*0x9e3779b97f4a7c15, 32)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Align allows any region.
func (c *checksum) Align(d block.Description) (block.Grid, error) {
	if d.DType != dtype.Float64 || len(d.Grid) != 2 {
		return nil, fmt.Errorf("the checksum is one of float64 matrices, not of %v of shape %v", d.DType, d.Shape())
	}
	return nil, nil
}

func (c *checksum) Begin(_ context.Context, d block.Description) error {
	c.columns = uint64(d.Shape()[1])
	c.sum.Store(0)
	return nil
}

func (c *checksum) Scratch(block.Region) int64 { return 0 }

// Write adds the elements of a region, row by row. Several tasks call it at once.
func (c *checksum) Write(ctx context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	elements := dtype.Slice[float64](b.Data)
	sum := uint64(0)
	for i := range r.Shape[0] {
		at := b.Offset + i*b.Strides[0]
		place := uint64(r.Start[0]+i)*c.columns + uint64(r.Start[1])
		for range r.Shape[1] {
			sum += mixed(elements[at], place)
			at += b.Strides[1]
			place++
		}
	}
	c.sum.Add(sum)
	return ctx.Err()
}

func (c *checksum) Commit(ctx context.Context) error { return ctx.Err() }

func (c *checksum) Abort() error { return nil }
