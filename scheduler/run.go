package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"gabion/block"
	"gabion/internal/exec"
	"gabion/internal/plan"
)

// run is one plan that is being executed.
type run struct {
	shelf // its lock covers what is said to be locked below

	number  int64
	ctx     context.Context
	stop    context.CancelCauseFunc
	plan    *plan.Plan
	bind    *plan.Bindings
	account *block.Account
	readers [][][]plan.Reader
	stages  []stageState

	// Locked.
	deques  [][]*task // one a worker; the end is the top
	ready   []*task   // their reads are done; they hold grants, so they go first
	blocks  map[blockKey]*entry
	starved []*task // wait for memory; their turn comes when a grant is closed
	stalled bool    // a task starves, so none but these may start
	grants  int     // open grants
	active  int     // workers in a task, and reads under way
	left    int     // units of result stages that are not done
	reading []int   // reads under way, for each source
	err     error

	workers []*runWorker // one a worker; what they point to is the worker's own
	done    chan struct{}
	over    bool

	small  bool // one task, run by the caller
	origin *origin
}

// stageState is what a run knows of a stage.
type stageState struct {
	plan.Stage
	single  []bool // for each input: a block needs one block of it at most
	asks    bool   // an input comes from another stage
	waits   bool   // an input is a source that waits, so its reads are issued ahead
	ahead   int    // then: with so many tasks whose reads are done, more are issued before these go on
	runLog  int    // of a reduction: a task works on 1<<runLog blocks
	runs    int    // of a reduction: tasks that make a unit
	batch   int    // of other stages: units that a task works on
	reduced bool
	asked   bool   // another stage reads its outputs
	result  bool   // its outputs are written to sinks
	made    []bool // units that are made or being made, where both asked and result
	folds   map[*fold]bool
}

// runWorker is what a worker has for a run.
type runWorker struct {
	ctx     context.Context
	runners []*exec.Runner // one a stage, made when it is needed
}

// blockKey names a block of a stage's output. A source's block that the plan does
// not keep is read for each stage's input apart: part is the number of that
// reader, from 1.
type blockKey struct{ stage, output, block, part int }

// entry is a block that somebody needs: demanded, being read, or there.
type entry struct {
	held
	key     blockKey
	left    []users // who still has to read it
	there   bool    // it was made; it may have been spilled or dropped since
	loading bool    // a task reads it from its source now
	waiters []*task
}

// users counts blocks of a stage's input that still have to read an entry.
type users struct {
	reader plan.Reader
	n      int
}

func newRun(e *Engine, ctx context.Context, p *plan.Plan, b *plan.Bindings, account *block.Account) (*run, error) {
	r := &run{
		number: e.runs.Add(1), plan: p, bind: b, account: account, readers: p.Readers(),
		stages:  make([]stageState, len(p.Stages)),
		blocks:  make(map[blockKey]*entry),
		deques:  make([][]*task, 1),
		reading: make([]int, len(p.Sources)),
		done:    make(chan struct{}),
	}
	r.init(e)
	r.ctx, r.stop = context.WithCancelCause(ctx)
	for i := range p.Stages {
		st := &r.stages[i]
		st.Stage = p.Stages[i]
		st.folds = make(map[*fold]bool)
		st.reduced = st.Reduced != nil
		for k, out := range st.Outputs {
			st.result = st.result || len(out.Sinks) > 0
			st.asked = st.asked || len(r.readers[i][k]) > 0
		}
		for j, in := range st.Inputs {
			st.single = append(st.single, p.Single(i, j))
			from := &p.Stages[in.Stage]
			st.asks = st.asks || from.Kind != plan.Load
			if from.Kind == plan.Load && p.Sources[from.Source].Traits.InFlight > 0 && !p.Sources[from.Source].Viewed {
				st.waits = true
				st.ahead = max(st.ahead, p.Sources[from.Source].Traits.InFlight)
			}
		}
		if st.Kind == plan.Load {
			continue
		}
		units := st.Units()
		if st.result && st.asked {
			st.made = make([]bool, units)
		}
		size := max(1, st.Grid.Largest().Elements()) * 8
		st.batch, st.runs = max(1, plan.RunBytes/size), 1
		if st.reduced {
			st.runLog = st.RunLog()
		}
		st.batch = min(st.batch, max(1, units/(4*e.options.Workers)))
		if st.Kind == plan.Call { // how long a user's function takes is not for us to guess
			st.batch = 1
		}
		if st.waits {
			st.batch, st.runLog = 1, 0
		}
		st.runs = (st.Leaves() + 1<<st.runLog - 1) >> st.runLog
	}
	return r, nil
}

