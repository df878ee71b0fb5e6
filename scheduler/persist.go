package scheduler

import (
	"context"
	"errors"
	"fmt"

	"gabion/block"
)

// Persisted is an array whose blocks an engine keeps, in memory while there is
// room and in the spill file else. It is a Sink that Execute fills once, and a
// Source afterwards.
type Persisted struct {
	shelf  // its lock covers what follows
	desc   block.Description
	blocks map[int]*held // by number in the grid
	state  persistState
}

type persistState uint8

const (
	persistNew persistState = iota
	persistFilling
	persistReady
	persistReleased
)

// NewPersisted is an empty Persisted.
func (e *Engine) NewPersisted() *Persisted {
	p := &Persisted{blocks: make(map[int]*held)}
	p.init(e)
	p.release = p.Release
	return p
}

var errReleased = errors.New("the persisted array was released, by itself or with its engine; compute it again")

// Release gives the memory back. Reading afterwards is an error.
func (p *Persisted) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == persistReleased {
		return
	}
	p.state = persistReleased
	for number, h := range p.blocks {
		p.freeLocked(h) // a block that is being read is freed by its reader
		if h.buffer == nil {
			delete(p.blocks, number)
		}
	}
	p.engine.removeShelf(&p.shelf)
}

// Align accepts any blocks.
func (p *Persisted) Align(block.Description) (block.Grid, error) { return nil, nil }

// Begin prepares for the blocks of d's grid.
func (p *Persisted) Begin(_ context.Context, d block.Description) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != persistNew {
		return errors.New("a persisted array is filled once")
	}
	p.desc, p.state = d, persistFilling
	p.engine.addShelf(&p.shelf)
	return nil
}

// Scratch is the memory of the block that is kept.
func (p *Persisted) Scratch(r block.Region) int64 {
	return int64(r.Elements()) * 16 // of any type; its own is known at Begin
}

// Write is not used: the engine hands blocks over by keep.
func (p *Persisted) Write(context.Context, block.Region, block.Block, *block.Scratch) error {
	return errors.New("a persisted array is filled by its engine")
}

// keep takes a block of the grid over from the grant that counts its memory.
func (p *Persisted) keep(number int, grant *block.Grant, buffer *block.Buffer) {
	index := p.desc.Grid.Index(number)
	h := &held{dtype: p.desc.DType, shape: p.desc.Grid.Region(index).Shape, buffer: buffer}
	p.mu.Lock()
	defer p.mu.Unlock()
	grant.Disown(buffer) // from here on the shelf answers for it
	p.blocks[number] = h
	p.listLocked(h)
}

// Commit makes the array readable.
func (p *Persisted) Commit(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = persistReady
	return nil
}

// Abort releases what was kept.
func (p *Persisted) Abort() error {
	p.Release()
	return nil
}

// Describe says what the array is.
func (p *Persisted) Describe() block.Description { return p.desc }

// Traits has no name: the array lives in this process only.
func (p *Persisted) Traits() block.Traits { return block.Traits{Parts: true} }

// Read copies a region from the blocks kept in memory or in the spill file.
func (p *Persisted) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := r.Within(p.desc.Shape()); err != nil {
		return err
	}
	var err error
	block.Positions(p.desc.Grid.Overlap(r), func(at []int) bool {
		if err = ctx.Err(); err != nil {
			return false
		}
		region := p.desc.Grid.Region(at)
		part, ok := region.Intersect(r)
		if !ok {
			return true
		}
		err = p.readBlock(p.desc.Grid.Number(at), part.Relative(region.Start), dst.Part(part.Relative(r.Start)))
		return err == nil
	})
	return err
}

func (p *Persisted) readBlock(number int, part block.Region, dst block.Block) error {
	p.mu.Lock()
	if p.state != persistReady {
		p.mu.Unlock()
		return errReleased
	}
	h := p.blocks[number]
	if h == nil {
		p.mu.Unlock()
		return fmt.Errorf("block %d was never computed", number)
	}
	inMemory := h.buffer != nil
	if inMemory {
		p.pinLocked(h)
	} else {
		h.pins++ // the extent must stay
	}
	p.mu.Unlock()
	var err error
	if inMemory {
		block.Copy(dst, h.dense().Part(part))
	} else {
		err = p.engine.readSpill(h, h.shape, part, dst)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unpinLocked(h, p.state == persistReleased)
	return err
}
