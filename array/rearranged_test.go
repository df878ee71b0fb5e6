package array_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// TestThereAndBack: what arranges elements anew has something that undoes it, in
// any chunks.
func TestThereAndBack(t *testing.T) {
	r := rand.New(rand.NewPCG(45, 46))
	same := func(p plain, a array.Array, what string) {
		t.Helper()
		require.Equal(t, block.Shape(p.shape), a.Shape(), what)
		require.Equal(t, p.data, values(t, a), what)
	}
	for range 60 {
		p := random(r, randomShape(r, 1+r.IntN(5), 6))
		x := chunked(r, p)
		rank := len(p.shape)
		i, k := r.IntN(rank), r.IntN(rank)
		shift := r.IntN(40) - 20
		same(p, x.Roll(shift, i, k).Roll(-shift, i, k), "roll")
		same(p, x.Roll(shift).Roll(-shift), "roll in C order")
		same(p, x.MoveAxis(i, k).MoveAxis(k, i), "moveaxis")
		axes, back := r.Perm(rank), make([]int, rank)
		for to, from := range axes {
			back[from] = to
		}
		same(p, x.MoveAxes(axes, back).Transpose(back...).MoveAxes(back, axes).Transpose(axes...), "moveaxis of all")
		same(p, x.SwapAxes(i, k).SwapAxes(k, i), "swapaxes")
		same(p, array.Stack(x.Unstack(i), i), "unstack")
		same(p, array.Concatenate(x.ArraySplit(1+r.IntN(4), i), i), "split")
		same(p, array.Concatenate(x.SplitAt([]int{r.IntN(p.shape[i] + 1)}, i), i), "split at an index")
		same(p, x.Ravel().Reshape(p.shape...), "ravel")
		times := 1 + r.IntN(3)
		steps := func(step int) array.Array {
			items := slices.Repeat([]array.Index{array.All()}, rank)
			items[i] = array.RangeStep(array.Open, array.Open, step)
			return x.Repeat(step, i).Index(items...)
		}
		same(p, steps(times), "repeat")
		for _, part := range x.Tile(append(slices.Repeat([]int{1}, i), append([]int{times}, slices.Repeat([]int{1}, rank-1-i)...)...)...).Split(times, i) {
			same(p, part, "tile")
		}
		if i != k {
			y := x
			for range 4 {
				y = y.Rot90(1, i, k)
			}
			same(p, y, "rot90 four times")
			same(p, x.Rot90(-3, i, k).Rot90(7, k, i).Rot90(2, i, k).Rot90(0, k, i), "rot90")
		}
		// Sums of differences are the array again.
		n := p.shape[i]
		zero := array.Zeros[float64]([]int{1}).BroadcastTo(slices.Repeat([]int{1}, rank)...)
		diff := x.Diff(1, i, array.Prepend(array.Const(0.0)))
		lower := array.Tri[float64](n, n, 0, array.Chunks(2))
		sums := diff.MoveAxis(i, -1).ExpandDims(-2).Mul(lower).Sum(array.Axes(-1)).MoveAxis(-1, i)
		same(p, sums.Add(zero), "diff")
	}
}

// TestSameBitsOfRearranged: several workers, the least budget, and without passes.
func TestSameBitsOfRearranged(t *testing.T) {
	r := rand.New(rand.NewPCG(47, 48))
	for range 6 {
		p := fill([]int{12 + r.IntN(9), 12 + r.IntN(9)}, func([]int) float64 { return r.NormFloat64() })
		x := chunked(r, p)
		square := x.Tile(2, 2).Slice("3:15, 2:14")
		outputs := []array.Array{
			x.Roll(3, 0, 1).Sub(x.Diff(0, 0)).Mean(array.Axes(0)), square.Diagonal(1, 0, 1).Add(square.Diagonal(1, 1, 0)),
			square.Trace(0, 0, 1), x.Repeat(2, 1).Tril(4).Sum(array.Axes(1)), x.Diff(2, 1).Roll(5).Std(),
			array.Block([][]array.Array{{x, x.FlipLR()}, {x.FlipUD(), x}}).Rot90(1, 0, 1).Sum(array.Axes(0)), square.Slice("0").Diag(-2).Mul(array.Eye[float64](14, 14, -2)),
		}
		want := bits(t, outputs, "serial", array.On(scheduler.Serial{}), array.Verify())
		for _, workers := range []int{1, 2, 5} {
			require.Equal(t, want, bits(t, outputs, "large", array.On(engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20}))))
			e := engine(t, scheduler.Options{Workers: workers, Memory: leastBudget(t, outputs, workers), SpillDir: t.TempDir()})
			require.Equal(t, want, bits(t, outputs, "small", array.On(e)))
		}
		for _, pass := range graph.Passes() {
			require.Equal(t, want, bits(t, outputs, pass.Name, array.Without(pass.Name)), pass.Name)
		}
	}
}

