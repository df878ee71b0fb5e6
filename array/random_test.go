package array_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// draws are arrays of every distribution, of 600 elements.
var draws = map[string]func(g *array.Generator, opts ...array.RandomOption) array.Array{
	"random": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Random([]int{20, 30}, opts...)
	},
	"uniform": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Uniform([]int{20, 30}, -1, 2, append(opts, array.OfType(dtype.Float32))...)
	},
	"standard normal": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.StandardNormal([]int{20, 30}, opts...)
	},
	"normal": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Normal([]int{20, 30}, 5, 0.5, append(opts, array.OfType(dtype.Float32))...)
	},
	"standard exponential": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.StandardExponential([]int{20, 30}, opts...)
	},
	"exponential": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Exponential([]int{20, 30}, 3, opts...)
	},
	"standard gamma": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.StandardGamma([]int{20, 30}, 0.6, opts...)
	},
	"gamma": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Gamma([]int{20, 30}, 4, 2, opts...)
	},
	"beta": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Beta([]int{20, 30}, 0.5, 2, opts...)
	},
	"integers": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Integers([]int{20, 30}, -5, 5, append(opts, array.OfType(dtype.Int16))...)
	},
	"words": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Words([]int{20, 30}, opts...)
	},
	"binomial": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Binomial([]int{20, 30}, 50, 0.3, opts...)
	},
	"large binomial": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Binomial([]int{20, 30}, 1e9, 0.3, opts...)
	},
	"poisson": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Poisson([]int{20, 30}, 4, opts...)
	},
	"large poisson": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Poisson([]int{20, 30}, 1e6, opts...)
	},
	"choice": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Choice([]int{20, 30}, 1000, opts...)
	},
	"choice with probabilities": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Choice([]int{20, 30}, 3, append(opts, array.Probabilities([]float64{0.5, 0.3, 0.2}))...)
	},
	"choice without replacement": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Choice([]int{20, 30}, 1000, append(opts, array.WithoutReplacement())...)
	},
	"weighted choice without replacement": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		p := make([]float64, 1000)
		for i := range p {
			p[i] = float64(2*i+1) / 1e6
		}
		return g.Choice([]int{20, 30}, 1000, append(opts, array.WithoutReplacement(), array.Probabilities(p))...)
	},
	"choice of a large range": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Choice([]int{20, 30}, 1<<40, append(opts, array.WithoutReplacement())...)
	},
	"permutation": func(g *array.Generator, opts ...array.RandomOption) array.Array {
		return g.Permutation(600, opts...).Reshape(20, 30)
	},
}

func TestRandomDoesNotDependOnChunks(t *testing.T) {
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			asFloats := func(a array.Array) array.Array { return a.AsType(dtype.Float64) }
			whole := values(t, asFloats(draw(array.NewGenerator(3), array.Chunks(array.Whole))))
			require.NotEqual(t, 1, len(slices.Compact(slices.Clone(whole))), "all are the same")
			a := asFloats(draw(array.NewGenerator(3), array.Chunks(7)))
			if name != "permutation" {
				a = asFloats(draw(array.NewGenerator(3), array.Chunks(7, 4)))
			}
			require.Equal(t, whole, values(t, a))
			part := values(t, a.Slice("3:5, ::-3"))
			require.Equal(t, []float64{whole[3*30+29], whole[3*30+26]}, part[:2])
			require.Equal(t, whole[4*30+2], part[19])
			column := values(t, a.Transpose().Slice("7, :"))
			for i, v := range column {
				require.Equal(t, whole[i*30+7], v)
			}
			for _, workers := range []int{1, 2} {
				engine, err := scheduler.New(scheduler.Options{Workers: workers, Memory: 4 << 20})
				require.NoError(t, err)
				require.Equal(t, whole, values(t, a, array.On(engine)))
				require.NoError(t, engine.Close())
			}
			require.NotEqual(t, whole, values(t, asFloats(draw(array.NewGenerator(4)))), "another seed")
		})
	}
}

