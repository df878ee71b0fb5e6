package scheduler

import (
	"context"
	"runtime"
)

// spins is how often a worker without work looks again before it ends. Starting
// a goroutine costs less than a block's work, so idle workers do not stay.
const spins = 64

// push tells the engine that a deque got work, and starts a worker if there may
// be more.
func (e *Engine) push() {
	e.pushed.Add(1)
	if e.working.Load() >= int64(e.options.Workers) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.slots); n > 0 && len(e.active) > 0 {
		slot := e.slots[n-1]
		e.slots = e.slots[:n-1]
		e.working.Add(1)
		go e.work(slot)
	}
}

// work is a worker: it takes tasks from the plans that run until there are
// none. A user's function may end the goroutine; then another takes its place.
func (e *Engine) work(slot int) {
	busy := false
	defer func() {
		if !busy {
			return
		}
		e.mu.Lock() // runtime.Goexit in a user's function
		e.retireLocked(slot)
		e.mu.Unlock()
		e.push()
	}()
	turn := slot
	for spin := 0; ; {
		seen := e.pushed.Load()
		if r, t := e.take(slot, turn); t != nil {
			spin, turn = 0, turn+1
			busy = true
			r.perform(slot, t)
			busy = false
			continue
		}
		if spin++; spin < spins {
			runtime.Gosched()
			continue
		}
		spin = 0
		// The worker counts itself out before it looks a last time, so that
		// work which comes meanwhile is seen either here or by push.
		e.mu.Lock()
		e.retireLocked(slot)
		if e.pushed.Load() == seen {
			e.mu.Unlock()
			return
		}
		e.slots = e.slots[:len(e.slots)-1]
		e.working.Add(1)
		e.mu.Unlock()
	}
}

func (e *Engine) retireLocked(slot int) {
	e.working.Add(-1)
	e.slots = append(e.slots, slot)
	e.idle.Broadcast()
}

// take finds a task, in a different run each time where several have some.
func (e *Engine) take(slot, turn int) (*run, *task) {
	e.mu.Lock()
	n := len(e.active)
	var few [8]*run
	runs := append(few[:0], e.active...)
	e.mu.Unlock()
	for i := range n {
		r := runs[(turn+i)%n]
		if t, more := r.take(slot); t != nil {
			if more && e.working.Load() < int64(e.options.Workers) {
				e.push() // workers come one after the other, each starting the next
			}
			return r, t
		}
	}
	return nil, nil
}

// wait returns when done is closed; the caller of Execute waits here while
// workers work.
func wait(ctx context.Context, done <-chan struct{}, cancelled func()) {
	select {
	case <-done:
		return
	case <-ctx.Done():
		cancelled()
	}
	<-done
}
