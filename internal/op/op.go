// Package op holds the one table of operations. Every layer looks here: the
// graph infers types from it, the plan and the executors find kernels by its
// names, the documentation is checked against it.
//
// Names are those of the Python Array API standard where it has the operation,
// NumPy's otherwise.
package op

import (
	"fmt"
	"slices"

	"gabion/dtype"
)

// Name identifies an operation in graphs, plans and documents.
type Name string

// Class says how an operation relates the blocks of its result to the blocks
// of its inputs. The lowering has one case for each.
type Class uint8

const (
	// Input operations have no inputs: Read takes a source's elements,
	// the others make them from their attributes.
	Input Class = iota + 1
	// Elementwise operations make each element from the elements at the
	// same place of the broadcast inputs.
	Elementwise
	// Reduction operations combine the elements along some axes.
	Reduction
	// View operations rename elements: each result element is one input
	// element whose index is an affine function of the result's.
	View
	// Reshape keeps the C order of the elements under another shape.
	Reshaping
	// Concatenation puts inputs one after the other along an axis.
	Concatenation
	// Gathering operations pick elements by index maps along axes.
	Gathering
	// Regridding changes the blocks and nothing else.
	Regridding
	// Blockwise operations make each block from whole blocks of their
	// inputs, in ways of their own.
	Blockwise
	// Function operations call a user's function on whole blocks.
	Function
	// Contraction operations sum products of the elements of two inputs
	// over some axes of both.
	Contraction
	// Composed operations are made of operations of other classes; no node
	// of a graph is one.
	Composed
)

// Alone reports whether operations of the class make a stage of their own, which
// nothing is fused with.
func (c Class) Alone() bool {
	switch c {
	case Reshaping, Concatenation, Gathering, Blockwise, Contraction, Function:
		return true
	}
	return false
}

// Op is a row of the table.
type Op struct {
	Name  Name
	Class Class

	// Like is, of composed operations, the class whose promise they keep; see
	// Keeps.
	Like Class

	// Arity is the number of inputs; -1 for one or more.
	Arity int

	// Outputs is the number of results; -1 where it depends on the arguments.
	Outputs int

	// Types is the rule for element types of elementwise operations,
	// reductions and contractions, nil for the others, which keep their
	// input's type.
	Types Rule

	// Cheap operations cost about as much as reading their operands, so
	// that computing one twice beats keeping its result.
	Cheap bool

	// Random operations make elements of random numbers.
	Random bool

	// NaN is true of reductions that leave NaNs out; see Plain.
	NaN bool

	// Positions is true of reductions that find where an element is: they go
	// along one axis or all, and their second plane holds indices.
	Positions bool

	// NeedsElements is true of reductions that have no value for no
	// elements, such as min.
	NeedsElements bool

	// Internal operations are parts that others are made of. Plans and
	// documents have them; nobody is to call them.
	Internal bool

	// Params are the operation's parameters; see Signature.
	Params []Param

	// NumPy lists other names under which users know the operation.
	NumPy []string

	// Doc is what the operation computes, as one line.
	Doc string

	// Note is what is better than in NumPy or Dask, or different on
	// purpose, as a sentence or two; "" if nothing is.
	Note string
}

// Types is what an operation does with element types: inputs are converted to
// In, the kernel is found under Kernel, results are of type Out.
type Types struct {
	In     []dtype.DType
	Kernel dtype.DType
	Out    dtype.DType
}

// Rule finds the types of an operation from those of its inputs. The error
// says which types the operation does not take.
type Rule func(name Name, in []dtype.DType) (Types, error)

// TypeError reports element types that an operation does not take.
type TypeError struct {
	Op  Name
	In  []dtype.DType
	Why string
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("%s does not take %s: %s", e.Op, typeList(e.In), e.Why)
}

func typeList(in []dtype.DType) string {
	text := ""
	for i, d := range in {
		if i > 0 {
			text += " and "
		}
		text += d.String()
	}
	return text
}

// rows is the table, one family of operations after the other.
var rows = slices.Concat(inputs, shapes, elementwise, reductions, products, blocks, indexing, composed)

var table = func() map[Name]*Op {
	m := make(map[Name]*Op)
	for i := range rows {
		row := &rows[i]
		if row.Outputs == 0 {
			row.Outputs = 1
		}
		if m[row.Name] != nil {
			panic("operation listed twice: " + string(row.Name))
		}
		m[row.Name] = row
	}
	return m
}()

var aliases = func() map[string]*Op {
	m := make(map[string]*Op)
	for _, row := range table {
		for _, name := range append([]string{string(row.Name)}, row.NumPy...) {
			if m[name] != nil {
				panic("two operations are called " + name)
			}
			m[name] = row
		}
	}
	return m
}()

// Plain is the name of the reduction that takes NaNs as they come, of one that
// leaves them out; else the operation's own name.
func (o *Op) Plain() Name {
	if o.NaN {
		return o.Name[len("nan"):]
	}
	return o.Name
}

// Takes reports whether the operation has a parameter.
func (o *Op) Takes(param string) bool {
	return slices.ContainsFunc(o.Signature(), func(p Param) bool { return p.Name == param })
}

// Lookup is the row of an operation; nil if there is none of that name.
func Lookup(name Name) *Op { return table[name] }

// Find is the row of an operation by its own or a NumPy name; nil if there is
// none.
func Find(name string) *Op { return aliases[name] }

// Reductions lists the reductions of the table in its order.
func Reductions() []*Op {
	return slices.DeleteFunc(Rows(), func(row *Op) bool { return row.Class != Reduction })
}

// Public lists the operations that users ask for, in the order of the table.
func Public() []*Op {
	return slices.DeleteFunc(Rows(), func(row *Op) bool { return row.Internal })
}

// Rows lists the table in its order.
func Rows() []*Op {
	all := make([]*Op, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	return all
}
