package zarr

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/store"
)

func parse(text []byte) (*metadata, error) {
	n, err := parseNode(document{metadataKey, text})
	if err != nil || n.kind != "array" {
		return nil, err
	}
	return parseArray(n)
}

// good is metadata that is changed in one place at a time.
const good = `{"zarr_format": 3, "node_type": "array", "shape": [5, 7], "data_type": "float32",
	"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
	"chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
	"fill_value": 0, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
	"attributes": {}, "dimension_names": ["a", "b"], "storage_transformers": []}`

// changed is a document with another value for a member, or without it.
func changed(t testing.TB, document, member, value string) []byte {
	f := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(document), &f))
	if value == "" {
		delete(f, member)
	} else {
		f[member] = json.RawMessage(value)
	}
	text := []string{}
	for name, v := range f {
		text = append(text, `"`+name+`": `+string(v))
	}
	return []byte("{" + strings.Join(text, ",") + "}")
}

var badMembers = []struct{ member, value, want string }{
	{"zarr_format", ``, "zarr_format is missing"},
	{"zarr_format", `2`, "zarr_format is 2; in a zarr.json it is 3"},
	{"zarr_format", `4`, "zarr_format is 4"},
	{"zarr_format", `"3"`, "zarr_format: "},
	{"node_type", ``, "node_type is missing"},
	{"node_type", `"table"`, `node_type is "table"`},
	{"shape", ``, "shape is missing"},
	{"shape", `[5]`, "dimension_names has 2 names for 1 axes"},
	{"shape", `null`, "shape is missing"},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": null}}`, "chunk_shape is missing"},
	{"shape", `[-1, 7]`, "-1 is not a length of axis 0"},
	{"shape", `[5.5, 7]`, "5.5 is not a length"},
	{"shape", `[99999999999999999999, 7]`, "is not a length"},
	{"shape", `[4611686018427387904, 4611686018427387904]`, "more elements than an int can count"},
	{"shape", `[4611686018427387904, 1]`, "more bytes than an int can count"},
	{"shape", `[` + strings.Repeat("1,", 64) + `1]`, "65 axes"},
	{"shape", `"x"`, "shape: "},
	{"shape", `["5", 7]`, ""}, // encoding/json reads a quoted number as one
	{"data_type", `"float128"`, `no element type is called "float128"`},
	{"data_type", `"invalid"`, `no element type is called "invalid"`},
	{"data_type", `{"name": "numpy.datetime64", "configuration": {"unit": "s"}}`, "numpy.datetime64"},
	{"data_type", `{"name": "float32", "configuration": {"x": 1}}`, "has a configuration"},
	{"data_type", `{"name": "float32"}`, ""},
	{"chunk_grid", ``, "chunk_grid is missing"},
	{"chunk_grid", `{"name": "rectilinear", "configuration": {}}`, `chunk_grid is "rectilinear"`},
	{"chunk_grid", `{"name": "regular"}`, "chunk_grid: "},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": [2, 0]}}`, "chunk_shape: 0 is not a length of axis 1"},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": [2, -3]}}`, "chunk_shape: -3"},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": [2]}}`, "has 1 axes"},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": [1000000, 1000000]}}`, "larger than 64 GiB"},
	{"chunk_grid", `{"name": "regular", "configuration": {"chunk_shape": [4611686018427387904, 4611686018427387904]}}`, "chunk shape: "},
	{"chunk_key_encoding", `{"name": "suffix"}`, `chunk_key_encoding is "suffix"`},
	{"chunk_key_encoding", `{"name": "default", "configuration": {"separator": "../"}}`, `the separator is "../"`},
	{"chunk_key_encoding", `"default"`, ""},
	{"fill_value", ``, "fill_value is missing"},
	{"fill_value", `null`, "null is not a value of type float32"},
	{"fill_value", `true`, "true is not a value of type float32"},
	{"fill_value", `"0x7fc0"`, "is not a value of type float32"},
	{"fill_value", `"nan"`, "is not a value of type float32"},
	{"fill_value", `NaN`, ""},
	{"codecs", ``, "codecs is missing"},
	{"codecs", `[]`, "codec bytes is missing"},
	{"codecs", `[{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "blosc", "configuration": {"cname": "lz4"}}]`, `"blosc"`},
	{"attributes", `[]`, "attributes: "},
	{"attributes", ``, ""},
	{"dimension_names", `["a"]`, "dimension_names has 1 names for 2 axes"},
	{"dimension_names", `[1, 2]`, "dimension_names: "},
	{"dimension_names", `null`, ""},
	{"storage_transformers", `[{"name": "secret"}]`, `storage transformer "secret"`},
	{"extra", `1`, `it uses ["extra"]`},
	{"extra", `{"must_understand": true}`, `it uses ["extra"]`},
	{"extra", `{"must_understand": false}`, ""},
}

