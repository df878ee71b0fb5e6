package progress

import (
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestKnownTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		bar := count(t, m, Title("crawl"), Total(10_000), Unit("pages"))
		m.shows("")
		for range 43 {
			bar.Add(100)
			pass(322 * time.Millisecond)
		}
		m.shows(" 43 % [############----------------] crawl  4,300 of 10,000 pages  313/s  18s left")
		bar.Add(5700)
		pass(time.Second)
		require.NotContains(t, m.raw.String(), "100 %", "an open bar may still have something to do")
		m.shows(" 99 % [############################] crawl  10,000 of 10,000 pages  925/s")
		bar.Close()
		m.shows("100 %  crawl  10,000 pages in 15s  674/s\n")
		require.Equal(t, 1, strings.Count(m.raw.String(), "100 %"))
		require.Zero(t, m.wrapped)
	})
}

func TestUnknownTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		bar := count(t, m, Title("crawl"), Unit("pages"), Memory(func() int64 { return 3 * mib }))
		pass(2 * time.Second)
		m.shows("crawl  0 pages in 2.0s  memory 3.0 MiB")
		bar.Add(1234)
		pass(2 * time.Second)
		m.shows("crawl  1,234 pages in 4.0s  588/s  memory 3.0 MiB")
		bar.Close()
		m.shows("crawl  1,234 pages in 4.0s  309/s\n")
	})
}

// TestPlainLines is a bar in a log: one line every five seconds, and a last one.
func TestPlainLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		bar := count(t, &out, Title("copy"), Total(100*mib), Bytes())
		for range 11 {
			bar.Add(6 * mib)
			pass(time.Second)
		}
		bar.Close()
		require.Equal(t, "30 %  copy  30.0 of 100.0 MiB  6.0 MiB/s  12s left\n"+
			"60 %  copy  60.0 of 100.0 MiB  6.0 MiB/s  6.7s left\n"+
			"66 %  copy  66.0 of 100.0 MiB in 11s  6.0 MiB/s\n", out.String())
	})
}

// TestLastLine is how a bar ends that is closed before anything else is shown.
func TestLastLine(t *testing.T) {
	for want, c := range map[string]struct {
		add     int
		options []Option
	}{
		"100 %  10 in 2.0s  5.0/s\n":               {10, []Option{Total(10)}},
		"50 %  5 of 10 in 2.0s  2.5/s\n":           {5, []Option{Total(10)}},
		"100 %  12 of 10 in 2.0s  6.0/s\n":         {12, []Option{Total(10)}},
		"100 %  0 in 2.0s\n":                       {0, []Option{Total(0)}},
		"0 %  0 of 10 in 2.0s\n":                   {0, []Option{Total(10), nil}},
		"99 %  9,999 of 10,000 in 2.0s  5,000/s\n": {9999, []Option{Total(10_000)}},
		"1 steps in 2.0s  2.0s each\n":             {1, []Option{Total(-5), Unit("steps")}},
		"x  3 in 2.0s  1.5/s\n":                    {3, []Option{Title(" x\r\n")}},
		"2.0 KiB in 2.0s  1.0 KiB/s\n":             {2048, []Option{Unit("steps"), Bytes()}},
		"1,234,567 in 2.0s  617,284/s\n":           {1234567, []Option{Bytes(), Unit("")}},
		"":                                         {3, []Option{Leave(false)}},
		"100 %  9,223,372,036,854,775,807 in 2.0s  4,611,686,018,427,387,904/s\n": {math.MaxInt, []Option{Total(math.MaxInt)}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out output
			bar := count(t, &out, c.options...)
			pass(2 * time.Second)
			bar.Add(c.add)
			bar.Close()
			require.Equal(t, want, out.String())
		})
	}
}

func TestExpect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		bar := count(t, m)
		bar.Expect(0)
		bar.Expect(-3)
		pass(950 * time.Millisecond)
		bar.Add(2)
		pass(50 * time.Millisecond)
		m.shows("2 in 1.0s  2.0/s")
		bar.Expect(6) // beside the two that nobody had announced
		pass(time.Second)
		m.shows(" 25 % [#######---------------------] 2 of 8  2.0/s  3.0s left")
		bar.Expect(2)
		bar.Title("more")
		pass(time.Second)
		m.shows(" 20 % [#####-----------------------] more  2 of 10  1.3/s  6.1s left")
		bar.Expect(math.MaxInt)
		pass(time.Second)
		m.shows("  0 % [----------------------------] more  2 of 9,223,372,036,854,775,807  1.0s each  years left")
		bar.Close()
	})
}

