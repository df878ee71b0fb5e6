package array

import (
	"errors"
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// composer makes an operation of others. All of them are said to be asked for at
// one place, and mistakes are told under the name of the whole. The first
// mistake is kept; what is made after it does not matter.
type composer struct {
	name op.Name
	at   graph.Site
	err  error
}

// composed is an operation that is made of others by f.
func composed(name op.Name, arrays []Array, f func(c *composer, in []graph.Ref) graph.Ref) Array {
	at := site(arrays...).Of(name)
	in, err := operands(name, at, arrays...)
	if err != nil {
		return Array{err: err}
	}
	c := &composer{name: name, at: at}
	ref := f(c, in)
	return made(ref, graph.Unresolved(c.err, in))
}

// fail keeps a mistake of the whole operation.
func (c *composer) fail(kind graph.Kind, err error) graph.Ref {
	if c.err == nil {
		c.err = &graph.Error{Kind: kind, Op: c.name, Site: c.at, Err: err}
	}
	return graph.Ref{}
}

// keep is the result of one of the parts.
func (c *composer) keep(r graph.Ref, err error) graph.Ref {
	if err == nil || c.err != nil {
		return r
	}
	c.err = err
	var mistake *graph.Error
	if errors.As(err, &mistake) {
		renamed := *mistake
		renamed.Op = c.name
		c.err = &renamed
	}
	return graph.Ref{}
}

func (c *composer) do(name op.Name, in ...graph.Ref) graph.Ref {
	return c.keep(graph.Elementwise(c.at, name, in...))
}

func (c *composer) cast(in graph.Ref, to dtype.DType) graph.Ref {
	return c.keep(graph.Cast(c.at, in, to))
}

func (c *composer) reduce(name op.Name, in graph.Ref, axes []int, keepdims bool) graph.Ref {
	return c.keep(graph.Reduce(c.at, name, in, axes, keepdims, 0))
}

func (c *composer) slice(in graph.Ref, items ...graph.AxisIndex) graph.Ref {
	return c.keep(graph.Slice(c.at, in, items))
}

// along is in with an item taken of one axis, the others whole.
func (c *composer) along(in graph.Ref, axis int, item graph.AxisIndex) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	items := make([]graph.AxisIndex, len(in.Grid()))
	for i, a := range in.Grid() {
		items[i] = graph.AxisIndex{Step: 1, Count: a.Len()}
	}
	items[axis] = item
	return c.slice(in, items...)
}

func (c *composer) concat(axis int, in ...graph.Ref) graph.Ref {
	return c.keep(graph.Concat(c.at, in, axis))
}

func (c *composer) transpose(in graph.Ref, axes []int) graph.Ref {
	return c.keep(graph.Transpose(c.at, in, axes))
}

func (c *composer) reshape(in graph.Ref, shape ...int) graph.Ref {
	return c.keep(graph.Reshape(c.at, in, shape))
}

func (c *composer) expand(in graph.Ref, axes ...int) graph.Ref {
	return c.keep(graph.ExpandDims(c.at, in, axes))
}

func (c *composer) broadcast(in graph.Ref, shape block.Shape) graph.Ref {
	return c.keep(graph.BroadcastTo(c.at, in, shape))
}

func (c *composer) squeeze(in graph.Ref, axes ...int) graph.Ref {
	return c.keep(graph.Squeeze(c.at, in, axes))
}

func (c *composer) rechunk(in graph.Ref, grid block.Grid) graph.Ref {
	if c.err != nil || in.Grid().Equal(grid) {
		return in
	}
	return c.keep(graph.Rechunk(c.at, in, grid))
}

// blockwise is an operation on whole blocks whose result has the given chunks.
func (c *composer) blockwise(name op.Name, d dtype.DType, grid block.Grid, attrs graph.BlockAttrs, in ...graph.Ref) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	return c.keep(graph.Blockwise(c.at, name, in, block.Description{DType: d, Grid: grid, Names: in[0].Describe().Names, Attrs: in[0].Describe().Attrs}, attrs))
}

