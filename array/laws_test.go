package array_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// The laws: one program has the same bits under any number of workers, any
// budget that does, any passes of the optimiser and any executor; under other
// chunks everything but the rounding of floating-point sums is the same.

// program is a random expression over sources in given chunks. The same seed
// gives the same program.
type program struct {
	seed   uint64
	x, y   plain
	chunks []array.ChunkSpec // of x and y, and of each change of chunks
}

// shift is a user's function.
func shift(_ context.Context, _ array.BlockInfo, dst []float64, src []float64) error {
	for i, v := range src {
		dst[i] = v + 0.1
	}
	return nil
}

// file is y as a source that is read, with a number of reads in flight.
func (p program) file(inFlight int) block.Source {
	d := block.Description{DType: dtype.Float64, Grid: array.FromSlice(p.y.data, p.y.shape, p.chunks[1]).Chunks()}
	src := blocktest.NewSource(d, block.Dense(d.DType, p.y.shape, dtype.Bytes(p.y.data)))
	src.Wishes.InFlight = inFlight
	return src
}

// build is the program's outputs. Their shapes do not depend on the chunks.
func (p program) build() []array.Array {
	r := rand.New(rand.NewPCG(p.seed, 1))
	next := 0
	chunks := func() array.ChunkSpec {
		next++
		return p.chunks[next%len(p.chunks)]
	}
	made := []array.Array{
		array.FromSlice(p.x.data, p.x.shape, p.chunks[0]),
		array.From(p.file(r.IntN(3))),
	}
	for range 3 + r.IntN(6) {
		a, b := made[r.IntN(len(made))], made[r.IntN(len(made))]
		var c array.Array
		switch r.IntN(16) {
		case 0:
			c = a.Add(b)
		case 1:
			c = a.Sub(b).Mul(array.Const(0.3))
		case 2:
			c = array.Where(a.Gt(b), a, b.Neg())
		case 3:
			c = a.Sub(a.Mean(array.Axes(r.IntN(2)), array.Keepdims()))
		case 4:
			c = a.Mul(b.Std())
		case 5:
			c = a.Slice("::-1, :").Add(b.Slice(":, ::-1"))
		case 6:
			c = a.Transpose().Maximum(b.Transpose()).Transpose()
		case 7:
			c = a.Rechunk(chunks())
		case 8:
			c = array.MapBlocks(shift, a)
		case 9:
			c = array.Concatenate([]array.Array{a.Slice("3:"), b.Slice(":3")}, 0)
		case 10:
			c = a.Abs().Sqrt().Minimum(array.Const(2.5))
		case 11:
			c = a.Reshape(-1).Reshape(p.x.shape...)
		case 12:
			c = a.Add(b.Sum(array.Axes(0)).BroadcastTo(p.x.shape...))
		case 13:
			c = array.NewGenerator(7).StandardNormal(p.x.shape, chunks()).Add(a)
		case 14:
			c = a.MatMul(b.Transpose()).MatMul(a).Mul(array.Const(0.01))
		case 15:
			c = array.Einsum("ij,ij->i", a, b).ExpandDims(1).Mul(a).Sub(array.Einsum("ij,kj->ik", b, a).Slice("::-1").MatMul(b))
		}
		made = append(made, c)
	}
	last := made[len(made)-1]
	return []array.Array{last, last.Sum(array.Axes(1)), last.ArgMax().AsType(dtype.Float64), made[len(made)/2].Slice("2:9:3, -2"), last.Var()}
}

// bits is what the program gives, as bits.
func bits(t *testing.T, outputs []array.Array, what string, opts ...array.RunOption) [][]uint64 {
	t.Helper()
	blocks, err := array.Compute(t.Context(), outputs, opts...)
	require.NoError(t, err, what)
	out := make([][]uint64, len(blocks))
	for i, b := range blocks {
		require.Equal(t, outputs[i].Shape(), b.Shape, what)
		v, err := block.Values[float64](b)
		require.NoError(t, err)
		for _, f := range v {
			out[i] = append(out[i], math.Float64bits(f))
		}
	}
	return out
}

func newProgram(seed uint64) program {
	r := rand.New(rand.NewPCG(seed, 2))
	shape := []int{9 + r.IntN(8), 9 + r.IntN(8)}
	element := func([]int) float64 { return r.NormFloat64() }
	return program{seed: seed, x: fill(shape, element), y: fill(shape, element)}
}

func (p program) inChunks(r *rand.Rand) program {
	p.chunks = nil
	for range 4 {
		p.chunks = append(p.chunks, randomChunks(r, p.x.shape))
	}
	return p
}

func TestSameBitsHoweverItRuns(t *testing.T) {
	engines := map[string]scheduler.Executor{"serial": scheduler.Serial{}}
	for workers := 1; workers <= 8; workers++ {
		engines[fmt.Sprint(workers, " workers")] = engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20})
	}
	for seed := range uint64(40) {
		p := newProgram(seed).inChunks(rand.New(rand.NewPCG(seed, 3)))
		outputs := p.build()
		want := bits(t, outputs, fmt.Sprint("program ", seed), array.On(engines["serial"]), array.Verify())
		for name, e := range engines {
			require.Equal(t, want, bits(t, outputs, name, array.On(e)), "program %d on %s", seed, name)
		}
		for _, pass := range graph.Passes() {
			require.Equal(t, want, bits(t, outputs, pass.Name, array.Without(pass.Name)), "program %d without %s", seed, pass.Name)
		}
		require.Equal(t, want, bits(t, p.build(), "again"), "program %d built again", seed)
		for i, a := range outputs {
			require.Equal(t, want[i], bits(t, []array.Array{a}, "alone")[0], "output %d of program %d alone", i, seed)
		}
	}
}

