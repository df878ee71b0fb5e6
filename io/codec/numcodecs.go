package codec

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
)

// zlib

type zlibStage struct{ config zlibConfig }

var (
	zlibReaders idle[io.ReadCloser]
	zlibWriters [10]idle[*zlib.Writer] // by level
)

func (zlibStage) bound(n int64) int64       { return compressedBound(n) }
func (zlibStage) decodedLength(int64) int64 { return -1 }
func (zlibStage) encodedLength(int64) int64 { return -1 }
func (zlibStage) checked() bool             { return true }

type zlibReader struct {
	stream io.ReadCloser // a zlib.Resetter
	source *bufio.Reader
}

func (zlibStage) reader(src io.Reader, _ int64) (io.ReadCloser, error) {
	source := buffered(src)
	z, ok := zlibReaders.get()
	var err error
	if ok {
		err = z.(zlib.Resetter).Reset(source, nil)
	} else {
		z, err = zlib.NewReader(source)
	}
	if err != nil {
		release(source)
		if z != nil {
			zlibReaders.put(z)
		}
		return nil, inCodec("zlib", notEOF(err))
	}
	return &zlibReader{z, source}, nil
}

// Read ends where the stream does; unlike gzip's, there is one, and nothing may
// follow it.
func (r *zlibReader) Read(p []byte) (int, error) {
	n, err := r.stream.Read(p)
	if err == io.EOF {
		switch _, more := r.source.Peek(1); {
		case more == nil:
			err = errors.New("there are bytes behind its end")
		case more != io.EOF:
			err = more
		}
	}
	return n, inCodec("zlib", err)
}

func (r *zlibReader) Close() error {
	zlibReaders.put(r.stream)
	release(r.source)
	return nil
}

func (s zlibStage) writer(w io.Writer, _ int64) (io.WriteCloser, error) {
	return newDeflater("zlib", w, &zlibWriters[s.config.Level], func() (*zlib.Writer, error) {
		return zlib.NewWriterLevel(nil, s.config.Level)
	})
}

// bz2

type bz2Stage struct{}

var errBz2Writer = errors.New("codec " + bz2Name + " can be read but not written; use zstd, gzip or " + zlibName)

func (bz2Stage) bound(n int64) int64       { return compressedBound(n) }
func (bz2Stage) decodedLength(int64) int64 { return -1 }
func (bz2Stage) encodedLength(int64) int64 { return -1 }
func (bz2Stage) checked() bool             { return true }

func (bz2Stage) writer(io.Writer, int64) (io.WriteCloser, error) { return nil, errBz2Writer }

type bz2Reader struct {
	stream io.Reader
	source *bufio.Reader
}

func (bz2Stage) reader(src io.Reader, _ int64) (io.ReadCloser, error) {
	source := buffered(src)
	return &bz2Reader{bzip2.NewReader(source), source}, nil
}

func (r *bz2Reader) Read(p []byte) (int, error) {
	n, err := r.stream.Read(p)
	return n, inCodec("bz2", err)
}

func (r *bz2Reader) Close() error {
	release(r.source)
	return nil
}
