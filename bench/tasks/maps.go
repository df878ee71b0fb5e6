package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// mapping is a case that maps a function over inputs with every technique.
type mapping[T, U any] struct {
	name, about string
	inputs      []T
	f           func(context.Context, T) (U, error)

	// peers is how many of the inputs the peers get, where all would take
	// too long; 0 is all. Time per call is compared.
	peers int

	// number turns a result into a number, to compare results by.
	number func(U) uint64

	// busy is how long workers were inside of calls; nil if that is not known.
	busy func([]U) time.Duration

	// short calls cannot look at clocks: how long workers were inside of them
	// is what the plain loop of the same round took.
	short bool
}

func (m mapping[T, U]) measure(ctx context.Context, s *session) (Result, error) {
	var contenders []contender
	all, err := plain(ctx, m.inputs, m.f)
	if err != nil {
		return Result{}, err
	}
	for _, t := range techniques[T, U](s.pools) {
		inputs := m.inputs
		if m.peers > 0 && t.name != plainLoop && t.name != gabionMap {
			inputs = inputs[:m.peers]
		}
		expected := digest(all[:len(inputs)], m.number)
		var out []U
		contenders = append(contenders, contender{
			name: t.name, calls: len(inputs),
			run: func(ctx context.Context) (err error) {
				out, err = t.do(ctx, inputs, m.f)
				return err
			},
			after: func() (busy time.Duration, err error) {
				if len(out) != len(inputs) || digest(out, m.number) != expected {
					return 0, errWrong
				}
				if m.busy != nil && t.name != plainLoop && t.name != unbounded {
					busy = m.busy(out)
				}
				out = nil
				return busy, nil
			},
		})
	}
	all = nil
	measured, err := measure(ctx, contenders, s.rounds)
	if err != nil {
		return Result{}, err
	}
	return m.result(measured, s.pools.workers), nil
}

func (m mapping[T, U]) result(measured []series, workers int) Result {
	r := Result{Case: m.name, About: m.about, Columns: []string{speedUp, lead}}
	if m.busy != nil || m.short {
		r.Columns = append(r.Columns, idle)
	}
	loop := measured[slices.IndexFunc(measured, func(s series) bool { return s.name == plainLoop })].perCall()
	gabion := measured[slices.IndexFunc(measured, func(s series) bool { return s.name == gabionMap })].perCall()
	for _, s := range measured {
		row := s.row()
		row.set(speedUp, ratios(loop, s.perCall()))
		row.set(lead, ratios(s.perCall(), gabion))
		switch {
		case !m.short:
			row.set(idle, s.idle(workers))
		case s.name != plainLoop && s.name != unbounded:
			row.set(idle, idleBesides(ratios(loop, s.perCall()), workers))
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func same(v uint64) uint64 { return v }

// tinyCalls are calls of a few nanoseconds.
func tinyCalls(ctx context.Context, s *session) (Result, error) {
	inputs := make([]uint64, s.scaled(10_000_000))
	for i := range inputs {
		inputs[i] = uint64(i)
	}
	return mapping[uint64, uint64]{
		name:   "map/tiny",
		about:  "Calls of a few nanoseconds. Peers get a tenth of the calls. Target: a speed-up of at least 0.95 (1.05 times the plain loop), and at least 5 times faster than the peers.",
		inputs: inputs, f: scramble, peers: s.scaled(1_000_000), number: same,
	}.measure(ctx, s)
}

// microsecondCalls are too short for clocks inside.
func microsecondCalls(ctx context.Context, s *session) (Result, error) {
	n := s.steps(time.Microsecond)
	inputs := slices.Repeat([]uint64{n}, s.scaled(100_000))
	return mapping[uint64, uint64]{
		name:   "map/1us",
		about:  "Calls of a microsecond. Idle is reckoned from the plain loop of the same round. Target: a speed-up of at least 1.9, idle less than 3 %.",
		inputs: inputs, f: steps, number: same, short: true,
	}.measure(ctx, s)
}

// longerCalls make a case of calls that measure their own time.
func longerCalls(name, about string, durations func(s *session) []time.Duration) testCase {
	return testCase{name, func(ctx context.Context, s *session) (Result, error) {
		var inputs []uint64
		for _, d := range durations(s) {
			inputs = append(inputs, s.steps(d))
		}
		return mapping[uint64, timed]{
			name: name, about: about + " Target: a speed-up of at least 1.9, idle less than 3 %.",
			inputs: inputs, f: timedSteps, number: func(r timed) uint64 { return r.value }, busy: timeInCalls,
		}.measure(ctx, s)
	}}
}

func equal(d time.Duration, calls int) func(*session) []time.Duration {
	return func(s *session) []time.Duration { return slices.Repeat([]time.Duration{d}, s.scaled(calls)) }
}

// mixed are durations between 10 us and 1 ms, as many between 10 and 100 us as
// between 100 us and 1 ms, the same in every run.
func mixed(s *session) []time.Duration {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]time.Duration, s.scaled(2000))
	for i := range out {
		out[i] = time.Duration(1e4 * math.Pow(100, rng.Float64()))
	}
	return out
}

// rising are the same with the longest last, where a worker that is left with
// them is waited for.
func rising(s *session) []time.Duration {
	out := mixed(s)
	slices.Sort(out)
	return out
}

// few are mostly short calls, with one in a hundred of 10 ms.
func few(s *session) []time.Duration {
	out := slices.Repeat([]time.Duration{20 * time.Microsecond}, s.scaled(4000))
	for i := 0; i < len(out); i += 100 {
		out[i] = 10 * time.Millisecond
	}
	return out
}
