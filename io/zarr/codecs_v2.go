package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gabion/dtype"
	"gabion/io/codec"
)

// parseCodecs2 reads how elements become stored chunks, in the terms of version
// 3.
func (m *metadata) parseCodecs2(f fields) error {
	var endian, order string
	var err error
	if m.dtype, endian, err = parseType2(f); err != nil {
		return err
	}
	switch err := f.get("order", &order); {
	case err != nil:
		return err
	case order == "F" && len(m.shape) > 1:
		m.codecs = append(m.codecs, codec.Transpose(reversed(len(m.shape))...))
	case order != "C" && order != "F":
		return fmt.Errorf("order is %q, neither C nor F", order)
	}
	m.codecs = append(m.codecs, codec.Bytes(endian))

	var filters []json.RawMessage
	text, ok := f["filters"]
	if !ok {
		return errors.New("filters is missing; it is null where there are none")
	}
	if err := json.Unmarshal(text, &filters); err != nil {
		return fmt.Errorf("filters: %w", err)
	}
	if len(filters) > 0 {
		id, err := codecID(filters[0])
		if err != nil {
			return fmt.Errorf("filters: %w", err)
		}
		return fmt.Errorf("filter %q is not read, and no other is; store the array again without filters", id)
	}
	text, ok = f["compressor"]
	if !ok {
		return errors.New("compressor is missing; it is null where there is none")
	}
	if string(text) == "null" {
		return nil
	}
	compressor, err := parseCompressor2(text)
	if err != nil {
		return err
	}
	m.codecs = append(m.codecs, compressor)
	return nil
}

// reversed is the axes from the last to the first.
func reversed(rank int) []int {
	order := make([]int, rank)
	for axis := range order {
		order[axis] = rank - 1 - axis
	}
	return order
}

// types2 are the types after the byte order of a dtype, such as f4.
var types2 = func() map[string]dtype.DType {
	types := map[string]dtype.DType{}
	for _, d := range dtype.All() {
		types[typeCode(d)] = d
	}
	return types
}()

// typeCode is NumPy's code of a type, without the byte order: its kind and its
// size.
func typeCode(d dtype.DType) string {
	kind := "f"
	switch {
	case d == dtype.Bool:
		kind = "b"
	case d.IsSigned():
		kind = "i"
	case d.IsUnsigned():
		kind = "u"
	case d.IsComplex():
		kind = "c"
	}
	return fmt.Sprint(kind, d.Size())
}

// parseType2 reads the dtype, in NumPy's spelling: <f4 are little-endian floats
// of four bytes. endian is as in codec.Bytes.
func parseType2(f fields) (d dtype.DType, endian string, err error) {
	text, ok := f["dtype"]
	if !ok {
		return d, "", errors.New("dtype is missing")
	}
	var name string
	if json.Unmarshal(text, &name) != nil {
		var compact bytes.Buffer
		_ = json.Compact(&compact, text) // which is valid JSON
		if text[0] != '[' {
			return d, "", fmt.Errorf("dtype %.200s is not a string", compact.String())
		}
		return d, "", fmt.Errorf("dtype %.200s means records, which are not read; store each field as an array of its own", compact.String())
	}
	code := strings.TrimLeft(name, "<>|")
	d, ok = types2[code]
	switch order := strings.TrimSuffix(name, code); {
	case !ok:
		return d, "", fmt.Errorf("dtype %.200q %s; only bools, integers, floats and complex numbers are read: convert it to one of these, in Python with astype", name, meaning(code))
	case d.Size() == 1 && len(order) == 1:
		return d, "", nil
	case order == "<":
		return d, "little", nil
	case order == ">":
		return d, "big", nil
	}
	return d, "", fmt.Errorf("dtype %q does not begin with its byte order, < or >", name)
}

