package array

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Generator makes arrays of random numbers, as NumPy's numpy.random.Generator
// does. It is lazy: numbers are made when the array is computed, block by block,
// and again whenever they are needed again.
//
// Every method takes the next stream of the seed, so that arrays of one generator
// are independent, and the same calls in the same order give the same arrays. An
// element is a function of the seed, the stream, the parameters and its index in
// C order: chunks, workers and memory change nothing, nor does the machine, and a
// part of an array is made without the rest. Releases keep the bits.
//
// The numbers come from Philox4x64-10. Random and Uniform of float64 give what
// NumPy's Generator(Philox(key=[seed, k])) gives for the array of call number k,
// counted from 0, and so does Choice with probabilities and replacement; other
// methods are made in ways of their own. Parameters are numbers; for parameters
// that are arrays, scale and shift standard numbers.
//
// A Generator may be used by several goroutines at once. As their order decides
// who gets which stream, goroutines whose numbers must be the same each time need
// generators of their own, from Spawn. It must not be copied. The zero Generator
// has the seed 0.
type Generator struct {
	seed uint64
	next atomic.Uint64 // the stream of the next call
}

// NewGenerator is a generator of which all numbers follow from seed.
func NewGenerator(seed uint64) *Generator { return &Generator{seed: seed} }

// Spawn is n generators with seeds of their own, which follow from the generator
// and take one of its streams.
func (g *Generator) Spawn(n int) []*Generator {
	if g == nil || n <= 0 {
		return nil
	}
	seeds := rand.NewPCG(g.seed, g.next.Add(1)-1)
	children := make([]*Generator, n)
	for i := range children {
		children[i] = NewGenerator(seeds.Uint64())
	}
	return children
}

// RandomOption says how random numbers are made: a CreateOption, OfType,
// Endpoint, WithoutReplacement or Probabilities.
type RandomOption interface{ random(*drawing) }

// drawing is an array of random numbers under its options.
type drawing struct {
	creation
	dtype    dtype.DType
	attrs    graph.RandomAttrs
	endpoint bool
}

type randomOption func(*drawing)

func (f randomOption) random(d *drawing) { f(d) }
func (f createOption) random(d *drawing) { f(&d.creation) }
func (s ChunkSpec) random(d *drawing)    { s.creation(&d.creation) }

// RandomOf is random numbers of an operation of the table, of parameters that are
// known when the program runs. See Generator.
func RandomOf(name string, d dtype.DType, shape []int, attrs graph.RandomAttrs, opts ...CreateOption) Array {
	return create(op.Name(name), d, shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Random(at, op.Name(name), out.DType, out.Grid, attrs)
	})
}

// Endpoint makes high the largest of Integers, instead of the first that is too
// large.
func Endpoint() RandomOption {
	return randomOption(func(r *drawing) { r.endpoint = true })
}

// WithoutReplacement makes all indices of Choice different.
func WithoutReplacement() RandomOption {
	return randomOption(func(r *drawing) { r.attrs.Distinct = true })
}

// Probabilities are those of the indices of Choice, one for each. They add up to
// 1, and there are at most graph.MostProbabilities of them.
func Probabilities(p []float64) RandomOption {
	p = slices.Clone(p)
	return randomOption(func(r *drawing) { r.attrs.P = p })
}

func drawn(opts []RandomOption) drawing {
	var d drawing
	for _, o := range opts {
		if o != nil {
			o.random(&d)
		}
	}
	return d
}

// draw makes an array of the next stream. Its numbers are of type d unless an
// option says otherwise.
func (g *Generator) draw(name op.Name, d dtype.DType, shape []int, r drawing) Array {
	if r.dtype != dtype.Invalid {
		d = r.dtype
	}
	var err error
	switch {
	case g == nil:
		err = errors.New("the generator is nil: make one with NewGenerator")
	case r.endpoint && name != op.RandomIntegers:
		err = errors.New("Endpoint is an option of Integers")
	case name != op.RandomChoice && (r.attrs.Distinct || r.attrs.P != nil):
		err = errors.New("WithoutReplacement and Probabilities are options of Choice")
	}
	if err != nil {
		return mistake(graph.ValueError, name, site(), err)
	}
	r.attrs.Seed, r.attrs.Stream = g.seed, g.next.Add(1)-1
	options := createOption(func(c *creation) { *c = r.creation })
	return create(name, d, shape, []CreateOption{options}, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Random(at, name, out.DType, out.Grid, r.attrs)
	})
}

// reals is an array of a distribution with the parameters a and b.
func (g *Generator) reals(name op.Name, shape []int, a, b float64, opts []RandomOption) Array {
	r := drawn(opts)
	r.attrs.A, r.attrs.B = a, b
	return g.draw(name, dtype.Float64, shape, r)
}

// Random is uniformly distributed numbers in [0, 1), float64 or float32.
func (g *Generator) Random(shape []int, opts ...RandomOption) Array {
	return g.reals(op.RandomUniform, shape, 0, 1, opts)
}

