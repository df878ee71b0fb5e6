package zarr

import (
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/io/codec"
)

// Option is a setting of Create.
type Option func(*settings)

type settings struct {
	version   int    // 0 if not set
	separator string // "" if not set
	chunks    []int
	codecs    []codec.Spec
	fill      any
	overwrite bool
}

// Version sets the version of the format, 2 or 3. Without it it is 3, and in a
// group that of the group.
//
// Version 2 stores chunks in C order or, with codec.Transpose of all axes from
// the last to the first, in F order, and through one compressor or none: zstd,
// gzip or zlib. Dimension names become the attribute _ARRAY_DIMENSIONS, as xarray
// has it, and where FillValue is not among the options there is none, since xarray
// takes that of version 2 for a mark of what is missing.
func Version(version int) Option { return func(s *settings) { s.version = version } }

// Separator sets what stands between the numbers in the keys of chunks: "/" makes
// folders, "." none. Without it it is "/" in version 3 and "." in version 2.
func Separator(separator string) Option { return func(s *settings) { s.separator = separator } }

// Chunks sets the shape of the storage chunks, one size an axis. -1 means the
// whole axis; a size larger than the axis means the same. Without it the chunks
// are the array's, made regular where they are not.
func Chunks(sizes ...int) Option { return func(s *settings) { s.chunks = sizes } }

// Codecs sets how chunks are stored: transposes, then bytes, then compressors
// and checksums. Where bytes is left out, elements are stored in little byte
// order. Without it chunks are compressed by Zstandard at level 1; Codecs() of
// nothing does not compress.
func Codecs(specs ...codec.Spec) Option {
	return func(s *settings) { s.codecs = slices.Clone(specs) }
}

// FillValue sets what readers take for elements that were never written, such
// as math.NaN(). It is 0 otherwise, and in version 2 none. It must fit the type
// of the array.
func FillValue(v any) Option { return func(s *settings) { s.fill = v } }

// Overwrite allows an array that is there to be replaced. It stays, whole and
// readable, until the new one is complete.
func Overwrite() Option { return func(s *settings) { s.overwrite = true } }

func settingsOf(opts []Option) settings {
	s := settings{codecs: []codec.Spec{codec.Zstd(1)}}
	for _, o := range opts {
		o(&s)
	}
	return s
}

// formatVersion is the version to write.
func (s settings) formatVersion() (int, error) {
	switch s.version {
	case 0, 3:
		return 3, nil
	case 2:
		return 2, nil
	}
	return 0, fmt.Errorf("there is no version %d of Zarr; 2 and 3 are written", s.version)
}

// keyEncoding is how chunks are called.
func (s settings) keyEncoding(version int) (keyEncoding, error) {
	k := keyEncoding{separator: "/"}
	if version == 2 {
		k = keyEncoding{v2: true, separator: "."}
	}
	if s.separator != "" {
		k.separator = s.separator
	}
	return k, k.check()
}

// layout is the metadata of an array described by d.
func (s settings) layout(d block.Description) (*metadata, error) {
	if !d.DType.Valid() {
		return nil, errors.New("the array has no element type")
	}
	if !d.Grid.Known() {
		return nil, fmt.Errorf("the array of shape %v has a length that is not known yet; resolve it first", d.Shape())
	}
	if d.Names != nil && len(d.Names) != len(d.Grid) {
		return nil, fmt.Errorf("%d dimension names for %d axes", len(d.Names), len(d.Grid))
	}
	if len(d.Grid) > maxRank {
		return nil, fmt.Errorf("the array has %d axes; %d are the most", len(d.Grid), maxRank)
	}
	version, err := s.formatVersion()
	if err != nil {
		return nil, err
	}
	m := &metadata{version: version, dtype: d.DType, shape: d.Shape(), attrs: d.Attrs}
	if m.keys, err = s.keyEncoding(version); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(d.Names, func(name string) bool { return name != "" }) {
		m.names = d.Names
	}
	if m.chunk, err = s.chunkShape(d.Grid); err != nil {
		return nil, err
	}
	fill := s.fill
	m.unfilled = fill == nil && version == 2
	if fill == nil {
		fill = false // which converts to the 0 of any type
	}
	if m.fill, err = fillOf(d.DType, fill); err != nil {
		return nil, err
	}
	m.codecs = s.codecs
	if !slices.ContainsFunc(m.codecs, func(c codec.Spec) bool { return c.Name == "bytes" }) {
		endian := "little"
		if d.DType.Size() == 1 {
			endian = ""
		}
		at := slices.IndexFunc(m.codecs, func(c codec.Spec) bool { return c.Name != "transpose" })
		if at < 0 {
			at = len(m.codecs)
		}
		m.codecs = slices.Insert(slices.Clone(m.codecs), at, codec.Bytes(endian))
	}
	if err := m.complete(); err != nil {
		return nil, err
	}
	if err := m.chain.Encodes(); err != nil {
		return nil, err
	}
	_, err = m.encode() // what the version cannot say is refused now
	return m, err
}

func (s settings) chunkShape(g block.Grid) (block.Shape, error) {
	if s.chunks != nil && len(s.chunks) != len(g) {
		return nil, fmt.Errorf("chunks %v are for %d axes, the array has %d", block.Shape(s.chunks), len(s.chunks), len(g))
	}
	shape := make(block.Shape, len(g))
	for axis, a := range g {
		size, regular := a.Chunk()
		if !regular {
			size = a.Largest()
		}
		if s.chunks != nil {
			size = s.chunks[axis]
			if size == -1 {
				size = a.Len()
			} else if size <= 0 {
				return nil, fmt.Errorf("the chunk size %d of axis %d is not positive, nor -1 for the whole axis", size, axis)
			}
		}
		shape[axis] = max(1, min(size, a.Len()))
	}
	return shape, nil
}
