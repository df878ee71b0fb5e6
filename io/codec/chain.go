package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Chain is the codecs of an array, made ready for its chunks. It is immutable
// and may be used by several goroutines at once.
type Chain struct {
	order  []int // stored axis i is the chunk's axis order[i]
	size   int64 // bytes of a decoded chunk
	word   int   // bytes to be reversed; 1 for none
	stages []stage
	bounds []int64 // bounds[i]: the longest input of stage i when encoding; the last is the longest stored chunk
}

// stage is a codec from bytes to bytes.
type stage interface {
	// bound is the most bytes that n bytes may encode to.
	bound(n int64) int64
	// reader decodes src; length is src's if known, -1 otherwise.
	reader(src io.Reader, length int64) (io.ReadCloser, error)
	// decodedLength is the length of what reader gives if it can be told
	// from the length of the source, -1 otherwise.
	decodedLength(length int64) int64
	// writer encodes to w; length is the number of bytes that will be
	// written if known, -1 otherwise. Close ends the encoding, not w.
	writer(w io.Writer, length int64) (io.WriteCloser, error)
	// encodedLength is the length of the encoding of length bytes if it can
	// be told, -1 otherwise.
	encodedLength(length int64) int64
	// checked reports whether reading to the end verifies a checksum.
	checked() bool
}

// Allocator gives memory of undefined content. *block.Scratch is one.
type Allocator interface {
	Take(n int) ([]byte, error)
}

// New prepares specs for chunks of the given shape, whose elements have item
// bytes made of words of word bytes in the machine's order (8 and 16 for
// complex128). The codecs must come in Zarr's order: transposes, bytes, and
// then any of the others.
func New(specs []Spec, shape []int, item, word int) (*Chain, error) {
	c := &Chain{order: make([]int, len(shape)), size: int64(item), word: 1}
	for axis, n := range shape {
		c.order[axis] = axis
		c.size *= int64(n)
	}
	bytesSeen := false
	for _, s := range specs {
		var st stage
		var err error
		switch s.Name {
		case "transpose":
			if bytesSeen {
				return nil, errors.New("codec transpose stands behind bytes")
			}
			err = c.transpose(s)
		case "bytes":
			if bytesSeen {
				return nil, errors.New("codec bytes occurs twice")
			}
			bytesSeen = true
			err = c.byteOrder(s, word)
		case "zstd":
			config := zstdConfig{}
			err = s.configure(&config)
			st = zstdStage{config, windowFor(c.size)}
		case "gzip":
			config := gzipConfig{Level: 6}
			err = s.configure(&config)
			if err == nil && (config.Level < 0 || config.Level > 9) {
				err = fmt.Errorf("codec gzip: the level is %d, not 0 to 9", config.Level)
			}
			st = gzipStage{config}
		case zlibName:
			config := zlibConfig{Level: 1}
			err = s.configure(&config)
			if err == nil && (config.Level < 0 || config.Level > 9) {
				err = fmt.Errorf("codec %s: the level is %d, not 0 to 9", zlibName, config.Level)
			}
			st = zlibStage{config}
		case bz2Name:
			config := bz2Config{}
			err = s.configure(&config)
			st = bz2Stage{}
		case "crc32c":
			err = s.configure(&struct{}{})
			st = crcStage{}
		default:
			err = fmt.Errorf("codec %q is %w", s.Name, ErrUnsupported)
		}
		if err != nil {
			return nil, err
		}
		if st != nil {
			if !bytesSeen {
				return nil, fmt.Errorf("codec %s stands before bytes, or bytes is missing", s.Name)
			}
			c.stages = append(c.stages, st)
		}
	}
	if !bytesSeen {
		return nil, errors.New("the codecs do not turn elements into bytes: codec bytes is missing")
	}
	c.bounds = []int64{c.size}
	for i, st := range c.stages {
		c.bounds = append(c.bounds, st.bound(c.bounds[i]))
	}
	return c, nil
}

func (c *Chain) transpose(s Spec) error {
	config := transposeConfig{}
	if err := s.configure(&config); err != nil {
		return err
	}
	sorted := slices.Sorted(slices.Values(config.Order))
	for axis, o := range sorted {
		if o != axis {
			sorted = nil
			break
		}
	}
	if len(sorted) != len(c.order) {
		return fmt.Errorf("codec transpose: the order %v is not one of %d axes", config.Order, len(c.order))
	}
	next := make([]int, len(c.order))
	for axis, o := range config.Order {
		next[axis] = c.order[o]
	}
	c.order = next
	return nil
}

