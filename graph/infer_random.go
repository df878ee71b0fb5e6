package graph

import (
	"fmt"
	"math"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// MostProbabilities is how many probabilities random_choice takes. They are part
// of the graph and of plans, and every worker makes a table of them.
const MostProbabilities = 1 << 14

// mostEvents is the largest mean of random_poisson, whose numbers must fit an
// int64; it is NumPy's.
var mostEvents = math.MaxInt64 - 10*math.Sqrt(math.MaxInt64)

// Random is random numbers of one of the random operations.
func Random(site Site, name op.Name, d dtype.DType, grid block.Grid, attrs RandomAttrs) (Ref, error) {
	err := attrs.Check(name, d)
	if err == nil {
		err = attrs.checkCount(name, grid.Shape())
	}
	if err != nil {
		return Ref{}, fail(site, name, err)
	}
	return input(site, name, d, grid, attrs)
}

// Check reports parameters that an operation does not take, and types that its
// numbers do not have.
func (a RandomAttrs) Check(name op.Name, d dtype.DType) error {
	switch name {
	case op.RandomUniform, op.RandomNormal, op.RandomExponential, op.RandomGamma, op.RandomBeta:
		if d != dtype.Float32 && d != dtype.Float64 {
			return mistakef(TypeError, "these random numbers are float32 or float64, not %v; convert them with astype", d)
		}
		return a.checkReals(name)
	case op.RandomIntegers:
		return a.checkIntegers(d)
	case op.RandomBinomial, op.RandomPoisson, op.RandomChoice, op.RandomPermutation:
		if d != dtype.Int64 {
			return mistakef(TypeError, "these random numbers are int64, not %v; convert them with astype", d)
		}
	default:
		return fmt.Errorf("%q is not an operation that makes random numbers", name)
	}
	switch {
	case name == op.RandomBinomial && a.N < 0:
		return fmt.Errorf("the number %d of trials is negative", a.N)
	case name == op.RandomBinomial && !(a.A >= 0 && a.A <= 1):
		return fmt.Errorf("the probability %v is not between 0 and 1", a.A)
	case name == op.RandomPoisson && !(a.A >= 0):
		return fmt.Errorf("the mean %v is not 0 or more", a.A)
	case name == op.RandomPoisson && a.A > mostEvents:
		return fmt.Errorf("the mean %v is too large: numbers around it do not fit an int64", a.A)
	case a.N < 0:
		return fmt.Errorf("there are no %d indices", a.N)
	case name == op.RandomChoice && a.P != nil:
		return a.checkProbabilities()
	}
	return nil
}

func (a RandomAttrs) checkReals(name op.Name) error {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	if name == op.RandomUniform && !finite(a.B-a.A) {
		return mistakef(OverflowError, "the range from %v to %v is not finite", a.A, a.B)
	}
	values := []float64{a.A, a.B}
	for _, p := range op.Lookup(name).Signature() {
		if p.Kind != op.Float {
			continue
		}
		if !finite(values[0]) {
			return fmt.Errorf("%s is not finite but %v", p.Name, values[0])
		}
		values = values[1:]
	}
	switch {
	case name == op.RandomUniform && a.A > a.B:
		return fmt.Errorf("the lower bound %v is above the upper bound %v", a.A, a.B)
	case name == op.RandomNormal && a.B < 0:
		return fmt.Errorf("the standard deviation %v is negative", a.B)
	case name == op.RandomExponential && a.A < 0:
		return fmt.Errorf("the scale %v is negative", a.A)
	case name == op.RandomGamma && a.A < 0:
		return fmt.Errorf("the shape %v is negative", a.A)
	case name == op.RandomGamma && a.B < 0:
		return fmt.Errorf("the scale %v is negative", a.B)
	case name == op.RandomBeta && (a.A <= 0 || a.B <= 0):
		return fmt.Errorf("the shapes %v and %v are not both above 0", a.A, a.B)
	}
	return nil
}

// checkIntegers makes sure that a type has all integers from Low to Low+Span.
func (a RandomAttrs) checkIntegers(d dtype.DType) error {
	if !d.IsInteger() && d != dtype.Bool {
		return mistakef(TypeError, "random integers are of an integer type or bool, not %v; convert them with astype", d)
	}
	unused := 64 - 8*d.Size()
	least, most := int64(0), uint64(math.MaxUint64)>>unused
	switch {
	case d == dtype.Bool:
		most = 1
	case d.IsSigned():
		least, most = math.MinInt64>>unused, most>>1
	}
	low := a.Low
	if d == dtype.Uint64 {
		low = 0
	}
	// The differences are right in uint64 whatever the signs.
	if low < least || low > 0 && uint64(low) > most || a.Span > most-uint64(a.Low) {
		return fmt.Errorf("%v goes from %d to %d; that does not hold the integers from %d to %s", d, least, most, a.Low, a.last(d))
	}
	return nil
}

// last is the greatest of random integers as text.
func (a RandomAttrs) last(d dtype.DType) string {
	if a.Low < 0 && d != dtype.Uint64 {
		return fmt.Sprint(a.Low + int64(a.Span))
	}
	return fmt.Sprint(uint64(a.Low) + a.Span)
}

func (a RandomAttrs) checkProbabilities() error {
	if int64(len(a.P)) != a.N {
		return fmt.Errorf("there are %d probabilities for %d indices", len(a.P), a.N)
	}
	if len(a.P) > MostProbabilities {
		return fmt.Errorf("there are %d probabilities, of which a graph holds at most %d: put the indices in groups, choose a group, and then within it", len(a.P), MostProbabilities)
	}
	sum := 0.0
	for i, p := range a.P {
		if !(p >= 0) {
			return fmt.Errorf("the probability %v of index %d is not 0 or more", p, i)
		}
		sum += p
	}
	if !(math.Abs(sum-1) <= 0x1p-26) { // the root of the distance from 1 to the next float64, as in NumPy
		return fmt.Errorf("the probabilities add up to %v instead of 1", sum)
	}
	return nil
}

// checkCount makes sure that there are as many indices as are drawn. Lengths of
// shape are known or not; where not, the grid is refused later.
func (a RandomAttrs) checkCount(name op.Name, shape block.Shape) error {
	count, err := shape.Size()
	if err != nil {
		return nil
	}
	switch {
	case name == op.RandomPermutation && (len(shape) != 1 || int64(count) != a.N):
		return fmt.Errorf("a permutation of %d indices has the shape (%d,), not %v", a.N, a.N, shape)
	case name != op.RandomChoice || count == 0:
	case a.N == 0:
		return fmt.Errorf("there is no index to choose for the shape %v", shape)
	case a.Distinct && int64(count) > a.N:
		return fmt.Errorf("%d indices without replacement for shape %v cannot be chosen from %d", count, shape, a.N)
	case a.Distinct && a.P != nil:
		possible := 0
		for _, p := range a.P {
			if p > 0 {
				possible++
			}
		}
		if count > possible {
			return fmt.Errorf("%d indices without replacement for shape %v cannot be chosen from %d whose probability is not 0", count, shape, possible)
		}
	}
	return nil
}
