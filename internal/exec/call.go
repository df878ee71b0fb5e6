package exec

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

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

// runCall calls the user's function. If the function ends its goroutine the
// call does not return; the executor has to see that it did not.
func (r *Runner) runCall(ctx context.Context, t *Task) (err error) {
	info := plan.BlockInfo{Index: t.At, Region: t.Region}
	for i := range t.Inputs {
		info.Inputs = append(info.Inputs, r.stage.Covers(i, t.At, t.Region))
	}
	dst := block.Dense(r.stage.Outputs[0].DType, t.Region.Shape, t.Outputs[0])
	defer func() {
		if v := recover(); v != nil {
			err = &Error{Op: r.stage.Op, Site: r.stage.Site, Index: t.At, Err: &PanicError{Value: v, Stack: debug.Stack()}}
		}
	}()
	src := t.Inputs
	if block.Invariants && r.stage.Kind == plan.Call { // the function sees copies, which are spoilt after the call
		own := make([]block.Block, len(src))
		for i, in := range src {
			own[i] = block.Dense(in.DType, in.Shape, aligned(in.Bytes()))
			block.Copy(own[i], in)
		}
		src = own
		result := dst
		dst = block.Dense(dst.DType, dst.Shape, aligned(dst.Bytes()))
		defer func() {
			block.Copy(result, dst)
			for _, b := range append(own, dst) {
				spoil(b.Data)
			}
		}()
	}
	if err := r.call(ctx, info, dst, src); err != nil {
		return &Error{Op: r.stage.Op, Site: r.stage.Site, Index: t.At, Err: err}
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
