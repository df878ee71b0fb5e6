package scheduler

import (
	"fmt"
	"sync"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/spill"
)

// held is a block that outlives the task which made it. While no task has it
// pinned it may give way: it is written to the spill file, or dropped if it can
// be had again.
type held struct {
	dtype  dtype.DType
	shape  block.Shape
	tiles  block.Grid    // how a spilled block is laid out, over shape; nil for C order
	buffer *block.Buffer // nil while it is spilled or dropped
	pins   int

	drops  bool // may be dropped; otherwise it is spilled
	extent spill.Extent
	onDisk bool // the extent holds it

	dead bool // nothing needs it; the last pin frees it

	older, newer *held // in the shelf's list, while it may give way
	listed       bool
}

func (h *held) bytes() int { return h.shape.Elements() * h.dtype.Size() }

// dense is the block in memory.
func (h *held) dense() block.Block { return block.Dense(h.dtype, h.shape, h.buffer.Bytes()) }

// shelf holds the blocks of one plan, or of one persisted array. What may give
// way is in a list, the one used longest ago first. Lock order: shelf before
// budget; no reading, writing or allocating happens under the lock.
type shelf struct {
	engine *Engine

	release func() // of a persisted array: gives everything back

	mu      sync.Mutex
	changed *sync.Cond // a block came, went, or is no more being moved
	oldest  *held
	newest  *held
}

func (s *shelf) init(e *Engine) {
	s.engine = e
	s.changed = sync.NewCond(&s.mu)
}

// listLocked makes h, which no task has pinned, something that may give way.
func (s *shelf) listLocked(h *held) {
	if h.listed || h.buffer == nil || h.pins > 0 {
		return
	}
	h.listed = true
	h.older, h.newer = s.newest, nil
	if s.newest != nil {
		s.newest.newer = h
	} else {
		s.oldest = h
	}
	s.newest = h
}

// listOldestLocked makes h the first to give way.
func (s *shelf) listOldestLocked(h *held) {
	h.listed = true
	h.older, h.newer = nil, s.oldest
	if s.oldest != nil {
		s.oldest.older = h
	} else {
		s.newest = h
	}
	s.oldest = h
}

func (s *shelf) unlistLocked(h *held) {
	if !h.listed {
		return
	}
	h.listed = false
	if h.older != nil {
		h.older.newer = h.newer
	} else {
		s.oldest = h.newer
	}
	if h.newer != nil {
		h.newer.older = h.older
	} else {
		s.newest = h.older
	}
	h.older, h.newer = nil, nil
}

// pinLocked keeps h, which is in memory, from giving way.
func (s *shelf) pinLocked(h *held) {
	s.unlistLocked(h)
	h.pins++
}

// unpinLocked undoes a pin. If nothing needs the block any more, free says so.
func (s *shelf) unpinLocked(h *held, free bool) {
	h.pins--
	if free || h.dead {
		s.freeLocked(h)
		return
	}
	s.listLocked(h)
	s.changed.Broadcast()
}

// freeLocked gives the block's memory and its place on disk back, once no one
// has it pinned.
func (s *shelf) freeLocked(h *held) {
	if h.pins > 0 {
		h.dead = true
		return
	}
	s.unlistLocked(h)
	if h.buffer != nil {
		h.buffer.Free()
		h.buffer = nil
	}
	if h.onDisk {
		s.engine.spill.Free(h.extent)
		h.onDisk = false
	}
	s.changed.Broadcast()
}

// giveWay frees at least need bytes of what may give way, or all of it, and
// says how many bytes it freed. Where the spill file cannot be written, blocks
// that need it stay; err says why.
func (s *shelf) giveWay(need int64) (freed int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for h := s.oldest; freed < need && h != nil; {
		next := h.newer
		switch {
		case h.drops || h.onDisk:
			s.unlistLocked(h)
			freed += h.buffer.Size()
			h.buffer.Free()
			h.buffer = nil
		case err == nil:
			err = s.spillLocked(h)
			next = s.oldest // the list changed while the block was written
		}
		h = next
	}
	return freed, err
}

// spillLocked writes a block to the spill file. The lock is not held meanwhile:
// the block may be taken up, or freed.
func (s *shelf) spillLocked(h *held) error {
	s.pinLocked(h)
	s.mu.Unlock()
	extent, err := s.engine.writeSpill(h)
	s.mu.Lock()
	if err == nil {
		h.extent, h.onDisk = extent, true
	}
	s.unpinLocked(h, false)
	if err == nil && h.listed { // it is next to give way
		s.unlistLocked(h)
		s.listOldestLocked(h)
	}
	return err
}

// bringBack puts the elements of a spilled block into buffer.
func (e *Engine) bringBack(h *held, buffer *block.Buffer) error {
	b := block.Dense(h.dtype, h.shape, buffer.Bytes())
	if h.tiles == nil {
		return e.spill.ReadAt(h.extent, b.DenseBytes(), 0)
	}
	return e.readSpill(h, h.shape, block.Whole(h.shape), b)
}

// reclaim frees memory for the budget: persisted blocks first, then those of
// plans.
func (e *Engine) reclaim(need int64) error {
	e.mu.Lock()
	shelves := append([]*shelf(nil), e.shelves...)
	e.mu.Unlock()
	var freed int64
	var failed error
	for _, s := range shelves {
		n, err := s.giveWay(need - freed)
		freed += n
		if failed == nil {
			failed = err
		}
		if freed >= need {
			return nil
		}
	}
	if failed == nil && freed == 0 {
		failed = fmt.Errorf("no block may give way for %d bytes", need)
	}
	return failed
}
