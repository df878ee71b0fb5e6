package array_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
)

// lanesOf calls f for each lane of an array along an axis: the numbers of its
// elements in C order.
func lanesOf(shape []int, axis int, f func(numbers []int)) {
	strides := block.Shape(shape).Strides()
	rest := slices.Clone(shape)
	rest[axis] = 1
	block.Positions(block.Whole(rest), func(at []int) bool {
		number := 0
		for k, i := range at {
			number += i * strides[k]
		}
		numbers := make([]int, shape[axis])
		for i := range numbers {
			numbers[i] = number + i*strides[axis]
		}
		f(numbers)
		return true
	})
}

func smallShape(r *rand.Rand) []int {
	return []int{1 + r.IntN(6), 1 + r.IntN(30), 1 + r.IntN(5)}[:1+r.IntN(3)]
}

// floats is an array of random numbers in random chunks.
func floats(r *rand.Rand, shape []int) (array.Array, []float64) {
	values := make([]float64, block.Shape(shape).Elements())
	chunks := make([]int, len(shape))
	for i := range values {
		values[i] = math.Round(r.NormFloat64()*4) / 4
	}
	for axis, n := range shape {
		chunks[axis] = 1 + r.IntN(max(1, n))
	}
	return array.FromSlice(values, shape, array.Chunks(chunks...)), values
}

func TestCumulative(t *testing.T) {
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 5))
		shape := smallShape(r)
		x, values := floats(r, shape)
		axis := r.IntN(len(shape))
		e := engineOf(t, 1+r.IntN(3), 1<<20)
		sums, err := array.Values[float64](t.Context(), x.CumSum(axis), array.On(e))
		require.NoError(t, err)
		products, err := array.Values[float64](t.Context(), x.CumProd(axis-len(shape)), array.On(e))
		require.NoError(t, err)
		lanesOf(shape, axis, func(numbers []int) {
			sum, product := 0.0, 1.0
			for _, i := range numbers {
				sum += values[i]
				product *= values[i]
				require.Equal(t, sum, sums[i], "seed %d", seed)
				require.InDelta(t, product, products[i], 1e-12*math.Abs(product), "seed %d", seed)
			}
		})
		first := x.CumSum(axis, array.IncludeInitial())
		require.Equal(t, shape[axis]+1, first.Shape()[axis])
		all, err := array.Values[float64](t.Context(), first.Index(slices.Repeat([]array.Index{array.All()}, axis)...), array.On(e))
		require.NoError(t, err)
		wide := slices.Clone(shape)
		wide[axis]++
		lanesOf(wide, axis, func(numbers []int) { require.Zero(t, all[numbers[0]]) })
	}
	ones := array.Full([]int{1_000_000}, float32(0.1), array.Chunks(70_000))
	last, err := array.Item[float32](t.Context(), ones.CumSum(0).Slice("-1"))
	require.NoError(t, err)
	require.InDelta(t, 100_000, last, 0.01, "NumPy's float32 sums are 958 off")
	wrapped, err := array.Values[int64](t.Context(), array.FromSlice([]int8{100, 100, 100}, nil).CumSum(0))
	require.NoError(t, err)
	require.Equal(t, []int64{100, 200, 300}, wrapped)
}

// TestCumulativeOfManyWideChunks: the totals of all chunks are six times the budget.
func TestCumulativeOfManyWideChunks(t *testing.T) {
	x := array.Ones[int64]([]int{300, 40_000}, array.Chunks(1, 40_000))
	e := engineOf(t, 2, 16<<20)
	got, err := array.Values[int64](t.Context(), x.CumSum(0).Slice("::99, ::20000"), array.On(e))
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1, 100, 100, 199, 199, 298, 298}, got)
}

