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

// pythonValues is what testdata/make.py stored.
func pythonValues(d dtype.DType, shape block.Shape) block.Block {
	n := shape.Elements()
	data := block.Dense(d, shape, dtype.Bytes(make([]complex128, n*d.Size()/16+1)))
	for i := range n {
		at := data.Data[i*d.Size():]
		f := float64(i) / 4
		switch {
		case d == dtype.Bool:
			dtype.Slice[bool](at)[0] = i%3 == 0
		case d == dtype.Float16:
			dtype.Slice[dtype.Half](at)[0] = dtype.HalfOf64(f)
		case d == dtype.Float32:
			dtype.Slice[float32](at)[0] = float32(f)
		case d == dtype.Float64:
			dtype.Slice[float64](at)[0] = f
		case d == dtype.Complex64:
			dtype.Slice[complex64](at)[0] = complex64(complex(f, 0-2*f))
		case d == dtype.Complex128:
			dtype.Slice[complex128](at)[0] = complex(f, 0-2*f)
		default:
			s, _ := dtype.ScalarOf(int64(i % 256))
			s, _ = s.Convert(d)
			copy(at, s.Bytes())
		}
	}
	return data
}

func python(name string) string { return filepath.Join("testdata", "python", name) }

func TestReadPython(t *testing.T) {
	g, err := zarr.OpenGroup(python(""))
	require.NoError(t, err)
	require.Equal(t, block.Attributes{"title": "fixtures", "empty": "[]"}, g.Attributes())
	groups, err := g.Groups()
	require.NoError(t, err)
	require.Equal(t, []string{"sub"}, groups)
	names, err := g.Arrays()
	require.NoError(t, err)
	require.Greater(t, len(names), 30)
	for _, name := range names {
		if strings.HasPrefix(name, "fill_") || slices.Contains([]string{"holes", "sharded", "text", "version2"}, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			a, err := g.Array(name)
			require.NoError(t, err)
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
}

func TestReadPythonMetadata(t *testing.T) {
	a, err := zarr.Open(python("described"))
	require.NoError(t, err)
	d := a.Describe()
	require.Equal(t, []string{"time", ""}, d.Names)
	require.True(t, math.IsNaN(d.Attrs["missing"].(float64)))
	attrs := maps.Clone(d.Attrs)
	delete(attrs, "missing")
	require.Equal(t, block.Attributes{
		"units": "K", "valid": []float64{1.5, 2}, "count": int64(3), "scale": 1.0, "flag": true,
		"names": []string{"a", "b"}, "nested": `{"x":[1,null]}`, "huge": 0x1p70, "mixed": `[1,"a"]`,
	}, attrs)
	require.Equal(t, python("described"), a.Traits().Name)

	sub, err := zarr.OpenGroup(python("sub"))
	require.NoError(t, err)
	require.Equal(t, block.Attributes{"level": int64(2)}, sub.Attributes())
}

func TestFill(t *testing.T) {
	whole := func(name string) block.Block {
		a, err := zarr.Open(python(name))
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

func TestRefusePython(t *testing.T) {
	for name, want := range map[string]string{
		"":        "is a group, not an array; its arrays are bool, checked",
		"sub":     "its arrays are x",
		"sharded": `codec "sharding_indexed" is not a codec that can be read`,
		"text":    `no element type is called "fixed_length_utf32"`,
	} {
		_, err := zarr.Open(python(name))
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, python(name))
	}
	_, err := zarr.OpenGroup(python("bool"))
	require.ErrorContains(t, err, "is an array, not a group")
}
