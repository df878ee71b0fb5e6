package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"
)

// contender is one way to do the work of a case.
type contender struct {
	name  string
	calls int

	// run does the work once; it alone is timed.
	run func(context.Context) error

	// after checks the result, lets go of it, and says how long workers were
	// inside of calls; 0 if that is not known.
	after func() (busy time.Duration, err error)
}

// series is what was measured of a contender, one entry for each round.
type series struct {
	contender
	walls []time.Duration
	busy  []time.Duration
}

// measure runs every contender once to warm up and then once in each round.
// Contenders of a round run right after each other, so that what else the
// machine does hits all of them; each round starts with another one.
func measure(ctx context.Context, contenders []contender, rounds int) ([]series, error) {
	all := make([]series, len(contenders))
	for i, c := range contenders {
		all[i].contender = c
	}
	for round := -1; round < rounds; round++ {
		for k := range all {
			s := &all[(k+max(round, 0))%len(all)]
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			runtime.GC() // what others left is not this one's to collect
			begun := time.Now()
			err := s.run(ctx)
			wall := time.Since(begun)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			busy, err := s.after()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			if round >= 0 {
				s.walls, s.busy = append(s.walls, wall), append(s.busy, busy)
			}
		}
	}
	return all, nil
}

// perCall is the time of each round over the number of calls, in seconds.
func (s series) perCall() []float64 {
	out := make([]float64, len(s.walls))
	for i, w := range s.walls {
		out[i] = w.Seconds() / float64(s.calls)
	}
	return out
}

// idle is the share of their time that workers were not inside of a call; NaN
// if it is not known.
func (s series) idle(workers int) []float64 {
	out := make([]float64, len(s.walls))
	for i, w := range s.walls {
		out[i] = math.NaN()
		if s.busy[i] > 0 {
			out[i] = 1 - s.busy[i].Seconds()/(float64(workers)*w.Seconds())
		}
	}
	return out
}

// idleBesides is the share of their time that workers did something else than the
// calls, which alone would make them as much faster than a loop as they are many.
func idleBesides(speedUps []float64, workers int) []float64 {
	out := make([]float64, len(speedUps))
	for i, s := range speedUps {
		out[i] = 1 - s/float64(workers)
	}
	return out
}

// ratios divides round by round.
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

// median of an even number of values is between the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
