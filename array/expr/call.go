package expr

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"gabion/array/call"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// A function is an operation of the table, with its parameters: the arguments
// are for them in order, and those that are no arrays may be named, as in
// keepdims(true).

// calling is a call of a function.
type calling struct {
	evaluator
	name   string // as written
	row    *op.Op
	pos    token.Pos
	params []op.Param
	given  map[string]argument // by parameter
	next   int                 // the parameter that the next argument without a name is for
}

// argument is what is given to a parameter.
type argument struct {
	pos   token.Pos
	value call.Arg
	items []token.Pos // of a list
}

// other names of operations and options in expressions.
var (
	otherFunctions = map[string]string{"slice": string(op.Slice)}
	otherOptions   = map[string]string{"axes": "axis", "axis": "axes"}
)

// lookup finds a function: in the table of operations, or as the name of an
// element type.
func lookup(name string) *op.Op {
	if other, ok := otherFunctions[name]; ok {
		name = other
	}
	if _, err := dtype.Parse(name); err == nil {
		name = string(op.Astype)
	}
	return call.Known(name)
}

// isOption reports whether name is an option of some function, and no function
// itself.
func isOption(name string) bool { return slices.Contains(options, name) }

// options are the names of all options.
var options = func() []string {
	all := []string{"out", "axes", "axis"}
	for _, row := range op.Public() {
		if call.Known(string(row.Name)) == nil {
			continue
		}
		for _, p := range row.Signature() {
			if isNamed(p) {
				all = append(all, p.Name, p.NumPy)
			}
		}
	}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" || lookup(name) != nil })
}()

// isNamed reports whether what is for a parameter may be named. The arrays that an
// operation is about are not.
func isNamed(p op.Param) bool { return p.Optional || p.Kind != op.Operand && p.Kind != op.Operands }

