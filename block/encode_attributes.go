package block

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// attributeJSON is the stored form of an attribute: values as text, so that every
// int64 and float64, NaN among them, comes back as it was.
type attributeJSON struct {
	Type   string   `json:"type"` // string, bool, int64 or float64; with [] in front if there are several
	Values []string `json:"values"`
}

// MarshalJSON writes attributes with their types.
func (a Attributes) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("null"), nil
	}
	stored := make(map[string]attributeJSON, len(a))
	for name, v := range a {
		s := attributeJSON{Type: fmt.Sprintf("%T", v), Values: []string{}}
		switch v := v.(type) {
		case string:
			s.Values = []string{v}
		case []string:
			s.Values = append(s.Values, v...)
		case bool:
			s.Values = texts(strconv.FormatBool, v)
		case []bool:
			s.Values = texts(strconv.FormatBool, v...)
		case int64:
			s.Values = texts(formatInt, v)
		case []int64:
			s.Values = texts(formatInt, v...)
		case float64:
			s.Values = texts(formatFloat, v)
		case []float64:
			s.Values = texts(formatFloat, v...)
		default:
			return nil, fmt.Errorf("attribute %q has the type %T; attributes are string, bool, int64, float64 or slices of these", name, v)
		}
		stored[name] = s
	}
	return json.Marshal(stored)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Attributes) UnmarshalJSON(data []byte) error {
	var stored map[string]attributeJSON
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	if stored == nil {
		*a = nil
		return nil
	}
	read := make(Attributes, len(stored))
	for name, s := range stored {
		v, err := s.value()
		if err != nil {
			return fmt.Errorf("attribute %q: %w", name, err)
		}
		read[name] = v
	}
	*a = read
	return nil
}

func (s attributeJSON) value() (any, error) {
	switch s.Type {
	case "[]string":
		return s.Values, nil
	case "[]bool":
		return parsed(strconv.ParseBool, s.Values)
	case "[]int64":
		return parsed(parseInt, s.Values)
	case "[]float64":
		return parsed(parseFloat, s.Values)
	}
	if len(s.Values) != 1 {
		return nil, fmt.Errorf("one %s is %d values", s.Type, len(s.Values))
	}
	switch s.Type {
	case "string":
		return s.Values[0], nil
	case "bool":
		return strconv.ParseBool(s.Values[0])
	case "int64":
		return parseInt(s.Values[0])
	case "float64":
		return parseFloat(s.Values[0])
	}
	return nil, fmt.Errorf("the type %q does not exist", s.Type)
}

func formatInt(v int64) string                { return strconv.FormatInt(v, 10) }
func formatFloat(v float64) string            { return strconv.FormatFloat(v, 'g', -1, 64) }
func parseInt(text string) (int64, error)     { return strconv.ParseInt(text, 10, 64) }
func parseFloat(text string) (float64, error) { return strconv.ParseFloat(text, 64) }

func texts[T any](format func(T) string, values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = format(v)
	}
	return out
}

func parsed[T any](parse func(string) (T, error), texts []string) ([]T, error) {
	out := make([]T, len(texts))
	for i, text := range texts {
		v, err := parse(text)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