// leastBudget is the smallest budget that does for outputs.
func leastBudget(t *testing.T, outputs []array.Array, workers int) int64 {
	t.Helper()
	var list []array.Output
	for _, a := range outputs {
		list = append(list, array.Output{Array: a})
	}
	told, err := array.Explain(list, array.On(engine(t, scheduler.Options{Workers: workers, Memory: 1 << 30})))
	require.NoError(t, err)
	// The working set may itself depend on the budget: the refusal names what does.
	var refused *plan.BudgetError
	_, err = array.Explain(list, array.On(engine(t, scheduler.Options{Workers: workers, Memory: told.WorkingSet - 1})))
	require.ErrorAs(t, err, &refused)
	return refused.Needed
}

func TestSameBitsInTheSmallestBudget(t *testing.T) {
	for seed := range uint64(15) {
		outputs := newProgram(seed).inChunks(rand.New(rand.NewPCG(seed, 4))).build()
		want := bits(t, outputs, "default engine")
		for _, workers := range []int{1, 3} {
			e := engine(t, scheduler.Options{Workers: workers, Memory: leastBudget(t, outputs, workers), SpillDir: t.TempDir()})
			require.Equal(t, want, bits(t, outputs, "small", array.On(e)), "program %d with %d workers in %d bytes", seed, workers, e.Memory())
			require.LessOrEqual(t, e.PeakInUse(), e.Memory())
		}
	}
}

// TestSameBitsOfManyRuns is about reductions that are divided into several tasks,
// whose partials meet in an order that differs from run to run: blocks are above
// plan.RunBytes, or so many that they take several runs. The last block along an
// axis is shorter, elements have many magnitudes and a trend, so that any other
// order of merging has other bits; argmin has to choose among many equals.
func TestSameBitsOfManyRuns(t *testing.T) {
	require.EqualValues(t, 1<<20, plan.RunBytes, "the shapes below are made for it")
	for _, c := range []struct {
		what          string
		shape, chunks []int
		axis          int
		inFlight      int
	}{
		{"blocks of one run each", []int{6*140_000 + 4321}, []int{140_000}, 0, 0},
		{"many small blocks", []int{700*1000 + 17}, []int{1000}, 0, 0},
		{"units of several runs", []int{1301, 500}, []int{37, 300}, 0, 0},
		{"units of large blocks", []int{400, 1900}, []int{300, 500}, 1, 0},
		{"a source that waits", []int{613, 800}, []int{50, 400}, 0, 2},
	} {
		r := rand.New(rand.NewPCG(31, uint64(len(c.what))))
		p := program{y: fill(c.shape, func(at []int) float64 {
			trend := 3e12 * float64(at[c.axis]) / float64(c.shape[c.axis])
			return trend + r.NormFloat64()*math.Exp2(float64(r.IntN(40)))
		})}
		p.chunks = []array.ChunkSpec{array.Chunks(c.chunks...), array.Chunks(c.chunks...)}
		x := array.From(p.file(c.inFlight))
		along := array.Axes(c.axis)
		mean := x.Mean(along, array.Keepdims())
		positive := x.Gt(array.Const(0)).AsType(dtype.Int8)
		outputs := []array.Array{
			x.Sum(along), x.Var(along), x.Sub(mean).Mul(x).Std(), mean,
			positive.ArgMin(along).AsType(dtype.Float64), positive.ArgMax().AsType(dtype.Float64),
			x.NanVar(along), x.Div(array.Const(1e12)).Prod(along), array.TreeReduce(total(), x, along),
		}
		want := bits(t, outputs, c.what, array.On(scheduler.Serial{}))
		for _, workers := range []int{1, 2, 4} {
			for _, memory := range []int64{leastBudget(t, outputs, workers), 64 << 20} {
				e := engine(t, scheduler.Options{Workers: workers, Memory: memory, SpillDir: t.TempDir()})
				for range 2 {
					require.Equal(t, want, bits(t, outputs, c.what, array.On(e)), "%s with %d workers in %d bytes", c.what, workers, memory)
				}
			}
		}
	}
}

func TestOtherChunksAgree(t *testing.T) {
	for seed := range uint64(40) {
		p := newProgram(seed)
		p.chunks = []array.ChunkSpec{array.Chunks(array.Whole)}
		p.chunks = append(p.chunks, p.chunks[0])
		want, err := array.Compute(t.Context(), p.build()[:2])
		require.NoError(t, err)
		for i := range uint64(4) {
			got, err := array.Compute(t.Context(), p.inChunks(rand.New(rand.NewPCG(seed, 5+i))).build()[:2])
			require.NoError(t, err)
			for k := range want {
				a, err := block.Values[float64](want[k])
				require.NoError(t, err)
				b, err := block.Values[float64](got[k])
				require.NoError(t, err)
				scale := 1.0
				for _, v := range a {
					scale = max(scale, math.Abs(v))
				}
				require.Len(t, b, len(a))
				for j := range a {
					require.InDelta(t, a[j], b[j], 1e-11*scale, "program %d, output %d, element %d", seed, k, j)
				}
			}
		}
	}
}

func TestElementwiseProgramsAreExactInAnyChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 40 {
		p := random(r, randomShape(r, 2, 12))
		q := fill(p.shape, func([]int) float64 { return r.NormFloat64() })
		compute := func(x, y array.Array) []float64 {
			z := x.Mul(y).Sub(y.Exp()).Div(array.Const(3))
			return append(values(t, z.Transpose().Slice("::2, ::-1")), values(t, array.Where(z.Lt(x), z, y).Max(array.Axes(0)))...)
		}
		whole := compute(array.FromSlice(p.data, p.shape), array.FromSlice(q.data, p.shape))
		require.True(t, slices.Equal(whole, compute(chunked(r, p), chunked(r, q))))
	}
}
