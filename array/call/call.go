package call

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gabion/array"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/op"
)

// Arg is an argument: an array.Array or a value as in documents, which is nil,
// string, dtype.DType, document.Slice, document.Ellipsis, block.Grid (chunks), block.IndexMap, a
// list ([]Arg), or a scalar that gives way to the type of the arrays it meets. A
// scalar is a bool, an int, int64, uint64 or *big.Int, a float64, or a complex128.
// nil is also what is not given.
type Arg = document.Value

// ArgumentError says what is wrong with one argument, or with one item of it where
// Item is not -1. It is within a *graph.Error.
type ArgumentError struct {
	Parameter string
	Item      int
	Err       error
}

func (e *ArgumentError) Error() string { return e.Parameter + ": " + e.Err.Error() }
func (e *ArgumentError) Unwrap() error { return e.Err }

// Invoke calls the operation that the Python Array API standard or NumPy calls
// name. Arguments are for the operation's parameters in order, then those of kw by
// their names. Nothing is computed.
func Invoke(name string, args []Arg, kw map[string]Arg) ([]array.Array, error) {
	return InvokeAt("", name, args, kw)
}

// InvokeAt is Invoke of an operation that plans and errors say is at place, such
// as a column of an expression, instead of the caller's file and line.
func InvokeAt(place, name string, args []Arg, kw map[string]Arg) ([]array.Array, error) {
	return invoke(place, name, args, kw, nil)
}

// Callable reports whether documents call an operation by a name: one of those that
// Known knows, or a part that others are made of.
func Callable(name string) bool {
	row := op.Find(name)
	return row != nil && invocation(row) != nil
}

// Known is the row of an operation that users call by a name; nil if there is
// none. The parts that others are made of are for documents alone.
func Known(name string) *op.Op {
	row := op.Find(name)
	if row == nil || row.Internal || !Callable(name) {
		return nil
	}
	return row
}

// invoke is InvokeAt with labels for what is made.
func invoke(place, name string, args []Arg, kw map[string]Arg, labels []array.CreateOption) ([]array.Array, error) {
	at := graph.Site{Text: place}
	if place == "" {
		at = graph.Caller(3)
	}
	row := called(name, len(args)+len(kw))
	if row == nil || invocation(row) == nil {
		return nil, &graph.Error{Kind: graph.NotImplementedError, Op: op.Name(shortened(name)), Site: at, Err: errors.New("there is no such operation")}
	}
	a := &arguments{row: row, place: place, at: at, labels: labels}
	if a.bind(args, kw); a.err != nil {
		return nil, a.err
	}
	results := invocation(row)(a)
	if len(a.labels) > 0 && a.err == nil {
		a.fail(graph.ValueError, "", errors.New("only arrays that are made have names and attributes of their own"))
	}
	if a.err != nil {
		return nil, a.err
	}
	for i, r := range results {
		if err := r.Err(); err != nil {
			return nil, a.placed(err)
		}
		if rank := r.Rank(); rank > document.MaxAxes {
			a.fail(graph.ValueError, "", fmt.Errorf("the result has %d axes, %d are the most", rank, document.MaxAxes))
			return nil, a.err
		}
		if place != "" && !row.TakesArrays() {
			results[i] = r.MadeAt(place)
		}
	}
	return results, nil
}

// called is the row of an operation that is called with so many arguments; nil if
// there is none.
func called(name string, arguments int) *op.Op {
	row := op.Find(name)
	if row != nil && row.Name == op.Where && arguments == 1 {
		return op.Lookup(op.Nonzero) // as in NumPy
	}
	return row
}

// bind gives each argument to its parameter.
func (a *arguments) bind(args []Arg, kw map[string]Arg) {
	params := a.row.Signature()
	a.values = make(map[string]Arg, len(params))
	if at := slices.IndexFunc(params, func(p op.Param) bool { return p.Variadic }); at >= 0 && len(args) > at {
		if _, list := args[at].([]Arg); !list {
			args = append(slices.Clone(args[:at]), slices.Clone(args[at:]))
		}
	}
	if len(args) > len(params) {
		a.fail(graph.TypeError, "", fmt.Errorf("it takes %d %s, not %d: it is %s", len(params), plural("argument", len(params)), len(args), a.row.Call()))
		return
	}
	for i, v := range args {
		a.values[params[i].Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(kw)) {
		p := parameter(params, name)
		switch {
		case p == nil:
			a.fail(graph.TypeError, "", fmt.Errorf("it has no parameter %q: it is %s", shortened(name), a.row.Call()))
			return
		case a.given(p.Name):
			a.fail(graph.TypeError, p.Name, errors.New("it is given twice"))
			return
		}
		a.values[p.Name] = kw[name]
	}
	for _, p := range params {
		if !p.Optional && a.values[p.Name] == nil {
			a.fail(graph.TypeError, "", fmt.Errorf("its parameter %q is missing: it is %s", p.Name, a.row.Call()))
			return
		}
	}
	for _, p := range params {
		if err := carried(a.values[p.Name]); err != nil && a.err == nil {
			a.err = err
		}
	}
}

// parameter finds a parameter by its own or NumPy's name; nil if there is none.
func parameter(params []op.Param, name string) *op.Param {
	for i, p := range params {
		if name == p.Name || name == p.NumPy && name != "" {
			return &params[i]
		}
	}
	return nil
}

// carried is the error that an array among the arguments carries.
func carried(v Arg) error {
	switch v := v.(type) {
	case array.Array:
		return v.Err()
	case []Arg:
		for _, item := range v {
			if err := carried(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// placed is an error of what the call is made of as one of the call.
func (a *arguments) placed(err error) error {
	var mistake *graph.Error
	if !errors.As(err, &mistake) {
		return err
	}
	moved := *mistake
	moved.Op, moved.Site = a.row.Name, a.at
	return &moved
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// shortened is text for an error.
func shortened(text string) string {
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:57], "") + "..."
	}
	return text
}
