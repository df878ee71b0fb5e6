package progress

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gabion/scheduler"
)

// Bar is events that show the progress of an engine's plans on w, a bar for each
// plan. On a terminal, plans that run at the same time have a line each;
// elsewhere lines are about the one that began first, and say how many more
// there are. Each plan ends with one line that says 100 %, or how far it came
// before it failed.
//
// What is shown as done is half the bytes read and written, half the blocks
// computed, and never falls.
func Bar(w io.Writer, options ...Option) scheduler.Events {
	e := &engine{w: w, settings: settle(options)}
	return scheduler.Events{
		PlanStart: e.planStart,
		PlanEnd:   e.planEnd,
		TaskEnd: func(t scheduler.TaskEnd) {
			if r := e.run(t.Plan); r != nil {
				r.computed.Add(1)
			}
		},
		Read: func(t scheduler.Transfer) {
			if r := e.run(t.Plan); r != nil {
				r.read.Add(t.Bytes)
			}
		},
		Write: func(t scheduler.Transfer) {
			if r := e.run(t.Plan); r != nil {
				r.written.Add(t.Bytes)
			}
		},
	}
}

// engine is the plans of one engine.
type engine struct {
	w io.Writer
	settings
	plans sync.Map // number of a plan to its *run

	mu      sync.Mutex
	running []*run // in the order in which they began
}

// run is how far a plan is.
type run struct {
	engine        *engine
	bar           *bar
	bytes, blocks int64 // in all
	budget        int64
	read, written atomic.Int64
	computed      atomic.Int64
	readAll       int64
	writtenAll    int64
	err           error // why the plan failed

	// These belong to the display:
	shown       float64 // the last part shown, which never falls
	speed, pace pace    // of bytes, and of the part
}

func (e *engine) run(plan int64) *run {
	v, ok := e.plans.Load(plan)
	if !ok {
		return nil
	}
	return v.(*run)
}

func (e *engine) planStart(p scheduler.PlanStart) {
	x := p.Explanation
	r := &run{engine: e, bytes: x.BytesRead + x.Written, blocks: int64(x.Tasks), budget: x.Budget,
		readAll: x.BytesRead, writtenAll: x.Written}
	r.speed.at = time.Now()
	r.pace.at = r.speed.at
	e.mu.Lock()
	e.running = append(e.running, r)
	e.mu.Unlock()
	r.bar = open(e.w, r, e.settings)
	e.plans.Store(p.Plan, r)
}

func (e *engine) planEnd(p scheduler.PlanEnd) {
	v, ok := e.plans.LoadAndDelete(p.Plan)
	if !ok {
		return
	}
	r := v.(*run)
	r.err = p.Err
	e.mu.Lock()
	e.running = slices.DeleteFunc(e.running, func(other *run) bool { return other == r })
	e.mu.Unlock()
	r.bar.close()
}

// others is how many plans run beside r, and whether r is the first of all.
func (e *engine) others(r *run) (n int, first bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.running) - 1, len(e.running) > 0 && e.running[0] == r
}

// part is how much of r is done, from 0 to 1. Work that is done again, which no
// explanation foresees, does not count.
func (r *run) part() float64 {
	var part, weight float64
	if r.bytes > 0 {
		part += float64(r.done()) / float64(r.bytes)
		weight++
	}
	if r.blocks > 0 {
		part += float64(min(r.computed.Load(), r.blocks)) / float64(r.blocks)
		weight++
	}
	if weight == 0 {
		return 0
	}
	return part / weight
}

// done is the bytes read and written.
func (r *run) done() int64 {
	return min(r.read.Load(), r.readAll) + min(r.written.Load(), r.writtenAll)
}

func (r *run) line(now time.Time, terminal bool) (line, bool) {
	others, first := r.engine.others(r)
	if !terminal && !first {
		return line{}, false
	}
	r.shown = max(r.shown, r.part())
	l := line{part: r.shown, title: r.engine.title}
	if r.bytes == 0 {
		l.rest = fmt.Sprintf("%d of %d blocks", min(r.computed.Load(), r.blocks), r.blocks)
	} else {
		done := r.done()
		l.rest = of(done, r.bytes) + "  " + bytesPerSecond(r.speed.rate(now, float64(done)))
	}
	l.rest += timeLeft(1-r.shown, r.pace.rate(now, r.shown))
	if r.engine.used != nil {
		l.rest += "  memory " + of(r.engine.used(), r.budget)
	}
	if !terminal && others > 0 {
		l.rest += fmt.Sprintf("  and %d more", others)
	}
	return l, true
}

func (r *run) last(elapsed time.Duration) line {
	l := line{part: -1, over: true, title: r.engine.title}
	switch {
	case r.err != nil:
		l.rest = fmt.Sprintf("stopped at %d %% after %s", percent(max(r.shown, r.part())), duration(elapsed))
		return l
	case r.bytes == 0:
		l.rest = fmt.Sprintf("%d blocks in %s", r.blocks, duration(elapsed))
	default:
		l.rest = size(r.bytes) + " in " + duration(elapsed)
		if elapsed > 0 {
			l.rest += "  " + bytesPerSecond(float64(r.bytes)/elapsed.Seconds())
		}
	}
	l.part, l.whole = 1, true
	return l
}
