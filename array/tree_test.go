package array_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// rootMeanSquare keeps for each cell the sum of the squares and the greatest
// magnitude.
var rootMeanSquare = array.Tree[float64, float64, float32]{
	Chunk: func(_ context.Context, info array.TreeInfo, partial, block []float64) error {
		n := len(block) / info.Cells
		for c := range info.Cells {
			for _, v := range block[c*n : (c+1)*n] {
				partial[2*c] += v * v
				partial[2*c+1] = max(partial[2*c+1], math.Abs(v))
			}
		}
		return nil
	},
	Combine: func(left, right []float64) error {
		for i := 0; i < len(left); i += 2 {
			left[i] += right[i]
			left[i+1] = max(left[i+1], right[i+1])
		}
		return nil
	},
	Finish: func(dst []float32, partial []float64, n int64) error {
		for c := range dst {
			dst[c] = float32(math.Sqrt(partial[2*c]/float64(n)) + partial[2*c+1])
		}
		return nil
	},
	Width: 2,
}

func TestTreeReduce(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	want := func(v []float64) float64 {
		squares, most := 0.0, 0.0
		for _, x := range v {
			squares += x * x
			most = max(most, math.Abs(x))
		}
		return float64(float32(math.Sqrt(squares/float64(len(v))) + most))
	}
	for range 60 {
		p := random(r, randomShape(r, 1+r.IntN(4), 6))
		var axes []int
		for axis := range p.shape {
			if r.IntN(2) == 0 {
				axes = append(axes, axis)
			}
		}
		keepdims := r.IntN(2) == 0
		opts := []array.ReduceOption{array.Axes(axes...)}
		if keepdims {
			opts = append(opts, array.Keepdims())
		}
		expected := p.reduce(axes, keepdims, want)
		x := chunked(r, p)
		if r.IntN(2) == 0 { // an expression rather than a source
			x = x.Neg().Neg()
		}
		a := array.TreeReduce(rootMeanSquare, x, opts...)
		require.NoError(t, a.Err())
		require.Equal(t, dtype.Float32, a.DType())
		require.Equal(t, append([]int{}, expected.shape...), append([]int{}, a.Shape()...))
		require.Equal(t, expected.data, values(t, a.AsType(dtype.Float64)), "axes %v of %v in chunks %v", axes, p.shape, x.Chunks())
	}
	x := array.FromSlice(numbers(24), []int{2, 3, 4}, array.Names("TIME", "LAT", "LON"))
	require.Equal(t, []string{"LAT"}, array.TreeReduce(rootMeanSquare, x, array.AxesNamed("LON", "TIME")).Names())
	require.Equal(t, values(t, x.Sum().AsType(dtype.Float64)), values(t, array.TreeReduce(total(), x)))
}

// total is the sum, by a tree.
func total() array.Tree[float64, float64, float64] {
	return array.Tree[float64, float64, float64]{
		Chunk: func(_ context.Context, info array.TreeInfo, partial, block []float64) error {
			for i, v := range block {
				partial[i*info.Cells/len(block)] += v
			}
			return nil
		},
		Combine: func(left, right []float64) error {
			for i, v := range right {
				left[i] += v
			}
			return nil
		},
		Finish: func(dst, partial []float64, _ int64) error {
			copy(dst, partial)
			return nil
		},
	}
}

// spans keeps the numbers of the first and the last block and the height of the
// tree of each partial, and fails if neighbours do not meet.
var spans = array.Tree[float64, int64, int64]{
	Chunk: func(_ context.Context, info array.TreeInfo, partial []int64, _ []float64) error {
		partial[0], partial[1] = int64(info.Index[0]), int64(info.Index[0])
		return nil
	},
	Combine: func(left, right []int64) error {
		if left[1]+1 != right[0] {
			return fmt.Errorf("blocks %d to %d meet %d to %d", left[0], left[1], right[0], right[1])
		}
		// The left half has a power of two of the blocks, and no less than the right one.
		n, k := left[1]-left[0]+1, right[1]-right[0]+1
		if n&(n-1) != 0 || k > n {
			return fmt.Errorf("%d blocks are combined with %d", n, k)
		}
		left[1], left[2] = right[1], max(left[2], right[2])+1
		return nil
	},
	Finish: func(dst, partial []int64, n int64) error {
		dst[0], dst[1], dst[2] = partial[1], partial[2], n
		return nil
	},
	Width: 3, Results: 3,
}

// TestTreesAreBalanced: partials of neighbours are combined, in the tree that the
// number of blocks decides, on any number of workers.
func TestTreesAreBalanced(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		e := engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20})
		for _, blocks := range []int{1, 2, 3, 7, 8, 100, 1000} {
			for _, size := range []int{1, 3000} {
				x := array.Zeros[float64]([]int{blocks * size}, array.Chunks(size)).Add(array.Const(1))
				got, err := array.Values[int64](t.Context(), array.TreeReduce(spans, x), array.On(e))
				require.NoError(t, err, "%d blocks of %d", blocks, size)
				height := int64(math.Ceil(math.Log2(float64(blocks))))
				require.Equal(t, []int64{int64(blocks) - 1, height, int64(blocks * size)}, got)
			}
		}
	}
}

