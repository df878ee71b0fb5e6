package netcdf

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gabion/block"
	"gabion/dtype"
)

// Option says how a variable is read.
type Option func(*options)

type options struct {
	mask, scale bool
	chunks      block.Shape
}

// Mask says whether elements equal to _FillValue or missing_value become NaN.
// It is on by default.
func Mask(on bool) Option { return func(o *options) { o.mask = on } }

// Scale says whether scale_factor and add_offset are applied. It is on by
// default.
func Scale(on bool) Option { return func(o *options) { o.scale = on } }

// MaskAndScale sets Mask and Scale. With false the elements are those that the
// file stores, and _Unsigned is not applied either.
func MaskAndScale(on bool) Option { return func(o *options) { o.mask, o.scale = on, on } }

// Chunks sets the blocks of the variable's grid, one length an axis; a length
// of 0 or less is the whole axis. Without it, blocks are whole along the last
// axes and of about 8 to 16 MiB.
func Chunks(shape block.Shape) Option {
	return func(o *options) { o.chunks = slices.Clone(shape) }
}

// Variable is one variable of a file, a block.Source.
type Variable struct {
	file        *File
	stored      *variable
	name        string // path and variable, and what the options switched off
	description block.Description
	decoder     decoder
}

// Variable is the named variable as an array. It fails if there is none, if it
// holds text, or if its attributes for decoding are not numbers.
func (f *File) Variable(name string, opts ...Option) (*Variable, error) {
	stored, err := f.find(name)
	if err != nil {
		return nil, err
	}
	o := options{mask: true, scale: true}
	for _, opt := range opts {
		opt(&o)
	}
	v := &Variable{file: f, stored: stored, name: f.path + ":" + name + o.suffix()}
	if stored.typ == ncChar {
		return nil, fmt.Errorf("netcdf: %s: variable %q has the type char; text cannot be read as an array", f.path, name)
	}
	coding, applied, err := codingOf(stored, o)
	if err != nil {
		return nil, fmt.Errorf("netcdf: %s: variable %q: %w", f.path, name, err)
	}
	v.decoder = newDecoder(coding)
	shape := block.Shape(stored.lengths)
	chunks := o.chunks
	if chunks == nil {
		chunks = defaultChunks(shape, coding.result.Size())
	}
	if len(chunks) != len(shape) {
		return nil, fmt.Errorf("netcdf: %s: variable %q has %d axes %v, the chunks %v have %d", f.path, name, len(shape), shape, chunks, len(chunks))
	}
	v.description = block.Description{
		DType: coding.result,
		Grid:  block.RegularGrid(shape, chunks),
		Names: axisNames(f.dimensionNames(stored)),
		Attrs: attributesOf(stored.attrs, applied),
	}
	return v, nil
}

// axisNames is the given names of dimensions, "" where one comes again: the
// name of an axis is its own.
func axisNames(names []string) []string {
	for axis := len(names) - 1; axis >= 0; axis-- {
		if slices.Contains(names[:axis], names[axis]) {
			names[axis] = ""
		}
	}
	return names
}

// suffix tells the names of sources apart that give different elements.
func (o options) suffix() string {
	var off []string
	if !o.mask {
		off = append(off, "mask=off")
	}
	if !o.scale {
		off = append(off, "scale=off")
	}
	if off == nil {
		return ""
	}
	return "[" + strings.Join(off, ",") + "]"
}

// defaultChunks splits the leading axes of shape until a block has at most
// 16 MiB of elements of the given size.
func defaultChunks(shape block.Shape, size int) block.Shape {
	const target = 16 << 20
	inner := make([]int, len(shape)+1) // bytes of one step along the axis before, at most target+1
	inner[len(shape)] = size
	for axis := len(shape) - 1; axis >= 0; axis-- {
		inner[axis] = target + 1
		if shape[axis] <= target/inner[axis+1] {
			inner[axis] = max(1, shape[axis]) * inner[axis+1]
		}
	}
	chunks := slices.Clone(shape)
	for axis, length := range shape {
		if inner[axis] <= target {
			break
		}
		if most := target / inner[axis+1]; most > 1 {
			blocks := 1 + (length-1)/most
			chunks[axis] = 1 + (length-1)/blocks // blocks of nearly one size
			break
		}
		chunks[axis] = min(1, length)
	}
	return chunks
}

// coding says how stored elements become those of the array.
type coding struct {
	stored dtype.DType // with the sign that _Unsigned gives it
	result dtype.DType
	fills  []attribute // none if elements are not compared
	// whether integers of one size are the same by their bits, for fills
	reinterpret bool
	scaled      bool
	scale       float64
	offset      float64
}

// converts reports whether elements change other than by becoming NaN.
func (c coding) converts() bool { return c.scaled || c.stored != c.result }

// codingOf works out the coding of v, and the attributes that it applies.
func codingOf(v *variable, o options) (coding, map[string]bool, error) {
	// Adding -0 changes no number, not even -0.
	c := coding{stored: v.typ.dtype(), scale: 1, offset: math.Copysign(0, -1)}
	applied := map[string]bool{}
	if a, ok := find(v.attrs, "_Unsigned"); ok && a.isText() && c.stored.IsInteger() && (o.mask || o.scale) {
		switch strings.ToLower(a.text()) {
		case "true":
			if c.stored.IsSigned() {
				c.stored += dtype.Uint8 - dtype.Int8
			}
			c.reinterpret, applied[a.name] = true, true
		case "false":
			if c.stored.IsUnsigned() {
				c.stored -= dtype.Uint8 - dtype.Int8
			}
			c.reinterpret, applied[a.name] = true, true
		}
	}
	c.result = c.stored
	if o.mask {
		for _, name := range []string{"_FillValue", "missing_value"} {
			if a, ok := find(v.attrs, name); ok && !a.isText() && a.count() > 0 {
				c.fills = append(c.fills, a)
				applied[name] = true
				c.result = floatFor(c.stored)
			}
		}
	}
	if !o.scale {
		return c, applied, nil
	}
	single := true // precision is enough
	for name, value := range map[string]*float64{"scale_factor": &c.scale, "add_offset": &c.offset} {
		a, ok := find(v.attrs, name)
		if !ok {
			continue
		}
		if a.isText() || a.count() != 1 {
			return c, nil, fmt.Errorf("attribute %q is %#v, not one number; open the variable with Scale(false) to read it as stored", name, a.value())
		}
		*value = a.float(0)
		applied[name] = true
		c.scaled = true
		single = single && a.typ == ncFloat
	}
	if c.scaled && c.stored.IsInteger() {
		c.result = dtype.Float64
		if single {
			c.result = floatFor(c.stored)
		}
	}
	return c, applied, nil
}

// floatFor is the type that holds the elements of d and NaN.
func floatFor(d dtype.DType) dtype.DType {
	switch {
	case d.IsFloat():
		return d
	case d.Size() <= 2:
		return dtype.Float32
	}
	return dtype.Float64
}

// Describe says what the array is. The names are those of the dimensions; an
// axis along a dimension that an earlier axis has already has no name.
func (v *Variable) Describe() block.Description {
	d := v.description
	d.Grid, d.Names, d.Attrs = slices.Clone(d.Grid), slices.Clone(d.Names), maps.Clone(d.Attrs)
	return d
}

// Traits names the source path:variable.
func (v *Variable) Traits() block.Traits {
	return block.Traits{Name: v.name, Variable: v.stored.name, Parts: true}
}

// Close closes the file that the variable is of: no variable of it can be read
// afterwards. It is for who has the variable alone, as package open gives it.
func (v *Variable) Close() error { return v.file.Close() }
