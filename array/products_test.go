package array_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// einsum is the sum of products the slow, obvious way.
func einsum(subscripts string, operands ...plain) plain {
	left, out, _ := strings.Cut(subscripts, "->")
	terms := strings.Split(left, ",")
	lengths := map[rune]int{}
	space := []rune(out)
	for i, term := range terms {
		for axis, label := range term {
			lengths[label] = max(lengths[label], operands[i].shape[axis])
			if operands[i].shape[axis] == 0 {
				lengths[label] = 0
			}
			if !slices.Contains(space, label) {
				space = append(space, label)
			}
		}
	}
	lengthsOf := func(labels []rune) []int {
		shape := []int{}
		for _, label := range labels {
			shape = append(shape, lengths[label])
		}
		return shape
	}
	result := fill(lengthsOf([]rune(out)), func([]int) float64 { return 0 })
	fill(lengthsOf(space), func(at []int) float64 {
		product := 1.0
		for i, term := range terms {
			index := []int{}
			for axis, label := range term {
				index = append(index, min(at[slices.Index(space, label)], operands[i].shape[axis]-1))
			}
			product *= operands[i].at(index)
		}
		n := 0
		for axis := range out {
			n = n*result.shape[axis] + at[axis]
		}
		result.data[n] += product
		return 0
	})
	return result
}

// check compares an array with what it must give, exactly.
func check(t *testing.T, want plain, got array.Array, what string) {
	t.Helper()
	require.NoError(t, got.Err(), what)
	require.Equal(t, want.shape, append([]int{}, got.Shape()...), what)
	require.Equal(t, append([]float64{}, want.data...), append([]float64{}, values(t, got)...), what)
}

// TestMatMul of whole numbers in chunks of every kind: matrices, rows, columns and
// batches that broadcast.
func TestMatMul(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	for _, c := range []struct{ a, b, subscripts string }{
		{"4,7", "7,5", "ij,jk->ik"}, {"7", "7,5", "j,jk->k"}, {"4,7", "7", "ij,j->i"}, {"7", "7", "j,j->"}, {"1,1", "1,1", "ij,jk->ik"},
		{"3,4,7", "3,7,5", "bij,bjk->bik"}, {"3,4,7", "7,5", "bij,jk->bik"}, {"4,7", "3,7,5", "ij,bjk->bik"}, {"7", "2,3,7,5", "j,abjk->abk"},
		{"2,1,4,7", "1,3,7,5", "abij,abjk->abik"}, {"3,1,7", "1,7,1", "bij,bjk->bik"}, {"4,0", "0,5", "ij,jk->ik"}, {"0,7", "7,5", "ij,jk->ik"}, {"0", "0", "j,j->"}, {"130,20", "20,140", "ij,jk->ik"},
	} {
		a, b := random(r, lengths(c.a)), random(r, lengths(c.b))
		want := einsum(c.subscripts, a, b)
		for range 6 {
			x, y := chunked(r, a), chunked(r, b)
			check(t, want, x.MatMul(y), c.a+" @ "+c.b)
			if len(a.shape) < 3 && len(b.shape) < 3 {
				check(t, want, x.Dot(y), "dot")
			}
			check(t, want, array.Einsum(c.subscripts, x, y), c.subscripts)
		}
	}
}

func lengths(text string) []int {
	shape := []int{}
	for part := range strings.SplitSeq(text, ",") {
		n := 0
		_, _ = fmt.Sscan(part, &n)
		shape = append(shape, n)
	}
	return shape
}

// TestProductsOfEveryType: small whole numbers are exact in all of them; bools
// are whether any pair is true.
func TestProductsOfEveryType(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 1))
	a, b := fill([]int{9, 40}, func([]int) float64 { return float64(r.IntN(3)) }), fill([]int{40, 8}, func([]int) float64 { return float64(r.IntN(2)) })
	for _, d := range dtype.All() {
		want := einsum("ij,jk->ik", a, b)
		if d == dtype.Bool {
			for i, v := range want.data {
				want.data[i] = min(v, 1)
			}
		}
		x, y := chunked(r, a).AsType(d), chunked(r, b).AsType(d)
		for _, p := range []array.Array{x.MatMul(y), array.Tensordot(x, y, 1), array.VecDot(x.ExpandDims(2), y, -2), x.Transpose().Transpose().Inner(y.MatrixTranspose())} {
			require.Equal(t, d, p.DType())
			check(t, want, p.AsType(dtype.Float64), d.String())
		}
		if d != dtype.Bool {
			check(t, einsum("ij,jk->", a, b), array.Einsum("ij,jk->", x.AsType(dtype.Complex128), y).AsType(dtype.Float64), d.String())
		}
	}
}