func TestTreesAreToldTheirBlock(t *testing.T) {
	x := array.FromSlice(numbers(60), []int{3, 4, 5}, array.Chunks(2, 4, 3))
	var mu sync.Mutex
	seen := map[string]string{}
	tree := total()
	tree.Chunk = func(_ context.Context, info array.TreeInfo, partial, block []float64) error {
		mu.Lock()
		defer mu.Unlock()
		seen[fmt.Sprint(info.Index)] = fmt.Sprint(info.Region, info.Cells, len(partial), len(block), block[0], block[1])
		return nil
	}
	values(t, array.TreeReduce(tree, x, array.Axes(0, 2)))
	// The elements of a cell follow one another: the second is the next along the
	// last reduced axis, not along the kept one.
	require.Equal(t, map[string]string{
		"[0 0 0]": "[0:2, 0:4, 0:3] 4 4 24 0 1", "[0 0 1]": "[0:2, 0:4, 3:5] 4 4 16 3 4",
		"[1 0 0]": "[2:3, 0:4, 0:3] 4 4 12 40 41", "[1 0 1]": "[2:3, 0:4, 3:5] 4 4 8 43 44",
	}, seen)
}

// TestTreesOfManyResults: a histogram of each column.
func TestTreesOfManyResults(t *testing.T) {
	histogram := array.Tree[uint8, int64, int32]{
		Chunk: func(_ context.Context, info array.TreeInfo, partial []int64, block []uint8) error {
			for i, v := range block {
				partial[4*(i*info.Cells/len(block))+int(v)]++
			}
			return nil
		},
		Combine: func(left, right []int64) error {
			for i, v := range right {
				left[i] += v
			}
			return nil
		},
		Finish: func(dst []int32, partial []int64, _ int64) error {
			for i, v := range partial {
				dst[i] = int32(v)
			}
			return nil
		},
		Width: 4, Results: 4,
	}
	x := array.FromSlice([]uint8{0, 3, 1, 3, 0, 1, 2, 3}, []int{4, 2}, array.Chunks(3, 1), array.Names("y", "x"))
	counts := array.TreeReduce(histogram, x, array.Axes(0))
	require.Equal(t, block.Shape{2, 4}, counts.Shape())
	require.Equal(t, []string{"x", ""}, counts.Names())
	got, err := array.Values[int32](t.Context(), counts)
	require.NoError(t, err)
	require.Equal(t, []int32{2, 1, 1, 0, 0, 1, 0, 3}, got)
	require.Equal(t, block.Shape{1, 1, 4}, array.TreeReduce(histogram, x, array.Keepdims()).Shape())
	require.Equal(t, []float64{2, 3}, values(t, counts.Max(array.Axes(1)).AsType(dtype.Float64)), "the result goes on")
}

func TestTreesOfNothing(t *testing.T) {
	x := array.Zeros[float64]([]int{0, 3})
	require.Equal(t, []float64{0, 0, 0}, values(t, array.TreeReduce(total(), x, array.Axes(0))))
	require.Empty(t, values(t, array.TreeReduce(total(), x, array.Axes(1))))
	require.Equal(t, numbers(6), values(t, array.TreeReduce(total(), array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2)), array.Axes())))
	require.Equal(t, []float64{7}, values(t, array.TreeReduce(total(), array.Full([]int{}, 7.0))))
}

func TestTreeMistakes(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2))
	half, negative, few, scratch := total(), total(), total(), total()
	half.Combine, negative.Width, few.Results, scratch.Scratch = nil, -1, -2, -3
	for _, c := range []struct {
		a    array.Array
		kind graph.Kind
		want string
	}{
		{array.TreeReduce(half, x), graph.ValueError, "tree_reduce: the function Chunk, Combine or Finish is nil"},
		{array.TreeReduce(negative, x), graph.ValueError, "tree_reduce: a partial of -1 elements holds nothing"},
		{array.TreeReduce(few, x), graph.ValueError, "tree_reduce: there cannot be -2 results"},
		{array.TreeReduce(scratch, x), graph.ValueError, "tree_reduce: the scratch memory -3 is negative"},
		{array.TreeReduce(total(), x.AsType(dtype.Int8)), graph.TypeError, "tree_reduce: the functions take elements of float64, the array has int8: convert it with AsType(dtype.Float64)"},
		{array.TreeReduce(total(), x, array.Axes(2)), graph.IndexError, "tree_reduce: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{array.TreeReduce(total(), x, array.AxesNamed("t")), graph.ValueError, `tree_reduce: no axis is called "t"; the axes have no names, use their numbers`},
		{array.TreeReduce(total(), x, array.Correction(1)), graph.ValueError, "tree_reduce: the correction 1 is for var and std, nanvar and nanstd"},
		{array.TreeReduce(total(), array.Array{}), graph.ValueError, "tree_reduce: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like"},
	} {
		var mistake *graph.Error
		require.ErrorAs(t, c.a.Err(), &mistake, c.want)
		require.Equal(t, c.kind, mistake.Kind, c.want)
		require.EqualError(t, c.a.Err(), c.want+" (at "+mistake.Site.String()+")")
		require.Contains(t, mistake.Site.String(), "tree_test.go")
	}
}

