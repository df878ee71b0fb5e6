package zarr_test

import (
	"bytes"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/zarr"
)

// python2 is a fixture of testdata/make_v2.py.
func python2(name string) string { return filepath.Join("testdata", "python2", name) }

func TestReadPython2(t *testing.T) {
	g, err := zarr.OpenGroup(python2(""))
	require.NoError(t, err)
	require.Equal(t, 2, g.Version())
	require.Equal(t, "fixtures", g.Attributes()["title"])
	require.True(t, math.IsNaN(g.Attributes()["missing"].(float64)))
	groups, err := g.Groups()
	require.NoError(t, err)
	require.Equal(t, []string{"sub"}, groups)
	names, err := g.Arrays()
	require.NoError(t, err)
	read := 0
	for _, name := range names {
		if strings.HasPrefix(name, "fill_") || strings.HasPrefix(name, "refused_") || name == "holes" {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			a, err := g.Array(name)
			require.NoError(t, err)
			require.Equal(t, 2, a.Version())
			d := a.Describe()
			want := pythonValues(d.DType, d.Shape())
			got, err := load(a, block.Whole(d.Shape()))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want.DenseBytes(), got.DenseBytes()))
			if name == "described" {
				return // the kit finds its NaN unequal to itself
			}
			blocktest.TestSource(t, func() block.Source { return a }, want)
		})
	}
	require.Equal(t, 36, read)
}

func TestReadPython2Metadata(t *testing.T) {
	for name, want := range map[string]struct {
		d    dtype.DType
		grid string
	}{
		"big_c8":      {dtype.Complex64, "(2+1, 4)"},
		"overhanging": {dtype.Int16, "(3, 4+1)"},
		"order_f":     {dtype.Float32, "(3+1, 2x2+1, 4+2)"},
		"scalar":      {dtype.Float64, "()"},
		"empty":       {dtype.Int32, "(0, 3)"},
	} {
		a, err := zarr.Open(python2(name))
		require.NoError(t, err)
		require.Equal(t, want.d, a.Describe().DType, name)
		require.Equal(t, want.grid, a.Describe().Grid.String(), name)
		require.Nil(t, a.Describe().Names, name)
	}

	a, err := zarr.Open(python2("described"))
	require.NoError(t, err)
	d := a.Describe()
	require.Equal(t, []string{"time", "x"}, d.Names)
	require.True(t, math.IsNaN(d.Attrs["missing"].(float64)))
	attrs := maps.Clone(d.Attrs)
	delete(attrs, "missing")
	require.Equal(t, block.Attributes{
		"units": "K", "valid": []float64{1.5, 2}, "count": int64(3), "scale": 1.0, "nested": `{"x":[1,null]}`,
	}, attrs, "without _ARRAY_DIMENSIONS")

	a, err = zarr.Open(python2("misnamed"))
	require.NoError(t, err)
	require.Nil(t, a.Describe().Names)
	require.Equal(t, block.Attributes{"_ARRAY_DIMENSIONS": []string{"time"}}, a.Describe().Attrs)

	sub, err := zarr.OpenGroup(python2("sub"))
	require.NoError(t, err)
	require.Equal(t, block.Attributes{"level": int64(2)}, sub.Attributes())
	inner, err := sub.Group("inner")
	require.NoError(t, err)
	require.Empty(t, inner.Attributes())
	x, err := inner.Array("x")
	require.NoError(t, err)
	got, err := load(x, block.Whole(block.Shape{3}))
	require.NoError(t, err)
	require.Equal(t, []byte{1, 2, 3}, got.DenseBytes())
}

func TestFill2(t *testing.T) {
	whole := func(name string) block.Block {
		a, err := zarr.Open(python2(name))
		require.NoError(t, err)
		got, err := load(a, block.Whole(a.Describe().Shape()))
		require.NoError(t, err)
		return got
	}
	for name, want := range map[string][]byte{
		"fill_nan":            dtype.Bytes(slices.Repeat([]uint32{0x7fc00000}, 3)),
		"fill_minus_infinity": dtype.Bytes(slices.Repeat([]uint16{0xfc00}, 3)),
		"fill_int":            dtype.Bytes(slices.Repeat([]int64{math.MinInt64}, 3)),
		"fill_uint":           dtype.Bytes(slices.Repeat([]uint64{math.MaxUint64}, 3)),
		"fill_complex":        dtype.Bytes(slices.Repeat([]uint32{0x3f800000, 0x7fc00000}, 3)),
		"fill_bool":           {1, 1, 1},
		"fill_null":           make([]byte, 24),
	} {
		require.Equal(t, want, whole(name).DenseBytes(), name)
	}
	holes, err := block.Values[int32](whole("holes"))
	require.NoError(t, err)
	for i, v := range holes {
		if y, x := i/6, i%6; y >= 2 && y < 4 && x < 3 {
			require.EqualValues(t, 7, v)
		} else {
			require.EqualValues(t, -1, v)
		}
	}
}

func TestRefusePython2(t *testing.T) {
	for name, want := range map[string]string{
		"":               "is a group, not an array; its arrays are ",
		"sub":            "is a group without arrays",
		"refused_blosc":  `compressor "blosc" is not read; zstd, gzip, zlib, bz2 and null are`,
		"refused_lz4":    `compressor "lz4" is not read`,
		"refused_delta":  `filter "delta" is not read`,
		"refused_text":   `dtype "<U4" means strings; only bools, integers`,
		"refused_object": `dtype "|O" means Python objects, such as strings`,
		"refused_dates":  `dtype "<M8[ns]" means dates`,
		"refused_record": `dtype [["a","<i4"],["b","<f8"]] means records, which are not read; store each field`,
	} {
		_, err := zarr.Open(python2(name))
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, python2(name))
	}
	_, err := zarr.OpenGroup(python2("bool"))
	require.ErrorContains(t, err, "is an array, not a group")
}
