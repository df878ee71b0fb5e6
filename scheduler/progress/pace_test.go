package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// steady grows a number at a rate, looking at it every so often.
func steady(p *pace, from time.Time, value, rate float64, every time.Duration, looks int) (time.Time, float64, float64) {
	shown := 0.0
	for range looks {
		from = from.Add(every)
		value += rate * every.Seconds()
		shown = p.rate(from, value)
	}
	return from, value, shown
}

func TestPaceFollowsChanges(t *testing.T) {
	at := time.Unix(1000, 0)
	p := pace{at: at}
	at, value, rate := steady(&p, at, 0, 100, 100*time.Millisecond, 600)
	require.InDelta(t, 100, rate, 1e-6, "at a steady speed")
	at, value, rate = steady(&p, at, value, 10, 100*time.Millisecond, 300)
	require.InDelta(t, 10, rate, 15, "half a minute after it became slower")
	at, value, rate = steady(&p, at, value, 1000, 100*time.Millisecond, 300)
	require.InDelta(t, 1000, rate, 150, "half a minute after it became faster")
	_, _, rate = steady(&p, at, value, 0, time.Second, 60)
	require.Less(t, rate, 150.0, "a minute after it stopped")
	require.Positive(t, rate)
}

// TestPaceOfSlowSteps checks that the rate does not swing between steps that
// take longer than it looks back.
func TestPaceOfSlowSteps(t *testing.T) {
	at := time.Unix(1000, 0)
	p := pace{at: at}
	require.Zero(t, p.rate(at.Add(time.Second), 0))
	for step := range 10 {
		for second := range 60 {
			now := at.Add(time.Duration(60*step+second) * time.Second)
			if rate := p.rate(now, float64(step)); step > 0 {
				require.InDelta(t, 1.0/60, rate, 1e-9, "step %d, second %d", step, second)
			}
		}
	}
}

func TestPaceOfClocksThatGoBack(t *testing.T) {
	at := time.Unix(1000, 0)
	p := pace{at: at}
	require.Zero(t, p.rate(at, 5), "no time has passed")
	require.InDelta(t, 10, p.rate(at.Add(time.Second), 10), 1e-9)
	require.InDelta(t, 10, p.rate(at.Add(-time.Hour), 20), 1e-9)
	require.InDelta(t, 10, p.rate(at.Add(2*time.Second), 20), 1e-9)
}
