package array_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
)

func TestApplyGufunc(t *testing.T) {
	product := func(_ context.Context, dst []float64, src [][]float64) error {
		n := len(src[1])
		for i := range dst {
			dst[i] = 0
			for j := range n {
				dst[i] += src[0][i*n+j] * src[1][j]
			}
		}
		return nil
	}
	r := rand.New(rand.NewPCG(3, 3))
	a, matrices := floats(r, []int{4, 1, 3, 5})
	b, vectors := floats(r, []int{2, 5})
	y := array.ApplyGufunc("(i,j),(j)->(i)", product, []array.Array{a, b}, nil)
	require.NoError(t, y.Err())
	require.Equal(t, block.Shape{4, 2, 3}, y.Shape())
	got, err := array.Values[float64](t.Context(), y)
	require.NoError(t, err)
	for k := range 4 {
		for l := range 2 {
			want := make([]float64, 3)
			require.NoError(t, product(t.Context(), want, [][]float64{matrices[15*k : 15*k+15], vectors[5*l : 5*l+5]}))
			require.Equal(t, want, got[(2*k+l)*3:(2*k+l)*3+3])
		}
	}
	ends := array.ApplyGufunc("(n)->(two)", func(_ context.Context, dst []float64, src [][]float64) error {
		dst[0], dst[1] = slices.Min(src[0]), slices.Max(src[0])
		return nil
	}, []array.Array{b}, map[string]int{"two": 2})
	require.Equal(t, block.Shape{2, 2}, ends.Shape())
	mean := array.ApplyGufunc("(n)->()", func(_ context.Context, dst []float64, src [][]float64) error { dst[0] = src[0][0]; return nil }, []array.Array{b}, nil)
	require.Equal(t, block.Shape{2}, mean.Shape())
	firsts, err := array.Values[float64](t.Context(), mean)
	require.NoError(t, err)
	require.Equal(t, []float64{vectors[0], vectors[5]}, firsts)
	for text, want := range map[string]string{
		"(i,j),(j)":           "is not of the form",
		"(i,j),(j)->(i),(j)":  "has 2 results: ApplyGufuncs gives several",
		"(i,j)(j)->(i)":       "is not of the form",
		"(i,j),(j)->":         "is not of the form",
		"(i,0),(j)->(i)":      "is not of the form",
		"(i,-5),(j)->(i)":     "is not of the form",
		"(i,5j),(j)->(i)":     "is not of the form",
		"(i,j),(j?)->(i)":     `has the optional axis "j?", which is not supported: call the function with a signature for each case`,
		"(i?,j),(j)->(i?)":    `has the optional axis "i?", which is not supported`,
		"(i),(i)->()":         "shapes (4, 1, 3) and (2,) do not broadcast",
		"(i,j,k),(i,j,k)->()": "has fewer axes than its core",
		"(i)->()":             "is for 1 arrays, there are 2",
		"(i,j),(j)->(k)":      "its length must be given by sizes",
	} {
		y := array.ApplyGufunc(text, product, []array.Array{a, b}, nil)
		require.ErrorContains(t, y.Err(), want, text)
	}
	for name, want := range map[string]string{"j": `axis "j" has length 5, by sizes 7`, "x": `sizes has axis "x", the signature has not`} {
		y := array.ApplyGufunc("(i,j),(j)->(i)", product, []array.Array{a, b}, map[string]int{name: 7})
		require.ErrorContains(t, y.Err(), want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	called := 0
	slow := array.ApplyGufunc("()->()", func(_ context.Context, dst []float64, src [][]float64) error {
		called++
		cancel()
		return nil
	}, []array.Array{array.Zeros[float64]([]int{1 << 20})}, nil)
	_, err = array.Values[float64](ctx, slow, array.On(engineOf(t, 1, 64<<20)))
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, called, 1<<20, "a block is not computed to its end")
}

// TestGufuncFixedLengths: a number in a signature is a length, as in NumPy.
func TestGufuncFixedLengths(t *testing.T) {
	cross := func(_ context.Context, dst []float64, src [][]float64) error {
		x, y := src[0], src[1]
		for k := range 3 {
			i, j := (k+1)%3, (k+2)%3
			dst[k] = x[i]*y[j] - x[j]*y[i]
		}
		return nil
	}
	x := array.FromSlice([]float64{1, 0, 0, 0, 1, 0}, []int{2, 3})
	y := array.FromSlice([]float64{0, 2, 0}, nil)
	for _, text := range []string{"(3),(3)->(3)", " (3), (03)\t-> (3)"} {
		require.Equal(t, []float64{0, 0, 2, 0, 0, 0}, values(t, array.ApplyGufunc(text, cross, []array.Array{x, y}, nil)), text)
	}
	four := array.Zeros[float64]([]int{5, 4})
	mistaken(t, array.ApplyGufunc("(3),(3)->(3)", cross, []array.Array{y, four}, nil), graph.ValueError,
		`apply_gufunc: the signature "(3),(3)->(3)": operand 1 of shape (5, 4) has length 4 along axis 1, which has the fixed length 3`)
	pair := func(_ context.Context, dst []float64, src [][]float64) error {
		dst[0], dst[1] = slices.Min(src[0]), slices.Max(src[0])
		return nil
	}
	require.Equal(t, []float64{0, 1, 0, 1}, values(t, array.ApplyGufunc("(n)->(2)", pair, []array.Array{x}, nil)))
}

// TestGufuncWithoutElements: as in NumPy, a function is called with empty cores,
// and is not called where the loop has no indices.
func TestGufuncWithoutElements(t *testing.T) {
	calls := 0
	count := func(_ context.Context, dst []float64, src [][]float64) error {
		calls++
		for i := range dst {
			dst[i] = 7 + float64(len(src[0]))
		}
		return nil
	}
	for _, c := range []struct {
		text        string
		shape       []int
		want        block.Shape
		calls, core int
	}{
		{"(j)->()", []int{2, 0}, block.Shape{2}, 2, 0},
		{"(j)->()", []int{0}, block.Shape{}, 1, 0},
		{"(i,j)->(i)", []int{4, 3, 0}, block.Shape{4, 3}, 4, 0},
		{"(i,j)->(i)", []int{0, 3, 2}, block.Shape{0, 3}, 0, 0},
		{"(j)->()", []int{0, 3}, block.Shape{0}, 0, 0},
		{"(j)->()", []int{0, 0}, block.Shape{0}, 0, 0},
		{"(j)->(2)", []int{3, 0}, block.Shape{3, 2}, 3, 0},
	} {
		calls = 0
		x := array.Zeros[float64](c.shape, array.Chunks(1))
		y := array.ApplyGufunc(c.text, count, []array.Array{x}, nil)
		require.NoError(t, y.Err())
		require.Equal(t, c.want, y.Shape())
		got, err := array.Values[float64](t.Context(), y, array.On(engineOf(t, 1, 1<<20)))
		require.NoError(t, err)
		require.Len(t, got, c.want.Elements())
		for _, v := range got {
			require.Equal(t, 7.0, v)
		}
		require.Equal(t, c.calls, calls, "%s of %v", c.text, c.shape)
	}
	// An empty core beside one with elements, over more than one block.
	both := array.ApplyGufunc("(i),(j)->(i)", func(_ context.Context, dst []float64, src [][]float64) error {
		copy(dst, src[0])
		dst[0] += float64(len(src[1]))
		return nil
	}, []array.Array{array.Arange[float64](0, 6, 1).Reshape(3, 2).Rechunk(array.Chunks(1, 1)), array.Zeros[float64]([]int{0})}, nil)
	require.Equal(t, numbers(6), values(t, both))
}

// TestGufuncOfManyResults takes the greatest elements, the ends and the products of
// rows at once.
func TestGufuncOfManyResults(t *testing.T) {
	calls := 0
	f := func(_ context.Context, dst [][]float64, src [][]float64) error {
		calls++
		row := src[0]
		dst[0][0] = slices.Max(row)
		dst[1][0], dst[1][1] = row[0], row[len(row)-1]
		for i, v := range row {
			for j, w := range row {
				dst[2][i*len(row)+j] = v * w
			}
		}
		if len(dst[0]) != 1 || cap(dst[0]) != 1 || len(dst[1]) != 2 || len(dst[2]) != 25 || len(dst[3]) != 0 {
			return errors.New("the results are not those of the signature")
		}
		return nil
	}
	x, rows := floats(rand.New(rand.NewPCG(5, 5)), []int{4, 3, 5})
	all := array.ApplyGufuncs("(n)->(),(ends),(n,n),(none)", f, []array.Array{x.Rechunk(array.Chunks(3, 2, 2))}, map[string]int{"ends": 2, "none": 0})
	require.Len(t, all, 4)
	shapes := []block.Shape{{4, 3}, {4, 3, 2}, {4, 3, 5, 5}, {4, 3, 0}}
	for i, a := range all {
		require.NoError(t, a.Err())
		require.Equal(t, shapes[i], a.Shape())
	}
	got, err := array.Compute(t.Context(), all, array.On(engineOf(t, 1, 1<<20)))
	require.NoError(t, err)
	require.Equal(t, 12, calls, "once for all results")
	for k := range 12 {
		row := rows[5*k : 5*k+5]
		require.Equal(t, slices.Max(row), dtype.Slice[float64](got[0].DenseBytes())[k])
		require.Equal(t, []float64{row[0], row[4]}, dtype.Slice[float64](got[1].DenseBytes())[2*k:2*k+2])
		require.Equal(t, row[1]*row[3], dtype.Slice[float64](got[2].DenseBytes())[25*k+8])
	}
	one := array.ApplyGufuncs("(n)->()", func(_ context.Context, dst [][]float64, src [][]float64) error {
		dst[0][0] = src[0][0]
		return nil
	}, []array.Array{x}, nil)
	require.Len(t, one, 1)
	require.Equal(t, values(t, x.Slice("..., 0")), values(t, one[0]))

	wrong := array.ApplyGufuncs("(3)->(),()", f, []array.Array{x}, nil)
	require.Len(t, wrong, 2)
	for _, a := range wrong {
		mistaken(t, a, graph.ValueError, `apply_gufunc: the signature "(3)->(),()": operand 0 of shape (4, 3, 5) has length 5 along axis 2, which has the fixed length 3`)
	}
	mistaken(t, array.ApplyGufuncs[float64, float64]("(n)->(),()", nil, []array.Array{x}, nil)[1], graph.ValueError, "apply_gufunc: the function is nil")
	mistaken(t, array.ApplyGufuncs("(n)", f, []array.Array{x}, nil)[0], graph.ValueError,
		`apply_gufunc: the signature "(n)" is not of the form "(i,j),(j)->(i)", where axes have names, or are numbers above 0`)
}

// TestGufuncOfUnknownLengths: axes before the cores may have any length.
func TestGufuncOfUnknownLengths(t *testing.T) {
	x := array.Arange[float64](0, 12, 1, array.Chunks(4))
	rows := x.Compress(x.Gt(array.Const(3)), 0).ExpandDims(-1)
	all := array.ApplyGufuncs("(i)->(),(2,2)", func(_ context.Context, dst [][]float64, src [][]float64) error {
		dst[0][0] = src[0][0] + 1
		for i := range dst[1] {
			dst[1][i] = src[0][0] * float64(i)
		}
		return nil
	}, []array.Array{rows}, nil)
	require.Equal(t, []float64{5, 6, 7, 8, 9, 10, 11, 12}, values(t, all[0]))
	require.Equal(t, []float64{0, 4, 8, 12, 0, 5, 10, 15}, values(t, all[1])[:8])
	wrong := array.ApplyGufunc("(i,j)->()", func(context.Context, []float64, [][]float64) error { return nil }, []array.Array{rows}, nil)
	require.ErrorContains(t, wrong.Err(), `apply_gufunc: the signature "(i,j)->()": axis "i" of operand 0 of shape (?, 1) has an unknown length; resolve the array first`)
}
