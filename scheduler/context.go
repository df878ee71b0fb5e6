package scheduler

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"
)

// workerKey is the key under which the context of a task has its worker.
type workerKey struct{}

// workerContext is the context of a task: it knows the worker.
type workerContext struct {
	context.Context
	worker *worker
}

func (c *workerContext) Value(key any) any {
	if key == (workerKey{}) {
		return c.worker
	}
	return c.Context.Value(key)
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

	mu     sync.Mutex
	inner  context.Context
	end    context.CancelCauseFunc
	ended  bool
	reason error
}

// merged is the parent with an end of its own.
func (c *callContext) merged() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		c.inner, c.end = context.WithCancelCause(c.parent)
		if c.ended {
			c.end(c.reason)
		}
	}
	return c.inner
}

// cancel ends the context.
func (c *callContext) cancel(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended, c.reason = true, reason
	if c.end != nil {
		c.end(reason)
	}
}

// release gives back what ending the context takes.
func (c *callContext) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		c.end(nil)
	}
}

func (c *callContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

func (c *callContext) Done() <-chan struct{} { return c.merged().Done() }

func (c *callContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.inner != nil:
		return c.inner.Err()
	case c.ended:
		return context.Canceled
	}
	return c.parent.Err()
}

// cause is why the context ended; nil if it did not.
func (c *callContext) cause() error {
	if c.Err() == nil {
		return nil
	}
	return context.Cause(c.merged())
}

// Value gives contexts that are derived from this one the context that ends
// them.
func (c *callContext) Value(key any) any {
	if key == (workerKey{}) {
		return c.worker
	}
	c.mu.Lock()
	inner := c.inner
	c.mu.Unlock()
	if inner == nil {
		inner = c.parent
	}
	return inner.Value(key)
}

func (c *callContext) String() string { return "the context of a task" }
