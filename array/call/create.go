package call

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
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
// range from 0 on stops.
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
	case d.IsFloat():
		return realRange(d, real, x.Size(), opts)
	}
	return a.made(x).AsType(d)
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
		return a.made(realRange(dtype.Float64, real, n, opts)).AsType(d)
	}
	first, ok := scalarOf(start)
	if ok && d.IsInteger() {
		_, err := first.Convert(d)
		ok = err == nil
	}
	if !ok {
		a.fail(graph.OverflowError, "start", fmt.Errorf("%s does not fit %v", described(start), d))
		return array.Array{}
	}
	by, ok := scalarOf(step)
	if !ok { // of one element at most
		by, _ = dtype.ScalarOf(int64(1))
	}
	return array.RangeOf(d, first, by, n, opts...)
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

func uniform(a *arguments) array.Array {
	return a.random(a.float("low", 0), a.float("high", 1),
		array.RandomUniform[dtype.Half], array.RandomUniform[float32], array.RandomUniform[float64])
}

func normal(a *arguments) array.Array {
	return a.random(a.float("loc", 0), a.float("scale", 1),
		array.RandomNormal[dtype.Half], array.RandomNormal[float32], array.RandomNormal[float64])
}

// random is random numbers of the type that is asked for.
func (a *arguments) random(first, second float64, half, single, double func([]int, uint64, float64, float64, ...array.CreateOption) array.Array) array.Array {
	shape, seed := a.ints("shape"), a.uint64("seed")
	f := double
	switch d := a.dtype("dtype", dtype.Float64); d {
	case dtype.Float16:
		f = half
	case dtype.Float32:
		f = single
	case dtype.Float64:
	default:
		a.fail(graph.TypeError, "dtype", fmt.Errorf("random numbers are of a floating-point type, not %v; convert them with astype", d))
	}
	opts := a.creation(len(shape))
	if a.err != nil {
		return array.Array{}
	}
	return f(shape, seed, first, second, opts...)
}