// TestProductsAsNumPy: what NumPy 2.4 gives.
func TestProductsAsNumPy(t *testing.T) {
	a := array.FromSlice([]float64{1.5, -2, 0.25, 3, 0.1, -7}, []int{2, 3}, array.Chunks(1, 2))
	b := array.FromSlice([]float64{2, 0.5, -1, 4, 0.3, 8}, []int{3, 2}, array.Chunks(2, 1))
	require.InDeltaSlice(t, []float64{5.075, -5.25, 3.8, -54.1}, values(t, a.MatMul(b)), 1e-14)
	require.InDeltaSlice(t, []float64{5.075, 3.8, -5.25, -54.1}, values(t, array.Einsum("ij,jk->ki", a, b)), 1e-14)

	c := array.FromSlice([]complex128{1 + 2i, 3 - 1i, 0.5i}, nil, array.Chunks(2))
	d := array.FromSlice([]complex128{2 - 1i, 1i, 4}, nil, array.Chunks(1))
	for _, want := range []struct {
		p array.Array
		v complex128
	}{{array.VecDot(c, d), -1 - 4i}, {c.VDot(d), -1 - 4i}, {c.Dot(d), 5 + 8i}, {c.Inner(d), 5 + 8i}, {array.Einsum("i,i", c, d), 5 + 8i}, {c.MatMul(d), 5 + 8i}} {
		got, err := array.Item[complex128](t.Context(), want.p)
		require.NoError(t, err)
		require.Equal(t, want.v, got)
	}

	wraps, err := array.Values[int8](t.Context(), array.FromSlice([]int8{100, 100, -128, 3}, []int{2, 2}).MatMul(array.FromSlice([]int8{100, 100}, nil)))
	require.NoError(t, err)
	require.Equal(t, []int8{32, 44}, wraps)
	halves := array.FromSlice([]float64{1.5, 2.5}, []int{1, 2}).AsType(dtype.Float16).MatMul(array.FromSlice([]float64{1000, 0.125}, nil).AsType(dtype.Float16))
	require.Equal(t, []float64{1500}, values(t, halves.AsType(dtype.Float64)))

	x, y := array.FromSlice(numbers(24), []int{2, 3, 4}, array.Chunks(2, 2, 3)), array.FromSlice(numbers(24), []int{4, 3, 2}, array.Chunks(3, 1, 2))
	require.Equal(t, []float64{880, 946, 2464, 2674}, values(t, array.TensordotAxes(x, y, []int{1, -1}, []int{1, 0})))
	six := array.FromSlice(numbers(6), []int{2, 3}, array.Chunks(1))
	require.Equal(t, []float64{5, 14, 14, 50}, values(t, six.Inner(six)))
	require.Equal(t, []float64{1.5, -1, 3, -2, 4.5, -3}, values(t, array.FromSlice([]float64{1, 2, 3}, nil, array.Chunks(2)).Outer(array.FromSlice([]float64{1.5, -1}, nil))))
	require.Equal(t, []int{6, 24}, append([]int{}, six.Outer(x).Shape()...))
	two := array.FromSlice([]float64{2}, []int{})
	require.Equal(t, values(t, six.Mul(two)), values(t, six.Dot(two)))
	require.Equal(t, values(t, six.Mul(two)), values(t, two.Inner(six)))
	require.Equal(t, []float64{6}, values(t, array.Const(2).VDot(array.Const(3)).AsType(dtype.Float64)))
	require.Equal(t, values(t, six.Mul(two)), values(t, array.Einsum("ij,", six, array.Const(2))))
}

