package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

func TestPi(t *testing.T) {
	c := config{points: 1_234_567, fewer: 100_000, memory: 64 << 20}
	var out strings.Builder
	require.NoError(t, run(context.Background(), c, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 7)
	for i, way := range map[int]string{1: "Map", 2: "futures", 4: "array"} {
		require.Regexp(t, "^"+way+`: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[i])
	}
	require.Regexp(t, `^100000 points: pi = 3\.1\d+ ± 0\.005193, off by [+-]\d\.\d\d standard deviations$`, lines[3])
	require.Regexp(t, `^large array: [\d.]+ s, 19753072 bytes of random numbers, peak memory of the engine \d+ of 67108864 bytes$`, lines[5])
	require.Contains(t, lines[6], "1234567 points: pi = 3.141477 ± 0.001478") // 4 · 969591 / 1234567
}

// What NumPy counts with Generator(Philox(key=[seed, k])).random(), where k is 0
// for x and 1 for y.
func TestTheArrayHasThePointsOfNumPy(t *testing.T) {
	ctx := context.Background()
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 20})
	require.NoError(t, err)
	defer engine.Close()
	for points, want := range map[int]int64{100_000: 78_526, 1_234_567: 969_591} {
		hits, err := array.Item[int64](ctx, expression(points), array.On(engine))
		require.NoError(t, err)
		require.Equal(t, want, hits)
	}
	require.LessOrEqual(t, engine.PeakInUse(), engine.Memory())
}

func TestEveryTaskCountsTheSamePoints(t *testing.T) {
	ctx := context.Background()
	batches := cut(2_000_001)
	require.Len(t, batches, 3)
	var points int
	var hits int64
	for _, b := range batches {
		points += b.points
		hits += b.hits()
	}
	require.Equal(t, 2_000_001, points)
	require.NotEqual(t, batches[0].hits(), batches[1].hits(), "batches have points of their own")

	got, err := byMap(ctx, batches)
	require.NoError(t, err)
	require.Equal(t, hits, got)
	got, err = byFutures(ctx, batches)
	require.NoError(t, err)
	require.Equal(t, hits, got)
}

func TestWrongEstimatesAreErrors(t *testing.T) {
	var out strings.Builder
	require.NoError(t, estimate(&out, 785_398, 1_000_000))
	require.ErrorContains(t, estimate(&out, 780_000, 1_000_000), "3.12 is not π")
}

func TestWrongNumbers(t *testing.T) {
	ctx, out := context.Background(), &strings.Builder{}
	require.ErrorContains(t, run(ctx, config{points: 1}, out), "-fewer 0")
	require.Error(t, run(ctx, config{points: 1, fewer: 1, memory: -1}, out))
}