// What NumPy's Generator(Philox(key=[42, k])) gives for call number k.
func TestRandomNumbersOfNumPy(t *testing.T) {
	g := array.NewGenerator(42)
	require.Equal(t, []float64{
		0.8201981478608876, 0.18924562408645496, 0.8676608148821462,
		0.3945814702827203, 0.36812845090913937, 0.4344462539595917,
	}, values(t, g.Random([]int{2, 3}, array.Chunks(1))))
	choice, err := array.Values[int64](t.Context(), g.Choice([]int{24}, 5, array.Probabilities([]float64{0.1, 0.2, 0.05, 0.3, 0.35})))
	require.NoError(t, err)
	require.Equal(t, []int64{3, 4, 3, 3, 0, 2, 4, 4, 4, 1, 1, 3, 1, 1, 4, 4, 3, 4, 4, 4, 3, 3, 4, 2}, choice)
	g.Permutation(3) // takes stream 2, whether it is computed or not
	require.Equal(t, []float64{
		1.492750036113557, -0.753226836903643, 0.37892212148676796,
		-0.5576655328719287, -0.2573464122317253, -0.11069902958861655,
	}, values(t, g.Uniform([]int{6}, -1, 2.5)))

	words, err := array.Values[uint64](t.Context(), array.NewGenerator(0).Words([]int{3}))
	require.NoError(t, err)
	require.Equal(t, []uint64{0x2f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79}, words, "Philox(key=[0, 0]).random_raw(3)")
}

func TestStreams(t *testing.T) {
	g, again := array.NewGenerator(5), array.NewGenerator(5)
	first, second := g.Random([]int{4}), g.Random([]int{4})
	require.NotEqual(t, values(t, first), values(t, second), "arrays of one generator are independent")
	require.Equal(t, values(t, first), values(t, first), "an array is always the same")
	require.Equal(t, values(t, first.Sub(first)), make([]float64, 4))
	require.Equal(t, values(t, first), values(t, again.Random([]int{4})), "so are arrays of the same calls")
	require.Equal(t, values(t, second), values(t, again.Random([]int{4})))

	children, same := array.NewGenerator(5).Spawn(3), array.NewGenerator(5).Spawn(2)
	require.Len(t, children, 3)
	a, b := values(t, children[0].Random([]int{4})), values(t, children[1].Random([]int{4}))
	require.NotEqual(t, a, b)
	require.NotEqual(t, a, values(t, first))
	require.Equal(t, a, values(t, same[0].Random([]int{4})))
	require.Equal(t, b, values(t, same[1].Random([]int{4})))
	require.NotEqual(t, values(t, g.Spawn(1)[0].Random([]int{4})), values(t, g.Spawn(1)[0].Random([]int{4})))
	require.Empty(t, g.Spawn(0))
	require.Empty(t, g.Spawn(-1))

	var zero array.Generator
	require.Equal(t, values(t, array.NewGenerator(0).Random([]int{4})), values(t, zero.Random([]int{4})))
}

// Several goroutines take streams of one generator, each another one.
func TestGeneratorsAreSafe(t *testing.T) {
	const n = 50
	g := array.NewGenerator(1)
	arrays := make([]array.Array, n)
	var wait sync.WaitGroup
	for i := range arrays {
		wait.Go(func() { arrays[i] = g.Random([]int{1}) })
	}
	wait.Wait()
	var got, want []float64
	in := array.NewGenerator(1)
	for _, a := range arrays {
		got, want = append(got, values(t, a)...), append(want, values(t, in.Random([]int{1}))...)
	}
	require.ElementsMatch(t, want, got)
}

