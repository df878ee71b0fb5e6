package netcdf

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

func TestDecoding(t *testing.T) {
	nan, nan32 := math.NaN(), float32(math.NaN())
	tenth := float32(0.1) // not a constant, so that float64(tenth) is what the file holds
	attrs := func(pairs ...any) (out []fixtureAttr) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, fixtureAttr{pairs[i].(string), pairs[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		stored any
		attrs  []fixtureAttr
		opts   []Option
		want   any
		left   block.Attributes
	}{
		{"nothing declared", []int16{1, -32767}, attrs("units", "m"), nil, []int16{1, -32767}, block.Attributes{"units": "m"}},
		{"fill of a short", []int16{1, -999, 2}, attrs("_FillValue", []int16{-999}), nil, []float32{1, nan32, 2}, nil},
		{"fill of a byte", []int8{1, -1}, attrs("_FillValue", []int8{-1}), nil, []float32{1, nan32}, nil},
		{"fill of an int", []int32{1<<24 + 1, 7}, attrs("missing_value", []int32{7}), nil, []float64{1<<24 + 1, nan}, nil},
		{"fill of an int64", []int64{1, 7}, attrs("_FillValue", []int64{7}), nil, []float64{1, nan}, nil},
		{"fill of a uint64", []uint64{1, math.MaxUint64, 1<<63 + 1}, attrs("_FillValue", []uint64{math.MaxUint64}), nil, []float64{1, nan, 1 << 63}, nil},
		{"wide fill of a float", []float32{-99.9, 1}, attrs("missing_value", []float64{-99.9}), nil, []float32{nan32, 1}, nil},
		{"narrow fill of a double", []float64{float64(tenth), 0.1}, attrs("missing_value", []float32{0.1}), nil, []float64{nan, 0.1}, nil},
		{"fill too large for the type", []float32{float32(math.Inf(1)), 1}, attrs("_FillValue", []float64{1e300}), nil, []float32{float32(math.Inf(1)), 1}, nil},
		{"NaN fill", []float32{nan32, 1}, attrs("_FillValue", []float32{nan32}), nil, []float32{nan32, 1}, nil},
		{"several missing values", []int16{1, 2, 3, 4}, attrs("_FillValue", []int16{1}, "missing_value", []int16{3, 4, 4}), nil, []float32{nan32, 2, nan32, nan32}, nil},
		{"fill as double of an int", []int32{-999, 1}, attrs("missing_value", []float64{-999}), nil, []float64{nan, 1}, nil},
		{"fraction as fill of an int", []int32{-999, 1}, attrs("missing_value", []float64{-999.5}), nil, []float64{-999, 1}, nil},
		{"fill outside the type", []int16{-1, 1}, attrs("missing_value", []int32{65535}), nil, []float32{-1, 1}, nil},
		{"huge fill of an int", []int16{0, 1}, attrs("missing_value", []float64{1e20}), nil, []float32{0, 1}, nil},
		{"text as fill", []int16{1}, attrs("missing_value", "none"), nil, []int16{1}, block.Attributes{"missing_value": "none"}},
		{"mask off", []int16{1, -999}, attrs("_FillValue", []int16{-999}), []Option{Mask(false)}, []int16{1, -999}, block.Attributes{"_FillValue": int64(-999)}},

		{"packed in float64", []int16{1, -2}, attrs("scale_factor", []float64{0.5}, "add_offset", []float64{10}), nil, []float64{10.5, 9}, nil},
		{"packed in float32", []int16{1, -2}, attrs("scale_factor", []float32{0.5}, "add_offset", []float32{10}), nil, []float32{10.5, 9}, nil},
		{"mixed types", []int16{1, -2}, attrs("scale_factor", []float64{0.5}, "add_offset", []float32{10}), nil, []float64{10.5, 9}, nil},
		{"int packed in float32", []int32{1}, attrs("scale_factor", []float32{0.5}), nil, []float64{0.5}, nil},
		{"integer scale", []int8{3}, attrs("scale_factor", []int16{2}), nil, []float64{6}, nil},
		{"offset alone", []int8{3}, attrs("add_offset", []float32{0.25}), nil, []float32{3.25}, nil},
		{"one rounding", []int16{3}, attrs("scale_factor", []float32{0.1}), nil, []float32{float32(3 * float64(tenth))}, nil},
		{"float stays float", []float32{1, float32(math.Copysign(0, -1))}, attrs("scale_factor", []float64{2}), nil, []float32{2, float32(math.Copysign(0, -1))}, nil},
		{"masked as stored, then scaled", []int16{2, 4}, attrs("scale_factor", []float64{0.5}, "_FillValue", []int16{2}), nil, []float64{nan, 2}, nil},
		{"scale off", []int16{2, 4}, attrs("scale_factor", []float64{0.5}, "_FillValue", []int16{2}), []Option{Scale(false)}, []float32{nan32, 4}, block.Attributes{"scale_factor": 0.5}},
		{"mask off, scaled", []int16{2, 4}, attrs("scale_factor", []float64{0.5}, "_FillValue", []int16{2}), []Option{Mask(false)}, []float64{1, 2}, block.Attributes{"_FillValue": int64(2)}},
		{"as stored", []int8{-1}, attrs("scale_factor", []float64{0.5}, "_Unsigned", "true"), []Option{MaskAndScale(false)}, []int8{-1}, block.Attributes{"scale_factor": 0.5, "_Unsigned": "true"}},
		{"valid_range is not applied", []int16{1, 9}, attrs("valid_range", []int16{0, 5}), nil, []int16{1, 9}, block.Attributes{"valid_range": []int64{0, 5}}},

		{"unsigned byte", []int8{-1, 1}, attrs("_Unsigned", "true"), nil, []uint8{255, 1}, nil},
		{"unsigned with a signed fill", []int8{-1, -2}, attrs("_Unsigned", "true", "_FillValue", []int8{-1}), nil, []float32{nan32, 254}, nil},
		{"unsigned with a wide fill", []int8{-1, -2}, attrs("_Unsigned", "true", "missing_value", []int16{254}), nil, []float32{255, nan32}, nil},
		{"unsigned and packed", []int16{-1}, attrs("_Unsigned", "true", "scale_factor", []float64{2}), nil, []float64{131070}, nil},
		{"signed after all", []uint8{255, 254}, attrs("_Unsigned", "false", "_FillValue", []uint8{254}), nil, []float32{-1, nan32}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := binarySliceLen(c.stored)
			f := fixture{version: 5, dims: []fixtureDim{{"x", n}}, vars: []fixtureVar{{name: "v", dims: []int{0}, attrs: c.attrs, values: c.stored}}}
			v := variableOf(t, f.open(t), "v", c.opts...)
			d := v.Describe()
			require.Equal(t, c.left, d.Attrs)
			require.Equal(t, storedType(typeNumber(c.want)).dtype(), d.DType)
			got := readRegion(t, v, block.Whole(d.Shape()))
			switch want := c.want.(type) { // NaN equals NaN here, and 0 is not -0
			case []float32:
				values := dtype.Slice[float32](got.DenseBytes())
				for i := range want {
					requireSame(t, float64(want[i]), float64(values[i]))
				}
			case []float64:
				values := dtype.Slice[float64](got.DenseBytes())
				for i := range want {
					requireSame(t, want[i], values[i])
				}
			default:
				require.Equal(t, native(c.want), got.DenseBytes())
			}
		})
	}
}

