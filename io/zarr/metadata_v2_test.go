package zarr

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/store"
)

// good2 is a .zarray that is changed in one place at a time.
const good2 = `{"zarr_format": 2, "shape": [5, 7], "chunks": [2, 3], "dtype": "<f4", "compressor": {"id": "zlib", "level": 1},
	"fill_value": 0, "order": "C", "filters": null, "dimension_separator": "."}`

var badMembers2 = []struct{ member, value, want string }{
	{"zarr_format", ``, "zarr_format is missing"},
	{"zarr_format", `3`, "zarr_format is 3; in a .zarray it is 2"},
	{"zarr_format", `"2"`, "zarr_format: "},
	{"shape", ``, "shape is missing"},
	{"shape", `[5]`, "the chunk shape (2, 3) has 2 axes, the shape (5,) has 1"},
	{"shape", `[-1, 7]`, "shape: -1 is not a length of axis 0"},
	{"shape", `[5.5, 7]`, "shape: 5.5 is not a length"},
	{"shape", `[4611686018427387904, 4611686018427387904]`, "more elements than an int can count"},
	{"shape", `[4611686018427387904, 1]`, "more bytes than an int can count"},
	{"shape", `[` + strings.Repeat("1,", 64) + `1]`, "65 axes"},
	{"shape", `[0, 7]`, ""},
	{"chunks", ``, "chunks is missing"},
	{"chunks", `true`, "chunks: "},
	{"chunks", `[2]`, "has 1 axes"},
	{"chunks", `[2, 3, 0]`, "has 3 axes"},
	{"chunks", `[2, 0]`, "chunks: 0 is not a length of axis 1"},
	{"chunks", `[2, -3]`, "chunks: -3"},
	{"chunks", `[1000000, 1000000]`, "larger than 64 GiB"},
	{"dtype", ``, "dtype is missing"},
	{"dtype", `null`, "is not known"},
	{"dtype", `5`, "dtype 5 is not a string"},
	{"dtype", `""`, `dtype "" is not known; only bools, integers, floats and complex numbers are read`},
	{"dtype", `"float32"`, `dtype "float32" means floats of another size`},
	{"dtype", `"f4"`, `dtype "f4" does not begin with its byte order, < or >`},
	{"dtype", `"|f4"`, `dtype "|f4" does not begin with its byte order`},
	{"dtype", `"=f4"`, `dtype "=f4" is not known`},
	{"dtype", `"<<f4"`, `dtype "<<f4" does not begin with its byte order`},
	{"dtype", `"<f16"`, `dtype "<f16" means floats of another size; only bools`},
	{"dtype", `"<c32"`, `dtype "<c32" means complex numbers of another size`},
	{"dtype", `"<m8[s]"`, `dtype "<m8[s]" means time differences`},
	{"dtype", `"|S3"`, `dtype "|S3" means byte strings`},
	{"dtype", `"|V3"`, `dtype "|V3" means raw bytes`},
	{"dtype", `[["x", "<f4"], ["z", "<f4", [2, 2]]]`, `dtype [["x","<f4"],["z","<f4",[2,2]]] means records`},
	{"dtype", `">f4"`, ""},
	{"dtype", `"<u1"`, ""},
	{"dtype", `"|i1"`, ""},
	{"compressor", ``, "compressor is missing; it is null"},
	{"compressor", `null`, ""},
	{"compressor", `{}`, "compressor: {} has no id"},
	{"compressor", `"zlib"`, `compressor: "zlib" has no id`},
	{"compressor", `{"id": "blosc", "cname": "lz4"}`, `compressor "blosc" is not read; zstd, gzip, zlib, bz2 and null are`},
	{"compressor", `{"id": "zlib", "level": "high"}`, "compressor: "},
	{"compressor", `{"id": "zlib", "level": -1}`, ""},
	{"compressor", `{"id": "gzip", "level": 99}`, ""},
	{"compressor", `{"id": "gzip"}`, ""},
	{"compressor", `{"id": "zstd", "level": -7, "checksum": true}`, ""},
	{"compressor", `{"id": "bz2", "level": 9}`, ""},
	{"fill_value", ``, "fill_value is missing"},
	{"fill_value", `null`, ""},
	{"fill_value", `"nan"`, "is not a value of type float32"},
	{"fill_value", `"AAAAAA=="`, "is not a value of type float32"},
	{"fill_value", `NaN`, ""},
	{"order", ``, "order is missing"},
	{"order", `"F"`, ""},
	{"order", `"A"`, `order is "A", neither C nor F`},
	{"filters", ``, "filters is missing; it is null"},
	{"filters", `[]`, ""},
	{"filters", `{}`, "filters: "},
	{"filters", `[7]`, "filters: 7 has no id"},
	{"filters", `[{"id": "shuffle", "elementsize": 4}]`, `filter "shuffle" is not read, and no other is; store the array again without filters`},
	{"dimension_separator", ``, ""},
	{"dimension_separator", `null`, ""},
	{"dimension_separator", `"/"`, ""},
	{"dimension_separator", `"../"`, `dimension_separator: the separator is "../"`},
	{"dimension_separator", `1`, "dimension_separator: "},
	{"_nczarr_array", `{"dimrefs": ["/x"]}`, ""},
}

