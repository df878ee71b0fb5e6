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

	"golang.org/x/time/rate"
)

// How often a worker without work lets others run before it ends, and how often
// it looks for work in between: some 10 us together. Starting a goroutine costs
// less than most tasks, so idle workers do not stay. Clocks would not do: in the
// bubbles of testing/synctest they stand still while anybody runs.
const (
	spins = 8
	looks = 2048
)

// crew is the workers of an engine or a pool. A worker is a goroutine that takes
// work from the crew's origins; it comes when there is work and ends when there
// is none. At most size of them are at work: one that waits for other tasks
// gives its place to another until it goes on.
type crew struct {
	size    int
	limiter *rate.Limiter // of the tasks that start; nil for none
	state   State         // what each worker has of its own

	working atomic.Int64              // places taken; changed under mu
	origins atomic.Pointer[[]*origin] // those that have jobs; replaced under mu
	closed  atomic.Bool
	stopped atomic.Pointer[error] // why nothing may go on

	outside *origin   // futures that no task submitted
	used    sync.Once // outside is listed from the first future on

	_ apart

	// pushed counts what was given to the crew, so that a worker that is about
	// to end sees that something came.
	pushed  atomic.Int64
	looking atomic.Int64 // workers that look for work

	_ apart

	begun atomic.Int64 // calls that began: plans, maps and futures

	_ apart

	over atomic.Int64 // those of them that are over

	_ apart

	submitted callQueue // futures from outside that wait for a worker

	_ apart

	mu     sync.Mutex // covers what follows, and is taken before all other locks
	free   []*worker  // those that have no goroutine now
	all    []*worker
	parked map[*call]struct{} // futures that wait for others or for another attempt
	unseen map[*call]error    // some of the futures that failed, whose error nobody knows
	more   int                // how many there are besides
	idle   *sync.Cond         // a call or a worker ended
}

// apart keeps what different goroutines write out of one cache line.
type apart [64]byte

// worker is one of a crew. It is more than a goroutine: its numbers and state
// stay when the goroutine ends, for the next one.
type worker struct {
	crew   *crew
	slot   int    // its number in the crew; as many as were ever there at once
	number uint64 // among all workers

	origin atomic.Pointer[origin] // that it works for now
	call   atomic.Pointer[call]   // the future that it runs
	parent atomic.Pointer[call]   // or whose task waits for the map that it works on

	opened bool // the state is there
	state  any

	looking bool  // for work
	seen    int64 // the count of pushes before it looked
	base    int64 // of those whose work it has seen taken, or that somebody else was started for

	busy time.Duration // since it let others run

	waits atomic.Int32 // goroutines of its task that wait for other tasks, and loans
	loans []*loan
}

func (c *crew) init(size int) {
	c.size = size
	c.idle = sync.NewCond(&c.mu)
	c.origins.Store(&[]*origin{})
	c.parked = make(map[*call]struct{})
	c.outside = newOrigin()
}

// push tells the crew that there is work, and starts a worker if none is looking
// for it.
func (c *crew) push() { c.pushes(1) }

// pushes is push where n workers find something to do.
func (c *crew) pushes(n int) {
	c.pushed.Add(1)
	c.start(n - int(c.looking.Load()))
}

// start starts n workers, as far as there are places.
func (c *crew) start(n int) {
	if n <= 0 || c.working.Load() >= int64(c.size) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() && c.pending() == 0 {
		return
	}
	for ; n > 0 && c.working.Load() < int64(c.size); n-- {
		c.working.Add(1)
		w := c.workerLocked()
		go spell(w.number, w)
	}
}

func (c *crew) workerLocked() *worker {
	if n := len(c.free); n > 0 {
		w := c.free[n-1]
		c.free = c.free[:n-1]
		return w
	}
	w := &worker{crew: c, slot: len(c.all)}
	number(w)
	c.all = append(c.all, w)
	return w
}

// loop is what a worker's goroutine does: it works until there is nothing to do.
// A user's function may end the goroutine; then another takes its place.
//
//go:noinline
func (c *crew) loop(w *worker) {
	ending := false
	defer func() {
		if !ending { // runtime.Goexit in a user's function
			w.endLoans()
			c.mu.Lock()
			c.retireLocked(w)
			c.mu.Unlock()
			c.push()
		}
	}()
	w.look()
	for spin := 0; ; {
		w.seen = c.pushed.Load()
		switch {
		case c.workOnce(w):
			if w.loans != nil {
				w.endLoans()
			}
			ending = c.working.Load() > int64(c.size) && c.retireSurplus(w)
		case !w.looking:
			w.look()
			spin = 0
		case spin < spins:
			spin++
			w.base = w.seen // there was nothing
			c.await(w)
		default:
			ending = c.retire(w)
		}
		if ending {
			return
		}
	}
}

