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
