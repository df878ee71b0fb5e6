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
//
// What the worker writes while the task runs comes first, in a cache line of its
// own where the result is small: those who wait look at the state all the time.
type call struct {
	err  error // written before the state is callDone
	ctx  callContext
	made int // attempts

	// state is a callState. Whoever makes it callRunning, a worker or one who
	// ends the call before a worker has it, is the one to finish it.
	state    atomic.Uint32
	function interface{ invoke(context.Context) error } // calls the user's function and keeps its result
	crew     *crew
	options  *taskOptions                  // nil for none
	origin   *origin                       // nil where no task submitted it
	done     atomic.Pointer[chan struct{}] // made when somebody asks for it
	rare     atomic.Pointer[callExtra]     // made when it is needed, under mu

	next *call // in a queue
	mu   sync.Mutex
	op   string
	site site
}

// callExtra is what few calls need. It is covered by the call's lock.
type callExtra struct {
	unseen  bool     // nobody knows of the call's error, which the crew counts
	lent    bool     // a task may wait for done: its place was given to another
	waiters []func() // called once the call is done
	missing int      // futures that it waits for
	unwatch func()   // stops the wait for the next attempt
}

func (c *call) extraLocked() *callExtra {
	if c.rare.Load() == nil {
		c.rare.Store(&callExtra{})
	}
	return c.rare.Load()
}

type callState uint32

const (
	callParked  callState = iota // waits for other futures or for its next attempt
	callQueued                   // waits for a worker
	callRunning                  //
	callDone                     // err and the result are there
)

func (c *call) is(s callState) bool { return callState(c.state.Load()) == s }

// goes makes the state another one, if it is still as it was.
func (c *call) goes(from, to callState) bool { return c.state.CompareAndSwap(uint32(from), uint32(to)) }

// callQueue is futures that wait for a worker. Those of one task are taken newest
// first, so that what they submit in turn is done before more of them begin;
// those from outside in their order.
//
// Who submits and who takes rarely touch the same memory: new futures are a list
// of their own, the newest first, which a worker takes as a whole.
type callQueue struct {
	newestFirst bool

	fresh atomic.Pointer[call]

	_ apart

	mu    sync.Mutex // covers what follows
	first *call
}

func (q *callQueue) push(c *call) {
	for {
		c.next = q.fresh.Load()
		if q.fresh.CompareAndSwap(c.next, c) {
			return
		}
	}
}

// pop takes the next future; more says that there are others.
func (q *callQueue) pop() (c *call, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fresh.Load() != nil && (q.first == nil || q.newestFirst) {
		q.takeFreshLocked()
	}
	if c = q.first; c == nil {
		return nil, false
	}
	q.first, c.next = c.next, nil
	return c, q.first != nil || q.fresh.Load() != nil
}

func (q *callQueue) takeFreshLocked() {
	newest := q.fresh.Swap(nil)
	if q.newestFirst {
		oldest := newest
		for oldest.next != nil {
			oldest = oldest.next
		}
		oldest.next, q.first = q.first, newest
		return
	}
	for c := newest; c != nil; { // the list was empty
		next := c.next
		c.next, q.first = q.first, c
		c = next
	}
}

func (q *callQueue) work(w *worker) bool {
	c, more := q.pop()
	if c == nil {
		return false
	}
	w.found(more)
	c.work(w)
	return true
}

func (q *callQueue) abort(err error) {
	for {
		c, _ := q.pop()
		if c == nil {
			return
		}
		c.refuse(err)
	}
}

// submit gives the call to its crew. ctx, its context, tells whether a task
// submits it.
func (c *call) submit(ctx context.Context) {
	if c.origin = c.crew.originFor(ctx); c.origin != nil {
		c.crew.hold(c.origin)
	} else {
		c.crew.used.Do(func() { c.crew.add(&c.crew.submitted, c.crew.outside) })
	}
	if o := c.options; o != nil && len(o.after) > 0 {
		c.waitForOthers(o.after)
		return
	}
	c.enqueue()
}

// enqueue makes a call that was parked wait for a worker, unless it was ended.
func (c *call) enqueue() {
	if !c.goes(callParked, callQueued) {
		return
	}
	if c.origin != nil {
		c.origin.nested.push(c)
	} else {
		c.crew.submitted.push(c)
	}
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
	c.extraLocked().missing = len(others)
	c.mu.Unlock()
	for _, other := range others {
		other.whenDone(func() {
			if err := other.failure(); err != nil {
				c.refuse(fmt.Errorf("a future that it waits for failed: %w", err))
				return
			}
			c.mu.Lock()
			extra := c.extraLocked()
			extra.missing--
			ready := extra.missing == 0
			c.mu.Unlock()
			if ready {
				c.park(false)
				c.enqueue()
			}
		})
	}
}

