package npy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The values of a header: string, bool, int, tuple and list.
type (
	tuple []any
	list  []any
)

// entry is one key of a dictionary and its value.
type entry struct {
	key   string
	value any
}

// maxDepth bounds tuples in lists in tuples.
const maxDepth = 16

// parser reads the Python literals that headers are made of: a dictionary whose
// keys are strings, and in it strings, True and False, integers, tuples and
// lists. Anything else is an error.
type parser struct {
	text  string
	at    int
	depth int
}

// parseDictionary reads a text that is one dictionary and white space. A key that
// comes twice is an error.
func parseDictionary(text string) ([]entry, error) {
	p := &parser{text: text}
	if !p.take('{') {
		return nil, p.fault("a dictionary begins with {")
	}
	var entries []entry
	for !p.take('}') {
		key, err := p.quoted()
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.key == key {
				return nil, p.fault("the key %q comes twice", key)
			}
		}
		if !p.take(':') {
			return nil, p.fault("a colon follows the key %q", key)
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{key, value})
		if !p.take(',') && p.peek() != '}' {
			return nil, p.fault("a comma or } follows the value of %q", key)
		}
	}
	if p.peek(); p.at < len(p.text) {
		return nil, p.fault("nothing follows the dictionary")
	}
	return entries, nil
}

// peek is the next character that is not white space; 0, which is no part of a
// literal either, at the end of the text.
func (p *parser) peek() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\n\r\f", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// take goes past c if it is next.
func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

// fault is an error that says what the format wants, and what is there.
func (p *parser) fault(format string, args ...any) error {
	const shown = 20
	rest := p.text[p.at:]
	if len(rest) > shown {
		rest = rest[:shown]
	}
	return fmt.Errorf("header: %s; at character %d it has %q", fmt.Sprintf(format, args...), p.at, rest)
}

func (p *parser) value() (any, error) {
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		return p.quoted()
	case c == '(':
		items, commas, err := p.items('(', ')')
		if err == nil && len(items) == 1 && commas == 0 {
			return items[0], nil // parentheses around a value
		}
		return tuple(items), err
	case c == '[':
		items, _, err := p.items('[', ']')
		return list(items), err
	case c >= '0' && c <= '9' || c == '-':
		return p.integer()
	case p.word("True"):
		return true, nil
	case p.word("False"):
		return false, nil
	}
	return nil, p.fault("a value is a string, True, False, an integer, a tuple or a list")
}

// items are the values between two brackets, and how many commas separate or
// follow them.
func (p *parser) items(open, shut byte) (items []any, commas int, err error) {
	if p.depth++; p.depth > maxDepth {
		return nil, 0, p.fault("brackets are nested at most %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	for p.take(open); !p.take(shut); {
		item, err := p.value()
		if err != nil {
			return nil, 0, err
		}
		items = append(items, item)
		if p.take(',') {
			commas++
		} else if p.peek() != shut {
			return nil, 0, p.fault("a comma or %c follows a value", shut)
		}
	}
	return items, commas, nil
}

// quoted is a string. Of escapes the characters stay as they are: no name or type
// that means anything here has one.
func (p *parser) quoted() (string, error) {
	quote := p.peek()
	if quote != '\'' && quote != '"' {
		return "", p.fault("a string begins with a quotation mark")
	}
	for i := p.at + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '\n', '\r':
			return "", p.fault("a string ends on its line")
		case quote:
			s := p.text[p.at+1 : i]
			p.at = i + 1
			return s, nil
		}
	}
	return "", p.fault("a string ends with %c", quote)
}

// integer is a decimal number, with the L that Python 2 wrote after long ones.
func (p *parser) integer() (int, error) {
	stop := p.at + 1 // behind a digit or a minus sign
	for stop < len(p.text) && p.text[stop] >= '0' && p.text[stop] <= '9' {
		stop++
	}
	n, err := strconv.Atoi(p.text[p.at:stop])
	digits := strings.TrimPrefix(p.text[p.at:stop], "-")
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, p.fault("an integer is at most %d bits long", strconv.IntSize)
	case err != nil:
		return 0, p.fault("an integer has digits")
	case len(digits) > 1 && digits[0] == '0':
		return 0, p.fault("an integer does not begin with 0")
	}
	if p.at = stop; p.at < len(p.text) && p.text[p.at] == 'L' {
		p.at++
	}
	if p.at < len(p.text) && partOfWord(p.text[p.at]) {
		return 0, p.fault("an integer ends with a digit")
	}
	return n, nil
}

// word goes past a word if it is next.
func (p *parser) word(w string) bool {
	rest, found := strings.CutPrefix(p.text[p.at:], w)
	if !found || rest != "" && partOfWord(rest[0]) {
		return false
	}
	p.at += len(w)
	return true
}

func partOfWord(c byte) bool {
	return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