func TestTopK(t *testing.T) {
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 6))
		shape := smallShape(r)
		x, values := floats(r, shape)
		values[r.IntN(len(values))] = math.NaN()
		axis := r.IntN(len(shape))
		k := 1 + r.IntN(shape[axis])
		if r.IntN(2) == 0 {
			k = -k
		}
		e := engineOf(t, 1+r.IntN(3), 1<<20)
		best, err := array.Values[float64](t.Context(), x.TopK(k, axis), array.On(e))
		require.NoError(t, err)
		places, err := array.Values[int64](t.Context(), x.ArgTopK(k, axis), array.On(e))
		require.NoError(t, err)
		out := slices.Clone(shape)
		out[axis] = max(k, -k)
		var lanes [][]int
		lanesOf(shape, axis, func(numbers []int) { lanes = append(lanes, numbers) })
		i := 0
		lanesOf(out, axis, func(numbers []int) {
			lane := lanes[i]
			i++
			order := make([]int, len(lane))
			for j := range order {
				order[j] = j
			}
			less := func(a, b float64) bool { return a < b || a == a && b != b }
			sort.SliceStable(order, func(a, b int) bool {
				if k > 0 {
					return less(values[lane[order[b]]], values[lane[order[a]]])
				}
				return less(values[lane[order[a]]], values[lane[order[b]]])
			})
			for j, number := range numbers {
				require.EqualValues(t, order[j], places[number], "seed %d", seed)
				want := values[lane[order[j]]]
				require.True(t, want == best[number] || want != want && best[number] != best[number])
			}
		})
	}
}

func TestMasks(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		shape := smallShape(r)
		x, values := floats(r, shape)
		limit := r.NormFloat64() * 3
		e := engineOf(t, 1+r.IntN(3), 1<<20)

		// A mask of the full rank keeps C order, whatever the chunks.
		want := []float64{}
		var numbers []int64
		for i, v := range values {
			if v > limit {
				want = append(want, v)
				numbers = append(numbers, int64(i))
			}
		}
		big := x.Gt(array.Const(limit))
		kept := x.Extract(big)
		require.Equal(t, block.Shape{block.Unknown}, kept.Shape())
		got, err := array.Values[float64](t.Context(), kept, array.On(e))
		require.NoError(t, err)
		require.Equal(t, want, append([]float64{}, got...), "seed %d", seed)

		resolved, err := kept.Resolve(t.Context(), array.On(e))
		require.NoError(t, err)
		require.Equal(t, block.Shape{len(want)}, resolved.Shape())
		back, err := array.Values[float64](t.Context(), resolved.Slice("::-1"), array.On(e))
		require.NoError(t, err)
		slices.Reverse(back)
		require.Equal(t, want, append([]float64{}, back...))

		sum, err := array.Item[float64](t.Context(), kept.Mul(array.Const(2)).Sum(), array.On(e))
		require.NoError(t, err)
		total := 0.0
		for _, v := range want {
			total += 2 * v
		}
		require.InDelta(t, total, sum, 1e-9)

		for axis, where := range big.NonZero() {
			indices, err := array.Values[int64](t.Context(), where, array.On(e))
			require.NoError(t, err)
			require.Len(t, indices, len(numbers))
			stride, n := int64(block.Shape(shape).Strides()[axis]), int64(shape[axis])
			for i, number := range numbers {
				require.Equal(t, number/stride%n, indices[i])
			}
		}

		// A mask of one axis.
		axis := r.IntN(len(shape))
		mask := make([]bool, shape[axis])
		var places []int
		for i := range mask {
			if mask[i] = r.IntN(3) == 0; mask[i] {
				places = append(places, i)
			}
		}
		picked, err := array.Compute(t.Context(), []array.Array{
			x.Compress(array.FromSlice(mask, nil, array.Chunks(1+r.IntN(9))), axis), x.Take(places, axis)}, array.On(e))
		require.NoError(t, err)
		require.Equal(t, picked[1].Shape, picked[0].Shape)
		require.Equal(t, picked[1].DenseBytes(), picked[0].DenseBytes())
	}
}

