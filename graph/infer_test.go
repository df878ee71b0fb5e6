package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

var here = Site{Text: "test"}

func scalar(v any) dtype.Scalar {
	s, ok := dtype.ScalarOf(v)
	if !ok {
		panic("no scalar")
	}
	return s
}

func must(t testing.TB) func(Ref, error) Ref {
	return func(r Ref, err error) Ref {
		t.Helper()
		require.NoError(t, err)
		return r
	}
}

func TestReshapeGroups(t *testing.T) {
	for _, c := range []struct {
		from, to block.Shape
		want     []ReshapeGroup
	}{
		{block.Shape{}, block.Shape{}, nil},
		{block.Shape{}, block.Shape{1}, []ReshapeGroup{{[2]int{0, 0}, [2]int{0, 1}}}},
		{block.Shape{1, 6, 1}, block.Shape{6}, []ReshapeGroup{{[2]int{0, 1}, [2]int{0, 0}}, {[2]int{1, 2}, [2]int{0, 1}}, {[2]int{2, 3}, [2]int{1, 1}}}},
		{block.Shape{4, 6}, block.Shape{3, 8}, []ReshapeGroup{{[2]int{0, 2}, [2]int{0, 2}}}},
		{block.Shape{5, 4, 6}, block.Shape{5, 24}, []ReshapeGroup{{[2]int{0, 1}, [2]int{0, 1}}, {[2]int{1, 3}, [2]int{1, 2}}}},
		{block.Shape{6, 10}, block.Shape{2, 3, 5, 2}, []ReshapeGroup{{[2]int{0, 1}, [2]int{0, 2}}, {[2]int{1, 2}, [2]int{2, 4}}}},
		{block.Shape{2, 1, 3}, block.Shape{1, 2, 3}, []ReshapeGroup{{[2]int{0, 0}, [2]int{0, 1}}, {[2]int{0, 1}, [2]int{1, 2}}, {[2]int{1, 2}, [2]int{2, 2}}, {[2]int{2, 3}, [2]int{2, 3}}}},
		{block.Shape{0, 3}, block.Shape{7, 0}, []ReshapeGroup{{[2]int{0, 2}, [2]int{0, 2}}}},
	} {
		require.Equal(t, c.want, ReshapeGroups(c.from, c.to), "%v to %v", c.from, c.to)
	}
}

func TestWeakScalars(t *testing.T) {
	ok := must(t)
	x := ok(Full(here, block.RegularGrid(block.Shape{4}, block.Shape{2}), scalar(uint8(1))))
	r := ok(Elementwise(here, op.Add, x, ok(Weak(here, scalar(1)))))
	require.Equal(t, dtype.Uint8, r.DType())
	_, err := Elementwise(here, op.Add, x, ok(Weak(here, scalar(300))))
	require.EqualError(t, err, "add: operand 1: 300 does not fit uint8; give it a type of its own, or convert the array first (at test)")
	r = ok(Elementwise(here, op.Less, x, ok(Weak(here, scalar(300)))))
	require.Equal(t, FullAttrs{Value: scalar(true)}, r.Node.Attrs)
	require.Equal(t, "(2x2,)", r.Grid().String())
}
