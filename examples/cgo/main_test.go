//go:build cgo_example && cgo

package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCollatz compares with the first terms of A006577 in the On-Line
// Encyclopedia of Integer Sequences, and with the step count of 837799, the
// largest below a million.
func TestCollatz(t *testing.T) {
	steps := make([]uint32, 11)
	collatz(steps, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 27, 837799})
	require.Equal(t, []uint32{0, 1, 7, 2, 5, 8, 16, 3, 19, 111, 524}, steps)
	collatz(nil, nil)
	require.Panics(t, func() { collatz(nil, []uint64{1}) }, "C would write behind the end")
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), config{n: 10_000, chunk: 333}, &out))
	require.Regexp(t, `^of the numbers to 10000 it is 6171 that takes the most steps to 1: 261
scheduler\.Map:
serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+
array\.MapBlocks:
serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+
a call of a C function that does nothing takes \d+ ns
$`, out.String())

	require.ErrorContains(t, run(context.Background(), config{n: 10, chunk: 0}, &out), "at least one a call")
}
