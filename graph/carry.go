package graph

import (
	"maps"
	"reflect"
	"strings"

	"gabion/block"
	"gabion/internal/op"
)

// What travels with arrays: dimension names and attributes.

// isConstant reports whether r is a scalar that was written down, which has no
// say in names and attributes.
func isConstant(r Ref) bool { return r.Node.Op == op.Full && len(r.Grid()) == 0 }

// broadcastNames are the names of the axes of a result of the given rank whose
// operands are aligned at their last axes. An axis has the name that its named
// operands agree on.
func broadcastNames(rank int, in []Ref) []string {
	names := make([]string, rank)
	clash := make([]bool, rank)
	for _, r := range in {
		own := r.Describe().Names
		for i, name := range own {
			axis := rank - len(own) + i
			switch {
			case name == "" || clash[axis]:
			case names[axis] == "":
				names[axis] = name
			case names[axis] != name:
				names[axis], clash[axis] = "", true
			}
		}
	}
	return someNames(names)
}

// pick is the names of the given axes; an axis of -1 has none.
func pick(names []string, axes []int) []string {
	if names == nil {
		return nil
	}
	out := make([]string, len(axes))
	for i, axis := range axes {
		if axis >= 0 {
			out[i] = names[axis]
		}
	}
	return someNames(out)
}

// carry is the attributes of a result: those of the only input that is not a
// constant, or those that all inputs agree on. The line goes to the history,
// of which several inputs agree on the lines that they begin with.
func carry(line func() string, in ...Ref) block.Attributes {
	var arrays []Ref
	for _, r := range in {
		if !isConstant(r) {
			arrays = append(arrays, r)
		}
	}
	if len(arrays) == 0 {
		return nil
	}
	first := arrays[0].Describe().Attrs
	if len(first) == 0 {
		return nil
	}
	if len(arrays) == 1 {
		return withHistory(first, line())
	}
	same := maps.Clone(first)
	for _, r := range arrays[1:] {
		if r.Node == arrays[0].Node {
			continue
		}
		other := r.Describe().Attrs
		maps.DeleteFunc(same, func(key string, value any) bool {
			v, ok := other[key]
			return !ok || !equalValue(value, v)
		})
	}
	if past := commonHistory(arrays); past != "" {
		same["history"] = past
		return withHistory(same, line())
	}
	if len(same) == 0 {
		return nil
	}
	return same
}

// commonHistory is the lines that the histories of all arrays begin with; ""
// if there are none or one is not text.
func commonHistory(arrays []Ref) string {
	var common []string
	for i, r := range arrays {
		text, _ := r.Describe().Attrs["history"].(string)
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		if i == 0 {
			common = lines
			continue
		}
		n := 0
		for n < min(len(common), len(lines)) && common[n] == lines[n] {
			n++
		}
		common = common[:n]
	}
	return strings.Join(common, "\n")
}

// equalValue compares attribute values. NaN equals itself, so that a fill value
// of NaN is kept.
func equalValue(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || a != a && b != b)
	case []float64:
		b, ok := b.([]float64)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalValue(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// historyLines is how many lines of history are kept, the last ones.
const historyLines = 64

// withHistory is attrs with a line put at the end of the text "history", one
// line an operation. A history that is not text is left as it is.
func withHistory(attrs block.Attributes, line string) block.Attributes {
	old, isText := attrs["history"].(string)
	if attrs["history"] != nil && !isText {
		return attrs
	}
	out := maps.Clone(attrs)
	if old == "" {
		out["history"] = line
		return out
	}
	text := strings.TrimRight(old, "\n") + "\n" + line
	for extra := strings.Count(text, "\n") + 1 - historyLines; extra > 0; extra-- {
		text = text[strings.IndexByte(text, '\n')+1:]
	}
	out["history"] = text
	return out
}

// call is a line of history: the operation with its attributes.
func call(name op.Name, attrs Attrs) func() string {
	return func() string {
		if text := attrs.Text(); text != "" {
			return string(name) + "(" + text + ")"
		}
		return string(name)
	}
}
