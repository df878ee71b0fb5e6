// Package scheduler runs plans: it says when and where each block is computed,
// inside a memory budget.
package scheduler

import (
	"context"
	"errors"
	"sync"

	"gabion/block"
	"gabion/internal/plan"
)

// Options configure an Engine. The zero value is a good engine.
type Options struct {
	// Workers is how many blocks are computed at once; 0 means as many as
	// this process may use processors.
	Workers int

	// Memory is the budget in bytes; 0 means half of the smaller of the
	// cgroup's limit and the machine's memory.
	Memory int64

	// SpillDir is the folder of the spill file, made only when blocks have
	// to give way; "" means the system's folder for temporary files.
	SpillDir string

	// Events are told what the engine does.
	Events Events

	// Serial runs one block after the other on the caller's goroutine, in
	// order: slow and obvious, for comparison.
	Serial bool
}

// Engine runs plans.
type Engine struct {
	options Options
	budget  *block.Budget
}

// New is an engine. Options that make no sense are an error that names all of
// them.
func New(o Options) (*Engine, error) { return nil, errors.New("not yet") }

var defaultEngine = sync.OnceValues(func() (*Engine, error) { return New(Options{}) })

// Default is the engine that is used where none is given.
func Default() (*Engine, error) { return defaultEngine() }

// Close ends the engine.
func (e *Engine) Close() error { return nil }

// Memory is the budget in bytes.
func (e *Engine) Memory() int64 { return e.budget.Limit() }

// Workers is how many blocks are computed at once.
func (e *Engine) Workers() int { return e.options.Workers }

// Fit decides how a plan runs on the engine, without running it.
func (e *Engine) Fit(p *plan.Plan) error { return p.Decide(e.Memory(), e.Workers()) }

// Execute runs a plan that Fit has accepted: it begins the sinks, computes and
// writes every block, and commits the sinks, or aborts them and says what
// failed.
func (e *Engine) Execute(ctx context.Context, p *plan.Plan, b *plan.Bindings) error {
	return errors.New("not yet")
}

// Persisted is an array whose blocks an engine keeps, in memory while there is
// room and in the spill file else. It is a Sink that Execute fills once, and a
// Source afterwards.
type Persisted struct{}

// NewPersisted is an empty Persisted.
func (e *Engine) NewPersisted() *Persisted { return &Persisted{} }

// Release gives the memory back. Reading afterwards is an error.
func (p *Persisted) Release() {}

func (p *Persisted) Align(block.Description) (block.Grid, error)    { return nil, nil }
func (p *Persisted) Begin(context.Context, block.Description) error { return nil }
func (p *Persisted) Scratch(block.Region) int64                     { return 0 }
func (p *Persisted) Commit(context.Context) error                   { return nil }
func (p *Persisted) Abort() error                                   { return nil }
func (p *Persisted) Describe() block.Description                    { return block.Description{} }
func (p *Persisted) Traits() block.Traits                           { return block.Traits{} }
func (p *Persisted) Write(context.Context, block.Region, block.Block, *block.Scratch) error {
	return nil
}
func (p *Persisted) Read(context.Context, block.Region, block.Block, *block.Scratch) error {
	return nil
}
