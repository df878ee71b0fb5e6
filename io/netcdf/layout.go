package netcdf

import (
	"fmt"
	"math"
	"math/bits"
)

// maxBytes bounds every size and stride, so that sums of two cannot overflow.
const maxBytes = 1 << 62

// arrange works out the number of records and where the elements of every
// variable are, and checks that all of them lie inside a file of the given
// size. After it, no offset or product of lengths of a region can overflow.
func (h *header) arrange(fileSize int64) error {
	var recordVars []*variable
	for i := range h.vars {
		v := &h.vars[i]
		if err := v.measure(h); err != nil {
			return v.fault("%w", err)
		}
		if v.begin < h.size {
			return v.fault("its data starts at byte %d, inside the header, which ends at byte %d", v.begin, h.size)
		}
		if v.isRecord(h) {
			recordVars = append(recordVars, v)
		} else if v.begin > fileSize || v.size > fileSize-v.begin {
			return v.truncated(v.begin, v.size, fileSize)
		}
	}
	stride, err := recordStride(recordVars)
	if err != nil {
		return err
	}
	if h.streaming {
		h.records = completeRecords(recordVars, stride, fileSize)
	}
	if h.records > math.MaxInt {
		return fmt.Errorf("header byte 4: the number of records is %d, which is more than an int can count", h.records)
	}
	for _, v := range recordVars {
		if h.records > 0 {
			last, ok := multiply(h.records-1, stride)
			if !ok || v.begin > maxBytes-last {
				return v.fault("its %d records of %d bytes are more than any file can hold", h.records, stride)
			}
			if start := v.begin + last; start > fileSize || v.size > fileSize-start {
				return v.truncated(start, v.size, fileSize)
			}
		}
		v.lengths[0] = int(h.records)
		v.strides[0] = stride
	}
	if h.record >= 0 {
		h.dims[h.record].Length = int(h.records)
	}
	return nil
}

func (v *variable) fault(format string, args ...any) error {
	return fmt.Errorf("header byte %d: variable %q: %w", v.at, v.name, fmt.Errorf(format, args...))
}

func (v *variable) truncated(start, size, fileSize int64) error {
	if start > maxBytes {
		return v.fault("its data starts at byte %d, the file has %d bytes: the file is truncated or its header corrupt", start, fileSize)
	}
	return v.fault("its data needs a file of %d bytes, this one has %d: the file is truncated or its header corrupt", start+size, fileSize)
}

// measure fills in lengths, strides and size. Of a variable with records they
// describe one record; the first length and stride are set by arrange.
func (v *variable) measure(h *header) error {
	v.lengths, v.strides = make([]int, len(v.dims)), make([]int64, len(v.dims))
	size := v.typ.size()
	for axis := len(v.dims) - 1; axis >= 0; axis-- {
		if axis == 0 && v.isRecord(h) {
			break
		}
		d := h.dims[v.dims[axis]]
		v.lengths[axis], v.strides[axis] = d.Length, size
		var ok bool
		if size, ok = multiply(size, int64(d.Length)); !ok {
			return fmt.Errorf("its dimensions multiply to more bytes than any file can hold, at dimension %q of length %d", d.Name, d.Length)
		}
	}
	v.size = size
	return nil
}

// recordStride is the number of bytes from one record to the next: the sum of
// the sizes of the variables, each padded to a multiple of 4. The records of a
// single variable are not padded.
func recordStride(vars []*variable) (int64, error) {
	if len(vars) == 1 {
		return vars[0].size, nil
	}
	stride := int64(0)
	for _, v := range vars {
		stride += (v.size + 3) &^ 3
		if stride > maxBytes {
			return 0, v.fault("the records up to it are larger than any file can hold")
		}
	}
	return stride, nil
}

// completeRecords is the number of records of which every variable is whole
// inside a file of the given size.
func completeRecords(vars []*variable, stride, fileSize int64) int64 {
	if len(vars) == 0 {
		return 0
	}
	records := int64(math.MaxInt64)
	for _, v := range vars {
		n := int64(0)
		if room := fileSize - v.begin - v.size; room >= 0 {
			n = room/stride + 1
		}
		records = min(records, n)
	}
	return records
}

// multiply is a*b, and whether it is at most maxBytes. Neither is negative.
func multiply(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > maxBytes {
		return 0, false
	}
	return int64(lo), true
}
