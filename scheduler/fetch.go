package scheduler

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"gabion/block"
	"gabion/internal/exec"
	"gabion/internal/plan"
)

// fetchAhead reads a task's inputs on a goroutine of its own, so that a source
// that waits keeps as many reads under way as it likes while workers compute.
// The task goes on when they are there.
func (r *run) fetchAhead(t *task) {
	st := &r.stages[t.stage]
	t.ctx = r.ctx // no worker waits for what the source does
	r.mu.Lock()
	r.active++
	r.mu.Unlock()
	go func() {
		first, _ := r.span(t)
		t.at = r.blockAt(t, first)
		err := error(r.taskError(t, exec.ErrGoexit))
		defer func() {
			if v := recover(); v != nil {
				err = r.taskError(t, &exec.PanicError{Value: v, Stack: debug.Stack()})
			}
			r.mu.Lock()
			r.readingLocked(t, -1)
			r.active--
			t.fetched = true
			if err != nil {
				r.dropLocked(t)
				r.failLocked(err)
			} else {
				r.ready = append(r.ready, t)
				r.checkLocked()
			}
			r.mu.Unlock()
			r.told()
		}()
		err = r.fetch(t, st.Grid.Region(t.at))
	}()
}

// readingLocked counts the reads under way of each source that a task reads; its
// inputs are read one after the other.
func (r *run) readingLocked(t *task, change int) {
	inputs := r.stages[t.stage].Inputs
	for i, in := range inputs {
		from := &r.stages[in.Stage]
		if from.Kind == plan.Load && !slices.ContainsFunc(inputs[:i], func(p plan.Input) bool { return p.Stage == in.Stage }) {
			r.reading[from.Source] += change
		}
	}
}

// fetch makes the inputs of the block at t.at, which covers region, available
// as t.inputs.
func (r *run) fetch(t *task, region block.Region) error {
	st := &r.stages[t.stage]
	t.inputs = t.inputs[:0]
	first, last := st.Reads(region)
	for i := first; i < last; i++ {
		b, err := r.fetchInput(t, i, region)
		if err != nil {
			return err
		}
		t.inputs = append(t.inputs, b)
	}
	return nil
}

// fetchInput is what the block at t.at needs of an input, in the shape of the
// block.
func (r *run) fetchInput(t *task, i int, region block.Region) (block.Block, error) {
	st := &r.stages[t.stage]
	in := &st.Inputs[i]
	from := &r.stages[in.Stage]
	d := from.Outputs[in.Output].DType
	if in.Gather != nil {
		return r.gather(t, i, region)
	}
	need, box, ok := st.Needs(i, t.at, region)
	region = st.Covers(i, t.at, region)
	if !ok { // no elements
		return block.Dense(d, region.Shape, nil), nil
	}
	var b block.Block
	switch {
	case from.Kind == plan.Load && r.plan.Sources[from.Source].Viewed:
		seen, err := r.view(t, from.Source, need)
		if err != nil {
			return b, err
		}
		b = in.View.Of(seen, need.Start, region)
	case !in.Direct && box.Elements() == 1 && (st.single[i] || !r.larger(in, box.Start, need)):
		number := in.Grid.Number(box.Start)
		e, err := r.pinBlock(t, i, number)
		if err != nil {
			return b, err
		}
		whole := r.blockRegion(in, box.Start)
		b = in.View.Of(block.Dense(d, whole.Shape, e.buffer.Bytes()), whole.Start, region)
	default:
		buffer, err := t.grant.Alloc(need.Elements() * d.Size())
		if err != nil {
			return b, r.taskError(t, err)
		}
		t.buffers = append(t.buffers, buffer)
		whole := block.Dense(d, need.Shape, buffer.Bytes())
		if err := r.assemble(t, i, need, box, whole); err != nil {
			return b, err
		}
		b = in.View.Of(whole, need.Start, region)
	}
	if st.Kind == plan.Call && !b.IsDense() {
		buffer, err := t.grant.Alloc(b.Bytes())
		if err != nil {
			return b, r.taskError(t, err)
		}
		t.buffers = append(t.buffers, buffer)
		dense := block.Dense(d, b.Shape, buffer.Bytes())
		block.Copy(dense, b)
		b = dense
	}
	return b, nil
}

