package array

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"reflect"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
)

// CreateOption says how an array is made: a ChunkSpec, Names or Attrs.
type CreateOption interface {
	LikeOption
	RandomOption
	creation(*creation)
}

type creation struct {
	chunks []ChunkSpec
	names  []string
	attrs  block.Attributes
}

type createOption func(*creation)

func (f createOption) creation(c *creation) { f(c) }

func (s ChunkSpec) creation(c *creation) { c.chunks = append(c.chunks, s) }

// Names are the names of the dimensions, one an axis; "" for an axis without a
// name.
func Names(names ...string) CreateOption {
	return createOption(func(c *creation) { c.names = append([]string{}, names...) })
}

// Attrs are attributes of the array: strings, bools, int64, float64 or slices
// of one of these.
func Attrs(attrs block.Attributes) CreateOption {
	return createOption(func(c *creation) { c.attrs = maps.Clone(attrs) })
}

// describe is an array of a shape under the options. Chunks that no option
// speaks of are chosen.
func (c creation) describe(d dtype.DType, shape block.Shape) (block.Description, error) {
	for axis, length := range shape {
		if length < 0 { // -1 would be block.Unknown, which nobody asks for
			return block.Description{}, fmt.Errorf("the length %d of axis %d is negative", length, axis)
		}
	}
	if _, err := shape.Size(); err != nil {
		return block.Description{}, err
	}
	out := block.Description{DType: d, Grid: block.RegularGrid(shape, shape), Names: c.names, Attrs: c.attrs}
	if err := c.checkLabels(shape); err != nil {
		return out, err
	}
	grid, err := chunked(out, append([]ChunkSpec{AutoChunks(0)}, c.chunks...))
	out.Grid = grid
	return out, err
}

// checkLabels reports names and attributes that an array of a shape cannot have.
func (c creation) checkLabels(shape block.Shape) error {
	if c.names != nil && len(c.names) != len(shape) {
		return fmt.Errorf("there are %d dimension names %q for %d axes of shape %v; give one an axis or none", len(c.names), c.names, len(shape), shape)
	}
	for key, value := range c.attrs {
		switch value.(type) {
		case string, bool, int64, float64, []string, []bool, []int64, []float64:
		default:
			return fmt.Errorf("attribute %q has the type %T; attributes are string, bool, int64, float64 or slices of these", key, value)
		}
	}
	return nil
}

func collect(opts []CreateOption) creation {
	var c creation
	for _, o := range opts {
		if o != nil {
			o.creation(&c)
		}
	}
	return c
}

// create makes an array without inputs.
func create(name op.Name, d dtype.DType, shape []int, opts []CreateOption, f func(at graph.Site, out block.Description) (graph.Ref, error)) Array {
	at := site().Of(name)
	out, err := collect(opts).describe(d, block.Shape(shape))
	if err != nil {
		return Array{err: graph.Mistake(at, name, err)}
	}
	ref, err := f(at, out)
	if err != nil || ref.Node.Op == op.Read || out.Names == nil && out.Attrs == nil {
		return made(ref, err)
	}
	labelled := *ref.Node
	labelled.Results = []block.Description{out}
	return made(graph.Ref{Node: &labelled}, nil)
}

// From is the array that a source gives. Its chunks are those of the source;
// nothing is read.
func From(src block.Source) Array {
	at := site()
	if isNil(src) {
		return mistake(graph.ValueError, op.Read, at, errors.New("the source is nil"))
	}
	return made(graph.Read(at, &graph.Slot{Name: src.Traits().Name, Value: src}))
}

// isNil reports whether v is nil or holds a nil pointer, which is what a
// constructor gives whose error was not looked at.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return v == nil || r.Kind() == reflect.Pointer && r.IsNil()
}

// FromSlice is an array over data, in C order, without copying it: data must
// not change while anything made of the array is in use. A nil shape is one
// axis. An int is an int64 and a uint a uint64, so that their values are asked for
// as Values[int64].
func FromSlice[T dtype.Element | int | uint](data []T, shape []int, opts ...CreateOption) Array {
	if shape == nil {
		shape = []int{len(data)}
	}
	return create("from_slice", dtype.Of[T](), shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		elements, err := block.OfSlice(data, out.Shape())
		if err != nil {
			return graph.Ref{}, &graph.Error{Kind: graph.ValueError, Op: "from_slice", Site: at, Err: err}
		}
		return graph.Read(at, &graph.Slot{Value: &memorySource{out, elements}})
	})
}

// memorySource is elements in memory that are used in place.
type memorySource struct {
	description block.Description
	elements    block.Block
}