// Functions lists the names that can be called, in order, apart from options.
func Functions() []string {
	var names []string
	for name := range otherFunctions {
		names = append(names, name)
	}
	for _, row := range op.Public() {
		if call.Known(string(row.Name)) != nil {
			for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
				if isName(name) {
					names = append(names, name)
				}
			}
		}
	}
	for _, d := range dtype.All() {
		names = append(names, d.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isName reports whether an expression can have a name: with a dot, such as
// linalg.norm, it has not.
func isName(name string) bool { return !strings.Contains(name, ".") }

func (ev evaluator) call(n *ast.CallExpr) (value, error) {
	name := n.Fun.(*ast.Ident).Name
	row := lookup(name)
	if row == nil {
		return nil, ev.unknown(n.Pos(), name)
	}
	if row.Name == op.Where && len(withoutOut(n.Args)) == 1 {
		row = op.Lookup(op.Nonzero) // as in NumPy
	}
	c := calling{evaluator: ev, name: name, row: row, pos: n.Pos(), params: row.Signature(), given: map[string]argument{}}
	if d, err := dtype.Parse(name); err == nil {
		c.given["dtype"] = argument{pos: n.Pos(), value: d}
	}
	for _, arg := range n.Args {
		if err := c.add(arg, len(n.Args)); err != nil {
			return nil, err
		}
	}
	for _, p := range c.params {
		if _, ok := c.given[p.Name]; !ok && !p.Optional {
			return nil, c.wrongCount(len(n.Args))
		}
	}
	return c.invoke()
}

// withoutOut is arguments without the one that says which of several results is
// taken.
func withoutOut(args []ast.Expr) []ast.Expr {
	return slices.DeleteFunc(slices.Clone(args), func(arg ast.Expr) bool {
		inner, ok := arg.(*ast.CallExpr)
		return ok && inner.Fun.(*ast.Ident).Name == "out"
	})
}

// add takes an argument of the call, which has count of them.
func (c *calling) add(arg ast.Expr, count int) error {
	if inner, ok := arg.(*ast.CallExpr); ok {
		// What the function has as an option is one, as indices(0, 2) of take.
		if name := inner.Fun.(*ast.Ident).Name; lookup(name) == nil && isOption(name) || c.parameter(name) != nil {
			return c.option(name, inner)
		}
	}
	v, err := c.argument(arg)
	if err != nil {
		return err
	}
	var p op.Param
	for {
		if c.next == len(c.params) {
			return c.wrongCount(count)
		}
		p = c.params[c.next]
		a, taken := c.given[p.Name]
		_, isText := v.(string)
		if p.Kind == op.Operands && !isText {
			list, _ := a.value.([]call.Arg)
			c.given[p.Name] = argument{arg.Pos(), append(list, v), append(a.items, arg.Pos())}
			return nil
		}
		c.next++
		if !taken {
			break
		}
	}
	c.given[p.Name] = argument{pos: arg.Pos(), value: v}
	return nil
}

// leftOut is what stands for an argument that is left out before others, where no
// input is called so.
const leftOut = "none"

// argument is an argument's value: nil if it is left out.
func (c *calling) argument(n ast.Expr) (call.Arg, error) {
	if name, ok := n.(*ast.Ident); ok && name.Name == leftOut {
		if _, input := c.inputs[leftOut]; !input {
			return nil, nil
		}
	}
	v, err := c.eval(n)
	if s, ok := v.(text); ok {
		return string(s), err
	}
	return v, err
}

// option takes an argument with a name.
func (c *calling) option(name string, n *ast.CallExpr) error {
	p := c.parameter(name)
	if p == nil {
		return c.at(n.Pos(), "%s has no option %s: write %s", c.name, name, c.usage())
	}
	if first, twice := c.given[p.Name]; twice {
		return c.at(n.Pos(), "%s is given twice, here and at column %s", name, strings.TrimPrefix(c.place(first.pos), "expression:"))
	}
	a := argument{pos: n.Pos()}
	list := []call.Arg{}
	for _, inner := range n.Args {
		v, err := c.argument(inner)
		if err != nil {
			return err
		}
		list = append(list, v)
		a.items = append(a.items, inner.Pos())
	}
	a.value = list
	switch p.Kind {
	case op.Ints, op.Numbers, op.Pairs:
	case op.Chunks, op.Index:
		if len(list) == 1 {
			a.value = list[0] // chunks for every axis, an index of the first one, or text
		}
	default:
		if len(list) != 1 {
			return c.at(n.Pos(), "%s takes one value", name)
		}
		a.value = list[0]
	}
	c.given[p.Name] = a
	return nil
}

// parameter is the one that an option stands for; nil if the function has none.
func (c *calling) parameter(name string) *op.Param {
	for _, written := range []string{name, otherOptions[name]} {
		for i, p := range c.params {
			if isNamed(p) && written != "" && (written == p.Name || written == p.NumPy) {
				return &c.params[i]
			}
		}
	}
	if name == "out" && c.row.Outputs != 1 {
		return &op.Param{Name: "out", Kind: op.Int, Optional: true}
	}
	return nil
}

// invoke is what the function gives: of several results the one that out names.
func (c *calling) invoke() (value, error) {
	out, named := c.given["out"]
	several := c.row.Outputs != 1
	switch {
	case several && !named:
		return nil, c.at(c.pos, "%s has several results, of which one is taken: add out(0) to its arguments", c.name)
	case several:
		delete(c.given, "out")
	}
	kw := make(map[string]call.Arg, len(c.given))
	for name, a := range c.given {
		kw[name] = a.value
	}
	results, err := call.InvokeAt(c.place(c.pos), string(c.row.Name), nil, kw)
	if err != nil {
		return nil, c.mistake(err)
	}
	if !several {
		return c.made(c.pos, results[0])
	}
	n, isInt := out.value.(int64)
	if !isInt || n < 0 || n >= int64(len(results)) {
		return nil, c.at(out.pos, "%s has %d results here: write out(0) to out(%d)", c.name, len(results), len(results)-1)
	}
	return c.made(c.pos, results[n])
}

// mistake is the error of a call, at the argument that it is about if it is about
// one.
func (c *calling) mistake(err error) error {
	var about *call.ArgumentError
	var whole *graph.Error
	if !errors.As(err, &about) || !errors.As(err, &whole) {
		return c.at(c.pos, "%w", withoutPlace(err))
	}
	a := c.given[about.Parameter]
	pos := a.pos
	if about.Item >= 0 && about.Item < len(a.items) {
		pos = a.items[about.Item]
	}
	if pos == 0 {
		pos = c.pos
	}
	if whole.Kind == graph.TypeError {
		return c.at(pos, "%w", &reworded{fmt.Sprintf("%v; write %s", about, c.usage()), err})
	}
	return c.at(pos, "%w", &reworded{about.Err.Error(), err})
}

func (c *calling) wrongCount(n int) error {
	return c.at(c.pos, "%s does not take %d %s: write %s", c.name, n, plural("argument", n), c.usage())
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// usage is how the function is called, with its options.
func (c *calling) usage() string {
	if c.row.Name == op.Astype && c.name != string(op.Astype) {
		return c.name + "(x)"
	}
	var arguments, named []string
	for _, p := range c.params {
		switch {
		case !p.Optional || p.Kind == op.Number:
			arguments = append(arguments, asArgument(p))
		default:
			named = append(named, asOption(p))
		}
	}
	if c.row.Outputs != 1 {
		named = append(named, "out(0)")
	}
	usage := c.name + "(" + strings.Join(arguments, ", ") + ")"
	if len(named) > 0 {
		usage += ", with " + strings.Join(named, ", ") + " if wanted"
	}
	return usage
}

// asArgument is what stands for a parameter in a call.
func asArgument(p op.Param) string {
	switch p.Kind {
	case op.Operands:
		return "a, b"
	case op.Type:
		return `"float32"`
	case op.Index:
		return `"0:10, ::2"`
	case op.Chunks:
		return `"12, -1, auto"`
	case op.Text:
		return fmt.Sprintf("%q", p.Name)
	case op.Operand, op.Number, op.Int, op.Float:
		return p.Name
	}
	return asOption(p)
}

// asOption is a parameter with its name.
func asOption(p op.Param) string {
	values := "1"
	switch {
	case p.Name == "shape":
		values = "3, 4"
	case p.Kind == op.Operand:
		values = "a"
	case p.Kind == op.Operands:
		values = "a, b"
	case p.Kind == op.Ints:
		values = "0, 1"
	case p.Kind == op.Bool:
		values = "true"
	case p.Kind == op.Type:
		values = `"float32"`
	case p.Kind == op.Text:
		values = `"…"`
	case p.Kind == op.Chunks:
		values = `"12, -1, auto"`
	case p.Kind == op.Pairs:
		values = "1, 2"
	case p.Kind == op.Numbers:
		values = "0.25, 0.75"
	}
	return p.Name + "(" + values + ")"
}

// unknown is the error for a function that does not exist.
func (ev evaluator) unknown(pos token.Pos, name string) error {
	switch {
	case isOption(name):
		return ev.at(pos, "%s is an option of functions: write it among their arguments, such as mean(x, axes(0, 1))", name)
	case ev.inputs[name].Err() == nil:
		return ev.at(pos, "%s is an input, not a function: multiplication is written *, a part %s[0:10]", name, name)
	}
	if op.Lacks(op.Name(name)) {
		return ev.at(pos, "there is no %s yet; gabion ops lists the functions that there are", name)
	}
	if close := near(name, Functions()); len(close) > 0 {
		return ev.at(pos, "no function is called %s; did you mean %s?", shortened(name), strings.Join(close, " or "))
	}
	return ev.at(pos, "no function is called %s; names are those of the Array API standard and of NumPy, such as mean, sqrt or where", shortened(name))
}
