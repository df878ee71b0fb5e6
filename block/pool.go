package block

import (
	"fmt"
	"math"
	"math/bits"
	"os"
	"unsafe"
)

var pageSize = max(4<<10, os.Getpagesize())

const (
	hugePage  = 2 << 20
	spanSlots = 64 // slots of a span: one word of bits

	// smallLimit is the largest class that comes from spans. A mapping of
	// its own for each smaller buffer would run into the number of mappings
	// that a system allows a process.
	smallLimit = 32 << 10
)

// ClassSize is what a buffer of n bytes is charged: n rounded up to whole
// pages (4 KiB on most machines), and from 32 KiB up to 1/8 of the power of two
// below, so that at most an eighth is unused. It never falls as n grows.
//
// Whole pages are what a buffer can keep mapped on its own. Buffers of less
// than half a page share pages: many of them take less of the budget than the
// sum of their charges.
func ClassSize(n int) int64 {
	if n <= 0 {
		return 0
	}
	step := max(pageSize, int(uint(1)<<bits.Len(uint(n-1))>>4))
	if n > math.MaxInt-step {
		return math.MaxInt64
	}
	return int64((n + step - 1) / step * step)
}

// pool is the memory of a budget: what is mapped, and which parts of it are
// free. It is used under the budget's lock.
//
// Memory comes in three forms. A large class has a mapping for each buffer. A
// small class, of one or a few pages, has spans of 64 slots that get memory one
// by one. A tiny class divides a page (a slot of the smallest class) into up to
// 64 slots.
type pool struct {
	used, retained int64
	closed         bool // nothing is kept for reuse any more

	large map[int64][]unsafe.Pointer // free mappings by their size
	small []slotClass                // small[i] has slots of i+1 pages
	tiny  []slotClass                // tiny[i] has slots of pageSize>>(i+1)
}

// slotClass is the spans of one size of slot that have a slot to give.
type slotClass struct {
	slot int
	warm []*span // with a slot that is free and has memory
	cool []*span // with no such slot, but with one that has no memory
}

// span is up to 64 slots of one size.
type span struct {
	class *slotClass
	base  unsafe.Pointer
	free  uint64 // slots that are not in use and have memory
	cold  uint64 // slots that have no memory
	all   uint64
	list  *[]*span // the list of its class that it is in, and where
	at    int

	page memory // of a tiny class: the slot that the span divides
}

// memory is a piece of the pool that is in use.
type memory struct {
	p    unsafe.Pointer
	size int64 // the class: what it is charged
	span *span // nil for a large class
	slot int
}

func newPool() pool {
	p := pool{large: make(map[int64][]unsafe.Pointer)}
	for size := pageSize; size <= max(pageSize, smallLimit); size += pageSize {
		p.small = append(p.small, slotClass{slot: size})
	}
	for size := pageSize / 2; size >= max(64, pageSize/spanSlots); size /= 2 {
		p.tiny = append(p.tiny, slotClass{slot: size})
	}
	return p
}

// take is memory for n bytes, for n of 1 or more. missing is how many bytes
// have to be freed first where the limit leaves no room.
func (p *pool) take(n int, limit int64) (m memory, missing int64, err error) {
	size := ClassSize(n)
	if tiny := p.tinyClass(n); tiny != nil {
		m, missing, err = p.takeTiny(tiny, limit)
	} else if size <= int64(p.small[len(p.small)-1].slot) {
		m, missing, err = p.takeSmall(&p.small[int(size)/pageSize-1], limit)
	} else {
		m, missing, err = p.takeLarge(size, limit)
	}
	m.size = size
	return m, missing, err
}

// setAside is take without memory.
func (p *pool) setAside(n int, limit int64) (m memory, missing int64, err error) {
	size := ClassSize(n)
	if missing = p.room(size, limit); missing == 0 {
		p.used += size
	}
	return m, missing, nil
}

func (p *pool) tinyClass(n int) *slotClass {
	for i := len(p.tiny) - 1; i >= 0; i-- {
		if n <= p.tiny[i].slot {
			return &p.tiny[i]
		}
	}
	return nil
}

func (p *pool) takeTiny(c *slotClass, limit int64) (memory, int64, error) {
	if len(c.warm) == 0 {
		page, missing, err := p.takeSmall(&p.small[0], limit)
		if err != nil || missing > 0 {
			return memory{}, missing, err
		}
		page.size = int64(pageSize)
		all := uint64(1)<<(pageSize/c.slot) - 1
		s := &span{class: c, base: page.p, free: all, all: all, page: page}
		s.sort()
	}
	s := c.warm[len(c.warm)-1]
	return s.use(bits.TrailingZeros64(s.free)), 0, nil
}

func (p *pool) takeSmall(c *slotClass, limit int64) (memory, int64, error) {
	size := int64(c.slot)
	if len(c.warm) > 0 {
		p.retained -= size
		s := c.warm[len(c.warm)-1]
		return s.use(bits.TrailingZeros64(s.free)), 0, nil
	}
	if missing := p.room(size, limit); missing > 0 {
		return memory{}, missing, nil
	}
	if len(c.cool) == 0 {
		base, err := reserveMemory(spanSlots * c.slot)
		if err != nil {
			return memory{}, 0, mapError(spanSlots*size, err)
		}
		s := &span{class: c, base: base, cold: math.MaxUint64, all: math.MaxUint64}
		s.sort()
	}
	s := c.cool[len(c.cool)-1]
	slot := bits.TrailingZeros64(s.cold)
	if err := commitMemory(unsafe.Add(s.base, slot*c.slot), c.slot); err != nil {
		return memory{}, 0, mapError(size, err)
	}
	p.used += size
	return s.use(slot), 0, nil
}

