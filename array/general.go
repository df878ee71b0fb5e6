package array

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// The parts that other operations are made of, for those who read them from a
// document. Everything is checked; users have no need of them.

// Labelled is a with other dimension names, which are nil or one an axis, and
// other attributes.
func (a Array) Labelled(names []string, attrs block.Attributes) Array {
	return composed("labels", []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		if names != nil && len(names) != len(in[0].Grid()) {
			return c.fail(graph.ValueError, fmt.Errorf("there are %d dimension names %q for the axes of shape %v; give one an axis or none", len(names), names, in[0].Shape()))
		}
		if !slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
			names = nil
		}
		return c.labelled(in[0], names, attrs)
	})
}

// BlocksOf is an operation on whole blocks of the table. kept is the blocks that a
// mask leaves of its axis, if they are counted.
func BlocksOf(name string, attrs graph.BlockAttrs, kept block.Axis, arrays ...Array) Array {
	return composed(op.Name(name), arrays, func(c *composer, in []graph.Ref) graph.Ref {
		return c.keep(graph.BlocksOf(c.at, c.name, in, attrs, kept))
	})
}

// GatherOf is what index maps pick of a.
func GatherOf(attrs graph.GatherAttrs, a Array) Array {
	return composed(op.Gather, []Array{a}, func(c *composer, in []graph.Ref) graph.Ref {
		return c.keep(graph.Gather(c.at, c.name, in[0], attrs))
	})
}

// ContractOf is the sum of products of a and b over axes of a common space.
func ContractOf(attrs graph.ContractAttrs, a, b Array) Array {
	return composed(op.Contract, []Array{a, b}, func(c *composer, in []graph.Ref) graph.Ref {
		if attrs.Kept < 0 {
			return c.fail(graph.ValueError, errors.New("a product has no negative number of axes"))
		}
		return c.keep(graph.Contract(c.at, c.name, in[0], in[1], attrs))
	})
}
