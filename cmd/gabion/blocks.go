package main

import (
	"bytes"
	"errors"
	"io"

	"gabion/block"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// Of a file that can be read in any parts a budget holds manyBlocks, which is more
// than a task needs of most plans, but blocks are not made smaller than smallBlock:
// so more memory, where it is asked for, does not go into larger blocks.
const (
	manyBlocks = 64
	smallBlock = 64 << 10
)

// inBudget calls f with 0, and where the engine's budget does not do again with the
// budget, which is for smallBlocks. The error is the one that asks for less. What f
// writes to the standard output is that of the call that counts.
func inBudget(engine *scheduler.Engine, to streams, f func(memory int64, to streams) error) error {
	call := func(memory int64) (text bytes.Buffer, err error) {
		own := to
		own.out = &text
		return text, f(memory, own)
	}
	text, err := call(0)
	var usual, small *plan.BudgetError
	if errors.As(err, &usual) {
		again, other := call(engine.Memory())
		if !errors.As(other, &small) || small.Needed < usual.Needed {
			text, err = again, other
		}
	}
	_, printing := io.Copy(to.out, &text)
	return errors.Join(err, printing)
}

// smallBlocks is source in smaller blocks than its own, of which a budget of so much
// memory holds many, if it can be read in any parts: shorter along the first axes.
// Where memory is 0 it stays as it is.
func smallBlocks(source block.Source, memory int64) block.Source {
	d := source.Describe()
	if memory == 0 || !source.Traits().Parts {
		return source
	}
	limit := max(memory/manyBlocks, smallBlock)
	shape := d.Grid.Largest()
	size := func() int64 { return int64(shape.Elements()) * int64(d.DType.Size()) }
	if size() <= limit {
		return source
	}
	for axis := range shape {
		others := max(1, size()/int64(max(1, shape[axis])))
		shape[axis] = int(max(1, min(int64(shape[axis]), limit/others)))
	}
	d.Grid = block.RegularGrid(d.Shape(), shape)
	return &inBlocks{source, d}
}

// inBlocks is a source in other blocks.
type inBlocks struct {
	block.Source
	description block.Description
}

func (s *inBlocks) Describe() block.Description { return s.description }
