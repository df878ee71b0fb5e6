package main

import (
	"context"
	"fmt"
	"time"

	"gabion/array"
	"gabion/array/expr"
	"gabion/io/open"
	"gabion/scheduler"
)

// evalCommand is gabion eval.
type evalCommand struct {
	Expression string   `arg:"" name:"EXPR" help:"What to compute, such as 'UWND - mean(UWND, \"TIME\")'. See the documentation of package array/expr."`
	In         []string `name:"in" sep:"none" placeholder:"[NAME=]FILE[:VARIABLE]" help:"An input, several times for several. Without NAME it is called after its variable, or its file; without VARIABLE all variables of the file are inputs, except for coordinates, which are given as FILE:VARIABLE."`
	Out        *string  `placeholder:"FILE" help:"Write the result: as a NumPy file if the name ends in .npy or .npz, as a Zarr array with its dimension names and attributes if it ends in .zarr or has no ending. Without it the result is printed, shortened."`
	engineFlags
	Chunks    string `placeholder:"SIZES" help:"The chunks to write: one length an axis (12,-1,auto; -1 is the whole axis), those of some axes (TIME=12), or a size (16MiB)."`
	Overwrite bool   `help:"Replace an array that is there. It stays until the new one is complete."`
	Explain   bool   `help:"Say what would be computed, read and written, in how much memory; compute nothing."`
	Quiet     bool   `help:"Show neither progress nor what was written."`
}

// Run runs gabion eval.
func (c *evalCommand) Run(ctx context.Context, to streams) error {
	text := unguarded(c.Expression)
	parsed, err := expr.Parse(text)
	if err != nil {
		return err
	}
	options, err := c.options()
	if err != nil {
		return err
	}
	sink, err := c.sink()
	if err != nil {
		return err
	}
	return onEngine(ctx, options, to, !c.Quiet && !c.Explain, func(engine *scheduler.Engine) error {
		return inBudget(engine, to, func(memory int64, to streams) error {
			result, err := c.result(parsed, memory)
			if err != nil {
				return err
			}
			return c.compute(ctx, engine, result, sink, to)
		})
	})
}

// sink is where the result goes; nil if it is printed.
func (c *evalCommand) sink() (open.Sink, error) {
	if c.Out == nil {
		for flag, given := range map[string]bool{"--overwrite": c.Overwrite, "--chunks": c.Chunks != ""} {
			if given {
				return nil, usagef("%s is about what is written: add --out FILE", flag)
			}
		}
		return nil, nil
	}
	if *c.Out == "" {
		return nil, usagef("--out is empty: give it a name such as result.zarr, or leave it out to print the result")
	}
	var options []open.CreateOption
	if c.Overwrite {
		options = append(options, open.Overwrite())
	}
	sink, err := open.Create(unguarded(*c.Out), options...)
	if err != nil {
		return nil, usagef("--out %w", err)
	}
	return sink, nil
}

// result is the array to compute; memory is for smallBlocks.
func (c *evalCommand) result(parsed *expr.Expr, memory int64) (array.Array, error) {
	var chunks array.ChunkSpec
	if c.Chunks != "" {
		var err error
		if chunks, err = array.ParseChunks(unguarded(c.Chunks)); err != nil {
			return array.Array{}, usagef("--chunks: %w", err)
		}
	}
	inputs := make([]input, len(c.In))
	for i, text := range c.In {
		var err error
		if inputs[i], err = parseInput(text); err != nil {
			return array.Array{}, err
		}
	}
	arrays, err := openInputs(inputs, parsed.Inputs(), memory)
	if err != nil {
		return array.Array{}, err
	}
	result, err := parsed.Eval(arrays)
	if err != nil {
		return result, err
	}
	if c.Chunks != "" {
		result = result.WithPlace("--chunks").Rechunk(chunks)
		if err := result.Err(); err != nil {
			return result, usagef("--chunks: %w", err)
		}
	}
	return result, nil
}

// compute explains, writes or prints.
func (c *evalCommand) compute(ctx context.Context, engine *scheduler.Engine, result array.Array, sink open.Sink, to streams) error {
	on := array.On(engine)
	switch {
	case c.Explain:
		output := array.Output{Array: result}
		if sink != nil {
			output.Sink = sink
		}
		return explain([]array.Output{output}, on, to)
	case sink == nil:
		text, err := array.Preview(ctx, result, on)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(to.out, text)
		return err
	}
	start := time.Now()
	if err := array.Store(ctx, sink, result, on); err != nil {
		return err
	}
	if c.Quiet {
		return nil
	}
	return reportWritten(sink.Name(), time.Since(start), to)
}
