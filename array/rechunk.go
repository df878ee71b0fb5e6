package array

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Lengths of blocks with a meaning of their own.
const (
	Whole = -1 // one block along the axis
	Auto  = -2 // a length such that a block takes about the wanted bytes
)

// autoBytes is about the size of the blocks that are chosen where nobody says.
// Some dozens of them fit a modest memory budget, and the work on one is still
// long against what starting it costs.
const autoBytes = 16 << 20

// ChunkSpec says how an array is divided into blocks. Several of them apply one
// after the other.
type ChunkSpec struct {
	rules   []chunkRule
	bytes   int64 // wanted size of a block; 0 if not said
	balance bool  // the blocks along each axis are made of about one length
	err     error
}

// chunkRule is about one axis, or all of them where it has none.
type chunkRule struct {
	place  axisPlace
	axis   int
	name   string
	length int
	sizes  []int       // if set, instead of length
	blocks *block.Axis // if set, instead of both
}

type axisPlace int

const (
	everyAxis    axisPlace = iota
	axisInOrder            // of as many rules as there are axes
	axisByNumber           // possibly negative
	axisByName
)

// Chunks are blocks of the given lengths, one an axis, or one for every axis. The
// last block along an axis may be shorter; a length above that of the axis, or
// Whole, is one block; an Auto length is chosen.
func Chunks(lengths ...int) ChunkSpec {
	rules := make([]chunkRule, len(lengths))
	for i, n := range lengths {
		rules[i] = chunkRule{place: axisInOrder, axis: i, length: n}
	}
	if len(rules) == 1 {
		rules[0].place = everyAxis
	}
	return ChunkSpec{rules: rules}
}

// ChunkSizes lists the lengths of all blocks along each axis.
func ChunkSizes(sizes ...[]int) ChunkSpec {
	rules := make([]chunkRule, len(sizes))
	for i, list := range sizes {
		rules[i] = chunkRule{place: axisInOrder, axis: i, sizes: append([]int{}, list...)}
	}
	return ChunkSpec{rules: rules}
}

// ChunksAlong are blocks of a length along one axis, by number; the other axes
// stay as they are.
func ChunksAlong(axis, length int) ChunkSpec {
	return ChunkSpec{rules: []chunkRule{{place: axisByNumber, axis: axis, length: length}}}
}

// ChunkSizesAlong lists the lengths of all blocks along one axis, by number; the
// other axes stay as they are.
func ChunkSizesAlong(axis int, sizes ...int) ChunkSpec {
	return ChunkSpec{rules: []chunkRule{{place: axisByNumber, axis: axis, sizes: append([]int{}, sizes...)}}}
}

// ChunksNamed are blocks of a length along one axis, by name; the other axes
// stay as they are.
func ChunksNamed(name string, length int) ChunkSpec {
	return ChunkSpec{rules: []chunkRule{{place: axisByName, name: name, length: length}}}
}

// ChunkSizesNamed lists the lengths of all blocks along one axis, by name; the
// other axes stay as they are.
func ChunkSizesNamed(name string, sizes ...int) ChunkSpec {
	return ChunkSpec{rules: []chunkRule{{place: axisByName, name: name, sizes: append([]int{}, sizes...)}}}
}

// BalancedChunks makes the blocks along each axis of about one length, after what
// the other specs say: where the last would be shorter than half of the others,
// these take it up, which makes them at most half as long again. Axes whose
// blocks are listed stay as they are.
func BalancedChunks() ChunkSpec { return ChunkSpec{balance: true} }

// AutoChunks are blocks of about equal length along each axis that take about n
// bytes; 16 MiB if n is 0.
func AutoChunks(n int64) ChunkSpec {
	if n < 0 {
		return ChunkSpec{err: fmt.Errorf("chunks of %d bytes", n)}
	}
	return ChunkSpec{rules: []chunkRule{{length: Auto}}, bytes: n}
}