// TestLabelsOfRearranged: dimensions keep their names and arrays their attributes.
func TestLabelsOfRearranged(t *testing.T) {
	x := array.FromSlice(numbers(24), []int{4, 6}, array.Chunks(2, 3), array.Names("y", "x"), array.Attrs(block.Attributes{"units": "m"}))
	for what, c := range map[string]struct {
		a     array.Array
		names []string
	}{
		"roll":           {x.Roll(1, 0), []string{"y", "x"}},
		"roll flat":      {x.Roll(1), []string{"y", "x"}},
		"rot90":          {x.Rot90(1, 0, 1), []string{"x", "y"}},
		"moveaxis":       {x.MoveAxis(0, 1), []string{"x", "y"}},
		"T":              {x.T(), []string{"x", "y"}},
		"repeat":         {x.Repeat(2, 0), []string{"y", "x"}},
		"tile":           {x.Tile(3, 2, 2), []string{"", "y", "x"}},
		"stack":          {array.Stack([]array.Array{x, x}, 1), []string{"y", "", "x"}},
		"diff":           {x.Diff(1, 0), []string{"y", "x"}},
		"tril":           {x.Tril(0), []string{"y", "x"}},
		"diagonal":       {x.Diagonal(0, 0, 1), nil},
		"diagonal of 3":  {x.ExpandDims(0).Diagonal(0, 0, 2), []string{"y", ""}},
		"split":          {x.Split(2, 1)[1], []string{"y", "x"}},
		"unstack":        {x.Unstack(0)[1], []string{"x"}},
		"atleast_3d":     {x.AtLeast3D(), []string{"y", "x", ""}},
		"diag of a line": {x.Slice("0").Diag(0), nil},
	} {
		require.NoError(t, c.a.Err(), what)
		require.Equal(t, c.names, c.a.Names(), what)
		require.Equal(t, "m", c.a.Attrs()["units"], what)
	}
}

