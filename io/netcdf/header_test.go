package netcdf

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
)

func sample(version byte) fixture {
	return fixture{
		version: version, records: 2,
		dims:  []fixtureDim{{"time", 0}, {"lat", 3}},
		attrs: []fixtureAttr{{"title", "a sample"}},
		vars: []fixtureVar{
			{name: "lat", dims: []int{1}, attrs: []fixtureAttr{{"units", "degrees"}}, values: []float64{-1, 0, 1}},
			{name: "wind", dims: []int{0, 1}, values: []float32{1, 2, 3, 4, 5, 6}},
			{name: "label", dims: []int{1}, values: "abc"},
		},
	}
}

func TestHeader(t *testing.T) {
	for _, version := range []byte{1, 2, 5} {
		f := sample(version)
		f.attrs = append(f.attrs, fixtureAttr{"byte", []int8{-1}}, fixtureAttr{"shorts", []int16{1, -2}}, fixtureAttr{"float", []float32{0.5}},
			fixtureAttr{"doubles", []float64{1, 2}}, fixtureAttr{"none", []int32{}}, fixtureAttr{"empty", ""},
			fixtureAttr{"ends", "in zeros\x00\x00"}, fixtureAttr{"latin", "\xb0C"}, fixtureAttr{"größe", "°C"})
		file, err := Open(f.write(t))
		require.NoError(t, err)
		require.Equal(t, []string{"lat", "wind", "label"}, file.Variables())
		require.Equal(t, []Dimension{{"time", 2, true}, {"lat", 3, false}}, file.Dimensions())
		require.Equal(t, block.Attributes{"title": "a sample", "byte": int64(-1), "shorts": []int64{1, -2}, "float": 0.5, "doubles": []float64{1, 2},
			"none": []int64{}, "empty": "", "ends": "in zeros", "latin": "°C", "größe": "°C"}, file.Attributes())

		info, err := file.Info("label")
		require.NoError(t, err)
		require.Equal(t, Info{Name: "label", Type: "char", Dimensions: []string{"lat"}, Shape: block.Shape{3}}, info)
		info, err = file.Info("lat")
		require.NoError(t, err)
		require.Equal(t, Info{Name: "lat", Type: "double", Dimensions: []string{"lat"}, Shape: block.Shape{3}, Attributes: block.Attributes{"units": "degrees"}}, info)

		wind := variableOf(t, file, "wind").Describe()
		require.Equal(t, []string{"time", "lat"}, wind.Names)
		require.Equal(t, block.Shape{2, 3}, wind.Shape())
		require.Nil(t, wind.Attrs)
		lat, err := file.Coordinate("lat")
		require.NoError(t, err)
		require.Equal(t, []float64{-1, 0, 1}, readAll[float64](t, lat))
		require.NoError(t, file.Close())
	}
}

func TestWideAttributesOfCDF5(t *testing.T) {
	f := fixture{version: 5, attrs: []fixtureAttr{{"u1", []uint8{255}}, {"u2", []uint16{65535}}, {"u4", []uint32{1 << 31}}, {"i8", []int64{-1 << 63}},
		{"u8", []uint64{1 << 62}}, {"u8s", []uint64{1, 1 << 63}}}}
	require.Equal(t, block.Attributes{"u1": int64(255), "u2": int64(65535), "u4": int64(1 << 31), "i8": int64(-1 << 63),
		"u8": int64(1 << 62), "u8s": []float64{1, 1 << 63}}, f.open(t).Attributes())
}

