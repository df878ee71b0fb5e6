package zarr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gabion/block"
)

// bareMark begins the strings that stand for the NaN and Infinity of metadata
// that is not quite JSON. No string that Python or Go writes begins with it.
const bareMark = "\x00bare:"

// bareNumbers turns the bare words NaN, Infinity and -Infinity, which Python
// writes, into marked strings.
func bareNumbers(text []byte) []byte {
	words := []string{"NaN", "-Infinity", "Infinity"}
	var out []byte // nil until something is replaced
	done := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case 'N', 'I', '-':
			for _, word := range words {
				if bytes.HasPrefix(text[i:], []byte(word)) {
					out = append(out, text[done:i]...)
					out = append(out, `"\u0000bare:`+word+`"`...)
					i += len(word) - 1
					done = i + 1
					break
				}
			}
		}
	}
	if out == nil {
		return text
	}
	return append(out, text[done:]...)
}

// bareFloat is the number that a marked string stands for.
func bareFloat(s string) (float64, bool) {
	word, ok := strings.CutPrefix(s, bareMark)
	if !ok {
		return 0, false
	}
	switch word {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

// parseAttributes reads a JSON object as attributes; of no text there are none.
func parseAttributes(text json.RawMessage) (block.Attributes, error) {
	if text == nil {
		return nil, nil
	}
	var raw fields
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	return attributesOf(raw), nil
}

// attributesOf is the members of a JSON object as attributes.
func attributesOf(raw fields) block.Attributes {
	if len(raw) == 0 {
		return nil
	}
	attrs := make(block.Attributes, len(raw))
	for name, value := range raw {
		attrs[name] = parseAttribute(value)
	}
	return attrs
}

// parseAttribute is the value of valid JSON.
func parseAttribute(text json.RawMessage) any {
	if v, ok := parseSimple(text); ok {
		return v
	}
	var items []json.RawMessage
	if json.Unmarshal(text, &items) == nil && len(items) > 0 {
		values := make([]any, len(items))
		ok := true
		for i := range items {
			var simple bool
			values[i], simple = parseSimple(items[i])
			ok = ok && simple
		}
		if list := sliceOf(values); ok && list != nil {
			return list
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil {
		return string(text)
	}
	return strings.ReplaceAll(compact.String(), `\u0000bare:`, "")
}

// parseSimple reads a string, a bool or a number.
func parseSimple(text json.RawMessage) (any, bool) {
	switch text[0] {
	case '"':
		var s string
		if json.Unmarshal(text, &s) != nil {
			return nil, false
		}
		if f, ok := bareFloat(s); ok {
			return f, true
		}
		return s, true
	case 't', 'f':
		return text[0] == 't', true
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return i, true
		}
		f, err := strconv.ParseFloat(string(text), 64)
		return f, err == nil
	}
	return nil, false
}

// sliceOf is values as a slice of their common type, or nil. Whole numbers
// among others become float64.
func sliceOf(values []any) any {
	if slices.ContainsFunc(values, func(v any) bool { _, ok := v.(float64); return ok }) {
		for i, v := range values {
			if n, ok := v.(int64); ok {
				values[i] = float64(n)
			}
		}
	}
	switch values[0].(type) {
	case string:
		return typed[string](values)
	case bool:
		return typed[bool](values)
	case int64:
		return typed[int64](values)
	case float64:
		return typed[float64](values)
	}
	return nil
}

func typed[T any](values []any) any {
	list := make([]T, len(values))
	for i, v := range values {
		t, ok := v.(T)
		if !ok {
			return nil
		}
		list[i] = t
	}
	return list
}

// encodeAttributes writes attributes as the members of a JSON object.
func encodeAttributes(attrs block.Attributes) (fields, error) {
	values := make(fields, len(attrs))
	for name, v := range attrs {
		text, err := encodeAttribute(v)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", name, err)
		}
		values[name] = text
	}
	return values, nil
}

func encodeAttribute(v any) (json.RawMessage, error) {
	switch v := v.(type) {
	case string, bool, int64, []string, []bool, []int64:
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		err := e.Encode(v)
		if text.String() == "null\n" { // a nil slice
			return json.RawMessage("[]"), err
		}
		return text.Bytes(), err
	case float64:
		return json.RawMessage(floatJSON(v, 64)), nil
	case []float64:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = floatJSON(f, 64)
		}
		return json.RawMessage("[" + strings.Join(parts, ",") + "]"), nil
	}
	return nil, fmt.Errorf("a %T cannot be stored; strings, bools, int64, float64 and slices of these can", v)
}

// floatJSON is f so that it reads as a float again: 1.0, not 1; "NaN" and
// infinities are strings.
func floatJSON(f float64, bits int) string {
	switch {
	case f != f:
		return `"NaN"`
	case math.IsInf(f, 1):
		return `"Infinity"`
	case math.IsInf(f, -1):
		return `"-Infinity"`
	}
	text := strconv.FormatFloat(f, 'g', -1, bits)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}
