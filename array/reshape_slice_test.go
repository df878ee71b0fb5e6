package array_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

// TestReshapeOfTheFrontOfAReshape: a slice that starts at 0 with step 1 shows
// every element where it was, and is still not the whole array.
func TestReshapeOfTheFrontOfAReshape(t *testing.T) {
	data := make([]int64, 36)
	for i := range data {
		data[i] = int64(i)
	}
	for cols := 1; cols <= 18; cols++ {
		x := array.FromSlice(data, nil, array.Chunks(5)).Reshape(2, 18).Slice(fmt.Sprintf(":, 0:%d", cols)).Reshape(-1)
		var want []int64
		for row := range int64(2) {
			for col := range int64(cols) {
				want = append(want, row*18+col)
			}
		}
		got, err := array.Values[int64](t.Context(), x)
		require.NoError(t, err)
		require.Equal(t, want, got)
		serial, err := array.Values[int64](t.Context(), x, array.On(scheduler.Serial{}))
		require.NoError(t, err)
		require.Equal(t, want, serial)
	}
}
