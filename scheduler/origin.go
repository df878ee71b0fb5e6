package scheduler

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// origin is what one call from outside of a crew's tasks started, such as a plan
// or a map, with everything that its tasks started in turn. Origins share the
// workers by time: a worker takes its next work from the origin that has used
// least. Within an origin what is nested comes first, the newest of it before
// the rest, so that few tasks wait at once.
type origin struct {
	jobs   atomic.Pointer[[]job] // replaced under the crew's lock; the last comes first
	nested callQueue             // futures that its tasks submitted

	holds  atomic.Int64 // jobs and nested futures that are not over
	listed bool         // among the crew's origins, while holds is not 0; under the crew's lock

	mu sync.Mutex // covers what follows

	// The time used, in nanoseconds since epoch: of what is over, and the
	// number of pieces under way with the sum of the times when they began.
	used, running, begun int64
}

func newOrigin() *origin {
	o := &origin{nested: callQueue{newestFirst: true}}
	o.jobs.Store(&[]job{})
	return o
}

// job is something that workers take work from.
type job interface {
	// work takes a piece of work and does it. It reports whether there was any.
	work(w *worker) bool

	// abort ends the job with an error.
	abort(err error)
}

var epoch = time.Now()

func nanotime() int64 { return int64(time.Since(epoch)) }

// usage is the time that workers have spent on the origin.
func (o *origin) usage(at int64) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.usageLocked(at)
}

func (o *origin) usageLocked(at int64) int64 { return o.used + o.running*at - o.begun }

// raise makes the usage at least to: who was idle, or comes new, has saved
// nothing up.
func (o *origin) raise(to, at int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.used += max(0, to-o.usageLocked(at))
}

// count counts a piece that begins or ends, and the time used.
func (o *origin) count(pieces int64, at, used int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running += pieces
	o.begun += pieces * at
	o.used += used
}

// workOnce finds a piece of work and does it. It reports whether there was any.
func (c *crew) workOnce(w *worker) bool {
	origins := *c.origins.Load()
	switch len(origins) {
	case 0:
		return false
	case 1: // there is nothing to share
		return origins[0].work(w)
	}
	type candidate struct {
		*origin
		usage int64
	}
	at := nanotime()
	var few [8]candidate
	candidates := few[:0]
	for _, o := range origins {
		candidates = append(candidates, candidate{o, o.usage(at)})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.usage, b.usage) })
	for i, o := range candidates {
		if o.workTimed(w, at) {
			return true
		}
		if i+1 < len(candidates) {
			o.raise(candidates[i+1].usage, at)
		}
	}
	return false
}

// workTimed does a piece of work and counts the time.
func (o *origin) workTimed(w *worker, at int64) (did bool) {
	o.count(1, at, 0)
	returned := false
	defer func() {
		end := at
		if did || !returned {
			end = nanotime()
		}
		o.count(-1, at, end-at)
	}()
	did = o.work(w)
	returned = true
	return did
}

func (o *origin) work(w *worker) bool {
	w.origin.Store(o)
	if o.nested.work(w) {
		return true
	}
	jobs := *o.jobs.Load()
	for i := len(jobs) - 1; i >= 0; i-- {
		if jobs[i].work(w) {
			return true
		}
	}
	return false
}

// hold keeps an origin among those that workers look at, until release.
func (c *crew) hold(o *origin) {
	if o.holds.Add(1) > 1 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.listed {
		return
	}
	o.listed = true
	origins := *c.origins.Load()
	if len(origins) > 0 { // it begins with what the others have used
		at := nanotime()
		least := origins[0].usage(at)
		for _, other := range origins[1:] {
			least = min(least, other.usage(at))
		}
		o.raise(least, at)
	}
	origins = append(slices.Clone(origins), o)
	c.origins.Store(&origins)
	c.pushed.Add(1) // another holder's push may have come before
}

func (c *crew) release(o *origin) {
	if o.holds.Add(-1) > 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !o.listed || o.holds.Load() > 0 {
		return
	}
	o.listed = false
	origins := slices.DeleteFunc(slices.Clone(*c.origins.Load()), func(other *origin) bool { return other == o })
	c.origins.Store(&origins)
}

// originFor is the origin of the task whose context ctx is, if that is one of
// the crew's.
func (c *crew) originFor(ctx context.Context) *origin {
	if w, _ := ctx.Value(workerKey{}).(*worker); w != nil && w.crew == c {
		return w.origin.Load()
	}
	return nil
}

// add gives the crew a job, within an origin or, where that is nil, as a new one.
// Workers look for it once they are told by push. If the crew was stopped the job
// is aborted.
func (c *crew) add(j job, within *origin) *origin {
	o := within
	if o == nil {
		o = newOrigin()
	}
	c.mu.Lock()
	jobs := append(slices.Clone(*o.jobs.Load()), j)
	o.jobs.Store(&jobs)
	c.mu.Unlock()
	c.hold(o)
	if err := c.stopped.Load(); err != nil { // perhaps before it was listed
		j.abort(*err)
	}
	return o
}

// remove undoes add.
func (c *crew) remove(j job, o *origin) {
	c.mu.Lock()
	jobs := slices.DeleteFunc(slices.Clone(*o.jobs.Load()), func(other job) bool { return other == j })
	o.jobs.Store(&jobs)
	c.mu.Unlock()
	c.release(o)
}
