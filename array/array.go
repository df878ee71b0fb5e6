package array

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// Array is a lazy array: an expression and what is known of its result. It is
// a small value to copy and compare with nothing; methods give new arrays and
// may be called by several goroutines at once. The zero Array stands for no
// array, and every use of it is an error.
type Array struct {
	ref   graph.Ref
	err   error
	place string
}

// errNoArray is what is wrong with the zero Array.
var errNoArray = errors.New("this is the zero Array, which holds nothing: make arrays with From, FromSlice, Zeros and their like")

// made is the result of an operation.
func made(ref graph.Ref, err error) Array {
	if err != nil {
		return Array{err: err}
	}
	return Array{ref: ref}
}

// mistake is an Array that carries an error found in this package.
func mistake(kind graph.Kind, name op.Name, site graph.Site, err error) Array {
	return Array{err: &graph.Error{Kind: kind, Op: name, Site: site, Err: err}}
}

// site is where the caller of the API asked for an operation on arrays.
func site(arrays ...Array) graph.Site {
	for _, a := range arrays {
		if a.place != "" {
			return graph.Site{Text: a.place}
		}
	}
	return graph.Caller(2)
}

// operands are the references of arrays, or their first error.
func operands(name op.Name, at graph.Site, arrays ...Array) ([]graph.Ref, error) {
	for _, a := range arrays {
		if a.err != nil {
			return nil, a.err
		}
	}
	refs := make([]graph.Ref, len(arrays))
	for i, a := range arrays {
		if a.ref.Node == nil {
			err := errNoArray
			if len(arrays) > 1 {
				err = fmt.Errorf("operand %d: %w", i, err)
			}
			return nil, &graph.Error{Kind: graph.ValueError, Op: name, Site: at, Err: err}
		}
		refs[i] = a.ref
	}
	return refs, nil
}

// unary is an operation on one array.
func (a Array) unary(name op.Name, f func(at graph.Site, in graph.Ref) (graph.Ref, error)) Array {
	at := site(a)
	in, err := operands(name, at, a)
	if err != nil {
		return Array{err: err}
	}
	ref, err := f(at, in[0])
	return made(ref, graph.Unresolved(err, in))
}

// Err is the first error of the expression, or nil. It is a *graph.Error unless
// a source failed to say what it is.
func (a Array) Err() error {
	if a.err == nil && a.ref.Node == nil {
		return errNoArray
	}
	return a.err
}

// describe is what is known of the array; nothing if it carries an error.
func (a Array) describe() block.Description {
	if a.Err() != nil {
		return block.Description{}
	}
	return a.ref.Describe()
}

// DType is the type of the elements; dtype.Invalid if the array carries an
// error.
func (a Array) DType() dtype.DType { return a.describe().DType }

// Shape is the length along each axis, block.Unknown where only running can
// tell; nil if the array carries an error.
func (a Array) Shape() block.Shape {
	if a.Err() != nil {
		return nil
	}
	return a.ref.Shape()
}

// Rank is the number of axes, which NumPy calls ndim.
func (a Array) Rank() int { return len(a.describe().Grid) }

// Size is the number of elements, or block.Unknown.
func (a Array) Size() int {
	if a.Err() != nil {
		return 0
	}
	n, err := a.Shape().Size()
	if err != nil {
		return block.Unknown
	}
	return n
}

// NBytes is the size of the elements in bytes, or block.Unknown. Computing the
// array may take much less memory.
func (a Array) NBytes() int64 {
	n := a.Size()
	if n == block.Unknown {
		return block.Unknown
	}
	return int64(n) * int64(a.DType().Size())
}

// Chunks says how the array is divided into blocks.
func (a Array) Chunks() block.Grid { return slices.Clone(a.describe().Grid) }

// Names are the names of the dimensions, "" for an axis without a name; nil if
// no axis has one.
func (a Array) Names() []string { return slices.Clone(a.describe().Names) }

// Attrs are the attributes, which are for the caller to change.
func (a Array) Attrs() block.Attributes { return maps.Clone(a.describe().Attrs) }

// Axis is the number of the axis called name, and whether there is exactly one.
func (a Array) Axis(name string) (axis int, ok bool) {
	axes, err := axesNamed(a.describe().Names, []string{name})
	if err != nil {
		return 0, false
	}
	return axes[0], true
}

// axesNamed are the numbers of the axes with the given names.
func axesNamed(names, wanted []string) ([]int, error) {
	axes := make([]int, len(wanted))
	for i, name := range wanted {
		axis := slices.Index(names, name)
		switch {
		case name == "" || axis < 0:
			return nil, fmt.Errorf("no axis is called %q; %s", name, namesText(names))
		case slices.Contains(names[axis+1:], name):
			return nil, fmt.Errorf("several axes are called %q; use their numbers", name)
		}
		axes[i] = axis
	}
	return axes, nil
}

func namesText(names []string) string {
	if names == nil {
		return "the axes have no names, use their numbers"
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%q", name)
	}
	return "the axes are " + strings.Join(parts, ", ")
}

// String shows the type, shape, chunks, size and names of the array, or its
// error. Nothing is computed.
func (a Array) String() string {
	if err := a.Err(); err != nil {
		return "Array(error: " + err.Error() + ")"
	}
	var b strings.Builder
	d := a.ref.Describe()
	fmt.Fprintf(&b, "Array(%v, shape %v, chunks %v, ", d.DType, d.Shape(), d.Grid)
	if n := a.NBytes(); n >= 0 {
		b.WriteString(plan.Size(n))
	} else {
		b.WriteString("unknown size")
	}
	if d.Names != nil {
		parts := make([]string, len(d.Names))
		for i, name := range d.Names {
			parts[i] = name
			if name == "" {
				parts[i] = "_"
			}
		}
		b.WriteString(", names (" + strings.Join(parts, ", ") + ")")
	}
	b.WriteString(")")
	return b.String()
}

// Graph is the expressions of arrays as data: to be printed (Text, DOT), or to be
// saved (package graph/document). The first error of any of them is returned.
func Graph(arrays ...Array) (graph.Graph, error) {
	refs, err := operands("graph", graph.Caller(1), arrays...)
	return graph.Graph{Outputs: refs}, err
}

// WithPlace is a whose operations, and those of other arrays with it, are said
// in errors and plans to be at place instead of the caller's file and line. It
// is for parsers of expressions. What the operations give is without a place.
func (a Array) WithPlace(place string) Array {
	a.place = place
	return a
}
