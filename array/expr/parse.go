package expr

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// Bounds on expressions, so that a hostile one costs little.
const (
	maxText    = 64 << 10 // bytes
	maxNesting = 1000     // operations within operations
)

// Expr is a parsed expression.
type Expr struct {
	text  string
	root  ast.Expr
	names []string
}

// Parse reads an expression. Whether its names and functions exist, only Eval
// tells.
func Parse(text string) (*Expr, error) {
	if len(text) > maxText {
		return nil, errorAt(text, maxText, fmt.Errorf("the expression has %d bytes; %d are the most", len(text), maxText))
	}
	// Go ends a statement at a line's end; an expression may have several lines.
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	if strings.TrimSpace(text) == "" {
		text = ""
		return nil, errorAt(text, 0, errors.New(`the expression is empty; write one such as UWND - mean(UWND, "TIME")`))
	}
	source, err := scan(text)
	if err != nil {
		return nil, err
	}
	root, err := parser.ParseExprFrom(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	e := &Expr{text: text, root: root}
	return e, e.check(root, 0)
}

// String is the expression on one line.
func (e *Expr) String() string { return e.text }

// Inputs lists the names that are used as values, in order. They may be those of
// named constants.
func (e *Expr) Inputs() []string { return slices.Clone(e.names) }

// at is an error at a node.
func (e *Expr) at(pos token.Pos, format string, args ...any) error {
	return errorAt(e.text, int(pos)-1, fmt.Errorf(format, args...))
}

// refused says of tokens that have no place in an expression what to write
// instead.
var refused = map[token.Token]string{
	token.XOR:      "^ is not an operator here: for a power write pow(a, b), for whether two bools differ a != b, for bits bitwise_xor(a, b)",
	token.AND:      "& is not an operator here: logical and is written a && b, of bits bitwise_and(a, b)",
	token.OR:       "| is not an operator here: logical or is written a || b, of bits bitwise_or(a, b)",
	token.TILDE:    "~ is not an operator here: logical not is written !a, of bits bitwise_invert(a)",
	token.SHL:      "<< is not an operator here: write bitwise_left_shift(a, n)",
	token.SHR:      ">> is not an operator here: write bitwise_right_shift(a, n)",
	token.AND_NOT:  "&^ is not an operator here: logical and not is written a && !b",
	token.ARROW:    "<- is one token in Go: write a < -b with a space in between",
	token.INC:      "++ is one token in Go: write a + +b with a space in between",
	token.DEC:      "-- is one token in Go: write a - -b with a space in between",
	token.ASSIGN:   "= is not part of an expression: a comparison is written a == b, an option of a function as a call, such as keepdims(true)",
	token.DEFINE:   ":= is not part of an expression; inputs are named outside of it",
	token.ELLIPSIS: `... is written in text: slice(x, "..., 0")`,
	token.PERIOD:   "there is nothing to select with a dot: write mean(x) for x.mean()",
	token.CHAR:     `text is written in double quotes, such as "TIME"`,
}

// scan refuses what is not part of expressions token by token: the parser would
// leave comments out without a word, and speak of Go's statements and types. It
// gives the text to parse, of the same length: Go's keywords, of which var is a
// function here and any may be an input, are in capitals.
func scan(text string) (string, error) {
	source := []byte(text)
	var first *Error
	fail := func(offset int, message string) {
		if first == nil || offset < errorOffset(text, first) {
			first = errorAt(text, offset, errors.New(message))
		}
	}
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(pos token.Position, message string) {
		if strings.Contains(message, "rune literal") {
			message = refused[token.CHAR]
		}
		if _, character, ok := strings.Cut(message, "illegal character U+"); ok {
			_, character, _ = strings.Cut(character, " ")
			message = character + " is not part of an expression"
		}
		fail(pos.Offset, message)
	}, scanner.ScanComments)
	depth, last := 0, token.EOF
	for {
		pos, tok, literal := s.Scan()
		offset := file.Offset(pos)
		switch {
		case tok == token.EOF:
		case tok == token.SEMICOLON && literal == "\n": // put in at the end
		case tok == token.COMMENT && strings.HasPrefix(literal, "//"):
			fail(offset, "// starts a comment in Go: for division rounded down write floor_divide(a, b)")
		case tok == token.COMMENT:
			fail(offset, "/* starts a comment in Go, and comments are not part of an expression: for a / *b write what b stands for, for a power pow(a, b)")
		case tok == token.MUL && last == token.MUL:
			fail(offset, "** is not an operator: for a power write pow(a, b)")
		case refused[tok] != "":
			fail(offset, refused[tok])
		case tok.IsKeyword():
			copy(source[offset:], strings.ToUpper(literal))
			tok = token.IDENT
		case tok == token.LBRACK && last != token.IDENT && last != token.RPAREN && last != token.RBRACK:
			fail(offset, "there is no array before the bracket; a list is written axes(0, 1) or shape(3, 4)")
		case tok == token.LPAREN || tok == token.LBRACK:
			if depth++; depth > maxNesting {
				fail(offset, fmt.Sprintf("more than %d brackets are open", maxNesting))
			}
		case tok == token.RPAREN || tok == token.RBRACK:
			depth--
		case !slices.Contains(parts, tok):
			what := tok.String()
			if literal != "" && tok != token.SEMICOLON {
				what = literal
			}
			fail(offset, fmt.Sprintf("%s is not part of an expression", what))
		}
		if tok == token.EOF || first != nil {
			break
		}
		last = tok
	}
	if first != nil {
		return "", first
	}
	return string(source), nil
}

