package call

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/scheduler"
)

// The laws of memory: what an operation needs is told before it runs, it takes no
// more, and that is a small part of large arrays.

// large are results of operands of 4 MiB in blocks of 64 KiB that are read, of a type
// that the operation takes. Lengths that depend on values may be unknown.
func large(t *testing.T, row *op.Op, c recipe) []array.Array {
	t.Helper()
	in := inputs{d: dtype.Float64, shape: []int{512, 1024}, seed: 1, read: true, sizes: upTo(64, 128)}
	outputs, err := c.call(row, in)
	if err != nil {
		in.d = dtype.Int64
		outputs, err = c.call(row, in)
	}
	require.NoError(t, err)
	return outputs
}

// needsMuch are operations whose least budget may be above a quarter of their
// operands and results, and why.
var needsMuch = map[op.Name]string{
	op.Tri: madeWhole, op.Eye: madeWhole, op.Identity: madeWhole, op.Indices: madeWhole,
	op.ApplyGufunc: "a core is never divided",
	op.Rechunk:     "the chunks are what was asked for",
}

const madeWhole = "no chunks can be asked for, and 16 MiB are one block; see TestBlocksOfLargeArrays"

// TestMemoryOfEveryOperation: in the least budget that does, which the refusal of
// smaller ones names, and in one of 2 MiB with more workers. Exceptions have to be
// needed.
func TestMemoryOfEveryOperation(t *testing.T) {
	const operand = 512 * 1024 * 8
	needed := make(map[op.Name]bool) // of the operations that ran, whether one of their calls did
	eachRecipe(t, func(t *testing.T, row *op.Op, c recipe) {
		asked := large(t, row, c)
		var outputs []array.Array
		var list []array.Output
		written, largest := int64(0), int64(0)
		for _, x := range asked {
			x, err := x.Resolve(t.Context(), array.On(scheduler.Serial{}))
			require.NoError(t, err)
			outputs, list = append(outputs, x), append(list, array.Output{Array: x})
			written += x.NBytes()
			largest = max(largest, largestBlock(x))
		}
		blocks, e := inLeastBudget(t, outputs, "large")
		told, err := array.Explain(list, array.On(e))
		require.NoError(t, err)
		require.LessOrEqual(t, told.WorkingSet, e.Memory())
		require.LessOrEqual(t, e.PeakInUse(), told.WorkingSet)
		require.LessOrEqual(t, largest, told.WorkingSet, "a block of the result is larger than the budget")
		for _, stage := range told.Stages {
			require.LessOrEqual(t, stage.Bound, told.WorkingSet, stage.Text)
		}
		much := told.WorkingSet > (operand+written)/4
		if needsMuch[row.Name] == "" {
			require.False(t, much, "%v", told)
		}
		needed[row.Name] = needed[row.Name] || much
		if told.WorkingSet > 2<<20 {
			return
		}
		several := newEngine(t, 3, 2<<20) // counts what is unknown too
		requireSameBits(t, blocks, computedOn(t, asked, "large", array.On(several)), "with 3 workers")
		require.LessOrEqual(t, several.PeakInUse(), several.Memory())
	})
	for name := range needsMuch {
		if much, ran := needed[name]; ran {
			require.True(t, much, "%s is no exception any more", name)
		}
	}
}

// largestBlock is the bytes of the largest block of an array.
func largestBlock(x array.Array) int64 {
	return int64(x.Chunks().Largest().Elements()) * int64(x.DType().Size())
}

// TestBlocksOfLargeArrays: a block of 2 MiB of operands becomes one of about 16 MiB at
// most, and what is made in chunks that nobody asks for is made in these. Nothing is
// computed. Every recipe takes some type.
func TestBlocksOfLargeArrays(t *testing.T) {
	const most = 18 << 20
	eachRecipe(t, func(t *testing.T, row *op.Op, c recipe) {
		if row.Name == op.Rechunk {
			return // whose chunks are what was asked for
		}
		taken := 0
		for _, d := range dtype.All() {
			in := inputs{d: d, shape: []int{1 << 17, 1 << 10}, lazy: true, sizes: upTo(1<<10, 1<<8)}
			if c.short {
				in.shape, in.sizes = []int{1 << 14, 1 << 13}, upTo(1<<7, 1<<11)
			}
			if !row.TakesArrays() && !row.InGoAlone() && row.Name != op.Identity {
				in.shape[0] = 1 << 24 // of one axis this is 128 MiB
			}
			outputs, err := c.call(row, in)
			if err != nil {
				requireMistake(t, err, fmt.Sprint(d))
				continue
			}
			taken++
			for _, x := range outputs {
				if x.Size() != block.Unknown {
					require.LessOrEqual(t, largestBlock(x), int64(most), "%v of %v in chunks %v", x.Shape(), x.DType(), x.Chunks())
				}
			}
		}
		require.NotZero(t, taken, "it takes no type")
	})
}

// TestPartsOfOperations: every part that operations are made of is in the graph of
// some recipe, so that the laws hold for it.
func TestPartsOfOperations(t *testing.T) {
	met := make(map[op.Name]bool)
	seen := make(map[*graph.Node]bool)
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if seen[n] {
			return
		}
		seen[n], met[n.Op] = true, true
		for _, in := range n.Inputs {
			visit(in.Node)
		}
	}
	for _, row := range op.Rows() {
		for _, c := range recipesOf(row) {
			outputs, err := c.call(row, inputs{d: dtype.Float64, shape: []int{7, 5}, sizes: upTo(3, 2)})
			if err != nil {
				continue // of a type that it does not take
			}
			g, err := array.Graph(outputs...)
			require.NoError(t, err)
			for _, out := range g.Outputs {
				visit(out.Node)
			}
		}
	}
	for _, row := range op.Rows() {
		if row.Internal && noRecipe[row.Name] == "" {
			require.True(t, met[row.Name], "%s is in no graph", row.Name)
		}
	}
}
