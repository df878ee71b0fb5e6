package main

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
)

const n = 50

// random is the matrix that run makes, of n rows and columns.
func random(t *testing.T) (array.Array, []float64) {
	t.Helper()
	x := array.NewGenerator(seed).Random([]int{n, n}, array.Chunks(7))
	values, err := array.Values[float64](context.Background(), x)
	require.NoError(t, err)
	return x, values
}

func TestExpression(t *testing.T) {
	x, v := random(t)
	got, err := array.Values[float64](context.Background(), expression(x))
	require.NoError(t, err)
	for column := range n {
		sum := 0.0
		for row := range n {
			sum += v[row*n+column]
		}
		for row := range n {
			want := v[row*n+column] + v[column*n+row] - sum/n
			require.InDelta(t, want, got[row*n+column], 1e-14, "row %d, column %d", row, column)
		}
	}
}

func TestRun(t *testing.T) {
	ctx := context.Background()
	x, _ := random(t)
	values, err := array.Values[float64](ctx, expression(x))
	require.NoError(t, err)
	sum := uint64(0)
	for i, v := range values {
		sum += mixed(v, uint64(i))
	}

	var out bytes.Buffer
	require.NoError(t, run(ctx, config{n: n, chunk: 7}, &out))
	require.Regexp(t, fmt.Sprintf(`^x \+ x\.T - mean\(x, 0\): Array\(float64, shape \(50, 50\), .*\)
workers 1: checksum %016x, at most \d+ MiB of memory
workers \d+: checksum %016x, at most \d+ MiB of memory
serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+
$`, sum, sum), out.String())

	require.ErrorContains(t, run(ctx, config{n: -1, chunk: 7}, &out), "negative")
	require.Error(t, run(ctx, config{n: n, chunk: 0}, &out))
}

// TestChecksumTellsMatricesApart changes one element, and exchanges two.
func TestChecksumTellsMatricesApart(t *testing.T) {
	_, v := random(t)
	sum := func() uint64 {
		var sink checksum
		require.NoError(t, array.Store(context.Background(), &sink, array.FromSlice(v, []int{n, n}).Transpose()))
		return sink.sum.Load()
	}
	before := sum()
	require.Equal(t, before, sum())
	v[0], v[n] = v[n], v[0]
	exchanged := sum()
	require.NotEqual(t, before, exchanged)
	v[77] = -v[77]
	require.NotEqual(t, exchanged, sum())

	var sink checksum
	require.ErrorContains(t, array.Store(context.Background(), &sink, array.Arange[int64](0, 9, 1)), "float64 matrices")
}
