package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Buffers are the sizes in bytes of the inputs of a document, which may be
// wrong in any other way: who reads elements that follow a document knows from
// it where they end. The error says that they cannot be known.
func Buffers(data []byte) ([]int64, error) {
	if err := checkJSON(data); err != nil {
		return nil, err
	}
	if !isObject(data) {
		return nil, nil
	}
	top, err := fields(data)
	if err != nil {
		return nil, err
	}
	var nodes []json.RawMessage
	if json.Unmarshal(top["nodes"], &nodes) != nil {
		return nil, nil // which Decode refuses
	}
	var sizes []int64
	for i, raw := range nodes {
		if !isObject(raw) {
			continue
		}
		node, err := fields(raw)
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", i, err)
		}
		var name string
		if json.Unmarshal(node["op"], &name) != nil || name != OpInput {
			continue
		}
		size, err := parse[int64](node["nbytes"], "a number of bytes")
		if err == nil && size < 0 {
			err = fmt.Errorf("%d is not a number of bytes", size)
		}
		if err != nil {
			return nil, fmt.Errorf("node %d: nbytes: %w", i, err)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// Decode reads a document. What is not as the form says is a *graph.Error of the
// kind ValueError whose place is the node.
func Decode(data []byte) (*Document, error) {
	fault := func(err error) (*Document, error) {
		return nil, &graph.Error{Kind: graph.ValueError, Op: "document", Site: graph.Site{Text: "the top"}, Err: err}
	}
	if err := checkJSON(data); err != nil {
		return fault(err)
	}
	top, err := object(data, "v", "verb", "outputs", "nodes")
	if err != nil {
		return fault(err)
	}
	version, err := parse[int](top["v"], "the version, 1")
	if err == nil && version != 1 {
		err = fmt.Errorf("the version is %d; version 1 is read", version)
	}
	if err != nil {
		return fault(fmt.Errorf("v: %w", err))
	}
	var d Document
	if d.Verb, err = parse[Verb](top["verb"], `"compute" or "meta"`); err != nil {
		return fault(fmt.Errorf("verb: %w", err))
	}
	if d.Verb != Compute && d.Verb != Meta {
		return fault(fmt.Errorf(`verb: %s is neither "compute" nor "meta"`, quoted(string(d.Verb))))
	}
	nodes, err := parse[[]json.RawMessage](top["nodes"], "a list of nodes")
	if err != nil {
		return fault(fmt.Errorf("nodes: %w", err))
	}
	d.Nodes = make([]Node, 0, min(len(nodes), 1024))
	for i, raw := range nodes {
		n, err := decodeNode(raw, i)
		if err != nil {
			name := n.Op
			if name == "" || len(name) > 60 {
				name = "document"
			}
			return nil, &graph.Error{Kind: graph.ValueError, Op: op.Name(name), Site: Place(i), Err: err}
		}
		d.Nodes = append(d.Nodes, n)
	}
	if d.Outputs, err = positions(top["outputs"], len(nodes)); err != nil {
		return fault(fmt.Errorf("outputs: %w", err))
	}
	return &d, nil
}

// Place is what errors and plans call a node.
func Place(node int) graph.Site { return graph.Site{Text: "node " + strconv.Itoa(node)} }

// decodeNode reads node number i. The name of its operation is there also if
// there is an error, when it is known.
func decodeNode(raw json.RawMessage, i int) (n Node, err error) {
	f, err := object(raw, "id", "op", "in", "args", "kw", "out", "dtype", "shape", "chunks", "nbytes", "names", "attrs")
	if err != nil {
		return n, err
	}
	if n.Op, err = parse[string](f["op"], "the name of an operation"); err != nil {
		return n, fmt.Errorf("op: %w", err)
	}
	if f["id"] != nil {
		if id, err := parse[int](f["id"], "a whole number"); err != nil || id != i {
			return n, fmt.Errorf("id: it is the node's position %d, not %s", i, shown(f["id"]))
		}
	}
	if f["in"] != nil {
		if n.In, err = positions(f["in"], i); err != nil {
			return n, fmt.Errorf("in: %w", err)
		}
	}
	if f["args"] != nil {
		args, err := parse[[]json.RawMessage](f["args"], "a list of arguments")
		if err != nil {
			return n, fmt.Errorf("args: %w", err)
		}
		for k, arg := range args {
			v, err := n.value(arg, 0)
			if err != nil {
				return n, fmt.Errorf("args: number %d: %w", k, err)
			}
			n.Args = append(n.Args, v)
		}
	}
	if f["kw"] != nil {
		kw, err := fields(f["kw"])
		if err != nil {
			return n, fmt.Errorf("kw: %w", err)
		}
		n.Kw = make(map[string]Value, len(kw))
		for _, name := range slices.Sorted(maps.Keys(kw)) {
			if n.Kw[name], err = n.value(kw[name], 0); err != nil {
				return n, fmt.Errorf("kw: %s: %w", quoted(name), err)
			}
		}
	}
	if f["out"] != nil {
		if n.Out, err = parse[int](f["out"], "the number of a result"); err != nil || n.Out < 0 {
			return n, fmt.Errorf("out: %s is not the number of a result", shown(f["out"]))
		}
	}
	if f["names"] != nil {
		names, err := parse[[]*string](f["names"], "a list of names")
		if err == nil && slices.Contains(names, nil) {
			err = errors.New("an axis without a name is \"\"")
		}
		if err != nil {
			return n, fmt.Errorf("names: %w", err)
		}
		n.Names = make([]string, len(names))
		for i, name := range names {
			n.Names[i] = *name
		}
	}
	if f["attrs"] != nil {
		if err := json.Unmarshal(f["attrs"], &n.Attrs); err != nil {
			return n, fmt.Errorf("attrs: %w", err)
		}
	}
	if n.Op == OpInput {
		return n, n.decodeInput(f)
	}
	for _, name := range []string{"dtype", "shape", "chunks", "nbytes"} {
		if f[name] != nil {
			return n, fmt.Errorf("%s: only an input has it", name)
		}
	}
	return n, nil
}

// decodeInput reads what only inputs have, and checks that it agrees.
func (n *Node) decodeInput(f map[string]json.RawMessage) error {
	if len(n.In)+len(n.Args)+len(n.Kw)+n.Out > 0 {
		return errors.New("an input takes no arguments and has one result")
	}
	var in Input
	name, err := parse[string](f["dtype"], "the name of an element type")
	if err == nil {
		in.DType, err = dtype.Parse(name)
	}
	if err != nil {
		return fmt.Errorf("dtype: %w", err)
	}
	if in.Shape, err = ints(f["shape"], "a list of lengths"); err != nil {
		return fmt.Errorf("shape: %w", err)
	}
	if len(in.Shape) > MaxAxes {
		return fmt.Errorf("shape: there are %d axes, %d are the most", len(in.Shape), MaxAxes)
	}
	for axis, length := range in.Shape {
		if length < 0 {
			return fmt.Errorf("shape: the length %d of axis %d is negative", length, axis)
		}
	}
	elements, err := in.Shape.Size()
	if err == nil && elements > math.MaxInt64/in.DType.Size() {
		err = fmt.Errorf("%v of %v has more bytes than can be counted", in.Shape, in.DType)
	}
	if err != nil {
		return fmt.Errorf("shape: %w", err)
	}
	if in.NBytes, err = parse[int64](f["nbytes"], "a number of bytes"); err != nil {
		return fmt.Errorf("nbytes: %w", err)
	}
	if size := int64(elements) * int64(in.DType.Size()); size != in.NBytes {
		return fmt.Errorf("nbytes: shape %v of %v takes %d bytes, not %d", in.Shape, in.DType, size, in.NBytes)
	}
	if f["chunks"] != nil {
		if in.Chunks, err = decodeChunks(f["chunks"]); err != nil {
			return fmt.Errorf("chunks: %w", err)
		}
		if shape := in.Chunks.Shape(); !shape.Equal(in.Shape) {
			return fmt.Errorf("chunks: they are for shape %v, the array has shape %v", shape, in.Shape)
		}
	}
	if n.Names != nil && len(n.Names) != len(in.Shape) {
		return fmt.Errorf("names: there are %d for the %d axes of shape %v", len(n.Names), len(in.Shape), in.Shape)
	}
	n.Input = &in
	return nil
}

// decodeChunks reads chunks: for each axis the list of its lengths, or the
// stored form of a block.Axis.
func decodeChunks(raw json.RawMessage) (block.Grid, error) {
	axes, err := parse[[]json.RawMessage](raw, "a list of lengths for each axis")
	if err != nil {
		return nil, err
	}
	grid := make(block.Grid, len(axes))
	for i, raw := range axes {
		if isObject(raw) {
			err = json.Unmarshal(raw, &grid[i])
		} else {
			var lengths []int
			if lengths, err = ints(raw, "a list of lengths"); err == nil {
				grid[i], err = block.Irregular(lengths)
			}
		}
		if err == nil && !grid[i].Known() {
			err = errors.New("its length is unknown")
		}
		if err != nil {
			return nil, fmt.Errorf("axis %d: %w", i, err)
		}
	}
	return grid, nil
}

// value reads an argument that stands in a number of lists.
func (n *Node) value(raw json.RawMessage, depth int) (Value, error) {
	switch bytes.TrimSpace(raw)[0] {
	case 'n':
		return nil, nil
	case '"':
		return parse[string](raw, "text")
	case '[':
		if depth == maxDepth {
			return nil, fmt.Errorf("lists are nested more than %d deep", maxDepth)
		}
		items, err := parse[[]json.RawMessage](raw, "a list")
		if err != nil {
			return nil, err
		}
		list := make([]Value, len(items))
		for i, item := range items {
			if list[i], err = n.value(item, depth+1); err != nil {
				return nil, err
			}
		}
		return list, nil
	case '{':
		return n.marked(raw)
	}
	return nil, fmt.Errorf(`%s is no argument: a scalar is written with its kind, such as {"weak": "int", "v": "3"}`, shown(raw))
}

// marked reads an argument that is an object, which says what it is.
func (n *Node) marked(raw json.RawMessage) (Value, error) {
	f, err := fields(raw)
	if err != nil {
		return nil, err
	}
	if f["weak"] != nil && f["v"] != nil && len(f) == 2 {
		kind, err := parse[string](f["weak"], "the kind of a scalar")
		if err != nil {
			return nil, err
		}
		return weak(kind, f["v"])
	}
	if len(f) == 1 {
		for key, raw := range f {
			switch key {
			case "in":
				k, err := parse[int](raw, "the number of an entry of in")
				if err == nil && (k < 0 || k >= len(n.In)) {
					err = fmt.Errorf("in has %d entries, there is no number %d", len(n.In), k)
				}
				return In(k), err
			case "dtype":
				name, err := parse[string](raw, "the name of an element type")
				if err != nil {
					return nil, err
				}
				return dtype.Parse(name)
			case "slice":
				return decodeSlice(raw)
			case "ellipsis":
				if one, err := parse[int](raw, "1"); err != nil || one != 1 {
					return nil, fmt.Errorf(`an ellipsis is written {"ellipsis": 1}, not %s`, shown(raw))
				}
				return Ellipsis{}, nil
			case "chunks":
				return decodeChunks(raw)
			}
		}
	}
	return nil, fmt.Errorf("%s is no argument: it has one of the keys in, dtype, slice, ellipsis and chunks, or weak and v", shown(raw))
}

// decodeSlice reads start, stop and step: whole numbers, as such, as text or as
// scalars.
func decodeSlice(raw json.RawMessage) (Value, error) {
	parts, err := parse[[]json.RawMessage](raw, "start, stop and step")
	if err == nil && len(parts) != 3 {
		err = fmt.Errorf("a slice has start, stop and step, not %d numbers", len(parts))
	}
	if err != nil {
		return nil, err
	}
	var s Slice
	for i, to := range []**int{&s.Start, &s.Stop, &s.Step} {
		text := string(parts[i])
		if text == "null" {
			continue
		}
		if isObject(parts[i]) {
			f, err := object(parts[i], "weak", "v")
			if err != nil || string(f["weak"]) != `"int"` {
				return nil, fmt.Errorf("%s is not a number of a slice", shown(parts[i]))
			}
			text = string(f["v"])
		}
		if t, err := strconv.Unquote(text); err == nil && text[0] == '"' {
			text = t
		}
		v, err := parseInt(text)
		if err != nil {
			return nil, fmt.Errorf("a slice: %w", err)
		}
		n := math.MaxInt // beyond the end of any axis
		switch {
		case v.IsInt64():
			n = int(max(v.Int64(), -math.MaxInt))
		case v.Sign() < 0:
			n = -math.MaxInt
		}
		*to = &n
	}
	return s, nil
}

// positions reads a list of nodes before the one of number limit.
func positions(raw json.RawMessage, limit int) ([]int, error) {
	list, err := ints(raw, "a list of the positions of nodes")
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p < 0 || p >= limit {
			return nil, fmt.Errorf("there is no node %d among the %d before", p, limit)
		}
	}
	return list, nil
}

// checkJSON makes sure that data is one JSON value in UTF-8.
func checkJSON(data []byte) error {
	if len(data) > MaxBytes {
		return fmt.Errorf("the document has %d bytes, %d are the most", len(data), MaxBytes)
	}
	var all json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("this is not JSON: %w", err)
	}
	if !utf8.Valid(data) {
		return errors.New("this is not UTF-8")
	}
	return nil
}

