package progress

import (
	"math"
	"time"
)

// How far back a pace looks.
const (
	lookBack = 15 * time.Second // what is that old counts 1/e
	keepMost = 0.7              // of what came before, at least this counts beside a new step
)

// pace estimates how fast a number grows: the ratio of two sums over the steps
// in which it was seen to grow, of the growth and of the time, where each step
// makes the ones before it count less. So at first it is the average since the
// start, and later that of the last 15 seconds, or of about the last three steps
// where these take longer.
type pace struct {
	at          time.Time // of the last step; of the start before there is one
	value       float64   // at that time
	step        float64   // how much the last step was
	grown, took float64
}

// rate takes a look at the number and is how much it grows in a second, 0 if it
// never did.
func (p *pace) rate(now time.Time, value float64) float64 {
	idle := now.Sub(p.at).Seconds()
	if idle > 0 && value > p.value {
		kept := keep(idle)
		p.step = value - p.value
		p.grown = p.grown*kept + p.step
		p.took = p.took*kept + idle
		p.at, p.value, idle = now, value, 0
	}
	if p.took == 0 {
		return 0
	}
	// It cannot be faster than if another step came now.
	kept := keep(idle)
	return min(p.grown/p.took, (p.grown*kept+p.step)/(p.took*kept+max(0, idle)))
}

func keep(seconds float64) float64 {
	return max(keepMost, math.Exp(-max(0, seconds)/lookBack.Seconds()))
}