func TestTakeAlong(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 8))
		shape := smallShape(r)
		x, values := floats(r, shape)
		axis := r.IntN(len(shape))
		out := slices.Clone(shape)
		out[axis] = r.IntN(9)
		indices := make([]int32, block.Shape(out).Elements())
		for i := range indices {
			indices[i] = int32(r.IntN(2*shape[axis]) - shape[axis])
		}
		e := engineOf(t, 1+r.IntN(3), 1<<20)
		y := x.TakeAlong(array.FromSlice(indices, out, array.Chunks(2)), axis)
		require.Equal(t, block.Shape(out), y.Shape())
		got, err := array.Values[float64](t.Context(), y, array.On(e))
		require.NoError(t, err)
		var lanes [][]int
		lanesOf(shape, axis, func(numbers []int) { lanes = append(lanes, numbers) })
		i := 0
		lanesOf(out, axis, func(numbers []int) {
			for _, number := range numbers {
				place := (int(indices[number]) + shape[axis]) % shape[axis]
				require.Equal(t, values[lanes[i][place]], got[number], "seed %d", seed)
			}
			i++
		})
	}
	_, err := array.Values[int64](t.Context(), array.Arange[int64](0, 5, 1).TakeAlong(array.FromSlice([]int64{0, 5}, nil), 0))
	require.ErrorContains(t, err, "index 5 is out of range for length 5")
	require.ErrorContains(t, err, "blockwise_test.go")
	var kind interface{ Kind() string }
	require.ErrorAs(t, err, &kind)
	require.Equal(t, "IndexError", kind.Kind())
}

// TestTakeAlongStretches: indices of length 1 along other axes are for all places
// there, of blocks of every length.
func TestTakeAlongStretches(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 12))
		x, _ := floats(r, []int{1 + r.IntN(5), 1 + r.IntN(5), 1 + r.IntN(5)})
		axis := r.IntN(3)
		list := make([]int, 1+r.IntN(6))
		indices := make([]int64, len(list))
		for i := range list {
			list[i] = r.IntN(x.Shape()[axis])
			indices[i] = int64(list[i])
		}
		ones := []int{1, 1, 1}
		ones[axis] = len(list)
		want, err := array.Values[float64](t.Context(), x.Take(list, axis))
		require.NoError(t, err)
		at := array.FromSlice(indices, ones, array.Chunks(1+r.IntN(4)))
		got, err := array.Values[float64](t.Context(), x.TakeAlong(at, axis))
		require.NoError(t, err)
		require.Equal(t, want, got, "seed %d", seed)
	}
}

// TestTakeAlongOfManyChunks: an axis of several times the budget, of every type and
// with elements that are the least there are.
func TestTakeAlongOfManyChunks(t *testing.T) {
	const n = 1_000_003
	for _, d := range dtype.All() {
		e := engineOf(t, 2, 3<<20+n/8*int64(d.Size()))
		numbers := array.Arange[float64](-500, n-500, 1, array.Chunks(n/32))
		special := []complex128{complex(math.Inf(-1), math.Inf(-1)), complex(math.Copysign(0, -1), math.Copysign(0, -1)), complex(math.Inf(1), 0), complex(math.NaN(), 1)}
		x := array.Concatenate([]array.Array{numbers.AsType(dtype.Complex128), array.FromSlice(special, nil)}, 0).AsType(d).Rechunk(array.Chunks(n / 32))
		places := []int64{0, -1, n + 1, n, -2, n / 2, n/2 - 1, n/32 - 1, n / 32, 499, 500, 501, 0}
		list := make([]int, len(places))
		for i, p := range places {
			list[i] = int(p)
		}
		want, err := array.Compute(t.Context(), []array.Array{x.Take(list, 0)}, array.On(e))
		require.NoError(t, err)
		at := array.FromSlice(places, nil, array.Chunks(5))
		for _, y := range []array.Array{x.TakeAlong(at, 0), x.Index(at), x.Reshape(1, -1).TakeAlong(at.Reshape(1, -1), 1).Reshape(-1)} {
			got, err := array.Compute(t.Context(), []array.Array{y}, array.On(e))
			require.NoError(t, err)
			require.Equal(t, want[0].DenseBytes(), got[0].DenseBytes(), "%v", d)
		}
		_, err = array.Compute(t.Context(), []array.Array{x.TakeAlong(array.FromSlice([]int64{3, n + 4}, nil), 0)}, array.On(e))
		require.ErrorContains(t, err, "index 1000007 is out of range for length 1000007")
	}
}

