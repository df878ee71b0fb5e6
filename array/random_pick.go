package array

import (
	"fmt"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Shuffle is x with its parts along an axis in random order, as NumPy's
// permutation of an array gives it: Permutation says which orders there are. x is
// not changed. Each block of the result looks at every chunk of the axis, as of
// TakeAlong, and the order is made of no more than the block's part of it. The
// length of the axis is known.
func (g *Generator) Shuffle(x Array, axis int) Array {
	n, axis, err := axisToPick(op.RandomPermutation, x, axis)
	if err != nil {
		return Array{err: err}
	}
	return PickedAlong(x, g.Permutation(n), axis)
}

// ChoiceOf is elements of x, which has one axis, drawn at random: those at the
// indices that Choice gives, with its options. Each block of the result looks at
// every chunk of x, as of TakeAlong.
func (g *Generator) ChoiceOf(x Array, shape []int, opts ...RandomOption) Array {
	n, _, err := axisToPick(op.RandomChoice, x, 0)
	if err == nil && x.Rank() != 1 {
		err = &graph.Error{Kind: graph.ValueError, Op: op.RandomChoice, Site: site(x), Err: fmt.Errorf("elements are drawn of one axis, not of shape %v", x.Shape())}
	}
	if err != nil {
		return Array{err: err}
	}
	return PickedAlong(x, g.Choice(shape, n, opts...), 0)
}

// PickedAlong is the parts of x at an array of indices along an axis: the axes of
// the indices stand in its place. See Take for a list of indices.
func PickedAlong(x, indices Array, axis int) Array {
	if x.Err() != nil {
		return x
	}
	rank := x.Rank()
	if axis < -rank || axis >= rank {
		return x.Take(nil, axis) // which says so
	}
	if axis < 0 {
		axis += rank
	}
	items := make([]Index, 0, axis+1)
	for range axis {
		items = append(items, All())
	}
	return x.Index(append(items, indices)...)
}

// axisToPick is the length and the number from 0 on of an axis.
func axisToPick(name op.Name, x Array, axis int) (length, number int, err error) {
	if err := x.Err(); err != nil {
		return 0, 0, err
	}
	at := site(x)
	axes, err := graph.NormalizeAxes([]int{axis}, x.Shape())
	if err == nil && x.Shape()[axes[0]] == block.Unknown {
		err = fmt.Errorf("axis %d of shape %v has an unknown length; %w", axes[0], x.Shape(), graph.ErrUnresolved)
	}
	if err != nil {
		return 0, 0, graph.Unresolved(graph.Mistake(at, name, err), []graph.Ref{x.ref})
	}
	return x.Shape()[axes[0]], axes[0], nil
}