// meaning says what a type is that is not read. code is NumPy's, without the byte
// order.
func meaning(code string) string {
	for kind, what := range map[string]string{"M": "means dates", "m": "means time differences", "S": "means byte strings", "U": "means strings",
		"O": "means Python objects, such as strings", "V": "means raw bytes", "f": "means floats of another size", "c": "means complex numbers of another size"} {
		if strings.HasPrefix(code, kind) {
			return what
		}
	}
	return "is not known"
}

// compressor2 is a compressor in the terms of version 2.
type compressor2 struct {
	ID string `json:"id"`
	strength
}

// strength is what compressors can be told in both versions.
type strength struct {
	Level    *int `json:"level,omitempty"`
	Checksum bool `json:"checksum,omitempty"` // of zstd; numcodecs before 0.13 does not know it
}

// compressors2 are the compressors of version 2 and their names in version 3.
var compressors2 = []struct{ id, name string }{
	{"zstd", "zstd"},
	{"gzip", "gzip"},
	{"zlib", "numcodecs.zlib"},
	{"bz2", "numcodecs.bz2"},
}

// parseCompressor2 is a compressor in the terms of version 3. How hard it tried
// does not matter to a reader, and levels that Python has beside 0 to 9 are left
// out.
func parseCompressor2(text json.RawMessage) (codec.Spec, error) {
	id, err := codecID(text)
	if err != nil {
		return codec.Spec{}, fmt.Errorf("compressor: %w", err)
	}
	for _, known := range compressors2 {
		if known.id != id {
			continue
		}
		var c compressor2
		if err := json.Unmarshal(text, &c); err != nil {
			return codec.Spec{}, fmt.Errorf("compressor: %w", err)
		}
		if id != "zstd" {
			c.Checksum = false
			if c.Level != nil && (*c.Level < 0 || *c.Level > 9) {
				c.Level = nil
			}
		}
		configuration, err := json.Marshal(c.strength)
		return codec.Spec{Name: known.name, Configuration: configuration}, err
	}
	return codec.Spec{}, fmt.Errorf("compressor %q is not read; zstd, gzip, zlib, bz2 and null are: store the array again with one of these", id)
}

// codecID is the name of a codec of version 2.
func codecID(text json.RawMessage) (string, error) {
	var c struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(text, &c) != nil || c.ID == "" {
		return "", fmt.Errorf("%.80s has no id", text)
	}
	return c.ID, nil
}

// encodeCodecs2 says in the terms of version 2 how elements are stored, or what
// version 2 has no terms for.
func (m *metadata) encodeCodecs2() (order, endian string, compressor *compressor2, err error) {
	stored := m.chain.Order()
	switch {
	case !m.chain.Transposed():
		order = "C"
	case slices.Equal(stored, reversed(len(stored))):
		order = "F"
	default:
		return "", "", nil, fmt.Errorf("version 2 stores the axes of a chunk in their order or reversed, not as %v; use version 3", stored)
	}
	for _, c := range m.codecs {
		var config struct {
			Endian string
			strength
		}
		if len(c.Configuration) > 0 {
			if err := json.Unmarshal(c.Configuration, &config); err != nil {
				return "", "", nil, fmt.Errorf("codec %s: %w", c.Name, err)
			}
		}
		switch c.Name {
		case "transpose":
		case "bytes":
			endian = map[string]string{"": "|", "little": "<", "big": ">"}[config.Endian]
			if m.dtype.Size() == 1 {
				endian = "|"
			}
		default:
			if compressor != nil {
				return "", "", nil, errors.New("version 2 stores chunks through one compressor at most; use version 3 for several")
			}
			for _, known := range compressors2 {
				if known.name == c.Name {
					compressor = &compressor2{known.id, config.strength}
				}
			}
			if compressor == nil {
				return "", "", nil, fmt.Errorf("version 2 has no codec %q; use zstd, gzip, zlib or none, or version 3", c.Name)
			}
		}
	}
	return order, endian, compressor, nil
}
