package expr

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gabion/graph"
	"gabion/internal/op"
)

// Error is a mistake in an expression; what an operation refuses is in it as
// *graph.Error.
type Error struct {
	Text   string // the expression, on one line
	Column int    // where the mistake is: 1 is the first character
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %v", e.Column, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Pointer is the expression with a caret below the column, as two lines. Of a
// long expression it is the part around the column.
func (e *Error) Pointer() string {
	const before, after = 50, 40
	text := []rune(strings.ToValidUTF8(e.Text, "?"))
	for i, r := range text {
		if !unicode.IsPrint(r) {
			text[i] = '?'
		}
	}
	at := min(max(0, e.Column-1), len(text))
	first, last := 0, len(text)
	front, back := "", ""
	if at > before+3 {
		first, front = at-before, "..."
	}
	if last > at+after+3 {
		last, back = at+after, "..."
	}
	return front + string(text[first:last]) + back + "\n" + strings.Repeat(" ", len(front)+at-first) + "^"
}

// errorAt is a mistake at a byte offset of text.
func errorAt(text string, offset int, err error) *Error {
	offset = min(max(0, offset), len(text))
	return &Error{Text: text, Column: utf8.RuneCountInString(text[:offset]) + 1, Err: err}
}

// withoutPlace is what an operation says is wrong, without saying where, which
// the column does.
func withoutPlace(err error) error {
	var mistake *graph.Error
	if !errors.As(err, &mistake) {
		return err
	}
	if mistake.Op == op.Slice || mistake.NamesItself() { // an index needs no name
		return &reworded{mistake.Err.Error(), err}
	}
	return &reworded{fmt.Sprintf("%s: %v", mistake.Op, mistake.Err), err}
}

// reworded is the error of an operation, of which the kind can be asked, in other
// words.
type reworded struct {
	text string
	err  error
}

func (r *reworded) Error() string { return r.text }
func (r *reworded) Unwrap() error { return r.err }

// list is names as a sentence shows them.
func list(names []string) string {
	const most = 30
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// near lists the names that name was perhaps meant to be.
func near(name string, names []string) []string {
	var found []string
	for _, n := range names {
		if strings.EqualFold(n, name) || distance(strings.ToLower(n), strings.ToLower(name)) <= min(2, len(name)/3) {
			found = append(found, n)
		}
	}
	return found
}

// distance is how many bytes must be put in, left out or replaced to make b of
// a: Levenshtein's distance. Names that differ much in length are not compared.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
