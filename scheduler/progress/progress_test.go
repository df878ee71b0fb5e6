package progress

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/internal/plan"
	"gabion/scheduler"
)

// clock is a time that only the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) forward(d time.Duration) { c.at = c.at.Add(d) }

func start(id, read, written int64, tasks int) scheduler.PlanStart {
	return scheduler.PlanStart{Plan: id, Explanation: plan.Explanation{BytesRead: read, Written: written, Tasks: tasks, Budget: 256 << 20}}
}

const mib = 1 << 20

func TestLines(t *testing.T) {
	var out bytes.Buffer
	c := &clock{at: time.Unix(1000, 0)}
	used := int64(0)
	e := newBar(&out, nil, false, c.now, []Option{Memory(func() int64 { return used })}).events()
	e.PlanStart(start(1, 60*mib, 40*mib, 10))
	for range 10 {
		c.forward(2 * time.Second)
		used += 10 * mib
		e.Read(scheduler.Transfer{Plan: 1, Bytes: 6 * mib})
		e.TaskEnd(scheduler.TaskEnd{Plan: 1})
		e.Write(scheduler.Transfer{Plan: 1, Bytes: 4 * mib})
	}
	e.PlanEnd(scheduler.PlanEnd{Plan: 1})
	require.Equal(t, `23 %  26.0 of 100.0 MiB  4.3 MiB/s  20s left  memory 30.0 of 256.0 MiB
53 %  56.0 of 100.0 MiB  4.7 MiB/s  11s left  memory 60.0 of 256.0 MiB
83 %  86.0 of 100.0 MiB  4.8 MiB/s  3.7s left  memory 90.0 of 256.0 MiB
100 %  100.0 MiB in 20s  5.0 MiB/s
`, out.String())
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\r")
}

func TestTerminal(t *testing.T) {
	var out bytes.Buffer
	c := &clock{at: time.Unix(1000, 0)}
	width := 200
	e := newBar(&out, func() int { return width }, true, c.now, nil).events()
	e.PlanStart(start(7, 0, 40*mib, 4))
	for range 4 {
		c.forward(time.Second)
		e.TaskEnd(scheduler.TaskEnd{Plan: 7})
		e.Write(scheduler.Transfer{Plan: 7, Bytes: 10 * mib})
		width = 30
	}
	e.PlanEnd(scheduler.PlanEnd{Plan: 7})
	require.Equal(t, "\r 12 % [###-------------------------] 0.0 of 40.0 MiB  0 B/s  7.0s left\x1b[K"+
		"\r 37 % [##########------------\x1b[K"+
		"\r 62 % [#################-----\x1b[K"+
		"\r 87 % [######################\x1b[K"+
		"\r100 %  40.0 MiB in 4.0s  10.0\x1b[K\n", out.String())
	for _, line := range strings.Split(out.String(), "\x1b[K")[1:] {
		require.LessOrEqual(t, len(strings.Trim(line, "\r\n")), 29, "a line that fills the terminal would wrap")
	}
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
			var out bytes.Buffer
			clock := &clock{at: time.Unix(1000, 0)}
			e := newBar(&out, nil, false, clock.now, []Option{Every(time.Second)}).events()
			e.PlanStart(start(1, c.read, c.written, c.tasks))
			for range 20 { // more than explained
				clock.forward(time.Second)
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
	}
}

func TestShortPlansShowOneLine(t *testing.T) {
	var out bytes.Buffer
	c := &clock{at: time.Unix(1000, 0)}
	e := newBar(&out, func() int { return 80 }, true, c.now, nil).events()
	e.PlanStart(start(1, 10*mib, 0, 1))
	c.forward(50 * time.Millisecond)
	e.Read(scheduler.Transfer{Plan: 1, Bytes: 10 * mib})
	e.PlanEnd(scheduler.PlanEnd{Plan: 1})
	require.Equal(t, "100 %  10.0 MiB in 0.1s  200.0 MiB/s\n", out.String())
}

func TestFailure(t *testing.T) {
	var out bytes.Buffer
	c := &clock{at: time.Unix(1000, 0)}
	e := newBar(&out, nil, false, c.now, nil).events()
	e.PlanStart(start(1, 100, 0, 2))
	e.Read(scheduler.Transfer{Plan: 1, Bytes: 100})
	e.TaskEnd(scheduler.TaskEnd{Plan: 1})
	e.TaskEnd(scheduler.TaskEnd{Plan: 1})
	c.forward(90 * time.Second)
	e.PlanEnd(scheduler.PlanEnd{Plan: 1, Err: errors.New("a full disk")})
	require.Equal(t, "stopped at 99 % after 1m30s\n", out.String())
}

func TestSeveralPlans(t *testing.T) {
	var out bytes.Buffer
	c := &clock{at: time.Unix(1000, 0)}
	e := newBar(&out, nil, false, c.now, []Option{Every(time.Second)}).events()
	e.PlanStart(start(1, 100, 0, 0))
	e.PlanStart(start(2, 1000, 0, 0))
	c.forward(time.Second)
	e.Read(scheduler.Transfer{Plan: 2, Bytes: 500})
	c.forward(time.Second)
	e.Read(scheduler.Transfer{Plan: 1, Bytes: 50})
	e.PlanEnd(scheduler.PlanEnd{Plan: 1})
	c.forward(time.Second)
	e.Read(scheduler.Transfer{Plan: 2, Bytes: 100})
	e.PlanEnd(scheduler.PlanEnd{Plan: 2})
	require.Equal(t, `0 %  0 of 100 B  0 B/s  and 1 more
50 %  50 of 100 B  25 B/s  2.0s left  and 1 more
100 %  100 B in 2.0s  50 B/s
60 %  600 of 1000 B  200 B/s  2.0s left
100 %  1000 B in 3.0s  333 B/s
`, out.String())
}

// TestManyAtOnce is for the race detector: events come from many goroutines.
func TestManyAtOnce(t *testing.T) {
	var out bytes.Buffer
	e := newBar(&out, nil, false, time.Now, []Option{Every(time.Nanosecond)}).events()
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
	e := Bar(w, Every(time.Nanosecond), Memory(func() int64 { return 5 }))
	e.PlanStart(start(1, 100, 0, 1))
	e.Read(scheduler.Transfer{Plan: 1, Bytes: 50})
	e.PlanEnd(scheduler.PlanEnd{Plan: 1})
	require.NoError(t, w.Close())
	var out bytes.Buffer
	_, err = out.ReadFrom(r)
	require.NoError(t, err)
	require.Contains(t, out.String(), "100 %  100 B in ")
	for _, c := range out.String() {
		require.True(t, c >= ' ' || c == '\n', "%q", out.String())
	}
}

func TestDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0.0s": -time.Second, "0.3s": 300 * time.Millisecond, "10s": 9960 * time.Millisecond, "59s": 59 * time.Second,
		"1m00s": 59600 * time.Millisecond, "3m05s": 185 * time.Second, "2h07m": 127 * time.Minute, "3d04h": 76 * time.Hour,
		"years": 1001 * 24 * time.Hour,
	} {
		require.Equal(t, want, duration(d), fmt.Sprint(d))
	}
}
