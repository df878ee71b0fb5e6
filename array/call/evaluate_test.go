package call

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/op"
	"gabion/io/netcdf"
	"gabion/io/zarr"
)

// plan is a document of nodes as JSON, which wants the last of them.
func plan(t *testing.T, nodes ...string) *document.Document {
	t.Helper()
	doc, err := document.Decode(fmt.Appendf(nil, `{"v": 1, "verb": "compute", "outputs": [%d], "nodes": [%s]}`, len(nodes)-1, strings.Join(nodes, ",\n")))
	require.NoError(t, err)
	return doc
}

// counting gives inputs the elements 0, 1, 2, and so on, of their type.
func counting(_ int, in *document.Input) (block.Block, error) {
	b, err := array.Compute(context.Background(), []array.Array{array.Arange(0, in.Shape.Elements(), 1).Reshape(in.Shape...).AsType(in.DType)})
	if err != nil {
		return block.Block{}, err
	}
	return b[0], nil
}

const inputNode = `{"op": "input", "dtype": "float64", "shape": [2, 3], "chunks": [[1, 1], [3]], "nbytes": 48}`

// TestPage is the example of the form's description.
func TestPage(t *testing.T) {
	r, err := Evaluate(plan(t, inputNode,
		`{"id": 1, "op": "multiply", "in": [0], "args": [{"in": 0}, {"weak": "float", "v": "0x1.4p+1"}], "kw": {}, "out": 0}`,
		`{"id": 2, "op": "sum", "in": [1], "args": [{"in": 0}], "out": 0,
		  "kw": {"axis": [{"weak": "int", "v": "-1"}], "dtype": {"dtype": "float64"}, "keepdims": {"weak": "bool", "v": true}}}`),
		Environment{Input: counting})
	require.NoError(t, err)
	require.Equal(t, "Array(float64, shape (2, 1), chunks (2x1, 1), 16B)", r.Outputs[0].String())
	require.Equal(t, []float64{7.5, 30}, values[float64](t, r.Outputs[0]))
}

