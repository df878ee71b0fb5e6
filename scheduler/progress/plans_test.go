package progress

import (
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/internal/plan"
	"gabion/scheduler"
)

func start(id, read, written int64, tasks int) scheduler.PlanStart {
	return scheduler.PlanStart{Plan: id, Explanation: plan.Explanation{BytesRead: read, Written: written, Tasks: tasks, Budget: 256 << 20}}
}

const mib = 1 << 20

func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		used := int64(0)
		e := Bar(&out, Memory(func() int64 { return used }))
		e.PlanStart(start(1, 60*mib, 40*mib, 10))
		for range 10 {
			pass(1900 * time.Millisecond)
			used += 10 * mib
			e.Read(scheduler.Transfer{Plan: 1, Bytes: 6 * mib})
			e.TaskEnd(scheduler.TaskEnd{Plan: 1})
			e.Write(scheduler.Transfer{Plan: 1, Bytes: 4 * mib})
		}
		e.PlanEnd(scheduler.PlanEnd{Plan: 1})
		require.Equal(t, `20 %  20.0 of 100.0 MiB  4.0 MiB/s  20s left  memory 20.0 of 256.0 MiB
50 %  50.0 of 100.0 MiB  5.2 MiB/s  9.7s left  memory 50.0 of 256.0 MiB
70 %  70.0 of 100.0 MiB  4.6 MiB/s  6.5s left  memory 70.0 of 256.0 MiB
100 %  100.0 MiB in 19s  5.3 MiB/s
`, out.String())
	})
}

func TestTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 100, 24)
		e := Bar(m, Title("anomaly"))
		e.PlanStart(start(7, 0, 40*mib, 4))
		for _, want := range []string{
			" 25 % [#######---------------------] anomaly  10.0 of 40.0 MiB  10.0 MiB/s  3.0s left",
			" 50 % [##############--------------] anomaly  20.0 of 40.0 MiB  10.0 MiB/s  2.0s left",
			" 75 % [#####################-------] anomaly  30.0 of 40.0 MiB  10.0 MiB/s  1.0s left",
		} {
			pass(950 * time.Millisecond)
			e.TaskEnd(scheduler.TaskEnd{Plan: 7})
			e.Write(scheduler.Transfer{Plan: 7, Bytes: 10 * mib})
			pass(50 * time.Millisecond)
			m.shows(want)
		}
		pass(time.Second)
		e.PlanEnd(scheduler.PlanEnd{Plan: 7})
		m.shows("100 %  anomaly  40.0 MiB in 4.0s  10.0 MiB/s\n")
	})
}

// TestEndsOnce checks that the part done never falls, whatever the engine does
// beyond what the explanation said, and that 100 % comes once and last.
func TestEndsOnce(t *testing.T) {
	percent := regexp.MustCompile(`(?m)^(\d+) %`)
	for name, c := range map[string]struct {
		read, written int64
		tasks         int
	}{"bytes and blocks": {1000, 500, 8}, "bytes": {1000, 0, 0}, "blocks": {0, 0, 8}, "nothing": {0, 0, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out output
				e := Bar(&out, Every(time.Second))
				e.PlanStart(start(1, c.read, c.written, c.tasks))
				for range 20 { // more than explained
					pass(time.Second)
					e.Read(scheduler.Transfer{Plan: 1, Bytes: 100})
					e.Write(scheduler.Transfer{Plan: 1, Bytes: 50})
					e.TaskEnd(scheduler.TaskEnd{Plan: 1})
				}
				e.PlanEnd(scheduler.PlanEnd{Plan: 1})
				e.PlanEnd(scheduler.PlanEnd{Plan: 1})
				e.Read(scheduler.Transfer{Plan: 1, Bytes: 100})
				last := -1
				lines := percent.FindAllStringSubmatch(out.String(), -1)
				require.Len(t, lines, 21)
				for i, line := range lines {
					p, err := strconv.Atoi(line[1])
					require.NoError(t, err)
					require.GreaterOrEqual(t, p, last)
					require.Equal(t, i == 20, p == 100, "line %d of %s", i, out.String())
					last = p
				}
			})
		})
	}
}

func TestShortPlansShowOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		e := Bar(m)
		e.PlanStart(start(1, 10*mib, 0, 1))
		pass(50 * time.Millisecond)
		e.Read(scheduler.Transfer{Plan: 1, Bytes: 10 * mib})
		e.PlanEnd(scheduler.PlanEnd{Plan: 1})
		require.Equal(t, "100 %  10.0 MiB in 0.1s  200.0 MiB/s\n", m.raw.String())
	})
}

func TestFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		e := Bar(&out, Every(time.Hour))
		e.PlanStart(start(1, 100, 0, 2))
		e.Read(scheduler.Transfer{Plan: 1, Bytes: 100})
		e.TaskEnd(scheduler.TaskEnd{Plan: 1})
		e.TaskEnd(scheduler.TaskEnd{Plan: 1})
		pass(90 * time.Second)
		e.PlanEnd(scheduler.PlanEnd{Plan: 1, Err: errors.New("a full disk")})
		require.Equal(t, "stopped at 99 % after 1m30s\n", out.String())
	})
}

// TestSeveralPlans checks that a log is about one plan at a time, and that on a
// terminal each has its line.
func TestSeveralPlans(t *testing.T) {
	for name, c := range map[string]struct {
		terminal bool
		want     []string
	}{
		"log": {false, []string{
			"0 %  0 of 100 B  0 B/s  and 1 more\n",
			"50 %  50 of 100 B  25 B/s  2.0s left  and 1 more\n100 %  100 B in 2.0s  50 B/s\n",
			"60 %  600 of 1000 B  200 B/s  2.0s left\n100 %  1000 B in 3.0s  333 B/s\n",
		}},
		"terminal": {true, []string{
			"  0 % [----------------------------] 0 of 100 B  0 B/s\n" +
				" 50 % [##############--------------] 500 of 1000 B  500 B/s  1.0s left",
			"100 %  100 B in 2.0s  50 B/s\n" +
				" 50 % [##############--------------] 500 of 1000 B  500 B/s  1.0s left",
			"100 %  100 B in 2.0s  50 B/s\n100 %  1000 B in 3.0s  333 B/s\n",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMonitor(t, 80, 24)
				var out output
				e := Bar(&out, Every(time.Second))
				if c.terminal {
					e = Bar(m, Every(time.Second))
				}
				seen := ""
				shows := func(want string) {
					t.Helper()
					if c.terminal {
						m.shows(want)
						return
					}
					require.Equal(t, want, strings.TrimPrefix(out.String(), seen))
					seen = out.String()
				}
				e.PlanStart(start(1, 100, 0, 0))
				e.PlanStart(start(2, 1000, 0, 0))
				e.Read(scheduler.Transfer{Plan: 2, Bytes: 500})
				pass(time.Second)
				shows(c.want[0])
				e.Read(scheduler.Transfer{Plan: 1, Bytes: 50})
				pass(time.Second)
				e.PlanEnd(scheduler.PlanEnd{Plan: 1})
				shows(c.want[1])
				e.Read(scheduler.Transfer{Plan: 2, Bytes: 100})
				pass(time.Second)
				e.PlanEnd(scheduler.PlanEnd{Plan: 2})
				shows(c.want[2])
			})
		})
	}
}

// TestManyPlansAtOnce is for the race detector: events come from many goroutines.
func TestManyPlansAtOnce(t *testing.T) {
	var out output
	e := Bar(&out, Every(time.Nanosecond))
	var all sync.WaitGroup
	for p := range int64(8) {
		e.PlanStart(start(p, 100_000, 0, 1000))
		for range 4 {
			all.Go(func() {
				for range 250 {
					e.Read(scheduler.Transfer{Plan: p, Bytes: 100})
					e.TaskEnd(scheduler.TaskEnd{Plan: p})
				}
			})
		}
	}
	all.Wait()
	for p := range int64(8) {
		e.PlanEnd(scheduler.PlanEnd{Plan: p})
	}
	require.Equal(t, 8, strings.Count(out.String(), "100 %  97.7 KiB in "))
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		require.Contains(t, line, " %  ", "lines are whole")
	}
}

// TestPipe checks that what is no terminal gets no control characters.
func TestPipe(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	e := Bar(w, Memory(func() int64 { return 5 }))
	e.PlanStart(start(1, 100, 0, 1))
	bar := Count(w, Title("a\x1b[2Jb"), Unit("p\ng"))
	_, err = Above(w).Write([]byte("a log\n"))
	require.NoError(t, err)
	bar.Close()
	e.Read(scheduler.Transfer{Plan: 1, Bytes: 50})
	e.PlanEnd(scheduler.PlanEnd{Plan: 1})
	require.NoError(t, w.Close())
	var out output
	_, err = out.buf.ReadFrom(r)
	require.NoError(t, err)
	require.Regexp(t, `^a log\na \[2Jb  0 p g in 0.0s\n100 %  100 B in .*\n$`, out.String())
	for _, c := range out.String() {
		require.True(t, c >= ' ' || c == '\n', "%q", out.String())
	}
}