func (c *Chain) byteOrder(s Spec, word int) error {
	config := bytesConfig{}
	if err := s.configure(&config); err != nil {
		return err
	}
	switch config.Endian {
	case "little", "big":
	case "":
		if word > 1 {
			return errors.New("codec bytes: elements of several bytes need an endian")
		}
	default:
		return fmt.Errorf("codec bytes: the endian is %q, not little or big", config.Endian)
	}
	if native := binary.NativeEndian.Uint16([]byte{1, 0}) == 1; native != (config.Endian == "little") {
		c.word = word
	}
	return nil
}

// Order says how a chunk is laid out in storage: its axis Order()[i] is the
// i-th, counting from the slowest.
func (c *Chain) Order() []int { return slices.Clone(c.order) }

// Transposed reports whether the layout is another than C order.
func (c *Chain) Transposed() bool { return !slices.IsSorted(c.order) }

// Checked reports whether reading a chunk to its end verifies a checksum.
func (c *Chain) Checked() bool {
	return slices.ContainsFunc(c.stages, stage.checked)
}

// Encodes is nil, or the error that Writer gives for every chunk, of a codec that
// can only be read.
func (c *Chain) Encodes() error {
	for _, s := range c.stages {
		if _, ok := s.(bz2Stage); ok {
			return errBz2Writer
		}
	}
	return nil
}

// MaxStored is the longest stored chunk that is read at all. No encoder needs
// that much.
func (c *Chain) MaxStored() int64 { return c.bounds[len(c.stages)] }

// DecodeScratch is the most memory that Decode takes.
func (c *Chain) DecodeScratch() int64 {
	if len(c.stages) == 0 {
		return 0
	}
	if _, ok := c.stages[0].(zstdStage); !ok {
		return 0
	}
	return min(c.bounds[1], c.size/2+64<<10)
}

// accept refuses a stored chunk whose length cannot be right.
func (c *Chain) accept(stored int64) error {
	if len(c.stages) == 0 && stored != c.size {
		return fmt.Errorf("the stored chunk has %d bytes, its elements have %d", stored, c.size)
	}
	if stored > c.MaxStored() {
		return fmt.Errorf("the stored chunk has %d bytes; %d are the most that %d bytes of elements may need", stored, c.MaxStored(), c.size)
	}
	return nil
}

// Decode fills chunk, which has the size of a decoded chunk, with the elements
// in the layout of Order and the machine's byte order. src gives the stored
// chunk of the given length. It takes at most DecodeScratch bytes of memory.
func (c *Chain) Decode(chunk []byte, src io.Reader, stored int64, memory Allocator) error {
	if int64(len(chunk)) != c.size {
		return fmt.Errorf("%d bytes of memory for a chunk of %d", len(chunk), c.size)
	}
	if err := c.accept(stored); err != nil {
		return err
	}
	if len(c.stages) == 0 {
		if _, err := io.ReadFull(src, chunk); err != nil {
			return truncated(err)
		}
		reverse(chunk, c.word)
		return nil
	}
	if _, ok := c.stages[0].(zstdStage); ok {
		if done, err := c.decodeZstd(chunk, src, stored, memory); done || err != nil {
			return err
		}
	}
	r, err := c.Reader(src, stored)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Next(chunk); err != nil {
		return err
	}
	return r.End()
}

// decodeZstd decodes straight into chunk where the compressed bytes are known
// to fit the memory.
func (c *Chain) decodeZstd(chunk []byte, src io.Reader, stored int64, memory Allocator) (done bool, err error) {
	length := stored
	for i := len(c.stages) - 1; i > 0 && length >= 0; i-- {
		length = c.stages[i].decodedLength(length)
	}
	if length < 0 || length > c.DecodeScratch() {
		return false, nil
	}
	r, err := open(c.stages[1:], src, stored)
	if err != nil {
		return false, err
	}
	defer r.Close()
	compressed, err := memory.Take(int(length))
	if err != nil {
		return false, err
	}
	if err := r.fill(compressed); err != nil {
		return false, err
	}
	if err := r.end(); err != nil {
		return false, err
	}
	if err := decodeAll(chunk, compressed); err != nil {
		return false, err
	}
	reverse(chunk, c.word)
	return true, nil
}