func TestBadMetadata(t *testing.T) {
	for _, c := range badMembers {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "zarr.json"), changed(t, good, c.member, c.value), 0o666))
		_, err := Open(dir)
		if c.want == "" {
			require.NoError(t, err, "%s: %s", c.member, c.value)
			continue
		}
		require.ErrorContains(t, err, c.want, "%s: %s", c.member, c.value)
		require.ErrorContains(t, err, dir)
	}
	_, err := parse(bytes.Replace(changed(t, good, "shape", "[1, 9223372036854775807]"), []byte("float32"), []byte("int8"), 1))
	require.ErrorContains(t, err, "the last chunk along axis 1")
	for _, text := range []string{"", "{", "[]", "null", `{"zarr_format": 3,}`, "\x00", good[:len(good)/2], good + "x"} {
		_, err := parse([]byte(text))
		require.Error(t, err, text)
	}
}

func TestOpenWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "no array at "+filepath.Join(dir, "none"))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "killed", "c"), 0o777))
	_, err = Open(filepath.Join(dir, "killed"))
	require.ErrorContains(t, err, "never finished")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o666))
	_, err = Open(filepath.Join(dir, "file"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Truncate(filepath.Join(dir, "file"), maxMetadata+1))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "huge"), 0o777))
	require.NoError(t, os.Rename(filepath.Join(dir, "file"), filepath.Join(dir, "huge", "zarr.json")))
	_, err = Open(filepath.Join(dir, "huge"))
	require.ErrorContains(t, err, "metadata has at most")
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		keys     keyEncoding
		position []int
		want     string
	}{
		{keyEncoding{false, "/"}, []int{1, 23}, "c/1/23"},
		{keyEncoding{false, "."}, []int{1, 23}, "c.1.23"},
		{keyEncoding{false, "/"}, nil, "c"},
		{keyEncoding{true, "."}, []int{1, 23}, "1.23"},
		{keyEncoding{true, "/"}, []int{1, 23}, "1/23"},
		{keyEncoding{true, "."}, nil, "0"},
	} {
		require.Equal(t, c.want, c.keys.key(c.position))
	}
}

func TestFillValues(t *testing.T) {
	for _, c := range []struct {
		d         dtype.DType
		text, out string // out is "" where the text is refused, "=" where it is the same
	}{
		{dtype.Bool, "true", "="}, {dtype.Bool, "0", ""}, {dtype.Bool, "null", ""},
		{dtype.Int8, "-128", "="}, {dtype.Int8, "128", ""}, {dtype.Int8, "1.0", ""}, {dtype.Int8, `"1"`, ""}, {dtype.Int8, "1e1", ""},
		{dtype.Int64, "-9223372036854775808", "="}, {dtype.Int64, "9223372036854775807", "="},
		{dtype.Uint8, "255", "="}, {dtype.Uint8, "-1", ""}, {dtype.Uint8, "256", ""},
		{dtype.Uint64, "18446744073709551615", "="}, {dtype.Uint64, "18446744073709551616", ""},
		{dtype.Float16, "0.5", "="}, {dtype.Float16, `"0x7e01"`, "="}, {dtype.Float16, `"0x7e00"`, `"NaN"`}, {dtype.Float16, `"0x3c00"`, "1.0"},
		{dtype.Float32, "1", "1.0"}, {dtype.Float32, "-0.0", "-0.0"}, {dtype.Float32, "0.1", "="}, {dtype.Float32, "1e+20", "="}, {dtype.Float32, "1e-45", "="},
		{dtype.Float32, `"NaN"`, "="}, {dtype.Float32, `"Infinity"`, "="}, {dtype.Float32, `"-Infinity"`, "="}, {dtype.Float32, "1e39", ""},
		{dtype.Float32, `"0x7fc00000"`, `"NaN"`}, {dtype.Float32, `"0x7fc00001"`, "="}, {dtype.Float32, `"0xffc00000"`, "="}, {dtype.Float32, `"0x7fc0000g"`, ""},
		{dtype.Float64, "0.1", "="}, {dtype.Float64, `"0x7ff8000000000001"`, "="}, {dtype.Float64, `""`, ""}, {dtype.Float64, "[]", ""},
		{dtype.Complex64, "[1.0,2.5]", "="}, {dtype.Complex64, `["NaN","-Infinity"]`, "="}, {dtype.Complex64, "[1]", ""}, {dtype.Complex64, "1", ""},
		{dtype.Complex128, `["0x7ff8000000000001",-0.0]`, "="}, {dtype.Complex128, `[1,null]`, ""},
	} {
		s, err := parseFill(c.d, json.RawMessage(c.text))
		if c.out == "" {
			require.Error(t, err, "%v %s", c.d, c.text)
			continue
		}
		require.NoError(t, err, "%v %s", c.d, c.text)
		want := c.out
		if want == "=" {
			want = c.text
		}
		require.Equal(t, want, string(encodeFill(s)), "%v %s", c.d, c.text)
	}
}

