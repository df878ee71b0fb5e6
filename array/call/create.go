package call

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// full is one value everywhere. A value of a higher kind than the type is
// converted as elements of arrays are.
func full(a *arguments) array.Array {
	shape := a.ints("shape")
	d := a.dtype("dtype", dtype.Invalid)
	v := a.scalar("fill_value", d)
	if !d.Valid() {
		d = v.DType
	}
	opts := a.creation(len(shape))
	if a.err != nil {
		return array.Array{}
	}
	if v.DType.Kind() > d.Kind() {
		return a.made(array.FullOf(shape, v, opts...)).AsType(d)
	}
	fits, err := v.Convert(d)
	if err != nil {
		a.fail(graph.OverflowError, "fill_value", err)
	}
	return array.FullOf(shape, fits, opts...)
}

// constant is zeros or ones.
func (a *arguments) constant(one bool) array.Array {
	shape := a.ints("shape")
	v, _ := dtype.ScalarOf(one)
	v, err := v.Convert(a.dtype("dtype", dtype.Float64))
	if err != nil {
		a.fail(graph.TypeError, "dtype", err)
	}
	opts := a.creation(len(shape))
	if a.err != nil {
		return array.Array{}
	}
	return array.FullOf(shape, v, opts...)
}

// arange is start, start + step and so on, up to stop. A start alone is where a
// range from 0 on stops. As in NumPy, integers go on from the first two as these two
// are without their fractions; but by a step with a fraction they are the elements of
// the floating-point range.
func arange(a *arguments) array.Array {
	numbers := [3]Arg{a.value("start"), a.value("stop"), a.value("step")}
	if numbers[1] == nil {
		numbers[0], numbers[1] = 0, numbers[0]
	}
	if numbers[2] == nil {
		numbers[2] = 1
	}
	opts := a.creation(1)
	var whole [3]*big.Int
	var real [3]float64
	integers := true
	for i, name := range []string{"start", "stop", "step"} {
		if i == 1 && !a.given("stop") {
			name = "start"
		}
		n, ok := integer(numbers[i])
		if _, isFloat := numbers[i].(float64); !ok && !isFloat {
			a.wrong(name, "a real number", numbers[i])
			return array.Array{}
		}
		whole[i], integers = n, integers && ok
		real[i] = a.real(name, numbers[i])
	}
	if a.err != nil {
		return array.Array{}
	}
	if integers {
		return a.wholeRange(whole[0], whole[1], whole[2], real, opts)
	}
	x := array.Arange(real[0], real[1], real[2], opts...)
	d := a.dtype("dtype", dtype.Float64)
	switch {
	case x.Err() != nil || d == dtype.Float64:
		return x
	case d.IsFloat() || d == dtype.Bool: // which it refuses, as of whole numbers
		return realRange(d, real, x.Size(), opts)
	case d.IsComplex():
		return a.made(x).AsType(d)
	}
	first, second := whole[0], truncated(real[0]+real[2])
	if first == nil {
		first = truncated(real[0])
	} else if whole[2] != nil {
		second.Add(first, whole[2])
	}
	stepped := a.integerRange(d, first, second, x.Size(), opts)
	if a.err == nil && real[2] != math.Trunc(real[2]) {
		return a.made(x).AsType(d)
	}
	return stepped
}

// truncated is a number without its fraction; an infinite one is as large as a
// float64 can be, which fits no type either.
func truncated(v float64) *big.Int {
	n, _ := big.NewFloat(max(-math.MaxFloat64, min(v, math.MaxFloat64))).Int(nil)
	return n
}

func realRange(d dtype.DType, real [3]float64, count int, opts []array.CreateOption) array.Array {
	start, _ := dtype.ScalarOf(real[0])
	step, _ := dtype.ScalarOf(real[2])
	return array.RangeOf(d, start, step, count, opts...)
}

