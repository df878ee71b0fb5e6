package array

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// ApplyGufunc calls a function of small arrays at every place of large ones: a
// generalised universal function with a signature as in NumPy, such as
// "(i,j),(j)->(i)". The last axes of each array are those of its core, as the
// signature says; the axes before them are broadcast, and f is called once for
// each of their indices with the cores in C order, src[k] that of array k, and
// dst for the core of the result. The slices are valid during the call only.
//
// Lengths that have the same name are equal. Those that only the result has are
// given by sizes. A core is never divided: its axes become one chunk.
func ApplyGufunc[T, U dtype.Element](signature string, f func(ctx context.Context, dst []U, src [][]T) error, arrays []Array, sizes map[string]int, opts ...MapOption) Array {
	return composed(op.ApplyGufunc, arrays, func(c *composer, in []graph.Ref) graph.Ref {
		cores, result, err := parseSignature(signature)
		switch {
		case err != nil:
			return c.fail(graph.ValueError, err)
		case f == nil:
			return c.fail(graph.ValueError, errors.New("the function is nil"))
		case len(cores) != len(in):
			return c.fail(graph.ValueError, fmt.Errorf("the signature %q is for %d arrays, there are %d", signature, len(cores), len(in)))
		}
		var m mapping
		for _, o := range opts {
			if o != nil {
				o.mapping(&m)
			}
		}
		lengths, err := coreLengths(cores, result, in, sizes)
		if err != nil {
			return c.fail(graph.ValueError, err)
		}
		coreRank := len(result)
		for _, core := range cores {
			coreRank = max(coreRank, len(core))
		}
		// Every array gets all axes of the loop, and as many for the core.
		var loops []graph.Ref
		for i, r := range in {
			if r.DType() != dtype.Of[T]() {
				return c.fail(graph.TypeError, fmt.Errorf("the function takes elements of %v, operand %d of shape %v has %v: convert it with AsType(dtype.%s)",
					dtype.Of[T](), i, r.Shape(), r.DType(), exported(dtype.Of[T]())))
			}
			items := make([]graph.AxisIndex, len(r.Grid()))
			for axis, a := range r.Grid() {
				items[axis] = graph.AxisIndex{Step: 1, Count: a.Len()}
				if axis >= len(items)-len(cores[i]) {
					items[axis] = graph.AxisIndex{Drop: true, Step: 1, Count: 1}
				}
			}
			if len(cores[i]) > 0 && !coresEmpty(cores[i], lengths) {
				loops = append(loops, c.slice(r, items...))
			} else if len(cores[i]) == 0 {
				loops = append(loops, r)
			} else {
				return c.fail(graph.ValueError, fmt.Errorf("the core of operand %d of shape %v has no elements", i, r.Shape()))
			}
		}
		if c.err != nil {
			return graph.Ref{}
		}
		aligned, err := align(c.at, loops)
		if err != nil {
			return c.keep(graph.Ref{}, err)
		}
		loop := aligned[0].Grid()
		inputs := make([]graph.Ref, len(in))
		for i, r := range in {
			own := len(r.Grid()) - len(cores[i])
			shape := append(block.Shape{}, loop.Shape()...)
			for _, name := range cores[i] {
				shape = append(shape, lengths[name])
			}
			grid := append(block.Grid{}, loop...)
			for _, name := range cores[i] {
				grid = append(grid, block.Regular(lengths[name], lengths[name]))
			}
			x := r
			if own < len(loop) || !x.Shape().Equal(shape) {
				x = c.broadcast(x, shape)
			}
			x = c.rechunk(x, grid)
			for range coreRank - len(cores[i]) {
				x = c.expand(x, -1)
			}
			inputs[i] = x
		}
		if c.err != nil {
			return graph.Ref{}
		}
		grid := append(block.Grid{}, loop...)
		var gone []int
		for k := range coreRank {
			if k < len(result) {
				grid = append(grid, block.Regular(lengths[result[k]], lengths[result[k]]))
				continue
			}
			gone, grid = append(gone, len(grid)), append(grid, block.Regular(1, 1))
		}
		call := plan.BlockFunc(func(ctx context.Context, info plan.BlockInfo, dst block.Block, src []block.Block) error {
			n := info.Region.Shape[:len(loop)].Elements()
			to := elements[U](dst)
			from := make([][]T, len(src))
			for i, b := range src {
				from[i] = elements[T](b)
			}
			args := make([][]T, len(src))
			for k := range n {
				if k%betweenLooks == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				for i := range from {
					size := len(from[i]) / n
					args[i] = from[i][k*size : (k+1)*size : (k+1)*size]
				}
				size := len(to) / n
				if err := f(ctx, to[k*size:(k+1)*size:(k+1)*size], args); err != nil {
					return err
				}
			}
			return nil
		})
		y := c.keep(graph.MapBlocks(c.at, inputs, block.Description{DType: dtype.Of[U](), Grid: grid},
			graph.FuncAttrs{Func: &graph.Slot{Name: m.name, Value: call}, Scratch: m.scratch}))
		if gone != nil {
			y = c.keep(graph.Squeeze(c.at, y, gone))
		}
		return y
	})
}