// TestMistakes are documents of which every node is of the right form, and what
// is said of them.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		kind  graph.Kind
		want  string
		nodes []string
	}{
		{graph.NotImplementedError, "frobnicate: there is no such operation (at node 1)", []string{inputNode, `{"op": "frobnicate"}`}},
		{graph.TypeError, `setitem: its parameter "x" is missing: it is setitem(x, key, value) (at node 0)`, []string{`{"op": "setitem"}`}},
		{graph.TypeError, `sum: its parameter "x" is missing`, []string{`{"op": "sum"}`}},
		{graph.IndexError, "axis 5 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1 (at node 1)", []string{inputNode, `{"op": "sum", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "5"}]}`}},
		{graph.ValueError, "add: shapes (2, 3) and (2,) do not broadcast: along axis 1 of the result the lengths are 3 and 2 (at node 2)",
			[]string{inputNode, `{"op": "zeros", "args": [{"weak": "int", "v": "2"}]}`, `{"op": "add", "in": [0, 1], "args": [{"in": 0}, {"in": 1}]}`}},
		{graph.TypeError, "negative does not take bool", []string{`{"op": "ones", "args": [[], {"dtype": "bool"}]}`, `{"op": "negative", "in": [0], "args": [{"in": 0}]}`}},
		{graph.OverflowError, "does not fit int8", []string{`{"op": "ones", "args": [[], {"dtype": "int8"}]}`, `{"op": "add", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "128"}]}`}},
		{graph.ValueError, "divmod: it has 2 results, there is no number 2 (at node 1)", []string{inputNode, `{"op": "divmod", "in": [0], "args": [{"in": 0}, {"in": 0}], "out": 2}`}},
		{graph.ValueError, "sum: it has 1 result, there is no number 1 (at node 1)", []string{inputNode, `{"op": "sum", "in": [0], "args": [{"in": 0}], "out": 1}`}},
		{graph.ValueError, "only arrays that are made have names", []string{inputNode, `{"op": "sum", "in": [0], "args": [{"in": 0}], "attrs": {}}`}},
		{graph.ValueError, `there are 1 dimension names ["y"] for the axes of shape ()`, []string{inputNode, `{"op": "sum", "in": [0], "args": [{"in": 0}], "names": ["y"]}`}},
		{graph.ValueError, "there are 2 dimension names", []string{`{"op": "zeros", "args": [{"weak": "int", "v": "2"}], "names": ["a", "b"]}`}},
		{graph.NotImplementedError, "read: files are not read here (at node 0)", []string{`{"op": "read", "kw": {"uri": "x.nc"}}`}},
		{graph.NotImplementedError, "write: files are not written here (at node 1)", []string{inputNode, `{"op": "write", "in": [0], "args": [{"in": 0}], "kw": {"uri": "x.zarr"}}`}},
		{graph.TypeError, `write: it has no parameter "mode": it is write(x, uri, name=…, format=…, overwrite=…)`, []string{inputNode, `{"op": "write", "in": [0], "args": [{"in": 0}], "kw": {"uri": "x.zarr", "mode": "w"}}`}},
		{graph.TypeError, `read: its parameter "uri" is missing`, []string{`{"op": "read", "kw": {"name": "x"}}`}},
		{graph.TypeError, "uri: it is text, not 1", []string{`{"op": "read", "kw": {"uri": {"weak": "int", "v": "1"}}}`}},
		{graph.ValueError, "arrays of more than 33554432 blocks meet: rechunk them", []string{
			`{"op": "zeros", "args": [{"weak": "int", "v": "1000000000000"}], "kw": {"chunks": {"weak": "int", "v": "3"}}}`,
			`{"op": "zeros", "args": [{"weak": "int", "v": "1000000000000"}], "kw": {"chunks": {"weak": "int", "v": "5"}}}`,
			`{"op": "add", "in": [0, 1], "args": [{"in": 0}, {"in": 1}]}`}},
	} {
		_, err := Evaluate(plan(t, c.nodes...), Environment{Input: counting})
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake, c.want)
		require.Equal(t, c.kind, mistake.Kind, "%v", err)
		require.ErrorContains(t, err, c.want)
	}
	_, err := Evaluate(plan(t, inputNode), Environment{})
	require.ErrorContains(t, err, "input: no elements come with this document: use a read (at node 0)")
	_, err = Evaluate(plan(t, inputNode), Environment{Input: func(int, *document.Input) (block.Block, error) { return block.Block{}, errors.New("oops") }})
	require.ErrorContains(t, err, "input: oops (at node 0)")
	_, err = Evaluate(plan(t, inputNode), Environment{Input: func(int, *document.Input) (block.Block, error) {
		return block.Dense(dtype.Bool, block.Shape{1}, []byte{1}), nil
	}})
	require.ErrorContains(t, err, "the elements are bool of shape (1,), not float64 of shape (2, 3)")
	_, err = Evaluate(&document.Document{Outputs: []int{0}}, Environment{})
	require.ErrorContains(t, err, "there is no node 0")
	_, err = Evaluate(&document.Document{}, Environment{})
	require.ErrorContains(t, err, "nothing is asked for")
	_, err = Evaluate(&document.Document{Nodes: []document.Node{{Op: "sum", In: []int{0}, Args: []Arg{document.In(0)}}}, Outputs: []int{0}}, Environment{})
	require.ErrorContains(t, err, "there is no node 0 before it")
	_, err = Evaluate(&document.Document{Nodes: []document.Node{{Op: "sum", Args: []Arg{document.In(0)}}}, Outputs: []int{0}}, Environment{})
	require.ErrorContains(t, err, "in has 0 entries")
}

