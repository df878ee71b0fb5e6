package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCountdown(t *testing.T) {
	// The exclusive or of 1 … n is n, 1, n+1, 0 where n is 0, 1, 2, 3 modulo 4.
	require.Equal(t, []int{0, 1, 3, 0, 4}, []int{countdown(0), countdown(1), countdown(2), countdown(3), countdown(4)})
	require.Equal(t, 10_000, countdown(10_000))
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), config{countdowns: 5, from: 1000}, &out))
	require.Regexp(t, `^5 countdowns from 1000\nserial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+\n$`, out.String())

	require.ErrorContains(t, run(context.Background(), config{countdowns: 0, from: 1}, &out), "positive")
}
