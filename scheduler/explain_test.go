package scheduler_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
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
			for i, memory := range []int64{64 << 20, 0, 64 << 20, 0} {
				var sources []*blocktest.CountingSource
				v := schedulertest.Variant{Sources: schedulertest.Sources{Traits: block.Traits{Parts: i >= 2}, Watch: func(_ int, src block.Source) block.Source {
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

// TestDiagonalOfParts: of a source whose parts are cheap to read, the square around
// the diagonal of each block is read, not the block.
func TestDiagonalOfParts(t *testing.T) {
	src, values := file(1, []int{256, 256}, []int{16, 256})
	src.Source.(*blocktest.Source).Wishes.Parts = true
	e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
	got, err := array.Values[float64](t.Context(), array.From(src).Diagonal(0, 0, 1), array.On(e))
	require.NoError(t, err)
	require.Equal(t, 16, src.Reads())
	require.EqualValues(t, 16*16*16*8, src.Bytes())
	for i, v := range got {
		same(t, values[i*257:i*257+1], []float64{v})
	}
}

// TestPartsOfALargeBlock: of a source whose parts are cheap to read no task
// holds a whole block, and each byte is read once.
func TestPartsOfALargeBlock(t *testing.T) {
	src, values := file(1, []int{128, 512}, []int{128, 512}) // one block of 512 KiB
	src.Source.(*blocktest.Source).Wishes.Parts = true
	e := engine(t, scheduler.Options{Workers: 2, Memory: 128 << 10})
	got, err := array.Values[float64](t.Context(), array.From(src).Rechunk(array.Chunks(8, 512)).Neg(), array.On(e))
	require.NoError(t, err)
	same(t, negated(values), got)
	require.EqualValues(t, 8*len(values), src.Bytes())
	require.Equal(t, 16, src.Reads())
}
