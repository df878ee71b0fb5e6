package zarr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/codec"
)

const (
	maxRank       = 64
	maxChunkBytes = 1 << 36 // of a decoded chunk
)

// metadata is what the documents of an array say of it.
type metadata struct {
	version   int // 2 or 3
	dtype     dtype.DType
	shape     block.Shape
	chunk     block.Shape // positive lengths
	keys      keyEncoding
	fill      dtype.Scalar
	unfilled  bool // version 2: the fill value is null, and fill is 0
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

func (k keyEncoding) check() error {
	if k.separator != "/" && k.separator != "." {
		return fmt.Errorf("the separator is %q, not a slash or a dot", k.separator)
	}
	return nil
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

// fields are the members of a document.
type fields map[string]json.RawMessage

func parseFields(text []byte) (fields, error) {
	var f fields
	if err := json.Unmarshal(bareNumbers(text), &f); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	return f, nil
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

// lengths reads a list of a number for each axis.
func (f fields) lengths(name string, least int) (block.Shape, error) {
	var numbers []json.Number
	if err := f.get(name, &numbers); err != nil {
		return nil, err
	}
	if len(numbers) > maxRank {
		return nil, fmt.Errorf("%s has %d axes; %d are the most", name, len(numbers), maxRank)
	}
	shape := make(block.Shape, len(numbers))
	for axis, number := range numbers {
		n, err := strconv.Atoi(string(number))
		if err != nil || n < least {
			return nil, fmt.Errorf("%s: %s is not a length of axis %d", name, number, axis)
		}
		shape[axis] = n
	}
	return shape, nil
}

// parseArray reads the metadata of an array.
func parseArray(n node) (*metadata, error) {
	if n.version == 2 {
		return parseArray2(n)
	}
	return parseArray3(n)
}

// encode writes the documents of an array, the one that makes it one last.
func (m *metadata) encode() ([]document, error) {
	if m.version == 2 {
		return m.encode2()
	}
	return m.encode3()
}

// parseGroup reads the attributes of a group.
func parseGroup(n node) (block.Attributes, error) {
	if n.version == 2 {
		return parseGroup2(n)
	}
	return parseGroup3(n)
}

// encodeGroup writes the documents of a group, the one that makes it one last.
func encodeGroup(version int, a block.Attributes) ([]document, error) {
	if version == 2 {
		return encodeGroup2(a)
	}
	return encodeGroup3(a)
}

// document is the name of the document that makes the array one.
func (m *metadata) document() string {
	if m.version == 2 {
		return arrayKey2
	}
	return metadataKey
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
