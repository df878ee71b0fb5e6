package call

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/scheduler"
)

// saved is what arrays save themselves as, read again.
func saved(t *testing.T, arrays, inputs []array.Array) *document.Document {
	t.Helper()
	var refs []graph.Ref
	for _, x := range inputs {
		g, err := array.Graph(x)
		require.NoError(t, err)
		refs = append(refs, g.Outputs...)
	}
	g, err := array.Graph(arrays...)
	require.NoError(t, err)
	doc, err := document.Of(g, refs...)
	require.NoError(t, err)
	text, err := document.Encode(doc)
	require.NoError(t, err)
	again, err := document.Decode(text)
	require.NoError(t, err, "%s", text)
	twice, err := document.Encode(again)
	require.NoError(t, err)
	require.Equal(t, string(text), string(twice))
	return again
}

// computed are the elements of arrays, one after the other on one goroutine.
func computed(t *testing.T, arrays []array.Array) []block.Block {
	t.Helper()
	blocks, err := array.Compute(context.Background(), arrays, array.On(scheduler.Serial{}), array.Verify())
	require.NoError(t, err)
	return blocks
}

// evaluated are the arrays of a document whose inputs have the elements of given
// arrays.
func evaluated(t *testing.T, doc *document.Document, inputs []array.Array) []array.Array {
	t.Helper()
	r, err := Evaluate(doc, Environment{Input: func(i int, in *document.Input) (block.Block, error) {
		return computed(t, inputs[i:i+1])[0], nil
	}})
	require.NoError(t, err)
	require.Empty(t, r.Stores)
	return r.Outputs
}

// TestSameArray: an operation that has nothing to do gives the array itself.
func TestSameArray(t *testing.T) {
	for _, x := range []array.Array{field, line} {
		results, err := InvokeAt("here", "astype", []Arg{x, x.DType()}, nil)
		require.NoError(t, err)
		was, err := array.Graph(x)
		require.NoError(t, err)
		is, err := array.Graph(results...)
		require.NoError(t, err)
		require.Equal(t, was.Outputs, is.Outputs)
	}
}

// withoutHistory are the attributes of an array apart from its history, which has
// the conversions of operands as steps of their own.
func withoutHistory(x array.Array) block.Attributes {
	attrs := x.Attrs()
	delete(attrs, "history")
	return attrs
}

// requireSameThroughDocument checks that arrays are the same when they went through a
// document: types, blocks and names at once, and bits when computed.
func requireSameThroughDocument(t *testing.T, arrays, inputs []array.Array) {
	t.Helper()
	again := evaluated(t, saved(t, arrays, inputs), inputs)
	require.Len(t, again, len(arrays))
	for i, x := range arrays {
		require.Equal(t, x.DType(), again[i].DType())
		require.True(t, x.Chunks().Equal(again[i].Chunks()), "%v instead of %v", again[i].Chunks(), x.Chunks())
		require.Equal(t, x.Names(), again[i].Names())
		require.Equal(t, withoutHistory(x), withoutHistory(again[i]))
	}
	want, got := computed(t, arrays), computed(t, again)
	for i := range want {
		require.Equal(t, want[i].DenseBytes(), got[i].DenseBytes())
	}
}

// TestSavedConstants: the sign of NaN and a mask that is a list go through documents.
func TestSavedConstants(t *testing.T) {
	negative := math.Copysign(math.NaN(), -1)
	var arrays []array.Array
	for _, args := range [][]Arg{{[]Arg{2}, negative}, {[]Arg{2}, math.NaN()}, {[]Arg{2}, complex(math.NaN(), negative)}, {[]Arg{}, negative}} {
		results, err := Invoke("full", args, nil)
		require.NoError(t, err)
		arrays = append(arrays, results...)
	}
	require.True(t, math.Signbit(dtype.Slice[float64](computed(t, arrays)[0].DenseBytes())[0]))
	for _, key := range [][]Arg{{[]Arg{true, false, true}}, {document.Ellipsis{}, []Arg{true, false, false, true}}} {
		results, err := Invoke("getitem", []Arg{field, key}, nil)
		require.NoError(t, err)
		arrays = append(arrays, results...)
		results, err = Invoke("setitem", []Arg{field, key, 7}, nil)
		require.NoError(t, err)
		arrays = append(arrays, results...)
	}
	requireSameThroughDocument(t, arrays, []array.Array{field})
}

// TestGufuncsAreNotSaved: documents have functions of whole blocks alone, whatever
// their name.
func TestGufuncsAreNotSaved(t *testing.T) {
	double := func(_ context.Context, dst []float64, src [][]float64) error { dst[0] = 2 * src[0][0]; return nil }
	g, err := array.Graph(array.ApplyGufunc("()->()", double, []array.Array{array.Zeros[float64]([]int{3})}, nil, array.FuncName("double")))
	require.NoError(t, err)
	_, err = document.Of(g)
	require.ErrorContains(t, err, `apply_gufunc: the function "double" drops or adds axes, or goes along axes of its own, which documents do not have`)
}
