package scheduler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gabion/block"
	"gabion/internal/exec"
	"gabion/internal/plan"
)

// task is a range of work of one stage: units, or the runs of a fold. A worker
// takes a part of the range that is worth taking.
type task struct {
	stage       int
	first, last int
	fold        *fold // the unit whose runs the range counts; nil if it counts units
	root        bool  // a result is asked for, rather than a block that another stage needs

	ctx     context.Context // that of the worker's; where a task waits for another it is the worker that gives way
	at      []int           // the block at hand, for errors
	slot    int             // the worker that had it last
	claimed bool            // its unit was marked as made by it
	waiting int             // blocks that have to be made first

	// While the task holds a grant:
	grant   *block.Grant
	pinned  []pin
	buffers []*block.Buffer // its own memory, freed when the block is done
	fetched bool            // its inputs were read ahead
	inputs  []block.Block
}

// pin is an input block that a task has pinned and will have read.
type pin struct {
	entry  *entry
	reader plan.Reader
}

// blockAt is the i-th block of a task.
func (r *run) blockAt(t *task, i int) []int {
	st := &r.stages[t.stage]
	if t.fold != nil {
		return st.Position(t.fold.unit, i)
	}
	return st.Position(i, 0)
}

// span is the range of blocks of a task: units, or leaves of its unit.
func (r *run) span(t *task) (first, last int) {
	st := &r.stages[t.stage]
	if t.fold == nil {
		return t.first, t.last
	}
	return t.first << st.runLog, min(t.last<<st.runLog, st.Leaves())
}

// step takes a task as far as it goes: to its end, or to where it waits for
// blocks or for memory. A task that waits holds nothing.
func (r *run) step(slot int, t *task, own *runWorker) error {
	st := &r.stages[t.stage]
	t.slot, t.ctx = slot, own.ctx
	if t.fold == nil && st.made != nil && !t.claimed && !r.claim(t) {
		return nil // another task makes the unit
	}
	if st.reduced && t.fold == nil {
		r.openFold(slot, t)
		return nil
	}
	if !t.fetched {
		if !r.demand(slot, t) {
			return nil
		}
		ok, err := r.admit(slot, t)
		if !ok {
			return err
		}
		if st.waits {
			r.fetchAhead(t)
			return nil
		}
	}
	return r.compute(slot, t, own)
}

// claim marks the unit of a task as being made, unless it is already.
func (r *run) claim(t *task) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	st := &r.stages[t.stage]
	if st.made[t.first] && t.root {
		return false
	}
	if t.root {
		st.made[t.first] = true
		r.expectLocked(t.stage, t.first)
	}
	t.claimed = true
	return true
}

// expectLocked makes the entries for the blocks of a unit that others read.
func (r *run) expectLocked(stage, unit int) {
	st := &r.stages[stage]
	for k := range st.Outputs {
		if len(r.readers[stage][k]) == 0 {
			continue
		}
		if st.reduced && st.Outputs[k].Reduce == nil {
			for leaf := range st.Leaves() {
				r.expectBlockLocked(blockKey{stage, k, st.Grid.Number(st.Position(unit, leaf)), 0})
			}
			continue
		}
		r.expectBlockLocked(blockKey{stage, k, unit, 0})
	}
}

func (r *run) expectBlockLocked(key blockKey) {
	e := &entry{key: key}
	total := 0
	for _, reader := range r.readers[key.stage][key.output] {
		n := r.users(reader, key.block)
		total += n
		e.left = append(e.left, users{reader, n})
	}
	if total > 0 {
		r.blocks[key] = e
	}
}

// users is how many blocks of a reader need a block.
func (r *run) users(reader plan.Reader, number int) int {
	st := &r.stages[reader.Stage]
	return st.Users(reader.Input, st.Inputs[reader.Input].Grid.Index(number))
}

// demand asks for the blocks that a task needs from other stages. It reports
// whether all of them were made; otherwise the task is taken up again when they
// are.
func (r *run) demand(slot int, t *task) bool {
	st := &r.stages[t.stage]
	if !st.asks {
		return true
	}
	ready, pushed := r.demandBlocks(slot, t)
	if pushed {
		r.told()
	}
	return ready
}

// demandBlocks asks for the blocks that a task needs and counts those that it
// has to wait for.
func (r *run) demandBlocks(slot int, t *task) (ready, pushed bool) {
	st := &r.stages[t.stage]
	r.mu.Lock()
	defer r.mu.Unlock()
	first, last := r.span(t)
	for i := first; i < last; i++ {
		at := r.blockAt(t, i)
		region := st.Grid.Region(at)
		low, high := st.Reads(region)
		for j := low; j < high; j++ {
			in := &st.Inputs[j]
			if r.stages[in.Stage].Kind == plan.Load {
				continue
			}
			st.Blocks(j, at, region, func(position []int) bool {
				key := blockKey{in.Stage, in.Output, in.Grid.Number(position), 0}
				e := r.blocks[key]
				if e == nil {
					e = r.askLocked(slot, key)
					pushed = true
				}
				if !e.there {
					e.waiters = append(e.waiters, t)
					t.waiting++
				}
				return true
			})
		}
	}
	return t.waiting == 0, pushed
}