func TestSearchSortedOfManyChunks(t *testing.T) {
	const n = 2_000_000
	e := engineOf(t, 2, 4<<20) // of 16 MB
	sorted := array.Arange[int64](0, n, 1, array.Chunks(50_000)).FloorDiv(array.Const(3))
	v := []int64{-5, 0, 1, 2, 16_666, 16_667, 333_333, 666_665, 666_666, 666_667, 1 << 40}
	for _, right := range []bool{false, true} {
		got, err := array.Values[int64](t.Context(), sorted.SearchSorted(array.FromSlice(v, nil, array.Chunks(4)), right), array.On(e))
		require.NoError(t, err)
		for i, value := range v {
			want := min(max(3*value, 0), n)
			if right {
				want = min(max(3*value+3, 0), n)
			}
			require.Equal(t, want, got[i], "%d, right: %v", value, right)
		}
	}
}

func TestSearchSorted(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		_, sorted := floats(r, []int{r.IntN(40)})
		sort.Float64s(sorted)
		v, values := floats(r, smallShape(r))
		right := r.IntN(2) == 0
		got, err := array.Values[int64](t.Context(), array.FromSlice(sorted, nil, array.Chunks(3)).SearchSorted(v, right), array.On(engineOf(t, 2, 1<<20)))
		require.NoError(t, err)
		for i, value := range values {
			want := sort.Search(len(sorted), func(k int) bool { return sorted[k] > value || sorted[k] == value && !right })
			require.EqualValues(t, want, got[i])
		}
	}
}

func TestSlidingWindows(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 10))
		shape := smallShape(r)
		x, values := floats(r, shape)
		axis := r.IntN(len(shape))
		n := 1 + r.IntN(shape[axis])
		w := x.SlidingWindows([]int{n}, axis)
		out := append(slices.Clone(shape), n)
		out[axis] -= n - 1
		require.Equal(t, block.Shape(out), w.Shape())
		got, err := array.Values[float64](t.Context(), w, array.On(engineOf(t, 2, 1<<20)))
		require.NoError(t, err)
		i := 0
		block.Positions(block.Whole(out), func(index []int) bool {
			from := slices.Clone(index[:len(shape)])
			from[axis] += index[len(shape)]
			require.Equal(t, at(values, shape, from), got[i], "seed %d", seed)
			i++
			return true
		})
	}
}

// TestBlocksStaySmall: windows and lists of several axes make no block that is
// much larger than what they are made from.
func TestBlocksStaySmall(t *testing.T) {
	x := array.Ones[float64]([]int{1_000_000, 3}, array.Chunks(500_000, 3))
	for _, y := range []array.Array{
		x.SlidingWindows([]int{10_000}, 0),
		x.SlidingWindows([]int{10_000, 2}, 0, 1),
		array.Ones[int8]([]int{100_000, 100_000}, array.Chunks(1, 1)).IndexOuter(array.List(make([]int, 50_000)...), array.List(make([]int, 50_000)...)),
	} {
		require.NoError(t, y.Err())
		require.LessOrEqual(t, y.Chunks().Largest().Elements()*y.DType().Size(), 16<<20, "%v", y)
	}
	sum, err := array.Item[float64](t.Context(), x.SlidingWindows([]int{100}, 0).Slice("5:8").Sum(), array.On(engineOf(t, 2, 16<<20)))
	require.NoError(t, err)
	require.Equal(t, 900.0, sum)
}

// TestResolveOneAfterTheOther: what is counted depends on the lengths that were
// counted before, also where all lengths in between are known.
func TestResolveOneAfterTheOther(t *testing.T) {
	for _, n := range []int{0, 1, 7} {
		x := array.Arange[int64](0, 10, 1, array.Chunks(3))
		few := x.Compress(x.Lt(array.Const(n)), 0)
		count := few.Sum().Add(array.Const(1)) // no length of it is unknown
		numbers, err := array.Values[int64](t.Context(), x.Compress(x.Lt(count), 0))
		require.NoError(t, err)
		require.Len(t, numbers, min(10, n*(n-1)/2+1))
		first, err := array.Values[int64](t.Context(), few.Sum().Ravel().FlatNonZero())
		require.NoError(t, err)
		require.Equal(t, n > 1, len(first) == 1)
		double := func(_ context.Context, _ array.BlockInfo, dst, src []int64) error {
			for i, v := range src {
				dst[i] = 2 * v
			}
			return nil
		}
		mapped, err := array.Values[int64](t.Context(), array.MapBlocks(double, few))
		require.NoError(t, err)
		require.Len(t, mapped, n)
	}
}
