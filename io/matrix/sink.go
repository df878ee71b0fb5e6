package matrix

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"gabion/block"
	"gabion/dtype"
)

// Sink is a sink that gives m the elements of an array. An array of two axes is a
// matrix of as many rows and columns, one of one axis a matrix of one column;
// others are refused, and so are arrays without elements, of which gonum has no
// matrices, except that one of shape (0, 0) leaves m empty.
//
// Elements become float64: of bools 0 and 1, of 64-bit integers the nearest
// float64. Complex arrays are refused.
//
// An empty matrix, such as a new one, takes the array's shape; any other must
// have it already, and is written where its elements are, which may be a part of
// a larger matrix. m changes when all of the array is there, and not before: so
// one of its own memory is needed beside it until then, which the engine's budget
// does not count.
//
// Of a nil matrix it is nil, which array.Store reports.
func Sink(m *mat.Dense) block.Sink {
	if m == nil {
		return nil
	}
	return &sink{m: m}
}

type sink struct {
	m *mat.Dense

	description block.Description // between Begin and the end
	rows, cols  int
	elements    []float64
	begun       bool
	written     atomic.Int64
}

// Align is nil: any region can be written.
func (s *sink) Align(d block.Description) (block.Grid, error) {
	_, _, err := s.dims(d)
	return nil, err
}

// dims is the size of the matrix for an array described by d.
func (s *sink) dims(d block.Description) (rows, cols int, err error) {
	shape := d.Shape()
	switch {
	case !d.DType.Valid():
		return 0, 0, errors.New("matrix: the array has no element type")
	case d.DType.IsComplex():
		return 0, 0, fmt.Errorf("matrix: elements of %v do not become float64; store the real or the imaginary part, or the absolute value", d.DType)
	case !d.Grid.Known():
		return 0, 0, fmt.Errorf("matrix: the array of shape %v has a length that is not known yet; resolve it first", shape)
	}
	switch len(shape) {
	case 1:
		rows, cols = shape[0], 1
	case 2:
		rows, cols = shape[0], shape[1]
	default:
		return 0, 0, fmt.Errorf("matrix: an array of shape %v has %d axes, a matrix has 2; reshape it", shape, len(shape))
	}
	if _, err := shape.Size(); err != nil {
		return 0, 0, fmt.Errorf("matrix: %w", err)
	}
	haveRows, haveCols := s.m.Dims()
	switch {
	case (rows == 0) != (cols == 0) || len(shape) == 1 && rows == 0:
		return 0, 0, fmt.Errorf("matrix: gonum has no matrix of shape %v, without elements", shape)
	case !s.m.IsEmpty() && (rows != haveRows || cols != haveCols):
		return 0, 0, fmt.Errorf("matrix: an array of shape %v does not fit a matrix of %d rows and %d columns; Reset the matrix to have it sized", shape, haveRows, haveCols)
	}
	return rows, cols, nil
}

// Begin makes room for the array.
func (s *sink) Begin(ctx context.Context, d block.Description) error {
	rows, cols, err := s.dims(d)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	s.description, s.rows, s.cols, s.begun = d, rows, cols, true
	s.elements = make([]float64, rows*cols)
	s.written.Store(0)
	return nil
}

// Scratch is 0.
func (s *sink) Scratch(block.Region) int64 { return 0 }

// Write converts the elements of b.
func (s *sink) Write(ctx context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.begun {
		return errors.New("matrix: Write before Begin")
	}
	if err := fits(s.description, r, b); err != nil {
		return err
	}
	to := block.Dense(dtype.Float64, s.description.Shape(), dtype.Bytes(s.elements)).Part(r)
	if b.DType == dtype.Float64 {
		block.Copy(to, b)
	} else if !r.Empty() {
		convert(to, b)
	}
	s.written.Add(int64(r.Elements()))
	return nil
}

// Commit gives the matrix its elements.
func (s *sink) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.begun {
		return errors.New("matrix: Commit before Begin")
	}
	if n := s.written.Load(); n != int64(len(s.elements)) {
		return fmt.Errorf("matrix: %d of %d elements were written", n, len(s.elements))
	}
	if _, _, err := s.dims(s.description); err != nil { // it was changed meanwhile
		return err
	}
	result := blas64.General{Rows: s.rows, Cols: s.cols, Stride: s.cols, Data: s.elements}
	switch {
	case !s.m.IsEmpty():
		var whole mat.Dense
		whole.SetRawMatrix(result)
		s.m.Copy(&whole)
	case s.rows > 0:
		s.m.SetRawMatrix(result)
	}
	return s.Abort()
}

// Abort forgets what was written.
func (s *sink) Abort() error {
	s.begun, s.elements = false, nil
	return nil
}
