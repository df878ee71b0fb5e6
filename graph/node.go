// Package graph holds the logical plan: WHAT to compute.
//
// A graph is immutable nodes that refer to the nodes they read. Each node names
// an operation of the table in internal/op and carries the operation's
// attributes as data, so that passes can look inside and a graph can be printed
// and stored. Shape, element type, blocks and dimension names of a node are
// known when it is built; a mistake is found there, with the caller's line.
//
// Invariants:
//   - G1: a node's shape, type and grid (unknown lengths apart) are known
//     without running, and the computed blocks have exactly these.
//   - G2: nodes are immutable.
//   - G3: a pass keeps every bit of every result.
package graph

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/op"
)

// Node is one operation with its inputs. It is immutable (G2).
type Node struct {
	Op      op.Name
	Inputs  []Ref
	Attrs   Attrs
	Results []block.Description
	Site    Site
}

// Ref is one result of a node.
type Ref struct {
	Node *Node
	Out  int
}

// Describe says what the result is.
func (r Ref) Describe() block.Description { return r.Node.Results[r.Out] }

// DType is the result's element type.
func (r Ref) DType() dtype.DType { return r.Node.Results[r.Out].DType }

// Grid is the result's blocks.
func (r Ref) Grid() block.Grid { return r.Node.Results[r.Out].Grid }

// Shape is the result's shape.
func (r Ref) Shape() block.Shape { return r.Grid().Shape() }

// Row is the node's row in the table of operations.
func (n *Node) Row() *op.Op { return op.Lookup(n.Op) }

// Attrs are the attributes of an operation: one of the types below. They are
// data; what only this process has is behind a Slot.
type Attrs interface {
	// Text is the attributes as they are printed after an operation's
	// name, in golden files and error messages.
	Text() string
}

// Slot stands for a local value, such as a source or a user's function, that a
// plan refers to and Bindings carry. Two slots of the same pointer are alike;
// others are compared by identity.
type Slot struct {
	Name  string // identifies the value to other processes; "" if nothing does
	Value any
}

// identity is equal under == for slots that are alike.
func (s *Slot) identity() any {
	if s != nil && reflect.ValueOf(s.Value).Kind() == reflect.Pointer {
		return s.Value
	}
	return s
}

// NoAttrs is for operations that have none.
type NoAttrs struct{}

// ReadAttrs belong to read: the slot holds a block.Source.
type ReadAttrs struct{ Source *Slot }

// FullAttrs belong to full. Weak marks a literal whose type gives way to that
// of the array it meets.
type FullAttrs struct {
	Value dtype.Scalar
	Weak  bool
}

// ArangeAttrs belong to arange: element i is Start + i*Step, in float64 for
// floating types and in int64 for integers.
type ArangeAttrs struct {
	Start, Step       float64
	IntStart, IntStep int64
}

// RandomAttrs belong to the random operations. Element i in C order of the whole
// array depends on these and on i alone, and elements of other streams of the
// seed are independent of it.
type RandomAttrs struct {
	Seed, Stream uint64

	// A and B are the bounds of random_uniform, mean and standard deviation
	// of random_normal, shape and scale of random_gamma, the shapes of
	// random_beta. A alone is the mean of random_exponential and
	// random_poisson, and the probability of random_binomial.
	A, B float64

	// Low and Low+Span are the least and the greatest of random_integers,
	// as the bits of an int64 or uint64.
	Low  int64
	Span uint64

	// N is the number of trials of random_binomial, and the number of
	// indices of random_choice and random_permutation.
	N int64

	// Distinct indices of random_choice are drawn without replacement. P is
	// the probability of each index, nil if all are equally likely.
	Distinct bool
	P        []float64
}

// CastAttrs belong to astype.
type CastAttrs struct{ To dtype.DType }

// ReduceAttrs belong to reductions. Axes are ascending and not negative;
// Correction is subtracted from the number of elements in var and std.
type ReduceAttrs struct {
	Axes       []int
	Keepdims   bool
	Correction float64
}

// AxisIndex is what is taken of one input axis, or a new axis of length 1.
type AxisIndex struct {
	New   bool // an axis of length 1 that the input does not have
	Drop  bool // the single index Start; the axis is not in the result
	Start int  // first index taken
	Step  int  // distance between indices taken, not 0
	Count int  // how many are taken
}

// SliceAttrs belong to getitem: the items without New stand for the input's
// axes in order, all of them.
type SliceAttrs struct{ Items []AxisIndex }

// PermAttrs belong to permute_dims: result axis i is input axis Axes[i].
type PermAttrs struct{ Axes []int }

// ShapeAttrs belong to broadcast_to and reshape.
type ShapeAttrs struct{ Shape block.Shape }

// AxesAttrs belong to squeeze (input axes) and expand_dims (result axes).
type AxesAttrs struct{ Axes []int }

// DiagonalAttrs belong to diagonal: the elements whose index along Axis2 is
// Offset more than that along Axis1. Axes are those of the input.
type DiagonalAttrs struct{ Offset, Axis1, Axis2 int }