// await waits a little for something to be pushed. Of several workers that look
// for work one does so without letting others run.
func (c *crew) await(w *worker) {
	if c.looking.Load() == 1 {
		for range looks {
			if c.pushed.Load() != w.seen {
				return
			}
		}
	}
	runtime.Gosched()
}

// look makes w one of those who look for work: nobody has to be started for it.
func (w *worker) look() {
	if !w.looking {
		w.looking = true
		w.base = w.crew.pushed.Load() // before others rely on w
		w.crew.looking.Add(1)
	}
}

// found ends that. It is called by w when it has taken something to do and before
// it does it. If there may be more, and nobody looks for it, another worker is
// started.
func (w *worker) found(more bool) {
	if w.looking {
		w.looking = false
		w.crew.looking.Add(-1)
		more = more || w.crew.pushed.Load() > w.base+1 // others may have come while w was relied on
	}
	if more {
		w.crew.start(1 - int(w.crew.looking.Load()))
	}
}

// retire ends a worker that found nothing after it saw the count of pushes. It
// counts itself out before it looks at the count a last time, so that work which
// comes meanwhile is seen either here or by push.
func (c *crew) retire(w *worker) bool {
	w.found(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.retireLocked(w)
	if c.pushed.Load() == w.seen || c.working.Load() >= int64(c.size) {
		return true
	}
	c.free = slices.DeleteFunc(c.free, func(other *worker) bool { return other == w })
	c.working.Add(1)
	return false
}

// yieldTime is how long a worker works on batches before it lets others run:
// those who wait for results, who else would wait until the runtime preempts it.
const yieldTime = time.Millisecond

// worked counts the time of a batch.
func (w *worker) worked(took time.Duration) {
	if w.busy += took; w.busy > yieldTime {
		w.busy = 0
		runtime.Gosched()
	}
}

// retireSurplus ends a worker if more are at work than there are places, because
// one that waited went on.
func (c *crew) retireSurplus(w *worker) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.working.Load() <= int64(c.size) {
		return false
	}
	c.retireLocked(w)
	return true
}

func (c *crew) retireLocked(w *worker) {
	c.working.Add(-1)
	if w.looking {
		w.looking = false
		c.looking.Add(-1)
	}
	w.origin.Store(nil)
	c.free = append(c.free, w)
	c.idle.Broadcast()
}

// enter counts a call in, for which close waits.
func (c *crew) enter(ctx context.Context) error {
	c.begun.Add(1)
	err := error(nil)
	switch {
	case c.closed.Load():
		err = ErrClosed
	case c.state.open != nil && ctx.Value(openingKey{c}) != nil:
		err = errOpening
	default:
		return nil
	}
	c.leave()
	return err
}

// pending is the number of calls that are not over. It may count one that will
// find the crew closed.
func (c *crew) pending() int64 {
	over := c.over.Load() // first, so that none is missed
	return c.begun.Load() - over
}

func (c *crew) leave() {
	if c.over.Add(1); c.closed.Load() {
		c.mu.Lock()
		c.idle.Broadcast()
		c.mu.Unlock()
	}
}

// close keeps calls from coming, waits for those that are there and ends what
// workers have of their own.
func (c *crew) close() error {
	w := here()
	if w != nil && w.crew == c {
		return ErrInsideTask
	}
	c.closed.Store(true)
	if w != nil {
		w.beginWait()
		defer w.endWait()
	}
	c.mu.Lock()
	for c.pending() > 0 || c.working.Load() > 0 {
		c.idle.Wait()
	}
	unseen := len(c.unseen) + c.more
	var example error
	for _, example = range c.unseen {
		break
	}
	c.unseen, c.more = nil, 0
	c.mu.Unlock()
	err := c.closeStates()
	if unseen > 0 {
		err = errors.Join(err, unseenErrors(unseen, example))
	}
	return err
}

func unseenErrors(n int, example error) error {
	text := fmt.Sprintf("%d futures failed whose results nobody asked for", n)
	if n == 1 {
		text = "a future failed whose result nobody asked for"
	}
	if example == nil {
		return errors.New(text)
	}
	return fmt.Errorf("%s, such as %w", text, example)
}

// stop ends everything that the crew has to do with an error. What comes later
// sees that it was stopped.
func (c *crew) stop(reason error) {
	c.closed.Store(true)
	c.stopped.CompareAndSwap(nil, &reason)
	c.mu.Lock()
	jobs := []job{&c.submitted}
	for _, o := range *c.origins.Load() {
		jobs = append(append(jobs, *o.jobs.Load()...), &o.nested)
	}
	var calls []*call
	for p := range c.parked {
		calls = append(calls, p)
	}
	for _, w := range c.all {
		if running := w.call.Load(); running != nil {
			calls = append(calls, running)
		}
	}
	c.mu.Unlock()
	for _, j := range jobs {
		j.abort(reason)
	}
	for _, p := range calls {
		p.cancel(reason)
	}
}

// now is the time for events; they and the shares of origins look at clocks.
var now = time.Now
