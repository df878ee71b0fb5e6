package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"gabion/block"
	"gabion/dtype"
)

// A brick file is
//
//	magic    8 bytes, "brick 1\n"
//	length   uint64, little-endian: bytes of the header
//	header   JSON, see header
//	bricks   the blocks of the array in C order; each is its elements in C
//	         order, in the byte order of the machine that wrote the file,
//	         and takes as many bytes as the largest block would
//
// Attributes are not stored.
const (
	magic     = "brick 1\n"
	prefix    = len(magic) + 8
	maxHeader = 1 << 20
)

// header is what a brick file says of its array.
type header struct {
	DType  dtype.DType `json:"dtype"`
	Order  string      `json:"order"`
	Blocks block.Grid  `json:"blocks"`
	Names  []string    `json:"names,omitempty"`
}

// byteOrder is that of this machine.
func byteOrder() string {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return "little"
	}
	return "big"
}

// layout is where the bricks of an array lie in a file.
type layout struct {
	header
	first int64 // offset of the first brick
	brick int64 // bytes of a brick
}

// newLayout checks what a header says; nothing of it is trusted.
func newLayout(h header, first int64) (layout, error) {
	if !h.DType.Valid() || !h.Blocks.Known() {
		return layout{}, errors.New("the header does not describe an array")
	}
	if h.Order != byteOrder() {
		return layout{}, fmt.Errorf("the elements are in %s byte order, this machine has the other", h.Order)
	}
	if h.Names != nil && len(h.Names) != len(h.Blocks) {
		return layout{}, fmt.Errorf("there are %d names for %d axes", len(h.Names), len(h.Blocks))
	}
	const most = 1 << 56 // bytes of an array, so that no product overflows
	bytes := int64(h.DType.Size())
	for _, axis := range h.Blocks {
		n := int64(axis.Blocks()) * int64(axis.Largest())
		if axis.Largest() > most/max(1, axis.Blocks()) || n > 0 && bytes > most/n {
			return layout{}, fmt.Errorf("an array of shape %v has no place in a file", h.Blocks.Shape())
		}
		bytes *= max(1, n)
	}
	size := int64(h.Blocks.Largest().Elements()) * int64(h.DType.Size())
	return layout{header: h, first: first, brick: size}, nil
}

// size is the length of the file.
func (l layout) size() int64 { return l.first + l.brick*int64(l.Blocks.Blocks()) }

// parse reads the header of a brick file that is size bytes long.
func parse(file io.ReaderAt, size int64) (layout, error) {
	start := make([]byte, prefix)
	if _, err := file.ReadAt(start, 0); err != nil || string(start[:len(magic)]) != magic {
		return layout{}, errors.New("this is not a brick file")
	}
	n := binary.LittleEndian.Uint64(start[len(magic):])
	if n > maxHeader || int64(n) > size-int64(prefix) {
		return layout{}, fmt.Errorf("a header of %d bytes does not fit in the file", n)
	}
	text := make([]byte, n)
	if _, err := file.ReadAt(text, int64(prefix)); err != nil {
		return layout{}, err
	}
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		return layout{}, fmt.Errorf("header: %w", err)
	}
	l, err := newLayout(h, int64(prefix)+int64(n))
	if err == nil && l.size() != size {
		err = fmt.Errorf("the file has %d bytes, its header says %d", size, l.size())
	}
	return l, err
}

// bricks calls visit for every block that holds elements of r, with the block's
// offset in the file, the region it covers and the part of that which is in r.
func (l layout) bricks(r block.Region, visit func(offset int64, covers, part block.Region) error) error {
	var err error
	block.Positions(l.Blocks.Overlap(r), func(at []int) bool {
		covers := l.Blocks.Region(at)
		part, ok := covers.Intersect(r)
		if ok {
			err = visit(l.first+l.brick*int64(l.Blocks.Number(at)), covers, part)
		}
		return err == nil
	})
	return err
}

// fits returns an error unless b holds the elements of r.
func (l layout) fits(r block.Region, b block.Block) error {
	if err := r.Within(l.Blocks.Shape()); err != nil {
		return err
	}
	if b.DType != l.DType || !b.Shape.Equal(r.Shape) {
		return fmt.Errorf("a block of %v of shape %v does not fit region %v of an array of %v", b.DType, b.Shape, r, l.DType)
	}
	return nil
}

// open opens a brick file and reads its header.
func open(path string) (*os.File, layout, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, layout{}, err
	}
	info, err := file.Stat()
	if err == nil {
		var l layout
		if l, err = parse(file, info.Size()); err == nil {
			return file, l, nil
		}
	}
	file.Close()
	return nil, layout{}, fmt.Errorf("%s: %w", path, err)
}
