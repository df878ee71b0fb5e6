package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

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
	all := split(raw)
	found := make(map[string]json.RawMessage, len(all)/2)
	for i := 0; i < len(all); i += 2 {
		name, err := parse[string](all[i], "a key")
		if err != nil {
			return nil, err
		}
		if _, twice := found[name]; twice {
			return nil, fmt.Errorf("it says %s twice", quoted(name))
		}
		found[name] = all[i+1]
	}
	return found, nil
}

// split is the items of a list, or the keys and the values of an object by turns.
// raw is part of what checkJSON has seen, so that only its ends are to be found:
// what reads JSON again at each depth takes many times as long.
func split(raw json.RawMessage) []json.RawMessage {
	var parts []json.RawMessage
	raw = bytes.TrimSpace(raw)
	depth, start := 0, 1
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
		case ',', ':', ']', '}':
			if depth == 1 {
				if part := bytes.TrimSpace(raw[start:i]); len(part) > 0 {
					parts = append(parts, part)
				}
				start = i + 1
			}
			if c == ']' || c == '}' {
				depth--
			}
		}
	}
	return parts
}

// list is the items of a list.
func list(raw json.RawMessage, what string) ([]json.RawMessage, error) {
	if raw == nil {
		return nil, fmt.Errorf("%s is missing", what)
	}
	if raw = bytes.TrimSpace(raw); raw[0] != '[' {
		return nil, fmt.Errorf("it is %s, not %s", what, shown(raw))
	}
	return split(raw), nil
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
	if text, ok := any(&v).(**string); ok && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		plain := string(raw[1 : len(raw)-1]) // most text, read the short way
		*text = &plain
	} else if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		return *new(T), fmt.Errorf("it is %s, not %s", what, shown(raw))
	}
	return *v, nil
}