// TestEinsum of random subscripts: every label may be of one operand or both, kept
// or summed over, and stand twice.
func TestEinsum(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 1))
	letters := "abcde"
	for range 400 {
		sizes := map[rune]int{}
		for _, label := range letters {
			sizes[label] = []int{0, 1, 2, 3, 5}[min(4, r.IntN(14))]
		}
		var terms []string
		var operands []plain
		var arrays []array.Array
		for range 1 + r.IntN(2) {
			term := ""
			shape := []int{}
			for range r.IntN(5) {
				label := letters[r.IntN(len(letters))]
				n := sizes[rune(label)]
				if n > 0 && !strings.Contains(term, string(label)) && r.IntN(8) == 0 && len(terms) > 0 {
					n = 1 // stretches to what the other has
				}
				if i := strings.IndexByte(term, label); i >= 0 {
					n = shape[i]
				}
				term += string(label)
				shape = append(shape, n)
			}
			terms = append(terms, term)
			operands = append(operands, random(r, shape))
			arrays = append(arrays, chunked(r, operands[len(operands)-1]))
		}
		out := ""
		for _, i := range r.Perm(len(letters)) {
			if strings.Contains(strings.Join(terms, ""), letters[i:i+1]) && r.IntN(2) == 0 {
				out += letters[i : i+1]
			}
		}
		subscripts := strings.Join(terms, ",") + "->" + out
		check(t, einsum(subscripts, operands...), array.Einsum(subscripts, arrays...), subscripts)
	}
	x, y := random(r, []int{3, 1, 4}), random(r, []int{2, 4})
	a, b := chunked(r, x), chunked(r, y)
	for subscripts, same := range map[string]string{
		"...i,...i":        "abi,bi->ab",
		"...i,...i->...":   "abi,bi->ab",
		" i... , j ... ":   "iac,jac->acij",
		"i...,j...->j...i": "iac,jc->jaci",
		"abi,ci":           "abi,ci->abc",
		"Bai,ci":           "xai,ci->xac",
	} {
		other, operand := b, y
		if strings.HasPrefix(same, "iac,jac") {
			operand = plain{[]int{2, 1, 4}, y.data}
			other = b.Reshape(2, 1, 4)
		}
		check(t, einsum(same, x, operand), array.Einsum(subscripts, a, other), subscripts)
	}
	check(t, einsum("abi->iab", x), array.Einsum("a...->...a", a).Transpose(1, 2, 0), "one operand")
}

// TestMistakesInProducts are told when the expression is built.
// TestSumsBeforeProducts: an axis that one operand has alone is summed before, also
// where its sum is beyond the type and the products are not.
func TestSumsBeforeProducts(t *testing.T) {
	for _, d := range []dtype.DType{dtype.Float16, dtype.Float32, dtype.Complex64} {
		large := array.Full([]int{4}, 65504.0, array.Chunks(1)).AsType(dtype.Float64)
		if d != dtype.Float16 {
			large = array.Full([]int{4}, 3e38, array.Chunks(1))
		}
		product := array.Einsum(",i->", array.Full(nil, 0.125).AsType(d), large.AsType(d))
		require.Equal(t, d, product.DType())
		got := values(t, product.AsType(dtype.Complex128).Real())
		want := values(t, large.AsType(d).AsType(dtype.Complex128).Real())[0] / 2
		require.Equal(t, []float64{want}, got, "%v", d)
	}
}

