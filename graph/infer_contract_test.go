package graph

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// TestContract: types meet, the blocks of what both have are the union of
// boundaries, and names are those that agree.
func TestContract(t *testing.T) {
	a := source(t, block.Description{DType: dtype.Int16, Grid: block.RegularGrid(block.Shape{4, 6, 1}, block.Shape{3, 4, 1}),
		Names: []string{"y", "x", "z"}, Attrs: block.Attributes{"units": "K", "history": "measured"}})
	b := source(t, block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{6, 5}, block.Shape{3, 2}), Names: []string{"k", "z"},
		Attrs: block.Attributes{"units": "K", "history": "measured"}})
	r, err := Contract(here, op.Einsum, a, b, walks("ijk,jk->ki"))
	require.NoError(t, err)
	d := r.Describe()
	require.Equal(t, dtype.Float32, d.DType)
	require.Equal(t, "(2x2+1, 3+1)", d.Grid.String())
	require.Equal(t, []string{"z", "y"}, d.Names)
	require.Equal(t, block.Attributes{"units": "K", "history": "measured\neinsum(x, y)"}, d.Attrs)
	require.Equal(t, op.Astype, r.Node.Inputs[0].Node.Op)
	attrs := r.Node.Attrs.(ContractAttrs)
	require.Equal(t, "(2x2+1, 3+1, 3+1+2)", attrs.Grid.String())
	require.False(t, attrs.Conj)
	require.NoError(t, Verify(Graph{Outputs: []Ref{r}}))

	attrs.Conj = true
	r, err = Contract(here, op.Vecdot, a, b, attrs)
	require.NoError(t, err)
	require.False(t, r.Node.Attrs.(ContractAttrs).Conj, "real numbers are their conjugates")

	attrs.Grid = block.RegularGrid(attrs.Grid.Shape(), block.Shape{1, 4, 6})
	r, err = Contract(here, op.Matmul, a, b, attrs)
	require.NoError(t, err)
	require.Equal(t, "(5x1, 4)", r.Grid().String())
	require.NoError(t, Verify(Graph{Outputs: []Ref{r}}))
}

func TestContractMistakes(t *testing.T) {
	x := array(t, dtype.Float64, block.Shape{4, 6}, block.Shape{2, 6})
	y := array(t, dtype.Float64, block.Shape{6, 5}, block.Shape{2, 5})
	long := block.Grid{block.Regular(math.MaxInt/64, 1)}
	vector, err := Full(here, long, scalar(1.0))
	require.NoError(t, err)
	for _, c := range []struct {
		text  string
		name  op.Name
		a, b  Ref
		attrs ContractAttrs
	}{
		{"not a contraction", op.Sum, x, y, walks("ij,jk->ik")},
		{"not a contraction", "nothing", x, y, walks("ij,jk->ik")},
		{"operand 1 is not an array", op.Matmul, x, Ref{}, walks("ij,jk->ik")},
		{"shapes (4, 6) and (6, 5) do not broadcast: lengths 4 and 6 meet", op.Matmul, x, y, walks("ij,ik->jk")},
		{"axes [0, 1] and [1] are named", op.Matmul, x, y, walks("ij,j->i")},
		{"named twice", op.Matmul, x, y, ContractAttrs{A: []int{0, 0}, B: []int{0, 1}, Kept: 1}},
		{"named twice", op.Matmul, x, y, ContractAttrs{A: []int{0, -1}, B: []int{0, 1}, Kept: 1}},
		{"axis 1 of the product is not of the operands", op.Matmul, x, y, ContractAttrs{A: []int{0, 2}, B: []int{2, 3}, Kept: 2}},
		{"not of the operands", op.Matmul, x, y, walks("ij,jk->i")},
		{"are for shape (4, 5, 7), the operands make (4, 5, 6)", op.Matmul, x, y, ContractAttrs{A: []int{0, 2}, B: []int{2, 1}, Kept: 2,
			Grid: block.RegularGrid(block.Shape{4, 5, 7}, block.Shape{4, 5, 7})}},
		{"unknown length", op.Matmul, unknown(t, 4, 6), y, walks("ij,jk->ik")},
		{"products that are counted", op.Matmul, vector, x, walks("a,ij->aij")},
		{"make a product of 66 axes", op.Matmul, x, y, ContractAttrs{A: []int{0, 65}, B: []int{65, 1}, Kept: 2}},
	} {
		_, err := Contract(here, c.name, c.a, c.b, c.attrs)
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", c.text, err)
		require.Equal(t, ValueError, e.Kind, err)
		require.Contains(t, err.Error(), c.text)
	}
}

// TestVerifyContraction: what no contraction makes is found.
func TestVerifyContraction(t *testing.T) {
	x := array(t, dtype.Float64, block.Shape{4, 6}, block.Shape{2, 6})
	r, err := Contract(here, op.Matmul, x, x, walks("ij,kj->ik"))
	require.NoError(t, err)
	for text, spoil := range map[string]func(n *Node){
		"there are 1 inputs": func(n *Node) { n.Inputs = n.Inputs[:1] },
		"attributes are":     func(n *Node) { n.Attrs = NoAttrs{} },
		"the result is":      func(n *Node) { n.Results = []block.Description{{DType: dtype.Float32, Grid: r.Grid()}} },
	} {
		n := *r.Node
		spoil(&n)
		require.ErrorContains(t, Verify(Graph{Outputs: []Ref{{Node: &n}}}), text)
	}
}
