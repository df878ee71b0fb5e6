package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gabion/array"
	"gabion/array/expr"
	"gabion/internal/plan"
	"gabion/io/open"
	"gabion/scheduler"
	"gabion/scheduler/progress"
)

// evalCommand is gabion eval.
type evalCommand struct {
	Expression string   `arg:"" name:"EXPR" help:"What to compute, such as 'UWND - mean(UWND, \"TIME\")'. See the documentation of package array/expr."`
	In         []string `name:"in" sep:"none" placeholder:"[NAME=]FILE[:VARIABLE]" help:"An input, several times for several. Without NAME it is called after its variable, or its file; without VARIABLE all variables of the file are inputs, except for coordinates, which are given as FILE:VARIABLE."`
	Out        *string  `placeholder:"FILE" help:"Write the result: as a NumPy file if the name ends in .npy or .npz, else as a Zarr array with its dimension names and attributes. Without it the result is printed, shortened."`
	Memory     string   `placeholder:"SIZE" help:"The memory to use at most for data, such as 64MiB; half of the machine's if not given."`
	Workers    string   `placeholder:"N" help:"How many blocks to compute at once; as many as this process may use CPUs if not given."`
	Chunks     string   `placeholder:"SIZES" help:"The chunks to write: one length an axis (12,-1,auto; -1 is the whole axis), those of some axes (TIME=12), or a size (16MiB)."`
	Overwrite  bool     `help:"Replace an array that is there. It stays until the new one is complete."`
	Explain    bool     `help:"Say what would be computed, read and written, in how much memory; compute nothing."`
	Quiet      bool     `help:"Show neither progress nor what was written."`
}

// Run runs gabion eval.
func (c *evalCommand) Run(ctx context.Context, to streams) error {
	text := unguarded(c.Expression)
	parsed, err := expr.Parse(text)
	if err != nil {
		return err
	}
	options, err := c.engineOptions()
	if err != nil {
		return err
	}
	sink, err := c.sink()
	if err != nil {
		return err
	}
	result, err := c.result(parsed)
	if err != nil {
		return err
	}
	var engine *scheduler.Engine
	if !c.Quiet && !c.Explain {
		options.Events = progress.Bar(to.err, progress.Memory(func() int64 { return engine.InUse() }))
	}
	if engine, err = scheduler.New(options); err != nil {
		return usageError{err}
	}
	err = c.compute(ctx, engine, result, sink, to)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		err = errors.New("interrupted; nothing was written")
	}
	return errors.Join(err, engine.Close())
}

// engineOptions are the budget and the workers.
func (c *evalCommand) engineOptions() (scheduler.Options, error) {
	var o scheduler.Options
	if c.Memory != "" {
		n, err := array.ParseBytes(unguarded(c.Memory))
		if err != nil {
			return o, usagef("--memory: %w", err)
		}
		o.Memory = n
	}
	if c.Workers != "" {
		n, err := strconv.Atoi(unguarded(c.Workers))
		if err != nil || n < 1 {
			return o, usagef("--workers: %q is not a number of workers: write a whole number from 1 on", unguarded(c.Workers))
		}
		o.Workers = n
	}
	return o, nil
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

// result is the array to compute.
func (c *evalCommand) result(parsed *expr.Expr) (array.Array, error) {
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
	arrays, err := openInputs(inputs, parsed.Inputs())
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
		explanation, err := array.Explain([]array.Output{{Array: result, Sink: sink}}, on)
		var budget *plan.BudgetError
		if err == nil || errors.As(err, &budget) {
			_, printErr := fmt.Fprint(to.out, explanation)
			err = errors.Join(err, printErr)
		}
		return err
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
	path := unguarded(*c.Out)
	written, err := open.Open(path, "")
	if err != nil {
		return err
	}
	d := written.Describe()
	_, err = fmt.Fprintf(to.out, "wrote %s: %v %v in chunks of %v, %s in %.1fs\n", path, d.DType, d.Shape(), d.Grid.Largest(),
		plan.Size(result.NBytes()), time.Since(start).Seconds())
	return err
}
