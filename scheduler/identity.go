package scheduler

import (
	"context"
	"reflect"
	"runtime"
	"sync"
	"weak"
)

// A task that waits for others has to give its place to one of them. Most tell
// which task they are by their context; for those who wait with another context,
// or on a channel, it is written on the stack of their goroutine: a worker's loop
// is called through a function for each binary digit of the worker's number.

//go:noinline
func digit0(rest uint64, w *worker) { spell(rest, w) }

//go:noinline
func digit1(rest uint64, w *worker) { spell(rest, w) }

//go:noinline
func spell(rest uint64, w *worker) {
	switch {
	case rest == 0:
		w.crew.loop(w)
	case rest&1 == 0:
		digit0(rest>>1, w)
	default:
		digit1(rest>>1, w)
	}
}

var nameOf0, nameOf1 = functionName(digit0), functionName(digit1)

func functionName(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }

// numbered are all workers by their numbers, from 1 on.
var numbered struct {
	sync.Mutex
	workers map[uint64]weak.Pointer[worker]
	free    []uint64
}

// number gives w a number, until it is garbage.
func number(w *worker) {
	numbered.Lock()
	defer numbered.Unlock()
	if numbered.workers == nil {
		numbered.workers = make(map[uint64]weak.Pointer[worker])
	}
	n := len(numbered.free)
	if n == 0 {
		w.number = uint64(len(numbered.workers)) + 1
	} else {
		w.number = numbered.free[n-1]
		numbered.free = numbered.free[:n-1]
	}
	numbered.workers[w.number] = weak.Make(w)
	runtime.AddCleanup(w, func(number uint64) {
		numbered.Lock()
		defer numbered.Unlock()
		delete(numbered.workers, number)
		numbered.free = append(numbered.free, number)
	}, w.number)
}

// here is the worker whose goroutine the caller is on; nil outside of tasks.
func here() *worker {
	var pcs [64]uintptr
	number := uint64(0)
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] { // from the highest digit to the lowest
			f := runtime.FuncForPC(pc - 1)
			if f == nil {
				continue
			}
			switch f.Name() {
			case nameOf0:
				number <<= 1
			case nameOf1:
				number = number<<1 | 1
			}
		}
		if n < len(pcs) {
			break
		}
	}
	if number == 0 {
		return nil
	}
	numbered.Lock()
	defer numbered.Unlock()
	return numbered.workers[number].Value()
}

// workerOf is the worker of the task whose context ctx is, or is derived from,
// or on whose goroutine the caller is; nil outside of tasks.
func workerOf(ctx context.Context) *worker {
	if w, _ := ctx.Value(workerKey{}).(*worker); w != nil {
		return w
	}
	return here()
}

// task is the future whose task the worker runs, or that waits for what it runs.
func (w *worker) task() *call {
	if c := w.call.Load(); c != nil {
		return c
	}
	return w.parent.Load()
}

// taskOf is that of the worker of the context ctx, if the caller is on its
// goroutine: what other goroutines of the task wait for, the task may not.
func taskOf(ctx context.Context) *call {
	w, _ := ctx.Value(workerKey{}).(*worker)
	if w == nil || here() != w {
		return nil
	}
	return w.task()
}

// waitFor calls f, which blocks, such as for other tasks. A task gives its place
// to another meanwhile.
func waitFor(ctx context.Context, f func()) {
	if w := workerOf(ctx); w != nil {
		w.beginWait()
		defer w.endWait()
	}
	f()
}

// beginWait gives the worker's place to another: tasks that wait for each other
// cannot keep each other from running. However many goroutines of a task wait,
// it gives one place.
func (w *worker) beginWait() {
	if w.waits.Add(1) > 1 {
		return
	}
	c := w.crew
	c.mu.Lock()
	c.working.Add(-1)
	c.idle.Broadcast()
	c.mu.Unlock()
	c.push()
}

// endWait lets the worker go on, at once, even if all places are taken: another
// task may wait for what this one has locked. The next worker that is done with
// its task ends.
func (w *worker) endWait() {
	if w.waits.Add(-1) > 0 {
		return
	}
	w.crew.mu.Lock()
	w.crew.working.Add(1)
	w.crew.mu.Unlock()
}

// loan is the place of a worker whose task asked for the channel of a future: it
// may wait for it without our seeing it. It ends when the future is done, or the
// task.
type loan struct {
	worker *worker
	once   sync.Once
}

func (l *loan) end() { l.once.Do(l.worker.endWait) }

// lend makes a loan, which the caller ends; w itself does so after its task.
func (w *worker) lend() *loan {
	l := &loan{worker: w}
	w.loans = append(w.loans, l)
	w.beginWait()
	return l
}

func (w *worker) endLoans() {
	for _, l := range w.loans {
		l.end()
	}
	w.loans = nil
}
