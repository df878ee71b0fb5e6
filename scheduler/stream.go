package scheduler

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
// waits for something may end after the loop, and what it panics with then is
// lost. When ctx ends, or the pool is stopped, it waits for the calls alone.
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

// patience is how long a loop that is left waits for its sequence to end.
const patience = time.Second

// stream is a MapSeq under way. Inputs are put into packets, which workers take
// as a whole, if need be before they are full.
type stream[T, U any] struct {
	crew    *crew
	origin  *origin
	site    site
	options *taskOptions
	parent  context.Context
	ctx     context.Context // of the calls
	cancel  context.CancelFunc
	memory  *allowance
	task    *call // that waits for the results; nil if it is no future's task
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

func newStream[T, U any](ctx context.Context, at site, inputs iter.Seq2[T, error], f func(context.Context, T) (U, error), opts []MapOption) (*stream[T, U], error) {
	options, crew, err := mapOptions(ctx, opts)
	switch {
	case err != nil:
	case f == nil:
		err = errNilFunction
	case inputs == nil:
		err = errors.New("the sequence is nil")
	}
	if err != nil {
		return nil, mistake("MapSeq", at, err)
	}
	s := &stream[T, U]{crew: crew, site: at, options: options, parent: ctx, inputs: inputs, call: prepared(options, crew, f),
		came: make(chan struct{}, 1), abandoned: make(chan struct{}), size: 1}
	s.changed = sync.NewCond(&s.mu)
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
		return s.mistake(whyEnded(s.parent))
	}
	if s.memory, err = s.options.admit(s.parent); err != nil {
		return s.mistake(err)
	}
	defer s.memory.close()
	s.ctx, s.cancel = context.WithCancel(s.parent)
	s.task = taskOf(s.parent)
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
			return nil, s.mistake(whyEnded(s.parent))
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
	case !s.options.fast && len(s.order) > 0 && s.order[0] != s.open && s.order[0].left == 0:
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
