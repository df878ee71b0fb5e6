package gabion_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// generators make the random programs that are compared with NumPy.
var generators = []string{"cases", "creating", "forms", "indexing", "picking", "products", "shaping"}

// comparedWithNumPy are the functions that random programs call.
func comparedWithNumPy(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{"getitem": true} // which programs write as x[…]
	for _, file := range generators {
		addCalled(names, read(t, "bench/interop/expr_"+file+".py"))
	}
	return names
}

var (
	calls    = regexp.MustCompile(`\b([a-z]\w*(?:\.\w+)?)\(`)
	one      = regexp.MustCompile(`^[a-z]\w*$`)
	notation = strings.NewReplacer("{{", "", "}}", "")
)

// addCalled adds the names in the string literals of Python's code that programs are
// made of: those before a bracket, a literal that is a name, and lists of names that
// are split. Neither comments and docstrings nor the code's own names count.
func addCalled(names map[string]bool, code string) {
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '#':
			i += len(line(code[i:]))
		case '"', '\'':
			quote := string(c)
			if triple := strings.Repeat(quote, 3); strings.HasPrefix(code[i:], triple) {
				quote = triple
			}
			body := literal(code[i+len(quote):], quote)
			before := code[strings.LastIndexByte(code[:i], '\n')+1 : i]
			i += len(body) + 2*len(quote) - 1
			switch {
			case len(quote) == 3 && strings.TrimSpace(before) == "": // a docstring
			case strings.HasSuffix(before, "f"):
				addCalled(names, inBraces(body))
				body = betweenBraces(body)
				fallthrough
			default:
				for _, call := range calls.FindAllStringSubmatch(body, -1) {
					names[call[1]] = true
				}
				if one.MatchString(body) {
					names[body] = true
				}
				if i+1 < len(code) && strings.HasPrefix(code[i+1:], ".split()") {
					for _, name := range strings.Fields(body) {
						names[name] = true
					}
				}
			}
		}
	}
}

func line(code string) string {
	text, _, _ := strings.Cut(code, "\n")
	return text
}

// literal is what stands before the quote that ends a literal.
func literal(code, quote string) string {
	for i := 0; i < len(code); i++ {
		if code[i] == '\\' {
			i++
		} else if strings.HasPrefix(code[i:], quote) {
			return code[:i]
		}
	}
	return code
}

// inBraces is the code in an f-string, betweenBraces its text.
func inBraces(body string) string      { code, _ := parts(body); return code }
func betweenBraces(body string) string { _, text := parts(body); return text }

func parts(body string) (code, text string) {
	depth := 0
	for _, c := range notation.Replace(body) {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
			code += "\n"
		case depth > 0:
			code += string(c)
		default:
			text += string(c)
		}
	}
	return code, text
}

// TestCalled: what counts as called is in literals alone.
func TestCalled(t *testing.T) {
	names := make(map[string]bool)
	addCalled(names, `"""linspace(0, 1) and tile."""
import numpy as np  # roll(x)

NAMES = """sin cos
tan""".split()

def step(case):
    """Says take(x)."""
    other = np.identity(3)
    name = rng.choice(["stack", 'vstack'])
    raise ValueError("any more words where nothing is called")
    return f"sum(diff({a.text}), {'pow' if name == 'power' else np.empty(1)}, axis({i})){name}(x)", "it's", "dot"
`)
	want := make(map[string]bool)
	for _, name := range strings.Fields("sin cos tan stack vstack sum diff pow power axis dot") {
		want[name] = true
	}
	require.Equal(t, want, names)
}
