package scheduler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// MapSeq calls f for every input of a sequence, several at once, and yields the
// results in the order of the inputs, or as they come with Unordered. It takes
// only a few inputs ahead of the results that were yielded, so the sequence may
// be endless, and is held back when results are not taken; see Window. Nothing
// happens before the results are ranged over.
//
// The sequence runs on a goroutine of its own, beside the calls and the loop that
// takes the results. When that loop ends early, MapSeq waits for the calls that
// run, and up to a second for the sequence to end at its next value: one that
// waits for something may end after the loop. When ctx ends, or the pool is
// stopped, it waits for the calls alone.
//
// The first error, of f or of the sequence, is the last that is yielded. With
// AllErrors it goes on. When ctx ends its cause is yielded last. An input for
// which f returns Skip yields nothing.
func MapSeq[T, U any](ctx context.Context, inputs iter.Seq2[T, error], f func(context.Context, T) (U, error), opts ...MapOption) iter.Seq2[U, error] {
	at := caller(0)
	return func(yield func(U, error) bool) {
		s, err := newStream(ctx, at, inputs, f, opts)
		if err == nil {
			err = s.run(yield)
		}
		if err != nil {
			var none U
			yield(none, err)
		}
	}
}

// Seq is a sequence that cannot fail as one that MapSeq takes.
func Seq[T any](seq iter.Seq[T]) iter.Seq2[T, error] {
	if seq == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for v := range seq {
			if !yield(v, nil) {
				return
			}
		}
	}
}

const (
	packetSize = 1024        // inputs of a packet at most
	packetWait = 64          // looks of a worker that wait for a packet to be filled
	ahead      = 4           // packets for each worker that are under way at most
	patience   = time.Second // with a sequence that does not end
)

// stream is a MapSeq under way. Inputs are put into packets, which workers take
// as a whole, if need be before they are full.
type stream[T, U any] struct {
	crew    *crew
	origin  *origin
	site    site
	options taskOptions
	parent  context.Context
	ctx     context.Context // of the calls
	cancel  context.CancelFunc
	memory  *allowance
	inputs  iter.Seq2[T, error]
	call    func(context.Context, T) (U, error)

	came      chan struct{} // something changed for the loop that takes results
	abandoned chan struct{} // closed when aborted is set
	hungry    atomic.Bool   // a worker found nothing to do

	mu      sync.Mutex
	changed *sync.Cond               // for the sequence: there is room, or an end
	open    *packet[T, U]            // not full yet, and not taken
	todo    []piece[T, U]            // full packets, and inputs whose next attempt is due
	order   []*packet[T, U]          // not yielded, in the order of the inputs
	done    []*packet[T, U]          // those of them that are done, with Unordered
	fed     int                      // inputs so far
	waiting int                      // inputs that were not yielded
	delayed map[*time.Timer]struct{} // of inputs that wait for their next attempt
	active  int                      // pieces that workers have
	size    int                      // of packets
	held    bool                     // the sequence is held back
	fedAll  bool                     // the sequence is over
	stopped bool                     // no more calls
	aborted error
}

// packet is a few inputs and what became of them.
type packet[T, U any] struct {
	first    int // number of its first input
	looks    int // of workers, before it was full
	inputs   []T
	results  []outcome[U]
	left     int         // inputs that are not done
	attempts map[int]int // of inputs that failed once
	taken    bool
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

func newStream[T, U any](ctx context.Context, at site, inputs iter.Seq2[T, error], f func(context.Context, T) (U, error), opts []MapOption) (*stream[T, U], error) {
	s := &stream[T, U]{site: at, parent: ctx, inputs: inputs, came: make(chan struct{}, 1), abandoned: make(chan struct{}), size: 1}
	s.changed = sync.NewCond(&s.mu)
	for _, o := range opts {
		if o != nil {
			o.settleMap(&s.options)
		}
	}
	var err error
	s.crew, err = s.options.settled()
	switch {
	case err != nil:
	case ctx == nil:
		err = errNilContext
	case f == nil:
		err = errNilFunction
	case inputs == nil:
		err = errors.New("the sequence is nil")
	}
	if err != nil {
		return nil, s.mistake(err)
	}
	s.call = prepared(&s.options, s.crew, f)
	return s, nil
}

func (s *stream[T, U]) mistake(err error) error {
	return mistake("MapSeq", s.site, err)
}

// run yields the results. An error is one that is to be yielded last.
func (s *stream[T, U]) run(yield func(U, error) bool) (err error) {
	if err := s.crew.enter(s.parent); err != nil {
		return s.mistake(err)
	}
	defer s.crew.leave()
	if s.parent.Err() != nil {
		return context.Cause(s.parent)
	}
	if s.memory, err = s.options.admit(s.parent); err != nil && s.parent.Err() != nil {
		return err
	} else if err != nil {
		return s.mistake(err)
	}
	defer s.memory.close()
	s.ctx, s.cancel = context.WithCancel(s.parent)
	s.origin = s.crew.add(s, s.crew.originFor(s.parent))
	feeding := make(chan struct{})
	go func() {
		defer close(feeding)
		s.feed()
	}()
	defer s.end(feeding)
	for {
		p, err := s.next()
		if p == nil {
			return err
		}
		for _, o := range p.results {
			if o.err != nil && !o.given && isSkip(o.err) {
				continue
			}
			if !yield(o.value, o.err) || o.err != nil && !s.options.all {
				return nil
			}
		}
		s.yielded(p)
	}
}

// end stops the calls and waits for what runs.
func (s *stream[T, U]) end(feeding <-chan struct{}) {
	s.stop(nil)
	waitFor(s.parent, func() {
		enough := time.NewTimer(patience)
		defer enough.Stop()
		select {
		case <-feeding:
		case <-s.parent.Done():
		case <-s.abandoned:
		case <-enough.C:
		}
		for s.busy() {
			<-s.came
		}
	})
	s.crew.remove(s, s.origin)
}

func (s *stream[T, U]) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active > 0
}

