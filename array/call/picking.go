package call

import (
	"errors"
	"fmt"
	"slices"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// picking are the operations that pick elements by indices, masks and windows, and
// those along axes.
var picking = map[op.Name]func(a *arguments) array.Array{
	op.Take:          take,
	op.TakeAlongAxis: takeAlong,
	op.Pad:           pad,
	op.Repeat:        repeat,
	op.Oindex:        oindex,
	op.SetItem:       setitem,
	op.Compress:      compress,
	op.Extract: func(a *arguments) array.Array {
		return a.made(a.array("arr").Ravel()).Extract(a.made(a.array("condition").Ravel()))
	},
	op.Flatnonzero:    func(a *arguments) array.Array { return a.array("x").FlatNonZero() },
	op.Argwhere:       func(a *arguments) array.Array { return a.array("x").ArgWhere() },
	op.CumulativeSum:  cumulative(array.Array.CumSum),
	op.CumulativeProd: cumulative(array.Array.CumProd),
	op.Cumsum:         cumulative(array.Array.CumSum),
	op.Cumprod:        cumulative(array.Array.CumProd),
	op.Nancumsum:      cumulative(array.Array.NanCumSum),
	op.Nancumprod:     cumulative(array.Array.NanCumProd),
	op.Topk: func(a *arguments) array.Array {
		x := a.array("x")
		return x.TopK(a.int("k", 1), a.axisOf("axis", x, -1))
	},
	op.Argtopk: func(a *arguments) array.Array {
		x := a.array("x")
		return x.ArgTopK(a.int("k", 1), a.axisOf("axis", x, -1))
	},
	op.Searchsorted: searchSorted,
	op.SlidingWindowView: func(a *arguments) array.Array {
		x := a.array("x")
		return x.SlidingWindows(a.ints("window_shape"), a.axes("axis", x)...)
	},
	op.Coarsen: coarsen,
}

// take picks elements by a list of indices, or by an array of them, along an axis or
// in C order.
func take(a *arguments) array.Array {
	x := a.array("x")
	if !a.given("axis") && x.Rank() != 1 {
		x = a.made(x.Ravel())
	}
	axis := a.axisOf("axis", x, 0)
	if indices, ok := a.value("indices").(array.Array); ok {
		return array.PickedAlong(x, indices, axis)
	}
	if list, ok := a.value("indices").([]Arg); ok && a.err == nil {
		shape, numbers, mask, even := nested(list)
		for _, b := range mask { // which count as 0 and 1 here
			numbers = append(numbers, map[bool]int{true: 1}[b])
		}
		if !even || len(numbers) > 0 && len(mask) > 0 && len(numbers) != len(mask) {
			a.fail(graph.ValueError, "indices", errors.New("they are whole numbers, and lists within a list have one length"))
			return x
		}
		indices := make([]int, len(numbers))
		for i, v := range numbers {
			a.item = i + 1
			indices[i] = a.whole("indices", v)
		}
		a.item = 0
		if len(shape) == 1 || a.err != nil {
			return x.Take(indices, axis)
		}
		n := x.Rank()
		if axis < -n || axis >= n {
			return x.Take(nil, axis)
		}
		return x.Index(append(slices.Repeat([]array.Index{array.All()}, (axis+n)%n), array.ListND(indices, shape...))...)
	}
	indices := a.ints("indices")
	if len(indices) == 1 {
		return a.made(x.Take(indices, axis)).Squeeze(axis)
	}
	return x.Take(indices, axis)
}

// takeAlong goes along an axis, or in C order with null.
func takeAlong(a *arguments) array.Array {
	x, indices := a.array("x"), a.array("indices")
	if !a.null("axis") || a.err != nil {
		return x.TakeAlong(indices, a.axisOf("axis", x, -1))
	}
	if indices.Rank() != 1 {
		a.fail(graph.ValueError, "indices", fmt.Errorf("without an axis they have one, not shape %v", indices.Shape()))
		return x
	}
	return a.made(x.Ravel()).TakeAlong(indices, 0)
}

func pad(a *arguments) array.Array {
	x := a.array("array")
	mode := array.PadMode(a.text("mode"))
	if mode == "" {
		mode = array.PadConstant
	}
	opts := []array.PadOption{array.Padding(mode)}
	if list, ok := a.value("constant_values").([]Arg); ok {
		opts = append(opts, array.PadScalars(a.fillPairs(list, x.DType())...))
	} else if a.given("constant_values") {
		s := a.scalar("constant_values", x.DType())
		if a.err != nil {
			return x
		}
		opts = append(opts, array.PadScalar(s))
	}
	return x.Pad(a.pairs("pad_width"), opts...)
}

// fillPairs are the values before and behind each axis, or all of them: one, a pair,
// or a list of these.
func (a *arguments) fillPairs(list []Arg, d dtype.DType) [][2]dtype.Scalar {
	if _, lists := first(list).([]Arg); !lists {
		list = []Arg{list}
	}
	out := make([][2]dtype.Scalar, len(list))
	for i, item := range list {
		pair, _ := item.([]Arg)
		if len(pair) != 1 && len(pair) != 2 {
			a.fail(graph.ValueError, "constant_values", errors.New("they are a number, a pair of them, or a pair for each axis"))
			return nil
		}
		out[i] = [2]dtype.Scalar{a.number("constant_values", pair[0], d), a.number("constant_values", pair[len(pair)-1], d)}
	}
	return out
}

func repeat(a *arguments) array.Array {
	x := a.array("x")
	counts := a.ints("repeats")
	axis := array.Flat
	if a.given("axis") {
		axis = a.axisOf("axis", x, 0)
	}
	if _, list := a.value("repeats").([]Arg); list && len(counts) != 1 {
		if axis == array.Flat {
			x, axis = a.made(x.Ravel()), 0
		}
		return x.RepeatEach(counts, axis)
	}
	if len(counts) == 0 {
		return x
	}
	return x.Repeat(counts[0], axis)
}

func setitem(a *arguments) array.Array {
	x := a.array("x")
	index := a.index(a.value("key"))
	value := a.array("value")
	if a.err != nil {
		return x
	}
	return x.Set(value, index...)
}

func compress(a *arguments) array.Array {
	x := a.array("a")
	if !a.given("axis") && x.Rank() != 1 {
		x = a.made(x.Ravel())
	}
	axis := a.axisOf("axis", x, 0)
	if list, ok := a.value("condition").([]Arg); ok {
		return a.kept(x, list, axis)
	}
	condition := a.array("condition")
	// What a shorter mask leaves is not kept.
	if n := x.Rank(); a.err == nil && condition.Rank() == 1 && axis >= -n && axis < n {
		own, length := x.Shape()[(axis+n)%n], condition.Shape()[0]
		if length >= 0 && length < own {
			x = a.made(x.Index(append(slices.Repeat([]array.Index{array.All()}, (axis+n)%n), array.Range(0, length))...))
		}
	}
	return x.Compress(condition, axis)
}

// kept is what of an axis a list says, in numbers or bools.
func (a *arguments) kept(x array.Array, list []Arg, axis int) array.Array {
	var indices []int
	for i, v := range list {
		keep, isBool := v.(bool)
		if _, isList := v.([]Arg); isList {
			a.fail(graph.ValueError, "condition", errors.New("a mask has one axis"))
			return x
		}
		if !isBool {
			keep = a.real("condition", v) != 0
		}
		if keep {
			indices = append(indices, i)
		}
	}
	if a.err != nil {
		return x
	}
	return x.Take(indices, axis)
}

func cumulative(f func(array.Array, int, ...array.CumOption) array.Array) func(a *arguments) array.Array {
	return func(a *arguments) array.Array {
		x := a.array("x")
		var opts []array.CumOption
		if a.bool("include_initial") {
			opts = append(opts, array.IncludeInitial())
		}
		switch standard := a.row.Name == op.CumulativeSum || a.row.Name == op.CumulativeProd; {
		case a.given("axis") || x.Rank() == 1:
		case standard && x.Rank() > 1:
			a.fail(graph.ValueError, "axis", fmt.Errorf("shape %v has %d axes, of which one has to be given; cumsum and cumprod take all elements without it", x.Shape(), x.Rank()))
			return x
		default:
			x = a.made(x.Ravel())
		}
		if a.given("dtype") {
			if identity, ok := withoutNaN[a.row.Name]; ok && a.err == nil && x.DType().Kind() >= dtype.KindFloat {
				x = a.made(array.Where(a.made(x.IsNaN()), a.made(array.Const(identity)), x)) // before a type that has no NaN
			}
			x = a.made(x.AsType(a.dtype("dtype", 0)))
			return a.made(f(x, a.axisOf("axis", x, 0), opts...)).AsType(a.dtype("dtype", 0))
		}
		return f(x, a.axisOf("axis", x, 0), opts...)
	}
}

// withoutNaN are the cumulative operations that leave NaN out, with what they count
// it as.
var withoutNaN = map[op.Name]int64{op.Nancumsum: 0, op.Nancumprod: 1}

func searchSorted(a *arguments) array.Array {
	right := false
	switch side := a.text("side"); side {
	case "", "left":
	case "right":
		right = true
	default:
		a.fail(graph.ValueError, "side", fmt.Errorf(`it is "left" or "right", not %q`, shortened(side)))
	}
	return a.array("x1").SearchSorted(a.array("x2"), right)
}

func coarsen(a *arguments) array.Array {
	return a.array("x").Coarsen(a.text("reduction"), a.ints("factors"), a.bool("trim_excess"))
}

// weights are those of an average.
func average(a *arguments) array.Array {
	x := a.array("x")
	opts := a.reduceOptions(x)
	if !a.given("weights") {
		return x.Mean(opts...)
	}
	return x.Average(a.array("weights"), opts...)
}

// reduceOptions are how a reduction of x goes.
func (a *arguments) reduceOptions(x array.Array) []array.ReduceOption {
	var opts []array.ReduceOption
	switch {
	case a.row.Positions && a.given("axis"):
		opts = append(opts, array.Axes(a.axisOf("axis", x, 0)))
	case a.given("axis"):
		opts = append(opts, array.Axes(a.axes("axis", x)...))
	}
	if a.bool("keepdims") {
		opts = append(opts, array.Keepdims())
	}
	return opts
}

// statistics are the operations that are made of reductions.
var statistics = map[op.Name]func(a *arguments) array.Array{
	op.Ptp:     func(a *arguments) array.Array { x := a.array("x"); return x.Ptp(a.reduceOptions(x)...) },
	op.Average: average,
	op.Moment: func(a *arguments) array.Array {
		x := a.array("x")
		return x.Moment(a.int("order", 0), a.reduceOptions(x)...)
	},
	op.Allclose: func(a *arguments) array.Array {
		return a.array("x1").AllClose(a.array("x2"), a.float("rtol", 1e-5), a.float("atol", 1e-8), a.bool("equal_nan"))
	},
	op.ArrayEqual: func(a *arguments) array.Array { return a.array("x1").ArrayEqual(a.array("x2"), a.bool("equal_nan")) },
}