func coresEmpty(core []string, lengths map[string]int) bool {
	for _, name := range core {
		if lengths[name] == 0 {
			return true
		}
	}
	return false
}

// parseSignature reads a signature: the names of the axes of each core and of the
// result's.
func parseSignature(text string) (cores [][]string, result []string, err error) {
	bad := fmt.Errorf(`the signature %q is not of the form "(i,j),(j)->(i)"`, text)
	left, right, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "->")
	if !ok {
		return nil, nil, bad
	}
	read := func(text string) ([][]string, bool) {
		var out [][]string
		for {
			if !strings.HasPrefix(text, "(") {
				return nil, false
			}
			inner, rest, ok := strings.Cut(text[1:], ")")
			if !ok {
				return nil, false
			}
			var names []string
			if inner != "" {
				names = strings.Split(inner, ",")
			}
			for _, name := range names {
				if name == "" || strings.ContainsAny(name, "()->") {
					return nil, false
				}
			}
			out = append(out, names)
			if rest == "" {
				return out, true
			}
			if text, ok = strings.CutPrefix(rest, ","); !ok {
				return nil, false
			}
		}
	}
	cores, ok = read(left)
	results, also := read(right)
	if !ok || !also {
		return nil, nil, bad
	}
	if len(results) != 1 {
		return nil, nil, fmt.Errorf("the signature %q has %d results: call one function for each", text, len(results))
	}
	return cores, results[0], nil
}

// coreLengths are the lengths of the axes of cores by name.
func coreLengths(cores [][]string, result []string, in []graph.Ref, sizes map[string]int) (map[string]int, error) {
	lengths := make(map[string]int)
	for i, core := range cores {
		shape := in[i].Shape()
		if len(shape) < len(core) {
			return nil, fmt.Errorf("operand %d of shape %v has fewer axes than its core (%s)", i, shape, strings.Join(core, ","))
		}
		for k, name := range core {
			n := shape[len(shape)-len(core)+k]
			if n == block.Unknown {
				return nil, fmt.Errorf("axis %q of operand %d of shape %v has an unknown length; resolve the array first", name, i, shape)
			}
			if other, known := lengths[name]; known && other != n {
				return nil, fmt.Errorf("axis %q has length %d in operand %d of shape %v and %d before", name, n, i, shape, other)
			}
			lengths[name] = n
		}
	}
	for _, name := range result {
		if _, known := lengths[name]; known {
			continue
		}
		n, given := sizes[name]
		if !given || n < 0 {
			return nil, fmt.Errorf("axis %q is of the result alone: its length must be given by sizes", name)
		}
		lengths[name] = n
	}
	for name, n := range sizes {
		switch own, known := lengths[name]; {
		case !known:
			return nil, fmt.Errorf("sizes has axis %q, the signature has not", name)
		case own != n:
			return nil, fmt.Errorf("axis %q has length %d, by sizes %d", name, own, n)
		}
	}
	return lengths, nil
}
