package progress

import (
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"gabion/scheduler"
)

// Counter is a bar for work that is counted. Its methods may be called from
// several goroutines at once, and do nothing on a nil Counter. It is a
// scheduler.Meter, so tasks can be counted by it.
type Counter struct {
	done atomic.Int64
	_    [56]byte // what follows is not on the cache line that every Add writes

	bar   *bar // nil if nothing is shown
	start time.Time
	unit  string
	bytes bool
	used  func() int64
	pace  pace // belongs to the display

	mu    sync.Mutex
	title string
	total int64 // negative if it is unknown
	fixed bool  // the total was given by the option Total
}

var _ scheduler.Meter = (*Counter)(nil)

// Count opens a bar on w. Its last line comes with Close, which has to be called
// for the bar to end.
func Count(w io.Writer, options ...Option) *Counter {
	s := settle(options)
	c := &Counter{start: time.Now(), title: s.title, total: s.total, fixed: s.total >= 0, bytes: s.bytes, used: s.used}
	if s.unit != "" {
		c.unit = " " + s.unit
	}
	c.pace.at = c.start
	c.bar = open(w, c, s)
	return c
}

// Add counts that n more are finished. Numbers below 1 count nothing.
func (c *Counter) Add(n int) {
	if c != nil && n > 0 {
		c.done.Add(int64(n))
	}
}

// Expect says that n more are to come, beside those that were expected already,
// or beside those that are done if no total was known. Numbers below 1 change
// nothing, and neither does any where the option Total has said how many there
// are.
func (c *Counter) Expect(n int) {
	if c == nil || n <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed {
		return
	}
	before := c.total
	if before < 0 {
		before = c.count()
	}
	if c.total = before + int64(n); c.total < before {
		c.total = math.MaxInt64
	}
}

// Title says what the work is from now on.
func (c *Counter) Title(text string) {
	if c == nil {
		return
	}
	text = printable(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.title = text
}

// Done is how many are finished.
func (c *Counter) Done() int {
	if c == nil {
		return 0
	}
	return int(min(c.count(), math.MaxInt))
}

// Close writes the last line, or takes the line away with Leave(false). Calls
// after the first change nothing, and neither does what is counted later.
func (c *Counter) Close() {
	if c != nil {
		c.bar.close()
	}
}

// count is what is done, at most what an int64 holds.
func (c *Counter) count() int64 {
	if n := c.done.Load(); n >= 0 {
		return n
	}
	return math.MaxInt64
}

func (c *Counter) state() (done, total int64, title string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count(), c.total, c.title
}

func (c *Counter) line(now time.Time, _ bool) (line, bool) {
	done, total, title := c.state()
	rate := c.pace.rate(now, float64(done))
	l := line{part: -1, title: title, rest: c.amount(done)}
	if total < 0 {
		l.rest += " in " + duration(now.Sub(c.start)) + c.perSecond(rate)
	} else {
		l.part = float64(done) / float64(max(total, 1))
		l.rest = c.of(done, total) + c.perSecond(rate) + timeLeft(float64(total-done), rate)
	}
	if c.used != nil {
		l.rest += "  memory " + size(c.used())
	}
	return l, true
}

func (c *Counter) last(elapsed time.Duration) line {
	done, total, title := c.state()
	l := line{part: -1, over: true, title: title, rest: c.amount(done)}
	if total >= 0 {
		l.part = float64(done) / float64(max(total, 1))
		l.whole = done >= total
		if done != total {
			l.rest = c.of(done, total)
		}
	}
	l.rest += " in " + duration(elapsed)
	if elapsed > 0 {
		l.rest += c.perSecond(float64(done) / elapsed.Seconds())
	}
	return l
}

func (c *Counter) amount(n int64) string {
	if c.bytes {
		return size(n)
	}
	return grouped(n) + c.unit
}

func (c *Counter) of(n, whole int64) string {
	if c.bytes {
		return of(n, whole)
	}
	return grouped(n) + " of " + grouped(whole) + c.unit
}

// perSecond is a rate, or how long one takes if that is more than a second.
func (c *Counter) perSecond(rate float64) string {
	switch {
	case rate <= 0:
		return ""
	case c.bytes:
		return "  " + bytesPerSecond(rate)
	case rate < 0.995:
		return "  " + seconds(1/rate) + " each"
	case rate < 99.95:
		return "  " + tenths(rate) + "/s"
	}
	return "  " + grouped(whole(rate)) + "/s"
}
