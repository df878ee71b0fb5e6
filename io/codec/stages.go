package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// idle keeps what is expensive to make for reuse, at most one a processor.
type idle[T any] struct {
	mu    sync.Mutex
	items []T
}

func (l *idle[T]) get() (item T, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.items); n > 0 {
		item = l.items[n-1]
		l.items = l.items[:n-1]
		return item, true
	}
	return item, false
}

func (l *idle[T]) put(item T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) < runtime.GOMAXPROCS(0) {
		l.items = append(l.items, item)
	}
}

// compressedBound is generous: compressors fall back to storing, at a cost of
// a few bytes for every 64 KiB.
func compressedBound(n int64) int64 { return n + n/64 + 64<<10 }

// fault is an error of a codec while decoding.
type fault struct {
	codec string
	err   error
}

func (f *fault) Error() string { return f.codec + ": " + f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// inCodec names the codec in an error, unless it passes on one that another
// codec found. The end of the data is no error.
func inCodec(codec string, err error) error {
	var found *fault
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &found):
		return found
	}
	return &fault{codec, err}
}

const bufferSize = 64 << 10 // what decoders read, and encoders write, at once

var (
	bufferedReaders idle[*bufio.Reader]
	bufferedWriters idle[*bufio.Writer]
)

func buffered(r io.Reader) *bufio.Reader {
	if b, ok := bufferedReaders.get(); ok {
		b.Reset(r)
		return b
	}
	return bufio.NewReaderSize(r, bufferSize)
}

func release(b *bufio.Reader) {
	b.Reset(nil)
	bufferedReaders.put(b)
}

// zstd

type zstdStage struct {
	config zstdConfig
	window uint64 // the largest that is decoded in pieces
}

var (
	zstdAll     idle[*zstd.Decoder]
	zstdStreams idle[*zstd.Decoder]
	zstdWriters [4]idle[*zstd.Encoder] // by level: fastest, default, better, best
)

// windowFor is the largest window of a stream that is decoded in pieces, for
// chunks of n bytes: 8 MiB, which every decoder should take, or what chunks may
// need, at most 128 MiB as in the zstd command. What fits the scratch has no
// limit.
func windowFor(n int64) uint64 { return uint64(min(max(8<<20, 2*n), 128<<20)) }

// decodeAll decodes compressed into exactly chunk.
func decodeAll(chunk, compressed []byte) error {
	d, ok := zstdAll.get()
	if !ok {
		var err error
		d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true),
			zstd.WithDecoderMaxWindow(1<<40), zstd.WithDecoderMaxMemory(1<<62))
		if err != nil {
			return fmt.Errorf("zstd: %w", err)
		}
	}
	defer zstdAll.put(d)
	out, err := d.DecodeAll(compressed, chunk[:0:len(chunk)])
	if err != nil {
		return fmt.Errorf("zstd: %w", err)
	}
	if len(out) != len(chunk) {
		return fmt.Errorf("zstd: the stored chunk holds %d bytes, its shape means %d", len(out), len(chunk))
	}
	return nil
}

func (zstdStage) bound(n int64) int64       { return compressedBound(n) }
func (zstdStage) decodedLength(int64) int64 { return -1 }
func (zstdStage) encodedLength(int64) int64 { return -1 }
func (s zstdStage) checked() bool           { return s.config.Checksum }

type zstdReader struct {
	decoder *zstd.Decoder
	source  *bufio.Reader
}

func (s zstdStage) reader(src io.Reader, _ int64) (io.ReadCloser, error) {
	d, ok := zstdStreams.get()
	if !ok {
		var err error
		d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
	}
	r := &zstdReader{decoder: d, source: buffered(src)}
	if err := d.ResetWithOptions(r.source, zstd.WithDecoderMaxWindow(s.window)); err != nil {
		r.Close()
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return r, nil
}

func (r *zstdReader) Read(p []byte) (int, error) {
	n, err := r.decoder.Read(p)
	return n, inCodec("zstd", err)
}

func (r *zstdReader) Close() error {
	if err := r.decoder.Reset(nil); err == nil {
		zstdStreams.put(r.decoder)
	}
	release(r.source)
	return nil
}

type zstdWriter struct {
	encoder *zstd.Encoder
	home    *idle[*zstd.Encoder]
}

func (s zstdStage) writer(w io.Writer, length int64) (io.WriteCloser, error) {
	level := s.config.Level
	if level == 0 {
		level = 3 // zstd's default
	}
	speed := zstd.EncoderLevelFromZstd(level)
	home := &zstdWriters[speed-zstd.SpeedFastest]
	e, ok := home.get()
	var err error
	if !ok {
		// A window of 1 MiB keeps both ends small; concurrency 1 starts no goroutine.
		e, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20),
			zstd.WithEncoderLevel(speed), zstd.WithZeroFrames(true),
			zstd.WithSingleSegment(true)) // of chunks of one block, whose header else lacks the size
	}
	if err == nil {
		err = e.ResetWithOptions(w, zstd.WithEncoderCRC(s.config.Checksum))
	}
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	e.ResetContentSize(w, max(0, length))
	return &zstdWriter{e, home}, nil
}

func (w *zstdWriter) Write(p []byte) (int, error) { return w.encoder.Write(p) }

