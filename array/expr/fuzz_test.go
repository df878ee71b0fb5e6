package expr_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"gabion/array/expr"
)

// FuzzEval checks that no text makes the parser panic, and that every mistake
// has a column in the text. Nothing is computed.
func FuzzEval(f *testing.F) {
	golden, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(golden)) {
		if text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), ">>> "); ok {
			f.Add(text)
		}
	}
	for _, text := range []string{"u - mean(u, \"y\")", "var(u, 0, keepdims(true), correction(1))", "slice(u, `...,::-1`)[0:2:1]",
		"where(b&&!(u>=1e3), -u, 2i)", "concat(u, v, axis(-1))", "full(shape(2,3), 0x7fff_ffff) % 3", "u\n+\tv"} {
		f.Add(text)
	}
	in := inputs()
	f.Fuzz(func(t *testing.T, text string) {
		a, err := expr.Eval(text, in)
		if err == nil {
			if a.Err() != nil {
				t.Fatalf("%q gives an array with the error %v", text, a.Err())
			}
			return
		}
		var mistake *expr.Error
		if !errors.As(err, &mistake) {
			t.Fatalf("%q: %T: %v", text, err, err)
		}
		if mistake.Column < 1 || mistake.Column > utf8.RuneCountInString(mistake.Text)+1 {
			t.Fatalf("%q: column %d", text, mistake.Column)
		}
		if lines := strings.Split(mistake.Pointer(), "\n"); len(lines) != 2 || len([]rune(lines[0])) > 110 {
			t.Fatalf("%q is pointed at by %q", text, lines)
		}
	})
}
