package netcdf

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"gabion/block"
)

// File is an open netCDF file. Its methods may be called by several goroutines
// at once.
type File struct {
	path   string
	header *header
	data   io.ReaderAt
	close  func() error
}

// Dimension is a named length that variables share.
type Dimension struct {
	Name   string
	Length int  // of the record dimension: the number of records
	Record bool // whether it is the dimension that files grow along
}

// Info is what the header says of a variable.
type Info struct {
	Name       string
	Type       string // the format's name of the stored type, such as "short"; "char" cannot be read as an array
	Dimensions []string
	Shape      block.Shape
	Attributes block.Attributes // all of them, also those that decoding applies; nil if there are none
}

// Open reads the header of the file at path and checks that the file holds the
// data that the header promises. The variables of a File share its descriptor:
// reading from them fails after Close. A File that is not closed is closed when
// neither it nor a variable of it can be reached any more.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("netcdf: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("netcdf: %s: this is not a regular file but %v", path, info.Mode().Type())
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("netcdf: %w", err)
	}
	f, err := newFile(path, file, info.Size())
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	f.close = file.Close
	return f, nil
}

// newFile is the file of the given size that data reads. path is its name.
func newFile(path string, data io.ReaderAt, size int64) (*File, error) {
	h, err := parseHeader(data, size)
	if err == nil {
		err = h.arrange(size)
	}
	if err != nil {
		return nil, fmt.Errorf("netcdf: %s: %w", path, err)
	}
	return &File{path: path, header: h, data: data, close: func() error { return nil }}, nil
}

// Close closes the file, also for the variables taken from it.
func (f *File) Close() error { return f.close() }

// Variables lists the names of the variables in the order of the file.
func (f *File) Variables() []string {
	names := make([]string, len(f.header.vars))
	for i := range names {
		names[i] = f.header.vars[i].name
	}
	return names
}

// Dimensions lists the dimensions in the order of the file.
func (f *File) Dimensions() []Dimension { return slices.Clone(f.header.dims) }

// Attributes is the file's own (global) attributes; nil if there are none.
func (f *File) Attributes() block.Attributes { return attributesOf(f.header.attrs, nil) }

// Info is what the header says of a variable, whether or not it can be read
// as an array.
func (f *File) Info(name string) (Info, error) {
	v, err := f.find(name)
	if err != nil {
		return Info{}, err
	}
	return Info{
		Name:       v.name,
		Type:       v.typ.String(),
		Dimensions: f.dimensionNames(v),
		Shape:      slices.Clone(v.lengths),
		Attributes: attributesOf(v.attrs, nil),
	}, nil
}

// Coordinate is the coordinate variable of a dimension: the variable of that
// name along that dimension alone.
func (f *File) Coordinate(dimension string, opts ...Option) (*Variable, error) {
	if !slices.ContainsFunc(f.header.dims, func(d Dimension) bool { return d.Name == dimension }) {
		names := make([]string, len(f.header.dims))
		for i, d := range f.header.dims {
			names[i] = d.Name
		}
		return nil, fmt.Errorf("netcdf: %s: there is no dimension %q; the dimensions are %s", f.path, dimension, quoted(names))
	}
	for i := range f.header.vars {
		v := &f.header.vars[i]
		if v.name == dimension && len(v.dims) == 1 && f.header.dims[v.dims[0]].Name == dimension {
			return f.Variable(dimension, opts...)
		}
	}
	return nil, fmt.Errorf("netcdf: %s: dimension %q has no coordinate variable, a variable of its name along it alone", f.path, dimension)
}

func (f *File) find(name string) (*variable, error) {
	for i := range f.header.vars {
		if f.header.vars[i].name == name {
			return &f.header.vars[i], nil
		}
	}
	return nil, fmt.Errorf("netcdf: %s: there is no variable %q; the variables are %s", f.path, name, quoted(f.Variables()))
}

func (f *File) dimensionNames(v *variable) []string {
	names := make([]string, len(v.dims))
	for axis, d := range v.dims {
		names[axis] = f.header.dims[d].Name
	}
	return names
}

// quoted lists names for an error.
func quoted(names []string) string {
	const most = 50
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, name := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	return b.String()
}
