package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How much work makes a batch, the calls that a worker takes at once. Taking one
// costs a few hundred nanoseconds.
const (
	batchTime = 250 * time.Microsecond // of a batch, once it is known how long calls take
	worthTime = 10 * time.Microsecond  // of what a worker hands to another at least
)

// rangeJob calls a function for each of a range of numbers, those of inputs.
// Workers take batches of them in order. Where calls are so unequal that one
// worker finds nothing while another has much left in its batch, that one hands
// most of it back.
type rangeJob struct {
	crew    *crew
	origin  *origin
	op      string
	site    site
	options *taskOptions
	ctx     context.Context
	done    <-chan struct{} // of ctx
	memory  *allowance      // of Memory
	parent  *call           // that waits for the job; nil if it is no future's task

	each  func(*batch)       // calls the function for the numbers of a batch
	input func(i int) string // an input, shortened

	// signal is not 0 where a worker has to look up from its batch: an input
	// failed, the job was aborted, or somebody has nothing to do.
	signal atomic.Uint32
	limit  atomic.Int64 // inputs from here on are not called

	mu       sync.Mutex // covers what follows
	ranges   []span     // to do
	batches  []*batch   // under way
	workers  map[int]*jobWorker
	delayed  map[int]delay // inputs that wait for their next attempt
	attempts map[int]int   // calls made, of inputs that failed once
	size     int           // calls in the next batch
	perCall  time.Duration // that a call takes; 0 as long as none is known
	failures []*TaskError
	aborted  error
	over     bool
	finished chan struct{}
}

const (
	signalHungry = 1 << iota
	signalStop
)

// delay is the wait for an input's next attempt: what stops it, and the error of
// the last one.
type delay struct {
	stop func()
	err  error
}

// span is inputs from first to last, without last.
type span struct{ first, last int }

// jobWorker is what a worker has for a job.
type jobWorker struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// batch is what a worker took. The loop that calls the function keeps at, the
// number at hand, and returns when at is last or attend says so.
type batch struct {
	job      *rangeJob
	worker   *worker
	ctx      context.Context
	cancel   context.CancelFunc
	memory   *portion // of Memory
	first    int
	retried  int // inputs that are called again
	at, last int
	begun    int64
	look     int // attend does not look before this number whether a part is worth handing back

	combining bool // results, not calling the function
}

// newRangeJob is a job over n inputs.
func newRangeJob(op string, at site, ctx context.Context, n int, opts []MapOption) (*rangeJob, error) {
	options, crew, err := mapOptions(ctx, opts)
	if err != nil {
		return nil, err
	}
	j := &rangeJob{crew: crew, op: op, site: at, options: options, ctx: ctx, done: ctx.Done(), size: 1,
		finished: make(chan struct{}), workers: make(map[int]*jobWorker)}
	j.limit.Store(int64(n))
	if n > 0 {
		j.ranges = append(j.ranges, span{0, n})
	}
	return j, nil
}

// run lets the workers work on the job and returns when it is over. The error is
// that of the first input which failed, of all with AllErrors, or ctx's.
func (j *rangeJob) run() error {
	if err := j.crew.enter(j.ctx); err != nil {
		return j.mistake(err)
	}
	defer j.crew.leave()
	if j.ctx.Err() != nil {
		return j.mistake(whyEnded(j.ctx))
	}
	n := int(j.limit.Load())
	if m := j.options.meter; m != nil {
		if err := protect(func() error { m.Expect(n); return nil }); err != nil {
			return j.mistake(fmt.Errorf("the meter of Progress: %w", err))
		}
	}
	if n == 0 {
		return nil
	}
	memory, err := j.options.admit(j.ctx)
	if err != nil {
		return j.mistake(err)
	}
	defer memory.close()
	j.memory = memory
	j.parent = taskOf(j.ctx)
	j.origin = j.crew.add(j, j.crew.originFor(j.ctx))
	j.crew.pushes(n)
	waitFor(j.ctx, func() {
		select {
		case <-j.finished:
		case <-j.done:
			j.abort(whyEnded(j.ctx))
			<-j.finished
		}
	})
	j.crew.remove(j, j.origin)
	for _, w := range j.workers {
		w.cancel()
	}
	return j.err()
}

func (j *rangeJob) mistake(err error) error { return mistake(j.op, j.site, err) }

// err is what became of the job. Where the context has ended before the end, the
// errors of calls that did not come from that are told too.
func (j *rangeJob) err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	slices.SortFunc(j.failures, func(a, b *TaskError) int { return a.Index - b.Index })
	if j.ctx.Err() != nil && (j.aborted != nil || len(j.failures) > 0) {
		why := whyEnded(j.ctx)
		own := slices.DeleteFunc(j.failures, func(f *TaskError) bool {
			return errors.Is(f, context.Cause(j.ctx)) || errors.Is(f, j.ctx.Err())
		})
		switch {
		case len(own) == 0:
			return j.mistake(why)
		case j.options.all:
			return j.mistake(errors.Join(why, TaskErrors(own)))
		}
		return j.mistake(errors.Join(why, own[0]))
	}
	switch {
	case j.aborted != nil:
		return j.mistake(j.aborted)
	case len(j.failures) == 0:
		return nil
	case j.options.all:
		return TaskErrors(j.failures)
	}
	return j.failures[0]
}

