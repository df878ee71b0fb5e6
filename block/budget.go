package block

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Budget holds all memory that grows with the data below a limit. It gives
// memory in three steps: Admit reserves the working set of a plan, Grant gives
// one running task the right to a part of it, Alloc gives a buffer. The package
// documentation says what holds. Its methods may be called by several
// goroutines at once.
type Budget struct {
	limit int64

	mu         sync.Mutex
	pool       pool
	peak       int64
	live       int    // buffers that were not freed
	frees      uint64 // counts what may have made room
	reclaiming int    // calls of reclaim under way
	settled    *sync.Cond
	reclaim    func(need int64) error

	committed int64
	waiting   []*admission // in the order in which they came
	closed    bool
}

// NewBudget is a budget of limit bytes.
func NewBudget(limit int64) *Budget {
	b := &Budget{limit: limit, pool: newPool()}
	b.settled = sync.NewCond(&b.mu)
	return b
}

// SetReclaim installs the function that frees memory which is live but may give
// way: blocks that no running task reads, which it drops or spills. It is called
// without locks of the budget held, by several goroutines at once, when an
// Alloc finds no room even after retained buffers were unmapped. It frees
// buffers of at least need bytes, or returns an error that says why it could
// not; it must not wait for an Alloc. Every buffer that no open grant answers for
// must be within its reach.
func (b *Budget) SetReclaim(reclaim func(need int64) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reclaim = reclaim
}

// Limit is the number of bytes that Used never exceeds.
func (b *Budget) Limit() int64 { return b.limit }

// Used is the number of bytes mapped, for live buffers and for those retained.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pool.used
}

// Retained is the part of Used that is free and kept for reuse.
func (b *Budget) Retained() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pool.retained
}

// Peak is the highest Used so far, or since ResetPeak.
func (b *Budget) Peak() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.peak
}

// ResetPeak makes Peak start again from what is used now.
func (b *Budget) ResetPeak() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.peak = b.pool.used
}

// Close unmaps what is retained. It returns an error if buffers are live; their
// memory is given back to the system when they are freed. Admissions that wait
// fail, and so does every later Admit, Grant and Alloc.
func (b *Budget) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.pool.closed = true, true
	b.pool.unmap(b.pool.retained)
	b.admit()
	b.settled.Broadcast()
	if b.live > 0 {
		return fmt.Errorf("the memory budget was closed with %d buffers in use, which map %d bytes", b.live, b.pool.used)
	}
	return nil
}

// alloc is memory for n bytes within the limit, whatever has to give way, or
// room for them where the memory is elsewhere. The lock is held, but not all the
// time.
func (b *Budget) alloc(n int, elsewhere bool) (memory, error) {
	for {
		if b.closed {
			return memory{}, errClosed
		}
		take := b.pool.take
		if elsewhere {
			take = b.pool.setAside
		}
		m, missing, err := take(n, b.limit)
		if err != nil {
			return memory{}, err
		}
		if missing == 0 {
			b.live++
			b.peak = max(b.peak, b.pool.used)
			if Invariants && b.pool.used > b.limit {
				panic(fmt.Sprintf("B1: %d bytes mapped, the limit is %d", b.pool.used, b.limit))
			}
			return m, nil
		}
		if err := b.reclaimMore(missing); err != nil {
			return memory{}, fmt.Errorf("no room for %d bytes in the memory budget of %d, of which %d are in use: %w",
				ClassSize(n), b.limit, b.pool.used, err)
		}
	}
}

// reclaimMore asks for missing bytes to be freed. It returns nil when it is
// worth while to try again. The lock is held, but not during the call.
func (b *Budget) reclaimMore(missing int64) error {
	before := b.frees
	err := errNothingToReclaim
	if b.reclaim != nil {
		err = b.callReclaim(missing)
	}
	// Where this call found nothing, what it missed may be what another call
	// is about to free.
	for b.frees == before && b.reclaiming > 0 && !b.closed {
		b.settled.Wait()
	}
	switch {
	case b.frees != before:
		return nil
	case err == nil:
		return errNothingFreed
	}
	return err
}

// callReclaim calls the installed function without the lock.
func (b *Budget) callReclaim(missing int64) error {
	reclaim := b.reclaim
	b.reclaiming++
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.reclaiming--
		b.settled.Broadcast()
	}()
	return reclaim(missing)
}

var (
	errClosed           = errors.New("the memory budget is closed")
	errNothingToReclaim = errors.New("nothing in it may give way")
	errNothingFreed     = errors.New("reclaiming freed nothing")
)

// Buffer is memory of a budget, outside of the garbage collector's heap. It is
// aligned to at least 64 bytes and its first content is undefined.
type Buffer struct {
	budget *Budget
	memory memory
	n      int
	size   int64
	freed  atomic.Bool
	grant  *Grant // counts it while that is open

	adopters []*Grant // count it too

	elsewhere bool // the memory is not the budget's
}

// Bytes is the memory, of the length that was asked for.
func (b *Buffer) Bytes() []byte {
	if Invariants && b.freed.Load() {
		panic("B3: Bytes of a buffer that was freed")
	}
	if b.n == 0 || b.elsewhere {
		return []byte{}
	}
	return b.memory.bytes()[:b.n]
}

// Size is the number of bytes that the buffer is charged; see ClassSize.
func (b *Buffer) Size() int64 { return b.size }

// Free gives the memory back to the budget: the bytes must not be read or
// written any more (B3).
func (b *Buffer) Free() {
	if b.freed.Swap(true) {
		if Invariants {
			panic("B3: Free of a buffer that was freed")
		}
		return
	}
	b.budget.free(b)
}

func (b *Budget) free(buffer *Buffer) {
	if Invariants && buffer.n > 0 && !buffer.elsewhere {
		poison(buffer.memory.bytes())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if buffer.grant != nil {
		buffer.grant.uncharge(buffer.size)
	}
	for _, g := range buffer.adopters {
		g.forsake(buffer)
	}
	if buffer.n == 0 {
		return
	}
	if buffer.elsewhere {
		b.pool.used -= buffer.size
	} else {
		b.pool.give(buffer.memory)
	}
	b.live--
	b.frees++
	if b.reclaiming > 0 {
		b.settled.Broadcast()
	}
}

// poison makes a read after Free visible.
func poison(mem []byte) {
	for i := range mem {
		mem[i] = 0xDB
	}
}
