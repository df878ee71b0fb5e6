package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// call is the part of a future that does not depend on the type of its result: a
// task that Submit made.
type call struct {
	function interface{ invoke(context.Context) error } // calls the user's function and keeps its result
	crew     *crew
	origin   *origin
	queue    *callQueue   // where it waits for a worker
	options  *taskOptions // nil for none
	op       string
	site     site
	made     int // attempts
	ctx      callContext
	next     *call // in the queue

	state atomic.Uint32 // a callState; changed under mu

	mu      sync.Mutex // covers what follows
	err     error
	unseen  bool          // nobody knows of err, which the crew counts
	done    chan struct{} // made when somebody asks for it
	lent    bool          // a task may wait for done: its place was given to another
	waiters []func()      // called once the call is done
	missing int           // futures that it waits for
	unwatch func()        // stops the wait for the next attempt
}

type callState uint32

const (
	callParked  callState = iota // waits for other futures or for its next attempt
	callQueued                   // waits for a worker
	callRunning                  //
	callDone                     // err and the result are there
)

func (c *call) is(s callState) bool { return callState(c.state.Load()) == s }

// callQueue is futures that wait for a worker. Those of one task are taken newest
// first, so that what they submit in turn is done before more of them begin;
// those from outside in their order.
type callQueue struct {
	newestFirst bool

	n           atomic.Int64
	mu          sync.Mutex // covers what follows
	first, last *call
}

func (q *callQueue) push(c *call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c.next = nil
	switch {
	case q.first == nil:
		q.first, q.last = c, c
	case q.newestFirst:
		c.next = q.first
		q.first = c
	default:
		q.last.next = c
		q.last = c
	}
	q.n.Add(1)
}

func (q *callQueue) pop() *call {
	if q.n.Load() == 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.first
	if c == nil {
		return nil
	}
	q.n.Add(-1)
	q.first, c.next = c.next, nil
	return c
}

func (q *callQueue) work(w *worker) bool {
	c := q.pop()
	if c == nil {
		return false
	}
	c.work(w)
	return true
}

func (q *callQueue) abort(err error) {
	for c := q.pop(); c != nil; c = q.pop() {
		c.finish(err)
	}
}

// submit gives the call to its crew. ctx, its context, tells whether a task
// submits it.
func (c *call) submit(ctx context.Context) {
	c.origin, c.queue = c.crew.outside, &c.crew.submitted
	if o := c.crew.originFor(ctx); o != nil {
		c.origin, c.queue = o, &o.nested
		c.crew.hold(o)
	} else {
		c.crew.used.Do(func() { c.crew.add(c.queue, c.origin) })
	}
	if o := c.options; o != nil && len(o.after) > 0 {
		c.waitForOthers(o.after)
		return
	}
	c.enqueue(callParked)
}

// enqueue makes a call that is in a state wait for a worker.
func (c *call) enqueue(from callState) {
	c.mu.Lock()
	if !c.is(from) { // it was cancelled
		c.mu.Unlock()
		return
	}
	c.state.Store(uint32(callQueued))
	c.mu.Unlock()
	c.queue.push(c)
	c.crew.push()
}

// park lists the call among those that neither run nor wait for a worker, so
// that the crew can end them.
func (c *call) park(parked bool) {
	c.crew.mu.Lock()
	defer c.crew.mu.Unlock()
	if parked {
		c.crew.parked[c] = struct{}{}
	} else {
		delete(c.crew.parked, c)
	}
}

// waitForOthers makes the call wait for other futures, and fail with the first
// that fails.
func (c *call) waitForOthers(others []*call) {
	c.park(true)
	c.mu.Lock()
	c.missing = len(others)
	c.mu.Unlock()
	for _, other := range others {
		other.whenDone(func() {
			if err := other.failure(); err != nil {
				c.park(false)
				c.finish(fmt.Errorf("a future that it waits for failed: %w", err))
				return
			}
			c.mu.Lock()
			c.missing--
			ready := c.missing == 0
			c.mu.Unlock()
			if ready {
				c.park(false)
				c.enqueue(callParked)
			}
		})
	}
}