// execute runs the plan to its end.
func (r *run) execute() error {
	defer r.stop(nil)
	events := &r.engine.options.Events
	if events.PlanStart != nil {
		events.PlanStart(PlanStart{Plan: r.number, Explanation: r.plan.Explain(), At: now()})
	}
	r.mu.Lock()
	// Results are asked for from the last stage back: what it needs of
	// earlier ones is made when it is needed. The deque gives the top first.
	for i := range r.stages {
		st := &r.stages[i]
		if st.result && (st.reduced || st.Grid.Shape().Elements() > 0) { // an array without elements is there already
			units := st.Units()
			r.left += units
			r.deques[0] = append(r.deques[0], &task{stage: i, first: 0, last: units, root: true})
		}
	}
	r.small = r.left == 1 && r.inline()
	if r.left == 0 {
		r.over = true
		close(r.done)
	}
	r.mu.Unlock()
	r.engine.begin(r)
	if r.small {
		r.alone()
	} else {
		r.engine.crew.push()
		waitFor(r.ctx, func() {
			select {
			case <-r.done:
			case <-r.ctx.Done():
				r.fail(context.Cause(r.ctx))
				<-r.done
			}
		})
	}
	r.engine.end(r)
	r.clean()
	err := r.err
	if events.PlanEnd != nil {
		events.PlanEnd(PlanEnd{Plan: r.number, Err: err, At: now()})
	}
	return err
}

// inline reports whether the plan is one task over memory, which runs on the
// caller's goroutine. A user's function or source could end the goroutine, and
// so runs on a worker.
func (r *run) inline() bool {
	for i := range r.stages {
		st := &r.stages[i]
		if st.Kind == plan.Load && !r.plan.Sources[st.Source].Viewed {
			return false
		}
		if st.Kind == plan.Call || st.waits || st.Kind != plan.Load && (st.Units() > 1 || st.Leaves() > 1) {
			return false
		}
	}
	return true
}

// alone runs a plan of one task on the caller's goroutine.
func (r *run) alone() {
	for {
		t, own, _ := r.take(0, nil)
		if t == nil {
			return
		}
		r.perform(0, t, own)
	}
}

// fail ends the run with an error; the first one counts.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failLocked(err)
}

func (r *run) failLocked(err error) {
	if r.err == nil && !r.over {
		r.err = err
		r.stop(err)
	}
	r.checkLocked()
}

// checkLocked sees whether the run is over: everything is made, or something
// failed and nothing is under way any more.
func (r *run) checkLocked() {
	if !r.over && r.active == 0 && (r.err != nil || r.left == 0) {
		r.over = true
		close(r.done)
	}
	r.changed.Broadcast()
}

// clean frees what a run that ended early left.
func (r *run) clean() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var tasks []*task
	for _, d := range r.deques {
		tasks = append(tasks, d...)
	}
	tasks = append(append(tasks, r.starved...), r.ready...)
	for _, e := range r.blocks {
		tasks = append(tasks, e.waiters...)
	}
	for _, t := range tasks {
		r.dropLocked(t)
	}
	for key, e := range r.blocks {
		r.freeLocked(&e.held) // one that is just written to the spill file goes after that
		delete(r.blocks, key)
	}
	for i := range r.stages {
		for f := range r.stages[i].folds {
			for _, p := range f.partials {
				for _, h := range p.outputs {
					if h != nil {
						r.freeLocked(h)
					}
				}
			}
		}
	}
}

