package call

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gabion/array"
	"gabion/block"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/op"
)

// Environment is what documents refer to outside of themselves. What is nil is
// refused.
type Environment struct {
	// Input is the elements of input number i of the document, of its type
	// and shape; they must not change while anything made of them is in use.
	Input func(i int, in *document.Input) (block.Block, error)

	// Read opens a source.
	Read func(from Location) (block.Source, error)

	// Write is where an array goes. Nothing is written before the array is
	// computed.
	Write func(to Target) (block.Sink, error)
}

// Location is where a document finds an array: a file or folder, the name of a
// variable in it, and the format. "" is what the reader finds out.
type Location struct{ URI, Name, Format string }

// Target is where a document stores an array, and whether it may replace one.
type Target struct {
	Location
	Overwrite bool
}

// Results are the arrays of a document. Nothing of them is computed.
type Results struct {
	Outputs []array.Array  // as the document lists them
	Stores  []array.Output // what its write nodes store, in their order
}

// The parameters of the operations that documents alone have.
var writeOp = op.Op{Name: document.OpWrite, Params: []op.Param{
	{Name: "x", Kind: op.Operand}, {Name: "uri", Kind: op.Text},
	{Name: "name", Kind: op.Text, Optional: true}, {Name: "format", Kind: op.Text, Optional: true}, {Name: "overwrite", Kind: op.Bool, Optional: true},
}}

// Evaluate makes the arrays of a document. Errors are *graph.Error with the node
// as their place, node 3; the array that a node stands for has the same place in plans.
//
// A read takes uri, name and format, a write an array, uri, name, format and
// overwrite. A write stands for the array that it stores. Nodes that differ only in
// which of several results they are share one call.
func Evaluate(d *document.Document, env Environment) (Results, error) {
	e := evaluation{env: env, document: d, nodes: make([]array.Array, len(d.Nodes)), calls: make(map[string][]array.Array)}
	for i := range d.Nodes {
		x, err := e.node(i, &d.Nodes[i])
		if err != nil {
			var mistake *graph.Error
			if !errors.As(err, &mistake) {
				err = &graph.Error{Kind: graph.RuntimeError, Op: op.Name(shortened(d.Nodes[i].Op)), Site: document.Place(i), Err: err}
			}
			return Results{}, err
		}
		e.nodes[i] = x
	}
	for _, out := range d.Outputs {
		if out < 0 || out >= len(e.nodes) {
			return Results{}, &graph.Error{Kind: graph.ValueError, Op: "document", Site: graph.Site{Text: "outputs"}, Err: fmt.Errorf("there is no node %d", out)}
		}
		e.results.Outputs = append(e.results.Outputs, e.nodes[out])
	}
	if len(d.Outputs)+len(e.results.Stores) == 0 {
		return Results{}, &graph.Error{Kind: graph.ValueError, Op: "document", Site: graph.Site{Text: "outputs"},
			Err: errors.New("nothing is asked for: there is neither an output nor a write")}
	}
	return e.results, nil
}

type evaluation struct {
	env      Environment
	document *document.Document
	nodes    []array.Array            // made so far
	inputs   int                      // how many of them are inputs
	calls    map[string][]array.Array // with several results, by what is called
	written  []string                 // where nodes write, in order; no place is in another
	results  Results
}

