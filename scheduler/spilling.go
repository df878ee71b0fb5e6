package scheduler

import (
	"gabion/block"
	"gabion/internal/spill"
)

// A spilled block lies in the file in C order, or, where it is known in which
// pieces it will be asked for, piece after piece, each in C order: so every
// piece is read at once.

// stripBytes is about how much of a block is copied at a time on its way to or
// from the spill file.
const stripBytes = 1 << 20

// writeSpill writes a block that is in memory.
func (e *Engine) writeSpill(h *held) (spill.Extent, error) {
	extent, err := e.spill.Reserve(int64(h.bytes()))
	if err != nil {
		return extent, err
	}
	b := h.dense()
	if h.tiles == nil || h.tiles.Blocks() == 1 {
		err = e.spill.WriteAt(extent, b.DenseBytes(), 0)
	} else {
		at := int64(0)
		var strip []byte
		block.Positions(block.Whole(h.tiles.Counts()), func(position []int) bool {
			err = strips(b.DType.Size(), h.tiles.Region(position), func(r block.Region) error {
				n := r.Elements() * b.DType.Size()
				if n > len(strip) {
					strip = make([]byte, n)
				}
				block.Copy(block.Dense(b.DType, r.Shape, strip), b.Part(r))
				if err := e.spill.WriteAt(extent, strip[:n], at); err != nil {
					return err
				}
				at += int64(n)
				return nil
			})
			return err == nil
		})
	}
	if err != nil {
		e.spill.Free(extent)
		return extent, err
	}
	if e.options.Events.Spill != nil {
		e.options.Events.Spill(int64(h.bytes()))
	}
	return extent, nil
}

// strips calls f for parts of r, in C order, that are contiguous in a dense
// array of r's shape and have about stripBytes at most.
func strips(size int, r block.Region, f func(block.Region) error) error {
	if len(r.Shape) == 0 {
		return f(r)
	}
	axis, row := 0, r.Shape[1:].Elements()*size
	for axis < len(r.Shape)-1 && row > stripBytes {
		axis++
		row /= max(1, r.Shape[axis])
	}
	rows := max(1, stripBytes/max(1, row))
	var err error
	block.Positions(block.Region{Start: r.Start[:axis], Shape: r.Shape[:axis]}, func(at []int) bool {
		for i := 0; i < r.Shape[axis] && err == nil; i += rows {
			part := r.Clone()
			for k, index := range at {
				part.Start[k], part.Shape[k] = index, 1
			}
			part.Start[axis] += i
			part.Shape[axis] = min(rows, r.Shape[axis]-i)
			err = f(part)
		}
		return err == nil
	})
	return err
}

// readSpill reads the part of a spilled block that r covers into dst. The reader
// sees the block in a shape, which is another one than the block's own if there
// is a reshape in between; such blocks have no tiles.
func (e *Engine) readSpill(h *held, shape block.Shape, r block.Region, dst block.Block) error {
	size := h.dtype.Size()
	tiles := h.tiles
	if tiles == nil {
		tiles = block.RegularGrid(shape, shape)
	}
	// Tiles lie one after the other: those before a tile are found by
	// walking the positions in order.
	var err error
	var strip []byte
	at := int64(0)
	block.Positions(block.Whole(tiles.Counts()), func(position []int) bool {
		tile := tiles.Region(position)
		bytes := int64(tile.Elements() * size)
		defer func() { at += bytes }()
		part, ok := tile.Intersect(r)
		if !ok {
			return true
		}
		// The rows along the first axis that the part touches are one run.
		rows := tile.Clone()
		offset := at
		if len(rows.Shape) > 0 {
			rows.Start[0], rows.Shape[0] = part.Start[0], part.Shape[0]
			offset += int64((part.Start[0] - tile.Start[0]) * tile.Shape[1:].Elements() * size)
		}
		err = strips(size, rows, func(run block.Region) error {
			n := run.Elements() * size
			want, ok := run.Intersect(part)
			if ok {
				if n > len(strip) {
					strip = make([]byte, n)
				}
				if err := e.spill.ReadAt(h.extent, strip[:n], offset); err != nil {
					return err
				}
				from := block.Dense(h.dtype, run.Shape, strip).Part(want.Relative(run.Start))
				block.Copy(dst.Part(want.Relative(r.Start)), from)
			}
			offset += int64(n)
			return nil
		})
		return err == nil
	})
	return err
}
