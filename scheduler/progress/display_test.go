package progress

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

func TestNesting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		outer := count(t, m, Title("outer"), Total(2))
		pass(time.Second)
		inner := count(t, m, Title("inner"), Total(4))
		passing := count(t, m, Title("passing"), Total(4), Leave(false))
		e := Bar(m, Title("plan"))
		e.PlanStart(start(1, 100, 0, 0))
		pass(time.Second)
		m.shows("  0 % [----------------------------] outer  0 of 2\n" +
			"  0 % [----------------------------] inner  0 of 4\n" +
			"  0 % [----------------------------] passing  0 of 4\n" +
			"  0 % [----------------------------] plan  0 of 100 B  0 B/s")

		inner.Add(4)
		inner.Close()
		m.shows("100 %  inner  4 in 1.0s  4.0/s\n" +
			"  0 % [----------------------------] outer  0 of 2\n" +
			"  0 % [----------------------------] passing  0 of 4\n" +
			"  0 % [----------------------------] plan  0 of 100 B  0 B/s")

		passing.Close()
		m.shows("100 %  inner  4 in 1.0s  4.0/s\n" +
			"  0 % [----------------------------] outer  0 of 2\n" +
			"  0 % [----------------------------] plan  0 of 100 B  0 B/s")

		e.PlanEnd(scheduler.PlanEnd{Plan: 1})
		outer.Close()
		m.shows("100 %  inner  4 in 1.0s  4.0/s\n" +
			"100 %  plan  100 B in 1.0s  100 B/s\n" +
			"0 %  outer  0 of 2 in 2.0s\n")

		last := count(t, m, Leave(false))
		pass(time.Second)
		m.shows("100 %  inner  4 in 1.0s  4.0/s\n" +
			"100 %  plan  100 B in 1.0s  100 B/s\n" +
			"0 %  outer  0 of 2 in 2.0s\n" +
			"0 in 1.0s")
		last.Close()
		m.shows("100 %  inner  4 in 1.0s  4.0/s\n" +
			"100 %  plan  100 B in 1.0s  100 B/s\n" +
			"0 %  outer  0 of 2 in 2.0s\n")
		require.Zero(t, m.wrapped)
	})
}

// TestShortInnerLoops checks that bars too short to be seen are not drawn.
func TestShortInnerLoops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		for range Each(m, make([]int, 100), Title("outer")) {
			for range Each(m, make([]int, 5), Title("inner"), Leave(false)) {
				pass(time.Millisecond)
			}
		}
		require.NotContains(t, m.raw.String(), "inner")
		m.shows("100 %  outer  100 in 0.5s  200/s\n")
	})
}

// TestMoreBarsThanRows checks that only as many are drawn as can be replaced.
func TestMoreBarsThanRows(t *testing.T) {
	for rows, want := range map[int]string{
		5: "bar 0  0 in 1.0s\nbar 1  0 in 1.0s\nbar 2  0 in 1.0s\nand 4 more",
		2: "bar 0  0 in 1.0s",
		1: "bar 0  0 in 1.0s",
		0: "bar 0  0 in 1.0s\nbar 1  0 in 1.0s\nbar 2  0 in 1.0s\nbar 3  0 in 1.0s\nbar 4  0 in 1.0s\nbar 5  0 in 1.0s\nbar 6  0 in 1.0s",
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newMonitor(t, 80, rows)
			var bars []*Counter
			for i := range 7 {
				bars = append(bars, count(t, m, Title(fmt.Sprint("bar ", i)), Every(time.Second)))
			}
			pass(time.Second)
			m.shows(want)
			for _, bar := range bars {
				bar.Close()
			}
			require.Equal(t, 7, strings.Count(m.text(), "\n"), m.text())
		})
	}
}

func TestAbove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		log := Above(m)
		write := func(text string) {
			n, err := io.WriteString(log, text)
			require.NoError(t, err)
			require.Equal(t, len(text), n)
		}
		write("before")
		write(" all\n")
		m.shows("before all\n")
		a := count(t, m, Title("a"), Every(time.Second))
		b := count(t, m, Title("b"), Every(time.Second))
		write("before it is drawn\n")
		m.shows("before all\nbefore it is drawn\n")
		pass(time.Second)
		const bars = "a  0 in 1.0s\nb  0 in 1.0s"
		m.shows("before all\nbefore it is drawn\n" + bars)
		write("one\ntwo\nthr")
		m.shows("before all\nbefore it is drawn\none\ntwo\n" + bars)
		write("e")
		write("e\n\n")
		m.shows("before all\nbefore it is drawn\none\ntwo\nthree\n\n" + bars)
		write("")
		write("half")
		b.Close()
		a.Close()
		write(" of a line\n")
		m.shows("before all\nbefore it is drawn\none\ntwo\nthree\n\nb  0 in 1.0s\na  0 in 1.0s\nhalf of a line\n")
	})
}

