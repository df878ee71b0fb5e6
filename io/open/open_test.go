package open_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/open"
	"gabion/io/zarr"
)

const winds = "../../examples/data/monthly_navy_winds.nc"

// store writes a small array through a sink.
func store(t *testing.T, w block.Sink, names []string, shape ...int) {
	t.Helper()
	ctx := context.Background()
	d := block.Description{DType: dtype.Float32, Grid: block.RegularGrid(shape, shape), Names: names}
	_, err := w.Align(d)
	require.NoError(t, err)
	require.NoError(t, w.Begin(ctx, d))
	values := make([]float32, block.Shape(shape).Elements())
	for i := range values {
		values[i] = float32(i)
	}
	b, err := block.OfSlice(values, shape)
	require.NoError(t, err)
	region := block.Whole(shape)
	require.NoError(t, w.Write(ctx, region, b, block.NewScratch(w.Scratch(region))))
	require.NoError(t, w.Commit(ctx))
}

// group is a Zarr group with the array t along the dimension t, the array
// field and, in the group inner, the array deep.
func group(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.zarr")
	g, err := zarr.CreateGroup(path, block.Attributes{"title": "a test"})
	require.NoError(t, err)
	store(t, g.Create("t"), []string{"t"}, 4)
	store(t, g.Create("field"), []string{"t", "x"}, 4, 3)
	inner, err := zarr.CreateGroup(filepath.Join(path, "inner"), nil)
	require.NoError(t, err)
	store(t, inner.Create("deep"), nil, 2)
	return path
}

func read(t *testing.T, s block.Source) []float32 {
	t.Helper()
	shape := s.Describe().Shape()
	values := make([]float32, shape.Elements())
	b, err := block.OfSlice(values, shape)
	require.NoError(t, err)
	region := block.Whole(shape)
	require.NoError(t, s.Read(context.Background(), region, b, block.NewScratch(s.Scratch(region))))
	return values
}

func TestOpenNetCDF(t *testing.T) {
	source, err := open.Open(winds, "VWND")
	require.NoError(t, err)
	d := source.Describe()
	require.Equal(t, block.Shape{132, 73, 144}, d.Shape())
	require.Equal(t, dtype.Float32, d.DType)
	require.Equal(t, []string{"TIME", "FNOCY", "FNOCX"}, d.Names)
	require.Len(t, read(t, source), 132*73*144)

	_, err = open.Open(winds, "")
	require.ErrorContains(t, err, `holds 2 variables: "UWND", "VWND"; name one`)
	_, err = open.Open(winds, "uwnd")
	require.ErrorContains(t, err, `"UWND"`)
}

func TestOpenZarr(t *testing.T) {
	path := group(t)
	field, err := open.Open(path, "field")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, read(t, field))
	deep, err := open.Open(path, "inner/deep")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1}, read(t, deep))
	single, err := open.Open(filepath.Join(path, "field"), "")
	require.NoError(t, err)
	require.Equal(t, block.Shape{4, 3}, single.Describe().Shape())

	_, err = open.Open(path, "")
	require.ErrorContains(t, err, `holds 2 variables: "field", "inner/deep"; name one`)
	_, err = open.Open(path, "feild")
	require.ErrorContains(t, err, `there is no array "feild"; the arrays are "field", "t", "inner/deep"`)
	for _, name := range []string{"../store.zarr", "no/deep", "", "inner/", "/"} {
		_, err = open.Open(path, name)
		require.Error(t, err, name)
	}
	_, err = open.Open(filepath.Join(path, "field"), "field")
	require.ErrorContains(t, err, "is one array")
}

func TestOnlyVariableNeedsNoName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.zarr")
	g, err := zarr.CreateGroup(path, nil)
	require.NoError(t, err)
	_, err = open.Open(path, "")
	require.ErrorContains(t, err, "holds no arrays")
	store(t, g.Create("t"), []string{"t"}, 4)
	_, err = open.Open(path, "")
	require.ErrorContains(t, err, `only coordinates and what cannot be read as an array: "t"`)
	store(t, g.Create("field"), []string{"t", "x"}, 4, 3)
	source, err := open.Open(path, "")
	require.NoError(t, err)
	require.Equal(t, block.Shape{4, 3}, source.Describe().Shape(), "a coordinate does not count")
}