// node is the array that a node stands for.
func (e *evaluation) node(i int, n *document.Node) (array.Array, error) {
	place := document.Place(i)
	fail := func(kind graph.Kind, err error) (array.Array, error) {
		return array.Array{}, &graph.Error{Kind: kind, Op: op.Name(shortened(n.Op)), Site: place, Err: err}
	}
	for _, k := range n.In {
		if k < 0 || k >= i {
			return fail(graph.ValueError, fmt.Errorf("there is no node %d before it", k))
		}
	}
	var labels []array.CreateOption
	if n.Names != nil {
		labels = append(labels, array.Names(n.Names...))
	}
	if n.Attrs != nil {
		labels = append(labels, array.Attrs(n.Attrs))
	}
	if n.Op == document.OpInput {
		return e.input(n, place.Text, labels)
	}
	args := make([]Arg, len(n.Args))
	kw := make(map[string]Arg, len(n.Kw))
	var err error
	for k, v := range n.Args {
		if args[k], err = e.resolved(n, v); err != nil {
			return fail(graph.ValueError, err)
		}
	}
	for name, v := range n.Kw {
		if kw[name], err = e.resolved(n, v); err != nil {
			return fail(graph.ValueError, err)
		}
	}
	switch n.Op {
	case string(op.Read), document.OpWrite:
		if labels != nil {
			return fail(graph.ValueError, errors.New("only arrays that are made have names and attributes of their own"))
		}
		if n.Out != 0 {
			return fail(graph.ValueError, fmt.Errorf("it has one result, there is no number %d", n.Out))
		}
		if n.Op == document.OpWrite {
			return e.write(place, args, kw)
		}
		return e.read(place, args, kw)
	}
	if err := checkBlocks(args, kw); err != nil {
		return fail(graph.ValueError, err)
	}
	row := op.Find(n.Op)
	own := row != nil && row.TakesArrays() && n.Names != nil // of a result, instead of those that the operation gives
	if own {
		labels = nil
	}
	key, err := e.key(n)
	if err != nil {
		return fail(graph.ValueError, err)
	}
	results, done := e.calls[key]
	if !done {
		if results, err = invoke(place.Text, n.Op, args, kw, labels); err != nil {
			return array.Array{}, err
		}
		if key != "" {
			e.calls[key] = results
		}
	}
	if n.Out >= len(results) {
		return fail(graph.ValueError, fmt.Errorf("it has %d %s, there is no number %d", len(results), plural("result", len(results)), n.Out))
	}
	x := results[n.Out]
	if own {
		if x = x.Labelled(n.Names, n.Attrs); x.Err() != nil {
			return fail(graph.ValueError, errors.Unwrap(x.Err()))
		}
	}
	return x, nil
}

