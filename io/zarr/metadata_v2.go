package zarr

import (
	"encoding/json"
	"errors"
	"fmt"

	"gabion/block"
	"gabion/dtype"
)

// The documents of version 2.
const (
	arrayKey2        = ".zarray"
	groupKey2        = ".zgroup"
	attributesKey2   = ".zattrs" // of both; it may be absent
	consolidatedKey2 = ".zmetadata"
)

// dimensionsKey is the attribute that holds the dimension names: version 2 has
// no other place, and this is the one that xarray made common.
const dimensionsKey = "_ARRAY_DIMENSIONS"

// parseArray2 reads the .zarray and the .zattrs of an array. Members that are
// not known are ignored, as the specification says.
func parseArray2(n node) (*metadata, error) {
	m := &metadata{version: 2}
	var err error
	if m.shape, err = n.fields.lengths("shape", 0); err != nil {
		return nil, err
	}
	if m.chunk, err = n.fields.lengths("chunks", 0); err != nil {
		return nil, err
	}
	for axis, size := range m.chunk {
		// Python makes chunks as long as the axis, also where that is 0.
		if size == 0 && axis < len(m.shape) {
			if m.shape[axis] > 0 {
				return nil, fmt.Errorf("chunks: 0 is not a length of axis %d", axis)
			}
			m.chunk[axis] = 1
		}
	}
	if err := m.parseCodecs2(n.fields); err != nil {
		return nil, err
	}
	fill, ok := n.fields["fill_value"]
	if !ok {
		return nil, errors.New("fill_value is missing")
	}
	m.unfilled = string(fill) == "null"
	if m.fill, err = parseFill2(m.dtype, fill); err != nil {
		return nil, err
	}
	m.keys = keyEncoding{v2: true, separator: "."}
	if text, ok := n.fields["dimension_separator"]; ok && string(text) != "null" {
		if err := n.fields.get("dimension_separator", &m.keys.separator); err != nil {
			return nil, err
		}
		if err := m.keys.check(); err != nil {
			return nil, fmt.Errorf("dimension_separator: %w", err)
		}
	}
	attrs, err := n.attributes2()
	if err != nil {
		return nil, err
	}
	names, ok := parseNames2(attrs[dimensionsKey], len(m.shape))
	if ok {
		m.names = names
		delete(attrs, dimensionsKey)
	}
	m.attrs = attributesOf(attrs)
	return m, m.complete()
}

// parseFill2 reads a fill value: null is 0, as Python reads it; numbers may be
// spelled in any way that has the value exactly, and stand for bools too.
func parseFill2(d dtype.DType, text json.RawMessage) (dtype.Scalar, error) {
	if string(text) == "null" {
		return fillOf(d, false)
	}
	if s, ok := fillScalar(d, text); ok {
		return standardNaN(s), nil
	}
	var f float64
	if json.Unmarshal(text, &f) == nil {
		const exact = 1<<53 - 1 // as many as are spelled in one way
		whole := f == float64(int64(max(-exact, min(f, exact))))
		switch {
		case d == dtype.Bool && (f == 0 || f == 1):
			return fillOf(d, f == 1)
		case d.IsInteger() && whole:
			if s, ok := converted(int64(f), d); ok {
				return s, nil
			}
		case d.IsComplex():
			return fillOf(d, f)
		}
	}
	return dtype.Scalar{}, fmt.Errorf("fill_value: %.80s is not a value of type %v", text, d)
}

// attributes2 reads the .zattrs of an array or a group.
func (n node) attributes2() (fields, error) {
	if n.attrs == nil {
		return nil, nil
	}
	raw, err := parseFields(n.attrs)
	if err != nil {
		return nil, fmt.Errorf("%s beside it: %w", attributesKey2, err)
	}
	return raw, nil
}

// parseNames2 is the names of dimensions, "" for null; nil if there is none. It
// is only a convention, so that what does not follow it is an attribute like any
// other.
func parseNames2(text json.RawMessage, rank int) (names []string, ok bool) {
	var list []*string
	if text == nil || json.Unmarshal(text, &list) != nil || list == nil || len(list) != rank {
		return nil, false
	}
	for axis, name := range list {
		if name != nil && *name != "" {
			if names == nil {
				names = make([]string, rank)
			}
			names[axis] = *name
		}
	}
	return names, true
}

// encode2 writes the documents of an array, the one that makes it one last.
func (m *metadata) encode2() ([]document, error) {
	order, endian, compressor, err := m.encodeCodecs2()
	if err != nil {
		return nil, err
	}
	fill := encodeFill(m.fill)
	if m.unfilled {
		fill = nil
	}
	array, err := encodeJSON(struct {
		Format     int             `json:"zarr_format"`
		Shape      []int           `json:"shape"`
		Chunks     []int           `json:"chunks"`
		Type       string          `json:"dtype"`
		Compressor *compressor2    `json:"compressor"`
		Fill       json.RawMessage `json:"fill_value"`
		Order      string          `json:"order"`
		Filters    []any           `json:"filters"`
		Separator  string          `json:"dimension_separator"`
	}{2, m.shape, m.chunk, endian + typeCode(m.dtype), compressor, fill, order, nil, m.keys.separator})
	if err != nil {
		return nil, err
	}
	attrs, err := encodeAttributes(m.attrs)
	if err != nil {
		return nil, err
	}
	// An array without axes has names too, none: xarray reads no array
	// without.
	if m.names != nil || len(m.shape) == 0 {
		names := make([]*string, len(m.shape))
		for axis := range m.names {
			if m.names[axis] != "" {
				names[axis] = &m.names[axis]
			}
		}
		if attrs[dimensionsKey], err = json.Marshal(names); err != nil {
			return nil, err
		}
	}
	beside, err := encodeJSON(attrs)
	return []document{{attributesKey2, beside}, {arrayKey2, array}}, err
}

// parseGroup2 reads the .zattrs of a group; its .zgroup says no more than that it
// is one.
func parseGroup2(n node) (block.Attributes, error) {
	attrs, err := n.attributes2()
	return attributesOf(attrs), err
}

// encodeGroup2 writes the documents of a group.
func encodeGroup2(a block.Attributes) ([]document, error) {
	attrs, err := encodeAttributes(a)
	if err != nil {
		return nil, err
	}
	beside, err := encodeJSON(attrs)
	if err != nil {
		return nil, err
	}
	group, err := encodeJSON(map[string]int{"zarr_format": 2})
	return []document{{attributesKey2, beside}, {groupKey2, group}}, err
}
