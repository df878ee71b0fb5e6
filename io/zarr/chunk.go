package zarr

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"gabion/block"
	"gabion/dtype"
)

// pieceBytes is how much of a chunk that is not decoded in its place, or not
// encoded from it, is in memory at once.
const pieceBytes = 256 << 10

// pieceSize is the scratch for one piece of a chunk.
func (m *metadata) pieceSize() int { return min(m.chunkSize, pieceBytes) }

// pieces walks through a dense array of the given shape in boxes that lie one
// after the other in it and have at most limit elements, until f returns false
// or an error.
func pieces(shape block.Shape, limit int, f func(box block.Region) (bool, error)) error {
	// Whole axes from split on make up a piece, and a run along the axis
	// before them.
	split, inner := len(shape), 1
	for split > 0 && inner*shape[split-1] <= limit {
		split--
		inner *= shape[split]
	}
	outer := block.Region{Start: make([]int, split), Shape: slices.Clone(shape[:split])}
	run := 1
	if split > 0 {
		run = max(1, limit/inner)
		outer.Shape[split-1] = (shape[split-1] + run - 1) / run
	}
	var err error
	block.Positions(outer, func(position []int) bool {
		box := block.Region{Start: make([]int, len(shape)), Shape: make(block.Shape, len(shape))}
		for axis := range shape {
			switch {
			case axis < split-1:
				box.Start[axis], box.Shape[axis] = position[axis], 1
			case axis == split-1:
				box.Start[axis] = position[axis] * run
				box.Shape[axis] = min(run, shape[axis]-box.Start[axis])
			default:
				box.Shape[axis] = shape[axis]
			}
		}
		var more bool
		more, err = f(box)
		return more && err == nil
	})
	return err
}

// permuted is r with its axes in the stored order.
func permuted(r block.Region, order []int) block.Region {
	p := block.Region{Start: make([]int, len(order)), Shape: make(block.Shape, len(order))}
	for to, from := range order {
		p.Start[to], p.Shape[to] = r.Start[from], r.Shape[from]
	}
	return p
}

// decodeChunk fills dst with the part of a stored chunk that part covers, as seen
// from the chunk's start. stored gives the stored chunk, of the given length.
func (m *metadata) decodeChunk(dst block.Block, part block.Region, stored io.Reader, length int64, mem *memory) error {
	whole := part.Shape.Equal(m.chunk)
	if whole && !m.chain.Transposed() && dst.IsDense() {
		if err := m.chain.Decode(dst.DenseBytes(), stored, length, mem); err != nil {
			return err
		}
		normalise(m.dtype, dst.DenseBytes())
		return nil
	}
	buffer, err := mem.piece(m.pieceSize())
	if err != nil {
		return err
	}
	order := m.chain.Order()
	dst, part = dst.Transpose(order), permuted(part, order)
	scatter := func(box block.Region, data []byte) {
		normalise(m.dtype, data)
		if shared, ok := box.Intersect(part); ok {
			piece := block.Dense(m.dtype, box.Shape, data)
			block.Copy(dst.Part(shared.Relative(part.Start)), piece.Part(shared.Relative(box.Start)))
		}
	}
	shape := permuted(block.Whole(m.chunk), order).Shape
	if len(buffer) == m.chunkSize {
		if err := m.chain.Decode(buffer, stored, length, mem); err != nil {
			return err
		}
		scatter(block.Whole(shape), buffer)
		return nil
	}
	r, err := m.chain.Reader(stored, length)
	if err != nil {
		return err
	}
	defer r.Close()
	skipRest := false
	err = pieces(shape, len(buffer)/m.dtype.Size(), func(box block.Region) (bool, error) {
		data := buffer[:box.Elements()*m.dtype.Size()]
		if err := r.Next(data); err != nil {
			return false, err
		}
		scatter(box, data)
		skipRest = !m.chain.Checked() && holdsLast(box, part)
		return !skipRest, nil
	})
	if err != nil || skipRest {
		return err
	}
	return r.End()
}

// holdsLast reports whether the last element of r lies in box.
func holdsLast(box, r block.Region) bool {
	for axis := range box.Shape {
		if last := r.Stop(axis) - 1; last < box.Start[axis] || last >= box.Stop(axis) {
			return false
		}
	}
	return true
}

// encodeChunk writes a chunk: src holds the part of it that part covers, as seen
// from the chunk's start; the rest is the fill value.
func (m *metadata) encodeChunk(w io.Writer, src block.Block, part block.Region, mem *memory) (err error) {
	e, err := m.chain.Writer(w)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := e.Close(); err == nil {
			err = closeErr
		}
	}()
	if part.Shape.Equal(m.chunk) && !m.chain.Transposed() && src.IsDense() {
		_, err := e.Write(src.DenseBytes())
		return err
	}
	buffer, err := mem.piece(m.pieceSize())
	if err != nil {
		return err
	}
	order := m.chain.Order()
	src, part = src.Transpose(order), permuted(part, order)
	shape := permuted(block.Whole(m.chunk), order).Shape
	return pieces(shape, len(buffer)/m.dtype.Size(), func(box block.Region) (bool, error) {
		piece := block.Dense(m.dtype, box.Shape, buffer)
		shared, ok := box.Intersect(part)
		if !ok || !shared.Shape.Equal(box.Shape) {
			fillBlock(piece, m.fill)
		}
		if ok {
			block.Copy(piece.Part(shared.Relative(box.Start)), src.Part(shared.Relative(part.Start)))
		}
		_, err := e.Write(piece.DenseBytes())
		return true, err
	})
}

// fillBlock sets every element of dst to s.
func fillBlock(dst block.Block, s dtype.Scalar) {
	block.Copy(dst, block.Block{DType: s.DType, Shape: dst.Shape, Strides: make([]int, len(dst.Shape)), Data: s.Bytes()})
}

// normalise makes the bytes of bools 0 or 1, the only ones that Go knows.
func normalise(d dtype.DType, data []byte) {
	if d != dtype.Bool {
		return
	}
	for i, b := range data {
		if b > 1 {
			data[i] = 1
		}
	}
}

// memory takes scratch once for all chunks of a call, which come one after the
// other.
type memory struct {
	scratch *block.Scratch
	buffer  []byte // for pieces
	coded   []byte // for compressed bytes
	most    int    // length of coded
}

func newMemory(m *metadata, scratch *block.Scratch) *memory {
	return &memory{scratch: scratch, most: words(int(m.chain.DecodeScratch()))}
}

// words is n rounded up so that takes of scratch lie side by side.
func words(n int) int { return (n + 15) &^ 15 }

func (m *memory) piece(n int) ([]byte, error) {
	if m.buffer == nil {
		var err error
		if m.buffer, err = m.scratch.Take(words(n)); err != nil {
			return nil, fmt.Errorf("memory for a piece: %w", err)
		}
	}
	return m.buffer[:n], nil
}

// Take is what the codecs take compressed bytes from.
func (m *memory) Take(n int) ([]byte, error) {
	if n > m.most {
		return nil, errors.New("more compressed bytes than stated")
	}
	if m.coded == nil {
		var err error
		if m.coded, err = m.scratch.Take(m.most); err != nil {
			return nil, fmt.Errorf("memory for compressed bytes: %w", err)
		}
	}
	return m.coded[:n], nil
}
