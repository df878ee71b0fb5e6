package array

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"gabion/block"
	"gabion/graph"
)

// signature is what the cores of a generalised universal function are made of: for
// each operand and each result the names of their axes. The name of an axis of
// fixed length is that number.
type signature struct {
	text              string
	operands, results [][]string
}

// signature reads the text of a signature.
func (c *composer) signature(text string) signature {
	s, err := parseSignature(text)
	if err != nil {
		c.fail(graph.ValueError, fmt.Errorf("the signature %q %w", text, err))
	}
	return s
}

func parseSignature(text string) (signature, error) {
	s := signature{text: text}
	left, right, ok := strings.Cut(strings.Join(strings.Fields(text), ""), "->")
	if !ok {
		return s, errNoSignature
	}
	var err error
	if s.operands, err = parseCores(left); err == nil {
		s.results, err = parseCores(right)
	}
	return s, err
}

var errNoSignature = errors.New(`is not of the form "(i,j),(j)->(i)", where axes have names, or are numbers above 0`)

func parseCores(text string) ([][]string, error) {
	var cores [][]string
	for {
		inner, rest, closed := strings.Cut(text, ")")
		inner, opened := strings.CutPrefix(inner, "(")
		if !opened || !closed {
			return nil, errNoSignature
		}
		var core []string
		if inner != "" {
			core = strings.Split(inner, ",")
		}
		for k, name := range core {
			if strings.HasSuffix(name, "?") {
				return nil, fmt.Errorf("has the optional axis %q, which is not supported: call the function with a signature for each case", name)
			}
			if n, err := strconv.ParseUint(name, 10, strconv.IntSize-1); err == nil && n > 0 {
				core[k] = strconv.FormatUint(n, 10)
			} else if !isName(name) {
				return nil, errNoSignature
			}
		}
		cores = append(cores, core)
		if rest == "" {
			return cores, nil
		}
		var more bool
		if text, more = strings.CutPrefix(rest, ","); !more {
			return nil, errNoSignature
		}
	}
}

// isName reports whether text is a name of letters, digits and underscores.
func isName(text string) bool {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return text != ""
}

// lengths are the lengths of the axes of cores by name.
func (s signature) lengths(in []graph.Ref, sizes map[string]int) (map[string]int, error) {
	fail := func(format string, args ...any) (map[string]int, error) {
		return nil, fmt.Errorf("the signature %q: %w", s.text, fmt.Errorf(format, args...))
	}
	if len(s.operands) != len(in) {
		return nil, fmt.Errorf("the signature %q is for %d arrays, there are %d", s.text, len(s.operands), len(in))
	}
	lengths := make(map[string]int)
	for i, core := range s.operands {
		shape := in[i].Shape()
		first := len(shape) - len(core)
		if first < 0 {
			return fail("operand %d of shape %v has fewer axes than its core (%s)", i, shape, strings.Join(core, ","))
		}
		for k, name := range core {
			n := shape[first+k]
			fixed, err := strconv.Atoi(name)
			other, known := lengths[name]
			switch {
			case n == block.Unknown:
				return fail("axis %q of operand %d of shape %v has an unknown length; %w", name, i, shape, graph.ErrUnresolved)
			case err == nil && n != fixed:
				return fail("operand %d of shape %v has length %d along axis %d, which has the fixed length %d", i, shape, n, first+k, fixed)
			case known && n != other:
				return fail("axis %q has length %d in operand %d of shape %v and %d before", name, n, i, shape, other)
			}
			lengths[name] = n
		}
	}
	for _, result := range s.results {
		for _, name := range result {
			if _, known := lengths[name]; known {
				continue
			}
			n, given := sizes[name]
			if fixed, err := strconv.Atoi(name); err == nil {
				n, given = fixed, true
			}
			if !given || n < 0 {
				return fail("axis %q is of results alone: its length must be given by sizes", name)
			}
			lengths[name] = n
		}
	}
	for name, n := range sizes {
		switch own, known := lengths[name]; {
		case !known:
			return fail("sizes has axis %q, the signature has not", name)
		case own != n:
			return fail("axis %q has length %d, by sizes %d", name, own, n)
		}
	}
	return lengths, nil
}
