package netcdf

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
)

// TestFilesOfTheReferenceLibrary reads files that Unidata's netCDF library
// wrote: testdata/README.md says how.
func TestFilesOfTheReferenceLibrary(t *testing.T) {
	for _, name := range []string{"cdf1.nc", "cdf2.nc", "cdf5.nc"} {
		t.Run(name, func(t *testing.T) {
			file, err := Open("testdata/" + name)
			require.NoError(t, err)
			defer file.Close()
			require.Equal(t, block.Attributes{"title": "written by the netCDF library"}, file.Attributes())
			require.Equal(t, []Dimension{{"time", 4, true}, {"y", 3, false}, {"x", 5, false}}, file.Dimensions())

			require.Equal(t, []float64{0, 1, 2, 3}, readAll[float64](t, variableOf(t, file, "time")))
			packed := variableOf(t, file, "packed")
			require.Equal(t, block.Attributes{"valid_range": []int64{0, 100}}, packed.Describe().Attrs)
			raw := readAll[int16](t, variableOf(t, file, "packed", MaskAndScale(false)))
			for i, x := range readAll[float64](t, packed) {
				if i%7 == 0 {
					require.True(t, math.IsNaN(x))
					require.Equal(t, int16(-999), raw[i])
				} else {
					require.Equal(t, float64(i)*0.5+10, x)
					require.Equal(t, int16(i), raw[i])
				}
			}
			for i, x := range readAll[int8](t, variableOf(t, file, "flag")) {
				require.Equal(t, int8(i-10), x)
			}
			for i, x := range readAll[float32](t, variableOf(t, file, "level")) {
				if i == 7 {
					require.True(t, math.IsNaN(float64(x)))
				} else {
					require.Equal(t, float32(i)/4, x)
				}
			}
			_, err = file.Variable("label")
			require.ErrorContains(t, err, "char")
			if name == "cdf5.nc" {
				require.Equal(t, []uint64{0, 1, 1 << 63, math.MaxUint64}, readAll[uint64](t, variableOf(t, file, "count")))
				require.Equal(t, []int64{math.MinInt64, -1, 0, 1, math.MaxInt64}, readAll[int64](t, variableOf(t, file, "id")))
				require.Equal(t, []uint8{0, 1, 2, 127, 255}, readAll[uint8](t, variableOf(t, file, "ub")))
				require.Equal(t, []uint16{0, 1, 2, 127, 255}, readAll[uint16](t, variableOf(t, file, "us")))
				require.Equal(t, []uint32{0, 1, 2, 127, 255}, readAll[uint32](t, variableOf(t, file, "ui")))
			}
		})
	}
}

// TestUnpaddedRecordsOfSciPy reads the one case in which records are not
// padded, as another implementation of the format wrote it.
func TestUnpaddedRecordsOfSciPy(t *testing.T) {
	file, err := Open("testdata/scipy.nc")
	require.NoError(t, err)
	defer file.Close()
	require.Equal(t, []int16{0, 1, 2, 3, 4, 5, 6, 7, 8}, readAll[int16](t, variableOf(t, file, "only")))
}
