// Package scheduler runs things side by side: functions over slices and
// sequences, single tasks, and the plans that arrays are computed by. It says
// when and where each runs, on as many workers as there are CPUs and inside a
// memory budget.
//
// # Tasks
//
//   - [Map], [ForEach] and [Reduce] call a function for each element of a slice,
//     [MapSeq] for each of a sequence of any length.
//   - [Submit] and [Then] run one function and give its result as a [Future];
//     [Wait], [AsCompleted] and [Results] wait for several.
//   - A [Pool] is workers of its own: for tasks that wait, that are to be kept to
//     a rate, or that need something for each worker.
//
// They run on the default [Engine], or where [On] says. Tasks may wait for other
// tasks of the same workers. Whatever a function does, return an error, panic or
// end its goroutine, becomes an error that says which task it was; when a context
// ends no further call begins.
//
// # Plans
//
// An Engine has a number of workers and a budget. A plan is admitted when its
// smallest working set can be reserved, in one step; from then on it can always
// go on. Its blocks are computed on demand, depth first: a block is made when it
// is first needed and freed after its last reader. Work lies in one deque for
// each worker; a worker without work takes the older half of another's.
//
// Plans, maps and futures that are started side by side share the workers by time.
//
// Invariants:
//   - S1: the bytes read from each source are what Explain said, unless other
//     plans press on the budget.
//   - S2: results do not depend on the number of workers, on stealing or on the
//     budget.
//   - S3: no task starts after cancellation; none is lost; none runs twice with
//     visible effect.
//   - S4: an admitted plan can always go on: a task holds nothing while it waits
//     for another, and what no task reads can always give way.
package scheduler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"gabion/block"
	"gabion/internal/plan"
	"gabion/internal/spill"
)

// Options configure an Engine. The zero value is a good engine.
type Options struct {
	// Workers is how many blocks and tasks are worked on at once; 0 means
	// CPUs().Count, the CPUs that this process may use.
	Workers int

	// Memory is the budget in bytes; 0 means half of the smaller of the
	// cgroup's limit and the machine's memory.
	Memory int64

	// SpillDir is the folder of the spill file, made only when blocks have
	// to give way; "" means the system's folder for temporary files.
	SpillDir string

	// Events are told what the engine does.
	Events Events
}

func (o *Options) ensureDefaults() {
	if o.Workers == 0 {
		o.Workers = CPUs().Count
	}
	if o.Memory == 0 {
		o.Memory = MemoryLimit() / 2
	}
}

// Validate reports everything in the options that makes no sense.
func (o Options) Validate() error {
	var errs []error
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("Workers is %d: give a positive number, or 0 for as many as there are CPUs", o.Workers))
	}
	if o.Workers > maxWorkers {
		errs = append(errs, fmt.Errorf("Workers is %d: give at most %d", o.Workers, maxWorkers))
	}
	if o.Memory < 0 {
		errs = append(errs, fmt.Errorf("Memory is %d bytes: give a positive number, or 0 for half of the machine's", o.Memory))
	}
	return errors.Join(errs...)
}

const maxWorkers = 1 << 14

// Engine runs plans. Its methods may be called by several goroutines at once.
type Engine struct {
	options Options
	budget  *block.Budget
	spill   *spill.File
	runs    atomic.Int64 // number of plans so far

	crew   crew // its workers
	shared bool // it is the default engine

	mu      sync.Mutex // covers what follows
	ended   bool
	shelves []*shelf // of persisted arrays, then of runs
}

// New is an engine. Options that make no sense are an error that names all of
// them.
func New(o Options) (*Engine, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.ensureDefaults()
	e := &Engine{options: o, budget: block.NewBudget(o.Memory), spill: spill.New(o.SpillDir)}
	e.crew.init(o.Workers)
	e.budget.SetReclaim(e.reclaim)
	return e, nil
}

func (e *Engine) workersOf() *crew { return &e.crew }

var defaultEngine = sync.OnceValues(func() (*Engine, error) {
	e, err := New(Options{})
	if err == nil {
		e.shared = true
	}
	return e, err
})

// Default is the engine that is used where none is given. It belongs to the whole
// program and cannot be closed.
func Default() (*Engine, error) { return defaultEngine() }

// Close waits for what runs on the engine and ends it. Persisted arrays are
// released. Its error tells of futures that failed without anybody asking for
// their result. It may be called twice. One of the engine's own tasks that calls
// it gets ErrInsideTask.
func (e *Engine) Close() error {
	switch {
	case e == nil || e.budget == nil:
		return errors.New("the engine is empty: scheduler.New makes engines")
	case e.shared:
		return errors.New("the default engine belongs to the whole program and cannot be closed: scheduler.New makes others")
	}
	err := e.crew.close()
	if errors.Is(err, ErrInsideTask) {
		return err
	}
	e.mu.Lock()
	again := e.ended
	e.ended = true
	shelves := append([]*shelf(nil), e.shelves...)
	e.mu.Unlock()
	if again {
		return err
	}
	for _, s := range shelves {
		if s.release != nil {
			s.release()
		}
	}
	return errors.Join(err, e.budget.Close(), e.spill.Close())
}