// stop keeps calls from being made and ends the contexts of those that run.
func (s *stream[T, U]) stop(err error) {
	s.mu.Lock()
	s.stopped = true
	if s.aborted == nil && err != nil {
		s.aborted = err
		close(s.abandoned)
	}
	delayed := s.delayed
	s.delayed = nil
	s.mu.Unlock()
	for timer := range delayed {
		timer.Stop()
	}
	s.cancel()
	s.changed.Broadcast()
	s.tell()
}

func (s *stream[T, U]) abort(err error) { s.stop(err) }

// tell makes the loop that takes results look again.
func (s *stream[T, U]) tell() {
	select {
	case s.came <- struct{}{}:
	default:
	}
}

// next is the next packet whose results are there; nil at the end, or with the
// error that ends the stream.
func (s *stream[T, U]) next() (*packet[T, U], error) {
	for {
		if s.parent.Err() != nil {
			return nil, context.Cause(s.parent)
		}
		p, over := s.take()
		if p != nil || over {
			return p, s.reason()
		}
		waitFor(s.parent, func() {
			select {
			case <-s.came:
			case <-s.parent.Done():
			}
		})
	}
}

func (s *stream[T, U]) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aborted != nil {
		return s.mistake(s.aborted)
	}
	return nil
}

func (s *stream[T, U]) take() (p *packet[T, U], over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.aborted != nil:
		return nil, true
	case s.options.fast && len(s.done) > 0:
		p = s.done[0]
		s.done = s.done[1:]
		s.order = slices.DeleteFunc(s.order, func(other *packet[T, U]) bool { return other == p })
	case !s.options.fast && len(s.order) > 0 && s.order[0].taken && s.order[0].left == 0:
		p = s.order[0]
		s.order = s.order[1:]
	}
	return p, s.fedAll && len(s.order) == 0 && p == nil
}

// yielded makes room for more inputs.
func (s *stream[T, U]) yielded(p *packet[T, U]) {
	s.mu.Lock()
	s.waiting -= len(p.inputs)
	s.mu.Unlock()
	s.changed.Broadcast()
}

// window is how many inputs may be under way.
func (s *stream[T, U]) windowLocked() int {
	if s.options.window > 0 {
		return s.options.window
	}
	return ahead * s.crew.size * s.size
}

// feed runs the sequence. Its errors take the place of inputs.
func (s *stream[T, U]) feed() {
	returned := false
	defer func() {
		if !returned {
			s.put(*new(T), ended(recover()))
		}
		s.mu.Lock()
		s.fedAll = true
		s.mu.Unlock()
		s.crew.push()
		s.tell()
	}()
	for v, err := range s.inputs {
		if !s.put(v, err) || err != nil && !s.options.all {
			break
		}
	}
	returned = true
}

// put adds an input, once there is room, and reports whether there may be more.
func (s *stream[T, U]) put(v T, err error) bool {
	s.mu.Lock()
	for s.waiting >= s.windowLocked() && !s.stopped {
		if s.held = true; s.open != nil { // it will not be filled
			s.mu.Unlock()
			s.crew.push()
			s.mu.Lock()
		}
		if s.waiting >= s.windowLocked() && !s.stopped {
			s.changed.Wait()
		}
	}
	s.held = false
	if s.stopped {
		s.mu.Unlock()
		return false
	}
	p := s.open
	fresh := p == nil
	if fresh {
		p = &packet[T, U]{first: s.fed}
		s.order = append(s.order, p)
		s.open = p
	}
	p.inputs = append(p.inputs, v)
	o := outcome[U]{given: err != nil}
	if o.given {
		o.err = s.mistake(fmt.Errorf("the sequence, at input %d: %w", s.fed, err))
	}
	p.results = append(p.results, o)
	s.fed++
	s.waiting++
	full := len(p.inputs) >= s.size || err != nil
	if full {
		s.sealLocked()
	}
	s.mu.Unlock()
	if fresh || full {
		s.crew.push()
	}
	return true
}

// sealLocked makes the open packet something to do.
func (s *stream[T, U]) sealLocked() {
	p := s.open
	s.open = nil
	p.left = len(p.inputs)
	p.taken = true
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
	p.begun, p.first, p.look = nanotime(), p.at, p.at+1
	returned := false
	defer func() {
		var err error
		if !returned {
			err = ended(recover())
		}
		memory.free()
		s.finish(p, err)
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
			s.abort(err)
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
	if took > int64(yieldTime) {
		runtime.Gosched()
	}
}