// askLocked pushes the task that makes a block.
func (r *run) askLocked(slot int, key blockKey) *entry {
	st := &r.stages[key.stage]
	unit := key.block
	if st.reduced && st.Outputs[key.output].Reduce == nil {
		unit, _ = st.Place(st.Grid.Index(key.block))
	}
	r.expectLocked(key.stage, unit)
	if st.made != nil {
		st.made[unit] = true
	}
	r.pushLocked(slot, &task{stage: key.stage, first: unit, last: unit + 1})
	return r.blocks[key]
}

// compute makes the blocks of a task that has its grant.
func (r *run) compute(slot int, t *task, own *runWorker) error {
	st := &r.stages[t.stage]
	runner, err := r.runner(own, t.stage)
	if err != nil {
		return err
	}
	var leaves *leafStack
	if t.fold != nil {
		leaves = &leafStack{run: r, runner: runner, stage: st, cells: t.fold.cells}
		defer leaves.free() // those that no fold has taken over
	}
	first, last := r.span(t)
	for i := first; i < last; i++ {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		t.at = r.blockAt(t, i)
		var start time.Time
		ended := r.engine.options.Events.TaskEnd
		if ended != nil {
			start = now()
		}
		if err := r.computeBlock(slot, t, runner, leaves); err != nil {
			return err
		}
		if ended != nil {
			ended(TaskEnd{Plan: r.number, Stage: t.stage, Task: st.Grid.Number(t.at), Worker: slot, Start: start, End: now(),
				Bytes: t.grant.Peak(), Bound: r.plan.Fit.Bounds[t.stage]})
		}
	}
	if t.fold != nil {
		if err := r.mergeRun(slot, t, runner, leaves); err != nil {
			return err
		}
	}
	r.mu.Lock()
	if t.fold == nil && st.result {
		r.left -= last - first
	}
	r.closeGrantLocked(t)
	r.mu.Unlock()
	r.told()
	return nil
}

// computeBlock makes the block at t.at.
func (r *run) computeBlock(slot int, t *task, runner *exec.Runner, leaves *leafStack) error {
	st := &r.stages[t.stage]
	region := st.Grid.Region(t.at)
	work := exec.Task{At: t.at, Region: region, Outputs: make([][]byte, len(st.Outputs))}
	if !t.fetched {
		if err := r.fetch(t, region); err != nil {
			return err
		}
	}
	work.Inputs = t.inputs
	made := make([]*block.Buffer, len(st.Outputs))
	shared := make([]bool, len(st.Outputs))
	for k := range st.Outputs {
		out := &st.Outputs[k]
		size := region.Elements() * out.DType.Size()
		if out.Reduce != nil {
			size = runner.PartialBytes(k, leaves.cells)
		} else if len(r.readers[t.stage][k]) == 0 && st.Kind == plan.Fused && runner.IsCopy(k) && work.Inputs[runner.CopyInput(k)].IsDense() {
			shared[k] = true
			continue
		} else if st.Kind == plan.Call {
			size = st.Outputs[k].Grid.Region(t.at).Elements() * out.DType.Size()
		}
		buffer, err := t.grant.Alloc(size)
		if err != nil {
			return r.taskError(t, err)
		}
		t.buffers = append(t.buffers, buffer)
		made[k] = buffer
		work.Outputs[k] = buffer.Bytes()
	}
	if st.Kind != plan.Call && st.Memory > 0 {
		buffer, err := t.grant.Alloc(int(st.Memory))
		if err != nil {
			return r.taskError(t, err)
		}
		t.buffers = append(t.buffers, buffer)
		work.Scratch = buffer.Bytes()
	}
	if err := runner.Run(t.ctx, &work); err != nil {
		return err
	}
	if st.Kind == plan.Fused && !slices.Contains(shared, true) { // no output is an input's memory
		r.release(t)
	}
	for k := range st.Outputs {
		if st.Outputs[k].Reduce != nil {
			continue
		}
		number := st.Grid.Number(t.at)
		data := work.Outputs[k]
		if shared[k] {
			data = work.Inputs[runner.CopyInput(k)].DenseBytes()
		}
		if err := r.deliver(slot, t, k, number, data, made[k]); err != nil {
			return err
		}
	}
	if leaves != nil {
		_, n := exec.Cells(region.Shape, st.Reduced)
		if err := leaves.push(t, made, n); err != nil {
			return err
		}
	}
	r.release(t)
	t.freeBuffers()
	t.fetched = false
	return nil
}