// resolved is an argument with arrays in the place of references.
func (e *evaluation) resolved(n *document.Node, v document.Value) (Arg, error) {
	switch v := v.(type) {
	case document.In:
		if v < 0 || int(v) >= len(n.In) {
			return nil, fmt.Errorf("in has %d entries, there is no number %d", len(n.In), v)
		}
		return e.nodes[n.In[v]], nil
	case []document.Value:
		list := make([]Arg, len(v))
		for i, item := range v {
			var err error
			if list[i], err = e.resolved(n, item); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return v, nil
}

// key is the same for nodes that are results of one call; "" where an operation
// has one result.
func (e *evaluation) key(n *document.Node) (string, error) {
	row := called(n.Op, len(n.Args)+len(n.Kw))
	if row == nil || severalCalls[row.Name] == nil {
		return "", nil
	}
	alike := *n
	alike.Out = 0
	text, err := document.Encode(&document.Document{Nodes: []document.Node{alike}})
	return string(text), err
}

// maxBlocks bounds the blocks of arrays that meet: where their boundaries do not
// repeat together, all of them are listed. Documents are not trusted.
const maxBlocks = 1 << 25

func checkBlocks(args []Arg, kw map[string]Arg) error {
	arrays, blocks := 0, 0
	var count func(v Arg)
	count = func(v Arg) {
		switch v := v.(type) {
		case array.Array:
			arrays++
			for _, axis := range v.Chunks() {
				blocks += min(axis.Blocks(), maxBlocks+1-min(blocks, maxBlocks))
			}
		case []Arg:
			for _, item := range v {
				count(item)
			}
		}
	}
	for _, v := range args {
		count(v)
	}
	for _, v := range kw {
		count(v)
	}
	if arrays > 1 && blocks > maxBlocks {
		return fmt.Errorf("arrays of more than %d blocks meet: rechunk them", maxBlocks)
	}
	return nil
}

// input is an array whose elements come with the document.
func (e *evaluation) input(n *document.Node, place string, opts []array.CreateOption) (array.Array, error) {
	if e.env.Input == nil || n.Input == nil {
		return array.Array{}, &graph.Error{Kind: graph.ValueError, Op: document.OpInput, Site: graph.Site{Text: place},
			Err: errors.New("no elements come with this document: use a read")}
	}
	elements, err := e.env.Input(e.inputs, n.Input)
	if err != nil {
		return array.Array{}, err
	}
	e.inputs++
	if elements.DType != n.Input.DType || !elements.Shape.Equal(n.Input.Shape) {
		return array.Array{}, fmt.Errorf("the elements are %v of shape %v, not %v of shape %v", elements.DType, elements.Shape, n.Input.DType, n.Input.Shape)
	}
	if n.Input.Chunks != nil {
		opts = append(opts, array.ChunksOf(n.Input.Chunks))
	}
	x := array.FromBlock(elements, opts...).MadeAt(place)
	a := arguments{row: &op.Op{Name: document.OpInput}, place: place, at: graph.Site{Text: place}}
	return x, a.placed(x.Err())
}

func (e *evaluation) read(place graph.Site, args []Arg, kw map[string]Arg) (array.Array, error) {
	a := &arguments{row: op.Lookup(op.Read), place: place.Text, at: place}
	a.bind(args, kw)
	from := Location{URI: a.text("uri"), Name: a.text("name"), Format: a.text("format")}
	if e.env.Read == nil {
		a.fail(graph.NotImplementedError, "", errors.New("files are not read here"))
	}
	if a.err != nil {
		return array.Array{}, a.err
	}
	source, err := e.env.Read(from)
	if err != nil {
		return array.Array{}, err
	}
	x := array.From(source).MadeAt(place.Text)
	return x, a.placed(x.Err())
}

func (e *evaluation) write(place graph.Site, args []Arg, kw map[string]Arg) (array.Array, error) {
	a := &arguments{row: &writeOp, place: place.Text, at: place}
	a.bind(args, kw)
	if a.err != nil {
		return array.Array{}, a.err
	}
	x := a.array("x")
	to := Target{Location{URI: a.text("uri"), Name: a.text("name"), Format: a.text("format")}, a.bool("overwrite")}
	if e.env.Write == nil {
		a.fail(graph.NotImplementedError, "", errors.New("files are not written here"))
	}
	if a.err != nil {
		return array.Array{}, a.err
	}
	archive := to.Format == "npz" || to.Format == "" && strings.EqualFold(filepath.Ext(to.URI), ".npz")
	where := to.URI
	if !archive {
		where = filepath.Join(where, to.Name)
	}
	if !e.claim(where) {
		err := fmt.Errorf("an earlier node writes to %q already", shortened(to.URI))
		if archive {
			err = fmt.Errorf("an archive is written whole, by one node; %w", err)
		}
		a.fail(graph.ValueError, "uri", err)
		return array.Array{}, a.err
	}
	sink, err := e.env.Write(to)
	if err != nil {
		return array.Array{}, err
	}
	e.results.Stores = append(e.results.Stores, array.Output{Array: x, Sink: target{sink, place}})
	return x, nil
}

// claim takes a place for a node to write to, unless an earlier node writes to it,
// to a folder that it is in or to something inside of it.
func (e *evaluation) claim(path string) bool {
	if whole, err := filepath.Abs(path); err == nil { // which has one spelling
		path = whole
	}
	path = strings.TrimSuffix(filepath.Clean(path), string(filepath.Separator)) + string(filepath.Separator)
	// What begins with path is sorted behind it, without anything between: as no
	// place is in another, neighbours are all that can hold path or be in it.
	i, _ := slices.BinarySearch(e.written, path)
	if i < len(e.written) && strings.HasPrefix(e.written[i], path) || i > 0 && strings.HasPrefix(path, e.written[i-1]) {
		return false
	}
	e.written = slices.Insert(e.written, i, path)
	return true
}

// target is where a write node stores its array: errors say that it is this node's.
type target struct {
	block.Sink
	at graph.Site
}

func (t target) placed(err error) error {
	if err == nil {
		return nil
	}
	return &graph.Error{Kind: graph.RuntimeError, Op: document.OpWrite, Site: t.at, Err: err}
}

// Name is the sink's own, if it has one.
func (t target) Name() string {
	if named, ok := t.Sink.(block.SinkName); ok {
		return named.Name()
	}
	return ""
}

func (t target) Align(d block.Description) (block.Grid, error) {
	grid, err := t.Sink.Align(d)
	return grid, t.placed(err)
}

func (t target) Begin(ctx context.Context, d block.Description) error {
	return t.placed(t.Sink.Begin(ctx, d))
}

func (t target) Write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	return t.placed(t.Sink.Write(ctx, r, b, scratch))
}

func (t target) Commit(ctx context.Context) error { return t.placed(t.Sink.Commit(ctx)) }

func (t target) Abort() error { return t.placed(t.Sink.Abort()) }
