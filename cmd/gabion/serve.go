package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"gabion/array"
	"gabion/array/call"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// serveCommand is gabion serve.
type serveCommand struct {
	Stdio bool   `required:"" help:"Take requests from the standard input and answer on the standard output."`
	Limit string `placeholder:"SIZE" default:"1GiB" help:"The most bytes that a request may have, its arrays included; 1GiB if not given."`
	engineFlags
}

// Run runs gabion serve until the input ends.
func (c *serveCommand) Run(ctx context.Context, to streams) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	limit, err := array.ParseBytes(unguarded(c.Limit))
	switch {
	case err != nil:
		return usagef("--limit: %w", err)
	case binary.NativeEndian.Uint16([]byte{1, 0}) != 1:
		return errors.New("requests are little-endian, which this machine is not")
	}
	return onEngine(ctx, options, to, false, func(engine *scheduler.Engine) error {
		s := server{
			engine: engine, limit: limit, abandon: to.abandon,
			in: bufio.NewReaderSize(to.in, 1<<16), out: bufio.NewWriterSize(to.out, 1<<16),
		}
		return s.serve(ctx)
	})
}

// server answers plan documents, one after the other, with one engine.
type server struct {
	engine  *scheduler.Engine
	limit   int64 // of the bytes of a request
	in      *bufio.Reader
	out     *bufio.Writer
	abandon func()
}

