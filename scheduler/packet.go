package scheduler

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

const (
	packetSize = 1024 // inputs of a packet at most
	packetWait = 64   // looks of a worker that wait for a packet to be filled
	ahead      = 4    // packets for each worker that are under way at most
)

// packet is a few inputs and what became of them.
type packet[T, U any] struct {
	first    int // number of its first input
	looks    int // of workers, before it was full
	inputs   []T
	results  []outcome[U]
	left     int         // inputs that are not done
	attempts map[int]int // of inputs that failed once
}

type outcome[U any] struct {
	value U
	err   error
	given bool // err is the sequence's
}

// piece is inputs of a packet to call the function for.
type piece[T, U any] struct {
	*packet[T, U]
	at, last int

	// Of the worker that has it:
	begun int64
	first int // where it began
	look  int // it is not shared before this one
	again int // inputs that are called again
}

// sealLocked makes the open packet something to do.
func (s *stream[T, U]) sealLocked() {
	p := s.open
	s.open = nil
	p.left = len(p.inputs)
	s.todo = append(s.todo, piece[T, U]{packet: p, last: len(p.inputs)})
}

// work calls the function for a packet, or for an input whose time has come.
func (s *stream[T, U]) work(w *worker) (did bool) {
	p, memory, soon := s.pick()
	if p == nil {
		if soon {
			runtime.Gosched()
		}
		return soon
	}
	did = true
	w.found(s.more())
	w.parent.Store(s.task)
	p.begun, p.first, p.look = nanotime(), p.at, p.at+1
	returned := false
	defer func() {
		var err error
		if !returned {
			err = ended(recover())
		}
		w.parent.Store(nil)
		memory.free()
		s.finish(p, err)
		w.worked(time.Duration(nanotime() - p.begun))
	}()
	s.calls(w, p, memory)
	returned = true
	return true
}

// calls is the calls of a piece.
func (s *stream[T, U]) calls(w *worker, p *piece[T, U], memory *portion) {
	ctx := context.Context(&workerContext{s.ctx, w, s.memory.holder(s.crew)})
	err := memory.charge()
	if err == nil {
		err = w.prepare(ctx)
	}
	if err != nil { // the others may have better luck
		s.failed(p, &p.results[p.at], err)
		p.at++
		return
	}
	for done := s.ctx.Done(); p.at < p.last; p.at++ {
		select {
		case <-done:
			return
		default:
		}
		if p.at >= p.look && s.hungry.Load() {
			s.share(p)
		}
		o := &p.results[p.at]
		if o.given {
			continue
		}
		if o.value, err = s.call(ctx, p.inputs[p.at]); err != nil {
			s.failed(p, o, err)
		} else {
			o.err = nil
		}
	}
}

// share hands the rest of a piece to workers that have nothing to do, if it is
// worth it.
func (s *stream[T, U]) share(p *piece[T, U]) {
	made := p.at - p.first
	elapsed := nanotime() - p.begun
	if elapsed/int64(made)*int64(p.last-p.at) < int64(2*worthTime) {
		p.look = p.at + made
		return
	}
	s.mu.Lock()
	s.todo = append(s.todo, piece[T, U]{packet: p.packet, at: p.at + 1, last: p.last})
	p.last = p.at + 1
	s.size = max(1, int(int64(batchTime)*int64(made)/max(1, elapsed)))
	if s.crew.working.Load() >= int64(s.crew.size) {
		s.hungry.Store(false)
	}
	s.mu.Unlock()
	s.crew.push()
}

