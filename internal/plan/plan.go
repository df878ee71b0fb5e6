// Package plan holds the physical plan: HOW a graph is computed, as plain data.
//
// A plan is a list of stages. A stage works over a grid; each block of the grid
// is computed from regions of its inputs, found by index arithmetic, so that a
// plan does not grow with the number of blocks. What lies between a stage's
// inputs and its outputs is a straight-line program that runs over small pieces
// of a block.
//
// Invariants:
//   - P1: a plan's size does not depend on the number of blocks of regular axes.
//   - P2: a plan survives encoding and decoding.
//   - P3: every task has a byte bound before it runs, and stays below it.
package plan

import (
	"context"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// Site is where the user's program asked for an operation.
type Site = graph.Site

// Random is what random elements are made from.
type Random = graph.RandomAttrs

// Plan is a physical plan. Sources, sinks and functions are referred to by
// number; Bindings carry their values.
type Plan struct {
	Stages  []Stage
	Sources []Source
	Sinks   []Sink
	Funcs   []Func
	Fit     Fit // what Fitted decided about memory
}

// Source is what the plan knows of a source.
type Source struct {
	Name        string
	Description block.Description
	Traits      block.Traits
	Viewed      bool  // the source's elements are in memory and are used in place
	Scratch     int64 // the most scratch that reading a block, or a part of one, takes
	Site        graph.Site
}

// Sink is a place that a result is written to.
type Sink struct {
	Name        string
	Description block.Description
	Align       block.Grid // written regions are whole blocks of it; nil for anywhere
	Scratch     int64      // the most scratch that writing a block takes
}

// Title is what errors and explanations call the source.
func (s *Source) Title() string { return title(s.Name) }

// Title is what errors and explanations call the sink.
func (s *Sink) Title() string { return title(s.Name) }

func title(name string) string {
	if name == "" {
		return "memory"
	}
	return name
}

// Func is a user's function, or the three of a reduction.
type Func struct {
	Name string
	Site graph.Site
}

// Bindings carry the local values that a plan's numbers stand for.
type Bindings struct {
	Sources []block.Source
	Sinks   []block.Sink
	Funcs   []UserFunc
}

// UserFunc is a user's function as an executor calls it.
type UserFunc struct {
	Block BlockFunc // makes a block of the result, or of a reduction the partial of a block

	// Combine makes left the partial of both: left's elements come before those
	// of right. Finish makes results of a partial of n elements for each. Both
	// are set if Block makes partials. Partials and results are dense.
	Combine func(left, right block.Block) error
	Finish  func(dst, partial block.Block, n int64) error
}

// BlockInfo tells a user's function which block it computes.
type BlockInfo struct {
	Index  []int        // the block's position in the result's grid
	Region block.Region // what part of the result it is
	Inputs []block.Region
}

// BlockFunc computes a block from whole blocks of its inputs. The blocks are
// dense and valid during the call only.
type BlockFunc func(ctx context.Context, info BlockInfo, dst block.Block, src []block.Block) error

// Kind says what the blocks of a stage come from.
type Kind string

// The kinds of stages.
const (
	Load  Kind = "load"  // a source's blocks; its tasks run inside those that need the blocks
	Fused Kind = "fused" // a program over the stage's inputs
	Call  Kind = "call"  // a user's function over the stage's inputs; its output may be reduced by one, too
	Whole Kind = "whole" // an operation on whole blocks of the stage's inputs

	// Contract multiplies the stage's two inputs and sums over the reduced
	// axes.
	Contract Kind = "contract"
)

// Stage computes arrays block by block.
type Stage struct {
	Kind    Kind
	Grid    block.Grid   // the blocks the stage works in
	Reduced []bool       // axes of Grid along which reductions combine blocks; nil if there are none
	Active  block.Region // the blocks, of stages that are no load, that anything needs
	Inputs  []Input
	Outputs []Output

	// Select, of a stage that puts its inputs one after the other, says
	// which input each block is taken from.
	Select *Select `json:",omitempty"`

	Program []Instr `json:",omitempty"` // Fused

	Source int          // Load: number of the source
	Window block.Region // Load: what anything needs of the source
	Func   int          // Call: number of the function
	Memory int64        // Call, Whole, Contract: scratch that computing a block takes
	Args   *Args        `json:",omitempty"` // Whole: what the operation Op is asked for
	Site   graph.Site   // where the user asked for it, for errors
	Op     op.Name      // the operation that errors name
}

// Args are what an operation on whole blocks is asked for; see graph.BlockAttrs.
type Args struct {
	Axis, K int
	Flag    bool
	Sizes   []int `json:",omitempty"`
}

// Select says that input i makes the blocks from index Bounds[i] up to
// Bounds[i+1] along Axis.
type Select struct {
	Axis   int
	Bounds []int
}

// Input is an array that a stage reads: an output of an earlier stage.
type Input struct {
	Stage, Output int

	// Grid divides the array as this stage sees it. A reshape sees the
	// same dense blocks under another shape.
	Grid block.Grid

	// View maps the stage's space, or that of Blocks, to the array.
	View block.View

	// Blocks is set for the inputs of functions: the stage's block at a
	// position needs what the block of this grid at that position covers.
	Blocks block.Grid `json:",omitempty"`

	// Gather, if it is there, takes the place of View.
	Gather *Gather `json:",omitempty"`

	// Direct inputs are read from their source for each task alone: blocks
	// are not shared between tasks. Fitted decides it.
	Direct bool `json:",omitempty"`
}

// Output is an array that a stage makes.
type Output struct {
	DType  dtype.DType
	Grid   block.Grid // of the array; as many blocks as the stage has, or one for each run of reduced blocks
	Reg    int        // Fused: the register that holds its elements, or the elements to reduce
	Reduce *Reduce    `json:",omitempty"`
	Sinks  []int      // where finished blocks are written
}

// Reduce says how an output combines elements: by a kernel, or, as tree_reduce,
// by the stage's function.
type Reduce struct {
	Op         op.Name
	Kernel     dtype.DType // the elements' type; of tree_reduce that of partials
	Width      int         `json:",omitempty"` // tree_reduce: elements of a partial for each cell
	Correction float64
	Conj       bool `json:",omitempty"` // of the first factor the complex conjugate is taken
	Site       graph.Site
}

// PartialBytes is the memory of a partial of a number of cells.
func (r *Reduce) PartialBytes(cells int) int {
	if r.Op == op.TreeReduce {
		return cells * r.Width * r.Kernel.Size()
	}
	return op.PartialBytes(r.Op, r.Kernel, cells)
}

// Instr is a step of a program: it fills register number Dst.
type Instr struct {
	Op     op.Name     // an elementwise operation, or read, full, arange, random_*
	DType  dtype.DType // of the result
	Kernel dtype.DType `json:",omitzero"`  // type under which the kernel is found; of astype, the type it converts from
	Args   []int       `json:",omitempty"` // registers

	Input int          // read: number of the stage's input
	Value dtype.Scalar `json:",omitzero"` // full

	// arange and random_*: the element at index i of the stage's space is
	// number First + sum(Steps[a]*i[a]) of the made array, in C order.
	First             int64
	Steps             []int64 `json:",omitempty"`
	Start, Step       float64 // arange
	IntStart, IntStep int64   // arange
	Random            *Random `json:",omitempty"` // random_*
	Site              graph.Site
}

// Fit is what the planner decided for a budget and a number of workers.
type Fit struct {
	Budget  int64
	Workers int

	// WorkingSet is the least memory in bytes with which the plan can run.
	WorkingSet int64
	Worst      int // the stage that needs it

	// Bounds is for each stage the most memory that one of its tasks holds.
	Bounds []int64

	// Keep is for each load stage how many of its blocks, counted from the
	// first, stay in memory between the stages that read them.
	Keep []int

	// Spill is true of stages whose blocks are written to the spill file
	// when memory is short; blocks of other stages are dropped and made
	// again by reading their source.
	Spill []bool

	// Tiles is for stages that spill the grid in which their one reader
	// will ask for the blocks; nil if there are several.
	Tiles []block.Grid

	// Needed is for each source the decoded bytes of those blocks, as far as
	// they are in its window, that anything needs; Passes is how often they
	// are read on the whole.
	Needed []int64
	Passes []float64

	// Ledger is memory in bytes that keeping account of many blocks at once
	// takes, beyond what every plan may take for it. The working set
	// includes it.
	Ledger int64

	// Peak is the most memory in bytes that tasks and blocks take of the
	// budget: with a budget of so much nothing is spilled or read again that
	// a larger one would keep.
	Peak int64
}

// Reader is a use of a stage's output by another stage.
type Reader struct{ Stage, Input int }

// Readers lists for every stage and output who reads it.
func (p *Plan) Readers() [][][]Reader {
	readers := make([][][]Reader, len(p.Stages))
	for i := range p.Stages {
		readers[i] = make([][]Reader, len(p.Stages[i].Outputs))
	}
	for i := range p.Stages {
		for j, in := range p.Stages[i].Inputs {
			readers[in.Stage][in.Output] = append(readers[in.Stage][in.Output], Reader{i, j})
		}
	}
	return readers
}
