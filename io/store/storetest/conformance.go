package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gabion/io/store"
)

// TestStore tests an empty store and reports what is wrong with it. Renaming
// is tested of a store.Mover only.
func TestStore(s store.Store) error {
	ctx := context.Background()
	steps := []func(context.Context, store.Store) error{values, ranges, lists, failedPut, keys, cancelled}
	for _, step := range steps {
		if err := step(ctx, s); err != nil {
			return err
		}
	}
	if m, ok := s.(store.Mover); ok {
		return moves(ctx, m)
	}
	return nil
}

func put(ctx context.Context, s store.Store, key, text string) error {
	return s.Put(ctx, key, func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader(text))
		return err
	})
}

// holds checks that the value under key is text, read from its start and whole.
func holds(ctx context.Context, s store.Store, key, text string) error {
	v, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	defer v.Close()
	return gives(v, key, text)
}

func gives(v store.Value, key, text string) error {
	data, err := io.ReadAll(v)
	if err != nil {
		return err
	}
	if string(data) != text || v.Size() != int64(len(text)) {
		return fmt.Errorf("%s: got %q of size %d, want %q", key, data, v.Size(), text)
	}
	return nil
}

func missing(err error, what string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: the error is %v, want one that is fs.ErrNotExist", what, err)
	}
	return nil
}

func values(ctx context.Context, s store.Store) error {
	_, err := s.Get(ctx, "a/b")
	if err := missing(err, "Get of no value"); err != nil {
		return err
	}
	_, err = s.Size(ctx, "a/b")
	if err := missing(err, "Size of no value"); err != nil {
		return err
	}
	for _, text := range []string{"one", "", "another, longer one"} {
		if err := put(ctx, s, "a/b", text); err != nil {
			return err
		}
		if err := holds(ctx, s, "a/b", text); err != nil {
			return err
		}
		if n, err := s.Size(ctx, "a/b"); err != nil || n != int64(len(text)) {
			return fmt.Errorf("Size is %d, %v, want %d", n, err, len(text))
		}
	}
	_, err = s.Get(ctx, "a")
	if err := missing(err, "Get of what only has values below it"); err != nil {
		return err
	}
	_, err = s.Get(ctx, "a/b/c")
	if err := missing(err, "Get of something below a value"); err != nil {
		return err
	}
	if err := s.Delete(ctx, "a/b"); err != nil {
		return err
	}
	if err := s.Delete(ctx, "a/b"); err != nil {
		return fmt.Errorf("Delete of no value: %w", err)
	}
	_, err = s.Get(ctx, "a/b")
	return missing(err, "Get after Delete")
}

func ranges(ctx context.Context, s store.Store) error {
	if err := put(ctx, s, "r", "0123456789"); err != nil {
		return err
	}
	for _, r := range [][2]int64{{0, 10}, {3, 4}, {10, 0}, {9, 1}, {0, 0}} {
		v, err := s.GetRange(ctx, "r", r[0], r[1])
		if err != nil {
			return err
		}
		err = gives(v, "r", "0123456789"[r[0]:r[0]+r[1]])
		if err := errors.Join(err, v.Close()); err != nil {
			return err
		}
	}
	for _, r := range [][2]int64{{0, 11}, {-1, 2}, {11, 0}, {5, 1 << 62}, {3, -1}} {
		if v, err := s.GetRange(ctx, "r", r[0], r[1]); err == nil {
			v.Close()
			return fmt.Errorf("bytes %v of ten were given", r)
		}
	}
	_, err := s.GetRange(ctx, "none", 0, 0)
	return errors.Join(missing(err, "GetRange of no value"), s.Delete(ctx, "r"))
}