// ConcatAttrs belong to concat.
type ConcatAttrs struct{ Axis int }

// ContractAttrs belong to contractions. Their space has the axes of the result
// and after them those that are summed over; axis i of the first input walks axis
// A[i] of the space, and so on. An axis of length 1 may walk a longer one.
type ContractAttrs struct {
	A, B []int
	Kept int        // how many axes the result has
	Grid block.Grid // the space and its blocks
	Conj bool       // of the first input the complex conjugate is taken
}

// RechunkAttrs belong to rechunk.
type RechunkAttrs struct{ Grid block.Grid }

// FuncAttrs belong to map_blocks and fromfunction: the slot holds a function that
// the executor understands.
type FuncAttrs struct {
	Func    *Slot
	Scratch int64     // bytes a call may allocate
	Overlap []Overlap // for each input, what calls are given beyond their block; nil for nothing
	Part    bool      // more operations belong to what the user's call makes, such as those that drop axes
}

// BlockAttrs belong to the operations on whole blocks. What Axis, K and Flag say
// is the operation's.
type BlockAttrs struct {
	Axis    int
	K       int
	Flag    bool
	Sizes   []int
	Overlap []Overlap
}

// Overlap is how many indices beyond a block a call is given along every axis,
// before it and after it, and what stands beyond the ends of the array: without
// a fill value modes are not constant.
type Overlap struct {
	Depth [][2]int
	Modes []PadMode
	Fill  dtype.Scalar
}

// TreeAttrs belong to tree_reduce: the slot holds the functions, which the
// executor understands. The last axes of the input are reduced. Before they are
// finished, each result is Width elements of type Partial.
type TreeAttrs struct {
	Func    *Slot
	Reduced int // how many of the last axes
	Partial dtype.DType
	Width   int
	Results int   // length of a last axis of the result; 0 for none
	Scratch int64 // bytes that a call on a block may allocate
}

// Site is where the user's program asked for an operation.
type Site struct {
	Text string // a place that is not in a Go file, such as a column of an expression
	pcs  [8]uintptr

	whole op.Name
}

// Of is the site of a part of an operation: errors of the part name the whole,
// which is what the user's program asked for.
func (s Site) Of(whole op.Name) Site {
	s.whole = whole
	return s
}

// Asked is the operation that the user's program asked for, of which own is a
// part, or all.
func (s Site) Asked(own op.Name) op.Name {
	if s.whole != "" {
		return s.whole
	}
	return own
}

// apiPackages are left out of call stacks when looking for the caller.
var apiPackages = []string{"gabion/array.", "gabion/array/call.", "gabion/array/expr.", "gabion/graph."}

// Caller is the site that called into the API, of which skip frames (1 is
// Caller's own caller) are left out.
func Caller(skip int) Site {
	var s Site
	runtime.Callers(skip+1, s.pcs[:])
	return s
}

// String is file:line.
func (s Site) String() string {
	if s.Text != "" {
		return s.Text
	}
	n := 0
	for n < len(s.pcs) && s.pcs[n] != 0 {
		n++
	}
	if n == 0 {
		return "unknown place"
	}
	frames := runtime.CallersFrames(s.pcs[:n])
	for {
		frame, more := frames.Next()
		api := false
		for _, p := range apiPackages {
			api = api || strings.HasPrefix(frame.Function, p)
		}
		if !api || !more {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
	}
}

// MarshalText is what String says; nothing of the zero Site.
func (s Site) MarshalText() ([]byte, error) {
	if s == (Site{}) {
		return nil, nil
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Site) UnmarshalText(text []byte) error {
	*s = Site{Text: string(text)}
	return nil
}

// Kind is the kind of a mistake, by the names that NumPy's users know.
type Kind string

// The kinds of mistakes.
const (
	TypeError     Kind = "TypeError"     // an element type the operation does not take
	ValueError    Kind = "ValueError"    // shapes that do not fit, a bad parameter
	IndexError    Kind = "IndexError"    // an index or axis out of range
	OverflowError Kind = "OverflowError" // a number that does not fit

	// Of expressions that are written by operations' names:
	NotImplementedError Kind = "NotImplementedError" // an operation that there is not
	RuntimeError        Kind = "RuntimeError"        // what fails while it is computed
)

// Error is a mistake found while an expression is built.
type Error struct {
	Kind Kind
	Op   op.Name
	Site Site
	Err  error
}

func (e *Error) Error() string {
	if e.NamesItself() {
		return fmt.Sprintf("%v (at %v)", e.Err, e.Site)
	}
	return fmt.Sprintf("%s: %v (at %v)", e.Op, e.Err, e.Site)
}

// NamesItself reports whether Err begins with the operation's name, such as
// negative does not take bool.
func (e *Error) NamesItself() bool { return strings.HasPrefix(e.Err.Error(), string(e.Op)+" ") }

func (e *Error) Unwrap() error { return e.Err }
