package exec

import (
	"gabion/block"
	"gabion/internal/kernel"
)

// loader fills a register with a tile's elements. It returns the memory that
// holds them, which may be the input's own.
type loader interface {
	load(t tile, reg []byte) []byte
}

// reader loads from a strided block.
type reader struct {
	block block.Block
	dense bool
	size  int
	shape []int // of the block without axes of length 1, neighbours joined where the strides allow
	step  []int
}

func newReader(b block.Block) *reader {
	r := &reader{block: b, size: b.DType.Size(), dense: b.IsDense()}
	for axis, n := range b.Shape {
		if n == 1 {
			continue
		}
		if k := len(r.shape) - 1; k >= 0 && r.step[k] == b.Strides[axis]*n {
			r.shape[k] *= n
			r.step[k] = b.Strides[axis]
			continue
		}
		r.shape, r.step = append(r.shape, n), append(r.step, b.Strides[axis])
	}
	return r
}

func (r *reader) load(t tile, reg []byte) []byte {
	if t.rows == 1 || t.rowStride == t.cols {
		return r.run(t.start, t.n(), reg, true)
	}
	reg = reg[:cap(reg)]
	for row := range t.rows {
		r.run(t.start+row*t.rowStride, t.cols, reg[row*t.cols*r.size:], false)
	}
	return reg
}

// run loads n elements from number start on in C order.
func (r *reader) run(start, n int, reg []byte, alias bool) []byte {
	if r.dense {
		from := (r.block.Offset + start) * r.size
		data := r.block.Data[from : from+n*r.size]
		if alias {
			return data
		}
		copy(reg, data)
		return reg
	}
	last := len(r.shape) - 1
	if last < 0 { // one element
		kernel.Gather(r.size, reg, n, r.block.Data, r.block.Offset, 0)
		return reg
	}
	var at [maxRank]int
	rest := start
	offset := r.block.Offset
	for axis := last; axis >= 0; axis-- {
		i := rest % r.shape[axis]
		rest /= r.shape[axis]
		if axis < maxRank {
			at[axis] = i
		}
		offset += i * r.step[axis]
	}
	for done := 0; done < n; {
		size := min(n-done, r.shape[last]-at[last])
		kernel.Gather(r.size, reg[done*r.size:], size, r.block.Data, offset, r.step[last])
		done += size
		offset += size * r.step[last]
		at[last] += size
		for axis := last; axis > 0 && at[axis] == r.shape[axis]; axis-- {
			offset -= at[axis] * r.step[axis]
			at[axis] = 0
			at[axis-1]++
			offset += r.step[axis-1]
		}
	}
	return reg
}

// maxRank is the largest number of axes, as in NumPy.
const maxRank = 64

// maker fills registers with elements that depend on their number alone.
type maker struct {
	instr *step
	first int64
	shape []int
	step  []int64
}

func newMaker(in *step, r block.Region) *maker {
	m := &maker{instr: in, first: in.First}
	for axis, n := range r.Shape {
		m.first += int64(r.Start[axis]) * in.Steps[axis]
		if n == 1 {
			continue
		}
		if k := len(m.shape) - 1; k >= 0 && m.step[k] == in.Steps[axis]*int64(n) {
			m.shape[k] *= n
			m.step[k] = in.Steps[axis]
			continue
		}
		m.shape, m.step = append(m.shape, n), append(m.step, in.Steps[axis])
	}
	return m
}

func (m *maker) load(t tile, reg []byte) []byte {
	reg = reg[:cap(reg)]
	size := m.instr.DType.Size()
	if t.rows == 1 || t.rowStride == t.cols {
		m.run(t.start, t.n(), reg)
		return reg
	}
	for row := range t.rows {
		m.run(t.start+row*t.rowStride, t.cols, reg[row*t.cols*size:])
	}
	return reg
}

func (m *maker) run(start, n int, reg []byte) {
	size := m.instr.DType.Size()
	for done := 0; done < n; {
		number, rest := m.first, start+done
		run, step := 1, int64(0)
		for axis := len(m.shape) - 1; axis >= 0; axis-- {
			i := rest % m.shape[axis]
			rest /= m.shape[axis]
			number += int64(i) * m.step[axis]
			if axis == len(m.shape)-1 {
				run, step = min(n-done, m.shape[axis]-i), m.step[axis]
			}
		}
		to := reg[done*size:]
		switch step {
		case 0:
			m.make(to, 1, number, 1)
			kernel.Fill(m.instr.DType, to, run, append([]byte(nil), to[:size]...))
		default:
			m.make(to, run, number, step)
		}
		done += run
	}
}

// make writes n elements: numbers first, first+step, ….
func (m *maker) make(dst []byte, n int, first, step int64) {
	in := m.instr
	switch {
	case in.sample != nil:
		in.sample(dst, n, first, step)
	case step == 1:
		kernel.Arange(in.DType, dst, n, first, in.Start, in.Step, in.IntStart, in.IntStep)
	default:
		for i := range n {
			kernel.Arange(in.DType, dst[i*in.size:], 1, first+int64(i)*step, in.Start, in.Step, in.IntStart, in.IntStep)
		}
	}
}
