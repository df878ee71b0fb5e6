package scheduler

import (
	"context"
	"errors"
	"fmt"

	"gabion/block"
	"gabion/internal/plan"
)

// allowance is what the calls of a job may hold of an engine's memory budget by
// the option Memory; nil where that is not given.
type allowance struct {
	account *block.Account
	bytes   int // of a call
}

// portion is the memory of one call that runs.
type portion struct {
	grant  *block.Grant
	bytes  int
	buffer *block.Buffer
}

var errMemoryOfPool = errors.New("Memory is for engines, which have a budget: give On an engine, or leave Memory out")

// admit reserves the memory of one call, so that the job can always go on.
func (o *taskOptions) admit(ctx context.Context) (*allowance, error) {
	if o.memory == 0 {
		return nil, nil
	}
	e, ok := o.on.(*Engine)
	if !ok {
		return nil, errMemoryOfPool
	}
	if o.memory > e.Memory() {
		return nil, fmt.Errorf("Memory is %s a call, more than the engine's budget of %s: give the engine more, or say less", plan.Size(o.memory), plan.Size(e.Memory()))
	}
	account, err := e.admit(ctx, block.ClassSize(int(o.memory)))
	if err != nil {
		return nil, err
	}
	return &allowance{account, int(o.memory)}, nil
}

// portion is the right to hold the memory of a call; false if there is no room
// now.
func (a *allowance) portion() (*portion, bool) {
	if a == nil {
		return nil, true
	}
	grant, ok := a.account.Grant(block.ClassSize(a.bytes))
	if !ok {
		return nil, false
	}
	return &portion{grant: grant, bytes: a.bytes}, true
}

// holder is the crew whose engine's memory the calls hold; nil for none.
func (a *allowance) holder(c *crew) *crew {
	if a == nil {
		return nil
	}
	return c
}

func (a *allowance) close() {
	if a != nil {
		a.account.Close()
	}
}

// charge counts the memory as held: what may give way does so.
func (p *portion) charge() (err error) {
	if p != nil {
		p.buffer, err = p.grant.SetAside(p.bytes)
	}
	return err
}

func (p *portion) free() {
	if p == nil {
		return
	}
	if p.buffer != nil {
		p.buffer.Free()
	}
	p.grant.Close()
}
