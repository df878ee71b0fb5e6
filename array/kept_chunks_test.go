package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/scheduler"
)

// TestChunksOfResults: neither tiny ones nor ones that are many times as large as
// those of the inputs.
func TestChunksOfResults(t *testing.T) {
	x := array.Zeros[float64]([]int{1000, 600}, array.Chunks(100, 200), array.Names("y", "x"))
	line := array.Zeros[float64]([]int{1_000_000}, array.Chunks(array.Whole))
	small := array.Zeros[float64]([]int{3})
	many := array.Zeros[float64]([]int{10_000}, array.Chunks(10))
	uneven := array.Zeros[float64]([]int{7}, array.ChunkSizes([]int{3, 1, 3}))
	one := array.Const(1.5)
	for _, c := range []struct {
		what string
		a    array.Array
		want string
	}{
		{"roll", x.Roll(1, 0), "(10x100, 3x200)"},
		{"roll twice", x.Roll(-7, 0, 1), "(10x100, 3x200)"},
		{"roll in C order", x.Roll(1), "(10x100, 3x200)"},
		{"roll and subtract", x.Sub(x.Roll(1, 0)).Add(x.Roll(-1, 1)), "(10x100, 3x200)"},
		{"roll uneven", uneven.Roll(2, 0), "(3+1+3,)"},
		{"flip", x.Flip(0), "(10x100, 3x200)"},
		{"rot90", x.Rot90(1, 0, 1), "(3x200, 10x100)"},
		{"diff", x.Diff(1, 0), "(9x100+99, 3x200)"},
		{"third diff", x.Diff(3, -1), "(10x100, 2x200+197)"},
		{"diff between", x.Diff(1, 0, array.Prepend(one), array.Append(one)), "(10x100+1, 3x200)"},
		{"tril", x.Tril(3), "(10x100, 3x200)"},
		{"stack", array.Stack([]array.Array{x, x}, 0), "(2x1, 10x100, 3x200)"},
		{"repeat", x.Repeat(3, 0), "(40x75, 3x200)"},
		{"repeat often", x.Repeat(1000, 1), "(10x100, 3000x200)"},
		{"repeat one chunk", small.Repeat(4, 0), "(12,)"},
		{"repeat one chunk often", small.Repeat(10_000_000, 0), "(14x2097152+639872,)"},
		{"repeat small chunks", many.Repeat(2, 0), "(2000x10,)"},
		{"repeat uneven", uneven.Repeat(2, 0), "(7x2,)"},
		{"tile", x.Tile(3, 1), "(30x100, 3x200)"},
		{"tile both axes", x.Tile(2, 2), "(20x100, 6x200)"},
		{"tile into more axes", x.Tile(4, 1, 1), "(4, 10x100, 3x200)"},
		{"tile one chunk", small.Tile(5), "(15,)"},
		{"tile one chunk often", small.Tile(10_000_000), "(14x2097150+639900,)"},
		{"tile one long chunk", line.Tile(5), "(2x2000000+1000000,)"},
		{"tile to a large array", small.Tile(100_000, 100_000), "(69x1448+88, 207x1446+678)"},
		{"broadcast", one.BroadcastTo(100_000, 100_000), "(69x1429+1399, 69x1429+1399)"},
		{"broadcast one axis", line.BroadcastTo(50, 1_000_000), "(25x2, 1000000)"},
		{"broadcast a little", small.BroadcastTo(50, 3), "(50, 3)"},
		{"eye", array.Eye[float64](100_000, 100_000, 0), "(69x1448+88, 69x1448+88)"},
		{"diag", line.Diag(0), "(690x1448+880, 690x1448+880)"},
		{"diag of many", many.Diag(1), "(1000x10+1, 1000x10+1)"},
		{"diagonal", x.Diagonal(50, 0, 1), "(100+2x50+100+2x50+100+… (8 blocks),)"},
		{"indices", array.Indices[int64]([]int{100_000, 100_000}), "(2, 97x1024+672, 97x1024+672)"},
		{"meshgrid", array.Meshgrid([]array.Array{line, line})[0], "(690x1448+880, 690x1448+880)"},
		{"meshgrid of many", array.Meshgrid([]array.Array{many, small})[1], "(3, 1000x10)"},
		{"sparse meshgrid", array.Meshgrid([]array.Array{line, line}, array.Sparse)[0], "(1, 1000000)"},
		{"linspace", array.Linspace[float64](0, 1, 10_000_000, true), "(4x2097152+1611392,)"},
		{"broadcast arrays", array.BroadcastArrays(many, x.Slice("0, :1"), array.Zeros[int8]([]int{500_000, 1}))[0], "(2x166667+166666, 1000x10)"},
	} {
		require.NoError(t, c.a.Err(), c.what)
		require.Equal(t, c.want, c.a.Chunks().String(), c.what)
	}
}

