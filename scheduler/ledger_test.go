package scheduler_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// TestAccountOfManyBlocksIsCharged: what the garbage collector's heap takes for
// very many blocks that wait for a later stage comes out of the budget.
func TestAccountOfManyBlocksIsCharged(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
	centred := func(blocks int) array.Array {
		y := array.Arange(0, float64(blocks), 1, array.Chunks(1)).Exp().Sin()
		return y.Sub(y.Mean())
	}
	few, err := centred(1000).Explain(array.On(e))
	require.NoError(t, err)
	require.Less(t, few.WorkingSet, int64(1<<20))

	many, err := centred(100_000).Explain(array.On(e))
	require.NoError(t, err)
	require.Greater(t, many.WorkingSet, int64(40<<20), "100,000 blocks take more than 40 MiB of account")
	got, err := array.Values[float64](t.Context(), centred(100_000), array.On(e))
	require.NoError(t, err)
	require.Len(t, got, 100_000)

	_, err = centred(200_000).Explain(array.On(e))
	var beyond *plan.BudgetError
	require.ErrorAs(t, err, &beyond)
	require.ErrorContains(t, err, "or larger chunks")
}
