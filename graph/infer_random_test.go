package graph

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

func TestRandomParameters(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	shape := block.Shape{4}
	for _, c := range []struct {
		name op.Name
		d    dtype.DType
		a    RandomAttrs
		kind Kind // "" for what is allowed
		text string
	}{
		{op.Full, dtype.Float64, RandomAttrs{}, ValueError, `"full" is not an operation that makes random numbers`},

		{op.RandomUniform, dtype.Int64, RandomAttrs{}, TypeError, "float32 or float64, not int64"},
		{op.RandomUniform, dtype.Float16, RandomAttrs{}, TypeError, "float32 or float64, not float16"},
		{op.RandomUniform, dtype.Float64, RandomAttrs{A: 2, B: 1}, ValueError, "the lower bound 2 is above the upper bound 1"},
		{op.RandomUniform, dtype.Float64, RandomAttrs{A: -math.MaxFloat64, B: math.MaxFloat64}, OverflowError, "is not finite"},
		{op.RandomUniform, dtype.Float64, RandomAttrs{B: inf}, OverflowError, "is not finite"},
		{op.RandomUniform, dtype.Float64, RandomAttrs{A: nan}, OverflowError, "is not finite"},
		{op.RandomUniform, dtype.Float32, RandomAttrs{A: 1, B: 1}, "", ""},

		{op.RandomNormal, dtype.Float64, RandomAttrs{A: nan}, ValueError, "not finite"},
		{op.RandomNormal, dtype.Float64, RandomAttrs{B: inf}, ValueError, "not finite"},
		{op.RandomNormal, dtype.Float64, RandomAttrs{B: -1}, ValueError, "the standard deviation -1 is negative"},
		{op.RandomNormal, dtype.Float64, RandomAttrs{}, "", ""},

		{op.RandomExponential, dtype.Float64, RandomAttrs{A: -1}, ValueError, "the scale -1 is negative"},
		{op.RandomExponential, dtype.Float64, RandomAttrs{A: inf}, ValueError, "not finite"},
		{op.RandomExponential, dtype.Float64, RandomAttrs{}, "", ""},

		{op.RandomGamma, dtype.Float64, RandomAttrs{A: -1, B: 1}, ValueError, "the shape -1 is negative"},
		{op.RandomGamma, dtype.Float64, RandomAttrs{A: 1, B: -1}, ValueError, "the scale -1 is negative"},
		{op.RandomGamma, dtype.Float64, RandomAttrs{A: nan, B: 1}, ValueError, "not finite"},
		{op.RandomGamma, dtype.Float64, RandomAttrs{}, "", ""},

		{op.RandomBeta, dtype.Float64, RandomAttrs{B: 1}, ValueError, "the shapes 0 and 1 are not both above 0"},
		{op.RandomBeta, dtype.Float64, RandomAttrs{A: 1, B: -1}, ValueError, "not both above 0"},
		{op.RandomBeta, dtype.Float64, RandomAttrs{A: inf, B: 1}, ValueError, "not finite"},
		{op.RandomBeta, dtype.Float32, RandomAttrs{A: 1e-300, B: 1e300}, "", ""},

		{op.RandomIntegers, dtype.Float64, RandomAttrs{}, TypeError, "an integer type or bool, not float64"},
		{op.RandomIntegers, dtype.Bool, RandomAttrs{Span: 1}, "", ""},
		{op.RandomIntegers, dtype.Bool, RandomAttrs{Span: 2}, ValueError, "bool goes from 0 to 1; that does not hold the integers from 0 to 2"},
		{op.RandomIntegers, dtype.Int8, RandomAttrs{Low: -128, Span: 255}, "", ""},
		{op.RandomIntegers, dtype.Int8, RandomAttrs{Low: -128, Span: 256}, ValueError, "int8 goes from -128 to 127; that does not hold the integers from -128 to 128"},
		{op.RandomIntegers, dtype.Int8, RandomAttrs{Low: -129, Span: 1}, ValueError, "from -129 to -128"},
		{op.RandomIntegers, dtype.Int8, RandomAttrs{Low: 128}, ValueError, "from 128 to 128"},
		{op.RandomIntegers, dtype.Uint8, RandomAttrs{Low: 250, Span: 5}, "", ""},
		{op.RandomIntegers, dtype.Uint8, RandomAttrs{Low: 250, Span: 6}, ValueError, "from 250 to 256"},
		{op.RandomIntegers, dtype.Uint8, RandomAttrs{Low: -1, Span: 3}, ValueError, "from -1 to 2"},
		{op.RandomIntegers, dtype.Uint32, RandomAttrs{Span: math.MaxUint64}, ValueError, "from 0 to 18446744073709551615"},
		{op.RandomIntegers, dtype.Int64, RandomAttrs{Low: math.MinInt64, Span: math.MaxUint64}, "", ""},
		{op.RandomIntegers, dtype.Uint64, RandomAttrs{Span: math.MaxUint64}, "", ""},
		{op.RandomIntegers, dtype.Uint64, RandomAttrs{Low: -1}, "", ""}, // the bits of the greatest uint64
		{op.RandomIntegers, dtype.Uint64, RandomAttrs{Low: 1, Span: math.MaxUint64}, ValueError, "uint64 goes from 0"},

		{op.RandomBinomial, dtype.Int32, RandomAttrs{}, TypeError, "int64, not int32"},
		{op.RandomBinomial, dtype.Int64, RandomAttrs{N: -1}, ValueError, "the number -1 of trials is negative"},
		{op.RandomBinomial, dtype.Int64, RandomAttrs{N: 1, A: 1.5}, ValueError, "the probability 1.5 is not between 0 and 1"},
		{op.RandomBinomial, dtype.Int64, RandomAttrs{N: 1, A: -0.5}, ValueError, "not between 0 and 1"},
		{op.RandomBinomial, dtype.Int64, RandomAttrs{N: 1, A: nan}, ValueError, "not between 0 and 1"},
		{op.RandomBinomial, dtype.Int64, RandomAttrs{A: 1}, "", ""},

		{op.RandomPoisson, dtype.Int64, RandomAttrs{A: -1}, ValueError, "the mean -1 is not 0 or more"},
		{op.RandomPoisson, dtype.Int64, RandomAttrs{A: nan}, ValueError, "not 0 or more"},
		{op.RandomPoisson, dtype.Int64, RandomAttrs{A: inf}, ValueError, "too large"},
		{op.RandomPoisson, dtype.Int64, RandomAttrs{A: 1e19}, ValueError, "too large"},
		{op.RandomPoisson, dtype.Int64, RandomAttrs{A: 9.223372006484771e18}, "", ""},

		{op.RandomChoice, dtype.Uint8, RandomAttrs{N: 4}, TypeError, "int64, not uint8"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: -4}, ValueError, "there are no -4 indices"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{}, ValueError, "there is no index to choose for the shape (4,)"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 1}, "", ""},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 4, Distinct: true}, "", ""},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 3, Distinct: true}, ValueError, "4 indices without replacement for shape (4,) cannot be chosen from 3"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 3, P: []float64{0.5, 0.5}}, ValueError, "there are 2 probabilities for 3 indices"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 2, P: []float64{0.5, 0.6}}, ValueError, "the probabilities add up to 1.1 instead of 1"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 2, P: []float64{1.5, -0.5}}, ValueError, "the probability -0.5 of index 1 is not 0 or more"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 2, P: []float64{nan, 0.5}}, ValueError, "not 0 or more"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 2, P: []float64{inf, 0.5}}, ValueError, "add up to +Inf"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 0, P: []float64{}}, ValueError, "add up to 0"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 1 << 15, P: make([]float64, 1<<15)}, ValueError, "there are 32768 probabilities, of which a graph holds at most 16384"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 5, P: []float64{0.25, 0.5, 0, 0.25, 0}, Distinct: true}, ValueError, "cannot be chosen from 3 whose probability is not 0"},
		{op.RandomChoice, dtype.Int64, RandomAttrs{N: 2, P: []float64{0.5, 0.5 + 1e-9}}, "", ""},

		{op.RandomPermutation, dtype.Float64, RandomAttrs{N: 4}, TypeError, "int64, not float64"},
		{op.RandomPermutation, dtype.Int64, RandomAttrs{N: 5}, ValueError, "a permutation of 5 indices has the shape (5,), not (4,)"},
		{op.RandomPermutation, dtype.Int64, RandomAttrs{N: 4}, "", ""},
	} {
		r, err := Random(here, c.name, c.d, block.RegularGrid(shape, block.Shape{3}), c.a)
		if c.kind == "" {
			require.NoError(t, err, "%s %v %s", c.name, c.d, c.a.Text())
			require.NoError(t, Verify(Graph{Outputs: []Ref{r}}))
			require.Equal(t, c.d, r.DType())
			continue
		}
		var m *Error
		require.ErrorAs(t, err, &m, "%s %v %s", c.name, c.d, c.a.Text())
		require.Equal(t, c.kind, m.Kind, err.Error())
		require.ErrorContains(t, err, c.text)
		require.Equal(t, c.name, m.Op)
	}
	_, err := Random(here, op.RandomChoice, dtype.Int64, block.RegularGrid(block.Shape{0}, block.Shape{1}), RandomAttrs{})
	require.NoError(t, err, "nothing can be chosen from nothing")
	_, err = Random(here, op.RandomChoice, dtype.Int64, block.Grid{block.UnknownAxis(2)}, RandomAttrs{N: 1})
	require.ErrorContains(t, err, "unknown length")
	_, err = Random(here, op.RandomPermutation, dtype.Int64, block.RegularGrid(block.Shape{2, 2}, block.Shape{1, 2}), RandomAttrs{N: 4})
	require.ErrorContains(t, err, "has the shape (4,), not (2, 2)")
}
