package array

import (
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// LikeOption says in what an array differs from the one that it is like: OfType,
// or a CreateOption.
type LikeOption interface{ like(*likeness) }

type likeness struct {
	creation
	dtype dtype.DType // Invalid if not said
}

func (f createOption) like(l *likeness) { f(&l.creation) }
func (s ChunkSpec) like(l *likeness)    { s.creation(&l.creation) }

// OfType is the type of the elements of an array that is like another, or of
// random numbers: float32 instead of float64, or of Integers any integer type or
// bool.
func OfType(d dtype.DType) TypeOption { return TypeOption{d} }

// TypeOption is what OfType gives.
type TypeOption struct{ dtype dtype.DType }

func (t TypeOption) like(l *likeness)  { l.dtype = t.dtype }
func (t TypeOption) random(d *drawing) { d.dtype = t.dtype }

// ZerosLike is zeros of the shape, type, chunks and dimension names of x, as far
// as options do not say otherwise. x is not read, unless only running can tell
// its shape.
func ZerosLike(x Array, opts ...LikeOption) Array { return fullLike(op.ZerosLike, x, false, opts) }

// OnesLike is ones like x; see ZerosLike.
func OnesLike(x Array, opts ...LikeOption) Array { return fullLike(op.OnesLike, x, true, opts) }

// FullLike is v everywhere in an array like x; see ZerosLike. An integer that the
// type does not hold is an OverflowError; other numbers are converted as by
// AsType.
func FullLike[T dtype.Element | int | uint](x Array, v T, opts ...LikeOption) Array {
	return fullLike(op.FullLike, x, v, opts)
}

func fullLike(name op.Name, x Array, v any, opts []LikeOption) Array {
	return composed(name, []Array{x}, func(c *composer, in []graph.Ref) graph.Ref {
		d := in[0].Describe()
		l := likeness{dtype: d.DType, creation: creation{names: d.Names}}
		for _, o := range opts {
			if o != nil {
				o.like(&l)
			}
		}
		d.DType, d.Names = l.dtype, l.names
		err := l.checkLabels(d.Shape())
		if err == nil {
			d.Grid, err = chunked(d, l.chunks)
		}
		if err != nil {
			return c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
		}
		var out graph.Ref
		if d.Grid.Known() {
			out = c.filled(d.Grid, v, d.DType)
		} else { // running tells the shape of x: v where true, x elsewhere
			always, _ := dtype.ScalarOf(true)
			out = c.do(op.Where, c.keep(graph.Full(c.at, nil, always)), c.filled(nil, v, d.DType), c.cast(in[0], d.DType))
		}
		return c.labelled(out, l.names, l.attrs)
	})
}

// filled is v everywhere, as elements of type d.
func (c *composer) filled(grid block.Grid, v any, d dtype.DType) graph.Ref {
	value, _ := dtype.ScalarOf(v)
	if weak, _ := dtype.ScalarOf(weakened(v)); weak.DType.Kind() <= d.Kind() {
		var err error
		if value, err = weak.Convert(d); err != nil {
			return c.keep(graph.Ref{}, graph.Mistake(c.at, c.name, err))
		}
	}
	return c.cast(c.keep(graph.Full(c.at, grid, value)), d)
}