// TestLongLinesAbove checks that a line without an end is not kept forever.
func TestLongLinesAbove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		count(t, &out)
		for range 3 {
			_, err := Above(&out).Write(make([]byte, longest))
			require.NoError(t, err)
		}
		require.Empty(t, out.String())
		log := Above(&out)
		for range 3 {
			_, err := log.Write(make([]byte, longest))
			require.NoError(t, err)
		}
		require.Len(t, out.String(), 2*longest+1)
	})
}

// TestNotTorn checks that lines above, bars that come and go, and drawing at the
// same time leave whole lines on the screen.
func TestNotTorn(t *testing.T) {
	m := newMonitor(t, 60, 10)
	bar := Count(m, Title("outer"), Every(time.Nanosecond))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 50 {
				inner := Count(m, Title("inner"), Total(1), Every(time.Nanosecond), Leave(i%2 == 0))
				_, _ = io.WriteString(Above(m), "a line above\n")
				bar.Add(1)
				inner.Add(1)
				inner.Close()
			}
		})
	}
	all.Wait()
	bar.Close()
	lines := strings.Split(m.text(), "\n")
	count := make(map[string]int)
	for _, line := range lines {
		switch {
		case line == "a line above", line == "":
			count[line]++
		case strings.HasPrefix(line, "100 %  inner  1 in "):
			count["inner"]++
		default:
			require.Regexp(t, "^outer  200 in ", line)
			count["outer"]++
		}
	}
	require.Equal(t, map[string]int{"a line above": 200, "inner": 100, "outer": 1, "": 1}, count)
}

// TestNarrowTerminals checks that no line wraps, whatever the width.
func TestNarrowTerminals(t *testing.T) {
	for columns := range 130 {
		synctest.Test(t, func(t *testing.T) {
			m := newMonitor(t, columns, 24)
			bars := []*Counter{
				count(t, m, Title("名前 of a rather long title"), Total(100), Unit("ページ")),
				count(t, m, Title("e\u0301tude"), Unit("pages")),
				count(t, m, Total(10), Bytes(), Memory(func() int64 { return 5 })),
			}
			for _, bar := range bars {
				bar.Add(7)
			}
			pass(time.Second)
			for _, bar := range bars {
				bar.Close()
			}
			require.Zero(t, m.wrapped, "%d columns: %s", columns, m.text())
			require.Equal(t, 3, strings.Count(m.text(), "\n"))
		})
	}
}

func TestWhatGivesWay(t *testing.T) {
	l := line{part: 0.5, title: "a title of some length", rest: "50 of 100  10/s  5.0s left"}
	for room, want := range map[int]string{
		200: " 50 % [##############--------------] a title of some length  50 of 100  10/s  5.0s left",
		70:  " 50 % [#####------] a title of some length  50 of 100  10/s  5.0s left",
		60:  " 50 % [###---] a title of som...  50 of 100  10/s  5.0s left",
		50:  " 50 % a title o...  50 of 100  10/s  5.0s left",
		20:  " 50 % a title o...  ",
		3:   " 50",
		0:   "",
		-1:  "",
	} {
		require.Equal(t, want, l.within(room), "%d columns", room)
	}
	wide := line{part: -1, title: "日本語の題名です", rest: "5 in 1.0s"}
	require.Equal(t, "日本語の題名です  5 in 1.0s", wide.within(27))
	require.Equal(t, "日本語の題名...  5 in 1.0s", wide.within(26))
}

// TestResizing checks that nothing is left of lines that a terminal wraps when
// it becomes narrower.
func TestResizing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		_, err := Above(m).Write([]byte("a line from before\n"))
		require.NoError(t, err)
		count(t, m, Title("first"), Total(10))
		count(t, m, Title("second"), Total(10))
		pass(time.Second)
		m.narrow(34)
		pass(time.Second)
		m.shows("a line from before\n" +
			"  0 % [----------] first  0 of 10\n" +
			"  0 % [---------] second  0 of 10")
		m.narrow(20)
		_, err = Above(m).Write([]byte("a line\n"))
		require.NoError(t, err)
		m.shows("a line from before\n" +
			"a line\n" +
			"  0 % [----------]\n" +
			"  0 % [---------] s")
		m.narrow(90)
		pass(time.Second)
		m.shows("a line from before\n" +
			"a line\n" +
			"  0 % [----------------------------] first  0 of 10\n" +
			"  0 % [----------------------------] second  0 of 10")
	})
}

func TestTitles(t *testing.T) {
	for title, want := range map[string]string{
		"a\nb\tc":                  "a b c",
		"\x1b[31mred\x1b[0m\r\n":   "[31mred [0m",
		"  a\u00a0b\u2028c\u202ed": "a b c d",
		"caf\xe9":                  "caf\ufffd",
		"👩\u200d🚀 日本語":             "👩\u200d🚀 日本語",
		"\x00\x7f\u0085":           "",
	} {
		require.Equal(t, want, printable(title), "%q", title)
	}
}

// writerFunc is a writer that cannot be compared with others.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// terminalFunc is one that is a terminal.
type terminalFunc func(p []byte) (int, error)

func (f terminalFunc) Write(p []byte) (int, error)       { return f(p) }
func (f terminalFunc) TerminalSize() (columns, rows int) { return 80, 24 }

