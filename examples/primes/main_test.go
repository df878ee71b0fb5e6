package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrimes(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(context.Background(), config{below: 100_000, step: 999}, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	require.Regexp(t, `^\d+ CPUs? \(.+\)$`, lines[0])
	require.Regexp(t, `^a call a number: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[1])
	require.Regexp(t, `^a call a range: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[2])
	require.Equal(t, "9592 primes below 100000", lines[3])
}

// The number of primes below 10^4 and their sum are A006880 and A046731 of the
// On-Line Encyclopedia of Integer Sequences.
func TestEveryWayFindsThePrimes(t *testing.T) {
	ctx := context.Background()
	numbers, err := byNumber(ctx, 10_000)
	require.NoError(t, err)
	ranges, err := byRange(ctx, 10_000, 77)
	require.NoError(t, err)
	for _, primes := range [][]int{numbers, ranges} {
		require.Len(t, primes, 1229)
		require.Equal(t, []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29}, primes[:10])
		sum := 0
		for _, p := range primes {
			sum += p
		}
		require.Equal(t, 5_736_396, sum)
	}
}

func TestNoPrimes(t *testing.T) {
	for _, below := range []int{0, 1, 2} {
		var out strings.Builder
		require.NoError(t, run(context.Background(), config{below: below, step: 10}, &out))
		require.Contains(t, out.String(), "\n0 primes below ")
	}
}

func TestWrongNumbers(t *testing.T) {
	require.ErrorContains(t, run(context.Background(), config{below: 10}, &strings.Builder{}), "-step 0")
	require.ErrorContains(t, run(context.Background(), config{below: -1, step: 1}, &strings.Builder{}), "-below -1")
}