func TestBadMetadata2(t *testing.T) {
	for _, c := range badMembers2 {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".zarray"), changed(t, good2, c.member, c.value), 0o666))
		_, err := Open(dir)
		if c.want == "" {
			require.NoError(t, err, "%s: %s", c.member, c.value)
			continue
		}
		require.ErrorContains(t, err, c.want, "%s: %s", c.member, c.value)
		require.ErrorContains(t, err, filepath.Join(dir, ".zarray"))
	}
	for _, text := range []string{"", "{", "[]", "null", `{"zarr_format": 2,}`, "\x00", good2[:len(good2)/2], good2 + "x"} {
		_, err := parseNode(document{arrayKey2, []byte(text)})
		require.Error(t, err, text)
	}
}

// What is beside a .zarray: attributes, which may be absent, and names among
// them.
func TestAttributes2(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".zarray"), []byte(good2), 0o666))
	for _, c := range []struct {
		text, wrong string
		names       []string
		attrs       block.Attributes
	}{
		{"absent", "", nil, nil},
		{`{}`, "", nil, nil},
		{`{"a": -Infinity, "n": null}`, "", nil, block.Attributes{"a": math.Inf(-1), "n": "null"}},
		{`{"_ARRAY_DIMENSIONS": ["y", "x"], "a": 1}`, "", []string{"y", "x"}, block.Attributes{"a": int64(1)}},
		{`{"_ARRAY_DIMENSIONS": ["y", null]}`, "", []string{"y", ""}, nil},
		{`{"_ARRAY_DIMENSIONS": ["", null]}`, "", nil, nil},
		{`{"_ARRAY_DIMENSIONS": ["y"]}`, "", nil, block.Attributes{"_ARRAY_DIMENSIONS": []string{"y"}}},
		{`{"_ARRAY_DIMENSIONS": [1, 2]}`, "", nil, block.Attributes{"_ARRAY_DIMENSIONS": []int64{1, 2}}},
		{`{"_ARRAY_DIMENSIONS": null}`, "", nil, block.Attributes{"_ARRAY_DIMENSIONS": "null"}},
		{`{"_array_dimensions": ["y", "x"]}`, "", nil, block.Attributes{"_array_dimensions": []string{"y", "x"}}},
		{``, ".zattrs beside it: not valid JSON", nil, nil},
		{`[]`, ".zattrs beside it: not valid JSON", nil, nil},
		{`{"a"`, ".zattrs beside it: not valid JSON", nil, nil},
	} {
		if c.text != "absent" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, ".zattrs"), []byte(c.text), 0o666))
		}
		a, err := Open(dir)
		if c.wrong != "" {
			require.ErrorContains(t, err, filepath.Join(dir, ".zarray")+": "+c.wrong, c.text)
			continue
		}
		require.NoError(t, err, c.text)
		require.Equal(t, c.names, a.Describe().Names, c.text)
		require.Equal(t, c.attrs, a.Describe().Attrs, c.text)
	}
}

