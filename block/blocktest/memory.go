package blocktest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gabion/block"
)

// Source is an array in memory that is read like a file: its elements are
// copied, and it is no block.Viewer.
type Source struct {
	Wishes block.Traits // what Traits gives; set before the first use

	d    block.Description
	data block.Block
	mu   sync.Mutex
	seen []block.Region // what was read, where it can be read only once
}

// NewSource is a source of the elements of b, described by d.
func NewSource(d block.Description, b block.Block) *Source { return &Source{d: d, data: b} }

// Describe is the description given to NewSource.
func (s *Source) Describe() block.Description { return s.d }

// Traits is Wishes.
func (s *Source) Traits() block.Traits { return s.Wishes }

// Scratch is 0.
func (s *Source) Scratch(block.Region) int64 { return 0 }

// Read copies the elements. Where Wishes.Once is set it fails for a region that
// was read before.
func (s *Source) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.Within(s.data.Shape); err != nil {
		return err
	}
	if dst.DType != s.data.DType || !dst.Shape.Equal(r.Shape) {
		return fmt.Errorf("region %v of %v is read into a block of %v of shape %v", r, s.data.DType, dst.DType, dst.Shape)
	}
	if err := s.once(r); err != nil {
		return err
	}
	block.Copy(dst, s.data.Part(r))
	return nil
}

func (s *Source) once(r block.Region) error {
	if !s.Wishes.Once {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.seen {
		if again, ok := old.Intersect(r); ok {
			return fmt.Errorf("region %v is read a second time, from a source that can be read once", again)
		}
	}
	s.seen = append(s.seen, r.Clone())
	return nil
}

// Sink keeps an array in memory. Nothing of it can be opened before Commit.
type Sink struct {
	// Chunk, if not 0, is the length along every axis of the blocks that
	// writes must be made of.
	Chunk int

	mu        sync.Mutex
	d         block.Description
	align     block.Grid
	data      block.Block
	written   int
	begun     bool
	committed *Source
}

// Align is the grid of blocks of length Chunk, or nil.
func (s *Sink) Align(d block.Description) (block.Grid, error) {
	s.align = nil
	if s.Chunk > 0 {
		chunks := make(block.Shape, len(d.Grid))
		for axis := range chunks {
			chunks[axis] = s.Chunk
		}
		s.align = block.RegularGrid(d.Shape(), chunks)
	}
	return s.align, nil
}

// Begin makes room for the array.
func (s *Sink) Begin(ctx context.Context, d block.Description) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.d, s.written, s.begun = d, 0, true
	s.data = Random(d.DType, d.Shape(), 0)
	return nil
}

// Scratch is 0.
func (s *Sink) Scratch(block.Region) int64 { return 0 }

// Write copies the elements of b.
func (s *Sink) Write(ctx context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		return errors.New("Write without Begin")
	}
	if err := r.Within(s.data.Shape); err != nil {
		return err
	}
	if b.DType != s.d.DType || !b.Shape.Equal(r.Shape) {
		return fmt.Errorf("a block of %v of shape %v was given for region %v of %v", b.DType, b.Shape, r, s.d.DType)
	}
	for axis, a := range s.align {
		first, last := a.Overlap(r.Start[axis], r.Stop(axis))
		if first == last {
			continue
		}
		start, _ := a.Block(first)
		end, size := a.Block(last - 1)
		if start != r.Start[axis] || end+size != r.Stop(axis) {
			return fmt.Errorf("region %v is not made of whole blocks of %v", r, s.align)
		}
	}
	block.Copy(s.data.Part(r), b)
	s.written += r.Elements()
	return nil
}

// Commit makes the array visible to Open. It fails unless as many elements were
// written as there are.
func (s *Sink) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		return errors.New("Commit without Begin")
	}
	if n := s.data.Elements(); n != s.written {
		return fmt.Errorf("%d elements were written to an array of %d", s.written, n)
	}
	s.begun = false
	s.committed = NewSource(s.d, s.data)
	return nil
}

// Abort forgets what was written since Begin.
func (s *Sink) Abort() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun, s.data = false, block.Block{}
	return nil
}

// Open is the array that was committed last.
func (s *Sink) Open() (block.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == nil {
		return nil, errors.New("no array was committed")
	}
	return s.committed, nil
}

// CountingSource watches the reads of a source.
type CountingSource struct {
	block.Source

	// Before, if set, is called before each read. An error is what the read
	// returns. It may wait.
	Before func(ctx context.Context, r block.Region) error

	mu               sync.Mutex
	reads            int
	bytes            int64
	regions          map[string]int
	inFlight, atOnce int
}

// Count watches the reads of src.
func Count(src block.Source) *CountingSource { return &CountingSource{Source: src} }

// Read counts a read and passes it on.
func (c *CountingSource) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	c.mu.Lock()
	c.reads++
	c.bytes += int64(r.Elements()) * int64(dst.DType.Size())
	if c.regions == nil {
		c.regions = make(map[string]int)
	}
	c.regions[r.String()]++
	c.inFlight++
	c.atOnce = max(c.atOnce, c.inFlight)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.inFlight--
		c.mu.Unlock()
	}()
	if c.Before != nil {
		if err := c.Before(ctx, r); err != nil {
			return err
		}
	}
	return c.Source.Read(ctx, r, dst, scratch)
}

// Reads is how many reads were begun.
func (c *CountingSource) Reads() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reads
}

// Bytes is the size of the elements that were asked for.
func (c *CountingSource) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// ByRegion is how often each region was read, by Region.String.
func (c *CountingSource) ByRegion() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	regions := make(map[string]int, len(c.regions))
	for r, n := range c.regions {
		regions[r] = n
	}
	return regions
}

// MaxInFlight is the most reads that were under way at once.
func (c *CountingSource) MaxInFlight() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.atOnce
}

// FailOn is a Before that fails the k-th read, counted from 1, with err.
func FailOn(k int, err error) func(context.Context, block.Region) error {
	var mu sync.Mutex
	n := 0
	return func(context.Context, block.Region) error {
		mu.Lock()
		defer mu.Unlock()
		n++
		if n == k {
			return err
		}
		return nil
	}
}
