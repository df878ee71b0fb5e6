package array_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
)

// line is the place of the call, offset lines from here, as errors name it.
func line(offset int) string {
	_, file, n, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", file, n+offset)
}

func numbers(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func TestStringShowsAndNeverComputes(t *testing.T) {
	x := array.FromSlice(numbers(120), []int{10, 12}, array.Chunks(4, 6), array.Names("y", ""))
	for _, c := range []struct {
		a    array.Array
		want string
	}{
		{x, "Array(float64, shape (10, 12), chunks (2x4+2, 2x6), 960B, names (y, _))"},
		{x.Mean(array.AxesNamed("y")), "Array(float64, shape (12,), chunks (2x6,), 96B)"},
		{x.Gt(array.Const(3)).Sum(), "Array(int64, shape (), chunks (), 8B)"},
		{array.Zeros[float32]([]int{1 << 20, 1 << 20}), "Array(float32, shape (1048576, 1048576), chunks (512x2048, 512x2048), 4TiB)"},
		{array.Array{}, "Array(error: this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like)"},
	} {
		require.Equal(t, c.want, c.a.String())
	}
}

func TestProperties(t *testing.T) {
	x := array.FromSlice(make([]int16, 24), []int{2, 3, 4}, array.Chunks(1, 3, 2), array.Names("a", "b", "b"), array.Attrs(block.Attributes{"units": "m"}))
	require.NoError(t, x.Err())
	require.Equal(t, dtype.Int16, x.DType())
	require.Equal(t, block.Shape{2, 3, 4}, x.Shape())
	require.Equal(t, 3, x.Rank())
	require.Equal(t, 24, x.Size())
	require.EqualValues(t, 48, x.NBytes())
	require.Equal(t, "(2x1, 3, 2x2)", x.Chunks().String())
	require.Equal(t, []string{"a", "b", "b"}, x.Names())
	require.Equal(t, block.Attributes{"units": "m"}, x.Attrs())
	axis, ok := x.Axis("a")
	require.True(t, ok)
	require.Zero(t, axis)
	for _, name := range []string{"b", "c", ""} {
		_, ok = x.Axis(name)
		require.False(t, ok, name)
	}

	x.Names()[0], x.Attrs()["units"] = "changed", "changed"
	x.Chunks()[0] = block.Regular(99, 1)
	require.Equal(t, []string{"a", "b", "b"}, x.Names())
	require.Equal(t, "m", x.Attrs()["units"])
	require.Equal(t, "(2x1, 3, 2x2)", x.Chunks().String())
}

func TestZeroArray(t *testing.T) {
	var zero array.Array
	x := array.Ones[float64]([]int{2})
	require.Nil(t, zero.Shape())
	require.Zero(t, zero.Rank())
	require.Zero(t, zero.Size())
	require.Zero(t, zero.NBytes())
	require.Equal(t, dtype.Invalid, zero.DType())
	require.Empty(t, zero.Chunks())
	require.Nil(t, zero.Names())
	require.Nil(t, zero.Attrs())
	require.Error(t, zero.Err())
	zero.Release()
	for name, a := range map[string]array.Array{
		"add":     zero.Add(x),
		"add to":  x.Add(zero),
		"neg":     zero.Neg(),
		"sum":     zero.Sum(),
		"slice":   zero.Slice("0"),
		"index":   zero.Index(array.At(0)),
		"where":   array.Where(x, x, zero),
		"reshape": zero.Reshape(2),
		"rechunk": zero.Rechunk(),
		"concat":  array.Concatenate([]array.Array{x, zero}, 0),
		"astype":  zero.AsType(dtype.Int8),
	} {
		var mistake *graph.Error
		require.ErrorAs(t, a.Err(), &mistake, name)
		require.Equal(t, graph.ValueError, mistake.Kind, name)
		require.ErrorContains(t, a.Err(), "zero Array", name)
		require.Contains(t, mistake.Site.String(), "array_test.go", name)
	}
}

func TestErrorsAreStickyAndNameThePlace(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3})
	bad := x.Add(array.Ones[float64]([]int{4}))
	at := line(-1)
	want := "add: shapes (2, 3) and (4,) do not broadcast: along axis 1 of the result the lengths are 3 and 4 (at " + at + ")"
	require.EqualError(t, bad.Err(), want)
	later := bad.Sum().Mul(x).Slice("0:2").Reshape(99)
	require.EqualError(t, later.Err(), want)
	require.EqualError(t, x.Sub(bad).Err(), want)
	require.Equal(t, "Array(error: "+want+")", later.String())
	require.Nil(t, later.Shape())
	require.True(t, errors.Is(later.Err(), bad.Err()))
}

