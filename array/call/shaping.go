package call

import (
	"fmt"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// shaping are the operations that arrange elements anew, and those that make arrays
// by a rule.
var shaping = map[op.Name]func(a *arguments) array.Array{
	op.Fliplr:          func(a *arguments) array.Array { return a.array("x").FlipLR() },
	op.Flipud:          func(a *arguments) array.Array { return a.array("x").FlipUD() },
	op.Rot90:           rot90,
	op.Roll:            roll,
	op.Moveaxis:        func(a *arguments) array.Array { return a.array("x").MoveAxes(a.ints("source"), a.ints("destination")) },
	op.Swapaxes:        func(a *arguments) array.Array { return a.array("x").SwapAxes(a.int("axis1", 0), a.int("axis2", 0)) },
	op.MatrixTranspose: func(a *arguments) array.Array { return a.array("x").MatrixTranspose() },
	op.Ravel:           func(a *arguments) array.Array { return a.array("x").Ravel() },
	op.AtLeast1D:       func(a *arguments) array.Array { return a.array("x").AtLeast1D() },
	op.AtLeast2D:       func(a *arguments) array.Array { return a.array("x").AtLeast2D() },
	op.AtLeast3D:       func(a *arguments) array.Array { return a.array("x").AtLeast3D() },
	op.Stack:           func(a *arguments) array.Array { x := a.arrays("arrays"); return array.Stack(x, a.axis("axis", x, 0)) },
	op.Vstack:          func(a *arguments) array.Array { return array.VStack(a.arrays("arrays")) },
	op.Hstack:          func(a *arguments) array.Array { return array.HStack(a.arrays("arrays")) },
	op.Dstack:          func(a *arguments) array.Array { return array.DStack(a.arrays("arrays")) },
	op.Block:           rows,
	op.Tile:            func(a *arguments) array.Array { return a.array("x").Tile(a.ints("repetitions")...) },
	op.Diff:            diff,
	op.Diag:            func(a *arguments) array.Array { return a.array("x").Diag(a.int("k", 0)) },
	op.Diagonal:        func(a *arguments) array.Array { return a.diagonal(a.int("axis1", 0), a.int("axis2", 1)) },
	op.LinalgDiagonal:  func(a *arguments) array.Array { return a.diagonal(-2, -1) },
	op.Trace:           func(a *arguments) array.Array { return a.trace(a.int("axis1", 0), a.int("axis2", 1)) },
	op.LinalgTrace:     func(a *arguments) array.Array { return a.trace(-2, -1) },
	op.Tril:            func(a *arguments) array.Array { return a.array("x").Tril(a.int("k", 0)) },
	op.Triu:            func(a *arguments) array.Array { return a.array("x").Triu(a.int("k", 0)) },
	op.Eye:             func(a *arguments) array.Array { return a.matrix(array.Eye[bool]) },
	op.Tri:             func(a *arguments) array.Array { return a.matrix(array.Tri[bool]) },
	op.Identity: func(a *arguments) array.Array {
		n := a.int("n", 0)
		return a.typed(dtype.Bool, dtype.Float64, func(chunks array.ChunkSpec) array.Array { return array.Identity[bool](n, chunks) })
	},
	op.Linspace: linspace,
	op.Indices: func(a *arguments) array.Array {
		shape := a.ints("shape")
		return a.typed(dtype.Int64, dtype.Int64, func(chunks array.ChunkSpec) array.Array { return array.Indices[int64](shape, chunks) })
	},
	op.ZerosLike: func(a *arguments) array.Array { return array.ZerosLike(a.array("x"), a.like()...) },
	op.OnesLike:  func(a *arguments) array.Array { return array.OnesLike(a.array("x"), a.like()...) },
	op.FullLike:  fullLike,
}

// axisOf is one axis of an array, by its number or its name.
func (a *arguments) axisOf(name string, x array.Array, otherwise int) int {
	return a.axis(name, []array.Array{x}, otherwise)
}

// typed is an array that is made for the call in a type of its own, in the type that
// is given. Its blocks are about as large as those of arrays that are made in that.
func (a *arguments) typed(own, otherwise dtype.DType, f func(chunks array.ChunkSpec) array.Array) array.Array {
	d := a.dtype("dtype", otherwise)
	if a.err != nil {
		return array.Array{}
	}
	return a.made(a.made(f(chunksOf(own, d))).AsType(d))
}

// chunksOf are chunks of elements of a type that become about 16 MiB at most in
// another.
func chunksOf(own, d dtype.DType) array.ChunkSpec {
	const bytes = 16 << 20
	return array.AutoChunks(bytes * int64(own.Size()) / int64(max(own.Size(), d.Size())))
}

func (a *arguments) matrix(f func(rows, columns, k int, opts ...array.CreateOption) array.Array) array.Array {
	rows := a.int("n_rows", 0)
	columns, k := a.int("n_cols", rows), a.int("k", 0)
	return a.typed(dtype.Bool, dtype.Float64, func(chunks array.ChunkSpec) array.Array { return f(rows, columns, k, chunks) })
}

func (a *arguments) diagonal(axis1, axis2 int) array.Array {
	return a.array("x").Diagonal(a.int("offset", 0), axis1, axis2)
}

// trace is the sum of a diagonal, in the type that is given.
func (a *arguments) trace(axis1, axis2 int) array.Array {
	opts := []array.ReduceOption{array.Axes(-1)}
	if a.given("dtype") {
		opts = append(opts, array.DType(a.dtype("dtype", 0)))
	}
	return a.made(a.diagonal(axis1, axis2)).Sum(opts...)
}

// twoAxes are the axes of a plane, the first two if none are given.
func (a *arguments) twoAxes(name string, x array.Array) (first, second int) {
	switch axes := a.axes(name, x); {
	case axes == nil:
		return 0, 1
	case len(axes) == 2:
		return axes[0], axes[1]
	}
	a.wrong(name, "two axes", a.value(name))
	return 0, 1
}

func rot90(a *arguments) array.Array {
	x := a.array("x")
	first, second := a.twoAxes("axes", x)
	return x.Rot90(a.int("k", 1), first, second)
}

// roll moves elements by one shift along all axes that are given, or by one for
// each; without axes in C order, by all shifts together.
func roll(a *arguments) array.Array {
	x := a.array("x")
	shifts, axes := a.ints("shift"), a.axes("axis", x)
	switch {
	case a.err != nil:
		return x
	case len(shifts) == 1:
		if axes != nil && len(axes) == 0 {
			return x
		}
		return x.Roll(shifts[0], axes...)
	case axes == nil:
		total, n := 0, max(1, x.Size())
		for _, shift := range shifts {
			total = (total + shift%n) % n // without whole turns
		}
		return x.Roll(total)
	case len(axes) != len(shifts) && len(axes) != 1:
		a.fail(graph.ValueError, "shift", fmt.Errorf("there are %d shifts for %d axes", len(shifts), len(axes)))
		return x
	}
	// Shifts along one axis add up, without whole turns.
	total := map[int]int{}
	var order []int
	for i, shift := range shifts {
		axis := axes[min(i, len(axes)-1)]
		n := 1
		if shape := x.Shape(); axis >= -len(shape) && axis < len(shape) {
			axis = (axis + len(shape)) % len(shape)
			n = max(1, shape[axis])
		}
		if _, there := total[axis]; !there {
			order = append(order, axis)
		}
		total[axis] = (total[axis] + shift%n) % n
	}
	for _, axis := range order {
		x = a.made(x.Roll(total[axis], axis))
	}
	return x
}

// rows puts rows of arrays together: lists of them, or one.
func rows(a *arguments) array.Array {
	list, ok := a.value("rows").([]Arg)
	if !ok {
		list = []Arg{a.value("rows")}
	}
	var out [][]array.Array
	count := 0
	for _, item := range list {
		row, nested := item.([]Arg)
		if !nested {
			return a.sideBySide(a.arrays("rows"))
		}
		if count += len(row); a.crowded("rows", count) {
			return array.Array{}
		}
		var arrays []array.Array
		for _, v := range row {
			arrays = append(arrays, a.operand("rows", v))
		}
		out = append(out, arrays)
	}
	return array.Block(out)
}

// sideBySide is arrays side by side, of one axis if none of them has more.
func (a *arguments) sideBySide(arrays []array.Array) array.Array {
	if a.err != nil {
		return array.Array{}
	}
	x := array.Block([][]array.Array{arrays})
	for _, y := range arrays {
		if y.Rank() > 1 {
			return x
		}
	}
	return a.made(x).Squeeze(0)
}

func diff(a *arguments) array.Array {
	x := a.array("x")
	var opts []array.DiffOption
	if a.given("prepend") {
		opts = append(opts, array.Prepend(a.array("prepend")))
	}
	if a.given("append") {
		opts = append(opts, array.Append(a.array("append")))
	}
	return x.Diff(a.int("n", 1), a.axisOf("axis", x, -1), opts...)
}

// linspace is made in float64 and converted, as NumPy does: of integers rounded
// down.
func linspace(a *arguments) array.Array {
	endpoint := !a.given("endpoint") || a.bool("endpoint")
	start, stop, num := a.float("start", 0), a.float("stop", 0), a.int("num", 50)
	whole := a.dtype("dtype", dtype.Float64).IsInteger()
	return a.typed(dtype.Float64, dtype.Float64, func(chunks array.ChunkSpec) array.Array {
		x := array.Linspace[float64](start, stop, num, endpoint, chunks)
		if whole {
			x = a.made(x).Floor()
		}
		return x
	})
}

func (a *arguments) like() []array.LikeOption {
	if !a.given("dtype") {
		return nil
	}
	return []array.LikeOption{array.OfType(a.dtype("dtype", 0))}
}

func fullLike(a *arguments) array.Array {
	x := a.array("x")
	s := a.scalar("fill_value", x.DType())
	if a.err != nil {
		return x
	}
	switch v := s.Value().(type) {
	case bool:
		return array.FullLike(x, v, a.like()...)
	case int64:
		return array.FullLike(x, v, a.like()...)
	case uint64:
		return array.FullLike(x, v, a.like()...)
	case float64:
		return array.FullLike(x, v, a.like()...)
	case complex128:
		return array.FullLike(x, v, a.like()...)
	}
	return x
}

// split divides at indices, if they are a list, or into a number of parts.
func split(into func(x array.Array, sections, axis int) []array.Array) func(a *arguments) []array.Array {
	return func(a *arguments) []array.Array {
		x := a.array("x")
		axis := a.axisOf("axis", x, 0)
		if _, list := a.value("indices_or_sections").([]Arg); list {
			return x.SplitAt(a.ints("indices_or_sections"), axis)
		}
		sections := a.int("indices_or_sections", 1)
		if a.tooMany(sections) {
			return nil
		}
		return into(x, sections, axis)
	}
}

func unstack(a *arguments) []array.Array {
	x := a.array("x")
	axis := a.axisOf("axis", x, 0)
	if shape := x.Shape(); axis >= -len(shape) && axis < len(shape) && a.tooMany(shape[(axis+len(shape))%len(shape)]) {
		return nil
	}
	return x.Unstack(axis)
}

// tooMany reports, also as a mistake, whether an operation has more results than
// a call gives.
func (a *arguments) tooMany(results int) bool {
	if results > maxList {
		a.fail(graph.ValueError, "", fmt.Errorf("it would have %d results, %d are the most", results, maxList))
	}
	return results > maxList
}

func meshgrid(a *arguments) []array.Array {
	var opts []array.MeshOption
	switch indexing := a.text("indexing"); indexing {
	case "", "xy":
	case "ij":
		opts = append(opts, array.IJ)
	default:
		a.fail(graph.ValueError, "indexing", fmt.Errorf(`it is "xy" or "ij", not %q`, shortened(indexing)))
	}
	if a.bool("sparse") {
		opts = append(opts, array.Sparse)
	}
	return array.Meshgrid(a.arrays("arrays"), opts...)
}