// TestPartsReadTheirChunks: of what is put together of an array, a part reads the
// chunks that it is made of.
func TestPartsReadTheirChunks(t *testing.T) {
	for _, c := range []struct {
		what  string
		y     func(x array.Array) array.Array
		reads int // of the 10 by 10 chunks
	}{
		{"roll", func(x array.Array) array.Array { return x.Roll(25, 0).Slice("30:40, 0:10") }, 2},
		{"roll across the end", func(x array.Array) array.Array { return x.Roll(5, 0, 1).Slice(":1, :1") }, 1},
		{"roll back", func(x array.Array) array.Array { return x.Roll(5, 0).Roll(-5, 0).Slice("20:30, 20:30") }, 1},
		{"roll by whole chunks", func(x array.Array) array.Array { return x.Roll(30, 1) }, 100},
		{"stack", func(x array.Array) array.Array {
			return array.Stack([]array.Array{x, x.Add(array.Const(1)), x}, 1).Slice("12:18, 1, 35:45")
		}, 2},
		{"unstack", func(x array.Array) array.Array { return x.Unstack(0)[55] }, 10},
		{"split", func(x array.Array) array.Array { return x.Split(4, 0)[1].Slice(":, 3") }, 3},
		{"flip", func(x array.Array) array.Array { return x.Flip().Slice("0:3, 0:3") }, 1},
		{"rot90", func(x array.Array) array.Array { return x.Rot90(3, 0, 1).Slice("0:10, 95:") }, 1},
		{"tril", func(x array.Array) array.Array { return x.Tril(0).Slice("45:55, 20") }, 2},
		{"vstack", func(x array.Array) array.Array { return array.VStack([]array.Array{x, x}).Slice("95:105, 7") }, 2},
		{"block", func(x array.Array) array.Array {
			return array.Block([][]array.Array{{x, x}, {x, x}}).Slice("100:110, 100:110")
		}, 1},
		{"repeat", func(x array.Array) array.Array { return x.Repeat(3, 0).Slice("29:31, 5") }, 2},
		{"tile", func(x array.Array) array.Array { return x.Tile(2, 3).Slice("100:110, 290:300") }, 1},
		{"diff", func(x array.Array) array.Array { return x.Diff(1, 0).Slice("9:10, 5:8") }, 2},
		{"moveaxis", func(x array.Array) array.Array { return x.MoveAxis(0, 1).Slice("3, 41:44") }, 1},
		{"zeros_like", func(x array.Array) array.Array { return array.ZerosLike(x) }, 0},
	} {
		src := counted(t, []int{100, 100}, []int{10, 10})
		got, err := array.Values[float64](t.Context(), c.y(array.From(src)), array.Verify())
		require.NoError(t, err, c.what)
		require.Equal(t, values(t, c.y(array.FromSlice(numbers(10000), []int{100, 100}))), got, c.what)
		require.Equal(t, c.reads, src.Reads(), c.what)
	}
}

// TestLargeResultsInASmallBudget: what is made of a little takes no more memory
// for being large.
func TestLargeResultsInASmallBudget(t *testing.T) {
	line := array.Arange(0, 3000.0, 1, array.Chunks(array.Whole))
	small := array.Arange(0, 100.0, 1)
	for _, c := range []struct {
		what string
		a    array.Array // of at least 72 MB
		want float64
	}{
		{"eye", array.Eye[float64](3000, 3000, 1).Sum(), 2999},
		{"tri", array.Tri[float64](3000, 3000, 0).Sum(), 3000 * 3001 / 2},
		{"diag", line.Diag(-2).Sum(), 2999 * 3000 / 2},
		{"meshgrid", array.Meshgrid([]array.Array{line, line})[0].Sum(), 3000 * 2999 * 3000 / 2},
		{"indices", array.Indices[float64]([]int{3000, 3000}).Sum(), 3000 * 2999 * 3000},
		{"broadcast", line.BroadcastTo(3000, 3000).Sum(), 3000 * 2999 * 3000 / 2},
		{"tile", small.Tile(100_000).Sum(), 100_000 * 4950},
		{"repeat", small.Repeat(100_000, 0).Sum(), 100_000 * 4950},
		{"tile both axes", small.Reshape(10, 10).Tile(300, 300).Sum(), 90_000 * 4950},
		{"linspace", array.Linspace[float64](0, 1, 9_000_001, true).Sum(), 4_500_000.5},
		{"fromfunction", array.FromFunc([]int{9_000_000}, func([]int) float64 { return 1 }).Sum(), 9_000_000},
	} {
		e := engine(t, scheduler.Options{Workers: 1, Memory: 40 << 20})
		got, err := array.Item[float64](t.Context(), c.a, array.On(e))
		require.NoError(t, err, c.what)
		require.InDelta(t, c.want, got, 1e-6*c.want, c.what)
		require.LessOrEqual(t, e.PeakInUse(), e.Memory())
	}
}