func (s *memorySource) Describe() block.Description     { return s.description }
func (s *memorySource) Traits() block.Traits            { return block.Traits{} }
func (s *memorySource) Scratch(block.Region) int64      { return 0 }
func (s *memorySource) View(r block.Region) block.Block { return s.elements.Part(r) }
func (s *memorySource) Read(ctx context.Context, r block.Region, dst block.Block, _ *block.Scratch) error {
	if err := r.Within(s.elements.Shape); err != nil {
		return err
	}
	block.Copy(dst, s.View(r))
	return ctx.Err()
}

// Const is a number that meets arrays as a literal does in NumPy 2: it takes
// the array's type where its kind allows, so that x.Add(Const(2)) keeps the
// type of x, and Const(1.5) keeps that of floating-point arrays. On its own it
// is a bool, int64, float64 or complex128 of no axes. See Scalar for a number
// with a type of its own.
func Const[T dtype.Element | int | uint](v T) Array {
	at := site()
	s, _ := dtype.ScalarOf(weakened(v))
	return made(graph.Weak(at, s))
}

// weakened is v as the widest type of its kind.
func weakened(v any) any {
	switch v := v.(type) {
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case dtype.Half:
		return float64(v.Float32())
	case float32:
		return float64(v)
	case complex64:
		return complex128(v)
	}
	return v
}

// Scalar is a number of a type of its own, an array of no axes that promotes
// as any other: float32 arrays plus Scalar(float64(1)) are float64.
func Scalar[T dtype.Element | int | uint](v T) Array {
	at := site()
	s, _ := dtype.ScalarOf(v)
	return made(graph.Full(at, nil, s))
}

// Full is v everywhere in an array of a shape.
func Full[T dtype.Element | int | uint](shape []int, v T, opts ...CreateOption) Array {
	s, _ := dtype.ScalarOf(v)
	return everywhere(op.Full, shape, s, opts)
}

// Zeros is an array of zeros of type T, or of false.
func Zeros[T dtype.Element](shape []int, opts ...CreateOption) Array {
	return everywhere(op.Zeros, shape, bit(false, dtype.Of[T]()), opts)
}

// Ones is an array of ones of type T, or of true.
func Ones[T dtype.Element](shape []int, opts ...CreateOption) Array {
	return everywhere(op.Ones, shape, bit(true, dtype.Of[T]()), opts)
}

// bit is 0 or 1 of a type.
func bit(one bool, d dtype.DType) dtype.Scalar {
	s, _ := dtype.ScalarOf(one)
	s, _ = s.Convert(d)
	return s
}

func everywhere(name op.Name, shape []int, v dtype.Scalar, opts []CreateOption) Array {
	return create(name, v.DType, shape, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Full(at, out.Grid, v)
	})
}

// Real lists the types that a range may have.
type Real interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// Float lists the floating-point types.
type Float interface {
	dtype.Half | float32 | float64
}

// Arange is start, start + step, … up to, not including, stop, along one axis.
// Element i is start + i*step, computed in float64 or int64; as in NumPy, a
// floating-point step may put one element more or less than expected at the
// end.
func Arange[T Real](start, stop, step T, opts ...CreateOption) Array {
	at := site()
	first, _ := dtype.ScalarOf(start)
	var attrs graph.ArangeAttrs
	var count int
	var err error
	if first.DType.IsFloat() {
		attrs.Start, attrs.Step = float64(start), float64(step)
		count, err = floatCount(attrs.Start, float64(stop), attrs.Step)
	} else {
		attrs.IntStart, attrs.IntStep = int64(start), int64(step)
		count, err = intCount(start, stop, step)
	}
	if err != nil {
		return mistake(graph.ValueError, op.Arange, at, err)
	}
	return create(op.Arange, first.DType, []int{count}, opts, func(at graph.Site, out block.Description) (graph.Ref, error) {
		return graph.Arange(at, out.DType, out.Grid, attrs)
	})
}

func floatCount(start, stop, step float64) (int, error) {
	n := math.Ceil((stop - start) / step)
	switch {
	case step == 0:
		return 0, errors.New("a range's step is not 0")
	case math.IsNaN(n) || math.IsInf(start, 0) || math.IsInf(step, 0) || n >= math.MaxInt:
		return 0, fmt.Errorf("a range from %v to %v in steps of %v has no length", start, stop, step)
	}
	return int(max(0, n)), nil
}

func intCount[T Real](start, stop, step T) (int, error) {
	// Differences in uint64 are right for signed and unsigned integers alike.
	distance, size := uint64(stop)-uint64(start), uint64(step)
	if step < 0 {
		distance, size = uint64(start)-uint64(stop), -uint64(step)
	}
	switch {
	case step == 0:
		return 0, errors.New("a range's step is not 0")
	case step > 0 && stop <= start || step < 0 && stop >= start:
		return 0, nil
	}
	q, r := bits.Div64(0, distance, size)
	if r > 0 {
		q++
	}
	if q > math.MaxInt {
		return 0, fmt.Errorf("a range from %v to %v in steps of %v has more elements than an int can count", start, stop, step)
	}
	return int(q), nil
}
