package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// The workloads of bench/peers/tasks.py, with the same definitions. A size of 1
// is the size there; larger ones are for Go alone.

const (
	primesBelow     = 1_000_000
	mandelbrotSide  = 1000
	mandelbrotTimes = 100
	piPoints        = 10_000_000
	piPieces        = 100
	countdownFrom   = 10_000_000
	countdownCalls  = 20
	fibFrom, fibTo  = 25, 31
	fibTimes        = 4
)

const workloadTarget = " Target: a speed-up of at least 1.85."

// workload makes a case of a size of its own.
func workload(name string, size float64, run func(ctx context.Context, s *session, name string, size float64) (Result, error)) testCase {
	return testCase{name, func(ctx context.Context, s *session) (Result, error) { return run(ctx, s, name, size*s.scale) }}
}

func times(n int, size float64) int { return max(1, int(math.Round(float64(n)*size))) }

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func primes(ctx context.Context, s *session, name string, size float64) (Result, error) {
	below := times(primesBelow, size)
	return mapping[int, bool]{
		name: name, about: fmt.Sprintf("Which numbers below %d are primes, by trial division; one call for each.", below) + workloadTarget,
		inputs: upTo(below), f: isPrime,
		number: func(prime bool) uint64 {
			if prime {
				return 1
			}
			return 0
		},
	}.measure(ctx, s)
}

func isPrime(_ context.Context, n int) (bool, error) {
	if n < 2 {
		return false, nil
	}
	if n%2 == 0 {
		return n == 2, nil
	}
	for d := 3; d*d <= n; d += 2 {
		if n%d == 0 {
			return false, nil
		}
	}
	return true, nil
}

func mandelbrot(ctx context.Context, s *session, name string, size float64) (Result, error) {
	side := times(mandelbrotSide, math.Sqrt(size))
	return mapping[int, []int]{
		name: name, about: fmt.Sprintf("The Mandelbrot set, %d x %d points, at most %d iterations; one call for each row.", side, side, mandelbrotTimes) + workloadTarget,
		inputs: upTo(side), f: func(_ context.Context, row int) ([]int, error) { return mandelbrotRow(row, side), nil },
		number: func(row []int) uint64 { return digest(row, func(v int) uint64 { return uint64(v) }) },
	}.measure(ctx, s)
}

// mandelbrotRow is how many iterations each point of a row stays within 2. Real
// parts are from -2 to 0.5, imaginary ones from -1.25 to 1.25. Products are
// rounded as in Python.
func mandelbrotRow(row, side int) []int {
	counts := make([]int, side)
	ci := -1.25 + float64(2.5*float64(row)/float64(side))
	for col := range side {
		cr := -2 + float64(2.5*float64(col)/float64(side))
		zr, zi, n := 0.0, 0.0, 0
		for n < mandelbrotTimes {
			rr, ii := float64(zr*zr), float64(zi*zi)
			if rr+ii > 4 {
				break
			}
			zr, zi = rr-ii+cr, float64(2*zr*zi)+ci
			n++
		}
		counts[col] = n
	}
	return counts
}

func pi(ctx context.Context, s *session, name string, size float64) (Result, error) {
	points := times(piPoints/piPieces, size)
	return mapping[int, int]{
		name: name, about: fmt.Sprintf("Pi from %d random points; %d calls, each with a generator of its own.", points*piPieces, piPieces) + workloadTarget,
		inputs: upTo(piPieces), f: func(_ context.Context, piece int) (int, error) { return pointsInCircle(uint64(piece), points), nil },
		number: func(inside int) uint64 { return uint64(inside) },
	}.measure(ctx, s)
}

func pointsInCircle(seed uint64, points int) int {
	rng := rand.New(rand.NewPCG(seed, 0))
	inside := 0
	for range points {
		x, y := rng.Float64(), rng.Float64()
		if x*x+y*y < 1 {
			inside++
		}
	}
	return inside
}

func countdown(ctx context.Context, s *session, name string, size float64) (Result, error) {
	from := times(countdownFrom, size)
	return mapping[int, int]{
		name: name, about: fmt.Sprintf("%d calls that count from %d down to 0.", countdownCalls, from) + workloadTarget,
		inputs: slices.Repeat([]int{from}, countdownCalls), f: countDown, number: func(v int) uint64 { return uint64(v) },
	}.measure(ctx, s)
}

func countDown(_ context.Context, n int) (int, error) {
	for n > 0 {
		n--
	}
	return n, nil
}

// fib grows the larger numbers with the size; each step is a factor of 1.618.
func fib(ctx context.Context, s *session, name string, size float64) (Result, error) {
	more := int(math.Round(math.Log(size) / math.Log(math.Phi)))
	from, to := max(1, fibFrom+more), max(7, fibTo+more)
	var inputs []int
	for n := to; n >= from; n-- {
		inputs = append(inputs, n)
	}
	inputs = slices.Repeat(inputs, fibTimes)
	return mapping[int, int]{
		name: name, about: fmt.Sprintf("Fibonacci numbers %d down to %d by recursion, %d times in a row: calls of very different lengths.", to, from, fibTimes) + workloadTarget,
		inputs: inputs, f: func(_ context.Context, n int) (int, error) { return fibonacci(n), nil }, number: func(v int) uint64 { return uint64(v) },
	}.measure(ctx, s)
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}
