package main

import (
	"context"
	"runtime"
	"time"
)

// arithmetic is work that takes a time in proportion to steps, in registers
// only: a generator of xorshift numbers, where each step waits for the one
// before.
//
//go:noinline
func arithmetic(steps uint64) uint64 {
	x := steps | 1
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// calibrate is the number of steps of arithmetic in a microsecond on a
// processor that does nothing else: the fastest of a number of tries.
func calibrate() float64 {
	const steps, tries = 1 << 19, 50
	best := time.Hour
	for range tries {
		begun := time.Now()
		runtime.KeepAlive(arithmetic(steps))
		best = min(best, time.Since(begun))
	}
	return steps / (best.Seconds() * 1e6)
}

// scramble takes a few nanoseconds: the last part of the generator splitmix64.
func scramble(_ context.Context, v uint64) (uint64, error) {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31, nil
}

func steps(_ context.Context, n uint64) (uint64, error) { return arithmetic(n), nil }

// timed is the result of a call that knows how long it took.
type timed struct {
	value uint64
	took  time.Duration
}

// timedSteps reads the clock twice, which takes about 100 ns.
func timedSteps(_ context.Context, n uint64) (timed, error) {
	begun := time.Now()
	value := arithmetic(n)
	return timed{value, time.Since(begun)}, nil
}

func timeInCalls(results []timed) (sum time.Duration) {
	for _, r := range results {
		sum += r.took
	}
	return sum
}

// digest is a number that depends on values and their order.
func digest[U any](results []U, number func(U) uint64) uint64 {
	var d uint64
	for i, r := range results {
		d += uint64(2*i+1) * number(r)
	}
	return d
}
