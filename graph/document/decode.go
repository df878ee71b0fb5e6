package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

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
	nodes, err := list(top["nodes"], "a list of nodes")
	if err != nil {
		return nil, nil // which Decode refuses
	}
	var sizes []int64
	for i, raw := range nodes {
		if !isObject(raw) || !bytes.Contains(raw, []byte(OpInput)) && bytes.IndexByte(raw, '\\') < 0 {
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
// kind ValueError, or OverflowError where a scalar does not fit, whose place is the node.
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
	nodes, err := list(top["nodes"], "a list of nodes")
	if err != nil {
		return fault(fmt.Errorf("nodes: %w", err))
	}
	if len(nodes) > MaxNodes {
		return fault(fmt.Errorf("nodes: there are %d, %d are the most", len(nodes), MaxNodes))
	}
	d.Nodes = make([]Node, 0, min(len(nodes), 1024))
	for i, raw := range nodes {
		n, err := decodeNode(raw, i)
		if err != nil {
			name := n.Op
			if name == "" || len(name) > 60 {
				name = "document"
			}
			kind := graph.ValueError
			if errors.As(err, new(overflow)) {
				kind = graph.OverflowError
			}
			return nil, &graph.Error{Kind: kind, Op: op.Name(name), Site: Place(i), Err: err}
		}
		d.Nodes = append(d.Nodes, n)
	}
	if d.Outputs, err = positions(top["outputs"], len(nodes)); err != nil {
		return fault(fmt.Errorf("outputs: %w", err))
	}
	if len(d.Outputs) > maxWant {
		return fault(fmt.Errorf("outputs: there are %d, %d are the most", len(d.Outputs), maxWant))
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
		args, err := list(f["args"], "a list of arguments")
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
