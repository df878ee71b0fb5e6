package npy

import (
	"encoding/binary"
	"math"
)

// record is what a zip file says of a member: of an array that is stored.
type record struct {
	name   string
	offset int64 // of the local record, which the bytes follow
	size   int64
	crc    uint32
}

// The records are those of PKWARE's APPNOTE.TXT. Numbers that do not fit in 32
// bits are replaced by all ones there, and follow in an extra field.
const (
	localSignature     = 0x04034b50
	directorySignature = 0x02014b50
	endSignature       = 0x06054b50
	end64Signature     = 0x06064b50
	locatorSignature   = 0x07064b50

	version    = 20      // of the format, that a reader needs
	version64  = 45      // the same, for numbers of 64 bits
	madeOnUnix = 3 << 8  // the system whose permissions are in the directory
	utf8Names  = 1 << 11 // a flag
	firstDay   = 1<<5 | 1
	readable   = 0o100644 << 16
	extra64    = 1 // the extra field for numbers of 64 bits
)

func (r record) version() uint16 {
	if r.size >= math.MaxUint32 || r.offset >= math.MaxUint32 {
		return version64
	}
	return version
}

// short is n, or all ones if it does not fit.
func short(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }

// head is what the local record and the directory have in common.
func (r record) head(out []byte, extra int) []byte {
	out = binary.LittleEndian.AppendUint16(out, r.version())
	out = binary.LittleEndian.AppendUint16(out, utf8Names)
	out = binary.LittleEndian.AppendUint16(out, 0)        // stored
	out = binary.LittleEndian.AppendUint16(out, 0)        // at midnight
	out = binary.LittleEndian.AppendUint16(out, firstDay) // of 1980: the same bytes whenever it is written
	out = binary.LittleEndian.AppendUint32(out, r.crc)
	out = binary.LittleEndian.AppendUint32(out, short(r.size))
	out = binary.LittleEndian.AppendUint32(out, short(r.size))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(r.name)))
	return binary.LittleEndian.AppendUint16(out, uint16(extra))
}

// extra is the numbers of 64 bits that are among n.
func extra(n ...int64) []byte {
	var long []byte
	for _, v := range n {
		if v >= math.MaxUint32 {
			long = binary.LittleEndian.AppendUint64(long, uint64(v))
		}
	}
	if long == nil {
		return nil
	}
	out := binary.LittleEndian.AppendUint16(nil, extra64)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(long)))
	return append(out, long...)
}

// local is the record before the member's bytes. Its length depends on the name
// and the size alone.
func (r record) local() []byte {
	more := extra(r.size, r.size)
	out := binary.LittleEndian.AppendUint32(nil, localSignature)
	out = r.head(out, len(more))
	out = append(out, r.name...)
	return append(out, more...)
}

// entry is the record in the directory.
func (r record) entry() []byte {
	more := extra(r.size, r.size, r.offset)
	out := binary.LittleEndian.AppendUint32(nil, directorySignature)
	out = binary.LittleEndian.AppendUint16(out, madeOnUnix|version64)
	out = r.head(out, len(more))
	out = append(out, 0, 0, 0, 0, 0, 0) // no comment, the first disk, no attributes
	out = binary.LittleEndian.AppendUint32(out, readable)
	out = binary.LittleEndian.AppendUint32(out, short(r.offset))
	out = append(out, r.name...)
	return append(out, more...)
}

// directory is the end of a zip file, from byte at on.
func directory(records []record, at int64) []byte {
	var out []byte
	for _, r := range records {
		out = append(out, r.entry()...)
	}
	size, n := int64(len(out)), int64(len(records))
	if n >= math.MaxUint16 || size >= math.MaxUint32 || at >= math.MaxUint32 {
		here := at + size
		out = binary.LittleEndian.AppendUint32(out, end64Signature)
		out = binary.LittleEndian.AppendUint64(out, 44) // bytes that follow
		out = binary.LittleEndian.AppendUint16(out, madeOnUnix|version64)
		out = binary.LittleEndian.AppendUint16(out, version64)
		out = append(out, make([]byte, 8)...) // the first disk
		for _, v := range []int64{n, n, size, at} {
			out = binary.LittleEndian.AppendUint64(out, uint64(v))
		}
		out = binary.LittleEndian.AppendUint32(out, locatorSignature)
		out = append(out, 0, 0, 0, 0)
		out = binary.LittleEndian.AppendUint64(out, uint64(here))
		out = append(out, 1, 0, 0, 0) // one disk
	}
	out = binary.LittleEndian.AppendUint32(out, endSignature)
	out = append(out, 0, 0, 0, 0)
	for range 2 {
		out = binary.LittleEndian.AppendUint16(out, uint16(min(n, math.MaxUint16)))
	}
	out = binary.LittleEndian.AppendUint32(out, short(size))
	out = binary.LittleEndian.AppendUint32(out, short(at))
	return append(out, 0, 0) // no comment
}
