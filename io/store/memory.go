package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Memory is a store in Go memory. It implements Mover. The zero value is empty.
type Memory struct {
	mu     sync.Mutex
	values map[string][]byte // never changed once stored
}

// Place is the key after "memory:".
func (m *Memory) Place(key string) string { return "memory:" + key }

// Get opens a value.
func (m *Memory) Get(ctx context.Context, key string) (Value, error) {
	data, err := m.value(ctx, key)
	if err != nil {
		return nil, err
	}
	return newValue(bytes.NewReader(data), io.NopCloser(nil), int64(len(data))), nil
}

// GetRange opens a part of a value.
func (m *Memory) GetRange(ctx context.Context, key string, offset, length int64) (Value, error) {
	data, err := m.value(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := checkRange(m.Place(key), offset, length, int64(len(data))); err != nil {
		return nil, err
	}
	return newValue(bytes.NewReader(data[offset:offset+length]), io.NopCloser(nil), length), nil
}

// Size is the length of a value.
func (m *Memory) Size(ctx context.Context, key string) (int64, error) {
	data, err := m.value(ctx, key)
	return int64(len(data)), err
}

func (m *Memory) value(ctx context.Context, key string) ([]byte, error) {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.values[key]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: m.Place(key), Err: fs.ErrNotExist}
	}
	return data, nil
}

// Put stores a value.
func (m *Memory) Put(ctx context.Context, key string, write func(w io.Writer) error) error {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return err
	}
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = data.Bytes()
	return nil
}

// List gives the names directly under prefix.
func (m *Memory) List(ctx context.Context, prefix string) ([]Entry, error) {
	if err := errors.Join(checkPrefix(prefix), ctx.Err()); err != nil {
		return nil, err
	}
	if prefix != "" {
		prefix += "/"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	folder := map[string]bool{}
	for key := range m.values {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, below := strings.Cut(rest, "/")
			folder[name] = folder[name] || below
		}
	}
	entries := make([]Entry, 0, len(folder))
	for name, f := range folder {
		entries = append(entries, Entry{Name: name, Folder: f})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

// Delete removes a value and all below it.
func (m *Memory) Delete(_ context.Context, key string) error {
	if err := check(key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.values {
		if under(k, key) {
			delete(m.values, k)
		}
	}
	return nil
}

func under(key, prefix string) bool {
	return key == prefix || strings.HasPrefix(key, prefix+"/")
}

// Prune finds out whether something is under key: there are no empty folders.
func (m *Memory) Prune(ctx context.Context, key string) error {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.values {
		if under(k, key) {
			return &fs.PathError{Op: "remove", Path: m.Place(key), Err: fs.ErrExist}
		}
	}
	return nil
}

// Move renames a value and all below it.
func (m *Memory) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(check(from), check(to), ctx.Err()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	moved := map[string][]byte{}
	for k, data := range m.values {
		if under(k, to) {
			return &fs.PathError{Op: "rename to", Path: m.Place(to), Err: fs.ErrExist}
		}
		if under(k, from) {
			moved[k] = data
		}
	}
	if len(moved) == 0 {
		return &fs.PathError{Op: "rename", Path: m.Place(from), Err: fs.ErrNotExist}
	}
	for k, data := range moved {
		delete(m.values, k)
		m.values[to+strings.TrimPrefix(k, from)] = data
	}
	return nil
}
