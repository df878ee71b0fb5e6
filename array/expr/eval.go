package expr

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gabion/array"
)

// Eval is the array that an expression stands for, with the given inputs by
// name. Nothing is computed. Errors are of type *Error.
func Eval(text string, inputs map[string]array.Array) (array.Array, error) {
	e, err := Parse(text)
	if err != nil {
		return array.Array{}, err
	}
	return e.Eval(inputs)
}

// Eval is the array that the expression stands for, with the given inputs by
// name. Errors are of type *Error.
func (e *Expr) Eval(inputs map[string]array.Array) (array.Array, error) {
	ev := evaluator{e, inputs}
	return ev.operand(e.root)
}

type evaluator struct {
	*Expr
	inputs map[string]array.Array
}

// A value is an array.Array, a text or a constant.
type value any

// text is what stands in double quotes.
type text string

// place is what errors and plans call a position.
func (ev evaluator) place(pos token.Pos) string {
	return fmt.Sprintf("expression:%d", utf8.RuneCountInString(ev.text[:int(pos)-1])+1)
}

// made is the result of an operation at a position.
func (ev evaluator) made(pos token.Pos, a array.Array) (value, error) {
	if err := a.Err(); err != nil {
		return nil, ev.at(pos, "%w", withoutPlace(err))
	}
	return a, nil
}

// operand is a value as an array.
func (ev evaluator) operand(n ast.Expr) (array.Array, error) {
	v, err := ev.eval(n)
	if err != nil {
		return array.Array{}, err
	}
	return ev.asArray(n.Pos(), v)
}

func (ev evaluator) asArray(pos token.Pos, v value) (array.Array, error) {
	switch v := v.(type) {
	case array.Array:
		return v, nil
	case text:
		return array.Array{}, ev.at(pos, "%q is text where an array is expected", string(v))
	}
	return weak(v).MadeAt(ev.place(pos)), nil
}

func (ev evaluator) eval(n ast.Expr) (value, error) {
	switch n := n.(type) {
	case *ast.ParenExpr:
		return ev.eval(n.X)
	case *ast.BasicLit:
		return ev.literal(n)
	case *ast.Ident:
		return ev.name(n)
	case *ast.UnaryExpr:
		return ev.unary(n)
	case *ast.BinaryExpr:
		return ev.binary(n)
	case *ast.IndexExpr:
		return ev.index(n)
	case *ast.SliceExpr:
		return ev.slice(n)
	case *ast.CallExpr:
		return ev.call(n)
	}
	return nil, ev.at(n.Pos(), "this is Go, but not part of an expression")
}

func (ev evaluator) literal(n *ast.BasicLit) (value, error) {
	if n.Kind == token.STRING {
		s, err := strconv.Unquote(n.Value)
		if err != nil {
			return nil, ev.at(n.Pos(), "the text cannot be read: %w", err)
		}
		return text(s), nil
	}
	c, err := parseNumber(n)
	if err != nil {
		return nil, ev.at(n.Pos(), "%w", err)
	}
	return c, nil
}

func (ev evaluator) name(n *ast.Ident) (value, error) {
	if a, ok := ev.inputs[n.Name]; ok {
		return ev.made(n.Pos(), a)
	}
	if c, ok := named[n.Name]; ok {
		return c, nil
	}
	if n.Name == leftOut {
		return nil, ev.at(n.Pos(), "none is no value; it stands for an argument that is left out before others, as in clip(x, none, 5)")
	}
	inputs := slices.Sorted(maps.Keys(ev.inputs))
	if lookup(n.Name) != nil {
		return nil, ev.at(n.Pos(), "%s is a function, not an input: write %s(x)", n.Name, n.Name)
	}
	known := "there are no inputs"
	if len(inputs) > 0 {
		known = "the inputs are " + list(inputs)
	}
	if close := near(n.Name, append(inputs, slices.Sorted(maps.Keys(named))...)); len(close) > 0 {
		known = "did you mean " + strings.Join(close, " or ") + "? " + strings.ToUpper(known[:1]) + known[1:]
	}
	return nil, ev.at(n.Pos(), "no input is called %s; %s", shortened(n.Name), known)
}

func (ev evaluator) unary(n *ast.UnaryExpr) (value, error) {
	x, err := ev.eval(n.X)
	if err != nil {
		return nil, err
	}
	a, ok := x.(array.Array)
	if !ok {
		if _, ok := x.(text); ok {
			return nil, ev.at(n.OpPos, "%s does not take text", n.Op)
		}
		c, err := unaryConstant(n.Op, x)
		if err != nil {
			return nil, ev.at(n.OpPos, "%w", err)
		}
		return c, nil
	}
	a = a.WithPlace(ev.place(n.OpPos))
	switch n.Op {
	case token.ADD:
		return x, nil
	case token.SUB:
		return ev.made(n.OpPos, a.Neg())
	case token.NOT:
		return ev.made(n.OpPos, a.Not())
	}
	return nil, ev.at(n.OpPos, "%s does not stand before a value", n.Op)
}