// work runs the call on a worker.
func (c *call) work(w *worker) {
	if !c.goes(callQueued, callRunning) { // it was cancelled
		return
	}
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
	if c.ctx.Err() != nil {
		err = context.Cause(&c.ctx)
	} else {
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
	c.goes(callRunning, callParked)
	forget := context.AfterFunc(&c.ctx, func() { c.cancel(context.Cause(&c.ctx)) })
	timer := time.AfterFunc(delay, func() {
		forget()
		c.park(false)
		c.enqueue()
	})
	c.extraLocked().unwatch = func() {
		forget()
		timer.Stop()
	}
	return true
}

// cancel keeps the call from starting, or ends its context.
func (c *call) cancel(reason error) {
	if c.is(callDone) {
		return
	}
	c.ctx.cancel(reason)
	c.refuse(reason)
}

// refuse ends a call that no worker has.
func (c *call) refuse(reason error) {
	if c.goes(callParked, callRunning) {
		c.park(false)
		c.finish(reason)
	} else if c.goes(callQueued, callRunning) {
		c.finish(reason)
	}
}

// finish makes the call done.
func (c *call) finish(err error) {
	if err != nil {
		err = &TaskError{Op: c.op, Site: c.site.String(), Index: -1, Attempts: c.made, Err: err}
		if !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
			c.countUnseen(err)
		}
	}
	c.err = err
	// Those who come later see the state, those who came before have left
	// something in done or rare.
	c.state.Store(uint32(callDone))
	if done := c.done.Swap(&closed); done != nil {
		close(*done)
	}
	if c.rare.Load() != nil {
		c.tell()
	}
	c.ctx.release()
	if c.origin != nil {
		c.crew.release(c.origin)
	}
	c.crew.leave()
}

// countUnseen counts an error that nobody knows.
func (c *call) countUnseen(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.extraLocked().unseen = true
	c.crew.unseen.Add(1)
	c.crew.unseenError.CompareAndSwap(nil, &err)
}

// tell tells those who wait that the call is done.
func (c *call) tell() {
	c.mu.Lock()
	extra := c.extraLocked()
	waiters, unwatch, lent := extra.waiters, extra.unwatch, extra.lent
	extra.waiters, extra.unwatch, extra.lent = nil, nil, false
	c.mu.Unlock()
	if unwatch != nil {
		unwatch()
	}
	for _, told := range waiters {
		told()
	}
	if lent {
		c.crew.takePlace()
	}
}

// failure is the error of a call that is done.
func (c *call) failure() error {
	if c.err != nil && c.rare.Load() != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if extra := c.extraLocked(); extra.unseen {
			extra.unseen = false
			c.crew.unseen.Add(-1)
		}
	}
	return c.err
}

// whenDone calls f once the call is done, at once if it is.
func (c *call) whenDone(f func()) {
	c.mu.Lock()
	extra := c.extraLocked()
	done := c.is(callDone)
	if !done {
		extra.waiters = append(extra.waiters, f)
	}
	c.mu.Unlock()
	if done {
		f()
	}
}

// closed is the channel of calls that were done before anyone asked.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// doneChannel is closed when the call is done.
func (c *call) doneChannel() <-chan struct{} {
	if c.done.Load() == nil {
		made := make(chan struct{})
		c.done.CompareAndSwap(nil, &made)
	}
	return *c.done.Load()
}

// lend gives another worker the place of the task that asks for doneChannel, if
// it is one: it may wait for it without our seeing it.
func (c *call) lend() {
	if c.is(callDone) || !insideTask() {
		return
	}
	c.mu.Lock()
	extra := c.extraLocked()
	lend := !c.is(callDone) && !extra.lent
	extra.lent = extra.lent || lend
	c.mu.Unlock()
	if lend {
		c.crew.givePlace()
	}
}

// How often a caller looks whether a call is done before it stops to wait, how
// often it counts in between, so that it does not take the memory away from the
// worker all the time, and how often it looks before it lets others run.
const (
	hotLooks  = 128
	hotCounts = 64
	hotYields = 32
)

// wait returns when the call is done, or with the reason why ctx ended.
func (c *call) wait(ctx context.Context) error {
	for i := range hotLooks {
		if c.is(callDone) {
			return nil
		}
		for range hotCounts {
		}
		if i%hotYields == hotYields-1 {
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
