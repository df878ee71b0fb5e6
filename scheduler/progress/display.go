package progress

import (
	"io"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"
)

// patience is how long Close waits for a writer.
const patience = 2 * time.Second

// source is what a bar shows. Both are called by the display alone.
type source interface {
	line(now time.Time, terminal bool) (line, bool) // false: none this time
	last(elapsed time.Duration) line
}

// bar is one line of a display.
type bar struct {
	source
	settings
	display *display
	start   time.Time
	gone    chan struct{} // closed when the display is done with the bar

	// The display's mu covers:
	end  time.Time // when it was closed; zero before
	due  time.Time // when to write next
	seen bool      // whether it was shown
}

// display is the bars that are open on one writer. A single goroutine draws
// them; it runs while there are any.
type display struct {
	place
	users int           // the goroutine, and Above at work; displays covers it
	wake  chan struct{} // tells the goroutine that there is something to do

	mu      sync.Mutex // never held while something is written
	bars    []*bar     // open, oldest first
	closing []*bar     // closed, with an end that is not drawn yet
	works   bool       // whether the goroutine runs
	stuck   bool       // whether the writer has blocked for longer than Close waits

	pen    sync.Mutex // held to write; covers what follows
	drawn  []string   // the lines of bars that are on the screen
	across int        // the columns of the screen when they were drawn
	dead   bool       // whether the writer has panicked
	halves []*above   // those that have begun a line
}

// displays are the displays at work, by what tells writers apart.
var displays = struct {
	sync.Mutex
	of map[any]*display
}{of: make(map[any]*display)}

// place is a writer as a place to draw on.
type place struct {
	w    io.Writer
	size func() (columns, rows int) // nil if it is no terminal
	key  any                        // what tells it from others; nil if nothing does
}

func where(w io.Writer) place {
	p := place{w: w}
	switch w := w.(type) {
	case *os.File:
		p.size, p.key = terminal(w)
	case Terminal:
		p.size = w.TerminalSize
	}
	if p.key == nil && reflect.ValueOf(w).Comparable() {
		p.key = w
	}
	return p
}

// use is the display of a place, which is there until it is left.
func (p place) use() *display {
	displays.Lock()
	defer displays.Unlock()
	d := displays.of[p.key]
	if d == nil || p.key == nil {
		d = &display{place: p, wake: make(chan struct{}, 1)}
	}
	if p.key != nil {
		displays.of[p.key] = d
	}
	d.users++
	return d
}

func (d *display) leave() {
	displays.Lock()
	defer displays.Unlock()
	if d.users--; d.users == 0 && displays.of[d.key] == d {
		delete(displays.of, d.key)
	}
}

// open shows a bar on w, unless there is nobody to see it: then it is nil.
func open(w io.Writer, from source, s settings) *bar {
	if s.off || w == nil || w == io.Discard {
		return nil
	}
	p := where(w)
	if s.quiet && p.size == nil {
		return nil
	}
	if s.every == 0 {
		s.every = everyElsewhere
		if p.size != nil {
			s.every = everyOnTerminal
		}
	}
	d := p.use()
	b := &bar{source: from, settings: s, display: d, start: time.Now(), gone: make(chan struct{})}
	b.due = b.start.Add(s.every)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bars = append(d.bars, b)
	if d.works {
		d.leave()
		d.rouse()
		return b
	}
	d.works = true
	go d.work()
	return b
}

// rouse makes the goroutine look at what there is to do.
func (d *display) rouse() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// close ends a bar, and waits until the user has seen it.
func (b *bar) close() {
	if b == nil || !b.finish() {
		return
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-b.gone:
	case <-timeout.C:
		b.display.mu.Lock()
		b.display.stuck = true
		b.display.mu.Unlock()
	}
}

// finish hands a bar that is over to the goroutine. It reports whether there is
// something to wait for.
func (b *bar) finish() bool {
	d := b.display
	d.mu.Lock()
	defer d.mu.Unlock()
	if b.end.IsZero() {
		b.end = time.Now()
		d.bars = slices.DeleteFunc(d.bars, func(other *bar) bool { return other == b })
		if b.passes && !b.seen && len(d.bars) > 0 || !d.works {
			close(b.gone) // nothing on the screen changes
			return false
		}
		d.closing = append(d.closing, b)
		d.rouse()
	}
	return !d.stuck
}

// work draws until no bar is left.
func (d *display) work() {
	ended := false
	defer func() {
		if !ended { // the writer has ended the goroutine
			d.abandon()
		}
	}()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		drawn := d.draw()
		closed, next, more := d.settle(drawn)
		if !more {
			d.flush()
			d.leave()
			ended = true
		}
		for _, b := range closed {
			close(b.gone)
		}
		if !more {
			return
		}
		timer.Reset(time.Until(next))
		select {
		case <-d.wake:
		case <-timer.C:
		}
	}
}

// settle takes the bars off whose end was drawn, and says when to draw next, and
// whether there is anything to draw at all.
func (d *display) settle(drawn int) (closed []*bar, next time.Time, more bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stuck = false
	closed, d.closing = d.closing[:drawn:drawn], d.closing[drawn:]
	next = time.Now().Add(time.Hour)
	for _, b := range d.bars {
		if b.due.Before(next) {
			next = b.due
		}
	}
	d.works = len(d.bars)+len(d.closing) > 0
	return closed, next, d.works
}

// abandon leaves a writer that ends goroutines to itself.
func (d *display) abandon() {
	d.mu.Lock()
	d.works = false
	closed := d.closing
	d.closing = nil
	d.mu.Unlock()
	d.leave()
	for _, b := range closed {
		close(b.gone)
	}
}

// draw writes what is due, and the ends of closed bars, whose number it returns.
func (d *display) draw() (ends int) {
	d.pen.Lock()
	defer d.pen.Unlock()
	now := time.Now()
	open, closed, due := d.look(now)
	d.guard(func() {
		if d.size != nil {
			d.screen(now, open, closed, due)
		} else {
			d.log(now, open, closed)
		}
	})
	return len(closed)
}

// guard calls f, which calls what others have written. What does not come back
// from it is never called again. The pen is held.
func (d *display) guard(f func()) {
	if d.dead {
		return
	}
	d.dead = true
	defer func() { _ = recover() }() // there is nobody to tell that progress cannot be shown
	f()
	d.dead = false
}

// look is the bars to draw: those that were seen or are due, where lines are
// replaced; elsewhere those that are due.
func (d *display) look(at time.Time) (open, closed []*bar, due bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range d.bars {
		now := !at.Before(b.due)
		if now {
			due = true
			b.seen = true
			if b.due = b.due.Add(b.every); b.due.Before(at) { // it was held up
				b.due = at.Add(b.every)
			}
		}
		if now || b.seen && d.size != nil {
			open = append(open, b)
		}
	}
	return open, d.closing, due
}

// log writes lines for what is no terminal.
func (d *display) log(now time.Time, open, closed []*bar) {
	put := func(l line) { _, _ = d.w.Write([]byte(l.plain() + "\n")) }
	for _, b := range closed {
		if !b.passes {
			put(b.last(b.end.Sub(b.start)))
		}
	}
	for _, b := range open {
		if l, ok := b.line(now, false); ok {
			put(l)
		}
	}
}