// blockRegion is what the block of an input at a position covers, in the input's
// space; of a source's block only what its window holds.
func (r *run) blockRegion(in *plan.Input, at []int) block.Region {
	region := in.Grid.Region(at)
	if from := &r.stages[in.Stage]; from.Kind == plan.Load {
		region, _ = region.Intersect(from.Window)
	}
	return region
}

// larger reports whether the block of an input at a position takes more memory
// than the part of it that a task needs. Where tasks may need several blocks, the
// bound of a task (P3) has room for such a block only while its part is copied.
func (r *run) larger(in *plan.Input, at []int, need block.Region) bool {
	size := r.stages[in.Stage].Outputs[in.Output].DType.Size()
	return block.ClassSize(r.blockRegion(in, at).Elements()*size) > block.ClassSize(need.Elements()*size)
}

// assemble copies what a task needs of an input from its blocks, one after the
// other.
func (r *run) assemble(t *task, i int, need, box block.Region, dst block.Block) error {
	st := &r.stages[t.stage]
	in := &st.Inputs[i]
	from := &r.stages[in.Stage]
	if in.Direct {
		return r.read(t, from.Source, need, dst)
	}
	var err error
	block.Positions(box, func(at []int) bool {
		if err = r.ctx.Err(); err != nil {
			return false
		}
		whole := r.blockRegion(in, at)
		part, ok := whole.Intersect(need)
		if ok {
			err = r.copyPart(t, i, in.Grid.Number(at), whole, part, dst.Part(part.Relative(need.Start)))
		}
		return err == nil
	})
	return err
}

// copyPart copies a part of one block of an input.
func (r *run) copyPart(t *task, i, number int, whole, part block.Region, dst block.Block) error {
	in := &r.stages[t.stage].Inputs[i]
	from := &r.stages[in.Stage]
	reader := plan.Reader{Stage: t.stage, Input: i}
	r.mu.Lock()
	e, err := r.settledLocked(in, reader, number)
	if err != nil {
		r.mu.Unlock()
		return err
	}
	switch {
	case e.buffer != nil:
		r.pinForLocked(t, e, reader)
		r.mu.Unlock()
		block.Copy(dst, block.Dense(dst.DType, whole.Shape, e.buffer.Bytes()).Part(part.Relative(whole.Start)))
		r.mu.Lock()
	case e.onDisk:
		r.pinForLocked(t, e, reader)
		r.mu.Unlock()
		err = r.engine.readSpill(&e.held, whole.Shape, part.Relative(whole.Start), dst)
		r.mu.Lock()
	case from.Kind == plan.Load && e.remaining() == 1 && part.Equal(whole):
		e.loading = true
		r.pinForLocked(t, e, reader)
		r.mu.Unlock()
		err = r.read(t, from.Source, part, dst)
		r.mu.Lock()
		e.loading = false
	default:
		r.mu.Unlock()
		if e, err = r.pinBlock(t, i, number); err != nil {
			return err
		}
		block.Copy(dst, block.Dense(dst.DType, whole.Shape, e.buffer.Bytes()).Part(part.Relative(whole.Start)))
		r.mu.Lock()
		t.grant.Disown(e.buffer)
	}
	if err == nil {
		t.pinned = t.pinned[:len(t.pinned)-1]
		r.readLocked(e, reader)
		r.unpinLocked(&e.held, false)
	}
	r.mu.Unlock()
	return err
}