func isObject(raw json.RawMessage) bool {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	return len(raw) > 0 && raw[0] == '{'
}

// fields are the values of an object by their keys, each of which is there once.
func fields(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if !isObject(raw) {
		return nil, fmt.Errorf("it is an object, not %s", shown(raw))
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	found := make(map[string]json.RawMessage)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name := key.(string)
		if _, twice := found[name]; twice {
			return nil, fmt.Errorf("it says %s twice", quoted(name))
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		found[name] = value
	}
	return found, nil
}

// object is fields of which all have one of the given keys.
func object(raw json.RawMessage, keys ...string) (map[string]json.RawMessage, error) {
	f, err := fields(raw)
	if err != nil {
		return nil, err
	}
	for name := range f {
		if !slices.Contains(keys, name) {
			return nil, fmt.Errorf("it has nothing called %s; there are %v", quoted(name), keys)
		}
	}
	return f, nil
}

// ints reads a list of whole numbers.
func ints(raw json.RawMessage, what string) ([]int, error) {
	list, err := parse[[]int](raw, what)
	if err == nil && bytes.IndexByte(raw, 'n') >= 0 {
		err = fmt.Errorf("it is %s, without null", what)
	}
	return list, err
}

// parse reads a value that is neither null nor missing.
func parse[T any](raw json.RawMessage, what string) (T, error) {
	var v *T
	if raw == nil {
		return *new(T), fmt.Errorf("%s is missing", what)
	}
	if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		return *new(T), fmt.Errorf("it is %s, not %s", what, shown(raw))
	}
	return *v, nil
}
