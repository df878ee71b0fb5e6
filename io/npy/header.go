package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"gabion/block"
	"gabion/dtype"
)

const (
	magic     = "\x93NUMPY"
	maxHeader = 64 << 10 // bytes: of numbers a header has less than 2 KiB, and NumPy itself reads 10,000 bytes
	maxRank   = 64       // axes, as in NumPy
	maxBytes  = 1 << 62  // of an array, so that sums of two sizes do not overflow
	alignment = 64       // of the first element, as NumPy aligns it

	// NumPy leaves room in a header for the axis that files grow along to
	// have this many digits.
	growth = 21
)

// header is what the beginning of a .npy file says.
type header struct {
	encoding
	fortran bool
	shape   block.Shape
	first   int64 // byte of the first element
}

// bytes is the size of the elements. parseHeader has checked that it can be
// counted.
func (h header) bytes() int64 { return int64(h.shape.Elements()) * int64(h.dtype.Size()) }

// readHeader reads the header of a .npy file of the given size, and checks that
// its elements fit in.
func readHeader(file io.Reader, size int64) (header, error) {
	start := make([]byte, len(magic)+2)
	if n, err := io.ReadFull(file, start); err != nil {
		if shorter(err) {
			return header{}, fmt.Errorf("this is not a .npy file: it has only %d bytes", n)
		}
		return header{}, err
	}
	if string(start[:len(magic)]) != magic {
		return header{}, fmt.Errorf("this is not a .npy file: it begins with %q, not with %q", start[:len(magic)], magic)
	}
	major, minor := start[len(magic)], start[len(magic)+1]
	length := make([]byte, 2)
	switch {
	case minor != 0 || major < 1 || major > 3:
		return header{}, fmt.Errorf("the format's version is %d.%d; 1.0, 2.0 and 3.0 are read", major, minor)
	case major > 1:
		length = make([]byte, 4)
	}
	if _, err := io.ReadFull(file, length); err != nil {
		return header{}, inHeader(err)
	}
	n := uint32(binary.LittleEndian.Uint16(length))
	if major > 1 {
		n = binary.LittleEndian.Uint32(length)
	}
	first := int64(len(start)+len(length)) + int64(n)
	switch {
	case n > maxHeader:
		return header{}, fmt.Errorf("the header has %d bytes; at most %d are read", n, maxHeader)
	case first > size:
		return header{}, fmt.Errorf("the header ends at byte %d, the file has %d: it is truncated", first, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(file, text); err != nil {
		return header{}, inHeader(err)
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, err
	}
	if h.first = first; h.bytes() > size-first {
		return header{}, fmt.Errorf("%d elements of %v need a file of %d bytes, this one has %d: it is truncated", h.shape.Elements(), h.dtype, first+h.bytes(), size)
	}
	return h, nil
}

func shorter(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func inHeader(err error) error {
	if shorter(err) {
		return errors.New("the file ends in its header: it is truncated")
	}
	return err
}

// parseHeader understands the dictionary of a header. Nothing of the size that
// it promises is allocated.
func parseHeader(text string) (header, error) {
	entries, err := parseDictionary(text)
	if err != nil {
		return header{}, err
	}
	wanted := []string{"descr", "fortran_order", "shape"}
	values := make(map[string]any, len(wanted))
	for _, e := range entries {
		if !slices.Contains(wanted, e.key) {
			return header{}, fmt.Errorf("header: there is a key %q; the keys are descr, fortran_order and shape", e.key)
		}
		values[e.key] = e.value
	}
	for _, key := range wanted {
		if _, ok := values[key]; !ok {
			return header{}, fmt.Errorf("header: there is no key %q", key)
		}
	}
	var h header
	if h.encoding, err = encodingOf(values["descr"]); err != nil {
		return header{}, err
	}
	fortran, ok := values["fortran_order"].(bool)
	if !ok {
		return header{}, fmt.Errorf("header: fortran_order is %v, not True or False", values["fortran_order"])
	}
	h.fortran = fortran
	lengths, ok := values["shape"].(tuple)
	if !ok {
		return header{}, fmt.Errorf("header: shape is %v, not a tuple such as (3,)", values["shape"])
	}
	h.shape, err = shapeOf(lengths, h.dtype)
	return h, err
}

// shapeOf checks the lengths of an array's axes: neither an offset in the file
// nor a product of lengths of a region overflows after it.
func shapeOf(lengths []any, d dtype.DType) (block.Shape, error) {
	if len(lengths) > maxRank {
		return nil, fmt.Errorf("header: the array has %d axes; %d are the most", len(lengths), maxRank)
	}
	shape := make(block.Shape, len(lengths))
	for axis, l := range lengths {
		n, ok := l.(int)
		if !ok || n < 0 {
			return nil, fmt.Errorf("header: the length of axis %d is %v", axis, l)
		}
		shape[axis] = n
	}
	return shape, countable(shape, d)
}

// countable refuses shapes of more bytes than any file has, also where an axis of
// length 0 makes the product 0, as NumPy does.
func countable(shape block.Shape, d dtype.DType) error {
	n := uint64(d.Size())
	for _, length := range shape {
		if length == 0 {
			continue
		}
		hi, lo := bits.Mul64(n, uint64(length))
		if hi != 0 || lo > min(maxBytes, math.MaxInt) {
			return fmt.Errorf("an array of %v of shape %v has more bytes than any file can hold", d, shape)
		}
		n = lo
	}
	return nil
}

// newHeader is the header of an array that is written. Where both orders are the
// same it says C order, as NumPy does.
func newHeader(d dtype.DType, shape block.Shape, fortran bool) header {
	long := 0
	for _, n := range shape {
		if n > 1 {
			long++
		}
	}
	h := header{encoding: encoding{dtype: d}, shape: shape, fortran: fortran && long > 1 && !slices.Contains(shape, 0)}
	h.first = int64(len(h.encode()))
	return h
}

// encode is the beginning of a file, up to its first element: version 1.0, laid
// out as numpy.save lays it out. The header of maxRank axes fits.
func (h header) encode() []byte {
	order := "False"
	if h.fortran {
		order = "True"
	}
	var dict bytes.Buffer
	fmt.Fprintf(&dict, "{'descr': '%s', 'fortran_order': %s, 'shape': %v, }", descrOf(h.dtype), order, h.shape)
	if len(h.shape) > 0 {
		grows := 0
		if h.fortran {
			grows = len(h.shape) - 1
		}
		dict.Write(bytes.Repeat([]byte(" "), growth-len(strconv.Itoa(h.shape[grows]))))
	}
	before := len(magic) + 4
	padding := alignment - (before+dict.Len()+1)%alignment
	out := append([]byte(magic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(dict.Len()+1+padding))
	out = append(out, dict.Bytes()...)
	out = append(out, bytes.Repeat([]byte(" "), padding)...)
	return append(out, '\n')
}