func TestMistakesInProducts(t *testing.T) {
	x, y := array.Ones[float64]([]int{2, 3}), array.Ones[float64]([]int{4, 5})
	batches := func(n int) array.Array { return array.Ones[float64]([]int{n, 2, 2}) }
	for _, c := range []struct {
		kind graph.Kind
		text string
		got  array.Array
	}{
		{graph.ValueError, "matmul: shapes (2, 3) and (4, 5) do not fit: axis 1 of the first has length 3, axis 0 of the second, with which it is summed over, 4", x.MatMul(y)},
		{graph.ValueError, "shapes (2, 2, 2) and (3, 2, 2) do not broadcast: lengths 2 and 3 meet", batches(2).MatMul(batches(3))},
		{graph.ValueError, "multiply by a number with Mul", x.MatMul(array.Const(2))},
		{graph.ValueError, "dot: shapes (2, 3) and (2, 3) do not fit", x.Dot(x)},
		{graph.ValueError, "inner: shapes (2, 3) and (4, 5) do not fit", x.Inner(y)},
		{graph.ValueError, "vdot: shapes (2, 3) and (4, 5) do not have as many elements", x.VDot(y)},
		{graph.ValueError, "tensordot: shapes (2, 3) and (4, 5) do not fit", array.Tensordot(x, y, 1)},
		{graph.ValueError, "3 axes cannot be summed over of shapes (2, 3) and (4, 5)", array.Tensordot(x, y, 3)},
		{graph.ValueError, "-1 axes cannot", array.Tensordot(x, y, -1)},
		{graph.ValueError, "named twice", array.TensordotAxes(x, x, []int{0, 0}, []int{0, 1})},
		{graph.ValueError, "2 axes of the first operand and 1 of the second", array.TensordotAxes(x, x, []int{0, 1}, []int{0})},
		{graph.IndexError, "axis 5 is out of range", array.TensordotAxes(x, x, []int{5}, []int{0})},
		{graph.ValueError, "vecdot: shapes (2, 3) and (4, 5) do not fit", array.VecDot(x, y)},
		{graph.IndexError, "axis 2 is out of range", array.VecDot(x, x, 2)},
		{graph.IndexError, "shape () has no axes", array.VecDot(x, array.Const(1))},
		{graph.ValueError, "one axis, not 2", array.VecDot(x, x, 0, 1)},
		{graph.ValueError, "shape (3,) has no two axes", array.Ones[float64]([]int{3}).MatrixTranspose()},
		{graph.ValueError, `einsum: subscripts "ij" are of 1 operands, given are 2`, array.Einsum("ij", x, y)},
		{graph.ValueError, "one or two operands, not 3: multiply two of them first", array.Einsum("ij,jk,kl", x, x, x)},
		{graph.ValueError, `operand 0 of shape (2, 3): "i" names 1 axes of 2; three dots stand for others`, array.Einsum("i", x)},
		{graph.ValueError, `"ijk" names 3 axes, there are 2`, array.Einsum("ijk", x)},
		{graph.ValueError, `"i1" has '1'`, array.Einsum("i1", x)},
		{graph.ValueError, `has '.'`, array.Einsum("..ij", x)},
		{graph.ValueError, `has '.'`, array.Einsum("...i...", x)},
		{graph.ValueError, "has the axis i twice", array.Einsum("ij->ii", x)},
		{graph.ValueError, "the axis k of the result is of no operand", array.Einsum("ij->k", x)},
		{graph.ValueError, "so the result has them too", array.Einsum("...j->j", x)},
		{graph.ValueError, "axes 0 and 1 of shape (2, 3) have one label and different lengths", array.Einsum("ii", x)},
		{graph.ValueError, "the axis j is of a length that is unknown in one operand; resolve", array.Einsum("ij,jk", x, y.Compress(y.Slice(":, 0").Gt(array.Const(0)), 0))},
		{graph.ValueError, "the axis j is of length 3 in the first operand and 4 in the second", array.Einsum("ij,jk", x, y)},
		{graph.ValueError, "three dots stand for an axis of length 3 in the first operand and 5 in the second", array.Einsum("i...,j...", x, y)},
		{graph.ValueError, "norm: it goes along one axis, or two of matrices, not 3", batches(2).Norm(array.Axes(0, 1, 2))},
		{graph.ValueError, "not 3 of shape (2, 2, 2); VectorNorm goes along any", batches(2).Norm(array.Ord(1))},
		{graph.ValueError, "the norm of order 2 needs singular values", x.Norm(array.Ord(2))},
		{graph.ValueError, "there is no norm of matrices of order 3", x.MatrixNorm(array.Ord(3))},
		{graph.ValueError, "matrices have two axes; given are 2 of the 1", array.Ones[float64]([]int{3}).MatrixNorm()},
		{graph.ValueError, "the order is NaN", x.VectorNorm(array.Ord(math.NaN()))},
		{graph.ValueError, "the correction 1 is for var and std", x.VectorNorm(array.Correction(1))},
		{graph.ValueError, "an order is for norms", x.Sum(array.Ord(1))},
		{graph.IndexError, "axis 7 is out of range", x.VectorNorm(array.Axes(7))},
		{graph.ValueError, "it has no value for none", array.Ones[float64]([]int{0, 3}).Norm(array.Ord(math.Inf(-1)), array.Axes(0))},
	} {
		var m *graph.Error
		require.ErrorAs(t, c.got.Err(), &m, c.text)
		require.Equal(t, c.kind, m.Kind, c.text)
		require.ErrorContains(t, m, c.text)
		require.Contains(t, m.Site.String(), "products_test.go")
	}
}

// TestLargeProductsAreDivided: no block is larger than those of the operands and
// 16 MiB, however long the axes.
func TestLargeProductsAreDivided(t *testing.T) {
	tall := array.Ones[float32]([]int{1_000_000, 4}, array.Chunks(array.Whole))
	long := array.Ones[float32]([]int{1_000_000}, array.Chunks(array.Whole))
	for _, p := range []array.Array{
		tall.MatMul(tall.Transpose()), array.Tensordot(long, long, 0), long.Outer(long), array.Einsum("ij,kj->ik", tall, tall), array.Einsum("i,j", long, long),
		array.Einsum("bi,bj->bij", tall, tall.Rechunk(array.Chunks(333, 3))), tall.Rechunk(array.Chunks(700_000, 4)).MatMul(tall.Transpose()),
	} {
		require.NoError(t, p.Err())
		require.LessOrEqual(t, 4*p.Chunks().Largest().Elements(), 16<<20, "%v", p)
	}
	whole := array.Ones[float64]([]int{3000, 3000}, array.Chunks(array.Whole))
	require.Equal(t, []int{1, 1}, whole.MatMul(whole).Chunks().Counts(), "as large as the operands'")

	// A corner of it is computed alone.
	e := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
	got, err := array.Values[float32](t.Context(), tall.MatMul(tall.Transpose()).Slice("999990:, :3"), array.On(e))
	require.NoError(t, err)
	require.Equal(t, slices.Repeat([]float32{4}, 30), got)
	got, err = array.Values[float32](t.Context(), long.Outer(long).Slice("5:7, -2:"), array.On(e))
	require.NoError(t, err)
	require.Equal(t, []float32{1, 1, 1, 1}, got)
}

