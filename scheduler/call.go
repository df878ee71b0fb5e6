package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// call is the part of a future that does not depend on the type of its result: a
// task that Submit made.
//
// What the worker writes while the task runs comes first, in a cache line of its
// own where the result is small: those who wait look at done all the time.
type call struct {
	err error // written before the state is callDone
	ctx callContext

	// state is a callState. Whoever makes it callRunning, a worker or one who
	// ends the call before a worker has it, is the one to finish it.
	state atomic.Uint32
	made  int32 // attempts

	done     atomic.Pointer[chan struct{}]              // made when somebody asks for it; &closed when the call is done
	function interface{ invoke(context.Context) error } // calls the user's function and keeps its result
	crew     *crew
	options  *taskOptions              // nil for none
	origin   *origin                   // nil where no task submitted it
	rare     atomic.Pointer[callExtra] // made when it is needed, under mu
	next     *call                     // in a queue

	mu     sync.Mutex
	op     string
	site   site
	awaits atomic.Pointer[call] // whose result its task waits for
}

// callExtra is what few calls need. It is covered by the call's lock.
type callExtra struct {
	waiters map[*waiter]struct{} // told once the call is done
	loans   []*loan              // of tasks that may wait for done
	missing int                  // futures that it waits for
	last    error                // of its last attempt
	unwatch []func()             // what stops the wait for the next attempt, and looking at the context
	parked  bool                 // it was, and may still be, among the crew's parked calls
	watched bool                 // the end of the context is seen while the call is not running
	unseen  bool                 // nobody knows of the call's error
}

// waiter is told once when a call is done. It returns a call that fails for it, if
// any.
type waiter struct{ told func() *failedCall }

// failedCall is a call that is to be finished with an error.
type failedCall struct {
	*call
	err error
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
	if err := c.crew.stopped.Load(); err != nil { // perhaps before the call was in the queue
		c.refuse(*err)
	}
}

// park lists the call among those that neither run nor wait for a worker, so
// that they can be stopped.
func (c *call) park() {
	c.mu.Lock()
	c.extraLocked().parked = true
	c.mu.Unlock()
	c.crew.mu.Lock()
	c.crew.parked[c] = struct{}{}
	c.crew.mu.Unlock()
	if c.is(callDone) { // it was ended meanwhile
		c.unpark()
	}
	if err := c.crew.stopped.Load(); err != nil {
		c.cancel(*err)
	}
}

func (c *call) unpark() {
	c.crew.mu.Lock()
	defer c.crew.mu.Unlock()
	delete(c.crew.parked, c)
}

// waitForOthers makes the call wait for other futures, and fail with the first
// that fails.
func (c *call) waitForOthers(others []*call) {
	c.mu.Lock()
	c.extraLocked().missing = len(others)
	c.mu.Unlock()
	c.park()
	c.watch()
	for _, other := range others {
		other.whenDone(func() *failedCall {
			if err := other.failure(); err != nil {
				if c.goes(callParked, callRunning) {
					return &failedCall{c, dependency(err)}
				}
				return nil
			}
			c.mu.Lock()
			extra := c.extraLocked()
			extra.missing--
			ready := extra.missing == 0
			c.mu.Unlock()
			if ready {
				c.unpark()
				c.enqueue()
			}
			return nil
		})
	}
}

// dependencyError is the failure of a future that a task waited for; of a chain,
// that of the first.
type dependencyError struct{ error }

func (e *dependencyError) Error() string {
	return "a future that it waits for failed: " + e.error.Error()
}
func (e *dependencyError) Unwrap() error { return e.error }

func dependency(err error) error {
	if task, ok := err.(*TaskError); ok {
		if root, ok := task.Err.(*dependencyError); ok {
			return root
		}
	}
	return &dependencyError{err}
}

// watch makes the end of its context end a call that does not run. Those who wait
// for the call see to it: most calls run before anyone does.
func (c *call) watch() {
	if c.ctx.parent == nil || c.ctx.parent.Done() == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	extra := c.extraLocked()
	if extra.watched || c.is(callDone) {
		return
	}
	extra.watched = true
	forget := context.AfterFunc(c.ctx.parent, func() { c.refuse(c.whyEnded()) })
	extra.unwatch = append(extra.unwatch, func() { forget() })
}

// whyEnded is why its context ended, with the error of the last attempt.
func (c *call) whyEnded() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := c.extraLocked().last; last != nil {
		return fmt.Errorf("%w, waiting to try again after: %w", whyEnded(c.ctx.parent), last)
	}
	return whyEnded(c.ctx.parent)
}

// work runs the call on a worker.
func (c *call) work(w *worker) {
	w.call.Store(c)
	if !c.goes(callQueued, callRunning) { // it was cancelled
		w.call.Store(nil)
		return
	}
	c.ctx.worker.Store(w)
	returned := false
	defer func() {
		w.call.Store(nil)
		if !returned {
			c.finish(ended(recover()))
		}
	}()
	err := c.begin(w)
	if err == nil {
		err = c.attempt()
	}
	again := err != nil && c.again(err)
	returned = true
	if !again {
		c.finish(err)
	}
}

// begin is what comes before the function is called.
func (c *call) begin(w *worker) error {
	if err := c.crew.stopped.Load(); err != nil {
		c.ctx.cancel(*err)
		return *err
	}
	if c.ctx.Err() != nil {
		return whyEnded(&c.ctx)
	}
	c.made++
	if err := w.prepare(&c.ctx); err != nil {
		return err
	}
	return c.crew.pace(&c.ctx)
}