// work takes a batch and calls the function for it.
func (j *rangeJob) work(w *worker) (did bool) {
	b, more := j.take(w)
	if b == nil {
		return false
	}
	did = true
	w.found(more)
	w.parent.Store(j.parent)
	returned := false
	defer func() {
		var err error
		if !returned {
			err = ended(recover())
		}
		w.parent.Store(nil)
		j.end(b, err)
	}()
	err := b.memory.charge()
	if err == nil {
		err = w.prepare(b.ctx)
	}
	if err == nil {
		j.each(b)
	} else {
		b.failed(b.at, err)
		b.at++
	}
	returned = true
	return true
}

// take is the next batch for a worker, and whether there are more; nil if there
// is none now.
func (j *rangeJob) take(w *worker) (b *batch, more bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over || j.aborted != nil || j.ctx.Err() != nil || len(j.batches) == j.options.limit && j.options.limit > 0 {
		return nil, false
	}
	if len(j.ranges) == 0 {
		if len(j.batches) > 0 {
			j.signal.Or(signalHungry)
		}
		return nil, false
	}
	b = &batch{job: j, worker: w}
	var ok bool
	if b.memory, ok = j.memory.portion(); !ok {
		return nil, false // until another batch is over
	}
	next := 0
	for i, r := range j.ranges {
		if r.first < j.ranges[next].first {
			next = i
		}
	}
	r := &j.ranges[next]
	b.first, b.at = r.first, r.first
	b.last = min(r.last, r.first+j.sizeLocked(r.last-r.first))
	if r.first = b.last; r.first == r.last {
		j.ranges = slices.Delete(j.ranges, next, next+1)
	}
	own := j.workers[w.slot]
	if own == nil || own.ctx.Err() != nil {
		ctx, cancel := context.WithCancel(j.ctx)
		own = &jobWorker{&workerContext{ctx, w, j.memory.holder(j.crew)}, cancel}
		if old := j.workers[w.slot]; old != nil {
			old.cancel()
		}
		j.workers[w.slot] = own
	}
	b.ctx, b.cancel = own.ctx, own.cancel
	j.batches = append(j.batches, b)
	b.begun = nanotime()
	return b, len(j.ranges) > 0 && (j.options.limit == 0 || len(j.batches) < j.options.limit)
}

// sizeLocked is how many of the inputs left make a batch: as many as take
// batchTime, fewer near the end.
func (j *rangeJob) sizeLocked(left int) int {
	size := j.size
	if fair := left / (2 * j.crew.size); size > fair {
		size = max(fair, 1)
		if j.perCall > 0 {
			size = max(size, int(worthTime/j.perCall))
		}
	}
	return max(1, min(size, left))
}

// attend is called between two calls when signal is not 0. It reports whether
// the batch goes on with number i.
func (b *batch) attend(i int) bool {
	j := b.job
	signal := j.signal.Load()
	if signal&signalStop != 0 && int64(i) >= j.limit.Load() {
		return false
	}
	if signal&signalHungry == 0 || i < b.look || b.last-i < 2 || i == b.first {
		return true
	}
	elapsed := nanotime() - b.begun
	made := i - b.first
	each := max(1, elapsed/int64(made))
	if each*int64(b.last-i) < int64(2*worthTime) {
		b.look = i + made // so that clocks are read seldom
		return true
	}
	// Of long calls only the next one is kept.
	keep := max(1, min((b.last-i+1)/2, int(int64(worthTime)/each)))
	j.mu.Lock()
	j.ranges = append(j.ranges, span{i + keep, b.last})
	b.last = i + keep
	j.perCall = time.Duration(each)
	j.size = max(1, int(int64(batchTime)/each))
	if j.crew.working.Load() >= int64(j.crew.size) {
		j.signal.And(^uint32(signalHungry))
	}
	j.mu.Unlock()
	j.crew.push()
	return true
}

// stopped reports whether the context of the job has ended.
func (b *batch) stopped() bool {
	select {
	case <-b.job.done:
		return true
	default:
		return false
	}
}

// failed takes note of an error of input i, or has it called again in a while.
func (b *batch) failed(i int, err error) {
	if b.job.again(i, err) {
		b.retried++
		return
	}
	b.job.fail(i, err)
}

// fail takes note of an error of input i.
func (j *rangeJob) fail(i int, err error) {
	failure := &TaskError{Op: j.op, Site: j.site.String(), Index: i, Err: err}
	defer func() { // also where the input's String method ends the goroutine
		j.mu.Lock()
		defer j.mu.Unlock()
		j.failLocked(failure)
	}()
	failure.Input = j.input(i)
}

