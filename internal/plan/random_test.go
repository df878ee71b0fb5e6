package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
	"gabion/scheduler/schedulertest"
)

// TestRandomPlansAreChecked: a plan asks for no element that a permutation does
// not have, and has parameters that are allowed.
func TestRandomPlansAreChecked(t *testing.T) {
	for _, n := range []int64{40, 1 << 40} {
		r, err := graph.Random(graph.Site{}, op.RandomChoice, dtype.Int64, schedulertest.Grid(block.Shape{4, 10}, "2"), graph.RandomAttrs{N: n, Distinct: true})
		require.NoError(t, err)
		for _, c := range []struct {
			text   string
			change func(in *plan.Instr)
		}{
			{"", func(*plan.Instr) {}},
			{"it has elements 1099511627738 to 1099511627777 of 1099511627776 indices", func(in *plan.Instr) { in.First = 1<<40 - 38; in.Random.N = 1 << 40 }},
			{"", func(in *plan.Instr) { in.First = 39; in.Steps = []int64{-10, -1} }},
			{"it has elements -1 to 38", func(in *plan.Instr) { in.First = -1 }},
			{"steps", func(in *plan.Instr) { in.Steps = []int64{1 << 62, 1} }},
			{"steps", func(in *plan.Instr) { in.First, in.Steps = -1<<63, []int64{-1 << 62, 1} }},
			{"it counts along 1 of 2 axes", func(in *plan.Instr) { in.Steps = in.Steps[:1] }},
			{"has no parameters", func(in *plan.Instr) { in.Random = nil }},
			{"there are no -1 indices", func(in *plan.Instr) { in.Random.N = -1 }},
			{"int64, not int32", func(in *plan.Instr) { in.DType = dtype.Int32 }},
			{"add up to 0", func(in *plan.Instr) { in.Random.N, in.Random.P = 40, make([]float64, 40) }},
		} {
			p, _, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{r}}, []plan.Target{{Sink: new(schedulertest.Result)}})
			require.NoError(t, err)
			in := &p.Stages[0].Program[0]
			c.change(in)
			if err := p.Check(); c.text == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.text)
			}
		}
	}
}