// TestNorms: what NumPy 2.4 gives.
func TestNorms(t *testing.T) {
	x := array.FromSlice([]float64{1, -7, 3, 2.5}, []int{2, 2}, array.Chunks(1, 2))
	order := func(p float64, opts ...array.ReduceOption) []array.ReduceOption { return append(opts, array.Ord(p)) }
	inf := math.Inf(1)
	for _, c := range []struct {
		want []float64
		got  array.Array
	}{
		{[]float64{8.077747210701755}, x.Norm()}, {[]float64{9.5}, x.Norm(order(1)...)}, {[]float64{4}, x.Norm(order(-1)...)},
		{[]float64{8}, x.Norm(order(inf)...)}, {[]float64{5.5}, x.Norm(order(-inf)...)}, {[]float64{9.5}, x.MatrixNorm(order(1)...)},
		{[]float64{8}, x.Norm(order(1, array.Axes(1, 0))...)},
		{[]float64{3.1622776601683795, 7.433034373659253}, x.Norm(array.Axes(0))}, {[]float64{8, 5.5}, x.Norm(order(1, array.Axes(1))...)},
		{[]float64{3, 7}, x.Norm(order(inf, array.Axes(0))...)}, {[]float64{1, 2.5}, x.VectorNorm(order(-inf, array.Axes(0))...)},
		{[]float64{2, 2}, x.VectorNorm(order(0, array.Axes(0))...)}, {[]float64{7.006796120773448, 3.4931840139090524}, x.Norm(order(3, array.Axes(1))...)},
		{[]float64{13.291502622129181, 10.97722557505166}, x.Norm(order(0.5, array.Axes(1))...)},
		{[]float64{11.832159566199232}, array.FromSlice(numbers(8), []int{2, 2, 2}).VectorNorm()},
		{[]float64{0}, array.Ones[float64]([]int{0}).VectorNorm(order(inf)...)}, {[]float64{0}, array.Ones[float64]([]int{3, 0}).MatrixNorm(order(1)...)},
		{[]float64{129}, array.FromSlice([]int8{-128, 1}, nil).Norm(order(1)...)},
		{[]float64{5.0990195135927845}, array.FromSlice([]complex128{3 + 4i, 1}, nil).Norm()},
		{[]float64{500}, array.FromSlice([]float64{300, 400}, nil).AsType(dtype.Float16).Norm().AsType(dtype.Float64)}, // NumPy's is inf
	} {
		require.InDeltaSlice(t, c.want, values(t, c.got), 1e-13)
	}
	require.Equal(t, dtype.Float16, x.AsType(dtype.Float16).Norm().DType())
	require.Equal(t, dtype.Float32, x.AsType(dtype.Complex64).MatrixNorm().DType())
	require.Equal(t, []int{1, 1}, append([]int{}, x.Norm(array.Keepdims()).Shape()...))
	require.Equal(t, []int{1, 1}, append([]int{}, x.MatrixNorm(array.Ord(1), array.Keepdims()).Shape()...))
	require.Equal(t, []int{2, 1}, append([]int{}, x.VectorNorm(array.Axes(1), array.Keepdims()).Shape()...))
}

// TestNamesOfProducts: axes keep their names and chunks.
func TestNamesOfProducts(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{4, 6}, block.Shape{2, 3}), Names: []string{"time", "place"}}
	x := array.From(blocktest.NewSource(d, blockOf(t, numbers(24), 4, 6)))
	p := x.MatMul(x.Transpose())
	require.Equal(t, []string{"time", "time"}, p.Names())
	require.Equal(t, "(2x2, 2x2)", p.Chunks().String())
	require.Equal(t, []string{"time", "place"}, array.Einsum("ij,i->ij", x, array.Ones[float64]([]int{4})).Names())
	require.Equal(t, []string{"place"}, array.Einsum("ij->j", x).Names())
	require.Equal(t, []string{"time"}, x.Norm(array.AxesNamed("place")).Names())
}
