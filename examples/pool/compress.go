package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"iter"
	"os"

	"gabion/scheduler"
)

// pieces are the pieces of some copies of a file, in order. Each is a slice of its
// own, since several are under way at once.
func pieces(path string, copies, size int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for range copies {
			if !piecesOf(path, size, yield) {
				return
			}
		}
	}
}

// piecesOf yields the pieces of a file. It is false when no more are wanted.
func piecesOf(path string, size int, yield func([]byte, error) bool) bool {
	file, err := os.Open(path)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer file.Close()
	for {
		piece := make([]byte, size)
		n, err := io.ReadFull(file, piece)
		switch {
		case err == io.EOF:
			return true
		case err != nil && err != io.ErrUnexpectedEOF:
			yield(nil, err)
			return false
		case !yield(piece[:n], nil):
			return false
		}
	}
}

// compressor is what a worker has of its own: tables of many kilobytes, which
// are expensive to make for each piece, and a buffer. It is used by one call at
// a time.
type compressor struct {
	gz  *gzip.Writer
	buf bytes.Buffer
}

func newCompressor() (*compressor, error) {
	gz, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	return &compressor{gz: gz}, err
}

// member is a piece as a gzip file. Such files one after the other are one gzip
// file again, with the pieces one after the other.
func (c *compressor) member(piece []byte) ([]byte, error) {
	c.buf.Reset()
	c.gz.Reset(&c.buf)
	if _, err := c.gz.Write(piece); err != nil {
		return nil, err
	}
	if err := c.gz.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(c.buf.Bytes()), nil // the buffer stays with the compressor
}

// serially compresses one piece after the other.
func serially(w io.Writer, input iter.Seq2[[]byte, error]) error {
	c, err := newCompressor()
	if err != nil {
		return err
	}
	for piece, err := range input {
		if err != nil {
			return err
		}
		member, err := c.member(piece)
		if err != nil {
			return err
		}
		if _, err := w.Write(member); err != nil {
			return err
		}
	}
	return nil
}

// pooled compresses pieces on the workers of a pool. Pieces are read, and
// members written, as it goes, in the order of the pieces.
func pooled(ctx context.Context, w io.Writer, input iter.Seq2[[]byte, error], o scheduler.PoolOptions) (err error) {
	pool, err := scheduler.NewPool(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }() // closes the compressors too

	compress := func(ctx context.Context, piece []byte) ([]byte, error) {
		c, err := scheduler.WorkerState[*compressor](ctx)
		if err != nil {
			return nil, err
		}
		return c.member(piece)
	}
	for member, err := range scheduler.MapSeq(ctx, input, compress, scheduler.On(pool)) {
		if err != nil {
			return err
		}
		if _, err := w.Write(member); err != nil {
			return err
		}
	}
	return nil
}