func requireSame(t *testing.T, want, got float64) {
	t.Helper()
	if math.IsNaN(want) {
		require.True(t, math.IsNaN(got), "got %v, want NaN", got)
		return
	}
	require.Equal(t, math.Float64bits(want), math.Float64bits(got), "got %v, want %v", got, want)
}

func TestScaleMustBeANumber(t *testing.T) {
	for _, value := range []any{"0.01", []float64{1, 2}} {
		f := fixture{version: 1, vars: []fixtureVar{{name: "v", attrs: []fixtureAttr{{"scale_factor", value}}, values: []int16{1}}}}
		_, err := f.open(t).Variable("v")
		require.ErrorContains(t, err, `test.nc: variable "v": attribute "scale_factor" is`)
		require.ErrorContains(t, err, "Scale(false)")
		require.Equal(t, []int16{1}, readAll[int16](t, variableOf(t, f.open(t), "v", Scale(false))))
	}
}

func TestSourcesOfOtherElementsHaveOtherNames(t *testing.T) {
	file := fixture{version: 1, vars: []fixtureVar{{name: "v", values: []int16{1}}}}.open(t)
	require.Equal(t, block.Traits{Name: "test.nc:v", Variable: "v", Parts: true}, variableOf(t, file, "v", Chunks(block.Shape{})).Traits())
	require.Equal(t, "test.nc:v[mask=off]", variableOf(t, file, "v", Mask(false)).Traits().Name)
	require.Equal(t, "test.nc:v[scale=off]", variableOf(t, file, "v", Scale(false)).Traits().Name)
	require.Equal(t, "test.nc:v[mask=off,scale=off]", variableOf(t, file, "v", MaskAndScale(false)).Traits().Name)
}
