package netcdf

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gabion/block"
)

const (
	windowBytes   = 256 << 10 // most that one pread takes
	gapBytes      = 4 << 10   // most that is read over rather than skipped: a page, which a disk reads anyway
	stagingLength = 4 << 10   // elements that are converted at once
)

// step is one axis of a region: its length and the distances between
// neighbours, in bytes of the file and in elements of the destination.
type step struct {
	length int
	file   int64
	dst    int
}

// span is a stretch of the file that holds one part of a region with no gap of
// more than gapBytes in it. outer walks the spans of the region, inner the
// elements of a span.
type span struct {
	outer, inner []step
	bytes        int64
	elements     int
}

// plan divides a region of the given shape into spans. strides are those of
// the destination.
func (v *Variable) plan(shape block.Shape, strides []int) span {
	var steps []step
	for axis, n := range shape {
		if n == 1 {
			continue
		}
		s := step{length: n, file: v.stored.strides[axis], dst: strides[axis]}
		if k := len(steps) - 1; k >= 0 && steps[k].file == s.file*int64(n) && steps[k].dst == s.dst*n {
			s.length *= steps[k].length
			steps[k] = s
			continue
		}
		steps = append(steps, s)
	}
	// Gaps only grow towards the first axis, so the axes of a span are the last ones.
	p := span{outer: steps, bytes: v.stored.typ.size(), elements: 1}
	for k := len(steps) - 1; k >= 0 && steps[k].file-p.bytes <= gapBytes; k-- {
		p.outer, p.inner = steps[:k], steps[k:]
		p.bytes += int64(steps[k].length-1) * steps[k].file
		p.elements *= steps[k].length
	}
	return p
}

// window is how many bytes of a span are in memory at once.
func (p span) window() int { return int(min(p.bytes, windowBytes)) }

// staging is the size of the buffer in which stored elements are converted.
func (v *Variable) staging(p span) int {
	if !v.decoder.staged {
		return 0
	}
	return min(p.elements, stagingLength) * int(v.stored.typ.size())
}

// Scratch is at most 288 KiB, whatever the region.
func (v *Variable) Scratch(r block.Region) int64 {
	if r.Within(v.stored.lengths) != nil || r.Empty() {
		return 0
	}
	p := v.plan(r.Shape, r.Shape.Strides())
	return int64(p.window() + v.staging(p))
}

// Read fills dst with the decoded elements of r. It reads from the file the
// bytes of r, and gaps between them of up to 4 KiB.
func (v *Variable) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := v.read(ctx, r, dst, scratch); err != nil {
		return fmt.Errorf("netcdf: %s: reading %v: %w", v.name, r, err)
	}
	return nil
}

func (v *Variable) read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := r.Within(v.stored.lengths); err != nil {
		return err
	}
	if dst.DType != v.description.DType || !dst.Shape.Equal(r.Shape) {
		return fmt.Errorf("the destination is %v of shape %v, not %v of shape %v", dst.DType, dst.Shape, v.description.DType, r.Shape)
	}
	if r.Empty() {
		return ctx.Err()
	}
	p := v.plan(r.Shape, dst.Strides)
	buffer, err := scratch.Take(p.window())
	if err != nil {
		return err
	}
	staging, err := scratch.Take(v.staging(p))
	if err != nil {
		return err
	}
	start := v.stored.begin
	for axis, i := range r.Start {
		start += int64(i) * v.stored.strides[axis]
	}
	line := step{length: 1}
	inner := p.inner
	if k := len(inner) - 1; k >= 0 {
		inner, line = inner[:k], inner[k]
	}
	w := window{ctx: ctx, in: v.file.data, buffer: buffer}
	size := v.stored.typ.size()
	return walk(p.outer, start, dst.Offset, func(file int64, to int) error {
		w.limit = file + p.bytes
		return walk(inner, file, to, func(file int64, to int) error {
			for left := line.length; left > 0; {
				data, err := w.at(file, size)
				if err != nil {
					return err
				}
				n := min(left, stagingLength)
				if n > 1 {
					n = min(n, int((int64(len(data))-size)/line.file)+1)
				}
				v.decoder.decode(piece{dst.Data, to, line.dst, data, int(line.file), n}, staging)
				left -= n
				file += int64(n) * line.file
				to += n * line.dst
			}
			return nil
		})
	})
}

// walk calls visit for every position of steps in C order, with where it is in
// the file and in the destination.
func walk(steps []step, file int64, dst int, visit func(file int64, dst int) error) error {
	if len(steps) == 0 {
		return visit(file, dst)
	}
	for range steps[0].length {
		if err := walk(steps[1:], file, dst, visit); err != nil {
			return err
		}
		file += steps[0].file
		dst += steps[0].dst
	}
	return nil
}

// window holds a stretch of the file and moves forward in it.
type window struct {
	ctx    context.Context
	in     io.ReaderAt
	buffer []byte
	limit  int64 // end of the span; nothing is read beyond

	start int64
	data  []byte
}

// at is the bytes of the window from offset on, at least size of them.
func (w *window) at(offset, size int64) ([]byte, error) {
	if skip := offset - w.start; skip >= 0 && skip <= int64(len(w.data))-size {
		return w.data[skip:], nil
	}
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	w.start, w.data = offset, w.buffer[:min(int64(len(w.buffer)), w.limit-offset)]
	n, err := w.in.ReadAt(w.data, offset)
	if n == len(w.data) {
		return w.data, nil
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the file became shorter after it was opened")
	}
	w.data = nil
	return nil, fmt.Errorf("%d bytes at byte %d of the file: %w", min(int64(len(w.buffer)), w.limit-offset), offset, err)
}
