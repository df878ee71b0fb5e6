package zarr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/codec"
)

// parseArray3 reads the zarr.json of an array.
func parseArray3(n node) (*metadata, error) {
	f := n.fields
	if err := f.understood("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value",
		"codecs", "attributes", "dimension_names", "storage_transformers", "consolidated_metadata"); err != nil {
		return nil, err
	}
	m := &metadata{version: 3}
	var err error
	if m.shape, err = f.lengths("shape", 0); err != nil {
		return nil, err
	}
	if err := m.parseType3(f); err != nil {
		return nil, err
	}
	if err := m.parseGrid3(f); err != nil {
		return nil, err
	}
	if err := m.parseKeys3(f); err != nil {
		return nil, err
	}
	fill, ok := f["fill_value"]
	if !ok {
		return nil, errors.New("fill_value is missing")
	}
	if m.fill, err = parseFill(m.dtype, fill); err != nil {
		return nil, err
	}
	if err := f.get("codecs", &m.codecs); err != nil {
		return nil, err
	}
	if text, ok := f["storage_transformers"]; ok {
		var transformers []codec.Spec
		if err := json.Unmarshal(text, &transformers); err != nil {
			return nil, fmt.Errorf("storage_transformers: %w", err)
		}
		if len(transformers) > 0 {
			return nil, fmt.Errorf("storage transformer %q is not known", transformers[0].Name)
		}
	}
	if m.attrs, err = parseAttributes(n.attrs); err != nil {
		return nil, err
	}
	if err := m.parseNames3(f); err != nil {
		return nil, err
	}
	return m, m.complete()
}

func (m *metadata) parseType3(f fields) error {
	var s codec.Spec
	if err := f.get("data_type", &s); err != nil {
		return err
	}
	var err error
	if m.dtype, err = dtype.Parse(s.Name); err != nil {
		return fmt.Errorf("data_type: %w", err)
	}
	if len(s.Configuration) > 0 {
		return fmt.Errorf("data_type %s has a configuration, which is not known", s.Name)
	}
	return nil
}

func (m *metadata) parseGrid3(f fields) error {
	var s codec.Spec
	if err := f.get("chunk_grid", &s); err != nil {
		return err
	}
	if s.Name != "regular" {
		return fmt.Errorf("chunk_grid is %q; only regular is read", s.Name)
	}
	var config fields
	if len(s.Configuration) > 0 {
		if err := json.Unmarshal(s.Configuration, &config); err != nil {
			return fmt.Errorf("chunk_grid: %w", err)
		}
	}
	var err error
	if m.chunk, err = config.lengths("chunk_shape", 1); err != nil {
		return fmt.Errorf("chunk_grid: %w", err)
	}
	return nil
}

func (m *metadata) parseKeys3(f fields) error {
	var s codec.Spec
	if err := f.get("chunk_key_encoding", &s); err != nil {
		return err
	}
	config := struct {
		Separator string `json:"separator"`
	}{"/"}
	switch s.Name {
	case "default":
	case "v2":
		m.keys.v2 = true
		config.Separator = "."
	default:
		return fmt.Errorf("chunk_key_encoding is %q; default and v2 are read", s.Name)
	}
	if len(s.Configuration) > 0 {
		if err := json.Unmarshal(s.Configuration, &config); err != nil {
			return fmt.Errorf("chunk_key_encoding: %w", err)
		}
	}
	m.keys.separator = config.Separator
	if err := m.keys.check(); err != nil {
		return fmt.Errorf("chunk_key_encoding: %w", err)
	}
	return nil
}

func (m *metadata) parseNames3(f fields) error {
	text, ok := f["dimension_names"]
	if !ok {
		return nil
	}
	var names []*string
	if err := json.Unmarshal(text, &names); err != nil {
		return fmt.Errorf("dimension_names: %w", err)
	}
	if names == nil {
		return nil
	}
	if len(names) != len(m.shape) {
		return fmt.Errorf("dimension_names has %d names for %d axes", len(names), len(m.shape))
	}
	for axis, name := range names {
		if name != nil && *name != "" {
			if m.names == nil {
				m.names = make([]string, len(names))
			}
			m.names[axis] = *name
		}
	}
	return nil
}

// parseGroup3 reads the zarr.json of a group.
func parseGroup3(n node) (block.Attributes, error) {
	if err := n.fields.understood("zarr_format", "node_type", "attributes", "consolidated_metadata"); err != nil {
		return nil, err
	}
	return parseAttributes(n.attrs)
}

// understood refuses members that are not known, unless they say that they
// need not be.
func (f fields) understood(known ...string) error {
	var unknown []string
	for name, text := range f {
		if slices.Contains(known, name) {
			continue
		}
		var extension struct {
			Must *bool `json:"must_understand"`
		}
		if json.Unmarshal(text, &extension) == nil && extension.Must != nil && !*extension.Must {
			continue
		}
		unknown = append(unknown, name)
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("it uses %q, which is not known and must be understood", unknown)
	}
	return nil
}

// encode3 writes the zarr.json of an array.
func (m *metadata) encode3() ([]document, error) {
	type named struct {
		Name          string `json:"name"`
		Configuration any    `json:"configuration"`
	}
	attrs, err := encodeAttributes(m.attrs)
	if err != nil {
		return nil, err
	}
	var names []*string
	for axis := range m.names {
		var name *string
		if m.names[axis] != "" {
			name = &m.names[axis]
		}
		names = append(names, name)
	}
	keys := "default"
	if m.keys.v2 {
		keys = "v2"
	}
	text, err := encodeJSON(struct {
		Format     int             `json:"zarr_format"`
		Node       string          `json:"node_type"`
		Shape      []int           `json:"shape"`
		Type       dtype.DType     `json:"data_type"`
		Grid       named           `json:"chunk_grid"`
		Keys       named           `json:"chunk_key_encoding"`
		Fill       json.RawMessage `json:"fill_value"`
		Codecs     []codec.Spec    `json:"codecs"`
		Attributes fields          `json:"attributes"`
		Names      []*string       `json:"dimension_names,omitempty"`
	}{
		3, "array", m.shape, m.dtype,
		named{"regular", map[string][]int{"chunk_shape": m.chunk}},
		named{keys, map[string]string{"separator": m.keys.separator}},
		encodeFill(m.fill), m.codecs, attrs, names,
	})
	return []document{{metadataKey, text}}, err
}

// encodeGroup3 writes the zarr.json of a group.
func encodeGroup3(a block.Attributes) ([]document, error) {
	attrs, err := encodeAttributes(a)
	if err != nil {
		return nil, err
	}
	text, err := encodeJSON(struct {
		Format     int    `json:"zarr_format"`
		Node       string `json:"node_type"`
		Attributes fields `json:"attributes"`
	}{3, "group", attrs})
	return []document{{metadataKey, text}}, err
}