func TestErrorTexts(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3}, array.Names("TIME", "x"))
	flags := array.Ones[bool]([]int{3})
	small := array.Ones[uint8]([]int{3})
	for _, c := range []struct {
		a    array.Array
		kind graph.Kind
		want string
	}{
		{flags.Sub(flags), graph.TypeError, "subtract: subtract does not take bool and bool: use not_equal for the exclusive or of two bools"},
		{small.Add(array.Const(300)), graph.OverflowError, "add: operand 1: 300 does not fit uint8; give it a type of its own, or convert the array first"},
		{x.Sum(array.Axes(2)), graph.IndexError, "sum: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{x.Sum(array.Axes(0, -2)), graph.ValueError, "sum: axis 0 is named twice in [0, -2]"},
		{x.Mean(array.AxesNamed("time")), graph.ValueError, `mean: no axis is called "time"; the axes are "TIME", "x"`},
		{flags.Any(array.AxesNamed("x")), graph.ValueError, `any: no axis is called "x"; the axes have no names, use their numbers`},
		{x.Reduce("frobnicate"), graph.ValueError, "frobnicate: this is not a reduction of the table"},
		{array.Apply("frobnicate", x), graph.ValueError, `frobnicate: no elementwise operation is called "frobnicate"`},
		{array.Apply("add", x), graph.TypeError, "add: it takes 2 operands, not 1"},
		{x.Slice("5"), graph.IndexError, "getitem: axis 0 of shape (2, 3): index 5 is out of range for length 2"},
		{x.Slice("::0"), graph.ValueError, "getitem: axis 0 of shape (2, 3): a slice's step is not 0"},
		{x.Slice("0, 0, 0"), graph.IndexError, "getitem: there are 3 indices for the 2 axes of shape (2, 3)"},
		{x.Slice("..., ..."), graph.IndexError, `getitem: an index has one ellipsis ("...") at most`},
		{x.Slice("0:x"), graph.ValueError, `getitem: item 0 of "0:x": "x" is not a whole number; an item is an index, start:stop:step, ... or newaxis`},
		{x.Slice("0,,1"), graph.ValueError, `getitem: item 1 of "0,,1": it is empty; write ":" for a whole axis`},
		{x.Slice("0:1:1:1"), graph.ValueError, `getitem: item 0 of "0:1:1:1": "0:1:1:1" has more than start:stop:step`},
		{x.Index(nil), graph.ValueError, "getitem: item 0 of the index is nil"},
		{x.Reshape(4, 2), graph.ValueError, "reshape: shape (2, 3) has 6 elements and cannot have shape [4 2]"},
		{x.Rechunk(array.Chunks(1, 1, 1)), graph.ValueError, "rechunk: chunks are given for 3 axes, shape (2, 3) has 2"},
		{x.Rechunk(array.Chunks(0)), graph.ValueError, "rechunk: axis 0 of shape (2, 3): 0 is not the length of a block; use Whole (-1) for the whole axis"},
		{x.Rechunk(array.ChunkSizes([]int{1, 2}, []int{3})), graph.ValueError, "rechunk: axis 0 of shape (2, 3): blocks of sizes [1 2] add up to 3"},
		{x.Rechunk(array.ChunksAlong(2, 1)), graph.IndexError, "rechunk: axis 2 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1"},
		{x.Rechunk(array.ChunksNamed("y", 1)), graph.ValueError, `rechunk: no axis is called "y"; the axes are "TIME", "x"`},
		{x.Rechunk(array.AutoChunks(-1)), graph.ValueError, "rechunk: chunks of -1 bytes"},
		{array.From(nil), graph.ValueError, "read: the source is nil"},
		{array.From((*blocktest.Source)(nil)), graph.ValueError, "read: the source is nil"},
		{array.FromSlice(numbers(5), []int{2, 3}), graph.ValueError, "from_slice: shape (2, 3) has 6 elements, the slice has 5"},
		{array.FromSlice(numbers(6), []int{-2, -3}), graph.ValueError, "from_slice: the length -2 of axis 0 is negative"},
		{array.Zeros[int8]([]int{3, -1}), graph.ValueError, "zeros: the length -1 of axis 1 is negative"},
		{array.Ones[int8]([]int{0, -5}), graph.ValueError, "ones: the length -5 of axis 1 is negative"},
		{x.Add(array.Zeros[int8]([]int{3, 3})), graph.ValueError, "add: shapes (2, 3) and (3, 3) do not broadcast: along axis 0 (TIME) of the result the lengths are 2 and 3"},
		{array.FromSlice(numbers(6), nil, array.Names("a", "b")), graph.ValueError, `from_slice: there are 2 dimension names ["a" "b"] for 1 axes of shape (6,); give one an axis or none`},
		{array.Zeros[int8]([]int{1 << 40, 1 << 40}), graph.ValueError, "zeros: shape (1099511627776, 1099511627776) has more elements than an int can count"},
		{array.Zeros[int8]([]int{2}, array.Attrs(block.Attributes{"a": 1})), graph.ValueError, `zeros: attribute "a" has the type int; attributes are string, bool, int64, float64 or slices of these`},
		{array.Arange(0, 5, 0), graph.ValueError, "arange: a range's step is not 0"},
		{array.Arange(0, 5, 0.0), graph.ValueError, "arange: a range's step is not 0"},
		{array.NewGenerator(1).Normal([]int{3}, 0, -1), graph.ValueError, "random_normal: the standard deviation -1 is negative"},
		{array.NewGenerator(1).Uniform([]int{3}, 2, 1), graph.ValueError, "random_uniform: the lower bound 2 is above the upper bound 1"},
		{array.Concatenate(nil, 0), graph.ValueError, "concat: there is no array"},
		{array.Concatenate([]array.Array{x, flags}, 0), graph.ValueError, "concat: shapes (2, 3) and (3,) have different numbers of axes"},
	} {
		var mistake *graph.Error
		require.ErrorAs(t, c.a.Err(), &mistake, c.want)
		require.Equal(t, c.kind, mistake.Kind, c.want)
		require.Equal(t, c.want, fmt.Sprintf("%s: %v", mistake.Op, mistake.Err))
		require.Regexp(t, `array_test\.go:\d+$`, mistake.Site.String())
	}
}