// ParseChunks reads chunks as text: "auto", a size such as "16MiB", one length
// for every axis, one an axis ("12, -1, auto"; "3+1+3" lists blocks), or those
// of single axes by name or number ("TIME=12, -1=auto"). The size of a block in
// place of a length is auto with that size: "-1, 16MiB".
func ParseChunks(text string) (ChunkSpec, error) {
	var all ChunkSpec
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "("); ok {
		text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(inner), ")"), ",")
	}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		key, value, keyed := strings.Cut(part, "=")
		if !keyed {
			key, value = "", part
		}
		if keyed != strings.Contains(parts[0], "=") {
			return ChunkSpec{}, fmt.Errorf("chunks %q: either every length has an axis before an equals sign, or none", text)
		}
		key = strings.TrimSpace(key)
		rule := chunkRule{place: axisInOrder, axis: i}
		if len(parts) == 1 {
			rule.place = everyAxis
		}
		if n, err := strconv.Atoi(key); keyed && err == nil {
			rule.place, rule.axis = axisByNumber, n
		} else if keyed {
			rule.place, rule.name = axisByName, key
		}
		if err := all.parse(rule, strings.TrimSpace(value)); err != nil {
			return ChunkSpec{}, fmt.Errorf("chunks %q: %w", text, err)
		}
	}
	return all, nil
}

// parse adds a rule whose lengths are written as text.
func (s *ChunkSpec) parse(rule chunkRule, text string) error {
	if strings.ContainsAny(text, "bB") { // a number without a unit is a length
		n, err := ParseBytes(text)
		var large *sizeError
		switch {
		case errors.As(err, &large):
			return err
		case err == nil && s.bytes > 0 && s.bytes != n:
			return fmt.Errorf("a block has one size in bytes, here are %d and %d", s.bytes, n)
		case err == nil:
			rule.length, s.bytes = Auto, n
			s.rules = append(s.rules, rule)
			return nil
		}
	}
	if err := rule.parseLength(text); err != nil {
		return err
	}
	s.rules = append(s.rules, rule)
	return nil
}

func (r *chunkRule) parseLength(text string) error {
	if text == "auto" {
		r.length = Auto
		return nil
	}
	list := strings.Split(text, "+")
	for _, part := range list {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf(`%q is not a length; write a whole number, -1 for the whole axis, "auto", or a size such as "16MiB"`, text)
		}
		r.length = n
		r.sizes = append(r.sizes, n)
	}
	if len(list) == 1 {
		r.sizes = nil
	}
	return nil
}

// Rechunk divides the array into other blocks. Axes that no spec speaks of stay
// as they are; without a spec blocks are chosen as by AutoChunks(0).
//
//	x.Rechunk(array.Chunks(100, array.Whole))
//	x.Rechunk(array.ChunksNamed("TIME", array.Whole))
//	x.Rechunk(array.AutoChunks(64 << 20))
func (a Array) Rechunk(specs ...ChunkSpec) Array {
	return a.unary(op.Rechunk, func(at graph.Site, in graph.Ref) (graph.Ref, error) {
		if len(specs) == 0 {
			specs = []ChunkSpec{AutoChunks(0)}
		}
		d := in.Describe()
		grid, err := chunked(d, specs)
		if err != nil {
			return graph.Ref{}, graph.Mistake(at, op.Rechunk, err)
		}
		return graph.Rechunk(at, in, grid)
	})
}

// chunked is the grid that specs make of d's. Automatic lengths that are longer
// than the blocks of d are multiples of these.
func chunked(d block.Description, specs []ChunkSpec) (block.Grid, error) {
	shape := d.Shape()
	grid := append(block.Grid{}, d.Grid...)
	auto, listed, balance := make([]bool, len(grid)), make([]bool, len(grid)), false
	bytes := int64(autoBytes)
	for _, spec := range specs {
		balance = balance || spec.balance
		if spec.err != nil {
			return nil, spec.err
		}
		if spec.bytes > 0 {
			bytes = spec.bytes
		}
		if n := len(spec.rules); n > 0 && spec.rules[0].place == axisInOrder && n != len(shape) {
			return nil, fmt.Errorf("chunks are given for %d axes, shape %v has %d", n, shape, len(shape))
		}
		for _, rule := range spec.rules {
			first, last, err := rule.axes(d)
			if err != nil {
				return nil, err
			}
			for axis := first; axis < last; axis++ {
				auto[axis], listed[axis] = rule.length == Auto && rule.sizes == nil && rule.blocks == nil, rule.sizes != nil || rule.blocks != nil
				if grid[axis], err = rule.divide(d.Grid[axis]); err != nil {
					return nil, fmt.Errorf("axis %d of shape %v: %w", axis, shape, err)
				}
			}
		}
	}
	autoChunks(grid, d.Grid, auto, bytes/int64(max(1, d.DType.Size())))
	for axis, a := range grid {
		if balance && !listed[axis] && a.Known() {
			grid[axis] = balanced(a)
		}
	}
	return grid, nil
}

