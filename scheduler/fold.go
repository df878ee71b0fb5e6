package scheduler

import (
	"gabion/block"
	"gabion/dtype"
	"gabion/internal/exec"
)

// fold is a unit of a reduction: its blocks are reduced in aligned runs, and the
// partials of the runs are merged in a balanced tree, whoever made them and
// when.
type fold struct {
	unit     int
	stage    int
	cells    int
	runs     int
	partials map[node]*partial // locked: those that wait for the other half
}

// node is a place in the tree: level 0 holds the runs.
type node struct{ level, index int }

// partial is what is known of a unit after some neighbouring blocks: the
// partials of all outputs that are reduced, one after the other.
type partial struct {
	outputs []*held // one an output, nil for those that are not reduced
	n       int64   // elements for each cell
}

// openFold starts a unit of a reduction: its runs are pushed for everyone.
func (r *run) openFold(slot int, t *task) {
	st := &r.stages[t.stage]
	region := st.Grid.Region(st.Position(t.first, 0))
	cells, _ := exec.Cells(region.Shape, st.Reduced)
	f := &fold{unit: t.first, stage: t.stage, cells: cells, runs: st.runs, partials: make(map[node]*partial)}
	r.mu.Lock()
	st.folds[f] = true
	r.pushLocked(slot, &task{stage: t.stage, fold: f, last: st.runs})
	r.mu.Unlock()
	r.told()
}

// leafStack merges the partials of the blocks of one run, as a binary number
// that is counted up.
type leafStack struct {
	run    *run
	runner *exec.Runner
	stage  *stageState
	cells  int
	nodes  []leafNode
}

type leafNode struct {
	buffers []*block.Buffer // one an output, nil for those that are not reduced
	leaves  int
	n       int64
}

// push takes over the partials of the block at hand.
func (s *leafStack) push(t *task, made []*block.Buffer, n int64) error {
	own := make([]*block.Buffer, len(made))
	for k, b := range made {
		if s.stage.Outputs[k].Reduce != nil {
			own[k] = b
			t.forget(b)
		}
	}
	s.nodes = append(s.nodes, leafNode{own, 1, n})
	for len(s.nodes) > 1 && s.nodes[len(s.nodes)-2].leaves == s.nodes[len(s.nodes)-1].leaves {
		if err := s.merge(t.at); err != nil {
			return err
		}
	}
	return nil
}

// merge merges the last two partials, the later of which ends with the block at
// a position.
func (s *leafStack) merge(at []int) error {
	left, right := &s.nodes[len(s.nodes)-2], &s.nodes[len(s.nodes)-1]
	for k, b := range left.buffers {
		if b == nil {
			continue
		}
		if err := mergeInto(s.runner, k, at, b, right.buffers[k], s.cells, left.n, right.n); err != nil {
			return err
		}
		right.buffers[k].Free()
		right.buffers[k] = nil
	}
	left.leaves += right.leaves
	left.n += right.n
	s.nodes = s.nodes[:len(s.nodes)-1]
	return nil
}

// mergeInto merges two partials of an output, of which nothing was seen where n
// is 0.
func mergeInto(runner *exec.Runner, output int, at []int, left, right *block.Buffer, cells int, nLeft, nRight int64) error {
	switch {
	case nRight == 0:
	case nLeft == 0:
		copy(left.Bytes(), right.Bytes())
	default:
		return runner.Merge(output, at, left.Bytes(), right.Bytes(), cells, nLeft, nRight)
	}
	return nil
}

func (s *leafStack) free() {
	for _, n := range s.nodes {
		freeAll(n.buffers)
	}
	s.nodes = nil
}

// freeAll frees the buffers that are not nil.
func freeAll(buffers []*block.Buffer) {
	for _, b := range buffers {
		if b != nil {
			b.Free()
		}
	}
}

