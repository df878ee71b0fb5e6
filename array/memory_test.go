package array

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

func TestSlicesAreSources(t *testing.T) {
	for _, d := range []dtype.DType{dtype.Bool, dtype.Float32, dtype.Complex128} {
		want := blocktest.Random(d, block.Shape{7, 5}, 1)
		source := &memorySource{block.Description{DType: d, Grid: block.RegularGrid(want.Shape, block.Shape{3, 2}), Names: []string{"y", "x"}}, want}
		blocktest.TestSource(t, func() block.Source { return source }, want)
	}
}

// The zero of every option does nothing, and nil options are none.
func TestNilOptions(t *testing.T) {
	x := Zeros[float64]([]int{2}, nil)
	require.NoError(t, x.Sum(nil).Err())
	_, err := Values[float64](t.Context(), x, nil)
	require.NoError(t, err)
	require.Equal(t, x.Chunks(), x.Rechunk(ChunkSpec{}).Chunks())
}

// Every elementwise operation and reduction of the table can be built by name.
func TestTheTableIsReachable(t *testing.T) {
	x, whole := Ones[float64]([]int{2, 2}), Ones[int64]([]int{2, 2}) // which has bits
	for _, row := range op.Rows() {
		for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
			switch {
			case row.Class == op.Elementwise && row.Name != op.Astype:
				require.NoError(t, Apply(name, []Array{whole, whole, whole}[:row.Arity]...).Err(), name)
			case row.Class == op.Reduction:
				require.NoError(t, x.Reduce(name).Err(), name)
			}
		}
	}
	var m *graph.Error
	require.ErrorAs(t, Apply("sum", x).Err(), &m)
	require.ErrorAs(t, x.Reduce("add").Err(), &m)
	require.ErrorAs(t, Apply("astype", x).Err(), &m)
}
