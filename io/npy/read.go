package npy

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gabion/block"
)

// stored is bytes that can be read from anywhere: a file, or what is unpacked of
// a stream.
type stored interface {
	// readAt fills p with the bytes from offset at on.
	readAt(ctx context.Context, p []byte, at int64) error
}

// file is a file as it is.
type file struct{ io.ReaderAt }

func (f file) readAt(ctx context.Context, p []byte, at int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n, err := f.ReadAt(p, at)
	switch {
	case n == len(p):
		return nil
	case errors.Is(err, io.EOF):
		err = errors.New("the file became shorter after it was opened")
	}
	return fmt.Errorf("%d bytes at byte %d of the file: %w", len(p), at, err)
}

// Scratch is at most 256 KiB, whatever the region.
func (a *Array) Scratch(r block.Region) int64 { return a.layout.scratch(r, gapBytes) }

// Read fills dst with the elements of r. It reads from the file the bytes of r,
// and gaps between them of up to 4 KiB. Where neighbours in the file are
// neighbours in dst, they are read to their place.
func (a *Array) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := a.read(ctx, r, dst, scratch); err != nil {
		return fmt.Errorf("npy: %s: reading %v: %w", a.name, r, err)
	}
	return nil
}

func (a *Array) read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := a.layout.fits(r, dst); err != nil || r.Empty() {
		return errors.Join(err, ctx.Err())
	}
	first, s := a.layout.spans(r, dst.Strides, gapBytes)
	if s.plain() {
		size := a.layout.size()
		return walk(s.outer, first, dst.Offset, func(file, memory int) error {
			return a.fill(ctx, dst.Data[memory*size:(memory+s.elements)*size], a.layout.offset(file))
		})
	}
	buffer, err := scratch.Take(a.layout.window(s) * a.layout.size())
	if err != nil {
		return err
	}
	w := window{ctx: ctx, array: a, buffer: buffer}
	walks, run := s.runs()
	return walk(s.outer, first, dst.Offset, func(file, memory int) error {
		w.limit = file + s.length
		return walk(walks, file, memory, func(file, memory int) error {
			return w.gather(run, file, elements{dst.Data, memory, run.memory})
		})
	})
}

// fits returns an error unless b holds the elements of r.
func (l *layout) fits(r block.Region, b block.Block) error {
	if err := r.Within(l.shape); err != nil {
		return err
	}
	if b.DType != l.dtype || !b.Shape.Equal(r.Shape) {
		return fmt.Errorf("a block of %v of shape %v for %v of %v", b.DType, b.Shape, r, l.dtype)
	}
	return nil
}

// fill reads elements that lie side by side, from byte at of the file on.
func (a *Array) fill(ctx context.Context, dst []byte, at int64) error {
	for len(dst) > 0 {
		piece := dst[:min(len(dst), pieceBytes)]
		if err := a.data.readAt(ctx, piece, at); err != nil {
			return err
		}
		a.layout.settle(piece)
		dst, at = dst[len(piece):], at+int64(len(piece))
	}
	return nil
}

// window holds a stretch of the array's elements and moves forward in it.
type window struct {
	ctx    context.Context
	array  *Array
	buffer []byte
	limit  int // the element where the span ends; nothing is read beyond

	start, length int // the elements that it holds
}

// gather reads a run whose first element is file.
func (w *window) gather(run step, file int, to elements) error {
	for left := run.length; left > 0; {
		if file < w.start || file >= w.start+w.length {
			if err := w.advance(file); err != nil {
				return err
			}
		}
		n := min(left, 1+(w.start+w.length-1-file)/run.file)
		move(w.array.layout.size(), n, to, elements{w.buffer, file - w.start, run.file})
		left -= n
		file += n * run.file
		to.at += n * to.stride
	}
	return nil
}

// advance makes the window begin with an element.
func (w *window) advance(file int) error {
	size := w.array.layout.size()
	n := min(len(w.buffer)/size, w.limit-file)
	w.start, w.length = file, 0
	if err := w.array.fill(w.ctx, w.buffer[:n*size], w.array.layout.offset(file)); err != nil {
		return err
	}
	w.length = n
	return nil
}
