package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), config{from: 15, to: 20}, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 7)
	require.ElementsMatch(t, []string{
		"fib(20) = 6765", "fib(19) = 4181", "fib(18) = 2584", "fib(17) = 1597", "fib(16) = 987", "fib(15) = 610",
	}, lines[:6])
	require.Regexp(t, `^serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+$`, lines[6])

	for _, wrong := range []config{{from: -1, to: 3}, {from: 4, to: 3}, {from: 0, to: 93}} {
		require.ErrorContains(t, run(context.Background(), wrong, &out), "0 to 92")
	}
}