func TestNamesThatDoNotExist(t *testing.T) {
	file := sample(1).open(t)
	_, err := file.Variable("wnd")
	require.EqualError(t, err, `netcdf: test.nc: there is no variable "wnd"; the variables are "lat", "wind", "label"`)
	_, err = file.Info("wnd")
	require.ErrorContains(t, err, `there is no variable "wnd"`)
	_, err = file.Coordinate("lon")
	require.EqualError(t, err, `netcdf: test.nc: there is no dimension "lon"; the dimensions are "time", "lat"`)
	_, err = file.Coordinate("time")
	require.ErrorContains(t, err, `dimension "time" has no coordinate variable`)
	curved := sample(1)
	curved.vars[1].name = "time"
	_, err = curved.open(t).Coordinate("time")
	require.ErrorContains(t, err, `dimension "time" has no coordinate variable`, "a variable of two dimensions is none")
	_, err = file.Variable("label")
	require.EqualError(t, err, `netcdf: test.nc: variable "label" has the type char; text cannot be read as an array`)
	_, err = fixture{version: 1}.open(t).Variable("x")
	require.ErrorContains(t, err, "the variables are none")
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	folder := t.TempDir()
	_, err := Open(filepath.Join(folder, "absent.nc"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "absent.nc")
	_, err = Open(folder)
	require.ErrorContains(t, err, folder+": this is not a regular file")

	hdf := append(make([]byte, 512), "\x89HDF\r\n\x1a\nrest"...)
	whole := sample(1).encode()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":      {nil, "header byte 0: the magic number takes 4 bytes, which do not fit in the 0 bytes left of the file: it is truncated or corrupt"},
		"text":       {[]byte("hello, world"), `header byte 0: this is not a netCDF file: it starts with "hell"`},
		"netCDF-4":   {hdf[512:], "this is an HDF5 file (netCDF-4), which is not read yet"},
		"user block": {hdf, "this is an HDF5 file (netCDF-4), which is not read yet"},
		"version":    {[]byte("CDF\x03\x00\x00\x00\x00"), "header byte 3: format version 3 is not known"},
		"short data": {whole[:len(whole)-1], `variable "wind": its data needs a file of ` /* and so on */},
	} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, c.data, 0o644))
		_, err := Open(path)
		require.ErrorContains(t, err, "netcdf: "+path+": ")
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, version := range []byte{1, 2, 5} {
		whole := sample(version).encode()
		for n := range whole {
			_, err := newFile("test.nc", bytes.NewReader(whole[:n]), int64(n))
			require.ErrorContains(t, err, "test.nc: header byte ", "CDF-%d cut to %d of %d bytes", version, n, len(whole))
		}
	}
}

// TestHeadersThatLie changes one place of a well-formed CDF-1 or CDF-5 header.
func TestHeadersThatLie(t *testing.T) {
	after := func(data []byte, text string, skip int) int { // the offset behind text and skip more bytes
		at := bytes.Index(data, []byte(text))
		if at < 0 {
			panic(text)
		}
		return at + (len(text)+3)&^3 + skip
	}
	set32 := func(text string, skip int, value uint32) func([]byte) int {
		return func(data []byte) int {
			at := after(data, text, skip)
			binary.BigEndian.PutUint32(data[at:], value)
			return at
		}
	}
	set64 := func(text string, skip int, value uint64) func([]byte) int {
		return func(data []byte) int {
			at := after(data, text, skip)
			binary.BigEndian.PutUint64(data[at:], value)
			return at
		}
	}
	const huge = 1<<63 - 1
	for name, c := range map[string]struct {
		version byte
		change  func(data []byte) int // gives the offset of the change
		want    string
		anyAt   bool // the error names another offset
	}{
		"negative number of records":   {1, set32("CDF\x01", 0, 1<<31|5), "the number of records is negative", false},
		"too many records":             {1, set32("CDF\x01", 0, 1<<31-2), `variable "wind": its data needs a file of`, true},
		"far too many records":         {5, set64("CDF\x05", 0, huge-1), `variable "wind": its 9223372036854775806 records of 12 bytes are more than any file can hold`, true},
		"wrong tag":                    {1, set32("CDF\x01", 4, 0x0B), "the list of dimensions starts with tag 0xb and 2 entries; the tag is 0xa", false},
		"absent with entries":          {1, set32("CDF\x01", 4, 0), "the list of dimensions starts with tag 0x0 and 2 entries", false},
		"negative number of entries":   {1, set32("CDF\x01", 8, 1<<31), "the number of dimensions is negative", false},
		"too many dimensions":          {1, set32("CDF\x01", 8, 1<<30), "the header claims 1073741824 dimensions, which do not fit in the", true},
		"far too many dimensions":      {5, set64("CDF\x05", 12, huge), "the header claims 9223372036854775807 dimensions, which do not fit", true},
		"long name":                    {1, set32("CDF\x01", 12, 1<<30), "the name of dimension 0 takes 1073741824 bytes, which do not fit in the", true},
		"longest name":                 {5, set64("CDF\x05", 20, huge), "the name of dimension 0 takes 9223372036854775804 bytes, which do not fit in the", true},
		"empty name":                   {1, set32("CDF\x01", 12, 0), "the name of dimension 0 is empty", true},
		"name not UTF-8":               {1, set32("CDF\x01", 16, 0xff_fe_00_00), "the name of dimension 0 is not UTF-8", false},
		"negative length":              {1, set32("time", 0, 1<<31), `the length of dimension "time" is negative`, false},
		"two record dimensions":        {1, set32("CDF\x01", 32, 0), `dimension "lat" has length 0, which marks the record dimension; that is "time" already`, true},
		"too many values":              {1, set32("title", 4, 1<<30), `attribute "title" of the file claims 1073741824 values of type char, which do not fit`, false},
		"far too many values":          {5, set64("title", 4, huge), `attribute "title" of the file claims 9223372036854775807 values`, false},
		"unknown type":                 {1, set32("title", 0, 12), `attribute "title" of the file has the unknown type 12`, false},
		"no type":                      {1, set32("title", 0, 0), `attribute "title" of the file has the unknown type 0`, false},
		"type of another version":      {1, set32("title", 0, 11), `attribute "title" of the file has the type uint64, which only CDF-5 files have`, false},
		"dimension not declared":       {1, set32("wind", 4, 2), `variable "wind" has dimension number 2; the file has 2 dimensions`, false},
		"record dimension not first":   {1, set32("wind", 8, 0), `variable "wind" has the record dimension "time" at axis 1; it can only be the first`, false},
		"rank":                         {1, set32("wind", 0, 1<<31-1), `header byte`, true},
		"variable of unknown type":     {1, set32("wind", 20, 99), `variable "wind" has the unknown type 99`, false},
		"negative offset":              {1, set32("wind", 28, 1<<31), `the offset of variable "wind" is negative`, false},
		"offset in the header":         {1, set32("wind", 28, 8), `variable "wind": its data starts at byte 8, inside the header`, true},
		"offset beyond the file":       {1, set32("wind", 28, 1<<30), `variable "wind": its data needs a file of`, true},
		"offset far beyond":            {5, set64("wind", 48, huge), `variable "wind": its 2 records of 12 bytes are more than any file can hold`, true},
		"dimension larger than a file": {5, set64("lat", 0, huge), `variable "lat": its dimensions multiply to more bytes than any file can hold`, true},
	} {
		t.Run(name, func(t *testing.T) {
			data := sample(c.version).encode()
			at := c.change(data)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := newFile("test.nc", bytes.NewReader(data), int64(len(data)))
			runtime.ReadMemStats(&after)
			require.ErrorContains(t, err, c.want)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<10), "bytes allocated for a file of %d", len(data))
			place := "netcdf: test.nc: header byte "
			if !c.anyAt {
				place += strconv.Itoa(at) + ":"
			}
			require.True(t, strings.HasPrefix(err.Error(), place), "%v does not start with %q", err, place)
		})
	}
}