// deliver writes a finished block to the output's sinks and hands it to those
// who wait for it. buffer, which t.buffers lists, holds the block unless it is
// nil: then data belongs to an input.
func (r *run) deliver(slot int, t *task, output, number int, data []byte, buffer *block.Buffer) error {
	st := &r.stages[t.stage]
	out := &st.Outputs[output]
	region := out.Grid.Region(out.Grid.Index(number))
	b := block.Dense(out.DType, region.Shape, data)
	key := blockKey{t.stage, output, number, 0}
	wanted := len(r.readers[t.stage][output]) > 0
	for _, s := range out.Sinks {
		if region.Empty() {
			continue
		}
		if p, ok := r.bind.Sinks[s].(*Persisted); ok && p.engine == r.engine {
			own := buffer
			if own == nil || wanted || len(out.Sinks) > 1 {
				var err error
				if own, err = t.grant.Alloc(b.Bytes()); err != nil {
					return r.taskError(t, err)
				}
				copy(own.Bytes(), data)
			} else {
				t.forget(own)
			}
			p.keep(number, t.grant, own)
			r.wrote(s, region, b)
			continue
		}
		if err := r.write(t, s, region, b); err != nil {
			return err
		}
	}
	if !wanted {
		return nil
	}
	if r.hand(slot, t, key, region, buffer) {
		r.told()
	}
	return nil
}

// hand gives a finished block to those who wait for it, if anyone needs it, and
// reports whether tasks can go on now.
func (r *run) hand(slot int, t *task, key blockKey, region block.Region, buffer *block.Buffer) (woken bool) {
	var tiles block.Grid
	if g := r.plan.Fit.Tiles[key.stage]; g != nil {
		tiles = tilesWithin(g, region)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.blocks[key]
	if e == nil { // nobody needs this block
		return false
	}
	t.forget(buffer)
	t.grant.Disown(buffer)
	e.dtype, e.shape, e.buffer, e.there = r.stages[key.stage].Outputs[key.output].DType, region.Shape, buffer, true
	e.tiles = tiles
	r.listLocked(&e.held)
	for _, w := range e.waiters {
		if w.waiting--; w.waiting == 0 {
			r.pushLocked(slot, w)
			woken = true
		}
	}
	e.waiters = nil
	return woken
}

// tilesWithin is the part of a grid that covers region, as a grid of region's
// shape.
func tilesWithin(g block.Grid, region block.Region) block.Grid {
	out := make(block.Grid, len(g))
	for axis, a := range g {
		if region.Shape[axis] == 0 {
			return nil
		}
		out[axis] = a.Slice(region.Start[axis], 1, region.Shape[axis])
	}
	return out
}

// freeBuffers frees the task's own memory.
func (t *task) freeBuffers() {
	for _, b := range t.buffers {
		b.Free()
	}
	t.buffers = t.buffers[:0]
}

// forget takes a buffer off the list of what the task frees.
func (t *task) forget(buffer *block.Buffer) {
	for i, b := range t.buffers {
		if b == buffer {
			t.buffers = append(t.buffers[:i], t.buffers[i+1:]...)
			return
		}
	}
}

// write gives a region to a sink.
func (r *run) write(t *task, s int, region block.Region, b block.Block) error {
	sink := r.bind.Sinks[s]
	err := guard(func() error {
		scratch := t.grant.Scratch(sink.Scratch(region))
		defer scratch.Release()
		return sink.Write(t.ctx, region, b, scratch)
	})
	if err != nil {
		return r.taskError(t, fmt.Errorf("write region %v to %s: %w", region, r.plan.Sinks[s].Title(), err))
	}
	r.wrote(s, region, b)
	return nil
}

func (r *run) wrote(s int, region block.Region, b block.Block) {
	if f := r.engine.options.Events.Write; f != nil {
		f(Transfer{Plan: r.number, Slot: s, Region: region, Bytes: int64(b.Bytes())})
	}
}

// release gives back the inputs of a block that was computed.
func (r *run) release(t *task) {
	if len(t.pinned) > 0 {
		r.mu.Lock()
		for _, p := range t.pinned {
			t.grant.Disown(p.entry.buffer)
			r.readLocked(p.entry, p.reader)
			r.unpinLocked(&p.entry.held, false)
		}
		r.mu.Unlock()
		t.pinned = t.pinned[:0]
	}
	t.inputs = t.inputs[:0]
}

// readLocked counts that a reader has read a block. After the last reader the
// block is freed.
func (r *run) readLocked(e *entry, reader plan.Reader) {
	total := 0
	for i := range e.left {
		if e.left[i].reader == reader {
			e.left[i].n--
		}
		total += e.left[i].n
	}
	if total == 0 {
		delete(r.blocks, e.key)
		r.freeLocked(&e.held)
	}
}

// runner is the worker's runner for a stage.
func (r *run) runner(own *runWorker, stage int) (*exec.Runner, error) {
	if own.runners[stage] == nil {
		runner, err := exec.NewRunner(r.plan, r.bind, stage)
		if err != nil {
			return nil, err
		}
		own.runners[stage] = runner
	}
	return own.runners[stage], nil
}

// taskError names the block whose memory was not to be had.
func (r *run) taskError(t *task, err error) error {
	st := &r.stages[t.stage]
	return &exec.Error{Op: st.Op, Site: st.Site, Index: t.at, Err: err}
}
