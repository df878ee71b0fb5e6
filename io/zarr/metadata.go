package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/codec"
)

const (
	metadataKey = "zarr.json"

	maxMetadata   = 64 << 20 // bytes of a zarr.json
	maxRank       = 64
	maxChunkBytes = 1 << 36 // of a decoded chunk
)

// metadata is what zarr.json says of an array.
type metadata struct {
	dtype     dtype.DType
	shape     block.Shape
	chunk     block.Shape // positive lengths
	keys      keyEncoding
	fill      dtype.Scalar
	codecs    []codec.Spec
	attrs     block.Attributes
	names     []string // nil if no axis has one
	chain     *codec.Chain
	chunkSize int // bytes of a decoded chunk
}

// keyEncoding says under which key a chunk lies.
type keyEncoding struct {
	v2        bool
	separator string
}

// key is the key of the chunk at the given position.
func (k keyEncoding) key(position []int) string {
	parts := make([]string, 0, len(position)+1)
	if !k.v2 {
		parts = append(parts, "c")
	}
	for _, p := range position {
		parts = append(parts, strconv.Itoa(p))
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, k.separator)
}

// errFormat2 is what arrays of Zarr version 2 are refused with.
var errFormat2 = errors.New("it has Zarr version 2, which is not read yet, only version 3 is")

// fields are the top-level members of a zarr.json.
type fields map[string]json.RawMessage

// parseFields reads a zarr.json as far as all nodes have it alike.
func parseFields(text []byte) (fields, string, error) {
	var f fields
	if err := json.Unmarshal(bareNumbers(text), &f); err != nil {
		return nil, "", fmt.Errorf("not valid JSON: %w", err)
	}
	var version int
	if err := f.get("zarr_format", &version); err != nil {
		return nil, "", err
	}
	switch version {
	case 3:
	case 2:
		return nil, "", errFormat2
	default:
		return nil, "", fmt.Errorf("zarr_format is %d; only version 3 is read", version)
	}
	var node string
	if err := f.get("node_type", &node); err != nil {
		return nil, "", err
	}
	if node != "array" && node != "group" {
		return nil, "", fmt.Errorf("node_type is %q, neither array nor group", node)
	}
	return f, node, nil
}

