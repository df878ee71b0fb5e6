package matrix

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gonum.org/v1/gonum/mat"

	"gabion/block"
	"gabion/dtype"
)

// Source is a matrix as an array of float64 of shape (rows, columns). The matrix
// must not change while anything made of the array is computed; At of matrices
// that are not used in place is called by several goroutines at once. Of a nil
// matrix it is nil, which array.From reports.
func Source(m mat.Matrix) block.Source {
	if isNil(m) {
		return nil
	}
	rows, columns := m.Dims()
	shape := block.Shape{rows, columns}
	if b, ok := inPlace(m); ok {
		return &view{describe(shape), b}
	}
	return &calls{describe(shape), m.At}
}

// Vector is a vector as an array of float64 of shape (n,). What holds for Source
// holds for it. A vector given to Source is a matrix of one column.
func Vector(v mat.Vector) block.Source {
	if isNil(v) {
		return nil
	}
	shape := block.Shape{v.Len()}
	if b, ok := inPlace(v); ok {
		stride := b.Strides[0]
		if b.Shape[0] != v.Len() { // a row
			stride = b.Strides[1]
		}
		return &view{describe(shape), block.Block{DType: b.DType, Shape: shape, Strides: []int{stride}, Data: b.Data}}
	}
	return &calls{describe(shape), func(i, _ int) float64 { return v.AtVec(i) }}
}

func isNil(m mat.Matrix) bool {
	v := reflect.ValueOf(m)
	return m == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

// inPlace is the elements of a matrix where they are, if they lie in a slice at
// regular distances.
func inPlace(m mat.Matrix) (block.Block, bool) {
	rows, columns := m.Dims()
	b := block.Block{DType: dtype.Float64, Shape: block.Shape{rows, columns}}
	var data []float64
	switch inner := m.(type) {
	case mat.RawMatrixer:
		raw := inner.RawMatrix()
		if raw.Rows != rows || raw.Cols != columns {
			return b, false
		}
		b.Strides, data = []int{raw.Stride, 1}, raw.Data
	case mat.RawVectorer:
		raw := inner.RawVector()
		if raw.N != rows || columns != 1 {
			return b, false
		}
		b.Strides, data = []int{raw.Inc, raw.N}, raw.Data
	case mat.Untransposer:
		t, ok := inPlace(inner.Untranspose())
		if !ok || t.Shape[0] != columns || t.Shape[1] != rows {
			return b, false
		}
		return t.Transpose([]int{1, 0}), true
	default:
		return b, false
	}
	if b.Shape.Elements() == 0 {
		return b, true
	}
	last := (rows-1)*b.Strides[0] + (columns-1)*b.Strides[1]
	if b.Strides[0] < 0 || b.Strides[1] < 0 || last >= len(data) {
		return b, false
	}
	b.Data = dtype.Bytes(data)
	return b, true
}

// describe divides rows into blocks of at most 16 MiB.
func describe(shape block.Shape) block.Description {
	const target = 16 << 20 / 8
	row := 1
	for _, n := range shape[1:] {
		row *= n
	}
	chunks := slices.Clone(shape)
	chunks[0] = max(1, target/max(1, row))
	return block.Description{DType: dtype.Float64, Grid: block.RegularGrid(shape, chunks)}
}

// view is elements that are used in place: a block.Viewer.
type view struct {
	description block.Description
	elements    block.Block
}

func (s *view) Describe() block.Description     { return s.description }
func (s *view) Traits() block.Traits            { return block.Traits{Parts: true} }
func (s *view) Scratch(block.Region) int64      { return 0 }
func (s *view) View(r block.Region) block.Block { return s.elements.Part(r) }
func (s *view) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := fits(s.description, r, dst); err != nil {
		return err
	}
	block.Copy(dst, s.View(r))
	return ctx.Err()
}

// calls is elements that a function gives, from a row and a column.
type calls struct {
	description block.Description
	at          func(i, j int) float64
}

func (s *calls) Describe() block.Description { return s.description }
func (s *calls) Traits() block.Traits        { return block.Traits{Parts: true} }
func (s *calls) Scratch(block.Region) int64  { return 0 }
func (s *calls) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := fits(s.description, r, dst); err != nil {
		return err
	}
	to := dtype.Slice[float64](dst.Data)
	first, columns, across := 0, 1, 0
	if len(r.Shape) == 2 {
		first, columns, across = r.Start[1], r.Shape[1], dst.Strides[1]
	}
	for i := range r.Shape[0] {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range columns {
			to[dst.Offset+i*dst.Strides[0]+j*across] = s.at(r.Start[0]+i, first+j)
		}
	}
	return nil
}

// fits returns an error unless dst holds the elements of r.
func fits(d block.Description, r block.Region, dst block.Block) error {
	if err := r.Within(d.Shape()); err != nil {
		return fmt.Errorf("matrix: %w", err)
	}
	if dst.DType != d.DType || !dst.Shape.Equal(r.Shape) {
		return fmt.Errorf("matrix: a block of %v of shape %v for %v of %v", dst.DType, dst.Shape, r, d.DType)
	}
	return nil
}
