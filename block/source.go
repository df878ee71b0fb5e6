package block

import (
	"context"

	"gabion/dtype"
)

// Attributes are the named values that travel with an array: strings, bools,
// int64, float64, or slices of one of these.
type Attributes map[string]any

// Description is what is known of an array without reading its elements.
type Description struct {
	DType dtype.DType
	Grid  Grid       // the shape and the blocks; every length is known
	Names []string   // one an axis, "" for an axis without a name; nil if no axis has one
	Attrs Attributes // nil if there are none
}

// Shape is the shape of the array.
func (d Description) Shape() Shape { return d.Grid.Shape() }

// Source is an array that can be read. Its methods may be called by several
// goroutines at once. Implementations pass blocktest.TestSource.
type Source interface {
	// Describe says what the array is. Blocks of the grid are what is best
	// read at once, such as storage chunks.
	Describe() Description

	// Traits says how the source likes to be read.
	Traits() Traits

	// Scratch is the most memory in bytes, beyond the destination, that
	// Read needs for r. What it keeps between calls belongs to the source.
	Scratch(r Region) int64

	// Read fills dst, whose shape is r's and whose type is the
	// description's, with the elements of r. dst may be strided. Large
	// buffers come from scratch, which gives no more than Scratch said.
	Read(ctx context.Context, r Region, dst Block, scratch *Scratch) error
}

// Traits are a source's wishes.
type Traits struct {
	// Name identifies the source to other processes, such as the path of a
	// file and a variable in it. A plan with a source of no name cannot be
	// encoded. Errors show it.
	Name string

	// Variable is the array of a file that holds several. Name then is the
	// file's path, a colon and Variable; where more follows, the source was
	// opened in a way that its name alone does not say.
	Variable string

	// InFlight is how many reads the source likes to have under way at
	// once. 0 means that a read is work for a processor, such as
	// decompression, and is best done by the workers themselves; a source
	// that waits, such as a remote store, says how many requests it takes.
	InFlight int

	// Parts is true of a source of which reading a part of a block costs
	// about what the part's bytes cost, such as a file without compression.
	// Its blocks are then not held for several tasks to share: each task
	// reads what it needs.
	Parts bool

	// Once is true of a source that gives different elements, or none,
	// when it is read again. Its blocks are kept or spilled instead.
	Once bool
}

// Viewer is a Source whose elements are in memory already: View is the part
// that r covers, without copying. Read is not called.
type Viewer interface {
	Source
	View(r Region) Block
}

// Sink is a place that an array is written to. Write may be called by several
// goroutines at once, the other methods not. The calls are Align, Begin, any
// number of Writes, and then either Commit or Abort. Implementations pass
// blocktest.TestSink.
type Sink interface {
	// Align is the grid that written regions must be made of: every region
	// given to Write is one or several whole blocks of it. A sink that can
	// be written anywhere returns nil. d.Grid is the grid the array has.
	// Nothing is written or changed.
	Align(d Description) (Grid, error)

	// Begin prepares the place for an array described by d, of the shape
	// given to Align. Nothing that a reader would take for the array is
	// visible before Commit.
	Begin(ctx context.Context, d Description) error

	// Scratch is the most memory in bytes, beyond the block, that Write
	// needs for r. It is asked after Align, possibly before Begin.
	Scratch(r Region) int64

	// Write stores b, of r's shape, as the elements of r. b is not kept.
	Write(ctx context.Context, r Region, b Block, scratch *Scratch) error

	// Commit makes the array visible. Each element has been written once.
	Commit(ctx context.Context) error

	// Abort removes what Begin and Write left. It is called when anything
	// failed, also a Begin or Commit, and must not hide an array that was
	// there before.
	Abort() error
}

// SinkName is what errors and plans call a sink, if it says so itself.
type SinkName interface {
	// Name identifies the sink, such as a path.
	Name() string
}
