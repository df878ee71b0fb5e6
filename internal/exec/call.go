package exec

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/plan"
)

// PanicError is a panic of a user's function, as an error.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n\n%s", e.Value, e.Stack) }

// Unwrap is the value, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// ErrGoexit reports a user's function that ended its goroutine.
var ErrGoexit = errors.New("the function called runtime.Goexit")

// runCall calls the user's function on a block. If the function ends its
// goroutine the call does not return; the executor has to see that it did not.
func (r *Runner) runCall(ctx context.Context, t *Task) error {
	info := plan.BlockInfo{Index: slices.Clone(t.At), Region: t.Region.Clone()} // the function may change it
	for i := range t.Inputs {
		info.Inputs = append(info.Inputs, r.stage.Covers(i, t.At, t.Region).Clone())
	}
	var dst block.Block
	switch {
	case r.stage.Outputs[0].Reduce == nil:
		dst = block.Dense(r.stage.Outputs[0].DType, t.Region.Shape, t.Outputs[0])
	case len(t.Outputs[0]) == 0: // no result needs the block
		return nil
	default:
		clear(t.Outputs[0])
		dst = r.partial(t.Outputs[0])
	}
	return r.calling(t.At, append([]block.Block{dst}, t.Inputs...), func(b []block.Block) error {
		return r.call.Block(ctx, info, b[0], b[1:])
	})
}

// partial is the partial of a user's reduction as elements.
func (r *Runner) partial(data []byte) block.Block {
	return elements(r.stage.Outputs[0].Reduce.Kernel, data)
}

func elements(d dtype.DType, data []byte) block.Block {
	return block.Dense(d, block.Shape{len(data) / d.Size()}, data)
}

// combine merges two partials of a user's reduction.
func (r *Runner) combine(at []int, left, right []byte) error {
	return r.calling(at, []block.Block{r.partial(left), r.partial(right)}, func(b []block.Block) error {
		if err := r.call.Combine(b[0], b[1]); err != nil {
			return fmt.Errorf("combine the partials up to this block: %w", err)
		}
		return nil
	})
}

// finish makes the results of a partial of a user's reduction.
func (r *Runner) finish(at []int, dst, partial []byte, n int64) error {
	result := elements(r.stage.Outputs[0].DType, dst)
	return r.calling(at, []block.Block{result, r.partial(partial)}, func(b []block.Block) error {
		if err := r.call.Finish(b[0], b[1], n); err != nil {
			return fmt.Errorf("finish the partial up to this block: %w", err)
		}
		return nil
	})
}

// calling calls a user's function on dense blocks, of which it changes the first.
// Errors and panics are said to be at a block.
func (r *Runner) calling(at []int, blocks []block.Block, f func([]block.Block) error) (err error) {
	fail := func(err error) error { return &Error{Op: r.stage.Op, Site: r.stage.Site, Index: at, Err: err} }
	defer func() {
		if v := recover(); v != nil {
			err = fail(&PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	if block.Invariants && r.stage.Kind == plan.Call { // the function sees copies, which are spoilt after the call
		result := blocks[0]
		own := make([]block.Block, len(blocks))
		for i, in := range blocks {
			own[i] = block.Dense(in.DType, in.Shape, aligned(in.Bytes()))
			block.Copy(own[i], in)
		}
		blocks = own
		defer func() {
			block.Copy(result, own[0])
			for _, b := range own {
				spoil(b.Data)
			}
		}()
	}
	if err := f(blocks); err != nil {
		return fail(err)
	}
	return nil
}

// aligned is n bytes of memory that any element may lie in.
func aligned(n int) []byte { return dtype.Bytes(make([]uint64, (n+7)/8)) }

// spoil makes it seen when memory is used after the call it was valid for.
func spoil(b []byte) {
	for i := range b {
		b[i] = 0xDB
	}
}
