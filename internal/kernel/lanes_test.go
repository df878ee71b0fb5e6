package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
)

// TestTopk holds the chosen places to those of a stable sort.
func TestTopk(t *testing.T) {
	choose, ok := Topk(dtype.Float64)
	require.True(t, ok)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		values := make([]float64, 1+r.IntN(200))
		for i := range values {
			if values[i] = float64(r.IntN(1 + r.IntN(50))); r.IntN(20) == 0 {
				values[i] = math.NaN()
			}
		}
		stride := 1 + r.IntN(3)
		if stride > len(values) {
			stride = 1
		}
		lane := Lane{Data: dtype.Bytes(values), Stride: stride, N: (len(values) + stride - 1) / stride}
		if r.IntN(2) == 0 {
			lane.Offset, lane.Stride = (lane.N-1)*stride, -stride
		}
		at := func(i int64) float64 { return values[lane.Offset+int(i)*lane.Stride] }
		k := 1 + r.IntN(lane.N+2)
		want := make([]int64, lane.N)
		for i := range want {
			want[i] = int64(i)
		}
		greatest := slices.Clone(want)
		slices.SortStableFunc(greatest, func(i, j int64) int { return nanLast(at(j), at(i)) })
		slices.SortStableFunc(want, func(i, j int64) int { return nanLast(at(i), at(j)) })
		n := min(k, lane.N)
		require.Equal(t, greatest[:n], choose(make([]int64, n), lane, k), "seed %d: the %d greatest of %v", seed, k, values)
		require.Equal(t, want[:n], choose(make([]int64, n), lane, -k), "seed %d: the %d least of %v", seed, k, values)
	}
}

func TestTruesInParts(t *testing.T) {
	mask := Lane{Data: []byte{1, 9, 0, 9, 1, 9, 1, 9, 0, 9, 1}, Stride: 2, N: 6}
	require.Equal(t, 4, CountTrue(mask))
	room := make([]int64, 0, 3)
	places, next := Trues(room, mask, 0)
	require.Equal(t, []int64{0, 2, 3}, places)
	places, next = Trues(room, mask, next)
	require.Equal(t, []int64{5}, places)
	require.Equal(t, 6, next)
}
