package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"gabion/block"
	"gabion/dtype"
)

// longest is how many blocks of an axis are listed. More of them are written as
// boundaries that repeat, unless they do not.
const longest = 1000

// Encode writes a document, one node a line. The error is about a value of Go
// that no document has.
func Encode(d *Document) ([]byte, error) {
	b := fmt.Appendf(nil, `{"v": 1, "verb": "%s", "outputs": `, d.Verb)
	b = appendInts(b, d.Outputs)
	b = append(b, ",\n \"nodes\": ["...)
	for i := range d.Nodes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n  "...)
		var err error
		if b, err = appendNode(b, i, &d.Nodes[i]); err != nil {
			return nil, fmt.Errorf("node %d: %w", i, err)
		}
	}
	return append(b, "]}\n"...), nil
}

func appendNode(b []byte, id int, n *Node) ([]byte, error) {
	b = fmt.Appendf(b, `{"id": %d, "op": `, id)
	b = appendText(b, n.Op)
	b = append(b, `, "in": `...)
	b = appendInts(b, n.In)
	b = append(b, `, "args": `...)
	b, err := appendValue(b, append([]Value{}, n.Args...))
	if err != nil {
		return nil, err
	}
	b = append(b, `, "kw": {`...)
	for i, name := range slices.Sorted(maps.Keys(n.Kw)) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendText(b, name), ": "...)
		if b, err = appendValue(b, n.Kw[name]); err != nil {
			return nil, err
		}
	}
	b = fmt.Appendf(b, `}, "out": %d`, n.Out)
	if n.Names != nil {
		names, err := json.Marshal(n.Names)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `, "names": `...), names...)
	}
	if n.Attrs != nil {
		attrs, err := json.Marshal(n.Attrs)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `, "attrs": `...), attrs...)
	}
	if in := n.Input; in != nil {
		b = fmt.Appendf(b, `, "dtype": "%v", "shape": `, in.DType)
		b = appendInts(b, in.Shape)
		if in.Chunks != nil {
			b = append(b, `, "chunks": `...)
			if b, err = appendChunks(b, in.Chunks); err != nil {
				return nil, err
			}
		}
		b = fmt.Appendf(b, `, "nbytes": %d`, in.NBytes)
	}
	return append(b, '}'), nil
}

func appendValue(b []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case In:
		return fmt.Appendf(b, `{"in": %d}`, v), nil
	case dtype.DType:
		if !v.Valid() {
			return nil, fmt.Errorf("%v is no element type", v)
		}
		return fmt.Appendf(b, `{"dtype": "%v"}`, v), nil
	case Ellipsis:
		return append(b, `{"ellipsis": 1}`...), nil
	case Slice:
		b = append(b, `{"slice": [`...)
		for i, part := range []*int{v.Start, v.Stop, v.Step} {
			if i > 0 {
				b = append(b, ", "...)
			}
			if part == nil {
				b = append(b, "null"...)
			} else {
				b = strconv.AppendInt(b, int64(*part), 10)
			}
		}
		return append(b, "]}"...), nil
	case bool:
		return fmt.Appendf(b, `{"weak": "bool", "v": %v}`, v), nil
	case *big.Int:
		b = append(b, `{"weak": "int", "v": "`...)
		return append(v.Append(b, 10), `"}`...), nil
	case float64:
		b = append(b, `{"weak": "float", "v": `...)
		return append(appendFloat(b, v), '}'), nil
	case complex128:
		b = append(b, `{"weak": "complex", "v": [`...)
		b = append(appendFloat(b, real(v)), ", "...)
		return append(appendFloat(b, imag(v)), "]}"...), nil
	case block.IndexMap:
		text, err := json.Marshal(v)
		return append(append(append(b, `{"map": `...), text...), '}'), err
	case block.Grid:
		b, err := appendChunks(append(b, `{"chunks": `...), v)
		return append(b, '}'), err
	case []Value:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			var err error
			if b, err = appendValue(b, item); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	return nil, fmt.Errorf("a %T is no argument", v)
}

func appendChunks(b []byte, grid block.Grid) ([]byte, error) {
	b = append(b, '[')
	for i, axis := range grid {
		if i > 0 {
			b = append(b, ", "...)
		}
		if axis.Blocks() <= longest && axis.Known() {
			b = appendInts(b, axis.Sizes())
			continue
		}
		text, err := json.Marshal(axis)
		if err != nil {
			return nil, err
		}
		b = append(b, text...)
	}
	return append(b, ']'), nil
}

func appendInts(b []byte, list []int) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return append(b, ']')
}

func appendText(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(b, `""`...) // no text is refused
	}
	return append(b, quoted...)
}