func TestRandomRanges(t *testing.T) {
	g := array.NewGenerator(2)
	for _, c := range []struct {
		a         array.Array
		d         dtype.DType
		low, high float64 // that are reached
	}{
		{g.Integers([]int{3000}, -2, 3), dtype.Int64, -2, 2},
		{g.Integers([]int{3000}, -2, 3, array.Endpoint()), dtype.Int64, -2, 3},
		{g.Integers([]int{3000}, 7, 7, array.Endpoint()), dtype.Int64, 7, 7},
		{g.Integers([]int{9000}, 0, 256, array.OfType(dtype.Uint8)), dtype.Uint8, 0, 255},
		{g.Integers([]int{9000}, -128, 127, array.Endpoint(), array.OfType(dtype.Int8)), dtype.Int8, -128, 127},
		{g.Integers([]int{100}, 0, 2, array.OfType(dtype.Bool)), dtype.Bool, 0, 1},
		{g.Binomial([]int{3000}, 3, 0.5), dtype.Int64, 0, 3},
		{g.Choice([]int{3000}, 10), dtype.Int64, 0, 9},
		{g.Choice([]int{10}, 10, array.WithoutReplacement()), dtype.Int64, 0, 9},
		{g.Permutation(1000), dtype.Int64, 0, 999},
	} {
		require.NoError(t, c.a.Err())
		require.Equal(t, c.d, c.a.DType())
		v := values(t, c.a.AsType(dtype.Float64))
		require.Equal(t, []float64{c.low, c.high}, []float64{slices.Min(v), slices.Max(v)}, c.a.String())
	}
	// Words and the ends of int64, which no float64 holds.
	ends, err := array.Values[int64](t.Context(), g.Integers([]int{1000}, math.MinInt64, math.MaxInt64, array.Endpoint()))
	require.NoError(t, err)
	require.Less(t, slices.Min(ends), int64(-8e18))
	require.Greater(t, slices.Max(ends), int64(8e18))
	words, err := array.Values[uint64](t.Context(), g.Words([]int{1000}))
	require.NoError(t, err)
	require.Greater(t, slices.Max(words), uint64(18e18))
}

func TestPermutations(t *testing.T) {
	for _, n := range []int{0, 1, 7, 1000, 200_000} {
		p, err := array.Values[int64](t.Context(), array.NewGenerator(8).Permutation(n, array.Chunks(30_001)))
		require.NoError(t, err)
		slices.Sort(p)
		for i, v := range p {
			require.EqualValues(t, i, v)
		}
		require.Len(t, p, n)
	}
	// A part of a permutation that has no room anywhere.
	p := array.NewGenerator(8).Permutation(1<<59, array.Chunks(1<<20))
	require.NoError(t, p.Err())
	part, err := array.Values[int64](t.Context(), p.Index(array.RangeStep(1<<58, 1<<58+2000, 2)))
	require.NoError(t, err)
	slices.Sort(part)
	require.Len(t, slices.Compact(part), 1000)
	require.Less(t, part[999], int64(1<<59))
}

func TestRandomOptions(t *testing.T) {
	a := array.NewGenerator(1).Normal([]int{4, 6}, 0, 1, array.Names("y", "x"), nil, array.Attrs(block.Attributes{"units": "m"}), array.Chunks(2), array.OfType(dtype.Float32))
	require.NoError(t, a.Err())
	require.Equal(t, "Array(float32, shape (4, 6), chunks (2x2, 3x2), 96B, names (y, x))", a.String())
	require.Equal(t, block.Attributes{"units": "m"}, a.Attrs())
	scalar, err := array.Item[float64](t.Context(), array.NewGenerator(42).Random(nil))
	require.NoError(t, err)
	require.Equal(t, 0.8201981478608876, scalar)
	require.Empty(t, values(t, array.NewGenerator(1).Random([]int{3, 0})))
	p := []float64{1, 0}
	one := array.NewGenerator(1).Choice([]int{3}, 2, array.Probabilities(p))
	p[0], p[1] = 0, 1
	require.Equal(t, make([]float64, 3), values(t, one.AsType(dtype.Float64)), "the probabilities are those of the call")

	// float32 is what float64 is, rounded.
	for _, draw := range []string{"standard normal", "exponential", "gamma", "beta"} {
		double := values(t, draws[draw](array.NewGenerator(6)))
		single, err := array.Values[float32](t.Context(), draws[draw](array.NewGenerator(6), array.OfType(dtype.Float32)))
		require.NoError(t, err)
		for i, v := range single {
			require.Equal(t, float32(double[i]), v)
		}
	}
}