func lists(ctx context.Context, s store.Store) error {
	for _, key := range []string{"l/b", "l/a/x", "l/a/y/z", "l/c.d", "la"} {
		if err := put(ctx, s, key, key); err != nil {
			return err
		}
	}
	for prefix, want := range map[string]string{
		"l": "[{a true} {b false} {c.d false}]", "l/a": "[{x false} {y true}]", "l/b": "[]", "none": "[]", "": "[{l true} {la false}]",
	} {
		// The top may hold an empty folder of an earlier step.
		entries, err := s.List(ctx, prefix)
		if prefix == "" && len(entries) > 0 && entries[0].Name == "a" {
			entries = entries[1:]
		}
		if got := fmt.Sprint(entries); err != nil || got != want {
			return fmt.Errorf("List of %q gives %v, %v, want %v", prefix, got, err, want)
		}
	}
	if err := s.Delete(ctx, "l"); err != nil {
		return err
	}
	_, err := s.Get(ctx, "l/a/y/z")
	if err := missing(err, "Get of something below a deleted key"); err != nil {
		return err
	}
	return errors.Join(holds(ctx, s, "la", "la"), s.Delete(ctx, "la"))
}

func failedPut(ctx context.Context, s store.Store) error {
	if err := put(ctx, s, "f/old", "old"); err != nil {
		return err
	}
	fault := errors.New("the disk is full")
	for _, key := range []string{"f/old", "f/new"} {
		err := s.Put(ctx, key, func(w io.Writer) error {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
				return err
			}
			if _, err := s.Get(ctx, "f/new"); !errors.Is(err, fs.ErrNotExist) {
				return errors.New("a value is visible while it is written")
			}
			return fault
		})
		if !errors.Is(err, fault) {
			return fmt.Errorf("Put whose write failed gives %v", err)
		}
	}
	entries, err := s.List(ctx, "f")
	if got := fmt.Sprint(entries); err != nil || got != "[{old false}]" {
		return fmt.Errorf("failed writes left %v, %v", got, err)
	}
	return errors.Join(holds(ctx, s, "f/old", "old"), s.Delete(ctx, "f"))
}

func keys(ctx context.Context, s store.Store) error {
	for _, key := range []string{"", ".", "..", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/..", "./a", `a\b`, "a\x00b"} {
		if err := put(ctx, s, key, ""); err == nil {
			return fmt.Errorf("Put of the key %q succeeded", key)
		}
		if v, err := s.Get(ctx, key); err == nil {
			v.Close()
			return fmt.Errorf("Get of the key %q succeeded", key)
		}
		if err := s.Delete(ctx, key); err == nil {
			return fmt.Errorf("Delete of the key %q succeeded", key)
		}
	}
	return nil
}

func cancelled(ctx context.Context, s store.Store) error {
	if err := put(ctx, s, "x", "x"); err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, getErr := s.Get(ended, "x")
	_, listErr := s.List(ended, "x")
	for _, err := range []error{getErr, listErr, put(ended, s, "x", "y")} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("with an ended context the error is %v", err)
		}
	}
	return errors.Join(holds(ctx, s, "x", "x"), s.Delete(ctx, "x"))
}

func moves(ctx context.Context, s store.Mover) error {
	for _, key := range []string{"m/a/1", "m/a/2/3", "m/b/1"} {
		if err := put(ctx, s, key, key); err != nil {
			return err
		}
	}
	if err := s.Move(ctx, "m/a", "m/b"); !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("Move onto something gives %v, want fs.ErrExist", err)
	}
	for _, key := range []string{"m/b", "m/b/1"} {
		if err := s.Prune(ctx, key); !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("Prune of %s, where something is, gives %v, want fs.ErrExist", key, err)
		}
	}
	if err := errors.Join(put(ctx, s, "m/c/x", ""), s.Delete(ctx, "m/c/x")); err != nil {
		return err
	}
	for range 2 { // of a folder that is empty now, then of nothing
		if err := s.Prune(ctx, "m/c"); err != nil {
			return fmt.Errorf("Prune of nothing: %w", err)
		}
	}
	if err := s.Prune(ctx, "../m"); err == nil {
		return errors.New("Prune of the key \"../m\" succeeded")
	}
	if err := s.Move(ctx, "m/a", "m/c"); err != nil {
		return err
	}
	if err := missing(s.Move(ctx, "m/a", "m/d"), "Move of nothing"); err != nil {
		return err
	}
	return errors.Join(holds(ctx, s, "m/c/1", "m/a/1"), holds(ctx, s, "m/c/2/3", "m/a/2/3"), holds(ctx, s, "m/b/1", "m/b/1"),
		s.Delete(ctx, "m"))
}