// TestFailingTreesNameTheirBlock: errors, panics and the end of the goroutine in
// each of the functions end the computation, and nothing stays allocated.
func TestFailingTreesNameTheirBlock(t *testing.T) {
	broken := errors.New("no such thing")
	failures := map[string]func() error{
		"no such thing":               func() error { return broken },
		"panic: oh no":                func() error { panic("oh no") },
		"called runtime.Goexit":       func() error { runtime.Goexit(); return nil },
		"panic: runtime error: index": func() error { return errors.New(fmt.Sprint(numbers(0)[len(numbers(0))])) },
	}
	for want, fail := range failures {
		for _, where := range []string{"chunk", "combine", "finish"} {
			for _, size := range []int{1, 140_000} { // many blocks of a task, and tasks whose partials meet
				tree := total()
				whole := tree
				tree.Chunk = func(ctx context.Context, info array.TreeInfo, partial, block []float64) error {
					if where == "chunk" && info.Index[0] == 2 {
						return fail()
					}
					return whole.Chunk(ctx, info, partial, block)
				}
				tree.Combine = func(left, right []float64) error {
					if where == "combine" {
						return fail()
					}
					return whole.Combine(left, right)
				}
				tree.Finish = func(dst, partial []float64, n int64) error {
					if where == "finish" {
						return fail()
					}
					return whole.Finish(dst, partial, n)
				}
				x := array.Zeros[float64]([]int{6 * size}, array.Chunks(size)).Add(array.Const(1))
				for _, workers := range []int{1, 3} {
					e, err := scheduler.New(scheduler.Options{Workers: workers, Memory: 64 << 20})
					require.NoError(t, err)
					_, err = array.Values[float64](t.Context(), array.TreeReduce(tree, x), array.On(e))
					require.ErrorContains(t, err, want, where)
					require.ErrorContains(t, err, "tree_reduce, block [")
					require.ErrorContains(t, err, "tree_test.go")
					if where == "chunk" && want != "called runtime.Goexit" {
						require.ErrorContains(t, err, "block [2]")
					}
					require.NoError(t, e.Close())
					require.Zero(t, e.InUse(), "%s in %s, blocks of %d, %d workers", want, where, size, workers)
				}
				if want != "called runtime.Goexit" { // which would end this test
					_, err := array.Values[float64](t.Context(), array.TreeReduce(tree, x), array.On(scheduler.Serial{}))
					require.ErrorContains(t, err, want)
				}
			}
		}
	}
}

// TestPartialsAreInTheBudget: large partials are refused, or spilled, like any
// other memory.
func TestPartialsAreInTheBudget(t *testing.T) {
	large := total()
	large.Width = 1 << 15 // 256 KiB
	large.Chunk = func(_ context.Context, _ array.TreeInfo, partial, block []float64) error {
		partial[len(partial)-1] = sum(block)
		return nil
	}
	large.Finish = func(dst, partial []float64, _ int64) error {
		dst[0] = partial[len(partial)-1]
		return nil
	}
	x := array.From(counted(t, []int{50_000}, []int{1000}))
	a := array.TreeReduce(large, x)
	var refused *plan.BudgetError
	_, err := array.Values[float64](t.Context(), a, array.On(engine(t, scheduler.Options{Workers: 1, Memory: 512 << 10})))
	require.ErrorAs(t, err, &refused)
	require.Greater(t, refused.Needed, int64(768<<10))
	want := sum(numbers(50_000))
	for _, workers := range []int{1, 3} {
		e := engine(t, scheduler.Options{Workers: workers, Memory: leastBudget(t, []array.Array{a}, workers), SpillDir: t.TempDir()})
		require.Equal(t, []float64{want}, values(t, a, array.On(e)))
		require.LessOrEqual(t, e.PeakInUse(), e.Memory())
	}
}

// TestTreesShareReads: a user's reduction and one of the table read a source once
// if it stays in memory.
func TestTreesShareReads(t *testing.T) {
	src := counted(t, []int{40, 30}, []int{10, 10})
	x := array.From(src)
	_, err := array.Compute(t.Context(), []array.Array{array.TreeReduce(total(), x, array.Axes(0)), x.Sum(array.Axes(0)), array.TreeReduce(total(), x)})
	require.NoError(t, err)
	require.EqualValues(t, 40*30*8, src.Bytes())
	require.True(t, slices.Equal(values(t, array.TreeReduce(total(), x, array.Axes(1))), values(t, x.Sum(array.Axes(1)))))
}