func TestRandomMistakes(t *testing.T) {
	g := array.NewGenerator(1)
	shape := []int{3}
	var none *array.Generator
	for _, c := range []struct {
		a    array.Array
		kind graph.Kind
		text string
	}{
		{g.Random([]int{3, -1}), graph.ValueError, "random_uniform: the length -1 of axis 1 is negative"},
		{g.Random(shape, array.OfType(dtype.Float16)), graph.TypeError, "random_uniform: these random numbers are float32 or float64, not float16; convert them with astype"},
		{g.Uniform(shape, 0, math.Inf(1)), graph.OverflowError, "random_uniform: the range from 0 to +Inf is not finite"},
		{g.Normal(shape, 0, -1), graph.ValueError, "random_normal: the standard deviation -1 is negative"},
		{g.Exponential(shape, -1), graph.ValueError, "random_exponential: the scale -1 is negative"},
		{g.Gamma(shape, -1, 1), graph.ValueError, "random_gamma: the shape -1 is negative"},
		{g.Beta(shape, 1, 0), graph.ValueError, "random_beta: the shapes 1 and 0 are not both above 0"},
		{g.Integers(shape, 5, 5), graph.ValueError, "random_integers: there is no integer from 5 up to, not including, 5; Endpoint includes it"},
		{g.Integers(shape, 5, 4, array.Endpoint()), graph.ValueError, "random_integers: low 5 is above high 4"},
		{g.Integers(shape, 0, 300, array.OfType(dtype.Uint8)), graph.ValueError, "random_integers: uint8 goes from 0 to 255; that does not hold the integers from 0 to 299"},
		{g.Integers(shape, -1, 3, array.OfType(dtype.Uint64)), graph.ValueError, "random_integers: uint64 does not hold -1"},
		{g.Integers(shape, 0, 3, array.OfType(dtype.Float32)), graph.TypeError, "random_integers: random integers are of an integer type or bool, not float32; convert them with astype"},
		{g.Words(shape, array.OfType(dtype.Int64)), graph.ValueError, "random_integers: int64 goes from -9223372036854775808 to 9223372036854775807; that does not hold the integers from 0 to 18446744073709551615"},
		{g.Binomial(shape, -1, 0.5), graph.ValueError, "random_binomial: the number -1 of trials is negative"},
		{g.Binomial(shape, 1, math.NaN()), graph.ValueError, "random_binomial: the probability NaN is not between 0 and 1"},
		{g.Poisson(shape, -1), graph.ValueError, "random_poisson: the mean -1 is not 0 or more"},
		{g.Poisson(shape, 1, array.OfType(dtype.Int32)), graph.TypeError, "random_poisson: these random numbers are int64, not int32; convert them with astype"},
		{g.Choice(shape, 0), graph.ValueError, "random_choice: there is no index to choose for the shape (3,)"},
		{g.Choice(shape, 2, array.WithoutReplacement()), graph.ValueError, "random_choice: 3 indices without replacement for shape (3,) cannot be chosen from 2"},
		{g.Choice(shape, 2, array.Probabilities([]float64{1})), graph.ValueError, "random_choice: there are 1 probabilities for 2 indices"},
		{g.Permutation(-1), graph.ValueError, "random_permutation: the length -1 of axis 0 is negative"},
		{g.Normal(shape, 0, 1, array.Endpoint()), graph.ValueError, "random_normal: Endpoint is an option of Integers"},
		{g.Permutation(3, array.WithoutReplacement()), graph.ValueError, "random_permutation: WithoutReplacement and Probabilities are options of Choice"},
		{none.Random(shape), graph.ValueError, "random_uniform: the generator is nil: make one with NewGenerator"},
	} {
		var m *graph.Error
		require.ErrorAs(t, c.a.Err(), &m, c.text)
		require.Equal(t, c.kind, m.Kind, c.text)
		require.True(t, strings.HasPrefix(m.Error(), c.text+" (at "), "%v", m)
		require.Contains(t, m.Error(), "random_test.go:", "the place is the caller's")
	}
	require.Empty(t, none.Spawn(2))
	require.Equal(t, line(0), fmt.Sprint(siteOf(t, g.Normal(shape, 0, -1))))
}

func siteOf(t *testing.T, a array.Array) graph.Site {
	t.Helper()
	var m *graph.Error
	require.ErrorAs(t, a.Err(), &m)
	return m.Site
}
