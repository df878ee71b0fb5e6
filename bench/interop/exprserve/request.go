package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"gabion/array"
	"gabion/array/call"
	"gabion/array/expr"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/scheduler"
)

// request asks for the results of expressions that are computed at once.
type request struct {
	Texts   []string `json:"texts"`
	Inputs  []*input `json:"inputs"`
	Workers int      `json:"workers"`
	Tight   bool     `json:"tight"`   // the least budget with which the plan runs
	Without []string `json:"without"` // passes of the optimiser
	Verify  bool     `json:"verify"`
	Again   bool     `json:"again"` // compare with the bits that another engine gives of what the expressions are saved as
}

// answer is the results, or what is wrong with the first that has an error.
type answer struct {
	Error   string   `json:"error"`
	Kind    string   `json:"kind"` // of the error; "" if the text of an expression is wrong
	Results []result `json:"results"`
	Spilled int64    `json:"spilled"` // bytes
	data    [][]byte
}

type result struct {
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
	Bytes int    `json:"bytes"`
}

// patience is far beyond what a request takes.
const patience = time.Minute

func (q request) answer() answer {
	a, err := q.run()
	if err != nil {
		return answer{Error: err.Error(), Kind: kindOf(err)}
	}
	return a
}

// kindOf is the name that Python has for an error.
func kindOf(err error) string {
	var wrong *graph.Error
	var elements interface { // a problem that only computing tells
		error
		Kind() string
	}
	var text *expr.Error
	switch {
	case errors.As(err, &elements):
		return elements.Kind()
	case errors.As(err, &wrong):
		return string(wrong.Kind)
	case errors.As(err, &text):
		return ""
	}
	return string(graph.RuntimeError)
}

func (q request) run() (answer, error) {
	inputs := make(map[string]array.Array)
	for _, in := range q.Inputs {
		inputs[in.Name] = array.From(in)
	}
	var a answer
	arrays := make([]array.Array, len(q.Texts))
	for i, text := range q.Texts {
		var err error
		if arrays[i], err = expr.Eval(text, inputs); err != nil {
			return a, err
		}
	}
	options := scheduler.Options{Workers: q.Workers, Memory: 64 << 20}
	if q.Tight {
		least, err := q.leastBudget(arrays)
		if err != nil {
			return a, err
		}
		options.Memory = least
	}
	blocks, err := q.compute(arrays, options, &a)
	if err != nil {
		return a, err
	}
	for i, b := range blocks {
		if shape := arrays[i].Shape(); b.DType != arrays[i].DType() || !b.Shape.Equal(shape) {
			return a, fmt.Errorf("the result is %v of shape %v, announced were %v and %v", b.DType, b.Shape, arrays[i].DType(), shape)
		}
		data := b.DenseBytes()
		a.data = append(a.data, data)
		a.Results = append(a.Results, result{b.DType.String(), append([]int{}, b.Shape...), len(data)})
	}
	if !q.Again {
		return a, nil
	}
	q.Without = nil
	saved, err := q.saved(arrays, inputs)
	if err != nil {
		return a, fmt.Errorf("as a document: %w", err)
	}
	again, err := q.compute(saved, scheduler.Options{Workers: 4 - q.Workers, Memory: 64 << 20}, new(answer))
	if err != nil {
		return a, fmt.Errorf("on another engine: %w", err)
	}
	for i, b := range again {
		if !bytes.Equal(b.DenseBytes(), a.data[i]) {
			return a, fmt.Errorf("result %d has other bits on another engine", i)
		}
	}
	return a, nil
}