func TestPlaceInsteadOfLine(t *testing.T) {
	x := array.FromSlice(numbers(6), []int{2, 3})
	bad := x.WithPlace("column 5").Add(array.Ones[float64]([]int{4}))
	require.ErrorContains(t, bad.Err(), "(at column 5)")
	bad = x.Add(array.Ones[float64]([]int{4}).WithPlace("column 7"))
	require.ErrorContains(t, bad.Err(), "(at column 7)")
	bad = x.WithPlace("column 5").Neg().Reshape(7)
	require.ErrorContains(t, bad.Err(), "array_test.go")
}

func TestNoArgumentPanics(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	strange := []int{math.MinInt, math.MinInt + 1, -1 << 62, -1 << 32, -3, -2, -1, 0, 1, 2, 3, 7, 1 << 32, 1 << 62, math.MaxInt - 1, math.MaxInt}
	n := func() int { return strange[r.IntN(len(strange))] }
	some := func() []int {
		out := make([]int, r.IntN(5))
		for i := range out {
			out[i] = n()
		}
		return out
	}
	copies := func(_ context.Context, _ array.BlockInfo, dst []float64, src []float64) error {
		copy(dst, src)
		return nil
	}
	arrays := []array.Array{
		{}, array.Const(1), array.Scalar(2.5), array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1, 2)), array.Zeros[float64]([]int{0, 3}),
		array.Zeros[float64]([]int{1 << 30, 1 << 30}), array.FromSlice([]bool{true}, []int{1, 1, 1}), array.Arange(0, math.MaxInt, 1),
	}
	made := 0
	for range 20000 {
		a, b := arrays[r.IntN(len(arrays))], arrays[r.IntN(len(arrays))]
		var c array.Array
		switch r.IntN(16) {
		case 0:
			c = a.Index(array.RangeStep(n(), n(), n()), array.At(n()))
		case 1:
			c = a.Slice(fmt.Sprintf("%d:%d:%d, ..., %d", n(), n(), n(), n()))
		case 2:
			c = a.Reshape(some()...)
		case 3:
			c = a.Transpose(some()...)
		case 4:
			c = a.ExpandDims(some()...)
		case 5:
			c = a.Squeeze(some()...)
		case 6:
			c = a.BroadcastTo(some()...)
		case 7:
			c = a.Sum(array.Axes(some()...))
		case 8:
			c = a.Rechunk(array.Chunks(some()...), array.ChunksAlong(n(), n()))
		case 9:
			c = a.Rechunk(array.ChunkSizes(some(), some()), array.AutoChunks(int64(n())))
		case 10:
			c = array.Concatenate([]array.Array{a, b}, n())
		case 11:
			c = array.Full(some(), 1.5, array.Chunks(some()...), array.AutoChunks(int64(n())))
		case 12:
			c = array.Arange(n(), n(), n())
		case 13:
			c = array.MapBlocks(copies, a, array.ResultChunks(some()...), array.Scratch(int64(n())))
		case 14:
			c = array.MapBlocks(copies, a, array.ResultChunkSizes(some(), some()))
		case 15:
			c = array.Where(a, b, a.Var(array.Axes(n()), array.Correction(float64(n()))))
		}
		_ = c.String()
		_, _ = c.Size(), c.NBytes()
		if c.Err() == nil {
			made++
			_, _ = c.Explain(array.Verify())
		}
	}
	require.Greater(t, made, 2000)
}
