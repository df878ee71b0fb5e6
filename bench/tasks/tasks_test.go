package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEveryCase runs all cases once, small. Each case compares the results of
// every technique with those of the plain loop.
func TestEveryCase(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, run(t.Context(), &out, options{rounds: 2, pattern: "^" + regexp.QuoteMeta(c.name) + "$", scale: 1e-3, json: true}))
			var report struct {
				Machine Machine
				Results []Result
			}
			require.NoError(t, json.Unmarshal(out.Bytes(), &report))
			require.Positive(t, report.Machine.Cores)
			require.Positive(t, report.Machine.StepsPerMicrosecond)
			require.Len(t, report.Results, 1)
			require.Equal(t, c.name, report.Results[0].Case)
			require.GreaterOrEqual(t, len(report.Results[0].Rows), 3)
			for _, row := range report.Results[0].Rows {
				require.Len(t, row.Samples, 2)
				require.Positive(t, row.Calls)
				require.LessOrEqual(t, row.Min, row.Median)
				require.LessOrEqual(t, row.Median, row.Max)
			}
		})
	}
}

func TestTables(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, options{rounds: 1, pattern: "map/1ms|work/pi$", scale: 1e-3}))
	require.Contains(t, out.String(), "### map/1ms")
	require.Contains(t, out.String(), "| technique | calls | median | min | max | per call | speed-up | Gabion is faster by | idle |\n")
	require.Contains(t, out.String(), "### work/pi\n")
	require.Contains(t, out.String(), "not for comparison")
	require.Regexp(t, `\| plain loop \| 1 \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \| 1 \| [^|]+ \| - \|`, out.String())
}

func TestMistakesAreErrors(t *testing.T) {
	good := options{rounds: 1, pattern: "map/1ms", scale: 1e-3}
	for text, change := range map[string]func(*options){
		"-case selects none": func(o *options) { o.pattern = "nothing" },
		"-case: ":            func(o *options) { o.pattern = "(" },
		"-runs is 0":         func(o *options) { o.rounds = 0 },
		"-scale is 0":        func(o *options) { o.scale = 0 },
	} {
		o := good
		change(&o)
		require.ErrorContains(t, run(t.Context(), &bytes.Buffer{}, o), text)
	}
}

// TestWrongResults has a function that gives another result each time.
func TestWrongResults(t *testing.T) {
	p, err := openPools(2)
	require.NoError(t, err)
	defer p.close()
	calls := uint64(0)
	_, err = mapping[uint64, uint64]{
		name: "wrong", inputs: []uint64{1}, number: same,
		f: func(context.Context, uint64) (uint64, error) { calls++; return calls, nil },
	}.measure(t.Context(), &session{rounds: 1, scale: 1, pools: p})
	require.ErrorIs(t, err, errWrong)
}

// TestTechniquesAgree gives all techniques the same inputs, and a function that
// fails.
func TestTechniquesAgree(t *testing.T) {
	p, err := openPools(2)
	require.NoError(t, err)
	defer p.close()
	refused := errors.New("refused")
	for _, w := range techniques[int, int](p) {
		out, err := w.do(t.Context(), upTo(1000), func(_ context.Context, n int) (int, error) { return n * n, nil })
		require.NoError(t, err, w.name)
		require.Len(t, out, 1000, w.name)
		for i, v := range out {
			require.Equal(t, i*i, v, w.name)
		}
		_, err = w.do(t.Context(), upTo(1000), func(_ context.Context, n int) (int, error) {
			if n == 500 {
				return 0, refused
			}
			return n, nil
		})
		require.ErrorIs(t, err, refused, w.name)
	}
}

func TestRounds(t *testing.T) {
	var order []string
	var contenders []contender
	for _, name := range []string{"a", "b", "c"} {
		contenders = append(contenders, contender{
			name: name, calls: 10,
			run:   func(context.Context) error { order = append(order, name); return nil },
			after: func() (time.Duration, error) { return 0, nil },
		})
	}
	all, err := measure(t.Context(), contenders, 3)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "a", "b", "c", "b", "c", "a", "c", "a", "b"}, order)
	for _, s := range all {
		require.Len(t, s.walls, 3)
	}
}

func TestFigures(t *testing.T) {
	require.Equal(t, 2.0, median([]float64{3, 1, 2}))
	require.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	require.Equal(t, []float64{2, 0.5}, ratios([]float64{4, 1}, []float64{2, 2}))
	s := series{walls: []time.Duration{time.Second}, busy: []time.Duration{1500 * time.Millisecond}}
	require.Equal(t, []float64{0.25}, s.idle(2))
	require.Equal(t, []float64{0.25, 0.5}, idleBesides([]float64{1.5, 1}, 2))
	for text, value := range map[string]float64{"1.5 s": 1.5, "2.5 ms": 2.5e-3, "10 us": 1e-5, "3.5 ns": 3.5e-9} {
		require.Equal(t, text, quantity(value, "s"))
	}
	require.Equal(t, "12.5 MB", quantity(12.5e6, "B"))
	require.Equal(t, "96 B", quantity(96, "B"))
}

// TestWorkloads compares with values that are known, and that
// bench/peers/tasks.py gives too.
func TestWorkloads(t *testing.T) {
	count := 0
	for n := range 10_000 {
		if prime, _ := isPrime(t.Context(), n); prime {
			count++
		}
	}
	require.Equal(t, 1229, count)
	require.Equal(t, 6765, fibonacci(20))
	left, err := countDown(t.Context(), 1000)
	require.NoError(t, err)
	require.Zero(t, left)
	require.InDelta(t, 3.14159, 4*float64(pointsInCircle(1, 1_000_000))/1e6, 0.01)

	const side = 100
	sum := 0
	for row := range side {
		for _, n := range mandelbrotRow(row, side) {
			sum += n
		}
	}
	require.Equal(t, 293737, sum)
}
