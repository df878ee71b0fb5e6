package array_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// TestLinspace has NumPy's bits.
func TestLinspace(t *testing.T) {
	negZero := math.Copysign(0, -1)
	for _, c := range []struct {
		start, stop float64
		num         int
		endpoint    bool
		dtype       dtype.DType
		want        []float64
	}{
		{0, 0x1p+0, 5, true, dtype.Float64, []float64{0, 0x1p-2, 0x1p-1, 0x1.8p-1, 0x1p+0}},
		{0, 0x1p+0, 7, true, dtype.Float64, []float64{0, 0x1.5555555555555p-3, 0x1.5555555555555p-2, 0x1p-1, 0x1.5555555555555p-1, 0x1.aaaaaaaaaaaaap-1, 0x1p+0}},
		{0x1.999999999999ap-4, 0x1.599999999999ap+1, 11, true, dtype.Float64, []float64{0x1.999999999999ap-4, 0x1.70a3d70a3d70ap-2, 0x1.3d70a3d70a3d7p-1, 0x1.c28f5c28f5c29p-1, 0x1.23d70a3d70a3ep+0, 0x1.6666666666667p+0, 0x1.a8f5c28f5c29p+0, 0x1.eb851eb851eb9p+0, 0x1.170a3d70a3d71p+1, 0x1.3851eb851eb85p+1, 0x1.599999999999ap+1}},
		{0x1.999999999999ap-4, 0x1.599999999999ap+1, 11, false, dtype.Float64, []float64{0x1.999999999999ap-4, 0x1.586fb586fb587p-2, 0x1.253c8253c8254p-1, 0x1.9e4129e4129e4p-1, 0x1.0ba2e8ba2e8bap+0, 0x1.48253c8253c83p+0, 0x1.84a7904a7904bp+0, 0x1.c129e4129e413p+0, 0x1.fdac37dac37dbp+0, 0x1.1d1745d1745d2p+1, 0x1.3b586fb586fb6p+1}},
		{-0x1.a666666666666p+1, 0x1.ecccccccccccdp+2, 6, true, dtype.Float32, []float64{-0x1.a66666p+1, -0x1.19999ap+0, 0x1.19999ap+0, 0x1.a66666p+1, 0x1.6p+2, 0x1.ecccccp+2}},
		{0x1.4p+2, -0x1.4p+2, 4, false, dtype.Float64, []float64{0x1.4p+2, 0x1.4p+1, 0, -0x1.4p+1}},
		{0x0.00000000007e8p-1022, 0x0.00000000017b8p-1022, 4, true, dtype.Float64, []float64{0x0.00000000007e8p-1022, 0x0.0000000000d2dp-1022, 0x0.0000000001272p-1022, 0x0.00000000017b8p-1022}},
		{0, 0x0.0000000000001p-1022, 4, true, dtype.Float64, []float64{0, 0, 0x0.0000000000001p-1022, 0x0.0000000000001p-1022}},
		{0, 0x0.0000000000001p-1022, 4, false, dtype.Float64, []float64{0, 0, 0, 0x0.0000000000001p-1022}},
		{0x1.cp+1, 0x1.2p+3, 1, true, dtype.Float64, []float64{0x1.cp+1}},
		{0x1.cp+1, 0x1.2p+3, 1, false, dtype.Float64, []float64{0x1.cp+1}},
		{0x1p+1, 0x1.8p+1, 0, true, dtype.Float64, []float64{}},
		{0x1p+1, 0x1p+1, 3, true, dtype.Float64, []float64{0x1p+1, 0x1p+1, 0x1p+1}},
		{0x1.1ccf385ebc8ap+1023, -0x1.1ccf385ebc8ap+1023, 3, true, dtype.Float64, []float64{math.NaN(), math.Inf(-1), -0x1.1ccf385ebc8ap+1023}},
		{-0x1.1ccf385ebc8ap+1023, 0x1.1ccf385ebc8ap+1023, 3, true, dtype.Float64, []float64{math.NaN(), math.Inf(1), 0x1.1ccf385ebc8ap+1023}},
		{0, math.Inf(1), 3, true, dtype.Float64, []float64{math.NaN(), math.Inf(1), math.Inf(1)}},
		{math.NaN(), 0x1p+0, 2, true, dtype.Float64, []float64{math.NaN(), 0x1p+0}},
		{negZero, negZero, 2, true, dtype.Float64, []float64{0, negZero}},
		{negZero, 0, 1, true, dtype.Float64, []float64{0}},
		{0x1.999999999999ap-4, 0x1.6666666666666p-1, 5, true, dtype.Float16, []float64{0x1.998p-4, 0x1p-2, 0x1.998p-2, 0x1.198p-1, 0x1.668p-1}},
		{0x1.5555555555555p-2, 0x1.aaaaaaaaaaaabp+1, 10, true, dtype.Float64, []float64{0x1.5555555555555p-2, 0x1.5555555555555p-1, 0x1p+0, 0x1.5555555555555p+0, 0x1.aaaaaaaaaaaaap+0, 0x1.fffffffffffffp+0, 0x1.2aaaaaaaaaaabp+1, 0x1.5555555555555p+1, 0x1.8p+1, 0x1.aaaaaaaaaaaabp+1}},
	} {
		for _, chunk := range []int{array.Whole, 1, 4} {
			a := array.Linspace[float64](c.start, c.stop, c.num, c.endpoint, array.Chunks(chunk))
			switch c.dtype {
			case dtype.Float32:
				a = array.Linspace[float32](c.start, c.stop, c.num, c.endpoint, array.Chunks(chunk))
			case dtype.Float16:
				a = array.Linspace[dtype.Half](c.start, c.stop, c.num, c.endpoint, array.Chunks(chunk))
			}
			require.NoError(t, a.Err())
			require.Equal(t, c.dtype, a.DType())
			got := values(t, a.AsType(dtype.Float64))
			require.Len(t, got, len(c.want))
			for i, v := range c.want {
				if math.IsNaN(v) { // of any bits
					require.True(t, math.IsNaN(got[i]))
					continue
				}
				require.Equal(t, math.Float64bits(v), math.Float64bits(got[i]), "element %d from %v to %v: %v instead of %v", i, c.start, c.stop, got[i], v)
			}
			if len(c.want) > 2 {
				back := values(t, a.AsType(dtype.Float64).Slice("::-1"))
				slices.Reverse(back)
				require.Equal(t, fmt.Sprint(got), fmt.Sprint(back))
			}
		}
	}
	mistaken(t, array.Linspace[float64](0, 1, -1, true), graph.ValueError, "linspace: the length -1 of axis 0 is negative")
	line := array.Linspace[float32](0, 1, 10, true, array.Names("x"), array.Chunks(4))
	require.Equal(t, []string{"x"}, line.Names())
	require.Equal(t, "(2x4+2,)", line.Chunks().String())
}

