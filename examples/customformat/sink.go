package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"gabion/block"
)

// Sink writes an array to a brick file. Until Commit the file has another name.
type Sink struct {
	path      string
	overwrite bool

	layout
	text    []byte       // the header
	file    *os.File     // nil unless an array is being written
	written atomic.Int64 // elements
}

// Create is a sink for the file at path. A file that is there is refused,
// unless overwrite is set: then it stays until the new one is complete.
func Create(path string, overwrite bool) *Sink { return &Sink{path: path, overwrite: overwrite} }

// Name is the path.
func (s *Sink) Name() string { return s.path }

// Align is the grid of the array: every brick is written at once.
func (s *Sink) Align(d block.Description) (block.Grid, error) {
	if err := s.vacant(); err != nil {
		return nil, err
	}
	h := header{DType: d.DType, Order: byteOrder(), Blocks: d.Grid, Names: d.Names}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	if len(text) > maxHeader {
		return nil, fmt.Errorf("%s: the blocks %v take a header of %d bytes, at most %d are read; use chunks of one size", s.path, d.Grid, len(text), maxHeader)
	}
	s.text = text
	s.layout, err = newLayout(h, int64(prefix+len(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return d.Grid, nil
}

func (s *Sink) vacant() error {
	if s.overwrite {
		return nil
	}
	_, err := os.Lstat(s.path)
	switch {
	case err == nil:
		return fmt.Errorf("%s: %w", s.path, fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// Begin makes the file, under a temporary name in the same folder.
func (s *Sink) Begin(ctx context.Context, d block.Description) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := s.Align(d); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(s.path), "."+filepath.Base(s.path)+"-*")
	if err != nil {
		return err
	}
	s.file = file
	s.written.Store(0)
	start := binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(s.text)))
	if _, err := file.WriteAt(append(start, s.text...), 0); err != nil {
		return err
	}
	return file.Truncate(s.size()) // bricks at the edges are shorter than their place
}

// Scratch is one brick.
func (s *Sink) Scratch(block.Region) int64 { return s.brick }

// Write stores the bricks that r is made of.
func (s *Sink) Write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	if s.file == nil {
		return fmt.Errorf("%s: Write without Begin", s.path)
	}
	if err := s.fits(r, b); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	buffer, err := scratch.Take(int(s.brick))
	if err != nil {
		return err
	}
	return s.bricks(r, func(offset int64, covers, part block.Region) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !part.Equal(covers) {
			return fmt.Errorf("%s: region %v holds only a part of block %v", s.path, r, covers)
		}
		brick := block.Dense(s.DType, covers.Shape, buffer)
		block.Copy(brick, b.Part(covers.Relative(r.Start)))
		if _, err := s.file.WriteAt(brick.Data, offset); err != nil {
			return err
		}
		s.written.Add(int64(brick.Elements()))
		return nil
	})
}

// Commit gives the file its name.
func (s *Sink) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.file == nil {
		return fmt.Errorf("%s: Commit without Begin", s.path)
	}
	if n := int64(s.Blocks.Shape().Elements()); s.written.Load() != n {
		return fmt.Errorf("%s: %d of %d elements were written", s.path, s.written.Load(), n)
	}
	if err := s.vacant(); err != nil {
		return err
	}
	if err := s.file.Chmod(0o644); err != nil {
		return err
	}
	if err := errors.Join(s.file.Sync(), s.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(s.file.Name(), s.path); err != nil {
		return err
	}
	s.file = nil
	return nil
}

// Abort removes the file that was begun.
func (s *Sink) Abort() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	file.Close() // may be closed already
	return os.Remove(file.Name())
}