func (w *zstdWriter) Close() error {
	err := w.encoder.Close()
	w.encoder.Reset(nil)
	w.home.put(w.encoder)
	return err
}

// gzip

type gzipStage struct{ config gzipConfig }

var (
	gzipReaders idle[*gzip.Reader]
	gzipWriters [10]idle[*gzip.Writer] // by level
)

func (gzipStage) bound(n int64) int64       { return compressedBound(n) }
func (gzipStage) decodedLength(int64) int64 { return -1 }
func (gzipStage) encodedLength(int64) int64 { return -1 }
func (gzipStage) checked() bool             { return true }

type gzipReader struct {
	*gzip.Reader
	source *bufio.Reader
}

func (gzipStage) reader(src io.Reader, _ int64) (io.ReadCloser, error) {
	source := buffered(src)
	z, ok := gzipReaders.get()
	var err error
	if ok {
		err = z.Reset(source)
	} else {
		z, err = gzip.NewReader(source)
	}
	if err != nil {
		release(source)
		if z != nil {
			gzipReaders.put(z)
		}
		return nil, inCodec("gzip", notEOF(err))
	}
	return &gzipReader{z, source}, nil
}

// notEOF is for places where the end of the data is a fault.
func notEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *gzipReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	return n, inCodec("gzip", err)
}

func (r *gzipReader) Close() error {
	gzipReaders.put(r.Reader)
	release(r.source)
	return nil
}

func (s gzipStage) writer(w io.Writer, _ int64) (io.WriteCloser, error) {
	return newDeflater("gzip", w, &gzipWriters[s.config.Level], func() (*gzip.Writer, error) {
		return gzip.NewWriterLevel(nil, s.config.Level)
	})
}

// deflater is an encoder of gzip or zlib, which write in small pieces, over a
// buffer.
type deflater[Z resettable] struct {
	encoder Z
	out     *bufio.Writer
	home    *idle[Z]
}

type resettable interface {
	io.WriteCloser
	Reset(w io.Writer)
}

func newDeflater[Z resettable](codec string, w io.Writer, home *idle[Z], make func() (Z, error)) (io.WriteCloser, error) {
	encoder, ok := home.get()
	if !ok {
		var err error
		if encoder, err = make(); err != nil {
			return nil, inCodec(codec, err)
		}
	}
	out, ok := bufferedWriters.get()
	if ok {
		out.Reset(w)
	} else {
		out = bufio.NewWriterSize(w, bufferSize)
	}
	encoder.Reset(out)
	return &deflater[Z]{encoder, out, home}, nil
}

func (d *deflater[Z]) Write(p []byte) (int, error) { return d.encoder.Write(p) }

func (d *deflater[Z]) Close() error {
	err := d.encoder.Close()
	if err == nil {
		err = d.out.Flush()
	}
	d.encoder.Reset(nil)
	d.home.put(d.encoder)
	d.out.Reset(nil)
	bufferedWriters.put(d.out)
	return err
}

// crc32c

type crcStage struct{}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const crcSize = 4

func (crcStage) bound(n int64) int64 { return n + crcSize }
func (crcStage) checked() bool       { return true }

func (crcStage) decodedLength(length int64) int64 { return max(-1, length-crcSize) }

func (crcStage) encodedLength(length int64) int64 {
	if length < 0 {
		return -1
	}
	return length + crcSize
}

// crcReader holds back the last four bytes it has read, until it knows whether
// they are data.
type crcReader struct {
	src        io.Reader
	held       []byte
	start, end int
	sum        uint32
	err        error
}

func (crcStage) reader(src io.Reader, length int64) (io.ReadCloser, error) {
	if length >= 0 && length < crcSize {
		return nil, inCodec("crc32c", errors.New("the stored chunk is too short for a checksum"))
	}
	return &crcReader{src: src, held: make([]byte, 32<<10)}, nil
}

func (r *crcReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.end-r.start <= crcSize && r.err == nil {
		r.end = copy(r.held, r.held[r.start:r.end])
		r.start = 0
		var n int
		n, r.err = r.src.Read(r.held[r.end:])
		r.end += n
	}
	if r.end-r.start > crcSize {
		n := copy(p, r.held[r.start:r.end-crcSize])
		r.sum = crc32.Update(r.sum, castagnoli, p[:n])
		r.start += n
		return n, nil
	}
	if r.err == io.EOF {
		if r.end-r.start < crcSize {
			return 0, inCodec("crc32c", io.ErrUnexpectedEOF)
		}
		if stored := binary.LittleEndian.Uint32(r.held[r.start:]); stored != r.sum {
			return 0, inCodec("crc32c", fmt.Errorf("the checksum of the data is %08x, the stored one %08x", r.sum, stored))
		}
	}
	return 0, r.err
}

func (r *crcReader) Close() error { return nil }

type crcWriter struct {
	w   io.Writer
	sum uint32
}

func (crcStage) writer(w io.Writer, _ int64) (io.WriteCloser, error) { return &crcWriter{w: w}, nil }

func (w *crcWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	w.sum = crc32.Update(w.sum, castagnoli, p[:n])
	return n, err
}

func (w *crcWriter) Close() error {
	_, err := w.w.Write(binary.LittleEndian.AppendUint32(nil, w.sum))
	return err
}
