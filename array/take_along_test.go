package array_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/scheduler"
)

// TestIndexArrayStretches: an array of indices is taken at every place of the other
// axes, also where these are one chunk.
func TestIndexArrayStretches(t *testing.T) {
	engine, err := scheduler.New(scheduler.Options{Memory: 1 << 20})
	require.NoError(t, err)
	defer engine.Close()
	data := make([]int16, 7*2*3)
	for i := range data {
		data[i] = int16(i)
	}
	var want []int16 // of the rows 6, 3 and 0
	for _, row := range []int{6, 3, 0} {
		want = append(want, data[row*6:row*6+6]...)
	}
	for _, chunks := range [][]int{{3, 2, 3}, {7, 2, 1}, {7, 1, 3}, {7, 2, 3}, {2, 1, 2}} {
		x := array.FromSlice(data, []int{7, 2, 3}, array.ChunksAlong(0, chunks[0]), array.ChunksAlong(1, chunks[1]), array.ChunksAlong(2, chunks[2]))
		for _, indices := range []array.Array{array.Arange[int64](6, -1, -3), array.Arange[int64](6, -1, -3, array.Chunks(1))} {
			for _, on := range []scheduler.Executor{engine, scheduler.Serial{}} {
				got, err := array.Compute(context.Background(), []array.Array{x.Index(indices)}, array.On(on))
				require.NoError(t, err)
				values, err := block.Values[int16](got[0])
				require.NoError(t, err)
				require.Equal(t, want, values, fmt.Sprint(chunks))
			}
		}
	}
}
