package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// TestHistoryOfSeveral: arrays that come from the same measurement keep its
// history, and a line says what was done with them.
func TestHistoryOfSeveral(t *testing.T) {
	grid := block.RegularGrid(block.Shape{4}, block.Shape{2})
	with := func(history any) Ref {
		attrs := block.Attributes{"units": "K"}
		if history != nil {
			attrs["history"] = history
		}
		return source(t, block.Description{DType: dtype.Float64, Grid: grid, Attrs: attrs})
	}
	must := func(r Ref, err error) Ref {
		require.NoError(t, err)
		return r
	}
	history := func(r Ref, err error) any { return must(r, err).Describe().Attrs["history"] }

	x := with("measured\ncalibrated")
	mean := must(Reduce(here, op.Mean, x, []int{0}, true, 0))
	require.Equal(t, "measured\ncalibrated\nsubtract(x, y)", history(Elementwise(here, op.Subtract, x, mean)))
	require.Equal(t, "measured\ncalibrated\nsubtract(x, y)", history(Elementwise(here, op.Subtract, mean, x)))
	require.Equal(t, "measured\nadd(x, y)", history(Elementwise(here, op.Add, x, with("measured\ncopied\n"))))
	require.Equal(t, "measured\ncalibrated\nadd(x, y)", history(Elementwise(here, op.Add, x, with("measured\ncalibrated\n"))))
	require.Equal(t, "measured\ncalibrated\nconcat(axis=0)", history(Concat(here, []Ref{x, mean}, 0)))
	positive := must(Elementwise(here, op.Greater, x, literal(t, 0)))
	require.Equal(t, "measured\ncalibrated\nwhere(x, y, 0)", history(Elementwise(here, op.Where, positive, x, literal(t, 0))))
	require.Equal(t, "measured\ncalibrated\nwhere(x, y, y)", history(Elementwise(here, op.Where, positive, x, x)))

	for what, other := range map[string]Ref{
		"none": with(nil), "another": with("simulated\ncalibrated"), "not text": with(int64(1)), "empty": with(""),
	} {
		require.Nil(t, history(Elementwise(here, op.Add, x, other)), what)
		require.Nil(t, history(Elementwise(here, op.Add, other, x)), what)
	}
	require.EqualValues(t, 1, history(Elementwise(here, op.Add, with(int64(1)), with(int64(1)))), "what is not text may agree too")
	require.Equal(t, "measured\ncalibrated", x.Describe().Attrs["history"], "the input keeps its own")
}