// wholeRange is a range of whole numbers, which are exact whatever their size.
func (a *arguments) wholeRange(start, stop, step *big.Int, real [3]float64, opts []array.CreateOption) array.Array {
	if step.Sign() == 0 {
		a.fail(graph.ValueError, "step", errors.New("a range's step is not 0"))
		return array.Array{}
	}
	// Rounded up: the last element is before stop.
	count := new(big.Int).Sub(stop, start)
	count.Add(count, step).Sub(count, big.NewInt(int64(step.Sign())))
	count.Quo(count, step)
	if count.Sign() < 0 {
		count.SetInt64(0)
	}
	if !count.IsInt64() || count.Int64() > math.MaxInt {
		a.fail(graph.ValueError, "stop", fmt.Errorf("a range from %s to %s in steps of %s has more elements than an int can count",
			described(start), described(stop), described(step)))
		return array.Array{}
	}
	n := int(count.Int64())
	otherwise := dtype.Int64
	if last := new(big.Int).Add(start, new(big.Int).Mul(step, big.NewInt(int64(max(n-1, 0))))); start.Cmp(big.NewInt(math.MaxInt64)) > 0 || last.Cmp(big.NewInt(math.MaxInt64)) > 0 {
		otherwise = dtype.Uint64
	}
	d := a.dtype("dtype", otherwise)
	switch {
	case d.IsFloat():
		return realRange(d, real, n, opts)
	case d.IsComplex():
		if !a.given("chunks") {
			opts = append(opts, chunksOf(dtype.Float64, d))
		}
		return a.made(realRange(dtype.Float64, real, n, opts)).AsType(d)
	}
	return a.integerRange(d, start, new(big.Int).Add(start, step), n, opts)
}

// integerRange is n integers of type d of which the first two are given. They have
// to fit if they are elements; those after them wrap, as in NumPy.
func (a *arguments) integerRange(d dtype.DType, first, second *big.Int, n int, opts []array.CreateOption) array.Array {
	if n > 0 && !fitsType(first, d) {
		a.fail(graph.OverflowError, "start", fmt.Errorf("%s does not fit %v", described(first), d))
	}
	if n > 1 && !fitsType(second, d) {
		a.fail(graph.OverflowError, "", fmt.Errorf("the second element, %s, does not fit %v", described(second), d))
	}
	if a.err != nil {
		return array.Array{}
	}
	start, _ := dtype.ScalarOf(low64(first))
	if n > 1 && first.Cmp(second) == 0 { // which no document says as a range
		start, _ = scalarOf(first)
		start, _ = start.Convert(d)
		return array.FullOf([]int{n}, start, opts...)
	}
	step, _ := dtype.ScalarOf(low64(new(big.Int).Sub(second, first)))
	return array.RangeOf(d, start, step, n, opts...)
}

// fitsType reports whether a whole number is one of type d, if that is of integers, or
// of 64 bits.
func fitsType(n *big.Int, d dtype.DType) bool {
	s, ok := scalarOf(n)
	if ok && d.IsInteger() {
		_, err := s.Convert(d)
		ok = err == nil
	}
	return ok
}

// low64 is n modulo 2^64, in which ranges are computed.
func low64(n *big.Int) uint64 {
	return new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
}

func scalarOf(n *big.Int) (s dtype.Scalar, ok bool) {
	switch {
	case n.IsInt64():
		return dtype.ScalarOf(n.Int64())
	case n.IsUint64():
		return dtype.ScalarOf(n.Uint64())
	}
	return s, false
}

// random is random numbers of the operation. A stream is the first unless it is
// given.
func random(a *arguments) array.Array {
	attrs := graph.RandomAttrs{Seed: a.uint64("seed")}
	if a.given("stream") {
		attrs.Stream = a.uint64("stream")
	}
	otherwise := dtype.Float64
	switch a.row.Name {
	case op.RandomUniform:
		attrs.A, attrs.B = a.float("low", 0), a.float("high", 1)
	case op.RandomNormal:
		attrs.A, attrs.B = a.float("loc", 0), a.float("scale", 1)
	case op.RandomExponential:
		attrs.A = a.float("scale", 1)
	case op.RandomGamma:
		attrs.A, attrs.B = a.float("shape", 1), a.float("scale", 1)
	case op.RandomBeta:
		attrs.A, attrs.B = a.float("a", 1), a.float("b", 1)
	case op.RandomBinomial:
		attrs.N, attrs.A, otherwise = int64(a.int("n", 0)), a.float("p", 0), dtype.Int64
	case op.RandomPoisson:
		attrs.A, otherwise = a.float("lam", 1), dtype.Int64
	case op.RandomChoice:
		attrs.P, otherwise = a.floats("p"), dtype.Int64
		attrs.Distinct = a.given("replace") && !a.bool("replace")
		if x, ok := a.value("a").(array.Array); ok {
			return a.chosen(x, attrs)
		}
		attrs.N = int64(a.int("a", 0))
	case op.RandomPermutation:
		return a.permuted(attrs)
	case op.RandomIntegers:
		otherwise = dtype.Int64
		attrs.Low, attrs.Span = a.span()
	}
	size := a.ints("size")
	d := a.dtype("dtype", otherwise)
	opts := a.creation(len(size))
	if a.err != nil {
		return array.Array{}
	}
	return array.RandomOf(string(a.row.Name), d, size, attrs, opts...)
}

