package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Spec names a codec and configures it, as an element of "codecs" in Zarr
// metadata does.
type Spec struct {
	Name          string          `json:"name"`
	Configuration json.RawMessage `json:"configuration,omitempty"`
}

// UnmarshalJSON reads an object with a name and perhaps a configuration, or a
// mere name.
func (s *Spec) UnmarshalJSON(text []byte) error {
	*s = Spec{}
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &s.Name)
	}
	var object struct {
		Name           *string         `json:"name"`
		Configuration  json.RawMessage `json:"configuration"`
		MustUnderstand json.RawMessage `json:"must_understand"`
	}
	if err := strict(text, &object); err != nil {
		return err
	}
	if object.Name == nil {
		return fmt.Errorf("an object without a name: %.80s", text)
	}
	s.Name, s.Configuration = *object.Name, object.Configuration
	return nil
}

// strict is json.Unmarshal that refuses fields unknown to into.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

type bytesConfig struct {
	Endian string `json:"endian,omitempty"`
}

type transposeConfig struct {
	Order []int `json:"order"`
}

type zstdConfig struct {
	Level    int  `json:"level"`
	Checksum bool `json:"checksum"`
}

type gzipConfig struct {
	Level int `json:"level"`
}

type zlibConfig struct {
	Level int `json:"level"`
}

type bz2Config struct {
	Level int `json:"level"`
}

// The names of numcodecs' codecs in Zarr version 3.
const (
	zlibName = "numcodecs.zlib"
	bz2Name  = "numcodecs.bz2"
)

// Bytes stores elements in the given byte order, "little" or "big". Elements
// of one byte have no order: "".
func Bytes(endian string) Spec {
	if endian == "" {
		return Spec{Name: "bytes"}
	}
	return spec("bytes", bytesConfig{endian})
}

// Transpose stores axis order[i] of the chunk as axis i.
func Transpose(order ...int) Spec {
	if order == nil {
		order = []int{}
	}
	return spec("transpose", transposeConfig{order})
}

// Zstd compresses with Zstandard. Level 1 is the fastest, 3 is what 0 stands
// for; the highest is 22. There are four strengths: below 3, below 6, below 10
// and the rest.
func Zstd(level int) Spec { return spec("zstd", zstdConfig{Level: level}) }

// Gzip compresses with gzip at a level of 0 (stored) to 9.
func Gzip(level int) Spec { return spec("gzip", gzipConfig{level}) }

// Zlib compresses with zlib at a level of 0 (stored) to 9. It is for Zarr version
// 2; in version 3 it is an extension that Python's numcodecs package reads.
func Zlib(level int) Spec { return spec(zlibName, zlibConfig{level}) }

// CRC32C appends a checksum.
func CRC32C() Spec { return Spec{Name: "crc32c"} }

func spec(name string, configuration any) Spec {
	text, err := json.Marshal(configuration)
	if err != nil {
		panic(err) // the configurations above are plain numbers and strings
	}
	return Spec{Name: name, Configuration: text}
}

// configure reads the configuration of s into config; without one it stays as it is.
func (s Spec) configure(config any) error {
	if len(s.Configuration) == 0 || string(s.Configuration) == "null" {
		return nil
	}
	if err := strict(s.Configuration, config); err != nil {
		return fmt.Errorf("codec %s: configuration %.80s: %w", s.Name, s.Configuration, err)
	}
	return nil
}

// ErrUnsupported is what an unknown codec is reported as.
var ErrUnsupported = errors.New("not a codec that can be read; those are bytes, transpose, zstd, gzip, crc32c, " + zlibName + " and " + bz2Name)
