package expr

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"

	"gabion/array"
	"gabion/dtype"
	"gabion/internal/op"
)

// call is a call of a function.
type call struct {
	evaluator
	name    string
	pos     token.Pos
	args    []argument
	options map[string]argument // by the names in optionNames
}

// argument is an argument of a function, or an option and what is in its
// brackets.
type argument struct {
	pos    token.Pos
	value  value      // of an argument
	values []argument // of an option
}

// optionNames are the functions that are options of others, and the name by
// which these know them.
var optionNames = map[string]string{
	"axes": "axes", "axis": "axes", "shape": "shape", "keepdims": "keepdims",
	"correction": "correction", "ddof": "correction",
	"nan": "nan", "posinf": "posinf", "neginf": "neginf", "rtol": "rtol", "atol": "atol", "equal_nan": "equal_nan",
}

// isFunction reports whether name can be called.
func isFunction(name string) bool {
	_, found := lookup(name)
	return found || optionNames[name] != ""
}

func (ev evaluator) call(n *ast.CallExpr) (value, error) {
	name := n.Fun.(*ast.Ident).Name
	f, ok := lookup(name)
	if !ok {
		return nil, ev.unknown(n.Pos(), name)
	}
	c := call{evaluator: ev, name: name, pos: n.Pos(), options: map[string]argument{}}
	for _, arg := range n.Args {
		if inner, ok := arg.(*ast.CallExpr); ok {
			if option := optionNames[inner.Fun.(*ast.Ident).Name]; option != "" {
				if err := c.addOption(option, inner, f); err != nil {
					return nil, err
				}
				continue
			}
		}
		if ev.isNone(arg) {
			c.args = append(c.args, argument{pos: arg.Pos(), value: none{}})
			continue
		}
		v, err := ev.eval(arg)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, argument{pos: arg.Pos(), value: v})
	}
	if len(c.args) < f.least || len(c.args) > f.most {
		return nil, ev.at(n.Pos(), "%s does not take %d %s: write %s", name, len(c.args), plural("argument", len(c.args)), f.usage(name))
	}
	a, err := f.run(&c)
	if err != nil {
		return nil, err
	}
	return ev.made(n.Pos(), a)
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func (c *call) addOption(option string, n *ast.CallExpr, f function) error {
	written := n.Fun.(*ast.Ident).Name
	if !slices.Contains(f.options, option) {
		return c.at(n.Pos(), "%s has no option %s: write %s", c.name, written, f.usage(c.name))
	}
	if _, twice := c.options[option]; twice {
		return c.at(n.Pos(), "%s is given twice", written)
	}
	arg := argument{pos: n.Pos()}
	for _, inner := range n.Args {
		v, err := c.eval(inner)
		if err != nil {
			return err
		}
		arg.values = append(arg.values, argument{pos: inner.Pos(), value: v})
	}
	if option != "axes" && option != "shape" && len(arg.values) != 1 {
		return c.at(n.Pos(), "%s takes one value", written)
	}
	c.options[option] = arg
	return nil
}

// unknown is the error for a function that does not exist.
func (ev evaluator) unknown(pos token.Pos, name string) error {
	switch {
	case optionNames[name] != "":
		return ev.at(pos, "%s is an option of functions: write it among their arguments, such as mean(x, axes(0, 1))", name)
	case ev.inputs[name].Err() == nil:
		return ev.at(pos, "%s is an input, not a function: multiplication is written *, a part %s[0:10]", name, name)
	}
	if close := near(name, Functions()); len(close) > 0 {
		return ev.at(pos, "no function is called %s; did you mean %s?", shortened(name), strings.Join(close, " or "))
	}
	return ev.at(pos, "no function is called %s; names are those of the Array API standard and of NumPy, such as mean, sqrt or where", shortened(name))
}

// function is what can be called.
type function struct {
	least, most int      // arguments that are not options
	options     []string // by the names in optionNames
	form        string   // how a call is written, after the name
	run         func(c *call) (array.Array, error)
}

func (f function) usage(name string) string { return name + f.form }

// lookup finds a function: in the table of operations, the one below, or as the
// name of an element type.
func lookup(name string) (function, bool) {
	if f, ok := functions[name]; ok {
		return f, true
	}
	if row := op.Find(name); row != nil {
		if f, ok := functions[string(row.Name)]; ok {
			return f, true
		}
		switch {
		case row.Class == op.Elementwise && row.Types != nil:
			form := [...]string{1: "(x)", 2: "(a, b)", 3: "(cond, a, b)"}[row.Arity]
			return function{row.Arity, row.Arity, nil, form, elementwise}, true
		case row.Class == op.Reduction:
			f := function{1, 2, []string{"axes", "keepdims"}, `(x), (x, 0), (x, "TIME") or (x, axes(0, 1), keepdims(true))`, reduction}
			if row.Name == op.Var || row.Name == op.Std {
				f.options = append(f.options, "correction")
				f.form = `(x), (x, 0), (x, "TIME") or (x, axes(0, 1), keepdims(true), correction(1))`
			}
			return f, true
		}
	}
	if d, err := dtype.Parse(name); err == nil {
		return function{1, 1, nil, "(x)", func(c *call) (array.Array, error) { return c.cast(d) }}, true
	}
	return function{}, false
}

