package netcdf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
)

// maxHeader is the longest header that is read. What parsing allocates is
// bounded by a small multiple of the header's bytes.
const maxHeader = 64 << 20

// The tags that begin a list in the header.
const (
	tagDimension = 0x0A
	tagVariable  = 0x0B
	tagAttribute = 0x0C
)

// header is what the file says of itself, checked only for being well-formed;
// arrange checks it against the size of the file.
type header struct {
	records   int64 // as stated; not meaningful if streaming
	streaming bool  // the number of records follows from the size of the file
	size      int64 // of the header in bytes
	dims      []Dimension
	record    int // the record dimension's number, -1 if there is none
	attrs     []attribute
	vars      []variable
}

// variable is one entry of the header's list of variables. The fields after
// the blank line are filled in by arrange.
type variable struct {
	at    int64 // where in the header the entry is
	name  string
	dims  []int
	attrs []attribute
	typ   storedType
	begin int64 // where in the file the elements, or the first record of them, start

	lengths []int
	strides []int64 // in bytes, between neighbours along each axis
	size    int64   // in bytes, without padding, of the variable or of one record of it
}

func (v *variable) isRecord(h *header) bool { return len(v.dims) > 0 && v.dims[0] == h.record }

// parser reads a header front to back. The first fault is kept in err; from
// then on every method returns a zero.
type parser struct {
	in   *bufio.Reader
	at   int64 // next byte
	size int64 // of the file, or of the part that may hold a header
	wide bool  // counts have 64 bits: CDF-5
	long bool  // offsets have 64 bits: CDF-2 and CDF-5
	err  error
}

func (p *parser) fail(at int64, format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("header byte %d: %s", at, fmt.Sprintf(format, args...))
	}
}

// left is how many bytes may follow.
func (p *parser) left() int64 { return p.size - p.at }

// rest says what left is, for errors.
func (p *parser) rest() string {
	if p.size == maxHeader {
		return fmt.Sprintf("the %d bytes left of the %d that a header may have", p.left(), maxHeader)
	}
	return fmt.Sprintf("the %d bytes left of the file: it is truncated or corrupt", p.left())
}

// take reads n bytes, which are part of what.
func (p *parser) take(n int64, what string) []byte {
	if p.err != nil {
		return nil
	}
	if n > p.left() {
		p.fail(p.at, "%s takes %d bytes, which do not fit in %s", what, n, p.rest())
		return nil
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(p.in, data); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file became shorter while it was read")
		}
		p.err = fmt.Errorf("header byte %d: reading %s: %w", p.at, what, err)
		return nil
	}
	p.at += n
	return data
}

func (p *parser) word(what string) uint32 {
	if data := p.take(4, what); data != nil {
		return binary.BigEndian.Uint32(data)
	}
	return 0
}

func (p *parser) long64(what string) uint64 {
	if data := p.take(8, what); data != nil {
		return binary.BigEndian.Uint64(data)
	}
	return 0
}

// signed reads a number of 64 bits if wide, else of 32.
func (p *parser) signed(wide bool, what string) int64 {
	if wide {
		return int64(p.long64(what))
	}
	return int64(int32(p.word(what)))
}

// count reads a number that must not be negative.
func (p *parser) count(what string) int64 {
	at := p.at
	n := p.signed(p.wide, what)
	if n < 0 {
		p.fail(at, "%s is negative: %d", what, n)
		return 0
	}
	return n
}

// padded reads n bytes and the padding to the next multiple of 4.
func (p *parser) padded(n int64, what string) []byte {
	data := p.take((min(n, math.MaxInt64-3)+3)&^3, what)
	if data == nil {
		return nil
	}
	return data[:n]
}

// name reads a name. owner says whose, for errors.
func (p *parser) name(owner string) string {
	n := p.count("the length of the name of " + owner)
	at := p.at
	name := string(p.padded(n, "the name of "+owner))
	switch {
	case p.err != nil:
	case name == "":
		p.fail(at, "the name of %s is empty", owner)
	case !utf8.ValidString(name):
		p.fail(at, "the name of %s is not UTF-8: %q", owner, name)
	}
	return name
}

// list reads the tag and the number of entries of a list, each of which takes
// at least smallest bytes.
func (p *parser) list(tag uint32, smallest int64, what string) int64 {
	at := p.at
	got := p.word("the tag of the list of " + what)
	n := p.count("the number of " + what)
	switch {
	case p.err != nil:
		return 0
	case got != tag && !(got == 0 && n == 0):
		p.fail(at, "the list of %s starts with tag %#x and %d entries; the tag is %#x, or 0 if there are none", what, got, n, tag)
		return 0
	case n > p.left()/smallest:
		p.fail(at, "the header claims %d %s, which do not fit in %s", n, what, p.rest())
		return 0
	}
	return n
}

// parseHeader reads the header of a file of the given size.
func parseHeader(r io.ReaderAt, size int64) (*header, error) {
	limit := min(size, maxHeader)
	p := &parser{in: bufio.NewReaderSize(io.NewSectionReader(r, 0, limit), 16<<10), size: limit}
	magic := p.take(4, "the magic number")
	if p.err != nil {
		return nil, p.err
	}
	if string(magic[:3]) != "CDF" {
		return nil, notClassic(r, magic)
	}
	switch magic[3] {
	case 1:
	case 2:
		p.long = true
	case 5:
		p.long, p.wide = true, true
	default:
		return nil, fmt.Errorf("header byte 3: format version %d is not known; the classic formats are CDF-1, CDF-2 and CDF-5", magic[3])
	}
	h := &header{record: -1}
	at := p.at
	h.records = p.signed(p.wide, "the number of records")
	switch {
	case h.records == -1:
		h.records, h.streaming = 0, true
	case h.records < 0:
		p.fail(at, "the number of records is negative: %d", h.records)
	}
	p.dimensions(h)
	h.attrs = p.attributes("the file")
	p.variables(h)
	h.size = p.at
	if p.err != nil {
		return nil, p.err
	}
	return h, nil
}