// Reader decodes a stored chunk of the given length from front to back. It
// takes no memory that grows with the chunk.
func (c *Chain) Reader(src io.Reader, stored int64) (*Reader, error) {
	if err := c.accept(stored); err != nil {
		return nil, err
	}
	s, err := open(c.stages, src, stored)
	if err != nil {
		return nil, err
	}
	return &Reader{chain: c, stack: s}, nil
}

// Reader gives the elements of a stored chunk one piece after the other.
type Reader struct {
	chain *Chain
	stack stack
	given int64
}

// Next fills piece with the next elements, in the machine's byte order. The
// pieces together do not exceed the chunk.
func (r *Reader) Next(piece []byte) error {
	if int64(len(piece)) > r.chain.size-r.given {
		return fmt.Errorf("%d bytes asked for when %d of the chunk are left", len(piece), r.chain.size-r.given)
	}
	if err := r.stack.fill(piece); err != nil {
		return err
	}
	r.given += int64(len(piece))
	reverse(piece, r.chain.word)
	return nil
}

// End verifies that the chunk ends here, and its checksums.
func (r *Reader) End() error { return r.stack.end() }

// Close gives the decoders back. src stays open.
func (r *Reader) Close() error { return r.stack.Close() }

// stack is readers on top of each other, the source first.
type stack struct {
	top     io.Reader
	closers []io.Closer
}

func open(stages []stage, src io.Reader, length int64) (stack, error) {
	s := stack{top: src}
	for i := len(stages) - 1; i >= 0; i-- {
		r, err := stages[i].reader(s.top, length)
		if err != nil {
			s.Close()
			return stack{}, err
		}
		length = stages[i].decodedLength(length)
		s.top = r
		s.closers = append(s.closers, r)
	}
	return s, nil
}

func (s *stack) fill(p []byte) error {
	_, err := io.ReadFull(s.top, p)
	return truncated(err)
}

func (s *stack) end() error {
	var one [1]byte
	switch n, err := io.ReadFull(s.top, one[:]); {
	case n > 0:
		return errors.New("the stored chunk holds more than its shape allows")
	case err != io.EOF:
		return err
	}
	return nil
}

func (s *stack) Close() error {
	var err error
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i].Close())
	}
	s.closers = nil
	return err
}

func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the stored chunk ends too early: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// Writer encodes one chunk to w: its elements are written in the layout of
// Order and the machine's byte order, in pieces of whole elements, and Close
// ends it. w stays open. Close must be called, also after an error.
func (c *Chain) Writer(w io.Writer) (io.WriteCloser, error) {
	lengths := []int64{c.size}
	for i, st := range c.stages {
		lengths = append(lengths, st.encodedLength(lengths[i]))
	}
	e := &encoding{top: w, left: c.size, word: c.word}
	for i := len(c.stages) - 1; i >= 0; i-- {
		next, err := c.stages[i].writer(e.top, lengths[i])
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		e.top = next
		e.closers = append(e.closers, next)
	}
	return e, nil
}

type encoding struct {
	top     io.Writer
	closers []io.Closer // the outermost stage first
	left    int64
	word    int
	swapped []byte
}

func (e *encoding) Write(p []byte) (int, error) {
	if int64(len(p)) > e.left {
		return 0, fmt.Errorf("%d bytes written when %d of the chunk are left", len(p), e.left)
	}
	if e.word == 1 {
		n, err := e.top.Write(p)
		e.left -= int64(n)
		return n, err
	}
	if e.swapped == nil {
		e.swapped = make([]byte, min(e.left, 32<<10))
	}
	written := 0
	for len(p) > 0 {
		n := copy(e.swapped, p)
		reverse(e.swapped[:n], e.word)
		m, err := e.top.Write(e.swapped[:n])
		written += m
		e.left -= int64(m)
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}

func (e *encoding) Close() error {
	var err error
	for i := len(e.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, e.closers[i].Close())
	}
	e.closers = nil
	if err == nil && e.left != 0 {
		err = fmt.Errorf("%d bytes of the chunk were not written", e.left)
	}
	return err
}

// reverse turns round the bytes of every word of p.
func reverse(p []byte, word int) {
	switch word {
	case 2:
		for ; len(p) >= 2; p = p[2:] {
			p[0], p[1] = p[1], p[0]
		}
	case 4:
		for ; len(p) >= 4; p = p[4:] {
			binary.LittleEndian.PutUint32(p, binary.BigEndian.Uint32(p))
		}
	case 8:
		for ; len(p) >= 8; p = p[8:] {
			binary.LittleEndian.PutUint64(p, binary.BigEndian.Uint64(p))
		}
	}
}
