package scheduler_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

// TestBytesReadAreExplained (S1) for every program: in a budget that holds
// everything, and in the least. Blocks that no result needs are not computed, so
// that plans with such may read less.
func TestBytesReadAreExplained(t *testing.T) {
	all := 0
	for _, p := range append(schedulertest.Programs(), schedulertest.RandomPrograms(150)...) {
		t.Run(p.Name, func(t *testing.T) {
			least := int64(0)
			var tasks atomic.Int64
			for _, memory := range []int64{64 << 20, 0} {
				var sources []*blocktest.CountingSource
				v := schedulertest.Variant{Sources: schedulertest.Sources{Watch: func(_ int, src block.Source) block.Source {
					sources = append(sources, blocktest.Count(src))
					return sources[len(sources)-1]
				}}}
				l := p.Lower(t, v)
				if memory == 0 {
					memory = least
				}
				least = smallest(t, l.Plan, 2)
				tasks.Store(0)
				e := engine(t, scheduler.Options{Workers: 2, Memory: max(1, memory), Events: scheduler.Events{TaskEnd: func(scheduler.TaskEnd) { tasks.Add(1) }}})
				_, err := l.Execute(t.Context(), e)
				require.NoError(t, err)
				total := int64(0)
				for _, src := range sources {
					total += src.Bytes()
				}
				explained := l.Plan.Explain()
				require.LessOrEqual(t, total, explained.BytesRead)
				if int(tasks.Load()) == explained.Tasks {
					all++
					require.Equal(t, explained.BytesRead, total, "%d bytes:\n%s", memory, explained)
				}
			}
		})
	}
	require.Greater(t, all, 400, "most programs need all they say")
}