func (p *pool) takeLarge(size, limit int64) (memory, int64, error) {
	if free := p.large[size]; len(free) > 0 {
		last := len(free) - 1
		p.large[size] = free[:last]
		p.retained -= size
		return memory{p: free[last]}, 0, nil
	}
	if missing := p.room(size, limit); missing > 0 {
		return memory{}, missing, nil
	}
	align := pageSize
	if size >= hugePage {
		align = max(align, hugePage)
	}
	at, err := mapMemory(int(size), align, size >= hugePage)
	if err != nil && p.retained > 0 { // the system may be short of memory or of mappings
		p.unmap(math.MaxInt64)
		at, err = mapMemory(int(size), align, size >= hugePage)
	}
	if err != nil {
		return memory{}, 0, mapError(size, err)
	}
	p.used += size
	return memory{p: at}, 0, nil
}

func mapError(size int64, err error) error {
	return fmt.Errorf("the system does not give %d bytes of memory: %w", size, err)
}

// room makes room for size more bytes below limit by unmapping retained memory,
// and says how many bytes are still missing.
func (p *pool) room(size, limit int64) (missing int64) {
	missing = size - (limit - p.used)
	if missing <= 0 {
		return 0
	}
	return max(0, missing-p.unmap(missing))
}

// bytes is the whole of m, which may be more than was asked for.
func (m memory) bytes() []byte {
	if m.span != nil {
		return unsafe.Slice((*byte)(m.p), m.span.class.slot)
	}
	return unsafe.Slice((*byte)(m.p), m.size)
}

// give takes m back.
func (p *pool) give(m memory) {
	switch {
	case m.span == nil:
		p.large[m.size] = append(p.large[m.size], m.p)
		p.retained += m.size
	case m.span.page.p != nil: // a tiny class
		s := m.span
		s.free |= 1 << m.slot
		if s.free != s.all {
			s.sort()
			return
		}
		s.unlist()
		p.give(s.page)
		return
	default:
		m.span.free |= 1 << m.slot
		m.span.sort()
		p.retained += m.size
	}
	if p.closed {
		p.unmap(m.size)
	}
}

// unmap gives at least need bytes of retained memory back to the system, or
// all there is, and says how many.
func (p *pool) unmap(need int64) (done int64) {
	for done < need {
		n := p.unmapLarge(need - done)
		if n == 0 {
			n = p.unmapSmall()
		}
		if n == 0 {
			break
		}
		done += n
	}
	p.used -= done
	p.retained -= done
	return done
}

// unmapLarge unmaps one mapping: the smallest that is enough, else the largest.
func (p *pool) unmapLarge(need int64) int64 {
	var best int64
	for size, free := range p.large {
		switch {
		case len(free) == 0:
		case best == 0, best < need && size > best, best >= need && size >= need && size < best:
			best = size
		}
	}
	if best == 0 {
		return 0
	}
	free := p.large[best]
	last := len(free) - 1
	if unmapMemory(free[last], int(best)) != nil {
		return 0 // it stays retained
	}
	p.large[best] = free[:last]
	return best
}

// unmapSmall takes the memory of the free slots of one span.
func (p *pool) unmapSmall() int64 {
	for i := len(p.small) - 1; i >= 0; i-- {
		c := &p.small[i]
		if len(c.warm) == 0 {
			continue
		}
		s := c.warm[len(c.warm)-1]
		before := s.free
		for s.free != 0 { // run by run
			first := bits.TrailingZeros64(s.free)
			n := bits.TrailingZeros64(^(s.free >> first))
			run := (uint64(1)<<n - 1) << first
			if decommitMemory(unsafe.Add(s.base, first*c.slot), n*c.slot) != nil {
				break // it stays retained
			}
			s.free &^= run
			s.cold |= run
		}
		done := bits.OnesCount64(before &^ s.free)
		if s.cold == s.all && unmapMemory(s.base, spanSlots*c.slot) == nil {
			s.unlist()
		} else {
			s.sort()
		}
		return int64(done * c.slot)
	}
	return 0
}

// use takes slot out of s.
func (s *span) use(slot int) memory {
	s.free &^= 1 << slot
	s.cold &^= 1 << slot
	s.sort()
	return memory{p: unsafe.Add(s.base, slot*s.class.slot), size: int64(s.class.slot), span: s, slot: slot}
}

// sort puts s into the list of its class where it belongs now.
func (s *span) sort() {
	var list *[]*span
	switch {
	case s.free != 0:
		list = &s.class.warm
	case s.cold != 0:
		list = &s.class.cool
	}
	if list == s.list {
		return
	}
	s.unlist()
	if list != nil {
		s.list, s.at = list, len(*list)
		*list = append(*list, s)
	}
}

func (s *span) unlist() {
	if s.list == nil {
		return
	}
	l := *s.list
	last := len(l) - 1
	l[s.at] = l[last]
	l[s.at].at = s.at
	l[last] = nil
	*s.list = l[:last]
	s.list = nil
}
