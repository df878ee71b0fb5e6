package scheduler

import (
	"context"
	"sync/atomic"
	"time"
)

// The keys under which the context of a task says what the task is.
type (
	workerKey  struct{}             // its worker
	memoryKey  struct{ crew *crew } // whether it, or one that waits for it, holds memory of the crew's engine
	openingKey struct{ crew *crew } // whether it makes the state of one of the crew's workers
)

// workerContext is the context of a task: it knows the worker.
type workerContext struct {
	context.Context
	worker *worker
	memory *crew // whose engine's memory the task holds; nil for none
}

func (c *workerContext) Value(key any) any {
	switch key := key.(type) {
	case workerKey:
		return c.worker
	case memoryKey:
		if key.crew == c.memory {
			return true
		}
	}
	return c.Context.Value(key)
}

// holdsMemory reports whether the caller, whose context ctx ought to be, is a
// task that holds memory of the crew's engine, or one that such a task waits
// for. A task with a context that is not its own is taken for it: it is rather
// refused memory than left waiting for itself.
func (c *crew) holdsMemory(ctx context.Context) bool {
	switch {
	case c.pending() < 2: // there is nothing but the caller
		return false
	case ctx.Value(workerKey{}) != nil:
		return ctx.Value(memoryKey{c}) != nil
	}
	return here() != nil
}

// callContext is the context of a future's task. What it takes to end it is made
// when somebody asks: most tasks are over before anyone does.
type callContext struct {
	parent context.Context
	worker atomic.Pointer[worker]
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

// cancel ends the context.
func (c *callContext) cancel(reason error) { c.ending().cancel(reason) }

// release ends the context after the task, and gives back what that takes.
func (c *callContext) release() {
	if !c.end.CompareAndSwap(nil, over) {
		c.end.Load().cancel(nil)
	}
}

// over is the end of tasks that were over before anybody asked.
var over = func() *callEnd {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(nil)
	return &callEnd{ctx, cancel}
}()

func (c *callContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

func (c *callContext) Done() <-chan struct{} { return c.ending().Done() }

func (c *callContext) Err() error {
	if end := c.end.Load(); end != nil {
		return end.Err()
	}
	return c.parent.Err()
}

// Value gives contexts that are derived from this one the context that ends
// them.
func (c *callContext) Value(key any) any {
	if key == (workerKey{}) {
		return c.worker.Load()
	}
	if end := c.end.Load(); end != nil && end != over {
		return end.Value(key)
	}
	return c.parent.Value(key)
}

func (c *callContext) String() string { return "the context of a task" }