// parts are the tokens of expressions apart from brackets.
var parts = []token.Token{token.IDENT, token.INT, token.FLOAT, token.IMAG, token.STRING, token.COMMA, token.COLON,
	token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.LAND, token.LOR, token.NOT,
	token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ}

// errorOffset is the byte at which an error points.
func errorOffset(text string, e *Error) int {
	column := 1
	for offset := range text {
		if column == e.Column {
			return offset
		}
		column++
	}
	return len(text)
}

// syntaxError is the parser's first error in the words of expressions.
func syntaxError(text string, err error) error {
	var errs scanner.ErrorList
	if !errors.As(err, &errs) || len(errs) == 0 {
		return errorAt(text, 0, err)
	}
	message, offset := errs[0].Msg, errs[0].Pos.Offset
	// The parser puts a semicolon at the end and reports a newline.
	ends := strings.Contains(message, "found 'EOF'") || strings.Contains(message, "found newline") || strings.Contains(message, "newline in")
	missing, _, _ := strings.Cut(strings.TrimPrefix(message, "expected "), ", found ")
	switch offset = min(offset, len(text)); {
	case strings.Contains(message, "index required in 3-index slice"), strings.HasPrefix(message, "expected type"),
		strings.HasPrefix(message, "expected ']', found ','"), strings.HasPrefix(message, "expected ']', found ':'"):
		message = `Go's brackets cannot spell this: write slice(x, "0:10, ::2") with what is between the brackets as text`
	case slices.ContainsFunc(wordsAround(text, offset), func(w string) bool { return w == "and" || w == "or" || w == "not" }):
		message = "and, or and not are written &&, || and !"
	case ends && missing == "operand":
		message = "the expression ends where a value is expected"
	case ends && strings.HasPrefix(message, "expected "):
		message = fmt.Sprintf("the expression ends where %s is expected", missing)
	case ends:
		message = "the expression ends inside of brackets"
	case missing == "'EOF'" || missing == "';'":
		message = "the expression is over before this: an operator or a comma is missing"
	case missing == "operand":
		message = "a value is expected here"
	}
	return errorAt(text, offset, errors.New(message))
}

// wordsAround are the words that end and begin at an offset.
func wordsAround(text string, offset int) []string {
	var words []string
	if before := strings.Fields(text[:offset]); len(before) > 0 {
		words = append(words, before[len(before)-1])
	}
	if after := strings.Fields(text[offset:]); len(after) > 0 {
		words = append(words, after[0])
	}
	return words
}

// check refuses the parts of Go that are not part of expressions, and collects
// the names.
func (e *Expr) check(n ast.Expr, depth int) error {
	if depth > maxNesting {
		return e.at(n.Pos(), "operations are nested more than %d deep", maxNesting)
	}
	all := func(nodes ...ast.Expr) error {
		for _, n := range nodes {
			if n == nil {
				continue
			}
			if err := e.check(n, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	switch n := n.(type) {
	case *ast.Ident:
		n.Name = e.text[n.Pos()-1:][:len(n.Name)] // which scan may have changed
		if n.Name == "_" {
			return e.at(n.Pos(), "_ is not a name")
		}
		if !slices.Contains(e.names, n.Name) {
			e.names = append(e.names, n.Name)
		}
		return nil
	case *ast.BasicLit:
		return nil
	case *ast.ParenExpr:
		return all(n.X)
	case *ast.UnaryExpr:
		return all(n.X)
	case *ast.BinaryExpr:
		return all(n.X, n.Y)
	case *ast.IndexExpr:
		return all(n.X, n.Index)
	case *ast.SliceExpr:
		return all(n.X, n.Low, n.High, n.Max)
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.Ident)
		if !ok {
			return e.at(n.Lparen, "what is before the bracket is not the name of a function; multiplication is written *")
		}
		f.Name = e.text[f.Pos()-1:][:len(f.Name)]
		return all(n.Args...)
	case *ast.StarExpr:
		return e.at(n.Star, "a * without a value before it: for a power write pow(a, b)")
	case *ast.IndexListExpr:
		return e.at(n.Lbrack, `several indices are written as text: slice(x, "0, 1")`)
	}
	return e.at(n.Pos(), "this is Go, but not part of an expression")
}