// Functions lists the names that can be called, in order, apart from options.
func Functions() []string {
	names := slices.Collect(maps.Keys(functions))
	for _, row := range op.Rows() {
		if _, ok := lookup(string(row.Name)); ok {
			names = append(append(names, string(row.Name)), row.NumPy...)
		}
	}
	for _, d := range dtype.All() {
		names = append(names, d.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func elementwise(c *call) (array.Array, error) {
	arrays := make([]array.Array, len(c.args))
	for i := range arrays {
		a, err := c.array(i)
		if err != nil {
			return a, err
		}
		arrays[i] = a
	}
	return array.Apply(c.name, arrays...), nil
}

func reduction(c *call) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	axes, given, err := c.axes(a, 1)
	if err != nil {
		return a, err
	}
	var opts []array.ReduceOption
	if given {
		opts = append(opts, array.Axes(axes...))
	}
	if keep, ok := c.options["keepdims"]; ok {
		on, isBool := keep.values[0].value.(bool)
		if !isBool {
			return a, c.at(keep.pos, "keepdims is true or false")
		}
		if on {
			opts = append(opts, array.Keepdims())
		}
	}
	if correction, ok := c.options["correction"]; ok {
		v := correction.values[0].value
		f, isReal := toFloat(v)
		if _, isBool := v.(bool); !isReal || isBool {
			return a, c.at(correction.pos, "a correction is a number")
		}
		opts = append(opts, array.Correction(f))
	}
	return a.Reduce(c.name, opts...), nil
}

// array is argument i as an array, placed at the call.
func (c *call) array(i int) (array.Array, error) {
	a, err := c.asArray(c.args[i].pos, c.args[i].value)
	return a.WithPlace(c.place(c.pos)), err
}

// number is the value of an option, or argument i, as a real number; given is
// false if there is none, or it is none.
func (c *call) number(option string, i int) (v float64, given bool, err error) {
	values, given, err := c.list(option, i)
	if err != nil || !given {
		return 0, false, err
	}
	if _, isNone := values[0].value.(none); isNone {
		return 0, false, nil
	}
	f, isReal := toFloat(values[0].value)
	if _, isBool := values[0].value.(bool); !isReal || isBool {
		return 0, false, c.at(values[0].pos, "%s is a real number", option)
	}
	return f, true, nil
}

// text is argument i, which is text; what says of what.
func (c *call) text(i int, what string) (string, error) {
	s, ok := c.args[i].value.(text)
	if !ok {
		return "", c.at(c.args[i].pos, "%s is written as text, in double quotes", what)
	}
	return string(s), nil
}

// list is the values of an option, or argument i alone if it is there.
func (c *call) list(option string, i int) (values []argument, given bool, err error) {
	o, given := c.options[option]
	switch {
	case given && len(c.args) > i:
		are := "is"
		if option == "axes" {
			are = "are"
		}
		return nil, false, c.at(c.args[i].pos, "%s %s given twice, here and at column %s", option, are,
			strings.TrimPrefix(c.place(o.pos), "expression:"))
	case given:
		return o.values, true, nil
	case len(c.args) > i:
		return c.args[i : i+1], true, nil
	}
	return nil, false, nil
}

// axes are the axes of a that are given as an option, or as argument i.
func (c *call) axes(a array.Array, i int) (axes []int, given bool, err error) {
	values, given, err := c.list("axes", i)
	if err != nil {
		return nil, false, err
	}
	for _, v := range values {
		name, named := v.value.(text)
		if !named {
			axis, err := c.asInteger(v.pos, v.value, "an axis without a name")
			if err != nil {
				return nil, false, err
			}
			axes = append(axes, axis)
			continue
		}
		axis, ok := a.Axis(string(name))
		if !ok {
			return nil, false, c.at(v.pos, "no single axis is called %q; %s", shortened(string(name)), axisNames(a))
		}
		axes = append(axes, axis)
	}
	return axes, given, nil
}

func axisNames(a array.Array) string {
	names := a.Names()
	if names == nil {
		return "the axes have no names, use their numbers"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return "the axes are " + list(quoted)
}

// lengths are those of the option shape, or argument i.
func (c *call) lengths(i int) ([]int, error) {
	values, given, err := c.list("shape", i)
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, c.at(c.pos, "%s needs a shape: write %s", c.name, functions[canonical(c.name)].usage(c.name))
	}
	lengths := make([]int, len(values))
	for k, v := range values {
		if lengths[k], err = c.asInteger(v.pos, v.value, "a length"); err != nil {
			return nil, err
		}
	}
	return lengths, nil
}

// canonical is the name under which the table below lists a function.
func canonical(name string) string {
	if row := op.Find(name); row != nil {
		return string(row.Name)
	}
	return name
}

func (c *call) cast(d dtype.DType) (array.Array, error) {
	a, err := c.array(0)
	if err != nil {
		return a, err
	}
	return a.AsType(d), nil
}