// TestOpenNumPy opens what NumPy wrote, whatever its name.
func TestOpenNumPy(t *testing.T) {
	const made = "../npy/testdata/"
	copied := func(from, to string) string {
		content, err := os.ReadFile(made + from)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), to)
		require.NoError(t, os.WriteFile(path, content, 0o666))
		return path
	}
	path := copied("vector.npy", "x.data")
	single, err := open.Open(path, "")
	require.NoError(t, err)
	require.Equal(t, []float32{-7. / 3, -2, -5. / 3, -4. / 3, -1}, read(t, single))
	_, err = open.Open(path, "x")
	require.ErrorContains(t, err, `x.data is one array, it has no variable "x"; leave the name out`)
	info, err := open.Describe(path)
	require.NoError(t, err)
	require.Equal(t, "NumPy .npy", info.Format)
	require.True(t, info.Single)
	require.Equal(t, "x", info.Variables[0].Name)

	for _, name := range []string{"stored.npz", "compressed.npz"} {
		path := copied(name, "archive")
		u, err := open.Open(path, "u")
		require.NoError(t, err)
		require.Len(t, read(t, u), 24)
		_, err = open.Open(path, "")
		require.ErrorContains(t, err, `holds 4 variables: "u", "v", "group/scalar", "empty"; name one`)
		_, err = open.Open(path, "w")
		require.ErrorContains(t, err, `there is no array "w"; the arrays are "u", "v"`)
		info, err := open.Describe(path)
		require.NoError(t, err)
		require.Equal(t, "NumPy .npz", info.Format)
		require.False(t, info.Single)
		require.Len(t, info.Variables, 5)
		require.ErrorContains(t, info.Variables[4].Err, "strings")
	}
	_, err = open.Open(made+"refused_date.npy", "")
	require.ErrorContains(t, err, "the elements are dates")
}

func TestDescribe(t *testing.T) {
	info, err := open.Describe(winds)
	require.NoError(t, err)
	require.Equal(t, "netCDF classic", info.Format)
	require.False(t, info.Single)
	var names []string
	coordinates := 0
	for _, v := range info.Variables {
		require.NoError(t, v.Err)
		names = append(names, v.Name)
		if v.Coordinate {
			coordinates++
		}
	}
	require.ElementsMatch(t, []string{"FNOCX", "FNOCY", "TIME", "UWND", "VWND"}, names)
	require.Equal(t, 3, coordinates)
	require.Len(t, info.Data(), 2)

	path := group(t)
	info, err = open.Describe(path)
	require.NoError(t, err)
	require.Equal(t, "Zarr 3", info.Format)
	require.Equal(t, block.Attributes{"title": "a test"}, info.Attributes)
	require.Len(t, info.Variables, 3)
	require.True(t, info.Variables[1].Coordinate)

	info, err = open.Describe(filepath.Join(path, "field"))
	require.NoError(t, err)
	require.True(t, info.Single)
	require.Equal(t, "field", info.Variables[0].Name)
}

// Version 2 of Zarr is found by its content, and described like version 3.
func TestZarr2(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.zarr")
	g, err := zarr.CreateGroup(path, block.Attributes{"title": "a test"}, zarr.Version(2))
	require.NoError(t, err)
	store(t, g.Create("t"), []string{"t"}, 4)
	store(t, g.Create("field"), []string{"t", "x"}, 4, 3)
	inner, err := zarr.CreateGroup(filepath.Join(path, "inner"), nil, zarr.Version(2))
	require.NoError(t, err)
	store(t, inner.Create("deep"), nil, 2)

	info, err := open.Describe(path)
	require.NoError(t, err)
	require.Equal(t, "Zarr 2", info.Format)
	require.Equal(t, block.Attributes{"title": "a test"}, info.Attributes)
	require.Len(t, info.Variables, 3)
	require.Equal(t, "inner/deep", info.Variables[2].Name)
	require.True(t, info.Variables[1].Coordinate)
	field, err := open.Open(path, "field")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, read(t, field))
	_, err = open.Open(path, "")
	require.ErrorContains(t, err, `holds 2 variables: "field", "inner/deep"; name one`)

	info, err = open.Describe(filepath.Join(path, "field"))
	require.NoError(t, err)
	require.True(t, info.Single)
	require.Equal(t, "Zarr 2", info.Format)
	w, err := open.Create(filepath.Join(path, "more"), open.Zarr(zarr.Version(2)))
	require.NoError(t, err)
	store(t, w, nil, 3)
	single, err := open.Open(filepath.Join(path, "more"), "")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1, 2}, read(t, single))
}