// balanced is an axis in about as many blocks, of about one length.
func balanced(a block.Axis) block.Axis {
	blocks := a.Blocks()
	if blocks > 1 && 2*a.Smallest() <= a.Largest() {
		blocks--
	}
	return block.Regular(a.Len(), block.CeilDiv(a.Len(), blocks))
}

// axes are the axes that a rule is about, from first up to last.
func (r chunkRule) axes(d block.Description) (first, last int, err error) {
	axis := []int{r.axis}
	switch r.place {
	case everyAxis:
		return 0, len(d.Grid), nil
	case axisByNumber:
		axis, err = graph.NormalizeAxes(axis, d.Shape())
	case axisByName:
		axis, err = axesNamed(d.Names, []string{r.name})
	}
	if err != nil {
		return 0, 0, err
	}
	return axis[0], axis[0] + 1, nil
}

// divide is an axis in the blocks that the rule says; as it is where they are
// to be chosen.
func (r chunkRule) divide(a block.Axis) (block.Axis, error) {
	length := a.Len()
	switch {
	case r.blocks != nil:
		if r.blocks.Len() != length {
			return a, fmt.Errorf("blocks %v are for the length %d", *r.blocks, r.blocks.Len())
		}
		if !a.Known() && !a.Equal(*r.blocks) {
			return a, fmt.Errorf("its length is unknown, so that its blocks stay as they are; %w", graph.ErrUnresolved)
		}
		return *r.blocks, nil
	case r.sizes != nil:
		out, err := block.Irregular(r.sizes)
		if err == nil && out.Len() != length {
			err = fmt.Errorf("blocks of sizes %v add up to %d", r.sizes, out.Len())
		}
		return out, err
	case r.length == Auto || r.length == Whole && a.Blocks() == 1:
		return a, nil
	case length == block.Unknown:
		return a, fmt.Errorf("its length is unknown, so that its blocks stay as they are; %w", graph.ErrUnresolved)
	case r.length == Whole || r.length == 0 && length == 0:
		return block.Regular(length, length), nil
	case r.length <= 0:
		return a, fmt.Errorf("%d is not the length of a block; use Whole (-1) for the whole axis", r.length)
	}
	return block.Regular(length, r.length), nil
}

// autoChunks chooses the lengths of blocks along the marked axes, equal where
// the axes are long enough, such that blocks have about the wanted number of
// elements. An array without elements is one block along them.
func autoChunks(grid, was block.Grid, auto []bool, elements int64) {
	room := float64(max(1, elements))
	var open []int
	for axis, a := range grid {
		switch {
		case auto[axis] && a.Known():
			open = append(open, axis)
		default:
			room /= float64(max(1, a.Largest()))
		}
	}
	if grid.Shape().Elements() == 0 {
		for _, axis := range open {
			grid[axis] = block.Regular(grid[axis].Len(), Whole)
		}
		return
	}
	for len(open) > 0 {
		// The same length along all axes, except those shorter than that,
		// which leave more to the others.
		length := max(1, int(math.Pow(max(1, room), 1/float64(len(open)))*(1+1e-12)))
		var rest []int
		for _, axis := range open {
			if n := grid[axis].Len(); n <= length {
				grid[axis] = block.Regular(n, n)
				room /= float64(max(1, n))
			} else {
				rest = append(rest, axis)
			}
		}
		if len(rest) == len(open) {
			for _, axis := range open {
				chunk := length
				if old, ok := was[axis].Chunk(); ok && old > 0 && old < chunk && was[axis].Blocks() > 1 {
					chunk -= chunk % old
				}
				grid[axis] = block.Regular(grid[axis].Len(), chunk)
			}
			return
		}
		open = rest
	}
}

// ChunksOf are the blocks of a grid, such as those of another array of the same
// shape: x.Rechunk(ChunksOf(y.Chunks())).
func ChunksOf(grid block.Grid) ChunkSpec {
	rules := make([]chunkRule, len(grid))
	for i := range grid {
		rules[i] = chunkRule{place: axisInOrder, axis: i, blocks: &grid[i]}
	}
	return ChunkSpec{rules: rules}
}