// TestDifferencesAlongBothAxes read every chunk once, though each block of the
// result needs parts of four, in a budget of a sixteenth of the arrays.
func TestDifferencesAlongBothAxes(t *testing.T) {
	const n = 640
	for _, workers := range []int{1, 2} {
		a, b := counted(t, []int{n, n}, []int{40, 40}), counted(t, []int{n, n}, []int{40, 40})
		y := array.From(a).Slice("1:, 1:").Sub(array.From(b).Slice(":-1, :-1"))
		e := engine(t, scheduler.Options{Workers: workers, Memory: 2 * n * n * 8 / 16})
		explained, err := y.Explain(array.On(e))
		require.NoError(t, err)
		sum, err := array.Item[float64](t.Context(), y.Sum(), array.On(e))
		require.NoError(t, err)
		require.Equal(t, float64((n-1)*(n-1)*(n+1)), sum)
		for i, src := range []*blocktest.CountingSource{a, b} {
			require.Equal(t, 256, src.Reads())
			require.EqualValues(t, (n-1)*(n-1)*8, src.Bytes())
			require.Equal(t, 1.0, explained.Sources[i].Passes)
		}
	}
}

// TestASliceDoesNotKeepItsChunk: a column of an array in blocks of rows, each of
// 8 MB, takes the memory of the column.
func TestASliceDoesNotKeepItsChunk(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{1000, 1_000_000}, block.Shape{1, 1_000_000})}
	for what, x := range map[string]array.Array{
		"made": array.Ones[float64]([]int{1000, 1_000_000}, array.Chunks(1, array.Whole)),
		"read": array.From(onesSource{d}),
	} {
		e := engine(t, scheduler.Options{Workers: 2, Memory: 1 << 20})
		for _, y := range []array.Array{x.Slice(":, 0:1"), x.Mul(x).Slice("::-1, -1").Sqrt()} {
			column, err := array.Persist(t.Context(), []array.Array{y}, array.On(e))
			require.NoError(t, err, what)
			require.LessOrEqual(t, e.PeakInUse(), e.Memory(), what)
			sum, err := array.Item[float64](t.Context(), column[0].Sum(), array.On(e))
			require.NoError(t, err)
			require.Equal(t, 1000.0, sum)
			column[0].Release()
		}
	}
}

// onesSource is a source of ones that holds nothing.
type onesSource struct{ d block.Description }

func (s onesSource) Describe() block.Description { return s.d }
func (s onesSource) Traits() block.Traits        { return block.Traits{Name: "ones"} }
func (s onesSource) Scratch(block.Region) int64  { return 0 }
func (s onesSource) Read(_ context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	to := dtype.Slice[float64](dst.DenseBytes())
	for i := range r.Elements() {
		to[i] = 1
	}
	return nil
}

// TestReshapeOfAnyChunks: Dask gives up on this one.
func TestReshapeOfAnyChunks(t *testing.T) {
	for _, chunks := range [][]int{{4, 6}, {2, 3}, {3, 4}, {1, 1}, {4, 1}, {1, 6}} {
		src := counted(t, []int{4, 6}, chunks)
		require.Equal(t, numbers(24), values(t, array.From(src).Reshape(3, 8)))
		blocks := ((4 + chunks[0] - 1) / chunks[0]) * ((6 + chunks[1] - 1) / chunks[1])
		require.Equal(t, blocks, src.Reads(), "each chunk once")
	}
}