func TestHeaderOfGigabytes(t *testing.T) {
	data := sample(1).encode()
	at := bytes.Index(data, []byte("title")) + 8 + 4
	binary.BigEndian.PutUint32(data[at:], 1<<30)
	zeros := readerFunc(func(p []byte, at int64) (int, error) {
		clear(p)
		if at < int64(len(data)) {
			copy(p, data[at:])
		}
		return len(p), nil
	})
	_, err := newFile("test.nc", zeros, 1<<40)
	require.ErrorContains(t, err, `attribute "title" of the file claims 1073741824 values of type char, which do not fit in the`)
	require.ErrorContains(t, err, "left of the 67108864 that a header may have")
}

func TestRepeatedNamesAreRefused(t *testing.T) {
	dims := sample(1)
	dims.dims[1].name = "time"
	vars := sample(1)
	vars.vars[1].name = "lat"
	attrs := sample(1)
	attrs.attrs = slices.Repeat(attrs.attrs, 2)
	for want, f := range map[string]fixture{
		`two dimensions are called "time"`:             dims,
		`two variables are called "lat"`:               vars,
		`attribute "title" of the file is there twice`: attrs,
	} {
		data := f.encode()
		_, err := newFile("test.nc", bytes.NewReader(data), int64(len(data)))
		require.ErrorContains(t, err, want)
	}
}

func TestDimensionsThatMultiplyBeyondAnyFile(t *testing.T) {
	f := fixture{version: 1, dims: []fixtureDim{{"t", 0}, {"x", 1<<31 - 1}}, vars: []fixtureVar{{name: "v", dims: []int{1, 1, 1}, values: []float64{}}}}
	data := f.encode()
	_, err := newFile("test.nc", bytes.NewReader(data), int64(len(data)))
	require.ErrorContains(t, err, `variable "v": its dimensions multiply to more bytes than any file can hold, at dimension "x" of length 2147483647`)

	f.dims[1].length = 1 << 29
	f.vars = []fixtureVar{{name: "u", dims: []int{0, 1, 1}, values: []float64{}}, {name: "v", dims: []int{0, 1, 1}, values: []float64{}},
		{name: "w", dims: []int{0, 1, 1}, values: []float64{}}}
	data = f.encode()
	_, err = newFile("test.nc", bytes.NewReader(data), int64(len(data)))
	require.ErrorContains(t, err, `variable "w": the records up to it are larger than any file can hold`)
}