// serve answers requests until the input ends, or until nobody knows any more
// where the next one begins, which is an error.
func (s *server) serve(ctx context.Context) error {
	for ctx.Err() == nil {
		r, err := s.next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errors.Join(err, s.answer(answer{Error: &mistake{graph.ValueError, err.Error()}}, nil))
		}
		if err := s.respond(ctx, r); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// respond answers a request, of which the arrays are still to be read. An error is
// of the streams.
func (s *server) respond(ctx context.Context, r request) error {
	doc, err := document.Decode(r.text)
	if err != nil || doc.Verb == document.Meta {
		if err := s.skip(ctx, r); err != nil {
			return errors.Join(err, s.answer(refusal(err), nil))
		}
		if err != nil {
			return s.answer(refusal(err), nil)
		}
		return s.answer(describe(doc), nil)
	}
	defer allowHeap(r.bytes())()
	arrays, err := s.arrays(ctx, r)
	if err != nil {
		return errors.Join(err, s.answer(refusal(err), nil))
	}
	makeBools(doc, arrays)
	a, results, err := s.compute(ctx, doc, arrays)
	if err != nil {
		return s.answer(refusal(err), nil)
	}
	return s.answer(a, results)
}

// describe answers what the outputs of a document are.
func describe(doc *document.Document) answer {
	var sources files
	defer sources.close()
	results, err := call.Evaluate(doc, sources.environment(func(_ int, in *document.Input) (block.Block, error) {
		one := make([]uint64, 2) // the room of one element, which stands for all: none is looked at
		return block.Block{DType: in.DType, Shape: in.Shape, Strides: make([]int, len(in.Shape)), Data: dtype.Bytes(one)}, nil
	}))
	if err != nil {
		return refusal(err)
	}
	a := answer{Outputs: []output{}}
	for _, x := range results.Outputs {
		a.Outputs = append(a.Outputs, outputOf(x.DType(), x.Shape()))
	}
	return a
}

// makeBools makes 0 and 1 of the bytes of bools, which are nothing else in Go.
func makeBools(doc *document.Document, arrays [][]byte) {
	next := 0
	for _, n := range doc.Nodes {
		if n.Input == nil {
			continue
		}
		if n.Input.DType == dtype.Bool {
			for i, b := range arrays[next] {
				if b > 1 {
					arrays[next][i] = 1
				}
			}
		}
		next++
	}
}

// compute answers the elements of the outputs of a document, and writes what it
// writes.
func (s *server) compute(ctx context.Context, doc *document.Document, arrays [][]byte) (a answer, results []*resultSink, err error) {
	err = inBudget(s.engine, streams{out: io.Discard}, func(memory int64, _ streams) error {
		a, results, err = s.computeOf(ctx, doc, arrays, memory)
		return err
	})
	return a, results, err
}

// computeOf is compute; memory is for smallBlocks.
func (s *server) computeOf(ctx context.Context, doc *document.Document, arrays [][]byte, memory int64) (answer, []*resultSink, error) {
	sources := files{memory: memory}
	defer sources.close()
	evaluated, err := call.Evaluate(doc, sources.environment(func(i int, in *document.Input) (block.Block, error) {
		return block.Dense(in.DType, in.Shape, arrays[i]), nil
	}))
	if err != nil {
		return answer{}, nil, err
	}
	room := s.room(arrays)
	outputs := evaluated.Stores
	results := make([]*resultSink, len(evaluated.Outputs))
	for i, x := range evaluated.Outputs {
		results[i] = &resultSink{room: &room}
		outputs = append(outputs, array.Output{Array: x, Sink: results[i]})
	}
	expected := int64(0)
	for _, x := range evaluated.Outputs {
		n := max(0, x.NBytes()) // of an unknown length the sink will tell
		if n > room-expected {
			return answer{}, nil, tooLarge(room)
		}
		expected += n
	}
	defer allowHeap(bytesOf(arrays) + expected)()
	if err := array.StoreAll(ctx, outputs, array.On(s.engine)); err != nil {
		return answer{}, nil, err
	}
	a := answer{Outputs: []output{}}
	for _, r := range results {
		a.Outputs = append(a.Outputs, outputOf(r.elements.DType, r.elements.Shape))
	}
	return a, results, nil
}

// room is how much memory the results of a request may take: what the budget and
// its arrays leave of the machine's, and a fair part of it where the budget leaves
// nothing.
func (s *server) room(arrays [][]byte) int64 {
	all := scheduler.MemoryLimit()
	return max(all-s.engine.Memory()-bytesOf(arrays), all/8)
}

func bytesOf(arrays [][]byte) int64 {
	n := int64(0)
	for _, a := range arrays {
		n += int64(len(a))
	}
	return n
}

func tooLarge(room int64) error {
	return &graph.Error{Kind: graph.RuntimeError, Op: "compute", Site: graph.Site{Text: "outputs"}, Err: fmt.Errorf(
		"the results do not fit in the %s of memory that there are beside the budget: write them with a write, or take a part of them", plan.Size(room))}
}

// refusal answers an error.
func refusal(err error) answer {
	var wrong *graph.Error
	var budget *plan.BudgetError
	var elements interface { // a problem that only computing tells
		error
		Kind() string
	}
	message := overwriteAdvice(err, "give the write overwrite")
	switch {
	case errors.As(err, &budget):
		return answer{Error: &mistake{graph.RuntimeError, budgetAdvice(budget)}}
	case errors.As(err, &elements):
		return answer{Error: &mistake{graph.Kind(elements.Kind()), message}}
	case errors.As(err, &wrong):
		return answer{Error: &mistake{wrong.Kind, message}}
	}
	return answer{Error: &mistake{graph.RuntimeError, message}}
}

// resultSink collects an array that is sent back. room is what the results of a
// request may still take.
type resultSink struct {
	room     *int64
	elements block.Block
}

func (s *resultSink) Align(block.Description) (block.Grid, error) { return nil, nil }
func (s *resultSink) Scratch(block.Region) int64                  { return 0 }
func (s *resultSink) Commit(ctx context.Context) error            { return ctx.Err() }
func (s *resultSink) Abort() error                                { return nil }

// Begin takes the memory, if it is there.
func (s *resultSink) Begin(_ context.Context, d block.Description) error {
	elements, err := d.Shape().Size()
	size := int64(d.DType.Size())
	if err != nil || int64(elements) > *s.room/size {
		return tooLarge(*s.room)
	}
	*s.room -= int64(elements) * size
	s.elements = block.Dense(d.DType, d.Shape(), buffer(int64(elements)*size))
	return nil
}

func (s *resultSink) Write(ctx context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	block.Copy(s.elements.Part(r), b)
	return ctx.Err()
}

// buffer is memory for elements of any type.
func buffer(n int64) []byte { return dtype.Bytes(make([]uint64, (n+7)/8))[:n:n] }