// pick is a piece for a worker; nil if there is none now. soon says that there
// may be one before long.
func (s *stream[T, U]) pick() (p *piece[T, U], memory *portion, soon bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped || s.active == s.options.limit && s.options.limit > 0 {
		return nil, nil, false
	}
	if len(s.todo) == 0 && s.open != nil {
		if s.open.looks++; !s.fedAll && !s.held && s.open.looks < packetWait {
			return nil, nil, true
		}
		s.sealLocked()
	}
	if len(s.todo) == 0 {
		s.hungry.Store(s.active > 0)
		return nil, nil, false
	}
	memory, ok := s.memory.portion()
	if !ok {
		return nil, nil, false
	}
	next := s.todo[0]
	if size := s.size; next.last-next.at > 2*size { // it was put together when calls were shorter
		s.todo[0].at += size
		next.last = next.at + size
	} else {
		s.todo = s.todo[1:]
	}
	s.active++
	return &next, memory, true
}

func (s *stream[T, U]) more() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.todo) > 0
}

// failed takes note of an error, or has the input called again in a while.
func (s *stream[T, U]) failed(p *piece[T, U], o *outcome[U], err error) {
	i := p.at
	if isSkip(err) {
		o.err = err
		return
	}
	made := p.tried(s, i)
	if s.options.retries.Attempts > 1 && s.ctx.Err() == nil {
		if delay, again := s.options.retries.again(made, err); again {
			p.again++
			s.later(delay, piece[T, U]{packet: p.packet, at: i, last: i + 1})
			return
		}
	}
	s.fail(p, i, made, err)
}

// fail takes note of an error of input i of a piece.
func (s *stream[T, U]) fail(p *piece[T, U], i, made int, err error) {
	failure := &TaskError{Op: "MapSeq", Site: s.site.String(), Index: p.packet.first + i, Attempts: made, Err: err}
	p.results[i].err = failure // also where the input's String method ends the goroutine
	failure.Input = describe(p.inputs[i])
}

// later makes a piece something to do after a while.
func (s *stream[T, U]) later(delay time.Duration, p piece[T, U]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.left++ // until then the packet is not done
	if s.delayed == nil {
		s.delayed = make(map[*time.Timer]struct{})
	}
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		s.mu.Lock()
		delete(s.delayed, timer)
		s.todo = append(s.todo, p)
		s.mu.Unlock()
		s.crew.push()
	})
	s.delayed[timer] = struct{}{}
}

// tried counts an attempt.
func (p *packet[T, U]) tried(s *stream[T, U], i int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.attempts == nil {
		p.attempts = make(map[int]int)
	}
	p.attempts[i]++
	return p.attempts[i]
}

// finish is what comes after a piece. err is why it ended in the midst of a
// call. What users gave is called here, and may end the goroutine; the piece is
// settled all the same.
func (s *stream[T, U]) finish(p *piece[T, U], err error) {
	took := nanotime() - p.begun
	known := false
	defer func() {
		if !known {
			s.abort(ErrGoexit)
		}
		s.settle(p, took)
	}()
	if err != nil {
		p.at++
		s.fail(p, p.at-1, p.tried(s, p.at-1), err)
	}
	if m := s.options.meter; m != nil && p.at-p.first > p.again {
		if err := protect(func() error { m.Add(p.at - p.first - p.again); return nil }); err != nil {
			s.abort(fmt.Errorf("the meter of Progress: %w", err))
		}
	}
	known = true
}

// settle takes a piece off those under way; what is left of it is something to do
// again.
func (s *stream[T, U]) settle(p *piece[T, U], took int64) {
	s.mu.Lock()
	made := p.at - p.first
	p.left -= made
	s.active--
	if made > 0 {
		size := min(int64(8*made), int64(batchTime)*int64(made)/max(1, took), packetSize)
		if s.options.window > 0 {
			size = min(size, int64(s.options.window/(2*s.crew.size)))
		}
		s.size = int(max(1, size))
	}
	if p.at < p.last {
		s.todo = append(s.todo, piece[T, U]{packet: p.packet, at: p.at, last: p.last})
	}
	if p.left == 0 && s.options.fast {
		s.done = append(s.done, p.packet)
	}
	more := len(s.todo) > 0 || s.open != nil
	s.mu.Unlock()
	s.changed.Broadcast()
	s.tell()
	if more {
		s.crew.push()
	}
}