// Uniform is uniformly distributed numbers in [low, high), float64 or float32,
// and low where the two are one number. It is a ValueError if low is above high,
// and an OverflowError if high-low is not finite. Unlike with NumPy, rounding
// does not give high.
func (g *Generator) Uniform(shape []int, low, high float64, opts ...RandomOption) Array {
	return g.reals(op.RandomUniform, shape, low, high, opts)
}

// StandardNormal is Normal of mean 0 and standard deviation 1.
func (g *Generator) StandardNormal(shape []int, opts ...RandomOption) Array {
	return g.reals(op.RandomNormal, shape, 0, 1, opts)
}

// Normal is normally distributed numbers, float64 or float32. The mean and the
// standard deviation are finite, and the deviation is not negative.
func (g *Generator) Normal(shape []int, mean, deviation float64, opts ...RandomOption) Array {
	return g.reals(op.RandomNormal, shape, mean, deviation, opts)
}

// StandardExponential is Exponential of scale 1.
func (g *Generator) StandardExponential(shape []int, opts ...RandomOption) Array {
	return g.reals(op.RandomExponential, shape, 1, 0, opts)
}

// Exponential is numbers with the density exp(-x/scale)/scale, whose mean is
// scale, float64 or float32. The scale is finite and not negative.
func (g *Generator) Exponential(shape []int, scale float64, opts ...RandomOption) Array {
	return g.reals(op.RandomExponential, shape, scale, 0, opts)
}

// StandardGamma is Gamma of scale 1.
func (g *Generator) StandardGamma(shape []int, k float64, opts ...RandomOption) Array {
	return g.reals(op.RandomGamma, shape, k, 1, opts)
}

// Gamma is numbers with a density in proportion to x^(k-1) exp(-x/scale), whose
// mean is k*scale, float64 or float32. k, which NumPy calls shape, and scale are
// finite and not negative.
func (g *Generator) Gamma(shape []int, k, scale float64, opts ...RandomOption) Array {
	return g.reals(op.RandomGamma, shape, k, scale, opts)
}

// Beta is numbers in [0, 1] with a density in proportion to
// x^(a-1) (1-x)^(b-1), whose mean is a/(a+b), float64 or float32. a and b are
// finite and above 0.
func (g *Generator) Beta(shape []int, a, b float64, opts ...RandomOption) Array {
	return g.reals(op.RandomBeta, shape, a, b, opts)
}

// Integers is integers from low up to, not including, high, all equally likely.
// They are int64, or OfType of another integer type, or of bool. It is a
// ValueError if there is no integer in the range, or if the type does not hold
// all of them. For all of uint64 see Words.
func (g *Generator) Integers(shape []int, low, high int64, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.Low, r.attrs.Span = low, uint64(high)-uint64(low)
	var err error
	switch {
	case low > high:
		err = fmt.Errorf("low %d is above high %d", low, high)
	case low == high && !r.endpoint:
		err = fmt.Errorf("there is no integer from %d up to, not including, %d; Endpoint includes it", low, high)
	case low < 0 && r.dtype == dtype.Uint64:
		err = fmt.Errorf("uint64 does not hold %d", low)
	case !r.endpoint:
		r.attrs.Span--
	}
	if err != nil {
		return mistake(graph.ValueError, op.RandomIntegers, site(), err)
	}
	return g.draw(op.RandomIntegers, dtype.Int64, shape, r)
}

// Words is uint64 numbers of 64 random bits each, which NumPy's bit generators
// give as random_raw.
func (g *Generator) Words(shape []int, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.Low, r.attrs.Span = 0, math.MaxUint64
	return g.draw(op.RandomIntegers, dtype.Uint64, shape, r)
}

// Binomial is how often, in n trials, that happened which happens with
// probability p, as int64. n is not negative and p is from 0 to 1.
func (g *Generator) Binomial(shape []int, n int64, p float64, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.N, r.attrs.A = n, p
	return g.draw(op.RandomBinomial, dtype.Int64, shape, r)
}

// Poisson is how often that happened which happens mean times on average, as
// int64. The mean, which NumPy calls lam, is not negative, and so far below 2^63
// that numbers around it are int64.
func (g *Generator) Poisson(shape []int, mean float64, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.A = mean
	return g.draw(op.RandomPoisson, dtype.Int64, shape, r)
}

// Choice is int64 indices from 0 up to, not including, n. They are equally
// likely, or have Probabilities, and may come more than once unless the choice is
// WithoutReplacement; then there are at most n of them, in random order. Without
// replacement and probabilities they are the first of Permutation(n).
//
// With probabilities, each index that is drawn without replacement has its own in
// proportion to those of all that are left.
func (g *Generator) Choice(shape []int, n int, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.N = int64(n)
	return g.draw(op.RandomChoice, dtype.Int64, shape, r)
}

// Permutation is the int64 indices from 0 up to, not including, n in random
// order, along one axis. Up to 65536 of them have all orders, equally likely.
// More are never kept together, and a part of them is made without the rest: their
// order is one of 2^128, each of which looks random but which are not all there
// are.
func (g *Generator) Permutation(n int, opts ...RandomOption) Array {
	r := drawn(opts)
	r.attrs.N = int64(n)
	return g.draw(op.RandomPermutation, dtype.Int64, []int{n}, r)
}