// get reads a member that must be there.
func (f fields) get(name string, into any) error {
	text, ok := f[name]
	if !ok || string(text) == "null" {
		return fmt.Errorf("%s is missing", name)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
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

func (f fields) attributes() (block.Attributes, error) {
	text, ok := f["attributes"]
	if !ok {
		return nil, nil
	}
	return parseAttributes(text)
}

// parseArray reads the zarr.json of an array.
func parseArray(f fields) (*metadata, error) {
	if err := f.understood("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value",
		"codecs", "attributes", "dimension_names", "storage_transformers", "consolidated_metadata"); err != nil {
		return nil, err
	}
	m := &metadata{}
	var shape []json.Number
	if err := f.get("shape", &shape); err != nil {
		return nil, err
	}
	var err error
	if m.shape, err = lengths("shape", shape, 0); err != nil {
		return nil, err
	}
	if err := m.parseType(f); err != nil {
		return nil, err
	}
	if err := m.parseGrid(f); err != nil {
		return nil, err
	}
	if err := m.parseKeys(f); err != nil {
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
	if m.attrs, err = f.attributes(); err != nil {
		return nil, err
	}
	if err := m.parseNames(f); err != nil {
		return nil, err
	}
	return m, m.complete()
}

func (m *metadata) parseType(f fields) error {
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

func (m *metadata) parseGrid(f fields) error {
	var s codec.Spec
	if err := f.get("chunk_grid", &s); err != nil {
		return err
	}
	if s.Name != "regular" {
		return fmt.Errorf("chunk_grid is %q; only regular is read", s.Name)
	}
	var config struct {
		ChunkShape []json.Number `json:"chunk_shape"`
	}
	if len(s.Configuration) > 0 {
		if err := json.Unmarshal(s.Configuration, &config); err != nil {
			return fmt.Errorf("chunk_grid: %w", err)
		}
	}
	if config.ChunkShape == nil {
		return errors.New("chunk_grid: chunk_shape is missing")
	}
	var err error
	m.chunk, err = lengths("chunk_shape", config.ChunkShape, 1)
	return err
}

func (m *metadata) parseKeys(f fields) error {
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
	if config.Separator != "/" && config.Separator != "." {
		return fmt.Errorf("chunk_key_encoding: the separator is %q, not a slash or a dot", config.Separator)
	}
	m.keys.separator = config.Separator
	return nil
}

func (m *metadata) parseNames(f fields) error {
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

func lengths(what string, numbers []json.Number, least int) (block.Shape, error) {
	if len(numbers) > maxRank {
		return nil, fmt.Errorf("%s has %d axes; %d are the most", what, len(numbers), maxRank)
	}
	shape := make(block.Shape, len(numbers))
	for axis, number := range numbers {
		n, err := strconv.Atoi(string(number))
		if err != nil || n < least {
			return nil, fmt.Errorf("%s: %s is not a length of axis %d", what, number, axis)
		}
		shape[axis] = n
	}
	return shape, nil
}

// complete checks the sizes and makes what follows from the rest.
func (m *metadata) complete() error {
	if len(m.chunk) != len(m.shape) {
		return fmt.Errorf("the chunk shape %v has %d axes, the shape %v has %d", m.chunk, len(m.chunk), m.shape, len(m.shape))
	}
	elements, err := m.shape.Size()
	if err != nil {
		return err
	}
	if elements > math.MaxInt/m.dtype.Size() {
		return fmt.Errorf("an array of shape %v and type %v has more bytes than an int can count", m.shape, m.dtype)
	}
	elements, err = m.chunk.Size()
	if err != nil {
		return fmt.Errorf("chunk shape: %w", err)
	}
	if int64(elements) > min(maxChunkBytes, math.MaxInt)/int64(m.dtype.Size()) {
		return fmt.Errorf("chunks of shape %v and type %v are larger than %d GiB", m.chunk, m.dtype, maxChunkBytes>>30)
	}
	for axis, n := range m.chunk {
		if m.shape[axis] > math.MaxInt-n {
			return fmt.Errorf("the last chunk along axis %d of shape %v ends where an int cannot count", axis, m.shape)
		}
	}
	m.chunkSize = elements * m.dtype.Size()
	m.chain, err = codec.New(m.codecs, m.chunk, m.dtype.Size(), m.dtype.Real().Size())
	return err
}

// grid is the storage chunks as far as they lie in the array.
func (m *metadata) grid() block.Grid { return block.RegularGrid(m.shape, m.chunk) }

// chunkRegion is what the chunk at a position covers, beyond the array too.
func (m *metadata) chunkRegion(position []int) block.Region {
	r := block.Region{Start: make([]int, len(position)), Shape: m.chunk}
	for axis, p := range position {
		r.Start[axis] = p * m.chunk[axis]
	}
	return r
}

// encode writes the zarr.json of an array.
func (m *metadata) encode() ([]byte, error) {
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
	return encodeJSON(struct {
		Format     int             `json:"zarr_format"`
		Node       string          `json:"node_type"`
		Shape      []int           `json:"shape"`
		Type       dtype.DType     `json:"data_type"`
		Grid       named           `json:"chunk_grid"`
		Keys       named           `json:"chunk_key_encoding"`
		Fill       json.RawMessage `json:"fill_value"`
		Codecs     []codec.Spec    `json:"codecs"`
		Attributes json.RawMessage `json:"attributes"`
		Names      []*string       `json:"dimension_names,omitempty"`
	}{
		3, "array", m.shape, m.dtype,
		named{"regular", map[string][]int{"chunk_shape": m.chunk}},
		named{keys, map[string]string{"separator": m.keys.separator}},
		encodeFill(m.fill), m.codecs, attrs, names,
	})
}

// encodeGroup writes the zarr.json of a group.
func encodeGroup(a block.Attributes) ([]byte, error) {
	attrs, err := encodeAttributes(a)
	if err != nil {
		return nil, err
	}
	return encodeJSON(struct {
		Format     int             `json:"zarr_format"`
		Node       string          `json:"node_type"`
		Attributes json.RawMessage `json:"attributes"`
	}{3, "group", attrs})
}

func encodeJSON(v any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