func TestFillValues2(t *testing.T) {
	for _, c := range []struct {
		d         dtype.DType
		text, out string // out is "" where the text is refused, "=" where it is the same
	}{
		{dtype.Bool, "true", "="}, {dtype.Bool, "0", "false"}, {dtype.Bool, "1.0", "true"}, {dtype.Bool, "2", ""}, {dtype.Bool, `"AA=="`, ""},
		{dtype.Int8, "-128", "="}, {dtype.Int8, "128", ""}, {dtype.Int8, "1.0", "1"}, {dtype.Int8, "1e2", "100"}, {dtype.Int8, "1.5", ""}, {dtype.Int8, `"NaN"`, ""}, {dtype.Int8, "true", ""},
		{dtype.Int64, "-9223372036854775808", "="}, {dtype.Int64, "9223372036854775807", "="}, {dtype.Int64, "1e300", ""}, {dtype.Int64, "9007199254740991.0", "9007199254740991"}, {dtype.Int64, "9007199254740993.0", ""},
		{dtype.Uint8, "0.0", "0"}, {dtype.Uint8, "-1", ""}, {dtype.Uint8, "-1.0", ""}, {dtype.Uint64, "18446744073709551615", "="},
		{dtype.Float16, "0.5", "="}, {dtype.Float32, "1", "1.0"}, {dtype.Float32, "-0.0", "-0.0"}, {dtype.Float32, `"NaN"`, "="}, {dtype.Float32, `"-Infinity"`, "="},
		{dtype.Float32, `"0x7fc00001"`, `"NaN"`}, {dtype.Float32, "1e39", ""}, {dtype.Float64, "false", ""}, {dtype.Float64, `[0]`, ""}, {dtype.Float64, `""`, ""},
		{dtype.Complex64, "[1.0,2.5]", "="}, {dtype.Complex64, `["NaN","-Infinity"]`, "="}, {dtype.Complex64, "0", "[0.0,0.0]"}, {dtype.Complex64, "1.5", "[1.5,0.0]"}, {dtype.Complex64, "[1]", ""},
		{dtype.Complex128, `["0x7ff8000000000001",-0.0]`, `["NaN",-0.0]`},
	} {
		s, err := parseFill2(c.d, json.RawMessage(c.text))
		if c.out == "" {
			require.ErrorContains(t, err, "is not a value of type "+c.d.String(), "%v %s", c.d, c.text)
			continue
		}
		require.NoError(t, err, "%v %s", c.d, c.text)
		want := c.out
		if want == "=" {
			want = c.text
		}
		require.Equal(t, want, string(encodeFill(s)), "%v %s", c.d, c.text)
	}
	for _, d := range dtype.All() {
		s, err := parseFill2(d, json.RawMessage("null"))
		require.NoError(t, err)
		require.Equal(t, make([]byte, d.Size()), s.Bytes())
	}
}

