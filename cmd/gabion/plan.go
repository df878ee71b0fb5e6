package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gabion/array"
	"gabion/array/call"
	"gabion/block"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/scheduler"
)

// runCommand is gabion run.
type runCommand struct {
	Plan string `arg:"" name:"PLAN" help:"A file with a plan document, or - for the standard input. Paths in it are relative to where the command runs."`
	engineFlags
	Overwrite bool `help:"Replace arrays that are there, as writes may say themselves. They stay until the new ones are complete."`
	Explain   bool `help:"Say what would be computed, read and written, in how much memory; compute nothing."`
	Quiet     bool `help:"Show neither progress nor what was written."`
}

// Run runs gabion run: all arrays that the plan writes are computed at once, then
// its other outputs are printed, shortened.
func (c *runCommand) Run(ctx context.Context, to streams) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	name := unguarded(c.Plan)
	text, err := readPlan(name, to.in)
	if err != nil {
		return err
	}
	doc, err := document.Decode(text)
	if err != nil {
		return usagef("%s: %w", name, err)
	}
	if doc.Verb == document.Meta {
		return c.evaluated(name, doc, 0, func(results call.Results) error { return describeOutputs(results.Outputs, to) })
	}
	return onEngine(ctx, options, to, !c.Quiet && !c.Explain, func(engine *scheduler.Engine) error {
		return inBudget(engine, to, func(memory int64, to streams) error {
			return c.evaluated(name, doc, memory, func(results call.Results) error { return c.compute(ctx, engine, doc, results, to) })
		})
	})
}

// evaluated calls f with what a document asks for, whose files are open until it
// returns; memory is for smallBlocks.
func (c *runCommand) evaluated(name string, doc *document.Document, memory int64, f func(call.Results) error) error {
	sources := files{memory: memory}
	defer sources.close()
	results, err := call.Evaluate(doc, call.Environment{Read: sources.read, Write: func(to call.Target) (block.Sink, error) {
		to.Overwrite = to.Overwrite || c.Overwrite
		return createTarget(to)
	}})
	var mistake *graph.Error
	switch {
	case errors.As(err, &mistake) && mistake.Kind != graph.RuntimeError:
		return usagef("%s: %w", name, err)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	return f(results)
}

// readPlan reads a file, or the standard input if it is called -.
func readPlan(name string, in io.Reader) ([]byte, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, document.MaxBytes+1))
}

func describeOutputs(outputs []array.Array, to streams) error {
	for _, x := range outputs {
		if _, err := fmt.Fprintf(to.out, "%v %v\n", x.DType(), x.Shape()); err != nil {
			return err
		}
	}
	return nil
}

func (c *runCommand) compute(ctx context.Context, engine *scheduler.Engine, doc *document.Document, results call.Results, to streams) error {
	on := array.On(engine)
	var printed []array.Array
	for i, at := range doc.Outputs {
		if doc.Nodes[at].Op != document.OpWrite {
			printed = append(printed, results.Outputs[i])
		}
	}
	if c.Explain {
		outputs := results.Stores
		for _, x := range printed {
			outputs = append(outputs, array.Output{Array: x})
		}
		return explain(outputs, on, to)
	}
	texts := make([]string, len(printed)) // before anything is written: the budget may not do
	for i, x := range printed {
		var err error
		if texts[i], err = array.Preview(ctx, x, on); err != nil {
			return err
		}
	}
	if len(results.Stores) > 0 {
		start := time.Now()
		if err := array.StoreAll(ctx, results.Stores, on); err != nil {
			return err
		}
		for _, s := range results.Stores {
			if sink, ok := s.Sink.(block.SinkName); ok && !c.Quiet {
				if err := reportWritten(sink.Name(), time.Since(start), to); err != nil {
					return err
				}
			}
		}
	}
	for _, text := range texts {
		if _, err := fmt.Fprintln(to.out, text); err != nil {
			return err
		}
	}
	return nil
}