// TestBadWriters checks that what is wrong with a writer stays there.
func TestBadWriters(t *testing.T) {
	for name, write := range map[string]func(p []byte) (int, error){
		"fails":         func([]byte) (int, error) { return 0, errors.New("a full disk") },
		"writes less":   func([]byte) (int, error) { return 0, nil },
		"panics":        func([]byte) (int, error) { panic("broken") },
		"ends routines": func([]byte) (int, error) { runtime.Goexit(); return 0, nil },
	} {
		for _, w := range []io.Writer{writerFunc(write), terminalFunc(write), &struct{ terminalFunc }{write}} {
			t.Run(fmt.Sprintf("%s, %T", name, w), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					from := time.Now()
					for range 2 {
						outer, inner := Count(w), Count(w)
						pass(10 * time.Second)
						inner.Add(1)
						inner.Close()
						after := Count(w, Leave(false))
						pass(10 * time.Second)
						after.Close()
						outer.Close()
						require.Equal(t, 1, inner.Done())
					}
					require.Equal(t, 40*time.Second, time.Since(from), "nobody waits")
					if key := where(w).key; key != nil {
						displays.Lock()
						defer displays.Unlock()
						require.NotContains(t, displays.of, key)
					}
				})
			})
		}
	}
}

// TestAboveReportsErrors checks that lines are not lost silently, and that a
// panic goes to whoever writes.
func TestAboveReportsErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("a full disk")
		w := &struct{ terminalFunc }{func(p []byte) (int, error) { return 0, full }}
		log := Above(w)
		check := func() {
			_, err := io.WriteString(log, "a line\n")
			require.ErrorIs(t, err, full)
		}
		check()
		bar := Count(w)
		check()
		pass(time.Second)
		check()
		w.terminalFunc = func(p []byte) (int, error) { panic("broken") }
		require.PanicsWithValue(t, "broken", func() { _, _ = log.Write([]byte("a line\n")) })
		pass(time.Second)
		require.PanicsWithValue(t, "broken", func() { _, _ = log.Write([]byte("a line\n")) })
		bar.Close()
		_, err := Above(nil).Write([]byte("a line\n"))
		require.NoError(t, err)
	})
}

// TestBlockedWriter checks that a writer that blocks holds up nothing for long,
// and that the lines come when it goes on.
func TestBlockedWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		open := make(chan struct{})
		w := &struct{ terminalFunc }{func(p []byte) (int, error) {
			<-open
			return out.Write(p)
		}}
		from := time.Now()
		bars := []*Counter{Count(w, Title("a"), Total(1)), Count(w, Title("b")), Count(w, Title("c"))}
		e := Bar(w, Title("plan"))
		e.PlanStart(start(1, 100, 0, 0))
		pass(time.Second)
		for _, bar := range bars {
			bar.Add(1)
			bar.Expect(1)
			bar.Title("after")
			bar.Close()
			require.Equal(t, 1, bar.Done())
		}
		e.PlanEnd(scheduler.PlanEnd{Plan: 1})
		require.Equal(t, time.Second+patience, time.Since(from), "only the first waits")
		close(open)
		synctest.Wait()
		require.Equal(t, 3, strings.Count(out.String(), "after  1 "))
		require.Contains(t, out.String(), "100 %  plan  100 B in 3.0s")

		again := Count(w, Title("again"))
		again.Close()
		require.Contains(t, out.String(), "again  0 in 0.0s\n")
	})
}

// TestWriterThatCallsBack checks that a writer may use the bars it shows.
func TestWriterThatCallsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown atomic.Pointer[Counter]
		w := &struct{ terminalFunc }{}
		w.terminalFunc = func(p []byte) (int, error) {
			bar := shown.Load()
			bar.Add(1)
			bar.Title("b")
			Count(w, Leave(false)).Close()
			bar.Close()
			return len(p), nil
		}
		bar := Count(w)
		shown.Store(bar)
		pass(time.Minute)
		bar.Close()
		require.Positive(t, bar.Done())
	})
}

// TestOneDisplayForEachWriter checks that bars on different writers do not
// mind each other, and that nothing is kept of writers whose bars are closed.
func TestOneDisplayForEachWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newMonitor(t, 80, 24), newMonitor(t, 80, 24)
		f := writerFunc(func(p []byte) (int, error) { return len(p), nil })
		list := struct {
			writerFunc
			odd any
		}{f, []int{1}} // of a type that can be compared, as long as nobody does
		bars := []*Counter{Count(one, Title("a")), Count(two, Title("b")), Count(f), Count(f), Count(list), Count(list)}
		_, err := Above(list).Write(nil)
		require.NoError(t, err)
		pass(time.Second)
		one.shows("a  0 in 1.0s")
		two.shows("b  0 in 1.0s")
		for _, bar := range bars {
			bar.Close()
		}
		displays.Lock()
		defer displays.Unlock()
		require.NotContains(t, displays.of, any(one))
		require.NotContains(t, displays.of, any(two))
	})
}