// permuted is indices, or the parts of an array along an axis, in random order.
func (a *arguments) permuted(attrs graph.RandomAttrs) array.Array {
	x, shuffled := a.value("x").(array.Array)
	axis := 0
	switch {
	case !shuffled:
		attrs.N = int64(a.int("x", 0))
		if a.given("axis") {
			a.fail(graph.ValueError, "axis", errors.New("it is of an array that is put in random order"))
		}
	case a.given("chunks"):
		a.fail(graph.ValueError, "chunks", errors.New("an array in random order has chunks as it had; rechunk it"))
	default:
		axis = a.axisOf("axis", x, 0)
		attrs.N, axis = a.along(x, axis)
	}
	var opts []array.CreateOption
	if !shuffled {
		opts = a.creation(1)
	}
	if a.err != nil {
		return array.Array{}
	}
	order := array.RandomOf(string(a.row.Name), dtype.Int64, []int{int(attrs.N)}, attrs, opts...)
	if !shuffled {
		return order
	}
	return array.PickedAlong(a.operand("x", x), a.made(order), axis)
}

// chosen is elements of an array of one axis.
func (a *arguments) chosen(x array.Array, attrs graph.RandomAttrs) array.Array {
	attrs.N, _ = a.along(x, 0)
	size := a.ints("size")
	switch {
	case a.given("dtype"):
		a.fail(graph.ValueError, "dtype", errors.New("elements of an array have its type; convert them with astype"))
	case a.err == nil && x.Rank() != 1:
		a.fail(graph.ValueError, "a", fmt.Errorf("elements are drawn of one axis, not of shape %v", x.Shape()))
	}
	var opts []array.CreateOption
	for _, spec := range a.chunks("chunks", len(size)) {
		opts = append(opts, spec)
	}
	if a.err != nil {
		return array.Array{}
	}
	return array.PickedAlong(a.operand("a", x), a.made(array.RandomOf(string(a.row.Name), dtype.Int64, size, attrs, opts...)), 0)
}

// along is the length of an axis of x, and its number from 0 on.
func (a *arguments) along(x array.Array, axis int) (length int64, number int) {
	if axis < 0 {
		axis += x.Rank()
	}
	switch {
	case axis < 0 || axis >= x.Rank():
		a.fail(graph.IndexError, "", fmt.Errorf("axis %d is out of range: shape %v has %d axes", axis, x.Shape(), x.Rank()))
		return 0, 0
	case x.Shape()[axis] == block.Unknown:
		a.fail(graph.IndexError, "", fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, x.Shape(), graph.ErrUnresolved))
	}
	return int64(x.Shape()[axis]), axis
}

// span is the least of random integers, and how far the greatest is from it.
func (a *arguments) span() (low int64, span uint64) {
	from, ok := integer(a.value("low"))
	to, also := integer(a.value("high"))
	switch {
	case !ok:
		a.wrong("low", "a whole number", a.value("low"))
		return 0, 0
	case !also:
		a.wrong("high", "a whole number", a.value("high"))
		return 0, 0
	}
	last := new(big.Int).Set(to)
	if !a.bool("endpoint") {
		last.Sub(last, big.NewInt(1))
	}
	width := new(big.Int).Sub(last, from)
	switch {
	case width.Sign() < 0:
		a.fail(graph.ValueError, "high", fmt.Errorf("there is no integer from %s to %s", described(from), described(last)))
	case !width.IsUint64() || !from.IsInt64() && !from.IsUint64() || !last.IsInt64() && !last.IsUint64():
		a.fail(graph.ValueError, "high", fmt.Errorf("no type holds the integers from %s to %s", described(from), described(last)))
	}
	if a.err != nil {
		return 0, 0
	}
	if from.IsUint64() {
		return int64(from.Uint64()), width.Uint64()
	}
	return from.Int64(), width.Uint64()
}