// mergeRun takes up the partial of a run: it is merged with its neighbours as
// far as they are there, and left for the next one to find otherwise.
func (r *run) mergeRun(slot int, t *task, runner *exec.Runner, leaves *leafStack) error {
	f := t.fold
	for len(leaves.nodes) > 1 {
		if err := leaves.merge(t.at); err != nil {
			return err
		}
	}
	top := leaves.nodes[0]
	leaves.nodes = nil
	mine, n := top.buffers, top.n
	var theirs []*block.Buffer
	kept := false
	defer func() { // also if a user's function ends the goroutine
		if !kept {
			freeAll(mine)
			freeAll(theirs)
		}
	}()
	at := node{0, t.first}
	for count := f.runs; count > 1; count = (count + 1) / 2 {
		parent := node{at.level + 1, at.index / 2}
		if at.index == count-1 && count%2 == 1 { // nothing to merge with at this level
			at = parent
			continue
		}
		r.mu.Lock()
		other := f.partials[node{at.level, at.index ^ 1}]
		if other == nil {
			f.partials[at] = r.keepPartialLocked(t, mine, n)
			kept = true
			r.mu.Unlock()
			return nil
		}
		r.mu.Unlock()
		var err error
		if theirs, err = r.takePartial(t, other); err != nil {
			return err
		}
		r.mu.Lock()
		delete(f.partials, node{at.level, at.index ^ 1})
		r.mu.Unlock()
		left, right, nLeft, nRight := mine, theirs, n, other.n
		if at.index%2 == 1 {
			left, right, nLeft, nRight = theirs, mine, other.n, n
		}
		for k := range left {
			if left[k] == nil {
				continue
			}
			if err := mergeInto(runner, k, t.at, left[k], right[k], f.cells, nLeft, nRight); err != nil {
				return err
			}
			right[k].Free()
			right[k] = nil
		}
		mine, theirs, n, at = left, nil, nLeft+nRight, parent
	}
	return r.finish(slot, t, runner, mine, n)
}

// keepPartialLocked puts the partials of a node aside.
func (r *run) keepPartialLocked(t *task, buffers []*block.Buffer, n int64) *partial {
	p := &partial{n: n}
	for _, b := range buffers {
		if b != nil {
			h := &held{dtype: dtype.Uint8, shape: block.Shape{len(b.Bytes())}, buffer: b}
			t.grant.Disown(b)
			p.outputs = append(p.outputs, h)
			r.listLocked(h)
		} else {
			p.outputs = append(p.outputs, nil)
		}
	}
	return p
}

// takePartial brings the partials of a node back into memory; they belong to
// the task then.
func (r *run) takePartial(t *task, p *partial) ([]*block.Buffer, error) {
	out := make([]*block.Buffer, len(p.outputs))
	for k, h := range p.outputs {
		if h == nil {
			continue
		}
		r.mu.Lock()
		for h.pins > 0 { // being written to the spill file
			r.changed.Wait()
		}
		r.pinLocked(h)
		inMemory := h.buffer != nil
		r.mu.Unlock()
		if !inMemory {
			buffer, err := t.grant.Alloc(h.bytes())
			if err == nil {
				if err = r.engine.bringBack(h, buffer); err != nil {
					buffer.Free()
				}
			}
			if err != nil {
				r.mu.Lock()
				r.unpinLocked(h, false)
				r.mu.Unlock()
				for _, b := range out[:k] {
					if b != nil {
						b.Free()
					}
				}
				return nil, r.taskError(t, err)
			}
			h.buffer = buffer
		} else if block.Invariants {
			t.grant.Adopt(h.buffer)
		}
		out[k] = h.buffer
		r.mu.Lock()
		h.buffer = nil
		h.pins = 0
		r.freeLocked(h) // its place in the spill file
		r.mu.Unlock()
	}
	return out, nil
}

// finish makes the results of a unit.
func (r *run) finish(slot int, t *task, runner *exec.Runner, partials []*block.Buffer, n int64) error {
	st := &r.stages[t.stage]
	f := t.fold
	for k := range st.Outputs {
		out := &st.Outputs[k]
		if out.Reduce == nil {
			continue
		}
		buffer, err := t.grant.Alloc(out.Grid.Region(out.Grid.Index(f.unit)).Elements() * out.DType.Size())
		if err != nil {
			return r.taskError(t, err)
		}
		t.buffers = append(t.buffers, buffer)
		if err := runner.Finish(k, t.at, buffer.Bytes(), partials[k].Bytes(), f.cells, n); err != nil {
			return err
		}
		if err := r.deliver(slot, t, k, f.unit, buffer.Bytes(), buffer); err != nil {
			return err
		}
	}
	t.freeBuffers()
	r.mu.Lock()
	delete(st.folds, f)
	if st.result {
		r.left--
	}
	r.mu.Unlock()
	return nil
}
