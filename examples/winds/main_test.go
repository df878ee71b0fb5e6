package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/io/zarr"
)

const (
	months, points = 132, 73 * 144
	data           = "../data/monthly_navy_winds.nc"
)

// uwnd reads the variable UWND from the bytes of the file, without the packages
// that are tested. Every record of the file holds one TIME, as float64, then one
// field of UWND and one of VWND, as float32, big-endian all of them.
func uwnd(t *testing.T) []float32 {
	t.Helper()
	content, err := os.ReadFile(data)
	require.NoError(t, err)
	const record = 8 + 2*4*points
	first := len(content) - months*record
	values := make([]float32, 0, months*points)
	for month := range months {
		field := content[first+month*record+8:]
		for i := range points {
			values = append(values, math.Float32frombits(binary.BigEndian.Uint32(field[4*i:])))
		}
	}
	return values
}

func TestAnomaly(t *testing.T) {
	ctx := context.Background()
	out := filepath.Join(t.TempDir(), "anomaly.zarr")
	var report bytes.Buffer
	require.NoError(t, anomaly(ctx, data, out, &report))
	require.Contains(t, report.String(), "Array(float32, shape (132, 73, 144), ")

	stored, err := zarr.Open(out)
	require.NoError(t, err)
	d := stored.Describe()
	require.Equal(t, []string{"TIME", "FNOCY", "FNOCX"}, d.Names)
	require.Contains(t, d.Attrs, "units")
	got, err := array.Values[float32](ctx, array.From(stored))
	require.NoError(t, err)

	u := uwnd(t)
	require.Len(t, got, len(u))
	for point := range points {
		sum := 0.0
		for month := range months {
			sum += float64(u[month*points+point])
		}
		mean := float64(float32(sum / months))
		for month := range months {
			i := month*points + point
			want := float64(float32(float64(u[i]) - mean))
			if math.Abs(float64(got[i])-want) > 1e-6 {
				t.Fatalf("month %d, point %d: %v, want %v", month, point, got[i], want)
			}
		}
	}

	err = anomaly(ctx, data, out, &report)
	require.ErrorIs(t, err, os.ErrExist, "an array that is there stays")
}