// TestTotalIsFinal: a map on a bar whose total was given does not count twice.
func TestTotalIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		bar := count(t, m, Total(10))
		bar.Expect(10)
		bar.Add(5)
		pass(time.Second)
		require.Contains(t, m.text(), " 50 % [##############--------------] 5 of 10  ")
		bar.Close()
	})
}

// TestBeyondTheTotal checks that more than was expected shows as that, and
// never as more than 100 %.
func TestBeyondTheTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		bar := count(t, m, Total(10))
		pass(950 * time.Millisecond)
		bar.Add(1000)
		pass(50 * time.Millisecond)
		m.shows(" 99 % [############################] 1,000 of 10  1,000/s")
		bar.Add(math.MaxInt)
		pass(time.Second)
		require.Equal(t, math.MaxInt, bar.Done(), "it stays at the greatest number")
		bar.Close()
		require.Contains(t, m.text(), "100 %  9,223,372,036,854,775,807 of 10 in 2.0s")
	})
}

func TestMisuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var none *Counter
		for _, bar := range []*Counter{none, new(Counter), Count(nil), Count(io.Discard, nil), Count((*monitor)(nil), Off(true))} {
			bar.Expect(5)
			bar.Title("a")
			bar.Add(3)
			bar.Add(-2)
			bar.Close()
			bar.Close()
			if bar != nil {
				require.Equal(t, 3, bar.Done(), "counted all the same")
			}
		}
		require.Zero(t, none.Done())

		m := newMonitor(t, 80, 24)
		bar := count(t, m, Total(3))
		bar.Add(-1)
		bar.Add(3)
		bar.Close()
		bar.Close()
		bar.Add(1)
		bar.Expect(1)
		bar.Title("late")
		pass(time.Minute)
		m.shows("100 %  3 in 0.0s\n")
		require.Equal(t, 4, bar.Done())
	})
}

// TestUnseen checks that bars which nobody is to see write nothing.
func TestUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		m := newMonitor(t, 80, 24)
		for _, bar := range []*Counter{Count(&out, Quiet()), Count(&out, Off(true)), Count(m, Off(true))} {
			pass(time.Minute)
			bar.Close()
		}
		require.Empty(t, out.String())
		m.shows("")

		shown := []*Counter{Count(m, Quiet()), Count(&out, Off(false))}
		for _, bar := range shown {
			bar.Close()
		}
		require.Equal(t, "0 in 0.0s\n", out.String())
		m.shows("0 in 0.0s\n")
	})
}

func TestEvery(t *testing.T) {
	for _, c := range []struct {
		every  time.Duration
		writes int
	}{{0, 10}, {-time.Second, 10}, {time.Nanosecond, 100}, {250 * time.Millisecond, 4}, {time.Hour, 0}} {
		synctest.Test(t, func(t *testing.T) {
			m := newMonitor(t, 80, 24)
			bar := count(t, m, Total(1000), Every(c.every))
			for range 100 {
				pass(10 * time.Millisecond)
				bar.Add(1)
			}
			require.Equal(t, c.writes, m.writes)
			bar.Close()
		})
	}
}

// TestNothingNew checks that what has not changed is not written again.
func TestNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		bar := count(t, m, Total(10))
		pass(time.Minute)
		require.Equal(t, 1, m.writes)
		bar.Close()
	})
}

func TestManyAtOnce(t *testing.T) {
	var out output
	var all sync.WaitGroup
	for range 4 {
		bar := Count(&out, Title("a"), Every(time.Nanosecond))
		for range 4 {
			all.Go(func() {
				for range 250 {
					bar.Expect(1)
					bar.Add(1)
					bar.Title("b")
					_ = bar.Done()
				}
				inner := Count(&out, Title("inner"))
				_, _ = io.WriteString(Above(&out), "a line\n")
				inner.Close()
			})
		}
		all.Go(func() {
			all := 0
			for all < 1000 {
				all = bar.Done()
			}
			bar.Close()
		})
	}
	all.Wait()
	require.Equal(t, 16, strings.Count(out.String(), "a line\n"))
	require.Equal(t, 16, strings.Count(out.String(), "inner  0 in "))
	for line := range strings.Lines(out.String()) {
		require.Regexp(t, `^(a line|inner  0 in .*s|([0-9]+ %  )?[ab]  [0-9,]+ .*)\n$`, line, "lines are whole")
	}
}

func BenchmarkAdd(b *testing.B) {
	bar := Count(&output{}, Total(b.N))
	defer bar.Close()
	for b.Loop() {
		bar.Add(1)
	}
}
