// Package progress shows how far work is: loops, tasks of several goroutines,
// and an engine's plans.
//
// A loop over a slice, or over a sequence of unknown length:
//
//	for i, page := range progress.Each(os.Stderr, pages, progress.Unit("pages")) { ... }
//	for line := range progress.Seq(os.Stderr, lines) { ... }
//
// Work that is counted by hand, from any number of goroutines:
//
//	bar := progress.Count(os.Stderr, progress.Title("download"), progress.Total(size), progress.Bytes())
//	defer bar.Close()
//	bar.Add(n)
//
// Plans of an engine:
//
//	scheduler.New(scheduler.Options{Events: progress.Bar(os.Stderr)})
//
// # What is shown
//
// On a terminal a bar keeps one line up to date:
//
//	43 % [############----------------] crawl  4,300 of 10,000 pages  310/s  18s left
//
// Where nobody knows how much is to come it shows the count, the time since it
// was opened, and the rate. Bars that are open at the same time on the same
// terminal have a line each, oldest first. A line comes when a bar has been open
// for a tenth of a second. A bar that is closed leaves its last line above those
// that are open, or nothing with Leave(false). No open bar says 100 %: that is
// for the last line of one that is complete.
//
// Elsewhere, such as in a log, a bar writes a plain line every five seconds and
// its last one, without control characters. A program that writes its log to the
// terminal writes it through Above.
//
// # Rate and time left
//
// The rate is that of about the last 15 seconds, or of the last few steps where
// these take longer, and the time left is what is left at that rate; both follow
// changes of speed within half a minute. While nothing is finished the rate
// falls as if the next step came now. Last lines have the average of the whole
// time.
//
// # Cost
//
// Add is one atomic addition: no clock, no lock, no allocation. A loop over a
// million items a second spends about half a percent of its time on its bar
// (BenchmarkEach has a million items). Lines are drawn by one goroutine for each
// writer, which runs while bars are open on it.
//
// A writer that blocks delays Above, and Close by at most two seconds, and nothing
// else: lines that wait come when it goes on. One that fails or panics makes bars
// invisible.
package progress

import (
	"io"
	"time"
)

// How often a line is written.
const (
	everyOnTerminal = 100 * time.Millisecond
	everyElsewhere  = 5 * time.Second
	oftenest        = 10 * time.Millisecond
)

// Option says what a bar shows, and when.
type Option func(*settings)

type settings struct {
	title  string
	total  int64 // negative if it is unknown
	unit   string
	bytes  bool
	every  time.Duration // 0 for what suits the writer
	used   func() int64
	quiet  bool
	off    bool
	passes bool // the last line goes when the bar is closed
}

func settle(options []Option) settings {
	s := settings{total: -1}
	for _, o := range options {
		if o != nil {
			o(&s)
		}
	}
	return s
}

// Title says what the work is. Line breaks and other control characters in it
// become spaces.
func Title(text string) Option { return func(s *settings) { s.title = printable(text) } }

// Total is how much there is to do. Without it, or with a negative number, it is
// unknown until Expect says it. With it Expect adds nothing. Plans know their own.
func Total(n int) Option { return func(s *settings) { s.total = max(-1, int64(n)) } }

// Unit names what is counted, such as "pages". Plans count bytes.
func Unit(name string) Option {
	return func(s *settings) { s.unit, s.bytes = printable(name), false }
}

// Bytes shows what is counted as bytes, in KiB, MiB and so on.
func Bytes() Option { return func(s *settings) { s.unit, s.bytes = "", true } }

// Every sets how often a line is written, from 10 ms on: without it, or with
// nothing positive, every 100 ms on a terminal and every 5 s elsewhere. The
// first line comes after that time.
func Every(d time.Duration) Option {
	return func(s *settings) {
		if s.every = 0; d > 0 {
			s.every = max(d, oftenest)
		}
	}
}

// Memory shows the memory in use, in bytes; for plans, against the budget. used
// is called when a line is drawn.
func Memory(used func() int64) Option { return func(s *settings) { s.used = used } }

// Quiet writes nothing where the writer is no terminal.
func Quiet() Option { return func(s *settings) { s.quiet = true } }

// Off writes nothing at all if it is true. What is done is still counted.
func Off(off bool) Option { return func(s *settings) { s.off = off } }

// Leave says whether the last line stays when the bar is closed, as it does
// without this option. Bars of inner loops are often better gone.
func Leave(stays bool) Option { return func(s *settings) { s.passes = !stays } }

// Terminal is a writer that is a terminal without being a file, such as a
// session of a server, or a console that the program has set up to understand
// escape sequences.
type Terminal interface {
	io.Writer
	TerminalSize() (columns, rows int) // at this moment; 0 if it is unknown
}
