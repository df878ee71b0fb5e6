package call

import (
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/kernel"
	"gabion/internal/op"
	planning "gabion/internal/plan"
	"gabion/scheduler"
)

// The laws: what an operation gives has the same bits under any number of workers,
// any budget that does, any passes of the optimiser and any executor; under other
// chunks everything but the rounding of floating-point sums is the same.

// noRecipe are the operations that no recipe calls, and why.
var noRecipe = map[op.Name]string{
	op.Read:     "it opens files: the tests of formats hold it to this",
	op.Gather:   "documents alone call it: take, pad and getitem are of this form",
	op.Contract: "documents alone call it: products are of this form",
}

// eachRecipe calls f for every recipe of the table. An operation without one fails;
// parts that others are made of have to be in what the others give.
func eachRecipe(t *testing.T, f func(t *testing.T, row *op.Op, c recipe)) {
	for _, row := range op.Rows() {
		if row.Internal || noRecipe[row.Name] != "" {
			continue
		}
		t.Run(string(row.Name), func(t *testing.T) {
			list := recipesOf(row)
			require.NotEmpty(t, list, "there is no recipe of a call in laws_tables_test.go")
			for _, c := range list {
				f(t, row, c)
			}
		})
	}
}

// newEngine is an engine that ends with the test.
func newEngine(t *testing.T, workers int, memory int64) *scheduler.Engine {
	t.Helper()
	e, err := scheduler.New(scheduler.Options{Workers: workers, Memory: memory, SpillDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// requireMistake holds an error to be one of the expression that is at fault.
func requireMistake(t *testing.T, err error, what string) *graph.Error {
	t.Helper()
	var mistake *graph.Error
	require.ErrorAs(t, err, &mistake, what)
	return mistake
}

// TestSameBitsOfEveryOperation: executors and workers, of every type; budgets and
// passes, of one type and of float64.
func TestSameBitsOfEveryOperation(t *testing.T) {
	one, many := newEngine(t, 1, 64<<20), newEngine(t, 5, 64<<20)
	eachRecipe(t, func(t *testing.T, row *op.Op, c recipe) {
		taken := 0
		for i, d := range dtype.All() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			in := inputs{d: d, shape: []int{7, 5}, seed: uint64(i), read: i%2 == 0, sizes: irregular(r)}
			what := fmt.Sprintf("%v of %v", in.shape, d)
			outputs, err := c.call(row, in)
			if err != nil {
				require.Equal(t, graph.TypeError, requireMistake(t, err, what).Kind, "%s: %v", what, err)
				continue
			}
			for _, x := range outputs {
				what += fmt.Sprint(" in chunks ", x.Chunks())
			}
			want := computedOn(t, outputs, what, array.On(scheduler.Serial{}), array.Verify())
			requireSameBits(t, want, computedOn(t, outputs, what, array.On(many)), what+" with 5 workers")
			if taken++; taken > 1 && d != dtype.Float64 {
				continue
			}
			requireSameBits(t, want, computedOn(t, outputs, what, array.On(one)), what+" with 1 worker")
			small, _ := inLeastBudget(t, outputs, what)
			requireSameBits(t, want, small, what+" in the smallest budget")
			for _, pass := range graph.Passes() {
				requireSameBits(t, want, computedOn(t, outputs, what, array.On(many), array.Without(pass.Name)), what+" without "+pass.Name)
			}
		}
		require.NotZero(t, taken, "it takes no type")
	})
}

// TestEveryOperationInAnyChunks: shapes, types and, but for rounding, elements. Types
// and shapes that an operation does not take are refused in any chunks, and some are
// taken.
func TestEveryOperationInAnyChunks(t *testing.T) {
	many := newEngine(t, 3, 64<<20)
	eachRecipe(t, func(t *testing.T, row *op.Op, c recipe) {
		taken := 0
		for i, d := range dtype.All() {
			shapes := [][]int{{7, 5}}
			if d == dtype.Float64 || d == dtype.Int16 {
				shapes = append(shapes, []int{2, 4, 3}, []int{11})
			}
			for _, shape := range shapes {
				in := inputs{d: d, shape: shape, seed: uint64(i), sizes: wholeAxes}
				whole, err := c.call(row, in)
				if err != nil {
					in.sizes = single
					_, again := c.call(row, in)
					require.Equal(t, requireMistake(t, err, d.String()).Kind, requireMistake(t, again, d.String()).Kind)
					continue
				}
				taken++
				want := computedOn(t, whole, d.String(), array.On(scheduler.Serial{}))
				for k := range 3 {
					in.sizes, in.read = single, k == 1
					if k > 0 {
						in.sizes = irregular(rand.New(rand.NewPCG(uint64(i), uint64(k))))
					}
					what := fmt.Sprintf("%v of %v, chunks %d", shape, d, k)
					outputs, err := c.call(row, in)
					require.NoError(t, err, what)
					require.Len(t, outputs, len(whole), what)
					got := computedOn(t, outputs, what, array.On(many))
					for j := range want {
						require.Equal(t, want[j].DType, got[j].DType, what)
						require.Equal(t, want[j].Shape, got[j].Shape, what)
						requireAlike(t, want[j], got[j], c.rounds, fmt.Sprintf("%s, result %d in chunks %v", what, j, outputs[j].Chunks()))
					}
				}
			}
		}
		require.NotZero(t, taken, "it takes no type")
	})
}

// TestEveryOperationOfSmallShapes: no elements, axes of length 1 and no axes give a
// result, which is the same everywhere, or a mistake that is told as one. Some of them
// give a result.
func TestEveryOperationOfSmallShapes(t *testing.T) {
	many := newEngine(t, 3, 64<<20)
	eachRecipe(t, func(t *testing.T, row *op.Op, c recipe) {
		computed := 0
		for i, shape := range [][]int{{0, 5}, {7, 0}, {0, 0}, {1, 1}, {1, 5}, {7, 1}, {0}, {1}, {6}, {}, {2, 0, 3}, {2, 1, 3}} {
			for _, d := range []dtype.DType{dtype.Float64, dtype.Int16, dtype.Int64} {
				in := inputs{d: d, shape: shape, seed: uint64(i), sizes: irregular(rand.New(rand.NewPCG(uint64(i), 4)))}
				what := fmt.Sprintf("%v of %v", shape, d)
				outputs, err := c.call(row, in)
				if err != nil {
					requireMistake(t, err, what)
					continue
				}
				want, err := array.Compute(t.Context(), outputs, array.On(scheduler.Serial{}), array.Verify())
				if err != nil { // what the elements are
					var mistake *graph.Error
					var problem *kernel.Problem
					require.True(t, errors.As(err, &mistake) || errors.As(err, &problem), "%s: %v", what, err)
					_, again := array.Compute(t.Context(), outputs, array.On(many))
					require.EqualError(t, again, err.Error(), what)
					continue
				}
				requireSameBits(t, want, computedOn(t, outputs, what, array.On(many)), what)
				computed++
			}
		}
		require.NotZero(t, computed, "it gives no result")
	})
}

// computedOn is what outputs give, which have the shapes and types that they said.
func computedOn(t *testing.T, outputs []array.Array, what string, opts ...array.RunOption) []block.Block {
	t.Helper()
	blocks, err := array.Compute(t.Context(), outputs, opts...)
	require.NoError(t, err, what)
	for i, b := range blocks {
		require.Equal(t, outputs[i].DType(), b.DType, what)
		for axis, n := range outputs[i].Shape() {
			require.True(t, n == block.Unknown || n == b.Shape[axis], "%s: shape %v is %v", what, outputs[i].Shape(), b.Shape)
		}
	}
	return blocks
}

// inLeastBudget is what outputs give in the smallest budget that does, as refusals
// of smaller ones say, and the engine that has it.
func inLeastBudget(t *testing.T, outputs []array.Array, what string) ([]block.Block, *scheduler.Engine) {
	t.Helper()
	for memory := int64(1); ; {
		e := newEngine(t, 2, memory)
		blocks, err := array.Compute(t.Context(), outputs, array.On(e))
		var refused *planning.BudgetError
		if errors.As(err, &refused) {
			require.Greater(t, refused.Needed, memory, what)
			memory = refused.Needed
			continue
		}
		require.NoError(t, err, "%s in %d bytes", what, memory)
		require.LessOrEqual(t, e.PeakInUse(), memory, what)
		return blocks, e
	}
}

func requireSameBits(t *testing.T, want, got []block.Block, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i := range want {
		require.Equal(t, want[i].Shape, got[i].Shape, what)
		require.Equal(t, want[i].DenseBytes(), got[i].DenseBytes(), "%s: result %d", what, i)
	}
}

// requireAlike holds two results to have the same elements, NaN being equal to NaN,
// up to rounding of floating-point numbers where there is any.
func requireAlike(t *testing.T, want, got block.Block, rounds bool, what string) {
	t.Helper()
	tolerance := map[dtype.DType]float64{dtype.Float16: 2e-3, dtype.Float32: 1e-6, dtype.Complex64: 1e-6}[want.DType]
	if tolerance == 0 {
		tolerance = 1e-12
	}
	if !rounds || want.DType.Kind() < dtype.KindFloat {
		tolerance = 0
	}
	a, b := numbersOf(t, want), numbersOf(t, got)
	scale := 1.0
	for _, v := range a {
		if m := cmplx.Abs(v); m > scale && !math.IsInf(m, 0) {
			scale = m
		}
	}
	for i, w := range a {
		g := b[i]
		if sameNumber(real(w), real(g)) && sameNumber(imag(w), imag(g)) || hasNaN(w) && hasNaN(g) {
			continue
		}
		require.LessOrEqual(t, cmplx.Abs(w-g), tolerance*scale, "%s: element %d is %v, not %v", what, i, g, w)
	}
}

func sameNumber(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
func hasNaN(z complex128) bool     { return math.IsNaN(real(z)) || math.IsNaN(imag(z)) }

// numbersOf are the elements of a block of any type.
func numbersOf(t *testing.T, b block.Block) []complex128 {
	t.Helper()
	v, err := array.Values[complex128](t.Context(), array.FromBlock(b).AsType(dtype.Complex128), array.On(scheduler.Serial{}))
	require.NoError(t, err)
	return v
}
