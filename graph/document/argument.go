package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"gabion/block"
	"gabion/dtype"
)

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
		items, err := list(raw, "a list")
		if err != nil {
			return nil, err
		}
		values := make([]Value, len(items))
		for i, item := range items {
			if values[i], err = n.value(item, depth+1); err != nil {
				return nil, err
			}
		}
		return values, nil
	case '{':
		return n.marked(raw)
	}
	return nil, fmt.Errorf(`%s is no argument: a scalar is written with its kind, such as {"weak": "int", "v": "3"}`, shown(raw))
}

// marked reads an argument that is an object, which says what it is.
func (n *Node) marked(raw json.RawMessage) (Value, error) {
	if all := split(raw); len(all) == 4 && string(all[0]) == `"weak"` && string(all[2]) == `"v"` {
		kind, err := parse[string](all[1], "the kind of a scalar")
		if err != nil {
			return nil, err
		}
		return weak(kind, all[3])
	}
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
			case "map":
				var m block.IndexMap
				if err := json.Unmarshal(raw, &m); err != nil {
					return nil, fmt.Errorf("a map: %w", err)
				}
				return m, nil
			}
		}
	}
	return nil, fmt.Errorf("%s is no argument: it has one of the keys in, dtype, slice, ellipsis, chunks and map, or weak and v", shown(raw))
}

// decodeSlice reads start, stop and step: whole numbers, as such, as text or as
// scalars.
func decodeSlice(raw json.RawMessage) (Value, error) {
	parts, err := list(raw, "start, stop and step")
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
