package main

import (
	"context"
	"fmt"
	"os"

	"gabion/block"
)

// Source is the array in a brick file.
type Source struct {
	path string
	layout
}

// Open reads the header of the brick file at path.
func Open(path string) (*Source, error) {
	file, l, err := open(path)
	if err != nil {
		return nil, err
	}
	return &Source{path, l}, file.Close()
}

// Describe says what the array is.
func (s *Source) Describe() block.Description {
	return block.Description{DType: s.DType, Grid: s.Blocks, Names: s.Names}
}

// Traits names the file. Reading is left to the workers.
func (s *Source) Traits() block.Traits { return block.Traits{Name: s.path} }

// Scratch is one brick.
func (s *Source) Scratch(block.Region) int64 { return s.brick }

// Read reads the bricks that r meets, one after the other.
func (s *Source) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := s.fits(r, dst); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	buffer, err := scratch.Take(int(s.brick))
	if err != nil {
		return err
	}
	return s.bricks(r, func(offset int64, covers, part block.Region) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		brick := block.Dense(s.DType, covers.Shape, buffer)
		if _, err := file.ReadAt(brick.Data, offset); err != nil {
			return fmt.Errorf("%s: block %v: %w", s.path, covers, err)
		}
		block.Copy(dst.Part(part.Relative(r.Start)), brick.Part(part.Relative(covers.Start)))
		return nil
	})
}
