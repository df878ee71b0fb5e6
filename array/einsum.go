package array

import (
	"fmt"
	"slices"
	"strings"

	"gabion/block"
	"gabion/graph"
	"gabion/internal/op"
)

// Einsum is the sum of products that subscripts describe, of one or two arrays.
// Each axis of an operand has a letter; axes of one letter go together, and the
// letters after the arrow are the axes of the result, over whose indices nothing
// is summed:
//
//	Einsum("ij,jk->ik", a, b)   // the product of matrices
//	Einsum("ii->i", a)          // the diagonal
//	Einsum("bij,bij->b", a, b)  // a sum for each b
//
// Without an arrow the result has the letters that stand once, in alphabetic
// order. Three dots stand for axes that broadcast. As in NumPy the type is the
// operands' common one, also of sums; an axis of length 1 stretches. What does not
// fit is a ValueError. Products of more than two arrays are made of several calls,
// in the order that is cheapest.
func Einsum(subscripts string, operands ...Array) Array {
	return composed(op.Einsum, operands, func(c *composer, in []graph.Ref) graph.Ref {
		factors, out, err := parseEinsum(subscripts, in)
		if err != nil {
			return c.fail(graph.ValueError, err)
		}
		for i := range factors {
			factors[i] = c.onDiagonals(factors[i])
		}
		if err := checkLabels(factors, c.err); err != nil {
			return c.fail(graph.ValueError, err)
		}
		if len(factors) == 2 {
			return c.product(op.Einsum, factors[0], factors[1], out, false)
		}
		x := factors[0]
		var axes, labels []int
		for axis, label := range x.labels {
			if slices.Contains(out, label) {
				labels = append(labels, label)
			} else {
				axes = append(axes, axis)
			}
		}
		return c.arranged(factor{c.total(x.ref, axes), labels}, out)
	})
}

// parseEinsum gives the axes of operands labels: those of letters are the letters,
// and those of three dots are negative and count from the last.
func parseEinsum(subscripts string, in []graph.Ref) (factors []factor, out []int, err error) {
	left, right, arrow := strings.Cut(strings.ReplaceAll(subscripts, " ", ""), "->")
	lists := strings.Split(left, ",")
	switch {
	case len(lists) != len(in):
		return nil, nil, fmt.Errorf("subscripts %q are of %d operands, given are %d", subscripts, len(lists), len(in))
	case len(in) > 2:
		return nil, nil, fmt.Errorf(`it takes one or two operands, not %d: multiply two of them first, such as Einsum("ik,kl->il", Einsum("ij,jk->ik", a, b), c)`, len(in))
	}
	dots := 0
	seen := make(map[int]int)
	for i, list := range lists {
		rank := len(in[i].Grid())
		labels, err := parseLabels(list, rank)
		if err != nil {
			return nil, nil, fmt.Errorf("operand %d of shape %v: %w", i, in[i].Shape(), err)
		}
		for _, label := range labels {
			seen[label]++
			dots = max(dots, -label)
		}
		factors = append(factors, factor{in[i], labels})
	}
	if !arrow {
		out = batchLabels(dots)
		for label, n := range seen {
			if n == 1 && label > 0 {
				out = append(out, label)
			}
		}
		slices.Sort(out)
		return factors, out, nil
	}
	rank := len(right)
	if strings.Contains(right, "...") {
		rank += dots - len("...")
	} else if dots > 0 {
		return nil, nil, fmt.Errorf("subscripts %q: the operands have three dots, so the result has them too", subscripts)
	}
	if out, err = parseLabels(right, rank); err != nil {
		return nil, nil, fmt.Errorf("the result: %w", err)
	}
	for i, label := range out {
		switch {
		case slices.Contains(out[:i], label):
			return nil, nil, fmt.Errorf("subscripts %q: the result has the axis %c twice", subscripts, label)
		case label > 0 && seen[label] == 0:
			return nil, nil, fmt.Errorf("subscripts %q: the axis %c of the result is of no operand", subscripts, label)
		}
	}
	return factors, out, nil
}

// parseLabels reads the labels of the axes of an array of a rank.
func parseLabels(text string, rank int) ([]int, error) {
	var labels []int
	before, after, dots := strings.Cut(text, "...")
	for _, part := range []string{before, after} {
		for _, r := range part {
			if r < 'A' || r > 'Z' && r < 'a' || r > 'z' {
				return nil, fmt.Errorf("%q has %q; axes are named by the letters a to z and A to Z, and by three dots", text, r)
			}
			labels = append(labels, int(r))
		}
	}
	rest := rank - len(labels)
	switch {
	case rest < 0:
		return nil, fmt.Errorf("%q names %d axes, there are %d", text, len(labels), rank)
	case rest > 0 && !dots:
		return nil, fmt.Errorf("%q names %d axes of %d; three dots stand for others", text, len(labels), rank)
	}
	return slices.Insert(labels, len(before), batchLabels(rest)...), nil
}

// checkLabels makes sure that axes of one label have one length, or 1.
func checkLabels(factors []factor, err error) error {
	if err != nil || len(factors) < 2 {
		return nil // an error is told already
	}
	a, b := factors[0], factors[1]
	for i, label := range a.labels {
		j := slices.Index(b.labels, label)
		if j < 0 {
			continue
		}
		if n, m := a.ref.Shape()[i], b.ref.Shape()[j]; n != m && n != 1 && m != 1 {
			name := "three dots stand for an axis"
			if label > 0 {
				name = fmt.Sprintf("the axis %c is", label)
			}
			if n == block.Unknown || m == block.Unknown {
				return fmt.Errorf("%s of a length that is unknown in one operand; %w", name, graph.ErrUnresolved)
			}
			return fmt.Errorf("%s of length %d in the first operand and %d in the second", name, n, m)
		}
	}
	return nil
}

// onDiagonals is an operand of which no label stands twice: of axes of one label
// the diagonal is taken.
func (c *composer) onDiagonals(x factor) factor {
	for i := 0; i < len(x.labels); i++ {
		j := slices.Index(x.labels[i+1:], x.labels[i])
		if j < 0 {
			continue
		}
		j += i + 1
		x.ref = c.diagonal(x.ref, i, j)
		label := x.labels[i]
		x.labels = slices.Delete(slices.Clone(x.labels), j, j+1)
		x.labels = append(slices.Delete(x.labels, i, i+1), label)
		i = -1 // the axes are others
	}
	return x
}

// diagonal is the elements whose indices along two axes are equal; the axis of
// these is the last.
func (c *composer) diagonal(x graph.Ref, i, j int) graph.Ref {
	if c.err != nil {
		return x
	}
	shape := x.Shape()
	n := shape[i]
	switch {
	case n != shape[j]:
		return c.fail(graph.ValueError, fmt.Errorf("axes %d and %d of shape %v have one label and different lengths", i, j, shape))
	case n == block.Unknown:
		return c.fail(graph.ValueError, fmt.Errorf("the length of the diagonal is unknown; %w", graph.ErrUnresolved))
	}
	var axes, flat []int
	for axis, length := range shape {
		if axis != i && axis != j {
			axes, flat = append(axes, axis), append(flat, length)
		}
	}
	x = c.reshape(c.transpose(x, append(axes, i, j)), append(flat, n*n)...)
	return c.along(x, len(flat), graph.AxisIndex{Step: n + 1, Count: n})
}