// TestSeveralResults: nodes that differ only in their result share one call.
func TestSeveralResults(t *testing.T) {
	two := `{"op": "divmod", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "2"}], "out": %d}`
	doc := plan(t, inputNode, fmt.Sprintf(two, 1), fmt.Sprintf(two, 0), fmt.Sprintf(two, 1))
	doc.Outputs = []int{1, 2, 3}
	r, err := Evaluate(doc, Environment{Input: counting})
	require.NoError(t, err)
	require.Equal(t, []float64{0, 1, 0, 1, 0, 1}, values[float64](t, r.Outputs[0]))
	require.Equal(t, []float64{0, 0, 1, 1, 2, 2}, values[float64](t, r.Outputs[1]))
	g, err := array.Graph(r.Outputs...)
	require.NoError(t, err)
	require.Same(t, g.Outputs[0].Node, g.Outputs[2].Node)
}

// TestReadAndWrite runs a document from a file to a file, and writes the graph of
// a file as a document.
func TestReadAndWrite(t *testing.T) {
	const winds = "../../examples/data/monthly_navy_winds.nc"
	path := filepath.Join(t.TempDir(), "means.zarr")
	var from []Location
	env := Environment{
		Read: func(l Location) (block.Source, error) {
			from = append(from, l)
			file, err := netcdf.Open(l.URI)
			if err != nil {
				return nil, err
			}
			return file.Variable(l.Name)
		},
		Write: func(to Target) (block.Sink, error) {
			require.Equal(t, Target{Location{URI: path, Format: "zarr"}, true}, to)
			return zarr.Create(to.URI, zarr.Overwrite()), nil
		},
	}
	doc := plan(t, `{"op": "read", "kw": {"uri": "`+winds+`", "name": "UWND", "format": "netcdf"}}`,
		`{"op": "mean", "in": [0], "args": [{"in": 0}, ["TIME"]]}`,
		fmt.Sprintf(`{"op": "write", "in": [1], "args": [{"in": 0}, %q], "kw": {"format": "zarr", "overwrite": {"weak": "bool", "v": true}}}`, path))
	r, err := Evaluate(doc, env)
	require.NoError(t, err)
	require.Equal(t, []Location{{winds, "UWND", "netcdf"}}, from)
	require.Len(t, r.Stores, 1)
	require.Equal(t, []string{"FNOCY", "FNOCX"}, r.Outputs[0].Names(), "a write stands for what it stores")
	require.NoError(t, array.StoreAll(context.Background(), r.Stores))
	require.DirExists(t, path)

	doc.Nodes = append(doc.Nodes, doc.Nodes[2])
	_, err = Evaluate(doc, env)
	require.ErrorContains(t, err, "an earlier node writes to")

	again := saved(t, r.Outputs, nil)
	require.Equal(t, kw{"uri": winds, "name": "UWND"}, kw(again.Nodes[0].Kw))
	r2, err := Evaluate(again, env)
	require.NoError(t, err)
	require.Equal(t, computed(t, r.Outputs), computed(t, r2.Outputs))

	again.Nodes[0].Kw["uri"] = "missing.nc"
	_, err = Evaluate(again, env)
	var mistake *graph.Error
	require.ErrorAs(t, err, &mistake)
	require.Equal(t, graph.RuntimeError, mistake.Kind)
	require.ErrorContains(t, err, "(at node 0)")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestWritesMeet: no two nodes write to one place, however it is spelled, nor to one
// in another.
func TestWritesMeet(t *testing.T) {
	whole, err := filepath.Abs("d/t.npy")
	require.NoError(t, err)
	const meet = "an earlier node writes to"
	for _, c := range []struct{ first, second, want string }{
		{`"uri": "d/t.npy"`, `"uri": "./d/t.npy"`, meet},
		{`"uri": "d/t.npy"`, `"uri": "d//u/../t.npy"`, meet},
		{`"uri": "d/t.npy"`, fmt.Sprintf(`"uri": %q`, whole), meet},
		{`"uri": "d/g.zarr"`, `"uri": "d/g.zarr/", "format": "zarr"`, meet},
		{`"uri": "d/g.zarr"`, `"uri": "d/g.zarr", "name": "a"`, meet},
		{`"uri": "d/g.zarr", "name": "a"`, `"uri": "d/g.zarr"`, meet},
		{`"uri": "d/g.zarr", "name": "a"`, `"uri": "d/g.zarr/a"`, meet},
		{`"uri": "d/a.npz", "name": "a"`, `"uri": "d/a.npz", "name": "b"`, "an archive is written whole, by one node; " + meet},
		{`"uri": "d/a", "name": "a", "format": "npz"`, `"uri": "./d/a", "name": "b", "format": "npz"`, "an archive is written whole"},
		{`"uri": "d/g.zarr", "name": "a"`, `"uri": "d/g.zarr", "name": "ab"`, ""},
		{`"uri": "d/a.npz", "name": "a", "format": "zarr"`, `"uri": "d/a.npz", "name": "b", "format": "zarr"`, ""},
		{`"uri": "d/g.zarr"`, `"uri": "d/g.zarr2"`, ""},
		{`"uri": "d/g.zarr"`, `"uri": "g.zarr"`, ""},
	} {
		nodes := []string{inputNode}
		for _, to := range []string{`"uri": "d/g"`, c.first, `"uri": "z"`, `"uri": "d/g.zar"`, c.second} {
			nodes = append(nodes, `{"op": "write", "in": [0], "args": [{"in": 0}], "kw": {`+to+`}}`)
		}
		_, err := Evaluate(plan(t, nodes...), Environment{Input: counting, Write: func(Target) (block.Sink, error) { return failing{}, nil }})
		if c.want == "" {
			require.NoError(t, err, "%s and %s", c.first, c.second)
			continue
		}
		require.ErrorContains(t, err, c.want, "%s and %s", c.first, c.second)
		require.ErrorContains(t, err, "(at node 5)")
	}
}

// failing is a sink that can do one thing less than it has to.
type failing struct{ in string }

func (f failing) do(what string) error {
	if f.in == what {
		return errors.New("no " + what)
	}
	return nil
}
func (f failing) Align(block.Description) (block.Grid, error)    { return nil, f.do("align") }
func (f failing) Begin(context.Context, block.Description) error { return f.do("begin") }
func (f failing) Scratch(block.Region) int64                     { return 0 }
func (f failing) Commit(context.Context) error                   { return f.do("commit") }
func (f failing) Abort() error                                   { return f.do("abort") }
func (f failing) Write(context.Context, block.Region, block.Block, *block.Scratch) error {
	return f.do("write")
}

// TestWriteFails: what goes wrong with a sink is told as of the node.
func TestWriteFails(t *testing.T) {
	doc := plan(t, inputNode, `{"op": "write", "in": [0], "args": [{"in": 0}], "kw": {"uri": "x"}}`)
	for _, what := range []string{"align", "begin", "write", "commit"} {
		r, err := Evaluate(doc, Environment{Input: counting, Write: func(Target) (block.Sink, error) { return failing{what}, nil }})
		require.NoError(t, err)
		err = array.StoreAll(t.Context(), r.Stores)
		require.ErrorContains(t, err, "no "+what+" (at node 1)")
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake)
		require.Equal(t, op.Name(document.OpWrite), mistake.Op)
	}
	require.ErrorContains(t, target{failing{"abort"}, document.Place(1)}.Abort(), "no abort (at node 1)")
}

// FuzzEvaluate makes the arrays of documents that are of the right form. Nothing
// is computed.
func FuzzEvaluate(f *testing.F) {
	files, err := filepath.Glob("../../graph/document/testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no documents", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	env := Environment{Input: func(_ int, in *document.Input) (block.Block, error) {
		return block.Block{DType: in.DType, Shape: in.Shape, Strides: make([]int, len(in.Shape)), Data: make([]byte, 16)}, nil
	}}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := document.Decode(text)
		if err != nil {
			return
		}
		r, err := Evaluate(doc, env)
		if err != nil {
			var mistake *graph.Error
			if !errors.As(err, &mistake) || mistake.Kind == "" || mistake.Site.Text == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		for _, x := range r.Outputs {
			if x.Err() != nil {
				t.Fatal(x.Err())
			}
		}
	})
}