// The bytes of the documents: what they say to other implementations.
func TestGolden2(t *testing.T) {
	s := &store.Memory{}
	d := block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{5, 7, 0}, block.Shape{2, 7, 1}), Names: []string{"time", "", "x"},
		Attrs: block.Attributes{"units": "K", "scale": 2.0, "range": []int64{1, 2}}}
	w := CreateIn(s, "a", Version(2), FillValue(math.NaN()), Separator("/"), Codecs(codec.Transpose(2, 1, 0), codec.Bytes("big"), codec.Zlib(6)))
	require.NoError(t, w.Begin(context.Background(), d))
	require.NoError(t, w.Commit(context.Background()))
	requireText(t, s, "a/.zarray", `{
  "zarr_format": 2,
  "shape": [
    5,
    7,
    0
  ],
  "chunks": [
    2,
    7,
    1
  ],
  "dtype": ">f4",
  "compressor": {
    "id": "zlib",
    "level": 6
  },
  "fill_value": "NaN",
  "order": "F",
  "filters": null,
  "dimension_separator": "/"
}
`)
	requireText(t, s, "a/.zattrs", `{
  "_ARRAY_DIMENSIONS": [
    "time",
    null,
    "x"
  ],
  "range": [
    1,
    2
  ],
  "scale": 2.0,
  "units": "K"
}
`)
	a, err := OpenIn(context.Background(), s, "a")
	require.NoError(t, err)
	require.True(t, d.Grid.Equal(a.Describe().Grid))
	require.Equal(t, d.Names, a.Describe().Names)
	require.Equal(t, d.Attrs, a.Describe().Attrs)

	w = CreateIn(s, "b", Version(2))
	require.NoError(t, w.Begin(context.Background(), block.Description{DType: dtype.Bool, Grid: block.Grid{}}))
	require.NoError(t, w.Commit(context.Background()))
	requireText(t, s, "b/.zarray", `{
  "zarr_format": 2,
  "shape": [],
  "chunks": [],
  "dtype": "|b1",
  "compressor": {
    "id": "zstd",
    "level": 1
  },
  "fill_value": null,
  "order": "C",
  "filters": null,
  "dimension_separator": "."
}
`)
	requireText(t, s, "b/.zattrs", "{\n  \"_ARRAY_DIMENSIONS\": []\n}\n")
}

func requireText(t *testing.T, s store.Store, key, want string) {
	t.Helper()
	v, err := s.Get(context.Background(), key)
	require.NoError(t, err)
	got, err := io.ReadAll(v)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

// FuzzMetadata2 opens and reads arrays whose .zarray and .zattrs nobody vouches
// for; what can be opened is written and read again as the same.
func FuzzMetadata2(f *testing.F) {
	f.Add([]byte(good2), []byte(`{"_ARRAY_DIMENSIONS": ["y", "x"], "a": [1, 2.5]}`))
	f.Add([]byte(good2), []byte(`{"_ARRAY_DIMENSIONS": ["y"], "a": NaN}`))
	for _, c := range badMembers2 {
		f.Add(changed(f, good2, c.member, c.value), []byte(nil))
	}
	f.Fuzz(func(t *testing.T, array, attrs []byte) {
		s := &store.Memory{}
		write := func(documents ...document) {
			require.NoError(t, putDocuments(context.Background(), s, "", documents))
		}
		write(document{arrayKey2, array})
		if len(attrs) > 0 {
			write(document{attributesKey2, attrs})
		}
		a, err := OpenIn(context.Background(), s, "")
		if err != nil {
			require.NotErrorIs(t, err, fs.ErrNotExist)
			return
		}
		d := a.Describe()
		r := block.Whole(d.Shape())
		for axis := range r.Shape {
			r.Shape[axis] = min(r.Shape[axis], 2)
		}
		if r.Elements() <= 1<<16 {
			dst := block.Dense(d.DType, r.Shape, make([]byte, r.Elements()*d.DType.Size()))
			require.NoError(t, a.Read(context.Background(), r, dst, block.NewScratch(a.Scratch(r))), "every chunk is absent")
			require.Equal(t, bytes.Repeat(a.meta.fill.Bytes(), r.Elements()), dst.DenseBytes())
		}
		again, err := a.meta.encode()
		require.NoError(t, err)
		write(again...)
		b, err := OpenIn(context.Background(), s, "")
		require.NoError(t, err, "%s", again)
		require.True(t, d.Grid.Equal(b.Describe().Grid))
		require.Equal(t, d.DType, b.Describe().DType)
		require.Equal(t, a.meta.fill, b.meta.fill)
		require.Equal(t, a.meta.unfilled, b.meta.unfilled)
		require.Equal(t, a.meta.keys, b.meta.keys)
		require.Equal(t, a.meta.codecs, b.meta.codecs)
		require.Equal(t, d.Names, b.Describe().Names)
		require.ElementsMatch(t, slicesOf(d.Attrs), slicesOf(b.Describe().Attrs))
	})
}