// notClassic says what a file is that does not start with the magic number of
// the classic formats.
func notClassic(r io.ReaderAt, magic []byte) error {
	const signature = "\x89HDF\r\n\x1a\n"
	data := make([]byte, len(signature))
	for _, at := range []int64{0, 512, 1024, 2048} { // HDF5 may follow a block of the user's
		if _, err := r.ReadAt(data, at); err == nil && string(data) == signature {
			return errors.New("this is an HDF5 file (netCDF-4), which is not read yet; the classic formats CDF-1, CDF-2 and CDF-5 are: convert it with nccopy -k cdf5")
		}
	}
	return fmt.Errorf("header byte 0: this is not a netCDF file: it starts with %q, not with \"CDF\"", magic)
}

func (p *parser) dimensions(h *header) {
	n := p.list(tagDimension, p.smallest(2), "dimensions")
	seen := map[string]bool{}
	for i := int64(0); i < n && p.err == nil; i++ {
		at := p.at
		name := p.name(fmt.Sprintf("dimension %d", i))
		length := p.count(fmt.Sprintf("the length of dimension %q", name))
		switch {
		case p.err != nil:
			return
		case seen[name]:
			p.fail(at, "two dimensions are called %q", name)
		case length > math.MaxInt:
			p.fail(at, "dimension %q has the length %d, which is more than an int can count", name, length)
		case length == 0 && h.record >= 0:
			p.fail(at, "dimension %q has length 0, which marks the record dimension; that is %q already", name, h.dims[h.record].Name)
		case length == 0:
			h.record = int(i)
		}
		seen[name] = true
		h.dims = append(h.dims, Dimension{Name: name, Length: int(length), Record: length == 0})
	}
}

// smallest is the size of an entry of the given number of counts and a name
// of one to four letters.
func (p *parser) smallest(counts int64) int64 {
	if p.wide {
		return counts*8 + 4
	}
	return counts*4 + 4
}

func (p *parser) attributes(owner string) []attribute {
	n := p.list(tagAttribute, p.smallest(2)+4, "attributes of "+owner)
	var attrs []attribute
	seen := map[string]bool{}
	for i := int64(0); i < n && p.err == nil; i++ {
		at := p.at
		a := attribute{name: p.name(fmt.Sprintf("attribute %d of %s", i, owner))}
		what := fmt.Sprintf("attribute %q of %s", a.name, owner)
		a.typ = p.storedType(what)
		countAt := p.at
		count := p.count("the number of values of " + what)
		if count > p.left()/a.typ.size() {
			p.fail(countAt, "%s claims %d values of type %s, which do not fit in %s", what, count, a.typ, p.rest())
		}
		if p.err != nil {
			return nil
		}
		a.data = p.padded(count*a.typ.size(), what)
		if p.err == nil && seen[a.name] {
			p.fail(at, "%s is there twice", what)
		}
		seen[a.name] = true
		attrs = append(attrs, a)
	}
	return attrs
}

// storedType reads the type of owner's values.
func (p *parser) storedType(owner string) storedType {
	at := p.at
	t := p.word("the type of " + owner)
	switch {
	case p.err != nil:
	case t < uint32(ncByte) || t > uint32(ncUint64):
		p.fail(at, "%s has the unknown type %d", owner, t)
	case t > uint32(ncDouble) && !p.wide:
		p.fail(at, "%s has the type %s, which only CDF-5 files have", owner, storedType(t))
	default:
		return storedType(t)
	}
	return ncByte
}

func (p *parser) variables(h *header) {
	least := p.smallest(4) + 4 + 4 // name length, rank, number of attributes, size; tag, type
	if p.long {
		least += 8
	} else {
		least += 4
	}
	n := p.list(tagVariable, least, "variables")
	seen := map[string]bool{}
	for i := int64(0); i < n && p.err == nil; i++ {
		v := variable{at: p.at, name: p.name(fmt.Sprintf("variable %d", i))}
		owner := fmt.Sprintf("variable %q", v.name)
		if p.err == nil && seen[v.name] {
			p.fail(v.at, "two variables are called %q", v.name)
		}
		seen[v.name] = true
		rank := p.count("the number of dimensions of " + owner)
		for axis := int64(0); axis < rank && p.err == nil; axis++ {
			at := p.at
			d := p.count("a dimension of " + owner)
			switch {
			case p.err != nil:
			case d >= int64(len(h.dims)):
				p.fail(at, "%s has dimension number %d; the file has %d dimensions", owner, d, len(h.dims))
			case int(d) == h.record && axis > 0:
				p.fail(at, "%s has the record dimension %q at axis %d; it can only be the first", owner, h.dims[d].Name, axis)
			}
			v.dims = append(v.dims, int(d))
		}
		v.attrs = p.attributes(owner)
		v.typ = p.storedType(owner)
		// The stated size is redundant, and wrong in files whose variables are
		// larger than it can say; arrange computes it.
		p.signed(p.wide, "the size of "+owner)
		at := p.at
		v.begin = p.signed(p.long, "the offset of "+owner)
		if v.begin < 0 {
			p.fail(at, "the offset of %s is negative: %d", owner, v.begin)
		}
		h.vars = append(h.vars, v)
	}
}
