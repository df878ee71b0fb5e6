package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gabion/array"
	"gabion/internal/plan"
	"gabion/io/open"
	"gabion/scheduler"
	"gabion/scheduler/progress"
)

// engineFlags are the flags of all commands that compute.
type engineFlags struct {
	Memory  string `placeholder:"SIZE" help:"The memory to use at most for data, such as 64MiB; half of the machine's if not given."`
	Workers string `placeholder:"N" help:"How many blocks to compute at once; as many as this process may use CPUs if not given."`
}

// options are the budget and the workers.
func (f engineFlags) options() (scheduler.Options, error) {
	var o scheduler.Options
	if f.Memory != "" {
		n, err := array.ParseBytes(unguarded(f.Memory))
		if err != nil {
			return o, usagef("--memory: %w", err)
		}
		o.Memory = n
	}
	if f.Workers != "" {
		n, err := strconv.Atoi(unguarded(f.Workers))
		if err != nil || n < 1 {
			return o, usagef("--workers: %q is not a number of workers: write a whole number from 1 on", unguarded(f.Workers))
		}
		o.Workers = n
	}
	return o, nil
}

// onEngine calls f with an engine, and shows progress if that is wanted.
func onEngine(ctx context.Context, options scheduler.Options, to streams, progressBar bool, f func(*scheduler.Engine) error) error {
	var engine *scheduler.Engine
	if progressBar {
		options.Events = progress.Bar(to.err, progress.Memory(func() int64 { return engine.InUse() }))
	}
	engine, err := scheduler.New(options)
	if err != nil {
		return usageError{err}
	}
	err = f(engine)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		err = errors.New("interrupted; nothing was written")
	}
	return errors.Join(err, engine.Close())
}

// explain prints what storing outputs means, also if the budget does not do.
func explain(outputs []array.Output, on array.RunOption, to streams) error {
	explanation, err := array.Explain(outputs, on)
	var budget *plan.BudgetError
	if err == nil || errors.As(err, &budget) {
		_, printErr := fmt.Fprint(to.out, explanation)
		err = errors.Join(err, printErr)
	}
	return err
}

// reportWritten says what an array looks like that was written.
func reportWritten(name string, took time.Duration, to streams) error {
	path, variable, _ := splitVariable(name) // an archive and the array in it
	written, err := open.Open(path, variable)
	if err != nil {
		return err
	}
	d := written.Describe()
	size := int64(d.Shape().Elements()) * int64(d.DType.Size())
	_, err = fmt.Fprintf(to.out, "wrote %s: %v %v in chunks of %v, %s in %.1fs\n", path, d.DType, d.Shape(), d.Grid.Largest(), plan.Size(size), took.Seconds())
	return err
}