func TestFillOption(t *testing.T) {
	for _, c := range []struct {
		d    dtype.DType
		v    any
		want string
	}{
		{dtype.Float32, math.NaN(), `"NaN"`}, {dtype.Float64, math.NaN(), `"NaN"`}, {dtype.Float16, math.Inf(-1), `"-Infinity"`},
		{dtype.Int16, -5, "-5"}, {dtype.Uint8, int32(7), "7"}, {dtype.Float32, float32(0.1), "0.1"}, {dtype.Complex64, 2, "[2.0,0.0]"}, {dtype.Bool, true, "true"},
	} {
		s, err := fillOf(c.d, c.v)
		require.NoError(t, err)
		require.Equal(t, c.want, string(encodeFill(s)))
	}
	for d, v := range map[dtype.DType]any{dtype.Int8: 300, dtype.Uint8: -1, dtype.Int32: 0.5, dtype.Float32: 1i, dtype.Float64: "NaN"} {
		_, err := fillOf(d, v)
		require.Error(t, err, "%v", v)
	}
}

func TestAttributes(t *testing.T) {
	attrs := block.Attributes{"s": "<a & ü>", "b": true, "i": int64(-3), "f": 2.0, "t": 0.1, "inf": "Infinity",
		"ss": []string{"x", ""}, "bs": []bool{true, false}, "is": []int64{1, math.MaxInt64}, "fs": []float64{1, 1e300}}
	values, err := encodeAttributes(attrs)
	require.NoError(t, err)
	text, err := json.Marshal(values)
	require.NoError(t, err)
	require.Contains(t, string(text), `"f":2.0`)
	got, err := parseAttributes(text)
	require.NoError(t, err)
	require.Equal(t, attrs, got)

	_, err = encodeAttributes(block.Attributes{"x": []any{1}})
	require.ErrorContains(t, err, `attribute "x": a []interface {} cannot be stored`)
	values, err = encodeAttributes(block.Attributes{"x": math.NaN(), "none": []int64(nil)})
	require.NoError(t, err)
	text, err = json.Marshal(values)
	require.NoError(t, err)
	require.Equal(t, `{"none":[],"x":"NaN"}`, string(text))

	require.Equal(t, `{"a":"-NaN \" Infinity","b":"\u0000bare:-Infinity"}`, string(bareNumbers([]byte(`{"a":"-NaN \" Infinity","b":-Infinity}`))))
}

// The bytes of a zarr.json: what it says to other implementations.
func TestGolden(t *testing.T) {
	s := &store.Memory{}
	d := block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{5, 7, 0}, block.Shape{2, 7, 1}), Names: []string{"time", "", "x"},
		Attrs: block.Attributes{"units": "K", "scale": 2.0, "range": []int64{1, 2}}}
	w := CreateIn(s, "a", FillValue(math.NaN()))
	require.NoError(t, w.Begin(context.Background(), d))
	require.NoError(t, w.Commit(context.Background()))
	v, err := s.Get(context.Background(), "a/zarr.json")
	require.NoError(t, err)
	got, err := io.ReadAll(v)
	require.NoError(t, err)
	want, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	a, err := OpenIn(context.Background(), s, "a")
	require.NoError(t, err)
	require.True(t, d.Grid.Equal(a.Describe().Grid))
	require.Equal(t, d.Names, a.Describe().Names)
	require.Equal(t, d.Attrs, a.Describe().Attrs)
}

// FuzzMetadata opens and reads arrays whose zarr.json nobody vouches for; what
// can be opened is written and read again as the same.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte(good))
	for _, c := range badMembers {
		f.Add(changed(f, good, c.member, c.value))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parse(text)
		if err != nil || m == nil {
			return
		}
		s := &store.Memory{}
		write := func(text []byte) {
			require.NoError(t, s.Put(context.Background(), "zarr.json", func(w io.Writer) error { _, err := w.Write(text); return err }))
		}
		write(text)
		a, err := OpenIn(context.Background(), s, "")
		require.NoError(t, err)
		d := a.Describe()
		r := block.Whole(d.Shape())
		for axis := range r.Shape {
			r.Shape[axis] = min(r.Shape[axis], 2)
		}
		if r.Elements() <= 1<<16 {
			dst := block.Dense(d.DType, r.Shape, make([]byte, r.Elements()*d.DType.Size()))
			require.NoError(t, a.Read(context.Background(), r, dst, block.NewScratch(a.Scratch(r))), "every chunk is absent")
		}
		documents, err := m.encode()
		require.NoError(t, err)
		again := documents[0].text
		write(again)
		b, err := OpenIn(context.Background(), s, "")
		require.NoError(t, err, "%s", again)
		require.True(t, d.Grid.Equal(b.Describe().Grid))
		require.Equal(t, d.DType, b.Describe().DType)
		require.Equal(t, a.meta.fill, b.meta.fill)
		require.Equal(t, d.Names, b.Describe().Names)
		require.ElementsMatch(t, slicesOf(d.Attrs), slicesOf(b.Describe().Attrs))
	})
}

func slicesOf(attrs block.Attributes) []string {
	var names []string
	for name := range maps.Keys(attrs) {
		names = append(names, name)
	}
	return names
}
