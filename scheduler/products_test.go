package scheduler_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/scheduler"
)

// TestProductReadsAreWhatExplainSaid: every block of a factor is needed by all
// blocks of the other, and is read as often as Explain says.
func TestProductReadsAreWhatExplainSaid(t *testing.T) {
	sources := map[string]block.Traits{"file": {}, "file read in parts": {Parts: true}, "file read once": {Once: true}, "file that waits": {InFlight: 3}}
	for name, traits := range sources {
		t.Run(name, func(t *testing.T) {
			var want []float64
			again := false
			for _, workers := range []int{1, 3} {
				for _, memory := range []int64{64 << 20, 3 << 20, 2 << 20, 1536 << 10, 1 << 20, 768 << 10, 512 << 10} {
					a, _ := file(1, []int{192, 320}, []int{48, 80})
					b, _ := file(2, []int{320, 144}, []int{160, 48})
					for _, src := range []*blocktest.CountingSource{a, b} {
						src.Source.(*blocktest.Source).Wishes = traits
					}
					x := array.From(a).MatMul(array.From(b))
					e := engine(t, scheduler.Options{Workers: workers, Memory: memory})
					explained, err := x.Explain(array.On(e))
					if err != nil {
						require.Less(t, memory, explained.WorkingSet)
						continue
					}
					got, err := array.Values[float64](t.Context(), x, array.On(e))
					require.NoError(t, err)
					if memory == 64<<20 {
						require.Equal(t, 1.0, explained.Sources[0].Passes)
					}
					for i, src := range []*blocktest.CountingSource{a, b} {
						require.Equal(t, explained.Sources[i].Read, src.Bytes(), "source %d, %d workers, %d bytes:\n%s", i, workers, memory, explained)
						again = again || explained.Sources[i].Passes > 1
					}
					require.LessOrEqual(t, e.PeakInUse(), e.Memory())
					if want == nil {
						want = got
					}
					same(t, want, got)
				}
			}
			require.Equal(t, name == "file read in parts" || name == "file" || name == "file that waits", again, "some budget makes for reading again")
		})
	}
}

// TestProductLargerThanTheBudget: matrices that do not fit the budget give the
// same bits as in a large one, also where all workers make one block of the
// result.
func TestProductLargerThanTheBudget(t *testing.T) {
	for _, chunks := range [][2][]int{{{100, 100}, {100, 100}}, {{500, 60}, {60, 500}}} {
		var want []float64
		for _, o := range []scheduler.Options{{Workers: 1, Memory: 256 << 20}, {Workers: 2, Memory: 7 << 20}, {Workers: 4, Memory: 7 << 20}} {
			t.Run(fmt.Sprintf("%v, %d workers, %d bytes", chunks, o.Workers, o.Memory), func(t *testing.T) {
				a, _ := file(1, []int{500, 600}, chunks[0])
				b, _ := file(2, []int{600, 500}, chunks[1])
				e := engine(t, o)
				x := array.From(a).Neg().MatMul(array.From(b)) // what is computed first is spilled
				got, err := array.Values[float64](t.Context(), x.MatMul(x), array.On(e))
				require.NoError(t, err)
				if want == nil {
					want = got
				}
				same(t, want, got)
				require.LessOrEqual(t, e.PeakInUse(), e.Memory())
			})
		}
	}
}

// TestSliceOfProductReadsItsRows and columns, and nothing else.
func TestSliceOfProductReadsItsRows(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
	a, _ := file(1, []int{200, 100}, []int{20, 25})
	b, _ := file(2, []int{100, 300}, []int{50, 30})
	whole, err := array.Values[float64](t.Context(), array.From(a).MatMul(array.From(b)), array.On(e))
	require.NoError(t, err)
	a, _ = file(1, []int{200, 100}, []int{20, 25})
	b, _ = file(2, []int{100, 300}, []int{50, 30})
	got, err := array.Values[float64](t.Context(), array.From(a).MatMul(array.From(b)).Slice("45:75, 7"), array.On(e))
	require.NoError(t, err)
	require.Len(t, a.ByRegion(), 2*4, "rows 40 to 80")
	require.Len(t, b.ByRegion(), 2, "columns 0 to 30")
	for i, v := range got {
		same(t, whole[(45+i)*300+7:(45+i)*300+8], []float64{v})
	}
}
