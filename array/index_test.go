package array_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/graph"
)

func values(t *testing.T, a array.Array, opts ...array.RunOption) []float64 {
	t.Helper()
	v, err := array.Values[float64](t.Context(), a, append(opts, array.Verify())...)
	require.NoError(t, err)
	return v
}

func TestSliceOfOneAxis(t *testing.T) {
	x := array.FromSlice(numbers(10), nil, array.Chunks(3))
	for _, c := range []struct {
		text string
		want []float64
	}{
		{"", numbers(10)},
		{":", numbers(10)},
		{"::", numbers(10)},
		{"2:5", []float64{2, 3, 4}},
		{" 2 : 5 ", []float64{2, 3, 4}},
		{"8:100", []float64{8, 9}},
		{"-100:2", []float64{0, 1}},
		{"100:", []float64{}},
		{"5:2", []float64{}},
		{"-3:", []float64{7, 8, 9}},
		{":-8", []float64{0, 1}},
		{"::4", []float64{0, 4, 8}},
		{"1::100", []float64{1}},
		{"::-1", []float64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
		{"8:2:-3", []float64{8, 5}},
		{"9:0:-1", []float64{9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"::-20", []float64{9}},
		{"-1:-11:-1", []float64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
		{"-1:-10:-1", []float64{9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"2::-1", []float64{2, 1, 0}},
		{"100::-4", []float64{9, 5, 1}},
		{"-100::-1", []float64{}},
		{":99999999999999999999", numbers(10)},
		{"-99999999999999999999::5", []float64{0, 5}},
		{"::-9223372036854775808", []float64{9}},
		{"::9223372036854775807", []float64{0}},
		{"3", []float64{3}},
		{"-1", []float64{9}},
		{"-10", []float64{0}},
		{"3,", []float64{3}},
		{"3, ...", []float64{3}},
	} {
		require.Equal(t, c.want, append([]float64{}, values(t, x.Slice(c.text))...), "%q", c.text)
	}
	for _, text := range []string{"10", "-11", "99999999999999999999"} {
		var mistake *graph.Error
		require.ErrorAs(t, x.Slice(text).Err(), &mistake, text)
		require.Equal(t, graph.IndexError, mistake.Kind, text)
	}
}

func TestIndexShapes(t *testing.T) {
	x := array.FromSlice(numbers(60), []int{3, 4, 5}, array.Chunks(2, 2, 2), array.Names("a", "b", "c"))
	for _, c := range []struct {
		text   string
		index  []array.Index
		chunks string
		names  []string
	}{
		{"0", []array.Index{array.At(0)}, "(2x2, 2x2+1)", []string{"b", "c"}},
		{"..., 0", []array.Index{array.Ellipsis, array.At(0)}, "(2+1, 2x2)", []string{"a", "b"}},
		{"1:, ..., ::2", []array.Index{array.Range(1, array.Open), array.Ellipsis, array.RangeStep(array.Open, array.Open, 2)}, "(2x1, 2x2, 3x1)", []string{"a", "b", "c"}},
		{"newaxis, -1", []array.Index{array.NewAxis, array.At(-1)}, "(1, 2x2, 2x2+1)", []string{"", "b", "c"}},
		{"0, None, 0, None, 0", []array.Index{array.At(0), array.NewAxis, array.At(0), array.NewAxis, array.At(0)}, "(1, 1)", nil},
		{"0, 0, 0", []array.Index{array.At(0), array.At(0), array.At(0)}, "()", nil},
		{":, 3:0:-1", []array.Index{array.All(), array.RangeStep(3, 0, -1)}, "(2+1, 2+1, 2x2+1)", []string{"a", "b", "c"}},
		{"0:0", []array.Index{array.Range(0, 0)}, "(0, 2x2, 2x2+1)", []string{"a", "b", "c"}},
		{"...", []array.Index{array.Ellipsis}, "(2+1, 2x2, 2x2+1)", []string{"a", "b", "c"}},
	} {
		for _, a := range []array.Array{x.Slice(c.text), x.Index(c.index...)} {
			require.NoError(t, a.Err(), c.text)
			require.Equal(t, c.chunks, a.Chunks().String(), c.text)
			require.Equal(t, c.names, a.Names(), c.text)
		}
		require.Equal(t, values(t, x.Slice(c.text)), values(t, x.Index(c.index...)), c.text)
	}
}

// takes lists the indices that start:stop:step takes of an axis, by walking it.
func takes(start, stop *int, step, length int) []int {
	var out []int
	inside := func(i, low, high int) int { return min(max(i, low), high) }
	resolve := func(p *int, open, low, high int) int {
		if p == nil {
			return open
		}
		if *p < 0 {
			return inside(*p+length, low, high)
		}
		return inside(*p, low, high)
	}
	if step > 0 {
		for i := resolve(start, 0, 0, length); i < resolve(stop, length, 0, length); i += step {
			out = append(out, i)
		}
	} else {
		for i := resolve(start, length-1, -1, length-1); i > resolve(stop, -1, -1, length-1); i += step {
			out = append(out, i)
		}
	}
	return out
}

func TestRandomIndices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	maybe := func(n int) (*int, string) {
		if r.IntN(3) == 0 {
			return nil, ""
		}
		i := r.IntN(2*n+6) - n - 3
		return &i, strconv.Itoa(i)
	}
	for range 300 {
		p := random(r, randomShape(r, 1+r.IntN(3), 9))
		var text []string
		var shape []int
		var taken [][]int // of each axis of p
		keeps := []int{}  // the axes of p that are kept; -1 for new axes
		for axis, n := range p.shape {
			if r.IntN(5) == 0 {
				text, shape, keeps = append(text, "newaxis"), append(shape, 1), append(keeps, -1)
			}
			if r.IntN(4) == 0 {
				i := r.IntN(n)
				taken = append(taken, []int{i})
				text = append(text, strconv.Itoa(i-n*r.IntN(2)))
				continue
			}
			start, a := maybe(n)
			stop, b := maybe(n)
			step := r.IntN(9) - 4
			if step == 0 {
				step = 1
			}
			list := takes(start, stop, step, n)
			taken = append(taken, list)
			text, shape, keeps = append(text, a+":"+b+":"+strconv.Itoa(step)), append(shape, len(list)), append(keeps, axis)
		}
		want := fill(shape, func(at []int) float64 {
			own := make([]int, len(p.shape))
			for axis, list := range taken {
				if len(list) > 0 {
					own[axis] = list[0]
				}
			}
			for i, axis := range keeps {
				if axis >= 0 {
					own[axis] = taken[axis][at[i]]
				}
			}
			return p.at(own)
		})
		a := chunked(r, p).Slice(strings.Join(text, ", "))
		require.NoError(t, a.Err(), text)
		require.Equal(t, block.Shape(want.shape), append(block.Shape(nil), a.Shape()...), "%v of %v", text, p.shape)
		require.Equal(t, append([]float64{}, want.data...), append([]float64{}, values(t, a)...), "%v of %v", text, p.shape)
	}
}

func TestSlicesOfLargeArraysAreCheap(t *testing.T) {
	n := math.MaxInt / 8
	x := array.Arange(int64(0), int64(n), 1, array.Chunks(1<<20))
	got, err := array.Values[int64](t.Context(), x.Slice("-3::-1000000000000000"), array.Verify())
	require.NoError(t, err)
	require.Len(t, got, n/1000000000000000+1)
	require.EqualValues(t, n-3, got[0])
	require.EqualValues(t, n-3-1000000000000000, got[1])
}
