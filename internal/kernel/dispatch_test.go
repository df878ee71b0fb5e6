package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// combinations lists the element types that n operands can have.
func combinations(n int) [][]dtype.DType {
	all := [][]dtype.DType{nil}
	for range n {
		var longer [][]dtype.DType
		for _, head := range all {
			for _, d := range dtype.All() {
				longer = append(longer, append(append([]dtype.DType{}, head...), d))
			}
		}
		all = longer
	}
	return all
}

func TestEveryRowHasKernels(t *testing.T) {
	for _, row := range op.Rows() {
		if row.Types == nil || row.Class == op.Contraction { // package contraction has a kernel for every type
			continue
		}
		for _, in := range combinations(row.Arity) {
			types, err := row.Types(row.Name, in)
			if err != nil {
				continue
			}
			switch row.Class {
			case op.Elementwise:
				loop, ok := Elementwise(row.Name, types.Kernel)
				require.True(t, ok && loop != nil, "%s of %v", row.Name, in)
			case op.Reduction:
				r, ok := Reduce(row.Name, types.Kernel)
				require.True(t, ok && r != nil, "%s of %v", row.Name, in)
			}
		}
	}
	for _, from := range dtype.All() {
		for _, to := range dtype.All() {
			loop, ok := Cast(from, to)
			require.True(t, ok && loop != nil, "%s to %s", from, to)
		}
	}
}

func TestLookupsOfNothing(t *testing.T) {
	_, ok := Elementwise(op.Sum, dtype.Float64)
	require.False(t, ok)
	_, ok = Elementwise(op.Add, dtype.Invalid)
	require.False(t, ok)
	_, ok = Elementwise(op.Divide, dtype.Int8)
	require.False(t, ok)
	_, ok = Elementwise(op.Add, 200)
	require.False(t, ok)
	_, ok = Reduce(op.Add, dtype.Float64)
	require.False(t, ok)
	_, ok = Reduce(op.Sum, dtype.Invalid)
	require.False(t, ok)
	_, ok = Cast(dtype.Invalid, dtype.Float64)
	require.False(t, ok)
	_, ok = Cast(dtype.Float64, 200)
	require.False(t, ok)
}

func TestLookupsDoNotAllocate(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() {
		Elementwise(op.Add, dtype.Float64)
		Reduce(op.Sum, dtype.Float64)
		Cast(dtype.Float32, dtype.Float64)
	}))
}

func TestKernelsDoNotAllocate(t *testing.T) {
	memory := func() []byte { return dtype.Bytes(make([]complex128, 256)) }
	a, b, c, dst := memory(), memory(), memory(), memory()
	for _, row := range op.Rows() {
		for _, d := range dtype.All() {
			limit := 1.0
			if d == dtype.Bool || d == dtype.Float16 {
				limit = 8 // scratch is pooled, and the race detector empties pools
			}
			if loop, ok := Elementwise(row.Name, d); ok {
				require.Less(t, testing.AllocsPerRun(20, func() { loop(256, dst, a, b, c) }), limit, "%s of %s", row.Name, d)
			}
			r, ok := Reduce(row.Name, d)
			if !ok {
				continue
			}
			left, _ := partialOf(r, 4)
			right, _ := partialOf(r, 4)
			require.Less(t, testing.AllocsPerRun(20, func() {
				r.Leaf(left, 4, 64, a, true, 0, 0, 1)
				r.Leaf(right, 4, 64, b, false, 0, 0, 1)
				r.Merge(left, right, 4, 64, 64)
				r.Finish(dst, left, 4, 128, 1)
			}), limit, "%s of %s", row.Name, d)
		}
	}
}

func TestStatus(t *testing.T) {
	require.NoError(t, OK.Err())
	require.Equal(t, "ok", OK.String())
	require.ErrorContains(t, NegativePower.Err(), "negative power")
	require.Equal(t, Status(1), NegativePower)
	require.ErrorContains(t, AllNaN.Err(), "all elements are NaN")
	require.Equal(t, Status(2), AllNaN)
}
