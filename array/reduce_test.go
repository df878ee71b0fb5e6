package array_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/scheduler"
)

func sum(v []float64) (s float64) {
	for _, x := range v {
		s += x
	}
	return s
}

func product(v []float64) float64 {
	p := 1.0
	for _, x := range v {
		p *= x
	}
	return p
}

func variance(v []float64, correction float64) float64 {
	mean := sum(v) / float64(len(v))
	s := 0.0
	for _, x := range v {
		s += (x - mean) * (x - mean)
	}
	return s / max(0, float64(len(v))-correction)
}

// numbersOf is v without its NaNs.
func numbersOf(v []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(v), math.IsNaN)
}

func TestReductions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, c := range map[string]struct {
		op   func(a array.Array, opts ...array.ReduceOption) array.Array
		want func(v []float64) float64
		nans bool
	}{
		"sum":     {array.Array.Sum, sum, false},
		"mean":    {array.Array.Mean, func(v []float64) float64 { return sum(v) / float64(len(v)) }, false},
		"var":     {array.Array.Var, func(v []float64) float64 { return variance(v, 0) }, false},
		"std":     {array.Array.Std, func(v []float64) float64 { return math.Sqrt(variance(v, 0)) }, false},
		"min":     {array.Array.Min, slices.Min[[]float64], false},
		"max":     {array.Array.Max, slices.Max[[]float64], false},
		"prod":    {array.Array.Prod, product, false},
		"nanprod": {array.Array.NanProd, func(v []float64) float64 { return product(numbersOf(v)) }, true},
		"nanvar":  {array.Array.NanVar, func(v []float64) float64 { return variance(numbersOf(v), 0) }, true},
		"nanstd":  {array.Array.NanStd, func(v []float64) float64 { return math.Sqrt(variance(numbersOf(v), 0)) }, true},
		"count_nonzero": {array.Array.CountNonzero, func(v []float64) float64 {
			n := 0.0
			for _, x := range v {
				n += truth(x != 0)
			}
			return n
		}, true},
		"ptp": {array.Array.Ptp, func(v []float64) float64 { return slices.Max(v) - slices.Min(v) }, false},
		"any": {array.Array.Any, func(v []float64) float64 {
			return truth(slices.ContainsFunc(v, func(x float64) bool { return x != 0 }))
		}, false},
		"all":     {array.Array.All, func(v []float64) float64 { return truth(!slices.Contains(v, 0)) }, false},
		"nansum":  {array.Array.NanSum, func(v []float64) float64 { return sum(numbersOf(v)) }, true},
		"nanmean": {array.Array.NanMean, func(v []float64) float64 { v = numbersOf(v); return sum(v) / float64(len(v)) }, true},
		"nanmin": {array.Array.NanMin, func(v []float64) float64 {
			return slices.Min(append(numbersOf(v), math.Inf(1)))
		}, true},
		"nanmax": {array.Array.NanMax, func(v []float64) float64 {
			return slices.Max(append(numbersOf(v), math.Inf(-1)))
		}, true},
		"reduce": {func(a array.Array, opts ...array.ReduceOption) array.Array { return a.Reduce("amax", opts...) }, slices.Max[[]float64], false},
	} {
		for range 12 {
			p := random(r, randomShape(r, 1+r.IntN(3), 8))
			if c.nans {
				for i := range p.data {
					if r.IntN(3) == 0 && len(p.data) > 1 {
						p.data[i] = math.NaN()
					}
				}
			}
			var axes, given []int
			for axis := range p.shape {
				if r.IntN(2) == 0 {
					axes = append(axes, axis)
					given = append(given, axis-len(p.shape)*r.IntN(2))
				}
			}
			options := []array.ReduceOption{array.Axes(given...)}
			if r.IntN(4) == 0 {
				axes, options = nil, nil
				for axis := range p.shape {
					axes = append(axes, axis)
				}
			}
			keepdims := r.IntN(2) == 0
			if keepdims {
				options = append(options, array.Keepdims())
			}
			want := p.reduce(axes, keepdims, c.want)
			a := c.op(chunked(r, p), options...)
			what := fmt.Sprintf("%s of shape %v along %v", name, p.shape, axes)
			require.NoError(t, a.Err(), what)
			require.Equal(t, append([]int{}, want.shape...), append([]int{}, a.Shape()...), what)
			got := values(t, a.AsType(dtype.Float64))
			for i, w := range want.data {
				switch {
				case math.IsInf(w, 0) || math.IsNaN(w): // of NaNs alone
					require.True(t, math.IsNaN(got[i]), "%s: element %d is %v, not NaN", what, i, got[i])
				case w != got[i]:
					require.InDelta(t, w, got[i], 1e-12*max(1, math.Abs(w)), what)
				}
			}
		}
	}
}

func TestArgReductionsFindTheFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		p := random(r, randomShape(r, 1+r.IntN(3), 6))
		for i := range p.data { // many ties
			p.data[i] = math.Mod(p.data[i], 3)
		}
		if r.IntN(4) == 0 {
			p.data[r.IntN(len(p.data))] = math.NaN()
		}
		first := func(better func(a, b float64) bool) func(v []float64) float64 {
			return func(v []float64) float64 {
				best := 0
				for i, x := range v {
					if math.IsNaN(v[best]) {
						break
					}
					if math.IsNaN(x) || better(x, v[best]) {
						best = i
					}
				}
				return float64(best)
			}
		}
		less := first(func(a, b float64) bool { return a < b })
		greater := first(func(a, b float64) bool { return a > b })
		all := make([]int, len(p.shape))
		for axis := range all {
			all[axis] = axis
		}
		axis := r.IntN(len(p.shape))
		x := chunked(r, p)
		require.Equal(t, p.reduce(all, false, less).data, values(t, x.ArgMin().AsType(dtype.Float64)))
		require.Equal(t, p.reduce([]int{axis}, false, less).data, values(t, x.ArgMin(array.Axes(axis)).AsType(dtype.Float64)))
		require.Equal(t, p.reduce([]int{axis}, true, greater).data, values(t, x.ArgMax(array.Axes(axis-len(p.shape)), array.Keepdims()).AsType(dtype.Float64)))
	}
}

func TestReductionsOfNothing(t *testing.T) {
	x := array.Zeros[float64]([]int{0, 3})
	require.Equal(t, []float64{0, 0, 0}, values(t, x.Sum(array.Axes(0))))
	require.Equal(t, []float64{1, 1, 1}, values(t, x.All(array.Axes(0)).AsType(dtype.Float64)))
	require.True(t, math.IsNaN(values(t, x.Mean())[0]))
	require.EqualError(t, x.Max().Err(), "max: axis 0 of shape (0, 3) has no elements, and it has no value for none (at "+line(0)+")")
	require.NoError(t, x.Max(array.Axes(1)).Err()) // the result is empty too
	require.Empty(t, values(t, x.Max(array.Axes(1))))
}

func TestCorrection(t *testing.T) {
	x := array.FromSlice([]float64{1, 2, 3, 4}, nil, array.Chunks(3))
	require.InDelta(t, 5.0/3, values(t, x.Var(array.Correction(1)))[0], 1e-15)
	require.InDelta(t, math.Sqrt(5.0/3), values(t, x.Std(array.Correction(1)))[0], 1e-15)
	require.True(t, math.IsInf(values(t, x.Var(array.Correction(4)))[0], 1))
	require.ErrorContains(t, x.Sum(array.Correction(1)).Err(), "the correction 1 is for var and std")
	offset := array.FromSlice([]float64{1e8, 1e8 + 1}, nil, array.Chunks(1))
	require.InDelta(t, 0.25, values(t, offset.Var())[0], 1e-8)
}

func TestAxesByName(t *testing.T) {
	x := array.FromSlice(numbers(24), []int{2, 3, 4}, array.Names("TIME", "LAT", "LON"))
	require.Equal(t, values(t, x.Sum(array.Axes(0, 2))), values(t, x.Sum(array.AxesNamed("LON", "TIME"))))
	require.Equal(t, values(t, x.Sum(array.Axes(0, 2))), values(t, x.Sum(array.AxesNamed("LON"), array.Axes(0))))
	require.Equal(t, []string{"LAT"}, x.Sum(array.AxesNamed("LON", "TIME")).Names())
	require.ErrorContains(t, x.Sum(array.Axes(0), array.AxesNamed("TIME")).Err(), "named twice")
}

// TestPartialsOfManyBlocks: what merging partials frees does not count against
// the bound of a task.
func TestPartialsOfManyBlocks(t *testing.T) {
	for _, workers := range []int{1, 2} {
		e, err := scheduler.New(scheduler.Options{Workers: workers, Memory: 64 << 20})
		require.NoError(t, err)
		mean, err := array.Item[float64](t.Context(), array.Ones[float64]([]int{64 << 18}, array.Chunks(1<<18)).Mean(), array.On(e))
		require.NoError(t, err)
		require.Equal(t, 1.0, mean)
		require.NoError(t, e.Close())
	}
}