// mistaken checks the error of an array.
func mistaken(t *testing.T, a array.Array, kind graph.Kind, want string) {
	t.Helper()
	var mistake *graph.Error
	require.ErrorAs(t, a.Err(), &mistake, want)
	require.EqualError(t, a.Err(), want+" (at "+mistake.Site.String()+")")
	require.Equal(t, kind, mistake.Kind, want)
	require.Regexp(t, `_test\.go:\d+$`, mistake.Site.String())
}

func TestLike(t *testing.T) {
	unread := counted(t, []int{6, 5}, []int{4, 2})
	x := array.From(unread).AsType(dtype.Int16)
	named := array.FromSlice(make([]int16, 30), []int{6, 5}, array.Chunks(4, 2), array.Names("y", "x"), array.Attrs(block.Attributes{"units": "m"}))
	for _, c := range []struct {
		a     array.Array
		dtype dtype.DType
		chunk string
		names []string
		want  float64
	}{
		{array.ZerosLike(x), dtype.Int16, "(4+2, 2x2+1)", nil, 0},
		{array.OnesLike(x), dtype.Int16, "(4+2, 2x2+1)", nil, 1},
		{array.FullLike(x, 7), dtype.Int16, "(4+2, 2x2+1)", nil, 7},
		{array.FullLike(x, -2.9), dtype.Int16, "(4+2, 2x2+1)", nil, -2},
		{array.FullLike(x, -2.9, array.OfType(dtype.Float64)), dtype.Float64, "(4+2, 2x2+1)", nil, -2.9},
		{array.FullLike(x, true, array.OfType(dtype.Uint8)), dtype.Uint8, "(4+2, 2x2+1)", nil, 1},
		{array.FullLike(x, 3, array.OfType(dtype.Bool)), dtype.Bool, "(4+2, 2x2+1)", nil, 1},
		{array.OnesLike(named), dtype.Int16, "(4+2, 2x2+1)", []string{"y", "x"}, 1},
		{array.OnesLike(named, array.Names("a", "b"), array.Chunks(3)), dtype.Int16, "(2x3, 3+2)", []string{"a", "b"}, 1},
		{array.OnesLike(named, array.ChunksNamed("y", 2), nil), dtype.Int16, "(3x2, 2x2+1)", []string{"y", "x"}, 1},
		{array.ZerosLike(array.Const(2.5)), dtype.Float64, "()", nil, 0},
		{array.FullLike(array.Zeros[float32]([]int{0, 3}), math.Inf(1)), dtype.Float32, "(0, 3)", nil, 0},
	} {
		require.NoError(t, c.a.Err())
		require.Equal(t, c.dtype, c.a.DType())
		require.Equal(t, c.chunk, c.a.Chunks().String())
		require.Equal(t, c.names, c.a.Names())
		require.Nil(t, c.a.Attrs(), "what they are like has units of its own")
		for _, v := range values(t, c.a.AsType(dtype.Float64)) {
			require.Equal(t, c.want, v, c.a.String())
		}
	}
	require.Zero(t, unread.Reads())
	mistaken(t, array.FullLike(x, 1<<20), graph.OverflowError, "full_like: 1048576 does not fit int16")
	mistaken(t, array.ZerosLike(x, array.Names("a")), graph.ValueError, `zeros_like: there are 1 dimension names ["a"] for 2 axes of shape (6, 5); give one an axis or none`)
	mistaken(t, array.OnesLike(x, array.Chunks(0)), graph.ValueError, "ones_like: axis 0 of shape (6, 5): 0 is not the length of a block; use Whole (-1) for the whole axis")
	mistaken(t, array.OnesLike(x, array.OfType(99)), graph.TypeError, "ones_like: there is no such element type to convert bool to")
}