// work takes a task and performs it; workers come one after the other, each
// starting the next while there is work.
func (r *run) work(w *worker) bool {
	t, own, more := r.take(w.slot, w)
	if t == nil {
		return false
	}
	w.found(more)
	r.perform(w.slot, t, own)
	return true
}

// abort ends the run with an error.
func (r *run) abort(err error) { r.fail(err) }

// take is the next task for a worker: the top of its own deque, or the bottom
// of another's. It counts as active until perform is done with it. more says
// that there is work for another worker too. w is nil on the caller's goroutine.
func (r *run) take(slot int, w *worker) (t *task, own *runWorker, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.err != nil {
		return nil, nil, false
	}
	for slot >= len(r.workers) {
		r.workers = append(r.workers, nil)
	}
	for slot >= len(r.deques) {
		r.deques = append(r.deques, nil)
	}
	if own = r.workers[slot]; own == nil {
		own = &runWorker{ctx: r.ctx, runners: make([]*exec.Runner, len(r.stages))}
		if w != nil {
			own.ctx = &workerContext{r.ctx, w, w.crew}
		}
		r.workers[slot] = own
	}
	if n := len(r.ready); n > 0 && !r.aheadLocked(slot) {
		t = r.ready[0]
		r.ready = append(r.ready[:0:0], r.ready[1:]...)
	} else if r.stalled {
		return nil, nil, false
	} else {
		t = r.popLocked(slot)
	}
	for i := 1; t == nil && i < len(r.deques); i++ {
		t = r.stealLocked(slot, (slot+i)%len(r.deques))
	}
	if t == nil {
		return nil, nil, false
	}
	r.active++
	more = len(r.ready) > 0
	for i := 0; !more && i < len(r.deques); i++ {
		more = len(r.deques[i]) > 0
	}
	return t, own, more
}

// aheadLocked reports whether a worker does better to issue the reads of the
// next task than to go on with one whose reads are done: a source that waits is
// kept busy while workers compute.
func (r *run) aheadLocked(slot int) bool {
	if r.stalled {
		return false
	}
	for i := range r.deques {
		d := r.deques[(slot+i)%len(r.deques)]
		if len(d) == 0 {
			continue
		}
		t := d[0]
		if i == 0 {
			t = d[len(d)-1]
		}
		return r.stages[t.stage].waits && !t.fetched && len(r.ready) <= r.stages[t.stage].ahead && r.mayStartLocked(t)
	}
	return false
}

// popLocked takes the top of a worker's deque. Of a range it takes the front
// and leaves the rest.
func (r *run) popLocked(slot int) *task {
	d := r.deques[slot]
	if len(d) == 0 {
		return nil
	}
	t := d[len(d)-1]
	if !r.mayStartLocked(t) {
		return nil
	}
	if size := r.grain(t); t.last-t.first > size {
		front := *t
		front.last = t.first + size
		t.first = front.last
		return &front
	}
	d[len(d)-1] = nil
	r.deques[slot] = d[:len(d)-1]
	return t
}

// stealLocked takes the bottom of another worker's deque. Of a range it takes
// the upper half and leaves the owner the lower one.
func (r *run) stealLocked(slot, victim int) *task {
	d := r.deques[victim]
	if len(d) == 0 {
		return nil
	}
	t := d[0]
	if !r.mayStartLocked(t) {
		return nil
	}
	if size := r.grain(t); t.last-t.first > size {
		middle := t.first + (t.last-t.first+size)/(2*size)*size
		upper := *t
		upper.first = middle
		t.last = middle
		r.deques[slot] = append(r.deques[slot], &upper)
		return r.popLocked(slot)
	}
	r.deques[victim] = append(d[:0:0], d[1:]...)
	return t
}