// saved are arrays as they come back from the document that they are saved as.
func (q request) saved(arrays []array.Array, inputs map[string]array.Array) ([]array.Array, error) {
	given := make([]array.Array, len(q.Inputs))
	for i, in := range q.Inputs {
		given[i] = inputs[in.Name]
	}
	from, err := array.Graph(given...)
	if err != nil {
		return nil, err
	}
	g, err := array.Graph(arrays...)
	if err != nil {
		return nil, err
	}
	doc, err := document.Of(g, from.Outputs...)
	if err != nil {
		return nil, err
	}
	text, err := document.Encode(doc)
	if err != nil {
		return nil, err
	}
	if doc, err = document.Decode(text); err != nil {
		return nil, err
	}
	results, err := call.Evaluate(doc, call.Environment{Input: func(i int, _ *document.Input) (block.Block, error) { return q.Inputs[i].elements, nil }})
	return results.Outputs, err
}

// leastBudget is the smallest budget that arrays can be computed with.
func (q request) leastBudget(arrays []array.Array) (int64, error) {
	engine, err := scheduler.New(scheduler.Options{Workers: q.Workers})
	if err != nil {
		return 0, err
	}
	defer engine.Close()
	explained := make([]array.Output, len(arrays))
	for i := range arrays {
		// What masks keep is counted first: a plan without lengths does not
		// say what one with them takes.
		if arrays[i], err = arrays[i].Resolve(context.Background(), array.On(engine)); err != nil {
			return 0, err
		}
		explained[i].Array = arrays[i]
	}
	e, err := array.Explain(explained, array.On(engine), array.Without(q.Without...))
	return e.WorkingSet, err
}

func (q request) compute(arrays []array.Array, options scheduler.Options, a *answer) ([]block.Block, error) {
	var spilled atomic.Int64
	options.Events.Spill = func(bytes int64) { spilled.Add(bytes) }
	engine, err := scheduler.New(options)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	run := []array.RunOption{array.On(engine), array.Without(q.Without...)}
	if q.Verify {
		run = append(run, array.Verify())
	}
	blocks, err := array.Compute(ctx, arrays, run...)
	a.Spilled = spilled.Load()
	return blocks, err
}

// input is an array of a request and a source of its elements.
type input struct {
	Name   string   `json:"name"`
	DType  string   `json:"dtype"`
	Chunks [][]int  `json:"chunks"`
	Names  []string `json:"names"`
	Waits  bool     `json:"waits"` // whether reads are issued ahead, as of a remote store
	Once   bool     `json:"once"`  // whether elements can be read only once

	description block.Description
	elements    block.Block
	mu          sync.Mutex
	read        []bool // by element, of a source that is read once
}

func (in *input) load(r io.Reader) error {
	d, err := dtype.Parse(in.DType)
	if err != nil {
		return err
	}
	grid := make(block.Grid, len(in.Chunks))
	for axis, sizes := range in.Chunks {
		if grid[axis], err = block.Irregular(sizes); err != nil {
			return err
		}
	}
	n := grid.Shape().Elements()
	data := dtype.Bytes(make([]uint64, (n*d.Size()+7)/8))[:n*d.Size()]
	if _, err := io.ReadFull(r, data); err != nil {
		return err
	}
	in.description = block.Description{DType: d, Grid: grid, Names: in.Names}
	in.elements = block.Dense(d, grid.Shape(), data)
	in.read = make([]bool, n)
	return nil
}

func (in *input) Describe() block.Description { return in.description }

func (in *input) Traits() block.Traits {
	t := block.Traits{Once: in.Once}
	if in.Waits {
		t.InFlight = 2
	}
	return t
}

func (in *input) Scratch(block.Region) int64 { return 0 }

func (in *input) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := r.Within(in.elements.Shape); err != nil {
		return err
	}
	if in.Once {
		if err := in.mark(r); err != nil {
			return err
		}
	}
	block.Copy(dst, in.elements.Part(r))
	return ctx.Err()
}

// mark notes that a region is read, and fails if a part of it was before.
func (in *input) mark(r block.Region) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	fresh := true
	block.Positions(r, func(position []int) bool {
		i := 0
		for axis, at := range position {
			i = i*in.elements.Shape[axis] + at
		}
		fresh = !in.read[i]
		in.read[i] = true
		return fresh
	})
	if !fresh {
		return fmt.Errorf("a part of region %v of %s is read twice", r, in.Name)
	}
	return nil
}