// gather makes what the block at t.at needs of an input by its Gather, from one
// block of the input after the other.
func (r *run) gather(t *task, i int, region block.Region) (block.Block, error) {
	st := &r.stages[t.stage]
	in := &st.Inputs[i]
	from := &r.stages[in.Stage]
	d := from.Outputs[in.Output].DType
	g := st.Gathering(i, t.at, region)
	buffer, err := t.grant.Alloc(g.Region.Elements() * d.Size())
	if err != nil {
		return block.Block{}, r.taskError(t, err)
	}
	t.buffers = append(t.buffers, buffer)
	dst := block.Dense(d, g.Region.Shape, buffer.Bytes())
	if in.Gather.Fills() {
		dst.Fill(in.Gather.Fill.Bytes())
	}
	g.Blocks(func(at []int) bool {
		if err = r.ctx.Err(); err != nil {
			return false
		}
		whole := r.blockRegion(in, at)
		if from.Kind == plan.Load && r.plan.Sources[from.Source].Viewed {
			var seen block.Block
			if seen, err = r.view(t, from.Source, whole); err == nil {
				g.Copy(dst, at, seen, whole.Start)
			}
			return err == nil
		}
		err = r.gatherBlock(t, i, whole, in.Grid.Number(at), func(data []byte) {
			g.Copy(dst, at, block.Dense(d, whole.Shape, data), whole.Start)
		})
		return err == nil
	})
	return dst, err
}

// gatherBlock gives one block of an input to f.
func (r *run) gatherBlock(t *task, i int, whole block.Region, number int, f func(data []byte)) error {
	in := &r.stages[t.stage].Inputs[i]
	from := &r.stages[in.Stage]
	if in.Direct {
		d := from.Outputs[0].DType
		buffer, err := t.grant.Alloc(whole.Elements() * d.Size())
		if err != nil {
			return r.taskError(t, err)
		}
		defer buffer.Free()
		if err := r.read(t, from.Source, whole, block.Dense(d, whole.Shape, buffer.Bytes())); err != nil {
			return err
		}
		f(buffer.Bytes())
		return nil
	}
	e, err := r.pinBlock(t, i, number)
	if err != nil {
		return err
	}
	f(e.buffer.Bytes())
	r.mu.Lock()
	defer r.mu.Unlock()
	t.grant.Disown(e.buffer)
	t.pinned = t.pinned[:len(t.pinned)-1]
	r.readLocked(e, plan.Reader{Stage: t.stage, Input: i})
	r.unpinLocked(&e.held, false)
	return nil
}

// pinForLocked pins a block until the task has read it or is dropped.
func (r *run) pinForLocked(t *task, e *entry, reader plan.Reader) {
	r.pinLocked(&e.held)
	t.pinned = append(t.pinned, pin{e, reader})
}

func (e *entry) remaining() int {
	n := 0
	for _, u := range e.left {
		n += u.n
	}
	return n
}

// settledLocked is the entry of an input's block once no task moves it. A
// source's block that nobody has asked for gets one.
func (r *run) settledLocked(in *plan.Input, reader plan.Reader, number int) (*entry, error) {
	key := blockKey{in.Stage, in.Output, number, 0}
	load := r.stages[in.Stage].Kind == plan.Load
	if load && number >= r.plan.Fit.Keep[in.Stage] {
		key.part = 1 + slices.Index(r.readers[in.Stage][in.Output], reader)
	}
	for {
		e := r.blocks[key]
		if e == nil && load {
			e = r.sourceEntryLocked(key, reader)
		}
		if e == nil {
			return nil, fmt.Errorf("block %d of stage %d was freed before stage %d read it", number, in.Stage, reader.Stage)
		}
		if !e.loading {
			return e, nil
		}
		if r.err != nil {
			return nil, r.err
		}
		r.changed.Wait()
	}
}