// grain is how many units, or runs of a reduction, make one task.
func (r *run) grain(t *task) int {
	st := &r.stages[t.stage]
	if t.fold != nil || st.reduced || st.made != nil { // units of the last kind are claimed one by one
		return 1
	}
	return st.batch
}

// mayStartLocked holds a task back that would read from a source which has as
// many reads under way as it likes. A task whose reads are done goes on.
func (r *run) mayStartLocked(t *task) bool {
	if !r.stages[t.stage].waits || t.fetched {
		return true
	}
	for _, in := range r.stages[t.stage].Inputs {
		from := &r.plan.Stages[in.Stage]
		if from.Kind != plan.Load {
			continue
		}
		if depth := r.plan.Sources[from.Source].Traits.InFlight; depth > 0 && r.reading[from.Source] >= depth {
			return false
		}
	}
	return true
}

// pushLocked puts a task on top of a worker's deque.
func (r *run) pushLocked(slot int, t *task) {
	r.deques[slot] = append(r.deques[slot], t)
	r.changed.Broadcast()
}

// told tells the workers that something was pushed. It is called without locks.
func (r *run) told() {
	if !r.small {
		r.engine.crew.push()
	}
}

// leave ends a worker's part in a task.
func (r *run) leave(slot int) {
	r.mu.Lock()
	r.active--
	r.checkLocked()
	r.mu.Unlock()
}

// perform works on a task until it is done, or waits for something. A panic of
// the engine, and a user's function that ends the goroutine, end the run, not
// the program.
func (r *run) perform(slot int, t *task, own *runWorker) {
	finished := false
	defer func() {
		if !finished {
			err := error(exec.ErrGoexit)
			if v := recover(); v != nil {
				err = &exec.PanicError{Value: v, Stack: debug.Stack()}
			}
			r.fail(r.taskError(t, err))
			r.drop(t)
			clear(own.runners)
		}
		r.leave(slot)
	}()
	if err := r.step(slot, t, own); err != nil {
		r.fail(err)
		r.drop(t)
	}
	finished = true
}

func (r *run) drop(t *task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropLocked(t)
}

// dropLocked gives back what a task holds.
func (r *run) dropLocked(t *task) {
	for _, p := range t.pinned {
		r.unpinLocked(&p.entry.held, false)
	}
	t.pinned = nil
	t.freeBuffers()
	r.closeGrantLocked(t)
}

// closeGrantLocked gives a task's grant back and lets starved tasks try again.
func (r *run) closeGrantLocked(t *task) {
	if t.grant == nil {
		return
	}
	t.grant.Close()
	t.grant = nil
	r.grants--
	r.wakeLocked()
}

func (r *run) wakeLocked() {
	r.stalled = false
	for _, t := range r.starved {
		r.pushLocked(t.slot, t)
	}
	r.starved = nil
}

var errNoGrant = errors.New("a task's bound is beyond its plan's working set")

// admit gets the grant for a task. If others of the plan hold memory the task
// waits for them; alone it always gets it (S4). A task that reads ahead counts as
// reading from here on: another worker may have taken the last read that the
// source likes since this task was popped, and then it goes back.
func (r *run) admit(slot int, t *task) (ok bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.mayStartLocked(t) {
		r.pushLocked(slot, t)
		return false, nil
	}
	bound := r.plan.Fit.Bounds[t.stage]
	grant, ok := r.account.Grant(bound)
	if ok {
		t.grant = grant
		r.grants++
		if r.stages[t.stage].waits {
			r.readingLocked(t, 1)
		}
		return true, nil
	}
	if r.grants == 0 {
		return false, fmt.Errorf("%s (at %v): %w: %s of %s", r.stages[t.stage].Site.Asked(r.stages[t.stage].Op), r.stages[t.stage].Site, errNoGrant,
			plan.Size(bound), plan.Size(r.plan.Fit.WorkingSet))
	}
	t.slot = slot
	r.starved = append(r.starved, t)
	r.stalled = true
	return false, nil
}
