package array_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
)

// TestPeakIsEnough: in a budget of what Explain says a plan takes at most, nothing
// is spilled, and no more is read than in a larger one.
func TestPeakIsEnough(t *testing.T) {
	const n = 768
	r := rand.New(rand.NewPCG(71, 1))
	data := make([]float32, n*n)
	for i := range data {
		data[i] = r.Float32()
	}
	copied := func(_ context.Context, b array.BlockInfo, dst, src []float32) error {
		copy(dst, src)
		return nil
	}
	g := array.NewGenerator(3)
	perm := r.Perm(n)
	for name, f := range map[string]func(x array.Array) array.Array{
		"cumsum":    func(x array.Array) array.Array { return x.CumSum(0) },
		"overlap":   func(x array.Array) array.Array { return array.MapOverlap(copied, x, [][2]int{{5, 5}, {2, 0}}) },
		"coarsen":   func(x array.Array) array.Array { return x.Coarsen("mean", []int{5, 3}, true) },
		"matmul":    func(x array.Array) array.Array { return x.MatMul(x) },
		"roll":      func(x array.Array) array.Array { return x.Roll(100, 0) },
		"reshape":   func(x array.Array) array.Array { return x.Reshape(n/3, 3*n) },
		"repeat":    func(x array.Array) array.Array { return x.Repeat(2, 0) },
		"windows":   func(x array.Array) array.Array { return x.SlidingWindows([]int{3}, 0).Max(array.Axes(-1)) },
		"transpose": func(x array.Array) array.Array { return x.Add(x.Transpose()) },
		"flip":      func(x array.Array) array.Array { return x.Flip().Mul(x) },
		"anomaly":   func(x array.Array) array.Array { return x.Sub(x.Mean(array.Axes(0))) },
		"variance":  func(x array.Array) array.Array { return x.Sub(x.Var()) },
		"rechunk":   func(x array.Array) array.Array { return x.Rechunk(array.Chunks(n, 20)) },
		"topk":      func(x array.Array) array.Array { return x.TopK(5, 0) },
		"take":      func(x array.Array) array.Array { return x.Take(perm, 0) },
		"shuffle":   func(x array.Array) array.Array { return g.Shuffle(x, 1) },
		"pad":       func(x array.Array) array.Array { return x.Pad([][2]int{{3, 30}, {4, 4}}, array.Padding(array.PadWrap)) },
		"concat":    func(x array.Array) array.Array { return array.Concatenate([]array.Array{x, x.Neg(), x}, 1) },
		"tril":      func(x array.Array) array.Array { return x.Tril(1) },
		"argmax":    func(x array.Array) array.Array { return x.ArgMax(array.Axes(0)) },
		"set":       func(x array.Array) array.Array { return x.Set(array.Const(float32(1)), array.Range(3, 9)) },
	} {
		for _, chunks := range [][]int{{128, 256}, {48, n}, {n, 48}, {90, 30}} {
			src := blocktest.Count(blocktest.NewSource(
				block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{n, n}, chunks)},
				block.Dense(dtype.Float32, block.Shape{n, n}, dtype.Bytes(data))))
			read := array.From(src)
			for what, x := range map[string]array.Array{"read": read, "computed": read.Add(array.Const(1))} {
				total := f(x).Sum()
				for _, workers := range []int{1, 3} {
					named := fmt.Sprintf("%s of what is %s in chunks of %v with %d workers", name, what, chunks, workers)
					said, err := total.Explain(array.On(engine(t, scheduler.Options{Workers: workers, Memory: 1 << 30})))
					require.NoError(t, err, named)
					e := engine(t, scheduler.Options{Workers: workers, Memory: said.Peak, SpillDir: filepath.Join(t.TempDir(), "no such folder")})
					before := src.Bytes()
					_, err = array.Compute(t.Context(), []array.Array{total}, array.On(e))
					require.NoError(t, err, named)
					require.Equal(t, said.BytesRead, src.Bytes()-before, named)
				}
			}
		}
	}
}