// TestRearrangingMistakes: what is told, under the name of the whole.
func TestRearrangingMistakes(t *testing.T) {
	x := array.Zeros[float64]([]int{2, 3})
	first := func(list []array.Array) array.Array { return list[len(list)-1] }
	for _, c := range []struct {
		a    array.Array
		kind graph.Kind
		want string
	}{
		{x.MoveAxes([]int{0, 1}, []int{0}), graph.ValueError, "moveaxis: 2 axes cannot go to 1 places"},
		{x.Roll(1, 2), graph.IndexError, "roll: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{x.Rot90(1, 1, -1), graph.ValueError, "rot90: axis 1 is named twice in [1, -1]"},
		{x.Slice("0").FlipLR(), graph.ValueError, "fliplr: shape (3,) has no axis 1"},
		{x.Slice("0").MatrixTranspose(), graph.ValueError, "matrix_transpose: shape (3,) has no two axes"},
		{array.Stack(nil, 0), graph.ValueError, "stack: there is no array"},
		{array.Stack([]array.Array{x, x.T()}, 0), graph.ValueError, "stack: shapes (2, 3) and (3, 2) differ; arrays of one shape can be stacked, others broadcast to it first"},
		{array.VStack([]array.Array{x, x.T()}), graph.ValueError, "vstack: shapes (2, 3) and (3, 2) differ along axis 1, and only axis 0 may"},
		{array.HStack(nil), graph.ValueError, "hstack: there is no array"},
		{array.Block(nil), graph.ValueError, "block: there is no array"},
		{array.Block([][]array.Array{{x}, {}}), graph.ValueError, "block: row 1 has no array"},
		{array.Block([][]array.Array{{x, x}, {x}}), graph.ValueError, "block: shapes (2, 6) and (2, 3) differ along axis 1, and only axis 0 may"},
		{first(x.Split(2, 1)), graph.ValueError, "split: axis 1 of shape (2, 3) does not divide into 2 equal parts; use array_split"},
		{first(x.Split(math.MinInt, 1)), graph.ValueError, "split: axis 1 of shape (2, 3) cannot be divided into -9223372036854775808 parts"},
		{first(x.SplitAt(nil, 3)), graph.IndexError, "split: axis 3 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{first(x.Unstack(2)), graph.IndexError, "unstack: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{first(array.BroadcastArrays(x, x.T())), graph.ValueError, "broadcast_arrays: shapes (2, 3) and (3, 2) do not broadcast: along axis 0 of the result the lengths are 2 and 3"},
		{x.Repeat(-1, 0), graph.ValueError, "repeat: the elements of shape (2, 3) cannot be repeated -1 times"},
		{x.Repeat(1<<62, 1), graph.ValueError, "repeat: axis 1 of shape (2, 3), 4611686018427387904 times, is longer than an int can count"},
		{x.Tile(1<<40, 1<<40), graph.ValueError, "tile: shape (1099511627776, 2, 1099511627776, 3) has more elements than an int can count"},
		{x.Tile(2, -1), graph.ValueError, "tile: there are no -1 copies of shape (2, 3) along an axis"},
		{x.Diff(-1, 0), graph.ValueError, "diff: there is no difference of order -1"},
		{array.Zeros[int8]([]int{1 << 40}).Diff(1<<30, 0), graph.ValueError, "diff: the order 1073741824 is above 65536: each order is an operation of its own"},
		{x.Diff(1, 0, array.Prepend(x.T())), graph.ValueError, "diff: shapes (3, 2) and (2, 3) differ along axis 1, and only axis 0 may"},
		{x.Diagonal(0, 0, 2), graph.IndexError, "diagonal: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{x.Trace(0, 1, 1), graph.ValueError, "trace: axis 1 is named twice in [1, 1]"},
		{array.Eye[int8](-1, 2, 0), graph.ValueError, "eye: the length -1 of axis 0 is negative"},
		{array.Identity[int8](1 << 40), graph.ValueError, "identity: shape (1099511627776, 1099511627776) has more elements than an int can count"},
		{array.Indices[int8]([]int{-1}), graph.ValueError, "indices: the length -1 of axis 1 is negative"},
		{x.BroadcastTo(-5, 3), graph.ValueError, "broadcast_to: shape (2, 3) does not stretch to (-5, 3): only new axes in front and axes of length 1 do"},
		{array.Array{}.Roll(1, 0), graph.ValueError, "roll: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like"},
		{first(array.Array{}.Unstack(0)), graph.ValueError, "unstack: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like"},
		{first(array.Meshgrid([]array.Array{x, {}})), graph.ValueError, "meshgrid: operand 1: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like"},
	} {
		mistaken(t, c.a, c.kind, c.want)
	}
	require.Len(t, x.T().Split(5, 0), 5, "as many as asked for, each with the error")
	require.Len(t, x.Split(0, 0), 1)
	require.Empty(t, array.Meshgrid(nil))
	require.Empty(t, array.BroadcastArrays())
	require.Empty(t, array.Zeros[int8]([]int{0, 2}).Unstack(0))
	wrong := x.Reshape(5)
	require.Equal(t, wrong.Err(), wrong.Roll(1).Repeat(2, 0).Split(2, 0)[1].Err(), "the first error stays")
}

// TestTypesOfJoined: arrays of several types have their common type.
func TestTypesOfJoined(t *testing.T) {
	small, wide := array.Ones[int8]([]int{2}), array.Ones[float32]([]int{2})
	require.Equal(t, dtype.Float32, array.Stack([]array.Array{small, wide}, 0).DType())
	require.Equal(t, dtype.Float32, array.HStack([]array.Array{small, wide}).DType())
	require.Equal(t, dtype.Int64, array.Concatenate([]array.Array{small, array.Const(3)}, array.Flat).DType())
	require.Equal(t, dtype.Int64, small.Diff(1, 0, array.Append(array.Const(3))).DType(), "a number has the type that NumPy gives it")
	require.Equal(t, dtype.Int8, small.Diff(1, 0, array.Append(array.Scalar(int8(3)))).DType())
	require.Equal(t, dtype.Uint64, array.Ones[uint8]([]int{2, 2}).Trace(0, 0, 1).DType())
	require.Equal(t, dtype.Bool, array.Ones[bool]([]int{2}).Diff(1, 0).DType())
	got := array.BroadcastArrays(small, wide, array.Const(true))
	require.Equal(t, []dtype.DType{dtype.Int8, dtype.Float32, dtype.Bool}, []dtype.DType{got[0].DType(), got[1].DType(), got[2].DType()})
}