// operators are the operations that Go's operators stand for.
var operators = map[token.Token]string{
	token.ADD: "add", token.SUB: "subtract", token.MUL: "multiply", token.QUO: "divide", token.REM: "remainder",
	token.LSS: "less", token.LEQ: "less_equal", token.GTR: "greater", token.GEQ: "greater_equal",
	token.EQL: "equal", token.NEQ: "not_equal", token.LAND: "logical_and", token.LOR: "logical_or",
}

func isComparison(n ast.Expr) bool {
	b, ok := n.(*ast.BinaryExpr)
	return ok && b.Op.Precedence() == token.EQL.Precedence()
}

func (ev evaluator) binary(n *ast.BinaryExpr) (value, error) {
	operation, ok := operators[n.Op]
	if !ok {
		return nil, ev.at(n.OpPos, "%s is not an operator here", n.Op)
	}
	if isComparison(n) && (isComparison(n.X) || isComparison(n.Y)) {
		return nil, ev.at(n.OpPos, "comparisons are not chained: write a < b && b < c")
	}
	x, err := ev.eval(n.X)
	if err != nil {
		return nil, err
	}
	y, err := ev.eval(n.Y)
	if err != nil {
		return nil, err
	}
	_, xArray := x.(array.Array)
	_, yArray := y.(array.Array)
	_, xText := x.(text)
	_, yText := y.(text)
	if !xArray && !yArray && !xText && !yText {
		c, err := binaryConstant(x, n.Op, y)
		if err != nil {
			return nil, ev.at(n.OpPos, "%w", err)
		}
		return c, nil
	}
	a, err := ev.asArray(n.X.Pos(), x)
	if err != nil {
		return nil, err
	}
	b, err := ev.asArray(n.Y.Pos(), y)
	if err != nil {
		return nil, err
	}
	return ev.made(n.OpPos, array.Apply(operation, a.WithPlace(ev.place(n.OpPos)), b))
}

// index is x[i], of a number or an array: a mask or indices along the first axis.
func (ev evaluator) index(n *ast.IndexExpr) (value, error) {
	a, err := ev.operand(n.X)
	if err != nil {
		return nil, err
	}
	at, err := ev.eval(n.Index)
	if err != nil {
		return nil, err
	}
	a = a.WithPlace(ev.place(n.Lbrack))
	if x, ok := at.(array.Array); ok {
		return ev.made(n.Lbrack, a.Index(x))
	}
	i, err := ev.whole(n.Index, at, "an index")
	if err != nil {
		return nil, err
	}
	return ev.made(n.Lbrack, a.Index(array.At(i)))
}

// slice is x[start:stop:step].
func (ev evaluator) slice(n *ast.SliceExpr) (value, error) {
	a, err := ev.operand(n.X)
	if err != nil {
		return nil, err
	}
	numbers := [3]int{array.Open, array.Open, 1}
	for i, part := range []ast.Expr{n.Low, n.High, n.Max} {
		if part == nil {
			continue
		}
		if numbers[i], err = ev.integer(part, []string{"a start", "a stop", "a step"}[i]); err != nil {
			return nil, err
		}
	}
	return ev.made(n.Lbrack, a.WithPlace(ev.place(n.Lbrack)).Index(array.RangeStep(numbers[0], numbers[1], numbers[2])))
}

// integer is a constant that is a whole number; what says which.
func (ev evaluator) integer(n ast.Expr, what string) (int, error) {
	v, err := ev.eval(n)
	if err != nil {
		return 0, err
	}
	return ev.whole(n, v, what)
}

// whole is integer of what n is.
func (ev evaluator) whole(n ast.Expr, v value, what string) (int, error) {
	switch v := v.(type) {
	case array.Array:
		return 0, ev.at(n.Pos(), "%s is a whole number, not an array", what)
	case text:
		return 0, ev.at(n.Pos(), "%s is a whole number, not text; text is for slice(x, %q)", what, shortened(string(v)))
	}
	return ev.asInteger(n.Pos(), v, what)
}

func (ev evaluator) asInteger(pos token.Pos, v value, what string) (int, error) {
	if i, ok := v.(int64); ok && int64(int(i)) == i && int(i) != array.Open {
		return int(i), nil
	}
	if _, ok := v.(array.Array); ok {
		return 0, ev.at(pos, "%s is a whole number, not an array", what)
	}
	return 0, ev.at(pos, "%s is a whole number, not %v", what, v)
}
