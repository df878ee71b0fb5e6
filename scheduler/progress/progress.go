// Package progress shows how far an engine's plans are.
//
//	scheduler.New(scheduler.Options{Events: progress.Bar(os.Stderr)})
//
// On a terminal it keeps one line up to date:
//
//	43 % [############----------------] 1.8 of 4.3 GiB  310.2 MiB/s  8s left  memory 201.0 of 256.0 MiB
//
// Elsewhere, such as in a log, it writes a plain line every few seconds. Each
// plan ends with one line that says 100 %, or how far it came before it failed.
package progress

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"gabion/scheduler"
)

// How often a line is written.
const (
	everyOnTerminal = 100 * time.Millisecond
	everyElsewhere  = 5 * time.Second
)

// Option says what Bar shows.
type Option func(*bar)

// Memory shows the memory in use, in bytes, against the budget. used is called
// several times a second at most.
func Memory(used func() int64) Option { return func(b *bar) { b.used = used } }

// Every sets how often a line is written: 100 ms on a terminal and 5 s
// elsewhere if it is not given.
func Every(d time.Duration) Option { return func(b *bar) { b.every = d } }

// Bar is events that write the progress of plans to w: to a terminal as a line
// that is kept up to date, elsewhere as plain lines. Of plans that run at the
// same time it shows the one that began first; each ends with a line of its own.
//
// There is no goroutine behind it: lines are written as events come, by whoever
// brings them, and no event waits for another's writing.
func Bar(w io.Writer, options ...Option) scheduler.Events {
	width, terminal := terminalWidth(w)
	return newBar(w, width, terminal, time.Now, options).events()
}

// bar is the state behind the events of one engine.
type bar struct {
	w        io.Writer
	width    func() int // of the terminal, in characters
	terminal bool
	now      func() time.Time
	every    time.Duration
	used     func() int64

	start time.Time
	due   atomic.Int64 // when to write next, in nanoseconds since start
	plans sync.Map     // number of a plan to its *run

	mu      sync.Mutex // covers writing and what follows
	running []*run     // in the order in which they began
	drawn   bool       // whether a line that will be replaced is on the terminal
}

// run is how far a plan is. What is done is counted in bytes read and written
// and in blocks computed: half of the whole is the bytes, half the blocks.
type run struct {
	start         time.Time
	bytes, blocks int64 // in all
	budget        int64
	read, written atomic.Int64
	computed      atomic.Int64
	readAll       int64
	writtenAll    int64
	shown         float64 // the last part shown, which never falls
}

func newBar(w io.Writer, width func() int, terminal bool, now func() time.Time, options []Option) *bar {
	b := &bar{w: w, width: width, terminal: terminal, now: now, every: everyElsewhere, start: now()}
	if terminal {
		b.every = everyOnTerminal
	}
	for _, o := range options {
		o(b)
	}
	return b
}

func (b *bar) events() scheduler.Events {
	return scheduler.Events{
		PlanStart: b.planStart,
		PlanEnd:   b.planEnd,
		TaskEnd: func(t scheduler.TaskEnd) {
			b.count(t.Plan, func(r *run) { r.computed.Add(1) })
		},
		Read: func(t scheduler.Transfer) {
			b.count(t.Plan, func(r *run) { r.read.Add(t.Bytes) })
		},
		Write: func(t scheduler.Transfer) {
			b.count(t.Plan, func(r *run) { r.written.Add(t.Bytes) })
		},
	}
}

func (b *bar) planStart(p scheduler.PlanStart) {
	e := p.Explanation
	r := &run{start: b.now(), bytes: e.BytesRead + e.Written, blocks: int64(e.Tasks), budget: e.Budget,
		readAll: e.BytesRead, writtenAll: e.Written}
	b.plans.Store(p.Plan, r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.running) == 0 { // a plan that is over at once shows its last line alone
		b.due.Store(int64(r.start.Sub(b.start) + b.every))
	}
	b.running = append(b.running, r)
}

func (b *bar) planEnd(p scheduler.PlanEnd) {
	v, ok := b.plans.LoadAndDelete(p.Plan)
	if !ok {
		return
	}
	ended := v.(*run)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, r := range b.running {
		if r == ended {
			b.running = append(b.running[:i:i], b.running[i+1:]...)
			break
		}
	}
	b.write(b.lastLine(ended, p.Err), true)
}

// count adds to what a plan has done, and writes a line if one is due.
func (b *bar) count(plan int64, add func(*run)) {
	v, ok := b.plans.Load(plan)
	if !ok {
		return
	}
	add(v.(*run))
	now := int64(b.now().Sub(b.start))
	due := b.due.Load()
	if now < due || !b.due.CompareAndSwap(due, now+int64(b.every)) || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	if len(b.running) > 0 {
		b.write(b.line(b.running[0]), false)
	}
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

// line is the state of a plan that runs. It never says 100 %: that is for the
// last line.
func (b *bar) line(r *run) string {
	r.shown = max(r.shown, r.part())
	elapsed := b.now().Sub(r.start)
	left := ""
	if r.shown > 0 && elapsed > 0 {
		left = "  " + duration(time.Duration(float64(elapsed)*(1-r.shown)/r.shown)) + " left"
	}
	percent := min(99, int(100*r.shown))
	text := fmt.Sprintf("%d %%  ", percent)
	if b.terminal {
		text = fmt.Sprintf("%3d %% %s ", percent, drawing(r.shown))
	}
	text += amounts(r, elapsed) + left + b.memory(r)
	if others := len(b.running) - 1; others > 0 {
		text += fmt.Sprintf("  and %d more", others)
	}
	return text
}

func (b *bar) lastLine(r *run, err error) string {
	elapsed := b.now().Sub(r.start)
	if err != nil {
		return fmt.Sprintf("stopped at %d %% after %s", min(99, int(100*max(r.shown, r.part()))), duration(elapsed))
	}
	if r.bytes == 0 {
		return fmt.Sprintf("100 %%  %d blocks in %s", r.blocks, duration(elapsed))
	}
	return fmt.Sprintf("100 %%  %s in %s%s", size(r.bytes), duration(elapsed), rate(r.bytes, elapsed))
}

// amounts is what is done and how fast: bytes, or blocks where none are read
// or written.
func amounts(r *run, elapsed time.Duration) string {
	if r.bytes == 0 {
		return fmt.Sprintf("%d of %d blocks", min(r.computed.Load(), r.blocks), r.blocks)
	}
	return of(r.done(), r.bytes) + rate(r.done(), elapsed)
}

func rate(bytes int64, elapsed time.Duration) string {
	if elapsed <= 0 {
		return ""
	}
	return "  " + size(int64(float64(bytes)/elapsed.Seconds())) + "/s"
}

func (b *bar) memory(r *run) string {
	if b.used == nil {
		return ""
	}
	return "  memory " + of(b.used(), r.budget)
}

// write writes a line: the last one of a plan to stay, another one on a
// terminal to be replaced by the next.
func (b *bar) write(line string, last bool) {
	switch {
	case !b.terminal:
		line += "\n"
	default:
		if width := b.width(); width > 1 && len(line) >= width {
			line = line[:width-1] // a full line would wrap, and could not be replaced
		}
		if b.drawn || !last {
			line = "\r" + line + "\x1b[K"
		}
		if last {
			line += "\n"
		}
		b.drawn = !last
	}
	// There is nobody to tell that progress cannot be shown.
	_, _ = io.WriteString(b.w, line)
}