// sourceEntryLocked makes the entry of a source's block. A block that the plan
// keeps is for all readers, another one for the reader that asks.
func (r *run) sourceEntryLocked(key blockKey, reader plan.Reader) *entry {
	e := &entry{key: key}
	e.drops = !r.plan.Fit.Spill[key.stage]
	for _, other := range r.readers[key.stage][key.output] {
		shared := key.part == 0 && !r.stages[other.Stage].Inputs[other.Input].Direct
		if shared || other == reader {
			e.left = append(e.left, users{other, r.users(other, key.block)})
		}
	}
	r.blocks[key] = e
	return e
}

// pinBlock brings a block of an input into memory and pins it for the task. An
// error ends the task, and with it the pin and the buffer; those who wait for
// the block see that the run has failed.
func (r *run) pinBlock(t *task, i, number int) (*entry, error) {
	in := &r.stages[t.stage].Inputs[i]
	from := &r.stages[in.Stage]
	reader := plan.Reader{Stage: t.stage, Input: i}
	r.mu.Lock()
	e, err := r.settledLocked(in, reader, number)
	if err != nil {
		r.mu.Unlock()
		return nil, err
	}
	if e.buffer != nil {
		r.pinForLocked(t, e, reader)
		r.mu.Unlock()
		if block.Invariants {
			t.grant.Adopt(e.buffer)
		}
		return e, nil
	}
	spilled := e.onDisk
	if !spilled && from.Kind != plan.Load {
		r.mu.Unlock()
		return nil, fmt.Errorf("block %d of stage %d is neither in memory nor in the spill file", number, in.Stage)
	}
	e.loading = true
	r.pinForLocked(t, e, reader)
	if !spilled {
		region := r.blockRegion(in, in.Grid.Index(number))
		e.dtype, e.shape = from.Outputs[0].DType, region.Shape
		if tiles := r.plan.Fit.Tiles[in.Stage]; tiles != nil {
			e.tiles = tilesWithin(tiles, region)
		}
	}
	r.mu.Unlock()
	buffer, err := t.grant.Alloc(e.bytes())
	if err != nil {
		return nil, r.taskError(t, err)
	}
	t.buffers = append(t.buffers, buffer)
	if spilled {
		err = r.engine.bringBack(&e.held, buffer)
	} else {
		err = r.read(t, from.Source, r.blockRegion(in, in.Grid.Index(number)), block.Dense(e.dtype, e.shape, buffer.Bytes()))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.loading = false
	r.changed.Broadcast()
	if err != nil {
		return nil, err
	}
	t.forget(buffer)
	e.buffer = buffer
	return e, nil
}

// view is a region of a source whose elements are in memory. A panic of the
// source is an error.
func (r *run) view(t *task, source int, region block.Region) (block.Block, error) {
	var b block.Block
	err := guard(func() error {
		b = r.bind.Sources[source].(block.Viewer).View(region)
		if b.Data == nil && !region.Empty() {
			return errors.New("its memory is gone: the source was closed")
		}
		return nil
	})
	if err != nil {
		from := &r.plan.Sources[source]
		err = &exec.Error{Op: "read", Site: from.Site, Index: t.at, Err: fmt.Errorf("region %v of %s: %w", region, from.Title(), err)}
	}
	return b, err
}

// read reads a region of a source. A panic of the source is an error.
func (r *run) read(t *task, source int, region block.Region, dst block.Block) error {
	src := r.bind.Sources[source]
	err := guard(func() error {
		scratch := t.grant.Scratch(src.Scratch(region))
		defer scratch.Release()
		return src.Read(t.ctx, region, dst, scratch)
	})
	if err != nil {
		from := &r.plan.Sources[source]
		return &exec.Error{Op: "read", Site: from.Site, Index: t.at, Err: fmt.Errorf("region %v of %s: %w", region, from.Title(), err)}
	}
	if f := r.engine.options.Events.Read; f != nil {
		f(Transfer{Plan: r.number, Slot: source, Region: region, Bytes: int64(dst.Bytes())})
	}
	return nil
}

// guard makes a panic of f an error.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &exec.PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}
