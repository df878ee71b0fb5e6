package storetest

import (
	"context"
	"fmt"
	"io"
	"sync"

	"gabion/io/store"
)

// Faults is a store that fails. Every call is an operation, and so are every
// write within a Put, its end and every read of a value. Operations are counted
// from 1. It may be used by several goroutines at once.
type Faults struct {
	store.Mover
	Err    error // what a failing operation returns
	At     int   // the operation that fails; 0 means none
	Always bool  // all operations after it fail too, as on a full disk or in a process that is killed

	mu    sync.Mutex
	count int
}

// Count is the number of operations so far.
func (f *Faults) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

func (f *Faults) step(op, key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.At != 0 && (f.count == f.At || f.Always && f.count > f.At) {
		return fmt.Errorf("%s %s: %w", op, f.Place(key), f.Err)
	}
	return nil
}

// Get may fail, and so may reads of the value.
func (f *Faults) Get(ctx context.Context, key string) (store.Value, error) {
	if err := f.step("open", key); err != nil {
		return nil, err
	}
	v, err := f.Mover.Get(ctx, key)
	return f.value(v, key, err)
}

// GetRange may fail, and so may reads of the value.
func (f *Faults) GetRange(ctx context.Context, key string, offset, length int64) (store.Value, error) {
	if err := f.step("open", key); err != nil {
		return nil, err
	}
	v, err := f.Mover.GetRange(ctx, key, offset, length)
	return f.value(v, key, err)
}

func (f *Faults) value(v store.Value, key string, err error) (store.Value, error) {
	if err != nil {
		return nil, err
	}
	return &value{v, f, key}, nil
}

type value struct {
	store.Value
	faults *Faults
	key    string
}

// Read gives half of what was asked for when it fails.
func (v *value) Read(p []byte) (int, error) {
	if err := v.faults.step("read", v.key); err != nil {
		n, _ := v.Value.Read(p[:len(p)/2])
		return n, err
	}
	return v.Value.Read(p)
}

// Size may fail.
func (f *Faults) Size(ctx context.Context, key string) (int64, error) {
	if err := f.step("stat", key); err != nil {
		return 0, err
	}
	return f.Mover.Size(ctx, key)
}

// Put may fail before, in each write, and when the value would become visible.
func (f *Faults) Put(ctx context.Context, key string, write func(w io.Writer) error) error {
	if err := f.step("create", key); err != nil {
		return err
	}
	return f.Mover.Put(ctx, key, func(w io.Writer) error {
		if err := write(&writer{w, f, key}); err != nil {
			return err
		}
		return f.step("rename", key)
	})
}

type writer struct {
	w      io.Writer
	faults *Faults
	key    string
}

// Write stores half of p when it fails.
func (w *writer) Write(p []byte) (int, error) {
	if err := w.faults.step("write", w.key); err != nil {
		n, _ := w.w.Write(p[:len(p)/2])
		return n, err
	}
	return w.w.Write(p)
}

// List may fail.
func (f *Faults) List(ctx context.Context, prefix string) ([]store.Entry, error) {
	if err := f.step("list", prefix); err != nil {
		return nil, err
	}
	return f.Mover.List(ctx, prefix)
}

// Delete may fail.
func (f *Faults) Delete(ctx context.Context, key string) error {
	if err := f.step("remove", key); err != nil {
		return err
	}
	return f.Mover.Delete(ctx, key)
}

// Prune may fail.
func (f *Faults) Prune(ctx context.Context, key string) error {
	if err := f.step("remove", key); err != nil {
		return err
	}
	return f.Mover.Prune(ctx, key)
}

// Move may fail.
func (f *Faults) Move(ctx context.Context, from, to string) error {
	if err := f.step("rename", from); err != nil {
		return err
	}
	return f.Mover.Move(ctx, from, to)
}