// attempt calls the function once.
func (c *call) attempt() error {
	if c.options == nil || c.options.timeout == 0 {
		return c.function.invoke(&c.ctx)
	}
	ctx, cancel := context.WithTimeoutCause(&c.ctx, c.options.timeout, ErrTimeout)
	defer cancel()
	return timedOut(ctx, c.function.invoke(ctx))
}

// again makes the call run again after an error, in a while, if it is to.
func (c *call) again(err error) bool {
	if c.options == nil || c.made == 0 || c.ctx.Err() != nil || isSkip(err) {
		return false
	}
	delay, again := c.options.retries.again(int(c.made), err)
	if !again {
		return false
	}
	c.mu.Lock()
	c.extraLocked().last = err
	c.mu.Unlock()
	c.goes(callRunning, callParked)
	c.park()
	c.watch()
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := time.AfterFunc(delay, func() {
		c.unpark()
		c.enqueue()
	})
	extra := c.extraLocked()
	extra.unwatch = append(extra.unwatch, func() { timer.Stop() })
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
		c.finish(reason)
	} else if c.goes(callQueued, callRunning) {
		c.finish(reason)
	}
}

// finish makes the call done, and those that fail for it. A chain of them may be
// long, so this is a loop.
func (c *call) finish(err error) {
	failed := c.settle(err)
	for len(failed) > 0 {
		next := failed[len(failed)-1]
		failed = append(failed[:len(failed)-1], next.settle(next.err)...)
	}
}

// settle makes the call done and returns those that fail for it.
func (c *call) settle(err error) (failed []*failedCall) {
	if err != nil {
		err = &TaskError{Op: c.op, Site: c.site.String(), Index: -1, Attempts: int(c.made), Err: err}
		if c.ctx.parent.Err() == nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
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
		failed = c.tell()
	}
	c.ctx.release()
	if c.origin != nil {
		c.crew.release(c.origin)
	}
	c.crew.leave()
	return failed
}

// countUnseen keeps an error that nobody knows for Close to tell. Of many it
// keeps some.
func (c *call) countUnseen(err error) {
	const kept = 64
	c.mu.Lock()
	c.extraLocked().unseen = true
	c.mu.Unlock()
	c.crew.mu.Lock()
	defer c.crew.mu.Unlock()
	if len(c.crew.unseen) == kept {
		c.crew.more++
		return
	}
	if c.crew.unseen == nil {
		c.crew.unseen = make(map[*call]error)
	}
	c.crew.unseen[c] = err
}

// failure is the error of a call that is done.
func (c *call) failure() error {
	if c.err == nil || c.rare.Load() == nil {
		return c.err
	}
	c.mu.Lock()
	extra := c.extraLocked()
	seen := extra.unseen
	extra.unseen = false
	c.mu.Unlock()
	if seen {
		c.crew.mu.Lock()
		if _, ok := c.crew.unseen[c]; ok {
			delete(c.crew.unseen, c)
		} else {
			c.crew.more--
		}
		c.crew.mu.Unlock()
	}
	return c.err
}

// tell tells those who wait that the call is done, and returns those that fail
// for it.
func (c *call) tell() (failed []*failedCall) {
	c.mu.Lock()
	extra := c.extraLocked()
	waiters, unwatch, loans := extra.waiters, extra.unwatch, extra.loans
	extra.waiters, extra.unwatch, extra.loans = nil, nil, nil
	c.mu.Unlock()
	for _, stop := range unwatch {
		stop()
	}
	for w := range waiters {
		if f := w.told(); f != nil {
			failed = append(failed, f)
		}
	}
	for _, l := range loans {
		l.end()
	}
	if extra.parked {
		c.unpark()
	}
	return failed
}

// whenDone calls f once the call is done, at once if it is. forget undoes it.
func (c *call) whenDone(f func() *failedCall) (forget func()) {
	c.watch()
	c.mu.Lock()
	extra := c.extraLocked()
	w := &waiter{f}
	done := c.is(callDone)
	if !done {
		if extra.waiters == nil {
			extra.waiters = make(map[*waiter]struct{})
		}
		extra.waiters[w] = struct{}{}
	}
	c.mu.Unlock()
	if done {
		if failed := f(); failed != nil {
			failed.finish(failed.err)
		}
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.extraLocked().waiters, w)
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
		c.watch()
	}
	return *c.done.Load()
}

// lend gives the place of a task that asks for doneChannel to another: it may
// wait for it.
func (c *call) lend() {
	if c.is(callDone) {
		return
	}
	w := here()
	if w == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	extra := c.extraLocked()
	if c.is(callDone) || slices.ContainsFunc(extra.loans, func(l *loan) bool { return l.worker == w }) {
		return
	}
	extra.loans = append(extra.loans, w.lend())
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
		if c.done.Load() == &closed {
			return nil
		}
		for range hotCounts {
		}
		if i%hotYields == hotYields-1 {
			runtime.Gosched()
		}
	}
	if w := here(); w != nil {
		if self := w.task(); self != nil {
			self.awaits.Store(c)
			defer self.awaits.Store(nil)
			if c.waitsFor(self) {
				return ErrInsideTask
			}
		}
	}
	done := c.doneChannel()
	waitFor(ctx, func() {
		select {
		case <-done:
		case <-ctx.Done():
		}
	})
	if !c.is(callDone) {
		return whyEnded(ctx)
	}
	return nil
}

// waitsFor reports whether c is the other call, or one that waits for it.
func (c *call) waitsFor(other *call) bool {
	const longest = 1000 // a circle without other is another's to find
	for range longest {
		if c == nil || c == other {
			break
		}
		c = c.awaits.Load()
	}
	return c == other
}