func TestFromFunc(t *testing.T) {
	var called atomic.Int64
	f := func(at []int) float64 {
		called.Add(1)
		return float64(100*at[0] + 10*at[1] + at[2])
	}
	want := fill([]int{3, 4, 5}, func(at []int) float64 { return float64(100*at[0] + 10*at[1] + at[2]) })
	a := array.FromFunc([]int{3, 4, 5}, f, array.Chunks(2, 3, array.Whole), array.Names("z", "", "x"))
	require.NoError(t, a.Err())
	require.Zero(t, called.Load(), "nothing runs before it is computed")
	require.Equal(t, "(2+1, 3+1, 5)", a.Chunks().String())
	require.Equal(t, []string{"z", "", "x"}, a.Names())
	require.Equal(t, want.data, values(t, a))
	require.EqualValues(t, 60, called.Load())
	serial, err := array.Values[float64](t.Context(), a, array.On(scheduler.Serial{}))
	require.NoError(t, err)
	require.Equal(t, want.data, serial)
	called.Store(0)
	require.Equal(t, want.at([]int{2, 0, 3}), values(t, a.Slice("2, 0, 3"))[0])
	require.EqualValues(t, 15, called.Load(), "of one block")

	changed := array.FromFunc([]int{3, 4, 5}, func(at []int) float64 {
		v := f(at)
		clear(at)
		return v
	})
	require.Equal(t, want.data, values(t, changed), "the index is the function's own")

	require.Equal(t, []float64{7}, values(t, array.FromFunc([]int{}, func([]int) float64 { return 7 })))
	require.Empty(t, values(t, array.FromFunc([]int{2, 0}, f)))
	sums := array.FromFunc([]int{1000}, func(at []int) float64 { return float64(at[0]) }, array.Chunks(7)).Sum()
	require.Equal(t, 499500.0, values(t, sums)[0])

	var none func([]int) int8
	mistaken(t, array.FromFunc([]int{2}, none), graph.ValueError, "fromfunction: the function is nil")
	mistaken(t, array.FromFunc([]int{-2}, f), graph.ValueError, "fromfunction: the length -2 of axis 0 is negative")
}

func TestFromFuncThatFails(t *testing.T) {
	broken := errors.New("no such element")
	a := array.FromFunc([]int{4, 6}, func(at []int) float64 {
		if at[0] == 3 && at[1] == 1 {
			panic(broken)
		}
		return 0
	}, array.Chunks(2, 3))
	_, err := array.Values[float64](t.Context(), a)
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "fromfunction, block [1 0]")
	require.ErrorContains(t, err, "coordinates_test.go")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var called atomic.Int64
	endless := array.FromFunc([]int{1 << 40}, func([]int) int8 {
		if called.Add(1) == 10 {
			cancel()
		}
		return 1
	}, array.Chunks(8<<20))
	_, err = array.Values[int64](ctx, endless.Sum(), array.On(engine(t, scheduler.Options{Workers: 1, Memory: 64 << 20})))
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, called.Load(), int64(8<<20), "a block is not computed to its end")
}