// TestWhatCannotBeOpened checks that errors name the file and what it is.
func TestWhatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		return path
	}
	original, err := os.ReadFile(winds)
	require.NoError(t, err)
	hdf := "\x89HDF\r\n\x1a\n"
	for path, want := range map[string]string{
		filepath.Join(dir, "missing.nc"): "file does not exist",
		dir:                              "holds no zarr.json",
		file("empty.nc", ""):             "is empty",
		file("four.nc", hdf+"rest"):      "HDF5",
		file("user.h5", string(make([]byte, 1024))+hdf):         "HDF5",
		file("a.npy", "\x93NUMPY\x01\x00"):                      "truncated",
		file("a.npz", "PK\x03\x04...."):                         "not a .npz archive, or it is truncated",
		file("none.zip", "PK\x05\x06"+string(make([]byte, 18))): "a zip file in which nothing is called .npy",
		file("a.nc.gz", "\x1f\x8b......"):                       "decompress",
		file("text.nc", "hello, world"):                         `begins with CDF, this one with "hello, w"`,
		file("short", "a"):                                      `this one with "a"`,
		file("cut.nc", string(original[:3000])):                 "cut.nc",
		file("head.nc", string(original[:100])):                 "head.nc",
		file("magic.nc", "CDF"):                                 "magic.nc",
		file("version.nc", "CDF\x07\x00\x00\x00\x00"):           "version.nc",
		filepath.Dir(file("old.zarr/.zarray", "{}")):            ".zarray: zarr_format is missing",
		filepath.Dir(file("bad.zarr/zarr.json", "{")):           "zarr.json",
		file("inside.zarr/zarr.json", "{}"):                     "name its folder",
		file("inside2.zarr/.zarray", "{}"):                      "name its folder",
		filepath.Dir(file("lost.zarr/.zmetadata", "{}")):        "holds no zarr.json, .zarray or .zgroup",
		"s3://bucket/key.zarr":                                  "only local",
		"":                                                      "not exist",
	} {
		for _, variable := range []string{"", "x"} {
			_, err := open.Open(path, variable)
			require.ErrorContains(t, err, want, path)
			require.ErrorContains(t, err, path)
		}
		_, err := open.Describe(path)
		require.ErrorContains(t, err, want, path)
	}
	_, err = open.Describe(filepath.Join(dir, "missing.nc"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"out.zarr", "out", "out.v1.2", "out.npy", "OUT.NPZ"} {
		w, err := open.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		store(t, w, nil, 3)
		s, err := open.Open(filepath.Join(dir, name), "")
		require.NoError(t, err)
		require.Equal(t, []float32{0, 1, 2}, read(t, s))

		again, err := open.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		_, err = again.Align(s.Describe())
		require.ErrorIs(t, err, fs.ErrExist)
		over, err := open.Create(filepath.Join(dir, name), open.Overwrite())
		require.NoError(t, err)
		store(t, over, nil, 2)
		s, err = open.Open(filepath.Join(dir, name), "")
		require.NoError(t, err)
		require.Equal(t, []float32{0, 1}, read(t, s))
	}
	for _, name := range []string{"out.nc", "OUT.NC", "a.npy.gz", "x.h5", "zz.xyz"} {
		_, err := open.Create(name)
		require.ErrorContains(t, err, "are not written; those ending in .zarr, .npy and .npz are: use a name such as")
	}
	w, err := open.Create(filepath.Join(dir, "zz.xyz"), open.Format("zarr"))
	require.NoError(t, err)
	store(t, w, nil, 3)
	for _, path := range []string{"s3://bucket/x.zarr", "https://example.org/x.npy", "file:///x"} {
		_, err = open.Create(path)
		require.ErrorContains(t, err, path+": this is an address; ")
		_, err = open.Open(path, "")
		require.ErrorContains(t, err, path+": this is an address; ")
		_, err = zarr.Create(path).Align(block.Description{DType: dtype.Int8})
		require.ErrorContains(t, err, path+": this is an address; ")
	}
	_, err = open.Create("out.npy", open.Zarr(zarr.Version(2)))
	require.ErrorContains(t, err, "out.npy: there are settings for Zarr, the name asks for a file of NumPy's: use a name such as out.zarr")
}
