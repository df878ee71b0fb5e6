package netcdf

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
)

// TestMonthlyNavyWinds reads a real file; the expected numbers were computed
// by another reader.
func TestMonthlyNavyWinds(t *testing.T) {
	file, err := Open("../../examples/data/monthly_navy_winds.nc")
	require.NoError(t, err)
	defer file.Close()
	require.Equal(t, []string{"FNOCX", "FNOCY", "TIME", "UWND", "VWND"}, file.Variables())
	require.Equal(t, []Dimension{{"FNOCX", 144, false}, {"FNOCY", 73, false}, {"TIME", 132, true}}, file.Dimensions())

	wind := variableOf(t, file, "UWND")
	d := wind.Describe()
	require.Equal(t, []string{"TIME", "FNOCY", "FNOCX"}, d.Names)
	require.Equal(t, block.Attributes{"long_name": "ZONAL WIND", "units": "M/S", "history": "From monthly_navy_winds"}, d.Attrs)
	u, v := readAll[float32](t, wind), readAll[float32](t, variableOf(t, file, "VWND"))
	sum := 0.0
	for i := range u {
		sum += math.Sqrt(float64(u[i])*float64(u[i]) + float64(v[i])*float64(v[i]))
	}
	require.InEpsilon(t, 4.385193191461603, sum/float64(len(u)), 1e-12)

	months, err := file.Coordinate("TIME")
	require.NoError(t, err)
	require.Equal(t, "hour since 1980-01-14 14:00:00", months.Describe().Attrs["units"])
	hours := readAll[float64](t, months)
	require.Len(t, hours, 132)
	require.IsIncreasing(t, hours)
}