// Memory is the budget in bytes.
func (e *Engine) Memory() int64 { return e.budget.Limit() }

// InUse is the number of bytes of memory that the engine holds now: blocks and
// buffers kept for reuse. It never exceeds Memory.
func (e *Engine) InUse() int64 { return e.budget.Used() }

// PeakInUse is the most that InUse was.
func (e *Engine) PeakInUse() int64 { return e.budget.Peak() }

// Spilled is the number of bytes in the spill file.
func (e *Engine) Spilled() int64 {
	used, _ := e.spill.Used()
	return used
}

// Workers is how many blocks are computed at once.
func (e *Engine) Workers() int { return e.options.Workers }

// Fit decides how a plan runs on the engine, without running it. A plan that
// cannot run within the budget is a *plan.BudgetError.
func (e *Engine) Fit(p *plan.Plan) error { return p.Decide(e.Memory(), e.Workers()) }

// Execute runs a plan that Fit has accepted: it begins the sinks, computes and
// writes every block, and commits the sinks, or aborts them and says what
// failed. It waits until the plan's working set is free. When ctx ends it
// returns within one block, with ctx's error, and leaves no output that looks
// complete.
func (e *Engine) Execute(ctx context.Context, p *plan.Plan, b *plan.Bindings) (err error) {
	if err := ctx.Err(); err != nil {
		return whyEnded(ctx)
	}
	if err := e.crew.enter(ctx); err != nil {
		return orWhyEnded(ctx, err)
	}
	defer e.crew.leave()
	account, err := e.admit(ctx, p.Fit.WorkingSet)
	if err != nil {
		return err
	}
	defer account.Close()
	if p.Fit.Ledger > 0 {
		free, err := setAside(account, p.Fit.Ledger)
		if err != nil {
			return err
		}
		defer free()
	}
	for i, sink := range b.Sinks {
		if err := guard(func() error { return sink.Begin(ctx, p.Sinks[i].Description) }); err != nil {
			return abort(ctx, err, b.Sinks[:i+1])
		}
	}
	r, err := newRun(e, ctx, p, b, account)
	if err == nil {
		err = r.execute()
	}
	if err == nil {
		err = whyEnded(ctx)
	}
	for i := 0; err == nil && i < len(b.Sinks); i++ {
		err = guard(func() error { return b.Sinks[i].Commit(ctx) })
		if err != nil {
			return abort(ctx, err, b.Sinks[i:])
		}
	}
	if err != nil {
		return abort(ctx, err, b.Sinks)
	}
	return nil
}

// admit waits until bytes can be reserved, and reserves them. A task that holds
// memory of the engine does not wait: it may be just that memory which is missing.
func (e *Engine) admit(ctx context.Context, bytes int64) (account *block.Account, err error) {
	if ctx.Err() != nil {
		return nil, whyEnded(ctx)
	}
	if account, ok := e.budget.TryAdmit(bytes, false); ok {
		return account, nil
	}
	if !e.crew.holdsMemory(ctx) {
		waitFor(ctx, func() { account, err = e.budget.Admit(ctx, bytes) })
		if err != nil && ctx.Err() != nil {
			err = whyEnded(ctx)
		}
		return account, err
	}
	account, ok := e.budget.TryAdmit(bytes, true)
	if !ok {
		return nil, fmt.Errorf("a task that holds memory of the engine asks for %s more, which are not free: "+
			"give the engine more memory than %s, or do this part on another engine", plan.Size(bytes), plan.Size(e.Memory()))
	}
	return account, nil
}

// setAside counts against the budget what the garbage collector's heap takes for
// the account of many blocks.
func setAside(account *block.Account, bytes int64) (free func(), err error) {
	grant, ok := account.Grant(block.ClassSize(int(bytes)))
	if !ok {
		return nil, fmt.Errorf("keeping account of blocks takes %s, more than the plan's working set", plan.Size(bytes))
	}
	buffer, err := grant.SetAside(int(bytes))
	if err != nil {
		grant.Close()
		return nil, err
	}
	return func() {
		buffer.Free()
		grant.Close()
	}, nil
}

// abort takes back what sinks have written. Their own errors join the one that
// is the reason.
func abort(ctx context.Context, err error, sinks []block.Sink) error {
	err = orWhyEnded(ctx, err)
	for _, s := range sinks {
		if aerr := guard(s.Abort); aerr != nil {
			err = errors.Join(err, aerr)
		}
	}
	return err
}

func (e *Engine) addShelf(s *shelf) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.shelves = append(e.shelves, s)
}

func (e *Engine) removeShelf(s *shelf) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, other := range e.shelves {
		if other == s {
			e.shelves = append(e.shelves[:i:i], e.shelves[i+1:]...)
			return
		}
	}
}

// begin makes a run visible to the budget, and to workers unless the caller runs
// it alone.
func (e *Engine) begin(r *run) {
	e.addShelf(&r.shelf)
	if !r.small {
		r.origin = e.crew.add(r, e.crew.originFor(r.ctx))
	}
}

// end undoes begin.
func (e *Engine) end(r *run) {
	e.removeShelf(&r.shelf)
	if !r.small {
		e.crew.remove(r, r.origin)
	}
}
