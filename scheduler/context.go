package scheduler

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// The keys under which the context of a task says what the task is.
type (
	workerKey struct{}             // its worker
	planKey   struct{ crew *crew } // whether a block of one of the crew's plans, which hold memory, started it
)

// workerContext is the context of a task: it knows the worker.
type workerContext struct {
	context.Context
	worker *worker
	plan   *crew // where the task is a block of a plan
}

func (c *workerContext) Value(key any) any {
	switch key := key.(type) {
	case workerKey:
		return c.worker
	case planKey:
		if key.crew == c.plan {
			return true
		}
	}
	return c.Context.Value(key)
}

// inPlan reports whether the caller, whose context ctx ought to be, is the
// function of a block of one of the crew's plans, or a task that it started. One
// with a context that is not its own is taken for it: it is rather refused memory
// than left waiting for itself.
func (c *crew) inPlan(ctx context.Context) bool {
	switch {
	case c.working.Load() == 0:
		return false
	case workerOf(ctx) != nil:
		return ctx.Value(planKey{c}) != nil
	}
	return insideTask()
}

// workerOf is the worker of the task whose context ctx is, or is derived from;
// nil outside of tasks.
func workerOf(ctx context.Context) *worker {
	w, _ := ctx.Value(workerKey{}).(*worker)
	return w
}

// originFor is the origin of the task whose context ctx is, if that is one of
// the crew's.
func (c *crew) originFor(ctx context.Context) *origin {
	if w := workerOf(ctx); w != nil && w.crew == c {
		return w.origin.Load()
	}
	return nil
}

// workFunction is where the code of crew.work begins.
var workFunction = reflect.ValueOf((*crew).work).Pointer()

// insideTask reports whether the caller is on a worker's goroutine.
func insideTask() bool {
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		if slices.ContainsFunc(pcs[:n], func(pc uintptr) bool {
			f := runtime.FuncForPC(pc - 1)
			return f != nil && f.Entry() == workFunction
		}) {
			return true
		}
		if n < len(pcs) {
			return false
		}
	}
}

// waitFor calls f, which blocks for tasks of the crew. A task, whose context ctx
// ought to be, gives its place to another meanwhile.
func (c *crew) waitFor(ctx context.Context, f func()) {
	switch w := workerOf(ctx); {
	case w != nil:
		w.wait(f)
	case insideTask(): // one that waits with a context which is not its own
		c.wait(f)
	default:
		f()
	}
}

// callContext is the context of a future's task. What it takes to end it is made
// when somebody asks: most tasks are over before anyone does.
type callContext struct {
	parent context.Context
	worker *worker
	end    atomic.Pointer[callEnd]
}

// callEnd is a context that can end, derived from the parent.
type callEnd struct {
	context.Context
	cancel context.CancelCauseFunc
}

// ending is the parent with an end of its own.
func (c *callContext) ending() *callEnd {
	if end := c.end.Load(); end != nil {
		return end
	}
	ctx, cancel := context.WithCancelCause(c.parent)
	if !c.end.CompareAndSwap(nil, &callEnd{ctx, cancel}) {
		cancel(nil) // another goroutine asked at the same time
	}
	return c.end.Load()
}

// current is the context that knows whether it has ended.
func (c *callContext) current() context.Context {
	if end := c.end.Load(); end != nil {
		return end.Context
	}
	return c.parent
}

// cancel ends the context.
func (c *callContext) cancel(reason error) { c.ending().cancel(reason) }

// release gives back what ending the context takes.
func (c *callContext) release() {
	if end := c.end.Load(); end != nil {
		end.cancel(nil)
	}
}

func (c *callContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

func (c *callContext) Done() <-chan struct{} { return c.ending().Done() }

func (c *callContext) Err() error { return c.current().Err() }

// Value gives contexts that are derived from this one the context that ends
// them.
func (c *callContext) Value(key any) any {
	if key == (workerKey{}) {
		return c.worker
	}
	return c.current().Value(key)
}

func (c *callContext) String() string { return "the context of a task" }