func (j *rangeJob) failLocked(failure *TaskError) {
	if int64(failure.Index) >= j.limit.Load() && j.aborted == nil {
		return
	}
	failure.Attempts = j.attempts[failure.Index] + 1
	if j.options.all || j.aborted != nil {
		j.failures = append(j.failures, failure)
		return
	}
	// Of several inputs the first counts, whichever failed first: those before
	// it are still called, those behind it are not.
	j.failures = []*TaskError{failure}
	j.limitLocked(failure.Index)
}

// limitLocked ends the job before input i.
func (j *rangeJob) limitLocked(i int) {
	j.limit.Store(int64(i))
	j.signal.Or(signalStop)
	j.ranges = slices.DeleteFunc(j.ranges, func(r span) bool { return r.first >= i })
	for k := range j.ranges {
		j.ranges[k].last = min(j.ranges[k].last, i)
	}
	for _, b := range j.batches {
		if b.last > i { // one that began before i has passed it
			b.cancel()
		}
	}
	for k, d := range j.delayed {
		if k >= i {
			d.stop()
			delete(j.delayed, k)
		}
	}
}

// again has input i called again after a while, if it is worth it.
func (j *rangeJob) again(i int, err error) bool {
	if j.options.retries.Attempts < 2 || j.ctx.Err() != nil {
		return false
	}
	j.mu.Lock()
	made := j.attempts[i] + 1
	j.mu.Unlock()
	wait, again := j.options.retries.again(made, err)
	if !again {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if int64(i) >= j.limit.Load() {
		return false
	}
	if j.attempts == nil {
		j.attempts, j.delayed = make(map[int]int), make(map[int]delay)
	}
	j.attempts[i] = made
	timer := time.AfterFunc(wait, func() { j.resume(i) })
	j.delayed[i] = delay{func() { timer.Stop() }, err}
	return true
}

// resume makes input i, whose time has come, something to do.
func (j *rangeJob) resume(i int) {
	j.mu.Lock()
	_, waits := j.delayed[i]
	if waits {
		delete(j.delayed, i)
		j.ranges = append(j.ranges, span{i, i + 1})
	}
	j.mu.Unlock()
	if waits {
		j.crew.push()
	}
}

// end is what comes after a batch. err is why it ended in the midst of a call;
// such an input is not called again. What users gave is called here, and may end
// the goroutine; the batch is settled all the same.
func (j *rangeJob) end(b *batch, err error) {
	took := time.Duration(nanotime() - b.begun)
	known := false
	defer func() {
		if !known {
			j.abort(ErrGoexit)
		}
		j.settle(b, took)
	}()
	if err != nil {
		if b.combining {
			err = fmt.Errorf("combining results: %w", err)
		}
		b.at = min(b.at, b.last-1) // what combines results comes after the last call
		b.at++
		j.fail(b.at-1, err)
	}
	if m := j.options.meter; m != nil && b.at-b.first > b.retried {
		if err := protect(func() error { m.Add(b.at - b.first - b.retried); return nil }); err != nil {
			j.abort(fmt.Errorf("the meter of Progress: %w", err))
		}
	}
	known = true
}

// settle takes a batch off those under way.
func (j *rangeJob) settle(b *batch, took time.Duration) {
	j.mu.Lock()
	if made := b.at - b.first; made > 0 {
		j.perCall = took / time.Duration(made)
		j.size = int(max(1, min(int64(8*made), int64(batchTime)*int64(made)/max(1, int64(took)))))
	}
	if last := min(b.last, int(j.limit.Load())); b.at < last {
		j.ranges = append(j.ranges, span{b.at, last})
	}
	j.batches = slices.DeleteFunc(j.batches, func(other *batch) bool { return other == b })
	more := len(j.ranges) > 0 && (b.memory != nil || j.options.limit > 0 || b.at < b.last)
	j.mu.Unlock()
	b.memory.free()
	j.check()
	if more {
		j.crew.push()
	}
	b.worker.worked(took)
}

// check sees whether the job is over.
func (j *rangeJob) check() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.over && len(j.batches) == 0 && (j.aborted != nil || len(j.ranges) == 0 && len(j.delayed) == 0) {
		j.over = true
		close(j.finished)
	}
}

// abort ends the job with an error.
func (j *rangeJob) abort(err error) {
	j.mu.Lock()
	if j.aborted == nil && !j.over {
		j.aborted = err
		for i, d := range j.delayed { // what they failed with is told
			j.failures = append(j.failures, &TaskError{Op: j.op, Site: j.site.String(), Index: i, Input: "that is to be tried again",
				Attempts: j.attempts[i], Err: d.err})
		}
		j.limitLocked(0)
	}
	j.mu.Unlock()
	j.check()
}