// regrid is in with the chunks of one axis changed.
func (c *composer) regrid(in graph.Ref, axis int, to block.Axis) graph.Ref {
	if c.err != nil || in.Grid()[axis].Equal(to) {
		return in
	}
	grid := append(block.Grid{}, in.Grid()...)
	grid[axis] = to
	return c.rechunk(in, grid)
}

// full is one value everywhere.
func (c *composer) full(grid block.Grid, v any, d dtype.DType) graph.Ref {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		return c.fail(graph.TypeError, fmt.Errorf("a %T is not a number", v))
	}
	s, err := s.Convert(d)
	if err != nil {
		return c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
	}
	return c.keep(graph.Full(c.at, grid, s))
}

// number is a literal that gives way to the types it meets.
func (c *composer) number(v any) graph.Ref {
	s, ok := dtype.ScalarOf(weakened(v))
	if !ok {
		return c.fail(graph.TypeError, fmt.Errorf("a %T is not a number", v))
	}
	return c.keep(graph.Weak(c.at, s))
}

// axis is the number from 0 on of an axis of x.
func (c *composer) axis(axis int, x graph.Ref) int {
	axes := c.axes([]int{axis}, x)
	if c.err != nil {
		return 0
	}
	return axes[0]
}

func (c *composer) axes(axes []int, x graph.Ref) []int {
	if c.err != nil {
		return nil
	}
	normal, err := graph.NormalizeAxes(axes, x.Shape())
	if err != nil {
		c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
	}
	return normal
}

// newAxis is the number from 0 on of an axis of a result of rank axes.
func (c *composer) newAxis(axis, rank int) int {
	axes, err := graph.NormalizeNewAxes([]int{axis}, rank)
	if err != nil {
		c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
		return 0
	}
	return axes[0]
}

// composedList is an operation of several results that are made of others by f.
// With a mistake there are count results, and one at least, that carry it.
func composedList(name op.Name, arrays []Array, count int, f func(c *composer, in []graph.Ref) []graph.Ref) []Array {
	at := site(arrays...).Of(name)
	c := &composer{name: name, at: at}
	in, err := operands(name, at, arrays...)
	var refs []graph.Ref
	if err == nil {
		refs = f(c, in)
		err = graph.Unresolved(c.err, in)
	}
	if err != nil {
		refs = make([]graph.Ref, max(1, count))
	}
	out := make([]Array, len(refs))
	for i, ref := range refs {
		out[i] = made(ref, err)
	}
	return out
}

// labelled is in with the names and attributes of d, which has as many axes.
func (c *composer) labelled(in graph.Ref, names []string, attrs block.Attributes) graph.Ref {
	if c.err != nil {
		return graph.Ref{}
	}
	node := *in.Node // G2: others may refer to the node
	d := in.Describe()
	d.Names, d.Attrs = names, attrs
	node.Results = []block.Description{d}
	return graph.Ref{Node: &node}
}

// counted is the integers from start on along an axis.
func (c *composer) counted(a block.Axis, start int) graph.Ref {
	return c.keep(graph.Arange(c.at, dtype.Int64, block.Grid{a}, graph.ArangeAttrs{IntStart: int64(start), IntStep: 1}))
}

// zero is the number 0 of a type.
func (c *composer) zero(d dtype.DType) graph.Ref {
	s, _ := dtype.ScalarOf(false)
	s, _ = s.Convert(d)
	return c.keep(graph.Full(c.at, nil, s))
}

// known is the length of an axis, which has to be known.
func (c *composer) known(in graph.Ref, axis int) int {
	if c.err != nil {
		return 0
	}
	n := in.Grid()[axis].Len()
	if n == block.Unknown {
		c.fail(graph.ValueError, fmt.Errorf("axis %d of shape %v has an unknown length; %w", axis, in.Shape(), graph.ErrUnresolved))
	}
	return n
}

// flat is in with its elements in C order along one axis.
func (c *composer) flat(in graph.Ref) graph.Ref { return c.reshape(in, -1) }