// work runs the call on a worker.
func (c *call) work(w *worker) {
	c.mu.Lock()
	if !c.is(callQueued) { // it was cancelled
		c.mu.Unlock()
		return
	}
	c.state.Store(uint32(callRunning))
	c.mu.Unlock()
	c.ctx.worker = w
	w.call.Store(c)
	var err error
	returned := false
	defer func() {
		w.call.Store(nil)
		if !returned {
			err = ended(recover())
			c.finish(err)
		}
	}()
	if err = c.ctx.cause(); err == nil {
		err = w.prepare(&c.ctx)
	}
	if err == nil {
		err = c.attempt()
	}
	returned = true
	if err == nil || !c.again(err) {
		c.finish(err)
	}
}

// attempt calls the function once.
func (c *call) attempt() error {
	if err := c.crew.pace(&c.ctx); err != nil {
		return err
	}
	c.made++
	if c.options == nil || c.options.timeout == 0 {
		return c.function.invoke(&c.ctx)
	}
	ctx, cancel := context.WithTimeoutCause(&c.ctx, c.options.timeout, ErrTimeout)
	defer cancel()
	return c.function.invoke(ctx)
}

// again makes the call run again after an error, in a while, if it is to.
func (c *call) again(err error) bool {
	if c.options == nil || c.ctx.Err() != nil {
		return false
	}
	delay, again := c.options.retries.again(c.made, err)
	if !again {
		return false
	}
	c.park(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Store(uint32(callParked))
	forget := context.AfterFunc(&c.ctx, func() { c.cancel(c.ctx.cause()) })
	timer := time.AfterFunc(delay, func() {
		forget()
		c.park(false)
		c.enqueue(callParked)
	})
	c.unwatch = func() {
		forget()
		timer.Stop()
		c.park(false)
	}
	return true
}

// cancel keeps the call from starting, or ends its context.
func (c *call) cancel(reason error) {
	c.mu.Lock()
	running := c.is(callRunning)
	c.mu.Unlock()
	c.ctx.cancel(reason)
	if !running {
		c.finish(reason)
	}
}

// finish makes the call done, unless it is already.
func (c *call) finish(err error) {
	if err != nil {
		err = &TaskError{Op: c.op, Site: c.site.String(), Index: -1, Attempts: c.made, Err: err}
	}
	c.mu.Lock()
	if c.is(callDone) {
		c.mu.Unlock()
		return
	}
	c.err = err
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
		c.unseen = true
		c.crew.unseen.Add(1)
		c.crew.unseenError.CompareAndSwap(nil, &err)
	}
	c.state.Store(uint32(callDone))
	done, waiters, unwatch, lent := c.done, c.waiters, c.unwatch, c.lent
	c.waiters, c.unwatch = nil, nil
	c.mu.Unlock()
	if unwatch != nil {
		unwatch()
	}
	c.ctx.release()
	if done != nil {
		close(done)
	}
	for _, told := range waiters {
		told()
	}
	if lent {
		c.crew.takePlace()
	}
	if c.origin != c.crew.outside {
		c.crew.release(c.origin)
	}
	c.crew.leave()
}

// failure is the error of a call that is done.
func (c *call) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unseen {
		c.unseen = false
		c.crew.unseen.Add(-1)
	}
	return c.err
}

// whenDone calls f once the call is done, at once if it is.
func (c *call) whenDone(f func()) {
	c.mu.Lock()
	if !c.is(callDone) {
		c.waiters = append(c.waiters, f)
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	f()
}

// doneChannel is closed when the call is done.
func (c *call) doneChannel() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.is(callDone) {
			close(c.done)
		}
	}
	return c.done
}

// lend gives another worker the place of the task that asks for doneChannel, if
// it is one: it may wait for it without our seeing it.
func (c *call) lend() {
	if c.is(callDone) || !insideTask() {
		return
	}
	c.mu.Lock()
	lend := !c.is(callDone) && !c.lent
	c.lent = c.lent || lend
	c.mu.Unlock()
	if lend {
		c.crew.givePlace()
	}
}

// hot is how often a caller looks whether a call is done before it stops to wait.
const hot = 200

// wait returns when the call is done, or with the reason why ctx ended.
func (c *call) wait(ctx context.Context) error {
	for i := range hot {
		if c.is(callDone) {
			return nil
		}
		if i%8 == 7 {
			runtime.Gosched()
		}
	}
	done := c.doneChannel()
	c.crew.waitFor(ctx, func() {
		select {
		case <-done:
		case <-ctx.Done():
		}
	})
	if !c.is(callDone) {
		return context.Cause(ctx)
	}
	return nil
}
