package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"gabion/block"
	"gabion/dtype"
)

// decodeInput reads what only inputs have, and checks that it agrees.
func (n *Node) decodeInput(f map[string]json.RawMessage) error {
	if len(n.In)+len(n.Args)+len(n.Kw)+n.Out > 0 {
		return errors.New("an input takes no arguments and has one result")
	}
	var in Input
	name, err := parse[string](f["dtype"], "the name of an element type")
	if err == nil {
		in.DType, err = dtype.Parse(name)
	}
	if err != nil {
		return fmt.Errorf("dtype: %w", err)
	}
	if in.Shape, err = ints(f["shape"], "a list of lengths"); err != nil {
		return fmt.Errorf("shape: %w", err)
	}
	if len(in.Shape) > MaxAxes {
		return fmt.Errorf("shape: there are %d axes, %d are the most", len(in.Shape), MaxAxes)
	}
	for axis, length := range in.Shape {
		if length < 0 {
			return fmt.Errorf("shape: the length %d of axis %d is negative", length, axis)
		}
	}
	elements, err := in.Shape.Size()
	if err == nil && elements > math.MaxInt64/in.DType.Size() {
		err = fmt.Errorf("%v of %v has more bytes than can be counted", in.Shape, in.DType)
	}
	if err != nil {
		return fmt.Errorf("shape: %w", err)
	}
	if in.NBytes, err = parse[int64](f["nbytes"], "a number of bytes"); err != nil {
		return fmt.Errorf("nbytes: %w", err)
	}
	if size := int64(elements) * int64(in.DType.Size()); size != in.NBytes {
		return fmt.Errorf("nbytes: shape %v of %v takes %d bytes, not %d", in.Shape, in.DType, size, in.NBytes)
	}
	if f["chunks"] != nil {
		if in.Chunks, err = decodeChunks(f["chunks"]); err != nil {
			return fmt.Errorf("chunks: %w", err)
		}
		if shape := in.Chunks.Shape(); !shape.Equal(in.Shape) {
			return fmt.Errorf("chunks: they are for shape %v, the array has shape %v", shape, in.Shape)
		}
	}
	if n.Names != nil && len(n.Names) != len(in.Shape) {
		return fmt.Errorf("names: there are %d for the %d axes of shape %v", len(n.Names), len(in.Shape), in.Shape)
	}
	n.Input = &in
	return nil
}

// decodeChunks reads chunks: for each axis the list of its lengths, or the
// stored form of a block.Axis.
func decodeChunks(raw json.RawMessage) (block.Grid, error) {
	axes, err := list(raw, "a list of lengths for each axis")
	if err != nil {
		return nil, err
	}
	grid := make(block.Grid, len(axes))
	for i, raw := range axes {
		if isObject(raw) {
			err = json.Unmarshal(raw, &grid[i])
		} else {
			var lengths []int
			if lengths, err = ints(raw, "a list of lengths"); err == nil {
				grid[i], err = block.Irregular(lengths)
			}
		}
		if err == nil && !grid[i].Known() {
			err = errors.New("its length is unknown")
		}
		if err != nil {
			return nil, fmt.Errorf("axis %d: %w", i, err)
		}
	}
	return grid, nil
}
