package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The counts are those of tr, sort and uniq -c.
func TestMapReduce(t *testing.T) {
	c := config{numbers: 1001, in: "../../LICENSE", copies: 7, piece: 1000, top: 3}
	var out strings.Builder
	require.NoError(t, run(context.Background(), c, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 7)
	require.Regexp(t, `^squares: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[1])
	require.Equal(t, "the sum of 1001 squares is 333833500", lines[2]) // 1000·1001·2001/6
	require.Regexp(t, `^words: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[3])
	require.Equal(t, "700 the", strings.TrimSpace(lines[4]))
	require.Equal(t, "483 or", strings.TrimSpace(lines[5]))
	require.Equal(t, "469 of", strings.TrimSpace(lines[6]))
}

func TestCount(t *testing.T) {
	c := count("One, two; TWO 3 three's Über über!")
	require.Equal(t, counts{"one": 1, "two": 2, "three": 1, "s": 1, "über": 2}, c)
	require.Equal(t, []string{"two", "über", "one"}, c.top(3), "the alphabet decides between equals")
	require.Len(t, c.top(100), 5)
	require.Empty(t, c.top(-1))
}

func TestCutIsNeverWithinAWord(t *testing.T) {
	const text = "ä bb ccc ünïcödé\nwords and\nmore words"
	for size := 1; size <= len(text)+1; size++ {
		pieces := cut(text, size)
		require.Equal(t, text, strings.Join(pieces, ""))
		sum := make(counts)
		for _, piece := range pieces {
			sum = merge(sum, count(piece))
		}
		require.Equal(t, count(text), sum, "size %d", size)
	}
	require.Equal(t, []string{"ä bb", " ccc", " ünïcödé", "\nwords", " and", "\nmore", " words"}, cut(text, 4))
}

func TestNothing(t *testing.T) {
	in := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(in, nil, 0o666))
	var out strings.Builder
	require.NoError(t, run(context.Background(), config{in: in, copies: 1, piece: 10, top: 3}, &out))
	require.Contains(t, out.String(), "the sum of 0 squares is 0")
}

func TestWrongUse(t *testing.T) {
	ctx, out := context.Background(), &strings.Builder{}
	require.ErrorContains(t, run(ctx, config{copies: 1}, out), "-piece 0")
	require.ErrorIs(t, run(ctx, config{in: filepath.Join(t.TempDir(), "none"), copies: 1, piece: 1}, out), os.ErrNotExist)
}
